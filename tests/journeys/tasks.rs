//! The plan's tasks: two of a steering office say who answers for one, an officer reports on it, all without a server for a while.

use crate::support::browser::Device;
use crate::support::form::RETURNS;
use crate::support::person;
use chitieu_tests::server::{Scratch, Server};

const TASK: &str = "/nhiem-vu/I.5x";
const KEPT: &str = "[data-assignment] [data-kept]";

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
async fn two_of_a_steering_office_assign_a_task_offline_and_both_fields_stand_and_a_third_change_is_chosen() {
    let folder = Scratch::new("assign-server");
    let mut server = Server::filled(&folder.0, &[]);
    person::add(&folder, "hai", &["--role", "steering"]);
    let (one, two) = (Device::new("assign-one").await, Device::new("assign-two").await);
    one.sign_in(&server.url("/"), "steering").await;
    person::first_sign_in(&two, &server, "hai").await;
    for device in [&one, &two] {
        device.click("a[href='/nhiem-vu']").await;
        device.click("a[href='/nhiem-vu/I.5x']").await;
        device.see("#lead-plan-I-5x").await;
        device
            .until("the names are there", "document.querySelectorAll('#reporters option').length > 100")
            .await;
    }
    let lead = one.text("document.querySelector('#reporters option').value").await;
    server.kill();
    write(&one, "#lead-plan-I-5x", &lead).await;
    one.says(KEPT, "Chưa lưu").await;
    one.click("#assignment button[type=submit]").await;
    one.says(KEPT, "Đã lưu trên máy").await;
    write(&two, "#until-plan-I-5x", "2026-12-31").await;
    two.click("#assignment button[type=submit]").await;
    two.says(KEPT, "Đã lưu trên máy").await;
    server.start();
    for device in [&one, &two] {
        device.run(RETURNS).await;
        device.says(KEPT, "đã gửi").await;
        value(device, "#lead-plan-I-5x", &lead).await;
        value(device, "#until-plan-I-5x", "2026-12-31").await;
    }
    assert_eq!(one.text("document.querySelectorAll('.contest').length").await, "0");

    // The same field: both values are there, and one is chosen.
    server.kill();
    for (device, day) in [(&one, "2026-10-01"), (&two, "2026-11-01")] {
        write(device, "#from-plan-I-5x", day).await;
        device.click("#assignment button[type=submit]").await;
        device.says(KEPT, "Đã lưu trên máy").await;
    }
    server.start();
    one.run(RETURNS).await;
    one.says(KEPT, "đã gửi").await;
    two.run(RETURNS).await;
    two.until("two values", "document.querySelectorAll('.contest li').length === 2").await;
    two.click(".contest [data-choose='1']").await;
    two.until("it is settled", "!document.querySelector('.contest')").await;
    two.says(KEPT, "đã gửi").await;
    value(&two, "#from-plan-I-5x", "2026-11-01").await;
    one.run(RETURNS).await;
    value(&one, "#from-plan-I-5x", "2026-11-01").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_reports_on_a_task_offline_and_a_reviewer_sees_it_and_returns_it() {
    let folder = Scratch::new("report-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (officer, reviewer) = (Device::new("report-officer").await, Device::new("report-reviewer").await);
    officer.sign_in(&server.url("/"), "police_commune-11977").await;
    officer.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    reviewer.sign_in(&server.url("/"), "reviewer").await;
    reviewer.open(&server.url(TASK)).await;
    reviewer.see("[data-reports]").await;
    server.kill();
    // Also after a start without a server.
    officer.open(&server.url(TASK)).await;
    write(&officer, "[data-report] select[id^=progress]", "doing").await;
    write(&officer, "[data-report] textarea", "Đã mở hai đợt cao điểm.").await;
    officer.says("[data-report] [data-kept]", "Đã lưu trên máy").await;
    officer.open(&server.url(TASK)).await;
    value(&officer, "[data-report] textarea", "Đã mở hai đợt cao điểm.").await;
    // What is half written outlives its page, and is dropped by a press.
    let half = "Đã mở hai đợt cao điểm. Đợt ba";
    officer.see("[data-report] textarea").await.send_keys(" Đợt ba").await.expect("a field");
    officer.says("[data-report] [data-kept]", "Chưa lưu").await;
    officer.open(&server.url(TASK)).await;
    value(&officer, "[data-report] textarea", half).await;
    officer.says("[data-report] [data-kept]", "Chưa lưu").await;
    officer.click("[data-report] [data-drop]").await;
    value(&officer, "[data-report] textarea", "Đã mở hai đợt cao điểm.").await;
    officer.open(&server.url(TASK)).await;
    value(&officer, "[data-report] textarea", "Đã mở hai đợt cao điểm.").await;
    officer.click("[data-report] button[type=submit]").await;
    officer.see("[data-report] [data-state=Submitted]").await;
    server.start();
    officer.run(RETURNS).await;
    officer.says("[data-report] [data-kept]", "đã gửi").await;
    reviewer.run(RETURNS).await;
    reviewer.says("[data-report-of='police_commune:11977@2025-07-01']", "Đã mở hai đợt cao điểm.").await;
    reviewer.click("[data-report-of] [data-action=Return]").await;
    reviewer.see("[data-report-of] .reason").await.send_keys("ghi rõ số vụ").await.expect("a field");
    reviewer.click("[data-report-of] form button[type=submit]").await;
    reviewer.see("[data-report-of] [data-state=Returned]").await;
    officer.run(RETURNS).await;
    officer.says("[data-report]", "Trả lại: ghi rõ số vụ").await;
    // It may be written again.
    write(&officer, "[data-report] textarea", "Hai đợt cao điểm, 12 vụ.").await;
    officer.click("[data-report] button[type=submit]").await;
    officer.see("[data-report] [data-state=Submitted]").await;
    reviewer.run(RETURNS).await;
    reviewer.says("[data-report-of]", "12 vụ").await;
    reviewer.click("[data-report-of] [data-action=Approve]").await;
    reviewer.see("[data-report-of] [data-state=Approved]").await;
}
