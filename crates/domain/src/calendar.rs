//! Reporting calendars and the days of their periods.
//!
//! A calendar is the plan's ([`crate::plan::Calendar`]) and belongs to forms and targets. It says where business
//! years begin, each rule from a business year on. Months are counted through: every month there is belongs to
//! one business year, and begins on the day after the one before, also where a rule changes. The year in which
//! a rule changes may so have fewer months than twelve, or more; its quarters are cut from the end that did not
//! move, and a quarter that has no month left is no period.

use crate::period::{PeriodId, YEARS};
use crate::plan::{self, BorneBy};

pub use crate::plan::Periodicity;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The period of baseline figures.
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

/// Where business years begin, from one of them on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    from: i16,
    /// Months of the business year that end in the calendar year before the one it is named after, 0 to 11.
    lead: i32,
    /// Day on which its months begin.
    day: u8,
    /// Of a year that begins as the rule before has it: the day on which it does. Its quarters are counted from its
    /// end.
    begins_as_before: Option<u8>,
}

/// A way of cutting time into business months and years. A month is the number of months since the year 0 of
/// the calendar month it is named after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    rules: Vec<Rule>,
    /// The day of the month by which its forms are due at the latest.
    pub(crate) due_by_day: Option<u8>,
    /// The same in the other reading of the years of change, where there is one.
    other: Option<Box<Calendar>>,
}

impl Default for Calendar {
    /// The calendar year, for a plan that fails to say better.
    fn default() -> Self {
        let rule = Rule { from: i16::MIN, lead: 0, day: 1, begins_as_before: None };
        Self { rules: vec![rule], due_by_day: None, other: None }
    }
}

impl Calendar {
    /// As a plan declares it. What is out of range is brought into it; a sound plan has nothing of that kind.
    pub fn new(declared: &plan::Calendar) -> Self {
        let chosen = Self::read(declared, |segment| segment.borne_by);
        let other = Self::read(declared, |segment| segment.alternative.unwrap_or(segment.borne_by));
        Self { other: (other != chosen).then(|| Box::new(other)), ..chosen }
    }

    fn read(declared: &plan::Calendar, reading: impl Fn(&plan::Segment) -> BorneBy) -> Self {
        let mut rules: Vec<Rule> = Vec::new();
        for segment in &declared.segments {
            let (month, day) = (segment.first_month.clamp(1, 12), segment.first_day.clamp(1, 28));
            // A month that begins after the 1st is named after the calendar month that follows.
            let named = if day == 1 { month } else { month % 12 + 1 };
            let rule = Rule {
                from: segment.from_year.unwrap_or(i16::MIN),
                lead: i32::from((13 - named) % 12),
                day,
                begins_as_before: None,
            };
            match rules.last() {
                Some(before) if reading(segment) == BorneBy::NewYear => {
                    rules.push(Rule { lead: before.lead, begins_as_before: Some(before.day), ..rule });
                    rules.push(Rule { from: rule.from.saturating_add(1), ..rule });
                }
                _ => rules.push(rule),
            }
        }
        if rules.is_empty() {
            return Self::default();
        }
        Self { rules, due_by_day: declared.due_by_day, other: None }
    }

    /// The other reading of the years of change, where the plan declares one.
    pub fn other_reading(&self) -> Option<&Self> {
        self.other.as_deref()
    }

    fn rule(&self, year: i16) -> &Rule {
        self.rules.iter().rev().find(|rule| rule.from <= year).unwrap_or(&self.rules[0])
    }

    /// The first month of a business year.
    fn first_month(&self, year: i16) -> i32 {
        12 * i32::from(year) - self.rule(year).lead
    }

    /// The business year of a month.
    fn year_of(&self, month: i32) -> i16 {
        let named = month.div_euclid(12) as i16;
        if month >= self.first_month(named + 1) { named + 1 } else { named }
    }

    /// The day of a calendar month on which a business month begins.
    fn day_of(&self, month: i32) -> u8 {
        let year = self.year_of(month);
        let rule = self.rule(year);
        match rule.begins_as_before {
            Some(day) if month == self.first_month(year) => day,
            _ => rule.day,
        }
    }

    /// The first day of a month.
    fn start(&self, month: i32) -> NaiveDate {
        let day = self.day_of(month);
        let begins_in = if day == 1 { month } else { month - 1 };
        let (year, nth) = (begins_in.div_euclid(12), begins_in.rem_euclid(12));
        NaiveDate::from_ymd_opt(year, nth as u32 + 1, day.into())
            .expect("days are 1 to 28 and years are bounded when parsed")
    }

    /// How many months of a business year's first quarters are not there, below 0 where it has more.
    fn lacking(&self, year: i16) -> i32 {
        let length = self.first_month(year + 1) - self.first_month(year);
        if self.rule(year).begins_as_before.is_some() { 12 - length } else { 0 }
    }

    /// The month of a business year before which `n` of twelve lie.
    fn after(&self, year: i16, n: i32) -> i32 {
        let (first, end) = (self.first_month(year), self.first_month(year + 1));
        match n {
            0 => first,
            12 => end,
            _ => (first + n - self.lacking(year)).clamp(first, end),
        }
    }

    /// The months of a period.
    fn months(&self, period: PeriodId) -> Range<i32> {
        match period {
            PeriodId::Year(y) => self.first_month(y)..self.first_month(y + 1),
            PeriodId::Half(y, h) => self.after(y, 6 * i32::from(h) - 6)..self.after(y, 6 * i32::from(h)),
            PeriodId::NineMonths(y) => self.first_month(y)..self.after(y, 9),
            PeriodId::Quarter(y, q) => self.after(y, 3 * i32::from(q) - 3)..self.after(y, 3 * i32::from(q)),
            PeriodId::Month(y, m) => {
                let month = 12 * i32::from(y) + i32::from(m) - 1;
                month..month + 1
            }
            PeriodId::Years(a, b) => self.first_month(a)..self.first_month(b + 1),
        }
    }

    fn months_to_date(&self, period: PeriodId) -> Range<i32> {
        match period {
            PeriodId::Years(..) => self.months(period),
            _ => self.first_month(self.business_year(period))..self.months(period).end,
        }
    }

    fn days(&self, months: &Range<i32>) -> Span {
        let end = self.start(months.end);
        Span { from: self.start(months.start), to: end.pred_opt().unwrap_or(end) }
    }

    /// The days of a period. One that [has no months](Self::has) ends on the day before it begins.
    pub fn span(&self, period: PeriodId) -> Span {
        self.days(&self.months(period))
    }

    /// False for a quarter or half of a year of change that has no month.
    pub fn has(&self, period: PeriodId) -> bool {
        !self.months(period).is_empty()
    }

    /// The business year a period lies in; for a span of years its last.
    pub fn business_year(&self, period: PeriodId) -> i16 {
        match period {
            PeriodId::Year(y)
            | PeriodId::Half(y, _)
            | PeriodId::NineMonths(y)
            | PeriodId::Quarter(y, _)
            | PeriodId::Years(_, y) => y,
            PeriodId::Month(y, m) => self.year_of(12 * i32::from(y) + i32::from(m) - 1),
        }
    }

    /// The business year of a day.
    pub fn business_year_on(&self, day: NaiveDate) -> Option<i16> {
        Some(self.year_of(self.month_on(day)?))
    }

    /// The days from the start of the business year to the end of `period` (of a span of years: all of it).
    pub fn year_to_date(&self, period: PeriodId) -> Span {
        self.days(&self.months_to_date(period))
    }

    /// How many months there are from the start of the business year to the end of `period`.
    pub fn months_run(&self, period: PeriodId) -> i32 {
        self.months_to_date(period).len() as i32
    }

    /// True where two years to date can be compared: they begin with the same month and have as many.
    pub fn compares_to_date(&self, one: PeriodId, other: PeriodId) -> bool {
        self.are_alike(self.months_to_date(one), self.months_to_date(other))
    }

    /// True where two periods can be compared: they begin with the same month and have as many.
    pub fn compares(&self, one: PeriodId, other: PeriodId) -> bool {
        self.are_alike(self.months(one), self.months(other))
    }

    fn are_alike(&self, one: Range<i32>, other: Range<i32>) -> bool {
        one.len() == other.len()
            && (one.start - other.start) % 12 == 0
            && self.day_of(one.start) == self.day_of(other.start)
            && self.day_of(one.end) == self.day_of(other.end)
    }

    /// The period of the same kind that ends where this one begins. Spans of years and nine months have none.
    pub fn previous(&self, period: PeriodId) -> Option<PeriodId> {
        std::iter::successors(period.previous(), |p| p.previous()).take(12).find(|p| self.has(*p))
    }

    /// The periods of one business year, in order. `Once` has none: its only period is [`BASELINE`].
    pub fn periods_of_year(&self, year: i16, periodicity: Periodicity) -> Vec<PeriodId> {
        let named = |month: i32| PeriodId::Month(month.div_euclid(12) as i16, month.rem_euclid(12) as u8 + 1);
        let mut periods: Vec<PeriodId> = match periodicity {
            Periodicity::Month => return self.months(PeriodId::Year(year)).map(named).collect(),
            Periodicity::Quarter => (1..=4).map(|q| PeriodId::Quarter(year, q)).collect(),
            Periodicity::HalfYear => (1..=2).map(|h| PeriodId::Half(year, h)).collect(),
            Periodicity::Year => vec![PeriodId::Year(year)],
            Periodicity::Once | Periodicity::Unknown => Vec::new(),
        };
        periods.retain(|p| self.has(*p));
        periods
    }

    /// The periods of a form that lie wholly inside year to date at the end of `period`, in order.
    pub fn periods_to_date(&self, period: PeriodId, periodicity: Periodicity) -> Vec<PeriodId> {
        let end = self.months(period).end;
        let last = self.business_year(period);
        let first = if let PeriodId::Years(a, _) = period { a } else { last };
        (first..=last)
            .flat_map(|year| self.periods_of_year(year, periodicity))
            .filter(|p| self.months(*p).end <= end)
            .collect()
    }

    fn month_on(&self, day: NaiveDate) -> Option<i32> {
        let year = i16::try_from(day.year()).ok().filter(|y| YEARS.contains(y))?;
        let month = 12 * i32::from(year) + day.month0() as i32;
        Some(if self.start(month + 1) <= day { month + 1 } else { month })
    }

    /// The period of this periodicity that contains `day`.
    pub fn period_on(&self, day: NaiveDate, periodicity: Periodicity) -> Option<PeriodId> {
        let month = self.month_on(day)?;
        let year = self.year_of(month);
        let periods = self.periods_of_year(year, periodicity);
        periods.into_iter().find(|p| self.months(*p).contains(&month))
    }
}

#[cfg(test)]
mod tests;
