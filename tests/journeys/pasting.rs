//! A block from a sheet is understood or asked about, said in one line and undone as one action.

use crate::support::browser::Device;
use crate::support::form::{at_the_form, waits};
use crate::support::person::{add, first_sign_in};
use chitieu_tests::long_form::{self, FORM, REPORTER};
use chitieu_tests::server::{Scratch, Server};
use thirtyfour::Key;

const COLUMN: &str = include_str!("../../crates/domain/tests/field/f2-column.tsv");
const WHOLE: &str = include_str!("../../crates/domain/tests/field/f1-bieu01-whole.tsv");
const COMMUNES: &str = include_str!("../../crates/domain/tests/field/f3-communes.tsv");
const BETWEEN: &str = include_str!("../../crates/domain/tests/field/paste-blank-between.tsv");
const NUMBERED: &str = include_str!("../../crates/domain/tests/field/paste-row-numbers.tsv");

async fn said(device: &Device, part: &str) {
    let script = format!("document.querySelector('.actions [role=status]').innerText.includes({part:?})");
    device.until(&format!("it is said: {part}"), &script).await;
}

/// How many rows say that their figure is on this device alone.
async fn rows_say_saved(device: &Device, count: usize) {
    let word = "đã lưu trên máy, chưa gửi";
    let rows = format!(
        "[...document.querySelectorAll('.cell-word')].filter((word) => word.textContent === '{word}')"
    );
    device.until(&format!("{count} rows say so"), &format!("{rows}.length === {count}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_form_is_pasted_taken_back_and_made_again_as_one() {
    const ROWS: u16 = 300;
    let (folder, mut server) = long_form::served(usize::from(ROWS), 10..=10);
    add(&folder, "lan", &["--reporter", REPORTER]);
    let device = Device::new("long-form").await;
    first_sign_in(&device, &server, "lan").await;
    device.open(&server.url(&format!("/nhap/{REPORTER}/{FORM}/2026-11"))).await;
    device.see("#d1").await;
    device.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    device.all_sent().await;
    server.kill();
    let column: Vec<String> = (0..ROWS).map(|row| (1_299 - row).to_string()).collect();
    device.paste(1, &column.join("\n"), None).await;
    said(&device, "300 số vào biểu").await;
    rows_say_saved(&device, 300).await;
    waits(&device, 300).await;
    device.shows(ROWS, "1.000").await;
    device.click("#undo").await;
    said(&device, "Đã hoàn tác 300 ô").await;
    rows_say_saved(&device, 0).await;
    device.shows(ROWS, "").await;
    waits(&device, 0).await;
    device.click("#redo").await;
    rows_say_saved(&device, 300).await;
    // It is all there after a start without the server.
    device.driver.refresh().await.expect("the page is loaded again");
    rows_say_saved(&device, 300).await;
    device.shows(ROWS, "1.000").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_column_is_entered_said_and_undone_as_one() {
    let folder = Scratch::new("column-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("column").await;
    at_the_form(&device, &server).await;
    device.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    server.kill();
    device.type_figure(15, "7").await;
    device.saved_here().await;
    device.paste(1, COLUMN, None).await;
    // 19 rows: one is blank, "-", "0,0", "–" and "0*" do not read and stand in their fields.
    said(&device, "14 số vào biểu · 4 ô không đọc được").await;
    said(&device, "1 ô trống (giữ số cũ)").await;
    waits(&device, 15).await;
    device.shows(1, "12").await;
    device.shows(15, "7").await;
    device.shows(18, "0*").await;
    assert!(!device.fault(18).await.is_empty());
    device.picture("pasted").await;
    device.click("#undo").await;
    waits(&device, 1).await;
    for (row, text) in [(1, ""), (15, "7"), (18, "")] {
        device.shows(row, text).await;
    }
    device.saved_here().await;

    // A blank between keeps the older number.
    for (row, text) in [(1, "2"), (2, "1"), (3, "7")] {
        device.type_figure(row, text).await;
    }
    device.saved_here().await;
    device.paste(1, BETWEEN, None).await;
    said(&device, "2 số vào biểu · 1 ô trống (giữ số cũ)").await;
    for (row, text) in [(1, "9"), (2, "1"), (3, "8")] {
        device.shows(row, text).await;
    }
    device.with_control('z').await;
    for (row, text) in [(1, "2"), (2, "1"), (3, "7")] {
        device.shows(row, text).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_one_column_is_shown_before_anything_is_written() {
    let folder = Scratch::new("preview-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("preview").await;
    at_the_form(&device, &server).await;
    device.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    server.kill();

    device.paste(1, WHOLE, None).await;
    device.see("[data-paste]").await;
    device.picture("preview").await;
    let words = device.text("document.querySelector('[data-paste]').innerText").await;
    for part in ["tiêu đề", "tên cột", "dòng tổng cộng", "ghi chú"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    waits(&device, 0).await;
    device.click("#paste-apply").await;
    said(&device, "14 số vào biểu").await;
    waits(&device, 14).await;
    device.shows(1, "12").await;
    device.shows(13, "7").await;
    device.with_control('z').await;
    device.click("#undo").await;
    waits(&device, 0).await;

    // Communes are no rows of this form: nothing lands, and giving up writes nothing.
    device.paste(1, COMMUNES, None).await;
    device.see("[data-paste]").await;
    device.picture("preview-communes").await;
    assert_eq!(device.text("document.querySelector('#paste-apply').disabled").await, "true");
    device.keys(Key::Escape).await;
    device.until("it is closed", "!document.querySelector('[data-paste]')").await;
    waits(&device, 0).await;

    // The row numbers are never figures.
    device.paste(1, NUMBERED, None).await;
    device.see("[data-paste]").await;
    let column = device.text("document.querySelector('#paste-column').value").await;
    assert_eq!(column, "2");
    device.click("#paste-cancel").await;
    waits(&device, 0).await;
}
