//! The app opens from the device, whatever the line does; what waits for an officer is on their list.

use crate::support::browser::Device;
use chitieu_tests::server::{Scratch, Server};

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_2016_to_2020_opens_and_is_filled() {
    let folder = Scratch::new("baseline-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("baseline").await;
    device.sign_in(&server.url("/"), "police_province").await;
    device.see("main a[href*='2016-2020']").await;
    device.picture("work-province").await;
    device.click("main a[href*='2016-2020']").await;
    device.see("#d1").await;
    device.picture("baseline").await;
}
