//! Divides the linked app in wasm files: what a start needs, what is loaded soon after (`app/src/later.rs`), the plan's tasks
//! (`app/src/later/tasks.rs`), and what those two share, which the splitter cuts out by itself and its loader fetches with
//! whichever of them comes first.
//!
//! The splitter is a library that follows the relocations of the linker. It comes before wasm-bindgen, which goes on
//! with the first file alone. Its loader is a module that imports the glue, and the glue imports it; put into the glue
//! it costs no request and makes no circle.

use crate::{Result, tree};
use std::path::{Path, PathBuf};
use wasm_split_cli_support::{Options, transform};

/// A file that a start does not load.
pub struct Late {
    /// What it is called here.
    pub name: &'static str,
    /// Its name in the glue's folder, as the splitter gives it.
    pub cut: &'static str,
    /// What stands in the glue where its address belongs.
    pub place: &'static str,
}

/// All of them, in the order in which the splitter gives them.
pub const LATE: [Late; 3] = [
    Late { name: "later", cut: "split_later.wasm", place: "%LATER%" },
    Late { name: "tasks", cut: "split_tasks.wasm", place: "%TASKS%" },
    // The number is its place among all files, the first one's being 0.
    Late { name: "shared", cut: "chunk_3.wasm", place: "%SHARED%" },
];

/// The loader's name in the glue's imports.
const LOADER: &str = "./__wasm_split.js";

/// Divides a linked file and gives the first one, for wasm-bindgen.
pub fn divide(linked: &Path, glue: &Path, name: &str) -> Result<PathBuf> {
    let bytes = std::fs::read(linked).map_err(|e| format!("{}: {e}", linked.display()))?;
    let first = glue.join(format!("{name}_linked.wasm"));
    let main_module = format!("./{name}.js");
    let mut options = Options::new(&bytes);
    options.output_dir = glue;
    options.main_out_path = &first;
    options.link_name = LOADER;
    options.main_module = &main_module;
    let parts = transform(options).map_err(|e| format!("dividing the app: {e:#}"))?;
    // Another name, or code that it shares, would make more of them.
    let known = LATE.map(|late| glue.join(late.cut));
    if parts.split_modules != known {
        return Err(format!("dividing the app gave {:?}, not {known:?}", parts.split_modules));
    }
    Ok(first)
}

/// Puts the loader into the glue in place of its import.
pub fn take_in_loader(glue: &Path, name: &str) -> Result {
    let path = glue.join(format!("{name}.js"));
    let taken = without_imports(&tree::read(&path)?, &tree::read(&glue.join(LOADER))?)?;
    tree::write(&path, taken.as_bytes())
}

/// A script with the loader in it. wasm-bindgen imports the loader once for each file that it loads, under a new name each
/// time; the first stands for all.
fn without_imports(script: &str, loader: &str) -> Result<String> {
    let is_import = |line: &&str| line.starts_with("import * as ") && line.contains(LOADER);
    let mut imports = script.lines().filter(is_import).map(|line| line.split_whitespace().nth(3));
    let first = imports.next().ok_or("the glue does not import the splitter's loader")?;
    let first = first.ok_or("the glue imports the loader in an unknown way")?;
    let again: Vec<&str> = imports.flatten().collect();
    let (given, mut inlined, mut lines) =
        (format!("\"{LOADER}\": "), Some(inlined(loader, first)?), Vec::new());
    for line in script.lines() {
        let import = line.trim().strip_prefix(&given).map(|import| import.trim_end_matches(','));
        if is_import(&line) {
            lines.extend(inlined.take());
        } else if import.is_none_or(|import| !again.contains(&import)) {
            lines.push(line.to_owned());
        }
    }
    let script = lines.join("\n");
    // Its import, or what is given of it a second time, written otherwise than above.
    if script.matches(LOADER).count() == 1 {
        Ok(script)
    } else {
        Err("the glue imports the loader in an unknown way".into())
    }
}

/// The loader as an expression that gives what it exports.
fn inlined(loader: &str, import: &str) -> Result<String> {
    let streaming = "WebAssembly.instantiateStreaming(src, imports)";
    // WebKitGTK wants the bytes, and an answer that is no file of ours is a failure like no answer.
    let whole = "src.then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(answer.status)))\
        .then((bytes) => WebAssembly.instantiate(bytes, imports))";
    let mut body = loader.replace(streaming, whole);
    for late in LATE {
        let place = format!("new URL(\"./{}\", import.meta.url)", late.cut);
        body = body.replace(&place, &format!("\"{}\"", late.place));
    }
    let is_whole = |late: &Late| body.matches(late.place).count() == 1;
    if body.matches(whole).count() != LATE.len() || !LATE.iter().all(is_whole) || body.contains("new URL(") {
        return Err("the splitter's loader is not as expected".into());
    }
    let body: Vec<&str> = body.lines().filter(|line| !line.starts_with("import ")).collect();
    let exports: Vec<&str> =
        body.iter().filter_map(|line| line.strip_prefix("export const ")?.split(' ').next()).collect();
    let (body, exports) = (body.join("\n").replace("export const ", "const "), exports.join(", "));
    Ok(format!("const {import} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A loader of these files.
    fn module(files: &[&str]) -> String {
        let load = |file: &&str| {
            format!(
                "export const __wasm_split_load_{} = load(() => {{ const src = fetch(new URL(\"./{file}\", \
                 import.meta.url)); return async (imports) => (WebAssembly.instantiateStreaming(src, imports)); }});\n",
                file.trim_end_matches(".wasm")
            )
        };
        let loads: String = files.iter().map(load).collect();
        format!("import {{ initSync }} from \"./app.js\";\n\nfunction load() {{}}\n{loads}")
    }

    #[test]
    fn the_loader_becomes_a_part_of_the_glue() {
        let part = inlined(&module(&LATE.map(|late| late.cut)), "import1").expect("a loader");
        assert!(part.starts_with("const import1 = (() => {") && part.ends_with("})();"), "{part}");
        let exports = "return { __wasm_split_load_split_later, __wasm_split_load_split_tasks, \
            __wasm_split_load_chunk_3 };";
        assert!(part.contains(exports), "{part}");
        for place in ["%LATER%", "%TASKS%", "%SHARED%"] {
            assert!(part.contains(&format!("fetch(\"{place}\")")), "{place}: {part}");
        }
        assert!(
            !part.contains("import {") && !part.contains("export ") && !part.contains("Streaming"),
            "{part}"
        );
    }

    #[test]
    fn a_loader_that_the_glue_imports_for_each_file_stands_in_it_once() {
        let glue = "import * as import1 from \"./__wasm_split.js\"\nimport * as import2 from \"./__wasm_split.js\"\nlet a;\n\
            return {\n    \"./__wasm_split.js\": import1,\n    \"./__wasm_split.js\": import2,\n};";
        let loader = module(&LATE.map(|late| late.cut));
        let taken = without_imports(glue, &loader).expect("a glue");
        assert!(taken.starts_with("const import1 = (() => {") && !taken.contains("import2"), "{taken}");
        assert!(taken.ends_with("let a;\nreturn {\n    \"./__wasm_split.js\": import1,\n};"), "{taken}");
        without_imports("let a;", &loader).expect_err("nothing imports it");
        without_imports(&glue.replacen("* as", "a,", 1), &loader).expect_err("it is imported otherwise");
    }

    #[test]
    fn another_loader_than_the_one_known_stops_the_build() {
        inlined("export const a = 1;", "import1").expect_err("it is unknown");
        let mut files = LATE.map(|late| late.cut).to_vec();
        inlined(&module(&files[1..]), "import1").expect_err("a file is not loaded");
        files.push("split_more.wasm");
        inlined(&module(&files), "import1").expect_err("a file is not known");
    }
}
