//! Benchmarks: a synthetic plan of 172 units × 60 months × 100 elements, in memory and from a file; and the sync.

use crate::bundle::{Profile, bundle};
use crate::postgres::Postgres;
use crate::{Result, machine, run, say, target};
use std::path::{Path, PathBuf};

/// What to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Widgets alone, against nginx, for so many seconds each (`apt-get install nginx-light`).
    #[arg(long, value_name = "SECONDS")]
    public: Option<u32>,
    /// A start on a new device alone, so many times: Chromium on a slow line, with a slow processor.
    #[arg(long, value_name = "ROUNDS")]
    start: Option<u32>,
    /// Something else.
    #[command(subcommand)]
    what: Option<What>,
}

/// What else is measured.
#[derive(clap::Subcommand)]
enum What {
    /// A person who types and pastes, in Chromium with a slow processor.
    Typing {
        /// How often.
        #[arg(long, default_value = "1")]
        rounds: u32,
        /// A packed app in the place of the one that is built from these sources.
        #[arg(long)]
        app: Option<PathBuf>,
        /// One form alone, by its rows: 19, 500 or 1872.
        #[arg(long)]
        form: Option<usize>,
        /// Where the browser's profile of the processor goes (`.cpuprofile`).
        #[arg(long)]
        profile: Option<PathBuf>,
    },
    /// A leader who opens the list of all units' tasks, in Chromium, from the device alone.
    Tasks {
        /// How often, with each speed of the processor.
        #[arg(long, default_value = "3")]
        rounds: u32,
        /// A packed app in the place of the one that is built from these sources.
        #[arg(long)]
        app: Option<PathBuf>,
    },
}

/// Measures in a real browser, with what ships or with the packed app in this folder.
fn in_browser(name: &str, rounds: u32, app: Option<&Path>, more: &[(&str, &str)]) -> Result {
    machine::chromium()?;
    let app = match app {
        Some(folder) => std::path::absolute(folder).map_err(|e| format!("{}: {e}", folder.display()))?,
        None => bundle(Profile::Size)?.folder,
    };
    run("cargo", &["build", "--release", "--package", "chitieu-server"], &[])?;
    let server = target().join("release/chitieu");
    let (app, server, rounds) = (app.to_string_lossy(), server.to_string_lossy(), rounds.to_string());
    let mut variables =
        vec![("CHITIEU_APP", &*app), ("CHITIEU_SERVER", &*server), ("CHITIEU_ROUNDS", &rounds)];
    variables.extend([("RUST_LOG", "error")]);
    variables.extend(more);
    let test = ["test", "--package", "chitieu-tests", "--test", "browser_bench", "--"];
    let arguments: Vec<&str> = test.into_iter().chain([name, "--ignored", "--nocapture"]).collect();
    run("cargo", &arguments, &variables)
}

/// Builds what ships and measures it.
pub fn bench(options: &Options) -> Result {
    if let Some(rounds) = options.start {
        return in_browser("start::", rounds, None, &[]);
    }
    if let Some(What::Tasks { rounds, app }) = &options.what {
        return in_browser("tasks::", *rounds, app.as_deref(), &[]);
    }
    if let Some(What::Typing { rounds, app, form, profile }) = &options.what {
        let absolute = |path: &PathBuf| std::path::absolute(path).map(|path| path.display().to_string());
        let profile = profile.as_ref().map(absolute).transpose().map_err(|e| e.to_string())?;
        let form = form.map(|rows| rows.to_string());
        let profile = profile.iter().map(|path| ("CHITIEU_PROFILE", path.as_str()));
        let more: Vec<_> = profile.chain(form.iter().map(|rows| ("CHITIEU_FORM", rows.as_str()))).collect();
        return in_browser("typing::", *rounds, app.as_deref(), &more);
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
