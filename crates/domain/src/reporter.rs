//! Reporters: the bodies that fill in forms, `agency:unit`, for example `police_commune:11977@2025-07-01`.

use crate::unit::{UnitId, UnitIdError};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An agency of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReporterId {
    agency: String,
    unit: UnitId,
}

/// Why a text is not a reporter's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReporterIdError {
    /// No colon, or an agency that is not a word of small letters, digits and underscores.
    #[error("`{0}` is not a reporter; write agency:unit, for example police_commune:11977@2025-07-01")]
    Shape(String),
    /// The unit's part is wrong.
    #[error(transparent)]
    Unit(#[from] UnitIdError),
}

impl ReporterId {
    /// Puts an agency and a unit together; the agency is one of the plan's.
    pub(crate) fn new(agency: &str, unit: UnitId) -> Self {
        Self { agency: agency.to_owned(), unit }
    }

    /// The agency's id in the plan.
    pub fn agency(&self) -> &str {
        &self.agency
    }

    /// The unit it reports for.
    pub fn unit(&self) -> &UnitId {
        &self.unit
    }
}

impl FromStr for ReporterId {
    type Err = ReporterIdError;
    fn from_str(text: &str) -> Result<Self, ReporterIdError> {
        let wrong = || ReporterIdError::Shape(text.chars().take(80).collect());
        let (agency, unit) = text.split_once(':').ok_or_else(wrong)?;
        let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if agency.is_empty() || agency.len() > 60 || !agency.bytes().all(word) {
            return Err(wrong());
        }
        Ok(Self { agency: agency.to_owned(), unit: unit.parse()? })
    }
}

impl TryFrom<String> for ReporterId {
    type Error = ReporterIdError;
    fn try_from(text: String) -> Result<Self, ReporterIdError> {
        text.parse()
    }
}

impl From<ReporterId> for String {
    fn from(id: ReporterId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for ReporterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.agency, self.unit)
    }
}
