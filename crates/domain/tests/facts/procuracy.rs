//! The procuracy's year through its change, against tables worked by hand: the days of every period of 2021–2026
//! in both readings, and sums and verdicts of every target that is judged in it.

use super::calendars::{calendar, cell, table};
use super::support::{model, unit};
use chitieu_domain::calendar::{Calendar, Periodicity};
use chitieu_domain::evaluate::{Evaluator, Moved, moved};
use chitieu_domain::{Figure, Figures, Model, PeriodId};
use chrono::{Months, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const HUNG_YEN: &str = "33@2021-01-01";

type Row = BTreeMap<String, String>;

fn rows(name: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables").join(name);
    let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    reader.deserialize().collect::<Result<_, _>>().unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Name, days and number of months of every year, half, quarter and nine months, in both readings.
fn periods() -> Vec<[(PeriodId, NaiveDate, NaiveDate, i32); 2]> {
    let months = |text: &str| text.parse().expect("a number");
    let one = |row: &[String], at: usize| {
        let (period, from, to) = cell(&row[at], &row[0]);
        (period, from, to, months(&row[at + 1]))
    };
    table("procuracy-periods.md").iter().skip(1).map(|row| [one(row, 1), one(row, 3)]).collect()
}

#[test]
fn every_period_of_2021_to_2026_has_the_days_of_the_table_in_both_readings() {
    let chosen = calendar("procuracy");
    let other = chosen.other_reading().expect("there is another reading");
    let all = periods();
    assert_eq!(all.len(), 6 * 8);
    for readings in all {
        for (calendar, (period, from, to, months)) in [&chosen, other].into_iter().zip(readings) {
            let span = calendar.span(period);
            assert_eq!((span.from, span.to), (from, to), "{period}");
            let named = calendar.periods_of_year(calendar.business_year(period), Periodicity::Month);
            let inside = |m: &&PeriodId| span.contains(&calendar.span(**m));
            assert_eq!(named.iter().filter(inside).count() as i32, months, "{period}");
        }
    }
}

/// The figures of the table: each month's by the first reporter assigned inside the scope, 0 by the others. A
/// quarter's flow is that of the months that the table of periods gives it, its stock that of the first.
fn figures(model: &Model) -> Figures {
    let scope = unit(model, HUNG_YEN);
    let mut each_month: BTreeMap<String, BTreeMap<NaiveDate, i64>> = BTreeMap::new();
    for row in rows("procuracy-figures.csv") {
        let day = |text: &str| format!("{text}-01").parse::<NaiveDate>().expect("a month");
        let mut month = day(&row["from"]);
        while month <= day(&row["to"]) {
            let values = each_month.entry(row["element"].clone()).or_default();
            values.insert(month, row["each_month"].parse().expect("a number"));
            month = month + Months::new(1);
        }
    }
    let quarters: Vec<_> = periods().into_iter().map(|[chosen, _]| chosen).collect();
    let mut all: Vec<(PeriodId, NaiveDate, i32)> = Vec::new();
    for (period, from, _, months) in quarters {
        match period {
            PeriodId::Quarter(..) => all.push((period, from, months)),
            PeriodId::Year(_) => {
                use chrono::Datelike;
                let starts = (0..months as u32).map(|n| from + Months::new(n));
                all.extend(starts.map(|d| (PeriodId::Month(d.year() as i16, d.month() as u8), d, 1)));
            }
            _ => {}
        }
    }
    let mut figures = Figures::default();
    for (id, values) in each_month {
        let element = model.element_ix(&id).unwrap_or_else(|| panic!("no element {id}"));
        let form = model.form_of(element);
        let is_stock = id.ends_with("carried_in");
        for (period, from, months) in all.iter().filter(|(period, ..)| model.is_period_of(form, *period)) {
            let of = |n: i32| values.get(&(*from + Months::new(n as u32))).copied().unwrap_or(0);
            let value = if is_stock { of(0) } else { (0..*months).map(of).sum() };
            for (i, reporter) in model.assigned_inside(form, *period, scope).into_iter().enumerate() {
                figures.set(reporter, *period, element, Figure::of(if i == 0 { value } else { 0 }));
            }
        }
    }
    figures
}

#[test]
fn sums_and_verdicts_are_those_of_the_table() {
    let (model, today) = (model(), "2030-01-01".parse().expect("a day"));
    let figures = figures(&model);
    let evaluator = Evaluator::new(&model);
    let mut seen = BTreeSet::new();
    for row in rows("procuracy-verdicts.csv") {
        let name = format!("{} {}", row["target"], row["period"]);
        let target = model.target_ix(&row["target"]).expect("a target");
        let period: PeriodId = row["period"].parse().expect("a period");
        let e = evaluator.evaluate(&figures, target, unit(&model, HUNG_YEN), period, today);
        let said = |n: Option<i128>| n.map_or_else(String::new, |n| n.to_string());
        let verdict = serde_json::to_value(e.verdict).expect("a word");
        assert_eq!(
            [e.from.to_string(), e.to.to_string(), said(e.numerator), said(e.denominator)],
            [&row["from"], &row["to"], &row["n"], &row["d"]].map(Clone::clone),
            "{name}"
        );
        assert_eq!(
            (said(e.previous_numerator), said(e.previous_denominator), verdict.as_str().expect("a word")),
            (row["previous_n"].clone(), row["previous_d"].clone(), row["verdict"].as_str()),
            "{name}"
        );
        let months = model.target_calendar(target).months_run(period);
        assert_eq!(months.to_string(), row["months"], "{name}");
        seen.insert(row["target"].clone());
    }
    let of_the_procuracy = model.plan().targets.iter().filter(|t| t.calendar == "procuracy");
    assert_eq!(
        seen,
        of_the_procuracy.map(|t| t.id.clone()).collect(),
        "every target of this calendar is there"
    );
}

/// What stands beside a verdict: the months of the span, and the days of the other reading where they differ.
#[test]
fn a_span_across_the_change_says_so_and_no_other_does() {
    let model = model();
    let look = |target: &str, period: &str| -> Option<Moved> {
        moved(&model, model.target_ix(target).expect("a target"), period.parse().expect("a period"))
    };
    let days = |m: Option<(chitieu_domain::calendar::Span, i32)>| {
        m.map(|(span, months)| format!("{}..{} {months}", span.from, span.to))
    };
    for period in ["2023", "2024-H1", "2024-9M", "2024-09", "2026", "2026-Q1"] {
        assert_eq!(look("T09", period), None, "{period}");
    }
    for (period, months, other) in [
        ("2024", 10, Some("2023-12-01..2024-11-30 12")),
        ("2024-Q4", 10, Some("2023-12-01..2024-11-30 12")),
        ("2025-Q1", 3, Some("2024-12-01..2024-12-31 1")),
        ("2025", 12, Some("2024-12-01..2025-09-30 10")),
        // The same 58 months in either reading.
        ("2021-2025", 58, None),
    ] {
        let seen = look("T09", period).unwrap_or_else(|| panic!("{period} says nothing"));
        assert_eq!((seen.months, days(seen.other).as_deref()), (Some(months), other), "{period}");
        assert_eq!(seen.compared, None, "T09 compares with no other year");
    }
    let compared = look("T13", "2026").expect("2025 has ten months in the other reading");
    assert_eq!((compared.months, compared.other), (None, None));
    let both = compared.compared.expect("both").map(|span| days(Some(span)).expect("days"));
    assert_eq!(both, ["2024-10-01..2025-09-30 12", "2024-12-01..2025-09-30 10"]);
    assert_eq!(look("T01", "2024"), None, "the administration's year did not move");
}

/// A projection and a trend learn from years of the same months alone.
#[test]
fn a_projection_and_a_trend_pass_over_years_that_cannot_be_compared() {
    use chitieu_domain::evaluate::project::Method;
    let model = model();
    let (figures, scope) = (figures(&model), unit(&model, HUNG_YEN));
    let evaluator = Evaluator::new(&model);
    let target = model.target_ix("T10").expect("a target");
    let method = |period: &str| {
        let seen = evaluator.project(&figures, target, scope, period.parse().expect("a period"));
        seen.unwrap_or_else(|| panic!("{period}: none")).method
    };
    assert_eq!(method("2024-H1"), Method::MonthsRun(6, 10), "2023 ran on to twelve months");
    assert_eq!(method("2025-H1"), Method::MonthsRun(6, 12));
    assert_eq!(method("2026-H1"), Method::ShareOfPastYears(vec![2025]));
    assert_eq!(method("2023-H1"), Method::ShareOfPastYears(vec![2022, 2021]));
    let years = |period: &str| -> Vec<String> {
        let today = "2030-01-01".parse().expect("a day");
        let trend = evaluator.trend(&figures, target, scope, period.parse().expect("a period"), 5, today);
        trend.points.iter().map(|e| e.period.to_string()).collect()
    };
    assert_eq!(years("2026"), ["2025", "2026"]);
    assert_eq!(years("2024-9M"), ["2021-9M", "2022-9M", "2023-9M", "2024-9M"]);
    assert_eq!(years("2024"), ["2024"]);
}

/// The alternative is chosen by one word of the plan.
#[test]
fn the_other_reading_is_a_word_of_the_plan() {
    let swapped = super::support::model_of(|text| {
        text.replace(
            "borne_by = \"old_year\"\nalternative = \"new_year\"",
            "borne_by = \"new_year\"\nalternative = \"old_year\"",
        )
    });
    let target = swapped.target_ix("T09").expect("a target");
    let calendar: &Calendar = swapped.target_calendar(target);
    for [_, (period, from, to, _)] in periods() {
        let span = calendar.span(period);
        assert_eq!((span.from, span.to), (from, to), "{period}");
    }
}
