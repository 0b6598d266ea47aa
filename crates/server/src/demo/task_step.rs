//! One step in the life of a task: who does what to which assignment or report, and when.

use chitieu_sync::StreamId;
use chitieu_sync::entity::{Change, Kind};
use chrono::NaiveDate;

/// Who takes a step.
pub enum By {
    /// The steering office.
    Steering,
    /// The reviewer.
    Reviewer,
    /// The officer of the stream's reporter, by the account's name.
    Officer(String),
}

/// Something that is done to an assignment or a report.
pub struct Step {
    /// On which day, and how many minutes after the office opened.
    pub when: (NaiveDate, i64),
    /// By whom.
    pub by: By,
    /// In which stream.
    pub stream: StreamId,
    /// To which kind of thing.
    pub kind: Kind,
    /// To which of them.
    pub id: String,
    /// What changes.
    pub change: Change,
    /// Why.
    pub reason: Option<&'static str>,
}
