//! `demo` serves everything with illustrative data; `dist` makes the one program.

use crate::bundle::{Profile, bundle, bundle_with_components};
use crate::{Result, run, say, target, tree};
use clap::Args;
use std::path::PathBuf;
use std::process::Command;

/// How to show it.
#[derive(Args)]
pub struct Demo {
    /// Address and port.
    #[arg(long, default_value = "127.0.0.1:8188")]
    listen: String,
    /// Folder of the database; made and filled where it is not there.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Takes this day for today.
    #[arg(long)]
    today: Option<String>,
    /// An origin that may frame widgets.
    #[arg(long = "frame-ancestor")]
    frame_ancestors: Vec<String>,
    /// Another plan than the one that ships.
    #[arg(long)]
    plan: Option<PathBuf>,
    /// Packs the app in its quick profile.
    #[arg(long)]
    quick: bool,
}

/// Builds everything, fills a database, serves.
pub fn demo(options: &Demo) -> Result {
    say("building the server");
    run("cargo", &["build", "--package", "chitieu-server"], &[])?;
    let app = bundle_with_components(if options.quick { Profile::Dev } else { Profile::Size })?;
    let day = options.today.clone().unwrap_or_else(|| "today".into());
    let of = options.plan.as_ref().and_then(|p| p.file_stem()).map(|s| s.to_string_lossy().into_owned());
    let of = of.map_or_else(String::new, |name| format!("-{name}"));
    let folder = options.data.clone().unwrap_or_else(|| target().join("demo").join(day + &of));
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let server = target().join("debug/chitieu");
    let file = folder.join("chitieu.db");
    let database = format!("sqlite:{}", file.display());
    let plan = options.plan.as_ref().map(|p| p.to_string_lossy().into_owned());
    let mut given: Vec<&str> = options.today.iter().flat_map(|day| ["--today", day]).collect();
    given.extend(plan.iter().flat_map(|file| ["--plan", file]));
    if !file.exists() {
        say("filling the database with illustrative data, 2021 to today");
        // Filled beside its name, so that an interrupted filling is not taken for a database.
        let unfinished = folder.join("filling.db");
        for leftover in ["filling.db", "filling.db-wal", "filling.db-shm"] {
            std::fs::remove_file(folder.join(leftover)).ok();
        }
        let url = format!("sqlite:{}", unfinished.display());
        let mut arguments = vec!["demo", "--database", &url];
        arguments.extend(&given);
        run(&server.to_string_lossy(), &arguments, &[])?;
        std::fs::rename(&unfinished, &file).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    println!();
    println!("    http://{}", options.listen);
    println!("    http://{}/_components shows every part of the interface", options.listen);
    println!(
        "    officers   police_commune-11977, police_province, people_committee_commune-11977, … (one a reporter)"
    );
    println!("    offices    reviewer, publisher, leader, auditor, admin");
    println!("    password   chitieu-demo");
    println!("    Dữ liệu minh họa: every figure is made up.");
    println!();
    let mut serve = Command::new(server);
    serve
        .args(["serve", "--public", "--database", &database, "--listen", &options.listen, "--app"])
        .arg(&app.folder);
    serve.args(given);
    for origin in &options.frame_ancestors {
        serve.args(["--frame-ancestor", origin]);
    }
    let status = serve.status().map_err(|e| e.to_string())?;
    if status.success() { Ok(()) } else { Err("the server stopped with an error".into()) }
}

/// One program with the app and its compressed files inside.
pub fn dist() -> Result {
    let app = bundle(Profile::Size)?;
    say("building the program with the app inside");
    let folder = app.folder.to_string_lossy().into_owned();
    let build = ["build", "--release", "--package", "chitieu-server", "--features", "app-inside"];
    run("cargo", &build, &[("CHITIEU_APP_DIR", &folder)])?;
    let made = target().join("release/chitieu");
    let bytes = std::fs::read(&made).map_err(|e| format!("{}: {e}", made.display()))?;
    let place = target().join("dist/chitieu");
    tree::write(&place, &bytes)?;
    std::fs::set_permissions(&place, std::fs::metadata(&made).map_err(|e| e.to_string())?.permissions())
        .map_err(|e| e.to_string())?;
    println!("{} ({} bytes)", place.display(), bytes.len());
    Ok(())
}
