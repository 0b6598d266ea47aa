//! Verdicts of many scopes and labels, kept true cell by cell.

use super::frame::Frame;
use super::layout::{Grain, Layout};
use super::{Evaluation, conclude};
use crate::figures::{Figure, Source, Total};
use crate::model::{ElementIx, FormIx, Model, ReporterIx, UnitIx};
use crate::period::PeriodId;
use chrono::NaiveDate;
use std::collections::HashMap;
use std::ops::Range;

/// Where the cells of a reporter and form count: scopes, as places, and the slots of the form that count in each.
type AssignmentIndex = HashMap<(ReporterIx, FormIx), Vec<(usize, Range<usize>)>>;

/// Which verdict a changed cell touched, as places in what the board was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Touched {
    /// Place of the scope.
    pub scope: usize,
    /// Place of the period.
    pub period: usize,
    /// Place of the target in the plan.
    pub target: usize,
}

/// The totals of some scopes and periods. Evaluating anew and changing cell by cell agree (a property test
/// holds them together).
pub struct Board<'a> {
    model: &'a Model,
    layout: Layout,
    frames: Vec<Frame>,
    totals: Vec<Vec<Total>>,
    assignments: AssignmentIndex,
    /// The targets that name an element.
    named_by: Vec<Vec<usize>>,
    today: NaiveDate,
}

impl<'a> Board<'a> {
    /// Adds up everything once.
    pub fn new(
        model: &'a Model,
        source: &dyn Source,
        scopes: &[UnitIx],
        periods: &[PeriodId],
        today: NaiveDate,
    ) -> Self {
        let layout = Layout::new(model, periods, Grain::Span);
        let frames: Vec<Frame> = scopes.iter().map(|scope| Frame::new(model, &layout, *scope)).collect();
        let totals = frames.iter().map(|frame| frame.totals(&layout, source)).collect();
        let mut assignments = AssignmentIndex::new();
        for (scope, frame) in frames.iter().enumerate() {
            for report in &frame.reports {
                assignments
                    .entry((report.reporter, report.form))
                    .or_default()
                    .push((scope, report.slots.clone()));
            }
        }
        let mut named_by = vec![Vec::new(); model.element_count()];
        for target in 0..model.plan().targets.len() {
            for element in model.target_elements(target) {
                if named_by[element.at()].last() != Some(&target) {
                    named_by[element.at()].push(target);
                }
            }
        }
        Self { model, layout, frames, totals, assignments, named_by, today }
    }

    /// One verdict.
    pub fn evaluation(&self, at: Touched) -> Evaluation {
        let Touched { scope, period, target } = at;
        conclude(
            self.model,
            &self.layout,
            &self.frames[scope],
            &self.totals[scope],
            period,
            target,
            self.today,
        )
    }

    /// Every verdict, scope after scope, period after period.
    pub fn evaluations(&self) -> impl Iterator<Item = Evaluation> + '_ {
        let targets = self.model.plan().targets.len();
        (0..self.frames.len()).flat_map(move |scope| {
            (0..self.layout.labels()).flat_map(move |period| {
                (0..targets).map(move |target| self.evaluation(Touched { scope, period, target }))
            })
        })
    }

    /// Takes a changed cell in: `before` is what stood in it, `after` what does now. Says which verdicts may
    /// have moved.
    pub fn change(
        &mut self,
        reporter: ReporterIx,
        period: PeriodId,
        element: ElementIx,
        before: Option<Figure>,
        after: Option<Figure>,
    ) -> Vec<Touched> {
        let mut touched = Vec::new();
        let form = self.model.form_of(element);
        let slots = &self.layout.forms[form.at()];
        let (true, Ok(slot)) = (slots.elements.contains(&element), slots.periods.binary_search(&period))
        else {
            return touched;
        };
        let place = self.layout.places(element, 0..slot + 1).end - 1;
        for (scope, slots) in self.assignments.get(&(reporter, form)).into_iter().flatten() {
            if !slots.contains(&slot) {
                continue;
            }
            self.totals[*scope][place].replace(before, after);
            for label in 0..self.layout.labels() {
                for target in &self.named_by[element.at()] {
                    let span = self.layout.span(label, *target);
                    let ranges = std::iter::once(&span.this).chain(&span.previous);
                    if ranges.into_iter().any(|r| r.of(form).contains(&slot)) {
                        touched.push(Touched { scope: *scope, period: label, target: *target });
                    }
                }
            }
        }
        touched
    }
}
