//! A push by columns is the same push: whichever form an op comes in first, and with whichever it comes again.

use super::server::{OFFICER, Server};
use axum::http::StatusCode;
use chitieu_server::store::database::Database;
use chitieu_server::values;
use chitieu_sync::Op;
use chitieu_sync::packed_push::{FORMAT, pack};
use serde_json::{Value, json};

/// The ops of a push by columns.
fn packed(ops: &[Value]) -> Value {
    let ops: Vec<Op> = ops.iter().map(|op| serde_json::from_str(&op.to_string()).expect("an op")).collect();
    let body = pack(&ops, None, &|_| String::new()).expect("it packs");
    serde_json::from_str(&body).expect("JSON")
}

fn figures(server: &Server) -> Vec<Value> {
    let base = |seq| match seq {
        1 => json!({ "rev": 0 }),
        _ => json!({ "op": "0199c0de-0000-7000-8000-00000000f001" }),
    };
    let mut ops: Vec<Value> =
        (1..=4).map(|seq| server.figure(seq, OFFICER, "crimes_drug", seq as i64, &base(seq))).collect();
    ops[2]["note"] = json!("theo \"sổ\"");
    ops[3]["value"] = Value::Null;
    ops[3]["reason"] = json!("chưa có");
    ops
}

#[tokio::test]
async fn me_names_the_form() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let (_, me) = server.get("/api/v1/me", &cookie).await;
    assert_eq!(me["push_format"], FORMAT);
}

#[tokio::test]
async fn an_op_is_the_same_in_either_form_and_is_answered_alike_when_it_comes_again() {
    for packed_first in [true, false] {
        let server = Server::new().await;
        let cookie = server.sign_in(OFFICER).await;
        let ops = figures(&server);
        let mut forms = [packed(&ops), json!({ "ops": ops })];
        if !packed_first {
            forms.swap(0, 1);
        }
        let mut answers = Vec::new();
        for form in forms {
            let (status, answer) = server.post("/api/v1/sync/push", Some(&cookie), &form).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            answers.push(answer["results"].clone());
        }
        assert_eq!(answers[0][0]["status"], "applied");
        assert_eq!(answers[0], answers[1]);
        // A server that is put back a release finds in its log what it would have written itself.
        let database = Database::open(&server.url()).await.expect("the same database");
        let log = "SELECT body FROM ops WHERE device_id = $1 ORDER BY device_seq";
        let rows = database.fetch(log, values![super::server::DEVICE]).await.expect("rows");
        let written: Vec<Value> = rows
            .iter()
            .map(|row| serde_json::from_str(&row.text("body").expect("a text")).expect("JSON"))
            .collect();
        assert_eq!(written, ops);
        database.close().await;
    }
}

#[tokio::test]
async fn what_does_not_read_among_columns_stops_none_of_the_others() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let ops: Vec<Value> =
        (1..=3).map(|seq| server.figure(seq, OFFICER, "crimes_drug", 5, &json!({ "rev": 0 }))).collect();
    let mut body = packed(&ops);
    body["packed"]["columns"]["kind"] = json!(["picture", "figure"]);
    body["packed"]["columns"]["value"] = json!([5, "five", 5]);
    let (status, answer) = server.post("/api/v1/sync/push", Some(&cookie), &body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let told: Vec<&Value> = (0..3).map(|nth| &answer["results"][nth]["status"]).collect();
    assert_eq!(told, ["deferred", "rejected", "applied"]);
    for (op, result) in ops.iter().zip(answer["results"].as_array().expect("results")) {
        assert_eq!(op["op_id"], result["op_id"], "one result an op, in order");
    }
}

#[tokio::test]
async fn a_push_that_does_not_unpack_or_is_too_large_is_refused_whole() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let good = packed(&figures(&server));
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body["packed"][field] = value;
        body
    };
    let mut long = good.clone();
    long["packed"]["columns"]["note"] = json!(["x".repeat(400_000)]);
    let mut both = good.clone();
    both["ops"] = json!([]);
    for (body, status) in [
        (with("ids", json!("AAAA")), StatusCode::BAD_REQUEST),
        (with("ids", json!(7)), StatusCode::BAD_REQUEST),
        (with("columns", json!({ "kind": [] })), StatusCode::BAD_REQUEST),
        (with("columns", json!({ "kind": "figure" })), StatusCode::BAD_REQUEST),
        (both, StatusCode::BAD_REQUEST),
        (json!({}), StatusCode::BAD_REQUEST),
        (long, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let (told, problem) = server.post("/api/v1/sync/push", Some(&cookie), &body).await;
        assert_eq!(told, status, "{problem}");
    }
    let pull = json!({ "device_id": super::server::DEVICE });
    let (_, page) = server.post("/api/v1/sync/pull", Some(&cookie), &pull).await;
    assert_eq!(page["ack_device_seq"], 0, "nothing of them was recorded");
    let other = json!("hoa");
    let mut foreign = good.clone();
    foreign["packed"]["columns"]["author"] = json!([other]);
    let (status, _) = server.post("/api/v1/sync/push", Some(&cookie), &foreign).await;
    assert_eq!(status, StatusCode::CONFLICT);
}
