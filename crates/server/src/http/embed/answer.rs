//! Widgets for portals: HTML and SVG of what is published alone. No script, no cookie, framed only by the portals that
//! the configuration names. Each is made once (`crate::http::embed`); here an address finds its answer.

use crate::http::embed::output::{Asked, How, Look, Message, Output, Theme};
use crate::http::problem::Problem;
use crate::http::rendered::{Rendered, framed};
use crate::http::state::App;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use chitieu_domain::PeriodId;
use chitieu_widgets::{EMBED_CSS, Locale};
use std::sync::OnceLock;

pub async fn style(headers: HeaderMap) -> Response {
    static STYLE: OnceLock<Rendered> = OnceLock::new();
    let made =
        || Rendered::new(StatusCode::OK, &framed("text/css; charset=utf-8", &[]), EMBED_CSS.as_bytes());
    STYLE.get_or_init(made).answer(&headers)
}

pub async fn target(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    // What is no text names no target.
    let id = id.map_or_else(|_| String::new(), |Path(id)| id);
    let (name, look) =
        id.strip_suffix(".svg").map_or((id.as_str(), Look::Page), |name| (name, Look::Picture));
    // A query that does not read is nonsense as a doubled parameter is.
    let query = Query::<Vec<(String, String)>>::try_from_uri(&uri);
    let asked = Asked::read(query.as_deref().unwrap_or(&vec![("lang".into(), String::new())]), look);
    let how = asked.how;
    let message = match (app.plan.model.target_ix(name), asked.period) {
        (_, Err(message)) => message,
        (None, _) => Message::Unknown,
        (Some(target), Ok(period)) => match of_target(&app, target, period, how, &headers).await {
            Ok(Some(answer)) => return answer,
            Ok(None) => Message::Unpublished,
            Err(problem) => {
                tracing::error!(error = %problem, "a widget could not be made");
                Message::Unavailable
            }
        },
    };
    app.public.message(&app.context, message, how).await.answer(&headers)
}

async fn of_target(
    app: &App,
    target: usize,
    period: Option<PeriodId>,
    how: How,
    headers: &HeaderMap,
) -> Result<Option<Response>, Problem> {
    let shown = app.public.shown(&app.context).await?;
    let period = match period {
        Some(period) => period,
        None => match shown.latest(&app.context, target).await? {
            Some(period) => period,
            None => return Ok(None),
        },
    };
    let answer = shown.answer(&app.context, Output { target, period, how }).await?;
    Ok(answer.map(|answer| answer.answer(headers)))
}

/// A box in Vietnamese for an address that nothing has.
pub async fn nowhere(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let look = if uri.path().ends_with(".svg") { Look::Picture } else { Look::Page };
    let how = How { look, locale: Locale::Vi, theme: Theme::Auto };
    app.public.message(&app.context, Message::Nowhere, how).await.answer(&headers)
}
