//! A reviewer reads and decides without a network what waits for them; their device holds nothing else of others, and a leader's
//! holds no figure at all.

use crate::support::browser::Device;
use crate::support::form::RETURNS;
use chitieu_tests::server::{Scratch, Server};

/// The figures that lie on a device, by the keys of their rows.
const CELLS: &str = "const done = arguments[0]; (async () => { const keys = []; \
    for (const { name } of await indexedDB.databases()) { \
        const database = await new Promise((ok) => (indexedDB.open(name).onsuccess = (e) => ok(e.target.result))); \
        for (const store of database.objectStoreNames) { \
            const asked = database.transaction(store).objectStore(store).getAllKeys(); \
            keys.push(...await new Promise((ok) => (asked.onsuccess = () => ok(asked.result)))); } \
        database.close(); } \
    return keys.filter((key) => String(key).startsWith('c|')).join('\\n'); })().then(done, (e) => done('failed ' + e));";

async fn cells(device: &Device) -> Vec<String> {
    let all = device.driver.execute_async(CELLS, Vec::new()).await.expect("a script");
    let all: String = all.convert().expect("a text");
    assert!(!all.starts_with("failed"), "{all}");
    all.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reviewer_decides_offline_on_what_waits_and_the_figures_leave_with_the_decision() {
    let folder = Scratch::new("review-server");
    let mut server = Server::filled(&folder.0, &[]);
    let (reviewer, leader) = (Device::new("review").await, Device::new("review-leader").await);
    reviewer.sign_in(&server.url("/duyet"), "reviewer").await;
    leader.sign_in(&server.url("/"), "leader").await;
    reviewer.see("[data-submission] [data-state=Submitted]").await;
    let script = "document.querySelector('[data-submission]:has([data-state=Submitted])').dataset.submission";
    let waiting = reviewer.text(script).await;
    let card = format!("[data-submission='{waiting}']");
    let held = cells(&reviewer).await;
    let (reporter, period) =
        waiting.split_once('/').map(|(r, rest)| (r, rest.rsplit('/').next().unwrap_or(""))).expect("a name");
    let is_of_it = |key: &&String| key.contains(reporter) && key.contains(period);
    assert!(held.iter().any(|key| is_of_it(&key)), "{waiting} is not among {} cells", held.len());
    // What is approved or published stays on the server.
    let is_young = |key: &String| key.split('|').nth(2).is_some_and(|period| period.starts_with("2026"));
    assert!(held.iter().all(is_young), "{held:?}");

    server.kill();
    // What is decided goes to the end of a long list; that of one reporter is short.
    reviewer.see("#search").await.send_keys(reporter).await.expect("a field");
    reviewer.click(&format!("{card} [data-show]")).await;
    reviewer
        .until("its figures are there", &format!("document.querySelectorAll(`{card} td.num`).length > 1"))
        .await;
    reviewer
        .until(
            "and have numbers",
            &format!(
                "[...document.querySelectorAll(`{card} td.num`)].some((cell) => /\\d/.test(cell.textContent))"
            ),
        )
        .await;
    reviewer.picture("review-offline").await;
    reviewer.click(&format!("{card} [data-action=Approve]")).await;
    reviewer.see(&format!("{card} [data-state=Approved]")).await;

    server.start();
    reviewer.run(RETURNS).await;
    reviewer.all_sent().await;
    let before = held.len();
    let mut left = cells(&reviewer).await;
    for _ in 0..100 {
        if left.len() < before {
            break;
        }
        reviewer.run(RETURNS).await;
        left = cells(&reviewer).await;
    }
    let missing: Vec<&String> = held.iter().filter(|key| !left.contains(key)).collect();
    assert!(!missing.is_empty() && missing.iter().all(is_of_it), "{missing:?}");
    assert_eq!(cells(&leader).await, Vec::<String>::new());
}
