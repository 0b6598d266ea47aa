//! Scripts and sheets as they are shipped: without comments and spaces, their own names short, by esbuild. 2.4 KB of a start.

use crate::{Result, machine};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What is made short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// A module: nobody sees what it declares and does not export.
    Module,
    /// Another script.
    Script,
    /// A sheet of styles.
    Sheet,
}

impl Text {
    const fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Module => &["--loader=js", "--format=esm", TARGET],
            Self::Script => &["--loader=js", TARGET],
            Self::Sheet => &["--loader=css"],
        }
    }
}

/// What every browser reads that runs the app.
const TARGET: &str = "--target=es2022";

/// The same, shorter.
pub fn minify(text: &str, what: Text) -> Result<Vec<u8>> {
    let program = machine::esbuild()?;
    let wrong = |error: std::io::Error| format!("{program}: {error}");
    let mut command = Command::new(&program);
    command.args(["--minify", "--charset=utf8", "--log-level=warning"]).args(what.arguments());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(wrong)?;
    // It reads all before it writes.
    let mut input = child.stdin.take().ok_or("esbuild reads nothing")?;
    input.write_all(text.as_bytes()).map_err(wrong)?;
    drop(input);
    let out = child.wait_with_output().map_err(wrong)?;
    if out.status.success() { Ok(out.stdout) } else { Err(format!("esbuild does not read a {what:?}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_may_see_keeps_its_name() {
        let script = "// What it is.\nconst place = 1;\nfunction call(value) {\n  return value + place;\n}\n";
        let exported = format!("{script}export {{ call }};");
        let short = |what| {
            let text = if what == Text::Module { &exported } else { script };
            String::from_utf8(minify(text, what).expect("esbuild")).expect("text")
        };
        let (first, module) = (short(Text::Script), short(Text::Module));
        assert!(first.contains("place=1") && first.contains("function call("), "{first}");
        assert!(!first.contains("value") && !first.contains("//"), "{first}");
        assert!(module.contains("as call") && !module.contains("place"), "{module}");
    }

    #[test]
    fn what_does_not_read_is_refused() {
        assert_eq!(minify("a {", Text::Module), Err("esbuild does not read a Module".into()));
    }
}
