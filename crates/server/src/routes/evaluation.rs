//! `GET evaluation`: every target of a scope and period. `GET evaluation/others`: the sums of everybody
//! else's figures, so that a device can judge the territory while its own are being typed.

use crate::problem::Problem;
use crate::session::Person;
use crate::state::App;
use axum::Json;
use axum::extract::{Query, State};
use chitieu_domain::evaluate::{Evaluation, Evaluator};
use chitieu_domain::figures::{Total, Without};
use chitieu_domain::privacy::{is_sensitive, publishable};
use chitieu_domain::{PeriodId, UnitId, UnitIx};
use serde::{Deserialize, Serialize};

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

pub async fn evaluation(
    State(app): State<App>,
    _: Person,
    Query(which): Query<Which>,
) -> Result<Json<Vec<Evaluation>>, Problem> {
    let scope = which.scope(&app)?;
    let model = &app.plan.model;
    let needed = Evaluator::new(model).cells_needed(which.period);
    let figures = app.store.figures(model, &needed).await?;
    let all = Evaluator::new(model).evaluate_all(&figures, scope, which.period, app.today());
    Ok(Json(publishable(model, all)))
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
    Query(which): Query<Which>,
) -> Result<Json<Others>, Problem> {
    let scope = which.scope(&app)?;
    let model = &app.plan.model;
    let needed = Evaluator::new(model).cells_needed(which.period);
    let figures = app.store.figures(model, &needed).await?;
    let evaluator = Evaluator::new(model);
    let mine = person.grants.follows(model, app.today());
    let sums = evaluator.sums(&Without { all: &figures, these: &mine }, scope, which.period);
    let open = sums.into_iter().filter(|(element, ..)| !model.element(*element).sensitive);
    let totals = open.map(|(element, period, total)| (model.element(element).id.clone(), period, total));
    let totals = totals.collect();
    let told = publishable(model, evaluator.evaluate_all(&figures, scope, which.period, app.today()));
    let rests_on_secrets = |e: &Evaluation| model.target_ix(&e.target).is_none_or(|t| is_sensitive(model, t));
    let verdicts = told.into_iter().filter(rests_on_secrets).collect();
    Ok(Json(Others { totals, verdicts }))
}
