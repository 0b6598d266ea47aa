//! A database that was put back from a copy without a word, and one that is exchanged under its server.

use crate::support::{device, epoch, get, office, send, serve};
use chitieu_sync::replica::CellStatus;
use chitieu_tests::accounts::{PASSWORD, cells, plan};
use chitieu_tests::device::Device;
use chitieu_tests::production::{Place, fine, places};
use chitieu_tests::server::{Server, TODAY};
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Whether the old device's first word after the copy was put back is a push or a pull.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    Push,
    Pull,
}

async fn no_edit_on_a_lost_value_replaces_an_unseen_one(place: &Place, first: First) {
    let database = place.fresh().await;
    let reporter = office(&database, &["lan", "hoa", "mai"]).await;
    let key = &cells(&plan().model, &reporter, 1)[0];
    let mut server = serve(&database);
    let mut hoa = device(&server, "hoa", 1).await;
    hoa.edit(key, 41);
    hoa.sync().await.expect("it syncs");
    // Their session is in the copy.
    let mut lan = device(&server, "lan", 2).await;
    server.kill();
    let copy = place.copy(&database).await;
    server.start();
    hoa.edit(key, 42);
    hoa.sync().await.expect("it syncs");
    lan.sync().await.expect("it syncs");
    assert_eq!(lan.replica.cell(key).value, Some(42));
    let lost = lan.replica.cell(key).foreign;
    server.kill();
    place.put_back(&copy, &database).await;
    let before = epoch(&database).await;
    server.start();
    // Whoever comes first knows nothing of the lost 42, and the server gives its number out again.
    let mut mai = device(&server, "mai", 3).await;
    mai.edit(key, 43);
    mai.sync().await.expect("it syncs");
    lan.edit(key, 44);
    if first == First::Pull {
        while lan.pull(100).await.expect("a page") {}
    }
    lan.sync().await.expect("it syncs");
    assert!(epoch(&database).await > before, "the server noticed by itself");
    mai.sync().await.expect("it syncs");
    lan.sync().await.expect("it syncs");
    let seen = mai.replica.cell(key);
    assert_eq!(seen.head.as_ref().map_or(seen.value, |head| head.value), Some(43), "{lost:?} {seen:?}");
    assert_eq!(
        lan.replica.cell(key).status,
        CellStatus::Contested,
        "nobody's figure is gone, and it is seen"
    );
    let values: Vec<_> = mai.replica.cell(key).branches.iter().map(|branch| branch.value).collect();
    assert!(values.contains(&Some(44)), "{values:?}");
    // Nobody conflicts with themselves, and what was lost comes back from where it was made.
    let other = &cells(&plan().model, &reporter, 2)[1];
    mai.edit(other, 1);
    mai.sync().await.expect("it syncs");
    mai.edit(other, 2);
    mai.sync().await.expect("it syncs");
    assert_eq!(mai.replica.cell(other).status, CellStatus::Sent);
    hoa.sync().await.expect("it syncs");
    mai.sync().await.expect("it syncs");
    let values: Vec<_> = mai.replica.cell(key).branches.iter().map(|branch| branch.value).collect();
    assert!(values.contains(&Some(42)), "{values:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_put_back_is_noticed_by_a_push_before_it_is_judged() {
    for place in places("put-back-push") {
        no_edit_on_a_lost_value_replaces_an_unseen_one(&place, First::Push).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_put_back_is_noticed_by_a_pull() {
    for place in places("put-back-pull") {
        no_edit_on_a_lost_value_replaces_an_unseen_one(&place, First::Pull).await;
    }
}

/// An edit on one's own value, made after the copy was put back and before anybody noticed, is no conflict afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn an_edit_on_ones_own_value_goes_on_through_the_new_lifetime() {
    for place in places("put-back-own") {
        let database = place.fresh().await;
        let reporter = office(&database, &["lan", "mai"]).await;
        let all = cells(&plan().model, &reporter, 2);
        let mut server = serve(&database);
        let mut lan = device(&server, "lan", 1).await;
        lan.edit(&all[0], 1);
        lan.sync().await.expect("it syncs");
        server.kill();
        let copy = place.copy(&database).await;
        server.start();
        lan.edit(&all[0], 2);
        lan.sync().await.expect("it syncs");
        server.kill();
        place.put_back(&copy, &database).await;
        server.start();
        let mut mai = device(&server, "mai", 2).await;
        mai.edit(&all[1], 10);
        mai.sync().await.expect("it syncs");
        lan.sync().await.expect("it syncs");
        mai.edit(&all[1], 11);
        mai.sync().await.expect("it syncs");
        mai.sync().await.expect("it syncs");
        assert_eq!(mai.replica.cell(&all[1]).status, CellStatus::Sent);
        lan.sync().await.expect("it syncs");
        lan.sync().await.expect("it syncs");
        assert_eq!((lan.replica.cell(&all[0]).value, lan.replica.cell(&all[1]).value), (Some(2), Some(11)));
    }
}

async fn pull(server: &Server, cookie: &str, cursor: &Value) -> (u16, Value) {
    let headers = [("content-type", "application/json"), ("cookie", cookie)];
    let body = json!({ "cursor": cursor.to_string(), "limit": 10 }).to_string();
    let answer = send("POST", &server.url("/api/v1/sync/pull"), &headers, body).await;
    (answer.status, serde_json::from_str(&answer.text).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_the_server_believe_that_it_was_put_back() {
    for place in places("forged") {
        let database = place.fresh().await;
        let reporter = office(&database, &["lan"]).await;
        let key = &cells(&plan().model, &reporter, 1)[0];
        let server = serve(&database);
        let mut lan = device(&server, "lan", 1).await;
        lan.edit(key, 1);
        lan.sync().await.expect("it syncs");
        let cursor: Value = serde_json::from_str(lan.replica.cursor().expect("a cursor")).expect("JSON");
        let cookie = crate::support::sign_in(&server, "lan", PASSWORD).await.cookie();
        assert_eq!(pull(&server, &cookie, &cursor).await.0, 200, "as it is");
        let stream = cursor["s"].as_object().expect("streams").keys().next().expect("one").clone();
        let before = epoch_of(&server, &cookie).await;
        for forge in [
            |c: &mut Value, s: &str| c["s"][s] = json!(i64::MAX),
            |c: &mut Value, s: &str| c["h"][s] = json!([1, "0123456789abcdef"]),
            |c: &mut Value, _: &str| c["e"] = json!(20_000),
            |c: &mut Value, _: &str| c["e"] = json!(u64::MAX),
            |c: &mut Value, _: &str| c["m"] = json!("0123456789abcdef"),
            |c: &mut Value, s: &str| {
                c["s"][s] = json!(i64::MAX);
                c.as_object_mut().expect("an object").remove("m");
            },
        ] {
            let mut forged = cursor.clone();
            forge(&mut forged, &stream);
            let (status, _) = pull(&server, &cookie, &forged).await;
            assert!(status < 500, "{status}");
            let push = json!({ "ops": [], "cursor": forged.to_string() }).to_string();
            let headers = [("content-type", "application/json"), ("cookie", &*cookie)];
            assert_eq!(send("POST", &server.url("/api/v1/sync/push"), &headers, push).await.status, 200);
        }
        assert_eq!(epoch_of(&server, &cookie).await, before);
    }
}

async fn epoch_of(server: &Server, cookie: &str) -> u64 {
    let headers = [("content-type", "application/json"), ("cookie", cookie)];
    let answer = send("POST", &server.url("/api/v1/sync/push"), &headers, r#"{"ops":[]}"#.to_owned()).await;
    let answer: Value = serde_json::from_str(&answer.text).expect("an answer");
    answer["epoch"].as_u64().expect("an epoch")
}

/// A cursor of v0.1.0 has neither hash nor signature; one that is ahead of a database of v0.1.0 is enough, once.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_ahead_from_v0_1_0_is_enough() {
    let place = Place::of_files("v0-1-0");
    let packed = concat!(env!("CARGO_MANIFEST_DIR"), "/frozen/v0.1.0/server.db.gz");
    let file = place.file("chitieu.db");
    let mut unpacked = flate2::read::GzDecoder::new(std::fs::File::open(packed).expect("it is there"));
    std::io::copy(&mut unpacked, &mut std::fs::File::create(&file).expect("a file")).expect("it unpacks");
    let database = format!("sqlite:{}", file.display());
    let server = serve(&database);
    let officer = "police_commune-11977";
    let lan = Device::new(&server.url(""), officer, 1, false).await;
    assert!(lan.replica.cursor().is_none());
    let cookie = crate::support::sign_in(&server, officer, PASSWORD).await.cookie();
    let before = epoch_of(&server, &cookie).await;
    let headers = [("content-type", "application/json"), ("cookie", &*cookie)];
    let first = r#"{"cursor":null,"limit":5000}"#.to_owned();
    let page = send("POST", &server.url("/api/v1/sync/pull"), &headers, first).await;
    let page: Value = serde_json::from_str(&page.text).expect("a page");
    let told: Value = serde_json::from_str(page["next_cursor"].as_str().expect("a cursor")).expect("JSON");
    let mut old = json!({ "e": told["e"], "s": told["s"], "a": null });
    assert_eq!(pull(&server, &cookie, &old).await.0, 200, "a cursor of v0.1.0 goes on being read");
    let stream = told["s"].as_object().expect("streams").keys().next().expect("one").clone();
    old["s"][&stream] = json!(told["s"][&stream].as_i64().expect("a number") + 1);
    assert_eq!(pull(&server, &cookie, &old).await.0, 410);
    let after = epoch_of(&server, &cookie).await;
    assert!(after > before);
    old["e"] = json!(after);
    pull(&server, &cookie, &old).await;
    assert_eq!(epoch_of(&server, &cookie).await, after, "once");
}

/// How somebody exchanges a file.
const EXCHANGES: [&str; 3] =
    ["cp \"$1\" \"$2\"", "cp \"$1\" \"$2.new\" && mv \"$2.new\" \"$2\"", "rm \"$2\""];

#[tokio::test(flavor = "multi_thread")]
async fn a_file_exchanged_under_its_server_stops_it_and_is_left_whole() {
    for exchange in EXCHANGES {
        let place = Place::of_files("exchanged");
        let database = place.fresh().await;
        let reporter = office(&database, &["lan"]).await;
        let all = cells(&plan().model, &reporter, 200);
        let file = database.trim_start_matches("sqlite:").to_owned();
        let backup = place.file("a.bak");
        fine(&["backup", "--database", &database, "--to", &backup.to_string_lossy()], "");
        let port = chitieu_tests::server::free_port().to_string();
        let program = std::env::var("CHITIEU_SERVER").expect("`cargo xtask test` says where the program is");
        let mut server = Command::new(program)
            .args([
                "serve",
                "--database",
                &database,
                "--listen",
                &format!("127.0.0.1:{port}"),
                "--today",
                TODAY,
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let base = format!("http://127.0.0.1:{port}");
        while reqwest::get(format!("{base}/healthz")).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut lan = Device::new(&base, "lan", 1, false).await;
        for key in &all {
            lan.edit(key, 1);
        }
        lan.sync().await.expect("it syncs");
        let words = ["-c", exchange, "sh", &*backup.to_string_lossy(), &file];
        assert!(Command::new("sh").args(words).status().expect("a shell").success());
        let begun = now();
        let status = loop {
            if let Some(status) = server.try_wait().expect("it is a process") {
                break status;
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "{exchange}: it goes on");
            // Whatever comes in that moment is answered or not, and never lost.
            for key in &all {
                lan.edit(key, 2);
            }
            lan.sync().await.ok();
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert!(!status.success());
        let mut said = String::new();
        std::io::Read::read_to_string(&mut server.stderr.take().expect("it is piped"), &mut said)
            .expect("text");
        assert!(said.contains(&file), "{said}");
        if exchange.starts_with("rm") {
            fine(&["restore", "--database", &database, "--from", &backup.to_string_lossy()], "");
        } else {
            let (there, put) =
                (std::fs::read(&file).expect("a file"), std::fs::read(&backup).expect("a file"));
            assert!(there == put, "{exchange}: the file is as it was put there");
        }
        let again = serve(&database);
        lan.moves_to(&again.url(""), false);
        // Its session began after the backup.
        assert_eq!(get(&again.url("/healthz"), "").await.status, 200);
        let mut returned = device(&again, "lan", 2).await;
        returned.edit(&all[0], 3);
        returned.sync().await.expect("the database is whole");
    }
}

#[expect(clippy::disallowed_methods, reason = "the wait has a bound")]
fn now() -> Instant {
    Instant::now()
}
