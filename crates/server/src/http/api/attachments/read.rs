//! `GET attachments/{reporter}/{sha256}` and `…/status`: a file for whoever may read the report, and how its upload stands.

use super::{Named, named};
use crate::auth::session::Person;
use crate::http::extract::Asked;
use crate::http::problem::Problem;
use crate::http::state::App;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use chitieu_sync::api::attachments::AttachmentStatus;
use chitieu_sync::rights::Right;
use serde::Deserialize;

/// For a file: nothing in it runs or loads, and our own pages may frame it. No `sandbox`: older releases of Chromium show no
/// PDF in one. Its viewer puts the file into a page with a style, which this lets it.
const POLICY: &str = "default-src 'none'; object-src 'self'; img-src 'self'; style-src 'unsafe-inline'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// How it is to be given.
#[derive(Deserialize)]
pub struct How {
    /// 1: to be shown, where a browser can.
    #[serde(default)]
    inline: u8,
}

pub async fn read(
    State(app): State<App>,
    person: Person,
    Path(name): Path<Named>,
    Asked(How { inline }): Asked<How>,
) -> Result<impl IntoResponse, Problem> {
    let (reporter, sha256) = named(&app, &person, Right::ReadReports, &name)?;
    let given = app.store.attachment(&reporter, sha256).await?.ok_or(Problem::NotFound)?;
    let is_shown = inline == 1 && given.media.is_shown();
    // What it is called is the report's to say; nothing that a person wrote is in a header.
    let name = &sha256.to_string()[..12];
    let kind = if is_shown { "inline" } else { "attachment" };
    let headers = [
        (header::CONTENT_TYPE, given.media.mime().to_owned()),
        (header::CONTENT_DISPOSITION, format!("{kind}; filename=\"{name}.{}\"", given.media.id())),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, given.bytes))
}

pub async fn status(
    State(app): State<App>,
    person: Person,
    Path(name): Path<Named>,
) -> Result<Json<AttachmentStatus>, Problem> {
    let (reporter, sha256) = named(&app, &person, Right::ReadReports, &name)?;
    let (status, is_whole) = app.store.attachment_status(&reporter, sha256).await?;
    // The server stopped after the last part came and before it was looked at.
    let status = if is_whole { app.checks.finish(&app.store, &reporter, sha256).await? } else { status };
    Ok(Json(status))
}
