//! Figures as large as a database holds them: verdicts over them are what whole numbers of any size say.

use super::support::model;
use chitieu_domain::evaluate::{Evaluation, Evaluator};
use chitieu_domain::plan::{Comparator, TargetKind};
use chitieu_domain::verdict::Verdict;
use chitieu_domain::{Figure, Figures, Model, PeriodId, UnitIx};
use chrono::{Datelike, NaiveDate};
use std::cmp::Ordering;

/// A product of two numbers, digit by digit: its sign, and its decimal digits, the highest first.
fn product(a: i128, b: i128) -> (i128, Vec<u32>) {
    let digits = |n: i128| -> Vec<u32> {
        n.unsigned_abs().to_string().bytes().rev().map(|digit| u32::from(digit - b'0')).collect()
    };
    let (x, y) = (digits(a), digits(b));
    let mut out = vec![0; x.len() + y.len()];
    for (i, p) in x.iter().enumerate() {
        let mut carry = 0;
        for (j, q) in y.iter().enumerate() {
            let here = out[i + j] + p * q + carry;
            (out[i + j], carry) = (here % 10, here / 10);
        }
        out[i + y.len()] += carry;
    }
    while out.last() == Some(&0) {
        out.pop();
    }
    out.reverse();
    (a.signum() * b.signum(), out)
}

/// `a·b` against `c·d`.
fn compare(a: i128, b: i128, c: i128, d: i128) -> Ordering {
    let ((sign, left), (other, right)) = (product(a, b), product(c, d));
    let size = |one: &[u32], two: &[u32]| one.len().cmp(&two.len()).then_with(|| one.cmp(two));
    sign.cmp(&other).then_with(|| if sign < 0 { size(&right, &left) } else { size(&left, &right) })
}

/// What the plan says of an evaluation's own numbers; none where nothing is compared.
fn said(model: &Model, e: &Evaluation, years: i128) -> Option<Verdict> {
    let target = &model.plan().targets[model.target_ix(&e.target).expect("a target")];
    let threshold = i128::from(target.threshold_percent.unwrap_or(0));
    let (n, d) = (e.numerator?, e.denominator.unwrap_or(1));
    let order = match target.kind {
        TargetKind::CountZero => n.cmp(&0),
        TargetKind::RateThreshold => compare(n, 100, d, threshold),
        TargetKind::ReductionVsBaseline => compare(n, 500, d, (100 - threshold) * years),
        TargetKind::CountVsPreviousYear => n.cmp(&e.previous_numerator?),
        TargetKind::RateVsPreviousYear => compare(n, e.previous_denominator?, e.previous_numerator?, d),
        TargetKind::Unknown => return None,
    };
    if target.kind == TargetKind::ReductionVsBaseline {
        return Some(if order.is_le() { Verdict::Met } else { Verdict::NotMet });
    }
    let holds = match target.comparator {
        Comparator::Lt => order.is_lt(),
        Comparator::Le => order.is_le(),
        Comparator::Gt => order.is_gt(),
        Comparator::Ge => order.is_ge(),
        Comparator::Eq => order.is_eq(),
        Comparator::Unknown => return None,
    };
    Some(if holds { Verdict::Met } else { Verdict::NotMet })
}

#[test]
fn verdicts_over_figures_as_large_as_there_are_say_what_whole_numbers_say() {
    let model = model();
    let evaluator = Evaluator::new(&model);
    let scopes: Vec<UnitIx> =
        ["33@2021-01-01", "33@2025-07-01", "323@2021-01-01", "11977@2025-07-01", "KV1@2025-07-01"]
            .iter()
            .map(|id| model.unit_ix(&id.parse().expect("an id")).expect("a unit"))
            .collect();
    let periods =
        [PeriodId::Year(2024), PeriodId::Year(2025), PeriodId::Quarter(2025, 3), PeriodId::Month(2025, 7)];
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
    let (mut compared, mut beyond) = (0, 0);
    for round in 0..4_u64 {
        let mut figures = Figures::default();
        let mut random = round * 77 + 1;
        for period in [PeriodId::Year(2024), PeriodId::Year(2025)] {
            for (element, period) in evaluator.cells_needed(period) {
                for scope in &scopes {
                    for reporter in model.assigned_inside(model.form_of(element), period, *scope) {
                        random = random
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1_442_695_040_888_963_407);
                        let value = i64::MAX
                            - (random >> 33) as i64 * (round * round * round * 1_000_000_000 / 27) as i64;
                        figures.set(reporter, period, element, Figure::of(value.max(0)));
                    }
                }
            }
        }
        evaluator.evaluate_scopes(&figures, &scopes, &periods, today, |e| {
            let years = match e.period {
                PeriodId::Year(year) => i128::from(year - 2020).clamp(1, 5),
                _ => i128::from(e.to.year() - 2020).clamp(1, 5),
            };
            let Some(said) = said(&model, &e, years) else { return };
            if matches!(e.verdict, Verdict::Met | Verdict::NotMet) {
                compared += 1;
                let cross = e.numerator.zip(e.previous_denominator);
                beyond += usize::from(cross.is_some_and(|(n, d)| n.checked_mul(d).is_none()));
                assert_eq!(e.verdict, said, "{e:?}");
            }
        });
    }
    assert!(compared > 304 && beyond > 10, "{compared} verdicts, {beyond} of them beyond i128");
}
