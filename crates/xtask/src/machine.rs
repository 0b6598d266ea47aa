//! What a machine must have, and how it gets it: the wasm target, packages of npm, and on Debian the browsers.

use crate::{Result, run, say, target};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let out = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    out.status.success().then(|| String::from_utf8_lossy(&out.stdout).into_owned())
}

/// Installs the wasm32 target where rustup can.
pub fn wasm_target() -> Result {
    let installed = output("rustup", &["target", "list", "--installed"]);
    if installed.is_none_or(|list| list.contains("wasm32-unknown-unknown")) {
        // Without rustup the build itself says what is missing.
        return Ok(());
    }
    say("installing the wasm32 target");
    run("rustup", &["target", "add", "wasm32-unknown-unknown"], &[])
}

/// Installs the standard library's sources where rustup can and has not done so for `rust-toolchain.toml`.
pub fn library_sources() -> Result {
    let installed = output("rustup", &["component", "list", "--installed"]);
    if installed.is_none_or(|list| list.contains("rust-src")) {
        return Ok(());
    }
    say("installing the standard library's sources");
    run("rustup", &["component", "add", "rust-src"], &[])
}

fn has(program: &str) -> bool {
    output(program, &["--version"]).is_some()
}

/// Makes sure that Chromium and its driver are there.
pub fn chromium() -> Result {
    if has("chromium") && has("chromedriver") {
        return Ok(());
    }
    install("Chromium and its driver", "chromium chromium-driver")
}

/// The version of Firefox's driver; Debian has none.
const GECKODRIVER: &str = "0.36.0";

/// Makes sure that Firefox and its driver are there; gives the driver's path.
pub fn firefox() -> Result<String> {
    if !has("firefox-esr") {
        install("Firefox", "firefox-esr")?;
    }
    let folder = target().join("geckodriver");
    let driver = folder.join("bin/geckodriver").to_string_lossy().into_owned();
    if !has(&driver) {
        say("building geckodriver");
        let folder = folder.to_string_lossy();
        // It is built once, and passes words on.
        run(
            "cargo",
            &["install", "geckodriver", "--debug", "--version", GECKODRIVER, "--root", &folder],
            &[],
        )?;
    }
    Ok(driver)
}

/// Makes sure that WebKitGTK's browser and driver are there, and a screen in memory for it.
pub fn webkit() -> Result {
    // Neither of them tells a version.
    if output("sh", &["-c", "command -v WebKitWebDriver && command -v xvfb-run"]).is_some() {
        return Ok(());
    }
    install("WebKitGTK", "webkit2gtk-driver xvfb xauth")
}

/// Makes sure that Python is there, which the client in `tests/python` is written in; Debian has 3.11.
pub fn python() -> Result {
    if has("python3") {
        return Ok(());
    }
    install("Python", "python3")
}

/// Makes sure that a calendar program is there, which reads the days of tasks that are passed on.
pub fn calendar() -> Result {
    if has("calcurse") {
        return Ok(());
    }
    install("a calendar program", "calcurse")
}

/// The version of the rules by which pages are judged for whoever uses them otherwise than by eye and mouse.
const AXE: &str = "4.14.1";

/// Makes sure that axe-core is there; gives the path of its script.
pub fn axe() -> Result<String> {
    let script = from_npm("axe-core", AXE)?.join("axe.min.js");
    Ok(script.to_string_lossy().into_owned())
}

/// The version of the program that makes scripts short.
const ESBUILD: &str = "0.28.2";

/// Makes sure that esbuild is there; gives its path.
pub fn esbuild() -> Result<String> {
    // Two that install it at once would get in each other's way.
    static ONCE: Mutex<()> = Mutex::new(());
    let _one = ONCE.lock().map_err(|e| e.to_string())?;
    // It starts the program that is compiled for this machine.
    let program = from_npm("esbuild", ESBUILD)?.join("bin/esbuild");
    Ok(program.to_string_lossy().into_owned())
}

/// Makes sure that a package of npm is there, without running what it would run of its own; gives its folder.
fn from_npm(name: &str, version: &str) -> Result<PathBuf> {
    let folder = target().join(format!("{name}-{version}"));
    let package = folder.join("node_modules").join(name);
    if !package.exists() {
        if !has("npm") {
            install("npm", "npm")?;
        }
        say(&format!("installing {name}"));
        let (folder, package) = (folder.to_string_lossy(), format!("{name}@{version}"));
        let quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"];
        let arguments: Vec<&str> =
            ["install", "--prefix", &folder].into_iter().chain(quietly).chain([&*package]).collect();
        run("npm", &arguments, &[])?;
    }
    Ok(package)
}

/// Installs packages as root on Debian, names the command otherwise.
pub fn install(what: &str, packages: &str) -> Result {
    let command = format!("apt-get install -y --no-install-recommends {packages}");
    if !(is_root() && has("apt-get")) {
        return Err(format!("the tests need {what}; install it:\n  sudo {command}"));
    }
    say(&format!("installing {what}"));
    let quiet = [("DEBIAN_FRONTEND", "noninteractive")];
    run("apt-get", &["update", "-qq"], &quiet)?;
    let words: Vec<&str> = command.split(' ').collect();
    run(words[0], &words[1..], &quiet)
}

/// True for the administrator of this machine.
pub fn is_root() -> bool {
    output("id", &["-u"]).is_some_and(|id| id.trim() == "0")
}
