//! A database that an earlier release made is opened, migrated and served, and takes what a device of that release has
//! not sent yet (`tests/frozen`).

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chitieu_server::http::assets::Assets;
use chitieu_server::http::state::App;
use chitieu_server::services::context::Settings;
use chitieu_server::services::plan_file;
use chitieu_server::store::Store;
use chitieu_server::{demo, router};
use chitieu_sync::message::{EventBody, PullResponse, PushRequest, PushResponse};
use chitieu_sync::plan_bundle::PlanBundle;
use chitieu_sync::replica::Replica;
use chitieu_sync::{Outcome, Rejection};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use std::path::{Path, PathBuf};
use tower::ServiceExt;

const OFFICER: &str = "police_commune-11977";
/// Cells and submissions that the officer follows.
const EVENTS: usize = 398 + 24;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/frozen/v0.1.0"))
}

/// A copy of the database that may be written to; gone when the test is.
struct Copy(PathBuf);

impl Copy {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("chitieu-frozen-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        let packed = std::fs::File::open(self::folder().join("server.db.gz")).expect("the database is there");
        let mut file = std::fs::File::create(folder.join("server.db")).expect("a file");
        std::io::copy(&mut flate2::read::GzDecoder::new(packed), &mut file).expect("it unpacks");
        Self(folder)
    }

    /// Served on a day by this program.
    async fn served(&self, today: &str) -> App {
        let today: NaiveDate = today.parse().expect("a day");
        let store = Store::open(&format!("sqlite:{}", self.0.join("server.db").display())).await;
        let store = store.expect("it opens and migrates");
        let plan = plan_file::load(plan_file::HUNG_YEN_188).expect("the plan loads");
        let plans = store.serve_plan(&plan.version, today).await.expect("it is kept");
        let settings = Settings { today: Some(today), ..Settings::default() };
        App::new(plan, plans, store, Assets::default(), settings, true)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// Posts JSON; the answer's cookie and body.
async fn post(app: &App, path: &str, cookie: &str, body: String) -> (String, Vec<u8>) {
    let request =
        Request::post(path).header(header::CONTENT_TYPE, "application/json").header(header::COOKIE, cookie);
    let answer = router(app.clone()).oneshot(request.body(Body::from(body)).expect("a request")).await;
    let answer = answer.expect("the router answers");
    let status = answer.status();
    let cookie = answer.headers().get(header::SET_COOKIE).and_then(|c| c.to_str().ok()).unwrap_or_default();
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let bytes = axum::body::to_bytes(answer.into_body(), 64 << 20).await.expect("a body").to_vec();
    assert_eq!(status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&bytes));
    (cookie, bytes)
}

/// Everything that one database of a browser holds.
#[derive(Deserialize)]
struct Stored {
    database: String,
    rows: Vec<(String, String)>,
}

fn device(folder: &Path) -> Replica {
    let text = std::fs::read_to_string(folder.join("device.json")).expect("the device's store is there");
    let stored: Vec<Stored> = serde_json::from_str(&text).expect("it is JSON");
    let own = stored.iter().find(|s| s.database == format!("chitieu-{OFFICER}")).expect("the officer's");
    let rows = own.rows.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    Replica::read(1, rows, uuid::Uuid::nil())
}

#[tokio::test]
async fn a_release_s_database_is_served_and_takes_what_its_device_had_not_sent() {
    let copy = Copy::new("served");
    let app = copy.served("2026-11-22").await;
    let password = json!({ "username": OFFICER, "password": demo::PASSWORD }).to_string();
    let (cookie, _) = post(&app, "/api/v1/session", "", password).await;
    let pull = json!({ "cursor": null, "limit": 100_000 }).to_string();
    let (_, page) = post(&app, "/api/v1/sync/pull", &cookie, pull.clone()).await;
    let page: PullResponse = serde_json::from_slice(&page).expect("a page");
    assert_eq!((page.epoch, page.is_snapshot, page.has_more), (1, true, false));

    // A head is told with the time at which the server received it, those of before the upgrade too.
    let mut heads = page.events.iter().filter_map(|event| match &event.body {
        EventBody::Cell { head, .. } => head.as_ref(),
        _ => None,
    });
    assert!(heads.any(|head| head.at.starts_with("2026-11-26T03:50:5")), "as the log has it");

    // The device had all of it, and nothing that is not there.
    let device = device(&folder());
    let known = device.server_cells().count() + device.submissions().count();
    assert_eq!((page.events.len(), known), (EVENTS, EVENTS));

    let (_, ops) = device.next_push(100, &|_| true);
    let push = serde_json::to_string(&PushRequest { ops, cursor: None }).expect("JSON");
    let (_, answer) = post(&app, "/api/v1/sync/push", &cookie, push).await;
    let answer: PushResponse = serde_json::from_slice(&answer).expect("an answer");
    assert_eq!(answer.results.len(), 2);
    for result in &answer.results {
        assert!(matches!(result.outcome, Outcome::Applied { .. }), "{result:?}");
    }
}

#[tokio::test]
async fn what_was_entered_under_its_plan_is_taken_for_ninety_days_after_the_upgrade() {
    let copy = Copy::new("plans");
    let upgraded = copy.served("2026-11-22").await;
    let (_, ops) = device(&folder()).next_push(100, &|_| true);
    assert!(ops.iter().all(|op| op.plan != upgraded.plan.version), "the version is another one by now");
    let password = json!({ "username": OFFICER, "password": demo::PASSWORD }).to_string();
    for (nth, (today, is_taken)) in [("2027-02-20", true), ("2027-02-21", false)].into_iter().enumerate() {
        let app = copy.served(today).await;
        let (cookie, _) = post(&app, "/api/v1/session", "", password.clone()).await;
        let push =
            serde_json::to_string(&PushRequest { ops: vec![ops[nth].clone()], cursor: None }).expect("JSON");
        let (_, answer) = post(&app, "/api/v1/sync/push", &cookie, push).await;
        let answer: PushResponse = serde_json::from_slice(&answer).expect("an answer");
        let rejected = Outcome::Rejected { code: Rejection::UnknownPlan };
        assert_eq!(answer.results[0].outcome != rejected, is_taken, "{today}: {answer:?}");
    }
}

/// The packed plan that the device keeps.
fn kept_plan() -> String {
    let text = std::fs::read_to_string(folder().join("device.json")).expect("the device's store is there");
    let stored: Vec<Stored> = serde_json::from_str(&text).expect("it is JSON");
    let row = stored.iter().flat_map(|s| &s.rows).find(|(key, _)| key == "k|plan");
    row.expect("it keeps the plan").1.clone()
}

#[test]
fn the_plan_is_packed_for_a_release_as_that_release_packed_it() {
    let kept = kept_plan();
    // What it wrote itself comes back byte for byte.
    let read = PlanBundle::unpack(&kept).expect("it reads");
    assert_eq!(read.pack_v0_1_0().expect("it packs").as_deref(), Some(&*kept));
    // What it is sent now differs in nothing but the version and the regions' areas.
    let plan = plan_file::load(plan_file::HUNG_YEN_188).expect("the plan loads");
    let sent = plan.packed_v0_1_0.expect("its calendars are the four").text;
    let lists = |text: &str| serde_json::from_str::<[serde_json::Value; 3]>(text).expect("three fields");
    let ([_, then, units_then], [version, now, units_now]) = (lists(&kept), lists(&sent));
    assert_eq!(version, *plan.version);
    assert_eq!(then, now);
    let known = |units: serde_json::Value| -> Vec<serde_json::Value> {
        let units = units.as_array().expect("a list").clone();
        units.into_iter().filter(|u| !u[0].as_str().expect("an id").starts_with("KV")).collect()
    };
    assert!(
        units_now.as_array().expect("a list").iter().all(|unit| unit.as_array().map(Vec::len) == Some(6))
    );
    assert_eq!(known(units_then), known(units_now));
}

#[test]
fn a_plan_that_the_release_kept_has_the_days_it_had_there() {
    let PlanBundle { plan, units, .. } = PlanBundle::unpack(&kept_plan()).expect("it reads");
    let model = chitieu_domain::Model::of_checked(plan, units).expect("it is sound");
    for (form, from) in [("crime", "2024-12-15"), ("prosecution", "2024-12-01"), ("court", "2024-10-01")] {
        let span = model.calendar(model.form_ix(form).expect("a form")).span("2025".parse().expect("a year"));
        assert_eq!(span.from.to_string(), from, "{form}");
    }
}

#[tokio::test]
async fn a_session_of_the_first_release_lasts_until_its_own_end() {
    // The latest of the two that the officer has.
    const END: i64 = 1_796_849_452;
    const FORTNIGHT: i64 = 14 * 24 * 3600;
    let copy = Copy::new("sessions");
    let app = copy.served("2026-11-25").await;
    let began = |now| {
        let store = &app.store;
        async move {
            let sessions =
                store.sessions(OFFICER, now, chitieu_server::auth::session::LASTS).await.expect("a list");
            sessions.into_iter().map(|session| session.began_at).collect::<Vec<_>>()
        }
    };

    assert_eq!(began(END - 60).await, [END - FORTNIGHT, END - 2 - FORTNIGHT]);
    assert_eq!(began(END - 1).await, [END - FORTNIGHT]);
    assert_eq!(began(END).await, [] as [i64; 0]);
}

/// A database of this release in which a later one wrote, before this one was put back.
async fn spoil(copy: &Copy, sql: &str) {
    use sqlx::Connection;
    let url = format!("sqlite:{}", copy.0.join("server.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("it opens");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.expect(sql);
    connection.close().await.expect("it closes");
}

#[tokio::test]
async fn a_database_that_a_later_release_migrated_is_opened_and_served() {
    let copy = Copy::new("later-migration");
    copy.served("2026-11-22").await.store.close().await;
    spoil(
        &copy,
        "ALTER TABLE cells ADD COLUMN later TEXT NOT NULL DEFAULT ''; CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT; \
         INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) \
         VALUES (9999, 'later', CURRENT_TIMESTAMP, 1, x'00', 1);",
    )
    .await;

    let app = copy.served("2026-11-22").await;
    let password = json!({ "username": OFFICER, "password": demo::PASSWORD }).to_string();
    let (cookie, _) = post(&app, "/api/v1/session", "", password).await;
    let (_, page) =
        post(&app, "/api/v1/sync/pull", &cookie, json!({ "cursor": null, "limit": 5_000 }).to_string()).await;
    let page: PullResponse = serde_json::from_slice(&page).expect("a page");
    assert_eq!(page.events.len(), EVENTS);
    let (_, ops) = device(&folder()).next_push(100, &|_| true);
    let results = pushed(&app, &cookie, serde_json::to_value(ops).expect("JSON")).await;
    assert!(results.iter().all(|result| result["status"] == "applied"), "{results:?}");
}

/// Pushes ops given as JSON; the results as JSON.
async fn pushed(app: &App, cookie: &str, ops: serde_json::Value) -> Vec<serde_json::Value> {
    let (_, answer) = post(app, "/api/v1/sync/push", cookie, json!({ "ops": ops }).to_string()).await;
    let answer: serde_json::Value = serde_json::from_slice(&answer).expect("JSON");
    answer["results"].as_array().expect("a list").clone()
}

#[expect(clippy::too_many_lines, reason = "one word after another, on one database")]
#[tokio::test]
async fn a_server_that_was_rolled_back_reads_what_the_later_release_wrote() {
    let copy = Copy::new("rolled-back");
    let app = copy.served("2026-11-22").await;
    let password = json!({ "username": OFFICER, "password": demo::PASSWORD }).to_string();
    let (cookie, _) = post(&app, "/api/v1/session", "", password.clone()).await;
    let pull = |cursor: Option<String>, kinds: serde_json::Value| {
        json!({ "cursor": cursor, "limit": 5_000, "kinds": kinds }).to_string()
    };
    let plain = json!(["figure", "submission"]);
    let wide = json!(["figure", "submission", "ledger"]);
    let (_, page) = post(&app, "/api/v1/sync/pull", &cookie, pull(None, wide.clone())).await;
    let wide_cursor = serde_json::from_slice::<PullResponse>(&page).expect("a page").next_cursor;
    let (_, page) = post(&app, "/api/v1/sync/pull", &cookie, pull(None, plain.clone())).await;
    let cursor = serde_json::from_slice::<PullResponse>(&page).expect("a page").next_cursor;

    let (_, ops) = device(&folder()).next_push(100, &|_| true);
    let ops = serde_json::to_value(ops).expect("JSON");
    let results = pushed(&app, &cookie, ops.clone()).await;
    assert!(results.iter().all(|r| r["status"] == "applied"), "{results:?}");

    // The later release: an op of a new kind on the first cell, a new outcome for the second, an event of a new type and
    // one that this release would misread, a state and a role.
    let (first, second) =
        (ops[0]["op_id"].as_str().expect("an id"), ops[1]["op_id"].as_str().expect("an id"));
    let period = ops[0]["period"].as_str().expect("a period");
    spoil(
        &copy,
        &format!(
            "UPDATE ops SET body = REPLACE(body, '\"kind\":\"figure\"', '\"kind\":\"measurement\"') WHERE op_id = '{first}'; \
             UPDATE ops SET outcome = '{{\"status\":\"escrowed\"}}' WHERE op_id = '{second}'; \
             UPDATE streams SET seq = seq + 2 WHERE reporter LIKE 'police_commune:11977@%'; \
             INSERT INTO events (stream, seq, body, hash) SELECT id, seq - 1, '{{\"type\":\"ledger\",\"text\":\"a later one\"}}', '' \
                FROM streams WHERE reporter LIKE 'police_commune:11977@%'; \
             INSERT INTO events (stream, seq, body, hash) SELECT id, seq, '{{\"type\":\"cell\",\"head\":17}}', '' \
                FROM streams WHERE reporter LIKE 'police_commune:11977@%';"
        ),
    )
    .await;

    // A page tells what it can; what it does not read goes to who asks for that kind.
    let (_, page) = post(&app, "/api/v1/sync/pull", &cookie, pull(Some(cursor), plain.clone())).await;
    let text = String::from_utf8(page).expect("text");
    assert!(!text.contains("a later one"), "{text}");
    let told = serde_json::from_str::<PullResponse>(&text).expect("a page").events;
    assert_eq!(told.len(), 3, "two figures, and the event about a cell that does not read here");
    let (_, page) = post(&app, "/api/v1/sync/pull", &cookie, pull(Some(wide_cursor), wide)).await;
    let text = String::from_utf8(page).expect("text");
    let page: serde_json::Value = serde_json::from_str(&text).expect("a page");
    let ledger = json!({ "type": "ledger", "text": "a later one" });
    assert!(page["events"].as_array().is_some_and(|events| events.contains(&ledger)), "{text}");

    // A value that was made by an op of that kind is a base like another; the stored result is the answer to it.
    let next = |nth: u128, of: &serde_json::Value, value: i64| {
        let mut op = of.clone();
        op["op_id"] = json!(uuid::Uuid::from_u128(nth));
        op["device_seq"] = json!(1_000 + nth);
        op["base"] = json!({ "op": of["op_id"] });
        op["value"] = json!(value);
        op
    };
    let based = [next(1, &ops[0], 11), next(2, &ops[1], 12)];
    let results = pushed(&app, &cookie, json!([based[0], ops[0], ops[1], based[1]])).await;
    let said: Vec<&str> = results.iter().map(|r| r["status"].as_str().expect("a word")).collect();
    assert_eq!(said, ["applied", "applied", "deferred", "held"], "{results:?}");

    // The later release is back, and what waited is judged when it is asked about.
    spoil(
        &copy,
        &format!(
            "UPDATE ops SET outcome = (SELECT '{{\"status\":\"applied\",\"rev\":' || c.rev || ',\"seq\":1}}' FROM cells c \
             WHERE c.op_id = '{second}') WHERE op_id = '{second}';"
        ),
    )
    .await;
    let results = pushed(&app, &cookie, json!([based[1]])).await;
    assert_eq!(results[0]["status"], "applied", "{results:?}");

    // A form in a state of its own: its figures are deferred, and told with the word.
    spoil(
        &copy,
        &format!("UPDATE submissions SET state = 'sealed', rev = MAX(rev, 1) WHERE period = '{period}';"),
    )
    .await;
    let results = pushed(&app, &cookie, json!([next(3, &based[0], 13)])).await;
    assert_eq!(results[0]["status"], "deferred", "{results:?}");
    let (_, page) = post(&app, "/api/v1/sync/pull", &cookie, pull(None, plain.clone())).await;
    assert!(String::from_utf8_lossy(&page).contains("\"state\":\"sealed\""));

    // A cell and a form of a period that this release does not read are told as they are; the rest of the page with them.
    let mine = "(SELECT id FROM streams WHERE reporter LIKE 'police_commune:11977@%')";
    spoil(
        &copy,
        &format!(
            "UPDATE cells SET period = '2026-W47' WHERE id = (SELECT MIN(id) FROM cells WHERE rev > 0 AND stream = {mine}); \
             UPDATE submissions SET period = '2026-W47' WHERE id = (SELECT MIN(id) FROM submissions WHERE stream = {mine});"
        ),
    )
    .await;
    let (_, page) = post(&app, "/api/v1/sync/pull", &cookie, pull(None, plain)).await;
    let told = serde_json::from_slice::<PullResponse>(&page).expect("a page").events;
    let later = told.iter().filter_map(|event| match &event.body {
        EventBody::Unknown(text) => serde_json::from_str::<serde_json::Value>(text).ok(),
        _ => None,
    });
    let kinds: Vec<_> = later.filter(|e| e["period"] == "2026-W47").map(|e| e["type"].clone()).collect();
    assert_eq!(kinds, ["cell", "submission"]);
    assert!(told.len() > 100, "{}", told.len());

    // A role of its own may sign in, and is told that it has no right here.
    spoil(
        &copy,
        &format!(
            "UPDATE users SET grants = REPLACE(grants, 'officer', 'inspector') WHERE username = '{OFFICER}';"
        ),
    )
    .await;
    let (_, me) = post(&app, "/api/v1/session", "", password).await;
    let me: serde_json::Value = serde_json::from_slice(&me).expect("JSON");
    assert_eq!(me["grants"]["list"][0]["role"], "unknown");
    // v0.1.0 knows no such word; it is told of an officer with no reporter, for whom it shows nothing.
    assert_eq!((&me["grants"]["role"], &me["grants"]["reporters"]), (&json!("officer"), &json!([])));
}
