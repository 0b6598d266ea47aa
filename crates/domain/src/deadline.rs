//! Deadlines: the n-th working day after the cut-off.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::collections::BTreeSet;

/// The `n`-th working day after `cut_off`; weekends and the plan's holidays do not count.
pub fn working_day_after(cut_off: NaiveDate, n: u8, holidays: &BTreeSet<NaiveDate>) -> NaiveDate {
    let mut day = cut_off;
    let mut left = n;
    while left > 0 {
        day = day + Days::new(1);
        let off = matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || holidays.contains(&day);
        if !off {
            left -= 1;
        }
    }
    day
}

/// How a form stands in time, as long as it is not submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Its period still runs; figures can be entered as they come.
    Running,
    /// It can be submitted, with so many days left; 0 is the last one.
    In(i64),
    /// Its deadline passed so many days ago.
    Late(i64),
}

impl Due {
    /// On `today`, of a period that ends on `cut_off`.
    pub fn of(cut_off: NaiveDate, deadline: NaiveDate, today: NaiveDate) -> Self {
        let left = (deadline - today).num_days();
        if today <= cut_off {
            Self::Running
        } else if left >= 0 {
            Self::In(left)
        } else {
            Self::Late(-left)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a day")
    }

    #[test]
    fn friday_leads_to_monday() {
        assert_eq!(working_day_after(day(2024, 6, 14), 1, &BTreeSet::new()), day(2024, 6, 17));
        assert_eq!(working_day_after(day(2024, 12, 14), 1, &BTreeSet::new()), day(2024, 12, 16));
    }

    #[test]
    fn a_form_runs_then_is_due_then_late() {
        let (cut_off, deadline) = (day(2024, 6, 14), day(2024, 6, 18));
        let on = |d| Due::of(cut_off, deadline, day(2024, 6, d));
        assert_eq!((on(14), on(15), on(18), on(20)), (Due::Running, Due::In(3), Due::In(0), Due::Late(2)));
    }

    #[test]
    fn holidays_do_not_count() {
        let tet = (8..=14).map(|d| day(2024, 2, d)).collect();
        assert_eq!(working_day_after(day(2024, 2, 7), 1, &tet), day(2024, 2, 15));
    }
}
