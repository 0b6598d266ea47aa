//! More than one tab of one device.

use crate::support::browser::Device;
use crate::support::form::{FORM, at_the_form, waits};
use chitieu_tests::server::{Scratch, Server};
use thirtyfour::Key;

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_share_one_outbox_and_each_may_write() {
    let folder = Scratch::new("tabs-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("tabs").await;
    at_the_form(&device, &server).await;
    device.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    let [first, second] = device.second_tab().await;
    device.open(&server.url(FORM)).await;
    device.see("#d1").await;

    // Without a server, each sees at once what the other saved.
    server.kill();
    device.type_figure(1, "411").await;
    device.saved_here().await;
    device.work_in(&first).await;
    device.shows(1, "411").await;
    device.type_figure(2, "300").await;
    device.saved_here().await;
    waits(&device, 2).await;
    device.work_in(&second).await;
    // Somebody is in that field here: what came is said beside it, and shown when they leave.
    device
        .until("what came is said", "document.querySelector('#d2-note .warning')?.innerText.includes('300')")
        .await;
    device.keys(Key::Tab).await;
    device.shows(2, "300").await;
    waits(&device, 2).await;

    // What changed elsewhere while one typed is named before it is replaced.
    device.type_figure(3, "7,5").await;
    device.work_in(&first).await;
    device.type_figure(3, "70").await;
    device.saved_here().await;
    device.work_in(&second).await;
    device
        .until(
            "the number that came is not taken for the one typed",
            "document.querySelector('#d3').value === '7,5'",
        )
        .await;
    device.type_figure(3, "75").await;
    device
        .until(
            "the other value is named",
            "document.querySelector('#d3-note .fault').innerText.includes('70')",
        )
        .await;
    device.picture("became").await;
    device.press_enter(3).await;
    device.saved_here().await;
    device.work_in(&first).await;
    device.shows(3, "75").await;

    // The tab that synced is closed: the other one goes on, and sends for both.
    device.driver.close_window().await.expect("a tab");
    device.work_in(&second).await;
    server.start();
    device.click("#sync").await;
    device.all_sent().await;
    let other = Device::new("tabs-other").await;
    at_the_form(&other, &server).await;
    for (row, text) in [(1, "411"), (2, "300"), (3, "75")] {
        other.shows(row, text).await;
    }
}
