//! Turns of a task: `2026-Q3`, `2026`, `once`, `2026-07-01`.

use crate::day;
use crate::period::PeriodId;
use crate::plan::TaskKind;
use chrono::NaiveDate;
use std::fmt;
use std::str::FromStr;

/// One turn of a task, which is reported on by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Occurrence {
    /// A period: of a task without end a quarter, of a yearly one a year.
    Period(PeriodId),
    /// The turn of a task that is done once.
    Once,
    /// A campaign, named by its first day, or the day of the event for which something is done once more.
    On(NaiveDate),
}

/// Why a text is not the name of a turn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no turn of a task; write 2026-Q3, 2026, once or 2026-07-01")]
pub struct OccurrenceError(pub String);

impl Occurrence {
    /// True where a task of this kind has such turns. Quarters are taken for every kind, because releases before the turns
    /// reported every task by quarter.
    pub fn fits(self, kind: TaskKind) -> bool {
        match self {
            Self::Period(PeriodId::Quarter(..)) => true,
            Self::Period(PeriodId::Year(_)) => kind == TaskKind::Annual,
            Self::Period(_) => false,
            Self::Once => kind == TaskKind::OneOff,
            Self::On(_) => matches!(kind, TaskKind::Campaign | TaskKind::OneOff),
        }
    }
}

impl FromStr for Occurrence {
    type Err = OccurrenceError;

    fn from_str(text: &str) -> Result<Self, OccurrenceError> {
        if text == "once" {
            return Ok(Self::Once);
        }
        if let Some(day) = day::parse(text) {
            return Ok(Self::On(day));
        }
        text.parse().map(Self::Period).map_err(|_| OccurrenceError(text.chars().take(40).collect()))
    }
}

impl fmt::Display for Occurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Period(period) => period.fmt(f),
            Self::Once => f.write_str("once"),
            Self::On(day) => write!(f, "{day}"),
        }
    }
}
