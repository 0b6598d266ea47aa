//! One undo and one redo for one action of a person; a paste is one action.

use crate::commands::Entry;
use chitieu_sync::replica::{CellKey, CellStatus, CellView, Change, Replica};

/// Most actions that are remembered.
const MOST: usize = 100;

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// There is one, "no data yet" included.
    pub answered: bool,
    /// The value.
    pub value: Option<i64>,
    /// Why there is none.
    pub reason: Option<String>,
    /// A remark on the figure.
    pub note: Option<String>,
    /// Ước thực hiện.
    pub estimated: bool,
    /// It never left this device when it was looked at.
    pub is_unsent: bool,
}

impl From<&CellView> for Answer {
    fn from(view: &CellView) -> Self {
        Self {
            answered: view.answered,
            value: view.value,
            reason: view.reason.clone(),
            note: view.note.clone(),
            estimated: view.estimated,
            is_unsent: view.status == CellStatus::Saved,
        }
    }
}

impl Answer {
    /// True where the cell says this, whatever was given as a reason.
    fn is_in(&self, view: &CellView) -> bool {
        (self.answered, self.value, self.estimated) == (view.answered, view.value, view.estimated)
            && self.note == view.note
    }
}

/// One cell's part in an action. One whose answers are the same changed nothing: a text that does not read was put
/// into its field, and goes when the action is undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which cell.
    pub key: CellKey,
    /// Before the action.
    pub before: Answer,
    /// After it.
    pub after: Answer,
}

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

    /// True where the cell is as it is to be once its unsent figure is taken back.
    fn is_below_unsent(&self, which: Undo, replica: &Replica) -> bool {
        let (from, to) = self.ends(which);
        let is_below = match which {
            // What was unsent before the action was replaced in its place.
            Undo::Back => !to.is_unsent,
            Undo::Again => !to.answered && replica.is_empty_without_unsent(&self.key),
        };
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

/// The actions of a person on one form.
#[derive(Debug, Default)]
pub struct History {
    done: Vec<Vec<Step>>,
    undone: Vec<Vec<Step>>,
}

impl History {
    /// Takes an action; what was undone before it cannot be made again.
    pub fn push(&mut self, action: Vec<Step>) {
        if action.is_empty() {
            return;
        }
        self.undone.clear();
        if self.done.len() == MOST {
            self.done.remove(0);
        }
        self.done.push(action);
    }

    /// The action to undo now.
    pub fn undo(&mut self) -> Option<Vec<Step>> {
        self.done.pop()
    }

    /// These steps of an action were undone.
    pub fn undone(&mut self, steps: Vec<Step>) {
        if !steps.is_empty() {
            self.undone.push(steps);
        }
    }

    /// The action to make again now.
    pub fn redo(&mut self) -> Option<Vec<Step>> {
        self.undone.pop()
    }

    /// These steps were made again.
    pub fn redone(&mut self, steps: Vec<Step>) {
        if !steps.is_empty() {
            self.done.push(steps);
        }
    }

    /// Whether there is anything to undo, and anything to make again.
    pub fn has(&self) -> (bool, bool) {
        (!self.done.is_empty(), !self.undone.is_empty())
    }
}
