//! Benchmarks: a synthetic plan of 172 units × 60 months × 100 elements, in memory and from a file.

use crate::{Result, run, say, target};

/// Builds what ships and measures it.
pub fn bench() -> Result {
    say("building");
    run("cargo", &["build", "--release", "--package", "chitieu-bench", "--package", "chitieu-server"], &[])?;
    let program = |name: &str| target().join("release").join(name).to_string_lossy().into_owned();
    let (bench, chitieu) = (program("chitieu-bench"), program("chitieu"));
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
    Ok(())
}
