//! From typed figures to a verdict in a portal, through a dead server, a killed browser and a conflict.

use crate::support::browser::Device;
use crate::support::portal;
use chitieu_tests::server::{Scratch, Server};
use std::net::TcpListener;

const OFFICER: &str = "police_commune-11977";
const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";
const SUBMISSION: &str = "police_commune:11977@2025-07-01/crime/2026-11";

/// Rows 1 to 8: many crimes, so that the province's clear-up rate falls below 75 %.
pub const FIRST: [(u16, &str); 8] =
    [(1, "1.000"), (2, "900"), (3, "20"), (4, "0"), (5, "50"), (6, "10"), (7, "20"), (8, "0")];
/// Rows 9 to 19, typed without a server.
pub const SECOND: [(u16, &str); 11] = [
    (9, "101"),
    (10, "100"),
    (11, "1"),
    (12, "50"),
    (13, "200"),
    (14, "3"),
    (15, "0"),
    (16, "3"),
    (17, "0"),
    (18, "3"),
    (19, "0"),
];

async fn verdict_in_portal(device: &Device, origin: &str) -> String {
    device.open(origin).await;
    let frame = device.see("#widget").await;
    frame.enter_frame().await.expect("the widget may be framed here");
    let text = device.see("[data-target=T04] .chip").await.text().await.expect("a text");
    device.driver.enter_default_frame().await.expect("back");
    text
}

/// Waits for a verdict within ten seconds, and as many for which a browser may use what it has.
async fn portal_comes_to_say(device: &Device, origin: &str, verdict: &str) {
    let mut shown = String::new();
    for _ in 0..25 {
        shown = verdict_in_portal(device, origin).await;
        if shown == verdict {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    panic!("the widget says {shown}, not {verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_typed_offline_reach_a_verdict_in_a_portal() {
    let folder = Scratch::new("server");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let origin = format!("http://{}", listener.local_addr().expect("it listens"));
    let mut server = Server::filled(&folder.0, std::slice::from_ref(&origin));
    portal::open(listener, server.url("/embed/v1/target/T04"));

    let mut one = Device::new("one").await;
    let two = Device::new("two").await;
    assert_eq!(verdict_in_portal(&two, &origin).await, "đạt", "before anything is published");

    // Sign in, type, see the verdict change.
    one.sign_in(&server.url("/"), OFFICER).await;
    one.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    one.picture("work").await;
    one.click(&format!("a[href='{FORM}']")).await;
    one.see("[data-target=T04]").await;
    one.until("T04 is met", "document.querySelector('[data-target=T04] .chip').innerText === 'đạt'").await;
    for (row, text) in FIRST {
        one.type_figure(row, text).await;
    }
    one.saved_here().await;
    one.all_sent().await;
    one.until("T04 follows", "document.querySelector('[data-target=T04] .chip').innerText !== ''").await;

    // The server goes; reload, type more, kill the browser.
    server.kill();
    one.driver.refresh().await.expect("the worker answers");
    for (row, text) in FIRST {
        one.shows(row, text).await;
    }
    for (row, text) in SECOND {
        one.type_figure(row, text).await;
    }
    one.until("T04 is not met", "document.querySelector('[data-target=T04] .chip').innerText === 'chưa đạt'")
        .await;
    one.saved_here().await;
    one.until("eleven wait", "document.querySelector('#sync').dataset.waiting === '11'").await;
    one.picture("offline").await;
    one.crash_and_reopen().await;

    // Start both again: every figure reaches the server, and a second device.
    server.start();
    one.open(&server.url(FORM)).await;
    // Chromium writes cookies down late: where the session died with it, the password is asked for again.
    one.until("it goes on", "document.querySelector('.renew #password, #sync[data-waiting=\"0\"]')").await;
    if one.text("Boolean(document.querySelector('.renew #password'))").await == "true" {
        one.renew_session().await;
    }
    one.all_sent().await;
    two.sign_in(&server.url("/"), OFFICER).await;
    two.open(&server.url(FORM)).await;
    for (row, text) in FIRST.into_iter().chain(SECOND) {
        two.shows(row, text).await;
    }
    two.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;

    // Both change one cell offline; neither value is lost.
    server.kill();
    one.type_figure(5, "52").await;
    two.type_figure(5, "54").await;
    one.saved_here().await;
    two.saved_here().await;
    server.start();
    one.click("#sync").await;
    one.all_sent().await;
    two.click("#sync").await;
    two.all_sent().await;
    for device in [&one, &two] {
        device.click("#sync").await;
        device.see("[data-choose='52']").await;
        device.see("[data-choose='54']").await;
    }
    one.picture("contested").await;
    one.click("[data-choose='54']").await;
    one.until("settled", "!document.querySelector('[data-choose]')").await;
    one.shows(5, "54").await;
    one.type_figure(7, "16").await;
    one.saved_here().await;

    // Submit, approve, publish.
    one.click("#submit").await;
    one.see("[data-state=Submitted]").await;
    one.all_sent().await;
    assert_eq!(verdict_in_portal(&two, &origin).await, "đạt", "submitted is not published");
    for (username, action, state) in
        [("reviewer", "Approve", "Approved"), ("publisher", "Publish", "Published")]
    {
        two.open(&server.url("/")).await;
        two.sign_out().await;
        two.sign_in(&server.url("/"), username).await;
        two.open(&server.url("/duyet")).await;
        two.see("#search")
            .await
            .send_keys(SUBMISSION.split('/').next().unwrap_or_default())
            .await
            .expect("a field");
        let card = format!("[data-submission='{SUBMISSION}']");
        two.click(&format!("{card} [data-show]")).await;
        two.see(&format!("{card} table")).await;
        two.click(&format!("{card} [data-action={action}]")).await;
        two.see(&format!("{card} [data-state={state}]")).await;
        two.all_sent().await;
        two.picture(username).await;
    }
    portal_comes_to_say(&two, &origin, "chưa đạt").await;
}
