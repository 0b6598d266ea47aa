//! Who reports what inside one scope, whatever the figures.

use super::layout::{Layout, Slots};
use crate::figures::{SeriesSlice, Source, Total};
use crate::model::{FormIx, Model, ReporterIx, UnitIx};
use std::ops::Range;

/// One span in which a reporter is assigned a form, as slots.
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
    expected: Vec<UpTo>,
    /// Where they do not make up the whole territory; with one such slot a verdict is `no_data`.
    gaps: Vec<UpTo>,
}

/// Counts of slots, added up from the first on, so that any run of them is one difference.
struct UpTo(Vec<u32>);

impl UpTo {
    fn new(counts: impl IntoIterator<Item = u32>) -> Self {
        let mut sum = 0;
        let sums = counts.into_iter().map(|n| {
            sum += n;
            sum
        });
        Self(std::iter::once(0).chain(sums).collect())
    }

    fn over(&self, slots: Range<usize>) -> u32 {
        self.0[slots.end] - self.0[slots.start]
    }
}

impl Frame {
    pub(super) fn new(model: &Model, layout: &Layout, scope: UnitIx) -> Self {
        let inside = model.reporters_inside(scope);
        let used = || model.forms().filter(|f| !layout.forms[f.at()].elements.is_empty());
        let mut reports = Vec::new();
        for reporter in &inside {
            for form in used() {
                let slots = &layout.forms[form.at()];
                for slots in assignment_spans(model, slots, *reporter, form) {
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
        let gaps = model.forms().zip(&layout.forms).map(|(form, slots)| {
            let complete = complete(model, scope, slots, reports.iter().filter(|r| r.form == form));
            UpTo::new(complete.into_iter().map(|complete| u32::from(!complete)))
        });
        let gaps = gaps.collect();
        let expected = expected.into_iter().map(UpTo::new).collect();
        Self { scope, reports, expected, gaps }
    }

    /// How many cells of each element of a form are to be expected in these slots.
    pub(super) fn expected(&self, form: FormIx, slots: Range<usize>) -> u32 {
        self.expected[form.at()].over(slots)
    }

    /// True when in each of these slots somebody is assigned the form for every part of the scope.
    pub(super) fn is_complete(&self, form: FormIx, slots: Range<usize>) -> bool {
        self.gaps[form.at()].over(slots) == 0
    }

    /// The sums of every element and slot of the layout, without what is expected.
    pub(super) fn totals(&self, layout: &Layout, source: &dyn Source) -> Vec<Total> {
        let mut totals = Vec::new();
        self.fill(layout, source, &mut totals);
        totals
    }

    /// The same into a list that is used again: a fresh one for each scope costs more than the sums.
    pub(super) fn fill(&self, layout: &Layout, source: &dyn Source, totals: &mut Vec<Total>) {
        totals.clear();
        totals.resize(layout.size, Total::default());
        let only = source.only();
        for report in self.reports.iter().filter(|r| only.is_none_or(|these| these.contains(&r.reporter))) {
            let slots = &layout.forms[report.form.at()];
            for element in &slots.elements {
                let cuts = layout.cuts(*element);
                let places = cuts.first..cuts.first + cuts.pieces.len();
                let slice =
                    SeriesSlice { keys: &slots.keys, slots: report.slots.clone(), pieces: &cuts.pieces };
                source.add(report.reporter, *element, &slice, &mut totals[places]);
            }
        }
        if only.is_some() {
            for (element, period, slot) in layout.cells() {
                if let Some(total) = source.elsewhere(element, period) {
                    // The piece the slot lies in: the last that begins at it or before.
                    totals[layout.places(element, 0..slot + 1).end - 1] += Total { expected: 0, ..total };
                }
            }
        }
    }
}

/// In which slots these reporters together make up the whole scope.
fn complete<'r>(
    model: &Model,
    scope: UnitIx,
    slots: &Slots,
    reports: impl Iterator<Item = &'r Report> + Clone,
) -> Vec<bool> {
    let whole = model.territory(scope);
    let ground = |report: &Report| model.territory(model.reporter(report.reporter).unit);
    let mut complete = vec![false; slots.periods.len()];
    for report in reports.clone().filter(|r| whole.lies_inside(ground(r))) {
        complete[report.slots.clone()].fill(true);
    }
    for (slot, complete) in complete.iter_mut().enumerate().filter(|(_, complete)| !**complete) {
        let mut covered = model.no_territory();
        for report in reports.clone().filter(|r| r.slots.contains(&slot)) {
            covered.join(ground(report));
        }
        *complete = whole.lies_inside(&covered);
    }
    complete
}

/// The slots whose last day falls into a time in which the reporter is assigned the form.
fn assignment_spans(model: &Model, slots: &Slots, reporter: ReporterIx, form: FormIx) -> Vec<Range<usize>> {
    let days = model.assigned_days(reporter, form);
    let spans = days.map(|(from, to)| {
        let first = from.map_or(0, |from| slots.ends.partition_point(|end| *end < from));
        let last = to.map_or(slots.ends.len(), |to| slots.ends.partition_point(|end| *end <= to));
        first..last
    });
    spans.filter(|slots| !slots.is_empty()).collect()
}
