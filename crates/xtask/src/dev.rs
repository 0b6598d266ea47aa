//! Watches the sources, rebuilds in the quick profile and restarts the server; the page reloads itself when
//! the build's id changes.

use crate::bundle::{App, Profile, bundle_with_components};
use crate::{Result, run, say, target, tree};
use notify::{RecursiveMode, Watcher, recommended_watcher};
use std::process::{Child, Command};
use std::sync::mpsc::channel;
use std::time::Duration;

fn build() -> Result<App> {
    run("cargo", &["build", "--package", "chitieu-server"], &[])?;
    bundle_with_components(Profile::Watch)
}

fn serve(app: &App) -> Result<Child> {
    let folder = target().join("demo/dev");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let server = target().join("debug/chitieu");
    let file = folder.join("chitieu.db");
    let database = format!("sqlite:{}", file.display());
    if !file.exists() {
        run(&server.to_string_lossy(), &["demo", "--database", &database], &[])?;
    }
    Command::new(server)
        .args(["serve", "--database", &database, "--app"])
        .arg(&app.folder)
        .spawn()
        .map_err(|e| e.to_string())
}

/// Runs until interrupted.
pub fn dev() -> Result {
    let mut server = serve(&build()?)?;
    let (tell, told) = channel();
    let mut watcher = recommended_watcher(tell).map_err(|e| e.to_string())?;
    for folder in ["app", "crates", "style"] {
        watcher.watch(&tree::root().join(folder), RecursiveMode::Recursive).map_err(|e| e.to_string())?;
    }
    while told.recv().is_ok() {
        // An editor saves in several steps; the last of them counts.
        while told.recv_timeout(Duration::from_millis(200)).is_ok() {}
        match build() {
            Ok(app) => {
                server.kill().and_then(|()| server.wait()).map_err(|e| e.to_string())?;
                server = serve(&app)?;
            }
            Err(error) => say(&format!("not built: {error}")),
        }
    }
    Ok(())
}
