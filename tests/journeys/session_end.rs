//! A session that ends while something waits.

use crate::support::browser::Device;
use crate::support::form::{RETURNS, at_the_form, waits};
use chitieu_tests::server::{Scratch, Server};

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_loses_nothing_and_goes_on_with_the_password() {
    let folder = Scratch::new("session-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("session").await;
    at_the_form(&device, &server).await;
    server.kill();
    device.type_figure(1, "222").await;
    device.saved_here().await;
    device.driver.delete_all_cookies().await.expect("the session is forgotten");
    server.start();
    device.run(RETURNS).await;
    device.see(".renew #password").await;
    waits(&device, 1).await;
    device.picture("renew").await;
    // The screen is locked, and a reload asks again and loses nothing.
    device.driver.refresh().await.expect("a page");
    device.see(".renew #password").await;
    waits(&device, 1).await;
    device.renew_session().await;
    device.all_sent().await;
    let other = Device::new("session-other").await;
    at_the_form(&other, &server).await;
    other.shows(1, "222").await;
}
