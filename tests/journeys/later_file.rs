//! The later file does not come: what is wrong is said with a way to try again, and what was typed stays.

use crate::support::browser::Device;
use crate::support::packed;
use chitieu_tests::server::{Scratch, Server};
use serde_json::json;
use std::path::Path;

const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";

fn changes_to(server: &mut Server, app: &Path) {
    server.kill();
    server.gives(app);
    server.start();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_cannot_be_loaded_says_so_and_comes_when_it_is_asked_for_again() {
    let folder = Scratch::new("later-file-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("later-file").await;
    device.sign_in(&server.url("/"), "police_commune-11977").await;
    device.open(&server.url(FORM)).await;
    device.see("#d1").await;

    // As where the worker has lost it and the server has another build's.
    let (whole, poor) = (packed::app(), folder.0.join("without"));
    packed::copy(&whole, &poor);
    let later = packed::named(&whole, "later-", ".wasm");
    for ending in ["", ".br", ".gz"] {
        std::fs::remove_file(poor.join(format!("{later}{ending}"))).expect("it is there");
    }
    device.chromium("Network.enable", json!({})).await;
    device.chromium("Network.setBypassServiceWorker", json!({ "bypass": true })).await;
    device.chromium("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await;
    changes_to(&mut server, &poor);
    device.driver.refresh().await.expect("a page");
    device.see("#d1").await;
    device.at_end_of(1).await;
    device.keys("12").await;
    device.see(".page .fault[role=alert] button").await;
    device.picture("later-file-failed").await;
    assert_eq!(device.text("document.querySelector('#findings') === null").await, "true");

    // Once more in vain, then it comes.
    device.click(".page .fault[role=alert] button").await;
    device.see(".page .fault[role=alert] button").await;
    changes_to(&mut server, &whole);
    device.click(".page .fault[role=alert] button").await;
    device.see("#findings").await;
    assert_eq!(device.text("document.querySelectorAll('.page > .fault').length").await, "0");
    device.shows(1, "12").await;
    device.press_enter(1).await;
    device.saved_here().await;
    device.all_sent().await;
}
