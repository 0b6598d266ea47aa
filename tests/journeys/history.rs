//! What happened to a figure: on two machines of one account and with a reviewer, as the server tells it and, without one, as a
//! device keeps it.

use crate::first_slice::{FIRST, SECOND};
use crate::support::browser::Device;
use crate::support::form::{RETURNS, at_the_form, tools_of};
use crate::support::packed;
use chitieu_tests::server::{Scratch, Server};
use thirtyfour::Key;

const OFFICER: &str = "police_commune-11977";
const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";
const SUBMISSION: &str = "police_commune:11977@2025-07-01/crime/2026-11";
const ELEMENT: &str = "document.querySelector('[data-panel] select').options[5].value";

/// Gives a device its name on the account's page.
async fn call(device: &Device, server: &Server, name: &str) {
    device.open(&server.url("/tai-khoan")).await;
    device.until("it has a name", "document.querySelector('#device-name').value !== ''").await;
    let write = format!(
        "const field = document.querySelector('#device-name'); field.value = '{name}'; \
         field.dispatchEvent(new Event('input', {{ bubbles: true }}));"
    );
    device.run(&write).await;
    device.click("#device-form button[type=submit]").await;
    device.says("#device-saved", "Đã lưu tên máy").await;
    device.says("[data-session]", name).await;
    device.open(&server.url(FORM)).await;
    device.see("#d1").await;
}

/// Opens the form's history and chooses its fifth row; gives what happened, oldest first: a line each, what and by whom.
async fn history(device: &Device, from: &str) -> Vec<String> {
    device.click(".page-tools [data-history]").await;
    device.see("[data-panel] select").await;
    let choose = format!(
        "const rows = document.querySelector('[data-panel] select'); rows.value = {ELEMENT}; \
         rows.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    );
    device.run(&choose).await;
    let asked = match from {
        "server" => "Theo máy chủ",
        _ => "Phần lưu trên máy này, đến",
    };
    device.says(&format!("[data-panel] [data-from={from}]"), asked).await;
    let lines =
        "JSON.stringify([...document.querySelectorAll('[data-entry]')].reverse().map((e) => e.innerText))";
    let lines = device.text(lines).await;
    serde_json::from_str(&lines).expect("a list of texts")
}

async fn close(device: &Device) {
    device.keys(Key::Escape + "").await;
    device.until("it is closed", "!document.querySelector('[data-panel]')").await;
    device.until("the focus is back", "document.activeElement.matches('[data-history]')").await;
}

/// Waits until the device has a record of the form or of one of its cells that holds a text.
async fn has_kept(device: &Device, what: &str, holds: &str) {
    let look = format!(
        "const open = indexedDB.open('chitieu-history-{OFFICER}'); \
         const db = await new Promise((done) => (open.onsuccess = () => done(open.result))); \
         const begins = 'h|police_commune:11977@2025-07-01|{what}|'; \
         const range = IDBKeyRange.bound(begins, begins + '~'); \
         const all = db.transaction('rows').objectStore('rows').getAll(range); \
         await new Promise((done) => (all.onsuccess = done)); db.close(); \
         window.kept = all.result.some((row) => row.includes('{holds}'));"
    );
    for _ in 0..300 {
        device.run_to_end(&look).await;
        if device.text("window.kept").await == "true" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("it has no record of {what} with {holds}");
}

async fn sent(device: &Device) {
    device.saved_here().await;
    device.click("#sync").await;
    device.all_sent().await;
}

/// A reviewer's step.
async fn review(reviewer: &Device, server: &Server, action: &str, state: &str, reason: Option<&str>) {
    reviewer.open(&server.url("/duyet")).await;
    let who = SUBMISSION.split('/').next().unwrap_or_default();
    reviewer.see("#search").await.send_keys(who).await.expect("a field");
    let card = format!("[data-submission='{SUBMISSION}']");
    reviewer.click(&format!("{card} [data-action={action}]")).await;
    if let Some(reason) = reason {
        reviewer.see(&format!("{card} .reason")).await.send_keys(reason).await.expect("a field");
        reviewer.click(&format!("{card} form button[type=submit]")).await;
    }
    reviewer.see(&format!("{card} [data-state={state}]")).await;
    reviewer.all_sent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_a_cell_is_complete_and_in_order_with_a_server_and_without() {
    let folder = Scratch::new("history-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (one, two) = (Device::new("history-one").await, Device::new("history-two").await);
    let reviewer = Device::new("history-reviewer").await;
    for (device, name) in [(&one, "Phòng A"), (&two, "Phòng B")] {
        at_the_form(device, &server).await;
        device.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
        call(device, &server, name).await;
    }
    reviewer.sign_in(&server.url("/"), "reviewer").await;

    // Entered, and corrected on the second machine.
    for (row, text) in FIRST.into_iter().chain(SECOND) {
        one.type_figure(row, text).await;
    }
    sent(&one).await;
    two.shows(5, "50").await;
    two.type_figure(5, "52").await;
    sent(&two).await;
    one.shows(5, "52").await;
    // Both change it without a server: contested, and one is chosen.
    server.kill();
    one.type_figure(5, "53").await;
    one.saved_here().await;
    two.type_figure(5, "54").await;
    two.saved_here().await;
    server.start();
    sent(&one).await;
    sent(&two).await;
    one.click("#sync").await;
    one.click("[data-choose='54']").await;
    one.until("settled", "!document.querySelector('[data-choose]')").await;
    // The rows still add up.
    one.type_figure(7, "16").await;
    sent(&one).await;
    // Submitted, returned, corrected, submitted, approved.
    one.click("#submit").await;
    one.see("[data-state=Submitted]").await;
    one.all_sent().await;
    review(&reviewer, &server, "Return", "Returned", Some("xem lại dòng 5")).await;
    one.run(RETURNS).await;
    one.see("[data-state=Returned]").await;
    one.type_figure(5, "55").await;
    one.type_figure(7, "15").await;
    sent(&one).await;
    one.click("#submit").await;
    one.see("[data-state=Submitted]").await;
    one.all_sent().await;
    review(&reviewer, &server, "Approve", "Approved", None).await;

    let expected = [
        ("Nhập: 50", "máy Phòng A"),
        ("Sửa: 50 → 52", "máy Phòng B"),
        ("Sửa: 52 → 53", "máy Phòng A"),
        ("Nhập số khác: 54", "máy Phòng B"),
        ("Chọn giữa các số: 53 → 54", "máy Phòng A"),
        ("Gửi", "máy Phòng A"),
        ("Trả lại", "(reviewer) · Thẩm định"),
        ("Sửa: 54 → 55", "máy Phòng A"),
        ("Gửi", "máy Phòng A"),
        ("Duyệt", "(reviewer) · Thẩm định"),
    ];
    let holds = |lines: &[String], about: &str| {
        assert_eq!(lines.len(), expected.len(), "{about}: {lines:#?}");
        for (line, (what, by)) in lines.iter().zip(expected) {
            assert!(line.starts_with(what) && line.contains(by), "{about}: {line} is not {what} {by}");
        }
        // This account bears the office's name, which is not said twice.
        let by = format!("Công an xã Tân Hưng ({OFFICER}) · máy");
        assert!(lines[0].contains(&by), "by office and account: {}", lines[0]);
        assert!(lines[3].contains("Số đang dùng lúc đó: 53"), "{}", lines[3]);
        assert!(lines[3].contains("Dựa trên giá trị 52 của police_commune-11977"), "{}", lines[3]);
        assert!(lines[6].contains("Lý do: xem lại dòng 5"), "{}", lines[6]);
    };
    for device in [&one, &two] {
        device.run(RETURNS).await;
        device.see("[data-state=Approved]").await;
        has_kept(device, "s|2026-11|crime", "\"state\":\"approved\"").await;
        holds(&history(device, "server").await, "from the server");
        for (width, scheme) in
            [(360, "light"), (360, "dark"), (768, "light"), (768, "dark"), (1366, "light"), (1366, "dark")]
        {
            packed::look(device, width, scheme).await;
            device.picture(&format!("history-{width}-{scheme}")).await;
            let is_in = "(() => { const r = document.querySelector('[data-panel]').getBoundingClientRect(); \
                 return r.left >= 0 && r.right <= innerWidth && r.bottom <= innerHeight \
                 && document.documentElement.scrollWidth <= innerWidth; })()";
            device.until(&format!("it fits into {width} pixels"), is_in).await;
        }
        close(device).await;
    }
    // The form's own history, for its reviewer.
    let card = format!("[data-submission='{SUBMISSION}']");
    reviewer.click(&format!("{card} [data-history]")).await;
    reviewer.says("[data-panel] [data-from=server]", "Theo máy chủ").await;
    reviewer.until("its steps", "document.querySelectorAll('[data-entry]').length === 4").await;

    // The same without a server, also after a start without one.
    server.kill();
    for device in [&one, &two] {
        device.driver.refresh().await.expect("the worker answers");
        device.see("#d5").await;
        holds(&history(device, "device").await, "from the device");
        device.picture("history-offline").await;
        close(device).await;
    }
    reviewer.click("[data-panel] [data-close]").await;
    reviewer.click(&format!("{card} [data-history]")).await;
    reviewer.says("[data-panel] [data-from=device]", "Phần lưu trên máy này").await;
    reviewer.until("its steps", "document.querySelectorAll('[data-entry]').length === 4").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_stands_above_what_is_recorded() {
    let folder = Scratch::new("history-waits-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("history-waits").await;
    at_the_form(&device, &server).await;
    device.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    call(&device, &server, "Phòng A").await;
    device.type_figure(5, "50").await;
    sent(&device).await;
    has_kept(&device, "c|2026-11|crimes_drug", "\"value\":50").await;
    server.kill();
    device.type_figure(5, "51").await;
    device.saved_here().await;
    // By the keyboard, from the tools of the row that is entered.
    tools_of(&device, 5).await;
    device.run("document.querySelector('.cell-tools [data-history]').focus()").await;
    device.keys(Key::Enter + "").await;
    device.says("[data-panel] [data-from=device]", "Phần lưu trên máy này").await;
    let first = device.text("document.querySelector('[data-entry]').innerText").await;
    assert!(first.starts_with("Sửa: 50 → 51") && first.contains("chưa gửi"), "{first}");
    let second = device.text("document.querySelectorAll('[data-entry]')[1].innerText").await;
    assert!(second.starts_with("Nhập: 50") && second.contains("máy Phòng A"), "{second}");
    close(&device).await;
}
