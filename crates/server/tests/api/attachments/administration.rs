//! What an administrator is told of attachments: those of the units whose accounts they keep, a page at a time.

use super::{SIBLING, SIBLINGS, given, path, upload};
use crate::server::{DEVICE, OFFICER, REPORTER, Server};
use axum::http::StatusCode;
use chitieu_server::auth::passwords::hash_password;
use chitieu_server::demo;
use chitieu_server::services::attachments::hash;
use chitieu_sync::grants::{Grant, Grants, Role, Scope};
use serde_json::{Value, json};

use super::files::docx;

const OWN: &str = "11977@2025-07-01";
const NAME: &str = "biên bản ông Nguyễn Văn A.docx";

/// The cookie of somebody who keeps the accounts of one commune.
async fn keeper(server: &Server, name: &str, unit: &str) -> String {
    let grant = Grant::new(Role::Admin, Scope::Unit(unit.parse().expect("a unit")));
    let hash = hash_password(demo::PASSWORD);
    server.app.store.put_user(name, name, &hash, &Grants::new(vec![grant])).await.expect("an account");
    server.sign_in(name).await
}

async fn page(server: &Server, cookie: &str, query: &str) -> Value {
    let (status, page) = server.get(&format!("/api/v1/attachments?{query}"), cookie).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page
}

fn all(page: &Value) -> &Vec<Value> {
    page["attachments"].as_array().expect("attachments")
}

#[tokio::test]
async fn who_keeps_the_accounts_of_a_unit_is_told_of_its_files_alone() {
    let server = Server::new().await;
    let (officer, sibling) = (server.sign_in(OFFICER).await, server.sign_in(SIBLING).await);
    let (own, others, both) = (docx(&["một"], &[]), docx(&["hai"], &[]), docx(&["ba"], &[]));
    for (cookie, of, file) in [
        (&officer, REPORTER, &own),
        (&sibling, SIBLINGS, &others),
        (&officer, REPORTER, &both),
        (&sibling, SIBLINGS, &both),
    ] {
        assert_eq!(upload(&server, cookie, of, file).await["state"], "stored");
    }
    let keeper = keeper(&server, "keeper", OWN).await;
    let told = page(&server, &keeper, &format!("scope={OWN}")).await;
    let [newer, older] = &all(&told)[..] else { panic!("{told}") };
    assert_eq!((&newer["sha256"], &older["sha256"]), (&json!(hash(&both)), &json!(hash(&own))));
    assert_eq!((&newer["others"], &older["others"]), (&json!(true), &json!(false)));
    assert_eq!(newer["reporters"], json!([REPORTER]), "whose else it is is not told");

    // Neither the unit beside, nor the province, nor all of it.
    for query in ["?scope=11980@2025-07-01", "?scope=33@2025-07-01", ""] {
        let (status, _) = server.get(&format!("/api/v1/attachments{query}"), &keeper).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{query}");
    }
    let act = async |cookie: &str, file: &[u8], what: &str, scope: &str| {
        let path = format!("/api/v1/attachments/{}/{what}?scope={scope}", hash(file));
        server.post(&path, Some(cookie), &json!({ "reason": "có tên người" })).await.0
    };
    assert_eq!(act(&keeper, &own, "quarantine", OWN).await, StatusCode::NO_CONTENT);
    assert_eq!(act(&keeper, &own, "release", OWN).await, StatusCode::NO_CONTENT);
    assert_eq!(act(&keeper, &both, "quarantine", OWN).await, StatusCode::FORBIDDEN, "others hold it too");
    assert_eq!(act(&keeper, &others, "purge", OWN).await, StatusCode::FORBIDDEN);
    assert_eq!(act(&keeper, &others, "purge", "11980@2025-07-01").await, StatusCode::FORBIDDEN);
    assert_eq!(given(&server, &sibling, &path(SIBLINGS, &others)).await.status(), StatusCode::OK);

    // Who keeps the accounts of all acts on what several hold; nobody else is told anything.
    let admin = server.sign_in("admin").await;
    assert_eq!(act(&admin, &both, "purge", "33@2025-07-01").await, StatusCode::NO_CONTENT);
    for who in [OFFICER, "reviewer", "leader", "auditor", "publisher"] {
        let cookie = server.sign_in(who).await;
        let (status, _) = server.get(&format!("/api/v1/attachments?scope={OWN}"), &cookie).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{who}");
    }
}

#[tokio::test]
async fn a_listed_file_says_behind_which_reports_it_stands_and_not_what_it_is_called() {
    let server = Server::new().await;
    let officer = server.sign_in(OFFICER).await;
    let file = docx(&["Đã họp"], &[]);
    upload(&server, &officer, REPORTER, &file).await;
    let op = json!({
        "kind": "task_evidence", "stream": REPORTER, "id": format!("I.2/2026-Q4/{}", hash(&file)),
        "change": { "name": NAME, "media": "docx", "bytes": file.len() }, "author": OFFICER,
        "op_id": "0199c0de-0000-7000-8000-00000000f001", "device_id": DEVICE, "device_seq": 1,
        "base": { "rev": 0 }, "plan": server.app.plan.version, "entered_at": "2026-11-22T08:00:00Z",
    });
    let (_, said) = server.post("/api/v1/sync/push", Some(&officer), &json!({ "ops": [op] })).await;
    assert_eq!(said["results"][0]["status"], "applied", "{said}");
    let keeper = keeper(&server, "keeper", OWN).await;
    let told = page(&server, &keeper, &format!("scope={OWN}")).await;
    let [one] = &all(&told)[..] else { panic!("{told}") };
    let place = json!([{ "reporter": REPORTER, "task": "I.2", "turn": "2026-Q4" }]);
    assert_eq!((&one["places"], &one["media"]), (&place, &json!("docx")));
    assert_eq!(one["bytes"], json!(file.len()));
    for part in ["biên bản", "Nguyễn", "name"] {
        assert!(!told.to_string().contains(part), "{part} is told: {told}");
    }
}

#[tokio::test]
async fn files_are_told_by_state_and_a_bounded_page_at_a_time() {
    let server = Server::new().await;
    let (officer, admin) = (server.sign_in(OFFICER).await, server.sign_in("admin").await);
    let files: Vec<Vec<u8>> = (0..5).map(|nth| docx(&[&format!("tệp {nth}")], &[])).collect();
    for file in &files {
        upload(&server, &officer, REPORTER, file).await;
    }
    let mut seen = Vec::new();
    let mut query = "limit=2".to_owned();
    let mut pages = 0;
    loop {
        let told = page(&server, &admin, &query).await;
        assert!(all(&told).len() <= 2, "{told}");
        seen.extend(all(&told).iter().map(|one| one["sha256"].clone()));
        pages += 1;
        let Some(next) = told["next"].as_i64() else { break };
        query = format!("limit=2&before={next}");
    }
    let newest_first: Vec<Value> = files.iter().rev().map(|file| json!(hash(file))).collect();
    assert_eq!((seen, pages), (newest_first, 3));
    for (limit, length) in [("0", 1), ("100000", 5)] {
        assert_eq!(all(&page(&server, &admin, &format!("limit={limit}")).await).len(), length);
    }

    // However often something was done with a file, so much of it is told.
    let path = format!("/api/v1/attachments/{}", hash(&files[0]));
    for nth in 0..25 {
        let what = if nth % 2 == 0 { "quarantine" } else { "release" };
        let reason = json!({ "reason": format!("lần {nth}") });
        let (status, _) = server.post(&format!("{path}/{what}"), Some(&admin), &reason).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
    }
    let quarantined = page(&server, &admin, "state=quarantined").await;
    let [one] = &all(&quarantined)[..] else { panic!("{quarantined}") };
    let acts = one["acts"].as_array().expect("acts");
    assert_eq!((acts.len(), &acts[19]["reason"]), (20, &json!("lần 24")), "the last of them, in order");
    assert_eq!(all(&page(&server, &admin, "state=stored").await).len(), 4);
    assert_eq!(all(&page(&server, &admin, "state=purged").await).len(), 0);
}
