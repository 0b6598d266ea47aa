//! Deadlines: the n-th working day after the cut-off (`domain/reporting.md`, 2; `design.md`, decisions of detail).

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
    fn holidays_do_not_count() {
        let tet = (8..=14).map(|d| day(2024, 2, d)).collect();
        assert_eq!(working_day_after(day(2024, 2, 7), 1, &tet), day(2024, 2, 15));
    }
}
