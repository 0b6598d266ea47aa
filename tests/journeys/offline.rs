//! Whether a device would open without a network is measured and said; what is missing comes by itself, and a storage
//! of files that fails takes nothing away.

use crate::support::browser::Device;
use crate::support::form::at_the_form;
use crate::support::packed;
use chitieu_tests::faulty_proxy::{Faults, FaultyProxy};
use chitieu_tests::server::{Scratch, Server};
use std::net::{IpAddr, UdpSocket};

const OFFICER: &str = "police_commune-11977";
const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";
const CONTROLLED: &str = "navigator.serviceWorker.controller !== null";
/// As a browser says that the network is back.
const RETURN: &str = "dispatchEvent(new Event('online'))";

async fn stands(device: &Device, standing: &str) {
    let script = format!("document.querySelector('[data-offline]').dataset.offline === '{standing}'");
    device.until(&format!("it is {standing} for offline"), &script).await;
}

/// What the opened badge says.
async fn words(device: &Device) -> String {
    device.text("document.querySelector('[data-offline]').textContent").await
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "how many bytes")]
async fn a_first_visit_asks_for_each_file_once() {
    let folder = Scratch::new("once-server");
    let server = Server::filled(&folder.0, &[]);
    let line = FaultyProxy::to(server.port(), Faults::default()).await;
    let device = Device::new("once").await;
    device.open(&line.base).await;
    device.see("#username").await;
    device.until("the worker holds the app", CONTROLLED).await;
    println!("{} bytes came", line.answered());
    let files =
        || line.asked().into_iter().filter(|(path, _)| !path.starts_with("/api/")).collect::<Vec<_>>();
    let twice =
        |files: Vec<(String, usize)>| files.into_iter().filter(|(_, times)| *times > 1).collect::<Vec<_>>();
    assert_eq!(twice(files()), [], "asked for more than once");
    device.sign_in(&line.base, OFFICER).await;
    stands(&device, "ready").await;
    assert_eq!(twice(files()), [], "asked for more than once");
    // All that the list names, the worker itself, and nothing else.
    let mut names: Vec<String> = files().into_iter().map(|(path, _)| path).collect();
    let mut listed = packed::listed(&packed::app());
    listed.push("/sw.js".into());
    listed.sort_unstable();
    names.sort_unstable();
    assert_eq!(names, listed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_that_was_deleted_or_damaged_is_filled_again_without_a_reload() {
    let folder = Scratch::new("healed-server");
    let mut server = Server::filled(&folder.0, &[]);
    let device = Device::new("healed").await;
    at_the_form(&device, &server).await;
    device.until("the worker holds the app", CONTROLLED).await;
    device.run_to_end("for (const name of await caches.keys()) await caches.delete(name);").await;
    device.run_to_end(RETURN).await;
    let count = packed::listed(&packed::app()).len();
    let all = "window.kept = 0; for (const name of await caches.keys()) \
        window.kept += (await (await caches.open(name)).keys()).length;";
    let mut rounds = 0;
    loop {
        device.run_to_end(all).await;
        if device.text("window.kept").await == count.to_string() {
            break;
        }
        rounds += 1;
        assert!(rounds < 300, "{} of {count} are back", device.text("window.kept").await);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    stands(&device, "ready").await;

    // A file that is there and not what it was is told from its digest at the next start.
    let damage = "const [name] = await caches.keys(), cache = await caches.open(name); \
        const path = (await cache.keys()).map((k) => new URL(k.url).pathname).find((p) => /later.*wasm/.test(p)); \
        await cache.put(path, new Response('no')); localStorage.setItem('path', path);";
    device.run_to_end(damage).await;
    device.driver.refresh().await.expect("a page");
    device.see("#d1").await;
    stands(&device, "ready").await;
    let size = "const [name] = await caches.keys(), cache = await caches.open(name); \
        window.size = (await (await cache.match(localStorage.getItem('path'))).arrayBuffer()).byteLength;";
    let mut rounds = 0;
    loop {
        device.run_to_end(size).await;
        if device.text("window.size > 1000").await == "true" {
            break;
        }
        rounds += 1;
        assert!(rounds < 100, "the damaged file stays");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    stands(&device, "ready").await;

    // A worker that was removed comes back, and then it opens without a server.
    device
        .run_to_end(
            "for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();",
        )
        .await;
    device.driver.refresh().await.expect("a page");
    device.see("#d1").await;
    device.until("the worker holds the app", CONTROLLED).await;
    stands(&device, "ready").await;
    for (width, scheme) in
        [(360, "light"), (360, "dark"), (768, "light"), (768, "dark"), (1366, "light"), (1366, "dark")]
    {
        packed::look(&device, width, scheme).await;
        device.picture(&format!("offline-ready-{width}-{scheme}")).await;
    }
    server.kill();
    device.driver.refresh().await.expect("the worker answers");
    device.see("#d1").await;
    stands(&device, "ready").await;

    // Without a server what is missing stays missing, and it is said. The browser's own cache would give it.
    device.chromium("Network.clearBrowserCache", serde_json::json!({})).await;
    device.run_to_end("for (const name of await caches.keys()) await caches.delete(name);").await;
    device.run_to_end(RETURN).await;
    stands(&device, "not").await;
    assert!(words(&device).await.contains("tệp thiếu sẽ tự tải về"), "{}", words(&device).await);
    server.start();
    device.run_to_end(RETURN).await;
    stands(&device, "ready").await;
}

/// What makes a worker's storage fail from a message on.
const BREAKS: &str = r"
let how = HOW;
self.addEventListener('message', ({ data }) => { if (data?.breaks) how = data.breaks; });
for (const [kind, name] of [[CacheStorage, 'open'], [CacheStorage, 'match'], [Cache, 'match'], [Cache, 'put']]) {
  const real = kind.prototype[name];
  kind.prototype[name] = function (...all) {
    if (how === 'throws') throw new Error('the storage is gone');
    if (how === 'rejects') return Promise.reject(new DOMException('full', 'QuotaExceededError'));
    if (how === 'hangs') return new Promise(() => {});
    if (how === 'puts' && name === 'put') return Promise.reject(new DOMException('full', 'QuotaExceededError'));
    return real.apply(this, all);
  };
}
";

/// The app with a worker whose storage can be broken.
fn breakable(folder: &Scratch, how: &str) -> std::path::PathBuf {
    let copy = folder.0.join("app");
    packed::copy(&packed::app(), &copy);
    let worker = std::fs::read_to_string(copy.join("sw.js")).expect("the worker");
    std::fs::write(copy.join("sw.js"), format!("{}{worker}", BREAKS.replace("HOW", how)))
        .expect("it is written");
    copy
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_of_files_that_fails_falls_through_to_the_network() {
    let folder = Scratch::new("broken-server");
    let mut server = Server::filled(&folder.0, &[]);
    server.kill();
    server.gives(&breakable(&folder, "''"));
    server.start();
    let device = Device::new("broken").await;
    at_the_form(&device, &server).await;
    device.until("the worker holds the app", CONTROLLED).await;
    stands(&device, "ready").await;
    for (row, how) in [(1, "throws"), (2, "rejects"), (3, "hangs")] {
        device
            .run_to_end(&format!("navigator.serviceWorker.controller.postMessage({{ breaks: '{how}' }});"))
            .await;
        device.driver.refresh().await.expect("a page");
        device.see("#d1").await;
        stands(&device, "not").await;
        assert!(words(&device).await.contains("không lưu được tệp"), "{how}: {}", words(&device).await);
        device.send_figure(row, &format!("4{row}")).await;
    }
    device.click(".offline summary").await;
    for (width, scheme) in [(360, "light"), (768, "light"), (1366, "light"), (1366, "dark")] {
        packed::look(&device, width, scheme).await;
        device.picture(&format!("offline-storage-{width}-{scheme}")).await;
    }
    device.run_to_end("navigator.serviceWorker.controller.postMessage({ breaks: 'no' });").await;
    device.run_to_end(RETURN).await;
    stands(&device, "ready").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_install_that_cannot_store_is_told_and_takes_nothing_away() {
    let folder = Scratch::new("full-server");
    let mut server = Server::filled(&folder.0, &[]);
    server.kill();
    server.gives(&breakable(&folder, "'puts'"));
    server.start();
    let device = Device::new("full").await;
    at_the_form(&device, &server).await;
    stands(&device, "not").await;
    device
        .until(
            "it is said why",
            "document.querySelector('.offline').textContent.includes('không lưu được tệp')",
        )
        .await;
    device.send_figure(1, "41").await;

    // The same over a worker that works: it goes on working.
    server.kill();
    server.gives(&packed::app());
    server.start();
    device.driver.refresh().await.expect("a page");
    device.until("the worker holds the app", CONTROLLED).await;
    stands(&device, "ready").await;
    server.kill();
    server.gives(&folder.0.join("app"));
    server.start();
    device.run_to_end("const one = await navigator.serviceWorker.getRegistration(); await one.update().catch(() => {}); window.one = one;",
    )
    .await;
    device
        .until("the new worker gave up", "window.one && !window.one.installing && !window.one.waiting")
        .await;
    device.run_to_end(RETURN).await;
    stands(&device, "ready").await;
    server.kill();
    device.driver.refresh().await.expect("the worker answers");
    device.shows(1, "41").await;
}

/// The address of this machine in its network; none where it has no other.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // Nothing is sent.
    socket.connect("203.0.113.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback()).then_some(address)
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "a machine without a network has no such address")]
async fn plain_http_in_a_network_takes_figures_and_says_that_it_does_not_open_offline() {
    let Some(address) = own_address() else {
        return println!("this machine has no address but its own");
    };
    let folder = Scratch::new("plain-server");
    let server = Server::filled(&folder.0, &[]);
    let line = FaultyProxy::at(address, server.port(), Faults::default()).await;
    let device = Device::new("plain").await;
    device.sign_in(&line.base, OFFICER).await;
    assert_eq!(device.text("isSecureContext + ' ' + ('serviceWorker' in navigator)").await, "false false");
    device.open(&format!("{}{FORM}", line.base)).await;
    device.see("#d1").await;
    stands(&device, "not").await;
    assert!(words(&device).await.contains("http nên"), "{}", words(&device).await);
    device.send_figure(1, "41").await;
    let [first, _] = device.second_tab().await;
    device.open(&format!("{}{FORM}", line.base)).await;
    device.shows(1, "41").await;
    device.send_figure(5, "42").await;
    device.close_tab(&first).await;
    device.shows(5, "42").await;
    assert_eq!(device.text("document.querySelectorAll('.trap').length").await, "0");
    device.click(".offline summary").await;
    for width in [360, 1366] {
        packed::look(&device, width, "light").await;
        device.picture(&format!("offline-http-{width}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_without_workers_takes_figures_and_is_told() {
    let folder = Scratch::new("workerless-server");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("workerless").await;
    let less = serde_json::json!({ "source": "delete Navigator.prototype.serviceWorker;" });
    device.chromium("Page.addScriptToEvaluateOnNewDocument", less).await;
    at_the_form(&device, &server).await;
    stands(&device, "not").await;
    assert!(words(&device).await.contains("cửa sổ riêng tư"), "{}", words(&device).await);
    device.send_figure(1, "41").await;

    // A worker that the browser forbids.
    let forbids = serde_json::json!({ "source": "if (window.ServiceWorkerContainer) ServiceWorkerContainer.prototype.register = \
        () => Promise.reject(new DOMException('no', 'SecurityError'));" });
    let other = Device::new("forbidden").await;
    other.chromium("Page.addScriptToEvaluateOnNewDocument", forbids).await;
    at_the_form(&other, &server).await;
    stands(&other, "not").await;
    assert!(words(&other).await.contains("cửa sổ riêng tư"), "{}", words(&other).await);
    other.shows(1, "41").await;
    other.send_figure(2, "42").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_does_not_start_says_so_in_both_languages_and_offers_a_reload() {
    let folder = Scratch::new("unstarted-server");
    let mut server = Server::filled(&folder.0, &[]);
    let copy = folder.0.join("app");
    packed::copy(&packed::app(), &copy);
    let wasm = packed::named(&copy, "app-", ".wasm");
    std::fs::write(copy.join(&wasm), b"\0asm no").expect("it is written");
    std::fs::remove_file(copy.join(format!("{wasm}.br"))).ok();
    std::fs::remove_file(copy.join(format!("{wasm}.gz"))).ok();
    let device = Device::new("unstarted").await;
    let shown = "getComputedStyle(document.querySelector('#boot-error')).visibility === 'visible' \
        && document.querySelector('#boot-error').offsetHeight > 0";
    for change in ["a wasm that is none", "no wasm", "no glue"] {
        match change {
            "no wasm" => std::fs::remove_file(copy.join(&wasm)).expect("it is there"),
            "no glue" => {
                std::fs::remove_file(copy.join(packed::named(&copy, "app-", ".js"))).expect("it is there");
            }
            _ => {}
        }
        server.kill();
        server.gives(&copy);
        server.start();
        device.chromium("Network.clearBrowserCache", serde_json::json!({})).await;
        device.open(&server.url("/")).await;
        device.until(change, shown).await;
        let words = device.text("document.querySelector('#boot-error').innerText").await;
        for part in ["Chưa mở được", "has not started", "Tải lại / Reload", "không xóa gì"] {
            assert!(words.contains(part), "{change}: {part} is not said: {words}");
        }
    }
    for (width, scheme) in [(360, "light"), (360, "dark"), (1366, "light")] {
        packed::look(&device, width, scheme).await;
        device.picture(&format!("boot-error-{width}-{scheme}")).await;
    }
    // Not even the boot module comes: the page says it by itself, later.
    std::fs::remove_file(copy.join(packed::named(&copy, "boot-", ".js"))).expect("it is there");
    server.kill();
    server.start();
    device.chromium("Network.clearBrowserCache", serde_json::json!({})).await;
    device.open(&server.url("/")).await;
    device.until("it is said after a while", shown).await;

    server.kill();
    server.gives(&packed::app());
    server.start();
    device.click("#boot-error a").await;
    device.see("#username").await;
}
