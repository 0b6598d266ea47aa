//! Every route there is.

mod embed;
pub(crate) mod evaluation;
mod figures;
mod history;
mod me;
mod password;
mod session;
pub(crate) mod set_up;
mod sync;

use crate::clock::now;
use crate::edge::edge;
use crate::problem::Problem;
use crate::public::draw;
use crate::public::rendered::{Rendered, framed};
use crate::state::App;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post, put};
use axum::{Json, Router};
use chitieu_sync::message::MOST_BYTES;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::sync::OnceLock;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::decompression::RequestDecompressionLayer;

/// A route: the methods that it answers to, its path with `{…}` for what varies, and what answers.
type Route = (&'static str, &'static str, MethodRouter<App>);

/// What devices and programs ask, below [`API`]. What each asks for is in `docs/rights.md`; one that is not there fails a test.
fn api() -> Vec<Route> {
    vec![
        ("POST DELETE", "/session", small(post(session::sign_in)).delete(session::sign_out)),
        ("GET", "/sessions", get(session::list)),
        ("DELETE", "/sessions/{id}", delete(session::end)),
        ("POST", "/password", small(post(password::change))),
        ("GET", "/me", get(me::me)),
        ("GET", "/me/key", get(me::key)),
        ("GET", "/plan", get(me::plan)),
        ("GET", "/plan/bundle", get(me::plan_bundle)),
        ("GET", "/plan/packed", get(me::packed_plan)),
        ("POST", "/sync/push", post(sync::push)),
        ("POST", "/sync/pull", post(sync::pull)),
        ("GET", "/sync/events", get(sync::news)),
        ("GET", "/evaluation", get(evaluation::evaluation)),
        ("GET", "/evaluation/others", get(evaluation::others)),
        ("GET", "/figures", get(figures::figures)),
        ("GET", "/branches", get(figures::branches)),
        ("GET", "/history/cell", get(history::cell)),
        ("GET", "/history/submission", get(history::submission)),
        ("GET", "/history/entity", get(history::entity)),
        ("POST", "/history/feed", post(history::feed)),
        ("PUT", "/devices/{id}", small(put(history::name_device))),
    ]
}

/// Where [`api`] is.
const API: &str = "/api/v1";

/// What is shown without an account; served where the settings say so.
fn public() -> Vec<Route> {
    vec![
        ("GET", "/embed/v1/style.css", get(embed::style)),
        ("GET", "/embed/v1/target/{id}", get(embed::target)),
    ]
}

/// The pages that the server makes itself.
fn pages() -> Vec<Route> {
    vec![
        ("GET POST", set_up::PATH, get(set_up::page).post(set_up::make)),
        ("GET", set_up::STYLE, get(set_up::style)),
    ]
}

/// What watches over the server asks.
fn health() -> Vec<Route> {
    vec![("GET", "/healthz", get(async || "ok")), ("GET", "/readyz", get(ready))]
}

fn of(routes: Vec<Route>) -> Router<App> {
    routes.into_iter().fold(Router::new(), |router, (_, path, route)| router.route(path, route))
}

/// Every route by methods and path; what no route has is a file of the app's.
pub fn routes() -> Vec<(&'static str, String)> {
    let below = |(methods, path, _): Route| (methods, format!("{API}{path}"));
    let others = public().into_iter().chain(pages()).chain(health());
    api().into_iter().map(below).chain(others.map(|(methods, path, _)| (methods, path.to_owned()))).collect()
}

/// The server as a service: the app under every path that is not an interface.
pub fn router(app: App) -> Router {
    let api = of(api())
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(async || Problem::NotAllowed);
    #[cfg(test)]
    let api = api.route("/panics", get(tests::panics));
    let api = api
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(RequestDecompressionLayer::new())
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest));
    let embed = if app.settings.public { of(public()) } else { Router::new() };
    Router::new()
        .nest(API, api)
        .merge(of(pages()).layer(DefaultBodyLimit::max(set_up::MOST_BYTES)))
        .merge(embed)
        .merge(of(health()))
        .fallback(get(file))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), edge))
        .with_state(app)
}

/// The paths of all that is shown without an account, with `{…}` for what varies.
pub fn public_paths() -> Vec<&'static str> {
    public().into_iter().map(|(_, path, _)| path).collect()
}

/// A panic of a handler is our fault, told as any other and never a connection that breaks off: devices keep what they have
/// and try again.
fn panicked(what: Box<dyn Any + Send>) -> Response {
    let said = what.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let said = said.or_else(|| what.downcast_ref::<String>().cloned()).unwrap_or_default();
    Problem::Panicked(said).into_response()
}

async fn ready(State(app): State<App>) -> Result<&'static str, Problem> {
    app.store.ready(now().timestamp()).await?;
    Ok("ready")
}

/// A route that anybody may send something to: little of it is taken.
fn small(route: MethodRouter<App>) -> MethodRouter<App> {
    route.layer(DefaultBodyLimit::max(session::MOST_BYTES))
}

/// What no route has. Interfaces say so in their own form; everything else is the app's.
async fn file(state: State<App>, uri: Uri, headers: HeaderMap) -> Response {
    match uri.path().split('/').nth(1) {
        Some("api" | "public" | "oembed") => Problem::NotFound.into_response(),
        Some("embed") => embed::nowhere(state, uri, headers).await,
        // Kept for pages that the server makes (the app's worker leaves it alone).
        Some("quan-tri") => no_page(&headers),
        _ => state.assets.serve(uri.path(), &headers),
    }
}

/// An honest page of the server's own; nothing of the app is behind it.
fn no_page(headers: &HeaderMap) -> Response {
    static PAGE: OnceLock<Rendered> = OnceLock::new();
    let page = PAGE.get_or_init(|| {
        let mut headers = framed("text/html; charset=utf-8", &[]);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Rendered::new(StatusCode::NOT_FOUND, &headers, draw::no_page(set_up::STYLE).as_bytes())
    });
    page.answer(headers)
}

/// A query whose refusal is a problem that says what does not read.
pub(crate) struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let read = Query::<T>::try_from_uri(&parts.uri);
        read.map(|Query(value)| Self(value)).map_err(|error| Problem::BadRequest(error.body_text()))
    }
}

/// How long a request's body may take, however little of it comes at a time. The app gives up after a minute.
const BODY_PATIENCE: Duration = Duration::from_secs(75);

/// The same where nobody is signed in yet: little is sent.
const BRIEF_PATIENCE: Duration = Duration::from_secs(20);

/// JSON whose refusal is a problem that says where it does not read.
pub(crate) struct Body<T>(pub T);

/// The same, of somebody who is not signed in.
pub(crate) struct Brief<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        read(request, state, BODY_PATIENCE).await.map(Self)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Brief<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        read(request, state, BRIEF_PATIENCE).await.map(Self)
    }
}

async fn read<T: DeserializeOwned>(
    request: Request,
    state: &(impl Send + Sync),
    patience: Duration,
) -> Result<T, Problem> {
    let read = tokio::time::timeout(patience, Json::<T>::from_request(request, state)).await;
    match read.map_err(|_| Problem::TooSlow)? {
        Ok(Json(value)) => Ok(value),
        Err(JsonRejection::BytesRejection(error)) if error.status() == 413 => Err(Problem::TooLarge),
        Err(error) => Err(Problem::BadRequest(error.body_text())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::Assets;
    use crate::context::Settings;
    use crate::plan_file;
    use crate::store::Store;
    use axum::body::{Body as Bytes, to_bytes};
    use chitieu_sync::plans::Accepted;
    use tower::ServiceExt;

    pub async fn panics() -> &'static str {
        panic!("in the middle of it")
    }

    #[tokio::test]
    async fn a_panic_in_a_handler_is_an_answer() {
        let plan = plan_file::load(plan_file::HUNG_YEN_188).expect("the plan loads");
        let plans = Accepted::only(plan.version.as_str());
        let store = Store::open("sqlite::memory:").await.expect("a database in memory");
        let app = App::new(plan, plans, store, Assets::default(), Settings::default(), true);
        let request = Request::get("/api/v1/panics").body(Bytes::empty()).expect("a request");
        let answer = router(app).oneshot(request).await.expect("the router answers");
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json");
        for name in [header::CONTENT_SECURITY_POLICY, header::X_FRAME_OPTIONS, crate::edge::REQUEST_ID] {
            assert!(answer.headers().contains_key(&name), "{name}");
        }
        let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
        let problem: chitieu_sync::message::Problem = serde_json::from_slice(&body).expect("a problem");
        assert_eq!((problem.status, problem.code.as_str()), (500, "internal"));
        assert!(!problem.title_en.contains("middle"), "what went wrong inside is not told");
    }
}
