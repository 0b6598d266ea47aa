//! `GET evaluation`: every target of a scope and period. `GET evaluation/others`: the sums of everybody
//! else's figures, so that a device can judge the territory while its own are being typed.

use super::Asked;
use crate::problem::Problem;
use crate::public::aside;
use crate::public::rendered::Rendered;
use crate::session::Person;
use crate::state::App;
use crate::store::unreadable;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use chitieu_domain::evaluate::{Evaluation, Evaluator};
use chitieu_domain::figures::{Total, Without};
use chitieu_domain::privacy::{is_sensitive, publishable};
use chitieu_domain::{Figures, PeriodId, ReporterIx, UnitId, UnitIx};
use chrono::NaiveDate;
use moka::future::Cache;
use moka::policy::EvictionPolicy;
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

/// Whose eyes an answer is for.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Seen {
    /// The same for every account.
    ByAll,
    /// Without the figures of these reporters, which the device has itself.
    Without(Vec<ReporterIx>),
}

/// Revision of the data, day, scope, period, and whom it is for.
type Key = (u64, NaiveDate, UnitIx, PeriodId, Seen);

/// Answers that were made already; the same is made once for all who ask at a time.
pub struct Evaluations(Cache<Key, Arc<Rendered>>);

/// Bytes of memory for them; those of a former revision go first.
const MOST: u64 = 32 << 20;

impl Default for Evaluations {
    fn default() -> Self {
        let weigh = |(.., seen): &Key, answer: &Arc<Rendered>| {
            let reporters = if let Seen::Without(these) = seen { these.len() } else { 0 };
            (answer.weight() + 4 * reporters).try_into().unwrap_or(u32::MAX)
        };
        let cache = Cache::builder().max_capacity(MOST).weigher(weigh);
        Self(cache.eviction_policy(EvictionPolicy::lru()).build())
    }
}

/// The answer that `tell` makes of the evaluator and the figures in force.
async fn told<T: Serialize>(
    app: &App,
    which: &Which,
    seen: Seen,
    tell: impl FnOnce(&Evaluator, &Figures, UnitIx) -> T + Send + 'static,
) -> Result<Arc<Rendered>, Problem> {
    let (scope, period, today) = (which.scope(app)?, which.period, app.today());
    // Read before the figures, which are of this revision or a later one.
    let revision = app.store.data_revision().await?;
    let make = async {
        let needed = aside(app, move |shared| Evaluator::new(&shared.plan.model).cells_needed(period)).await;
        let figures = app.store.figures(&app.plan.model, &needed).await?;
        let answer = aside(app, move |shared| {
            let told = tell(&Evaluator::new(&shared.plan.model), &figures, scope);
            let json = serde_json::to_vec(&told).map_err(unreadable)?;
            let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
            Ok(Arc::new(Rendered::new(StatusCode::OK, &headers.into_iter().collect(), &json)))
        });
        answer.await
    };
    Ok(app.evaluations.0.try_get_with((revision, today, scope, period, seen), make).await?)
}

pub async fn evaluation(
    State(app): State<App>,
    _: Person,
    Asked(which): Asked<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (period, today, plan) = (which.period, app.today(), app.clone());
    let tell = move |evaluator: &Evaluator, figures: &Figures, scope| {
        publishable(&plan.plan.model, evaluator.evaluate_all(figures, scope, period, today))
    };
    Ok(told(&app, &which, Seen::ByAll, tell).await?.answer(&headers))
}

/// Sums of others and, for targets that rest on sensitive figures, their verdict from here.
#[derive(Serialize)]
pub struct Others {
    totals: Vec<(String, PeriodId, Total)>,
    verdicts: Vec<Evaluation>,
}

pub async fn others(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut mine = person.grants.follows(&app.plan.model, app.today());
    mine.sort_unstable();
    let (period, today, plan, these) = (which.period, app.today(), app.clone(), mine.clone());
    let tell = move |evaluator: &Evaluator, figures: &Figures, scope| {
        let model = &plan.plan.model;
        let sums = evaluator.sums(&Without { all: figures, these: &these }, scope, period);
        let open = sums.into_iter().filter(|(element, ..)| !model.element(*element).sensitive);
        let totals = open.map(|(element, period, total)| (model.element(element).id.clone(), period, total));
        let totals = totals.collect();
        let told = publishable(model, evaluator.evaluate_all(figures, scope, period, today));
        let rests_on_secrets =
            |e: &Evaluation| model.target_ix(&e.target).is_none_or(|t| is_sensitive(model, t));
        Others { totals, verdicts: told.into_iter().filter(rests_on_secrets).collect() }
    };
    Ok(told(&app, &which, Seen::Without(mine), tell).await?.answer(&headers))
}
