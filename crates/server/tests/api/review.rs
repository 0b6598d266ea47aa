//! What a reviewer's device is told of the forms that wait, and what nobody else is.

use super::server::{Server, read};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chitieu_domain::ReporterId;
use chitieu_server::auth::passwords::hash_password;
use chitieu_server::demo;
use chitieu_sync::grants::{Grant, Grants, Role, Scope};
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

/// What becomes of one step of a submission.
async fn decide(server: &Server, who: &str, submission: &Value, action: &str, seq: u64) -> Value {
    let cookie = server.sign_in(who).await;
    let op = json!({
        "kind": "submission", "op_id": format!("0199c0de-0000-7000-8000-0000000000{:02}", 10 * who.len() as u64 + seq),
        "device_id": format!("0199c0de-0000-7000-8000-00000000{:04}", 9_000 + who.len()), "device_seq": seq, "author": who,
        "reporter": submission["reporter"], "period": submission["period"], "form": submission["form"], "action": action,
        "covers": [], "base": { "rev": submission["rev"] }, "plan": server.app.plan.version,
        "entered_at": "2026-11-22T08:00:00Z", "reason": "Rà soát lại",
    });
    let (status, answer) = server.post("/api/v1/sync/push", Some(&cookie), &json!({ "ops": [op] })).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer["results"][0].clone()
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
    assert_eq!(decide(&server, "reviewer", other, "return", 1).await["status"], "applied");
    let (events, cursor, _) = pull(&server, &cookie, &[FIGURE, SUBMISSION, REVIEW], cursor, 300).await;
    assert_eq!((events.len(), &events[0]["state"]), (1, &json!("returned")));
    // Approved: nothing either.
    assert_eq!(decide(&server, "reviewer", waiting[1], "approve", 2).await["status"], "applied");
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

#[tokio::test]
async fn a_reviewer_of_one_branch_is_told_its_cells_and_no_route_gives_them_one_outside() {
    let server = Server::new().await;
    let model = &server.app.plan.model;
    let whole = server.sign_in("reviewer").await;
    let (events, ..) = pull(&server, &whole, &[FIGURE, SUBMISSION, REVIEW], Value::Null, 5_000).await;
    let waiting: Vec<&Value> =
        events.iter().filter(|e| e["type"] == "submission" && e["state"] == "submitted").collect();
    let reporter =
        |event: &Value| event["reporter"].as_str().expect("a name").parse::<ReporterId>().expect("an id");
    let inside = *waiting
        .iter()
        .find(|event| model.unit_ix(reporter(event).unit()) != Some(model.own_territory()))
        .expect("some unit's form waits");
    let unit = reporter(inside).unit().clone();
    let ix = model.unit_ix(&unit).expect("it is known");
    let is_inside = |event: &Value| {
        let of = model.reporter_ix(&reporter(event)).expect("it is known");
        model.holds(ix, model.reporter(of).unit)
    };
    let grants = Grants::new(vec![Grant::new(Role::Reviewer, Scope::Unit(unit))]);
    let hash = hash_password(demo::PASSWORD);
    server.app.store.put_user("nhanh", "Nhánh", &hash, &grants).await.expect("an account");
    let cookie = server.sign_in("nhanh").await;

    let (events, ..) = pull(&server, &cookie, &[FIGURE, SUBMISSION, REVIEW], Value::Null, 5_000).await;
    assert!(!cells(&events).is_empty());
    let is_of_reporter = |event: &&Value| !event["reporter"].is_null();
    assert!(events.iter().filter(is_of_reporter).all(is_inside));

    let outside = *waiting.iter().find(|event| !is_inside(event)).expect("most forms are");
    let element = |event: &Value| {
        let form = model.form_ix(event["form"].as_str().expect("a form")).expect("it is known");
        model.form(form).elements[0].id.clone()
    };
    let text = |event: &Value, what: &str| event[what].as_str().expect("a text").to_owned();
    for (event, status) in [(inside, StatusCode::OK), (outside, StatusCode::FORBIDDEN)] {
        let (reporter, period, form) = (text(event, "reporter"), text(event, "period"), text(event, "form"));
        let element = element(event);
        for path in [
            format!("/api/v1/figures?reporter={reporter}&period={period}&form={form}"),
            format!("/api/v1/branches?reporter={reporter}&period={period}&element={element}"),
        ] {
            assert_eq!(server.get(&path, &cookie).await.0, status, "{path}");
        }
    }
    let answer = decide(&server, "nhanh", outside, "approve", 1).await;
    assert_eq!((&answer["status"], &answer["code"]), (&json!("rejected"), &json!("no_right")), "{answer}");
    let answer = decide(&server, "nhanh", inside, "approve", 2).await;
    assert_eq!(answer["status"], "applied", "{answer}");
}
