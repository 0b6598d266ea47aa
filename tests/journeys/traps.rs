//! A trap in wasm: the person is told in words, the report reads, and a reload goes on.

use crate::support::browser::Device;
use chitieu_tests::server::{Scratch, Server};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";

/// What `cargo xtask symbols` makes of a report.
fn named(report: &str) -> String {
    let program = std::env::var_os("CHITIEU_XTASK").expect("cargo xtask test says what it is");
    let mut process = Command::new(program)
        .arg("symbols")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("cargo is there");
    let mut input = process.stdin.take().expect("it is piped");
    input.write_all(report.as_bytes()).expect("it reads");
    drop(input);
    let output = process.wait_with_output().expect("it ends");
    assert!(output.status.success(), "the report is turned into names");
    String::from_utf8(output.stdout).expect("text")
}

fn app() -> PathBuf {
    PathBuf::from(std::env::var_os("CHITIEU_APP").expect("cargo xtask test says where the app is"))
}

/// The build's id, as the server tells it.
fn build() -> String {
    let version = std::fs::read(app().join("version.json")).expect("the packed app says its build");
    let version: serde_json::Value = serde_json::from_slice(&version).expect("it is JSON");
    version["build"].as_str().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_is_told_in_words_with_a_report_that_reads() {
    let folder = Scratch::new("traps-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("traps").await;
    device.sign_in(&server.url("/"), "police_commune-11977").await;
    device.open(&server.url(FORM)).await;
    device.type_figure(1, "4711").await;
    device.saved_here().await;
    device.all_sent().await;
    device.at_end_of(2).await;
    device.keys("98").await;
    assert_eq!(device.text("document.querySelectorAll('.trap').length").await, "0");

    // Twice: the first one alone is told.
    let trap = "for (const _ of [1, 2]) dispatchEvent(new Event('chitieu:trap'));";
    device.driver.execute(trap, Vec::new()).await.expect("the script runs");
    device.see("[role=alertdialog][aria-modal=true]").await;
    device.picture("trap").await;
    assert_eq!(device.text("document.querySelectorAll('.trap').length").await, "1");
    let words = device.text("document.querySelector('.trap').innerText").await;
    for part in ["đã dừng vì một lỗi", "vẫn được giữ trên máy này", "kept on this device", "Tải lại / Reload"]
    {
        assert!(words.contains(part), "{part} is not said: {words}");
    }
    assert_eq!(device.text("document.activeElement.id").await, "trap-reload");
    let dead = "[...document.body.children].every(part => part.inert || part.matches('.trap'))";
    assert_eq!(device.text(dead).await, "true", "nothing else can be reached");

    device.click(".trap summary").await;
    device.picture("trap-report").await;
    let report = device.text("document.querySelector('.trap pre').textContent").await;
    let build = format!("\nbuild {}\n", build());
    for part in ["RuntimeError", "wasm-function[", ".wasm\n", "Chrome/", &build] {
        assert!(report.contains(part), "{part:?} is not in the report: {report}");
    }
    for part in ["4711", "98\n", "police", "11977", "Công an"] {
        assert!(!report.contains(part), "{part} is in the report: {report}");
    }
    // The build of what is shipped alone leaves a symbol file.
    if app().ends_with("wasm-size") {
        let named = named(&report);
        assert!(named.contains("chitieu_app::stop_on_purpose"), "{named}");
    }

    device.click("#trap-reload").await;
    device.shows(1, "4.711").await;
    device.shows(2, "98").await;
    device.see("#d2-note [data-draft]").await;
    assert_eq!(device.text("document.querySelectorAll('.trap').length").await, "0");
}
