//! Turns the stack of an error report into names. What is shipped has no names; each build of the size profile leaves
//! the numbers and names of its functions beside the packed app, in `target/app/symbols`.

use crate::{Result, target, tree};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// A report to read.
#[derive(clap::Args)]
pub struct Options {
    /// The report; standard input where it is left out.
    report: Option<PathBuf>,
}

/// The longest report that is read, in bytes; one of the app has less than a hundredth of it.
const LONGEST: u64 = 1 << 20;

/// Digits of a hash, in names of files and of crates.
const HASH: usize = 16;

/// The symbol file of a wasm file.
fn place(wasm: &str) -> PathBuf {
    target().join("app/symbols").join(format!("{wasm}.txt"))
}

/// Writes the names of a wasm file's functions.
pub fn write(path: &Path, names: &BTreeMap<u32, String>) -> Result {
    let line = |(number, name): (&u32, &String)| format!("{number} {}\n", without_hashes(name));
    let lines: Vec<String> = names.iter().map(line).collect();
    tree::write(path, lines.concat().as_bytes())
}

/// Keeps what was written of all files under the name that the first has when it is packed; before the names of each that is
/// loaded later stands which it is. Those of earlier builds stay, for reports that are yet to come.
pub fn keep(wasm: &str, first: &Path, late: &[(&str, PathBuf)]) -> Result {
    let mut names = tree::read(first)?;
    for (file, path) in late {
        for line in tree::read(path)?.lines() {
            names.extend([file, " ", line, "\n"]);
        }
    }
    tree::write(&place(wasm), names.as_bytes())
}

/// The names of a build's functions, by their numbers in each of its files.
#[derive(Debug, Default)]
struct Names {
    first: BTreeMap<u32, String>,
    /// Of those that are loaded later, each by what it is called.
    late: BTreeMap<String, BTreeMap<u32, String>>,
}

/// Prints a report with a name for every frame of wasm.
pub fn print(options: &Options) -> Result {
    let mut report = String::new();
    let read = match &options.report {
        Some(path) => std::fs::File::open(path)
            .and_then(|file| file.take(LONGEST).read_to_string(&mut report))
            .map_err(|e| format!("{}: {e}", path.display())),
        None => std::io::stdin().take(LONGEST).read_to_string(&mut report).map_err(|e| e.to_string()),
    };
    read?;
    let wasm = wasm_file(&report)
        .ok_or("the report does not say which file it is of: there is no app-….wasm in it; copy all of it")?;
    let names = read_names(&place(wasm), wasm)?;
    print!("{}", named(&report, &names));
    Ok(())
}

/// A name without the numbers of crates, `core[27cd0353e63fa9bc]::ops`.
fn without_hashes(name: &str) -> String {
    let mut parts = name.split('[');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest)) if hash.len() == HASH && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
                out.push_str(rest);
            }
            _ => {
                out.push('[');
                out.push_str(part);
            }
        }
    }
    out
}

fn read_names(place: &Path, wasm: &str) -> Result<Names> {
    if !place.exists() {
        let folder = place.parent().unwrap_or(place).display();
        return Err(format!(
            "the report is of {wasm}, and no build here made that file: {folder} has no {wasm}.txt. Build the \
             version that the report is of (`cargo xtask size` at its commit), or put its symbol file there"
        ));
    }
    Ok(parse(&tree::read(place)?))
}

/// Reads what [`keep`] writes.
fn parse(text: &str) -> Names {
    let mut names = Names::default();
    let number =
        |line: &str| line.split_once(' ').and_then(|(n, name)| Some((n.parse().ok()?, name.to_owned())));
    for line in text.lines() {
        if let Some((number, name)) = number(line) {
            names.first.insert(number, name);
        } else if let Some((file, (number, name))) =
            line.split_once(' ').and_then(|(file, line)| Some((file, number(line)?)))
        {
            names.late.entry(file.to_owned()).or_default().insert(number, name);
        }
    }
    names
}

/// The name with a hash of the wasm file that a report speaks of.
fn wasm_file(report: &str) -> Option<&str> {
    report.match_indices("app-").find_map(|(begin, head)| {
        let end = begin + head.len() + HASH;
        let is_hash = report.get(begin + head.len()..end)?.bytes().all(|b| b.is_ascii_hexdigit());
        (is_hash && report[end..].starts_with(".wasm")).then(|| &report[begin..end + ".wasm".len()])
    })
}

/// The number of the function that a frame is in. Chromium writes `wasm-function[7]:0x1f`, Firefox the same behind the
/// address of a script, WebKit `7@<?>:wasm-function[7]` and formerly `<?>.wasm-function[7]@[wasm code]`.
fn function(frame: &str) -> Option<u32> {
    let (_, rest) = frame.rsplit_once("wasm-function[")?;
    rest.split_once(']')?.0.parse().ok()
}

/// The report, each frame of wasm with the name of its function behind it. Browsers do not say in which of the files a frame
/// is: where more than one has its number, all are named.
fn named(report: &str, names: &Names) -> String {
    let mut out = String::new();
    for line in report.lines() {
        out.push_str(line);
        if let Some(number) = function(line) {
            let late = names.late.iter().filter_map(|(file, of)| Some((file, of.get(&number)?)));
            let late = late.map(|(file, name)| format!("{name} in the {file} file"));
            let all: Vec<String> = names.first.get(&number).cloned().into_iter().chain(late).collect();
            out.push_str("  ");
            if all.is_empty() {
                out.push_str("(no such function in this build)");
            }
            out.push_str(&all.join(", or "));
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const WASM: &str = "app-0123456789abcdef.wasm";

    fn names() -> Names {
        let of = |names: &[(u32, &str)]| names.iter().map(|(n, name)| (*n, (*name).to_owned())).collect();
        Names {
            first: of(&[(7, "chitieu_app::start"), (123, "<a as b>::c")]),
            late: [("later", of(&[(123, "x"), (9, "y")])), ("tasks", of(&[(123, "z")]))]
                .map(|(file, names)| (file.to_owned(), names))
                .into(),
        }
    }

    #[test]
    fn frames_of_every_browser_are_read() {
        for (frame, number) in [
            ("    at wasm://wasm/00d2a4b6:wasm-function[123]:0x1f2e", Some(123)),
            ("    at https://a.vn/app-0123456789abcdef.wasm:wasm-function[7]:0x9", Some(7)),
            ("    at name (wasm://wasm/00d2a4b6:wasm-function[7]:0x9)", Some(7)),
            ("@https://a.vn/app-aa.js line 7 > WebAssembly.instantiate:wasm-function[123]:0x1f2e", Some(123)),
            ("123@<?>:wasm-function[123]", Some(123)),
            ("<?>.wasm-function[123]@[wasm code]", Some(123)),
            ("wasm-function[123]@[wasm code]", Some(123)),
            ("    at i (https://a.vn/app-aa.js:12:34)", None),
            ("wasm-stub@[wasm code]", None),
            ("<?>.wasm-function[main]@[wasm code]", None),
            ("wasm-function[99999999999]", None),
            ("wasm-function[7", None),
            ("", None),
        ] {
            assert_eq!(function(frame), number, "{frame}");
        }
    }

    #[test]
    fn every_frame_of_wasm_gets_its_name_and_other_lines_stay() {
        let report = "RuntimeError: unreachable\n  at wasm-function[7]:0x1\n  at wasm-function[8]:0x1\n  at x.js:1\n  \
            at wasm-function[123]:0x1\n  at wasm-function[9]:0x1\n";
        let told = named(report, &names());
        assert_eq!(
            told,
            "RuntimeError: unreachable\n  at wasm-function[7]:0x1  chitieu_app::start\n  at wasm-function[8]:0x1  \
             (no such function in this build)\n  at x.js:1\n  at wasm-function[123]:0x1  <a as b>::c, or x in the later \
             file, or z in the tasks file\n  at wasm-function[9]:0x1  y in the later file\n"
        );
    }

    #[test]
    fn what_is_kept_of_all_files_reads_as_the_same() {
        let kept = "7 chitieu_app::start\n123 <a as b>::c\nlater 9 y\nlater 123 x\ntasks 123 z\n\nlater\n";
        let (read, names) = (parse(kept), names());
        assert_eq!((read.first, read.late), (names.first, names.late));
    }

    #[test]
    fn names_are_kept_without_the_numbers_of_crates() {
        assert_eq!(
            without_hashes("<[u8; 4] as core[27cd0353e63fa9bc]::ops::Drop<[a[27cd0353e63fa9bg]]>>::drop"),
            "<[u8; 4] as core::ops::Drop<[a[27cd0353e63fa9bg]]>>::drop"
        );
    }

    #[test]
    fn the_file_of_a_report_is_found_among_other_names() {
        let report = format!("/app-0123456789abcdef.js\n/{WASM}\napp-Đ");
        assert_eq!(wasm_file(&report), Some(WASM));
        for none in ["", "app-", "app-0123.wasm", "app-0123456789abcdeg.wasm", "app-012345678901234ế.wasm"]
        {
            assert_eq!(wasm_file(none), None, "{none}");
        }
    }

    #[test]
    fn a_build_that_is_not_here_is_said_so() {
        let error = read_names(Path::new("/nowhere/symbols/x.txt"), WASM).expect_err("it is not there");
        assert!(error.contains(WASM) && error.contains("/nowhere/symbols"), "{error}");
    }
}
