//! What waits, carried to another device in a file.

use crate::support::browser::Device;
use crate::support::form::{FORM, OFFICER, at_the_form};
use chitieu_tests::server::{Scratch, Server};

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_goes_to_another_device_in_a_file_and_is_shown_to_the_next_person() {
    let folder = Scratch::new("file-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (old, new) = (Device::new("file-old").await, Device::new("file-new").await);
    at_the_form(&old, &server).await;
    old.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    at_the_form(&new, &server).await;
    server.kill();
    old.type_figure(1, "401").await;
    old.type_figure(2, "302").await;
    old.saved_here().await;
    old.open(&server.url("/cho-gui")).await;
    old.until("both are listed", "document.querySelectorAll('[data-waiting-item]').length === 2").await;
    old.picture("waiting").await;
    old.click("#export").await;
    old.see(".find.fine").await;
    let file = old.downloaded("json").await;

    // Nobody else can sign in without the server, and sees that somebody's figures wait here.
    old.sign_out().await;
    old.see("[data-other='2']").await;
    old.picture("others").await;

    server.start();
    new.open(&server.url("/cho-gui")).await;
    new.choose_file("#import", &file).await;
    new.see(".find.fine").await;
    new.all_sent().await;
    new.open(&server.url(FORM)).await;
    new.shows(1, "401").await;
    new.shows(2, "302").await;
    // The first device sends the same ones later, and nothing happens twice.
    old.sign_in(&server.url("/"), OFFICER).await;
    old.open(&server.url(FORM)).await;
    old.all_sent().await;
    old.shows(1, "401").await;
    assert_eq!(old.text("document.querySelectorAll('[data-choose]').length").await, "0");
}
