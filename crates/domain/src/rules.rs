//! Checks a form as it is being filled in: balances, sums of parts, orderings, carry-over, outliers.
//!
//! A rule with a missing figure is unanswered: neither kept nor broken. Rules over the whole province are not
//! judged here but at approval (`design.md`, decisions of detail).

use crate::calendar::Periodicity;
use crate::expression::Relation;
use crate::model::{FormIx, Model, Operand, ReporterIx, RuleTerms};
use crate::period::PeriodId;
use crate::plan::{Nature, RuleScope, Severity};
use crate::{ElementIx, Figures};

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
    /// The reporter's figures, earlier periods included.
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
    let form = check.model.form(check.form);
    let rules = form.rules.iter().zip(check.model.rule_terms(check.form)).enumerate();
    rules
        .filter(|(_, (rule, _))| rule.scope != RuleScope::ProvinceYearToDate)
        .map(|(place, (rule, terms))| {
            let severity = if rule.scope == RuleScope::YearToDate && check.took_over_this_year() {
                Severity::Warning
            } else {
                rule.severity
            };
            check.rule(place, terms, rule.scope, severity)
        })
        .collect()
}

impl FormCheck<'_> {
    fn rule(&self, rule: usize, terms: &RuleTerms, scope: RuleScope, severity: Severity) -> Checked {
        let (Some(left), Some(right)) = (self.side(&terms.left, scope), self.side(&terms.right, scope))
        else {
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

    fn side(&self, terms: &[(bool, Operand)], scope: RuleScope) -> Option<i128> {
        let mut sum = 0;
        for (minus, operand) in terms {
            let value = match operand {
                Operand::Number(n) => i128::from(*n),
                Operand::This(e) => self.over(*e, scope)?,
                Operand::Previous(e) => self.at(*e, self.period.previous()?)?,
                Operand::LastYear(e) => self.at(*e, self.period.a_year_earlier())?,
            };
            sum += if *minus { -value } else { value };
        }
        Some(sum)
    }

    fn at(&self, element: ElementIx, period: PeriodId) -> Option<i128> {
        self.figures.get(self.reporter, period, element)?.value.map(i128::from)
    }

    fn over(&self, element: ElementIx, scope: RuleScope) -> Option<i128> {
        if scope == RuleScope::Period {
            return self.at(element, self.period);
        }
        year_to_date(self.model, self.figures, self.reporter, element, self.period)
    }

    fn took_over_this_year(&self) -> bool {
        let form = self.model.form(self.form);
        let year = form.calendar.year_to_date(self.period);
        self.model.reporter(self.reporter).from.is_some_and(|from| from > year.from)
    }
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
        _ => form.calendar.periods_to_date(period, form.periodicity),
    };
    let assigned = periods.into_iter().filter(move |p| model.is_assigned(reporter, form_ix, *p));
    assigned.map(move |p| figures.get(reporter, p, element)?.value.map(i128::from))
}

/// Flows add up; a stock is the first or the last of its values. None where one that counts is missing.
fn total(nature: Nature, mut values: impl Iterator<Item = Option<i128>>) -> Option<i128> {
    match nature {
        Nature::Flow => values.reduce(|a, b| Some(a? + b?))?,
        Nature::StockOpen => values.next()?,
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
