//! Whose accounts a person keeps: what an administrator is told and does is about these reporters alone.

use super::person::require;
use super::problem::Problem;
use super::state::App;
use crate::auth::session::Person;
use chitieu_domain::{ReporterIx, UnitId};
use chitieu_sync::rights::{Right, Thing};

/// True where a person keeps the accounts of a reporter.
pub fn is_kept(app: &App, person: &Person, reporter: ReporterIx) -> bool {
    person.grants.allows(Right::KeepAccounts, Thing::Reporter(reporter), &app.plan.model, app.today())
}

/// The reporters of a unit whose accounts a person keeps; where no unit is named all there are, told as none, for who keeps those of
/// the whole plan.
pub fn kept_of(app: &App, person: &Person, scope: Option<&UnitId>) -> Result<Option<Vec<String>>, Problem> {
    let model = &app.plan.model;
    let Some(scope) = scope else {
        require(app, person, Right::KeepAccounts, Thing::Plan)?;
        return Ok(None);
    };
    let unit = model.unit_ix(scope).ok_or(Problem::NotFound)?;
    require(app, person, Right::KeepAccounts, Thing::Unit(unit))?;
    let all = (0_u32..).map(ReporterIx).zip(model.reporters());
    let theirs = all.filter(|(ix, reporter)| model.holds(unit, reporter.unit) && is_kept(app, person, *ix));
    Ok(Some(theirs.map(|(_, reporter)| reporter.id.to_string()).collect()))
}
