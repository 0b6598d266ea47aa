//! The day that counts on a device: the server's, and where it does not answer one that is reckoned from its last.

use chitieu_sync::from_fields;
use chrono::{DateTime, Days, FixedOffset, NaiveDate, TimeDelta, Utc};
use serde::{Serialize, Serializer};

/// Milliseconds by which a device's clock may differ from the server's before it is called wrong: ten minutes.
const TOLERATED: f64 = 600_000.0;

/// What the server told of the time, and when the device's clock said that it did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Told {
    /// The server's day.
    #[serde(serialize_with = "chitieu_domain::day::serialize")]
    pub day: NaiveDate,
    /// The device's clock at that moment, in milliseconds since 1970.
    #[serde(serialize_with = "whole_milliseconds")]
    pub clock: f64,
}

/// Writes a clock's milliseconds as a whole number, or null where there are none: what writes any other costs a browser's
/// start kilobytes.
// The lint speaks up only where a reference is as large as the number.
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")
)]
pub(crate) fn whole_milliseconds<S: Serializer>(at: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if at.is_finite() { serializer.serialize_i64(*at as i64) } else { serializer.serialize_none() }
}

from_fields!(Told { day: day, clock: need });

/// A day, and whether it is the server's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: NaiveDate,
    /// The server has not told of this day: it is reckoned by the device's clock.
    pub is_reckoned: bool,
}

impl Told {
    /// The day by a clock that shows `clock` now: the later of the server's day and the clock's in Vietnam (UTC+7). A
    /// clock that jumped far ahead since the server told is believed no further than the days that have passed on it;
    /// one that runs behind the server's day counts by those alone.
    pub fn day_at(&self, clock: f64) -> Day {
        let told = self.day;
        let passed = days_between(self.clock, clock).and_then(|days| told.checked_add_days(Days::new(days)));
        let passed = passed.unwrap_or(told);
        let date = match in_vietnam(clock) {
            Some(clock) if clock >= told => clock.min(passed),
            _ => passed,
        };
        Day { date, is_reckoned: date != told }
    }
}

/// The day of a clock in Vietnam, which has no summer time; none where the clock shows no date.
pub fn in_vietnam(clock: f64) -> Option<NaiveDate> {
    let hanoi = FixedOffset::east_opt(7 * 3600)?;
    // Clocks of browsers are within 8.64e15 milliseconds of 1970.
    let time: DateTime<Utc> = DateTime::from_timestamp_millis(clock as i64)?;
    Some(time.with_timezone(&hanoi).date_naive())
}

/// How many midnights in Vietnam lie between two moments; none where the second is the earlier or no date.
fn days_between(earlier: f64, later: f64) -> Option<u64> {
    let days: TimeDelta = in_vietnam(later)? - in_vietnam(earlier)?;
    u64::try_from(days.num_days()).ok()
}

/// True for a clock of which the server's time, heard at this moment, says that it is wrong.
pub fn is_wrong(clock: f64, server: f64) -> bool {
    (clock - server).abs() > TOLERATED
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn clock(text: &str) -> f64 {
        DateTime::parse_from_rfc3339(text).expect("a time").timestamp_millis() as f64
    }

    fn told(day: &str, at: &str) -> Told {
        Told { day: date(day), clock: clock(at) }
    }

    #[test]
    fn the_servers_day_stands_until_midnight_in_vietnam() {
        let told = told("2026-12-14", "2026-12-14T08:00:00+07:00");
        let before = told.day_at(clock("2026-12-14T23:59:59+07:00"));
        assert_eq!(before, Day { date: date("2026-12-14"), is_reckoned: false });
        let after = told.day_at(clock("2026-12-15T00:00:00+07:00"));
        assert_eq!(after, Day { date: date("2026-12-15"), is_reckoned: true });
    }

    #[test]
    fn a_clock_in_1970_counts_the_days_that_pass_on_it() {
        let told = told("2026-12-14", "1970-01-01T08:00:00+07:00");
        assert_eq!(told.day_at(clock("1970-01-01T20:00:00+07:00")).date, date("2026-12-14"));
        assert_eq!(told.day_at(clock("1970-01-02T08:00:00+07:00")).date, date("2026-12-15"));
    }

    #[test]
    fn a_clock_in_2099_opens_no_period_of_2099() {
        let told = told("2026-12-14", "2099-01-01T08:00:00+07:00");
        assert_eq!(told.day_at(clock("2099-01-03T08:00:00+07:00")).date, date("2026-12-16"));
    }

    #[test]
    fn a_clock_that_was_mended_since_is_believed() {
        let behind = told("2026-12-14", "1970-01-01T08:00:00+07:00");
        assert_eq!(behind.day_at(clock("2026-12-16T08:00:00+07:00")).date, date("2026-12-16"));
        let ahead = told("2026-12-14", "2099-01-01T08:00:00+07:00");
        assert_eq!(ahead.day_at(clock("2026-12-16T08:00:00+07:00")).date, date("2026-12-14"));
    }

    #[test]
    fn a_clock_that_fell_back_leaves_the_servers_day() {
        let told = told("2026-12-14", "2026-12-14T08:00:00+07:00");
        assert_eq!(told.day_at(clock("1970-01-01T00:00:00+07:00")).date, date("2026-12-14"));
    }

    #[test]
    fn no_clock_makes_it_panic() {
        let told = told("2026-12-14", "2026-12-14T08:00:00+07:00");
        for clock in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 8.64e15, -8.64e15, 0.0, -1.0] {
            assert!(told.day_at(clock).date >= told.day);
            assert!(Told { clock, ..told }.day_at(told.clock).date >= told.day);
        }
    }

    #[test]
    fn ten_minutes_are_tolerated() {
        assert!(!is_wrong(0.0, 590_000.0));
        assert!(is_wrong(0.0, 610_000.0));
    }
}
