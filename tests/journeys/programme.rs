//! A unit's own programme of a year: written, issued and copied without a server, and seen by whoever oversees who has none.

use crate::support::browser::Device;
use crate::support::form::RETURNS;
use crate::support::screens::pictures;
use chitieu_tests::server::{Scratch, Server};

const PROGRAMMES: &str = "/nhiem-vu/chuong-trinh";
const OWN: &str = "people_committee_commune:11977@2025-07-01";

/// Writes into a field and leaves it.
async fn write(device: &Device, css: &str, text: &str) {
    device.see(css).await;
    let script = format!(
        "const field = document.querySelector('{css}'); field.focus(); field.value = '{text}'; \
         for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, {{ bubbles: true }}));"
    );
    device.run(&script).await;
}

async fn value(device: &Device, css: &str, text: &str) {
    device
        .until(&format!("{css} is {text}"), &format!("document.querySelector('{css}')?.value === '{text}'"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_makes_a_programme_offline_issues_and_copies_it_and_the_parent_sees_who_has_none() {
    let folder = Scratch::new("programme-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (officer, steering) =
        (Device::new("programme-officer").await, Device::new("programme-steering").await);
    officer.sign_in(&server.url("/"), "people_committee_commune-11977").await;
    officer.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    steering.sign_in(&server.url("/"), "steering").await;
    steering.open(&server.url("/nhiem-vu")).await;
    steering.click("[data-programmes] a").await;
    steering.see("[data-overview]").await;
    pictures(&steering, "programme-units").await;
    steering.click("[data-has=chua-co] a").await;
    steering.until("the address says it", "location.search.includes('tinh-hinh=chua-co')").await;
    // What is told may still be coming in: both move then.
    let counted = "Number(document.querySelector('[data-has=chua-co] b').innerText.replace(/\\D/g, ''))";
    let rows = "document.querySelectorAll('[data-unit]').length";
    steering.until("the list has as many", &format!("{rows} === {counted} && {counted} > 0")).await;
    steering.see(&format!("[data-unit='{OWN}']")).await;

    officer.click("a[href='/nhiem-vu']").await;
    officer.click("[data-programmes] a").await;
    officer.see("[data-empty] [data-copy-from]").await;
    pictures(&officer, "programme-empty").await;
    server.kill();
    officer.click("[data-begin]").await;
    officer.see("[data-programme]").await;
    // What hinders it is said with the field, and nothing that was typed is lost.
    write(&officer, "[id^=document-]", "12/KH-UBND").await;
    officer.click("[data-issue]").await;
    officer.says("[data-hindered]", "Ngày ban hành").await;
    officer.says("[data-hindered]", "thêm ít nhất một nhiệm vụ").await;
    value(&officer, "[id^=document-]", "12/KH-UBND").await;

    officer.click("[data-add]").await;
    write(&officer, "[data-new-item] [id^=item-title]", "Tập huấn cho tổ hòa giải").await;
    officer.click("[data-new-item] [data-save]").await;
    officer.says("[data-new-item] [data-hindered]", "Sản phẩm đầu ra").await;
    // What is half written outlives its page.
    officer.open(&server.url(&format!("{PROGRAMMES}?nam=2026"))).await;
    value(&officer, "[data-new-item] [id^=item-title]", "Tập huấn cho tổ hòa giải").await;
    write(&officer, "[data-new-item] [id^=item-output]", "Tài liệu tập huấn").await;
    write(&officer, "[data-new-item] [id^=item-due_on]", "2026-12-20").await;
    write(&officer, "[data-new-item] [id^=item-task]", "II.1.4").await;
    officer.click("[data-new-item] [data-save]").await;
    officer.until("one item", "document.querySelectorAll('[data-item]').length === 1").await;
    officer.click("[data-add]").await;
    value(&officer, "[data-new-item] [id^=item-number]", "2").await;
    write(&officer, "[data-new-item] [id^=item-title]", "Liên hệ 0912 345 678").await;
    officer.says("[data-new-item] [data-personal]", "số điện thoại").await;
    write(&officer, "[data-new-item] [id^=item-title]", "Ngày hội toàn dân").await;
    write(&officer, "[data-new-item] [id^=item-output]", "Báo cáo").await;
    write(&officer, "[data-new-item] [id^=item-due_on]", "2026-08-19").await;
    // What is written beside a list and names nobody is asked for, and nothing of it is lost.
    write(&officer, "[data-new-item] input[id^=item-cooperating]", "Công an").await;
    officer.click("[data-new-item] [data-save]").await;
    officer.see("[data-new-item] [data-not-kept=cooperating]").await;
    officer.open(&server.url(&format!("{PROGRAMMES}?nam=2026"))).await;
    value(&officer, "[data-new-item] input[id^=item-cooperating]", "Công an").await;
    // What names somebody counts as added.
    write(&officer, "[data-new-item] input[id^=item-cooperating]", "Công an tỉnh Hưng Yên").await;
    pictures(&officer, "programme-writing").await;
    officer.click("[data-new-item] [data-save]").await;
    officer.until("two items", "document.querySelectorAll('[data-item]').length === 2").await;
    officer.see("[data-item] [data-standing=Overdue]").await;
    officer.says("[data-items] .tasks", "Phối hợp: Công an tỉnh Hưng Yên").await;
    // Giving it up is no state to choose, and each form has inputs of its own.
    officer.click("[data-add]").await;
    officer.see("[data-new-item]").await;
    officer.click("[data-item] [data-edit]").await;
    let states =
        "[...document.querySelectorAll('[data-item] [id^=item-state] option')].map(o => o.value).join()";
    officer.until("what it may become", &format!("{states} === 'not_started,doing,done'")).await;
    let ids = "[...document.querySelectorAll('.entity [id]')].map(e => e.id)";
    officer
        .until("no id comes twice", &format!("new Set({ids}).size === {ids}.length && {ids}.length > 25"))
        .await;
    officer.click("[data-new-item] [data-close]").await;
    officer.click("[data-item] [data-edit]").await;

    write(&officer, "[data-programme] [id^=issued_on-]", "2026-11-20").await;
    officer.click("[data-issue]").await;
    officer.see("[data-programme] [data-standing=Issued]").await;
    officer.click("[data-copy-into]").await;
    officer.click("[data-copy-now]").await;
    officer.says("[data-copied]", "Đã chép 2 nhiệm vụ sang kế hoạch năm 2027").await;
    pictures(&officer, "programme-issued").await;
    officer.click("[data-copy] a").await;
    officer.until("next year's items", "document.querySelectorAll('[data-item]').length === 2").await;
    value(&officer, "[data-programme] [id^=document-]", "").await;

    server.start();
    officer.run(RETURNS).await;
    officer.all_sent().await;
    steering.run(RETURNS).await;
    steering.until("it has one now", &format!("!document.querySelector(\"[data-unit='{OWN}']\")")).await;
    steering.open(&server.url(&format!("{PROGRAMMES}?nam=2026&don-vi={OWN}"))).await;
    steering.see("[data-head] [data-standing=Issued]").await;
    steering.until("its items", "document.querySelectorAll('[data-row]').length === 2").await;
    steering.until("it is read alone", "!document.querySelector('[data-programme], [data-edit]')").await;
    pictures(&steering, "programme-read").await;
    steering.click("[data-count=qua-han] a").await;
    steering.until("that one", "document.querySelectorAll('[data-row]').length === 1").await;
}
