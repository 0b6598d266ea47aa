//! What cells and submissions are called.

use chitieu_domain::{Model, PeriodId, ReporterId};
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

impl SubmissionKey {
    /// The cells of its form, in row order; none where the plan does not know the form.
    pub fn cells(&self, model: &Model) -> Vec<CellKey> {
        let elements = model.form_ix(&self.form).into_iter().flat_map(|form| model.elements_of(form));
        let cell = |element: &str| CellKey {
            reporter: self.reporter.clone(),
            period: self.period,
            element: element.to_owned(),
        };
        elements.map(|(_, element)| cell(&element.id)).collect()
    }
}
