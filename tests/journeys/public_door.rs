//! What a portal and a reader without an account meet: frames of a documented height, and pages of the server itself.

use crate::support::browser::Device;
use chitieu_tests::accounts;
use chitieu_tests::faulty_proxy::{Faults, FaultyProxy};
use chitieu_tests::server::{Scratch, Server};

const CONTROLLED: &str = "navigator.serviceWorker.controller !== null";

/// How wide a scrollbar is at most, in CSS pixels.
const SCROLLBAR: u32 = 17;

/// Widths of a frame and the heights that `docs/widgets.md` gives for them, in CSS pixels.
fn documented() -> Vec<(u32, u32)> {
    let rows = include_str!("../../docs/widgets.md").lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        Some((cells.get(1)?.parse().ok()?, cells.get(2)?.parse().ok()?))
    });
    rows.collect()
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "how high they are")]
async fn every_widget_fits_the_height_documented_for_its_width() {
    let folder = Scratch::new("heights");
    let server = Server::filled(&folder.0, &[]);
    let device = Device::new("heights").await;
    device.open(&server.url("/embed/v1/target/T04")).await;
    let heights = documented();
    assert!(heights.len() >= 3, "{heights:?}");
    // A page of the same origin that frames nothing itself is enough: the height is the document's own.
    let mut found: Vec<(u32, u32, String)> = heights.iter().map(|(w, _)| (*w, 0, String::new())).collect();
    for target in &accounts::plan().model.plan().targets {
        for query in
            ["lang=vi", "lang=en", "lang=vi&period=2022", "lang=en&period=2024-Q3", "period=2099", "period=x"]
        {
            let path = format!("/embed/v1/target/{}?{query}", target.id);
            device.open(&server.url(&path)).await;
            for (width, height, highest) in &mut found {
                // The window cannot be as narrow as a frame, so the page's root is; and narrower by a scrollbar, which
                // would stay once it is there.
                let inner = *width - SCROLLBAR;
                let script = format!(
                    "(document.documentElement.style.width = '{inner}px', \
                     Math.ceil(document.documentElement.getBoundingClientRect().height))"
                );
                let now: u32 = device.text(&script).await.parse().expect("a number");
                if now > *height {
                    (*height, *highest) = (now, path.clone());
                }
                let wide = device.text("document.querySelector('main').scrollWidth").await;
                assert!(wide.parse::<u32>().expect("a number") <= inner, "{path} is {wide} wide in {inner}");
            }
        }
    }
    for ((width, height), (_, measured, highest)) in heights.iter().zip(&found) {
        println!("{width}: {measured} of {height}, {highest}");
    }
    for ((width, height), (_, measured, highest)) in heights.into_iter().zip(found) {
        assert!(measured <= height, "{highest} is {measured} high in {width}, {height} is documented");
        assert!(height - measured < 40, "{height} is documented for {width}, {measured} is enough");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_server_are_reached_with_the_worker_installed() {
    let folder = Scratch::new("server-pages");
    let server = Server::filled(&folder.0, &[]);
    let line = FaultyProxy::to(server.port(), Faults::default()).await;
    let device = Device::new("server-pages").await;
    device.sign_in(&line.url("/"), "police_commune-11977").await;
    device.until("the worker holds the app", CONTROLLED).await;
    let is_the_servers = "document.querySelector('h1')?.innerText.includes('trên máy chủ')";
    device.open(&line.url("/quan-tri/tai-khoan")).await;
    device.until("the server's page", is_the_servers).await;
    // An address that only the server may know is offered from there.
    device.open(&line.url("/bao-cao-moi")).await;
    device.click("[data-from-server]").await;
    device.until("it left for the server", "location.search === '?may-chu'").await;
    let asked = line.asked();
    assert!(asked.contains_key("/bao-cao-moi?may-chu"), "{asked:?}");
    assert!(!asked.contains_key("/bao-cao-moi"), "the worker answered that by itself: {asked:?}");
}
