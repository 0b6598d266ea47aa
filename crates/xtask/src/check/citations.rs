//! Paths that documents and comments name: each must be there, or whoever looks for it is sent astray.

use crate::Result;
use crate::tree::{files, read};
use std::path::Path;

/// Top-level names that make a word in backticks a path of this project.
const TOP: [&str; 8] = ["app/", "crates/", "style/", "tests/", "docs/", ".ci/", ".cargo/", "src/"];

/// Endings that make it one wherever it stands in a document.
const IN_DOCUMENTS: [&str; 4] = [".md", ".toml", ".html", ".png"];

/// The same in a comment, which names its neighbours.
const IN_COMMENTS: [&str; 8] = [".md", ".rs", ".js", ".css", ".html", ".png", ".py", ".sql"];

/// What names a file that is not there.
pub fn faults(root: &Path) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for path in files(root, &[".md"])? {
        let text = read(&path)?;
        let words = text.split('`').skip(1).step_by(2);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        look_up(root, &path, words.chain(links), &IN_DOCUMENTS, &mut faults);
    }
    for path in files(root, &[".rs"])? {
        let text = read(&path)?;
        let comments = text.lines().map(str::trim_start).filter(|line| line.starts_with("//"));
        for comment in comments {
            look_up(root, &path, comment.split('`').skip(1).step_by(2), &IN_COMMENTS, &mut faults);
        }
    }
    Ok(faults)
}

fn look_up<'a>(
    root: &Path,
    file: &Path,
    words: impl Iterator<Item = &'a str>,
    endings: &[&str],
    faults: &mut Vec<String>,
) {
    for word in words {
        let word = word.split('#').next().unwrap_or_default().trim_end_matches('/');
        let is_path =
            TOP.iter().any(|top| word.starts_with(top)) || endings.iter().any(|end| word.ends_with(end));
        let is_plain =
            !word.contains([' ', '*', '{', '<', '%', '…', ':', '(', '"']) && !word.starts_with('.');
        if is_path && is_plain && !is_there(root, file, word) {
            let name = file.strip_prefix(root).unwrap_or(file).display();
            faults.push(format!("{name}: names `{word}`, which is not there"));
        }
    }
}

/// True where a path leads somewhere from the root, from the file's folder or, as far as its crate reaches, from one above.
fn is_there(root: &Path, file: &Path, word: &str) -> bool {
    if root.join(word).exists() {
        return true;
    }
    for folder in file.ancestors().skip(1) {
        if folder.join(word).exists() {
            return true;
        }
        if folder == root || folder.join("Cargo.toml").exists() {
            break;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::check::sample::Sample;

    #[test]
    fn a_document_that_names_a_missing_path_is_found() {
        let sample = Sample::new("path");
        sample.put("README.md", "See `crates/nowhere/src`.\n");
        assert_eq!(sample.faults(), ["README.md: names `crates/nowhere/src`, which is not there"]);
    }

    #[test]
    fn a_comment_that_names_a_missing_file_is_found() {
        let sample = Sample::new("comment");
        sample.put("crates/domain/src/unit.rs", "//! Units.\n\n    // As `plans.md` says.\nfn f() {}\n");
        assert_eq!(sample.faults(), ["crates/domain/src/unit.rs: names `plans.md`, which is not there"]);
        sample.put(
            "crates/domain/src/unit.rs",
            "//! Units.\n\n/// See `crates/domain/src/gone.rs`.\nfn f() {}\n",
        );
        assert!(sample.faults()[0].contains("`crates/domain/src/gone.rs`"), "{:?}", sample.faults());
    }

    #[test]
    fn a_comment_may_name_a_neighbour_a_file_of_its_crate_and_one_of_the_project() {
        let sample = Sample::new("neighbour");
        sample.put("crates/domain/src/plan/read.rs", "//! Reads.\n");
        let text = "//! As `read.rs`, `src/lib.rs`, `README.md` and `crates/sync/Cargo.toml` have it; `figures.csv` is anybody's.\n";
        sample.put("crates/domain/src/plan/check.rs", text);
        assert_eq!(sample.faults(), [""; 0]);
    }
}
