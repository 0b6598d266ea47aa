//! The README's second command: everything, native, wasm and browser.

use crate::bundle::{Profile, bundle, glue};
use crate::postgres::Postgres;
use crate::{Result, again, machine, run, say, size, target};
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
    /// The journeys whose name has this in it.
    #[arg(long, requires = "journeys")]
    only: Option<String>,
    /// Ten times as many generated cases of the protocol under faults, of typing, of closed tabs and killed browsers.
    #[arg(long)]
    long: bool,
    /// Where a device's store and drafts are tried: in all three browsers, or in Chromium alone.
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

/// Builds once, tests everything.
pub fn test(options: &Options) -> Result {
    let mut times = Vec::new();
    let profile = if options.journeys { Profile::Dev } else { Profile::Size };
    timed("browser and driver", &mut times, machine::chromium)?;
    machine::python()?;
    let mut geckodriver = String::new();
    if options.browsers == Browsers::All {
        timed("Firefox and WebKitGTK", &mut times, || {
            machine::webkit()?;
            geckodriver = machine::firefox()?;
            Ok(())
        })?;
    }
    timed("app", &mut times, || {
        let app = bundle(profile)?;
        if profile == Profile::Size { size::report(&app) } else { Ok(()) }
    })?;
    timed("server", &mut times, || run("cargo", &["build", "--package", "chitieu-server"], &[]))?;
    let postgres = Postgres::start()?;
    if !options.journeys {
        let cases = if options.long { 10 * CASES } else { CASES }.to_string();
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
