//! A new build comes while the app is open: it disturbs nobody who types, and tabs of v0.1.0 go on working.

use crate::support::browser::Device;
use crate::support::form::at_the_form;
use crate::support::packed;
use chitieu_tests::server::{Scratch, Server};
use std::path::Path;
use std::process::Command;
use thirtyfour::Key;

const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";
const CONTROLLED: &str = "navigator.serviceWorker.controller !== null";

/// Notes in `window.changed` that another worker has taken over. A worker cannot be replaced while an answer of its is
/// half read, so that every `fetch` of these journeys reads all of its answer.
const NOTES_A_CHANGE: &str =
    "navigator.serviceWorker.addEventListener('controllerchange', () => (window.changed = 1));";

/// An hour passes, and somebody looks at the tab again.
const RETURNS: &str = "const now = Date.now; Date.now = () => now() + 3600e3; \
    document.dispatchEvent(new Event('visibilitychange')); Date.now = now;";

fn changes_to(server: &mut Server, app: &Path) {
    server.kill();
    server.gives(app);
    server.start();
}

/// The boot module of the shell that a tab shows.
async fn boot(device: &Device) -> String {
    device.text("document.querySelector('script[type=module]').getAttribute('src').slice(1)").await
}

async fn is_of(device: &Device, app: &Path) {
    let boot = packed::named(app, "boot-", ".js");
    device
        .until("the new build is shown", &format!("document.querySelector('script[src=\"/{boot}\"]')"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_build_is_taken_where_nobody_types() {
    let folder = Scratch::new("taken-server");
    let mut server = Server::filled(&folder.0, &[]);
    let other = folder.0.join("other");
    packed::another_build(&packed::app(), &other);
    let device = Device::new("taken").await;
    device.sign_in(&server.url("/"), "police_commune-11977").await;
    device.see("[data-offline=ready]").await;
    changes_to(&mut server, &other);
    device.run(RETURNS).await;
    is_of(&device, &other).await;
    device.see("[data-offline=ready]").await;
    server.kill();
    device.driver.refresh().await.expect("the worker answers");
    device.see("#sync").await;
    is_of(&device, &other).await;
    // What the former build left is gone.
    device
        .driver
        .execute("caches.keys().then((names) => (window.names = names.join()));", Vec::new())
        .await
        .expect("a script");
    device.until("one cache is left", &format!("window.names === 'chitieu-{}'", packed::OTHER)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_build_is_offered_where_somebody_types_and_any_busy_tab_refuses() {
    let folder = Scratch::new("offered-server");
    let mut server = Server::filled(&folder.0, &[]);
    let other = folder.0.join("other");
    packed::another_build(&packed::app(), &other);
    let device = Device::new("offered").await;
    at_the_form(&device, &server).await;
    device.see("[data-offline=ready]").await;
    let [busy, idle] = device.second_tab().await;
    device.open(&server.url("/")).await;
    device.see("[data-offline=ready]").await;
    device.work_in(&busy).await;
    device.run("window.mark = 1;").await;
    device.at_end_of(3).await;
    device.keys("7").await;

    changes_to(&mut server, &other);
    device.run(RETURNS).await;
    device.see(".new-build").await;
    device.work_in(&idle).await;
    device.run("window.mark = 1;").await;
    device.see(".new-build [data-take]").await;
    for (width, scheme) in [(360, "light"), (768, "dark"), (1366, "light")] {
        packed::look(&device, width, scheme).await;
        device.picture(&format!("new-build-{width}-{scheme}")).await;
    }
    device.click("[data-take]").await;
    device
        .until("it is refused", "document.querySelector('.new-build').innerText.includes('chưa lưu')")
        .await;
    assert_eq!(device.text("window.mark").await, "1", "nothing was loaded anew");
    device.work_in(&busy).await;
    assert_eq!(device.text("window.mark").await, "1", "nothing was loaded anew");
    assert_eq!(device.text("document.querySelector('#d3').value").await, "7");

    // Typed to the end, saved, and left: now it comes when somebody looks at a tab again.
    device.keys("5".to_owned() + Key::Enter).await;
    device.saved_here().await;
    device.shows(3, "75").await;
    device.until("the next field has the focus", "document.activeElement.id === 'd4'").await;
    device.run("document.activeElement.blur();").await;
    device.until("nothing has it", "document.activeElement === document.body").await;
    device.work_in(&idle).await;
    device.run(RETURNS).await;
    is_of(&device, &other).await;
    device.work_in(&busy).await;
    is_of(&device, &other).await;
    device.shows(3, "75").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_that_is_typed_in_is_never_loaded_anew_and_has_its_own_later_file() {
    let folder = Scratch::new("typed-server");
    let mut server = Server::filled(&folder.0, &[]);
    let other = folder.0.join("other");
    packed::another_build(&packed::app(), &other);
    let device = Device::new("typed").await;
    at_the_form(&device, &server).await;
    device.see("[data-offline=ready]").await;
    device.run("window.mark = 1;").await;
    device.run(NOTES_A_CHANGE).await;
    device.at_end_of(3).await;
    device.keys("7").await;
    changes_to(&mut server, &other);
    device.run(RETURNS).await;
    device.see(".new-build").await;
    // Somebody takes it over all the same, as a browser does that stopped all of its workers.
    device
        .run(
            "navigator.serviceWorker.getRegistration().then((r) => { \
        const channel = new MessageChannel(); r.waiting.postMessage({ take: 'asked' }, [channel.port2]); });",
        )
        .await;
    device.until("the new worker has taken over", "window.changed").await;
    device.until("it is still offered", "document.querySelector('.new-build')").await;
    assert_eq!(device.text("window.mark").await, "1", "nothing was loaded anew");
    assert_eq!(device.text("document.querySelector('#d3').value").await, "7");
    let later = packed::named(&packed::app(), "later-", ".wasm");
    device
        .run(&format!(
            "fetch('/{later}').then((a) => a.arrayBuffer()).then((b) => (window.later = b.byteLength));"
        ))
        .await;
    device.until("the former later file is answered", "window.later > 100_000").await;
    device.keys("5".to_owned() + Key::Enter).await;
    device.saved_here().await;
    device.all_sent().await;
    device.click("[data-take]").await;
    is_of(&device, &other).await;
    device.shows(3, "75").await;
}

/// The app of v0.1.0 as it was served.
fn v0_1_0(folder: &Path) {
    std::fs::create_dir_all(folder).expect("it is writable");
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("frozen/v0.1.0/app.tar.gz");
    let status = Command::new("tar").arg("-xzf").arg(packed).arg("-C").arg(folder).status();
    assert!(status.expect("tar is there").success());
}

#[tokio::test(flavor = "multi_thread")]
async fn from_v0_1_0_the_new_worker_takes_over_and_the_open_tab_goes_on() {
    let folder = Scratch::new("former-server");
    let mut server = Server::filled(&folder.0, &[]);
    let old = folder.0.join("v0.1.0");
    v0_1_0(&old);
    changes_to(&mut server, &old);
    let device = Device::new("former").await;
    at_the_form(&device, &server).await;
    device.until("the worker holds the app", CONTROLLED).await;
    assert_eq!(boot(&device).await, "boot-1e5a80dd773666b4.js");
    device.run("window.mark = 1;").await;
    device.run(NOTES_A_CHANGE).await;
    // Half typed while it happens.
    device.at_end_of(3).await;
    device.keys("7").await;

    changes_to(&mut server, &packed::app());
    device.run("navigator.serviceWorker.getRegistration().then((r) => r.update());").await;
    device.until("the new worker has taken over", "window.changed === 1").await;
    assert_eq!(device.text("window.mark").await, "1", "nothing was loaded anew");
    device.keys("5".to_owned() + Key::Enter).await;
    device.saved_here().await;
    device.all_sent().await;
    // Its own files are answered, though the server has them no longer.
    device.run("fetch('/app-a0e20f4cf9aa5327.wasm').then((a) => a.arrayBuffer()).then((b) => (window.own = b.byteLength));").await;
    device.until("a former file is answered", "window.own > 100_000").await;
    assert_eq!(device.text("window.mark").await, "1", "nothing was loaded anew");

    let [former, _] = device.second_tab().await;
    device.open(&server.url(FORM)).await;
    device.shows(3, "75").await;
    is_of(&device, &packed::app()).await;
    device.see("[data-offline=ready]").await;
    device.work_in(&former).await;
    assert_eq!(boot(&device).await, "boot-1e5a80dd773666b4.js");
    device.type_figure(4, "12").await;
    device.saved_here().await;
    device.all_sent().await;
    device.open(&server.url(FORM)).await;
    is_of(&device, &packed::app()).await;
    device.shows(4, "12").await;
    // Pages of the server are reached past the worker that came.
    device.open(&server.url("/quan-tri/tai-khoan")).await;
    device
        .until("the server's page", "document.querySelector('h1').innerText.includes('trên máy chủ')")
        .await;
}
