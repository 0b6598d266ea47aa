//! Who may read what happened to a thing, and the names of devices.

use super::server::{DEVICE, OFFICER, REPORTER, Server, read};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

const SIBLING: &str = "police_commune-11980";
const CELL: &str = "/api/v1/history/cell?period=2026-11&element=crimes_drug&reporter=";
const FORM: &str = "/api/v1/history/submission?period=2026-11&form=crime&reporter=";
const REPORT: &str = "/api/v1/history/entity?kind=task_report&id=I.2/2026-Q3&stream=";
const TASK: &str = "/api/v1/history/entity?kind=task_assignment&id=I.2&stream=plan";

async fn put(server: &Server, path: &str, cookie: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::put(path).header(header::CONTENT_TYPE, "application/json");
    let request = request.header(header::COOKIE, cookie).header(header::USER_AGENT, "Firefox/140 Linux");
    read(server.ask(request.body(Body::from(body.to_string())).expect("a request")).await).await
}

async fn call(server: &Server, cookie: &str, device: &str, name: Option<&str>) -> Value {
    let path = format!("/api/v1/devices/{device}");
    let (status, called) = put(server, &path, cookie, &json!({ "name": name })).await;
    assert_eq!(status, StatusCode::OK, "{called}");
    called["name"].clone()
}

#[tokio::test]
async fn a_history_is_read_by_whoever_may_read_the_thing() {
    let server = Server::new().await;
    for path in
        [CELL, FORM, REPORT].map(|path| format!("{path}{REPORTER}")).iter().map(String::as_str).chain([TASK])
    {
        let (status, _) = server.get(path, "chitieu_session=made-up").await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let (ok, no) = (StatusCode::OK, StatusCode::FORBIDDEN);
    // Of a reporter's cell, form and report, and of a task's assignment.
    let expected = [
        (OFFICER, [ok, ok, ok, ok]),
        (SIBLING, [no, no, no, ok]),
        ("reviewer", [ok, ok, ok, ok]),
        ("publisher", [ok, ok, ok, ok]),
        ("auditor", [ok, ok, ok, ok]),
        ("leader", [no, no, ok, ok]),
        ("admin", [no, no, no, no]),
    ];
    for (who, statuses) in expected {
        let cookie = server.sign_in(who).await;
        let paths = [CELL, FORM, REPORT].map(|path| format!("{path}{REPORTER}"));
        for (path, status) in paths.iter().map(String::as_str).chain([TASK]).zip(statuses) {
            assert_eq!(server.get(path, &cookie).await.0, status, "{who}: {path}");
        }
        let (status, feed) = server.post("/api/v1/history/feed", Some(&cookie), &json!({})).await;
        assert_eq!(status, ok, "{feed}");
        let places = feed["places"].as_object().expect("places");
        let reads_it = statuses[..3].contains(&ok);
        let records = feed["records"].as_array().expect("records");
        let of_it = records.iter().filter(|record| record["event"]["type"] != "entity");
        let of_it = of_it.filter(|record| record["event"]["reporter"] == REPORTER).count();
        assert!(statuses[0] == ok || of_it == 0, "{who} is told figures and steps");
        // A stream begins with its first event, or with what it has already.
        assert!(reads_it || !places.contains_key(REPORTER), "{who} follows {places:?}");
    }
    let cookie = server.sign_in(OFFICER).await;
    for nothing in [
        CELL.replace("crimes_drug", "nothing") + REPORTER,
        FORM.replace("form=crime", "form=nothing") + REPORTER,
        REPORT.replace("task_report", "nothing") + REPORTER,
    ] {
        assert_eq!(server.get(&nothing, &cookie).await.0, StatusCode::NOT_FOUND, "{nothing}");
    }
}

#[tokio::test]
async fn a_record_says_who_by_office_and_account_and_on_which_machine() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let other = "0199c0de-0000-7000-8000-000000000002";
    assert_eq!(call(&server, &cookie, DEVICE, Some(" Máy\u{202e}  một ")).await, "Máy một");
    let mut figure = server.figure(1, OFFICER, "crimes_drug", 7, &json!({ "rev": 0 }));
    figure["reason"] = json!("theo sổ");
    let push = json!({ "ops": [figure] });
    server.post("/api/v1/sync/push", Some(&cookie), &push).await;
    // Nobody has named the other one.
    let mut figure = server.figure(2, OFFICER, "crimes_drug", 8, &json!({ "rev": 0 }));
    (figure["device_id"], figure["device_seq"]) = (json!(other), json!(1));
    server.post("/api/v1/sync/push", Some(&cookie), &json!({ "ops": [figure] })).await;
    let (_, page) = server.get(&format!("{CELL}{REPORTER}"), &cookie).await;
    let records = page["records"].as_array().expect("records");
    let [contested, first, ..] = &records[..] else { panic!("{page}") };
    assert_eq!((&first["device"], &contested["device"]), (&json!("Máy một"), &Value::Null));
    assert_eq!(first["by"]["role"], "officer");
    assert_eq!(first["by"]["office"], REPORTER);
    assert_eq!((&first["reason"], &first["base"]), (&json!("theo sổ"), &json!({ "rev": 0 })));
    assert_eq!(contested["event"]["branches"][0]["value"], 8);
    assert!(!page.to_string().contains(other), "no id of a device is told");
    assert!(!page.to_string().contains(DEVICE), "no id of a device is told");
}

#[tokio::test]
async fn a_device_is_called_what_its_person_says_and_until_then_by_its_browser() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let ids = [1, 2, 3].map(|n| format!("0199c0de-0000-7000-8000-00000000000{n}"));
    assert_eq!(call(&server, &cookie, &ids[0], None).await, "Firefox, Linux");
    assert_eq!(call(&server, &cookie, &ids[1], None).await, "Firefox, Linux (2)", "told apart");
    assert_eq!(call(&server, &cookie, &ids[1], Some("Máy kho")).await, "Máy kho");
    assert_eq!(call(&server, &cookie, &ids[1], None).await, "Máy kho", "it stays");
    assert_eq!(call(&server, &cookie, &ids[1], Some(" \u{200e} ")).await, "Firefox, Linux (2)");
    let long = call(&server, &cookie, &ids[2], Some(&"ă".repeat(100))).await;
    assert_eq!(long.as_str().map(|name| name.chars().count()), Some(40));
    // Sessions go by it, and another person's device of the same id has its own.
    let (_, sessions) = server.get("/api/v1/sessions", &cookie).await;
    assert_eq!(sessions[0]["device"], long);
    let sibling = server.sign_in(SIBLING).await;
    assert_eq!(call(&server, &sibling, &ids[0], None).await, "Firefox, Linux");
    let (status, _) = put(&server, "/api/v1/devices/nothing", &cookie, &json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
