//! The server through its router, on a real SQLite database with the illustrative data.

mod attachments;
mod headers;
mod history;
mod illustrative_programmes;
mod illustrative_tasks;
mod one_by_one;
mod packed;
mod personal_data;
mod plans;
mod public;
mod review;
mod rights;
mod server;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chitieu_domain::plan::Severity;
use chitieu_domain::rules::{FormCheck, State, check_form};
use chitieu_domain::{Figure, Figures, PeriodId};
use futures_util::StreamExt;
use serde_json::{Value, json};
use server::{DEVICE, OFFICER, REPORTER, Server, read};
use std::collections::BTreeSet;

#[tokio::test]
async fn nothing_is_told_without_a_session() {
    let server = Server::new().await;
    for path in ["/api/v1/me", "/api/v1/plan", "/api/v1/evaluation?period=2026"] {
        let (status, problem) = server.get(path, "chitieu_session=made-up").await;
        assert_eq!((status, &problem["code"]), (StatusCode::UNAUTHORIZED, &json!("not_signed_in")), "{path}");
    }
    let (status, problem) =
        server.post("/api/v1/session", None, &json!({ "username": OFFICER, "password": "guess" })).await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNAUTHORIZED, &json!("wrong_password")));
}

#[tokio::test]
async fn the_cookie_is_bound_to_the_host_over_https_and_works_over_plain_http() {
    let plain = Server::new().await;
    let body = json!({ "username": OFFICER, "password": chitieu_server::demo::PASSWORD });
    for (server, name, flag) in
        [(&plain, "chitieu_session=", false), (&plain.behind_https(), "__Host-chitieu_session=", true)]
    {
        let request = Request::post("/api/v1/session").header(header::CONTENT_TYPE, "application/json");
        let answer = server.ask(request.body(Body::from(body.to_string())).expect("a request")).await;
        let cookie = answer.headers()[header::SET_COOKIE].to_str().expect("ascii").to_owned();
        assert!(cookie.starts_with(name), "{cookie}");
        assert_eq!(cookie.contains("; Secure"), flag, "{cookie}");
        let pair = cookie.split(';').next().expect("a pair");
        assert_eq!(server.get("/api/v1/me", pair).await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_pushed_figure_is_pulled_and_a_replay_changes_nothing() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let push = json!({ "ops": [server.figure(1, OFFICER, "crimes_drug", 7, &json!({ "rev": 0 }))] });
    let (status, first) = server.post("/api/v1/sync/push", Some(&cookie), &push).await;
    assert_eq!((status, &first["results"][0]["status"]), (StatusCode::OK, &json!("applied")));
    let (_, again) = server.post("/api/v1/sync/push", Some(&cookie), &push).await;
    assert_eq!(again["results"], first["results"]);
    for answer in [&first, &again] {
        assert!(
            answer["at"].as_str().is_some_and(|at| at.ends_with("+07:00")),
            "the server's time: {answer}"
        );
    }
    let pull = json!({ "cursor": null, "limit": 5000, "device_id": DEVICE });
    let (_, page) = server.post("/api/v1/sync/pull", Some(&cookie), &pull).await;
    let cells = page["events"].as_array().expect("events");
    let own =
        cells.iter().find(|e| e["period"] == "2026-11" && e["element"] == "crimes_drug").expect("the cell");
    assert_eq!(own["head"]["value"], 7);
    assert_eq!(own["head"]["at"], first["at"], "by the server's clock, not the device's");
    assert!(page["at"].as_str() >= first["at"].as_str(), "{}", page["at"]);
    assert_eq!(page["ack_device_seq"], 1);
    let next = json!({ "cursor": page["next_cursor"], "limit": 5000 });
    let (_, empty) = server.post("/api/v1/sync/pull", Some(&cookie), &next).await;
    assert_eq!(empty["events"], json!([]));
}

#[tokio::test]
async fn a_snapshot_read_in_small_pages_is_the_whole_snapshot() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let mut seen = [0, 0];
    for (nth, limit) in [5000, 37].into_iter().enumerate() {
        let mut cursor = Value::Null;
        loop {
            let ask = json!({ "cursor": cursor, "limit": limit });
            let (_, page) = server.post("/api/v1/sync/pull", Some(&cookie), &ask).await;
            seen[nth] += page["events"].as_array().expect("events").len();
            cursor = page["next_cursor"].clone();
            if page["has_more"] == false {
                break;
            }
        }
    }
    assert!(seen[0] > 100);
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn an_old_base_is_a_conflict_that_keeps_both_values() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let empty = json!({ "rev": 0 });
    let ops =
        [(1, 12), (2, 14)].map(|(seq, value)| server.figure(seq, OFFICER, "crimes_drug", value, &empty));
    let (_, answer) = server.post("/api/v1/sync/push", Some(&cookie), &json!({ "ops": ops })).await;
    assert_eq!(answer["results"][1]["status"], "conflict");
    assert_eq!(answer["results"][1]["head"]["value"], 12);
    let path = format!("/api/v1/figures?reporter={REPORTER}&period=2026-11&form=crime");
    let (_, cells) = server.get(&path, &cookie).await;
    let cell =
        cells.as_array().and_then(|c| c.iter().find(|c| c["element"] == "crimes_drug")).expect("the cell");
    assert_eq!((&cell["head"]["value"], &cell["branches"][0]["value"]), (&json!(12), &json!(14)));
}

#[tokio::test]
async fn a_reviewer_may_not_enter_and_an_officer_may_not_approve() {
    let server = Server::new().await;
    let reviewer = server.sign_in("reviewer").await;
    let push = json!({ "ops": [server.figure(1, "reviewer", "crimes_drug", 7, &json!({ "rev": 0 }))] });
    let (_, answer) = server.post("/api/v1/sync/push", Some(&reviewer), &push).await;
    assert_eq!(
        answer["results"][0],
        json!({ "op_id": push["ops"][0]["op_id"], "status": "rejected", "code": "no_right" })
    );
    let officer = server.sign_in(OFFICER).await;
    let mut approve = server.figure(2, OFFICER, "crimes_drug", 7, &json!({ "rev": 0 }));
    for gone in ["element", "value"] {
        approve.as_object_mut().expect("an object").remove(gone);
    }
    approve["kind"] = json!("submission");
    approve["form"] = json!("crime");
    approve["action"] = json!("approve");
    let (_, answer) = server.post("/api/v1/sync/push", Some(&officer), &json!({ "ops": [approve] })).await;
    assert_eq!(answer["results"][0]["code"], "no_right");
}

#[tokio::test]
async fn ops_of_another_person_are_refused_whole() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let empty = json!({ "rev": 0 });
    let ops = json!({ "ops": [
        server.figure(1, OFFICER, "crimes_drug", 7, &empty),
        server.figure(2, "somebody", "crimes_other", 7, &empty),
    ] });
    let (status, problem) = server.post("/api/v1/sync/push", Some(&cookie), &ops).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("other_author")));
    let path = format!("/api/v1/figures?reporter={REPORTER}&period=2026-11&form=crime");
    assert_eq!(server.get(&path, &cookie).await.1, json!([]));
}

#[tokio::test]
async fn another_persons_replica_is_told_nothing() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let pull = json!({ "cursor": null, "limit": 5000, "author": "police_commune-11980" });
    let (status, problem) = server.post("/api/v1/sync/pull", Some(&cookie), &pull).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("other_author")));
}

#[tokio::test]
async fn a_copied_device_is_noticed() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let first = server.figure(1, OFFICER, "crimes_drug", 7, &json!({ "rev": 0 }));
    server.post("/api/v1/sync/push", Some(&cookie), &json!({ "ops": [first] })).await;
    let mut second = server.figure(1, OFFICER, "crimes_other", 7, &json!({ "rev": 0 }));
    second["op_id"] = json!("0199c0de-0000-7000-8000-00000000abcd");
    let (status, problem) =
        server.post("/api/v1/sync/push", Some(&cookie), &json!({ "ops": [second] })).await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("device_cloned")));
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let request = Request::post("/api/v1/sync/push")
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "cross-site")
        .body(Body::from("{\"ops\":[]}"))
        .expect("a request");
    let (status, problem) = read(server.ask(request).await).await;
    assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("cross_site")));
}

#[tokio::test]
async fn a_body_that_does_not_read_says_where() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let (status, problem) =
        server.post("/api/v1/sync/push", Some(&cookie), &json!({ "ops": { "kind": "x" } })).await;
    assert_eq!((status, &problem["code"]), (StatusCode::BAD_REQUEST, &json!("bad_request")));
    assert!(problem["title_en"].as_str().expect("a text").contains("ops: "), "{problem}");
}

#[tokio::test]
async fn widgets_may_be_framed_by_the_configured_portal_alone() {
    let server = Server::new().await;
    for (path, kind) in [("/embed/v1/target/T04", "text/html"), ("/embed/v1/target/T04.svg", "image/svg+xml")]
    {
        let response = server.ask(Request::get(path).body(Body::empty()).expect("a request")).await;
        assert_eq!(response.status(), StatusCode::OK);
        let header = |name: &str| response.headers()[name].to_str().expect("ascii").to_owned();
        assert!(header("content-type").starts_with(kind));
        assert!(header("content-security-policy").contains("frame-ancestors https://portal.example.vn"));
        assert!(response.headers().get(header::SET_COOKIE).is_none());
        assert!(response.headers().get("x-frame-options").is_none());
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        let body = String::from_utf8(body.to_vec()).expect("a text");
        assert!(body.contains("T04") && body.contains("minh họa"));
        assert!(!body.contains("<script"));
        assert!(kind == "text/html" || !body.contains("<!"), "an image is XML: {body}");
    }
    let missing =
        server.ask(Request::get("/embed/v1/target/T99").body(Body::empty()).expect("a request")).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}

/// The text of a widget.
async fn widget(server: &Server, path: &str) -> String {
    let response = server.ask(Request::get(path).body(Body::empty()).expect("a request")).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    String::from_utf8(body.to_vec()).expect("a text").replace("<!>", "")
}

#[tokio::test]
async fn a_widget_has_the_numbers_of_its_language_and_the_days_of_its_figures() {
    let server = Server::new().await;
    for kind in ["", ".svg"] {
        let path = format!("/embed/v1/target/T04{kind}");
        let english = widget(&server, &format!("{path}?lang=en&period=2024")).await;
        for text in ["79.3%", "1,033/1,302 cases", "Figures from 15 Dec 2023 to 14 Dec 2024"] {
            assert!(english.contains(text), "{text}: {english}");
        }
        // The year was closed on 14/12/2024; its last form was published in February, those of later years later.
        assert!(english.contains("Published on 12 Feb 2025 · final"), "{english}");
        let vietnamese = widget(&server, &format!("{path}?period=2024")).await;
        for text in ["79,3%", "1.033/1.302 vụ", "Công bố ngày 12/02/2025"] {
            assert!(vietnamese.contains(text), "{text}: {vietnamese}");
        }
        // Of a running year the span's end is not called the day of its figures.
        let running = widget(&server, &format!("{path}?period=2026")).await;
        assert!(running.contains("Kỳ 15/12/2025–14/12/2026, số liệu đến ngày 14/08/2026"), "{running}");
        assert!(running.contains("Công bố ngày 21/10/2026 · tạm tính"), "{running}");
    }
}

#[tokio::test]
async fn everybody_is_told_the_same_verdicts() {
    let server = Server::new().await;
    let mut told = Vec::new();
    for username in ["leader", "reviewer", OFFICER] {
        let cookie = server.sign_in(username).await;
        let (status, all) = server.get("/api/v1/evaluation?period=2024", &cookie).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(all.as_array().map(Vec::len), Some(21));
        told.push(all);
    }
    assert!(told.windows(2).all(|w| w[0] == w[1]));
}

#[tokio::test]
async fn illustrative_figures_break_no_blocking_rule() {
    let server = Server::new().await;
    let model = &server.app.plan.model;
    let mut figures = Figures::default();
    let mut forms = BTreeSet::new();
    for (reporter, period, element, value) in server.app.store.all_figures().await.expect("figures") {
        let reporter = model.reporter_ix(&reporter.parse().expect("an id")).expect("a reporter");
        let element = model.element_ix(&element).expect("an element");
        let period: PeriodId = period.parse().expect("a period");
        let figure = Figure { value, ..Figure::of(0) };
        figures.set(reporter, period, element, figure);
        forms.insert((reporter, model.form_of(element), period));
    }
    assert!(forms.len() > 10_000, "{}", forms.len());
    for (reporter, form, period) in forms {
        let checked = check_form(&FormCheck { model, figures: &figures, reporter, form, period });
        let broken = checked.into_iter().find(|c| c.state == State::Broken && c.severity == Severity::Error);
        let of = (&model.reporter(reporter).id, period);
        assert_eq!(broken.map(|c| &model.form(form).rules[c.rule].id), None, "{of:?}");
    }
}

#[tokio::test]
async fn whoever_follows_a_stream_hears_of_its_news_and_nobody_else_does() {
    let server = Server::new().await;
    let listen = async |username: &str| {
        let cookie = server.sign_in(username).await;
        let request = Request::get("/api/v1/sync/events").header(header::COOKIE, cookie);
        let response = server.ask(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        response.into_body().into_data_stream()
    };
    let (mut reviewer, mut other) = (listen("reviewer").await, listen("police_commune-11980").await);
    let mut leader = listen("leader").await;
    let cookie = server.sign_in(OFFICER).await;
    let figure = server.figure(1, OFFICER, "crimes_drug", 5, &json!({ "rev": 0 }));
    let (status, _) = server.post("/api/v1/sync/push", Some(&cookie), &json!({ "ops": [figure] })).await;
    assert_eq!(status, StatusCode::OK);
    let heard = reviewer.next().await.expect("an event").expect("it reads");
    assert_eq!(&heard[..], b"data: changed\n\n");
    let heard = leader.next().await.expect("an event").expect("it reads");
    assert_eq!(&heard[..], b"data: changed\n\n");
    server.app.store.news.stop();
    assert!(other.next().await.is_none(), "nothing before the end");
    let nobody = Request::get("/api/v1/sync/events").body(Body::empty()).expect("a request");
    assert_eq!(server.ask(nobody).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_key_for_devices_is_told_to_its_own_person_alone_and_stays_the_same() {
    let server = Server::new().await;
    let (officer, other) = (server.sign_in(OFFICER).await, server.sign_in("police_commune-11980").await);
    let (status, first) = server.get("/api/v1/me/key", &officer).await;
    assert_eq!((status, &first["username"]), (StatusCode::OK, &json!(OFFICER)));
    assert_eq!(first["key"].as_str().map(str::len), Some(64));
    let again = server.sign_in(OFFICER).await;
    assert_eq!(server.get("/api/v1/me/key", &again).await.1, first);
    assert_ne!(server.get("/api/v1/me/key", &other).await.1["key"], first["key"]);
    assert_eq!(server.get("/api/v1/me/key", "").await.0, StatusCode::UNAUTHORIZED);
}
