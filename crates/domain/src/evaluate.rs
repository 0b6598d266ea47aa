//! Evaluates a target for a scope and a period: which figures count, their sums, and the verdict with all it
//! rests on.
//!
//! A period argument means *year to date at that period's end*. Sums go over the reporters whose units lie
//! wholly inside the scope; rates are sums divided by sums, never means (`domain/formats.md`, 2).

use crate::calendar::{BASELINE, Span};
use crate::figures::{Source, Total};
use crate::model::{ElementIx, FormIx, Model, ReporterIx, UnitIx};
use crate::period::PeriodId;
use crate::plan::{Evaluated, Nature, Target, TargetKind};
use crate::unit::UnitId;
use crate::verdict::{Case, Pair, Verdict, judge};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// A verdict and everything it rests on. Counts have no denominators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// `T01` … `D3`.
    pub target: String,
    /// Territory summed over.
    pub scope: UnitId,
    /// Period asked for.
    pub period: PeriodId,
    /// First day of the span, in the target's calendar.
    pub from: NaiveDate,
    /// Last day of the span.
    pub to: NaiveDate,
    /// Numerator, or the count.
    pub numerator: Option<i128>,
    /// Denominator, or the baseline of a reduction.
    pub denominator: Option<i128>,
    /// The same a year earlier.
    pub previous_numerator: Option<i128>,
    /// The same a year earlier.
    pub previous_denominator: Option<i128>,
    /// The verdict.
    pub verdict: Verdict,
    /// The span is not closed, coverage is partial, or something is unapproved.
    pub provisional: bool,
    /// Cells reported, of those the target needs.
    pub reported: u32,
    /// Cells the target needs.
    pub expected: u32,
    /// Cells with two values.
    pub contested: u32,
    /// Reported cells that nobody approved yet.
    pub unapproved: u32,
    /// Least further count that meets the target; 0 when met; none where no count can.
    pub missing: Option<i128>,
    /// The other reading: numerator and denominator.
    pub alternative: Option<(i128, Option<i128>)>,
}

/// Who is assigned a form in a period inside the scope, and whether they make up all of it.
struct Assigned {
    reporters: Vec<ReporterIx>,
    complete: bool,
}

/// Evaluates many targets of one model; remembers who is assigned what.
pub struct Evaluator<'a> {
    model: &'a Model,
    assigned: RefCell<HashMap<(FormIx, PeriodId, UnitIx), Rc<Assigned>>>,
    inside: RefCell<HashMap<UnitIx, Rc<[ReporterIx]>>>,
}

/// A span as the labels whose years to date make it up, one a business year.
struct Stretch {
    labels: Vec<PeriodId>,
    span: Span,
    /// False while the target's own span (a year, five years) has not run to its end.
    whole: bool,
}

/// What a sum of elements came to.
#[derive(Default)]
struct Sums {
    pair: Option<Pair>,
    total: Total,
}

/// A signed sum of elements.
pub type Terms = [(bool, ElementIx)];

impl<'a> Evaluator<'a> {
    /// For this plan and these units.
    pub fn new(model: &'a Model) -> Self {
        Self { model, assigned: RefCell::default(), inside: RefCell::default() }
    }

    /// Evaluates the target at place `target` of the plan.
    pub fn evaluate(
        &self,
        source: &dyn Source,
        target: usize,
        scope: UnitIx,
        period: PeriodId,
        today: NaiveDate,
    ) -> Evaluation {
        let t = &self.model.plan().targets[target];
        let terms = self.model.target_terms(target);
        let stretch = stretch(t, period);
        let this = self.sums(source, &terms.numerator, &terms.denominator, &stretch, scope);
        let compares = matches!(t.kind, TargetKind::CountVsPreviousYear | TargetKind::RateVsPreviousYear);
        let previous = compares.then(|| {
            let labels = stretch.labels.iter().map(|l| l.a_year_earlier()).collect();
            let earlier = Stretch { labels, span: stretch.span, whole: stretch.whole };
            self.sums(source, &terms.numerator, &terms.denominator, &earlier, scope)
        });
        let case = Case {
            kind: t.kind,
            comparator: t.comparator,
            threshold: t.threshold_percent.unwrap_or(0),
            this: this.pair,
            previous: previous.as_ref().and_then(|p| p.pair),
            years: stretch.labels.len() as u8,
        };
        let (verdict, missing) = judge(&case);
        let partial = |s: &Sums| s.total.reported < s.total.expected || s.total.unapproved > 0;
        let is_rate = !terms.denominator.is_empty();
        let denominator = |pair: Option<Pair>| pair.filter(|_| is_rate).map(|p| p.d);
        let alternative = terms.alternative.as_ref().and_then(|(n, d)| {
            let pair = self.sums(source, n, d, &stretch, scope).pair?;
            Some((pair.n, (!d.is_empty()).then_some(pair.d)))
        });
        Evaluation {
            target: t.id.clone(),
            scope: self.model.unit(scope).id.clone(),
            period,
            from: stretch.span.from,
            to: stretch.span.to,
            numerator: case.this.map(|p| p.n),
            denominator: denominator(case.this),
            previous_numerator: case.previous.map(|p| p.n),
            previous_denominator: denominator(case.previous),
            verdict,
            provisional: today <= stretch.span.to
                || !stretch.whole
                || partial(&this)
                || previous.as_ref().is_some_and(|p| p.pair.is_some() && partial(p)),
            reported: this.total.reported,
            expected: this.total.expected,
            contested: this.total.contested,
            unapproved: this.total.unapproved,
            missing,
            alternative,
        }
    }

    /// Every target of the plan, in its order.
    pub fn evaluate_all(
        &self,
        source: &dyn Source,
        scope: UnitIx,
        period: PeriodId,
        today: NaiveDate,
    ) -> Vec<Evaluation> {
        (0..self.model.plan().targets.len()).map(|t| self.evaluate(source, t, scope, period, today)).collect()
    }

    /// The cells, as element and period, that the plan's targets need for `period` and the year before it.
    pub fn cells_needed(&self, period: PeriodId) -> BTreeSet<(ElementIx, PeriodId)> {
        let mut needed = BTreeSet::new();
        for (ix, target) in self.model.plan().targets.iter().enumerate() {
            let terms = self.model.target_terms(ix);
            let stretch = stretch(target, period);
            let earlier = stretch.labels.iter().map(|l| l.a_year_earlier());
            let labels: Vec<PeriodId> = stretch.labels.iter().copied().chain(earlier).collect();
            let other = terms.alternative.iter().flat_map(|(n, d)| n.iter().chain(d));
            for (_, element) in terms.numerator.iter().chain(&terms.denominator).chain(other) {
                for label in &labels {
                    needed.extend(self.periods(*element, &[*label]).into_iter().map(|p| (*element, p)));
                }
            }
        }
        needed
    }

    /// Who fills in `form` for `period` inside `scope`.
    pub fn assigned_inside(&self, form: FormIx, period: PeriodId, scope: UnitIx) -> Vec<ReporterIx> {
        self.assigned(form, period, scope).reporters.clone()
    }

    fn assigned(&self, form: FormIx, period: PeriodId, scope: UnitIx) -> Rc<Assigned> {
        let mut known = self.assigned.borrow_mut();
        let found = known.entry((form, period, scope)).or_insert_with(|| {
            let mut inside = self.inside.borrow_mut();
            let inside = inside.entry(scope).or_insert_with(|| self.model.reporters_inside(scope).into());
            let reporters: Vec<ReporterIx> =
                inside.iter().copied().filter(|r| self.model.is_assigned(*r, form, period)).collect();
            let complete = self.model.cover(&reporters, scope);
            Rc::new(Assigned { reporters, complete })
        });
        Rc::clone(found)
    }

    /// The periods of an element's form that fall into these years to date.
    fn periods(&self, element: ElementIx, labels: &[PeriodId]) -> Vec<PeriodId> {
        if self.model.element(element).nature == Nature::Baseline {
            return vec![BASELINE];
        }
        let form = self.model.form(self.model.form_of(element));
        labels.iter().flat_map(|l| form.calendar.periods_to_date(*l, form.periodicity)).collect()
    }

    fn sums(&self, source: &dyn Source, n: &Terms, d: &Terms, stretch: &Stretch, scope: UnitIx) -> Sums {
        let mut totals: HashMap<ElementIx, Total> = HashMap::new();
        let mut complete = true;
        for (_, element) in n.iter().chain(d) {
            if totals.contains_key(element) {
                continue;
            }
            let form = self.model.form_of(*element);
            let periods = self.periods(*element, &stretch.labels);
            complete &= !periods.is_empty();
            complete &= periods.iter().all(|p| self.assigned(form, *p, scope).complete);
            let counted = match self.model.element(*element).nature {
                Nature::Flow | Nature::Baseline => &periods[..],
                Nature::StockOpen => &periods[..periods.len().min(1)],
                Nature::StockClose => &periods[periods.len().saturating_sub(1)..],
            };
            let mut total = Total::default();
            for period in counted {
                total += source.total(*element, *period, &self.assigned(form, *period, scope).reporters);
            }
            totals.insert(*element, total);
        }
        let mut all = Total::default();
        for total in totals.values() {
            all += *total;
        }
        let reported = totals.values().all(|t| t.reported > 0);
        let sum = |terms: &Terms| {
            terms.iter().map(|(minus, e)| if *minus { -totals[e].sum } else { totals[e].sum }).sum()
        };
        let d = if d.is_empty() { 1 } else { sum(d) };
        Sums { pair: (complete && reported).then(|| Pair { n: sum(n), d }), total: all }
    }
}

/// The years to date a target is judged on. Targets about certain years stay inside them: after 2025, T03 is
/// judged on 2021–2025, D1 on 2021 and 2022.
fn stretch(target: &Target, period: PeriodId) -> Stretch {
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
