//! The four reporting calendars and the days of their periods (`domain/reporting.md`, 1.1 and 1.3).
//!
//! A calendar belongs to a form. All four cut the year into twelve business months without gap or overlap;
//! they differ in where the year starts and on which day a month does.

use crate::period::PeriodId;
use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// A way of cutting time into business months and years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calendar {
    /// 15 December to 14 December, months from the 15th to the 14th (Nghị định 09/2019, article 12).
    Admin,
    /// The procuracy's year: 1 December to 30 November.
    Procuracy,
    /// The courts' year: 1 October to 30 September.
    Court,
    /// The calendar year.
    Statistics,
}

/// How often a form is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Periodicity {
    /// Every month.
    Month,
    /// Every quarter.
    Quarter,
    /// Twice a year.
    HalfYear,
    /// Once a year.
    Year,
    /// Once for the baseline 2016–2020.
    Once,
}

/// The period of baseline figures (`design.md`, decisions of detail).
pub const BASELINE: PeriodId = PeriodId::Years(2016, 2020);

/// Days from and to, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl Span {
    /// True when `other` lies wholly inside.
    pub fn contains(&self, other: &Span) -> bool {
        self.from <= other.from && other.to <= self.to
    }
}

impl Calendar {
    /// The calendar year and month in which business month `nth` (1 to 12) of a business year ends.
    fn business_month(self, year: i16, nth: u8) -> (i16, u8) {
        let lead = self.lead_months();
        if nth > lead { (year, nth - lead) } else { (year - 1, 12 - lead + nth) }
    }

    /// Business months that end in the calendar year before the one the business year is named after.
    fn lead_months(self) -> u8 {
        match self {
            Self::Admin | Self::Statistics => 0,
            Self::Procuracy => 1,
            Self::Court => 3,
        }
    }

    /// The business year and the number (1 to 12) of the month named `(year, month)`.
    pub fn place_of_month(self, year: i16, month: u8) -> (i16, u8) {
        let nth = month + self.lead_months();
        if nth > 12 { (year + 1, nth - 12) } else { (year, nth) }
    }

    fn month_span(self, year: i16, month: u8) -> Span {
        let first = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), 1)
            .expect("months are 1 to 12 and years are bounded when parsed");
        match self {
            Self::Admin => Span { from: first - Months::new(1) + Days::new(14), to: first + Days::new(13) },
            _ => Span { from: first, to: first + Months::new(1) - Days::new(1) },
        }
    }

    fn business_months(self, first: (i16, u8), last: (i16, u8)) -> Span {
        let (fy, fm) = self.business_month(first.0, first.1);
        let (ly, lm) = self.business_month(last.0, last.1);
        Span { from: self.month_span(fy, fm).from, to: self.month_span(ly, lm).to }
    }

    /// The days of a period.
    pub fn span(self, period: PeriodId) -> Span {
        match period {
            PeriodId::Year(y) => self.business_months((y, 1), (y, 12)),
            PeriodId::Half(y, h) => self.business_months((y, 6 * h - 5), (y, 6 * h)),
            PeriodId::NineMonths(y) => self.business_months((y, 1), (y, 9)),
            PeriodId::Quarter(y, q) => self.business_months((y, 3 * q - 2), (y, 3 * q)),
            PeriodId::Month(y, m) => self.month_span(y, m),
            PeriodId::Years(a, b) => self.business_months((a, 1), (b, 12)),
        }
    }

    /// The business year a period lies in; for a span of years its last.
    pub fn business_year(self, period: PeriodId) -> i16 {
        match period {
            PeriodId::Year(y)
            | PeriodId::Half(y, _)
            | PeriodId::NineMonths(y)
            | PeriodId::Quarter(y, _)
            | PeriodId::Years(_, y) => y,
            PeriodId::Month(y, m) => self.place_of_month(y, m).0,
        }
    }

    /// The days from the start of the business year to the end of `period` (of a span of years: all of it).
    pub fn year_to_date(self, period: PeriodId) -> Span {
        let end = self.span(period);
        match period {
            PeriodId::Years(..) => end,
            _ => Span { from: self.span(PeriodId::Year(self.business_year(period))).from, to: end.to },
        }
    }

    /// The periods of one business year, in order. `Once` has none: its only period is [`BASELINE`].
    pub fn periods_of_year(self, year: i16, periodicity: Periodicity) -> Vec<PeriodId> {
        match periodicity {
            Periodicity::Month => (1..=12)
                .map(|nth| {
                    let (y, m) = self.business_month(year, nth);
                    PeriodId::Month(y, m)
                })
                .collect(),
            Periodicity::Quarter => (1..=4).map(|q| PeriodId::Quarter(year, q)).collect(),
            Periodicity::HalfYear => (1..=2).map(|h| PeriodId::Half(year, h)).collect(),
            Periodicity::Year => vec![PeriodId::Year(year)],
            Periodicity::Once => Vec::new(),
        }
    }

    /// The periods of a form that lie wholly inside year to date at the end of `period`, in order.
    pub fn periods_to_date(self, period: PeriodId, periodicity: Periodicity) -> Vec<PeriodId> {
        let span = self.year_to_date(period);
        let last = self.business_year(period);
        let first = if let PeriodId::Years(a, _) = period { a } else { last };
        (first..=last)
            .flat_map(|year| self.periods_of_year(year, periodicity))
            .filter(|p| span.contains(&self.span(*p)))
            .collect()
    }

    /// The period of this periodicity that contains `day`.
    pub fn period_on(self, day: NaiveDate, periodicity: Periodicity) -> Option<PeriodId> {
        use chrono::Datelike;
        let year = i16::try_from(day.year()).ok()?;
        (year..=year + 1)
            .flat_map(|y| self.periods_of_year(y, periodicity))
            .find(|p| (self.span(*p).from..=self.span(*p).to).contains(&day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(calendar: Calendar, period: &str) -> String {
        let span = calendar.span(period.parse().expect("a period"));
        format!("{}..{}", span.from, span.to)
    }

    #[test]
    fn periods_of_2024_have_the_days_of_the_table() {
        use Calendar::{Admin, Court, Procuracy, Statistics};
        for (calendar, period, expected) in [
            (Admin, "2024-01", "2023-12-15..2024-01-14"),
            (Admin, "2024-Q1", "2023-12-15..2024-03-14"),
            (Admin, "2024-H2", "2024-06-15..2024-12-14"),
            (Admin, "2024", "2023-12-15..2024-12-14"),
            (Procuracy, "2023-12", "2023-12-01..2023-12-31"),
            (Procuracy, "2024-Q1", "2023-12-01..2024-02-29"),
            (Procuracy, "2024-H1", "2023-12-01..2024-05-31"),
            (Procuracy, "2024", "2023-12-01..2024-11-30"),
            (Court, "2024-Q1", "2023-10-01..2023-12-31"),
            (Court, "2024", "2023-10-01..2024-09-30"),
            (Statistics, "2024-9M", "2024-01-01..2024-09-30"),
            (Admin, "2021-2025", "2020-12-15..2025-12-14"),
            (Court, "2021-2025", "2020-10-01..2025-09-30"),
        ] {
            assert_eq!(days(calendar, period), expected, "{calendar:?} {period}");
        }
    }

    #[test]
    fn months_follow_without_gap_or_overlap() {
        for calendar in [Calendar::Admin, Calendar::Procuracy, Calendar::Court, Calendar::Statistics] {
            let mut next = calendar.span(PeriodId::Year(2020)).from;
            for year in 2020..=2026 {
                for month in calendar.periods_of_year(year, Periodicity::Month) {
                    let span = calendar.span(month);
                    assert_eq!(span.from, next, "{calendar:?} {month}");
                    assert_eq!(calendar.business_year(month), year);
                    next = span.to + Days::new(1);
                }
            }
        }
    }

    #[test]
    fn a_month_of_the_courts_counts_from_october() {
        let months = Calendar::Court.periods_to_date(PeriodId::Month(2023, 12), Periodicity::Month);
        assert_eq!(months, [PeriodId::Month(2023, 10), PeriodId::Month(2023, 11), PeriodId::Month(2023, 12)]);
    }
}
