//! What a pull tells, by the same table; and accounts and cursors from before.

use super::{COMMUNE, DISTRICT, FORM, PROVINCE, RELATIONS, case, name, office, reporter, rows, said, today};
use crate::server::Server;
use axum::http::StatusCode;
use chitieu_server::auth::passwords::hash_password;
use chitieu_server::demo;
use chitieu_sync::entity::task_report;
use chitieu_sync::grants::{Grant, Grants, Role, Scope};
use chitieu_sync::rights::{Right, Thing};
use chitieu_sync::submission::Action;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_tells_nobody_what_they_may_not_read() {
    let (server, cookies) = office().await;
    let model = &server.app.plan.model;
    let form = model.form_ix(FORM).expect("a form");
    let elements: BTreeSet<&str> = model.elements_of(form).map(|(_, element)| element.id.as_str()).collect();
    let events = rows("## Routes");
    for (event, right) in [
        ("`cell`", "keep cells on the device"),
        ("`cell` of a form that is submitted, where `kinds` names `review`", "approve"),
        ("`submission`", "read submissions"),
    ] {
        assert!(events.iter().any(|row| row[0] == event && row[1] == right), "{event} asks for {right}");
    }
    for role in Role::ALL {
        let table = said(role);
        let gives = |right: &str, relation| table.get(right).is_some_and(|given| given.contains(relation));
        for (nth, (relation, ..)) in RELATIONS.into_iter().enumerate() {
            let (name, about) = (name(role, nth), case(role, nth).1);
            let (mut cells, mut submissions) = (false, false);
            let grants = Grants::new(vec![case(role, nth).0]);
            for event in snapshot(&server, &cookies[&name], &["figure", "submission"]).await {
                let of = event["reporter"].as_str().expect("a reporter").parse().expect("an id");
                let of = model.reporter_ix(&of).expect("a reporter");
                let is_about = of == reporter(model, about);
                let may = |right, form| grants.allows(right, Thing::Form(of, form), model, today());
                if event["type"] == "cell" {
                    let element = event["element"].as_str().expect("an element");
                    cells |= is_about && elements.contains(element);
                    let of = model.form_of(model.element_ix(element).expect("an element"));
                    assert!(may(Right::KeepCells, of), "{name}: {event}");
                } else {
                    let of = event["form"].as_str().expect("a form");
                    submissions |= is_about && of == FORM;
                    assert!(
                        may(Right::ReadSubmissions, model.form_ix(of).expect("a form")),
                        "{name}: {event}"
                    );
                }
            }
            assert_eq!(cells, gives("keep cells on the device", relation), "{name}: cells");
            let mut waiting = false;
            for event in snapshot(&server, &cookies[&name], &["figure", "submission", "review"]).await {
                let Some(element) = event["element"].as_str() else { continue };
                let of = event["reporter"].as_str().expect("a reporter").parse().expect("an id");
                let of = model.reporter_ix(&of).expect("a reporter");
                waiting |= elements.contains(element);
                let of = Thing::Form(of, model.form_of(model.element_ix(element).expect("an element")));
                let may = |right| grants.allows(right, of, model, today());
                assert!(may(Right::KeepCells) || may(Right::Step(Action::Approve)), "{name}: {event}");
            }
            if role == Role::Reviewer && matches!(relation, "child" | "other form" | "expired") {
                assert_eq!(waiting, gives("approve", relation), "{name}: cells of what waits");
            }
            assert_eq!(submissions, gives("read submissions", relation), "{name}: submissions");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_tells_everybody_all_reports_on_tasks_that_they_may_read_and_no_other() {
    let (server, mut cookies) = office().await;
    let model = &server.app.plan.model;
    let named = |events: Vec<Value>| -> BTreeSet<(String, String)> {
        let reports = events.into_iter().filter(|event| event["kind"] == "task_report");
        let name = |event: Value| {
            let text = |field: &str| {
                event[field].as_str().unwrap_or_else(|| panic!("{field} of {event}")).to_owned()
            };
            (text("stream"), text("id"))
        };
        reports.map(name).collect()
    };
    let all = named(snapshot(&server, &server.sign_in("reviewer").await, &["task_report"]).await);
    assert!(all.len() > 500, "{} reports", all.len());
    let mut grants: BTreeMap<String, Grants> = Role::ALL
        .into_iter()
        .flat_map(|role| {
            (0..RELATIONS.len()).map(move |nth| (name(role, nth), Grants::new(vec![case(role, nth).0])))
        })
        .collect();
    // A leader of the whole plan; and one who also enters figures of a reporter, of which the device is told everything.
    let hash = hash_password(demo::PASSWORD);
    let leads = Grant::new(Role::Leader, Scope::Plan);
    let enters = Grant::new(Role::Officer, Scope::Reporter(PROVINCE.parse().expect("an id")));
    for (name, list) in [("whole", vec![leads.clone()]), ("both", vec![leads, enters])] {
        let list = Grants::new(list);
        server.app.store.put_user(name, name, &hash, &list).await.expect("an account");
        cookies.insert(name.to_owned(), server.sign_in(name).await);
        grants.insert(name.to_owned(), list);
    }
    let mut together = 0;
    for (name, grants) in grants {
        let events = snapshot(&server, &cookies[&name], &["figure", "submission", "task_report"]).await;
        for event in events.iter().filter(|event| event["kind"].is_null()) {
            let of = event["reporter"].as_str().expect("a reporter").parse().expect("an id");
            let of = model.reporter_ix(&of).expect("a reporter");
            let form = match event["element"].as_str() {
                Some(element) => model.form_of(model.element_ix(element).expect("an element")),
                None => model.form_ix(event["form"].as_str().expect("a form")).expect("a form"),
            };
            let right = if event["element"].is_null() { Right::ReadSubmissions } else { Right::KeepCells };
            assert!(grants.allows(right, Thing::Form(of, form), model, today()), "{name}: {event}");
        }
        let with = server.app.store.cooperation(&grants, model, today()).await.expect("it reads");
        together += with.reporters().len();
        let may = |(of, id): &&(String, String)| {
            let reporter = model.reporter_ix(&of.parse().expect("an id")).expect("a reporter");
            grants.allows(Right::ReadReports, Thing::Reporter(reporter), model, today())
                || with.covers(&of.parse().expect("a stream"), task_report::ID, id)
        };
        let theirs: BTreeSet<_> = all.iter().filter(may).cloned().collect();
        assert_eq!(named(events), theirs, "{name}");
    }
    assert!(together > 0, "some fill in reports of others with them");
}

/// Every event of a snapshot of figures and submissions.
async fn snapshot(server: &Server, cookie: &str, kinds: &[&str]) -> Vec<Value> {
    let (mut events, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let (status, page) = server
            .post(
                "/api/v1/sync/pull",
                Some(cookie),
                &json!({ "cursor": cursor, "limit": 5000, "kinds": kinds }),
            )
            .await;
        assert_eq!(status, StatusCode::OK, "{page}");
        events.extend(page["events"].as_array().expect("events").clone());
        cursor = page["next_cursor"].clone();
        if page["has_more"] == json!(false) {
            return events;
        }
    }
}

#[tokio::test]
async fn another_cursor_than_of_the_persons_present_grants_is_gone() {
    let server = Server::new().await;
    let store = &server.app.store;
    let grant = |text: &str, until: Option<&str>| {
        let unit = Scope::Unit(text.parse().expect("a unit"));
        Grant { until: until.map(|day| day.parse().expect("a day")), ..Grant::new(Role::Reviewer, unit) }
    };
    let hash = hash_password(demo::PASSWORD);
    let pull = async |cookie: &str, cursor: &Value| {
        server.post("/api/v1/sync/pull", Some(cookie), &json!({ "cursor": cursor, "limit": 5000 })).await
    };
    let own = grant("323@2021-01-01", None);
    for name in ["lan", "hoa"] {
        store.put_user(name, name, &hash, &Grants::new(vec![own.clone()])).await.expect("an account");
    }
    let (lan, hoa) = (server.sign_in("lan").await, server.sign_in("hoa").await);
    let mut cursor = Value::Null;
    loop {
        let (_, page) = pull(&lan, &cursor).await;
        cursor = page["next_cursor"].clone();
        if page["has_more"] == json!(false) {
            break;
        }
    }
    assert_eq!(pull(&lan, &cursor).await.0, StatusCode::OK);
    let (status, problem) = pull(&hoa, &cursor).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::GONE, &json!("cursor_gone")),
        "the same grants, another person"
    );
    // A delegation in another branch that ends today holds, and is gone tomorrow.
    let both = Grants::new(vec![own.clone(), grant("325@2021-01-01", Some("2026-11-22"))]);
    assert!(store.set_grants("lan", &both).await.expect("it is set"));
    let (status, problem) = pull(&lan, &cursor).await;
    assert_eq!((status, &problem["code"]), (StatusCode::GONE, &json!("cursor_gone")));
    let (_, page) = pull(&lan, &Value::Null).await;
    let more = page["next_cursor"].clone();
    let tomorrow = server.with((*server.app.plans).clone(), "2026-11-23".parse().expect("a day"));
    let body = json!({ "cursor": more, "limit": 5000 });
    assert_eq!(server.post("/api/v1/sync/pull", Some(&lan), &body).await.0, StatusCode::OK);
    assert_eq!(tomorrow.post("/api/v1/sync/pull", Some(&lan), &body).await.0, StatusCode::GONE);
    assert!(!store.set_grants("nobody", &both).await.expect("an answer"));
}

#[tokio::test]
async fn an_old_account_reads_as_before_and_an_old_app_is_told_no_more_than_there_is() {
    let server = Server::new().await;
    // As v0.1.0 stored it.
    let old = json!({ "role": "officer", "reporters": [COMMUNE] });
    let grants: Grants = serde_json::from_str(&old.to_string()).expect("it reads");
    assert_eq!(grants, Grants::plain(Role::Officer, vec![COMMUNE.parse().expect("an id")]));
    let written = serde_json::to_value(&grants).expect("it writes");
    assert_eq!((&written["role"], &written["reporters"]), (&old["role"], &old["reporters"]));
    assert_eq!(serde_json::from_str::<Grants>(&written.to_string()).expect("it reads"), grants);
    let unit = |role| Grant::new(role, Scope::Unit(DISTRICT.parse().expect("a unit")));
    let plan = |role| Grant::new(role, Scope::Plan);
    let officer = Grant::new(Role::Officer, Scope::Reporter(COMMUNE.parse().expect("an id")));
    let until = today().succ_opt();
    for (list, role, reporters) in [
        (vec![plan(Role::Reviewer)], "reviewer", 0),
        (vec![plan(Role::Steering)], "leader", 0),
        (vec![plan(Role::Admin), plan(Role::Auditor)], "auditor", 0),
        (vec![unit(Role::Reviewer)], "officer", 0),
        (vec![Grant { until, ..plan(Role::Leader) }], "officer", 0),
        (vec![plan(Role::Reviewer), officer.clone()], "officer", 1),
        (vec![unit(Role::Reviewer), officer.clone()], "officer", 1),
        (vec![Grant { forms: Some(vec![FORM.into()]), ..officer.clone() }], "officer", 0),
        (vec![Grant { until, ..officer }, plan(Role::Publisher)], "publisher", 0),
        (Vec::new(), "officer", 0),
    ] {
        let grants = Grants::new(list);
        let told = serde_json::to_value(&grants).expect("it writes");
        assert_eq!(told["role"], role, "{grants:?}");
        assert_eq!(told["reporters"].as_array().map(Vec::len), Some(reporters), "{grants:?}");
        assert_eq!(serde_json::from_str::<Grants>(&told.to_string()).expect("it reads"), grants);
    }
    let cookie = server.sign_in("officer-reviewer").await;
    let (_, me) = server.get("/api/v1/me", &cookie).await;
    assert_eq!(me["grants"]["role"], "officer");
    assert_eq!(me["grants"]["list"].as_array().map(Vec::len), Some(2));
    assert_eq!(me["reporters"], json!([PROVINCE]));
}
