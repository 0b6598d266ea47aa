//! The way of a form from entry over review and release to the board, in every browser asked for: whoever it is on the way with
//! works in the same browser, one after another.

use crate::device_store::asked_for;
use crate::first_slice::{FIRST, SECOND};
use crate::support::browser::Device;
use crate::support::form::{FORM, OFFICER};
use chitieu_tests::server::{Scratch, Server};

const SUBMISSION: &str = "police_commune:11977@2025-07-01/crime/2026-11";

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "in which browsers it was seen")]
async fn a_form_goes_from_entry_over_review_to_the_board_in_every_browser() {
    for engine in asked_for() {
        let folder = Scratch::new("way-server");
        let server = Server::filled(&folder.0, &[]);
        let device = Device::of(engine, "way").await;

        device.sign_in(&server.url("/"), OFFICER).await;
        // What was pulled is stored: a page that is left while its database is at work may keep WebKit's next one waiting.
        device.see("[data-state=Approved], [data-state=Published]").await;
        device.open(&server.url(FORM)).await;
        for (row, text) in FIRST.into_iter().chain(SECOND) {
            device.type_figure(row, text).await;
        }
        device.saved_here().await;
        let says = "[...document.querySelector('#d1').closest('tr').cells].slice(3).every((cell) => /[0-9–]/.test(cell.innerText))";
        device.until("a row says its other numbers", says).await;
        // What is typed next takes the place of what stands there.
        device.press_enter(1).await;
        let selected = "(({ id, value, selectionStart, selectionEnd }) => id === 'd2' && value && selectionStart === 0 \
            && selectionEnd === value.length)(document.activeElement)";
        device.until("all of the next row is selected", selected).await;
        device.all_sent().await;
        device.click("#submit").await;
        device.see("[data-state=Submitted]").await;
        device.all_sent().await;

        let card = format!("[data-submission='{SUBMISSION}']");
        for (username, action, state) in
            [("reviewer", "Approve", "Approved"), ("publisher", "Publish", "Published")]
        {
            device.open(&server.url("/")).await;
            device.sign_out().await;
            device.sign_in(&server.url("/"), username).await;
            device.open(&server.url("/duyet")).await;
            let search = device.see("#search").await;
            search.send_keys(SUBMISSION.split('/').next().unwrap_or_default()).await.expect("a field");
            device.click(&format!("{card} [data-show]")).await;
            device.see(&format!("{card} table")).await;
            device.click(&format!("{card} [data-action={action}]")).await;
            device.see(&format!("{card} [data-state={state}]")).await;
            device.all_sent().await;
        }

        device.open(&server.url("/")).await;
        device.sign_out().await;
        device.sign_in(&server.url("/"), "leader").await;
        device.open(&server.url("/chi-tieu")).await;
        // So many crimes of this form are not solved that the province falls below 75 %.
        let verdict = "document.querySelector('[data-target=T04] .chip')?.innerText === 'chưa đạt'";
        device.until("the board has the verdict", verdict).await;
        println!("{engine:?}: entered, reviewed, published, on the board");
    }
}
