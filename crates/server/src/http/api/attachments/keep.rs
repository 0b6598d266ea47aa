//! `GET attachments` and `POST attachments/{sha256}/quarantine`, `/release`, `/purge`: for administrators, who are told neither what
//! a file is called nor what is in it.

use super::hash;
use crate::auth::session::Person;
use crate::http::extract::{Asked, Body};
use crate::http::person::require;
use crate::http::problem::Problem;
use crate::http::state::App;
use crate::store::attachments::{Acted, Custody, List};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chitieu_domain::ReporterId;
use chitieu_sync::api::attachments::{AttachmentAct, AttachmentsPage, LONGEST_REASON};
use chitieu_sync::entity::field::is_plain;
use chitieu_sync::rights::{Right, Thing};
use serde::Deserialize;

/// Whose contents: one reporter's, or everybody's, for who keeps the accounts of all.
#[derive(Deserialize)]
pub struct Whose {
    #[serde(default)]
    reporter: Option<ReporterId>,
    #[serde(default)]
    before: Option<i64>,
}

/// Refuses who does not keep the accounts of a reporter, or of the whole plan where none is named.
fn refuse(app: &App, person: &Person, reporter: Option<&ReporterId>) -> Result<(), Problem> {
    let about = reporter.map(|reporter| app.plan.model.reporter_ix(reporter).ok_or(Problem::NotFound));
    let about = about.transpose()?.map_or(Thing::Plan, Thing::Reporter);
    require(app, person, Right::KeepAccounts, about)
}

pub async fn list(
    State(app): State<App>,
    person: Person,
    Asked(Whose { reporter, before }): Asked<Whose>,
) -> Result<Json<AttachmentsPage>, Problem> {
    refuse(&app, &person, reporter.as_ref())?;
    Ok(Json(app.store.list_attachments(List { reporter: reporter.as_ref(), before }).await?))
}

async fn act(
    app: &App,
    person: &Person,
    whose: Whose,
    sha256: &str,
    what: Custody,
    said: AttachmentAct,
) -> Result<StatusCode, Problem> {
    refuse(app, person, whose.reporter.as_ref())?;
    let sha256 = hash(sha256)?;
    let reason = said.reason.trim();
    if reason.is_empty() || is_plain(reason, LONGEST_REASON).is_err() {
        return Err(Problem::BadRequest("reason".into()));
    }
    // A content is kept once: to take it from one unit is to take it from all that hold it.
    if whose.reporter.is_some() {
        let holders = app.store.attachment_holders(sha256).await?;
        if holders.is_empty() {
            return Err(Problem::NotFound);
        }
        holders.iter().try_for_each(|holder| refuse(app, person, Some(holder)))?;
    }
    match app.store.act_on_attachment(sha256, what, (&person.username, reason)).await? {
        Acted::Done => {
            tracing::warn!(%sha256, act = ?what, "an administrator acted on an attachment");
            Ok(StatusCode::NO_CONTENT)
        }
        Acted::Absent => Err(Problem::NotFound),
        Acted::Barred => Err(Problem::AttachmentBarred),
    }
}

pub async fn quarantine(
    State(app): State<App>,
    person: Person,
    Path(sha256): Path<String>,
    Asked(whose): Asked<Whose>,
    Body(said): Body<AttachmentAct>,
) -> Result<StatusCode, Problem> {
    act(&app, &person, whose, &sha256, Custody::Quarantine, said).await
}

pub async fn release(
    State(app): State<App>,
    person: Person,
    Path(sha256): Path<String>,
    Asked(whose): Asked<Whose>,
    Body(said): Body<AttachmentAct>,
) -> Result<StatusCode, Problem> {
    act(&app, &person, whose, &sha256, Custody::Release, said).await
}

pub async fn purge(
    State(app): State<App>,
    person: Person,
    Path(sha256): Path<String>,
    Asked(whose): Asked<Whose>,
    Body(said): Body<AttachmentAct>,
) -> Result<StatusCode, Problem> {
    act(&app, &person, whose, &sha256, Custody::Purge, said).await
}
