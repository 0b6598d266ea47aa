//! Tests of whole processes and browsers, run with a second try: what fails among many and passes by itself is named as
//! unsteady, so that it is seen and mended, and does not hide what is broken.

use crate::{Result, tree};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// So many failures at once are no accident.
const MOST: usize = 2;

/// Runs `cargo test` for a package with these arguments of the test programs; its output goes on to the terminal.
pub fn test(package: &str, only: Option<&str>, variables: &[(&str, &str)]) -> Result {
    let failed = run(package, only, &[], variables)?;
    if failed.is_empty() {
        return Ok(());
    }
    if failed.len() > MOST {
        return Err(format!("{} tests failed", failed.len()));
    }
    for name in &failed {
        println!("once more, by itself: {name}");
        if !run(package, Some(name), &["--exact"], variables)?.is_empty() {
            return Err(format!("{name} failed twice"));
        }
    }
    for name in failed {
        // `.ci/run` takes them off the failures that it counts.
        println!("unsteady: {name} failed among the others and passed by itself");
    }
    Ok(())
}

/// Gives the names of the tests that failed; an error where something else did.
fn run(package: &str, only: Option<&str>, more: &[&str], variables: &[(&str, &str)]) -> Result<Vec<String>> {
    let mut command = Command::new("cargo");
    command.args(["test", "--no-fail-fast", "--package", package]).args(only);
    command.args(["--", "--test-threads=1", "--nocapture"]).args(more);
    command.envs(variables.iter().copied()).current_dir(tree::root()).stdout(Stdio::piped());
    let mut tests = command.spawn().map_err(|e| format!("cargo: {e}"))?;
    let output = tests.stdout.take().ok_or("cargo has no output")?;
    let mut failed = Failed::default();
    for line in BufReader::new(output).lines() {
        let line = line.map_err(|e| format!("cargo: {e}"))?;
        println!("{line}");
        failed.read(&line);
    }
    let status = tests.wait().map_err(|e| format!("cargo: {e}"))?;
    if status.success() == failed.names.is_empty() {
        Ok(failed.names)
    } else {
        Err(format!("`cargo test --package {package}` failed"))
    }
}

/// What failed, read from what test programs print.
#[derive(Default)]
struct Failed {
    names: Vec<String>,
    is_list: bool,
}

impl Failed {
    fn read(&mut self, line: &str) {
        if line == "failures:" {
            self.is_list = true;
        } else if let Some(name) = line.strip_prefix("    ").filter(|_| self.is_list) {
            if !self.names.iter().any(|known| known == name) {
                self.names.push(name.to_owned());
            }
        } else if !line.is_empty() {
            self.is_list = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_failed_tests_are_read_and_nothing_else_is() {
        let mut failed = Failed::default();
        let printed = "running 3 tests\ntest a::b ... ok\n\nfailures:\n\n---- a::c stdout ----\n    left: 1\n\n\
            failures:\n    a::c\n    d\n\ntest result: FAILED. 1 passed; 2 failed\n    indented\n\nfailures:\n    d\n";
        printed.lines().for_each(|line| failed.read(line));
        assert_eq!(failed.names, ["a::c", "d"]);
    }
}
