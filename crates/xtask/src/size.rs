//! What the browser loads to start and to install, raw and compressed, against the budgets of the design.

use crate::Result;
use crate::bundle::App;
use std::path::Path;

/// Bytes to start, brotli.
const START: usize = 235_000;
/// Bytes of the fonts of a first visit, packed as they are.
const FONTS: usize = 52 * 1000;
/// Bytes loaded soon after a start, brotli.
const LATER: usize = 275 * 1000;
/// Bytes of the tasks' own file, brotli: the tasks' screens, and an administrator's.
const TASKS: usize = 215 * 1000;
/// Bytes to install for offline use, brotli.
const INSTALL: usize = 950 * 1024;

#[derive(Default, Clone, Copy)]
struct Bytes {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

fn measure(app: &App, names: &[String], show: bool) -> Result<Bytes> {
    let mut sum = Bytes::default();
    for name in names {
        let path = app.folder.join(name);
        let length = |path: &Path| -> Result<usize> {
            let about = std::fs::metadata(path).map_err(|e| format!("{}: {e}", path.display()))?;
            Ok(about.len() as usize)
        };
        let is_packed = name.ends_with(".png") || name.ends_with(".woff2");
        // As it is shipped: the packed copies stand beside it.
        let beside = |ending: &str| {
            length(&if is_packed { path.clone() } else { app.folder.join(format!("{name}.{ending}")) })
        };
        let bytes = Bytes { raw: length(&path)?, gzip: beside("gz")?, brotli: beside("br")? };
        if show {
            println!("{:>10} {:>10} {:>10}  {name}", bytes.raw, bytes.gzip, bytes.brotli);
        }
        sum = Bytes {
            raw: sum.raw + bytes.raw,
            gzip: sum.gzip + bytes.gzip,
            brotli: sum.brotli + bytes.brotli,
        };
    }
    Ok(sum)
}

/// Prints the sums and fails over budget.
pub fn report(app: &App) -> Result {
    println!("{:>10} {:>10} {:>10}", "raw", "gzip", "brotli");
    let start = measure(app, &app.start, true)?;
    println!("{:>10} {:>10} {:>10}  to start (budget {START} brotli)", start.raw, start.gzip, start.brotli);
    let later = measure(app, &app.later, true)?;
    println!(
        "{:>10} {:>10} {:>10}  loaded soon after it (budget {LATER} brotli)",
        later.raw, later.gzip, later.brotli
    );
    let tasks = measure(app, &app.tasks, false)?;
    println!("{:>10} {:>10} {:>10}  tasks (budget {TASKS} brotli)", tasks.raw, tasks.gzip, tasks.brotli);
    let fonts = measure(app, &app.fonts, false)?;
    println!(
        "{:>10} {:>10} {:>10}  fonts of a first visit (budget {FONTS})",
        fonts.raw, fonts.gzip, fonts.brotli
    );
    let install = measure(app, &app.install, false)?;
    println!(
        "{:>10} {:>10} {:>10}  to install (budget {INSTALL} brotli)",
        install.raw, install.gzip, install.brotli
    );
    for (what, cost, budget) in [
        ("a start costs", start.brotli, START),
        ("what is loaded soon after it costs", later.brotli, LATER),
        ("the tasks' file costs", tasks.brotli, TASKS),
        ("the fonts cost", fonts.brotli, FONTS),
        ("an install costs", install.brotli, INSTALL),
    ] {
        if cost > budget {
            return Err(format!("{what} {cost} bytes, {} over budget", cost - budget));
        }
    }
    Ok(())
}
