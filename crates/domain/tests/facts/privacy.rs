//! What may be told of the real plan's targets.

use super::support::model;
use chitieu_domain::evaluate::{Evaluation, Evaluator};
use chitieu_domain::privacy::{is_sensitive, publishable};
use chitieu_domain::{Figure, Figures, Model, PeriodId, UnitIx};
use proptest::prelude::*;
use std::sync::LazyLock;

static MODEL: LazyLock<Model> = LazyLock::new(model);

fn unit(id: &str) -> UnitIx {
    MODEL.unit_ix(&id.parse().expect("an id")).expect("a unit")
}

/// Figures of the province's own reporters, so small that much of them must be hidden.
fn told(values: &[i64], scope: &str, period: PeriodId) -> (Vec<Evaluation>, Vec<Evaluation>) {
    let evaluator = Evaluator::new(&MODEL);
    let mut figures = Figures::default();
    for (nth, (element, at)) in evaluator.cells_needed(period).into_iter().enumerate() {
        for reporter in MODEL.assigned_inside(MODEL.form_of(element), at, unit("33@2021-01-01")) {
            // One reporter of each has something to tell; the sums are then small numbers.
            let own = MODEL.unit(MODEL.reporter(reporter).unit).id == MODEL.plan().own_territory;
            let value = if own && nth % 6 == 0 { values[nth % values.len()] } else { 0 };
            figures.set(reporter, at, element, Figure::of(value));
        }
    }
    let today = "2030-01-01".parse().expect("a day");
    let all = evaluator.evaluate_all(&figures, unit(scope), period, today);
    (publishable(&MODEL, all.clone()), all)
}

fn numbers(e: &Evaluation) -> Vec<i128> {
    let (n, d) = e.alternative.map_or((None, None), |(n, d)| (Some(n), d));
    [e.numerator, e.denominator, e.previous_numerator, e.previous_denominator, n, d]
        .into_iter()
        .flatten()
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_number_of_a_sensitive_element_is_told_and_no_verdict_is_withheld(
        values in prop::collection::vec(0_i64..7, 1..40),
    ) {
        let (told, all) = told(&values, "33@2021-01-01", PeriodId::Year(2023));
        for (nth, (told, full)) in told.iter().zip(&all).enumerate() {
            prop_assert_eq!(told.verdict, full.verdict);
            if is_sensitive(&MODEL, nth) {
                prop_assert!(numbers(told).is_empty() && told.missing.is_none(), "{:?}", told);
            }
        }
    }
}

#[test]
fn sensitive_counts_are_told_of_no_scope_and_no_span() {
    let many = [40, 50, 60];
    let t03 = MODEL.target_ix("T03").expect("a target");
    let t04 = MODEL.target_ix("T04").expect("a target");
    for (scope, period) in [
        ("33@2021-01-01", PeriodId::Year(2023)),
        ("33@2021-01-01", PeriodId::Quarter(2023, 2)),
        ("323@2021-01-01", PeriodId::Year(2023)),
    ] {
        let (told, full) = told(&many, scope, period);
        assert!(numbers(&told[t03]).is_empty() && !numbers(&full[t03]).is_empty(), "{scope} {period}");
        assert_eq!(numbers(&told[t04]), numbers(&full[t04]), "what is not sensitive is told of every unit");
        assert!(!numbers(&told[t04]).is_empty());
    }
}
