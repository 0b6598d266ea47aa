//! The screens of tasks in their states, judged by axe-core.

use crate::support::axe::Axe;
use crate::support::browser::Device;
use chitieu_tests::server::{Scratch, Server};

/// A task that a commune's police reports on.
const TASK: &str = "/nhiem-vu/II.3.1c";
const POLICE: &str = "police_commune-11977";

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_tasks_breaks_no_rule_in_any_state() {
    let folder = Scratch::new("accessible-list-server");
    let server = Server::filled(&folder.0, &[]);
    let mut axe = Axe::new();
    let (leader, officer) = (Device::new("accessible-leader").await, Device::new("accessible-officer").await);
    leader.sign_in(&server.url("/nhiem-vu"), "leader").await;
    leader.until("every task is there", "document.querySelectorAll('[data-task]').length === 43").await;
    leader.all_sent().await;
    axe.look_everywhere(&leader, "list leader").await;
    leader.click(".counted summary").await;
    leader.see(".counted[open]").await;
    axe.look_everywhere(&leader, "overview by section and unit").await;
    leader.click("[data-chat]").await;
    leader.see("[data-chat-text]").await;
    leader.click("[data-task] details.units summary").await;
    leader.see("[data-task] details.units tbody tr").await;
    axe.look_everywhere(&leader, "list units unfolded and text for a chat").await;
    leader.open(&server.url("/nhiem-vu?tinh-hinh=xong-cham&muc=I.9")).await;
    leader.see("[data-none]").await;
    axe.look_everywhere(&leader, "list nothing like that").await;

    officer.sign_in(&server.url("/nhiem-vu"), POLICE).await;
    officer.until("every task is there", "document.querySelectorAll('[data-task]').length === 43").await;
    officer.all_sent().await;
    axe.look_everywhere(&officer, "list officer").await;
    officer.open(&server.url("/nhiem-vu/khong-co")).await;
    officer.see("main .empty").await;
    axe.look(&officer, "no such task").await;
    officer.run("localStorage.setItem('chitieu.language', 'en')").await;
    officer.open(&server.url("/nhiem-vu")).await;
    officer.until("it is English", "document.documentElement.lang === 'en'").await;
    officer.until("every task is there", "document.querySelectorAll('[data-task]').length === 43").await;
    axe.look(&officer, "list English").await;
    officer.open(&server.url(TASK)).await;
    officer.see("[data-report] textarea").await;
    axe.look(&officer, "task English").await;
    axe.nothing_was_found();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tasks_page_breaks_no_rule_for_whoever_reads_writes_or_reviews_it() {
    let folder = Scratch::new("accessible-task-server");
    let mut server = Server::filled(&folder.0, &[]);
    let mut axe = Axe::new();
    let (leader, officer) = (Device::new("accessible-leader").await, Device::new("accessible-officer").await);
    let reviewer = Device::new("accessible-reviewer").await;
    leader.sign_in(&server.url("/nhiem-vu"), "leader").await;
    leader.open(&server.url(TASK)).await;
    leader.see("[data-reports]").await;
    axe.look_everywhere(&leader, "task leader").await;
    leader.open(&server.url("/nhiem-vu/II.4.5")).await;
    leader.see("[data-assignment]").await;
    axe.look(&leader, "task words only").await;
    leader.click("[data-assignment] [data-history]").await;
    leader.see("dialog[open]").await;
    axe.look_everywhere(&leader, "history").await;

    officer.sign_in(&server.url("/"), POLICE).await;
    officer.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    officer.open(&server.url(TASK)).await;
    officer.see("[data-report] textarea").await;
    officer.all_sent().await;
    axe.look_everywhere(&officer, "task form").await;
    officer.click("[data-report] [data-ask]").await;
    officer.see("[data-report] .asking .reason").await.send_keys("Gọi 0912 345 678").await.expect("a field");
    officer.see("[data-report] textarea").await.send_keys("Gọi 0912 345 678").await.expect("a field");
    officer.says("[data-personal]", "số điện thoại").await;
    axe.look_everywhere(&officer, "task form asking with warnings").await;
    server.kill();
    officer.click("[data-report] button[type=submit]").await;
    officer.see("[data-report] [data-state=Submitted]").await;
    axe.look_everywhere(&officer, "task sent offline").await;
    server.start();
    officer.run("dispatchEvent(new Event('online'))").await;
    officer.all_sent().await;

    reviewer.sign_in(&server.url("/"), "reviewer").await;
    reviewer.open(&server.url(TASK)).await;
    reviewer.click("[data-report-of] [data-action=Return]").await;
    reviewer.see("[data-report-of] .reason").await;
    axe.look_everywhere(&reviewer, "reviewer returning").await;
    axe.nothing_was_found();
}

#[tokio::test(flavor = "multi_thread")]
async fn assigning_breaks_no_rule_empty_chosen_and_with_faults() {
    let folder = Scratch::new("accessible-assigning-server");
    let server = Server::filled(&folder.0, &[]);
    let mut axe = Axe::new();
    let (steering, commune) =
        (Device::new("accessible-steering").await, Device::new("accessible-commune").await);
    steering.sign_in(&server.url("/nhiem-vu/phan-cong"), "steering").await;
    steering.see("[data-review]").await;
    steering.all_sent().await;
    axe.look_everywhere(&steering, "assigning empty").await;
    steering.click("[data-open]").await;
    steering.see("#lead-plan-").await.send_keys("Không ai").await.expect("a field");
    axe.look_everywhere(&steering, "assigning chosen").await;
    steering.click("[data-review] [data-save]").await;
    steering.see(".entity-field .fault").await;
    axe.look_everywhere(&steering, "assigning faults").await;
    steering.open(&server.url("/nhiem-vu/I.5x")).await;
    steering.see("#lead-plan-I-5x").await;
    axe.look_everywhere(&steering, "task steering").await;
    steering.see("#lead-plan-I-5x").await.send_keys("x").await.expect("a field");
    steering.click("#assignment button[type=submit]").await;
    steering.see("#assignment .fault").await;
    axe.look(&steering, "task steering faults").await;

    commune.sign_in(&server.url("/nhiem-vu/phan-cong"), "steering-commune").await;
    commune.see("[data-review]").await;
    commune.all_sent().await;
    commune.click("[data-choose='II.3.2a']").await;
    commune.click("[data-review] [data-save]").await;
    commune.see("[data-review] .fault").await;
    axe.look_everywhere(&commune, "assigning in a commune no body").await;
    commune.open(&server.url("/nhiem-vu/II.3.2a")).await;
    commune.click("[data-within] [data-body='police_commune'] summary").await;
    commune.see("[data-within] details[open] form").await;
    axe.look_everywhere(&commune, "task of a commune's steering").await;
    axe.nothing_was_found();
}

#[tokio::test(flavor = "multi_thread")]
async fn programmes_break_no_rule_as_a_list_and_while_one_is_written() {
    let folder = Scratch::new("accessible-programmes-server");
    let server = Server::filled(&folder.0, &[]);
    let mut axe = Axe::new();
    let (steering, officer) =
        (Device::new("accessible-overseer").await, Device::new("accessible-writer").await);
    steering.sign_in(&server.url("/nhiem-vu/chuong-trinh"), "steering").await;
    steering.see("[data-unit]").await;
    axe.look_everywhere(&steering, "programmes list").await;
    officer.sign_in(&server.url("/nhiem-vu/chuong-trinh"), "people_committee_commune-11977").await;
    officer.see("[data-begin]").await;
    officer.all_sent().await;
    axe.look_everywhere(&officer, "programme none yet").await;
    officer.click("[data-begin]").await;
    officer.click("[data-add]").await;
    for (field, text) in
        [("title", "Tập huấn cho tổ hòa giải"), ("output", "Tài liệu"), ("due_on", "2026-12-20")]
    {
        officer.see(&format!("[data-new-item] [id^=item-{field}]")).await;
        let write = format!(
            "const field = document.querySelector('[data-new-item] [id^=item-{field}]'); field.value = '{text}'; \
             for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, {{ bubbles: true }}));"
        );
        officer.run(&write).await;
    }
    officer.click("[data-new-item] [data-save]").await;
    officer.see("[data-item]").await;
    axe.look_everywhere(&officer, "programme written").await;
    officer.click("[data-issue]").await;
    officer.see("[data-hindered]").await;
    officer.click("[data-add]").await;
    officer.click("[data-new-item] [data-save]").await;
    officer.see("[data-new-item] [data-hindered]").await;
    officer.click("[data-item] [data-edit]").await;
    officer.see("[data-item] form").await;
    axe.look_everywhere(&officer, "programme faults and forms").await;
    axe.nothing_was_found();
}
