//! The years to date a target is judged on.

use super::compares;
use crate::calendar::{Calendar, Span};
use crate::model::Model;
use crate::period::PeriodId;
use crate::plan::{Evaluated, Target};

/// A span as the labels whose years to date make it up, one a business year.
pub(super) struct EvaluationSpan {
    pub(super) labels: Vec<PeriodId>,
    pub(super) span: Span,
    /// False while the target's own span (a year, five years) has not run to its end.
    pub(super) whole: bool,
}

/// What is judged when `period` is asked for. Targets about certain years stay inside them: after 2025, T03 is
/// judged on 2021–2025, D1 on 2021 and 2022.
pub(super) fn evaluation_span(calendar: &Calendar, target: &Target, period: PeriodId) -> EvaluationSpan {
    let asked = calendar.business_year(period);
    let (first, last) = target.years.unwrap_or((asked, asked));
    let label = if asked > last { PeriodId::Year(last) } else { period };
    let end = calendar.span(label).to;
    let year_runs_out = end == calendar.span(PeriodId::Year(calendar.business_year(label))).to;
    let labels = match target.evaluated {
        Evaluated::FiveYear => {
            (first..asked.min(last)).map(PeriodId::Year).chain((asked >= first).then_some(label)).collect()
        }
        _ if asked < first => Vec::new(),
        _ => vec![label],
    };
    let start = labels.first().map_or(end, |l| calendar.year_to_date(*l).from);
    let whole = match target.evaluated {
        Evaluated::EachPeriod | Evaluated::Unknown => true,
        Evaluated::Annual => year_runs_out,
        Evaluated::FiveYear => year_runs_out && asked >= last,
    };
    EvaluationSpan { labels, span: Span { from: start.min(end), to: end }, whole }
}

/// The same years to date one year earlier, for a target that compares with them. None where they begin with
/// another month or have another number of months: nothing is compared then.
pub(super) fn a_year_earlier(
    calendar: &Calendar,
    target: &Target,
    labels: &[PeriodId],
) -> Option<Vec<PeriodId>> {
    let alike = |label: &PeriodId| calendar.compares_to_date(*label, label.a_year_earlier());
    let is_comparable = compares(target.kind) && labels.iter().all(alike);
    is_comparable.then(|| labels.iter().map(|label| label.a_year_earlier()).collect())
}

/// What is to be said of a span because the beginning of the business years moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// How many months the span has, where they are other than twelve a year or would be other days in the other
    /// reading.
    pub months: Option<i32>,
    /// The span in the other reading, where it has other days there, and its months.
    pub other: Option<(Span, i32)>,
    /// The span that it is compared with, in the reading chosen and in the other, where they differ.
    pub compared: Option<[(Span, i32); 2]>,
}

/// What is to be said where a target's span has other than twelve months a year, or would have other days in the
/// other reading of its calendar; none elsewhere.
pub fn moved(model: &Model, target: usize, period: PeriodId) -> Option<Moved> {
    let (calendar, about) = (model.target_calendar(target), &model.plan().targets[target]);
    let span_of = |calendar: &Calendar, labels: &[PeriodId]| {
        let (first, last) = (*labels.first()?, *labels.last()?);
        let span = Span { from: calendar.year_to_date(first).from, to: calendar.year_to_date(last).to };
        Some((span, labels.iter().map(|label| calendar.months_run(*label)).sum::<i32>()))
    };
    let labels = evaluation_span(calendar, about, period).labels;
    let earlier: Vec<PeriodId> = labels.iter().map(|label| label.a_year_earlier()).collect();
    let (here, months) = span_of(calendar, &labels)?;
    let differs = |labels: &[PeriodId]| {
        let (own, other) = (span_of(calendar, labels)?, span_of(calendar.other_reading()?, labels)?);
        (own != other).then_some([own, other])
    };
    let other = differs(&labels).map(|[_, other]| other);
    let compared = if compares(about.kind) { differs(&earlier) } else { None };
    let years: i32 = labels.iter().map(|label| whole_years(*label)).sum();
    let is_whole = labels.iter().all(|label| whole_years(*label) > 0);
    let is_odd = is_whole && months != 12 * years && here.from <= here.to;
    let months = (is_odd || other.is_some()).then_some(months);
    (months.is_some() || compared.is_some()).then_some(Moved { months, other, compared })
}

fn whole_years(label: PeriodId) -> i32 {
    match label {
        PeriodId::Year(_) => 1,
        PeriodId::Years(first, last) => i32::from(last - first) + 1,
        _ => 0,
    }
}
