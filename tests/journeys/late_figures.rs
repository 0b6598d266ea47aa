//! A figure that comes after its form was submitted.

use crate::first_slice::{FIRST, SECOND};
use crate::support::browser::Device;
use crate::support::form::{FORM, at_the_form};
use chitieu_tests::server::{Scratch, Server};

#[tokio::test(flavor = "multi_thread")]
async fn a_late_figure_is_kept_and_its_form_is_opened_again_when_asked_for() {
    let folder = Scratch::new("late-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (one, two) = (Device::new("late-one").await, Device::new("late-two").await);
    for device in [&one, &two] {
        at_the_form(device, &server).await;
    }
    two.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    for (row, value) in FIRST.into_iter().chain(SECOND) {
        one.type_figure(row, value).await;
    }
    one.saved_here().await;
    one.all_sent().await;
    two.shows(19, "0").await;
    server.kill();
    two.type_figure(14, "2").await;
    two.saved_here().await;
    // It is away while the form is submitted.
    two.open("about:blank").await;
    server.start();
    one.click("#submit").await;
    one.until("it is submitted", "document.querySelector('[data-state=Submitted], .card.fault')").await;
    let fault = one.text("document.querySelector('.card.fault')?.innerText ?? ''").await;
    assert_eq!(fault, "");
    one.all_sent().await;
    two.open(&server.url(FORM)).await;
    two.until("it was not admitted", "document.querySelector('[data-status=rejected]')").await;
    two.open(&server.url("/cho-gui")).await;
    two.picture("rejected").await;
    two.click("[data-ask]").await;
    two.see(".ask-open .reason").await.send_keys(" là đúng").await.expect("a field");
    two.click(".ask-open button[type=submit]").await;
    two.all_sent().await;
    two.click("[data-seen]").await;
    two.until("it is seen", "!document.querySelector('[data-waiting-item]')").await;
    let reviewer = Device::new("late-reviewer").await;
    reviewer.sign_in(&server.url("/"), "reviewer").await;
    reviewer.open(&server.url("/duyet")).await;
    reviewer
        .until(
            "the reviewer reads why",
            "document.querySelector('[data-submission] .warning')?.innerText.includes('là đúng')",
        )
        .await;
    reviewer.picture("asked").await;
}
