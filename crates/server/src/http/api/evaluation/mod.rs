//! `GET evaluation`, `GET evaluation/others`: evaluations as accounts see them, made once for all who may see the same.

pub mod cache;
mod evaluate;
mod sum_others;

use cache::Told;
pub use evaluate::evaluate;
pub use sum_others::sum_others;

use crate::auth::session::Person;
use crate::http::problem::Problem;
use crate::http::rendered::Rendered;
use crate::http::state::App;
use crate::services::evaluation::Asking;
use crate::store::error::StoreError;
use crate::store::figures::Seen;
use axum::http::{HeaderValue, StatusCode, header};
use chitieu_domain::evaluate::Evaluator;
use chitieu_domain::{PeriodId, ReporterIx, UnitId, UnitIx};
use chitieu_sync::rights::{Right, Thing};
use chitieu_sync::sight::sight;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Which scope (default: the plan's own territory) and period.
#[derive(Deserialize)]
pub struct Which {
    scope: Option<UnitId>,
    period: PeriodId,
}

impl Which {
    fn scope(&self, app: &App) -> Result<UnitIx, Problem> {
        let model = &app.plan.model;
        let own = || Some(model.own_territory());
        self.scope.as_ref().map_or_else(own, |id| model.unit_ix(id)).ok_or(Problem::NotFound)
    }
}

/// The answer that `tell` makes of the evaluator and the figures that the person's sums may rest on.
async fn told<T: Serialize>(
    app: &App,
    which: &Which,
    person: &Person,
    without: Option<Vec<ReporterIx>>,
    tell: impl FnOnce(&Asking, &Seen) -> T + Send + 'static,
) -> Result<Arc<Rendered>, Problem> {
    let (scope, period, today) = (which.scope(app)?, which.period, app.today());
    let sight = sight(&person.grants, &app.plan.model, scope, today).ok_or(Problem::Forbidden)?;
    // Read before the figures, which are of this revision or a later one.
    let revision = app.store.data_revision().await?;
    let enters = person.grants.allows(Right::Enter, Thing::Anything, &app.plan.model, today);
    let told = Told { sight: sight.clone(), without, enters };
    let make = async {
        let needed =
            app.context.aside(move |context| Evaluator::new(&context.plan.model).cells_needed(period)).await;
        let seen = app.store.figures(&app.plan.model, &needed, &sight).await?;
        let answer = app.context.aside(move |context| {
            let model = &context.plan.model;
            let evaluator = Evaluator::new(model);
            let asking = Asking { model, evaluator, scope, period, today, enters };
            let json = serde_json::to_vec(&tell(&asking, &seen))
                .map_err(|error| StoreError::Unreadable(error.to_string()))?;
            let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
            Ok::<_, StoreError>(Arc::new(Rendered::new(
                StatusCode::OK,
                &headers.into_iter().collect(),
                &json,
            )))
        });
        answer.await
    };
    Ok(app.evaluations.0.try_get_with((revision, today, scope, period, told), make).await?)
}
