//! What a person sees first: before the program is there, and on the start page of their role.

use crate::support::browser::Device;
use chitieu_tests::server::{Scratch, Server};

const LINKS: &str =
    "[...document.querySelectorAll('.menu-links a')].map(a => a.getAttribute('href')).join(' ')";
const PATH: &str = "location.pathname";

#[tokio::test(flavor = "multi_thread")]
async fn each_role_starts_with_what_it_has_to_do() {
    let folder = Scratch::new("start-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("start").await;
    let url = server.url("/");

    device.sign_in(&url, "reviewer").await;
    device.see("[data-submission] [data-action=Approve]").await;
    device.says("[data-waits]", "biểu chờ duyệt").await;
    let first = device.text("document.querySelector('[data-submission]').dataset.submission").await;
    device.click("[data-submission] [data-action=Approve]").await;
    let gone = format!("!document.querySelector('[data-submission=\"{first}\"]')");
    device.until("what is approved waits no more", &gone).await;
    device.picture("start-reviewer").await;
    device.sign_out().await;

    device.sign_in(&url, "publisher").await;
    device.see("[data-submission] [data-action=Publish]").await;
    device.says("[data-waits]", "chờ công bố").await;
    device.sign_out().await;

    device.sign_in(&url, "steering").await;
    device.see("[data-task]").await;
    device.says("[data-waits]", "chưa phân công riêng").await;
    device.sign_out().await;

    device.sign_in(&url, "leader").await;
    device.see("[data-target]").await;
    device.until("it is at its own address", &format!("{PATH} === '/chi-tieu'")).await;
    device.says(".menu-links a[aria-current=page]", "Bảng chỉ tiêu").await;
    device.sign_out().await;

    device.open(&url).await;
    device.sign_in(&url, "auditor").await;
    device.see("[data-submission]").await;
    device.see(".way a[href='/duyet']").await;
    let steps = device.text("document.querySelectorAll('[data-action]').length").await;
    assert_eq!(steps, "0", "an auditor changes nothing");
    device.sign_out().await;

    device.sign_in(&url, "admin").await;
    device.says("[data-accounts]", "chitieu user list").await;
    assert_eq!(device.text(LINKS).await, "/ /chi-tieu");
    device.sign_out().await;

    device.sign_in(&url, "reviewer-expired").await;
    device.says("[data-no-right]", "hết hạn").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_two_roles_starts_with_the_one_that_has_work_and_finds_the_other() {
    let folder = Scratch::new("start-two-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("start-two").await;
    device.sign_in(&server.url("/"), "officer-reviewer").await;
    device.see(".task a[href^='/nhap/']").await;
    device.says(".roles .chosen", "Cán bộ nhập liệu").await;
    device.click(".roles a[href='/viec/tham-dinh']").await;
    device.see("[data-submission] [data-action=Approve]").await;
    device.says(".roles .chosen", "Thẩm định").await;
    device.says(".menu-links a[aria-current=page]", "Việc của tôi").await;
    // Of another's role there is no page.
    device.open(&server.url("/viec/cong-bo")).await;
    device.see("[data-from-server]").await;
}

/// Bytes a second on which the program takes seconds to come and the shell does not.
const SLOW: i32 = 100_000;

/// A line of this speed, past the worker and what the browser keeps; below 0 as fast as it is.
async fn line(device: &Device, speed: i32) {
    let keeps_nothing = serde_json::json!({ "cacheDisabled": speed >= 0 });
    device.chromium("Network.enable", serde_json::json!({})).await;
    device.chromium("Network.setCacheDisabled", keeps_nothing).await;
    device.chromium("Network.setBypassServiceWorker", serde_json::json!({ "bypass": speed >= 0 })).await;
    let conditions = serde_json::json!({
        "offline": speed == 0, "latency": 0, "downloadThroughput": speed, "uploadThroughput": speed,
    });
    device.chromium("Network.emulateNetworkConditions", conditions).await;
}

/// Opens a page and comes back once its form or its frame is there, before the program is.
async fn open_early(device: &Device, url: &str) {
    device.run("window.isOld = true").await;
    device.open(url).await;
    let shell = "!window.isOld && document.readyState !== 'loading' \
        && (document.querySelector('#sign-in')?.offsetHeight > 0 || document.querySelector('#boot .menu-links a'))";
    device.until("the shell is there", shell).await;
    not_yet(device).await;
}

/// The program has drawn nothing yet.
async fn not_yet(device: &Device) {
    let drawn = "document.querySelector('.beside-sign-in, #sync') !== null";
    assert_eq!(device.text(drawn).await, "false", "the program is there already; the line is too fast");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_before_the_program_comes_stays_with_the_focus_and_the_caret() {
    let folder = Scratch::new("typed-early-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::impatient("typed-early").await;
    device.open(&server.url("/healthz")).await;
    line(&device, SLOW).await;
    open_early(&device, &server.url("/")).await;
    device.see("#password").await.send_keys("chitieu-demo").await.expect("a field");
    device.see("#username").await.send_keys("reviewer").await.expect("a field");
    device.run("document.querySelector('#username').setSelectionRange(3, 3); window.typedIn = document.activeElement").await;
    not_yet(&device).await;
    line(&device, -1).await;
    device.until("the program is there", "document.querySelector('.beside-sign-in')").await;
    let kept = "document.querySelector('#username').value === 'reviewer' \
        && document.querySelector('#password').value === 'chitieu-demo' \
        && document.activeElement === window.typedIn && document.activeElement.id === 'username' \
        && document.activeElement.selectionStart === 3";
    assert_eq!(device.text(kept).await, "true");
    device.click("button[type=submit]").await;
    device.see("#sync").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_before_the_program_comes_is_done_and_a_wrong_password_is_told() {
    let folder = Scratch::new("early-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::impatient("early").await;
    device.open(&server.url("/healthz")).await;
    line(&device, SLOW).await;
    open_early(&device, &server.url("/")).await;
    device.see("#username").await.send_keys("reviewer").await.expect("a field");
    device.see("#password").await.send_keys("wrong").await.expect("a field");
    device.click("button[type=submit]").await;
    device.says(".sign-in-form .fault", "không đúng").await;
    not_yet(&device).await;
    let name = device.text("document.querySelector('#username').value").await;
    assert_eq!(name, "reviewer", "nothing is lost by it");
    // In English to whoever chose it; then without a server.
    device.run("localStorage.setItem('chitieu.language', 'en')").await;
    open_early(&device, &server.url("/?en")).await;
    device.says("label", "User name").await;
    device.see("#username").await.send_keys("reviewer").await.expect("a field");
    device.see("#password").await.send_keys("wrong").await.expect("a field");
    device.click("button[type=submit]").await;
    device.says(".sign-in-form .fault", "wrong").await;
    not_yet(&device).await;
    device.run("localStorage.removeItem('chitieu.language')").await;
    open_early(&device, &server.url("/?vi")).await;
    server.kill();
    device.see("#username").await.send_keys("reviewer").await.expect("a field");
    device.see("#password").await.send_keys("chitieu-demo").await.expect("a field");
    device.click("button[type=submit]").await;
    device.says(".sign-in-form .fault", "Không kết nối được máy chủ").await;
    server.start();
    open_early(&device, &server.url("/?again")).await;
    device.see("#username").await.send_keys("reviewer").await.expect("a field");
    device.see("#password").await.send_keys("chitieu-demo").await.expect("a field");
    device.click("button[type=submit]").await;
    device.says(".sign-in-form button", "Đang mở ứng dụng").await;
    not_yet(&device).await;
    device.picture("sent-early").await;
    line(&device, -1).await;
    device.see("#sync").await;
    device.says(".who", "Cán bộ thẩm định").await;
    device.until("the form is gone", "!document.querySelector('#password')").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_returning_person_sees_their_frame_before_the_program_and_nobody_else_does() {
    let folder = Scratch::new("frame-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::impatient("frame").await;
    device.sign_in(&server.url("/"), "police_commune-11977").await;
    let written = "new Promise((done) => { indexedDB.open('chitieu').onsuccess = ({ target: { result } }) => { \
        result.transaction('rows').objectStore('rows').get('k|frame').onsuccess = (e) => { result.close(); done(e.target.result) }; }; })";
    device
        .run_to_end(&format!(
            "for (let i = 0; i < 100 && !(window.frameKept = await {written}); i++) await new Promise((d) => setTimeout(d, 50));"
        ))
        .await;
    let record = device.text("window.frameKept").await;
    assert!(record.starts_with("police_commune-11977\n"), "{record}");
    line(&device, SLOW).await;
    open_early(&device, &server.url("/chi-tieu")).await;
    let frame =
        "[...document.querySelectorAll('#boot .menu-links a')].map((a) => a.getAttribute('href')).join(' ')";
    assert_eq!(device.text(frame).await, "/ /cho-gui /nhiem-vu /chi-tieu");
    device.says("#boot .who", "Công an").await;
    device.says("#boot a[aria-current=page]", "Bảng chỉ tiêu").await;
    let form = device.text("document.querySelector('#sign-in')?.offsetHeight ?? 0").await;
    assert_eq!(form, "0", "nobody asks them for a password");
    not_yet(&device).await;
    device.picture("frame").await;
    line(&device, -1).await;
    device.see("#sync").await;
    device.until("the app's own frame takes its place", "!document.querySelector('#boot')").await;
    device.sign_out().await;
    // A record that outlives its person, as after a crash, is not painted.
    device
        .run_to_end(
            "await new Promise((done) => { indexedDB.open('chitieu').onsuccess = ({ target: { result } }) => { \
             const put = result.transaction('rows', 'readwrite'); \
             put.objectStore('rows').put(window.frameKept ?? 'police_commune-11977\\nCông an\\nx\\n/\\tx\\tM0 0', 'k|frame'); \
             put.oncomplete = () => { result.close(); done(); }; }; }); localStorage.setItem('chitieu.here', '');",
        )
        .await;
    line(&device, SLOW).await;
    device.run(&format!("setTimeout(() => location.assign('{}'))", server.url("/?left"))).await;
    device
        .until("the form is shown", "document.querySelector('#sign-in')?.offsetHeight > 0 && location.search")
        .await;
    not_yet(&device).await;
    assert_eq!(device.text("document.body.innerText.includes('Công an')").await, "false");
    line(&device, -1).await;
}
