//! Which figures a person is told the sums and verdicts of: the one function that decides it, for what the server
//! answers and for what the app shows.
//!
//! A form that is being filled in, or was returned, is its reporter's draft. Nobody else's sums rest on it but those of
//! who reviews or leads there. Numbers of sensitive elements are nobody's ([`chitieu_domain::privacy::publishable`]).

use crate::grants::Grants;
use crate::rights::{Right, Thing};
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

/// What a person with these grants is told of a scope on a day; none where it is nothing.
pub fn sight(grants: &Grants, model: &Model, scope: UnitIx, today: NaiveDate) -> Option<Sight> {
    let may = |right| grants.allows(right, Thing::Unit(scope), model, today);
    if may(Right::ReadDrafts) {
        return Some(Sight::All);
    }
    may(Right::ReadSums).then(|| Sight::Submitted(grants.summed_here(model, today)))
}
