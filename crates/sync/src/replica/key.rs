//! What cells and submissions are called.

use chitieu_domain::{PeriodId, ReporterId};
use serde::{Deserialize, Serialize};

/// A cell's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CellKey {
    /// Whose.
    pub reporter: ReporterId,
    /// When.
    pub period: PeriodId,
    /// What.
    pub element: String,
}

/// A submission's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SubmissionKey {
    /// Whose.
    pub reporter: ReporterId,
    /// When.
    pub period: PeriodId,
    /// Which form.
    pub form: String,
}
