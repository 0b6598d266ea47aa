//! How an action is taken back, or made again.

use crate::commands::Entry;
use crate::history::{Answer, Step};
use chitieu_sync::replica::{Change, Replica};

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undo {
    /// The last action is taken back.
    Back,
    /// The one taken back last is made again.
    Again,
}

impl Step {
    /// True where no figure was made.
    fn is_text_alone(&self) -> bool {
        self.before == self.after
    }

    /// What the cell says, and what it is to say.
    fn ends(&self, which: Undo) -> (&Answer, &Answer) {
        match which {
            Undo::Back => (&self.after, &self.before),
            Undo::Again => (&self.before, &self.after),
        }
    }

    /// True where the cell is as it is to be once its unsent figure is taken back, or shows what somebody else has given it since:
    /// what a person takes back is their own.
    fn is_below_unsent(&self, which: Undo, replica: &Replica) -> bool {
        let (from, to) = self.ends(which);
        let Some(below) = replica.cell_below_unsent(&self.key) else { return false };
        let is_below = to.is_in(&below) || (which == Undo::Back && below.foreign.is_some());
        is_below && !self.is_text_alone() && from.is_in(&replica.cell(&self.key))
    }

    /// What the person would give the cell to take this step back, or to make it again: nothing where it was not changed. An error
    /// where the cell says something else by now, which is left alone.
    pub fn given(&self, which: Undo, replica: &Replica) -> Result<Option<Entry>, Option<i64>> {
        if self.is_text_alone() {
            return Ok(None);
        }
        let (from, to) = self.ends(which);
        let view = replica.cell(&self.key);
        if !from.is_in(&view) {
            return Err(view.value);
        }
        let (key, seen, Answer { value, reason, note, estimated, .. }) =
            (self.key.clone(), view.seen(), to.clone());
        let (cleared, marks, resolves) = (!to.answered, Some((note, estimated)), Vec::new());
        Ok(Some(Entry { key, seen, value, reason, cleared, marks, resolves }))
    }
}

/// What takes back the figures of an action that never left, together, and of which steps that is. The others have to be
/// given another answer ([`Step::given`]).
pub fn take_back(steps: &[Step], which: Undo, replica: &Replica) -> (Vec<Change>, Vec<bool>) {
    let (mut keys, mut taken) = (Vec::new(), Vec::new());
    for step in steps {
        let is_below = step.is_below_unsent(which, replica);
        if is_below {
            keys.push(&step.key);
        }
        taken.push(is_below);
    }
    let (changes, mut found) = replica.take_back_all(&keys);
    found.reverse();
    for is_taken in taken.iter_mut().filter(|is_below| **is_below) {
        *is_taken = found.pop() == Some(true);
    }
    (changes, taken)
}
