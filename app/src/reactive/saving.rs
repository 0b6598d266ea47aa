//! How a figure or a step becomes an op: admitted by the function that the server uses, with the base that the person
//! saw, held on the device for as long as it may be taken back.

use crate::platform::{clock, ids, settings};
use crate::reactive::live::Live;
use crate::reactive::profile::Me;
use crate::reactive::save_error::SaveError;
use crate::reactive::sync;
use crate::storage::indexed_db::StoreError;
use chitieu_client::history::{Answer, Back, Step};
use chitieu_client::ripening;
use chitieu_domain::Figures;
use chitieu_sync::admit::{Circumstances, admit};
use chitieu_sync::entity::{self, EntityKey};
use chitieu_sync::op::Cover;
use chitieu_sync::plans::Accepted;
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::{CellKey, CellStatus, Replica, Seen, SubmissionKey};
use chitieu_sync::submission::{Action, State};
use chitieu_sync::{Base, Op, OpBody, Rejection, StreamId};
use leptos::prelude::*;
use uuid::Uuid;

/// A figure that a person gives.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Of which cell.
    pub key: CellKey,
    /// What they saw there when they began.
    pub seen: Seen,
    /// The value; none is "no data yet".
    pub value: Option<i64>,
    /// Why there is none, or why another.
    pub reason: Option<String>,
    /// The cell is answered no more.
    pub cleared: bool,
    /// The note, and that the figure is estimated; none: those in view stay.
    pub marks: Option<(Option<String>, bool)>,
    /// Conflicts it settles.
    pub resolves: Vec<Uuid>,
}

/// Why a step was not taken back or made again.
#[derive(Debug, Clone)]
pub enum Unmade {
    /// The cell says something else by now.
    Moved(Option<i64>),
    /// It was not kept.
    Refused(SaveError),
}

impl Live {
    /// Settles a cell with a figure that was chosen: it leaves as soon as what is before it has left.
    pub async fn settle(&self, entry: Entry) -> Result<(), SaveError> {
        let mut results = self.save_all(&[entry], 0.0).await;
        sync::now(*self);
        results.pop().unwrap_or(Ok(None)).map(drop)
    }

    /// Keeps one figure. What a person answered is one action, like what they typed. Where a cell is cleared that has an
    /// unsent figure and nothing below it, that figure is taken back.
    pub async fn save(&self, entry: Entry) -> Result<Option<Step>, SaveError> {
        let key = &entry.key;
        if entry.cleared && self.replica.with_untracked(|r| r.is_empty_without_unsent(key)) {
            let answer = || Answer::from(&self.replica.with_untracked(|r| r.cell(key)));
            let before = answer();
            if self.take_back(key).await? {
                return Ok(Some(Step { key: key.clone(), before, after: answer() }));
            }
        }
        let mut results = self.save_all(&[entry], ripening::FIGURE).await;
        results.pop().unwrap_or(Ok(None))
    }

    /// Keeps figures, each given what the person saw when they began to type, in one transaction; a result each, in
    /// their order. What equals the value in view makes no op. The ops stay on the device for so many milliseconds.
    pub async fn save_all(&self, entries: &[Entry], stays: f64) -> Vec<Result<Option<Step>, SaveError>> {
        let me = self.me.get_untracked();
        let make = |entry: &Entry| {
            let Entry { key, value, reason, cleared, resolves, .. } = entry;
            let (period, element, resolves) = (key.period, key.element.clone(), resolves.clone());
            let (value, cleared) = (*value, *cleared);
            let body = OpBody::Figure { period, element, value, estimated: false, cleared, resolves };
            self.op(key.reporter.clone().into(), reason.clone(), body)
        };
        let ops: Vec<Op> = entries.iter().map(make).collect();
        // What only this tab has must not stay in it.
        let until = clock::monotonic() + if self.is_memory { 0.0 } else { stays };
        // Held before they are stored: a sync that runs right then would freeze them.
        self.ripening.update(|r| ops.iter().for_each(|op| r.hold(op.op_id, until)));
        let mut results = Vec::new();
        let stored = self
            .change(&mut |replica| {
                let mut next = replica.next_seq();
                let mut changes = Vec::new();
                results.clear();
                for (entry, op) in entries.iter().zip(&ops) {
                    results.push(self.entry(replica, entry, op, &me, &mut next).map(|made| {
                        made.map(|(op, step)| {
                            changes.push(replica.keep(op));
                            step
                        })
                    }));
                }
                Some(changes)
            })
            .await;
        if let Err(error) = stored {
            return entries.iter().map(|_| Err(SaveError::NotStored(error.clone()))).collect();
        }
        settings::persist();
        results
    }

    /// The op of an entry with what depends on the replica, and the step it is; none where the cell says so already.
    fn entry(
        &self,
        replica: &Replica,
        entry: &Entry,
        op: &Op,
        me: &Me,
        next: &mut u64,
    ) -> Result<Option<(Op, Step)>, SaveError> {
        let view = replica.cell(&entry.key);
        let is_refused = matches!(view.status, CellStatus::Rejected(_));
        let (note, estimated) = match &entry.marks {
            _ if entry.cleared => (None, false),
            Some(marks) => marks.clone(),
            None => (view.note.clone(), view.estimated),
        };
        let (answered, value, reason) = (!entry.cleared, entry.value, entry.reason.clone());
        let after = Answer { answered, value, reason, note, estimated, is_unsent: true };
        let before = Answer::from(&view);
        let is_same = Answer { is_unsent: true, ..before.clone() } == after;
        if is_same && !view.changed_since && !is_refused && entry.resolves.is_empty() {
            return Ok(None);
        }
        if let Some(value) = view.unseen_since(&entry.seen) {
            return Err(SaveError::Became(value));
        }
        let (base, replaces) = replica.base_for(&entry.key);
        let device_seq = replaces.unwrap_or(*next);
        let note = after.note.clone();
        let mut op = Op { base, device_seq, device_id: replica.device_id(), note, ..op.clone() };
        if let OpBody::Figure { estimated, .. } = &mut op.body {
            *estimated = after.estimated;
        }
        self.admit(&op, me, replica).map_err(SaveError::NotAdmitted)?;
        *next += u64::from(replaces.is_none());
        Ok(Some((op, Step { key: entry.key.clone(), before, after })))
    }

    /// Takes the unsent figure of a cell back; false where it has left.
    pub async fn take_back(&self, of: &CellKey) -> Result<bool, StoreError> {
        self.change(&mut |replica| replica.take_back(of)).await
    }

    /// Takes a step of an action back, and says what came of it.
    pub async fn put_back(&self, step: &Step) -> Result<(), Unmade> {
        match self.replica.with_untracked(|replica| step.back(replica)) {
            Back::TakeBack(_) => match self.take_back(&step.key).await {
                Ok(true) => Ok(()),
                // It left in this moment.
                Ok(false) => {
                    let seen = self.replica.with_untracked(|replica| replica.cell(&step.key).seen());
                    self.give(step.key.clone(), step.before.clone(), seen).await
                }
                Err(error) => Err(Unmade::Refused(error.into())),
            },
            Back::Save(answer, seen) => self.give(step.key.clone(), answer, seen).await,
            Back::Nothing => Ok(()),
            Back::Moved(value) => Err(Unmade::Moved(value)),
        }
    }

    /// Makes a step again that was taken back.
    pub async fn make_again(&self, step: &Step) -> Result<(), Unmade> {
        if step.is_text_alone() {
            return Ok(());
        }
        match self.replica.with_untracked(|replica| step.again(replica)) {
            Ok((answer, seen)) => self.give(step.key.clone(), answer, seen).await,
            Err(value) => Err(Unmade::Moved(value)),
        }
    }

    async fn give(&self, key: CellKey, answer: Answer, seen: Seen) -> Result<(), Unmade> {
        let Answer { answered, value, reason, note, estimated, .. } = answer;
        let (cleared, marks, resolves) = (!answered, Some((note, estimated)), Vec::new());
        let entry = Entry { key, seen, value, reason, cleared, marks, resolves };
        self.save(entry).await.map(drop).map_err(Unmade::Refused)
    }

    /// Keeps a step on a form's road.
    pub async fn step(
        &self,
        of: &SubmissionKey,
        action: Action,
        reason: Option<String>,
    ) -> Result<(), SaveError> {
        let body =
            OpBody::Submission { period: of.period, form: of.form.clone(), action, covers: Vec::new() };
        let op = self.op(of.reporter.clone().into(), reason, body);
        let me = self.me.get_untracked();
        let mut fault = None;
        self.change(&mut |replica| {
            let (device_id, device_seq) = (replica.device_id(), replica.next_seq());
            let base = Base::Rev(replica.submission(of).rev);
            let mut op = Op { device_id, device_seq, base, ..op.clone() };
            if let OpBody::Submission { action: Action::Submit, covers, .. } = &mut op.body {
                let cover = |k: CellKey| {
                    let base = replica.cover_of(&k);
                    Cover::of(k.element, base)
                };
                *covers = self.cells_of(of).into_iter().map(cover).collect();
            }
            fault = self.admit(&op, &me, replica).err();
            fault.is_none().then(|| vec![replica.keep(op)])
        })
        .await?;
        if let Some(why) = fault {
            return Err(SaveError::NotAdmitted(why));
        }
        // What is submitted goes with it.
        if action == Action::Submit {
            sync::send(*self);
        } else {
            sync::now(*self);
        }
        Ok(())
    }

    /// Keeps a change of an entity.
    pub async fn change_entity(
        &self,
        of: &EntityKey,
        change: &entity::Change,
        resolves: Vec<Uuid>,
        reason: Option<String>,
    ) -> Result<(), SaveError> {
        let (kind, id, change) = (of.kind.clone(), of.id.clone(), Raw::of(change));
        let op = self.op(of.stream.clone(), reason, OpBody::Entity { kind, id, change, resolves });
        let grants = self.me.get_untracked().grants;
        let today = self.day.get_untracked().date;
        let mut fault = None;
        self.change(&mut |replica| match replica.change_entity(op.clone(), self.model(), &grants, today) {
            Ok(changes) => Some(changes),
            Err(why) => {
                fault = Some(why);
                None
            }
        })
        .await?;
        if let Some(why) = fault {
            return Err(SaveError::NotAdmitted(why));
        }
        sync::now(*self);
        Ok(())
    }

    /// An op but for its base and number, which depend on what other tabs write meanwhile.
    fn op(&self, stream: StreamId, reason: Option<String>, body: OpBody) -> Op {
        let me = self.me.get_untracked();
        Op {
            op_id: ids::new(),
            device_id: Uuid::nil(),
            device_seq: 0,
            author: me.username,
            stream,
            base: Base::Rev(0),
            plan: self.plan().version,
            entered_at: clock::entered_at(),
            reason,
            note: None,
            body,
        }
    }

    /// Whether a figure that waits would still be taken under the plan in force here, whatever state its form is
    /// in by now.
    pub fn fits(&self, op: &Op) -> Result<(), Rejection> {
        let OpBody::Figure { .. } = &op.body else { return Ok(()) };
        let me = self.me.get_untracked();
        let circumstances = Circumstances {
            model: self.model(),
            plans: &Accepted::only(op.plan.as_str()),
            grants: &me.grants,
            state: State::Draft,
            figures: &Figures::default(),
            today: self.day.get_untracked().date,
        };
        admit(op, &circumstances).map(drop)
    }

    /// Asks the same function as the server.
    fn admit(&self, op: &Op, me: &Me, replica: &Replica) -> Result<(), Rejection> {
        let place = chitieu_sync::admit::place(self.model(), op)?;
        let of = place.submission(self.model());
        self.figures.with_untracked(|figures| {
            let circumstances = Circumstances {
                model: self.model(),
                plans: &Accepted::only(op.plan.as_str()),
                grants: &me.grants,
                state: replica.submission(&of).state,
                figures,
                today: self.day.get_untracked().date,
            };
            admit(op, &circumstances).map(drop)
        })
    }
}
