//! `attachments`: files that stand behind reports. They come in parts, are given to whoever may read the report, and are taken out
//! of sight by an administrator, who reads none.

mod keep;
mod read;
mod upload;

pub use keep::{list, purge, quarantine, release};
pub use read::{read, status};
pub use upload::put;

use crate::auth::session::Person;
use crate::http::person::require;
use crate::http::problem::Problem;
use crate::http::state::App;
use chitieu_domain::ReporterId;
use chitieu_domain::attachment::ContentHash;
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

fn hash(text: &str) -> Result<ContentHash, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}
