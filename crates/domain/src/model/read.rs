//! Reads a plan's expressions, assignments and reporters, and notes where one does not fit.

use super::{Assignment, ElementIx, ElementSum, Operand, Reporter, RuleTerms, TargetTerms, Terms, UnitIx};
use crate::expression::{Comparison, Relation, Sum, Term, parse_alternative};
use crate::plan::mistake::{DiagnosticKind, Diagnostics, Path};
use crate::plan::{Form, Plan, Target, TargetKind};
use crate::reporter::ReporterId;
use crate::unit::Units;
use chrono::NaiveDate;
use std::collections::HashMap;

/// Turns expressions into terms over known elements. What does not fit is noted and left out, so that
/// reading goes on and finds the next mistake.
pub(super) struct Reader<'a> {
    pub(super) elements: &'a HashMap<String, ElementIx>,
    pub(super) book: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn operand(&mut self, term: &Term, at: &Path) -> Option<Operand> {
        let mut find = |name: &String| {
            let found = self.elements.get(name).copied();
            if found.is_none() {
                self.book.note_word(at.clone(), name, DiagnosticKind::UnknownElement(name.clone()));
            }
            found
        };
        Some(match term {
            Term::Element(e) => Operand::This(find(e)?),
            Term::Previous(e) => Operand::Previous(find(e)?),
            Term::LastYear(e) => Operand::LastYear(find(e)?),
            Term::Number(n) => Operand::Number(*n),
        })
    }

    fn terms(&mut self, sum: &Sum, at: &Path) -> Terms {
        sum.terms.iter().filter_map(|(minus, term)| Some((*minus, self.operand(term, at)?))).collect()
    }

    /// A target's sum: this span's elements alone.
    fn plain(&mut self, sum: &Sum, at: &Path) -> ElementSum {
        let mut plain = Vec::new();
        for ((minus, operand), (_, term)) in self.terms(sum, at).into_iter().zip(&sum.terms) {
            match operand {
                Operand::This(element) => plain.push((minus, element)),
                _ => self.book.note_word(at.clone(), &term.to_string(), DiagnosticKind::NotOfThisSpan),
            }
        }
        plain
    }

    fn sum(&mut self, text: &str, at: &Path) -> ElementSum {
        match Sum::parse(text) {
            Ok(sum) => self.plain(&sum, at),
            Err(error) => {
                self.book.note(at.clone(), error.into());
                Vec::new()
            }
        }
    }

    pub(super) fn target(&mut self, target: &Target, at: &Path) -> TargetTerms {
        // Its sums may be written in a way of its own.
        if target.kind == TargetKind::Unknown {
            return TargetTerms::default();
        }
        let alternative = target.alternative.as_ref().and_then(|text| {
            let at = at.then("alternative");
            match parse_alternative(text) {
                Ok((n, d)) => {
                    let d = d.map(|d| self.plain(&d, &at)).unwrap_or_default();
                    Some((self.plain(&n, &at), d))
                }
                Err(error) => {
                    self.book.note(at, error.into());
                    None
                }
            }
        });
        TargetTerms {
            numerator: self.sum(&target.numerator, &at.then("numerator")),
            denominator: match &target.denominator {
                Some(text) => self.sum(text, &at.then("denominator")),
                None => Vec::new(),
            },
            alternative,
        }
    }

    pub(super) fn rules(&mut self, form: &Form, at: &Path) -> Vec<RuleTerms> {
        let read = |(nth, rule): (usize, &crate::plan::Rule)| {
            let at = at.then_nth("rule", nth).then("expression");
            match Comparison::parse(&rule.expression) {
                Ok(parsed) => RuleTerms {
                    left: self.terms(&parsed.left, &at),
                    relation: parsed.relation,
                    right: self.terms(&parsed.right, &at),
                },
                Err(error) => {
                    self.book.note(at, error.into());
                    RuleTerms { left: Vec::new(), relation: Relation::Equal, right: Vec::new() }
                }
            }
        };
        form.rules.iter().enumerate().map(read).collect()
    }
}

/// The place of the calendar that a form or target names.
pub(super) fn calendar(plan: &Plan, name: &str, at: Path, book: &mut Diagnostics) -> usize {
    plan.calendars.iter().position(|c| c.id == name).unwrap_or_else(|| {
        book.note(at.then("calendar"), DiagnosticKind::UnknownCalendar(name.to_owned()));
        0
    })
}

pub(super) fn assignments(form: &Form, plan: &Plan, at: &Path, book: &mut Diagnostics) -> Vec<Assignment> {
    let mut read = |(nth, text): (usize, &String)| {
        let at = at.then_nth("assigned_to", nth);
        let parts = || {
            let Some((name, rest)) = text.split_once('[') else { return Some((text.as_str(), "", "")) };
            let (from, to) = rest.strip_suffix(']')?.split_once("..")?;
            Some((name, from, to))
        };
        let day = |text: &str| -> Option<Option<NaiveDate>> {
            if text.is_empty() { Some(None) } else { crate::day::parse(text).map(Some) }
        };
        let read = parts().and_then(|(name, from, to)| Some((name, day(from)?, day(to)?)));
        let Some((name, from, to)) = read else {
            book.note(at, DiagnosticKind::BadAssignment(text.clone()));
            return None;
        };
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            book.note(at.clone(), DiagnosticKind::DaysReversed);
        }
        let agency = plan.agencies.iter().position(|a| a.id == name);
        if agency.is_none() {
            book.note_word(at, name, DiagnosticKind::UnknownAgency(name.to_owned()));
        }
        Some(Assignment { agency: agency?, from, to })
    };
    form.assigned_to.iter().enumerate().filter_map(&mut read).collect()
}

pub(super) fn reporters(plan: &Plan, units: &Units, book: &mut Diagnostics) -> Vec<Reporter> {
    let mut provinces = Vec::new();
    for (nth, id) in plan.reporting_provinces.iter().enumerate() {
        match units.index(id) {
            Some(ix) => provinces.push(ix),
            None => {
                book.note(Path::nth("reporting_provinces", nth), DiagnosticKind::UnknownUnit(id.to_string()));
            }
        }
    }
    let mut reporters = Vec::new();
    for (agency, a) in plan.agencies.iter().enumerate() {
        let mut push = |ix: usize, from: Option<NaiveDate>, to: Option<NaiveDate>| {
            let from = from.into_iter().chain(a.valid_from).max();
            let to = to.into_iter().chain(a.valid_to).min();
            if from.zip(to).is_none_or(|(f, t)| f <= t) {
                let id = ReporterId::new(&a.id, units.all()[ix].id.clone());
                reporters.push(Reporter { id, unit: UnitIx(ix as u32), agency, from, to });
            }
        };
        if let Some(level) = a.per.level() {
            for (ix, unit) in units.all().iter().enumerate().filter(|(_, u)| u.level == level) {
                push(ix, unit.starts(), unit.valid_to);
            }
            continue;
        }
        // Provincial agencies keep reporting inside their old boundaries; a joining province's start on the
        // day it joined.
        for ix in &provinces {
            let unit = &units.all()[*ix];
            let joined = (unit.id != plan.own_territory).then(|| unit.valid_to.and_then(|d| d.succ_opt()));
            push(*ix, joined.flatten(), None);
        }
    }
    reporters
}
