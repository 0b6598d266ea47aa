//! How far a count moved against an earlier one.

use crate::number::{Against, Style, grouped, percent_from};

/// From smaller counts no percentage is told: it would say much of little ("+470 (47.000%)").
const LEAST_BASE: i64 = 10;

/// "+15 (4,95%)", "−4", "0". The percentage has two decimals at most, more only where it would look like a
/// whole number that it is not; from less than ten there is none.
pub fn change(now: i64, before: i64, style: Style) -> String {
    let difference = i128::from(now) - i128::from(before);
    if difference == 0 {
        return "0".into();
    }
    let sign = if difference > 0 { '+' } else { '−' };
    let size = difference.abs();
    let share = (before >= LEAST_BASE)
        .then(|| percent_from(2, size, before.into(), Against::Nothing, style))
        .flatten()
        .map_or_else(String::new, |share| format!(" ({share})"));
    format!("{sign}{}{share}", grouped(size, style))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_says_its_direction_its_size_and_its_share() {
        for (now, before, text) in [
            (318, 303, "+15 (4,95%)"),
            (180, 183, "−3 (1,64%)"),
            (5, 5, "0"),
            (15, 10, "+5 (50%)"),
            (3003, 3000, "+3 (0,1%)"),
            (100_001, 100_000, "+1 (0,001%)"),
            (0, 25, "−25 (100%)"),
            (12_000, 10_000, "+2.000 (20%)"),
        ] {
            assert_eq!(change(now, before, Style::Vietnamese), text, "{now} after {before}");
        }
        assert_eq!(change(1_012_345, 1_000_000, Style::English), "+12,345 (1.23%)");
    }

    #[test]
    fn no_percentage_is_told_from_less_than_ten() {
        assert_eq!(change(471, 1, Style::Vietnamese), "+470");
        assert_eq!(change(4, 9, Style::Vietnamese), "−5");
        assert_eq!(change(3, 0, Style::Vietnamese), "+3");
        assert_eq!(change(11, 10, Style::Vietnamese), "+1 (10%)");
        assert_eq!(change(i64::MAX, 0, Style::Vietnamese), "+9.223.372.036.854.775.807");
    }
}
