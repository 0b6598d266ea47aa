//! Checks a form as it is being filled in: balances, sums of parts, orderings, carry-over, outliers.
//!
//! A rule with a missing figure is unanswered: neither kept nor broken. Rules over the whole province are
//! judged at approval, by [`check_scope`].

use crate::calendar::Periodicity;
use crate::expression::Relation;
use crate::model::{FormIx, Model, Operand, ReporterIx, RuleTerms, UnitIx};
use crate::period::PeriodId;
use crate::plan::{Nature, RuleScope, Severity};
use crate::{ElementIx, Figures};
use chrono::NaiveDate;
use std::cell::LazyCell;

/// Below this, last year's value is too small to call anything an outlier.
const SMALLEST_FOR_OUTLIER: i128 = 20;

/// How a rule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// A figure is missing.
    Unanswered,
    /// Both sides are there and fit.
    Kept,
    /// Both sides are there and do not fit.
    Broken,
}

/// A rule of a form with the numbers of its two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// The rule's place in the form.
    pub rule: usize,
    /// How it stands.
    pub state: State,
    /// What a broken rule does; a takeover year turns year-to-date errors into warnings.
    pub severity: Severity,
    /// Left side.
    pub left: i128,
    /// Right side.
    pub right: i128,
}

/// One form of one reporter in one period.
#[derive(Clone, Copy)]
pub struct FormCheck<'a> {
    /// Plan and units.
    pub model: &'a Model,
    /// The reporter's figures and those of the reporters it took over from, earlier periods included.
    pub figures: &'a Figures,
    /// Who.
    pub reporter: ReporterIx,
    /// What.
    pub form: FormIx,
    /// When.
    pub period: PeriodId,
}

/// Every rule of the form that concerns its reporter, with how it stands.
pub fn check_form(check: &FormCheck<'_>) -> Vec<Checked> {
    check_these(check, &|_| true)
}

/// The rules that name an element: all that can stand otherwise when its cell of this period has changed.
pub fn check_cell(check: &FormCheck<'_>, element: ElementIx) -> Vec<Checked> {
    let names = |(_, operand): &(bool, Operand)| match operand {
        Operand::This(e) | Operand::Previous(e) | Operand::LastYear(e) => *e == element,
        Operand::Number(_) => false,
    };
    check_these(check, &|terms| terms.left.iter().chain(&terms.right).any(names))
}

/// Not generic: two of it would be a kilobyte of a start.
fn check_these(check: &FormCheck<'_>, wanted: &dyn Fn(&RuleTerms) -> bool) -> Vec<Checked> {
    let form = check.model.form(check.form);
    let rules = form.rules.iter().zip(check.model.rule_terms(check.form)).enumerate();
    let own = rules.filter(|(_, (rule, terms))| rule.scope != RuleScope::ProvinceYearToDate && wanted(terms));
    // Who was taken over from is asked for by few rules and is not quick to find.
    let takeovers = LazyCell::new(|| check.model.takeovers(check.reporter, check.form));
    own.map(|(place, (rule, terms))| {
        let context = FormContext { check, takeovers: &takeovers };
        let severity = if rule.scope == RuleScope::YearToDate && context.took_over_this_year() {
            Severity::Warning
        } else {
            rule.severity
        };
        judge(place, terms, severity, |operand| context.value(operand, rule.scope))
    })
    .collect()
}

/// The rules over a whole scope since the start of the year, which no single reporter can keep or break: they
/// are shown to whoever approves. Figures are summed over everybody
/// assigned inside; one missing figure leaves a rule unanswered.
pub fn check_scope(
    model: &Model,
    figures: &Figures,
    scope: UnitIx,
    form: FormIx,
    period: PeriodId,
) -> Vec<Checked> {
    let rules = model.form(form).rules.iter().zip(model.rule_terms(form)).enumerate();
    let own = rules.filter(|(_, (rule, _))| rule.scope == RuleScope::ProvinceYearToDate);
    own.map(|(place, (rule, terms))| {
        judge(place, terms, rule.severity, |operand| match operand {
            Operand::Number(n) => Some(i128::from(*n)),
            Operand::This(element) => over_scope(model, figures, scope, *element, period),
            Operand::Previous(_) | Operand::LastYear(_) => None,
        })
    })
    .collect()
}

fn over_scope(
    model: &Model,
    figures: &Figures,
    scope: UnitIx,
    element: ElementIx,
    period: PeriodId,
) -> Option<i128> {
    let form = model.form_of(element);
    let about = model.form(form);
    let periods = model.calendar(form).periods_to_date(period, about.periodicity);
    let totals = periods.into_iter().map(|p| {
        let total = figures.total(element, p, &model.assigned_inside(form, p, scope));
        (total.reported == total.expected && total.expected > 0).then_some(total.sum)
    });
    total(model.element(element).nature, totals)
}

/// Compares the two sides of a rule, where both are there.
fn judge(
    rule: usize,
    terms: &RuleTerms,
    severity: Severity,
    value: impl Fn(&Operand) -> Option<i128>,
) -> Checked {
    let side = |terms: &[(bool, Operand)]| -> Option<i128> {
        terms
            .iter()
            .map(|(minus, operand)| Some(if *minus { -value(operand)? } else { value(operand)? }))
            .sum()
    };
    let (Some(left), Some(right)) = (side(&terms.left), side(&terms.right)) else {
        return Checked { rule, state: State::Unanswered, severity, left: 0, right: 0 };
    };
    let kept = match terms.relation {
        Relation::Equal => left == right,
        Relation::AtMost => left <= right,
        Relation::Within(percent) => {
            right < SMALLEST_FOR_OUTLIER || (left - right).abs() * 100 <= right * i128::from(percent)
        }
    };
    Checked { rule, state: if kept { State::Kept } else { State::Broken }, severity, left, right }
}

/// A form's check with whom its reporter took over from.
struct FormContext<'a, F> {
    check: &'a FormCheck<'a>,
    takeovers: &'a LazyCell<Vec<(NaiveDate, ReporterIx)>, F>,
}

impl<F: FnOnce() -> Vec<(NaiveDate, ReporterIx)>> FormContext<'_, F> {
    fn value(&self, operand: &Operand, scope: RuleScope) -> Option<i128> {
        let FormCheck { model, figures, reporter, period, .. } = *self.check;
        match operand {
            Operand::Number(n) => Some(i128::from(*n)),
            Operand::This(e) if scope == RuleScope::Period => self.at(reporter, *e, period),
            Operand::This(e) => year_to_date(model, figures, reporter, *e, period),
            Operand::Previous(e) => self.previous(*e, model.calendar(self.check.form).previous(period)?),
            Operand::LastYear(e) => self.last_year(*e, period.a_year_earlier()),
        }
    }

    fn at(&self, reporter: ReporterIx, element: ElementIx, period: PeriodId) -> Option<i128> {
        self.check.figures.get(reporter, period, element)?.value.map(i128::from)
    }

    /// The reporter's own figure and those of everybody it took over from since. None while one is missing,
    /// or where there is nobody to have one.
    fn previous(&self, element: ElementIx, period: PeriodId) -> Option<i128> {
        let FormCheck { model, form, reporter, .. } = *self.check;
        let ended_since = model.span(form, self.check.period).to;
        let from = self.takeovers.iter().filter(|(day, _)| *day <= ended_since).map(|(_, r)| *r);
        let then = from.chain([reporter]).filter(|r| model.is_assigned(*r, form, period));
        let values = then.map(|r| self.at(r, element, period));
        values.reduce(|a, b| Some(a? + b?))?
    }

    /// Silent where the reporter took over from others since: last year's figure was of less ground. Silent too
    /// where the period had other months then.
    fn last_year(&self, element: ElementIx, period: PeriodId) -> Option<i128> {
        let FormCheck { model, form, reporter, .. } = *self.check;
        if !model.calendar(form).compares(period, self.check.period) {
            return None;
        }
        let (then, now) = (model.span(form, period).to, model.span(form, self.check.period).to);
        if self.takeovers.iter().any(|(day, _)| then < *day && *day <= now) {
            return None;
        }
        self.at(reporter, element, period)
    }

    fn unusual(&self, element: ElementIx) -> Option<Unusual> {
        let FormCheck { model, figures, reporter, period, .. } = *self.check;
        if model.element(element).nature != Nature::Flow {
            return None;
        }
        let value = i128::from(figures.get(reporter, period, element)?.value?);
        let years = std::iter::successors(Some(period.a_year_earlier()), |p| Some(p.a_year_earlier()));
        let earlier = years.take(EARLIER_YEARS).filter_map(|p| self.last_year(element, p));
        let earlier: Vec<i128> = earlier.collect();
        if earlier.len() < FEWEST_YEARS {
            return None;
        }
        let middle = median(earlier.clone());
        let apart = median(earlier.iter().map(|n| (n - middle).abs()).collect());
        let spread = (5 * apart).max(middle / 2);
        let is_unusual = middle >= SMALLEST_FOR_OUTLIER && (value - middle).abs() > spread;
        is_unusual.then_some(Unusual { element, value, median: middle, spread })
    }

    fn took_over_this_year(&self) -> bool {
        let FormCheck { model, form, reporter, period, .. } = *self.check;
        let year = model.calendar(form).year_to_date(period);
        let within = |day: NaiveDate| year.from < day && day <= year.to;
        model.reporter(reporter).from.is_some_and(within)
            || self.takeovers.iter().any(|(day, _)| within(*day))
    }
}

/// A figure far from what the same period was in earlier years: it asks for a look, and never blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unusual {
    /// Which element.
    pub element: ElementIx,
    /// Its figure.
    pub value: i128,
    /// The median of the earlier years.
    pub median: i128,
    /// How far from it would not have been unusual.
    pub spread: i128,
}

/// How many earlier years are looked at, and how many it takes to say anything.
const EARLIER_YEARS: usize = 5;
const FEWEST_YEARS: usize = 3;

/// The flows of a form that are unusual: further from the median of the same period in earlier years than
/// five times the median distance from it, and than half of it. Medians, so that one odd year in the past
/// neither hides an odd figure now nor makes an ordinary one look odd.
pub fn unusual(check: &FormCheck<'_>) -> Vec<Unusual> {
    let takeovers = LazyCell::new(|| check.model.takeovers(check.reporter, check.form));
    let context = FormContext { check, takeovers: &takeovers };
    check.model.elements_of(check.form).filter_map(|(element, _)| context.unusual(element)).collect()
}

/// The same of one element.
pub fn unusual_cell(check: &FormCheck<'_>, element: ElementIx) -> Option<Unusual> {
    let takeovers = LazyCell::new(|| check.model.takeovers(check.reporter, check.form));
    FormContext { check, takeovers: &takeovers }.unusual(element)
}

/// The middle value, of two the lower.
fn median(mut values: Vec<i128>) -> i128 {
    values.sort_unstable();
    values[(values.len() - 1) / 2]
}

/// The figures of one element and reporter from the start of the business year to the end of `period`, in
/// order, none where one is missing.
fn of_the_year<'a>(
    model: &'a Model,
    figures: &'a Figures,
    reporter: ReporterIx,
    element: ElementIx,
    period: PeriodId,
) -> impl Iterator<Item = Option<i128>> + 'a {
    let form_ix = model.form_of(element);
    let form = model.form(form_ix);
    let periods = match form.periodicity {
        Periodicity::Once => vec![period],
        _ => model.calendar(form_ix).periods_to_date(period, form.periodicity),
    };
    let assigned = periods.into_iter().filter(move |p| model.is_assigned(reporter, form_ix, *p));
    assigned.map(move |p| figures.get(reporter, p, element)?.value.map(i128::from))
}

/// Flows add up; a stock is the first or the last of its values. None where one that counts is missing.
fn total(nature: Nature, mut values: impl Iterator<Item = Option<i128>>) -> Option<i128> {
    match nature {
        Nature::Flow => values.reduce(|a, b| Some(a? + b?))?,
        Nature::StockOpen => values.next()?,
        Nature::Unknown => None,
        Nature::StockClose | Nature::Baseline => values.last()?,
    }
}

/// An element of one reporter over the year to date, as rules judge it: none while a figure is missing.
fn year_to_date(
    model: &Model,
    figures: &Figures,
    reporter: ReporterIx,
    element: ElementIx,
    period: PeriodId,
) -> Option<i128> {
    total(model.element(element).nature, of_the_year(model, figures, reporter, element, period))
}

/// The same as it is shown while figures come in: of what there is; none where there is nothing.
pub fn so_far(
    model: &Model,
    figures: &Figures,
    reporter: ReporterIx,
    element: ElementIx,
    period: PeriodId,
) -> Option<i128> {
    let values = of_the_year(model, figures, reporter, element, period);
    total(model.element(element).nature, values.flatten().map(Some))
}
