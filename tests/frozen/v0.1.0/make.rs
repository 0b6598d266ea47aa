//! Made what lies beside this file: v0.1.0's own server and app, driven in Chromium. It is compiled in no build; to run it
//! anew, put it among the journeys of commit `0ce9bc9` and set `CHITIEU_FROZEN` to a folder.

use crate::first_slice::{FIRST, SECOND};
use crate::support::browser::Device;
use chitieu_tests::server::{Scratch, Server};
use std::path::Path;
use std::process::Command;

const OFFICER: &str = "police_commune-11977";
/// Nothing of it is filled in yet.
const NEW: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";
/// Submitted by the illustrative data.
const OLDER: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-10";

/// Every row of the person's database and of the one that is nobody's.
const EXPORT: &str = r"
    const done = arguments[0];
    const open = (name) => new Promise((good, bad) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => good(request.result);
        request.onerror = () => bad(request.error);
    });
    const all = (request) => new Promise((good, bad) => {
        request.onsuccess = () => good(request.result);
        request.onerror = () => bad(request.error);
    });
    (async () => {
        const found = [];
        for (const { name } of await indexedDB.databases()) {
            const database = await open(name);
            const store = database.transaction('rows').objectStore('rows');
            const [keys, values] = [await all(store.getAllKeys()), await all(store.getAll())];
            found.push({ database: name, version: database.version, rows: keys.map((key, i) => [key, values[i]]) });
            database.close();
        }
        return JSON.stringify(found);
    })().then(done, (error) => done('failed: ' + error));
";

async fn at(device: &Device, server: &Server, form: &str) {
    device.open(&server.url(form)).await;
    device.see("#d1").await;
    device.all_sent().await;
}

/// A step of an office on a submission, with a reason where it needs one.
async fn step(device: &Device, server: &Server, submission: &str, action: &str, reason: Option<&str>) {
    device.open(&server.url("/duyet")).await;
    let search = device.see("#search").await;
    search.send_keys(submission.split('/').next().unwrap_or_default()).await.expect("a field");
    let card = format!("[data-submission='{submission}']");
    device.click(&format!("{card} [data-action={action}]")).await;
    if let Some(reason) = reason {
        device.see(&format!("{card} .reason")).await.send_keys(reason).await.expect("a field");
        device.click(&format!("{card} form button[type=submit]")).await;
    }
    device
        .until("the step is taken", &format!("!document.querySelector(\"{card} [data-action={action}]\")"))
        .await;
    device.all_sent().await;
}

/// Types into a row that is brought to the middle first.
async fn figure(device: &Device, row: u16, text: &str) {
    device.click(&format!("#d{row}")).await;
    device.type_figure(row, text).await;
}

fn signal(process: u32, name: &str) {
    assert!(
        Command::new("kill").args([name, &process.to_string()]).status().expect("kill is there").success()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn frozen_data_are_made() {
    let out = std::env::var("CHITIEU_FROZEN").expect("a folder");
    let folder = Scratch::new("frozen-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (one, two) = (Device::new("frozen-one").await, Device::new("frozen-two").await);
    let reviewer = Device::new("frozen-reviewer").await;
    let new = NEW.trim_start_matches("/nhap/");
    let older = OLDER.trim_start_matches("/nhap/");

    // Returned; null with its reason.
    reviewer.sign_in(&server.url("/"), "reviewer").await;
    step(&reviewer, &server, older, "Return", Some("xem lại dòng 3")).await;
    for device in [&one, &two] {
        device.sign_in(&server.url("/"), OFFICER).await;
        at(device, &server, OLDER).await;
        device.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    }
    figure(&one, 10, "–").await;
    one.see("#d10-note .reason").await.send_keys("chưa tổng hợp xong").await.expect("a field");
    one.click("#d10-note .ask button:last-child").await;
    one.saved_here().await;
    one.all_sent().await;

    // Applied; two values in one cell, one of them chosen.
    at(&one, &server, NEW).await;
    at(&two, &server, NEW).await;
    for (row, value) in FIRST.into_iter().chain(SECOND) {
        figure(&one, row, value).await;
    }
    one.saved_here().await;
    one.all_sent().await;
    two.shows(19, "0").await;
    server.kill();
    figure(&one, 5, "52").await;
    figure(&two, 5, "54").await;
    one.saved_here().await;
    two.saved_here().await;
    two.open("about:blank").await;
    server.start();
    one.click("#sync").await;
    one.all_sent().await;
    two.open(&server.url(NEW)).await;
    two.all_sent().await;
    two.see("[data-choose='54']").await;
    two.click("[data-choose='54']").await;
    two.until("settled", "!document.querySelector('[data-choose]')").await;
    two.all_sent().await;
    one.shows(5, "54").await;
    figure(&one, 7, "16").await;
    one.saved_here().await;
    one.all_sent().await;

    // Submitted while another device had a figure for it: rejected, and asked for.
    two.shows(7, "16").await;
    server.kill();
    figure(&two, 14, "2").await;
    two.saved_here().await;
    two.open("about:blank").await;
    server.start();
    one.click("#sync").await;
    one.all_sent().await;
    one.click("#submit").await;
    one.see("[data-state=Submitted]").await;
    one.all_sent().await;
    two.open(&server.url(NEW)).await;
    two.until("it was not admitted", "document.querySelector('[data-status=rejected]')").await;
    two.open(&server.url("/cho-gui")).await;
    two.click("[data-ask]").await;
    two.see(".ask-open .reason").await.send_keys(" là đúng").await.expect("a field");
    two.click(".ask-open button[type=submit]").await;
    two.all_sent().await;

    // Returned, submitted again, approved, published.
    step(&reviewer, &server, new, "Return", Some("theo đề nghị của cán bộ")).await;
    one.until("it came back", "document.querySelector('[data-state=Returned]')").await;
    for (row, value) in [(5, "53"), (7, "17")] {
        figure(&one, row, value).await;
    }
    one.saved_here().await;
    one.all_sent().await;
    one.click("#submit").await;
    one.see("[data-state=Submitted]").await;
    one.all_sent().await;
    step(&reviewer, &server, new, "Approve", None).await;
    reviewer.open(&server.url("/")).await;
    reviewer.sign_out().await;
    reviewer.sign_in(&server.url("/"), "publisher").await;
    step(&reviewer, &server, new, "Publish", None).await;

    // Two values that nobody has chosen between yet.
    at(&one, &server, OLDER).await;
    at(&two, &server, OLDER).await;
    server.kill();
    figure(&one, 15, "4").await;
    figure(&two, 15, "6").await;
    one.saved_here().await;
    two.saved_here().await;
    two.open("about:blank").await;
    server.start();
    one.click("#sync").await;
    one.all_sent().await;
    two.open(&server.url(OLDER)).await;
    two.all_sent().await;
    two.see("[data-choose='6']").await;

    // There is no server: what was to leave is frozen. Then there is one that does not answer while that is sent: what
    // is typed meanwhile is not frozen. It never takes either.
    server.kill();
    figure(&two, 16, "7").await;
    two.saved_here().await;
    two.until("one is on its way", "document.querySelector('[data-status=sending]')").await;
    server.start();
    signal(server.process_id(), "-STOP");
    two.click("#sync").await;
    figure(&two, 17, "3").await;
    two.saved_here().await;
    two.until("one is saved", "document.querySelector('[data-status=saved]')").await;
    two.picture("frozen-two").await;
    let told = two.driver.execute_async(EXPORT, Vec::new()).await.expect("the rows are read");
    let told = told.json().as_str().expect("text").to_owned();
    assert!(!told.starts_with("failed"), "{told}");
    std::fs::write(Path::new(&out).join("device.json"), told).expect("it is written");
    server.kill();
    for end in ["", "-wal", "-shm"] {
        let from = folder.0.join(format!("chitieu.db{end}"));
        if from.exists() {
            std::fs::copy(&from, Path::new(&out).join(format!("server.db{end}"))).expect("it is copied");
        }
    }
}
