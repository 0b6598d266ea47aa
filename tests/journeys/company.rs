//! More than one tab, more than one device, and a session that ends.

use crate::support::browser::Device;
use chitieu_tests::server::{Scratch, Server};

const OFFICER: &str = "police_commune-11977";
const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";

async fn at_the_form(device: &Device, server: &Server) {
    device.sign_in(&server.url("/"), OFFICER).await;
    device.open(&server.url(FORM)).await;
    device.see("#d1").await;
    device.all_sent().await;
}

async fn waits(device: &Device, count: usize) {
    let script = format!("document.querySelector('#sync').dataset.waiting === '{count}'");
    device.until(&format!("{count} wait"), &script).await;
}

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

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_follows_and_settles_what_a_computer_contested() {
    let folder = Scratch::new("company-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (computer, phone) = (Device::new("computer").await, Device::new("phone").await);
    phone.as_a_phone().await;
    for device in [&computer, &phone] {
        at_the_form(device, &server).await;
    }
    computer.type_figure(1, "321").await;
    computer.all_sent().await;
    // Without being touched.
    phone.shows(1, "321").await;

    server.kill();
    computer.type_figure(5, "52").await;
    phone.type_figure(5, "54").await;
    computer.saved_here().await;
    phone.saved_here().await;
    server.start();
    computer.click("#sync").await;
    computer.all_sent().await;
    phone.click("#sync").await;
    phone.see("[data-choose='54']").await;
    phone.picture("phone-contested").await;
    phone.click("[data-choose='54']").await;
    phone.until("settled", "!document.querySelector('[data-choose]')").await;
    phone.all_sent().await;
    computer.until("settled", "!document.querySelector('[data-choose]')").await;
    computer.shows(5, "54").await;
    let overflow = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
    assert_eq!(phone.text(overflow).await, "false", "nothing is wider than the phone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_loses_nothing_and_goes_on_with_the_password() {
    let folder = Scratch::new("session-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("session").await;
    at_the_form(&device, &server).await;
    device.driver.delete_all_cookies().await.expect("the session is forgotten");
    device.type_figure(1, "222").await;
    device.saved_here().await;
    device.see(".renew #password").await;
    waits(&device, 1).await;
    device.picture("renew").await;
    // Typing goes on meanwhile, and a reload asks again and loses nothing.
    device.type_figure(2, "111").await;
    device.saved_here().await;
    device.driver.refresh().await.expect("a page");
    device.shows(1, "222").await;
    device.shows(2, "111").await;
    device.renew_session().await;
    device.all_sent().await;
    let other = Device::new("session-other").await;
    at_the_form(&other, &server).await;
    other.shows(1, "222").await;
    other.shows(2, "111").await;
}
