//! What is not told: small counts of sensitive elements (`domain/reporting.md`, 5; `design.md`, Verdicts).
//!
//! Numerator, denominator, previous values, what is missing and the other reading go together, so that none
//! can be found from the others. The verdict stays.

use crate::evaluate::Evaluation;
use crate::model::Model;

/// Counts from 1 to this are suppressed.
pub const LARGEST_SMALL: i128 = 4;

/// True when a target's arithmetic rests on a sensitive element.
pub fn is_sensitive(model: &Model, target: usize) -> bool {
    model.target_elements(target).any(|e| model.element(e).sensitive)
}

/// The evaluation as somebody may see it who may not see the single figures.
pub fn suppressed(model: &Model, target: usize, e: Evaluation) -> Evaluation {
    if !is_sensitive(model, target) {
        return e;
    }
    let small = |n: Option<i128>| n.is_some_and(|n| (1..=LARGEST_SMALL).contains(&n));
    let numbers = [e.numerator, e.denominator, e.previous_numerator, e.previous_denominator];
    let other = e.alternative.map_or([None, None], |(n, d)| [Some(n), d]);
    if !numbers.into_iter().chain(other).any(small) {
        return e;
    }
    Evaluation {
        numerator: None,
        denominator: None,
        previous_numerator: None,
        previous_denominator: None,
        missing: None,
        alternative: None,
        ..e
    }
}
