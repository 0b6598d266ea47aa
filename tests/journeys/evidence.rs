//! An officer reports without a network and attaches files; the server is killed in the middle of the upload again and again, then
//! the browser; everything arrives once. The reviewer returns a report, the officer mends it, the leader sees it.

use crate::support::browser::Device;
use crate::support::form::RETURNS;
use crate::support::picture::PICTURE;
use chitieu_tests::server::{Scratch, Server};
use sha2::{Digest, Sha256};
use sqlx::{Connection, SqliteConnection};
use std::fmt::Write as _;
use std::io::Write as _;

const OWN: &str = "police_commune:11977@2025-07-01";
/// Three tasks in which the commune's police have a part by the plan alone, so that nothing that is pulled later takes it.
const TASKS: [&str; 3] = ["II.3.1c", "II.3.1b", "I.5x"];
/// Bytes that make 31 parts and a little: after the last but one the upload stands at 99 %.
const LARGE: usize = 31 * 256 * 1024 + 60_000;

/// A PDF of a page and a stream of noise, as large as is asked for.
fn pdf(bytes: usize) -> Vec<u8> {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let noise = (0..bytes - 700).map(|_| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed as u8
    });
    let noise: Vec<u8> = noise.collect();
    let objects: [Vec<u8>; 4] = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>".to_vec(),
        [format!("<< /Length {} >>\nstream\n", noise.len()).into_bytes(), noise, b"\nendstream".to_vec()]
            .concat(),
    ];
    let (mut file, mut places) = (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec(), Vec::new());
    for (nth, object) in objects.iter().enumerate() {
        places.push(file.len());
        writeln!(file, "{} 0 obj", nth + 1).expect("into memory");
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let table = file.len();
    let mut end = String::from("xref\n0 5\n0000000000 65535 f \n");
    for place in places {
        writeln!(end, "{place:010} 00000 n ").expect("into memory");
    }
    write!(end, "trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").expect("into memory");
    file.extend(end.into_bytes());
    file
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut all, byte| {
        write!(all, "{byte:02x}").expect("into memory");
        all
    })
}

async fn write_text(device: &Device, text: &str) {
    let script = format!(
        "const field = document.querySelector('[data-report] textarea'); field.focus(); field.value = '{text}'; \
         for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, {{ bubbles: true }}));"
    );
    device.see("[data-report] textarea").await;
    device.run(&script).await;
}

async fn choose(device: &Device, css: &str, value: &str) {
    device.see(css).await;
    let script = format!(
        "const field = document.querySelector('{css}'); field.value = '{value}'; \
         field.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    );
    device.run(&script).await;
}

async fn text(folder: &Scratch, sql: &str) -> String {
    let url = format!("sqlite:{}", folder.0.join("chitieu.db").display());
    let mut connection = SqliteConnection::connect(&url).await.expect("it opens");
    let text = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()));
    text.fetch_optional(&mut connection).await.expect("a text").unwrap_or_default()
}

async fn count(folder: &Scratch, sql: &str) -> i64 {
    let url = format!("sqlite:{}", folder.0.join("chitieu.db").display());
    let mut connection = SqliteConnection::connect(&url).await.expect("it opens");
    let count = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()));
    let count = count.fetch_one(&mut connection).await.expect("a number");
    connection.close().await.expect("it closes");
    count
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "how long the leader waits is told, not judged"
)]
async fn attached_files_arrive_once_and_whole_whatever_is_killed_and_a_returned_report_is_mended() {
    let (folder, files) = (Scratch::new("evidence-server"), Scratch::new("evidence-files"));
    let (large, picture) = (files.0.join("biên bản.pdf"), files.0.join("ảnh.png"));
    let content = pdf(LARGE);
    std::fs::write(&large, &content).expect("a file");
    std::fs::write(&picture, PICTURE).expect("a file");
    let mut server = Server::filled(&folder.0, &[]);
    let mut officer = Device::new("evidence-officer").await;
    officer.sign_in(&server.url("/"), "police_commune-11977").await;
    officer.until("the worker holds the app", "navigator.serviceWorker.controller !== null").await;

    // Without a network: three reports, two files, one of them of eight megabytes.
    for (nth, task) in TASKS.iter().enumerate() {
        officer.open(&server.url(&format!("/nhiem-vu/{task}"))).await;
        officer.see("[data-report] textarea").await;
        if nth == 0 {
            officer.says("#sync", "đã gửi").await;
            server.kill();
        }
        write_text(&officer, &format!("Đã làm xong việc thứ {}", nth + 1)).await;
        officer.says("[data-report] [data-kept]", "Đã lưu trên máy").await;
    }
    let turn = officer.text("document.querySelector('[data-report] [data-period]').value").await;
    for path in [&large, &picture] {
        officer.choose_file("[data-attach] input", path).await;
    }
    officer.until("both are looked at", "document.querySelectorAll('[data-chosen] li').length === 2").await;
    assert_eq!(officer.text("document.querySelector('[data-keep-files]').disabled").await, "true");
    officer.click("[data-no-marks]").await;
    officer.click("[data-keep-files]").await;
    officer.until("both are attached", "document.querySelectorAll('[data-file]').length === 2").await;
    officer.says("[data-file]", "chờ gửi").await;
    officer.picture("evidence-waits").await;
    officer.click("[data-report] button[type=submit]").await;
    officer.see("[data-report] [data-state=Submitted]").await;

    // A line on which eight megabytes take some seconds.
    let line = |speed: i64| serde_json::json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed });
    officer.chromium("Network.enable", serde_json::json!({})).await;
    officer.chromium("Network.emulateNetworkConditions", line(3_000_000)).await;
    for percent in [10, 50, 99] {
        server.start();
        officer.run(RETURNS).await;
        let reached =
            format!("Number(document.querySelector('[data-sending] progress')?.value) >= {percent}");
        officer.until(&format!("{percent} % are there"), &reached).await;
        server.kill();
    }
    officer.crash_and_reopen().await;
    server.start();
    officer.open(&server.url("/nhiem-vu/I.5x")).await;
    // A browser that is killed loses the cookie that it has not written down.
    officer.until("somebody is here", "document.querySelector('.renew #password, [data-report]')").await;
    if officer.text("document.querySelector('.renew #password') !== null").await == "true" {
        officer.renew_session().await;
    }
    officer.all_sent().await;
    let outcomes = count(&folder, "SELECT COUNT(*) FROM ops WHERE outcome LIKE '%rejected%'").await;
    assert_eq!(
        outcomes,
        0,
        "{}",
        text(&folder, "SELECT body || outcome FROM ops WHERE outcome LIKE '%rejected%'").await
    );
    choose(&officer, "[data-report] [data-period]", &turn).await;
    officer.see("[data-file]").await;
    officer.until("nothing is being sent", "!document.querySelector('[data-sending]')").await;
    officer
        .until("the files are there", "document.querySelectorAll('[data-file] [data-get]').length === 2")
        .await;
    assert_eq!(officer.text("document.querySelectorAll('[data-file] [data-stands]').length").await, "0");

    // Once, and equal by hash.
    assert_eq!(count(&folder, "SELECT COUNT(*) FROM attachments").await, 2);
    let reviewer = Device::new("evidence-reviewer").await;
    reviewer.sign_in(&server.url("/"), "reviewer").await;
    reviewer.open(&server.url("/nhiem-vu/I.5x")).await;
    choose(&reviewer, "[data-reports] [data-period]", &turn).await;
    let of = format!("[data-report-of='{OWN}']");
    reviewer.see(&format!("{of} [data-file]")).await;
    let path = format!("/api/v1/attachments/{OWN}/{}", hex(&content));
    let sum = format!(
        "const bytes = await (await fetch('{path}')).arrayBuffer(); \
         const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)); \
         window.sum = Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('');"
    );
    reviewer.run_to_end(&sum).await;
    assert_eq!(reviewer.text("window.sum").await, hex(&content));
    reviewer.picture("evidence-reviewer").await;

    // Returned with a reason, mended, sent again; the leader's numbers follow.
    let leader = Device::new("evidence-leader").await;
    leader.sign_in(&server.url("/"), "leader").await;
    leader.open(&server.url("/nhiem-vu/I.5x")).await;
    choose(&leader, "[data-reports] [data-period]", &turn).await;
    leader.see(&format!("{of} [data-state=Submitted]")).await;
    reviewer.click(&format!("{of} [data-action=Return]")).await;
    reviewer.see(&format!("{of} .reason")).await.send_keys("ghi rõ số buổi").await.expect("a field");
    reviewer.click(&format!("{of} form button[type=submit]")).await;
    officer.says("[data-report]", "ghi rõ số buổi").await;
    leader.see(&format!("{of} [data-state=Returned]")).await;
    write_text(&officer, "Đã tuyên truyền 14 buổi").await;
    officer.click("[data-report] button[type=submit]").await;
    officer.see("[data-report] [data-state=Submitted]").await;
    let begun = std::time::Instant::now();
    leader.see(&format!("{of} [data-state=Submitted]")).await;
    println!("the leader's screen followed {} ms after the officer's", begun.elapsed().as_millis());
}
