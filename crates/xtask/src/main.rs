//! Every command of the project. `cargo xtask --help` lists them; CI runs the same ones.
#![allow(clippy::print_stdout, reason = "commands talk to whoever runs them")]

mod again;
mod bench;
mod bundle;
mod check;
mod components;
mod compress;
mod demo;
mod dev;
mod likeness;
mod machine;
mod minify;
mod order;
mod postgres;
mod size;
mod snippets;
mod split;
mod symbols;
mod test;
mod texts;
mod tree;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, checks, tests and shows Chỉ Tiêu")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds everything and serves it with illustrative data.
    Demo(demo::Demo),
    /// Watches, rebuilds and reloads.
    Dev,
    /// Formatting, lints for host and wasm32, docs, architecture, document paths.
    Check,
    /// Everything: native, wasm and browser.
    Test(test::Options),
    /// Speed and memory, with figures printed and nothing asserted.
    Bench(bench::Options),
    /// What a start and an install cost; fails over budget.
    Size,
    /// Turns the stack of an error report into names of functions.
    Symbols(symbols::Options),
    /// One program with the app inside, in `target/dist`.
    Dist,
}

/// What went wrong, in words for the person at the terminal.
type Result<T = ()> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Demo(options) => demo::demo(&options),
        Task::Dev => dev::dev(),
        Task::Check => check::check(&tree::root()),
        Task::Test(options) => test::test(&options),
        Task::Bench(options) => bench::bench(&options),
        Task::Size => bundle::bundle(bundle::Profile::Size).and_then(|app| size::report(&app)),
        Task::Symbols(options) => symbols::print(&options),
        Task::Dist => demo::dist(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Says what is being done.
fn say(text: &str) {
    println!("==> {text}");
}

/// Runs a command from the project's root; its output goes to the terminal.
fn run(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Result {
    let status = Command::new(program)
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(tree::root())
        .status()
        .map_err(|e| format!("{program}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{program} {}` failed", arguments.join(" "))) }
}

/// Cargo's output folder.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| tree::root().join("target"), PathBuf::from)
}
