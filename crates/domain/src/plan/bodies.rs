//! Who reports, and the tasks they answer for.

use crate::unit::Level;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A kind of body that reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// Stable id.
    pub id: String,
    /// Name, Vietnamese.
    pub name_vi: String,
    /// What it does for the plan, English.
    pub role: String,
    /// One, or one for each unit of a level.
    pub per: Per,
    /// First day; none: before the plan.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::day::maybe")]
    pub valid_from: Option<NaiveDate>,
    /// Last day; none: still in force.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::day::maybe")]
    pub valid_to: Option<NaiveDate>,
    /// Who took over.
    #[serde(default)]
    pub successor: Vec<String>,
    /// What is to be verified of it.
    #[serde(default)]
    pub note: String,
}

/// How many of an agency there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// One for a province.
    Single,
    /// One for each department, reported together.
    Department,
    /// One for each district.
    District,
    /// One for each region.
    Region,
    /// One for each commune.
    Commune,
}

impl Per {
    /// The level of which each unit has one; none where there is one for a province.
    pub fn level(self) -> Option<Level> {
        match self {
            Self::Single | Self::Department => None,
            Self::District => Some(Level::District),
            Self::Region => Some(Level::Region),
            Self::Commune => Some(Level::Commune),
        }
    }
}

/// A task of the plan without a number (`KH 188`, I and II): checked off by its output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Stable id, after the plan's section: `II.3.1a`.
    pub id: String,
    /// Section of the plan.
    pub section: String,
    /// Short title, Vietnamese.
    pub title_vi: String,
    /// Short title, English.
    pub title_en: String,
    /// The plan's own words.
    pub wording_vi: String,
    /// How it recurs.
    pub kind: TaskKind,
    /// Agencies that lead, one after the other where one took over.
    pub lead: Vec<String>,
    /// Agencies that cooperate.
    #[serde(default)]
    pub cooperating: Vec<String>,
    /// What shows that it was done; a proposal.
    pub output_vi: String,
    /// Elements that follow it.
    #[serde(default)]
    pub figures: Vec<String>,
    /// Kinds of record kept for it.
    #[serde(default)]
    pub entity: Vec<String>,
    /// False: never published, not even its status.
    pub public: bool,
    /// Remarks.
    #[serde(default)]
    pub note: String,
}

/// How a task recurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Done once.
    OneOff,
    /// Every year.
    Annual,
    /// In campaigns.
    Campaign,
    /// All the time; it is only reported on.
    Continuous,
    /// What a later release says.
    #[serde(rename = "?")]
    Unknown,
}
