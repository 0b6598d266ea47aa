//! Which figures a person is told the sums and verdicts of: the one function that decides it, for what the server
//! answers and for what the app shows.
//!
//! A form that is being filled in, or was returned, is its reporter's draft. Nobody else's sums rest on it but those of
//! who reviews or leads there. Numbers of sensitive elements are nobody's ([`chitieu_domain::privacy::publishable`]).

use crate::grants::{Grants, Role};
use crate::submission::State;
use chitieu_domain::{Model, ReporterIx, UnitIx};
use chrono::NaiveDate;

/// The figures that sums and verdicts over a scope rest on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Sight {
    /// Those of submitted forms, and of these reporters, in order, drafts too.
    Submitted(Vec<ReporterIx>),
    /// Drafts too, of everybody.
    All,
}

impl Sight {
    /// True where a figure counts: whose it is, and where the form stands that it belongs to.
    pub fn rests_on(&self, reporter: ReporterIx, state: State) -> bool {
        match self {
            Self::All => true,
            Self::Submitted(own) => state.is_submitted() || own.binary_search(&reporter).is_ok(),
        }
    }
}

/// What a person with these rights is told of a scope on a day; none where it is nothing. An officer may ask for the
/// plan's own territory and for any scope that contains their unit.
pub fn sight(grants: &Grants, model: &Model, scope: UnitIx, today: NaiveDate) -> Option<Sight> {
    match grants.role {
        Role::Admin | Role::Unknown => None,
        // Their reach is the whole plan.
        Role::Reviewer | Role::Leader => Some(Sight::All),
        Role::Publisher | Role::Auditor => Some(Sight::Submitted(Vec::new())),
        Role::Officer => {
            let mut units = grants.reporters.iter().filter_map(|id| model.reporter_ix(id));
            let contains = |reporter| model.is_inside(model.reporter(reporter).unit, scope);
            if scope != model.own_territory() && !units.any(contains) {
                return None;
            }
            let mut own = grants.follows(model, today);
            own.sort_unstable();
            Some(Sight::Submitted(own))
        }
    }
}
