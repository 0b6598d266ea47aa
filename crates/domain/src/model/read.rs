//! Reads a plan's expressions, assignments and reporters, and says where one does not fit.

use super::{
    Assignment, ElementIx, ElementSum, Operand, PlanError, Reporter, RuleTerms, TargetTerms, Terms, UnitIx,
};
use crate::expression::{Comparison, ExpressionError, Sum, Term, parse_alternative};
use crate::plan::{Form, Per, Plan, Target};
use crate::reporter::ReporterId;
use crate::unit::{Level, Units};
use chrono::NaiveDate;
use std::collections::HashMap;

/// Turns expressions into terms over known elements.
pub(super) struct Reader<'a> {
    pub(super) elements: &'a HashMap<String, ElementIx>,
}

impl Reader<'_> {
    fn operand(&self, term: &Term, path: &str) -> Result<Operand, PlanError> {
        let find = |name: &String| {
            let found = self.elements.get(name).copied();
            found.ok_or_else(|| PlanError::Unknown { path: path.to_owned(), name: name.clone() })
        };
        Ok(match term {
            Term::Element(e) => Operand::This(find(e)?),
            Term::Previous(e) => Operand::Previous(find(e)?),
            Term::LastYear(e) => Operand::LastYear(find(e)?),
            Term::Number(n) => Operand::Number(*n),
        })
    }

    fn terms(&self, sum: &Sum, path: &str) -> Result<Terms, PlanError> {
        sum.terms.iter().map(|(minus, term)| Ok((*minus, self.operand(term, path)?))).collect()
    }

    /// A target's sum: this span's elements alone.
    fn plain(&self, sum: &Sum, path: &str) -> Result<ElementSum, PlanError> {
        let plain = |(minus, operand)| match operand {
            Operand::This(e) => Ok((minus, e)),
            _ => Err(PlanError::Expression {
                path: path.to_owned(),
                error: ExpressionError::BadTerm("prev(), last_year() or a number".into()),
            }),
        };
        self.terms(sum, path)?.into_iter().map(plain).collect()
    }

    pub(super) fn target(&self, target: &Target) -> Result<TargetTerms, PlanError> {
        let path = |field: &str| format!("target.{}.{field}", target.id);
        let sum = |text: &str, field: &str| {
            let parsed =
                Sum::parse(text).map_err(|error| PlanError::Expression { path: path(field), error })?;
            self.plain(&parsed, &path(field))
        };
        let alternative = match &target.alternative {
            None => None,
            Some(text) => {
                let at = path("alternative");
                let (n, d) = parse_alternative(text)
                    .map_err(|error| PlanError::Expression { path: at.clone(), error })?;
                let d = d.map(|d| self.plain(&d, &at)).transpose()?.unwrap_or_default();
                Some((self.plain(&n, &at)?, d))
            }
        };
        Ok(TargetTerms {
            numerator: sum(&target.numerator, "numerator")?,
            denominator: match &target.denominator {
                Some(text) => sum(text, "denominator")?,
                None => Vec::new(),
            },
            alternative,
        })
    }

    pub(super) fn rules(&self, form: &Form) -> Result<Vec<RuleTerms>, PlanError> {
        let read = |rule: &crate::plan::Rule| {
            let path = format!("form.{}.rule.{}", form.id, rule.id);
            let parsed = Comparison::parse(&rule.expression)
                .map_err(|error| PlanError::Expression { path: path.clone(), error })?;
            Ok(RuleTerms {
                left: self.terms(&parsed.left, &path)?,
                relation: parsed.relation,
                right: self.terms(&parsed.right, &path)?,
            })
        };
        form.rules.iter().map(read).collect()
    }
}

pub(super) fn assignments(form: &Form, plan: &Plan) -> Result<Vec<Assignment>, PlanError> {
    let path = || format!("form.{}.assigned_to", form.id);
    let read = |text: &String| {
        let wrong = || PlanError::Assignment { path: path(), text: text.clone() };
        let (name, days) = match text.split_once('[') {
            None => (text.as_str(), None),
            Some((name, rest)) => {
                let inside = rest.strip_suffix(']').ok_or_else(wrong)?;
                (name, Some(inside.split_once("..").ok_or_else(wrong)?))
            }
        };
        let unknown = || PlanError::Unknown { path: path(), name: name.to_owned() };
        let agency = plan.agencies.iter().position(|a| a.id == name).ok_or_else(unknown)?;
        let day = |text: &str| -> Result<Option<NaiveDate>, PlanError> {
            if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| wrong()) }
        };
        let (from, to) = days.unwrap_or_default();
        Ok(Assignment { agency, from: day(from)?, to: day(to)? })
    };
    form.assigned_to.iter().map(read).collect()
}

pub(super) fn reporters(plan: &Plan, units: &Units) -> Result<Vec<Reporter>, PlanError> {
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
        let level = match a.per {
            Per::Single | Per::Department => None,
            Per::District => Some(Level::District),
            Per::Region => Some(Level::Region),
            Per::Commune => Some(Level::Commune),
        };
        if let Some(level) = level {
            for (ix, unit) in units.all().iter().enumerate().filter(|(_, u)| u.level == level) {
                push(ix, unit.starts(), unit.valid_to);
            }
            continue;
        }
        // Provincial agencies keep reporting inside their old boundaries; a joining province's start on the
        // day it joined (`design.md`, units and reporters).
        for id in &plan.reporting_provinces {
            let wrong = || PlanError::Unit { path: "reporting_provinces".into(), unit: id.clone() };
            let ix = units.index(id).ok_or_else(wrong)?;
            let joined =
                (*id != plan.own_territory).then(|| units.all()[ix].valid_to.and_then(|d| d.succ_opt()));
            push(ix, joined.flatten(), None);
        }
    }
    Ok(reporters)
}
