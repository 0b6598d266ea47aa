//! What devices and programs ask, below [`PATH`]: a folder for each noun, a file for each verb.

mod attachments;
mod devices;
pub(crate) mod evaluation;
mod figures;
mod history;
mod me;
mod password;
mod personal_data;
mod plan;
mod session;
mod sync;

use super::Route;
use super::state::App;
use crate::store::attachments::Custody;
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, delete, get, post, put};
use chitieu_domain::attachment::CHUNK;

/// Where these routes are.
pub const PATH: &str = "/api/v1";

/// Most bytes of what anybody may send, signed in or not: a sign-in, a name.
const SMALL: usize = 8 * 1024;

/// The routes. What each asks for is in `docs/rights.md`; one that is not there fails a test.
pub(super) fn routes() -> Vec<Route> {
    vec![
        ("POST DELETE", "/session", small(post(session::sign_in).delete(session::sign_out))),
        ("GET", "/sessions", get(session::list)),
        ("DELETE", "/sessions/{id}", delete(session::end)),
        ("POST", "/password", small(post(password::change))),
        ("GET", "/me", get(me::read)),
        ("GET", "/me/key", get(me::read_key)),
        ("GET", "/plan", get(plan::read)),
        ("GET", "/plan/bundle", get(plan::read_bundle)),
        ("GET", "/plan/packed", get(plan::read_packed)),
        ("POST", "/sync/push", post(sync::push)),
        ("POST", "/sync/pull", post(sync::pull)),
        ("GET", "/sync/events", get(sync::follow)),
        ("GET", "/evaluation", get(evaluation::evaluate)),
        ("GET", "/evaluation/others", get(evaluation::sum_others)),
        ("GET", "/figures", get(figures::read)),
        ("GET", "/branches", get(figures::read_branches)),
        ("GET", "/history/cell", get(history::read_cell)),
        ("GET", "/history/submission", get(history::read_submission)),
        ("GET", "/history/entity", get(history::read_entity)),
        ("GET", "/personal-data", get(personal_data::count)),
        ("POST", "/history/feed", post(history::feed)),
        ("PUT", "/devices/{id}", small(put(devices::name))),
        ("GET", "/attachments", get(attachments::list)),
        ("GET PUT", "/attachments/{reporter}/{sha256}", part(get(attachments::read).put(attachments::put))),
        ("GET", "/attachments/{reporter}/{sha256}/status", get(attachments::status)),
        ("POST", "/attachments/{sha256}/quarantine", small(attachments::act(Custody::Quarantine))),
        ("POST", "/attachments/{sha256}/release", small(attachments::act(Custody::Release))),
        ("POST", "/attachments/{sha256}/purge", small(attachments::act(Custody::Purge))),
    ]
}

/// A route that is sent a part of a file.
fn part(route: MethodRouter<App>) -> MethodRouter<App> {
    route.layer(DefaultBodyLimit::max(CHUNK))
}

/// A route that anybody may send something to: little of it is taken.
fn small(route: MethodRouter<App>) -> MethodRouter<App> {
    route.layer(DefaultBodyLimit::max(SMALL))
}
