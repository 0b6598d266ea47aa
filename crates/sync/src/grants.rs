//! Who may do what: a role, and for officers the reporters they enter for.

use crate::from_fields;
use crate::submission::Action;
use chitieu_domain::{FormIx, Model, ReporterId, ReporterIx};
use chrono::{Days, NaiveDate};
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
    /// A role of a later release: grants nothing.
    #[serde(other)]
    Unknown,
}

/// A person's rights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grants {
    /// Role.
    pub role: Role,
    /// An officer's reporters; empty for the other roles, whose reach is the whole plan.
    pub reporters: Vec<ReporterId>,
}

from_fields!(Grants { role: word, reporters: need });

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
            Role::Leader | Role::Admin | Role::Unknown => false,
        }
    }

    /// May do this to a submission of this reporter.
    pub fn may(&self, action: Action, reporter: &ReporterId) -> bool {
        match action {
            Action::Submit | Action::Ask => self.may_write(reporter),
            Action::Return | Action::Approve | Action::Reopen => self.role == Role::Reviewer,
            Action::Publish => self.role == Role::Publisher,
        }
    }

    /// The reporters whose single figures this person's device holds: its own, and for a while those they
    /// went on from.
    pub fn follows(&self, model: &Model, today: NaiveDate) -> Vec<ReporterIx> {
        let mut all: Vec<ReporterIx> = self.reporters.iter().filter_map(|r| model.reporter_ix(r)).collect();
        for place in 0..all.len() {
            for form in model.forms() {
                for other in went_on_from(model, all[place], form, today) {
                    if !all.contains(&other) {
                        all.push(other);
                    }
                }
            }
        }
        all
    }

    /// Follows what is the whole plan's: everybody who works with it.
    pub fn follows_plan(&self) -> bool {
        matches!(self.role, Role::Officer | Role::Reviewer | Role::Publisher | Role::Leader | Role::Auditor)
    }

    /// Is told that something changed anywhere, though not what: their board is the whole plan's.
    pub fn hears_of_all(&self) -> bool {
        self.follows_all_submissions() || self.role == Role::Leader
    }

    /// Follows where submissions stand all over the plan.
    pub fn follows_all_submissions(&self) -> bool {
        matches!(self.role, Role::Reviewer | Role::Publisher | Role::Auditor)
    }
}

/// How long what was taken over is asked for: the opening stock of a yearly form is due up to a year after.
const REMEMBERED: Days = Days::new(400);

/// Whose closing figures the carry-over rules of this form still ask for.
pub fn went_on_from(
    model: &Model,
    reporter: ReporterIx,
    form: FormIx,
    today: NaiveDate,
) -> impl Iterator<Item = ReporterIx> {
    let lately = move |day: NaiveDate| day <= today && today <= day + REMEMBERED;
    model.takeovers(reporter, form).into_iter().filter(move |(day, _)| lately(*day)).map(|(_, other)| other)
}
