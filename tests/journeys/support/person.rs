//! Somebody who gets an account and signs in for the first time.

use super::browser::Device;
use chitieu_tests::production::fine;
use chitieu_tests::server::{Scratch, Server};

const GIVEN: &str = "mật khẩu được cấp";
const OWN: &str = "một câu tôi tự chọn";

/// Makes an account in the server's database, with these options of `chitieu user add`.
pub fn add(folder: &Scratch, name: &str, options: &[&str]) {
    let database = format!("sqlite:{}", folder.0.join("chitieu.db").display());
    let add = ["user", "add", "--database", &database, name, "--name", name];
    fine(&[&add[..], options].concat(), &format!("{GIVEN}\n"));
}

/// Signs in with the password that was given and chooses another.
pub async fn first_sign_in(device: &Device, server: &Server, name: &str) {
    device.open(&server.url("/")).await;
    for (css, text) in [("#username", name), ("#password", GIVEN)] {
        device.see(css).await.send_keys(text).await.expect("a field");
    }
    device.click("button[type=submit]").await;
    for css in ["#new-password", "#again-password"] {
        device.see(css).await.send_keys(OWN).await.expect("a field");
    }
    device.click("#new-password-form button[type=submit]").await;
    device.see("#sync").await;
}
