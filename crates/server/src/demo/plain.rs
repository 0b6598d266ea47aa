//! Figures of any form of any plan: each row about as large as its kind, then mended until the form's own
//! rules hold. Forms that targets rest on have figures with more sense in `generate`.

use super::dice::{Carried, Dice};
use chitieu_domain::expression::Relation;
use chitieu_domain::model::{Operand, RuleTerms};
use chitieu_domain::plan::{Measure, Nature, RuleScope};
use chitieu_domain::{ElementIx, FormIx, Model};
use std::collections::HashMap;

/// How often rules are gone through; mending one may break another that stands before it. What is too large is
/// cut at first, then what holds it is raised: cutting alone would undo for ever what a balance asks for.
const ROUNDS: [Excess; 4] = [Excess::Cut, Excess::Cut, Excess::Raise, Excess::Raise];

#[derive(Clone, Copy)]
enum Excess {
    Cut,
    Raise,
}

/// The values of a form's elements, in row order. Pieces of `whole` are for this reporter.
pub(super) fn form(
    model: &Model,
    form: FormIx,
    whole: f64,
    dice: &mut Dice,
    carried: &mut Carried,
) -> Vec<(String, i64)> {
    let mut values: HashMap<ElementIx, i64> = HashMap::new();
    for (ix, element) in model.elements_of(form) {
        let mean = match (element.measure, element.nature) {
            (Measure::MoneyVnd, _) => 40_000_000.0 * whole,
            (_, Nature::Flow) => 24.0 * whole,
            _ => 60.0 * whole,
        };
        let total = element.part_of.as_ref().and_then(|id| values.get(&model.element_ix(id)?));
        let before = carried.values.get(&ix).filter(|_| element.nature != Nature::Flow);
        let value = match (total, before) {
            (Some(total), _) => dice.part(*total, 0.7),
            (None, Some(before)) => dice.about(*before as f64),
            (None, None) => dice.about(mean),
        };
        values.insert(ix, value);
    }
    let rules = model.form(form).rules.iter().zip(model.rule_terms(form));
    let own: Vec<&RuleTerms> = rules
        .filter(|(rule, _)| rule.scope != RuleScope::ProvinceYearToDate)
        .map(|(_, terms)| terms)
        .collect();
    for excess in ROUNDS {
        for terms in &own {
            mend(terms, &mut values, carried, excess);
        }
    }
    carried.values.clone_from(&values);
    model.elements_of(form).map(|(ix, element)| (element.id.clone(), values[&ix])).collect()
}

fn value(operand: Operand, values: &HashMap<ElementIx, i64>, carried: &Carried) -> i64 {
    match operand {
        Operand::This(ix) => values.get(&ix).copied().unwrap_or(0),
        Operand::Previous(ix) => carried.values.get(&ix).copied().unwrap_or(0),
        Operand::LastYear(_) => 0,
        Operand::Number(n) => n,
    }
}

fn side(terms: &[(bool, Operand)], values: &HashMap<ElementIx, i64>, carried: &Carried) -> i64 {
    terms
        .iter()
        .map(|(minus, o)| if *minus { -value(*o, values, carried) } else { value(*o, values, carried) })
        .sum()
}

/// Makes one rule hold: what stands alone on the left follows the right, a balance closes with its last row.
fn mend(terms: &RuleTerms, values: &mut HashMap<ElementIx, i64>, carried: &Carried, excess: Excess) {
    let far = |terms: &[(bool, Operand)], of: fn(&Operand) -> bool| terms.iter().any(|(_, o)| of(o));
    let looks_back = far(&terms.right, |o| matches!(o, Operand::Previous(_)));
    if far(&terms.right, |o| matches!(o, Operand::LastYear(_))) || (looks_back && carried.values.is_empty()) {
        return;
    }
    let over = side(&terms.left, values, carried) - side(&terms.right, values, carried);
    let cut = |values: &mut HashMap<ElementIx, i64>, terms: &[(bool, Operand)], mut by: i64| {
        for (minus, operand) in terms.iter().rev() {
            if let (false, Operand::This(ix)) = (minus, operand) {
                let here = values.entry(*ix).or_default();
                let taken = by.min(*here).max(0);
                *here -= taken;
                by -= taken;
            }
        }
    };
    match (terms.relation, terms.left.as_slice(), terms.right.last()) {
        (Relation::AtMost, _, Some((false, Operand::This(holds))))
            if over > 0 && matches!(excess, Excess::Raise) =>
        {
            *values.entry(*holds).or_default() += over;
        }
        (Relation::Equal, [(false, Operand::This(alone))], _) => {
            let now = values.get(alone).copied().unwrap_or(0);
            values.insert(*alone, (now - over).max(0));
        }
        (Relation::Equal, _, Some((false, Operand::This(last)))) if over > 0 => {
            *values.entry(*last).or_default() += over;
        }
        (Relation::Equal, ..) => cut(values, &terms.right, -over),
        (Relation::AtMost, ..) if over > 0 => cut(values, &terms.left, over),
        _ => {}
    }
}
