//! Puts the functions of a wasm file in an order in which like code lies together, leaves one of those that do the same,
//! and says which one got which number.
//!
//! A linker and walrus put them in the order of size. Code that does alike is named alike (the same method of a trait
//! for many types), and ordered so it packs better; it packs better still in the order of its bytes' likeness
//! ([`likeness`]), in which names decide where nothing is alike. What is given back has no names any more; the numbers that a browser prints in a stack are turned into names by [`crate::symbols`].

use crate::Result;
use crate::likeness;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use wasm_encoder::reencode::{Error, Reencode};
use wasmparser::{CodeSectionReader, CustomSectionReader, FunctionSectionReader, KnownCustom, Name, Payload};

/// A wasm file whose functions are in order.
pub struct Ordered {
    /// The file, without names.
    pub wasm: Vec<u8>,
    /// The names by the functions' numbers in it, those of imports included.
    pub names: BTreeMap<u32, String>,
}

/// Orders a file that still has its name section, once of the functions that do the same one is left.
pub fn by_likeness(wasm: &[u8]) -> Result<Ordered> {
    let wrong = |error: &dyn std::fmt::Display| format!("ordering the wasm: {error}");
    let mut parts = read(wasm).map_err(|e| wrong(&e))?;
    let mut names = std::mem::take(&mut parts.names);
    if names.is_empty() {
        return Err("ordering the wasm: it has no names".into());
    }
    let mut wasm = Cow::Borrowed(wasm);
    // Functions that call two of the same may be the same themselves once one of the two is left.
    while let Some(folded) = Renumbered::folding(&parts) {
        names = folded.names(&names);
        wasm = Cow::Owned(folded.write(&wasm).map_err(|e| wrong(&e))?);
        parts = read(&wasm).map_err(|e| wrong(&e))?;
    }
    let ordered = Renumbered::ordering(&parts, &names);
    Ok(Ordered { wasm: ordered.write(&wasm).map_err(|e| wrong(&e))?, names: ordered.names(&names) })
}

/// What of a file is looked at.
struct Parts {
    /// How many functions are imported; their numbers come first.
    imported: u32,
    /// The type and the code of each function that is defined.
    functions: Vec<(u32, Vec<u8>)>,
    names: BTreeMap<u32, String>,
}

fn read(wasm: &[u8]) -> wasmparser::Result<Parts> {
    let (mut imported, mut types, mut bodies, mut names) = (0, Vec::new(), Vec::new(), BTreeMap::new());
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, wasmparser::TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(section) => {
                types = section.into_iter().collect::<wasmparser::Result<Vec<u32>>>()?;
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes().to_vec()),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(parts) = section.as_known() else { continue };
                for part in parts {
                    let Name::Function(functions) = part? else { continue };
                    for function in functions {
                        let function = function?;
                        names.insert(function.index, function.name.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    Ok(Parts { imported, functions: types.into_iter().zip(bodies).collect(), names })
}

/// What a name is sorted by: of `<Type as Trait>::method` the trait and the method come before the type.
fn key(name: &str) -> String {
    let Some(rest) = name.strip_prefix('<') else { return name.to_owned() };
    let (mut depth, mut middle) = (0, None);
    for (place, letter) in rest.char_indices() {
        match letter {
            '<' | '(' | '[' => depth += 1,
            // An arrow's point closes nothing.
            '>' if rest[..place].ends_with('-') => {}
            '>' if depth == 0 => {
                let (inside, method) = (&rest[..place], &rest[place + 1..]);
                let Some(middle) = middle else { break };
                let of: &str = &inside[middle + " as ".len()..];
                return format!("{of}{method} {}", &inside[..middle]);
            }
            '>' | ')' | ']' => depth -= 1,
            ' ' if depth == 0 && rest[place..].starts_with(" as ") => middle = Some(place),
            _ => {}
        }
    }
    name.to_owned()
}

/// A file whose functions get other numbers.
struct Renumbered {
    imported: u32,
    /// The old numbers of the functions that are left, in their new order.
    from: Vec<u32>,
    /// The new number of each old one, imports included.
    to: Vec<u32>,
}

impl Renumbered {
    /// One is left of the functions that have the same type and code; none where no two have.
    fn folding(parts: &Parts) -> Option<Self> {
        let (mut from, mut to) = (Vec::new(), (0..parts.imported).collect::<Vec<_>>());
        let mut first = HashMap::new();
        for (number, function) in (parts.imported..).zip(&parts.functions) {
            let next = parts.imported + from.len() as u32;
            to.push(*first.entry(function).or_insert_with(|| {
                from.push(number);
                next
            }));
        }
        (from.len() < parts.functions.len()).then_some(Self { imported: parts.imported, from, to })
    }

    fn ordering(parts: &Parts, names: &BTreeMap<u32, String>) -> Self {
        let (imported, defined) = (parts.imported, parts.functions.len() as u32);
        let mut from: Vec<u32> = (imported..imported + defined).collect();
        from.sort_by_cached_key(|number| key(names.get(number).map_or("", String::as_str)));
        let code = |number: &u32| parts.functions[(number - imported) as usize].1.as_slice();
        let by_name: Vec<&[u8]> = from.iter().map(code).collect();
        from = likeness::order(&by_name).into_iter().map(|place| from[place]).collect();
        let mut to: Vec<u32> = (0..imported + defined).collect();
        for (place, number) in from.iter().enumerate() {
            to[*number as usize] = imported + place as u32;
        }
        Self { imported, from, to }
    }

    fn write(&self, wasm: &[u8]) -> std::result::Result<Vec<u8>, Error> {
        let mut module = wasm_encoder::Module::new();
        let mut numbers = Numbers(self);
        numbers.parse_core_module(&mut module, wasmparser::Parser::new(0), wasm)?;
        Ok(module.finish())
    }

    /// The names by the new numbers; of functions that became one, the last one's.
    fn names(&self, old: &BTreeMap<u32, String>) -> BTreeMap<u32, String> {
        let new = |(number, name): (&u32, &String)| Some((*self.to.get(*number as usize)?, name.clone()));
        old.iter().filter_map(new).collect()
    }

    /// These, one a defined function, in the new order.
    fn ordered<'a, T: 'a>(&'a self, all: &'a [T]) -> impl Iterator<Item = &'a T> {
        self.from.iter().filter_map(|number| all.get((number - self.imported) as usize))
    }
}

struct Numbers<'a>(&'a Renumbered);

impl Reencode for Numbers<'_> {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, number: u32) -> std::result::Result<u32, Error> {
        Ok(self.0.to.get(number as usize).copied().unwrap_or(number))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut wasm_encoder::FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> std::result::Result<(), Error> {
        let types = section.into_iter().collect::<wasmparser::Result<Vec<u32>>>()?;
        for of in self.0.ordered(&types) {
            functions.function(*of);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut wasm_encoder::CodeSection,
        section: CodeSectionReader<'_>,
    ) -> std::result::Result<(), Error> {
        let bodies = section.into_iter().collect::<wasmparser::Result<Vec<_>>>()?;
        let bodies: Vec<_> = self.0.ordered(&bodies).cloned().collect();
        for body in bodies {
            self.parse_function_body(code, body)?;
        }
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        _: &mut wasm_encoder::Module,
        _: CustomSectionReader<'_>,
    ) -> std::result::Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function,
        FunctionSection, ImportSection, Module, NameMap, NameSection, RefType, StartSection, TableSection,
        TableType, TypeSection, ValType,
    };

    #[test]
    fn the_trait_and_the_method_come_before_the_type() {
        assert_eq!(key("<a::B<c::D as e::F> as g::H<i>>::drop"), "g::H<i>::drop a::B<c::D as e::F>");
        assert_eq!(key("<fn() -> u8 as a::B>::c"), "a::B::c fn() -> u8");
        for plain in ["a::b", "<a::B>::c", "<a", "main", ""] {
            assert_eq!(key(plain), plain);
        }
    }

    /// One import and three functions that give their first number, called in every way there is.
    fn sample() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([], [ValType::I32]);
        types.ty().function([], [ValType::I64]);
        let mut imports = ImportSection::new();
        imports.import("m", "i", EntityType::Function(0));
        let mut functions = FunctionSection::new();
        functions.function(1).function(2).function(0);
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 2,
            maximum: None,
            shared: false,
        });
        let mut exports = ExportSection::new();
        exports.export("one", ExportKind::Func, 1).export("two", ExportKind::Func, 2);
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(0), Elements::Functions(vec![2, 3].into()));
        let mut code = CodeSection::new();
        let mut body = Function::new([]);
        body.instructions().i32_const(1).end();
        code.function(&body);
        body = Function::new([]);
        body.instructions().i64_const(2).end();
        code.function(&body);
        body = Function::new([]);
        body.instructions().call(1).drop().call(2).drop().call(0).end();
        code.function(&body);
        let mut map = NameMap::new();
        for (number, name) in [(0, "imported"), (1, "z"), (2, "<b as c>::d"), (3, "a")] {
            map.append(number, name);
        }
        let mut names = NameSection::new();
        names.functions(&map);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&tables).section(&exports);
        module.section(&StartSection { function_index: 3 }).section(&elements).section(&code).section(&names);
        module.finish()
    }

    #[test]
    fn every_call_goes_to_the_same_function_as_before() {
        let ordered = by_likeness(&sample()).expect("it is ordered");
        let told: Vec<(u32, &str)> = ordered.names.iter().map(|(n, name)| (*n, name.as_str())).collect();
        assert_eq!(told, [(0, "imported"), (1, "a"), (2, "<b as c>::d"), (3, "z")]);
        let (mut types, mut exports, mut start, mut table) = (Vec::new(), Vec::new(), 0, Vec::new());
        let mut operators = Vec::new();
        for payload in wasmparser::Parser::new(0).parse_all(&ordered.wasm) {
            match payload.expect("it reads") {
                Payload::FunctionSection(s) => types = s.into_iter().map(|t| t.expect("a type")).collect(),
                Payload::ExportSection(s) => {
                    exports = s.into_iter().map(|e| e.expect("an export").index).collect();
                }
                Payload::StartSection { func, .. } => start = func,
                Payload::ElementSection(s) => {
                    for element in s {
                        let wasmparser::ElementItems::Functions(all) = element.expect("an element").items
                        else {
                            panic!("functions are in the table");
                        };
                        table = all.into_iter().map(|f| f.expect("a number")).collect();
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let all = body.get_operators_reader().expect("code").into_iter();
                    operators.push(all.map(|o| format!("{:?}", o.expect("an operator"))).collect::<Vec<_>>());
                }
                Payload::CustomSection(s) => panic!("{} is left", s.name()),
                _ => {}
            }
        }
        assert_eq!((types, exports, start, table), (vec![0, 2, 1], vec![3, 2], 1, vec![2, 1]));
        let calls = ["Call { function_index: 3 }", "Drop", "Call { function_index: 2 }", "Drop"];
        assert_eq!(operators[0], [&calls[..], &["Call { function_index: 0 }", "End"]].concat());
        assert_eq!([&operators[1][0], &operators[2][0]], ["I64Const { value: 2 }", "I32Const { value: 1 }"]);
    }

    #[test]
    fn functions_that_do_the_same_become_one_and_then_those_that_call_them() {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        types.ty().function([], [ValType::I32]);
        let mut functions = FunctionSection::new();
        // The last one's code is that of the first two, its type is another.
        functions.function(0).function(0).function(0).function(0).function(1);
        let mut exports = ExportSection::new();
        for (name, number) in [("one", 0), ("two", 1), ("calls_one", 2), ("calls_two", 3), ("other", 4)] {
            exports.export(name, ExportKind::Func, number);
        }
        let mut code = CodeSection::new();
        for called in [None, None, Some(0), Some(1), None] {
            let mut body = Function::new([]);
            match called {
                Some(number) => body.instructions().call(number).end(),
                None => body.instructions().i32_const(7).end(),
            };
            code.function(&body);
        }
        let mut map = NameMap::new();
        for (number, name) in ["one", "two", "calls_one", "calls_two", "other"].into_iter().enumerate() {
            map.append(number as u32, name);
        }
        let mut names = NameSection::new();
        names.functions(&map);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&exports).section(&code).section(&names);
        let ordered = by_likeness(&module.finish()).expect("it is ordered");
        let parts = read(&ordered.wasm).expect("it reads");
        assert_eq!(parts.functions.len(), 3);
        let mut exported = Vec::new();
        for payload in wasmparser::Parser::new(0).parse_all(&ordered.wasm) {
            if let Payload::ExportSection(section) = payload.expect("it reads") {
                exported.extend(section.into_iter().map(|e| e.expect("an export").index));
            }
        }
        assert_eq!((exported[0], exported[2]), (exported[1], exported[3]));
        assert_ne!(exported[4], exported[0]);
        let name = |export: usize| ordered.names[&exported[export]].as_str();
        assert_eq!([name(0), name(2), name(4)], ["two", "calls_two", "other"]);
    }

    #[test]
    fn a_file_without_names_is_refused() {
        assert!(by_likeness(&Module::new().finish()).is_err());
    }
}
