//! An app on a server that a later release had used: what it does not know stands in the way of nothing else.

use crate::support::browser::Device;
use crate::support::form::{OFFICER, at_the_form};
use chitieu_tests::server::{Scratch, Server};
use sqlx::Connection;

const SEALED: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-10";
const NEWER: &str = "document.querySelector('.notice[role=alert]')?.innerText.includes('bản mới hơn')";

/// Writes into the database of a server that does not run.
async fn write(folder: &Scratch, sql: String) {
    let url = format!("sqlite:{}", folder.0.join("chitieu.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("it opens");
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.expect("it is written");
    assert_ne!(done.rows_affected(), 0);
    connection.close().await.expect("it closes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_and_a_role_that_the_app_does_not_know_stop_nobody_from_entering_figures() {
    let folder = Scratch::new("later-release-server");
    let mut server = Server::filled(&folder.0, &[]);
    server.kill();
    let sealed = "UPDATE submissions SET state = 'sealed' WHERE period = '2026-10' AND form = 'crime' AND stream = \
         (SELECT id FROM streams WHERE reporter = 'police_commune:11977@2025-07-01')";
    write(&folder, sealed.into()).await;
    server.start();

    // The form says that it needs a newer app; the next one is filled in and sent.
    let device = Device::new("later-release").await;
    at_the_form(&device, &server).await;
    device.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    device.send_figure(1, "41").await;
    device.open(&server.url(SEALED)).await;
    device
        .until(
            "it says so",
            "document.querySelector('[data-state^=Unknown]')?.innerText === 'cần bản ứng dụng mới'",
        )
        .await;
    assert_eq!(device.text("document.querySelector('#d1').readOnly").await, "true");

    // A role that it does not know: it says so, works with the rights it was told before, and keeps what is typed.
    let role = |from: &str, to: &str| {
        format!(
            "UPDATE users SET grants = REPLACE(grants, '\"{from}\"', '\"{to}\"') WHERE username = '{OFFICER}'"
        )
    };
    // This server does not know it either, and would take the figures back with the rights: it tells who the person is, and
    // nothing else.
    let refuse = |addresses: &[&str]| serde_json::json!({ "urls": addresses });
    device.chromium("Network.enable", serde_json::json!({})).await;
    device.chromium("Network.setBlockedURLs", refuse(&["*/api/v1/sync/*"])).await;
    server.kill();
    write(&folder, role("officer", "inspector")).await;
    server.start();
    device.open(&server.url("/")).await;
    device.until("a notice", NEWER).await;
    server.kill();
    device.chromium("Network.setBlockedURLs", refuse(&[])).await;
    device.open(&server.url(crate::support::form::FORM)).await;
    device.shows(1, "41").await;
    device.type_figure(2, "5").await;
    device.saved_here().await;
    device.picture("later-release").await;
    write(&folder, role("inspector", "officer")).await;
    server.start();
    device.open(&server.url(crate::support::form::FORM)).await;
    device.all_sent().await;
    device.shows(2, "5").await;
    device.until("no notice", &format!("!({NEWER})")).await;
}
