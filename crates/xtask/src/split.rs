//! Divides the linked app in two wasm files: what a start needs, and what is loaded soon after (`app/src/later.rs`).
//!
//! The splitter is a library that follows the relocations of the linker. It comes before wasm-bindgen, which goes on
//! with the first file alone. Its loader is a module that imports the glue, and the glue imports it; put into the glue
//! it costs no request and makes no circle.

use crate::{Result, tree};
use std::path::{Path, PathBuf};
use wasm_split_cli_support::{Options, transform};

/// The later file in the glue's folder, as the splitter names it.
pub const LATER: &str = "split_later.wasm";
/// What stands in the glue where the later file's address belongs.
pub const PLACE: &str = "%LATER%";

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
    // A second name, or code that two names share, would make more of them.
    if parts.split_modules != [glue.join(LATER)] {
        return Err(format!("dividing the app gave other files than {LATER}: {:?}", parts.split_modules));
    }
    Ok(first)
}

/// Puts the loader into the glue in place of its import.
pub fn take_in_loader(glue: &Path, name: &str) -> Result {
    let path = glue.join(format!("{name}.js"));
    let script = tree::read(&path)?;
    let loader = tree::read(&glue.join(LOADER))?;
    let line = script
        .lines()
        .find(|line| line.starts_with("import * as ") && line.contains(LOADER))
        .ok_or("the glue does not import the splitter's loader")?;
    let import = line.split_whitespace().nth(3).ok_or("the glue imports the loader in an unknown way")?;
    tree::write(&path, script.replacen(line, &inlined(&loader, import)?, 1).as_bytes())
}

/// The loader as an expression that gives what it exports.
fn inlined(loader: &str, import: &str) -> Result<String> {
    let streaming = "WebAssembly.instantiateStreaming(src, imports)";
    // WebKitGTK wants the bytes, and an answer that is no file of ours is a failure like no answer.
    let whole = "src.then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(answer.status)))\
        .then((bytes) => WebAssembly.instantiate(bytes, imports))";
    let place = format!("new URL(\"./{LATER}\", import.meta.url)");
    if !loader.contains(streaming) || !loader.contains(&place) {
        return Err("the splitter's loader is not as expected".into());
    }
    let body = loader.replace(streaming, whole).replace(&place, &format!("\"{PLACE}\""));
    let body: Vec<&str> = body.lines().filter(|line| !line.starts_with("import ")).collect();
    let exports: Vec<&str> =
        body.iter().filter_map(|line| line.strip_prefix("export const ")?.split(' ').next()).collect();
    let (body, exports) = (body.join("\n").replace("export const ", "const "), exports.join(", "));
    Ok(format!("const {import} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = "import { initSync } from \"./app.js\";\n\nfunction load() {}\nexport const \
        __wasm_split_load_later = load(() => { const src = fetch(new URL(\"./split_later.wasm\", import.meta.url)); \
        return async (imports) => (WebAssembly.instantiateStreaming(src, imports)); });\n";

    #[test]
    fn the_loader_becomes_a_part_of_the_glue() {
        let part = inlined(MODULE, "import1").expect("a loader");
        assert!(part.starts_with("const import1 = (() => {") && part.ends_with("})();"), "{part}");
        assert!(
            part.contains("return { __wasm_split_load_later };") && part.contains("fetch(\"%LATER%\")"),
            "{part}"
        );
        assert!(
            !part.contains("import {") && !part.contains("export ") && !part.contains("Streaming"),
            "{part}"
        );
    }

    #[test]
    fn another_loader_than_the_one_known_stops_the_build() {
        inlined("export const a = 1;", "import1").expect_err("it is unknown");
    }
}
