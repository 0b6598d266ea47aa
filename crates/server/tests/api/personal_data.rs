//! What looks like personal data is counted for whoever keeps accounts, and told to nobody.

use super::server::{DEVICE, OFFICER, REPORTER, Server};
use axum::http::StatusCode;
use chitieu_server::auth::passwords::hash_password;
use chitieu_server::demo;
use chitieu_sync::grants::{Grant, Grants, Role, Scope};
use serde_json::json;

const PROVINCE: &str = "/api/v1/personal-data?scope=33@2025-07-01";

#[tokio::test]
async fn texts_that_look_like_personal_data_are_counted_by_reporter_and_rule_and_never_told() {
    let server = Server::new().await;
    let admin = server.sign_in("admin").await;
    let (status, before) = server.get(PROVINCE, &admin).await;
    assert_eq!(status, StatusCode::OK, "{before}");
    let of_reporter = |told: &serde_json::Value| {
        let all = told["reporters"].as_array().expect("reporters").clone();
        all.into_iter().find(|one| one["reporter"] == REPORTER).map(|one| one["kinds"].clone())
    };
    assert_eq!(of_reporter(&before), None, "the illustrative data have none");

    let officer = server.sign_in(OFFICER).await;
    let mut figure = server.figure(1, OFFICER, "crimes_drug", 3, &json!({ "rev": 0 }));
    figure["note"] = json!("Bị hại Nguyễn Thị Hoa, sinh năm 1984, gọi 0912 345 678");
    let report = json!({
        "kind": "task_report", "op_id": "0199c0de-0000-7000-8000-00000000f002", "device_id": DEVICE, "device_seq": 2,
        "author": OFFICER, "stream": REPORTER, "id": "I.2/2026-Q3", "base": { "rev": 0 },
        "change": { "text": "Liên hệ 0987 654 321 để biết thêm", "document": "12/BC-CAX" },
        "plan": server.app.plan.version, "entered_at": "2026-11-22T08:00:00Z",
    });
    for op in [figure, report] {
        let (status, answer) =
            server.post("/api/v1/sync/push", Some(&officer), &json!({ "ops": [op] })).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(answer["results"][0]["status"], "applied", "{answer}");
    }
    let (_, told) = server.get(PROVINCE, &admin).await;
    assert_eq!(of_reporter(&told), Some(json!({ "name_and_birth": 1, "phone": 2 })), "{told}");
    for secret in ["0912", "345 678", "Hoa", "1984", "0987"] {
        assert!(!told.to_string().contains(secret), "{secret} is told: {told}");
    }

    // Whoever keeps the accounts of another unit is not told; nor is anybody without the right.
    let grant = Grant::new(Role::Admin, Scope::Unit("11980@2025-07-01".parse().expect("a unit")));
    let hash = hash_password(demo::PASSWORD);
    server.app.store.put_user("other", "other", &hash, &Grants::new(vec![grant])).await.expect("an account");
    let other = server.sign_in("other").await;
    assert_eq!(server.get(PROVINCE, &other).await.0, StatusCode::FORBIDDEN);
    let (status, own) = server.get("/api/v1/personal-data?scope=11980@2025-07-01", &other).await;
    assert_eq!((status, own["reporters"].as_array().map(Vec::len)), (StatusCode::OK, Some(0)), "{own}");
    for who in [&officer, &server.sign_in("leader").await] {
        assert_eq!(server.get(PROVINCE, who).await.0, StatusCode::FORBIDDEN);
    }
}
