//! More than one device, and values that contest each other.

use crate::support::browser::Device;
use crate::support::form::{FORM, at_the_form};
use chitieu_tests::server::{Scratch, Server};

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_follows_and_settles_what_a_computer_contested() {
    let folder = Scratch::new("company-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (computer, phone) = (Device::new("computer").await, Device::new("phone").await);
    phone.as_a_phone().await;
    for device in [&computer, &phone] {
        at_the_form(device, &server).await;
    }
    computer.type_figure(1, "321").await;
    computer.all_sent().await;
    // Without being touched.
    phone.shows(1, "321").await;

    server.kill();
    computer.type_figure(5, "52").await;
    phone.type_figure(5, "54").await;
    computer.saved_here().await;
    phone.saved_here().await;
    server.start();
    computer.click("#sync").await;
    computer.all_sent().await;
    phone.click("#sync").await;
    phone.see("[data-choose='54']").await;
    phone.picture("phone-contested").await;
    phone.click("[data-choose='54']").await;
    phone.until("settled", "!document.querySelector('[data-choose]')").await;
    phone.all_sent().await;
    computer.until("settled", "!document.querySelector('[data-choose]')").await;
    computer.shows(5, "54").await;
    let overflow = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
    assert_eq!(phone.text(overflow).await, "false", "nothing is wider than the phone");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_contested_cells_are_compared_and_settled_at_once() {
    let folder = Scratch::new("many-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (one, two) = (Device::new("many-one").await, Device::new("many-two").await);
    for device in [&one, &two] {
        at_the_form(device, &server).await;
    }
    server.kill();
    for (row, first, second) in [(3, "21", "31"), (5, "52", "62"), (14, "4", "9"), (16, "7", "8")] {
        one.type_figure(row, first).await;
        two.type_figure(row, second).await;
    }
    one.saved_here().await;
    two.saved_here().await;
    // The first one's values are in force: the second is not there while they arrive.
    two.open("about:blank").await;
    server.start();
    one.click("#sync").await;
    one.all_sent().await;
    two.open(&server.url(FORM)).await;
    two.see("#sync").await;
    two.all_sent().await;
    two.click("a[href='/doi-chieu']").await;
    let count = |n: usize| format!("document.querySelectorAll('.contest').length === {n}");
    two.until("four are compared", &count(4)).await;
    two.picture("compare").await;
    // A digit chooses in the one that has the focus; a third value needs its reason.
    two.press_digit(".contest", "2").await;
    two.until("three are left", &count(3)).await;
    two.see(".third .figure").await.send_keys("55").await.expect("a field");
    two.see(".third .reason").await.send_keys("đếm lại sổ thụ lý").await.expect("a field");
    two.click(".third button").await;
    two.until("two are left", &count(2)).await;
    two.click("[data-all='1']").await;
    two.click("[data-all='1']").await;
    two.until("none is left", &count(0)).await;
    two.all_sent().await;
    one.click("#sync").await;
    for (row, value) in [(3, "31"), (5, "55"), (14, "9"), (16, "8")] {
        one.shows(row, value).await;
    }
}
