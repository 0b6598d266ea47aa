//! The rules: which way arrows point between crates and inside them, that modules say what they are, how long a file may be,
//! that documents and comments name what exists, that nothing outside is asked for.

use super::{citations, imports, layers};
use crate::Result;
use crate::tree::{files, read};
use std::path::Path;

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// Broken rules.
    pub faults: Vec<String>,
    /// What to keep an eye on.
    pub notes: Vec<String>,
}

/// Which of our crates a crate may build on (`ARCHITECTURE.md`, arrows).
const ARROWS: [(&str, &[&str]); 11] = [
    ("crates/domain", &[]),
    ("crates/sync", &["chitieu-domain"]),
    ("crates/client", &["chitieu-sync", "chitieu-domain"]),
    ("crates/widgets", &["chitieu-domain"]),
    ("crates/server", &["chitieu-widgets", "chitieu-sync", "chitieu-domain"]),
    ("app", &["chitieu-client", "chitieu-widgets", "chitieu-sync", "chitieu-domain"]),
    ("crates/bench", &["chitieu-tests", "chitieu-sync", "chitieu-domain"]),
    ("crates/xtask", &[]),
    (
        "tests",
        &[
            "chitieu-agreement",
            "chitieu-client",
            "chitieu-device",
            "chitieu-server",
            "chitieu-sync",
            "chitieu-domain",
        ],
    ),
    ("tests/agreement", &["chitieu-domain"]),
    ("tests/device", &["chitieu-app", "chitieu-client", "chitieu-sync"]),
];

/// All that `domain` and `sync` may build on besides: no IO, no clock, no randomness.
const PURE: [&str; 7] =
    ["chitieu-domain", "chitieu-sync", "chrono", "serde", "serde_json", "thiserror", "uuid"];

/// Where the app may name web-sys.
const BROWSER: [&str; 2] = ["app/src/platform", "app/src/storage/indexed_db.rs"];

/// Longest file that passes, in lines.
const HARD: usize = 500;
/// Longest file without a note.
const SOFT: usize = 300;

/// Names that were given up, with the ones that took their place: two words for one thing cost every reader.
const RENAMED: [(&str, &str); 18] = [
    ("Travelling", "PlanBundle"),
    ("travelling", "plan_bundle"),
    ("Wanted", "ReadSet"),
    ("Stretch", "EvaluationSpan"),
    ("News", "EventStream, TabEvent or StreamNotification"),
    ("Book", "Diagnostics"),
    ("Heard", "RemoteWrite"),
    ("Act", "OpBody"),
    ("Forgotten", "Pruned"),
    ("TakeError", "MergeError"),
    ("PATIENCE", "a name that says what is waited for, as REQUEST_TIMEOUT_MS"),
    ("MOST_SKIPS", "MAX_SKIPPED_POLLS"),
    ("Examination", "HashPermit"),
    ("employ", "add_officers"),
    ("promises", "invariants"),
    ("Turn", "RunIn or HashPermit"),
    ("TURN", "STORE_VERSION"),
    ("take_rows", "apply_tab_rows"),
];

/// Files and folders that were given up, with the ones that took their place.
const MOVED: [(&str, &str); 12] = [
    ("app/src/components", "app/src/features and app/src/ui"),
    ("app/src/pages", "app/src/features"),
    ("app/src/replica", "app/src/reactive and app/src/storage"),
    ("crates/client/tests/faults/promises.rs", "crates/client/tests/faults/invariants.rs"),
    ("crates/server/src/public", "crates/server/src/http/embed"),
    ("crates/server/src/routes", "crates/server/src/http/api"),
    ("crates/server/src/session.rs", "crates/server/src/auth/session.rs"),
    ("crates/server/src/store/trouble.rs", "crates/server/src/store/error.rs"),
    ("crates/sync/src/travelling.rs", "crates/sync/src/plan_bundle.rs"),
    ("tests/journeys/company.rs", "a file a subject"),
    ("tests/src/line.rs", "tests/src/faulty_proxy.rs"),
    ("tests/src/office.rs", "tests/src/accounts.rs"),
];

/// Checks a tree.
pub fn check(root: &Path) -> Result<Report> {
    let mut report = Report::default();
    arrows(root, &mut report)?;
    sources(root, &mut report)?;
    report.faults.extend(citations::faults(root)?);
    hosts(root, &mut report)?;
    circles(root, &mut report)?;
    for (path, instead) in MOVED {
        if root.join(path).exists() {
            report.faults.push(format!("{path}: this place was given up for {instead}"));
        }
    }
    report.faults.extend(layers::faults(root)?);
    Ok(report)
}

/// Names in the dependency tables of a manifest, development's and build's apart.
fn dependencies(manifest: &str) -> Result<Vec<String>> {
    let table: toml::Table = manifest.parse().map_err(|e| format!("{e}"))?;
    let keys = |t: &toml::Table| -> Vec<String> {
        t.get("dependencies")
            .and_then(|d| d.as_table())
            .map(|d| d.keys().cloned().collect())
            .unwrap_or_default()
    };
    let mut names = keys(&table);
    for target in table.get("target").and_then(|t| t.as_table()).into_iter().flat_map(|t| t.values()) {
        names.extend(target.as_table().map(&keys).unwrap_or_default());
    }
    Ok(names)
}

fn arrows(root: &Path, report: &mut Report) -> Result {
    for (folder, allowed) in ARROWS {
        let path = root.join(folder).join("Cargo.toml");
        if !path.exists() {
            continue;
        }
        let names = dependencies(&read(&path)?).map_err(|e| format!("{}: {e}", path.display()))?;
        for name in names.iter().filter(|n| n.starts_with("chitieu-")) {
            if !allowed.contains(&name.as_str()) {
                report
                    .faults
                    .push(format!("{folder}/Cargo.toml: an arrow is drawn backwards, {folder} → {name}"));
            }
        }
        if ["crates/domain", "crates/sync", "crates/client"].contains(&folder) {
            for name in names.iter().filter(|n| !PURE.contains(&n.as_str())) {
                report.faults.push(format!("{folder}/Cargo.toml: {name} is not on the list of a pure crate"));
            }
        }
    }
    Ok(())
}

fn sources(root: &Path, report: &mut Report) -> Result {
    for path in files(root, &[".rs"])? {
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let text = read(&path)?;
        let first = text.lines().find(|l| !l.trim().is_empty()).unwrap_or("");
        if !first.starts_with("//!") {
            report
                .faults
                .push(format!("{name}: the module has no doc; begin with //! and say what it is for"));
        }
        let lines = text.lines().count();
        if lines > HARD {
            report.faults.push(format!("{name}: {lines} lines, more than {HARD}; split it by what it does"));
        } else if lines > SOFT {
            report.notes.push(format!("{name}: {lines} lines, more than {SOFT}"));
        }
        for (word, instead) in RENAMED.iter().filter(|_| !name.ends_with("check/rules.rs")) {
            let is_word = |at: usize, end: usize| {
                let letter = |c: char| c.is_alphanumeric() || c == '_';
                !text[..at].ends_with(letter) && !text[end..].starts_with(letter)
            };
            let stands = |line: &str| line.trim_start().starts_with("//");
            let found = text.match_indices(word).find(|(at, _)| {
                let line = text[..*at].rfind('\n').map_or(0, |end| end + 1);
                is_word(*at, at + word.len()) && !stands(&text[line..])
            });
            if found.is_some() {
                report.faults.push(format!("{name}: the name {word} was given up for {instead}"));
            }
        }
        let names_browser = text.contains("web_sys") || text.contains("js_sys");
        if name.starts_with("app/src") && names_browser && !BROWSER.iter().any(|b| name.starts_with(b)) {
            report
                .faults
                .push(format!("{name}: only the platform folder and the IndexedDB store name web-sys"));
        }
    }
    Ok(())
}

fn circles(root: &Path, report: &mut Report) -> Result {
    for (folder, _) in ARROWS {
        let src = root.join(folder).join("src");
        if !src.is_dir() {
            continue;
        }
        for ties in imports::circles(root, &src)? {
            report.faults.push(format!("imports go round in a circle:\n    {}", ties.join("\n    ")));
        }
    }
    Ok(())
}

fn hosts(root: &Path, report: &mut Report) -> Result {
    let shell = root.join("index.html");
    let mut watched = if shell.exists() { vec![shell] } else { Vec::new() };
    for folder in ["style", "app/public"] {
        let folder = root.join(folder);
        if folder.is_dir() {
            watched.extend(files(&folder, &[".css", ".js", ".html", ".webmanifest"])?);
        }
    }
    for path in watched {
        let text = read(&path)?;
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        if text.contains("http://") || text.contains("https://") {
            report.faults.push(format!("{name}: names an outside host"));
        }
        if name == "index.html"
            && text.split("<script").skip(1).any(|s| !s.split('>').next().unwrap_or("").contains("src="))
        {
            report.faults.push(format!("{name}: has an inline script"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sample::Sample;
    use crate::tree::root;

    #[test]
    fn an_arrow_drawn_backwards_is_found() {
        let sample = Sample::new("arrow");
        sample.put("crates/domain/Cargo.toml", "[dependencies]\nchitieu-sync = \"1\"\n");
        assert!(
            sample.faults()[0].contains("backwards, crates/domain → chitieu-sync"),
            "{:?}",
            sample.faults()
        );
    }

    #[test]
    fn an_arrow_of_one_target_alone_is_found_too() {
        let sample = Sample::new("target");
        let manifest = "[target.'cfg(unix)'.dependencies]\ntokio = \"1\"\n";
        sample.put("crates/domain/Cargo.toml", manifest);
        assert!(sample.faults()[0].contains("tokio is not on the list"), "{:?}", sample.faults());
    }

    #[test]
    fn a_module_without_a_doc_is_found() {
        let sample = Sample::new("doc");
        sample.put("crates/domain/src/unit.rs", "pub struct Unit;\n");
        assert!(sample.faults()[0].contains("unit.rs: the module has no doc"), "{:?}", sample.faults());
    }

    #[test]
    fn a_name_that_was_given_up_is_found_and_within_another_or_a_comment_it_is_not() {
        let sample = Sample::new("renamed");
        sample.put("crates/domain/src/unit.rs", "//! News.\n// Travelling.\npub struct NewsPaper;\n");
        assert!(sample.faults().is_empty(), "{:?}", sample.faults());
        sample.put("crates/domain/src/unit.rs", "//! News.\npub struct Stretch;\n");
        assert!(
            sample.faults()[0].contains("Stretch was given up for EvaluationSpan"),
            "{:?}",
            sample.faults()
        );
    }

    #[test]
    fn a_place_that_was_given_up_is_found() {
        let sample = Sample::new("moved");
        sample.put("tests/src/office.rs", "//! Accounts.\n");
        assert_eq!(
            sample.faults(),
            ["tests/src/office.rs: this place was given up for tests/src/accounts.rs"]
        );
    }

    #[test]
    fn imports_in_a_circle_are_found() {
        let sample = Sample::new("circle");
        sample.put("crates/domain/src/a.rs", "//! A.\nuse crate::b::B;\npub struct A;\n");
        sample.put("crates/domain/src/b.rs", "//! B.\nuse crate::a::A;\npub struct B;\n");
        assert!(sample.faults()[0].contains("circle"), "{:?}", sample.faults());
    }

    #[test]
    fn a_file_that_is_too_long_is_found() {
        let sample = Sample::new("long");
        sample.put("crates/domain/src/unit.rs", &format!("//! Long.\n{}", "\n".repeat(HARD)));
        assert!(sample.faults()[0].contains("501 lines"), "{:?}", sample.faults());
    }

    #[test]
    fn an_outside_host_in_the_shell_is_found() {
        let sample = Sample::new("host");
        sample.put("index.html", "<script src=\"https://example.org/x.js\"></script>");
        assert_eq!(sample.faults(), ["index.html: names an outside host"]);
    }

    #[test]
    fn this_project_keeps_its_rules() {
        let faults = check(&root()).expect("the tree reads").faults;
        assert!(faults.is_empty(), "{faults:#?}");
    }
}
