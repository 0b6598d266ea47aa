//! A server on a database with the illustrative data, and requests to it.

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use chitieu_server::assets::Assets;
use chitieu_server::state::{App, Settings};
use chitieu_server::store::Store;
use chitieu_server::{demo, plan_file, router};
use chitieu_sync::plans::Accepted;
use chrono::NaiveDate;
use serde_json::{Value, json};
use tower::ServiceExt;

pub const OFFICER: &str = "police_commune-11977";

pub const REPORTER: &str = "police_commune:11977@2025-07-01";
pub const DEVICE: &str = "0199c0de-0000-7000-8000-000000000001";

pub struct Server {
    pub app: App,
}

impl Server {
    pub async fn new() -> Self {
        Self::on("sqlite::memory:").await
    }

    /// On a database that is new.
    pub async fn on(database: &str) -> Self {
        Self::on_day(database, "2026-11-22").await
    }

    /// The same, with data up to another day.
    pub async fn on_day(database: &str, today: &str) -> Self {
        let store = Store::open(database).await.expect("a new database");
        let plan = plan_file::load(plan_file::HUNG_YEN_188).expect("the plan loads");
        let today = today.parse().expect("a day");
        demo::fill(&store, &plan, today).await.expect("it fills");
        let settings = Settings {
            secure_cookies: false,
            origin: None,
            behind_proxy: false,
            frame_ancestors: vec!["https://portal.example.vn".into()],
            public: true,
            today: Some(today),
        };
        let plans = store.serve_plan(&plan.version, today).await.expect("it is kept");
        Self { app: App::new(plan, plans, store, Assets::default(), settings, true) }
    }

    /// The same server and database, reached over https.
    pub fn behind_https(&self) -> Self {
        let settings = Settings { secure_cookies: true, ..self.app.settings.clone() };
        self.set(self.app.plans.clone(), settings)
    }

    /// The same server and database, on another day and with another history of plans.
    pub fn with(&self, plans: Accepted, today: NaiveDate) -> Self {
        self.set(plans, Settings { today: Some(today), ..self.app.settings.clone() })
    }

    fn set(&self, plans: Accepted, settings: Settings) -> Self {
        let plan = plan_file::load(plan_file::HUNG_YEN_188).expect("the plan loads");
        Self { app: App::new(plan, plans, self.app.store.clone(), Assets::default(), settings, true) }
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
