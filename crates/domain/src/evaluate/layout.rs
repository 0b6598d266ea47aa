//! Which periods and elements a set of labels needs, whatever the scope and the figures.

use super::span::{EvaluationSpan, a_year_earlier, evaluation_span};
use crate::calendar::{BASELINE, Periodicity};
use crate::model::{ElementIx, ElementSum, FormIx, Model};
use crate::period::{PeriodId, PeriodKey};
use crate::plan::Nature;
use chrono::NaiveDate;
use std::ops::Range;

/// The periods of one form that are needed, in order.
#[derive(Default)]
pub(super) struct Slots {
    pub(super) periods: Vec<PeriodId>,
    pub(super) keys: Vec<PeriodKey>,
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
    pub(super) evaluation_span: EvaluationSpan,
    pub(super) this: Ranges,
    /// A year earlier, for targets that compare with it, where it can be compared.
    pub(super) previous: Option<Ranges>,
}

/// An element of a ratio: how often it counts above and below.
pub(super) struct Part {
    pub(super) element: ElementIx,
    pub(super) form: FormIx,
    pub(super) nature: Nature,
    pub(super) above: i128,
    pub(super) below: i128,
}

/// A sum, or one over another, of elements.
pub(super) struct Ratio {
    pub(super) parts: Vec<Part>,
    pub(super) has_denominator: bool,
}

impl Ratio {
    fn new(model: &Model, n: &ElementSum, d: &ElementSum) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        for ((minus, element), is_below) in
            n.iter().map(|term| (*term, false)).chain(d.iter().map(|term| (*term, true)))
        {
            let at = parts.iter().position(|p| p.element == element).unwrap_or_else(|| {
                let (form, nature) = (model.form_of(element), model.element(element).nature);
                parts.push(Part { element, form, nature, above: 0, below: 0 });
                parts.len() - 1
            });
            let side = if is_below { &mut parts[at].below } else { &mut parts[at].above };
            *side += if minus { -1 } else { 1 };
        }
        Self { parts, has_denominator: !d.is_empty() }
    }
}

/// How finely totals are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    /// As coarsely as the targets' spans allow: a year's flow is one total.
    Span,
    /// One total a period.
    Period,
}

/// One element's slots, cut where a span begins or ends: a total each.
#[derive(Default)]
pub(super) struct Cuts {
    pub(super) pieces: Vec<Range<usize>>,
    /// The place of the first piece's total.
    pub(super) first: usize,
}

/// Labels, and for each form and element where its totals stand.
pub(super) struct Layout {
    labels: Vec<PeriodId>,
    spans: Vec<TargetSpan>,
    pub(super) forms: Vec<Slots>,
    /// By element.
    cuts: Vec<Cuts>,
    /// By target: the reading chosen, and the other.
    ratios: Vec<(Ratio, Option<Ratio>)>,
    pub(super) size: usize,
}

impl Layout {
    pub(super) fn new(model: &Model, labels: &[PeriodId], grain: Grain) -> Self {
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
            for (at, target) in model.plan().targets.iter().enumerate() {
                let calendar = model.target_calendar(at);
                let evaluation_span = evaluation_span(calendar, target, *label);
                let earlier = a_year_earlier(calendar, target, &evaluation_span.labels);
                raw.push((evaluation_span, earlier));
            }
        }
        let targets = model.plan().targets.len();
        for (at, (evaluation_span, earlier)) in raw.iter().enumerate() {
            for form in forms_of(model, at % targets) {
                let keys = &mut forms[form.at()].keys;
                for label in evaluation_span.labels.iter().chain(earlier.iter().flatten()) {
                    keys.extend(periods_of(model, form, *label).into_iter().map(PeriodKey::from));
                }
            }
        }
        for (form, slots) in model.forms().zip(&mut forms) {
            slots.keys.sort_unstable();
            slots.keys.dedup();
            slots.periods = slots.keys.iter().map(|key| (*key).into()).collect();
            slots.ends = slots.periods.iter().map(|p| model.span(form, *p).to).collect();
        }
        let ranges = |target: usize, labels: &[PeriodId]| {
            let forms_of = forms_of(model, target).into_iter();
            Ranges(forms_of.map(|form| (form, range(model, &forms[form.at()], form, labels))).collect())
        };
        let spans = raw.into_iter().enumerate().map(|(at, (evaluation_span, earlier))| {
            let target = at % targets;
            let this = ranges(target, &evaluation_span.labels);
            let previous = earlier.map(|labels| ranges(target, &labels));
            TargetSpan { evaluation_span, this, previous }
        });
        let spans: Vec<TargetSpan> = spans.collect();
        let mut cuts: Vec<Cuts> = (0..model.element_count()).map(|_| Cuts::default()).collect();
        let mut size = 0;
        for (form, slots) in model.forms().zip(&forms) {
            for element in &slots.elements {
                let mut edges = vec![0, slots.periods.len()];
                if grain == Grain::Period {
                    edges.extend(0..slots.periods.len());
                }
                for span in &spans {
                    for ranges in std::iter::once(&span.this).chain(&span.previous) {
                        let counted = counted(model.element(*element).nature, ranges.of(form));
                        edges.extend([counted.start, counted.end]);
                    }
                }
                edges.sort_unstable();
                edges.dedup();
                let pieces = edges.windows(2).map(|pair| pair[0]..pair[1]).collect();
                cuts[element.at()] = Cuts { pieces, first: size };
                size += edges.len().saturating_sub(1);
            }
        }
        let ratio = |target| {
            let terms = model.target_terms(target);
            let other = terms.alternative.as_ref().map(|(n, d)| Ratio::new(model, n, d));
            (Ratio::new(model, &terms.numerator, &terms.denominator), other)
        };
        let ratios = (0..targets).map(ratio).collect();
        Self { labels: labels.to_vec(), spans, forms, cuts, ratios, size }
    }

    /// A target's ratio, and that of its other reading.
    pub(super) fn ratios(&self, target: usize) -> &(Ratio, Option<Ratio>) {
        &self.ratios[target]
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

    /// How an element's slots are cut.
    pub(super) fn cuts(&self, element: ElementIx) -> &Cuts {
        &self.cuts[element.at()]
    }

    /// The places of the totals that make up these slots of an element.
    pub(super) fn places(&self, element: ElementIx, slots: Range<usize>) -> Range<usize> {
        let cuts = self.cuts(element);
        let at = |slot: usize| cuts.first + cuts.pieces.partition_point(|piece| piece.start < slot);
        at(slots.start)..at(slots.end)
    }

    /// Every element and period needed.
    pub(super) fn cells(&self) -> impl Iterator<Item = (ElementIx, PeriodId, usize)> + '_ {
        self.forms.iter().flat_map(move |slots| {
            slots.elements.iter().flat_map(move |element| {
                let periods = slots.periods.iter().enumerate();
                periods.map(move |(slot, period)| (*element, *period, slot))
            })
        })
    }
}

/// The slots whose values count over a span: a flow's all, of a stock the first or
/// the last. A baseline has one slot, and none where the span has no period at all.
pub(super) fn counted(nature: Nature, range: Range<usize>) -> Range<usize> {
    match nature {
        Nature::Flow => range,
        Nature::Baseline | Nature::StockOpen => range.start..range.end.min(range.start + 1),
        Nature::Unknown => range.start..range.start,
        Nature::StockClose => range.end.saturating_sub(1).max(range.start)..range.end,
    }
}

/// The forms that a target's elements stand on.
fn forms_of(model: &Model, target: usize) -> Vec<FormIx> {
    let mut forms: Vec<FormIx> = Vec::new();
    for element in model.target_elements(target) {
        let form = model.form_of(element);
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// The periods of a form inside a year to date; a baseline form has its one period always.
fn periods_of(model: &Model, form: FormIx, label: PeriodId) -> Vec<PeriodId> {
    match model.form(form).periodicity {
        Periodicity::Once => vec![BASELINE],
        periodicity => model.calendar(form).periods_to_date(label, periodicity),
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
