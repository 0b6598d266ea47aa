//! The screens of tasks with keys alone: no click, and no script that moves the focus.

use crate::support::browser::Device;
use crate::support::keys::Keyboard;
use chitieu_tests::server::{Scratch, Server};
use thirtyfour::prelude::Key;

async fn sign_in(device: &Device, server: &Server, username: &str) {
    device.open(&server.url("/")).await;
    let keys = Keyboard(device);
    keys.to("#username").await;
    keys.types(username).await;
    keys.to("#password").await;
    keys.types("chitieu-demo").await;
    keys.press(Key::Enter).await;
    device.see("#sync").await;
    device.all_sent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_finds_a_task_reports_on_it_and_asks_for_more_time_with_keys_alone() {
    let folder = Scratch::new("keys-officer-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("keys-officer").await;
    sign_in(&device, &server, "police_commune-11977").await;
    let keys = Keyboard(&device);
    keys.to("nav a[href='/nhiem-vu']").await;
    keys.press(Key::Enter).await;
    device.until("every task is there", "document.querySelectorAll('[data-task]').length === 43").await;
    keys.keeps_its_place("the way to the list").await;

    // A list's choice is made with its arrows; the focus stays with it.
    keys.to("[data-filter=muc]").await;
    keys.chooses("II.4").await;
    device.until("the address says it", "location.search === '?muc=II.4'").await;
    device.until("its tasks alone", "document.querySelectorAll('[data-task]').length === 7").await;
    keys.is_at("[data-filter=muc]").await;
    keys.to("[data-clear]").await;
    keys.press(Key::Space).await;
    device.until("every task is there again", "document.querySelectorAll('[data-task]').length === 43").await;
    keys.keeps_its_place("all are asked for").await;
    keys.back_to("[data-filter=muc]").await;
    keys.chooses("II.4").await;
    device.until("its tasks alone again", "document.querySelectorAll('[data-task]').length === 7").await;

    keys.to("[data-task='II.4.4a'] h3 a").await;
    keys.press(Key::Enter).await;
    device.see("[data-report] textarea").await;
    keys.keeps_its_place("the way to the task").await;

    // What is written by mistake is taken back where it stands.
    keys.to("[data-report] textarea[id^=text]").await;
    keys.types("Chưa xong").await;
    device.says("[data-report] [data-kept]", "Chưa lưu").await;
    device.with_control('a').await;
    keys.press(Key::Backspace).await;

    // A question is left as it was asked.
    for is_left in [true, false] {
        keys.to("[data-report] [data-ask]").await;
        keys.press(Key::Enter).await;
        device.see("[data-report] .asking").await;
        keys.keeps_its_place("more time is asked for").await;
        if is_left {
            keys.to("[data-report] .asking button[type=button]").await;
            keys.press(Key::Enter).await;
            device.until("it is left", "!document.querySelector('[data-report] .asking')").await;
            keys.keeps_its_place("it is left").await;
        }
    }
    keys.back_to("[data-report] .asking input[type=date]").await;
    keys.types("01012027").await;
    keys.to("[data-report] .asking .reason").await;
    keys.types("chờ số liệu của trạm y tế").await;
    keys.press(Key::Enter).await;
    device.says("[data-report] [data-extension]", "Xin gia hạn đến 01/01/2027").await;
    keys.keeps_its_place("more time was asked for").await;

    // The history is opened and left with a key, and gives the place back.
    keys.back_to("[data-report] [data-history]").await;
    keys.press(Key::Enter).await;
    device.see("dialog[open]").await;
    keys.press(Key::Escape).await;
    device.until("it is left", "!document.querySelector('dialog[open]')").await;
    keys.is_at("[data-report] [data-history]").await;

    keys.to("[data-report] select[id^=progress]").await;
    keys.chooses("doing").await;
    keys.to("[data-report] textarea[id^=text]").await;
    keys.types("Đã rà soát 12 thôn.").await;
    keys.to("[data-report] button[type=submit]").await;
    keys.press(Key::Enter).await;
    device.see("[data-report] [data-state=Submitted]").await;
    keys.keeps_its_place("it is sent").await;
    device.all_sent().await;

    keys.back_to(".page-head a[href='/nhiem-vu']").await;
    keys.press(Key::Enter).await;
    device.until("every task is there", "document.querySelectorAll('[data-task]').length === 43").await;
    keys.keeps_its_place("the way back").await;
    keys.to("#sign-out").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_steering_office_assigns_a_task_with_keys_alone() {
    let folder = Scratch::new("keys-steering-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("keys-steering").await;
    sign_in(&device, &server, "steering").await;
    let keys = Keyboard(&device);
    keys.to("nav a[href='/nhiem-vu']").await;
    keys.press(Key::Enter).await;
    device.until("every task is there", "document.querySelectorAll('[data-task]').length === 43").await;
    keys.to("[data-task='I.5x'] h3 a").await;
    keys.press(Key::Enter).await;
    device.until("the names are there", "document.querySelectorAll('#reporters option').length > 100").await;
    let lead = device.text("document.querySelector('#reporters option').value").await;
    keys.to("#lead-plan-I-5x").await;
    keys.types(&lead).await;
    // The browser's own list of names lies over the page until it is closed.
    keys.press(Key::Escape).await;
    keys.to("#assignment button[type=submit]").await;
    keys.press(Key::Enter).await;
    device.says("[data-assignment] [data-kept]", "đã gửi").await;
    keys.keeps_its_place("it is assigned").await;

    // Several at once, and undone.
    keys.back_to(".page-head a[href='/nhiem-vu']").await;
    keys.press(Key::Enter).await;
    device.see("[data-many] a").await;
    keys.to("[data-many] a").await;
    keys.press(Key::Enter).await;
    device.see("[data-choose='I.6x']").await;
    keys.to("[data-choose='I.6x']").await;
    keys.press(Key::Space).await;
    device.says("[data-chosen]", "Đã chọn 1 ").await;
    keys.to("#office-plan-").await;
    keys.types("Đội Tổng hợp").await;
    keys.to("[data-review] [data-save]").await;
    keys.press(Key::Enter).await;
    device.says("[data-done]", "Đã lưu 1 phân công").await;
    keys.keeps_its_place("it is saved").await;
    keys.to("[data-undo]").await;
    keys.press(Key::Enter).await;
    device.says("[data-done]", "Đã hoàn tác 1 phân công").await;
    keys.keeps_its_place("it is undone").await;
}
