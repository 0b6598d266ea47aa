//! Every period there is can be asked for: before the plan, after it, and the baseline itself.

use super::support::{model, report, unit};
use chitieu_domain::calendar::BASELINE;
use chitieu_domain::evaluate::{Board, Evaluator};
use chitieu_domain::rules::{FormCheck, check_form, check_scope};
use chitieu_domain::verdict::Verdict;
use chitieu_domain::{Figures, Model, PeriodId, ReporterIx, UnitIx};
use chrono::NaiveDate;
use proptest::prelude::*;
use std::sync::LazyLock;

static MODEL: LazyLock<Model> = LazyLock::new(model);

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day")
}

/// Figures of years inside and outside the plan.
fn figures() -> Figures {
    let mut figures = Figures::default();
    for year in ["1990", "2019", "2020", "2021", "2025", "2100"] {
        report(&MODEL, &mut figures, "33@2021-01-01", year, "crimes_recorded_total", 12);
    }
    figures
}

/// All periods of a year; the last ones end far away.
fn periods(year: i16) -> Vec<PeriodId> {
    let mut all = vec![PeriodId::Year(year), PeriodId::NineMonths(year), PeriodId::Years(year, year + 4)];
    all.extend([1, 2].map(|half| PeriodId::Half(year, half)));
    all.extend([1, 2, 3, 4].map(|quarter| PeriodId::Quarter(year, quarter)));
    all.extend((1..=12).map(|month| PeriodId::Month(year, month)));
    all
}

#[test]
fn every_period_of_two_centuries_is_evaluated() {
    let figures = figures();
    let scope = unit(&MODEL, "33@2021-01-01");
    for year in 1900..=2100 {
        let evaluator = Evaluator::new(&MODEL);
        for period in periods(year) {
            let all = evaluator.evaluate_all(&figures, scope, period, today());
            assert_eq!(all.len(), MODEL.plan().targets.len(), "{period}");
        }
    }
}

#[test]
fn a_target_over_years_is_not_judged_before_the_first() {
    let mut figures = figures();
    report(&MODEL, &mut figures, "33@2021-01-01", "2016-2020", "child_abuse_crimes_2016", 9);
    let target = MODEL.target_ix("T03").expect("a target");
    let scope = unit(&MODEL, "33@2021-01-01");
    for period in [PeriodId::Year(2020), PeriodId::Month(2020, 11), BASELINE, PeriodId::Year(1990)] {
        let e = Evaluator::new(&MODEL).evaluate(&figures, target, scope, period, today());
        assert_eq!((e.verdict, e.numerator), (Verdict::NoData, None), "{period}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_asked_of_any_period_is_answered(
        years in prop::collection::vec(1900_i16..=2100, 1..4),
        nth in 0_usize..21,
        target in 0_usize..MODEL.plan().targets.len(),
        reporter in 0..MODEL.reporters().len() as u32,
        scope in 0..MODEL.units().all().len() as u32,
    ) {
        let figures = figures();
        let (scope, reporter) = (UnitIx(scope), ReporterIx(reporter));
        let labels: Vec<PeriodId> = years.iter().map(|year| periods(*year)[nth]).collect();
        let evaluator = Evaluator::new(&MODEL);
        let mut together = Vec::new();
        evaluator.evaluate_scopes(&figures, &[scope], &labels, today(), |e| together.push(e));
        let board: Vec<_> =
            Board::new(&MODEL, &figures, &[scope], &labels, today()).evaluations().collect();
        prop_assert_eq!(&together, &board);
        for (at, label) in labels.iter().enumerate() {
            let alone = evaluator.evaluate(&figures, target, scope, *label, today());
            let among = &together[at * MODEL.plan().targets.len() + target];
            prop_assert_eq!(&alone, among);
            evaluator.trend(&figures, target, scope, *label, 5, today());
            evaluator.project(&figures, target, scope, *label);
            evaluator.sums(&figures, scope, *label);
            evaluator.cells_needed(*label);
            for form in MODEL.forms() {
                MODEL.is_assigned(reporter, form, *label);
                MODEL.due(reporter, form, *label, today());
                check_form(&FormCheck { model: &MODEL, figures: &figures, reporter, form, period: *label });
                check_scope(&MODEL, &figures, scope, form, *label);
            }
        }
    }
}
