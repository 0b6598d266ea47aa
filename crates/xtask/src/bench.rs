//! Benchmarks: a synthetic plan of 172 units × 60 months × 100 elements, in memory and from a file; and the sync.

use crate::bundle::{Profile, bundle};
use crate::postgres::Postgres;
use crate::{Result, machine, run, say, target};
use std::path::Path;

/// What to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Widgets alone, against nginx, for so many seconds each (`apt-get install nginx-light`).
    #[arg(long, value_name = "SECONDS")]
    public: Option<u32>,
    /// A start on a new device alone, so many times: Chromium on a slow line, with a slow processor.
    #[arg(long, value_name = "ROUNDS")]
    start: Option<u32>,
}

/// Packs what ships and measures how long a new device takes to start with it.
fn start(rounds: u32) -> Result {
    machine::chromium()?;
    let app = bundle(Profile::Size)?;
    run("cargo", &["build", "--package", "chitieu-server"], &[])?;
    let server = target().join("debug/chitieu");
    let variables = [
        ("CHITIEU_APP", &*app.folder.to_string_lossy()),
        ("CHITIEU_SERVER", &*server.to_string_lossy()),
        ("CHITIEU_ROUNDS", &rounds.to_string()),
        ("RUST_LOG", "error"),
    ];
    let arguments =
        ["test", "--package", "chitieu-tests", "--test", "start", "--", "--ignored", "--nocapture"];
    run("cargo", &arguments, &variables)
}

/// Builds what ships and measures it.
pub fn bench(options: &Options) -> Result {
    if let Some(rounds) = options.start {
        return start(rounds);
    }
    say("building");
    run("cargo", &["build", "--release", "--package", "chitieu-bench", "--package", "chitieu-server"], &[])?;
    let program = |name: &str| target().join("release").join(name).to_string_lossy().into_owned();
    let (bench, chitieu) = (program("chitieu-bench"), program("chitieu"));
    if let Some(seconds) = options.public {
        say("widgets against nginx, one core each");
        let arguments = ["public", "--seconds", &seconds.to_string()];
        return run(&bench, &arguments, &[("CHITIEU_SERVER", &chitieu), ("RUST_LOG", "warn")]);
    }
    say("evaluation in memory: every target at every unit and year");
    for times in ["1", "2", "4", "8"] {
        run(&bench, &["evaluate", "--times", times], &[])?;
    }
    say("chitieu evaluate: the same from a file");
    for times in ["1", "2", "4", "8"] {
        let folder = target().join("bench").join(format!("synthetic-{times}"));
        let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
        run(&bench, &["synthetic", "--times", times, "--folder", &folder.to_string_lossy()], &[])?;
        let (plan, figures, out) = (file("plan.toml"), file("figures.csv"), file("verdicts.csv"));
        let command = format!(
            "'{chitieu}' --lang en evaluate --plan '{plan}' --figures '{figures}' --scope all --format csv \
             --today 2026-06-01 --times > '{out}'"
        );
        run("sh", &["-c", &command], &[])?;
        std::fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    say("sync: the server as a process, on a disk, in memory and on PostgreSQL");
    let postgres = Postgres::start()?;
    let disk = target().join("bench/sync");
    let memory = "/dev/shm/chitieu-bench";
    let place = disk.to_string_lossy();
    let database = format!("{}/postgres", postgres.url);
    let arguments = ["sync", "--disk", &place, "--memory", memory, "--postgres", &database];
    run(&bench, &arguments, &[("CHITIEU_SERVER", &chitieu), ("RUST_LOG", "warn")])?;
    for folder in [&disk, Path::new(memory)] {
        std::fs::remove_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    Ok(())
}
