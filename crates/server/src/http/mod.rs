//! What goes over HTTP: every route there is, and what every request and answer passes.

pub mod api;
pub mod assets;
pub mod client_address;
mod coding;
pub mod cookies;
mod edge;
pub mod embed;
mod extract;
mod kept;
pub mod listening;
mod pages;
mod person;
pub mod problem;
pub mod rendered;
pub mod state;

use crate::clock::now;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use chitieu_sync::message::MOST_BYTES;
use edge::edge;
use pages::set_up;
use problem::Problem;
use state::App;
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::decompression::RequestDecompressionLayer;

/// A route: the methods that it answers to, its path with `{…}` for what varies, and what answers.
type Route = (&'static str, &'static str, MethodRouter<App>);

/// What is shown without an account; served where the settings say so.
fn public() -> Vec<Route> {
    vec![
        ("GET", "/embed/v1/style.css", get(embed::answer::style)),
        ("GET", "/embed/v1/target/{id}", get(embed::answer::target)),
    ]
}

/// The pages that the server makes itself.
fn pages() -> Vec<Route> {
    vec![
        ("GET POST", crate::auth::set_up::PATH, get(set_up::page).post(set_up::make)),
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
    let below = |(methods, path, _): Route| (methods, format!("{}{path}", api::PATH));
    let others = public().into_iter().chain(pages()).chain(health());
    api::routes()
        .into_iter()
        .map(below)
        .chain(others.map(|(methods, path, _)| (methods, path.to_owned())))
        .collect()
}

/// The server as a service: the app under every path that is not an interface.
pub fn router(app: App) -> Router {
    let interface = of(api::routes())
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(async || Problem::NotAllowed);
    #[cfg(test)]
    let interface = interface.route("/panics", get(tests::panics));
    let interface = interface
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(RequestDecompressionLayer::new())
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest));
    let embed = if app.settings.public { of(public()) } else { Router::new() };
    Router::new()
        .nest(api::PATH, interface)
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

/// What no route has. Interfaces say so in their own form; everything else is the app's.
async fn file(state: State<App>, uri: Uri, headers: HeaderMap) -> Response {
    match uri.path().split('/').nth(1) {
        Some("api" | "public" | "oembed") => Problem::NotFound.into_response(),
        Some("embed") => embed::answer::nowhere(state, uri, headers).await,
        // Kept for pages that the server makes (the app's worker leaves it alone).
        Some("quan-tri") => pages::no_page(&headers),
        _ => state.assets.serve(uri.path(), &headers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::assets::Assets;
    use crate::services::context::Settings;
    use crate::services::plan_file;
    use crate::store::Store;
    use axum::body::{Body as Bytes, to_bytes};
    use axum::http::{Request, header};
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
        for name in [header::CONTENT_SECURITY_POLICY, header::X_FRAME_OPTIONS, edge::REQUEST_ID] {
            assert!(answer.headers().contains_key(&name), "{name}");
        }
        let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
        let problem: chitieu_sync::message::Problem = serde_json::from_slice(&body).expect("a problem");
        assert_eq!((problem.status, problem.code.as_str()), (500, "internal"));
        assert!(!problem.title_en.contains("middle"), "what went wrong inside is not told");
    }
}
