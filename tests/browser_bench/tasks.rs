//! How long the list of all units' tasks takes to open from the device, and whether it scrolls: a leader whose device holds some
//! 16,000 reports, the server gone. `cargo xtask bench tasks` runs it.

use crate::browser::Device;
use crate::typing::command;
use chitieu_tests::server::{Scratch, Server};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

/// Reports as communes write them: each commune, nine tasks, every quarter of four years and a half, besides those that the
/// illustrative data have. They stand alone in the table, as after a snapshot; no log leads to them.
const REPORTS: &str = r"
    WITH tasks (task) AS (VALUES ('I.2'), ('I.3'), ('I.5'), ('I.6'), ('I.7'), ('II.1.1'), ('II.2.1a'), ('II.3.1'), ('II.5.1')),
    years (year) AS (VALUES ('2022'), ('2023'), ('2024'), ('2025'), ('2026')),
    quarters (quarter) AS (VALUES ('Q1'), ('Q2'), ('Q3'), ('Q4'))
    INSERT OR IGNORE INTO entities (stream, kind, id, rev, state, author, received_at)
    SELECT s.id, 'task_report', t.task || '/' || y.year || '-' || q.quarter, 3,
        (SELECT state FROM entities WHERE kind = 'task_report' AND state LIKE '%approve%' AND LENGTH(state) > 700 LIMIT 1),
        'officer', '2026-01-12T08:30:00.000+07:00'
    FROM streams s, tasks t, years y, quarters q
    WHERE s.reporter LIKE 'people_committee_commune:%@2025-07-01' AND NOT (y.year = '2026' AND q.quarter = 'Q4');
";

/// Notes in each frame what is there, and every task of more than 50 ms: milliseconds since the page was asked for.
const WATCH: &str = r"
    window.seen = {};
    window.slow = [];
    new PerformanceObserver((list) => list.getEntries().forEach((e) => window.slow.push(Math.round(e.duration))))
        .observe({ type: 'longtask', buffered: true });
    const look = () => {
        const rows = document.querySelectorAll('[data-task]').length;
        const counted = /\d/.test(document.querySelector('[data-group] b')?.innerText ?? '');
        // What is there in a frame is painted by the next.
        if (rows === 43 && counted) return requestAnimationFrame(() => (window.seen.list = performance.now()));
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
";

/// Follows the link to the list once the app has come to rest.
const FOLLOW: &str = r"
    await new Promise((done) => setTimeout(done, 3000));
    window.slow.length = 0;
    window.followed = performance.now();
    document.querySelector('nav a[href*=nhiem-vu]').click();
";

/// Scrolls as a wheel does, a step each frame, to the end; every list of units is opened on the way.
const SCROLL: &str = r"
    window.slow.length = 0;
    for (let y = 0; y < document.documentElement.scrollHeight; y += 120) {
        window.scrollTo(0, y);
        await new Promise(requestAnimationFrame);
    }
    await new Promise((done) => setTimeout(done, 300));
";

/// Counts what the device has stored, again and again.
const COUNT: &str = r"
    window.stored = 0;
    const look = async () => {
        let rows = 0;
        for (const { name } of await indexedDB.databases()) {
            const open = indexedDB.open(name);
            const database = await new Promise((done) => (open.onsuccess = () => done(open.result)));
            const count = database.transaction('rows').objectStore('rows').count();
            rows += await new Promise((done) => (count.onsuccess = () => done(count.result)));
            database.close();
        }
        window.stored = rows;
        setTimeout(look, 200);
    };
    look();
";

/// Notes when pages of the copy are written, every task of more than 50 ms, and looks again and again whether the copy is whole.
const COPIED: &str = r"
    window.pages = [];
    window.slow = [];
    window.copied = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((e) => window.slow.push(e))).observe({ type: 'longtask' });
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, key) {
        if (key.startsWith('k|copy|page|')) window.pages.push(performance.now());
        return put.call(this, value, key);
    };
    const open = indexedDB.open('chitieu-leader');
    open.onsuccess = () => {
        const look = () => {
            open.result.transaction('rows').objectStore('rows').get('k|copy').onsuccess = ({ target: { result } }) => {
                if (result?.split(' ').length === 3) window.copied = performance.now();
                else setTimeout(look, 20);
            };
        };
        look();
    };
";

/// Deletes the copy.
const UNCOPY: &str = r"
    const open = indexedDB.open('chitieu-leader');
    await new Promise((done) => (open.onsuccess = done));
    const transaction = open.result.transaction('rows', 'readwrite');
    transaction.objectStore('rows').delete(IDBKeyRange.bound('k|copy', 'k|copy|\uffff'));
    await new Promise((done) => (transaction.oncomplete = done));
    open.result.close();
";

/// How long the rows take to be copied beside whatever else a start does, with a slow processor.
#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
async fn tell_of_copying(device: &Device, address: &str) {
    device.run_to_end(UNCOPY).await;
    device.chromium("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })).await;
    device.open(address).await;
    device.run(COPIED).await;
    device.until("the rows are copied", "window.copied").await;
    let took = device.text("Math.round(window.copied - window.pages[0])").await;
    let during = "window.slow.filter((e) => e.startTime < window.copied && e.startTime + e.duration > window.pages[0])";
    let slow = device.text(&format!("{during}.map((e) => Math.round(e.duration)).join(' ')")).await;
    let own = "window.pages.some((at) => at > e.startTime && at < e.startTime + e.duration)";
    let own = device
        .text(&format!("{during}.filter((e) => {own}).map((e) => Math.round(e.duration)).join(' ')"))
        .await;
    println!(
        "rows copied in {took} ms with processor ÷ 4; tasks over 50 ms: [{slow}], of these writing a page: [{own}]"
    );
    device.chromium("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await;
}

async fn add_reports(folder: &Scratch) -> u64 {
    let url = format!("sqlite:{}", folder.0.join("chitieu.db").display());
    let mut connection = SqliteConnection::connect(&url).await.expect("it opens");
    sqlx::raw_sql(REPORTS).execute(&mut connection).await.expect("it is written");
    let count = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM entities WHERE kind = 'task_report'");
    let count = count.fetch_one(&mut connection).await.expect("a number");
    connection.close().await.expect("it closes");
    count.unsigned_abs()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: cargo xtask bench tasks"]
#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
async fn a_leader_opens_the_list_of_all_units() {
    let rounds = std::env::var("CHITIEU_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    let folder = Scratch::new("tasks-bench");
    let database = Server::fill(&folder.0);
    let count = add_reports(&folder).await;
    let app = std::env::var("CHITIEU_APP").expect("cargo xtask bench tasks sets it");
    let mut server = Server::bare(&database, &["--app", &app]);
    let device = Device::new("tasks-bench").await;
    device.sign_in(&server.url("/"), "leader").await;
    device.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    device.open(&server.url("/nhiem-vu")).await;
    device.see("[data-overview]").await;
    device.run(&format!("window.wanted = {count}; {COUNT}")).await;
    device.until("all is pulled", "window.stored >= window.wanted").await;
    device.run(COPIED).await;
    device.until("the rows are copied", "window.copied").await;
    tell_of_copying(&device, &server.url("/nhiem-vu")).await;
    println!("{count} reports; the server is gone");
    server.kill();
    device.chromium("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
    for rate in [1, 4] {
        device.chromium("Emulation.setCPUThrottlingRate", json!({ "rate": rate })).await;
        for _ in 0..rounds {
            device.open(&server.url("/")).await;
            // The shell paints links of its own before the app runs.
            device.until("the app is there", "document.querySelector('#sync[data-waiting]')").await;
            device.run_to_end(FOLLOW).await;
            device.until("the list is there", "window.seen.list").await;
            let list = device.text("Math.round(window.seen.list - window.followed)").await;
            let opening = device.text("window.slow.join(' ')").await;
            let slow = if rate == 1 { "" } else { " with processor ÷ 4" };
            println!(
                "list {list} ms after its link was followed in the app{slow}; tasks over 50 ms: [{opening}]"
            );
        }
    }
    if let Ok(path) = std::env::var("CHITIEU_PROFILE") {
        command(&device, "Profiler.enable").await;
        command(&device, "Profiler.start").await;
        device.open(&server.url("/nhiem-vu")).await;
        device.until("the list is there", "window.seen.list").await;
        let told = command(&device, "Profiler.stop").await;
        std::fs::write(path, told["profile"].to_string()).expect("the profile is kept");
    }
    for rate in [1, 4] {
        device.chromium("Emulation.setCPUThrottlingRate", json!({ "rate": rate })).await;
        for _ in 0..rounds {
            device.open(&server.url("/nhiem-vu")).await;
            device.until("the list is there", "window.seen.list").await;
            let list = device.text("Math.round(window.seen.list)").await;
            let opening = device.text("window.slow.join(' ')").await;
            device.run_to_end(SCROLL).await;
            let scrolled = device.text("window.slow.join(' ')").await;
            let opened = if rate == 1 { "" } else { " with processor ÷ 4" };
            println!(
                "list after {list} ms{opened}; tasks over 50 ms: opening [{opening}], scrolling [{scrolled}]"
            );
        }
    }
}
