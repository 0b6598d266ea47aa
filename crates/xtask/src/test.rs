//! The README's second command: everything, native, wasm and browser.

use crate::bundle::{Profile, bundle};
use crate::{Result, machine, run, say, size, target};
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

/// Builds once, tests everything.
pub fn test() -> Result {
    let mut times = Vec::new();
    timed("browser and driver", &mut times, machine::chromium)?;
    timed("app, in the profile that ships", &mut times, || {
        bundle(Profile::Size).and_then(|app| size::report(&app))
    })?;
    timed("server", &mut times, || run("cargo", &["build", "--package", "chitieu-server"], &[]))?;
    timed("native tests", &mut times, || run("cargo", &["test", "--quiet"], &[]))?;
    timed("journeys in the browser", &mut times, || {
        let app = Profile::Size.folder();
        let server = target().join("debug/chitieu");
        let variables =
            [("CHITIEU_APP", &*app.to_string_lossy()), ("CHITIEU_SERVER", &*server.to_string_lossy())];
        run("cargo", &["test", "--package", "chitieu-tests", "--", "--test-threads=1"], &variables)
    })?;
    for (what, time) in times {
        println!("{:>6.1} s  {what}", time.as_secs_f64());
    }
    Ok(())
}
