//! At the form that most journeys type into.

use super::browser::Device;
use chitieu_tests::server::Server;

pub const OFFICER: &str = "police_commune-11977";
pub const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";

/// Signed in, at the form of this month, with everything sent.
pub async fn at_the_form(device: &Device, server: &Server) {
    device.sign_in(&server.url("/"), OFFICER).await;
    device.open(&server.url(FORM)).await;
    device.see("#d1").await;
    device.all_sent().await;
}

/// Enters a row and waits until its tools are there: they take the place of another row's a moment after its field was entered.
pub async fn tools_of(device: &Device, row: u16) {
    device.at_end_of(row).await;
    device.see(&format!(".cell-tools[aria-label='Dòng {row}']")).await;
}

/// The network is back.
pub const RETURNS: &str = "dispatchEvent(new Event('online'))";

/// After a browser was killed: Chromium writes cookies down late, and where the session died with it the password is asked
/// for again.
pub async fn goes_on(device: &Device) {
    device.run_to_end("window.told = (await fetch('/api/v1/me')).status;").await;
    if device.text("window.told").await == "401" {
        device.run(RETURNS).await;
        device.renew_session().await;
    }
}

/// Waits until so many ops are not sent.
pub async fn waits(device: &Device, count: usize) {
    let script = format!("document.querySelector('#sync').dataset.waiting === '{count}'");
    device.until(&format!("{count} wait"), &script).await;
}
