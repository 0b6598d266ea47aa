//! Requests as scripts make them.

use crate::answer::Answer;
use chitieu_domain::ReporterId;
use chitieu_server::store::Store;
use chitieu_tests::accounts;
use chitieu_tests::device::Device;
use chitieu_tests::production::fine;
use chitieu_tests::server::{Server, TODAY};
use serde_json::Value;

/// Sends a request with these headers.
pub async fn send(method: &str, url: &str, headers: &[(&str, &str)], body: String) -> Answer {
    let method = method.parse().expect("a method");
    let mut request = reqwest::Client::new().request(method, url).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::to(request).await
}

/// Reads.
pub async fn get(url: &str, cookie: &str) -> Answer {
    send("GET", url, &[("cookie", cookie)], String::new()).await
}

/// Sends JSON.
pub async fn post(url: &str, body: Value) -> Answer {
    send("POST", url, &[("content-type", "application/json")], body.to_string()).await
}

/// Sends a form, as a page does.
pub async fn post_form(url: &str, site: &str, fields: &[(&str, &str)]) -> Answer {
    let text = fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+")));
    let text = text.collect::<Vec<_>>().join("&");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", site)];
    send("POST", url, &headers, text).await
}

/// Tries to sign in.
pub async fn sign_in(server: &Server, username: &str, password: &str) -> Answer {
    let body = serde_json::json!({ "username": username, "password": password });
    post(&server.url("/api/v1/session"), body).await
}

/// Makes a database with officers who all enter the same reporter's figures.
pub async fn office(database: &str, officers: &[&str]) -> ReporterId {
    fine(&["init", "--database", database], "");
    let reporter = accounts::commune_police(&accounts::plan().model).remove(0);
    let officers: Vec<_> = officers.iter().map(|name| ((*name).to_owned(), vec![reporter.clone()])).collect();
    accounts::add_officers(database, &officers).await;
    reporter
}

/// Serves a database on the day of the tests.
pub fn serve(database: &str) -> Server {
    Server::bare(database, &["--today", TODAY])
}

/// A device that has read all that there is for it.
pub async fn device(server: &Server, author: &str, number: u128) -> Device {
    let mut device = Device::new(&server.url(""), author, number, false).await;
    device.sync().await.expect("it syncs");
    device
}

/// The database's present lifetime.
pub async fn epoch(database: &str) -> u64 {
    let store = Store::open_existing(database).await.expect("it opens");
    let epoch = store.epoch().await.expect("an epoch");
    store.close().await;
    epoch
}
