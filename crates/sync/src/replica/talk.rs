//! A replica in talk with the server: what is sent, what answers and pages change, and what is offered again
//! after a restore.

use super::{CellKey, Change, Replica, ServerCell, SubmissionKey, Waiting, shows_change, shows_step};
use crate::entity::{EntityKey, Told};
use crate::message::{Event, EventBody, OpResult, PullResponse, SubmissionStanding};
use crate::op::{Base, Op};
use crate::outcome::Outcome;
use chrono::{Days, NaiveDate};
use std::collections::HashMap;
use uuid::Uuid;

/// For how long sent ops are kept, in case the server is restored from a backup.
pub const KEPT: Days = Days::new(180);

/// The day of a time.
fn day_of(at: &str) -> Option<NaiveDate> {
    chitieu_domain::day::parse(at.get(..10)?)
}

impl Replica {
    /// The next ops to send and the changes that freeze them. Store the changes first, then send. An op that never
    /// left and is not `ripe` stays, so that its author may take it back, and with it what comes after it: numbers
    /// leave in their order.
    pub fn next_push(&self, most: usize, ripe: &dyn Fn(Uuid) -> bool) -> (Vec<Change>, Vec<Op>) {
        let leaves = |w: &Waiting| w.frozen || ripe(w.op.op_id);
        let may_leave = || {
            self.outbox
                .iter()
                .take_while(|(_, w)| leaves(w))
                .filter(|(_, w)| w.is_open() && !w.is_passed_over())
        };
        // A held op is asked about again, its stored result comes back once it was judged; but it stands in the way of
        // none that was not answered yet.
        let is_new = |(_, w): &(&u64, &Waiting)| w.outcome.is_none();
        let has_new = may_leave().any(|one| is_new(&one));
        let ready = may_leave().filter(|one| !has_new || is_new(one)).take(most);
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

    /// What the answers of a server's lifetime, given `at` a time of its clock, change. The server's side of a cell is never guessed from them:
    /// an op that was recorded goes on lying over its cell until a page brings what it made. An answer of an
    /// earlier lifetime than the device knows of says nothing any more: the op is sent again.
    pub fn on_results(&self, results: &[OpResult], epoch: u64, at: &str) -> Vec<Change> {
        if self.epoch.is_some_and(|known| epoch < known) {
            return Vec::new();
        }
        let results: HashMap<Uuid, &Outcome> = results.iter().map(|r| (r.op_id, &r.outcome)).collect();
        let answered = self.outbox.iter().filter_map(|(seq, waiting)| {
            let outcome = Some((*results.get(&waiting.op.op_id)?).clone());
            let at = at.to_owned();
            let waiting = Waiting { frozen: true, outcome, epoch, at, refused: None, ..waiting.clone() };
            let has_come = match waiting.op.cell() {
                // What cleared an empty cell makes nothing that a page could bring.
                Some(key) => self.cells.get(&key).unwrap_or(&ServerCell::default()).shows(&waiting),
                None => {
                    self.submission_of(&waiting.op).is_some_and(|s| shows_step(s, &waiting))
                        || self.entity_of(&waiting.op).is_some_and(|told| shows_change(told, &waiting))
                }
            };
            let waiting = Box::new(waiting);
            Some(if has_come { Change::Archived(*seq, waiting) } else { Change::Waiting(*seq, waiting) })
        });
        answered.collect()
    }

    /// True where these changes of an answer give an op another outcome than it had.
    pub fn says_new(&self, changes: &[Change]) -> bool {
        changes.iter().any(|change| match change {
            Change::Waiting(seq, now) => self.outbox.get(seq).is_none_or(|w| w.outcome != now.outcome),
            _ => true,
        })
    }

    /// Where the server has the submission that an op is a step of.
    fn submission_of(&self, op: &Op) -> Option<&SubmissionStanding> {
        self.submissions.get(&op.submission()?)
    }

    /// How the server has the entity that an op changes.
    fn entity_of(&self, op: &Op) -> Option<&Told> {
        self.entities.get(&op.entity()?)
    }

    /// What a page changes: the server's side alone, never the layer of what is unsent. Pages of a snapshot
    /// are gathered until the last is here, so that nothing is shown as gone that only was not read yet. Asked
    /// again about the same page, because the changes could not be written, it says the same.
    pub fn on_page(&mut self, page: PullResponse) -> Vec<Change> {
        let mut changes = self.on_results(&page.late, page.epoch, &page.at);
        changes.extend(self.offer_again(page.epoch));
        if page.is_snapshot && page.has_more {
            let reading = self.reading.get_or_insert_default();
            reading.events.extend(page.events);
            reading.cursor = page.next_cursor;
            return changes;
        }
        if page.is_snapshot {
            let gathered = self.reading.iter().flat_map(|reading| &reading.events);
            let read: Vec<&Event> = gathered.chain(&page.events).collect();
            changes.extend(self.forget_unread());
            // What the snapshot does not name is gone.
            let (mut cells, mut submissions) = (self.cells.clone(), self.submissions.clone());
            let mut entities = self.entities.clone();
            for event in &read {
                match event_key(event) {
                    Some(Named::Cell(key)) => drop(cells.remove(&key)),
                    Some(Named::Submission(key)) => drop(submissions.remove(&key)),
                    Some(Named::Entity(key)) => drop(entities.remove(&key)),
                    None => {}
                }
            }
            changes.extend(cells.into_keys().map(Change::NoCell));
            changes.extend(submissions.into_keys().map(Change::NoSubmission));
            changes.extend(entities.into_keys().map(Change::NoEntity));
            self.take_in(&read, &mut changes);
        } else {
            self.take_in(&page.events.iter().collect::<Vec<_>>(), &mut changes);
        }
        changes.push(Change::Cursor(page.next_cursor, page.epoch));
        changes
    }

    /// What a page shows of an own op needs no layer over it any more; a conflict that was settled leaves the
    /// outbox too.
    fn take_in(&self, events: &[&Event], changes: &mut Vec<Change>) {
        let unread = events.iter().filter_map(|event| match &event.body {
            EventBody::Unknown(text) => Some(&**text),
            _ => None,
        });
        changes.extend(self.keep_events(unread));
        for event in events {
            match (event_key(event), &event.body) {
                (Some(Named::Cell(key)), EventBody::Cell { head, branches, more, .. }) => {
                    let cell = ServerCell { head: head.clone(), branches: branches.clone(), more: *more };
                    for (seq, waiting) in self.outbox.of_cell(&key) {
                        if cell.shows(waiting) {
                            changes.push(Change::Archived(seq, Box::new(waiting.clone())));
                        }
                    }
                    changes.push(Change::Cell(key, cell));
                }
                (Some(Named::Submission(key)), EventBody::Submission { standing, .. }) => {
                    for (seq, waiting) in self.outbox.of_submission(&key) {
                        if shows_step(standing, waiting) {
                            changes.push(Change::Archived(seq, Box::new(waiting.clone())));
                        }
                    }
                    changes.push(Change::Submission(key, standing.clone()));
                }
                (Some(Named::Entity(key)), EventBody::Entity { told, .. }) => {
                    for (seq, waiting) in self.outbox.of_entity(&key) {
                        if shows_change(told, waiting) {
                            changes.push(Change::Archived(seq, Box::new(waiting.clone())));
                        }
                    }
                    changes.push(Change::Entity(key, told.clone()));
                }
                _ => {}
            }
        }
    }

    /// Whatever an earlier lifetime of the server's database answered is offered again: this one, restored from a
    /// backup, may have forgotten it. Ids make that safe. Numbers would not tell what is there: a copy of this
    /// device may have used the same ones for something else.
    fn offer_again(&self, epoch: u64) -> Vec<Change> {
        let own = |w: &Waiting| w.op.device_id == self.device_id;
        let forgotten = |w: &&Waiting| w.outcome.is_some() && w.epoch != epoch;
        let again = |w: &Waiting| Waiting { outcome: None, refused: None, ..w.clone() };
        let mut changes = Vec::new();
        for (seq, waiting) in self.outbox.iter().filter(|(_, w)| forgotten(w)) {
            changes.push(Change::Waiting(*seq, Box::new(again(waiting))));
        }
        let mut next = self.next_seq();
        for waiting in self.sent.values().filter(forgotten) {
            let mut waiting = again(waiting);
            if !own(&waiting) {
                (waiting.op.device_id, waiting.op.device_seq) = (self.device_id, next);
                next += 1;
            }
            changes.push(Change::Pruned(waiting.op.op_id));
            changes.push(Change::Waiting(waiting.op.device_seq, Box::new(waiting)));
        }
        changes
    }

    /// This database is a copy of another one that counts the same numbers: it takes a name of its own and
    /// numbers what is unacknowledged anew. Op ids stay, so that nothing is recorded twice.
    pub fn rename(&self, device_id: Uuid) -> Vec<Change> {
        let left = self.outbox.keys().map(|seq| Change::Done(*seq));
        let free = (1..).filter(|seq| !self.is_unread(*seq));
        let anew = self.outbox.values().zip(free).map(|(waiting, seq)| {
            let mut waiting = waiting.clone();
            (waiting.op.device_id, waiting.op.device_seq) = (device_id, seq);
            Change::Waiting(seq, Box::new(waiting))
        });
        left.chain([Change::Device(device_id)]).chain(anew).collect()
    }

    /// Takes ops over from another device of the same person, which wrote them to a file; what is known here
    /// already is left out. Their ids stay, so that each is recorded once, whichever device sends it first; and
    /// they never change, since the other one may have sent them.
    pub fn import(&self, ops: &[Op]) -> Vec<Change> {
        let new = ops.iter().filter(|op| !self.is_own(op.op_id)).zip(self.next_seq()..);
        let change = |(op, seq): (&Op, u64)| {
            let op = Op { device_id: self.device_id, device_seq: seq, ..op.clone() };
            // Where it was based on a value that the other device made, the head it was made over is not known.
            let seen_rev = match op.base {
                Base::Rev(rev) => rev,
                Base::Op(_) => 0,
            };
            Change::Waiting(
                seq,
                Box::new(Waiting {
                    op,
                    frozen: true,
                    seen_rev,
                    outcome: None,
                    epoch: 0,
                    at: String::new(),
                    refused: None,
                }),
            )
        };
        new.map(change).collect()
    }

    /// Sent ops need not be kept for longer than 180 days, counted from the server's answer to the latest time that the
    /// server told (RFC 3339): no backup is older. The device's clock has no say in it. Where the time of the answer is
    /// not known, it counts from now on.
    pub fn forget_sent(&self, now: &str) -> Vec<Change> {
        let Some(today) = day_of(now) else { return Vec::new() };
        let change = |waiting: &Waiting| match day_of(&waiting.at) {
            None => Some(Change::Kept(Box::new(Waiting { at: now.to_owned(), ..waiting.clone() }))),
            Some(day) => (day + KEPT < today).then_some(Change::Pruned(waiting.op.op_id)),
        };
        self.sent.values().filter_map(change).collect()
    }
}

/// What an event is about.
enum Named {
    Cell(CellKey),
    Submission(SubmissionKey),
    Entity(EntityKey),
}

/// None for a figure or a submission of no reporter, which nobody makes.
fn event_key(event: &Event) -> Option<Named> {
    if let EventBody::Entity { kind, id, .. } = &event.body {
        let (stream, kind, id) = (event.stream.clone(), kind.clone(), id.clone());
        return Some(Named::Entity(EntityKey { stream, kind, id }));
    }
    let reporter = event.stream.reporter()?.clone();
    Some(match &event.body {
        EventBody::Cell { period, element, .. } => {
            Named::Cell(CellKey { reporter, period: *period, element: element.clone() })
        }
        EventBody::Submission { period, form, .. } => {
            Named::Submission(SubmissionKey { reporter, period: *period, form: form.clone() })
        }
        EventBody::Entity { .. } | EventBody::Unknown(_) => return None,
    })
}
