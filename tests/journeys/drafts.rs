//! What is half typed is there after a closed tab and after a killed browser.

use crate::device_store::asked_for;
use crate::support::browser::{Device, Engine};
use crate::support::form::{at_the_form, goes_on};
use chitieu_tests::server::{Scratch, Server};
use std::time::Duration;
use thirtyfour::Key;

const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";

fn times(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

async fn half_type(device: &Device, row: u16, text: &str) {
    let field = device.at_end_of(row).await;
    field.send_keys(Key::Control + "a").await.expect("a field");
    field.send_keys(text).await.expect("a field");
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "in which browsers how often")]
async fn a_tab_that_closes_right_after_the_last_key_loses_nothing() {
    let folder = Scratch::new("closed-server");
    let server = Server::filled(&folder.0, &[]);
    for engine in asked_for() {
        let device = Device::of(engine, "closed").await;
        at_the_form(&device, &server).await;
        let closes = times("CHITIEU_CLOSES", 10);
        for close in 1..=closes {
            let (row, text) = ((close % 19 + 1) as u16, (7_000 + close).to_string());
            half_type(&device, row, &text).await;
            let [first, other] = device.spare_tab().await;
            device.work_in(&first).await;
            device.at_end_of(row).await;
            device.keys("3").await;
            tokio::time::sleep(Duration::from_millis(20)).await;
            device.close_tab(&other).await;
            device.open(&server.url(FORM)).await;
            device.shows(row, &format!("{text}3")).await;
            device.until("it is not saved", &format!("document.querySelector('#d{row}.draft')")).await;
        }
        println!("{engine:?}: {closes} tabs closed, 0 lost");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "in which browsers how often")]
async fn a_browser_killed_two_seconds_after_the_last_key_loses_nothing() {
    let folder = Scratch::new("killed-server");
    let server = Server::filled(&folder.0, &[]);
    // WebKitGTK's driver has no profile that outlives its browser.
    for engine in asked_for().into_iter().filter(|engine| *engine != Engine::WebKit) {
        let mut device = Device::of(engine, "killed").await;
        at_the_form(&device, &server).await;
        let kills = times("CHITIEU_DRAFT_KILLS", 2);
        for kill in 1..=kills {
            let (row, text) = ((kill % 19 + 1) as u16, (8_000 + kill).to_string());
            half_type(&device, row, &text).await;
            tokio::time::sleep(Duration::from_secs(2)).await;
            device.crash_and_reopen().await;
            device.open(&server.url(FORM)).await;
            device.shows(row, &text).await;
            device.until("it is not saved", &format!("document.querySelector('#d{row}.draft')")).await;
            goes_on(&device).await;
        }
        println!("{engine:?}: killed {kills} times, 0 lost");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_of_one_tab_and_names_what_came_meanwhile() {
    let folder = Scratch::new("adopted-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("adopted").await;
    at_the_form(&device, &server).await;
    half_type(&device, 3, "0*").await;
    let [first, second] = device.second_tab().await;
    device.open(&server.url(FORM)).await;
    device.see("#d3").await;
    // The other tab is alive: what is typed there is its own.
    device.shows(3, "").await;
    device.type_figure(3, "33").await;
    device.saved_here().await;
    device.work_in(&first).await;
    device.close_tab(&second).await;
    device.driver.refresh().await.expect("a page");
    device.shows(3, "0*").await;
    device
        .until("what came is named", "document.querySelector('#d3-note .fault')?.innerText.includes('33')")
        .await;
    device.picture("draft-moved").await;
    // Without a keyboard, too.
    device.see("#d3-note [data-save]").await;
    device.click("#d3-note [data-drop]").await;
    device.shows(3, "33").await;
    device.driver.refresh().await.expect("a page");
    device.shows(3, "33").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_small_storage_is_said() {
    let folder = Scratch::new("unsafe-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("unsafe").await;
    at_the_form(&device, &server).await;
    let full = r"
        localStorage.setItem('x', '');
        for (let size = 1 << 22; size >= 1; size = Math.floor(size / 2)) {
            try { for (;;) localStorage.setItem('x', localStorage.getItem('x') + 'x'.repeat(size)); } catch {}
        }
    ";
    device.driver.execute(full, Vec::new()).await.expect("a script");
    half_type(&device, 3, "12").await;
    device
        .until("it is said", "document.querySelector('main [role=alert]')?.innerText.includes('bản nháp')")
        .await;
    device.picture("drafts-unsafe").await;
    device.driver.execute("localStorage.removeItem('x')", Vec::new()).await.expect("a script");
    device.keys("3").await;
    device.until("it is no longer so", "!document.querySelector('main [role=alert]')").await;
}
