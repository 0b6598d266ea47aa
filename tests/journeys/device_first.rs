//! The app opens from the device, whatever the line does; the day, the periods and the plan move while it is open; what
//! waits for an officer is on their list.

use crate::device_store::asked_for;
use crate::support::browser::{Device, Engine};
use chitieu_tests::faulty_proxy::{Faults, FaultyProxy};
use chitieu_tests::server::{Scratch, Server};
use serde_json::json;

const FROZEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/frozen/v0.1.0");
const OFFICER: &str = "police_commune-11977";
const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";
const NEXT: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-12";

/// True once everything that a start needs is on the device.
const INSTALLED: &str = "navigator.serviceWorker.controller !== null";

/// Reloads and gives the milliseconds until the first figure can be typed.
async fn reloaded(device: &Device) -> f64 {
    // Firefox's driver passes the worker by when it is told to refresh; a person's reload does not.
    device
        .driver
        .execute("globalThis.isLeft = true; location.reload();", Vec::new())
        .await
        .expect("a script");
    device.until("it is another page", "!globalThis.isLeft").await;
    let script = "document.querySelector('#d1:not([readonly]):not([disabled])')";
    device.until("a figure can be typed", script).await;
    device.text("performance.now()").await.parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "how long a start takes")]
async fn a_line_that_accepts_and_never_answers_holds_nothing_up() {
    let folder = Scratch::new("silent-server");
    let mut server = Server::filled(&folder.0, &[]);
    for (row, engine) in (1..).zip(asked_for()) {
        let line = FaultyProxy::to(server.port(), Faults::default()).await;
        let device = Device::of(engine, "silent").await;
        device.sign_in(&line.url("/"), OFFICER).await;
        device.open(&line.url(FORM)).await;
        device.see("#d1").await;
        device.all_sent().await;
        device.until("the worker holds the app", INSTALLED).await;
        line.fall_silent();
        if engine == Engine::Chromium {
            device.chromium("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })).await;
        }
        let silent = reloaded(&device).await;
        if engine == Engine::Chromium {
            device.chromium("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await;
        }
        device.type_figure(row, &format!("70{row}")).await;
        device.saved_here().await;
        server.kill();
        if engine == Engine::Chromium {
            device.chromium("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })).await;
        }
        let gone = reloaded(&device).await;
        if engine == Engine::Chromium {
            device.chromium("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await;
        }
        device.shows(row, &format!("70{row}")).await;
        server.start();
        line.speak();
        device.click("#sync").await;
        device.all_sent().await;
        println!(
            "{engine:?}: first figure after {silent:.0} ms on a silent line, {gone:.0} ms without a server"
        );
    }
}

/// The device's clock, as scripts see it: moved by what the page's small storage says.
const MOVED_CLOCK: &str = r"
    const Real = Date, real = Date.now.bind(Date);
    let ahead = Number(localStorage.getItem('test-ahead') ?? 0);
    globalThis.moveClock = (to) => localStorage.setItem('test-ahead', (ahead = Real.parse(to) - real()));
    globalThis.Date = class extends Real {
        constructor(...parts) { parts.length ? super(...parts) : super(real() + ahead); }
        static now() { return real() + ahead; }
    };
";

async fn with_moved_clock(device: &Device) {
    device.chromium("Page.addScriptToEvaluateOnNewDocument", json!({ "source": MOVED_CLOCK })).await;
}

async fn move_clock(device: &Device, to: &str) {
    device.driver.execute(format!("moveClock('{to}')"), Vec::new()).await.expect("the clock moves");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_period_opens_offline_on_its_first_day_and_arrives_later() {
    let folder = Scratch::new("month-server");
    let mut server = Server::filled(&folder.0, &[]);
    server.start_again("2026-12-14", &[]);
    let device = Device::new("month").await;
    with_moved_clock(&device).await;
    device.open(&server.url("/")).await;
    move_clock(&device, "2026-12-14T12:00:00+07:00").await;
    device.sign_in(&server.url("/"), OFFICER).await;
    device.says("#today", "14/12/2026").await;
    // It runs: nothing is due of it.
    device.see(&format!(".section-head ~ .tasks a[href='{NEXT}']")).await;
    device.all_sent().await;
    device.until("the worker holds the app", INSTALLED).await;
    server.kill();
    move_clock(&device, "2026-12-15T08:00:00+07:00").await;
    device.driver.refresh().await.expect("a page");
    device.says("#today", "15/12/2026").await;
    device.says("#today", "đồng hồ máy này").await;
    device.picture("new-month-offline").await;
    device.click(&format!(".page > .tasks:first-child a[href='{NEXT}']")).await;
    device.type_figure(1, "83").await;
    device.saved_here().await;
    server.start_again("2026-12-15", &[]);
    device.click("#sync").await;
    device.all_sent().await;
    device
        .until("it was accepted", "document.querySelector('#d1').closest('.cell').dataset.status === 'sent'")
        .await;
    device.open(&server.url("/")).await;
    device
        .until("it is the server's day", "!document.querySelector('#today').innerText.includes('đồng hồ')")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_left_open_shows_the_new_day_periods_and_plan_without_a_reload() {
    let folder = Scratch::new("open-server");
    let mut server = Server::filled(&folder.0, &[]);
    server.start_again("2026-12-14", &[]);
    let device = Device::new("open").await;
    with_moved_clock(&device).await;
    device.open(&server.url("/")).await;
    move_clock(&device, "2026-12-14T23:00:00+07:00").await;
    device.sign_in(&server.url("/"), OFFICER).await;
    device.says("#today", "14/12/2026").await;
    device.driver.execute("globalThis.isSamePage = true", Vec::new()).await.expect("a script");
    // Midnight, and the 15th, on which a period begins.
    server.start_again("2026-12-15", &[]);
    move_clock(&device, "2026-12-15T00:00:30+07:00").await;
    device.says("#today", "15/12/2026").await;
    device.see(&format!(".page > .tasks:first-child a[href='{NEXT}']")).await;
    // The plan gets another form's title while somebody is in the middle of a number.
    device.click(&format!("a[href='{NEXT}']")).await;
    device.at_end_of(2).await;
    device.keys("12").await;
    let plan = include_str!("../../crates/domain/plans/hung-yen-188.toml");
    let changed = plan.replace("Biểu 01", "Biểu số 01");
    assert_ne!(changed, plan);
    let file = folder.0.join("plan.toml");
    std::fs::write(&file, changed).expect("the folder is writable");
    server.start_again("2026-12-15", &["--plan", &file.display().to_string()]);
    device.driver.execute("dispatchEvent(new Event('focus'))", Vec::new()).await.expect("a script");
    device.until("the server is asked", "document.querySelector('#sync').classList.contains('met')").await;
    device.shows(2, "12").await;
    device.keys("3\n").await;
    device.saved_here().await;
    device.says("h1", "Biểu số 01").await;
    device.shows(2, "123").await;
    assert_eq!(device.text("globalThis.isSamePage").await, "true");
    device.click("#sync").await;
    device.all_sent().await;
    device
        .until("it was accepted", "document.querySelector('#d2').closest('.cell').dataset.status === 'sent'")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_opened_again_is_first_on_its_officers_list_and_the_baseline_can_be_filled() {
    let folder = Scratch::new("reopened-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("reopened").await;
    let reviewer = Device::new("reopening").await;
    device.sign_in(&server.url("/"), "police_province").await;
    device.see("main a[href*='2016-2020']").await;
    reviewer.sign_in(&server.url("/duyet"), "reviewer").await;
    // Whose first letter is broken to the next line has nothing where a driver clicks.
    device.run("document.querySelector(\"main a[href*='2016-2020']\").click()").await;
    device.click("[data-ask]").await;
    device.see(".ask-open .reason").await.send_keys("Số năm 2019 chưa khớp").await.expect("a field");
    device.click(".ask-open button[type=submit]").await;
    device.all_sent().await;
    device.click(".menu-links a[href='/']").await;
    let card = "[data-submission='police_province:33@2021-01-01/child_abuse_baseline/2016-2020']";
    reviewer.see("#search").await.send_keys("2016-2020").await.expect("a field");
    reviewer.click(&format!("{card} [data-action=Reopen]")).await;
    reviewer.see(&format!("{card} .reason")).await.send_keys("Sửa số năm 2019").await.expect("a field");
    reviewer.click(&format!("{card} form [type=submit]")).await;
    let first = "document.querySelector('.task')?.innerText";
    device
        .until("it is first", &format!("{first}.includes('2016') && {first}.includes('Sửa số năm 2019')"))
        .await;
    device.until("the menu counts it", "document.querySelector('.menu .count')?.innerText === '5'").await;
    device.picture("list-reopened").await;
    device.click(".task a").await;
    device.type_figure(1, "61").await;
    device.saved_here().await;
    device.click("#sync").await;
    device.all_sent().await;
    device.shows(1, "61").await;
    device.driver.refresh().await.expect("a page");
    device.shows(1, "61").await;
}

/// Puts the rows of a device of v0.1.0 into this browser's IndexedDB.
const LAY_DOWN: &str = r"
    const [stores, done] = arguments;
    const lay = ({ database, version, rows }) => new Promise((put, failed) => {
        const request = indexedDB.open(database, version);
        request.onupgradeneeded = () => request.result.createObjectStore('rows');
        request.onerror = () => failed(request.error);
        request.onsuccess = () => {
            const transaction = request.result.transaction('rows', 'readwrite');
            for (const [key, value] of rows) transaction.objectStore('rows').put(value, key);
            transaction.oncomplete = () => { request.result.close(); put(); };
        };
    });
    Promise.all(stores.map(lay)).then(() => done('laid'), (error) => done(String(error)));
";

/// A server on a copy of the database of v0.1.0, and the rows of that release's device.
fn frozen(folder: &Scratch) -> (Server, serde_json::Value) {
    let file = folder.0.join("chitieu.db");
    let packed = std::fs::File::open(format!("{FROZEN}/server.db.gz")).expect("the database is there");
    let mut unpacked = std::fs::File::create(&file).expect("the folder is writable");
    std::io::copy(&mut flate2::read::GzDecoder::new(packed), &mut unpacked).expect("it unpacks");
    let app = std::env::var("CHITIEU_APP").expect("cargo xtask test says where the app is");
    let database = format!("sqlite:{}", file.display());
    let server = Server::bare(&database, &["--app", &app, "--today", "2026-11-22"]);
    let stores = std::fs::read(format!("{FROZEN}/device.json")).expect("the device's store is there");
    (server, serde_json::from_slice(&stores).expect("JSON"))
}

/// A browser with these rows, at the form that they are about.
async fn with_rows(name: &str, server: &Server, stores: serde_json::Value) -> Device {
    let device = Device::new(name).await;
    device.open(&server.url("/icons/icon.svg")).await;
    let laid = device.driver.execute_async(LAY_DOWN, vec![stores]).await.expect("a script");
    assert_eq!(laid.json(), "laid");
    device.open(&server.url("/nhap/police_commune:11977@2025-07-01/crime/2026-10")).await;
    device.see("#d1").await;
    device.until("two changes wait", "document.querySelector('#sync').dataset.waiting === '2'").await;
    device
}

const SENT: &str = "document.querySelector('#d2').closest('.cell').dataset.status === 'sent'";

#[tokio::test(flavor = "multi_thread")]
async fn a_device_and_a_server_of_v0_1_0_go_on_and_lose_nothing() {
    let folder = Scratch::new("frozen-server");
    let (server, stores) = frozen(&folder);
    // Whoever sat here goes on without a server's word, with the plan of that release.
    let device = with_rows("frozen", &server, stores).await;
    // The form may get a row more when the new plan comes; what was there stands, in its order.
    let figures = "[...document.querySelectorAll('.figure')].map((f) => f.value).filter(Boolean).join()";
    let before = device.text(figures).await;
    device.renew_session().await;
    device.all_sent().await;
    device.until("nothing of it was refused", "!document.querySelector('[data-status=rejected]')").await;
    assert_eq!(before, device.text(figures).await);
    // The plan is this program's by now, and so is what is entered.
    device.type_figure(2, "4711").await;
    device.saved_here().await;
    device.click("#sync").await;
    device.all_sent().await;
    device.shows(2, "4.711").await;
    device.until("it was accepted", SENT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_op_that_the_server_cannot_read_is_shown_and_stops_no_other() {
    let folder = Scratch::new("malformed-server");
    let (server, mut stores) = frozen(&folder);
    // The last but one of what waits has a text that no database takes.
    let rows = stores[1]["rows"].as_array_mut().expect("rows");
    let row = rows.iter_mut().find(|row| row[0] == "o|00000000000000000006").expect("it waits");
    let mut waiting: serde_json::Value =
        serde_json::from_str(row[1].as_str().expect("a text")).expect("JSON");
    waiting["op"]["note"] = json!("a\0b");
    row[1] = json!(waiting.to_string());
    let device = with_rows("malformed", &server, stores).await;
    device.renew_session().await;
    device.all_sent().await;
    device.until("it is shown", "document.querySelectorAll('[data-status=rejected]').length === 1").await;
    device.type_figure(2, "4711").await;
    device.saved_here().await;
    device.click("#sync").await;
    device.all_sent().await;
    device.until("it was accepted", SENT).await;
}
