//! Evaluates a target for a scope and a period: which figures count, their sums, and the verdict with all it
//! rests on.
//!
//! A period argument means *year to date at that period's end*. Sums go over the reporters whose units lie
//! wholly inside the scope; rates are sums divided by sums, never means.
//!
//! The work is cut where figures begin: a `Layout` says which periods and elements a set of labels needs, a
//! `Frame` who reports them inside one scope. Both know no figure. Filling a frame's totals from a
//! [`Source`] and judging them is what is left to do when a figure changes; [`Board`] does it for one cell.

mod board;
mod frame;
mod layout;
pub mod project;
mod span;
pub mod trend;

pub use board::{Board, Touched};
pub use span::{Moved, moved};

use crate::figures::{Source, Total};
use crate::model::{ElementIx, Model, UnitIx};
use crate::period::PeriodId;
use crate::plan::{Nature, TargetKind};
use crate::unit::UnitId;
use crate::verdict::{Case, Pair, Verdict, judge};
use chrono::NaiveDate;
use frame::Frame;
use layout::{Grain, Layout, Part, Ranges, Ratio, TargetSpan, counted};
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
    #[serde(with = "crate::day")]
    pub from: NaiveDate,
    /// Last day of the span.
    #[serde(with = "crate::day")]
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
    /// The span is not closed, coverage is partial, or something is unapproved or estimated.
    pub provisional: bool,
    /// Cells reported, of those the target needs.
    pub reported: u32,
    /// Cells the target needs.
    pub expected: u32,
    /// Cells with two values.
    pub contested: u32,
    /// Reported cells that nobody approved yet.
    pub unapproved: u32,
    /// Reported cells whose value is estimated; 0 where an older server tells of none.
    #[serde(default)]
    pub estimated: u32,
    /// Least further count that meets the target; 0 when met; none where no count can.
    pub missing: Option<i128>,
    /// The other reading: numerator and denominator.
    pub alternative: Option<(i128, Option<i128>)>,
}

/// What does not depend on figures.
type Known = Rc<(Layout, Frame)>;

/// Evaluates for one model; remembers who reports what inside the scopes it was asked for.
pub struct Evaluator<'a> {
    model: &'a Model,
    known: RefCell<HashMap<(UnitIx, PeriodId), Known>>,
}

impl<'a> Evaluator<'a> {
    /// For this plan and these units.
    pub fn new(model: &'a Model) -> Self {
        Self { model, known: RefCell::default() }
    }

    fn frame(&self, scope: UnitIx, period: PeriodId) -> Known {
        let mut known = self.known.borrow_mut();
        let found = known.entry((scope, period)).or_insert_with(|| {
            let layout = Layout::new(self.model, &[period], Grain::Span);
            let frame = Frame::new(self.model, &layout, scope);
            Rc::new((layout, frame))
        });
        Rc::clone(found)
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
        self.evaluate_these(source, std::iter::once(target), scope, period, today).remove(0)
    }

    /// Every target of the plan, in its order.
    pub fn evaluate_all(
        &self,
        source: &dyn Source,
        scope: UnitIx,
        period: PeriodId,
        today: NaiveDate,
    ) -> Vec<Evaluation> {
        self.evaluate_these(source, 0..self.model.plan().targets.len(), scope, period, today)
    }

    fn evaluate_these(
        &self,
        source: &dyn Source,
        targets: impl Iterator<Item = usize>,
        scope: UnitIx,
        period: PeriodId,
        today: NaiveDate,
    ) -> Vec<Evaluation> {
        let known = self.frame(scope, period);
        let (layout, frame) = &*known;
        let totals = frame.totals(layout, source);
        targets.map(|t| conclude(self.model, layout, frame, &totals, 0, t, today)).collect()
    }

    /// Every target at every one of these periods, scope after scope; quicker than one after the other.
    pub fn evaluate_scopes(
        &self,
        source: &dyn Source,
        scopes: &[UnitIx],
        periods: &[PeriodId],
        today: NaiveDate,
        mut each: impl FnMut(Evaluation),
    ) {
        let layout = Layout::new(self.model, periods, Grain::Span);
        let mut totals = Vec::new();
        for scope in scopes {
            let frame = Frame::new(self.model, &layout, *scope);
            frame.fill(&layout, source, &mut totals);
            for label in 0..periods.len() {
                for target in 0..self.model.plan().targets.len() {
                    each(conclude(self.model, &layout, &frame, &totals, label, target, today));
                }
            }
        }
    }

    /// The cells, as element and period, that the plan's targets need for `period` and the year before it.
    pub fn cells_needed(&self, period: PeriodId) -> BTreeSet<(ElementIx, PeriodId)> {
        Layout::new(self.model, &[period], Grain::Span)
            .cells()
            .map(|(element, period, _)| (element, period))
            .collect()
    }

    /// The last day of the latest period that has a figure of this target's span: what stands in a running
    /// span goes no further. None where nothing is reported.
    pub fn reported_to(
        &self,
        source: &dyn Source,
        target: usize,
        scope: UnitIx,
        period: PeriodId,
    ) -> Option<NaiveDate> {
        self.all_reported_to(source, scope, period).swap_remove(target)
    }

    /// The same of every target, in the plan's order; costs hardly more than one.
    pub fn all_reported_to(
        &self,
        source: &dyn Source,
        scope: UnitIx,
        period: PeriodId,
    ) -> Vec<Option<NaiveDate>> {
        let layout = Layout::new(self.model, &[period], Grain::Period);
        let totals = Frame::new(self.model, &layout, scope).totals(&layout, source);
        let reported_to = |target| {
            let ranges = &layout.span(0, target).this;
            let parts = layout.ratios(target).0.parts.iter().filter(|part| part.nature != Nature::Baseline);
            let days = parts.filter_map(|part| {
                let is_there = |slot: &usize| {
                    layout.places(part.element, *slot..slot + 1).any(|place| totals[place].reported > 0)
                };
                let last = ranges.of(part.form).rev().find(is_there)?;
                Some(layout.forms[part.form.at()].ends[last])
            });
            days.max()
        };
        (0..self.model.plan().targets.len()).map(reported_to).collect()
    }

    /// The sums a scope's targets rest on, of every element and period that has one.
    pub fn sums(
        &self,
        source: &dyn Source,
        scope: UnitIx,
        period: PeriodId,
    ) -> Vec<(ElementIx, PeriodId, Total)> {
        let layout = Layout::new(self.model, &[period], Grain::Period);
        let totals = Frame::new(self.model, &layout, scope).totals(&layout, source);
        let total = |element, slot: usize| totals[layout.places(element, slot..slot + 1).start];
        let there = layout.cells().map(|(element, period, slot)| (element, period, total(element, slot)));
        there.filter(|(_, _, total)| total.reported > 0 || total.contested > 0).collect()
    }
}

/// What a sum of elements came to.
struct Sums {
    pair: Option<Pair>,
    total: Total,
}

impl Sums {
    fn is_partial(&self) -> bool {
        let Total { reported, expected, unapproved, estimated, .. } = self.total;
        reported < expected || unapproved + estimated > 0
    }
}

/// The total of one element over a span, and whether somebody is assigned it for every part of the territory.
fn part_total(
    layout: &Layout,
    frame: &Frame,
    totals: &[Total],
    part: &Part,
    ranges: &Ranges,
) -> (Total, bool) {
    let range = ranges.of(part.form);
    let complete = !range.is_empty() && frame.is_complete(part.form, range.clone());
    let counted = counted(part.nature, range);
    let mut total = Total::default();
    for one in &totals[layout.places(part.element, counted.clone())] {
        total += *one;
    }
    total.expected += frame.expected(part.form, counted);
    (total, complete)
}

fn sums(layout: &Layout, frame: &Frame, totals: &[Total], ratio: &Ratio, ranges: &Ranges) -> Sums {
    let mut all = Total::default();
    let mut has_data = true;
    let (mut n, mut d) = (0, i128::from(!ratio.has_denominator));
    for part in &ratio.parts {
        let (total, complete) = part_total(layout, frame, totals, part, ranges);
        has_data &= complete && total.reported > 0;
        n += part.above * total.sum;
        d += part.below * total.sum;
        all += total;
    }
    Sums { pair: has_data.then_some(Pair { n, d }), total: all }
}

/// Judges one target at one label from the totals of a scope.
fn conclude(
    model: &Model,
    layout: &Layout,
    frame: &Frame,
    totals: &[Total],
    label: usize,
    target: usize,
    today: NaiveDate,
) -> Evaluation {
    let t = &model.plan().targets[target];
    let (ratio, other) = layout.ratios(target);
    let TargetSpan { evaluation_span, this: ranges, previous: earlier } = layout.span(label, target);
    let this = sums(layout, frame, totals, ratio, ranges);
    let previous = earlier.as_ref().map(|ranges| sums(layout, frame, totals, ratio, ranges));
    let case = Case {
        kind: t.kind,
        comparator: t.comparator,
        threshold: t.threshold_percent.unwrap_or(0),
        this: this.pair,
        previous: previous.as_ref().and_then(|p| p.pair),
        years: evaluation_span.labels.len() as u8,
    };
    let (verdict, missing) = judge(&case);
    let denominator = |pair: Option<Pair>| pair.filter(|_| ratio.has_denominator).map(|p| p.d);
    let alternative = other.as_ref().and_then(|other| {
        let pair = sums(layout, frame, totals, other, ranges).pair?;
        Some((pair.n, other.has_denominator.then_some(pair.d)))
    });
    Evaluation {
        target: t.id.clone(),
        scope: model.unit(frame.scope).id.clone(),
        period: layout.label(label),
        from: evaluation_span.span.from,
        to: evaluation_span.span.to,
        numerator: case.this.map(|p| p.n),
        denominator: denominator(case.this),
        previous_numerator: case.previous.map(|p| p.n),
        previous_denominator: denominator(case.previous),
        verdict,
        provisional: today <= evaluation_span.span.to
            || !evaluation_span.whole
            || this.is_partial()
            || previous.as_ref().is_some_and(|p| p.pair.is_some() && p.is_partial()),
        reported: this.total.reported,
        expected: this.total.expected,
        contested: this.total.contested,
        unapproved: this.total.unapproved,
        estimated: this.total.estimated,
        missing,
        alternative,
    }
}

/// True when a target's verdict rests on last year's figures too.
fn compares(kind: TargetKind) -> bool {
    matches!(kind, TargetKind::CountVsPreviousYear | TargetKind::RateVsPreviousYear)
}
