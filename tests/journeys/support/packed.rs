//! The packed app's files: which there are, copies of them, and another build made of one.

use super::browser::Device;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// The id of what [`another_build`] makes.
pub const OTHER: &str = "0123456789abcdef";

/// Where the packed app is.
pub fn app() -> PathBuf {
    PathBuf::from(std::env::var_os("CHITIEU_APP").expect("cargo xtask test says where the app is"))
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn text(path: &Path) -> String {
    String::from_utf8(read(path)).expect("text")
}

/// The list in a worker: paths and digests.
fn list(worker: &str) -> Vec<(String, String)> {
    let (_, rest) = worker.split_once("const LIST = ").expect("a list");
    serde_json::from_str(rest.split_once(';').expect("its end").0).expect("it reads")
}

/// The paths that an install keeps.
pub fn listed(app: &Path) -> Vec<String> {
    list(&text(&app.join("sw.js"))).into_iter().map(|(path, _)| path).collect()
}

/// The name of the first file that begins and ends so.
pub fn named(app: &Path, begin: &str, end: &str) -> String {
    let names = std::fs::read_dir(app).expect("a folder").flatten();
    let mut names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.find(|name| name.starts_with(begin) && name.ends_with(end)).expect("such a file")
}

/// Copies a packed app.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("it is writable");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let (path, name) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &name);
        } else if !["sw.js.br", "sw.js.gz"].contains(&entry.file_name().to_string_lossy().as_ref()) {
            // A worker is changed in a copy.
            std::fs::copy(&path, &name).expect("it is writable");
        }
    }
}

/// Makes another build of a packed app: all that names another file or the build has another name, and so has the
/// later file.
pub fn another_build(from: &Path, to: &Path) {
    copy(from, to);
    let mut worker = text(&to.join("sw.js"));
    let build = worker
        .split("const BUILD = \"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("an id")
        .to_owned();
    let mut renamed = vec![(build, OTHER.to_owned())];
    let later = named(to, "later-", ".wasm");
    let mut bytes = read(&to.join(&later));
    // A section of its own with a name of one letter and nothing in it.
    bytes.extend([0, 2, 1, b'x']);
    std::fs::write(to.join(&later), bytes).expect("it is writable");
    for (begin, end) in [("later-", ".wasm"), ("app-", ".js"), ("offline-", ".js"), ("boot-", ".js")] {
        let old = named(to, begin, end);
        let mut bytes = read(&to.join(&old));
        if end == ".js" {
            let mut script = String::from_utf8(bytes).expect("text");
            for (from, to) in &renamed {
                script = script.replace(from, to);
            }
            bytes = script.into_bytes();
        }
        for ending in ["", ".br", ".gz"] {
            std::fs::remove_file(to.join(format!("{old}{ending}"))).ok();
        }
        let new = format!("{begin}{}{end}", &digest(&bytes)[..16]);
        std::fs::write(to.join(&new), bytes).expect("it is writable");
        renamed.push((old, new));
    }
    let mut shell = text(&to.join("index.html"));
    for (from, to) in &renamed {
        shell = shell.replace(from, to);
        worker = worker.replace(from, to);
    }
    for ending in [".br", ".gz"] {
        std::fs::remove_file(to.join(format!("index.html{ending}"))).ok();
    }
    std::fs::write(to.join("index.html"), &shell).expect("it is writable");
    for (path, sum) in list(&worker) {
        let name = if path == "/" { "index.html" } else { &path[1..] };
        worker = worker.replace(&sum, &digest(&read(&to.join(name))));
    }
    std::fs::write(to.join("sw.js"), worker).expect("it is writable");
}

/// Makes the window so wide, in light or dark; for pictures.
pub async fn look(device: &Device, width: u32, scheme: &str) {
    let screen =
        serde_json::json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500 });
    device.chromium("Emulation.setDeviceMetricsOverride", screen).await;
    let media = serde_json::json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    device.chromium("Emulation.setEmulatedMedia", media).await;
}
