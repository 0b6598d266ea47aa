//! Formatting, lints for host and wasm32, rustdoc, and the rules of the architecture that no compiler holds.

mod citations;
mod imports;
mod layers;
mod rules;
#[cfg(test)]
mod sample;

use crate::{Result, components, machine, run, say};
use std::path::Path;

/// Checks everything; the cheap rules come first.
pub fn check(root: &Path) -> Result {
    say("architecture, module docs, file sizes, document paths");
    let report = rules::check(root)?;
    for note in &report.notes {
        println!("note: {note}");
    }
    if !report.faults.is_empty() {
        return Err(format!("{} broken rules\n  {}", report.faults.len(), report.faults.join("\n  ")));
    }
    machine::wasm_target()?;
    say("formatting");
    run("cargo", &["fmt", "--all", "--check"], &[])?;
    say("lints, host");
    run("cargo", &["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"], &[])?;
    say("lints, wasm32");
    let wasm = ["clippy", "--quiet", "--package", "chitieu-app", "--target", "wasm32-unknown-unknown"];
    for feature in [&[][..], &["--features", components::FEATURE]] {
        run(
            "cargo",
            &[&wasm[..], feature, &["--profile", "wasm-dev", "--", "-D", "warnings"]].concat(),
            &[],
        )?;
    }
    say("documentation");
    let doc = ["doc", "--quiet", "--workspace", "--no-deps"];
    run("cargo", &doc, &[("RUSTDOCFLAGS", "-D warnings")])
}
