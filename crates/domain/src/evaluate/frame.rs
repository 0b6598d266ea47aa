//! Who reports what inside one scope, whatever the figures.

use super::layout::{Layout, Slots};
use crate::figures::{Source, Total};
use crate::model::{FormIx, Model, ReporterIx, UnitIx};
use std::ops::Range;

/// One reporter's turn at a form: the slots in which it is assigned.
pub(super) struct Report {
    pub(super) reporter: ReporterIx,
    pub(super) form: FormIx,
    pub(super) slots: Range<usize>,
}

/// A scope's reports and what is to be expected of them, by form and slot.
pub(super) struct Frame {
    pub(super) scope: UnitIx,
    pub(super) reports: Vec<Report>,
    /// How many reporters are assigned.
    pub(super) expected: Vec<Vec<u32>>,
    /// True where they make up the whole territory; without that a verdict is `no_data`.
    pub(super) complete: Vec<Vec<bool>>,
}

impl Frame {
    pub(super) fn new(model: &Model, layout: &Layout, scope: UnitIx) -> Self {
        let inside = model.reporters_inside(scope);
        let used = || model.forms().filter(|f| !layout.forms[f.at()].elements.is_empty());
        let mut reports = Vec::new();
        for reporter in &inside {
            for form in used() {
                let slots = &layout.forms[form.at()];
                for slots in turns(model, slots, *reporter, form) {
                    reports.push(Report { reporter: *reporter, form, slots });
                }
            }
        }
        let mut expected: Vec<Vec<u32>> = layout.forms.iter().map(|s| vec![0; s.periods.len()]).collect();
        for report in &reports {
            for n in &mut expected[report.form.at()][report.slots.clone()] {
                *n += 1;
            }
        }
        let complete = model.forms().zip(&layout.forms).map(|(form, slots)| {
            let mut covered = vec![model.no_territory(); slots.periods.len()];
            for report in reports.iter().filter(|r| r.form == form) {
                let territory = model.territory(model.reporter(report.reporter).unit);
                covered[report.slots.clone()].iter_mut().for_each(|c| c.join(territory));
            }
            covered.iter().map(|c| model.territory(scope).lies_inside(c)).collect()
        });
        let complete = complete.collect();
        Self { scope, reports, expected, complete }
    }

    /// The sums of every element and slot of the layout, without what is expected.
    pub(super) fn totals(&self, layout: &Layout, source: &dyn Source) -> Vec<Total> {
        let mut totals = vec![Total::default(); layout.size];
        let only = source.only();
        for report in self.reports.iter().filter(|r| only.is_none_or(|these| these.contains(&r.reporter))) {
            let slots = &layout.forms[report.form.at()];
            for element in &slots.elements {
                let from = layout.place(*element, report.slots.start);
                let to = from + report.slots.len();
                source.add(
                    report.reporter,
                    *element,
                    &slots.periods[report.slots.clone()],
                    &mut totals[from..to],
                );
            }
        }
        if only.is_some() {
            for (element, period, at) in layout.cells() {
                if let Some(total) = source.elsewhere(element, period) {
                    totals[at] += Total { expected: 0, ..total };
                }
            }
        }
        totals
    }
}

/// The slots whose last day falls into a time in which the reporter is assigned the form.
fn turns(model: &Model, slots: &Slots, reporter: ReporterIx, form: FormIx) -> Vec<Range<usize>> {
    let days = model.assigned_days(reporter, form);
    let turn = days.map(|(from, to)| {
        let first = from.map_or(0, |from| slots.ends.partition_point(|end| *end < from));
        let last = to.map_or(slots.ends.len(), |to| slots.ends.partition_point(|end| *end <= to));
        first..last
    });
    turn.filter(|slots| !slots.is_empty()).collect()
}
