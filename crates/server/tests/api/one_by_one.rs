//! The ops of a push are read one by one: what this server cannot read stops none of the others.

use super::server::{OFFICER, Server};
use axum::http::StatusCode;
use chitieu_server::store::database::Database;
use chitieu_server::values;
use serde_json::{Value, json};

/// As many ops on one cell, each based on the one before.
fn chain(server: &Server, count: u64) -> Vec<Value> {
    let base = |seq| match seq {
        1 => json!({ "rev": 0 }),
        _ => json!({ "op": format!("0199c0de-0000-7000-8000-00000000f{:03}", seq - 1) }),
    };
    (1..=count).map(|seq| server.figure(seq, OFFICER, "crimes_drug", seq as i64, &base(seq))).collect()
}

fn count(answer: &Value, what: impl Fn(&Value) -> bool) -> usize {
    answer["results"].as_array().map_or(0, |all| all.iter().filter(|r| what(r)).count())
}

#[tokio::test]
async fn of_five_hundred_ops_with_one_of_an_unknown_kind_and_one_malformed_the_others_are_recorded() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let mut ops = chain(&server, 500);
    // Nothing is based on either: they are of another cell, and the chain goes on around them.
    for seq in [100, 300] {
        ops[seq]["base"] = json!({ "op": ops[seq - 2]["op_id"] });
        ops[seq - 1]["element"] = json!("crimes_other");
    }
    ops[99]["kind"] = json!("picture");
    ops[299]["value"] = json!("three hundred");
    let push = json!({ "ops": ops });
    let (status, answer) = server.post("/api/v1/sync/push", Some(&cookie), &push).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(count(&answer, |r| r["status"] == "applied"), 498);
    for (op, result) in ops.iter().zip(answer["results"].as_array().expect("results")) {
        assert_eq!(op["op_id"], result["op_id"], "one result an op, in order");
    }
    assert_eq!(answer["results"][99], json!({ "op_id": ops[99]["op_id"], "status": "deferred" }));
    let rejected = json!({ "op_id": ops[299]["op_id"], "status": "rejected", "code": "malformed" });
    assert_eq!(answer["results"][299], rejected);

    let (_, again) = server.post("/api/v1/sync/push", Some(&cookie), &push).await;
    assert_eq!(again["results"], answer["results"], "a replay is answered alike");
    // The number of the op that is not recorded is free: a later program may take it.
    let pull = json!({ "cursor": null, "device_id": super::server::DEVICE });
    let (_, page) = server.post("/api/v1/sync/pull", Some(&cookie), &pull).await;
    assert_eq!(page["ack_device_seq"], 99);
    ops[99]["kind"] = json!("figure");
    let later = json!({ "ops": [ops[99]] });
    let (_, later) = server.post("/api/v1/sync/push", Some(&cookie), &later).await;
    assert!(
        later["results"][0]["status"] == "held" || later["results"][0]["status"] == "conflict",
        "{later}"
    );

    let database = Database::open(&server.url()).await.expect("it opens");
    let kept = database.fetch("SELECT author, raw, why FROM malformed", values![]).await.expect("rows");
    assert_eq!(kept.len(), 1, "once, however often it comes");
    let text = |column: &str| kept[0].text(column).expect("a text");
    assert_eq!((text("author"), text("raw")), (OFFICER.to_owned(), ops[299].to_string()));
    assert!(text("why").contains("three hundred"), "{}", text("why"));
    server.app.store.close().await;
    database.close().await;
}

#[tokio::test]
async fn an_op_whose_id_does_not_read_is_answered_in_its_place() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let good = server.figure(1, OFFICER, "crimes_drug", 7, &json!({ "rev": 0 }));
    let push = json!({ "ops": [7, good, { "op_id": 5, "kind": "picture" }] });
    let (status, answer) = server.post("/api/v1/sync/push", Some(&cookie), &push).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let nil = "00000000-0000-0000-0000-000000000000";
    assert_eq!(answer["results"][0], json!({ "op_id": nil, "status": "rejected", "code": "malformed" }));
    assert_eq!(answer["results"][1]["status"], "applied");
    assert_eq!(answer["results"][2], json!({ "op_id": nil, "status": "deferred" }));
}

#[tokio::test]
async fn another_persons_op_that_does_not_read_is_refused_with_the_push() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let push = json!({ "ops": [{ "author": "somebody", "kind": "picture" }] });
    let (status, problem) = server.post("/api/v1/sync/push", Some(&cookie), &push).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("other_author")));
}
