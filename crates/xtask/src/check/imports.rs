//! Which file of a crate takes names from which, and where that goes round in a circle: none of the files in one can be
//! read, tested or moved without the others. A module and those inside it count as one place, so that a folder may have a
//! face; tests do not count.

use crate::Result;
use crate::tree::{files, read};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A module's path within its crate.
pub type Module = Vec<String>;

/// How often a name is followed that one module passes on from another.
const MOST_STEPS: usize = 8;

/// A crate's modules.
#[derive(Default)]
struct Tree {
    /// The file of each, from the root of the project.
    files: BTreeMap<Module, String>,
    /// The paths that each names, as they are written.
    named: BTreeMap<Module, Vec<Vec<String>>>,
    /// Where the names lead that each passes on.
    passed_on: BTreeMap<(Module, String), Vec<String>>,
}

/// A name that one file takes from another.
pub struct Import {
    /// The module that takes it, and its file.
    pub from: Module,
    pub file: String,
    /// The module in which it stands, and its file.
    pub to: Module,
    pub at: String,
    /// The name.
    pub name: String,
}

/// The circles among the files of a crate's `src`, each as the imports that tie it.
pub fn circles(root: &Path, src: &Path) -> Result<Vec<Vec<String>>> {
    Ok(tree(root, src)?.circles())
}

/// What the files of a crate's `src` take from one another, one name for each two of them.
pub fn all(root: &Path, src: &Path) -> Result<Vec<Import>> {
    let tree = tree(root, src)?;
    let imports = tree.edges().into_iter().flat_map(|(from, to)| {
        let import = |(to, name)| Import {
            file: tree.files[from].clone(),
            at: tree.files.get(&to).cloned().unwrap_or_default(),
            from: from.clone(),
            to,
            name,
        };
        to.into_iter().map(import).collect::<Vec<_>>()
    });
    Ok(imports.collect())
}

fn tree(root: &Path, src: &Path) -> Result<Tree> {
    let mut tree = Tree::default();
    for path in files(src, &[".rs"])? {
        let Ok(inside) = path.strip_prefix(src) else { continue };
        let mut module: Module =
            inside.with_extension("").iter().map(|p| p.to_string_lossy().into()).collect();
        // Nobody takes a name from a program.
        if module == ["main"] {
            continue;
        }
        if module.last().is_some_and(|last| last == "mod" || last == "lib") {
            module.pop();
        }
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        tree.read(module, name, &code(&read(&path)?));
    }
    Ok(tree)
}

impl Tree {
    fn read(&mut self, module: Module, file: String, code: &str) {
        let mut named = Vec::new();
        let mut rest = String::new();
        for (nth, item) in code.split(';').enumerate() {
            if nth > 0 {
                rest.push(';');
            }
            let Some((before, tree)) = import(item) else {
                rest.push_str(item);
                continue;
            };
            rest.push_str(before);
            let is_passed_on = before.trim_end().ends_with("pub") || before.trim_end().ends_with(')');
            for (path, name) in paths(tree) {
                if is_passed_on {
                    self.passed_on.insert((module.clone(), name), path);
                } else {
                    named.push(path);
                }
            }
        }
        named.extend(inline(&rest));
        self.named.insert(module.clone(), named);
        self.files.insert(module, file);
    }

    /// The module in which a name stands that a module writes so.
    fn target(&self, from: &Module, path: &[String], steps: usize) -> Option<Module> {
        let (mut at, mut rest) = (from.clone(), path);
        match rest.first()?.as_str() {
            "crate" => {
                at.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|word| word == "super") {
                    at.pop();
                    rest = &rest[1..];
                }
            }
            word => {
                let child = [&at[..], &[word.to_owned()]].concat();
                self.files.get(&child)?;
            }
        }
        for (nth, word) in rest.iter().enumerate() {
            let inner = [&at[..], std::slice::from_ref(word)].concat();
            if self.files.contains_key(&inner) {
                at = inner;
                continue;
            }
            if let Some(on) = self.passed_on.get(&(at.clone(), word.clone())).filter(|_| steps < MOST_STEPS) {
                let on = [on, &rest[nth + 1..]].concat();
                return self.target(&at, &on, steps + 1);
            }
            break;
        }
        Some(at)
    }

    fn edges(&self) -> BTreeMap<&Module, BTreeMap<Module, String>> {
        let mut edges: BTreeMap<&Module, BTreeMap<Module, String>> = BTreeMap::new();
        for (from, named) in &self.named {
            let to = edges.entry(from).or_default();
            for path in named {
                let Some(target) = self.target(from, path, 0) else { continue };
                if !target.starts_with(from) && !from.starts_with(&target) {
                    to.entry(target).or_insert_with(|| path.last().cloned().unwrap_or_default());
                }
            }
        }
        edges
    }

    fn circles(&self) -> Vec<Vec<String>> {
        let edges = self.edges();
        let reach: BTreeMap<&Module, BTreeSet<&Module>> =
            edges.keys().map(|module| (*module, reachable(&edges, module))).collect();
        let mut circles = Vec::new();
        let mut seen = BTreeSet::new();
        for module in edges.keys() {
            let circle: BTreeSet<&Module> =
                reach[module].iter().filter(|other| reach[*other].contains(module)).copied().collect();
            if circle.len() < 2 || !seen.insert(circle.clone()) {
                continue;
            }
            let mut ties = Vec::new();
            for from in &circle {
                for (to, name) in edges[from].iter().filter(|(to, _)| circle.contains(to)) {
                    ties.push(format!("{} takes {name} from {}", self.files[*from], self.files[to]));
                }
            }
            circles.push(ties);
        }
        circles
    }
}

/// What can be come to from a module, over one step at least.
fn reachable<'a>(
    edges: &'a BTreeMap<&Module, BTreeMap<Module, String>>,
    from: &Module,
) -> BTreeSet<&'a Module> {
    let mut found = BTreeSet::new();
    let mut ahead: Vec<&Module> = edges[from].keys().collect();
    while let Some(module) = ahead.pop() {
        if found.insert(module) {
            ahead.extend(edges.get(module).into_iter().flat_map(BTreeMap::keys));
        }
    }
    found
}

/// A file without comments, texts and what is compiled for tests alone, which stands at its end.
pub fn code(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut code = String::with_capacity(text.len());
    for line in text.lines() {
        let mut is_text = false;
        let mut before = ' ';
        for (at, letter) in line.char_indices() {
            if letter == '"' && before != '\\' && before != '\'' {
                is_text = !is_text;
            } else if !is_text && line[at..].starts_with("//") {
                break;
            } else if !is_text {
                code.push(letter);
            }
            before = letter;
        }
        code.push('\n');
    }
    code
}

/// What stands before the import that ends an item, and the import.
fn import(item: &str) -> Option<(&str, &str)> {
    let at = item.rfind("use ")?;
    let before = &item[..at];
    let begins = before.is_empty() || before.ends_with(char::is_whitespace);
    let tree = &item[at + 4..];
    let is_tree = tree.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || "_:{},*#".contains(c));
    (begins && is_tree).then_some((before, tree))
}

/// Every path of an import, with the name that it is known by.
fn paths(tree: &str) -> Vec<(Vec<String>, String)> {
    let mut all = Vec::new();
    spread(&mut Vec::new(), tree.trim(), &mut all);
    all
}

fn spread(before: &mut Vec<String>, tree: &str, all: &mut Vec<(Vec<String>, String)>) {
    let depth = before.len();
    let mut rest = tree.trim();
    while !rest.starts_with('{') {
        let Some((word, after)) = rest.split_once("::") else { break };
        before.push(word.trim().to_owned());
        rest = after.trim();
    }
    if let Some(inner) = rest.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
        for one in parts(inner) {
            spread(before, one, all);
        }
    } else {
        let (word, name) = rest.split_once(" as ").unwrap_or((rest, rest));
        let mut path = before.clone();
        if word != "self" && word != "*" {
            path.push(word.trim().to_owned());
        }
        let name =
            if name == "self" { before.last().cloned().unwrap_or_default() } else { name.trim().to_owned() };
        all.push((path, name));
    }
    before.truncate(depth);
}

/// What commas part, not those within braces.
fn parts(inner: &str) -> Vec<&str> {
    let (mut parts, mut begin, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, letter) in inner.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[begin..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The paths within code that name another module.
fn inline(code: &str) -> Vec<Vec<String>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut all = Vec::new();
    for begin in ["crate::", "super::"] {
        for (at, _) in code.match_indices(begin) {
            if code[..at].ends_with(|c: char| is_word(c) || c == ':' || c == '$') {
                continue;
            }
            let end = code[at..].find(|c: char| !is_word(c) && c != ':').map_or(code.len(), |end| at + end);
            all.push(code[at..end].split("::").filter(|word| !word.is_empty()).map(str::to_owned).collect());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::default();
        for (module, text) in files {
            let path: Module = module.split('/').filter(|w| !w.is_empty()).map(str::to_owned).collect();
            tree.read(path, format!("{module}.rs"), &code(text));
        }
        tree
    }

    #[test]
    fn two_files_that_take_names_from_each_other_are_found() {
        let tree = tree(&[
            ("", "pub mod a;\npub mod b;\n"),
            ("a", "//! A.\nuse crate::b::{One, Two};\n"),
            ("b", "//! B.\nuse super::a::Three as Other;\n"),
        ]);
        assert_eq!(tree.circles(), [["a.rs takes One from b.rs", "b.rs takes Three from a.rs"]]);
    }

    #[test]
    fn a_path_in_the_code_counts_and_one_in_a_comment_a_text_or_a_test_does_not() {
        let other = "fn f() {\n  // crate::a::g();\n  say(\"crate::a::g\");\n}\n\n#[cfg(test)]\nmod tests {\n  use crate::a::g;\n}\n";
        let files = [("", ""), ("a", "fn g() {\n  crate::b::f();\n}\n"), ("b", other)];
        assert!(tree(&files).circles().is_empty());
        let files = [files[0], files[1], ("b", "fn f() {\n  crate::a::g();\n}\n")];
        assert_eq!(tree(&files).circles().len(), 1);
    }

    #[test]
    fn a_name_that_is_passed_on_leads_to_where_it_stands() {
        let tree = tree(&[
            ("", ""),
            ("face", "mod inner;\npub use inner::Name;\n"),
            ("face/inner", "use crate::b::Other;\n"),
            ("b", "use crate::face::Name;\n"),
        ]);
        assert_eq!(tree.circles().len(), 1, "{:?}", tree.circles());
    }

    #[test]
    fn a_folder_and_what_is_in_it_are_one_place() {
        let tree = tree(&[
            ("", ""),
            ("store", "mod push;\nuse push::Batch;\npub struct Store;\n"),
            ("store/push", "use super::Store;\npub struct Batch;\n"),
        ]);
        assert!(tree.circles().is_empty());
    }
}
