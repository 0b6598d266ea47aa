//! Whatever was shown as saved is there after the browser was killed.

use crate::support::browser::Device;
use chitieu_tests::server::{Scratch, Server};

const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";

/// How often the browser is killed; `cargo xtask test --long` asks for a hundred.
fn kills() -> u16 {
    std::env::var("CHITIEU_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(10)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_shown_as_saved_survives_a_killed_browser() {
    let folder = Scratch::new("kills-server");
    let mut server = Server::filled(&folder.0, &[]);
    let mut device = Device::new("kills").await;
    device.sign_in(&server.url("/"), "police_commune-11977").await;
    device.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    device.open(&server.url(FORM)).await;
    device.see("#d1").await;
    device.all_sent().await;
    let form = server.url(FORM);
    // From here on the figures are on this device alone.
    server.kill();
    for kill in 1..=kills() {
        let row = kill % 19 + 1;
        let text = (100 + kill).to_string();
        device.type_until_saved(row, &text).await;
        device.crash_and_reopen().await;
        device.open(&form).await;
        device.shows(row, &text).await;
    }
    for kill in (1..=kills()).rev().take(19) {
        device.shows(kill % 19 + 1, &(100 + kill).to_string()).await;
    }
}
