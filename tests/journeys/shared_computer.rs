//! Who sits down after somebody finds nothing of theirs but how much waits; nothing of theirs is lost by it.

use crate::support::browser::Device;
use crate::support::form::{RETURNS, at_the_form, waits};
use chitieu_tests::server::{Scratch, Server};
use serde_json::json;

const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";
const OFFICER: &str = "police_commune-11977";

/// Everything that a script of the page can read, as one text.
const ALL: &str = r"
    const all = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
    for (const { name } of await indexedDB.databases()) {
        const database = await new Promise((done) => (indexedDB.open(name).onsuccess = (e) => done(e.target.result)));
        for (const store of database.objectStoreNames) {
            const rows = database.transaction(store).objectStore(store);
            const got = (what) => new Promise((done) => (what.onsuccess = () => done(what.result)));
            const [keys, values] = await Promise.all([got(rows.getAllKeys()), got(rows.getAll())]);
            keys.forEach((key, nth) => all.push(`${name} ${key} = ${values[nth]}`));
        }
        database.close();
    }
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            all.push(request.url);
            if (!/\.(wasm|woff2|png)/.test(request.url)) all.push(await (await cache.match(request)).text());
        }
    }
    return all.join('\n');
";

async fn readable(device: &Device) -> String {
    let script = format!(
        "const done = arguments[0]; (async () => {{ {ALL} }})().then(done, (e) => done('failed ' + e));"
    );
    let all = device.driver.execute_async(script, Vec::new()).await.expect("a script");
    let all: String = all.convert().expect("a text");
    assert!(!all.starts_with("failed"), "{all}");
    all
}

/// Waits until the device has taken the key under which it will seal.
async fn has_key(device: &Device) {
    for _ in 0..100 {
        if readable(device).await.contains("chitieu-key-police_commune-11977 key = ") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("the device has no key");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_what_is_unsent_is_readable_after_signing_out_and_a_server_put_back_gets_it_again() {
    let folder = Scratch::new("shared-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("shared").await;
    at_the_form(&device, &server).await;
    device.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;
    has_key(&device).await;
    let backup = Scratch::new("shared-backup");
    server.kill();
    copy(&folder.0, &backup.0);
    server.start();
    device.type_figure(1, "734911").await;
    device.saved_here().await;
    device.all_sent().await;
    assert!(readable(&device).await.contains("734911"), "before, it is there to be read");
    server.kill();
    device.type_figure(2, "734922").await;
    device.saved_here().await;
    device.sign_out().await;
    let all = readable(&device).await;
    let found = all.lines().find(|line| line.contains("734911"));
    assert_eq!(found, None, "what was sent is sealed");
    assert!(all.contains("734922"), "what is unsent is kept");
    for (what, prefix) in [
        ("cells", " c|"),
        ("submissions", " s|"),
        ("sent ops", " a|"),
        ("the profile", " k|me"),
        ("their frame", " k|frame"),
        ("a key", "chitieu-key"),
    ] {
        let found = all.lines().find(|line| line.contains(prefix) && line.contains(" = "));
        assert_eq!(found, None, "{what}");
    }
    assert!(all.contains(" z|"), "a sealed op");

    // The server is put back to before both, and gets both when their author signs in.
    copy(&backup.0, &folder.0);
    server.restored();
    server.start();
    device.sign_in(&server.url("/"), OFFICER).await;
    device.all_sent().await;
    let other = Device::new("shared-other").await;
    at_the_form(&other, &server).await;
    other.until("row 1", "document.querySelector('#d1').value.replaceAll('.', '') === '734911'").await;
    other.until("row 2", "document.querySelector('#d2').value.replaceAll('.', '') === '734922'").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_encryption_what_was_sent_goes_and_it_is_said() {
    let folder = Scratch::new("plain-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("plain").await;
    // As over plain http.
    let script = "Object.defineProperty(crypto, 'subtle', { value: undefined });";
    device.chromium("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    at_the_form(&device, &server).await;
    device.type_figure(1, "734944").await;
    device.saved_here().await;
    device.all_sent().await;
    server.kill();
    device.type_figure(2, "734955").await;
    device.saved_here().await;
    device.sign_out().await;
    device.says("[role=alert]", "không có khóa mã hóa").await;
    let all = readable(&device).await;
    assert!(!all.contains("734944") && all.contains("734955"), "{all}");
    server.start();
    device.sign_in(&server.url("/"), OFFICER).await;
    device.all_sent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_tabs_leave_too() {
    let folder = Scratch::new("tabs-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("tabs").await;
    at_the_form(&device, &server).await;
    let [first, second] = device.second_tab().await;
    at_the_form_again(&device, &server).await;
    device.work_in(&first).await;
    device.sign_out().await;
    device.work_in(&second).await;
    device.see("#username").await;
    assert!(!readable(&device).await.contains(" c|"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_that_hears_no_other_leaves_when_it_is_looked_at() {
    let folder = Scratch::new("deaf-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("deaf").await;
    at_the_form(&device, &server).await;
    let [first, second] = device.second_tab().await;
    let script = "delete globalThis.BroadcastChannel;";
    device.chromium("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    at_the_form_again(&device, &server).await;
    device.work_in(&first).await;
    device.sign_out().await;
    device.work_in(&second).await;
    device.run(RETURNS).await;
    // Not merely locked until its person gives the password.
    device
        .until("it has left", "document.querySelector('#username') && !document.querySelector('.renew')")
        .await;
    assert!(!readable(&device).await.contains(" c|"));
}

async fn at_the_form_again(device: &Device, server: &Server) {
    device.open(&server.url(FORM)).await;
    device.see("#d1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_locks_the_screen_and_keeps_what_is_half_typed() {
    let folder = Scratch::new("lock-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("lock").await;
    at_the_form(&device, &server).await;
    server.kill();
    device.type_figure(1, "222").await;
    device.saved_here().await;
    device.at_end_of(2).await.send_keys("734933").await.expect("a field");
    device.driver.delete_all_cookies().await.expect("the session is forgotten");
    server.start();
    device.run(RETURNS).await;
    device.see(".renew #password").await;
    device.until("nothing is shown", "document.querySelector('#d1').offsetParent === null").await;
    device.renew_session().await;
    waits(&device, 0).await;
    device
        .until(
            "it is still typed",
            "document.querySelector('#d2').value.replaceAll('.', '').includes('734933')",
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_name_on_the_device_opens_nobodys_data() {
    let folder = Scratch::new("name-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("name").await;
    at_the_form(&device, &server).await;
    let script = "const done = arguments[0]; const open = indexedDB.open('chitieu');
        open.onsuccess = () => { const t = open.result.transaction('rows', 'readwrite');
        t.objectStore('rows').put('police_commune-11980', 'k|last_user'); t.oncomplete = () => done('') };";
    device.driver.execute_async(script, Vec::new()).await.expect("a script");
    device.open(&server.url("/")).await;
    device.see("#username").await;
}

/// Puts a folder's files in the place of another's.
pub fn copy(from: &std::path::Path, to: &std::path::Path) {
    for file in std::fs::read_dir(to).expect("a folder").flatten() {
        std::fs::remove_file(file.path()).ok();
    }
    for file in std::fs::read_dir(from).expect("a folder").flatten().filter(|f| f.path().is_file()) {
        std::fs::copy(file.path(), to.join(file.file_name())).expect("a copy");
    }
}
