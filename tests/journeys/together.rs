//! One report of two bodies that cooperate in a task, both without a server for a while.

use crate::support::axe::Axe;
use crate::support::browser::Device;
use crate::support::form::RETURNS;
use crate::support::person;
use crate::support::screens::pictures;
use chitieu_tests::server::{Scratch, Server};

/// The procuracy of the province leads it; its police and its court cooperate.
const TASK: &str = "/nhiem-vu/I.4x";
const SHARED: &str = "[data-shared='procuracy_province:33@2021-01-01']";

/// Chooses the quarter in which nothing was sent yet.
async fn choose_turn(device: &Device, section: &str) {
    let css = format!("{section} select[data-period]");
    device.see(&css).await;
    let choose = format!(
        "const turn = document.querySelector(\"{css}\"); turn.value = '2026-Q4'; turn.dispatchEvent(new Event('change'));"
    );
    device.run(&choose).await;
}

/// Writes into a field of the report and leaves it.
async fn write(device: &Device, field: &str, text: &str) {
    let css = format!("{SHARED} [id^={field}-]");
    device.see(&css).await;
    let script = format!(
        "const field = document.querySelector(\"{css}\"); field.focus(); field.value = '{text}'; \
         for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, {{ bubbles: true }}));"
    );
    device.run(&script).await;
    device.says(&format!("{SHARED} [data-kept]"), "Đã lưu trên máy").await;
}

async fn value(device: &Device, field: &str, text: &str) {
    let css = format!("{SHARED} [id^={field}-]");
    let there = format!("document.querySelector(\"{css}\")?.value === '{text}'");
    device.until(&format!("{field} is {text}"), &there).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_bodies_fill_in_one_report_offline_and_both_fields_stand_and_of_the_same_one_both_are_shown() {
    let folder = Scratch::new("together-server");
    let mut server = Server::filled(&folder.0, &[]);
    for (name, agency) in
        [("canh", "police_province"), ("toa", "court_province"), ("kiem", "procuracy_province")]
    {
        let reporter = format!("{agency}:33@2021-01-01");
        person::add(&folder, name, &["--role", "officer", "--reporter", &reporter]);
    }
    let (police, court) = (Device::new("together-police").await, Device::new("together-court").await);
    for (device, name) in [(&police, "canh"), (&court, "toa")] {
        person::first_sign_in(device, &server, name).await;
        device.click("a[href='/nhiem-vu']").await;
        device.click("a[href='/nhiem-vu/I.4x']").await;
        device.see(SHARED).await;
        choose_turn(device, "[data-together]").await;
        // What is theirs, and what is the other's to say.
        device.see(&format!("{SHARED} [id^=progress-][disabled]")).await;
        assert_eq!(
            device.text(&format!("document.querySelectorAll(\"{SHARED} [type=submit]\").length")).await,
            "0"
        );
    }
    server.kill();
    write(&police, "text", "Đã phối hợp kiểm sát 12 vụ.").await;
    write(&court, "difficulties", "Thiếu phòng xử.").await;
    server.start();
    for device in [&police, &court, &police] {
        device.run(RETURNS).await;
        device.says(&format!("{SHARED} [data-kept]"), "đã gửi").await;
    }
    for device in [&police, &court] {
        value(device, "text", "Đã phối hợp kiểm sát 12 vụ.").await;
        value(device, "difficulties", "Thiếu phòng xử.").await;
        assert_eq!(device.text("document.querySelectorAll('.contest').length").await, "0");
    }
    pictures(&police, "together").await;

    // The same field: both are kept, and each sees both.
    server.kill();
    write(&police, "proposals", "Thêm biên chế.").await;
    write(&court, "proposals", "Thêm kinh phí.").await;
    server.start();
    police.run(RETURNS).await;
    police.says(&format!("{SHARED} [data-kept]"), "đã gửi").await;
    for device in [&court, &police] {
        device.run(RETURNS).await;
        device.until("two values", "document.querySelectorAll('.contest li').length === 2").await;
        device.says(".contest", "Thêm biên chế.").await;
        device.says(".contest", "Thêm kinh phí.").await;
    }
    let mut axe = Axe::new();
    axe.look_everywhere(&court, "report written together").await;
    axe.nothing_was_found();
    pictures(&court, "together-contested").await;

    // Who leads has all of it in their own report, says how far it is, and sends it; then it is closed to the others.
    let lead = Device::new("together-lead").await;
    person::first_sign_in(&lead, &server, "kiem").await;
    lead.open(&server.url(TASK)).await;
    choose_turn(&lead, "[data-report]").await;
    lead.says("[data-report]", "Cùng soạn báo cáo này").await;
    lead.click("[data-report] .contest [data-choose='1']").await;
    lead.until("it is settled", "!document.querySelector('.contest')").await;
    lead.until(
        "their words are there",
        "document.querySelector('[data-report] [id^=difficulties-]').value === 'Thiếu phòng xử.'",
    )
    .await;
    pictures(&lead, "together-lead").await;
    lead.click("[data-report] button[type=submit]").await;
    lead.says("[data-report] [data-kept]", "đã gửi").await;
    court.run(RETURNS).await;
    court.see(&format!("{SHARED} [data-state=Submitted]")).await;
    court.see(&format!("{SHARED} [id^=text-][readonly]")).await;
    pictures(&court, "together-sent").await;
}
