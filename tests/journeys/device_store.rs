//! The conformance list of a device's store: in memory, and on IndexedDB in every browser asked for.
//! `cargo xtask test` asks for Chromium, Firefox and WebKitGTK, with `--browsers chromium` for Chromium alone.

use crate::support::browser::{Device, Engine};
use crate::support::folder;
use std::net::TcpListener;
use std::path::PathBuf;

const PAGE: &str = r#"<!doctype html><html lang="vi"><title>store</title><p id="result"></p>
<script type="module">
    const result = document.getElementById('result');
    try {
        const module = await import('/device.js');
        const bytes = await (await fetch('/device_bg.wasm')).arrayBuffer();
        await module.default({ module_or_path: bytes });
        result.textContent = 'held\n' + await module.results();
    } catch (error) {
        result.textContent = 'failed: ' + (error?.message ?? error);
    }
</script></html>"#;

/// The browsers that are asked for.
pub fn asked_for() -> Vec<Engine> {
    let names = std::env::var("CHITIEU_BROWSERS").unwrap_or_else(|_| "chromium".into());
    names.split(',').map(Engine::named).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "which browsers it was seen in")]
async fn a_devices_store_keeps_the_list() {
    let in_memory = chitieu_device::in_memory().await.expect("the list holds in memory");
    let glue =
        PathBuf::from(std::env::var_os("CHITIEU_DEVICE").expect("cargo xtask test says where the glue is"));
    for engine in asked_for() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = folder::serve(listener, PAGE, glue.clone());
        let device = Device::of(engine, "store").await;
        device.open(&address).await;
        device.until("the list is done", "document.getElementById('result').textContent").await;
        let told = device.text("document.getElementById('result').textContent").await;
        let held = told.strip_prefix("held\n").unwrap_or_else(|| panic!("{engine:?}: {told}"));
        let held: Vec<&str> = held.lines().collect();
        assert!(held.starts_with(&in_memory) && held.len() > in_memory.len(), "{engine:?}: {held:?}");
        println!("{engine:?}: {} facts hold", held.len());
    }
}
