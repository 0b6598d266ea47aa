//! The list of tasks as a leader looks through it, and what an officer answers with one action.

use crate::support::browser::Device;
use chitieu_tests::server::{Scratch, Server};
use std::process::Command;

const RETURNS: &str = "dispatchEvent(new Event('online'));";
const OWN: &str = "police_commune:11977@2025-07-01";

#[tokio::test(flavor = "multi_thread")]
async fn every_number_of_a_leaders_tasks_opens_its_list_and_the_list_is_passed_on_without_what_is_not_public()
{
    let folder = Scratch::new("task-list-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("task-list").await;
    device.sign_in(&server.url("/"), "leader").await;
    device.open(&server.url("/nhiem-vu")).await;
    device.see("[data-overview]").await;
    device.until("every task is there", "document.querySelectorAll('[data-task]').length === 43").await;
    device.click("[data-group=NotReported] a").await;
    device.until("the address says it", "location.search === '?tinh-hinh=nhom-chua-bao-cao'").await;
    // Each unit once: those of a task with one are in its line, those of several behind it.
    let shown = "[...document.querySelectorAll('[data-task]')].reduce((n, task) => n \
        + ([...task.querySelectorAll('tbody [data-standing]')].length || 1), 0)";
    // Reports may still be coming in: both move then.
    let counted =
        "Number(document.querySelector('[data-group=NotReported] b').innerText.replace(/\\D/g, ''))";
    device.until("the list has as many", &format!("{shown} === {counted} && {counted} > 0")).await;
    device
        .until(
            "no other standing",
            "!document.querySelector('[data-task] [data-standing]:not([data-standing=NotReported])')",
        )
        .await;
    device
        .until("it waits", "document.querySelector('[data-filter=tinh-hinh]').value === 'nhom-chua-bao-cao'")
        .await;

    // What is passed on is what is shown, but for what is not public.
    device.click("[data-clear]").await;
    device.until("every task is there again", "document.querySelectorAll('[data-task]').length === 43").await;
    device.click("[data-chat]").await;
    let text = device.text("document.querySelector('[data-chat-text]').value").await;
    assert!(
        text.contains("Chưa báo cáo:") && !text.contains("II.4.5") && !text.contains("Công an"),
        "{text}"
    );
    device.click("[data-json]").await;
    let file = std::fs::read_to_string(device.downloaded("json").await).expect("a file");
    let entries: Vec<serde_json::Value> = serde_json::from_str(&file).expect("JSON");
    assert!(entries.len() > 100, "{} entries", entries.len());
    assert!(entries.iter().all(|e| e["task"] != "II.4.5" && e["task"] != "II.2.1b"));

    // A calendar program takes in each day that is passed on.
    device.click("[data-ics]").await;
    let file = device.downloaded("ics").await;
    let days = std::fs::read_to_string(&file).expect("a file").matches("BEGIN:VEVENT").count();
    let calendar = Scratch::new("task-list-calendar");
    let import = Command::new("calcurse").arg("-q").arg("-D").arg(&calendar.0).arg("-i").arg(&file).output();
    let import = import.expect("cargo xtask test installs it");
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    let taken_in = std::fs::read_to_string(calendar.0.join("apts")).expect("its appointments");
    assert!(days > 100 && taken_in.lines().count() == days, "{} of {days}", taken_in.lines().count());

    // An address that was sent shows the same to whoever opens it.
    device.open(&server.url("/nhiem-vu?muc=II.4&han=30")).await;
    device.see("[data-filter=muc]").await;
    device.until("it is chosen", "document.querySelector('[data-filter=muc]').value === 'II.4'").await;
    let others =
        "[...document.querySelectorAll('[data-task]')].some((task) => !task.dataset.task.startsWith('II.4'))";
    device.until("no other section", &format!("!({others})")).await;
    device.open(&server.url("/nhiem-vu?tinh-hinh=xong-cham&muc=I.9")).await;
    device.see("[data-none]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_says_that_there_is_nothing_in_one_action_and_asks_once_for_more_time() {
    let folder = Scratch::new("nothing-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (officer, steering) = (Device::new("nothing-officer").await, Device::new("nothing-steering").await);
    officer.sign_in(&server.url("/"), "police_commune-11977").await;
    officer.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    steering.sign_in(&server.url("/"), "steering").await;
    officer.open(&server.url("/nhiem-vu/II.3.1c")).await;
    officer.see("[data-report] [data-nothing]").await;
    server.kill();
    officer.click("[data-report] [data-nothing]").await;
    officer.see("[data-report] [data-state=Submitted]").await;
    officer.see("[data-report] [data-standing=Nothing]").await;

    // More time is asked for offline too, of a task that this unit leads, and what looks like a person is warned of.
    officer.open(&server.url("/nhiem-vu/II.4.4a")).await;
    officer.see("[data-report] textarea").await.send_keys("Liên hệ 0912 345 678").await.expect("a field");
    officer.says("[data-personal]", "số điện thoại").await;
    officer.click("[data-report] [data-drop]").await;
    officer.click("[data-report] [data-ask]").await;
    officer.see("[data-report] .asking input[type=date]").await;
    let day = "const field = document.querySelector('[data-report] .asking input[type=date]'); field.focus(); \
        field.value = '2027-01-15'; for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }));";
    officer.run(day).await;
    officer
        .see("[data-report] .asking .reason")
        .await
        .send_keys("chờ số liệu của trạm y tế")
        .await
        .expect("a field");
    officer.click("[data-report] .asking button[type=submit]").await;
    officer.says("[data-report] [data-extension]", "Xin gia hạn đến 15/01/2027").await;
    server.start();
    officer.run(RETURNS).await;
    officer.all_sent().await;
    steering.open(&server.url("/nhiem-vu/II.4.4a")).await;
    let turn = officer.text("document.querySelector('[data-report] [data-period]').value").await;
    steering.see("[data-reports] [data-period]").await;
    let choose = format!(
        "const turns = document.querySelector('[data-reports] [data-period]'); turns.value = '{turn}'; \
         turns.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    );
    steering.run(&choose).await;
    let of = format!("[data-report-of='{OWN}']");
    steering.says(&format!("{of} [data-extension]"), "chờ số liệu của trạm y tế").await;
    steering.click(&format!("{of} [data-grant]")).await;
    steering.says(&format!("{of} [data-extension]"), "Đã gia hạn đến 15/01/2027").await;
    steering.all_sent().await;
    officer.run(RETURNS).await;
    officer.says("[data-report] [data-extension]", "Đã gia hạn").await;
    officer.says("[data-report] .task-tools", "hạn 15/01/2027").await;
    officer.until("it is asked once", "!document.querySelector('[data-report] [data-ask]')").await;
}
