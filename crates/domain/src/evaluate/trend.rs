//! How a target moved over the years: the same year to date, year after year.

use super::{Evaluation, Evaluator};
use crate::figures::Source;
use crate::model::UnitIx;
use crate::period::PeriodId;
use crate::plan::Evaluated;
use crate::verdict::{Pair, compare_fractions};
use chrono::NaiveDate;
use std::cmp::Ordering;

/// The same year to date in several years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trend {
    /// What was judged each year, oldest first; the last is the period asked for. Years without figures are
    /// left out, and those that to that period begin with another month or have another number of them.
    pub points: Vec<Evaluation>,
    /// Where the rate or count went from the last year but one that has figures to the last. It says nothing
    /// about whether that is good: the target's comparator does.
    pub direction: Option<Direction>,
}

/// Where a rate or count went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Up.
    Rising,
    /// Exactly the same.
    Level,
    /// Down.
    Falling,
}

impl Evaluator<'_> {
    /// A target's trend over `years` years up to `period`. Years to date of one label are compared, never a
    /// year that runs with one that is over. A target over five years has none: its sums only grow.
    pub fn trend(
        &self,
        source: &dyn Source,
        target: usize,
        scope: UnitIx,
        period: PeriodId,
        years: usize,
        today: NaiveDate,
    ) -> Trend {
        let calendar = self.model.target_calendar(target);
        let has_years = self.model.plan().targets[target].evaluated != Evaluated::FiveYear;
        let years = if has_years { years } else { 0 };
        let back = std::iter::successors(Some(period), |p| Some(p.a_year_earlier())).take(years);
        let mut labels: Vec<PeriodId> = back.filter(|p| calendar.compares_to_date(*p, period)).collect();
        labels.reverse();
        let judged = labels.into_iter().map(|label| self.evaluate(source, target, scope, label, today));
        let points: Vec<Evaluation> = judged.filter(|e| e.numerator.is_some()).collect();
        let direction = match points.as_slice() {
            [.., before, last] => direction(before, last),
            _ => None,
        };
        Trend { points, direction }
    }
}

/// Compares exactly, rates and counts. None where a rate has nothing below.
fn direction(before: &Evaluation, last: &Evaluation) -> Option<Direction> {
    let pair =
        |e: &Evaluation| Some(Pair { n: e.numerator?, d: e.denominator.unwrap_or(1) }).filter(|p| p.d > 0);
    Some(match compare_fractions(pair(last)?, pair(before)?) {
        Ordering::Greater => Direction::Rising,
        Ordering::Equal => Direction::Level,
        Ordering::Less => Direction::Falling,
    })
}
