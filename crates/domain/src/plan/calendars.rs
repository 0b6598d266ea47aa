//! Calendars as a plan declares them; [`crate::calendar`] computes with them.

use serde::{Deserialize, Serialize};

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
    /// One of a later release: the form has no period here.
    #[serde(rename = "?")]
    Unknown,
}

/// A way of cutting time into business months and years. A business year is named after the calendar year it
/// ends in, a month after the calendar month it ends in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Stable id, which forms and targets name.
    pub id: String,
    /// Name, Vietnamese.
    pub name_vi: String,
    /// Name, English.
    pub name_en: String,
    /// The day of the month by which its forms are due at the latest, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_by_day: Option<u8>,
    /// Where its years begin; each segment holds until the next.
    #[serde(rename = "segment", default)]
    pub segments: Vec<Segment>,
}

/// Where business years begin, from one of them on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// The first business year it holds for; none for the first segment, which holds for all years before the
    /// next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_year: Option<i16>,
    /// The calendar month in which the business year begins, 1 to 12.
    pub first_month: u8,
    /// The day on which it and each of its months begin, 1 to 28.
    pub first_day: u8,
    /// Which year has other than twelve months because of the change.
    #[serde(default)]
    pub borne_by: BorneBy,
    /// The other reading of the change, said beside verdicts that it would move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternative: Option<BorneBy>,
}

/// The year that is shortened or lengthened where the beginning of the years moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BorneBy {
    /// The last year of the old segment: it ends where the new one begins.
    #[default]
    OldYear,
    /// The first year of the new segment: it begins where the old one would have had it begin.
    NewYear,
    /// What a later release says.
    #[serde(rename = "?")]
    Unknown,
}

impl Calendar {
    /// The four that v0.1.0 knew by name, with the days it gave them: what a device of that release has kept
    /// says no more of them than these names.
    pub fn of_v0_1_0() -> Vec<Self> {
        let one = |(id, first_month, first_day): (&str, u8, u8)| Self {
            id: id.to_owned(),
            name_vi: String::new(),
            name_en: String::new(),
            due_by_day: (id == "admin").then_some(25),
            segments: vec![Segment {
                from_year: None,
                first_month,
                first_day,
                borne_by: BorneBy::OldYear,
                alternative: None,
            }],
        };
        [("admin", 12, 15), ("procuracy", 12, 1), ("court", 10, 1), ("statistics", 1, 1)].map(one).into()
    }
}
