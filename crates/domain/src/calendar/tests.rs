//! Calendars: their segments, the year of a change, and what may be compared.

use super::*;
use crate::plan::Segment;
use chrono::Days;

fn segment(from_year: Option<i16>, first_month: u8, first_day: u8, borne_by: BorneBy) -> Segment {
    let alternative = from_year.map(|_| match borne_by {
        BorneBy::NewYear => BorneBy::OldYear,
        _ => BorneBy::NewYear,
    });
    Segment { from_year, first_month, first_day, borne_by, alternative }
}

fn calendar(segments: &[Segment]) -> Calendar {
    Calendar::new(&plan::Calendar {
        id: "own".into(),
        name_vi: String::new(),
        name_en: String::new(),
        due_by_day: None,
        segments: segments.to_vec(),
    })
}

fn plain(first_month: u8, first_day: u8) -> Calendar {
    calendar(&[segment(None, first_month, first_day, BorneBy::OldYear)])
}

/// 1 December up to 2024, 1 October from 2025.
fn moving(borne_by: BorneBy) -> Calendar {
    calendar(&[segment(None, 12, 1, BorneBy::OldYear), segment(Some(2025), 10, 1, borne_by)])
}

fn period(text: &str) -> PeriodId {
    text.parse().expect("a period")
}

fn days(calendar: &Calendar, text: &str) -> String {
    let span = calendar.span(period(text));
    format!("{}..{}", span.from, span.to)
}

#[test]
fn periods_of_2024_have_the_days_of_the_table() {
    let (admin, procuracy, court, statistics) = (plain(12, 15), plain(12, 1), plain(10, 1), plain(1, 1));
    for (calendar, period, expected) in [
        (&admin, "2024-01", "2023-12-15..2024-01-14"),
        (&admin, "2024-Q1", "2023-12-15..2024-03-14"),
        (&admin, "2024-H2", "2024-06-15..2024-12-14"),
        (&admin, "2024", "2023-12-15..2024-12-14"),
        (&procuracy, "2023-12", "2023-12-01..2023-12-31"),
        (&procuracy, "2024-Q1", "2023-12-01..2024-02-29"),
        (&procuracy, "2024-H1", "2023-12-01..2024-05-31"),
        (&procuracy, "2024", "2023-12-01..2024-11-30"),
        (&court, "2024-Q1", "2023-10-01..2023-12-31"),
        (&court, "2024", "2023-10-01..2024-09-30"),
        (&statistics, "2024-9M", "2024-01-01..2024-09-30"),
        (&admin, "2021-2025", "2020-12-15..2025-12-14"),
        (&court, "2021-2025", "2020-10-01..2025-09-30"),
    ] {
        assert_eq!(days(calendar, period), expected, "{calendar:?} {period}");
    }
}

/// Every first day there is, and every change from one to another, in both readings.
#[test]
fn months_follow_without_gap_or_overlap_whatever_changes() {
    for (month, day) in (1..=12).flat_map(|month| [(month, 1), (month, 2), (month, 15), (month, 28)]) {
        for (to_month, to_day) in (1..=12).flat_map(|month| [(month, 1), (month, 5), (month, 28)]) {
            for borne_by in [BorneBy::OldYear, BorneBy::NewYear] {
                let old = segment(None, month, day, BorneBy::OldYear);
                let calendar = calendar(&[old, segment(Some(2024), to_month, to_day, borne_by)]);
                let mut next = calendar.span(PeriodId::Year(2021)).from;
                for year in 2021..=2027 {
                    assert_eq!(calendar.span(PeriodId::Year(year)).from, next, "{calendar:?} {year}");
                    for month in calendar.periods_of_year(year, Periodicity::Month) {
                        let span = calendar.span(month);
                        assert_eq!(span.from, next, "{calendar:?} {month}");
                        assert!(span.from <= span.to, "{calendar:?} {month}");
                        assert_eq!(calendar.business_year(month), year);
                        for day in [span.from, span.to] {
                            assert_eq!(calendar.period_on(day, Periodicity::Month), Some(month), "{day}");
                            assert_eq!(calendar.business_year_on(day), Some(year));
                        }
                        next = span.to + Days::new(1);
                    }
                    for periodicity in [Periodicity::Quarter, Periodicity::HalfYear, Periodicity::Year] {
                        let parts = calendar.periods_of_year(year, periodicity);
                        let ends = parts.iter().map(|p| calendar.span(*p));
                        let mut from = calendar.span(PeriodId::Year(year)).from;
                        for span in ends {
                            assert_eq!(span.from, from, "{calendar:?} {parts:?}");
                            from = span.to + Days::new(1);
                        }
                        assert_eq!(from, next, "{calendar:?}: {parts:?} make up the year");
                    }
                }
            }
        }
    }
}

#[test]
fn a_month_of_the_courts_counts_from_october() {
    let months = plain(10, 1).periods_to_date(PeriodId::Month(2023, 12), Periodicity::Month);
    assert_eq!(months, [PeriodId::Month(2023, 10), PeriodId::Month(2023, 11), PeriodId::Month(2023, 12)]);
}

#[test]
fn the_year_of_change_is_cut_from_the_end_that_did_not_move() {
    let old = moving(BorneBy::OldYear);
    for (name, expected) in [
        ("2024", "2023-12-01..2024-09-30"),
        ("2024-H1", "2023-12-01..2024-05-31"),
        ("2024-H2", "2024-06-01..2024-09-30"),
        ("2024-Q3", "2024-06-01..2024-08-31"),
        ("2024-9M", "2023-12-01..2024-08-31"),
        ("2024-Q4", "2024-09-01..2024-09-30"),
        ("2025", "2024-10-01..2025-09-30"),
        ("2025-Q1", "2024-10-01..2024-12-31"),
        ("2021-2025", "2020-12-01..2025-09-30"),
    ] {
        assert_eq!(days(&old, name), expected, "{name}");
    }
    assert_eq!(old.months_run(period("2021-2025")), 58);
    let new = old.other_reading().expect("the other reading");
    assert_eq!(*new, Calendar { other: None, ..moving(BorneBy::NewYear) });
    for (name, expected) in [
        ("2024", "2023-12-01..2024-11-30"),
        ("2025", "2024-12-01..2025-09-30"),
        ("2025-Q1", "2024-12-01..2024-12-31"),
        ("2025-Q2", "2025-01-01..2025-03-31"),
        ("2025-H1", "2024-12-01..2025-03-31"),
        ("2025-9M", "2024-12-01..2025-06-30"),
        ("2026-Q1", "2025-10-01..2025-12-31"),
        ("2021-2025", "2020-12-01..2025-09-30"),
    ] {
        assert_eq!(days(new, name), expected, "{name}, other reading");
    }
}

#[test]
fn years_to_date_compare_with_the_same_first_month_and_number_of_months() {
    let calendar = moving(BorneBy::OldYear);
    for (label, compares) in [
        ("2023", true),
        ("2024", false),
        ("2024-H1", true),
        ("2024-9M", true),
        // Ten months from December, both of them.
        ("2024-09", true),
        ("2024-Q4", false),
        ("2024-10", false),
        ("2025-Q1", false),
        ("2025", false),
        ("2025-12", true),
        ("2026", true),
    ] {
        let label = period(label);
        assert_eq!(calendar.compares_to_date(label, label.a_year_earlier()), compares, "{label}");
    }
    assert!(!calendar.compares(period("2024-Q4"), period("2023-Q4")));
    assert!(calendar.compares(period("2024-10"), period("2023-10")), "a month is a month");
}

#[test]
fn a_year_of_few_months_has_no_period_for_what_is_not_there() {
    // 2024 from January to March alone, then years from April.
    let calendar =
        calendar(&[segment(None, 1, 1, BorneBy::OldYear), segment(Some(2025), 4, 1, BorneBy::OldYear)]);
    assert_eq!(days(&calendar, "2024"), "2024-01-01..2024-03-31");
    assert_eq!(calendar.periods_of_year(2024, Periodicity::Quarter), [period("2024-Q1")]);
    assert_eq!(calendar.periods_of_year(2024, Periodicity::HalfYear), [period("2024-H1")]);
    assert!(!calendar.has(period("2024-Q2")) && !calendar.has(period("2024-H2")));
    assert_eq!(
        calendar.previous(period("2025-Q1")),
        Some(period("2024-Q1")),
        "what is not there is passed over"
    );
    assert_eq!(calendar.previous(period("2025-H1")), Some(period("2024-H1")));
}

#[test]
fn a_year_may_have_thirteen_months() {
    let calendar =
        calendar(&[segment(None, 8, 15, BorneBy::OldYear), segment(Some(2024), 9, 5, BorneBy::OldYear)]);
    assert_eq!(days(&calendar, "2023"), "2022-08-15..2023-09-04");
    assert_eq!(days(&calendar, "2023-09"), "2023-08-15..2023-09-04");
    assert_eq!(days(&calendar, "2023-Q4"), "2023-05-15..2023-09-04");
    assert_eq!(days(&calendar, "2024-Q1"), "2023-09-05..2023-12-04");
    assert_eq!(calendar.periods_of_year(2023, Periodicity::Month).len(), 13);
}
