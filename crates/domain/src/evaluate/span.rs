//! The years to date a target is judged on.

use crate::calendar::Span;
use crate::period::PeriodId;
use crate::plan::{Evaluated, Target};

/// A span as the labels whose years to date make it up, one a business year.
pub(super) struct Stretch {
    pub(super) labels: Vec<PeriodId>,
    pub(super) span: Span,
    /// False while the target's own span (a year, five years) has not run to its end.
    pub(super) whole: bool,
}

/// What is judged when `period` is asked for. Targets about certain years stay inside them: after 2025, T03 is
/// judged on 2021–2025, D1 on 2021 and 2022.
pub(super) fn stretch(target: &Target, period: PeriodId) -> Stretch {
    let calendar = target.calendar;
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
        Evaluated::EachPeriod => true,
        Evaluated::Annual => year_runs_out,
        Evaluated::FiveYear => year_runs_out && asked >= last,
    };
    Stretch { labels, span: Span { from: start.min(end), to: end }, whole }
}
