//! What a reviewer's device is told of the forms that wait, and what nobody else is.

use super::server::{Server, read};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chitieu_sync::kinds::{FIGURE, REVIEW, SUBMISSION};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// All pages from a cursor on: the events, the last cursor, and how many events the longest page had.
async fn pull(
    server: &Server,
    cookie: &str,
    kinds: &[&str],
    from: Value,
    limit: usize,
) -> (Vec<Value>, Value, usize) {
    let (mut events, mut cursor, mut longest) = (Vec::new(), from, 0);
    loop {
        let body = json!({ "cursor": cursor, "limit": limit, "kinds": kinds });
        let (status, page) = server.post("/api/v1/sync/pull", Some(cookie), &body).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let some = page["events"].as_array().expect("events");
        longest = longest.max(some.len());
        events.extend(some.iter().cloned());
        cursor = page["next_cursor"].clone();
        if page["has_more"] == false {
            return (events, cursor, longest);
        }
    }
}

fn cells(events: &[Value]) -> Vec<&Value> {
    events.iter().filter(|event| event["type"] == "cell").collect()
}

fn name(event: &Value, what: &str) -> String {
    format!("{} {} {}", event["reporter"], event["period"], event[what])
}

/// One step of a submission by an office.
async fn step(server: &Server, who: &str, submission: &Value, action: &str, seq: u64) -> u64 {
    let cookie = server.sign_in(who).await;
    let op = json!({
        "kind": "submission", "op_id": format!("0199c0de-0000-7000-8000-0000000{who_len:02}{seq:03}", who_len = who.len()),
        "device_id": format!("0199c0de-0000-7000-8000-00000000{:04}", 9_000 + who.len()), "device_seq": seq, "author": who,
        "reporter": submission["reporter"], "period": submission["period"], "form": submission["form"], "action": action,
        "covers": [], "base": { "rev": submission["rev"] }, "plan": server.app.plan.version,
        "entered_at": "2026-11-22T08:00:00Z", "reason": "Rà soát lại",
    });
    let (status, answer) = server.post("/api/v1/sync/push", Some(&cookie), &json!({ "ops": [op] })).await;
    assert_eq!((status, &answer["results"][0]["status"]), (StatusCode::OK, &json!("applied")), "{answer}");
    answer["results"][0]["rev"].as_u64().expect("a revision")
}

#[tokio::test]
async fn a_reviewer_is_told_the_cells_of_what_waits_and_of_nothing_else() {
    let server = Server::new().await;
    let cookie = server.sign_in("reviewer").await;
    let (events, cursor, longest) =
        pull(&server, &cookie, &[FIGURE, SUBMISSION, REVIEW], Value::Null, 300).await;
    assert!(longest <= 300 + 600, "{longest}");
    let waiting: Vec<&Value> =
        events.iter().filter(|e| e["type"] == "submission" && e["state"] == "submitted").collect();
    assert!(waiting.len() > 50, "{}", waiting.len());
    let model = &server.app.plan.model;
    let mut expected = BTreeSet::new();
    for submission in &waiting {
        let form = model.form_ix(submission["form"].as_str().expect("a form")).expect("it is known");
        let element = |e: &str| format!("{} {} {}", submission["reporter"], submission["period"], json!(e));
        expected.extend(model.elements_of(form).map(|(_, e)| element(&e.id)));
    }
    let told: BTreeMap<String, &Value> =
        cells(&events).into_iter().map(|e| (name(e, "element"), e)).collect();
    assert_eq!(told.keys().collect::<BTreeSet<_>>(), expected.iter().collect());
    assert!(told.values().all(|cell| cell["head"]["value"].is_i64()));

    // In the log: nothing with a decision, and all of them again when the form comes back.
    let other = waiting[0];
    let rev = step(&server, "reviewer", other, "return", 1).await;
    let (events, cursor, _) = pull(&server, &cookie, &[FIGURE, SUBMISSION, REVIEW], cursor, 300).await;
    assert_eq!((events.len(), &events[0]["state"]), (1, &json!("returned")), "{rev}");
    // Approved: nothing either.
    step(&server, "reviewer", waiting[1], "approve", 2).await;
    let (events, ..) = pull(&server, &cookie, &[FIGURE, SUBMISSION, REVIEW], cursor, 300).await;
    assert_eq!((events.len(), &events[0]["state"]), (1, &json!("approved")));
}

#[tokio::test]
async fn nobody_else_is_told_a_cell_nor_a_device_that_does_not_ask() {
    let server = Server::new().await;
    for (who, kinds) in [
        ("reviewer", vec![FIGURE, SUBMISSION]),
        ("leader", vec![FIGURE, SUBMISSION, REVIEW]),
        ("publisher", vec![FIGURE, SUBMISSION, REVIEW]),
        ("auditor", vec![FIGURE, SUBMISSION, REVIEW]),
        ("admin", vec![FIGURE, SUBMISSION, REVIEW]),
    ] {
        let cookie = server.sign_in(who).await;
        let (events, ..) = pull(&server, &cookie, &kinds, Value::Null, 5_000).await;
        assert_eq!(cells(&events).len(), 0, "{who}");
    }
    // An older app's cursor goes on; one that begins to ask starts over, as with any kind.
    let cookie = server.sign_in("reviewer").await;
    let (_, cursor, _) = pull(&server, &cookie, &[FIGURE, SUBMISSION], Value::Null, 5_000).await;
    let body = json!({ "cursor": cursor, "kinds": [FIGURE, SUBMISSION, REVIEW] });
    let request = Request::post("/api/v1/sync/pull").header(header::CONTENT_TYPE, "application/json");
    let request =
        request.header(header::COOKIE, &cookie).body(Body::from(body.to_string())).expect("a request");
    assert_eq!(read(server.ask(request).await).await.0, StatusCode::GONE);
}
