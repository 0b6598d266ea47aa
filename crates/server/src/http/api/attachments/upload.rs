//! `PUT attachments/{reporter}/{sha256}`: a part of a file.

use super::{Named, named, told};
use crate::auth::session::Person;
use crate::clock::now;
use crate::http::extract::{Asked, Octets};
use crate::http::problem::Problem;
use crate::http::state::App;
use crate::store::attachments::{Chunk, Put};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chitieu_domain::attachment::{MOST_BYTES, MOST_STORED_PER_YEAR, Refusal};
use chitieu_sync::api::attachments::AttachmentStatus;
use chitieu_sync::rights::Right;
use serde::Deserialize;

/// Where a part begins, and how long the whole is.
#[derive(Deserialize)]
pub struct Place {
    offset: u64,
    total: u64,
}

pub async fn put(
    State(app): State<App>,
    person: Person,
    Path(name): Path<Named>,
    Asked(Place { offset, total }): Asked<Place>,
    Octets(body): Octets,
) -> Result<(StatusCode, Json<AttachmentStatus>), Problem> {
    let (reporter, sha256) = named(&app, &person, Right::ReportTask, &name)?;
    let refusal = match total {
        0 => Some(Refusal::Empty),
        n if n > MOST_BYTES as u64 => Some(Refusal::TooLarge),
        _ => None,
    };
    if let Some(refusal) = refusal {
        let reason = refusal.id().to_owned();
        return Ok((StatusCode::OK, Json(AttachmentStatus::Refused { reason })));
    }
    let (now, most_stored) = (now().timestamp(), MOST_STORED_PER_YEAR);
    let chunk = Chunk { reporter: &reporter, sha256, offset, total, body: &body, now, most_stored };
    let (code, status) = match app.store.put_chunk(&chunk).await? {
        Put::Kept(status) => (StatusCode::OK, status),
        Put::Whole => (StatusCode::OK, told(app.checks.finish(&app.store, &reporter, sha256).await?)?),
        Put::Elsewhere(status) => (StatusCode::CONFLICT, status),
        Put::Full => return Err(Problem::QuotaExceeded),
        Put::Crowded => return Err(Problem::TooManyUploads),
        Put::Malformed => return Err(Problem::BadRequest("offset, total".into())),
    };
    Ok((code, Json(status)))
}
