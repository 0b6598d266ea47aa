//! `GET personal-data`: how many texts of a unit's reporters, or of all, look like personal data, for whoever keeps their accounts. Never
//! a text.

use crate::auth::session::Person;
use crate::clock::timestamp;
use crate::http::extract::Asked;
use crate::http::kept::kept_of;
use crate::http::problem::Problem;
use crate::http::state::App;
use axum::Json;
use axum::extract::State;
use chitieu_domain::UnitId;
use chitieu_sync::api::{PersonalDataCount, PersonalDataCounts};
use serde::Deserialize;
use tokio::sync::Mutex;

/// Which unit; none: the whole plan.
#[derive(Deserialize)]
pub struct Which {
    #[serde(default)]
    scope: Option<UnitId>,
}

/// All texts are read for a count: there is one at a time, however many ask.
static COUNTING: Mutex<()> = Mutex::const_new(());

pub async fn count(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<Which>,
) -> Result<Json<PersonalDataCounts>, Problem> {
    let names = kept_of(&app, &person, which.scope.as_ref())?.unwrap_or_else(|| {
        app.plan.model.reporters().iter().map(|reporter| reporter.id.to_string()).collect()
    });
    let counting = COUNTING.lock().await;
    let found = app.store.personal_data(&names).await?;
    drop(counting);
    let told = |(reporter, kinds): (String, crate::store::personal_data::Counts)| {
        let kinds = kinds.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
        reporter.parse().ok().map(|reporter| PersonalDataCount { reporter, kinds })
    };
    Ok(Json(PersonalDataCounts { reporters: found.into_iter().filter_map(told).collect(), at: timestamp() }))
}
