//! Browsers that lack something or do not answer: each is told in words, none takes the app or a figure away.

use crate::support::browser::Device;
use chitieu_tests::server::{Scratch, Server};
use serde_json::json;

const OFFICER: &str = "police_commune-11977";
const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";

/// A browser in which this script runs before every page.
async fn browser(name: &str, script: &str) -> Device {
    let device = Device::new(name).await;
    device.chromium("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    device
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_store_figures_are_sent_at_once_and_it_is_said() {
    let folder = Scratch::new("storeless-server");
    let server = Server::filled(&folder.0, &[]);
    let device =
        browser("storeless", "Object.defineProperty(globalThis, 'indexedDB', { value: undefined });").await;
    device.sign_in(&server.url("/"), OFFICER).await;
    device.says(".notice", "không lưu được số liệu").await;
    device.picture("no-store").await;
    device.open(&server.url(FORM)).await;
    device.send_figure(1, "811").await;
    device.says("#sync", "Đã gửi máy chủ").await;
    // The session is known though nothing was stored.
    device.driver.refresh().await.expect("a page");
    device.shows(1, "811").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_refuses_or_is_silent_is_named_and_one_can_go_on_without() {
    let folder = Scratch::new("silent-store-server");
    let server = Server::filled(&folder.0, &[]);
    let never = "indexedDB.open = () => ({});";
    let refuses = "indexedDB.open = () => { throw new DOMException('private', 'InvalidStateError'); };";
    for (row, (script, words)) in (1..).zip([(never, "sau vài giây"), (refuses, "InvalidStateError")]) {
        let device = browser("silent-store", script).await;
        device.open(&server.url("/")).await;
        device.see("[data-no-store]").await;
        device.says("[data-no-store]", words).await;
        device.picture("silent-store").await;
        device.click("#without-store").await;
        device.see("#username").await.send_keys(OFFICER).await.expect("a field");
        device.see("#password").await.send_keys("chitieu-demo").await.expect("a field");
        device.click("button[type=submit]").await;
        device.says(".notice", "không lưu được số liệu").await;
        device.click("main a[href*='crime/2026-11']").await;
        device.type_figure(row, "812").await;
        device.all_sent().await;
        device.until("it was accepted", "document.querySelectorAll('[data-status=sent]').length > 0").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_never_ends_is_named_and_what_was_typed_is_there_after_a_reload() {
    let folder = Scratch::new("stuck-server");
    let server = Server::filled(&folder.0, &[]);
    let stuck = r"
        const transaction = IDBDatabase.prototype.transaction;
        IDBDatabase.prototype.transaction = function (...of) {
            if (globalThis.isStuck && of[1] === 'readwrite') {
                const objectStore = { get: () => ({}), put() {}, delete() {} };
                return { objectStore: () => objectStore };
            }
            return transaction.apply(this, of);
        };
    ";
    let device = browser("stuck", stuck).await;
    device.sign_in(&server.url("/"), OFFICER).await;
    device.open(&server.url(FORM)).await;
    device.see("#d1").await;
    device.all_sent().await;
    device.driver.execute("globalThis.isStuck = true", Vec::new()).await.expect("a script");
    device.type_figure(4, "813").await;
    device.says(".notice", "chưa trả lời").await;
    device.picture("stuck-store").await;
    device.driver.refresh().await.expect("a page");
    device.shows(4, "813").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_channels_or_locks_between_tabs_one_tab_works_and_another_finds_out() {
    let folder = Scratch::new("lonely-server");
    let server = Server::filled(&folder.0, &[]);
    let lacks = [
        "delete globalThis.BroadcastChannel;",
        "Object.defineProperty(navigator, 'locks', { value: undefined });",
        "LockManager.prototype.request = () => new Promise(() => {});",
        "LockManager.prototype.request = LockManager.prototype.query = () => new Promise(() => {});",
    ];
    for (row, script) in (1..).zip(lacks) {
        let device = browser("lonely", script).await;
        device.sign_in(&server.url("/"), OFFICER).await;
        device.open(&server.url(FORM)).await;
        device.send_figure(row, &format!("82{row}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_in_1970_or_2099_is_named_and_costs_no_figure() {
    let folder = Scratch::new("clocks-server");
    let server = Server::filled(&folder.0, &[]);
    for (row, start) in (1..).zip(["1970-01-01T07:00:00Z", "2099-06-01T07:00:00Z"]) {
        let script = format!(
            "const Real = Date, real = Date.now.bind(Date), ahead = Real.parse('{start}') - real();
            globalThis.Date = class extends Real {{
                constructor(...parts) {{ parts.length ? super(...parts) : super(real() + ahead); }}
                static now() {{ return real() + ahead; }}
            }};"
        );
        let device = browser("clock", &script).await;
        device.sign_in(&server.url("/"), OFFICER).await;
        device.says(".notice", &start[..4]).await;
        device.picture("clock").await;
        device.open(&server.url(FORM)).await;
        device.send_figure(row, &format!("83{row}")).await;
        device.open(&server.url("/")).await;
        // The day is the server's.
        device.says("#today", "22/11/2026").await;
        device.see("main a[href*='crime/2026-11']").await;
    }
}
