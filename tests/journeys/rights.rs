//! What a person may do is what their screens have: with two roles both, with none a word about it.

use crate::support::browser::Device;
use chitieu_tests::server::{Scratch, Server};

const LINKS: &str =
    "[...document.querySelectorAll('.menu-links a')].map(a => a.getAttribute('href')).join(' ')";

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_who_is_also_a_reviewer_sees_both_and_the_other_officer_is_told_what_is_missing() {
    let folder = Scratch::new("rights-server");
    let server = Server::filled(&folder.0, &[]);
    let (both, officer) = (Device::new("rights-both").await, Device::new("rights-officer").await);
    both.sign_in(&server.url("/"), "officer-reviewer").await;
    both.until("both are in the menu", &format!("{LINKS}.startsWith('/ /duyet /')")).await;
    both.says(".who", "Cán bộ nhập liệu, Thẩm định").await;
    both.see(".task a[href^='/nhap/police_province:33@2021-01-01/']").await;
    both.picture("two-roles-work").await;
    both.click("a[href='/duyet']").await;
    both.see("[data-submission] [data-action=Approve]").await;
    // Of the district that they review, and their own, which are not theirs to approve.
    both.see("#search").await.send_keys("police_province").await.expect("a field");
    both.until("their own are shown", "document.querySelector('[data-submission^=police_province]')").await;
    let own = both
        .text("document.querySelectorAll('[data-submission^=police_province] [data-action]').length + ''")
        .await;
    assert_eq!(own, "0");
    both.picture("two-roles-review").await;
    officer.sign_in(&server.url("/duyet"), "police_commune-11977").await;
    officer.see("[data-no-right]").await;
    officer.picture("no-right").await;
    assert!(!officer.text(LINKS).await.contains("/duyet"), "nor does their menu have it");
    officer.open(&server.url("/nhap/police_commune:11980@2025-07-01/crime/2026-10")).await;
    officer.see("[data-no-right]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegation_that_ended_shows_nothing_of_it() {
    let folder = Scratch::new("expired-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("expired").await;
    device.sign_in(&server.url("/duyet"), "reviewer-expired").await;
    device.see("[data-no-right]").await;
    device.says(".who", "Chưa có quyền").await;
    assert_eq!(device.text(LINKS).await, "/chi-tieu");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_of_a_region_has_the_board_of_the_region() {
    let folder = Scratch::new("region-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("region").await;
    device.sign_in(&server.url("/chi-tieu"), "leader-region").await;
    device.says(".page-head", "Khu vực 1").await;
    device.see("[data-target]").await;
    device.picture("region-board").await;
}
