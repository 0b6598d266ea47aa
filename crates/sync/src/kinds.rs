//! The kinds of changes that a device reads: what it does not name is not told to it.

use crate::entity::Kind;
use serde::{Deserialize, Serialize};

/// Figures, by their name on the wire.
pub const FIGURE: &str = "figure";
/// Cells that are cleared, by the name of their op; they are told as figures.
pub const CLEAR: &str = "clear";
/// Submissions, by their name on the wire.
pub const SUBMISSION: &str = "submission";
/// What a reviewer reads besides: the cells of the forms that wait for them, told as figures behind the submission. A device
/// that does not ask for it is told of submissions alone.
pub const REVIEW: &str = "review";
/// Most kinds that a device names; what is beyond is not told to it.
pub const MOST: usize = 64;
/// Longest name of a kind, in bytes; a longer one names nothing.
pub const LONGEST: usize = 40;

/// Some kinds by their names, in order and each once, within [`MOST`] and [`LONGEST`]. One that this program does not
/// know may be among them: a server that was put back a release has what it does not know in its log, and tells it to
/// who asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct Kinds(Vec<String>);

impl Default for Kinds {
    /// What a device reads that names none: it is of v0.1.0.
    fn default() -> Self {
        Self(vec![FIGURE.to_owned(), SUBMISSION.to_owned()])
    }
}

impl From<Vec<String>> for Kinds {
    fn from(mut names: Vec<String>) -> Self {
        names.retain(|name| name.len() <= LONGEST);
        names.sort_unstable();
        names.dedup();
        names.truncate(MOST);
        Self(names)
    }
}

impl Kinds {
    /// These kinds.
    pub fn of(names: &[&str]) -> Self {
        Self::from(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    /// Those that this program reads.
    pub fn known() -> Self {
        Self::of(&[&[FIGURE, SUBMISSION], Kind::IDS].concat())
    }

    /// What a reviewer's device reads.
    pub fn of_reviewer() -> Self {
        Self::of(&[&[FIGURE, SUBMISSION, REVIEW], Kind::IDS].concat())
    }

    /// True where this kind is among them.
    pub fn has(&self, kind: &str) -> bool {
        self.0.iter().any(|name| name == kind)
    }

    /// True where all of the others are among them.
    pub fn cover(&self, others: &Self) -> bool {
        others.0.iter().all(|kind| self.has(kind))
    }

    /// True for what a device reads that names none.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart_and_bounded() {
        let long = "k".repeat(LONGEST + 1);
        let named = Kinds::of(&["task_report", FIGURE, FIGURE, &long]);
        assert_eq!(named, Kinds::of(&[FIGURE, "task_report"]));
        assert!(named.has("task_report") && !named.has(SUBMISSION) && !named.has(&long));
        assert!(named.cover(&Kinds::of(&[FIGURE])) && !named.cover(&Kinds::default()));
        let many = serde_json::to_string(&(0..1_000).map(|n| n.to_string()).collect::<Vec<_>>());
        let read: Kinds = serde_json::from_str(&many.expect("JSON")).expect("it reads");
        assert_eq!(read.0.len(), MOST);
    }
}
