//! A neighbour's draft is in no answer, by itself or as the difference of two, and no sensitive number is.
//!
//! Who may not see drafts asks for every sum and verdict before a neighbour types canaries and after: where not one
//! byte differs, nothing can be subtracted.

use crate::answer::Answer;
use crate::visitor::Visitor;
use chitieu_domain::privacy::is_sensitive;
use chitieu_domain::{Model, PeriodId, ReporterId};
use chitieu_sync::replica::CellKey;
use chitieu_tests::accounts;
use chitieu_tests::device::Device;
use chitieu_tests::server::{Scratch, Server};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// Its newest forms wait to be filled in.
const NEIGHBOUR: (&str, &str) = ("police_commune-11953", "police_commune:11953@2025-07-01");
/// Its forms are submitted.
const RETURNED: (&str, &str) = ("police_commune-11980", "police_commune:11980@2025-07-01");

/// Who may see no draft but their own.
const CURIOUS: [&str; 5] =
    ["police_commune-11977", "police_province", "court_region-KV1", "admin", "auditor"];
const SCOPES: [&str; 5] =
    ["33@2021-01-01", "33@2025-07-01", "KV1@2025-07-01", "11977@2025-07-01", "11953@2025-07-01"];
/// A year's sums are told period by period, its verdicts as one.
const QUESTIONS: [&str; 3] =
    ["evaluation/others?period=2026", "evaluation?period=2026", "evaluation?period=2026-10"];

/// No figure of the illustrative data is near it.
const CANARY: i64 = 73_100_000;

fn paths() -> Vec<String> {
    let mut paths = vec!["/embed/v1/target/T01".to_owned(), "/embed/v1/target/T04?period=2026".to_owned()];
    for question in QUESTIONS {
        paths.extend(SCOPES.iter().map(|scope| format!("/api/v1/{question}&scope={scope}")));
    }
    paths
}

/// Everything that somebody is told, by path.
async fn everything(visitor: &Visitor) -> BTreeMap<String, (u16, String, Option<String>)> {
    let mut all = BTreeMap::new();
    for path in paths() {
        let Answer { status, headers, text } = visitor.get(&path).await;
        let tag = headers.get("etag").map(|tag| tag.to_str().expect("ascii").to_owned());
        all.insert(path, (status, text, tag));
    }
    all
}

type Told = BTreeMap<&'static str, BTreeMap<String, (u16, String, Option<String>)>>;

async fn told(visitors: &BTreeMap<&'static str, Visitor>) -> Told {
    let mut told = Told::new();
    for (name, visitor) in visitors {
        told.insert(name, everything(visitor).await);
    }
    told
}

fn cells(model: &Model, reporter: &str, period: PeriodId) -> Vec<CellKey> {
    let id: ReporterId = reporter.parse().expect("an id");
    let ix = model.reporter_ix(&id).expect("a reporter of the plan");
    let forms = model.forms().filter(|form| model.is_assigned(ix, *form, period));
    let elements = forms.flat_map(|form| model.elements_of(form));
    elements.map(|(_, e)| CellKey { reporter: id.clone(), period, element: e.id.clone() }).collect()
}

/// Types a canary into every cell and sends them.
async fn canaries(server: &Server, who: (&str, &str), periods: &[PeriodId], first: i64) -> usize {
    let plan = accounts::plan();
    let mut device = Device::new(&server.url(""), who.0, first as u128, true).await;
    while device.pull(2_000).await.expect("it pulls") {}
    let cells: Vec<CellKey> = periods.iter().flat_map(|period| cells(&plan.model, who.1, *period)).collect();
    for (nth, key) in cells.iter().enumerate() {
        device.edit(key, first + nth as i64);
    }
    device.sync().await.expect("it syncs");
    cells
        .iter()
        .enumerate()
        .filter(|(nth, key)| {
            device.replica.cell(key).value == Some(first + *nth as i64)
                && device.replica.server_cells().any(|(k, c)| {
                    k == *key && c.head.as_ref().is_some_and(|h| h.value == Some(first + *nth as i64))
                })
        })
        .count()
}

fn assert_same(before: &Told, after: &Told) {
    for (who, told) in before {
        for (path, answer) in told {
            assert_eq!(answer, &after[who][path], "{who} is told of a draft at {path}");
        }
    }
}

#[tokio::test]
async fn a_neighbours_draft_is_in_no_answer_and_in_no_difference() {
    let folder = Scratch::new("others");
    let server = Server::bare(&Server::fill(&folder.0), &["--public"]);
    let mut visitors = BTreeMap::new();
    for name in CURIOUS {
        visitors.insert(name, Visitor::sign_in(&server.url(""), name).await);
    }
    let leader = Visitor::sign_in(&server.url(""), "leader").await;
    let (before, leader_before) = (told(&visitors).await, everything(&leader).await);

    // A form that was never submitted.
    let open = [PeriodId::Month(2026, 10), PeriodId::Month(2026, 11), PeriodId::Half(2026, 2)];
    let typed = canaries(&server, NEIGHBOUR, &open, CANARY).await;
    assert!(typed > 20, "{typed}");
    assert_same(&before, &told(&visitors).await);
    assert_ne!(leader_before, everything(&leader).await, "who is entitled is told of drafts");

    // A form that was submitted, and goes back to its reporter.
    give_back(&server, RETURNED.1).await;
    let returned = told(&visitors).await;
    let sum = "/api/v1/evaluation/others?period=2026&scope=33@2021-01-01";
    for who in CURIOUS.into_iter().filter(|who| *who != "admin") {
        assert_ne!(before[who][sum], returned[who][sum], "{who}: what is given back counts no more");
    }
    let typed = canaries(&server, RETURNED, &open[..1], 2 * CANARY).await;
    assert!(typed > 10, "{typed}");
    assert_same(&returned, &told(&visitors).await);

    // The other ways to a figure.
    for (who, visitor) in &visitors {
        let mut heard = String::new();
        for (reporter, form) in [(NEIGHBOUR.1, "crime"), (RETURNED.1, "crime")] {
            let path = format!("/api/v1/figures?reporter={reporter}&period=2026-10&form={form}");
            if *who != "auditor" {
                let answer = visitor.get(&path).await;
                assert_eq!(answer.status, 403, "{who} {path}");
                heard += &answer.text;
            }
        }
        let mut cursor = Value::Null;
        loop {
            let page = visitor.post("/api/v1/sync/pull", &json!({ "cursor": cursor, "limit": 5_000 })).await;
            heard += &page.text;
            cursor = page.json()["next_cursor"].clone();
            if page.json()["has_more"] != true {
                break;
            }
        }
        let op = figure(who, NEIGHBOUR.1, &accounts::plan().version);
        let refused = visitor.post("/api/v1/sync/push", &json!({ "ops": [op] })).await;
        assert_eq!(refused.json()["results"][0]["status"], "rejected", "{who}: {}", refused.text);
        heard += &refused.text;
        assert!(!heard.contains("731000") && !heard.contains("1462000"), "{who} hears of a draft");
    }
}

/// A reviewer returns what this reporter submitted of October.
async fn give_back(server: &Server, reporter: &str) {
    let plan = accounts::plan();
    let model = &plan.model;
    let reviewer = Visitor::sign_in(&server.url(""), "reviewer").await;
    let mut forms: Vec<String> = Vec::new();
    for key in cells(model, reporter, PeriodId::Month(2026, 10)) {
        let form = &model.form(model.form_of(model.element_ix(&key.element).expect("an element"))).id;
        if !forms.contains(form) {
            forms.push(form.clone());
        }
    }
    for form in &forms {
        let mut op = figure("reviewer", reporter, &plan.version);
        op["kind"] = json!("submission");
        op["base"] = json!({ "rev": (1_u64 << 40) + 1 });
        op["form"] = json!(form);
        op["action"] = json!("return");
        op["covers"] = json!([]);
        op["reason"] = json!("Kiểm tra lại.");
        let answer = reviewer.post("/api/v1/sync/push", &json!({ "ops": [op] })).await;
        assert_eq!(answer.json()["results"][0]["status"], "applied", "{}", answer.text);
    }
}

/// An id that no other op or device of a test has.
fn fresh_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("0199c0de-0000-7000-8000-{:012x}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn figure(author: &str, reporter: &str, plan: &str) -> Value {
    json!({
        "kind": "figure", "op_id": fresh_id(), "device_id": fresh_id(),
        "device_seq": 1, "author": author, "reporter": reporter, "period": "2026-10", "element": "crimes_drug",
        "value": 5, "base": { "rev": 0 }, "plan": plan, "entered_at": "2026-11-22T08:00:00Z",
    })
}

/// Fields of a verdict that hold a number of what is counted.
const NUMBERS: [&str; 6] =
    ["numerator", "denominator", "previous_numerator", "previous_denominator", "missing", "alternative"];

fn rests_on_secrets(model: &Model, verdict: &Value) -> bool {
    let target = model.target_ix(verdict["target"].as_str().expect("a target"));
    is_sensitive(model, target.expect("a target of the plan"))
}

#[tokio::test]
async fn sums_are_told_of_the_scopes_of_a_role_alone_and_never_of_what_is_sensitive() {
    let folder = Scratch::new("scopes");
    let server = Server::bare(&Server::fill(&folder.0), &[]);
    let plan = accounts::plan();
    let model = &plan.model;
    let elements = model.forms().flat_map(|form| model.elements_of(form));
    let secrets: Vec<&str> =
        elements.filter(|(_, element)| element.sensitive).map(|(_, element)| element.id.as_str()).collect();
    assert!(secrets.len() > 20);
    // In the order of SCOPES.
    for (who, may) in [
        ("police_commune-11977", [1, 1, 1, 1, 0]),
        ("court_region-KV1", [1, 1, 1, 0, 0]),
        ("police_province", [1, 1, 0, 0, 0]),
        ("admin", [0; 5]),
        ("publisher", [1; 5]),
        ("auditor", [1; 5]),
        ("leader", [1; 5]),
        ("reviewer", [1; 5]),
    ] {
        let visitor = Visitor::sign_in(&server.url(""), who).await;
        for (scope, may) in SCOPES.iter().zip(may) {
            let all = visitor.get(&format!("/api/v1/evaluation?period=2024&scope={scope}")).await;
            let others = visitor.get(&format!("/api/v1/evaluation/others?period=2024&scope={scope}")).await;
            let status = if may == 1 { 200 } else { 403 };
            assert_eq!((all.status, others.status), (status, status), "{who} {scope}");
            let (all, others) = (all.json(), others.json());
            if may == 0 {
                assert_eq!((&all["code"], &others["code"]), (&json!("forbidden"), &json!("forbidden")));
                continue;
            }
            let named = |total: &Value| secrets.contains(&total[0].as_str().expect("an element"));
            assert!(!others["totals"].as_array().expect("totals").iter().any(named), "{who} {scope}");
            let verdicts = |all: &Value| all.as_array().expect("verdicts").clone();
            let mut secret = verdicts(&all);
            secret.extend(verdicts(&others["verdicts"]));
            secret.retain(|verdict| rests_on_secrets(model, verdict));
            assert!(secret.len() > 2, "{who} {scope}");
            for verdict in secret {
                assert!(NUMBERS.iter().all(|number| verdict[number].is_null()), "{who} {scope}: {verdict}");
            }
        }
    }
}

/// Whoever may change their own figures could otherwise try values until a verdict on a sensitive target turns.
#[tokio::test]
async fn an_own_draft_moves_no_verdict_on_a_sensitive_target() {
    let folder = Scratch::new("oracle");
    let server = Server::bare(&Server::fill(&folder.0), &[]);
    let who = ("police_province", "police_province:33@2021-01-01");
    let visitor = Visitor::sign_in(&server.url(""), who.0).await;
    let model = &accounts::plan().model;
    let asked = async || -> (Vec<Value>, Vec<Value>) {
        let all = visitor.get("/api/v1/evaluation?period=2026").await.json();
        let all = all.as_array().expect("verdicts").iter().cloned();
        all.partition(|verdict| rests_on_secrets(model, verdict))
    };
    let before = asked().await;
    let open = [PeriodId::Month(2026, 10), PeriodId::Month(2026, 11), PeriodId::Quarter(2026, 4)];
    assert!(canaries(&server, who, &open, CANARY).await > 20);
    let after = asked().await;
    assert_eq!(before.0, after.0, "sensitive targets rest on no draft");
    assert_ne!(before.1, after.1, "an own draft counts in the others");
}
