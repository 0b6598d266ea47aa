//! `GET evaluation`: every target of a scope and period. `GET evaluation/others`: the sums of everybody
//! else's figures, so that a device can judge the territory while its own are being typed.
//!
//! Which figures either rests on, and of which scopes, is decided by [`chitieu_sync::sight`].

use super::Asked;
use crate::evaluations::Told;
use crate::problem::Problem;
use crate::public::rendered::Rendered;
use crate::session::Person;
use crate::state::App;
use crate::store::figures::Seen;
use crate::store::unreadable;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use chitieu_domain::evaluate::{Evaluation, Evaluator};
use chitieu_domain::figures::{Total, Without};
use chitieu_domain::privacy::{is_sensitive, publishable};
use chitieu_domain::{Figures, Model, PeriodId, ReporterIx, UnitId, UnitIx};
use chitieu_sync::rights::{Right, Thing};
use chitieu_sync::sight::sight;
use chrono::NaiveDate;
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
            let json = serde_json::to_vec(&tell(&asking, &seen)).map_err(unreadable)?;
            let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
            Ok(Arc::new(Rendered::new(StatusCode::OK, &headers.into_iter().collect(), &json)))
        });
        answer.await
    };
    Ok(app.evaluations.0.try_get_with((revision, today, scope, period, told), make).await?)
}

/// What is asked for, with what answers it.
struct Asking<'a> {
    model: &'a Model,
    evaluator: Evaluator<'a>,
    scope: UnitIx,
    period: PeriodId,
    today: NaiveDate,
    enters: bool,
}

impl Asking<'_> {
    fn rests_on_secrets(&self, evaluation: &Evaluation) -> bool {
        self.model.target_ix(&evaluation.target).is_none_or(|target| is_sensitive(self.model, target))
    }

    fn evaluate(&self, figures: &Figures) -> Vec<Evaluation> {
        self.evaluator.evaluate_all(figures, self.scope, self.period, self.today)
    }

    /// The verdicts, without the numbers of sensitive elements. A verdict on these rests on no draft of who asks: they
    /// could try values until it turns, and so find what the others' sum is.
    fn verdicts(&self, Seen { figures, drafts }: &Seen) -> Vec<Evaluation> {
        let mut all = self.evaluate(figures);
        if self.enters && !drafts.is_empty() {
            let mut settled = figures.clone();
            for (reporter, period, element) in drafts {
                settled.remove(*reporter, *period, *element);
            }
            for (mine, settled) in all.iter_mut().zip(self.evaluate(&settled)) {
                if self.rests_on_secrets(mine) {
                    *mine = settled;
                }
            }
        }
        publishable(self.model, all)
    }
}

pub async fn evaluation(
    State(app): State<App>,
    person: Person,
    Asked(which): Asked<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let tell = |asking: &Asking, seen: &Seen| asking.verdicts(seen);
    Ok(told(&app, &which, &person, None, tell).await?.answer(&headers))
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
    let mine = person.grants.summed_here(&app.plan.model, app.today());
    let these = mine.clone();
    let tell = move |asking: &Asking, seen: &Seen| {
        let Asking { model, evaluator, scope, period, .. } = asking;
        let sums = evaluator.sums(&Without { all: &seen.figures, these: &these }, *scope, *period);
        let open = sums.into_iter().filter(|(element, ..)| !model.element(*element).sensitive);
        let totals = open.map(|(element, period, total)| (model.element(element).id.clone(), period, total));
        let mut verdicts = asking.verdicts(seen);
        verdicts.retain(|e| asking.rests_on_secrets(e));
        Others { totals: totals.collect(), verdicts }
    };
    Ok(told(&app, &which, &person, Some(mine), tell).await?.answer(&headers))
}
