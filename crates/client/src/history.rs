//! One undo and one redo for one action of a person; a paste is one action.

use chitieu_sync::replica::{CellKey, CellStatus, CellView};

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
    pub(crate) fn is_in(&self, view: &CellView) -> bool {
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
