//! `GET attachments` and `POST attachments/{sha256}/quarantine`, `/release`, `/purge`: for administrators, who are told neither what
//! a file is called nor what is in it.

use super::hash;
use crate::auth::session::Person;
use crate::http::extract::{Asked, Body};
use crate::http::kept::{is_kept, kept_of};
use crate::http::person::require;
use crate::http::problem::Problem;
use crate::http::state::App;
use crate::store::attachments::{Acted, Custody, List};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{MethodRouter, post};
use chitieu_domain::{ReporterId, UnitId};
use chitieu_sync::api::attachments::{AttachmentAct, AttachmentsPage, LONGEST_REASON};
use chitieu_sync::entity::field::is_plain;
use chitieu_sync::rights::{Right, Thing};
use serde::Deserialize;

/// Whose contents: one reporter's, those of a unit, or everybody's, for who keeps the accounts of all.
#[derive(Deserialize)]
pub struct Whose {
    #[serde(default)]
    reporter: Option<ReporterId>,
    #[serde(default)]
    scope: Option<UnitId>,
}

/// Which of them, and which page.
#[derive(Deserialize)]
pub struct Which {
    #[serde(default)]
    reporter: Option<ReporterId>,
    #[serde(default)]
    scope: Option<UnitId>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    before: Option<i64>,
    #[serde(default)]
    limit: Option<usize>,
}

/// The reporters that are asked about, none where it is all: refuses who does not keep their accounts.
fn asked(app: &App, person: &Person, whose: &Whose) -> Result<Option<Vec<String>>, Problem> {
    let Some(reporter) = &whose.reporter else { return kept_of(app, person, whose.scope.as_ref()) };
    let ix = app.plan.model.reporter_ix(reporter).ok_or(Problem::NotFound)?;
    require(app, person, Right::KeepAccounts, Thing::Reporter(ix))?;
    Ok(Some(vec![reporter.to_string()]))
}

pub async fn list(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<Which>,
) -> Result<Json<AttachmentsPage>, Problem> {
    let Which { reporter, scope, state, before, limit } = which;
    let reporters = asked(&app, &person, &Whose { reporter, scope })?;
    let list = List { reporters: reporters.as_deref(), state: state.as_deref(), before, limit };
    Ok(Json(app.store.list_attachments(list).await?))
}

/// The route of an act.
pub fn act(what: Custody) -> MethodRouter<App> {
    post(async move |state, person, path, whose, body| keep(what, state, person, path, whose, body).await)
}

async fn keep(
    what: Custody,
    State(app): State<App>,
    person: Person,
    Path(sha256): Path<String>,
    Asked(whose): Asked<Whose>,
    Body(said): Body<AttachmentAct>,
) -> Result<StatusCode, Problem> {
    let asked = asked(&app, &person, &whose)?;
    let sha256 = hash(&sha256)?;
    let reason = said.reason.trim();
    if reason.is_empty() || is_plain(reason, LONGEST_REASON).is_err() {
        return Err(Problem::BadRequest("reason".into()));
    }
    // A content is kept once: to take it from one unit is to take it from all that hold it, so all of them have to be this person's.
    let is_theirs =
        |holder: &ReporterId| app.plan.model.reporter_ix(holder).is_some_and(|ix| is_kept(&app, &person, ix));
    let is_of_all = asked.is_none();
    let may = |holders: &[ReporterId]| is_of_all || (!holders.is_empty() && holders.iter().all(is_theirs));
    match app.store.act_on_attachment(sha256, what, (&person.username, reason), &may).await? {
        Acted::Done => {
            tracing::warn!(%sha256, act = ?what, "an administrator acted on an attachment");
            Ok(StatusCode::NO_CONTENT)
        }
        Acted::Absent => Err(Problem::NotFound),
        Acted::NotTheirs => Err(Problem::Forbidden),
        Acted::Barred => Err(Problem::AttachmentBarred),
    }
}
