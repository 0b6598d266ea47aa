//! `attachments`: files that stand behind reports. They come in parts, are given to whoever may read the report, and are taken out
//! of sight by an administrator, who reads none.

mod keep;
mod read;
mod upload;

pub use keep::{act, list};
pub use read::{read, status};
pub use upload::put;

use crate::auth::session::Person;
use crate::http::person::require;
use crate::http::problem::Problem;
use crate::http::state::App;
use chitieu_domain::ReporterId;
use chitieu_domain::attachment::{ContentHash, Refusal};
use chitieu_sync::api::attachments::AttachmentStatus;
use chitieu_sync::rights::{Right, Thing};

/// Whose content, and which.
type Named = (String, String);

/// What a path names, for who has a right about its reporter.
fn named(
    app: &App,
    person: &Person,
    right: Right,
    (reporter, sha256): &Named,
) -> Result<(ReporterId, ContentHash), Problem> {
    let reporter: ReporterId = reporter.parse().map_err(|_| Problem::NotFound)?;
    let about = app.plan.model.reporter_ix(&reporter).ok_or(Problem::NotFound)?;
    require(app, person, right, Thing::Reporter(about))?;
    Ok((reporter, hash(sha256)?))
}

/// How a content stands, as it is answered. A full quota is no refusal of the content, which would make devices delete it.
fn told(status: AttachmentStatus) -> Result<AttachmentStatus, Problem> {
    match status {
        AttachmentStatus::Refused { reason } if reason == Refusal::QuotaExceeded.id() => {
            Err(Problem::QuotaExceeded)
        }
        other => Ok(other),
    }
}

fn hash(text: &str) -> Result<ContentHash, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;
    use axum::response::IntoResponse;

    #[test]
    fn a_full_quota_is_a_problem_and_every_other_refusal_an_answer() {
        for refusal in Refusal::ALL {
            let status = AttachmentStatus::Refused { reason: refusal.id().to_owned() };
            match told(status.clone()) {
                Ok(said) => assert_eq!((said, *refusal == Refusal::QuotaExceeded), (status, false)),
                Err(problem) => {
                    assert_eq!(*refusal, Refusal::QuotaExceeded);
                    assert_eq!(problem.into_response().status(), StatusCode::INSUFFICIENT_STORAGE);
                }
            }
        }
    }
}
