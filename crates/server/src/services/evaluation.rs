//! What an account is told of a territory's targets: verdicts, and the sums of everybody else's figures. Which figures either
//! rests on, and of which scopes, is decided by [`chitieu_sync::sight`].

use crate::store::figures::Seen;
use chitieu_domain::evaluate::{Evaluation, Evaluator};
use chitieu_domain::figures::Without;
use chitieu_domain::privacy::{is_sensitive, publishable};
use chitieu_domain::{Figures, Model, PeriodId, ReporterIx, UnitIx};
use chitieu_sync::api::OthersSums;
use chrono::NaiveDate;

/// What is asked for, with what answers it.
pub struct Asking<'a> {
    /// Plan and units.
    pub model: &'a Model,
    /// Evaluates under it.
    pub evaluator: Evaluator<'a>,
    /// Over which territory.
    pub scope: UnitIx,
    /// Up to the end of which period.
    pub period: PeriodId,
    /// Today.
    pub today: NaiveDate,
    /// Who asks enters figures, and so could try values.
    pub enters: bool,
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
    pub fn verdicts(&self, Seen { figures, drafts }: &Seen) -> Vec<Evaluation> {
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

    /// Sums without the figures of `these`, which the device has itself.
    pub fn others(&self, seen: &Seen, these: &[ReporterIx]) -> OthersSums {
        let Self { model, evaluator, scope, period, .. } = self;
        let sums = evaluator.sums(&Without { all: &seen.figures, these }, *scope, *period);
        let open = sums.into_iter().filter(|(element, ..)| !model.element(*element).sensitive);
        let totals = open.map(|(element, period, total)| (model.element(element).id.clone(), period, total));
        let mut verdicts = self.verdicts(seen);
        verdicts.retain(|e| self.rests_on_secrets(e));
        OthersSums { totals: totals.collect(), verdicts }
    }
}
