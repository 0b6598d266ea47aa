//! Which units have a programme of a year, for who oversees them.

use super::{Programme, State, read};
use chitieu_domain::model::{Model, ReporterIx};
use chitieu_sync::entity::Kind;
use chitieu_sync::entity::annual_plan_document::{is_kept_by, is_owed_by};
use chitieu_sync::replica::Replica;
use chrono::NaiveDate;

/// What a unit has for a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Has {
    /// Nothing.
    None,
    /// A draft past the day by which it was to be issued.
    DraftLate,
    /// A draft.
    Draft,
    /// One that was issued after its day.
    IssuedLate,
    /// One that was issued in time, or to no day.
    Issued,
}

impl Has {
    /// Every one of them, the most pressing first.
    pub const ALL: [Self; 5] = [Self::None, Self::DraftLate, Self::Draft, Self::IssuedLate, Self::Issued];

    /// What a programme is on a day.
    pub fn of(programme: &Programme, today: NaiveDate) -> Self {
        match (programme.state, programme.is_late(today)) {
            (State::None, _) => Self::None,
            (State::Drafting, true) => Self::DraftLate,
            (State::Drafting, false) => Self::Draft,
            (State::Issued, true) => Self::IssuedLate,
            (State::Issued, false) => Self::Issued,
        }
    }
}

/// A unit with what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Whose.
    pub who: ReporterIx,
    /// What.
    pub has: Has,
    /// True for who is asked for one; who is not is listed where it has one nevertheless, and never counted.
    pub owes: bool,
    /// The programme; empty where there is none.
    pub programme: Programme,
}

/// How many units have what, in the order of [`Has::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts([usize; 5]);

impl Counts {
    /// Counts those who owe one.
    pub fn of(all: &[Held]) -> Self {
        let mut counts = Self::default();
        for one in all.iter().filter(|one| one.owes) {
            counts.0[one.has as usize] += 1;
        }
        counts
    }

    /// So many have this.
    pub fn has(&self, has: Has) -> usize {
        self.0[has as usize]
    }

    /// All of them.
    pub fn all(&self) -> usize {
        self.0.iter().sum()
    }
}

/// What each unit has for a year, of those of whom `is_seen` says so: all that owe a programme of that year and whoever else has
/// one, in the plan's order. The ground that joined the province is in it from the day on which it joined; a provincial agency,
/// which reports figures for each of the former provinces, has one programme, kept where the plan's own territory is.
pub fn held(
    model: &Model,
    replica: &Replica,
    year: i16,
    today: NaiveDate,
    is_seen: &dyn Fn(ReporterIx) -> bool,
) -> Vec<Held> {
    let keys = replica.entities_of(Kind::AnnualPlanItem);
    let all = (0..model.reporters().len() as u32).map(ReporterIx);
    let kept =
        all.filter(|who| model.speaks_for_itself(*who) && is_kept_by(model, *who, year) && is_seen(*who));
    let of = |who| {
        let programme = read((model, replica), &keys, (who, year), today);
        Held { who, has: Has::of(&programme, today), owes: is_owed_by(model, who, year), programme }
    };
    kept.map(of).filter(|one| one.owes || one.has != Has::None).collect()
}
