//! Our own modules for the browser, which are put into the program's one script.

use crate::{Result, tree};
use std::collections::BTreeSet;
use std::path::Path;

/// Puts our own modules that the glue imports into it: one file, one request.
pub fn take_in(glue: &Path, name: &str) -> Result {
    let snippets = glue.join("snippets");
    if !snippets.is_dir() {
        return Ok(());
    }
    let path = glue.join(format!("{name}.js"));
    let mut script = tree::read(&path)?;
    for snippet in tree::files(&snippets, &[".js"])? {
        let inside = snippet.strip_prefix(glue).map_err(|e| e.to_string())?.to_string_lossy().into_owned();
        let Some(end) = script.find(&format!("from './{inside}';")) else { continue };
        let begin = script[..end].rfind("import {").ok_or("the glue imports a snippet in an unknown way")?;
        if script[begin..end].contains(" as ") {
            return Err(format!("{inside} exports a name that the glue uses for something else"));
        }
        let end = end + script[end..].find('\n').unwrap_or(script.len() - end);
        let code = tree::read(&snippet)?.replace("export ", "");
        let code: Vec<&str> =
            code.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("//")).collect();
        script.replace_range(begin..end, &code.join("\n"));
    }
    if let Some(name) = declared_twice(&script) {
        return Err(format!("`{name}` is declared twice: modules that become one file share their names"));
    }
    tree::write(&path, script.as_bytes())
}

/// A name that a script declares twice at its top level; the browser refuses all of such a script.
fn declared_twice(script: &str) -> Option<&str> {
    let mut names = BTreeSet::new();
    let mut depth = 0_usize;
    script.lines().find_map(|line| {
        let is_top = depth == 0;
        depth = (depth + line.matches('{').count()).saturating_sub(line.matches('}').count());
        let line = line.strip_prefix("export ").unwrap_or(line);
        let line = line.strip_prefix("async ").unwrap_or(line);
        let mut starts = ["function ", "function* ", "class ", "const ", "let "].into_iter();
        let rest = starts.find_map(|start| line.strip_prefix(start)).filter(|_| is_top)?;
        let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').next()?;
        (!name.is_empty() && !names.insert(name)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_two_modules_declare_is_found() {
        let apart = "const packed = 1;\nfunction f() {\nconst packed = 2;\n}\n";
        assert_eq!(declared_twice(apart), None);
        assert_eq!(declared_twice(&format!("{apart}async function packed() {{}}")), Some("packed"));
    }
}
