//! `docs/rights.md` is what the function says and what the routes do: its tables are read here, and asked over the router with
//! an account for each role and relation.

mod pull;

use crate::server::{REPORTER, Server};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use chitieu_domain::{FormIx, Model, ReporterIx};
use chitieu_server::auth::passwords::hash_password;
use chitieu_server::http::routes;
use chitieu_server::{demo, router};
use chitieu_sync::grants::{Grant, Grants, Role, Scope};
use chitieu_sync::rights::{Reach, Right, Thing};
use chitieu_sync::submission::Action;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tower::ServiceExt;

const PAGE: &str = include_str!("../../../../docs/rights.md");

/// Two months after the units of 2025: whom they took over is still asked.
const TODAY: &str = "2025-09-01";
const FORM: &str = "crime";
const OTHER_FORM: &str = "campaigns";

/// Every right, as the page calls it.
const RIGHTS: [(&str, Right); 19] = [
    ("enter figures", Right::Enter),
    ("submit", Right::Step(Action::Submit)),
    ("ask to reopen", Right::Step(Action::Ask)),
    ("return", Right::Step(Action::Return)),
    ("approve", Right::Step(Action::Approve)),
    ("reopen", Right::Step(Action::Reopen)),
    ("publish", Right::Step(Action::Publish)),
    ("report on a task", Right::ReportTask),
    ("review a report on a task", Right::ReviewTask),
    ("assign a task", Right::AssignTask),
    ("keep accounts", Right::KeepAccounts),
    ("read who leads tasks", Right::ReadPlan),
    ("read cells", Right::ReadCells),
    ("keep cells on the device", Right::KeepCells),
    ("read submissions", Right::ReadSubmissions),
    ("work with submissions of others", Right::Oversee),
    ("read reports on tasks", Right::ReadReports),
    ("read sums", Right::ReadSums),
    ("read sums with drafts", Right::ReadDrafts),
];

/// The columns: relation, the officer's reporter, the others' unit, whom it is about for the one and for the others, and a period
/// in which that one fills in the form.
const RELATIONS: [(&str, &str, &str, &str, &str); 8] = [
    ("own unit", COMMUNE, DISTRICT, COMMUNE, "police_district:323@2021-01-01"),
    ("child", PROVINCE, DISTRICT, COMMUNE, COMMUNE),
    ("former unit", COMMUNE, "11953@2025-07-01", FORMER, FORMER),
    ("sibling", COMMUNE, DISTRICT, "police_commune:11980@2025-07-01", "police_district:325@2021-01-01"),
    ("parent", COMMUNE, DISTRICT, PROVINCE, PROVINCE),
    ("other branch", COMMUNE, DISTRICT, BRANCH, BRANCH),
    ("other form", COMMUNE, DISTRICT, COMMUNE, COMMUNE),
    ("expired", COMMUNE, DISTRICT, COMMUNE, COMMUNE),
];
const COMMUNE: &str = "police_commune:11953@2025-07-01";
const FORMER: &str = "police_commune:11953@2021-01-01";
const PROVINCE: &str = "police_province:33@2021-01-01";
const BRANCH: &str = "police_commune:12004@2025-07-01";
const DISTRICT: &str = "323@2021-01-01";

/// The rows of the tables below a heading, without their heads.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let start = PAGE.find(&format!("{heading}\n")).unwrap_or_else(|| panic!("{heading} is there"));
    let below = PAGE[start..].lines().skip(1).take_while(|line| !line.starts_with('#'));
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in below.filter(|line| line.starts_with('|')) {
        if line.starts_with("|--") {
            rows.pop();
        } else {
            rows.push(cells(line));
        }
    }
    rows
}

/// What the page says of a role: the relations of each right in which it is given.
fn said(role: Role) -> BTreeMap<String, BTreeSet<&'static str>> {
    let word = serde_json::to_value(role).expect("a word");
    let read = |row: Vec<String>| {
        assert_eq!(row.len(), 1 + RELATIONS.len(), "{row:?}");
        let given = row[1..].iter().zip(RELATIONS).filter_map(|(cell, (relation, ..))| match cell.as_str() {
            "yes" => Some(relation),
            "–" => None,
            other => panic!("{other} is neither yes nor –"),
        });
        (row[0].clone(), given.collect())
    };
    rows(&format!("### {}", word.as_str().expect("a word"))).into_iter().map(read).collect()
}

fn today() -> NaiveDate {
    TODAY.parse().expect("a day")
}

fn reporter(model: &Model, id: &str) -> ReporterIx {
    model.reporter_ix(&id.parse().expect("an id")).unwrap_or_else(|| panic!("{id} is of the plan"))
}

/// The grant of a column, and whom it is about.
fn case(role: Role, nth: usize) -> (Grant, &'static str) {
    let (relation, officers, unit, theirs, about) = RELATIONS[nth];
    let (scope, about) = match role {
        Role::Officer => (Scope::Reporter(officers.parse().expect("an id")), theirs),
        _ => (Scope::Unit(unit.parse().expect("an id")), about),
    };
    let forms = (relation == "other form").then(|| vec![OTHER_FORM.to_owned()]);
    let until = if relation == "expired" { today().pred_opt() } else { None };
    (Grant { role, scope, forms, until }, about)
}

/// What a right is asked about.
fn thing(right: Right, model: &Model, about: ReporterIx, form: FormIx) -> Thing {
    match right {
        Right::ReadPlan => Thing::Plan,
        Right::ReadSums | Right::ReadDrafts | Right::KeepAccounts => Thing::Unit(model.reporter(about).unit),
        Right::ReportTask | Right::ReviewTask | Right::AssignTask | Right::ReadReports => {
            Thing::Reporter(about)
        }
        _ => Thing::Form(about, form),
    }
}

fn model() -> std::sync::Arc<Model> {
    let plan = chitieu_server::services::plan_file::load(chitieu_server::services::plan_file::HUNG_YEN_188);
    plan.expect("the plan loads").model
}

#[test]
fn the_function_says_what_the_page_says_of_every_right_role_and_scope() {
    let model = model();
    let form = model.form_ix(FORM).expect("a form");
    for role in Role::ALL {
        let table = said(role);
        for right in table.keys() {
            assert!(RIGHTS.iter().any(|(word, _)| word == right), "{role:?}: {right} is a right");
        }
        for (word, right) in RIGHTS {
            let given = table.get(word).cloned().unwrap_or_default();
            for (nth, (relation, ..)) in RELATIONS.into_iter().enumerate() {
                let (grant, about) = case(role, nth);
                let about = thing(right, &model, reporter(&model, about), form);
                let asks = |grant| Grants::new(vec![grant]).allows(right, about, &model, today());
                assert_eq!(asks(grant.clone()), given.contains(relation), "{role:?} {word}: {relation}");
                // The last day of a grant is one on which it holds.
                if relation == "expired" {
                    let until = Some(today());
                    let own = asks(Grant { until: None, ..grant.clone() });
                    assert_eq!(asks(Grant { until, ..grant.clone() }), own, "{role:?} {word}");
                }
                // In the whole plan.
                let whole = Grant { scope: Scope::Plan, ..grant };
                let is_given = match relation {
                    _ if role == Role::Officer => false,
                    "expired" => false,
                    "other form" => given.contains(relation),
                    _ => table.contains_key(word),
                };
                assert_eq!(asks(whole), is_given, "{role:?} {word} in the plan: {relation}");
            }
        }
    }
}

#[test]
fn what_nobody_knows_grants_nothing_and_spoils_nothing() {
    let model = model();
    let (form, own) = (model.form_ix(FORM).expect("a form"), reporter(&model, COMMUNE));
    let text = json!({ "role": "officer", "reporters": [], "list": [
        { "role": "inspector", "scope": "plan" },
        { "role": "reviewer", "scope": "sector:crime" },
        { "role": "reviewer", "scope": "plan", "until": "some day" },
        { "role": "reviewer", "scope": "plan", "forms": "all" },
        { "role": "reviewer", "scope": "unit:999@2021-01-01" },
        { "role": "reviewer", "scope": "plan:" },
        { "role": "officer", "scope": "plan" },
        { "role": "reviewer", "scope": format!("reporter:{COMMUNE}") },
        { "role": "leader", "scope": "plan", "forms": [FORM] },
        { "scope": "plan" }, 7, null,
    ]});
    let mut grants: Grants = serde_json::from_str(&text.to_string()).expect("it reads");
    let allowed = |grants: &Grants| {
        let may = |right| grants.allows(right, thing(right, &model, own, form), &model, today());
        RIGHTS.into_iter().filter(|(_, right)| may(*right)).map(|(word, _)| word).collect::<Vec<_>>()
    };
    assert_eq!(grants.list().len(), 12);
    // A unit that the plan does not have: only what is said of the plan as a whole.
    assert_eq!(allowed(&grants), ["read who leads tasks"]);
    let mut text = text;
    let list = text["list"].as_array_mut().expect("a list");
    list.push(json!({ "role": "auditor", "scope": "plan", "colour": "red" }));
    grants = serde_json::from_str(&text.to_string()).expect("it reads");
    let auditors = said(Role::Auditor);
    assert_eq!(
        allowed(&grants).into_iter().collect::<BTreeSet<_>>(),
        auditors.keys().map(String::as_str).collect()
    );
}

#[test]
fn the_reporters_of_a_right_are_those_of_whom_it_is_allowed() {
    let model = model();
    let rights = [
        Right::ReadCells,
        Right::KeepCells,
        Right::ReadSubmissions,
        Right::Oversee,
        Right::ReadReports,
        Right::ReviewTask,
        Right::AssignTask,
    ];
    for role in Role::ALL {
        for (nth, (relation, ..)) in RELATIONS.into_iter().enumerate() {
            let grants = Grants::new(vec![case(role, nth).0]);
            let reach = |right| match grants.reach(right, &model, today()) {
                Reach::Of(all) => all.into_iter().collect::<BTreeSet<_>>(),
                Reach::All => panic!("{grants:?} is not for the whole plan"),
            };
            for right in rights {
                let all = (0..model.reporters().len() as u32).map(ReporterIx);
                let allowed = all.filter(|r| grants.allows(right, Thing::Reporter(*r), &model, today()));
                assert_eq!(reach(right), allowed.collect(), "{role:?} {right:?}: {relation}");
            }
        }
        let whole = Grants::new(vec![Grant::new(role, Scope::Plan)]);
        for right in rights.into_iter().filter(|right| role != Role::Officer && role.has(*right)) {
            assert_eq!(whole.reach(right, &model, today()), Reach::All, "{role:?} {right:?}");
        }
    }
    // Who reads sums alone hears of the reporters that they are made of.
    let of = |role, right| Grants::new(vec![case(role, 0).0]).reach(right, &model, today());
    assert_eq!(of(Role::Leader, Right::ReadSums), of(Role::Auditor, Right::ReadSubmissions));
}

/// A server on [`TODAY`], with an account for each role and relation; gives each account's cookie.
async fn office() -> (Server, BTreeMap<String, String>) {
    let server = Server::on_day(today()).await;
    let hash = hash_password(demo::PASSWORD);
    let mut cookies = BTreeMap::new();
    for role in Role::ALL {
        for nth in 0..RELATIONS.len() {
            let name = name(role, nth);
            let grants = Grants::new(vec![case(role, nth).0]);
            server.app.store.put_user(&name, &name, &hash, &grants).await.expect("an account");
            cookies.insert(name.clone(), server.sign_in(&name).await);
        }
    }
    (server, cookies)
}

fn name(role: Role, nth: usize) -> String {
    format!("{role:?}-{}", RELATIONS[nth].0).to_lowercase().replace(' ', "-")
}

/// A period in which a reporter fills in the form.
fn period(model: &Model, about: &str) -> String {
    let (of, form) = (reporter(model, about), model.form_ix(FORM).expect("a form"));
    let last = model.begun_sheets(of, today()).filter(|s| s.form == form && s.span.to < today()).last();
    last.unwrap_or_else(|| panic!("{about} fills it in")).period.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_asks_for_what_the_page_says() {
    let (server, cookies) = office().await;
    let model = &server.app.plan.model;
    let page: BTreeMap<String, String> = rows("## Routes")
        .into_iter()
        .filter_map(|row| Some((row[0].strip_prefix('`')?.strip_suffix('`')?.to_owned(), row[1].clone())))
        .filter(|(route, _)| route.contains(" /"))
        .collect();
    let mut there = BTreeSet::new();
    for (methods, path) in routes() {
        there.extend(methods.split(' ').map(|method| format!("{method} {path}")));
        // It answers to no other method, so that none is left out here.
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if !methods.split(' ').any(|m| m == method.as_str()) {
                let request = Request::builder()
                    .method(method.clone())
                    .uri(filled(&path, REPORTER))
                    .body(Body::empty());
                let status = server.ask(request.expect("a request")).await.status();
                assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            }
        }
    }
    assert_eq!(there, page.keys().cloned().collect(), "the page has every route, and no other");
    for (route, asks) in page {
        let (method, path) = route.split_once(' ').expect("method and path");
        let asks = asks.split(';').next().expect("a part");
        let status = ask(&server, method, &filled(path, REPORTER), None).await;
        if asks == "nobody" {
            assert_ne!(status, StatusCode::UNAUTHORIZED, "{route}");
            continue;
        }
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{route}: without an account");
        for role in Role::ALL {
            let table = said(role);
            for (nth, (relation, ..)) in RELATIONS.into_iter().enumerate() {
                let about = case(role, nth).1;
                let unit = &model.unit(model.reporter(reporter(model, about)).unit).id;
                let query = match path {
                    "/api/v1/figures" | "/api/v1/history/submission" => {
                        format!("?reporter={about}&period={}&form={FORM}", period(model, about))
                    }
                    "/api/v1/history/entity" => format!("?stream={about}&kind=task_report&id=I.2/2025-Q3"),
                    "/api/v1/branches" | "/api/v1/history/cell" => {
                        format!("?reporter={about}&period={}&element=crimes_drug", period(model, about))
                    }
                    "/api/v1/evaluation" | "/api/v1/evaluation/others" => {
                        format!("?scope={unit}&period=2025")
                    }
                    "/api/v1/personal-data" => format!("?scope={unit}"),
                    _ if method == "PUT" && path.contains("{sha256}") => "?offset=0&total=1".to_owned(),
                    _ if asks == "keep accounts" => format!("?reporter={about}"),
                    _ => String::new(),
                };
                // Sessions that are ended are nobody's here.
                let cookie = &cookies[&name(role, nth)];
                let status =
                    ask(&server, method, &format!("{}{query}", filled(path, about)), Some(cookie)).await;
                let who = format!("{route}: {role:?}, {relation}");
                if asks == "account" {
                    assert!(!matches!(status.as_u16(), 401 | 403), "{who}: {status}");
                    continue;
                }
                assert!(RIGHTS.iter().any(|(word, _)| *word == asks), "{route}: {asks} is a right");
                let is_given = table.get(asks).is_some_and(|given| given.contains(relation));
                if path.contains("{sha256}") {
                    // Nobody sent such a file.
                    let is_answered = status == StatusCode::FORBIDDEN || !status.is_server_error();
                    assert!(is_answered && (status != StatusCode::FORBIDDEN) == is_given, "{who}: {status}");
                    continue;
                }
                let wanted = if is_given { StatusCode::OK } else { StatusCode::FORBIDDEN };
                assert_eq!(status, wanted, "{who}");
            }
        }
    }
}

/// A path with something in the place of what varies; of no session and no file.
fn filled(path: &str, about: &str) -> String {
    let path = path.replace("{id}", "0000000000000000").replace("{sha256}", &"0".repeat(64));
    path.replace("{reporter}", about)
}

async fn ask(server: &Server, method: &str, path: &str, cookie: Option<&str>) -> StatusCode {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    let body = match path {
        "/api/v1/sync/push" => json!({ "ops": [] }).to_string(),
        "/api/v1/history/feed" => json!({}).to_string(),
        "/api/v1/sync/pull" => json!({ "limit": 1 }).to_string(),
        _ if path.starts_with("/api/v1/attachments/") && method == "POST" => {
            json!({ "reason": "x" }).to_string()
        }
        _ => String::new(),
    };
    let request = request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body));
    // What an open stream tells is not waited for.
    router(server.app.clone()).oneshot(request.expect("a request")).await.expect("it answers").status()
}

/// The ops of the page, each with its right.
fn ops(
    server: &Server,
    author: &str,
    about: &str,
    seq: &mut u64,
) -> Vec<(&'static str, &'static str, Value)> {
    let model = &server.app.plan.model;
    let mut op = |kind: &str, rest: Value| {
        *seq += 1;
        let mut op = json!({
            "kind": kind, "op_id": uuid::Uuid::from_u128(u128::from(*seq) << 32), "device_id": uuid::Uuid::from_u128(u128::from(*seq)),
            "device_seq": 1, "author": author, "base": { "rev": 0 }, "plan": server.app.plan.version,
            "entered_at": "2025-09-01T08:00:00+07:00", "reason": "x",
        });
        for (key, value) in rest.as_object().expect("an object") {
            op[key] = value.clone();
        }
        op
    };
    let at = period(model, about);
    let mut all = Vec::new();
    for kind in ["figure", "clear"] {
        let mut rest = json!({ "reporter": about, "period": at, "element": "crimes_drug" });
        if kind == "figure" {
            rest["value"] = json!(3);
        }
        all.push(("`figure`, `clear`", "enter figures", op(kind, rest)));
    }
    for (row, action, right) in [
        ("`submission` with `submit`", "submit", "submit"),
        ("`submission` with `ask`", "ask", "ask to reopen"),
        ("`submission` with `return`", "return", "return"),
        ("`submission` with `approve`", "approve", "approve"),
        ("`submission` with `reopen`", "reopen", "reopen"),
        ("`submission` with `publish`", "publish", "publish"),
    ] {
        let rest = json!({ "reporter": about, "period": at, "form": FORM, "action": action, "covers": [] });
        all.push((row, right, op("submission", rest)));
    }
    let report = json!({ "stream": about, "id": "I.2/2025-Q3", "change": { "text": "đã làm" } });
    all.push(("`task_report`", "report on a task", op("task_report", report)));
    for step in ["return", "approve"] {
        let rest = json!({ "stream": about, "id": "I.2/2025-Q3", "change": { "step": step } });
        all.push((
            "`task_report` with `return` or `approve`",
            "review a report on a task",
            op("task_report", rest),
        ));
    }
    let id = format!("I.2/2025-Q3/{}", "0".repeat(64));
    let change = json!({ "name": "a.pdf", "media": "pdf", "bytes": 1 });
    let evidence = json!({ "stream": about, "id": id, "change": change });
    all.push(("`task_evidence`", "report on a task", op("task_evidence", evidence)));
    // What a unit gives to one of its bodies; the plan's own assignments are of nobody who is not of the whole plan.
    let assign = json!({ "stream": about, "id": "II.4.4b", "change": { "lead": about } });
    all.push(("`task_assignment`", "assign a task", op("task_assignment", assign)));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn each_op_is_taken_from_who_has_its_right_alone() {
    let (server, cookies) = office().await;
    let all_rows = rows("## Routes");
    let mut seq = 0;
    for role in Role::ALL {
        let table = said(role);
        for (nth, (relation, ..)) in RELATIONS.into_iter().enumerate() {
            let name = name(role, nth);
            for (row, right, op) in ops(&server, &name, case(role, nth).1, &mut seq) {
                assert!(all_rows.iter().any(|r| r[0] == row && r[1] == right), "{row} asks for {right}");
                let (status, answer) = server
                    .post("/api/v1/sync/push", Some(&cookies[&name]), &json!({ "ops": [op], "cursor": "{}" }))
                    .await;
                assert_eq!(status, StatusCode::OK, "{answer}");
                let is_refused = answer["results"][0]["code"] == "no_right";
                let is_given = table.get(right).is_some_and(|given| given.contains(relation));
                assert_eq!(!is_refused, is_given, "{name}: {row}: {answer}");
                let code = answer["results"][0]["code"].as_str();
                assert!(
                    !matches!(code, Some("malformed" | "not_assigned" | "not_open")),
                    "{name} {row}: {answer}"
                );
            }
        }
    }
}
