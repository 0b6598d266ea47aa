//! `GET personal-data`: how many texts of a unit's reporters look like personal data, for whoever keeps its accounts. Never a text.

use crate::auth::session::Person;
use crate::clock::timestamp;
use crate::http::extract::Asked;
use crate::http::person::require;
use crate::http::problem::Problem;
use crate::http::state::App;
use axum::Json;
use axum::extract::State;
use chitieu_domain::{ReporterIx, UnitId};
use chitieu_sync::api::{PersonalDataCount, PersonalDataCounts};
use chitieu_sync::rights::{Right, Thing};
use serde::Deserialize;

/// Which unit.
#[derive(Deserialize)]
pub struct Which {
    scope: UnitId,
}

pub async fn count(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<Which>,
) -> Result<Json<PersonalDataCounts>, Problem> {
    let model = &app.plan.model;
    let unit = model.unit_ix(&which.scope).ok_or(Problem::NotFound)?;
    require(&app, &person, Right::KeepAccounts, Thing::Unit(unit))?;
    let all = (0_u32..).map(ReporterIx).zip(model.reporters());
    let theirs = all.filter(|(ix, reporter)| {
        let about = Thing::Reporter(*ix);
        model.holds(unit, reporter.unit)
            && person.grants.allows(Right::KeepAccounts, about, model, app.today())
    });
    let names: Vec<String> = theirs.map(|(_, reporter)| reporter.id.to_string()).collect();
    let found = app.store.personal_data(&names).await?;
    let told = |(reporter, kinds): (String, crate::store::personal_data::Counts)| {
        let kinds = kinds.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
        reporter.parse().ok().map(|reporter| PersonalDataCount { reporter, kinds })
    };
    Ok(Json(PersonalDataCounts { reporters: found.into_iter().filter_map(told).collect(), at: timestamp() }))
}
