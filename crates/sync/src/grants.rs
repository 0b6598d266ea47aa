//! Who may do what: a role, and for officers the reporters they enter for.

use crate::submission::Action;
use chitieu_domain::ReporterId;
use serde::{Deserialize, Serialize};

/// What a person is here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Enters and submits the figures of some reporters.
    Officer,
    /// Approves or returns.
    Reviewer,
    /// Publishes what is approved.
    Publisher,
    /// Reads totals and verdicts.
    Leader,
    /// Reads everything, changes nothing.
    Auditor,
    /// Keeps accounts; enters no figure.
    Admin,
}

/// A person's rights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants {
    /// Role.
    pub role: Role,
    /// An officer's reporters; empty for the other roles, whose reach is the whole plan.
    pub reporters: Vec<ReporterId>,
}

impl Grants {
    /// May enter this reporter's figures.
    pub fn may_write(&self, reporter: &ReporterId) -> bool {
        self.role == Role::Officer && self.reporters.contains(reporter)
    }

    /// May see this reporter's single figures.
    pub fn may_read(&self, reporter: &ReporterId) -> bool {
        match self.role {
            Role::Officer => self.reporters.contains(reporter),
            Role::Reviewer | Role::Publisher | Role::Auditor => true,
            Role::Leader | Role::Admin => false,
        }
    }

    /// May do this to a submission of this reporter.
    pub fn may(&self, action: Action, reporter: &ReporterId) -> bool {
        match action {
            Action::Submit => self.may_write(reporter),
            Action::Return | Action::Approve | Action::Reopen => self.role == Role::Reviewer,
            Action::Publish => self.role == Role::Publisher,
        }
    }

    /// Follows where submissions stand all over the plan.
    pub fn follows_all_submissions(&self) -> bool {
        matches!(self.role, Role::Reviewer | Role::Publisher | Role::Auditor)
    }
}
