//! Days as they are written: `2026-11-22`. A tenth of the code that reads every format of a date.

use chrono::NaiveDate;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeSet;
use std::fmt;

/// Reads a day; none where it is not one.
pub fn parse(text: &str) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return None };
    let number = |digits: &[u8]| {
        digits
            .iter()
            .try_fold(0_u32, |n, digit| digit.is_ascii_digit().then(|| n * 10 + u32::from(digit - b'0')))
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?)
}

/// A day on its way, for `#[serde(with = "chitieu_domain::day")]`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Day(NaiveDate);

struct DayVisitor;

impl Visitor<'_> for DayVisitor {
    type Value = Day;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a day such as 2026-11-22")
    }
    // Judged here, not after: a plan file's error then points at the day and not at the list it is in.
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Day, E> {
        parse(text)
            .map(Day)
            .ok_or_else(|| E::custom(format_args!("`{text}` is not a day such as 2026-11-22")))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(DayVisitor)
    }
}

/// Reads a day.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    Day::deserialize(deserializer).map(|day| day.0)
}

/// Writes a day.
pub fn serialize<S: Serializer>(day: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
    day.serialize(serializer)
}

/// A day that may be absent.
pub mod maybe {
    use super::{Day, Deserialize, Deserializer, NaiveDate, Serialize, Serializer};

    /// Reads a day, or none.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
        Ok(Option::<Day>::deserialize(deserializer)?.map(|day| day.0))
    }

    /// Writes a day, or none.
    pub fn serialize<S: Serializer>(day: &Option<NaiveDate>, serializer: S) -> Result<S::Ok, S::Error> {
        day.serialize(serializer)
    }
}

/// A set of days.
pub mod set {
    use super::{BTreeSet, Day, Deserialize, Deserializer, NaiveDate, Serialize, Serializer};

    /// Reads days.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<NaiveDate>, D::Error> {
        Ok(Vec::<Day>::deserialize(deserializer)?.into_iter().map(|day| day.0).collect())
    }

    /// Writes days.
    pub fn serialize<S: Serializer>(days: &BTreeSet<NaiveDate>, serializer: S) -> Result<S::Ok, S::Error> {
        days.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_as_it_is_written_and_nothing_else_does() {
        for day in ["2021-01-01", "2024-02-29", "2026-12-31"] {
            assert_eq!(parse(day).map(|d| d.to_string()).as_deref(), Some(day));
        }
        for wrong in ["", "2023-02-29", "2023-13-01", "2023-1-01", "22/11/2026", "2023-01-01 ", "+023-01-01"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
