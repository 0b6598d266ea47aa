//! What a signed-in officer with a script makes large: contested values, chains, texts, numbers, pages, and what is refused.
//! Each has a bound, and nothing that was acknowledged is lost by it.

use crate::answer::Answer;
use crate::support::{get, office, send, serve, sign_in};
use chitieu_domain::ReporterId;
use chitieu_sync::replica::CellKey;
use chitieu_tests::accounts::{PASSWORD, add_officers, cells, commune_police, plan};
use chitieu_tests::production::places;
use chitieu_tests::server::Server;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Bytes that no answer of a pull exceeds: a page of 2 MB, its cursor, and what counting roughly leaves out.
const LARGEST_ANSWER: usize = (2 * 1024 + 200) * 1024;

/// An officer's script.
struct Script {
    server: String,
    name: &'static str,
    cookie: String,
    plan: String,
    device: u64,
    made: u64,
}

impl Script {
    async fn new(server: &Server, name: &'static str, device: u64) -> Self {
        let cookie = sign_in(server, name, PASSWORD).await.cookie();
        Self { server: server.url(""), name, cookie, plan: plan().version, device, made: 0 }
    }

    fn id(&self, made: u64) -> String {
        format!("0199c0de-0000-7000-{:04x}-{made:012x}", 0x8000 + self.device)
    }

    /// The op that comes next from this device.
    #[allow(clippy::needless_pass_by_value, reason = "callers make the base in place")]
    fn figure(&mut self, key: &CellKey, value: impl Into<Value>, base: Value) -> Value {
        self.made += 1;
        json!({
            "kind": "figure", "op_id": self.id(self.made), "device_id": self.id(0), "device_seq": self.made,
            "author": self.name, "reporter": key.reporter, "period": key.period, "element": key.element,
            "value": value.into(), "base": base, "plan": self.plan, "entered_at": "2026-11-22T08:00:00Z",
        })
    }

    async fn ask(&self, path: &str, body: String) -> Answer {
        let headers = [("content-type", "application/json"), ("cookie", &*self.cookie)];
        send("POST", &format!("{}/api/v1/{path}", self.server), &headers, body).await
    }

    /// As a device of now does, which knows that an op may be deferred.
    async fn push(&self, ops: &[Value]) -> Answer {
        self.ask("sync/push", json!({ "ops": ops, "cursor": "" }).to_string()).await
    }

    /// The results; fails where there are none.
    async fn results(&self, ops: &[Value]) -> Vec<Value> {
        let answer = self.push(ops).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["results"].as_array().expect("results").clone()
    }

    async fn statuses(&self, ops: &[Value]) -> Vec<String> {
        let status = |result: &Value| result["status"].as_str().expect("a status").to_owned();
        self.results(ops).await.iter().map(status).collect()
    }

    /// All pages from a cursor on: their events, the longest answer, and where they end.
    async fn pull(&self, mut cursor: Value) -> (Vec<Value>, usize, Value) {
        let (mut events, mut longest) = (Vec::new(), 0);
        loop {
            let page = self.ask("sync/pull", json!({ "cursor": cursor, "limit": 5_000 }).to_string()).await;
            assert_eq!(page.status, 200, "{}", page.text);
            longest = longest.max(page.text.len());
            let page = page.json();
            events.extend(page["events"].as_array().expect("events").iter().cloned());
            cursor = page["next_cursor"].clone();
            if page["has_more"] != true {
                return (events, longest, cursor);
            }
        }
    }

    /// A cell as the server tells it.
    async fn cell(&self, key: &CellKey) -> Value {
        let (events, ..) = self.pull(Value::Null).await;
        let is_it = |e: &&Value| e["element"] == *key.element && e["period"] == key.period.to_string();
        events.iter().rfind(is_it).expect("the cell").clone()
    }
}

fn nth(reporter: &ReporterId, count: usize) -> Vec<CellKey> {
    let all = cells(&plan().model, reporter, count);
    assert_eq!(all.len(), count);
    all
}

fn rev(cell: &Value) -> Value {
    json!({ "rev": cell["head"]["rev"] })
}

fn values(branches: &Value) -> Vec<i64> {
    let all = branches.as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().map(|branch| branch["value"].as_i64().expect("a value")).collect()
}

#[expect(clippy::disallowed_methods, reason = "what is measured has a bound")]
fn now() -> Instant {
    Instant::now()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_values_of_one_cell_twenty_are_told_and_all_are_kept() {
    const MANY: i64 = 600;
    for place in places("many-values") {
        let database = place.fresh().await;
        let reporter = office(&database, &["lan", "hoa"]).await;
        let other = commune_police(&plan().model).remove(1);
        add_officers(&database, &[("mai".to_owned(), vec![other])]).await;
        let server = serve(&database);
        let key = &nth(&reporter, 1)[0];
        let (mut lan, mut hoa) = (Script::new(&server, "lan", 1).await, Script::new(&server, "hoa", 2).await);
        let first = lan.figure(key, 1_000_000, json!({ "rev": 0 }));
        assert_eq!(lan.statuses(&[first]).await, ["applied"]);
        let (.., begin) = lan.pull(Value::Null).await;
        let ops: Vec<Value> = (0..MANY).map(|value| hoa.figure(key, value, json!({ "rev": 0 }))).collect();
        for batch in ops.chunks(300) {
            assert!(hoa.statuses(batch).await.iter().all(|status| status == "conflict"));
        }

        let (events, longest, _) = lan.pull(begin).await;
        assert_eq!(events.len() as i64, MANY, "every change is told");
        assert!(longest < LARGEST_ANSWER, "{longest} bytes");
        assert!(events.iter().all(|event| event["branches"].as_array().is_none_or(|all| all.len() <= 20)));
        let cell = lan.cell(key).await;
        assert_eq!(
            values(&cell["branches"]),
            (MANY - 20..MANY).collect::<Vec<_>>(),
            "the newest, oldest first"
        );
        assert_eq!(cell["more_branches"], MANY - 20);

        // The others can be read, by whoever may read the cell.
        let path =
            format!("/api/v1/branches?reporter={}&period={}&element={}", reporter, key.period, key.element);
        let mai = Script::new(&server, "mai", 3).await;
        assert_eq!(get(&server.url(&path), &mai.cookie).await.status, 403);
        let (mut read, mut next) = (Vec::new(), Value::Null);
        loop {
            let before = next.as_i64().map_or_else(String::new, |next| format!("&before={next}"));
            let page = get(&server.url(&format!("{path}{before}")), &lan.cookie).await.json();
            read.extend(values(&page["branches"]));
            next = page["next"].clone();
            if next.is_null() {
                break;
            }
        }
        assert_eq!(read, (0..MANY - 20).rev().collect::<Vec<_>>());

        // An own value that is not told any more is gone on from, and told again.
        let base = json!({ "op": ops[5]["op_id"] });
        let again = hoa.figure(key, 9_005, base);
        let results = hoa.results(&[again]).await;
        assert_eq!(results[0]["conflict_id"], ops[5]["op_id"], "{results:?}");
        let cell = lan.cell(key).await;
        assert_eq!((values(&cell["branches"])[19], &cell["more_branches"]), (9_005, &json!(MANY - 20)));

        // Whoever settles what they see is shown the next.
        let mut seen: BTreeSet<i64> = BTreeSet::new();
        for round in 0.. {
            let cell = lan.cell(key).await;
            let shown = values(&cell["branches"]);
            if shown.is_empty() {
                assert!(cell["more_branches"].is_null());
                break;
            }
            assert!(round < MANY / 20 + 1 && shown.iter().all(|value| seen.insert(*value)), "{shown:?}");
            let mut op = lan.figure(key, 2_000_000 + round, rev(&cell));
            let named =
                cell["branches"].as_array().expect("branches").iter().map(|b| b["conflict_id"].clone());
            op["resolves"] = named.collect();
            assert_eq!(lan.statuses(&[op]).await, ["applied"]);
        }
        let all: BTreeSet<i64> = (0..MANY).filter(|value| *value != 5).chain([9_005]).collect();
        assert_eq!(seen, all, "each was seen once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_has_a_bound_in_bytes() {
    for place in places("pages") {
        let database = place.fresh().await;
        let reporter = office(&database, &["lan"]).await;
        let server = serve(&database);
        let mut lan = Script::new(&server, "lan", 1).await;
        let keys = nth(&reporter, 400);
        let first = lan.figure(&keys[0], 1, json!({ "rev": 0 }));
        assert_eq!(lan.statuses(&[first]).await, ["applied"]);
        let (.., begin) = lan.pull(Value::Null).await;
        for some in keys[1..].chunks(100) {
            let mut ops = Vec::new();
            for key in some {
                let mut op = lan.figure(key, Value::Null, json!({ "rev": 0 }));
                op["reason"] = json!("ộ".repeat(2_000));
                ops.push(op);
            }
            assert!(lan.statuses(&ops).await.iter().all(|status| status == "applied"));
        }
        for (from, count) in [(begin, keys.len() - 1), (Value::Null, keys.len())] {
            let (events, longest, _) = lan.pull(from).await;
            assert_eq!(events.len(), count);
            assert!(longest < LARGEST_ANSWER, "{longest} bytes");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_kept_stands_in_the_way_of_nothing_else() {
    for place in places("texts") {
        let database = place.fresh().await;
        let reporter = office(&database, &["lan"]).await;
        let server = serve(&database);
        let mut lan = Script::new(&server, "lan", 1).await;
        let keys = nth(&reporter, 60);
        let long = "x".repeat(500_000);
        let bad: Vec<(&str, Value)> = vec![
            ("entered_at", json!("yesterday")),
            ("entered_at", json!(long)),
            ("entered_at", json!(format!("2026-11-22T08:00:00.{}Z", "0".repeat(30)))),
            ("plan", json!(long)),
            ("element", json!(long)),
            ("element", json!("a\0b")),
            ("plan", json!("a\0b")),
            ("reason", json!("a\0b")),
            ("note", json!("a\0b")),
            ("note", json!(long)),
            ("value", json!(1_u64 << 63)),
            ("value", json!(1e300)),
            ("device_seq", json!(1_u64 << 63)),
            ("device_seq", json!(u64::MAX)),
            ("base", json!({ "rev": 1_u64 << 63 })),
            ("base", json!({ "rev": u64::MAX })),
            ("base", json!({ "rev": -1 })),
            ("resolves", json!(vec![lan.id(9); 2_000])),
            ("period", json!("9223372036854775808-13")),
        ];
        for ((field, value), key) in bad.into_iter().zip(&keys) {
            let mut op = lan.figure(key, 1, json!({ "rev": 0 }));
            op[field] = value;
            if field == "device_seq" {
                lan.made -= 1;
            }
            let mut good = lan.figure(key, 2, json!({ "rev": 0 }));
            good["op_id"] = json!(lan.id(100_000 + lan.made));
            let results = lan.results(&[op.clone(), good.clone()]).await;
            let said = (&results[0]["status"], &results[0]["code"], &results[1]["status"]);
            assert_eq!(
                said,
                (&json!("rejected"), &json!("malformed"), &json!("applied")),
                "{field} {:.80}",
                op[field]
            );
        }
        let covers = json!(vec![json!({ "element": "crimes_drug", "base": { "rev": u64::MAX } }); 1]);
        let submit = |lan: &mut Script, covers: Value| {
            let mut op = lan.figure(&keys[0], 1, json!({ "rev": 0 }));
            op["kind"] = json!("submission");
            (op["form"], op["action"], op["covers"]) = (json!("crime"), json!("submit"), covers);
            op
        };
        let op = submit(&mut lan, covers);
        assert_eq!(lan.results(&[op]).await[0]["code"], "malformed");
        let many = json!(vec![json!({ "element": "a", "base": { "rev": 0 } }); 2_000]);
        let op = submit(&mut lan, many);
        assert_eq!(lan.results(&[op]).await[0]["code"], "malformed");

        // What hides or turns a text is left out, and the op is the same when it is sent again.
        let mut op = lan.figure(&keys[50], Value::Null, json!({ "rev": 0 }));
        op["reason"] = json!("chờ\u{202e} số\u{2066} liệu\u{200f}\u{7}");
        for _ in 0..2 {
            assert_eq!(lan.statuses(std::slice::from_ref(&op)).await, ["applied"]);
        }
        assert_eq!(lan.cell(&keys[50]).await["head"]["reason"], "chờ số liệu");
        let body = json!({ "username": "a\0b", "password": "a\0b" });
        let answer = crate::support::post(&server.url("/api/v1/session"), body).await;
        assert!(answer.status < 500, "{}", answer.status);
    }
}

/// Each is rejected, and based on the one before it.
fn chain(script: &mut Script, key: &CellKey, length: usize) -> Vec<Value> {
    let mut base = json!({ "rev": 0 });
    let mut ops = Vec::new();
    for _ in 0..length {
        let op = script.figure(key, -1, base);
        base = json!({ "op": op["op_id"] });
        ops.push(op);
    }
    ops
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_based_on_a_long_chain_of_rejected_ops_is_judged_as_quickly_as_anything() {
    for place in places("chain") {
        let database = place.fresh().await;
        let reporter = office(&database, &["lan"]).await;
        let server = serve(&database);
        let mut lan = Script::new(&server, "lan", 1).await;
        let keys = nth(&reporter, 40);
        let ops = chain(&mut lan, &keys[0], 1_900);
        for batch in ops.chunks(500) {
            assert!(lan.statuses(batch).await.iter().all(|status| status == "rejected"));
        }
        let mut plain = Duration::MAX;
        for key in &keys[1..20] {
            let op = lan.figure(key, 1, json!({ "rev": 0 }));
            let begun = now();
            assert_eq!(lan.statuses(&[op]).await, ["applied"]);
            plain = plain.min(begun.elapsed());
        }
        let op = lan.figure(&keys[0], 1, json!({ "op": ops.last().expect("one")["op_id"] }));
        let begun = now();
        // It stands for what the first of them was based on.
        assert_eq!(lan.statuses(&[op]).await, ["applied"]);
        let took = begun.elapsed();
        assert!(took < plain * 20 + Duration::from_millis(100), "{took:?}, and {plain:?} without a chain");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_is_a_value_of_this_cell_by_this_author_or_none() {
    for place in places("bases") {
        let database = place.fresh().await;
        let reporter = office(&database, &["lan", "hoa"]).await;
        let server = serve(&database);
        let (mut lan, mut hoa) = (Script::new(&server, "lan", 1).await, Script::new(&server, "hoa", 2).await);
        let keys = nth(&reporter, 3);
        // Two cells whose first values have the same number.
        let of =
            |script: &mut Script, nth: usize| script.figure(&keys[nth], 10 + nth as i64, json!({ "rev": 0 }));
        let (first, second) = (of(&mut lan, 0), of(&mut lan, 1));
        let results = lan.results(&[first.clone(), second.clone()]).await;
        assert_eq!(results[0]["rev"], results[1]["rev"]);
        let on = |op: &Value| json!({ "op": op["op_id"] });
        let other_cell = lan.figure(&keys[0], 20, on(&second));
        let other_person = hoa.figure(&keys[0], 21, on(&first));
        let own = lan.figure(&keys[0], 22, on(&first));
        assert_eq!(lan.statuses(std::slice::from_ref(&other_cell)).await, ["conflict"]);
        assert_eq!(hoa.statuses(&[other_person]).await, ["conflict"]);
        assert_eq!(lan.statuses(&[own]).await, ["applied"]);
        let cell = lan.cell(&keys[0]).await;
        assert_eq!((&cell["head"]["value"], values(&cell["branches"])), (&json!(22), vec![20, 21]));
        // What came first and waited is judged alike.
        let later = lan.figure(&keys[2], 5, json!({ "rev": 0 }));
        let early = hoa.figure(&keys[1], 6, on(&later));
        assert_eq!(hoa.statuses(std::slice::from_ref(&early)).await, ["held"]);
        assert_eq!(lan.statuses(&[later]).await, ["applied"]);
        assert_eq!(hoa.statuses(&[early]).await, ["conflict"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_has_a_plausible_maximum() {
    for place in places("maximum") {
        let database = place.fresh().await;
        let reporter = office(&database, &["lan"]).await;
        let server = serve(&database);
        let mut lan = Script::new(&server, "lan", 1).await;
        let keys = nth(&reporter, 4);
        for (key, value, code) in [
            (&keys[0], 1_000_000_000, Value::Null),
            (&keys[1], 1_000_000_001, json!("out_of_range")),
            (&keys[2], i64::MAX, json!("out_of_range")),
        ] {
            let op = lan.figure(key, value, json!({ "rev": 0 }));
            assert_eq!(lan.results(&[op]).await[0]["code"], code, "{value}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_a_budget_a_day_what_would_be_rejected_is_not_recorded() {
    const BUDGET: usize = 2_000;
    for place in places("budget") {
        let database = place.fresh().await;
        let reporter = office(&database, &["lan", "hoa"]).await;
        let mut server = serve(&database);
        let (mut lan, mut hoa) = (Script::new(&server, "lan", 1).await, Script::new(&server, "hoa", 2).await);
        let keys = nth(&reporter, 6);
        let rejected = chain(&mut lan, &keys[0], BUDGET - 1);
        for batch in rejected.chunks(500) {
            assert!(lan.statuses(batch).await.iter().all(|status| status == "rejected"));
        }
        let mut malformed = lan.figure(&keys[1], "seven", json!({ "rev": 0 }));
        assert_eq!(lan.statuses(std::slice::from_ref(&malformed)).await, ["rejected"]);
        // The next is not recorded, and nothing waits for it.
        let bad = lan.figure(&keys[2], -1, json!({ "rev": 0 }));
        let waits = lan.figure(&keys[2], 3, json!({ "op": lan.id(77_777) }));
        malformed["op_id"] = json!(lan.id(88_888));
        let good = lan.figure(&keys[3], 4, json!({ "rev": 0 }));
        let ops = [bad.clone(), waits.clone(), malformed, good];
        assert_eq!(lan.statuses(&ops).await, ["deferred", "deferred", "deferred", "applied"]);
        let known = rejected[7].clone();
        assert_eq!(lan.statuses(&[known]).await, ["rejected"], "what is recorded is answered as before");
        // v0.1.0 names no cursor and would take `deferred` for a fault of its own: it waits.
        let fine = lan.figure(&keys[4], 5, json!({ "rev": 0 }));
        let old = async |ops: Value| lan.ask("sync/push", json!({ "ops": ops }).to_string()).await;
        let answer = old(json!([fine, bad])).await;
        assert_eq!((answer.status, answer.code().as_str()), (429, "too_many_refused"));
        assert!(answer.retry_after().is_some_and(|seconds| seconds >= 60));
        let answer = old(json!([fine])).await.json();
        assert_eq!(answer["results"][0]["status"], "applied", "{answer}");
        // It is one person's budget, of one day.
        let of_another = hoa.figure(&keys[5], -1, json!({ "rev": 0 }));
        assert_eq!(hoa.statuses(&[of_another]).await, ["rejected"]);
        server.start_again("2026-11-23", &[]);
        lan.server = server.url("");
        assert_eq!(lan.statuses(&[bad, waits]).await, ["rejected", "held"]);
    }
}
