//! A file that is loaded later does not come: what is wrong is said with a way to try again, and what was typed stays.

use crate::support::browser::Device;
use crate::support::packed;
use chitieu_tests::server::{Scratch, Server};
use serde_json::json;
use std::path::{Path, PathBuf};

const FAULT: &str = "main .fault[role=alert] button";
const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";

fn changes_to(server: &mut Server, app: &Path) {
    server.kill();
    server.gives(app);
    server.start();
}

/// A copy of the app in which a file is missing, as where the worker has lost it and the server has another build's.
fn without(begin: &str, whole: &Path, folder: &Path) -> PathBuf {
    let poor = folder.join("without");
    packed::copy(whole, &poor);
    let file = packed::named(whole, begin, ".wasm");
    for ending in ["", ".br", ".gz"] {
        std::fs::remove_file(poor.join(format!("{file}{ending}"))).expect("it is there");
    }
    poor
}

/// Has every file fetched from the server.
async fn forget_files(device: &Device) {
    device.chromium("Network.enable", json!({})).await;
    device.chromium("Network.setBypassServiceWorker", json!({ "bypass": true })).await;
    device.chromium("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_cannot_be_loaded_says_so_and_comes_when_it_is_asked_for_again() {
    let folder = Scratch::new("later-file-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("later-file").await;
    device.sign_in(&server.url("/"), "police_commune-11977").await;
    device.open(&server.url(FORM)).await;
    device.see("#d1").await;

    let whole = packed::app();
    let poor = without("later-", &whole, &folder.0);
    forget_files(&device).await;
    changes_to(&mut server, &poor);
    device.driver.refresh().await.expect("a page");
    device.see("#d1").await;
    device.at_end_of(1).await;
    device.keys("12").await;
    device.see(FAULT).await;
    device.picture("later-file-failed").await;
    assert_eq!(device.text("document.querySelector('#findings') === null").await, "true");

    // Once more in vain, then it comes.
    device.click(FAULT).await;
    device.see(FAULT).await;
    changes_to(&mut server, &whole);
    device.click(FAULT).await;
    device.see("#findings").await;
    assert_eq!(device.text("document.querySelectorAll('.page > .fault').length").await, "0");
    device.shows(1, "12").await;
    device.press_enter(1).await;
    device.saved_here().await;
    device.all_sent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tasks_file_alone_is_missing_and_comes_when_it_is_asked_for_again() {
    let folder = Scratch::new("tasks-file-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("tasks-file").await;
    device.sign_in(&server.url("/"), "steering").await;
    device.see("a[href='/nhiem-vu']").await;

    let whole = packed::app();
    let poor = without("tasks-", &whole, &folder.0);
    forget_files(&device).await;
    changes_to(&mut server, &poor);
    device.open(&server.url("/nhiem-vu")).await;
    device.see(FAULT).await;
    device.picture("tasks-file-failed").await;

    // Once more in vain; what lies in the other file is drawn, and this comes when it is there.
    device.click(FAULT).await;
    device.see(FAULT).await;
    device.click("a[href='/chi-tieu']").await;
    device.see("main h1").await;
    device.until("nothing is wrong there", "!document.querySelector('main .fault')").await;
    device.click("a[href='/nhiem-vu']").await;
    device.see(FAULT).await;
    changes_to(&mut server, &whole);
    device.click(FAULT).await;
    device.see("a[href='/nhiem-vu/I.5x']").await;
    assert_eq!(device.text("document.querySelectorAll('main .fault').length").await, "0");
}
