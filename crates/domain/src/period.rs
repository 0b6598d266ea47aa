//! Names of periods: `2024`, `2024-H1`, `2024-9M`, `2024-Q3`, `2024-05`, `2021-2025`.
//!
//! A name says nothing of days; those depend on the calendar (see [`crate::calendar`]). A year, half or
//! quarter is named after its business year, a month after the calendar month in which it ends.

mod sheet;

pub use sheet::SheetPeriodError;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The name of a period, without its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PeriodId {
    /// A business year.
    Year(i16),
    /// Half a business year, 1 or 2.
    Half(i16, u8),
    /// The first nine months of a business year.
    NineMonths(i16),
    /// A quarter of a business year, 1 to 4.
    Quarter(i16, u8),
    /// A month, 1 to 12, of the calendar year in which it ends.
    Month(i16, u8),
    /// Several business years, first and last.
    Years(i16, i16),
}

/// Why a text is not the name of a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a period; write 2024, 2024-H1, 2024-9M, 2024-Q3, 2024-05 or 2021-2025")]
pub struct PeriodError(pub String);

/// Years a period may lie in; outside, calendar arithmetic has no use and a typing error is likely.
pub(crate) const YEARS: std::ops::RangeInclusive<i16> = 1990..=2200;

impl FromStr for PeriodId {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let wrong = || PeriodError(text.chars().take(40).collect());
        let year = |part: &str| -> Result<i16, PeriodError> {
            if part.len() != 4 || !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err(wrong());
            }
            part.parse().ok().filter(|y| YEARS.contains(y)).ok_or_else(wrong)
        };
        let Some((head, tail)) = text.split_once('-') else {
            return year(text).map(Self::Year);
        };
        let y = year(head)?;
        match tail {
            "H1" => Ok(Self::Half(y, 1)),
            "H2" => Ok(Self::Half(y, 2)),
            "9M" => Ok(Self::NineMonths(y)),
            "Q1" => Ok(Self::Quarter(y, 1)),
            "Q2" => Ok(Self::Quarter(y, 2)),
            "Q3" => Ok(Self::Quarter(y, 3)),
            "Q4" => Ok(Self::Quarter(y, 4)),
            _ if tail.len() == 4 => {
                let last = year(tail)?;
                if last > y { Ok(Self::Years(y, last)) } else { Err(wrong()) }
            }
            _ if tail.len() == 2 && tail.bytes().all(|b| b.is_ascii_digit()) => match tail.parse() {
                Ok(month @ 1..=12) => Ok(Self::Month(y, month)),
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for PeriodId {
    type Error = PeriodError;
    fn try_from(text: String) -> Result<Self, PeriodError> {
        text.parse()
    }
}

impl From<PeriodId> for String {
    fn from(id: PeriodId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for PeriodId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(y) => write!(f, "{y:04}"),
            Self::Half(y, h) => write!(f, "{y:04}-H{h}"),
            Self::NineMonths(y) => write!(f, "{y:04}-9M"),
            Self::Quarter(y, q) => write!(f, "{y:04}-Q{q}"),
            Self::Month(y, m) => write!(f, "{y:04}-{m:02}"),
            Self::Years(a, b) => write!(f, "{a:04}-{b:04}"),
        }
    }
}

/// A period as a number: tells periods apart, and orders those of one length as time does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PeriodKey(u32);

impl From<PeriodId> for PeriodKey {
    fn from(period: PeriodId) -> Self {
        let (kind, year, nth) = match period {
            PeriodId::Year(y) => (0, y, 0),
            PeriodId::Half(y, h) => (1, y, u32::from(h)),
            PeriodId::NineMonths(y) => (2, y, 0),
            PeriodId::Quarter(y, q) => (3, y, u32::from(q)),
            PeriodId::Month(y, m) => (4, y, u32::from(m)),
            PeriodId::Years(a, b) => (5, a, u32::from(b.unsigned_abs())),
        };
        Self(kind << 28 | u32::from(year.unsigned_abs()) << 16 | nth)
    }
}

impl From<PeriodKey> for PeriodId {
    fn from(PeriodKey(key): PeriodKey) -> Self {
        let (year, nth) = ((key >> 16 & 0xfff) as i16, (key & 0xffff) as u8);
        match key >> 28 {
            0 => Self::Year(year),
            1 => Self::Half(year, nth),
            2 => Self::NineMonths(year),
            3 => Self::Quarter(year, nth),
            4 => Self::Month(year, nth),
            _ => Self::Years(year, (key & 0xffff) as i16),
        }
    }
}

impl PeriodId {
    /// The same period one year earlier; a span of years moves by one year too.
    pub fn a_year_earlier(self) -> Self {
        match self {
            Self::Year(y) => Self::Year(y - 1),
            Self::Half(y, h) => Self::Half(y - 1, h),
            Self::NineMonths(y) => Self::NineMonths(y - 1),
            Self::Quarter(y, q) => Self::Quarter(y - 1, q),
            Self::Month(y, m) => Self::Month(y - 1, m),
            Self::Years(a, b) => Self::Years(a - 1, b - 1),
        }
    }

    /// The period of the same length that ends where this one begins. Spans of years and nine months
    /// have none.
    pub fn previous(self) -> Option<Self> {
        Some(match self {
            Self::Year(y) => Self::Year(y - 1),
            Self::Half(y, 2) => Self::Half(y, 1),
            Self::Half(y, _) => Self::Half(y - 1, 2),
            Self::Quarter(y, 1) => Self::Quarter(y - 1, 4),
            Self::Quarter(y, q) => Self::Quarter(y, q - 1),
            Self::Month(y, 1) => Self::Month(y - 1, 12),
            Self::Month(y, m) => Self::Month(y, m - 1),
            Self::NineMonths(_) | Self::Years(..) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_as_itself() {
        for name in ["2024", "2024-H1", "2024-H2", "2024-9M", "2024-Q3", "2024-05", "2016-2020"] {
            let period = name.parse::<PeriodId>().expect(name);
            assert_eq!(period.to_string(), name);
            assert_eq!(PeriodId::from(PeriodKey::from(period)), period);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for name in
            ["", "24", "2024-", "2024-13", "2024-00", "2024-Q5", "2024-h1", "2025-2021", "２０２４", "2024-5"]
        {
            assert!(name.parse::<PeriodId>().is_err(), "{name}");
        }
    }

    #[test]
    fn previous_crosses_the_year() {
        assert_eq!(PeriodId::Month(2024, 1).previous(), Some(PeriodId::Month(2023, 12)));
        assert_eq!(PeriodId::Quarter(2024, 1).previous(), Some(PeriodId::Quarter(2023, 4)));
    }
}
