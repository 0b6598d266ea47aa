//! What a figure says beside its number: that its cell is cleared, that it is estimated, a note.

use crate::first_slice::{FIRST, SECOND};
use crate::shared_computer::copy;
use crate::support::browser::Device;
use crate::support::form::{RETURNS, at_the_form, tools_of, waits};
use chitieu_tests::server::{Scratch, Server};
use thirtyfour::Key;

const SUBMISSION: &str = "police_commune:11977@2025-07-01/crime/2026-11";
const NOTE: &str = "chưa có số của hai thôn";

/// Empties a row's field and moves on.
async fn empty(device: &Device, row: u16) {
    device.type_figure(row, &Key::Backspace.value().to_string()).await;
    device.saved_here().await;
}

fn estimated(row: u16) -> String {
    format!("document.querySelector('#d{row}').closest('td').dataset.mark === 'ước'")
}

fn noted(row: u16) -> String {
    format!("document.querySelector('#d{row}-note [data-note]')?.innerText === 'Ghi chú: {NOTE}'")
}

/// Marks the first row as estimated and notes on it.
async fn mark_and_note_row_1(device: &Device) {
    tools_of(device, 1).await;
    device.click("#estimated").await;
    device.until("it is marked", &estimated(1)).await;
    device.click("#note").await;
    device.see("#note-text").await.send_keys(NOTE).await.expect("a field");
    device.keys(Key::Enter).await;
    device.until("it is noted on", &noted(1)).await;
}

const T04_SAYS: &str =
    "document.querySelector('[data-target=T04]')?.innerText.includes('1 số ước thực hiện')";

async fn the_reviewer_reads_mark_and_note(device: &Device, server: &Server) {
    device.open(&server.url("/")).await;
    device.sign_out().await;
    device.sign_in(&server.url("/"), "reviewer").await;
    device.open(&server.url("/duyet")).await;
    let reporter = SUBMISSION.split('/').next().unwrap_or_default();
    device.see("#search").await.send_keys(reporter).await.expect("a field");
    let card = format!("[data-submission='{SUBMISSION}']");
    device.click(&format!("{card} [data-show]")).await;
    device.see(&format!("{card} table")).await;
    let row = device.text(&format!("document.querySelector(\"{card} table td\").innerText")).await;
    assert_eq!(row, format!("1.000 (ước) · Ghi chú: {NOTE}"));
    device.picture("figure-review").await;
    // What the server evaluates for whoever leads.
    device
        .run_to_end(
            "const all = await (await fetch('/api/v1/evaluation?scope=33@2021-01-01&period=2026')).json();
         const t04 = (all.evaluations ?? all).find((e) => e.target === 'T04');
         window.told = t04.estimated + ' ' + t04.provisional;",
        )
        .await;
    assert_eq!(device.text("window.told").await, "1 true");
}

#[tokio::test(flavor = "multi_thread")]
async fn clear_note_and_estimated_travel_from_one_device_to_another_and_into_a_verdict() {
    let folder = Scratch::new("figure-details-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (one, two) = (Device::new("figure-details-one").await, Device::new("figure-details-two").await);
    for device in [&one, &two] {
        at_the_form(device, &server).await;
        device.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    }

    // A figure is marked as estimated and noted on; the verdict beside says so at once.
    one.type_figure(1, "120").await;
    one.type_figure(2, "7").await;
    mark_and_note_row_1(&one).await;
    one.until("the verdict says so", T04_SAYS).await;
    one.picture("figure-details").await;
    // Undoing takes the note back, then the mark; both are made again.
    one.click("#undo").await;
    one.until("no note", "!document.querySelector('#d1-note [data-note]')").await;
    one.click("#undo").await;
    one.until("no mark", &format!("!({})", estimated(1))).await;
    one.click("#redo").await;
    one.click("#redo").await;
    one.until("it is noted on", &noted(1)).await;
    one.all_sent().await;
    two.shows(1, "120").await;
    two.until("it is marked", &estimated(1)).await;
    two.until("it is noted on", &noted(1)).await;
    two.until("the verdict says so", T04_SAYS).await;

    // An emptied field clears its cell; Ctrl+Z brings the figure back while it may be taken back, and afterwards too.
    two.shows(2, "7").await;
    empty(&two, 2).await;
    two.with_control('z').await;
    two.shows(2, "7").await;
    empty(&two, 2).await;
    two.all_sent().await;
    one.shows(2, "").await;
    assert_eq!(one.status(2).await, "empty");
    two.click("#undo").await;
    two.all_sent().await;
    one.shows(2, "7").await;
    // So does the tool beside it.
    tools_of(&one, 2).await;
    one.click("#clear").await;
    one.shows(2, "").await;
    one.all_sent().await;
    two.shows(2, "").await;

    // Cleared by one, changed by the other: both stand until somebody chooses.
    one.type_figure(5, "40").await;
    one.all_sent().await;
    two.shows(5, "40").await;
    server.kill();
    one.type_figure(5, "41").await;
    one.saved_here().await;
    empty(&two, 5).await;
    waits(&two, 1).await;
    server.start();
    one.click("#sync").await;
    one.all_sent().await;
    two.click("#sync").await;
    two.all_sent().await;
    for device in [&one, &two] {
        device.click("#sync").await;
        device.see("[data-choose='41']").await;
        device.see("[data-choose='cleared']").await;
    }
    one.picture("figure-contested").await;
    one.click("[data-choose='cleared']").await;
    for device in [&one, &two] {
        device.until("settled", "!document.querySelector('[data-choose]')").await;
        device.shows(5, "").await;
    }
    one.all_sent().await;

    // A form with a cleared row is not sent; with all rows it is, and reaches its reviewer.
    for (row, text) in FIRST.into_iter().chain(SECOND) {
        one.type_figure(row, text).await;
    }
    one.until("it stays marked", &estimated(1)).await;
    empty(&one, 19).await;
    one.click("#submit").await;
    let missing = "document.querySelector('.page > .fault')?.innerText.includes('chưa nhập')";
    one.until("a row is missing", missing).await;
    one.type_figure(19, "0").await;
    one.saved_here().await;
    one.click("#submit").await;
    one.see("[data-state=Submitted]").await;
    one.all_sent().await;
    the_reviewer_reads_mark_and_note(&two, &server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_figure_says_comes_back_from_its_device_when_the_server_was_put_back() {
    let folder = Scratch::new("figure-back-server");
    let mut server = Server::filled(&folder.0, &[]);
    let one = Device::new("figure-back-one").await;
    at_the_form(&one, &server).await;
    one.type_figure(7, "9").await;
    one.all_sent().await;
    let before = Scratch::new("figure-back-before");
    server.kill();
    copy(&folder.0, &before.0);
    server.start();
    one.type_figure(1, "120").await;
    mark_and_note_row_1(&one).await;
    empty(&one, 7).await;
    one.all_sent().await;

    server.kill();
    copy(&before.0, &folder.0);
    server.start();
    one.run(RETURNS).await;
    one.all_sent().await;
    let other = Device::new("figure-back-other").await;
    at_the_form(&other, &server).await;
    other.shows(1, "120").await;
    other.until("it is marked", &estimated(1)).await;
    other.until("it is noted on", &noted(1)).await;
    other.shows(7, "").await;
    assert_eq!(other.text("document.querySelectorAll('[data-choose]').length").await, "0");
}
