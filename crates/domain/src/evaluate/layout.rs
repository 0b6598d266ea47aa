//! Which periods and elements a set of labels needs, whatever the scope and the figures.

use super::compares;
use super::span::{Stretch, stretch};
use crate::calendar::{BASELINE, Periodicity};
use crate::model::{ElementIx, FormIx, Model};
use crate::period::PeriodId;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::ops::Range;

/// The periods of one form that are needed, in order.
#[derive(Default)]
pub(super) struct Slots {
    pub(super) periods: Vec<PeriodId>,
    /// The last day of each.
    pub(super) ends: Vec<NaiveDate>,
    /// The elements that are needed.
    pub(super) elements: Vec<ElementIx>,
}

/// Where the periods of a span lie among a form's slots.
#[derive(Default)]
pub(super) struct Ranges(Vec<(FormIx, Range<usize>)>);

impl Ranges {
    /// The slots of a form; none where the span has no period of it.
    pub(super) fn of(&self, form: FormIx) -> Range<usize> {
        self.0.iter().find(|(f, _)| *f == form).map_or(0..0, |(_, range)| range.clone())
    }
}

/// The span of one target at one label.
pub(super) struct TargetSpan {
    pub(super) stretch: Stretch,
    pub(super) this: Ranges,
    /// A year earlier, for targets that compare with it.
    pub(super) previous: Option<Ranges>,
}

/// Labels, and for each form and element where its totals stand.
pub(super) struct Layout {
    labels: Vec<PeriodId>,
    spans: Vec<TargetSpan>,
    pub(super) forms: Vec<Slots>,
    /// By element: the place of its first slot's total.
    first: Vec<Option<usize>>,
    pub(super) size: usize,
}

impl Layout {
    pub(super) fn new(model: &Model, labels: &[PeriodId]) -> Self {
        let mut forms: Vec<Slots> = model.forms().map(|_| Slots::default()).collect();
        for target in 0..model.plan().targets.len() {
            for element in model.target_elements(target) {
                let slots = &mut forms[model.form_of(element).at()].elements;
                if !slots.contains(&element) {
                    slots.push(element);
                }
            }
        }
        let mut raw = Vec::new();
        for label in labels {
            for target in &model.plan().targets {
                let stretch = stretch(target, *label);
                let earlier = compares(target.kind)
                    .then(|| stretch.labels.iter().map(|l| l.a_year_earlier()).collect::<Vec<_>>());
                raw.push((stretch, earlier));
            }
        }
        let mut periods: Vec<BTreeSet<PeriodId>> = forms.iter().map(|_| BTreeSet::new()).collect();
        let used = |form: &Slots| !form.elements.is_empty();
        for (stretch, earlier) in &raw {
            for label in stretch.labels.iter().chain(earlier.iter().flatten()) {
                for form in model.forms().filter(|f| used(&forms[f.at()])) {
                    periods[form.at()].extend(periods_of(model, form, *label));
                }
            }
        }
        for (form, periods) in model.forms().zip(periods) {
            let slots = &mut forms[form.at()];
            slots.ends = periods.iter().map(|p| model.span(form, *p).to).collect();
            slots.periods = periods.into_iter().collect();
        }
        let ranges = |target: usize, labels: &[PeriodId]| {
            let mut ranges = Ranges::default();
            for element in model.target_elements(target) {
                let form = model.form_of(element);
                if !ranges.0.iter().any(|(f, _)| *f == form) {
                    ranges.0.push((form, range(model, &forms[form.at()], form, labels)));
                }
            }
            ranges
        };
        let targets = model.plan().targets.len();
        let spans = raw.into_iter().enumerate().map(|(at, (stretch, earlier))| {
            let target = at % targets;
            let this = ranges(target, &stretch.labels);
            let previous = earlier.map(|labels| ranges(target, &labels));
            TargetSpan { stretch, this, previous }
        });
        let spans = spans.collect();
        let mut first = vec![None; model.element_count()];
        let mut size = 0;
        for slots in &forms {
            for element in &slots.elements {
                first[element.at()] = Some(size);
                size += slots.periods.len();
            }
        }
        Self { labels: labels.to_vec(), spans, forms, first, size }
    }

    pub(super) fn label(&self, label: usize) -> PeriodId {
        self.labels[label]
    }

    pub(super) fn labels(&self) -> usize {
        self.labels.len()
    }

    pub(super) fn span(&self, label: usize, target: usize) -> &TargetSpan {
        &self.spans[label * (self.spans.len() / self.labels.len().max(1)) + target]
    }

    /// Where the total of an element in a slot stands.
    pub(super) fn place(&self, element: ElementIx, slot: usize) -> usize {
        self.first[element.at()].map_or(0, |first| first + slot)
    }

    /// Every element and period needed, with the place of its total.
    pub(super) fn cells(&self) -> impl Iterator<Item = (ElementIx, PeriodId, usize)> + '_ {
        self.forms.iter().flat_map(move |slots| {
            slots.elements.iter().flat_map(move |element| {
                let periods = slots.periods.iter().enumerate();
                periods.map(move |(slot, period)| (*element, *period, self.place(*element, slot)))
            })
        })
    }
}

/// The periods of a form inside a year to date; a baseline form has its one period always.
fn periods_of(model: &Model, form: FormIx, label: PeriodId) -> Vec<PeriodId> {
    let form = model.form(form);
    match form.periodicity {
        Periodicity::Once => vec![BASELINE],
        periodicity => form.calendar.periods_to_date(label, periodicity),
    }
}

/// Years to date follow one another, so their periods are neighbours among the slots.
fn range(model: &Model, slots: &Slots, form: FormIx, labels: &[PeriodId]) -> Range<usize> {
    let mut all = labels.iter().flat_map(|label| periods_of(model, form, *label));
    let Some(first) = all.next() else { return 0..0 };
    let last = all.last().unwrap_or(first);
    let at = |period: PeriodId| slots.periods.binary_search(&period).unwrap_or(0);
    at(first)..at(last) + 1
}
