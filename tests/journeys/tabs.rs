//! More than one tab, more than one device, and a session that ends.

use crate::first_slice::{FIRST, SECOND};
use crate::support::browser::Device;
use chitieu_tests::server::{Scratch, Server};
use thirtyfour::Key;

pub const OFFICER: &str = "police_commune-11977";
pub const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";

/// Signed in, at the form of this month, with everything sent.
pub async fn at_the_form(device: &Device, server: &Server) {
    device.sign_in(&server.url("/"), OFFICER).await;
    device.open(&server.url(FORM)).await;
    device.see("#d1").await;
    device.all_sent().await;
}

/// The network is back.
pub const RETURNS: &str = "dispatchEvent(new Event('online'))";

/// After a browser was killed: Chromium writes cookies down late, and where the session died with it the password is asked
/// for again.
pub async fn goes_on(device: &Device) {
    device.run_to_end("window.told = (await fetch('/api/v1/me')).status;").await;
    if device.text("window.told").await == "401" {
        device.run(RETURNS).await;
        device.renew_session().await;
    }
}

/// Waits until so many ops are not sent.
pub async fn waits(device: &Device, count: usize) {
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
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("session").await;
    at_the_form(&device, &server).await;
    server.kill();
    device.type_figure(1, "222").await;
    device.saved_here().await;
    device.driver.delete_all_cookies().await.expect("the session is forgotten");
    server.start();
    device.run(RETURNS).await;
    device.see(".renew #password").await;
    waits(&device, 1).await;
    device.picture("renew").await;
    // The screen is locked, and a reload asks again and loses nothing.
    device.driver.refresh().await.expect("a page");
    device.see(".renew #password").await;
    waits(&device, 1).await;
    device.renew_session().await;
    device.all_sent().await;
    let other = Device::new("session-other").await;
    at_the_form(&other, &server).await;
    other.shows(1, "222").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_goes_to_another_device_in_a_file_and_is_shown_to_the_next_person() {
    let folder = Scratch::new("file-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (old, new) = (Device::new("file-old").await, Device::new("file-new").await);
    at_the_form(&old, &server).await;
    old.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    at_the_form(&new, &server).await;
    server.kill();
    old.type_figure(1, "401").await;
    old.type_figure(2, "302").await;
    old.saved_here().await;
    old.open(&server.url("/cho-gui")).await;
    old.until("both are listed", "document.querySelectorAll('[data-waiting-item]').length === 2").await;
    old.picture("waiting").await;
    old.click("#export").await;
    old.see(".find.fine").await;
    let file = old.downloaded().await;

    // Nobody else can sign in without the server, and sees that somebody's figures wait here.
    old.sign_out().await;
    old.see("[data-other='2']").await;
    old.picture("others").await;

    server.start();
    new.open(&server.url("/cho-gui")).await;
    new.choose_file("#import", &file).await;
    new.see(".find.fine").await;
    new.all_sent().await;
    new.open(&server.url(FORM)).await;
    new.shows(1, "401").await;
    new.shows(2, "302").await;
    // The first device sends the same ones later, and nothing happens twice.
    old.sign_in(&server.url("/"), OFFICER).await;
    old.open(&server.url(FORM)).await;
    old.all_sent().await;
    old.shows(1, "401").await;
    assert_eq!(old.text("document.querySelectorAll('[data-choose]').length").await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_contested_cells_are_compared_and_settled_at_once() {
    let folder = Scratch::new("many-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (one, two) = (Device::new("many-one").await, Device::new("many-two").await);
    for device in [&one, &two] {
        at_the_form(device, &server).await;
    }
    server.kill();
    for (row, first, second) in [(3, "21", "31"), (5, "52", "62"), (14, "4", "9"), (16, "7", "8")] {
        one.type_figure(row, first).await;
        two.type_figure(row, second).await;
    }
    one.saved_here().await;
    two.saved_here().await;
    // The first one's values are in force: the second is not there while they arrive.
    two.open("about:blank").await;
    server.start();
    one.click("#sync").await;
    one.all_sent().await;
    two.open(&server.url(FORM)).await;
    two.see("#sync").await;
    two.all_sent().await;
    two.click("a[href='/doi-chieu']").await;
    let count = |n: usize| format!("document.querySelectorAll('.contest').length === {n}");
    two.until("four are compared", &count(4)).await;
    two.picture("compare").await;
    // A digit chooses in the one that has the focus; a third value needs its reason.
    two.press_digit(".contest", "2").await;
    two.until("three are left", &count(3)).await;
    two.see(".third .figure").await.send_keys("55").await.expect("a field");
    two.see(".third .reason").await.send_keys("đếm lại sổ thụ lý").await.expect("a field");
    two.click(".third button").await;
    two.until("two are left", &count(2)).await;
    two.click("[data-all='1']").await;
    two.click("[data-all='1']").await;
    two.until("none is left", &count(0)).await;
    two.all_sent().await;
    one.click("#sync").await;
    for (row, value) in [(3, "31"), (5, "55"), (14, "9"), (16, "8")] {
        one.shows(row, value).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_figure_is_kept_and_its_form_is_opened_again_when_asked_for() {
    let folder = Scratch::new("late-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (one, two) = (Device::new("late-one").await, Device::new("late-two").await);
    for device in [&one, &two] {
        at_the_form(device, &server).await;
    }
    two.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    for (row, value) in FIRST.into_iter().chain(SECOND) {
        one.type_figure(row, value).await;
    }
    one.saved_here().await;
    one.all_sent().await;
    two.shows(19, "0").await;
    server.kill();
    two.type_figure(14, "2").await;
    two.saved_here().await;
    // It is away while the form is submitted.
    two.open("about:blank").await;
    server.start();
    one.click("#submit").await;
    one.until("it is submitted", "document.querySelector('[data-state=Submitted], .card.fault')").await;
    let fault = one.text("document.querySelector('.card.fault')?.innerText ?? ''").await;
    assert_eq!(fault, "");
    one.all_sent().await;
    two.open(&server.url(FORM)).await;
    two.until("it was not admitted", "document.querySelector('[data-status=rejected]')").await;
    two.open(&server.url("/cho-gui")).await;
    two.picture("rejected").await;
    two.click("[data-ask]").await;
    two.see(".ask-open .reason").await.send_keys(" là đúng").await.expect("a field");
    two.click(".ask-open button[type=submit]").await;
    two.all_sent().await;
    two.click("[data-seen]").await;
    two.until("it is seen", "!document.querySelector('[data-waiting-item]')").await;
    let reviewer = Device::new("late-reviewer").await;
    reviewer.sign_in(&server.url("/"), "reviewer").await;
    reviewer.open(&server.url("/duyet")).await;
    reviewer
        .until(
            "the reviewer reads why",
            "document.querySelector('[data-submission] .warning')?.innerText.includes('là đúng')",
        )
        .await;
    reviewer.picture("asked").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaders_board_follows_what_is_entered_elsewhere() {
    let folder = Scratch::new("board-server");
    let server = Server::filled(&folder.0, &[]);
    let (leader, officer) = (Device::new("board-leader").await, Device::new("board-officer").await);
    leader.sign_in(&server.url("/"), "leader").await;
    leader.open(&server.url("/chi-tieu")).await;
    let fraction = "document.querySelector('[data-target=T04] .target-figure span')?.innerText ?? ''";
    leader.until("the board is there", fraction).await;
    let before = leader.text(fraction).await;
    at_the_form(&officer, &server).await;
    officer.type_figure(1, "5.000").await;
    officer.all_sent().await;
    // Without being touched.
    leader.until("the board follows", &format!("({fraction}) !== {before:?}")).await;
}
