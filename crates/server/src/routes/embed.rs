//! Widgets for portals: HTML and SVG drawn by `chitieu-widgets`, of what is published alone. No script, no
//! cookie, framed only by the portals that the configuration names.

use crate::problem::Problem;
use crate::state::App;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chitieu_domain::evaluate::Evaluator;
use chitieu_domain::privacy::publishable;
use chitieu_domain::verdict::Verdict;
use chitieu_domain::{ElementIx, PeriodId};
use chitieu_widgets::text::{CardText, card, day};
use chitieu_widgets::{EMBED_CSS, Locale, TargetCard, TargetSvg, t};
use leptos::prelude::*;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// How to draw it.
#[derive(Deserialize)]
pub struct How {
    period: Option<PeriodId>,
    lang: Option<String>,
    theme: Option<String>,
}

pub async fn style() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, EMBED_CSS)
}

pub async fn target(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(how): Query<How>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let locale = Locale::from_tag(how.lang.as_deref().unwrap_or("vi"));
    let (name, as_svg) = id.strip_suffix(".svg").map_or((id.as_str(), false), |name| (name, true));
    let model = &app.plan.model;
    let Some(target) = model.target_ix(name) else {
        let text = t::embed::unknown(locale);
        return Ok(if as_svg {
            (StatusCode::NOT_FOUND, text).into_response()
        } else {
            respond(
                &app,
                &headers,
                StatusCode::NOT_FOUND,
                "text/html; charset=utf-8",
                page(&how, locale, text),
            )
        });
    };
    let this_year = || model.target_calendar(target).business_year_on(app.today()).map(PeriodId::Year);
    let period = how.period.or_else(this_year).ok_or(Problem::NotFound)?;
    let needed = Evaluator::new(model).cells_needed(period);
    let figures = app.store.published_figures(model, &needed).await?;
    let named: BTreeSet<ElementIx> = model.target_elements(target).collect();
    let own = needed.into_iter().filter(|(element, _)| named.contains(element)).collect();
    let published = app.store.published_at(model, &own).await?;
    let evaluator = Evaluator::new(model);
    // What may be told of one target depends on what is told of the others.
    let all = evaluator.evaluate_all(&figures, model.own_territory(), period, app.today());
    let evaluation = publishable(model, all).swap_remove(target);
    let nothing = evaluation.verdict == Verdict::NoData && evaluation.reported == 0;
    let status =
        if evaluation.provisional { t::embed::provisional(locale) } else { t::embed::final_(locale) };
    let mut text = card(model, target, &evaluation, locale);
    let last = evaluator.reported_to(&figures, target, model.own_territory(), period);
    if let Some(last) = last.filter(|last| evaluation.provisional && *last < evaluation.to) {
        text.days = t::card::days_so_far(locale, &text.days, day(last, locale));
    }
    let mut source = match published.and_then(|at| at.get(..10)?.parse().ok()) {
        Some(date) if !nothing => t::embed::published(locale, day(date, locale), status),
        _ => t::embed::nothing(locale).to_owned(),
    };
    if app.illustrative {
        source = format!("{} · {source}", t::embed::sample(locale));
    }
    let (kind, body) = if as_svg {
        ("image/svg+xml", svg(text, source, locale))
    } else {
        let basis = model.plan().legal_basis_vi.clone();
        let inner = html(text, source, basis, locale);
        ("text/html; charset=utf-8", page(&how, locale, &inner))
    };
    Ok(respond(&app, &headers, StatusCode::OK, kind, body))
}

/// The markers that Leptos leaves between nodes are HTML, and an error in an image's XML.
fn svg(card: CardText, source: String, locale: Locale) -> String {
    view! { <TargetSvg card=card source=source locale=locale /> }.to_html().replace("<!>", "")
}

fn html(card: CardText, source: String, basis: String, locale: Locale) -> String {
    let card = view! { <TargetCard card=card locale=locale /> }.to_html();
    let source = view! {
        <footer>
            <p>{source}</p>
            <p>{t::embed::source(locale, basis)}</p>
        </footer>
    };
    format!("{card}{}", source.to_html())
}

fn page(how: &How, locale: Locale, inner: &str) -> String {
    let theme = match how.theme.as_deref() {
        Some("dark") => "dark",
        Some("light") => "light",
        _ => "auto",
    };
    format!(
        "<!doctype html><html lang=\"{}\" class=\"{theme}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Chỉ Tiêu</title>\
         <link rel=\"stylesheet\" href=\"/embed/v1/style.css\"></head><body><main>{inner}</main></body></html>",
        locale.tag()
    )
}

/// Adds what lets exactly the configured portals frame it, and a tag so that unchanged pages cost nothing.
fn respond(app: &App, asked: &HeaderMap, status: StatusCode, kind: &'static str, body: String) -> Response {
    let ancestors = match app.settings.frame_ancestors.as_slice() {
        [] => "'none'".to_owned(),
        list => list.join(" "),
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors {ancestors}"
    );
    let digest: String = Sha256::digest(body.as_bytes()).iter().take(8).map(|b| format!("{b:02x}")).collect();
    let tag = format!("\"{digest}\"");
    let fixed = |text: &'static str| HeaderValue::from_static(text);
    let mut response = if asked.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == tag.as_bytes()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (status, body).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, fixed(kind));
    headers.insert(header::CACHE_CONTROL, fixed("public, max-age=0, must-revalidate"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), fixed("cross-origin"));
    // Both are made here of checked parts; a configured origin that is no header value frames nothing.
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_str(&policy).unwrap_or(fixed("default-src 'none'; frame-ancestors 'none'")),
    );
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}
