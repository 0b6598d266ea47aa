//! How long a new device takes to the form for signing in and to the first cell, on a slow line and with a slow processor.
//! `cargo xtask bench --start ROUNDS` runs it.

use crate::browser::Device;
use chitieu_tests::server::{Scratch, Server};
use serde_json::json;

const FORM: &str = "/nhap/police_commune:11977@2025-07-01/crime/2026-11";

/// Signs in as soon as there is a form, and notes in each frame what is there: milliseconds since the page was asked for.
const WATCH: &str = r"
    window.seen = {};
    const note = (what) => window.seen[what] ??= performance.now();
    const shows = (css) => document.querySelector(css)?.offsetHeight > 0;
    const look = () => {
        if (shows('#username')) {
            // What is there in a frame is painted by the next.
            requestAnimationFrame(() => note('form'));
            if (document.readyState !== 'loading' && !document.querySelector('.sign-in-form button').disabled && !window.seen.cell) {
                for (const [id, text] of [['username', 'police_commune-11977'], ['password', 'chitieu-demo']]) {
                    const field = document.getElementById(id);
                    field.value = text;
                    field.dispatchEvent(new Event('input', { bubbles: true }));
                }
                document.querySelector('.sign-in-form button').click();
                note('sent');
            }
        }
        if (shows('#d1') && !document.querySelector('#d1').readOnly) return note('cell');
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
";

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: cargo xtask bench --start ROUNDS"]
#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
async fn a_new_device_starts() {
    let rounds = std::env::var("CHITIEU_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(5);
    let is_told = std::env::var("CHITIEU_REQUESTS").is_ok();
    let folder = Scratch::new("start-bench");
    let server = Server::filled(&folder.0, &[]);
    let names = ["painted", "form", "sent", "cell"];
    let mut all = names.map(|_| Vec::new());
    println!("Slow 4G (562 ms, 180 KB/s), processor ÷ 4; milliseconds");
    println!("{:>8} {:>8} {:>8} {:>8}", "painted", "form", "sent", "cell");
    for _ in 0..rounds {
        let device = Device::new("start-bench").await;
        // The network profile of Chromium's own tools.
        let slow = json!({
            "offline": false, "latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375,
        });
        device.chromium("Network.enable", json!({})).await;
        device.chromium("Network.emulateNetworkConditions", slow).await;
        device.chromium("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })).await;
        device.chromium("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
        device.open(&server.url(FORM)).await;
        device.until("there is a cell", "window.seen.cell").await;
        let paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime";
        let times = [paint, "window.seen.form", "window.seen.sent", "window.seen.cell"];
        for (nth, script) in times.into_iter().enumerate() {
            all[nth].push(device.text(script).await.parse::<f64>().expect("a time"));
        }
        let last = all.each_ref().map(|times| times[times.len() - 1]);
        println!("{:>8.0} {:>8.0} {:>8.0} {:>8.0}", last[0], last[1], last[2], last[3]);
        if is_told {
            let each = "performance.getEntriesByType('resource').map((r) => \
                [r.startTime, r.responseStart, r.responseEnd].map(Math.round).join(' ') + ' ' + r.encodedBodySize + ' ' + r.name).join('\\n')";
            println!("{}", device.text(each).await);
        }
    }
    let [painted, form, sent, cell] = all.map(median);
    println!("{painted:>8.0} {form:>8.0} {sent:>8.0} {cell:>8.0}  median of {rounds}");
}
