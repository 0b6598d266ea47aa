//! Whether a plan makes sense as a whole: every rule that a single value cannot break.

use super::{ElementIx, Model, Operand};
use crate::calendar::Periodicity;
use crate::packed;
use crate::plan::mistake::{DiagnosticKind, Diagnostics, Path};
use crate::plan::{Comparator, Evaluated, Nature, Plan, RuleScope, TargetKind};
use crate::unit::Level;
use std::collections::BTreeSet;

/// Ids are declared once, and are words a CSV file, an address and a database take without quoting.
pub(super) fn ids(plan: &Plan, book: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    let mut one = |kind: &'static str, id: &str, at: Path, book: &mut Diagnostics| {
        let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
        if id.is_empty() || id.len() > 60 || !id.bytes().all(word) {
            book.note(at.clone(), DiagnosticKind::BadId(id.to_owned()));
        }
        if !seen.insert((kind, id.to_owned())) {
            book.note(at, DiagnosticKind::Duplicate(id.to_owned()));
        }
    };
    for (n, target) in plan.targets.iter().enumerate() {
        one("target", &target.id, Path::nth("target", n).then("id"), book);
    }
    for (n, agency) in plan.agencies.iter().enumerate() {
        one("agency", &agency.id, Path::nth("agency", n).then("id"), book);
    }
    for (n, calendar) in plan.calendars.iter().enumerate() {
        one("calendar", &calendar.id, Path::nth("calendar", n).then("id"), book);
    }
    for (n, task) in plan.tasks.iter().enumerate() {
        one("task", &task.id, Path::nth("task", n).then("id"), book);
    }
    for (f, form) in plan.forms.iter().enumerate() {
        let at = Path::nth("form", f);
        one("form", &form.id, at.then("id"), book);
        for (n, element) in form.elements.iter().enumerate() {
            one("element", &element.id, at.then_nth("element", n).then("id"), book);
        }
        for (n, rule) in form.rules.iter().enumerate() {
            one("rule", &rule.id, at.then_nth("rule", n).then("id"), book);
        }
    }
}

pub(super) fn whole(model: &Model, book: &mut Diagnostics) {
    let plan = &model.plan;
    for (list, is_empty) in [("target", plan.targets.is_empty()), ("form", plan.forms.is_empty())] {
        if is_empty {
            book.note(Path::default(), DiagnosticKind::Empty(list));
        }
    }
    deadlines(model, book);
    calendars(plan, book);
    agencies(plan, book);
    tasks(model, book);
    for n in 0..plan.forms.len() {
        form(model, n, book);
    }
    for n in 0..plan.targets.len() {
        target(model, n, book);
    }
}

/// Each year has one beginning, on a day that every month has.
fn calendars(plan: &Plan, book: &mut Diagnostics) {
    for (n, calendar) in plan.calendars.iter().enumerate() {
        let at = Path::nth("calendar", n);
        if calendar.segments.is_empty() {
            book.note(at.clone(), DiagnosticKind::Empty("segment"));
        }
        if calendar.due_by_day.is_some_and(|day| !(1..=28).contains(&day)) {
            book.note(at.then("due_by_day"), DiagnosticKind::DayOutOfRange);
        }
        let mut before: Option<i16> = None;
        for (s, segment) in calendar.segments.iter().enumerate() {
            let at = at.then_nth("segment", s);
            match segment.from_year {
                Some(year) if s == 0 => book.note(at.then("from_year"), DiagnosticKind::CalendarGap(year)),
                Some(year) if before.is_some_and(|before| year <= before) => {
                    book.note(at.then("from_year"), DiagnosticKind::CalendarOverlap);
                }
                None if s > 0 => book.note(at.clone(), DiagnosticKind::CalendarOverlap),
                _ => {}
            }
            before = segment.from_year.or(before);
            if !(1..=12).contains(&segment.first_month) {
                book.note(at.then("first_month"), DiagnosticKind::MonthOutOfRange);
            }
            if !(1..=28).contains(&segment.first_day) {
                book.note(at.then("first_day"), DiagnosticKind::DayOutOfRange);
            }
            if segment.alternative == Some(segment.borne_by) {
                book.note(at.then("alternative"), DiagnosticKind::SameReading);
            }
        }
    }
}

fn agencies(plan: &Plan, book: &mut Diagnostics) {
    let find = |id: &str| plan.agencies.iter().position(|a| a.id == id);
    for (n, agency) in plan.agencies.iter().enumerate() {
        let at = Path::nth("agency", n);
        if agency.valid_from.zip(agency.valid_to).is_some_and(|(from, to)| to < from) {
            book.note(at.then("valid_to"), DiagnosticKind::DaysReversed);
        }
        for (s, successor) in agency.successor.iter().enumerate() {
            if find(successor).is_none() {
                book.note(at.then_nth("successor", s), DiagnosticKind::UnknownAgency(successor.clone()));
            }
        }
        let after = |id: &usize| plan.agencies[*id].successor.iter().filter_map(|s| find(s)).collect();
        if leads_back(n, after) {
            book.note(at.then("successor"), DiagnosticKind::Cycle(agency.id.clone()));
        }
    }
}

/// True when following `after` from `start` comes back to it.
fn leads_back(start: usize, after: impl Fn(&usize) -> Vec<usize>) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), after(&start));
    while let Some(here) = next.pop() {
        if here == start {
            return true;
        }
        if seen.insert(here) {
            next.extend(after(&here));
        }
    }
    false
}

fn tasks(model: &Model, book: &mut Diagnostics) {
    for (n, task) in model.plan.tasks.iter().enumerate() {
        let at = Path::nth("task", n);
        for (list, ids) in [("lead", &task.lead), ("cooperating", &task.cooperating)] {
            for (i, id) in ids.iter().enumerate() {
                if !model.plan.agencies.iter().any(|a| a.id == *id) {
                    book.note(at.then_nth(list, i), DiagnosticKind::UnknownAgency(id.clone()));
                }
            }
        }
        for (i, id) in task.figures.iter().enumerate().filter(|(_, id)| model.element_ix(id).is_none()) {
            book.note(at.then_nth("figures", i), DiagnosticKind::UnknownElement(id.clone()));
        }
    }
}

/// Each level's deadline lies after the cut-off and after that of the level below
/// (deadline(commune) < deadline(district or agency) < deadline(province)).
fn deadlines(model: &Model, book: &mut Diagnostics) {
    let at = Path::key("deadlines");
    let days = |level: Level| model.plan.deadlines.get(&level).copied();
    let word = |level: Level| match level {
        Level::Province => "province",
        Level::District => "district",
        Level::Region => "region",
        Level::Commune => "commune",
    };
    for (level, days) in &model.plan.deadlines {
        if *days == 0 {
            book.note(at.then(word(*level)), DiagnosticKind::DeadlineTooSoon);
        }
    }
    let above = [
        (Level::Commune, Level::District),
        (Level::Commune, Level::Region),
        (Level::Commune, Level::Province),
        (Level::District, Level::Province),
        (Level::Region, Level::Province),
    ];
    for (below, above) in above {
        if days(below).zip(days(above)).is_some_and(|(below, above)| above <= below) {
            book.note(at.then(word(above)), DiagnosticKind::DeadlineOrder(below));
        }
    }
    let levels: BTreeSet<Level> = model.reporters.iter().map(|r| model.unit(r.unit).level).collect();
    for level in levels.into_iter().filter(|level| days(*level).is_none()) {
        book.note(at.clone(), DiagnosticKind::NoDeadline(level));
    }
}

fn form(model: &Model, n: usize, book: &mut Diagnostics) {
    let (form, at) = (&model.plan.forms[n], Path::nth("form", n));
    if form.elements.is_empty() {
        book.note(at.clone(), DiagnosticKind::Empty("element"));
    }
    let named = |a: &super::Assignment| model.reporters.iter().any(|r| r.agency == a.agency);
    if !model.assignments[n].iter().any(named) {
        book.note(at.then("assigned_to"), DiagnosticKind::NobodyAssigned);
    }
    let mut rows = BTreeSet::new();
    let place = |id: &str| form.elements.iter().position(|e| e.id == id);
    for (e, element) in form.elements.iter().enumerate() {
        let at = at.then_nth("element", e);
        if element.row == 0 {
            book.note(at.then("row"), DiagnosticKind::RowZero);
        }
        if !rows.insert(element.row) {
            book.note(at.then("row"), DiagnosticKind::DuplicateRow(element.row));
        }
        if element.max.is_some_and(|max| max < 1) {
            book.note(at.then("max"), DiagnosticKind::MaximumTooSmall);
        }
        let Some(total) = &element.part_of else { continue };
        match place(total) {
            Some(_) => {}
            None if model.element_ix(total).is_some() => {
                book.note(at.then("part_of"), DiagnosticKind::OtherForm(total.clone()));
            }
            None => book.note(at.then("part_of"), DiagnosticKind::UnknownElement(total.clone())),
        }
        let after = |e: &usize| form.elements[*e].part_of.iter().filter_map(|id| place(id)).collect();
        if leads_back(e, after) {
            book.note(at.then("part_of"), DiagnosticKind::Cycle(element.id.clone()));
        }
    }
    for (r, (rule, terms)) in form.rules.iter().zip(&model.rules[n]).enumerate() {
        let at = at.then_nth("rule", r).then("expression");
        for (_, operand) in terms.left.iter().chain(&terms.right) {
            let (element, earlier) = match operand {
                Operand::This(e) => (*e, false),
                Operand::Previous(e) | Operand::LastYear(e) => (*e, true),
                Operand::Number(_) => continue,
            };
            let id = &model.element(element).id;
            if model.form_of(element).at() != n && rule.scope != RuleScope::ProvinceYearToDate {
                book.note_word(at.clone(), id, DiagnosticKind::OtherForm(id.clone()));
            }
            if earlier && form.periodicity == Periodicity::Once {
                book.note_word(at.clone(), id, DiagnosticKind::NothingBefore);
            }
        }
    }
}

fn target(model: &Model, n: usize, book: &mut Diagnostics) {
    let (target, at, terms) = (&model.plan.targets[n], Path::nth("target", n), &model.targets[n]);
    let is_rate = matches!(target.kind, TargetKind::RateThreshold | TargetKind::RateVsPreviousYear);
    let is_reduction = target.kind == TargetKind::ReductionVsBaseline;
    match (is_rate || is_reduction, &target.denominator) {
        (true, None) => book.note(at.clone(), DiagnosticKind::NoDenominator),
        (false, Some(_)) => book.note(at.then("denominator"), DiagnosticKind::UselessDenominator),
        _ => {}
    }
    match (target.kind == TargetKind::RateThreshold || is_reduction, target.threshold_percent) {
        (true, None) => book.note(at.clone(), DiagnosticKind::NoThreshold),
        (false, Some(_)) => book.note(at.then("threshold_percent"), DiagnosticKind::UselessThreshold),
        _ => {}
    }
    let word = match target.comparator {
        Comparator::Lt => "lt",
        Comparator::Le => "le",
        Comparator::Gt => "gt",
        Comparator::Ge => "ge",
        Comparator::Eq => "eq",
        Comparator::Unknown => packed::UNKNOWN,
    };
    let fits = match target.kind {
        TargetKind::CountVsPreviousYear | TargetKind::RateVsPreviousYear => {
            !matches!(target.comparator, Comparator::Eq | Comparator::Unknown)
        }
        TargetKind::ReductionVsBaseline => target.comparator == Comparator::Ge,
        TargetKind::CountZero => target.comparator == Comparator::Eq,
        TargetKind::RateThreshold => target.comparator != Comparator::Unknown,
        TargetKind::Unknown => false,
    };
    if !fits {
        book.note(at.then("comparator"), DiagnosticKind::WrongComparator(word));
    }
    match target.years {
        None if target.evaluated == Evaluated::FiveYear => {
            book.note(at.then("evaluated"), DiagnosticKind::NoYears);
        }
        Some((first, last)) if last < first => book.note(at.then("years"), DiagnosticKind::YearsReversed),
        _ => {}
    }
    let nature = |e: ElementIx| model.element(e).nature;
    let denominator = at.then("denominator");
    for (_, e) in &terms.denominator {
        let id = &model.element(*e).id;
        if is_rate && nature(*e) == Nature::StockClose {
            book.note_word(denominator.clone(), id, DiagnosticKind::StockAtWrongEnd(id.clone()));
        }
        if is_reduction && nature(*e) != Nature::Baseline {
            book.note_word(denominator.clone(), id, DiagnosticKind::NotABaseline(id.clone()));
        }
    }
    for (key, sum) in [("numerator", &terms.numerator), ("denominator", &terms.denominator)] {
        for (_, e) in sum.iter().filter(|(_, e)| nature(*e) != Nature::Baseline) {
            let calendar = &model.form(model.form_of(*e)).calendar;
            if *calendar != target.calendar {
                let id = &model.element(*e).id;
                book.note_word(at.then(key), id, DiagnosticKind::OtherCalendar(id.clone(), calendar.clone()));
            }
        }
    }
}
