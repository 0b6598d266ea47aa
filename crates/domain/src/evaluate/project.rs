//! Where a year is heading: a plain projection that says how it was made and how wrong it was before.
//!
//! Flows so far are scaled by what past years' flows at the same point came to by their end; with no past
//! year to learn from, by the months that have run. Stocks stay as they are. The same is done for past years
//! with what was known then, so that whoever reads the projection sees its errors beside it.

use super::frame::Frame;
use super::layout::{Grain, Layout, Part, Ranges};
use super::{Evaluator, compares};
use crate::figures::{Source, Total};
use crate::model::UnitIx;
use crate::period::PeriodId;
use crate::plan::{Evaluated, Nature};
use crate::verdict::{Case, Pair, Verdict, judge};

/// How many past years are looked at.
const YEARS: usize = 3;

/// A look ahead to the end of a business year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    /// The business year.
    pub year: i16,
    /// What numerator and denominator would come to; counts have a denominator of 1 that is not shown.
    pub pair: Pair,
    /// What the verdict would be.
    pub verdict: Verdict,
    /// How it was made.
    pub method: Method,
    /// The same for past years, newest first: what would have been projected, and what came.
    pub before: Vec<Hindsight>,
}

/// How a projection was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method {
    /// By what share of the year's figures these years had at the same point.
    ShareOfPastYears(Vec<i16>),
    /// By the months that have run, and how many the year has.
    MonthsRun(i32, i32),
}

/// A past projection beside what came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hindsight {
    /// The business year.
    pub year: i16,
    /// What would have been projected.
    pub projected: Pair,
    /// What came.
    pub came: Pair,
}

/// The sums of a ratio's parts over one span; none where it has no data.
type Parts = Option<Vec<i128>>;

impl Evaluator<'_> {
    /// Projects a target from the year to date at the end of `so_far`. None where there are no figures, the
    /// target is not judged by the year, or the year is over with that period.
    pub fn project(
        &self,
        source: &dyn Source,
        target: usize,
        scope: UnitIx,
        so_far: PeriodId,
    ) -> Option<Projection> {
        let about = &self.model.plan().targets[target];
        let calendar = self.model.target_calendar(target);
        let year = calendar.business_year(so_far);
        let run = calendar.year_to_date(so_far);
        let (months, in_all) = (calendar.months_run(so_far), calendar.months_run(PeriodId::Year(year)));
        if about.evaluated == Evaluated::FiveYear
            || run.to == calendar.span(PeriodId::Year(year)).to
            || months == 0
            || about.years.is_some_and(|(first, last)| year < first || last < year)
        {
            return None;
        }
        // Year to date and whole year, this one first, then back.
        let mut labels = Vec::new();
        let mut at = so_far;
        for back in 0..=2 * YEARS as i16 {
            labels.extend([at, PeriodId::Year(year - back)]);
            at = at.a_year_earlier();
        }
        let layout = Layout::new(self.model, &labels, Grain::Span);
        let frame = Frame::new(self.model, &layout, scope);
        let totals = frame.totals(&layout, source);
        let (ratio, _) = layout.ratios(target);
        // What began with another month or has another number of them says nothing of this year.
        let is_like_now = |label: usize| calendar.compares_to_date(labels[label], labels[label % 2]);
        let over = |label: usize| -> Parts {
            if !is_like_now(label) || !is_like_now(label ^ 1) {
                return None;
            }
            let ranges = &layout.span(label, target).this;
            ratio.parts.iter().map(|part| sum(&layout, &frame, &totals, part, ranges)).collect()
        };
        let (to_date, whole): (Vec<Parts>, Vec<Parts>) =
            (0..=2 * YEARS).map(|back| (over(2 * back), over(2 * back + 1))).unzip();
        let pair = |parts: &[i128]| {
            let side =
                |of: fn(&Part) -> i128| ratio.parts.iter().zip(parts).map(|(p, sum)| of(p) * sum).sum();
            Pair { n: side(|p| p.above), d: if ratio.has_denominator { side(|p| p.below) } else { 1 } }
        };
        // Projects the year `back` years ago from itself so far and the years before it.
        let ahead = |back: usize| -> Option<(Pair, Method)> {
            let known = to_date[back].as_ref()?;
            let past: Vec<usize> = (back + 1..=back + YEARS)
                .filter(|b| to_date.get(*b).is_some_and(Option::is_some) && whole[*b].is_some())
                .collect();
            let parts: Option<Vec<i128>> = ratio
                .parts
                .iter()
                .enumerate()
                .map(|(nth, part)| {
                    if part.nature != Nature::Flow {
                        return Some(known[nth]);
                    }
                    let of = |all: &[Parts]| -> i128 {
                        past.iter().filter_map(|b| all[*b].as_ref().map(|parts| parts[nth])).sum()
                    };
                    match (of(&whole), of(&to_date)) {
                        (whole, to_date) if to_date > 0 => scaled(known[nth], whole, to_date),
                        _ => scaled(known[nth], in_all.into(), months.into()),
                    }
                })
                .collect();
            let years: Vec<i16> = past.iter().map(|b| year - *b as i16).collect();
            let method = if years.is_empty() {
                Method::MonthsRun(months, in_all)
            } else {
                Method::ShareOfPastYears(years)
            };
            Some((pair(&parts?), method))
        };
        let (projected, method) = ahead(0)?;
        let before = (1..=YEARS).filter_map(|back| {
            let came = pair(whole[back].as_ref()?);
            let (projected, _) = ahead(back)?;
            Some(Hindsight { year: year - back as i16, projected, came })
        });
        let case = Case {
            kind: about.kind,
            comparator: about.comparator,
            threshold: about.threshold_percent.unwrap_or(0),
            this: Some(projected),
            previous: whole[1].as_deref().map(pair).filter(|_| compares(about.kind)),
            years: 1,
        };
        Some(Projection { year, pair: projected, verdict: judge(&case).0, method, before: before.collect() })
    }
}

/// `n · above / below`, rounded half up; none where the numbers are beyond all that is counted.
fn scaled(n: i128, above: i128, below: i128) -> Option<i128> {
    let twice = n.checked_mul(2)?.checked_mul(above)?.checked_add(below)?;
    Some(twice.div_euclid(below.checked_mul(2)?))
}

/// A part's sum; none where nothing is reported or part of the territory has nobody to report it.
fn sum(layout: &Layout, frame: &Frame, totals: &[Total], part: &Part, ranges: &Ranges) -> Option<i128> {
    let (total, complete) = super::part_total(layout, frame, totals, part, ranges);
    (complete && total.reported > 0).then_some(total.sum)
}
