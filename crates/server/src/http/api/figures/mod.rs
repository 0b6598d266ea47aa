//! `GET figures`, `GET branches`.

mod read;
mod read_branches;

pub use read::read;
pub use read_branches::read_branches;

use crate::auth::session::Person;
use crate::http::person::require;
use crate::http::problem::Problem;
use crate::http::state::App;
use chitieu_domain::{FormIx, ReporterId};
use chitieu_sync::rights::{Right, Thing};

/// Refuses who may not read the single figures of a form.
fn reads(app: &App, person: &Person, reporter: &ReporterId, form: FormIx) -> Result<(), Problem> {
    let reporter = app.plan.model.reporter_ix(reporter).ok_or(Problem::Forbidden)?;
    require(app, person, Right::ReadCells, Thing::Form(reporter, form))
}
