//! Many tasks assigned at once by the steering office of the plan, and by that of a commune.

use crate::support::browser::Device;
use chitieu_tests::server::{Scratch, Server};

/// How many rows of the list say that.
fn said(word: &str) -> String {
    format!(
        "[...document.querySelectorAll('.assigning li .chip')].filter((chip) => chip.innerText === '{word}').length"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_steering_office_confirms_all_proposals_at_once_and_takes_it_back_at_once() {
    let folder = Scratch::new("assigning-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("assigning").await;
    device.sign_in(&server.url("/nhiem-vu"), "steering").await;
    device.click("[data-many] a").await;
    // What was assigned before comes with the first pull.
    device.until("assignments are here", &format!("{} > 10", said("đã phân công"))).await;
    device.all_sent().await;
    let proposed: usize = device.text(&said("đề xuất")).await.parse().expect("a number");
    assert!(proposed > 3, "{proposed} are proposals");
    device.click("[data-open]").await;
    // What is typed outlives the page.
    device.see("#office-plan-").await.send_keys("Đội Tổng hợp").await.expect("a field");
    device.driver.refresh().await.expect("a page");
    let count =
        format!("document.querySelector('[data-chosen]').innerText.startsWith('Đã chọn {proposed} ')");
    device.until("the choice is there", &count).await;
    device
        .until("the text is there", "document.querySelector('#office-plan-').value === 'Đội Tổng hợp'")
        .await;
    // A name that nobody has is asked for, and nothing is lost.
    device.see("#lead-plan-").await.send_keys("Không ai").await.expect("a field");
    device.click("[data-review] [data-save]").await;
    device.see(".entity-field .fault").await;
    device
        .run("document.querySelector('#lead-plan-').focus(); document.querySelector('#lead-plan-').select()")
        .await;
    device.see("#lead-plan-").await.send_keys("\u{e017}").await.expect("a field");
    device.click("[data-review] [data-save]").await;
    device.until("all are assigned", &format!("{} === 0", said("đề xuất"))).await;
    device.until("it is said", "document.querySelector('[data-done]').innerText.includes('phân công')").await;
    device.all_sent().await;
    device.picture("assigned-at-once").await;
    device.click("[data-undo]").await;
    device.until("they are proposals again", &format!("{} === {proposed}", said("đề xuất"))).await;
    device.all_sent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commune_gives_a_task_to_its_police_who_find_it_on_their_list() {
    let folder = Scratch::new("giving-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("giving").await;
    device.sign_in(&server.url("/nhiem-vu/phan-cong"), "steering-commune").await;
    device.click("[data-choose='II.3.2a']").await;
    device.click("[data-body='police_commune']").await;
    device.see("#office-plan-").await.send_keys("Tổ tiếp dân").await.expect("a field");
    device.click("[data-review] [data-save]").await;
    device.until("it is said", "document.querySelector('[data-done]').innerText.includes('phân công')").await;
    device.all_sent().await;
    let police = Device::new("given").await;
    police.sign_in(&server.url("/nhiem-vu/II.3.2a"), "police_commune-11977").await;
    police
        .until(
            "what it was given",
            "document.querySelector('[data-given]').innerText.includes('Tổ tiếp dân')",
        )
        .await;
    police.see("[data-report]").await;
    // The plan's own assignment is not the commune's to change.
    device.open(&server.url("/nhiem-vu/II.3.2a")).await;
    device.see("[data-within] [data-body='police_commune'] .chip.met").await;
    device.until("there is no form for it", "!document.querySelector('#assignment')").await;
}
