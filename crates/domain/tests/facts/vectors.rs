//! The published figures and boundary cases of the plan's targets, through the whole road from
//! reported cells to a verdict.

use super::support::{model, report, unit};
use chitieu_domain::evaluate::{Evaluation, Evaluator};
use chitieu_domain::number::{Against, Style, percent};
use chitieu_domain::plan::{Comparator, TargetKind};
use chitieu_domain::verdict::{Case, Pair, Verdict, judge};
use chitieu_domain::{Figure, Figures, Model, PeriodId};
use chrono::NaiveDate;

const HUNG_YEN: &str = "33@2021-01-01";

/// Later than every span used here.
fn later() -> NaiveDate {
    NaiveDate::from_ymd_opt(2030, 1, 1).expect("a day")
}

fn evaluate(model: &Model, figures: &Figures, target: &str, period: &str) -> Evaluation {
    let scope = unit(model, HUNG_YEN);
    let target = model.target_ix(target).expect("a target");
    let period: PeriodId = period.parse().expect("a period");
    Evaluator::new(model).evaluate(figures, target, scope, period, later())
}

/// Puts `n` on the first element of the numerator and `d` on the first of the denominator, 0 on the others;
/// where an element is on both sides (T08) the numerator's takes what is left.
fn fill(model: &Model, figures: &mut Figures, target: &str, period: &str, n: i64, d: Option<i64>) {
    let ix = model.target_ix(target).expect("a target");
    let terms = model.target_terms(ix);
    let name = |e| model.element(e).id.clone();
    let mut set = |element: &str, value| {
        let p = if element.starts_with("child_abuse_crimes_20") { "2016-2020" } else { period };
        report(model, figures, HUNG_YEN, p, element, value);
    };
    let mut left = n;
    if let Some(d) = d {
        for (i, (_, e)) in terms.denominator.iter().enumerate() {
            set(&name(*e), if i == 0 { d } else { 0 });
        }
        if terms.numerator.iter().any(|(minus, _)| *minus) {
            left = d - n;
        }
    }
    let own: Vec<_> =
        terms.numerator.iter().filter(|(_, e)| !terms.denominator.iter().any(|(_, x)| x == e)).collect();
    for (i, (_, e)) in own.iter().enumerate() {
        set(&name(*e), if i == 0 { left } else { 0 });
    }
}

#[test]
fn rates_are_judged_as_the_vectors_say() {
    use Verdict::{Met, NoOccurrence, NotMet};
    let model = model();
    for (target, n, d, verdict) in [
        ("T04", 695, 788, Met),
        ("T05", 121, 127, Met),
        ("T05", 35, 36, Met),
        ("T09", 3272, 3539, Met),
        ("T12", 7671, 7761, Met),
        ("T12", 27_755, 30_777, Met),
        ("T12", 13_084, 14_856, Met),
        ("T04", 75, 100, NotMet),
        ("T04", 76, 100, Met),
        ("T04", 7501, 10_000, Met),
        ("T04", 0, 0, NoOccurrence),
        ("T05", 90, 100, NotMet),
        ("T05", 91, 100, Met),
        ("T06", 30, 100, Met),
        ("T06", 29, 100, NotMet),
        ("T06", 3, 10, Met),
        ("T06", 0, 0, NoOccurrence),
        ("T07", 50, 100, Met),
        ("T07", 1, 2, Met),
        ("T07", 49, 100, NotMet),
        ("T08", 500, 500, Met),
        ("T08", 499, 500, NotMet),
        ("T08", 0, 0, NoOccurrence),
        ("T09", 90, 100, NotMet),
        ("T09", 901, 1000, Met),
        ("T10", 90, 100, NotMet),
        ("T10", 91, 100, Met),
        ("T11", 95, 100, NotMet),
        ("T11", 96, 100, Met),
        ("T12", 88, 100, NotMet),
        ("T12", 89, 100, Met),
        ("T15", 60, 100, NotMet),
        ("T15", 600_000_000_000, 1_000_000_000_000, NotMet),
        ("T15", 600_000_000_001, 1_000_000_000_000, Met),
        ("T15", 0, 0, NoOccurrence),
        ("T16", 3, 3, Met),
        ("T16", 2, 3, NotMet),
        ("T16", 0, 0, NoOccurrence),
        ("T17", 60, 100, Met),
        ("T17", 3, 5, Met),
        ("T17", 59, 100, NotMet),
        ("T18", 85, 100, Met),
        ("T18", 17, 20, Met),
        ("T18", 16, 20, NotMet),
    ] {
        let mut figures = Figures::default();
        fill(&model, &mut figures, target, "2024", n, Some(d));
        let e = evaluate(&model, &figures, target, "2024");
        assert_eq!(
            (e.numerator, e.denominator, e.verdict, e.provisional),
            (Some(i128::from(n)), Some(i128::from(d)), verdict, false),
            "{target} {n}/{d}"
        );
    }
}

#[test]
fn comparisons_with_last_year_are_judged_as_the_vectors_say() {
    use Verdict::{CannotImprove, Met, NoOccurrence, NotComparable, NotMet};
    let model = model();
    for (target, this, before, verdict) in [
        ("T01", (788, None), Some((876, None)), Met),
        ("T01", (500, None), Some((500, None)), NotMet),
        ("T01", (501, None), Some((500, None)), NotMet),
        ("T02", (11, Some(300)), Some((12, Some(300))), Met),
        ("T02", (8, Some(200)), Some((12, Some(300))), NotMet),
        ("T02", (0, Some(0)), Some((12, Some(300))), NoOccurrence),
        ("T13", (1306, Some(1392)), None, NotComparable),
        ("T13", (5, Some(6)), Some((4, Some(5))), Met),
        ("T13", (8, Some(10)), Some((4, Some(5))), NotMet),
        ("T13", (3, Some(3)), Some((1, Some(1))), CannotImprove),
        ("T14", (4, Some(5)), Some((0, Some(0))), NotComparable),
        ("T14", (0, Some(0)), Some((4, Some(5))), NoOccurrence),
    ] {
        let mut figures = Figures::default();
        // Two years of twelve months in every calendar.
        fill(&model, &mut figures, target, "2023", this.0, this.1);
        if let Some((n, d)) = before {
            fill(&model, &mut figures, target, "2022", n, d);
        }
        assert_eq!(
            evaluate(&model, &figures, target, "2023").verdict,
            verdict,
            "{target} {this:?} {before:?}"
        );
    }
    let mut figures = Figures::default();
    fill(&model, &mut figures, "D1", "2022", 500, None);
    fill(&model, &mut figures, "D1", "2021", 500, None);
    assert_eq!(evaluate(&model, &figures, "D1", "2022").verdict, Met);
    assert_eq!(evaluate(&model, &figures, "D1", "2024").verdict, Met, "D1 stays with 2021 and 2022");
}

#[test]
fn counts_to_be_zero_are_judged_as_the_vectors_say() {
    let model = model();
    for (n, verdict) in [(0, Verdict::Met), (1, Verdict::NotMet)] {
        for target in ["D2", "D3"] {
            let mut figures = Figures::default();
            fill(&model, &mut figures, target, "2024", n, None);
            assert_eq!(evaluate(&model, &figures, target, "2024").verdict, verdict, "{target} {n}");
        }
    }
}

#[test]
fn the_reduction_over_five_years_is_judged_as_the_vectors_say() {
    let model = model();
    for (n, baseline, verdict) in [
        (95, 100, Verdict::Met),
        (96, 100, Verdict::NotMet),
        (0, 0, Verdict::NoOccurrence),
        (1, 0, Verdict::NotMet),
    ] {
        let mut figures = Figures::default();
        for year in ["2022", "2023", "2024", "2025"] {
            report(&model, &mut figures, HUNG_YEN, year, "child_abuse_crimes", 0);
        }
        fill(&model, &mut figures, "T03", "2021", n, Some(baseline));
        let e = evaluate(&model, &figures, "T03", "2025");
        assert_eq!((e.verdict, e.provisional), (verdict, false), "{n} against {baseline}");
        assert_eq!((e.from.to_string().as_str(), e.to.to_string().as_str()), ("2020-12-15", "2025-12-14"));
    }
    let mut figures = Figures::default();
    report(&model, &mut figures, HUNG_YEN, "2022", "child_abuse_crimes", 0);
    fill(&model, &mut figures, "T03", "2021", 38, Some(100));
    let running = evaluate(&model, &figures, "T03", "2022");
    assert_eq!((running.verdict, running.provisional), (Verdict::Met, true));
}

#[test]
fn half_a_year_of_an_annual_target_is_provisional() {
    let model = model();
    let mut figures = Figures::default();
    fill(&model, &mut figures, "T12", "2024-H1", 203, Some(259));
    let e = evaluate(&model, &figures, "T12", "2024-H1");
    assert_eq!((e.verdict, e.provisional), (Verdict::NotMet, true));
}

#[test]
fn all_targets_of_the_plan_are_evaluated() {
    let model = model();
    let figures = Figures::default();
    let scope = unit(&model, HUNG_YEN);
    let all = Evaluator::new(&model).evaluate_all(&figures, scope, PeriodId::Year(2024), later());
    let ids: Vec<&str> = all.iter().map(|e| e.target.as_str()).collect();
    let expected: Vec<String> =
        (1..=18).map(|n| format!("T{n:02}")).chain((1..=3).map(|n| format!("D{n}"))).collect();
    assert_eq!(ids, expected);
    assert!(all.iter().all(|e| e.verdict == Verdict::NoData), "nothing reported is no data, not zero");
}

/// Every rate of up to 300 cases against every threshold of the plan, above it, at it and exactly it: what is
/// printed is on the side of the threshold that the verdict says.
#[test]
fn displays_never_contradict_verdicts() {
    let model = model();
    let thresholds: std::collections::BTreeSet<u32> =
        model.plan().targets.iter().filter_map(|t| t.threshold_percent).collect();
    let number = |text: String| -> (i128, u32) {
        // "74,96%" as 7496 hundredths: exact, where a float would round.
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let decimals = text.trim_end_matches('%').split_once(',').map_or(0, |(_, d)| d.len() as u32);
        (digits.parse().expect("digits"), decimals)
    };
    for d in 1..=300_i128 {
        for n in 0..=d {
            for limit in &thresholds {
                for comparator in [Comparator::Gt, Comparator::Ge, Comparator::Eq] {
                    let case = Case {
                        kind: TargetKind::RateThreshold,
                        comparator,
                        threshold: *limit,
                        this: Some(Pair { n, d }),
                        previous: None,
                        years: 1,
                    };
                    let (shown, decimals) =
                        number(percent(n, d, Against::Percent(*limit), Style::Vietnamese).expect("a rate"));
                    let limit = i128::from(*limit) * 10_i128.pow(decimals);
                    let looks_met = match comparator {
                        Comparator::Gt => shown > limit,
                        Comparator::Ge => shown >= limit,
                        _ => shown == limit,
                    };
                    assert_eq!(looks_met, judge(&case).0 == Verdict::Met, "{n}/{d}, {comparator:?} {limit}");
                }
            }
        }
    }
}

/// The same against last year's rate, which is printed beside it.
#[test]
fn displays_never_contradict_comparisons_with_last_year() {
    for d in 1..=60_i128 {
        for n in 0..=d {
            for before in [(7, 10), (1, 3), (29, 30), (59, 60), (1, 60)] {
                let (now, then) = (
                    percent(n, d, Against::Rate(before.0, before.1), Style::Vietnamese).expect("a rate"),
                    percent(before.0, before.1, Against::Rate(n, d), Style::Vietnamese).expect("a rate"),
                );
                assert_eq!(
                    now == then,
                    n * before.1 == before.0 * d,
                    "{n}/{d} against {before:?}: {now}, {then}"
                );
            }
        }
    }
}

#[test]
fn a_baseline_with_a_missing_year_has_no_data() {
    let (model, mut figures) = (model(), Figures::default());
    fill(&model, &mut figures, "T03", "2025", 50, Some(300));
    assert_eq!(evaluate(&model, &figures, "T03", "2025").verdict, Verdict::Met);
    let missing = model.element_ix("child_abuse_crimes_2018").expect("an element");
    let reporter = model.assigned_inside(
        model.form_of(missing),
        chitieu_domain::calendar::BASELINE,
        unit(&model, HUNG_YEN),
    )[0];
    figures.remove(reporter, chitieu_domain::calendar::BASELINE, missing);
    assert_eq!(evaluate(&model, &figures, "T03", "2025").verdict, Verdict::NoData);
}

/// Everything reported, counted, approved and closed is final; take one of these away and it is provisional.
#[test]
fn a_verdict_is_provisional_while_a_cell_is_missing_unapproved_estimated_or_the_span_is_open() {
    let model = model();
    let mut figures = Figures::default();
    fill(&model, &mut figures, "T04", "2023", 80, Some(100));
    fill(&model, &mut figures, "T01", "2023", 100, None);
    fill(&model, &mut figures, "T01", "2022", 110, None);
    let look = |figures: &Figures, target: &str| {
        let e = evaluate(&model, figures, target, "2023");
        (e.verdict, e.provisional, e.reported == e.expected, e.unapproved, e.contested)
    };
    assert_eq!(look(&figures, "T04"), (Verdict::Met, false, true, 0, 0));
    assert_eq!(look(&figures, "T01"), (Verdict::Met, false, true, 0, 0));
    let element = model.element_ix("crimes_recorded_total").expect("an element");
    let scope = unit(&model, HUNG_YEN);
    let cell = |year, month| {
        let period = PeriodId::Month(year, month);
        (model.assigned_inside(model.form_of(element), period, scope)[1], period, element)
    };
    let (reporter, period, _) = cell(2023, 5);
    let with = |figure: Option<Figure>| {
        let mut changed = figures.clone();
        match figure {
            Some(figure) => changed.set(reporter, period, element, figure),
            None => changed.remove(reporter, period, element),
        };
        changed
    };
    let of = |value, contested, approved| Some(Figure { value, contested, approved, estimated: false });
    assert_eq!(look(&with(None), "T04"), (Verdict::Met, true, false, 0, 0));
    assert_eq!(look(&with(of(None, false, true)), "T04"), (Verdict::Met, true, false, 0, 0), "no data yet");
    assert_eq!(look(&with(of(Some(0), false, false)), "T04"), (Verdict::Met, true, true, 1, 0));
    assert_eq!(look(&with(of(Some(0), true, true)), "T04"), (Verdict::Met, false, true, 0, 1));
    let estimated = with(Some(Figure { estimated: true, ..Figure::of(0) }));
    assert_eq!(look(&estimated, "T04"), (Verdict::Met, true, true, 0, 0));
    let t04 = |figures: &Figures| evaluate(&model, figures, "T04", "2023").estimated;
    assert_eq!((t04(&figures), t04(&estimated)), (0, 1));
    let none = Figure { value: None, estimated: true, ..Figure::of(0) };
    assert_eq!(t04(&with(Some(none))), 0, "what is not there is not estimated");
    // Last year counts too where the verdict is against it.
    let (reporter, period, _) = cell(2022, 5);
    let mut before = figures.clone();
    before.set(reporter, period, element, Figure { approved: false, ..Figure::of(0) });
    assert!(look(&before, "T01").1);
    assert!(!look(&before, "T04").1);
    // On the span's own last day it is still open.
    let t04 = model.target_ix("T04").expect("a target");
    let on = |day: &str| {
        let today = day.parse().expect("a day");
        Evaluator::new(&model).evaluate(&figures, t04, scope, PeriodId::Year(2023), today).provisional
    };
    assert!(on("2023-12-14") && !on("2023-12-15"));
}

/// T05's other reading and a count's: shown beside the verdict, never deciding it.
#[test]
fn the_other_reading_stands_beside_the_verdict() {
    let (model, mut figures) = (model(), Figures::default());
    fill(&model, &mut figures, "T04", "2023", 80, Some(100));
    assert_eq!(evaluate(&model, &figures, "T04", "2023").alternative, None, "its figures are not there");
    report(&model, &mut figures, HUNG_YEN, "2023", "crimes_social_order", 50);
    report(&model, &mut figures, HUNG_YEN, "2023", "crimes_social_order_solved", 20);
    let e = evaluate(&model, &figures, "T04", "2023");
    assert_eq!((e.verdict, e.alternative), (Verdict::Met, Some((20, Some(50)))));
    assert_eq!(evaluate(&model, &figures, "T01", "2023").alternative, Some((50, None)));
}

/// D1 follows 2021 and 2022 alone (`KH 188, I.1`).
#[test]
fn a_target_about_certain_years_says_nothing_of_the_years_before() {
    let (model, mut figures) = (model(), Figures::default());
    for (year, count) in [("2019", 10), ("2020", 9), ("2021", 8)] {
        report(&model, &mut figures, HUNG_YEN, year, "crimes_recorded_total", count);
    }
    let before = evaluate(&model, &figures, "D1", "2020");
    assert_eq!((before.verdict, before.numerator), (Verdict::NoData, None));
    assert_eq!(evaluate(&model, &figures, "D1", "2021").verdict, Verdict::Met);
}
