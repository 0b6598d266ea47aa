//! A server on a database with the illustrative data, and requests to it.

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use chitieu_server::http::assets::Assets;
use chitieu_server::http::state::App;
use chitieu_server::services::attachments::examiner::Examiner;
use chitieu_server::services::context::Settings;
use chitieu_server::services::plan_file;
use chitieu_server::store::Store;
use chitieu_server::{demo, router};
use chitieu_sync::plans::Accepted;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::UNIX_EPOCH;
use tokio::sync::Mutex;
use tower::ServiceExt;

pub const OFFICER: &str = "police_commune-11977";

pub const REPORTER: &str = "police_commune:11977@2025-07-01";
pub const DEVICE: &str = "0199c0de-0000-7000-8000-000000000001";

pub struct Server {
    pub app: App,
    folder: Option<Arc<Folder>>,
}

/// Gone with the last server on it.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn today() -> NaiveDate {
    "2026-11-22".parse().expect("a day")
}

/// The province up to a day, filled once by this program: to fill a database takes longer than to copy it.
async fn template(day: NaiveDate) -> PathBuf {
    static ONE: Mutex<()> = Mutex::const_new(());
    let _one = ONE.lock().await;
    let built = std::env::current_exe().and_then(std::fs::metadata).and_then(|about| about.modified());
    let built = built.expect("a time").duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("province-{day}"));
    let path = folder.join(format!("{built}.db"));
    if !path.exists() {
        // That of an earlier program.
        std::fs::remove_dir_all(&folder).ok();
        std::fs::create_dir_all(&folder).expect("a folder");
        let part = folder.join(format!("part-{}.db", std::process::id()));
        let store = Store::open(&format!("sqlite:{}", part.display())).await.expect("a new database");
        let plan = plan_file::load(plan_file::HUNG_YEN_188).expect("the plan loads");
        demo::fill(&store, &plan, day).await.expect("it fills");
        store.close().await;
        std::fs::rename(part, &path).expect("it is kept");
    }
    path
}

impl Server {
    pub async fn new() -> Self {
        Self::on_day(today()).await
    }

    /// With data up to another day.
    pub async fn on_day(day: NaiveDate) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("chitieu-api-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = Folder(std::env::temp_dir().join(name));
        std::fs::create_dir_all(&folder.0).expect("a folder");
        let path = folder.0.join("a.db");
        std::fs::copy(template(day).await, &path).expect("it is copied");
        let store = Store::open_existing(&format!("sqlite:{}", path.display())).await.expect("it opens");
        Self { folder: Some(Arc::new(folder)), ..Self::of(store, day).await }
    }

    /// Its database, for whoever looks into it beside.
    pub fn url(&self) -> String {
        let folder = self.folder.as_ref().expect("every server has one");
        format!("sqlite:{}", folder.0.join("a.db").display())
    }

    async fn of(store: Store, today: NaiveDate) -> Self {
        let plan = plan_file::load(plan_file::HUNG_YEN_188).expect("the plan loads");
        let settings = Settings {
            secure_cookies: false,
            origin: None,
            behind_proxy: false,
            frame_ancestors: vec!["https://portal.example.vn".into()],
            public: true,
            today: Some(today),
            examiner: Examiner::Process(env!("CARGO_BIN_EXE_chitieu").into()),
        };
        let plans = store.serve_plan(&plan.version, today).await.expect("it is kept");
        Self { app: App::new(plan, plans, store, Assets::default(), settings, true), folder: None }
    }

    /// The same server and database, reached over https.
    pub fn behind_https(&self) -> Self {
        let settings = Settings { secure_cookies: true, ..self.app.settings.clone() };
        self.set(Accepted::clone(&self.app.plans), settings)
    }

    /// The same server and database, on another day and with another history of plans.
    pub fn with(&self, plans: Accepted, today: NaiveDate) -> Self {
        self.set(plans, Settings { today: Some(today), ..self.app.settings.clone() })
    }

    fn set(&self, plans: Accepted, settings: Settings) -> Self {
        let plan = plan_file::load(plan_file::HUNG_YEN_188).expect("the plan loads");
        let app = App::new(plan, plans, self.app.store.clone(), Assets::default(), settings, true);
        Self { app, folder: self.folder.clone() }
    }

    pub async fn ask(&self, request: Request<Body>) -> Response<Body> {
        router(self.app.clone()).oneshot(request).await.expect("the router answers")
    }

    pub async fn post(&self, path: &str, cookie: Option<&str>, body: &Value) -> (StatusCode, Value) {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        read(self.ask(request.body(Body::from(body.to_string())).expect("a request")).await).await
    }

    pub async fn get(&self, path: &str, cookie: &str) -> (StatusCode, Value) {
        let request =
            Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).expect("a request");
        read(self.ask(request).await).await
    }

    pub async fn sign_in(&self, username: &str) -> String {
        let body = json!({ "username": username, "password": demo::PASSWORD }).to_string();
        let request = Request::post("/api/v1/session").header(header::CONTENT_TYPE, "application/json");
        let response = self.ask(request.body(Body::from(body)).expect("a request")).await;
        assert_eq!(response.status(), StatusCode::OK, "{username}");
        let cookie = response.headers()[header::SET_COOKIE].to_str().expect("ascii").to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
        cookie.split(';').next().expect("a pair").to_owned()
    }

    pub fn figure(&self, seq: u64, author: &str, element: &str, value: i64, base: &Value) -> Value {
        json!({
            "kind": "figure", "op_id": format!("0199c0de-0000-7000-8000-00000000f{seq:03}"), "device_id": DEVICE,
            "device_seq": seq, "author": author, "reporter": REPORTER, "period": "2026-11", "element": element,
            "value": value, "base": base, "plan": self.app.plan.version, "entered_at": "2026-11-22T08:00:00Z",
        })
    }
}

pub async fn read(response: Response<Body>) -> (StatusCode, Value) {
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 64 << 20).await.expect("a body");
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}
