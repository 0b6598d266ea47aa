//! Which versions of the plan ops may name, and how a plan is asked for.

use super::server::{OFFICER, Server};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chitieu_server::store::Store;
use chitieu_sync::plan_bundle::{self, PlanBundle};
use chitieu_sync::plans::Accepted;
use chrono::NaiveDate;
use serde_json::{Value, json};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[tokio::test]
async fn a_version_is_replaced_on_the_day_another_one_is_served_and_may_come_back() {
    let store = Store::open("sqlite::memory:").await.expect("a database in memory");
    let serve = async |version: &str, on: &str| store.serve_plan(version, day(on)).await.expect("it is kept");
    assert_eq!(serve("a", "2026-01-01").await, Accepted::only("a"));
    assert_eq!(serve("a", "2026-02-01").await, Accepted::only("a"), "starting again changes nothing");
    let replaced = |all: &[(&str, &str)]| all.iter().map(|(v, on)| ((*v).to_owned(), day(on))).collect();
    assert_eq!(serve("b", "2026-03-01").await, Accepted::after("b", replaced(&[("a", "2026-03-01")])));
    let all = [("a", "2026-03-01"), ("b", "2026-04-01")];
    assert_eq!(serve("c", "2026-04-01").await, Accepted::after("c", replaced(&all)));
    let all = [("b", "2026-04-01"), ("c", "2026-05-01")];
    assert_eq!(serve("a", "2026-05-01").await, Accepted::after("a", replaced(&all)));
}

#[tokio::test]
async fn an_op_made_four_releases_ago_is_applied_and_one_that_is_older_than_the_rule_is_not() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let mut plans = Accepted::only("");
    for (version, on) in [
        ("ancient", "2026-01-02"),
        ("four-ago", "2026-07-10"),
        ("three-ago", "2026-09-01"),
        ("two-ago", "2026-10-01"),
        ("one-ago", "2026-11-01"),
        (&server.app.plan.version, "2026-11-20"),
    ] {
        plans = server.app.store.serve_plan(version, day(on)).await.expect("it is kept");
    }
    // The form is monthly, so that ninety days are what counts: until 30/11/2026.
    let push = |seq: u64, element: &str, plan: &str| {
        let mut figure = server.figure(seq, OFFICER, element, 7, &json!({ "rev": 0 }));
        figure["plan"] = json!(plan);
        json!({ "ops": [figure] })
    };
    let result = async |server: &Server, body: Value| {
        let (_, answer) = server.post("/api/v1/sync/push", Some(&cookie), &body).await;
        answer["results"][0].clone()
    };
    let here = server.with(plans.clone(), day("2026-11-22"));
    assert_eq!(result(&here, push(1, "crimes_drug", "four-ago")).await["status"], "applied");
    assert_eq!(result(&here, push(2, "crimes_other", "ancient")).await["code"], "unknown_plan");
    assert_eq!(result(&here, push(3, "crimes_other", "made-up")).await["code"], "unknown_plan");
    let last = server.with(plans.clone(), day("2026-11-30"));
    assert_eq!(result(&last, push(4, "crimes_economic", "four-ago")).await["status"], "applied");
    let after = server.with(plans, day("2026-12-01"));
    assert_eq!(result(&after, push(5, "crimes_other", "four-ago")).await["code"], "unknown_plan");
}

#[tokio::test]
async fn me_names_the_bundle_that_is_its_tag() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let (_, me) = server.get("/api/v1/me", &cookie).await;
    assert_eq!(me["plan_format"], plan_bundle::FORMAT);
    let ask = |tag: Option<&str>| {
        let mut request = Request::get(plan_bundle::PATH).header(header::COOKIE, &cookie);
        if let Some(tag) = tag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        server.ask(request.body(Body::empty()).expect("a request"))
    };
    let answer = ask(None).await;
    let tag = answer.headers()[header::ETAG].to_str().expect("ascii").to_owned();
    assert_eq!(tag, format!("\"{}\"", me["plan_bundle"].as_str().expect("a key")));
    let text = axum::body::to_bytes(answer.into_body(), 8 << 20).await.expect("a body");
    let came = PlanBundle::unpack(std::str::from_utf8(&text).expect("text")).expect("it reads");
    assert_eq!(came.version, me["plan_version"].as_str().expect("a version"));
    assert_eq!(came.plan.calendars, server.app.plan.model.plan().calendars);
    assert_eq!(came.units.all(), server.app.plan.model.units().all(), "with their aliases");
    assert_eq!(ask(Some(&tag)).await.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_device_of_the_first_release_gets_the_plan_in_its_own_form() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let request = Request::get("/api/v1/plan/packed").header(header::COOKIE, &cookie);
    let answer = server.ask(request.body(Body::empty()).expect("a request")).await;
    let text = axum::body::to_bytes(answer.into_body(), 8 << 20).await.expect("a body");
    let fields: Vec<Value> = serde_json::from_slice(&text).expect("a list");
    assert_eq!(fields.len(), 3, "version, plan and units, and no further field");
    assert_eq!(fields[0], *server.app.plan.version);
}
