//! The README's second command: everything, native, wasm and browser.

use crate::bundle::{Profile, bundle, glue};
use crate::postgres::Postgres;
use crate::{Result, again, machine, run, say, size, target, tree};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

fn timed(what: &str, times: &mut Vec<(String, Duration)>, step: impl FnOnce() -> Result) -> Result {
    say(what);
    let begun = begin();
    step()?;
    times.push((what.to_owned(), begun.elapsed()));
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the steps of a long run say how long they took")]
fn begin() -> std::time::Instant {
    std::time::Instant::now()
}

/// How much to test.
#[derive(clap::Args)]
pub struct Options {
    /// The journeys alone, with the app in its quick profile.
    #[arg(long)]
    journeys: bool,
    /// The tests whose name has this in it: native ones, or with `--journeys` journeys. Nothing is built that only the others
    /// need.
    #[arg(long)]
    only: Option<String>,
    /// Ten times as many generated cases of the protocol under faults, of typing, of closed tabs and killed browsers.
    #[arg(long)]
    long: bool,
    /// Where a device's store, drafts and the way of a form are tried: in all three browsers, or in Chromium alone.
    #[arg(long, value_enum, default_value_t = Browsers::All)]
    browsers: Browsers,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Browsers {
    /// What the other journeys need too.
    Chromium,
    /// Firefox and WebKitGTK too, as CI does; installs what they need.
    All,
}

/// How many cases of the protocol under faults are run.
const CASES: u32 = 10_000;

impl Options {
    fn cases(&self) -> u32 {
        if self.long { 10 * CASES } else { CASES }
    }
}

/// Runs the native tests whose name has this in it; says so where there is none.
fn native(only: &str, cases: u32) -> Result {
    let postgres = Postgres::start()?;
    let cases = cases.to_string();
    let mut tests = Command::new("cargo")
        .args(["test", "--no-fail-fast", only])
        .envs([("CHITIEU_POSTGRES", &postgres.url), ("CHITIEU_CASES", &cases)])
        .current_dir(tree::root())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cargo: {e}"))?;
    let output = tests.stdout.take().ok_or("cargo has no output")?;
    let (mut ran, mut shown) = (0, false);
    for line in BufReader::new(output).lines() {
        let line = line.map_err(|e| format!("cargo: {e}"))?;
        // Of most test programs nothing is asked.
        let own = count(&line);
        shown |= own > 0;
        if shown {
            println!("{line}");
        }
        shown &= !line.starts_with("test result:");
        ran += own;
    }
    let status = tests.wait().map_err(|e| format!("cargo: {e}"))?;
    match (status.success(), ran) {
        (false, _) => Err(format!("`cargo test {only}` failed")),
        (true, 0) => {
            Err(format!("no native test has `{only}` in its name; journeys are asked for with --journeys"))
        }
        (true, _) => Ok(()),
    }
}

/// How many tests a line of a test program says that it runs.
fn count(line: &str) -> usize {
    let number = line.strip_prefix("running ").and_then(|rest| rest.split(' ').next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Builds once, tests everything.
pub fn test(options: &Options) -> Result {
    if let Some(only) = options.only.as_deref().filter(|_| !options.journeys) {
        return native(only, options.cases());
    }
    let mut times = Vec::new();
    let profile = if options.journeys { Profile::Dev } else { Profile::Size };
    timed("browser and driver", &mut times, machine::chromium)?;
    machine::python()?;
    machine::calendar()?;
    let axe = machine::axe()?;
    let mut geckodriver = String::new();
    if options.browsers == Browsers::All {
        timed("Firefox and WebKitGTK", &mut times, || {
            machine::webkit()?;
            geckodriver = machine::firefox()?;
            Ok(())
        })?;
    }
    machine::library_sources()?;
    timed("app and server", &mut times, || {
        // At once: the last minute of the app is one thread's, and neither waits for what the other builds.
        std::thread::scope(|scope| {
            let server = scope.spawn(|| run("cargo", &["build", "--package", "chitieu-server"], &[]));
            let app = bundle(profile);
            server.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            let app = app?;
            if profile == Profile::Size { size::report(&app) } else { Ok(()) }
        })
    })?;
    let postgres = Postgres::start()?;
    if !options.journeys {
        let cases = options.cases().to_string();
        timed("native tests", &mut times, || {
            let variables = [("CHITIEU_POSTGRES", &*postgres.url), ("CHITIEU_CASES", &*cases)];
            run("cargo", &["test", "--quiet"], &variables)
        })?;
    }
    timed("end to end", &mut times, || {
        let app = profile.folder();
        let server = target().join("debug/chitieu");
        let agreement = glue("chitieu-agreement", "agreement", Profile::Dev)?;
        let device = glue("chitieu-device", "device", Profile::Dev)?;
        let browsers = if options.browsers == Browsers::All { "chromium,firefox,webkit" } else { "chromium" };
        // A journey has it read a report.
        let own = std::env::current_exe().map_err(|e| e.to_string())?;
        let variables = [
            ("CHITIEU_XTASK", &*own.to_string_lossy()),
            ("CHITIEU_POSTGRES", &*postgres.url),
            ("CHITIEU_DEVICE", &*device.to_string_lossy()),
            ("CHITIEU_BROWSERS", browsers),
            ("CHITIEU_GECKODRIVER", &geckodriver),
            ("CHITIEU_AXE", &axe),
            ("CHITIEU_APP", &*app.to_string_lossy()),
            ("CHITIEU_SERVER", &*server.to_string_lossy()),
            ("CHITIEU_AGREEMENT", &*agreement.to_string_lossy()),
            ("CHITIEU_KILLS", if options.long { "100" } else { "10" }),
            ("CHITIEU_CLOSES", if options.long { "100" } else { "10" }),
            ("CHITIEU_DRAFT_KILLS", if options.long { "20" } else { "2" }),
            ("CHITIEU_TYPING", if options.long { "500" } else { "50" }),
        ];
        again::test("chitieu-tests", options.only.as_deref(), &variables)
    })?;
    for (what, time) in times {
        println!("{:>6.1} s  {what}", time.as_secs_f64());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_test_program_says_that_it_runs_is_counted_and_nothing_else_is() {
        let lines =
            ["running 3 tests", "test running ... ok", "running 1 test", "running 0 tests", "running late"];
        assert_eq!(lines.map(count), [3, 0, 1, 0, 0]);
    }
}
