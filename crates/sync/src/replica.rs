//! A device's copy of what it follows, with everything it has not sent yet lying over it as a layer.
//!
//! Pure: every method says what must be written as [`Change`]s, to be stored in one transaction *before*
//! the screen calls anything saved. A pull never touches the layer; no outcome removes a value.

use crate::message::{Event, EventBody, OpResult, SubmissionStanding};
use crate::op::{Act, Base, Op};
use crate::outcome::{Branch, Head, Outcome};
use chitieu_domain::{PeriodId, ReporterId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

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

/// A cell as the server last told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ServerCell {
    /// Value in force.
    pub head: Option<Head>,
    /// Contested values.
    #[serde(default)]
    pub branches: Vec<Branch>,
}

/// An op that waits, or whose answer somebody has to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The op.
    pub op: Op,
    /// Has left the device, or may have: it never changes again.
    pub frozen: bool,
    /// The head's revision when the op was made; another one since means the server's value changed.
    pub seen_rev: u64,
    /// An answer that needs a person: conflict, rejected; or held.
    #[serde(default)]
    pub outcome: Option<Outcome>,
}

/// What must be written down, all of it in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A cell of the server's.
    Cell(CellKey, ServerCell),
    /// A submission of the server's.
    Submission(SubmissionKey, SubmissionStanding),
    /// An op of the outbox, by `device_seq`.
    Waiting(u64, Box<Waiting>),
    /// An op that is recorded on the server and needs nobody.
    Done(u64),
    /// The cursor, stored with its page.
    Cursor(String),
}

/// How a cell stands on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellStatus {
    /// Nothing was ever entered.
    Empty,
    /// Durable here, not sent.
    Saved,
    /// On its way; the answer is not here yet.
    Sending,
    /// Recorded on the server.
    Sent,
    /// Two values.
    Contested,
    /// The server did not admit it; the value is kept.
    Rejected(crate::outcome::Rejection),
}

/// A cell as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellView {
    /// The value, own unsent one first.
    pub value: Option<i64>,
    /// True when there is an answer, "no data yet" included.
    pub answered: bool,
    /// Why there is no value.
    pub reason: Option<String>,
    /// How it stands.
    pub status: CellStatus,
    /// What the server has, where it differs from `value`.
    pub head: Option<Head>,
    /// Values in contest with the head.
    pub branches: Vec<Branch>,
    /// The server's value changed since the unsent one was typed.
    pub changed_since: bool,
}

/// What stands in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Durable here and not known to be on the server.
    pub waiting: usize,
    /// In contest.
    pub contested: usize,
    /// Not admitted.
    pub rejected: usize,
}

/// The device's copy.
#[derive(Debug, Clone, Default)]
pub struct Replica {
    cells: HashMap<CellKey, ServerCell>,
    submissions: HashMap<SubmissionKey, SubmissionStanding>,
    outbox: BTreeMap<u64, Waiting>,
    cursor: Option<String>,
    last_seq: u64,
}

impl Replica {
    /// Takes up what was stored. `last_seq` is the highest `device_seq` ever given out here.
    pub fn restore(stored: impl IntoIterator<Item = Change>, last_seq: u64) -> Self {
        let mut replica = Self { last_seq, ..Self::default() };
        for change in stored {
            replica.apply(&change);
        }
        replica
    }

    /// Takes a change that was stored.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Cell(key, cell) => {
                self.cells.insert(key.clone(), cell.clone());
            }
            Change::Submission(key, standing) => {
                self.submissions.insert(key.clone(), standing.clone());
            }
            Change::Waiting(seq, waiting) => {
                self.last_seq = self.last_seq.max(*seq);
                self.outbox.insert(*seq, (**waiting).clone());
            }
            Change::Done(seq) => {
                self.outbox.remove(seq);
            }
            Change::Cursor(cursor) => self.cursor = Some(cursor.clone()),
        }
    }

    /// Where the device stands in the server's streams.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// Forgets the cursor, so that the next pull starts with a snapshot. The outbox is untouched.
    pub fn start_over(&mut self) {
        self.cursor = None;
    }

    /// The next free `device_seq`.
    pub fn next_seq(&self) -> u64 {
        self.last_seq + 1
    }

    /// All server cells.
    pub fn server_cells(&self) -> impl Iterator<Item = (&CellKey, &ServerCell)> {
        self.cells.iter()
    }

    /// The outbox, oldest first.
    pub fn outbox(&self) -> impl Iterator<Item = &Waiting> {
        self.outbox.values()
    }

    fn last_of(&self, key: &CellKey) -> Option<(&u64, &Waiting)> {
        self.outbox.iter().rev().find(|(_, w)| is_about(&w.op, key))
    }

    /// The base a new figure for this cell has, given that the person sees what [`Replica::cell`] shows, and
    /// the op it takes the place of, where that one never left the device.
    pub fn base_for(&self, key: &CellKey) -> (Base, Option<u64>) {
        let head = self.cells.get(key).and_then(|c| c.head.as_ref());
        let rev = head.map_or(0, |h| h.rev);
        match self.last_of(key) {
            // The server's value changed since, and is in view now: it is the base, coalesced or not.
            Some((seq, w)) if w.seen_rev != rev => (Base::Rev(rev), (!w.frozen).then_some(*seq)),
            Some((seq, w)) if !w.frozen => (w.op.base, Some(*seq)),
            Some((_, w)) if needs_person(w) => (Base::Rev(rev), None),
            Some((_, w)) => (Base::Op(w.op.op_id), None),
            None => (Base::Rev(rev), None),
        }
    }

    /// The value in view as a submit covers it: an unsent op, or the server's revision.
    pub fn cover_of(&self, key: &CellKey) -> Base {
        match self.last_of(key) {
            Some((_, w)) if w.outcome.is_none() => Base::Op(w.op.op_id),
            _ => Base::Rev(self.cells.get(key).and_then(|c| c.head.as_ref()).map_or(0, |h| h.rev)),
        }
    }

    /// The change that keeps a new op. It must be stored before it is applied.
    pub fn keep(&self, op: Op) -> Change {
        let seen_rev = match &op.act {
            Act::Figure { element, .. } => {
                let key =
                    CellKey { reporter: op.reporter.clone(), period: op.period, element: element.clone() };
                self.cells.get(&key).and_then(|c| c.head.as_ref()).map_or(0, |h| h.rev)
            }
            Act::Submission { form, .. } => {
                self.submission(&SubmissionKey {
                    reporter: op.reporter.clone(),
                    period: op.period,
                    form: form.clone(),
                })
                .rev
            }
        };
        Change::Waiting(op.device_seq, Box::new(Waiting { op, frozen: false, seen_rev, outcome: None }))
    }

    /// A cell as the person sees it.
    pub fn cell(&self, key: &CellKey) -> CellView {
        let server = self.cells.get(key);
        let head = server.and_then(|c| c.head.clone());
        let branches = server.map(|c| c.branches.clone()).unwrap_or_default();
        let rev = head.as_ref().map_or(0, |h| h.rev);
        if let Some((_, w)) = self.last_of(key) {
            let Act::Figure { value, .. } = &w.op.act else { unreachable!("is_about found a figure") };
            let status = match &w.outcome {
                Some(Outcome::Rejected { code }) => CellStatus::Rejected(*code),
                Some(Outcome::Conflict { .. }) => CellStatus::Contested,
                _ if !branches.is_empty() => CellStatus::Contested,
                _ if w.frozen => CellStatus::Sending,
                _ => CellStatus::Saved,
            };
            // What is contested has a head that stands; the own value is one of the branches.
            let shown = if status == CellStatus::Contested && w.outcome.is_some() {
                head.as_ref().and_then(|h| h.value)
            } else {
                *value
            };
            return CellView {
                value: shown,
                answered: true,
                reason: w.op.reason.clone(),
                status,
                changed_since: w.seen_rev != rev,
                head,
                branches,
            };
        }
        let status = match (&head, branches.is_empty()) {
            (_, false) => CellStatus::Contested,
            (None, true) => CellStatus::Empty,
            (Some(_), true) => CellStatus::Sent,
        };
        CellView {
            value: head.as_ref().and_then(|h| h.value),
            answered: head.is_some(),
            reason: head.as_ref().and_then(|h| h.reason.clone()),
            status,
            head: None,
            branches,
            changed_since: false,
        }
    }

    /// Where a submission stands, own unsent steps included.
    pub fn submission(&self, key: &SubmissionKey) -> SubmissionStanding {
        let mut standing = self.submissions.get(key).cloned().unwrap_or_default();
        for waiting in self.outbox.values().filter(|w| w.outcome.is_none()) {
            let Act::Submission { form, action, .. } = &waiting.op.act else { continue };
            if *form == key.form && waiting.op.reporter == key.reporter && waiting.op.period == key.period {
                standing.state = standing.state.after(*action).unwrap_or(standing.state);
            }
        }
        standing
    }

    /// Every submission the server told of.
    pub fn submissions(&self) -> impl Iterator<Item = (&SubmissionKey, &SubmissionStanding)> {
        self.submissions.iter()
    }

    /// What waits, what is contested, what was rejected.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for waiting in self.outbox.values() {
            match waiting.outcome {
                Some(Outcome::Rejected { .. }) => tally.rejected += 1,
                Some(Outcome::Conflict { .. }) => {}
                _ => tally.waiting += 1,
            }
        }
        tally.contested = self.cells.values().filter(|c| !c.branches.is_empty()).count();
        tally
    }

    /// The next ops to send and the changes that freeze them. Store the changes first, then send.
    pub fn next_push(&self, most: usize) -> (Vec<Change>, Vec<Op>) {
        // A held op is asked about again: its stored result comes back once it was judged.
        let open = |w: &Waiting| matches!(w.outcome, None | Some(Outcome::Held));
        let ready = self.outbox.iter().filter(|(_, w)| open(w)).take(most);
        let mut changes = Vec::new();
        let mut ops = Vec::new();
        for (seq, waiting) in ready {
            ops.push(waiting.op.clone());
            if !waiting.frozen {
                changes.push(Change::Waiting(*seq, Box::new(Waiting { frozen: true, ..waiting.clone() })));
            }
        }
        (changes, ops)
    }

    /// What the server's answers change.
    pub fn on_results(&self, results: &[OpResult]) -> Vec<Change> {
        let mut changes = Vec::new();
        for result in results {
            let found = self.outbox.iter().find(|(_, w)| w.op.op_id == result.op_id);
            let Some((seq, waiting)) = found else { continue };
            match &result.outcome {
                Outcome::Applied { rev, .. } => {
                    changes.push(self.recorded(&waiting.op, *rev));
                    changes.push(Change::Done(*seq));
                }
                // The head's author and time come with the next pull.
                Outcome::SameValue { .. } => changes.push(Change::Done(*seq)),
                other => {
                    if let (Outcome::Conflict { conflict_id, head }, Some(key)) =
                        (other, cell_of(&waiting.op))
                    {
                        changes.push(self.contested(key, *conflict_id, head, &waiting.op));
                    }
                    let kept = Waiting { frozen: true, outcome: Some(other.clone()), ..waiting.clone() };
                    changes.push(Change::Waiting(*seq, Box::new(kept)));
                }
            }
        }
        changes
    }

    /// The head or standing that an applied op made.
    fn recorded(&self, op: &Op, rev: u64) -> Change {
        match &op.act {
            Act::Figure { element, value, resolves, .. } => {
                let key =
                    CellKey { reporter: op.reporter.clone(), period: op.period, element: element.clone() };
                let known = self.cells.get(&key).cloned().unwrap_or_default();
                let head = Head {
                    value: *value,
                    rev,
                    op_id: op.op_id,
                    author: op.author.clone(),
                    at: op.entered_at.clone(),
                    reason: op.reason.clone(),
                };
                let branches =
                    known.branches.into_iter().filter(|b| !resolves.contains(&b.conflict_id)).collect();
                Change::Cell(key, ServerCell { head: Some(head), branches })
            }
            Act::Submission { form, action, .. } => {
                let key =
                    SubmissionKey { reporter: op.reporter.clone(), period: op.period, form: form.clone() };
                let before = self.submissions.get(&key).cloned().unwrap_or_default();
                let standing = SubmissionStanding {
                    state: before.state.after(*action).unwrap_or(before.state),
                    rev,
                    author: op.author.clone(),
                    at: op.entered_at.clone(),
                    reason: op.reason.clone(),
                };
                Change::Submission(key, standing)
            }
        }
    }

    fn contested(&self, key: CellKey, conflict_id: Uuid, head: &Head, op: &Op) -> Change {
        let mut branches = self.cells.get(&key).map(|c| c.branches.clone()).unwrap_or_default();
        branches.retain(|b| b.conflict_id != conflict_id);
        let Act::Figure { value, .. } = &op.act else { unreachable!("a cell's op is a figure") };
        let (author, at) = (op.author.clone(), op.entered_at.clone());
        branches.push(Branch { conflict_id, value: *value, op_id: op.op_id, author, at });
        let head = (head.rev > 0).then(|| head.clone());
        Change::Cell(key, ServerCell { head, branches })
    }

    /// What a page of events changes: the server's side alone, never the layer of what is unsent. A conflict
    /// that was resolved elsewhere leaves the outbox with it.
    pub fn on_page(&self, events: &[Event], cursor: String) -> Vec<Change> {
        let mut changes = Vec::with_capacity(events.len() + 1);
        for event in events {
            match &event.body {
                EventBody::Cell { element, head, branches } => {
                    let (reporter, period) = (event.reporter.clone(), event.period);
                    let key = CellKey { reporter, period, element: element.clone() };
                    for (seq, waiting) in self.outbox.iter().filter(|(_, w)| is_about(&w.op, &key)) {
                        let Some(Outcome::Conflict { conflict_id, .. }) = &waiting.outcome else { continue };
                        if !branches.iter().any(|b| b.conflict_id == *conflict_id) {
                            changes.push(Change::Done(*seq));
                        }
                    }
                    changes.push(Change::Cell(
                        key,
                        ServerCell { head: head.clone(), branches: branches.clone() },
                    ));
                }
                EventBody::Submission { form, standing } => {
                    let (reporter, period) = (event.reporter.clone(), event.period);
                    let key = SubmissionKey { reporter, period, form: form.clone() };
                    changes.push(Change::Submission(key, standing.clone()));
                }
            }
        }
        changes.push(Change::Cursor(cursor));
        changes
    }

    /// Takes a rejected op out of the outbox after a person has seen why; its value is on the server, in
    /// quarantine.
    pub fn dismiss(&self, key: &CellKey) -> Vec<Change> {
        let rejected = |w: &Waiting| matches!(w.outcome, Some(Outcome::Rejected { .. }));
        let about = self.outbox.iter().filter(|(_, w)| is_about(&w.op, key) && rejected(w));
        about.map(|(seq, _)| Change::Done(*seq)).collect()
    }
}

fn needs_person(waiting: &Waiting) -> bool {
    matches!(waiting.outcome, Some(Outcome::Rejected { .. } | Outcome::Conflict { .. }))
}

fn is_about(op: &Op, key: &CellKey) -> bool {
    let same = matches!(&op.act, Act::Figure { element, .. } if *element == key.element);
    same && op.reporter == key.reporter && op.period == key.period
}

fn cell_of(op: &Op) -> Option<CellKey> {
    match &op.act {
        Act::Figure { element, .. } => {
            Some(CellKey { reporter: op.reporter.clone(), period: op.period, element: element.clone() })
        }
        Act::Submission { .. } => None,
    }
}
