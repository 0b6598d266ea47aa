//! The worked tables of `crates/domain/tests/tables/periods-2024.md` and `crates/domain/tests/tables/first-periods.md`, row by row.

use super::support::model;
use chitieu_domain::PeriodId;
use chitieu_domain::calendar::{Calendar, Periodicity};
use chrono::NaiveDate;
use std::path::Path;

/// Those of the plan, in the order of the table's columns.
fn calendars() -> [Calendar; 4] {
    ["admin", "procuracy", "court", "statistics"].map(calendar)
}

pub fn calendar(id: &str) -> Calendar {
    let model = model();
    let declared = model.plan().calendars.iter().find(|c| c.id == id);
    Calendar::new(declared.unwrap_or_else(|| panic!("the plan has no calendar {id}")))
}

/// The cells of a table, its head first.
pub fn table(name: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let rows = text.lines().filter(|line| !line.starts_with("|---"));
    rows.map(|line| line.trim_matches('|').split('|').map(|c| c.trim().to_owned()).collect()).collect()
}

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%d/%m/%Y").unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// "`2024-01` 15/12/2023–14/01/2024", or the days alone.
pub fn cell(text: &str, row: &str) -> (PeriodId, NaiveDate, NaiveDate) {
    let (name, days) = match text.strip_prefix('`').and_then(|rest| rest.split_once("` ")) {
        Some((name, days)) => (name, days),
        None => (row.trim_matches('`'), text),
    };
    let days = days.trim_matches(|c| c == '(' || c == ')');
    let (from, to) = days.split_once('–').unwrap_or_else(|| panic!("{text} has no days"));
    (name.parse().unwrap_or_else(|e| panic!("{e}")), day(from), day(to))
}

#[test]
fn every_period_of_2024_has_the_days_of_the_table() {
    let rows = table("periods-2024.md");
    let calendars = calendars();
    let mut seen = 0;
    for row in rows.iter().skip(1).filter(|row| row[0] != "status") {
        // The procuracy's 2024 has ten months; its days in other years stand in a table of their own.
        for (calendar, text) in calendars.iter().zip(&row[1..]).filter(|(_, text)| *text != "–") {
            let (period, from, to) = cell(text, &row[0]);
            let span = calendar.span(period);
            assert_eq!((span.from, span.to), (from, to), "{calendar:?} {period}");
            assert_eq!(calendar.business_year(period), 2024, "{calendar:?} {period}");
            seen += 1;
        }
    }
    assert_eq!(seen, 19 * 4 - 2, "twelve months, four quarters, two halves and the year, in four calendars");
}

#[test]
fn new_units_report_first_in_the_period_of_the_table() {
    let columns = [
        (calendar("admin"), Periodicity::Month),
        (calendar("admin"), Periodicity::Quarter),
        (calendar("admin"), Periodicity::HalfYear),
        (calendar("admin"), Periodicity::Year),
        (calendar("procuracy"), Periodicity::Month),
        (calendar("court"), Periodicity::Quarter),
    ];
    let mut seen = 0;
    for row in table("first-periods.md").iter().skip(1) {
        let from = row[0].split(", ").find_map(|part| {
            let day = part.split(' ').next()?;
            NaiveDate::parse_from_str(day, "%d/%m/%Y").ok()
        });
        let from = from.unwrap_or_else(|| panic!("{} names no day", row[0]));
        for ((calendar, periodicity), text) in
            columns.iter().zip(&row[1..]).filter(|(_, t)| *t != "no effect")
        {
            let (period, first, last) = cell(text, "");
            let span = calendar.span(period);
            assert_eq!((span.from, span.to), (first, last), "{calendar:?} {period}");
            // A unit reports a period when it exists on the period's last day.
            assert_eq!(calendar.period_on(from, *periodicity), Some(period), "{calendar:?} from {from}");
            seen += 1;
        }
    }
    assert_eq!(seen, 15);
}

#[test]
fn three_months_make_a_quarter_two_quarters_a_half_two_halves_a_year() {
    let calendars = calendars();
    for (nth, calendar) in calendars.iter().enumerate() {
        // The procuracy's year of change has ten months (`crates/domain/tests/tables/procuracy-periods.md`).
        for year in (2020..=2027).filter(|year| (nth, *year) != (1, 2024)) {
            for (whole, parts, periodicity, each) in [
                (Periodicity::Quarter, 4, Periodicity::Month, 3),
                (Periodicity::HalfYear, 2, Periodicity::Quarter, 2),
                (Periodicity::Year, 1, Periodicity::HalfYear, 2),
            ] {
                let wholes = calendar.periods_of_year(year, whole);
                assert_eq!(wholes.len(), parts);
                for (nth, whole) in wholes.iter().enumerate() {
                    let small = &calendar.periods_of_year(year, periodicity)[nth * each..(nth + 1) * each];
                    let (first, last) = (calendar.span(small[0]), calendar.span(small[each - 1]));
                    let span = calendar.span(*whole);
                    assert_eq!((span.from, span.to), (first.from, last.to), "{calendar:?} {whole}");
                }
            }
            let nine = calendar.span(PeriodId::NineMonths(year));
            let third = calendar.span(PeriodId::Quarter(year, 3));
            assert_eq!((nine.from, nine.to), (calendar.span(PeriodId::Year(year)).from, third.to));
        }
    }
}
