//! A figure is what the person typed: pauses, carets, compositions, other windows and other devices change nothing.

use crate::support::browser::Device;
use crate::support::form::at_the_form;
use crate::support::screens::pictures;
use chitieu_sync::replica::CellKey;
use chitieu_tests::device::Device as Caller;
use chitieu_tests::server::{Scratch, Server};
use std::time::Duration;
use thirtyfour::Key;

/// Longer than any pause that was ever taken for an end.
const PAUSE: Duration = Duration::from_millis(420);

pub fn cell(element: &str) -> CellKey {
    CellKey {
        reporter: "police_commune:11977@2025-07-01".parse().expect("an id"),
        period: "2026-11".parse().expect("a period"),
        element: element.into(),
    }
}

async fn pause() {
    tokio::time::sleep(PAUSE).await;
}

/// What a row says beside its field, as it is read on the page: the period a year earlier, the change, the year to date, the word
/// below.
async fn said(device: &Device, row: u16) -> [String; 4] {
    let script = format!(
        "(() => {{ const row = document.querySelector('#d{row}').closest('tr'); \
         return JSON.stringify([...[...row.cells].slice(3), row.nextElementSibling].map((part) => part.innerText.trim())); }})()"
    );
    serde_json::from_str(&device.text(&script).await).expect("four texts")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_says_the_year_before_the_change_the_year_to_date_and_where_its_figure_is() {
    let folder = Scratch::new("row-says-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("row-says").await;
    at_the_form(&device, &server).await;
    let is_here = "/^[0-9]+$/.test(document.querySelector('#d5').closest('tr').cells[5].innerText)";
    device.until("the months before are here", is_here).await;
    let [before, change, to_date, word] = said(&device, 5).await;
    assert_eq!([&*before, &*change, &*word], ["0", "–", ""]);
    let to_date: u32 = to_date.parse().expect("digits");
    server.kill();
    device.type_figure(5, "51").await;
    device.saved_here().await;
    let now = said(&device, 5).await;
    let expected = ["0".into(), "+51".into(), (to_date + 51).to_string(), "đã lưu trên máy, chưa gửi".into()];
    assert_eq!(now, expected);
    pictures(&device, "entry").await;
    // An unsent figure that is cleared was never there.
    device.at_end_of(5).await;
    device.with_control('a').await;
    device.keys(Key::Backspace + Key::Enter).await;
    device.saved_here().await;
    assert_eq!(said(&device, 5).await, ["0".into(), "–".into(), to_date.to_string(), String::new()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pauses_carets_and_compositions_make_no_figure_of_half_a_number() {
    let folder = Scratch::new("typing-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("typing").await;
    at_the_form(&device, &server).await;
    let mut caller = Caller::new(&server.url(""), "police_commune-11977", 7, true).await;

    device.at_end_of(1).await;
    device.keys("1234").await;
    pause().await;
    device.keys("5").await;
    device.shows(1, "12345").await;
    device.keys(Key::Enter).await;
    device.shows(1, "12.345").await;

    device.at_end_of(2).await;
    device.keys("5678").await;
    device.keys(Key::Left + Key::Left).await;
    pause().await;
    device.keys("9").await;
    device.shows(2, "56978").await;
    device.keys(Key::Enter).await;
    device.shows(2, "56.978").await;

    device.at_end_of(3).await;
    device.keys("1234").await;
    pause().await;
    device.keys(Key::Backspace).await;
    device.shows(3, "123").await;
    device.keys(Key::Tab).await;
    device.saved_here().await;

    // An input method shows digits before it gives them.
    device.at_end_of(4).await;
    device.compose("1234").await;
    pause().await;
    device.compose("12345").await;
    pause().await;
    device.insert("12345").await;
    device.keys(Key::Enter).await;
    device.shows(4, "12.345").await;

    // Separators that the program put in do not count against the person.
    device.at_end_of(1).await;
    device.keys("6").await;
    device.keys(Key::Enter).await;
    device.shows(1, "123.456").await;
    device.at_end_of(2).await;
    device.keys(Key::Left + Key::Left + Key::Left).await;
    device.keys(Key::Backspace).await;
    device.keys(Key::Backspace).await;
    device.keys(Key::Enter).await;
    device.shows(2, "5.978").await;

    // What is not seen at the ends of a text that was copied is no part of it.
    device.at_end_of(6).await;
    device.insert("\u{200b}5").await;
    device.keys(Key::Enter).await;
    device.shows(6, "5").await;

    device.saved_here().await;
    device.click("#sync").await;
    device.all_sent().await;
    caller.sync().await.expect("the server answers");
    let of = |element: &str| caller.replica.cell(&cell(element)).value;
    let form = ["crimes_recorded_total", "crimes_social_order", "crimes_economic"];
    assert_eq!(form.map(of), [Some(123_456), Some(5_978), Some(123)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_redraws_and_other_devices_make_no_op() {
    let folder = Scratch::new("acts-server");
    let server = Server::filled(&folder.0, &[]);
    let (one, two) = (Device::new("acts-one").await, Device::new("acts-two").await);
    for device in [&one, &two] {
        at_the_form(device, &server).await;
    }
    let mut caller = Caller::new(&server.url(""), "police_commune-11977", 8, true).await;
    caller.sync().await.expect("the server answers");
    let element = "crimes_drug";
    let before = caller.replica.server_cell(&cell(element)).and_then(|c| c.head.as_ref().map(|h| h.rev));

    // Half a number, then another window, another tab, a keyboard that is put away, a field off the page.
    one.at_end_of(5).await;
    one.keys("47").await;
    let [first, second] = one.second_tab().await;
    one.chromium("Page.bringToFront", serde_json::json!({})).await;
    pause().await;
    one.close_tab(&first).await;
    drop(second);
    one.chromium("Page.bringToFront", serde_json::json!({})).await;
    pause().await;
    one.shows(5, "47").await;
    one.driver.execute("document.activeElement.blur()", Vec::new()).await.expect("a script");
    one.see("#d5-note [data-draft]").await;
    one.at_end_of(5).await;
    one.keys("1").await;
    one.driver.execute("document.querySelector('#d5').remove()", Vec::new()).await.expect("a script");
    // Another device's number comes while somebody is in the field and while nobody is.
    caller.edit(&cell(element), 52);
    caller.sync().await.expect("the server answers");
    two.shows(5, "52").await;
    two.at_end_of(5).await;
    caller.edit(&cell(element), 53);
    caller.sync().await.expect("the server answers");
    two.until("what came is said", "document.querySelector('#d5-note .warning')?.innerText.includes('53')")
        .await;
    two.shows(5, "52").await;
    two.keys(Key::Tab).await;
    two.shows(5, "53").await;
    for device in [&one, &two] {
        device.click("#sync").await;
        device.all_sent().await;
    }
    // The browser of the first one starts again: what was typed is there, unsaved, and what came is named.
    one.driver.refresh().await.expect("a page");
    one.shows(5, "471").await;
    one.until("what came is named", "document.querySelector('#d5-note .fault')?.innerText.includes('53')")
        .await;
    one.click("#sync").await;
    one.all_sent().await;
    caller.sync().await.expect("the server answers");
    let head = caller.replica.server_cell(&cell(element)).and_then(|c| c.head.clone()).expect("a figure");
    // Two ops reached the cell: the caller's.
    assert_eq!((head.value, head.rev), (Some(53), before.map_or(head.rev, |rev| rev + 2)));
    assert_eq!(one.status(5).await, "sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_figure_is_taken_back_until_it_leaves_and_is_cleared_afterwards() {
    let folder = Scratch::new("undo-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("undo").await;
    at_the_form(&device, &server).await;
    device.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    server.kill();

    // Emptying its field takes a figure back, and so does undoing; redoing gives it again.
    device.type_figure(3, "31").await;
    device.type_figure(5, "51").await;
    device.type_figure(3, &Key::Backspace.value().to_string()).await;
    device.until("one waits", "document.querySelector('#sync').dataset.waiting === '1'").await;
    assert_eq!(device.status(3).await, "empty");
    device.click("#undo").await;
    device.shows(3, "31").await;
    device.click("#undo").await;
    device.shows(5, "").await;
    device.click("#redo").await;
    device.shows(5, "51").await;
    device.until("two wait", "document.querySelector('#sync').dataset.waiting === '2'").await;

    // What was sent is cleared by emptying its field, and comes back by undoing.
    server.start();
    device.click("#sync").await;
    device.all_sent().await;
    device.type_figure(3, &Key::Backspace.value().to_string()).await;
    device.until("one waits", "document.querySelector('#sync').dataset.waiting === '1'").await;
    device.shows(3, "").await;
    device.click("#undo").await;
    device.shows(3, "31").await;
    device.all_sent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_not_sent_over_a_rule_that_was_broken_in_the_same_moment() {
    let folder = Scratch::new("typing-submit-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("typing-submit").await;
    at_the_form(&device, &server).await;
    for row in 1..=19 {
        device.type_figure(row, "0").await;
    }
    device.saved_here().await;
    // Row 8 may not be more than row 1.
    device.run(
        "const field = document.getElementById('d8'); field.focus(); field.value = '3'; \
         field.dispatchEvent(new Event('input', { bubbles: true })); document.getElementById('submit').click();",
    )
    .await;
    device
        .until(
            "it is held up",
            "document.querySelector('.page > .fault')?.innerText.includes('lỗi phải sửa')",
        )
        .await;
    assert_eq!(device.text("document.querySelectorAll('[data-state=Submitted]').length").await, "0");
    device.shows(8, "3").await;
    // It is mended in the same moment as it is sent.
    device.run(
        "const field = document.getElementById('d8'); field.focus(); field.value = '0'; \
         field.dispatchEvent(new Event('input', { bubbles: true })); document.getElementById('submit').click();",
    )
    .await;
    device.see("[data-state=Submitted]").await;
}
