//! Figures of a file as ops through the ledger, and the steps of their forms.
//!
//! An op's id is made from the file's digest and the row, or the form and what it held; a device's too. So whoever imports
//! the file again, after it was stopped or because nobody remembers, makes the same ops, and what is in the log is left alone.
//! Nothing is pushed that would be refused: what is refused stays refused under its id, and the next run could not mend it.

use super::sheet::Said;
use crate::cli::figures::Place;
use crate::clock::timestamp;
use crate::store::Store;
use crate::store::import::Standing;
use crate::store::push::{PushError, Sender};
use chitieu_domain::plan::Severity;
use chitieu_domain::rules::{FormCheck, State as RuleState, check_form};
use chitieu_domain::{Figures, Model, ReporterId};
use chitieu_sync::admit::{Circumstances, admit};
use chitieu_sync::cooperation::Cooperation;
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::judge::CellState;
use chitieu_sync::ledger::Push;
use chitieu_sync::op::{Base, Cover, Op, OpBody};
use chitieu_sync::plans::Accepted;
use chitieu_sync::replica::{CellKey, SubmissionKey};
use chitieu_sync::submission::{Action, State};
use chitieu_sync::{Outcome, Rejection, StreamId};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use uuid::{Builder, Uuid};

/// The road of a form, step by step, with where each leads.
const ROAD: [(Action, State); 3] = [
    (Action::Submit, State::Submitted),
    (Action::Approve, State::Approved),
    (Action::Publish, State::Published),
];

/// Under what and on which conditions a file is imported.
pub(super) struct Ledger<'a> {
    pub store: &'a Store,
    pub model: &'a Model,
    /// The version of the plan.
    pub version: &'a str,
    /// The account that answers for the import.
    pub author: &'a str,
    pub today: NaiveDate,
    /// Digest of the file.
    pub digest: [u8; 32],
    /// Keeps what differs beside what stands.
    pub branches: bool,
    /// Writes nothing.
    pub dry: bool,
    /// Where figures come from, as it stands in their history; the row's own source or the file's.
    pub origin: &'a dyn Fn(Option<&str>) -> String,
}

/// What became of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Became {
    /// It is the value in force.
    Applied,
    /// An earlier run brought it.
    Before,
    /// It stood there.
    Same,
    /// Something else stands there: its value, and whose.
    Differs(Option<i64>, String),
    /// It may not be.
    Rejected(Rejection),
}

/// What became of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// It is in the state that was asked for.
    Done,
    /// It was, by an earlier run or by others.
    Before,
    /// It stays as it is: the file has no figure of some row.
    Incomplete,
    /// It stays as it is: something else stands in a cell, or a row was refused.
    Differs,
    /// It was refused.
    Rejected(Rejection),
}

/// What the file had of a form.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Had {
    /// Cells that say what the file says.
    pub accepted: usize,
    /// Some row was refused or differs.
    pub differs: bool,
}

impl Ledger<'_> {
    /// The id that this file gives a thing, always the same (RFC 9562, version 8).
    fn id(&self, parts: &[&str]) -> Uuid {
        let mut hash = Sha256::new();
        hash.update(self.digest);
        for part in parts {
            hash.update(part);
            hash.update([0]);
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Builder::from_custom_bytes(bytes).into_uuid()
    }

    fn op(
        &self,
        id: Uuid,
        (device, seq): (Uuid, u64),
        reporter: &ReporterId,
        base: Base,
        body: OpBody,
    ) -> Op {
        Op {
            op_id: id,
            device_id: device,
            device_seq: seq,
            author: self.author.to_owned(),
            stream: StreamId::Reporter(reporter.clone()),
            base,
            plan: self.version.to_owned(),
            entered_at: timestamp(),
            reason: Some((self.origin)(None)),
            note: None,
            body,
        }
    }

    fn key(&self, said: &Said) -> CellKey {
        let (reporter, period, element) = said.cell;
        let (reporter, element) = (&self.model.reporter(reporter).id, &self.model.element(element).id);
        CellKey { reporter: reporter.clone(), period, element: element.clone() }
    }

    fn submission(&self, (reporter, form, period): Place) -> SubmissionKey {
        let (reporter, form) = (&self.model.reporter(reporter).id, &self.model.form(form).id);
        SubmissionKey { reporter: reporter.clone(), period, form: form.clone() }
    }

    /// The rights of an import: those of whoever would enter, approve or publish these figures. Who may run it is who may write
    /// the database.
    fn grants(action: Action, reporters: impl Iterator<Item = ReporterId>) -> Grants {
        let role = match action {
            Action::Approve | Action::Return | Action::Reopen => Role::Reviewer,
            Action::Publish => Role::Publisher,
            Action::Submit | Action::Ask => Role::Officer,
        };
        let reporters: BTreeSet<ReporterId> = reporters.collect();
        Grants::plain(role, reporters.into_iter().collect())
    }

    async fn push(&self, grants: &Grants, ops: &[Op]) -> Result<HashMap<Uuid, Outcome>, PushError> {
        if ops.is_empty() {
            return Ok(HashMap::new());
        }
        let push = Push {
            model: self.model,
            plans: &Accepted::only(self.version),
            cooperation: Cooperation::none(),
            grants,
            today: self.today,
            at: &timestamp(),
            epoch: self.store.epoch().await?,
            malformed: &[],
            refusals: usize::MAX,
        };
        let sender = Sender { author: self.author, defers: true };
        let (answer, _) = self.store.push(&push, sender, ops).await?;
        Ok(answer.results.into_iter().map(|result| (result.op_id, result.outcome)).collect())
    }

    /// Writes figures, in their order, all or none. Gives what became of each.
    pub async fn figures(&self, batch: &[Said]) -> Result<Vec<Became>, PushError> {
        let device = self.id(&["device"]);
        let ids: Vec<Uuid> = batch.iter().map(|said| self.id(&["row", &said.nth.to_string()])).collect();
        let cells: Vec<CellKey> = batch.iter().map(|said| self.key(said)).collect();
        let places: BTreeSet<Place> = batch.iter().map(Said::place).collect();
        let submissions: Vec<SubmissionKey> =
            places.into_iter().map(|place| self.submission(place)).collect();
        let found = self.store.standing(&cells, &submissions, &ids).await?;
        let reporters = submissions.into_iter().map(|key| key.reporter);
        let grants = Self::grants(Action::Submit, reporters);
        let mut became: Vec<Option<Became>> = Vec::with_capacity(batch.len());
        let mut ops = Vec::new();
        for ((said, id), key) in batch.iter().zip(&ids).zip(&cells) {
            let stands = found.cells.get(key);
            if let Some(outcome) = found.ops.get(id) {
                became.push(Some(recorded(outcome, stands, true)));
                continue;
            }
            let body = OpBody::Figure {
                period: key.period,
                element: key.element.clone(),
                value: Some(said.value),
                estimated: said.estimated,
                cleared: false,
                resolves: Vec::new(),
            };
            let mut op = self.op(*id, (device, said.nth), &key.reporter, Base::Rev(0), body);
            op.note.clone_from(&said.note);
            op.reason = Some((self.origin)(said.source.as_deref()));
            op.clean();
            let differs = match stands.and_then(|cell| cell.head.as_ref()) {
                Some(head) if head.says_the_same(&op.said()) => {
                    became.push(Some(Became::Same));
                    continue;
                }
                // Who cleared a cell left it to be filled.
                Some(head) if head.cleared => false,
                head => head.is_some(),
            };
            if let Err(code) = self.admitted(&op, said.place(), &found, &grants) {
                let locked_other = differs && code == Rejection::Locked;
                became.push(Some(if locked_other { other(stands) } else { Became::Rejected(code) }));
                continue;
            }
            if differs && !self.branches {
                became.push(Some(other(stands)));
                continue;
            }
            // A value that differs is based on the empty cell: it contests what stands.
            op.base = Base::Rev(if differs { 0 } else { stands.map_or(0, CellState::rev) });
            became.push(if self.dry {
                Some(if differs { other(stands) } else { Became::Applied })
            } else {
                None
            });
            ops.push(op);
        }
        let outcomes = if self.dry { HashMap::new() } else { self.push(&grants, &ops).await? };
        let settled = became.into_iter().zip(ids).zip(&cells).map(|((became, id), key)| {
            let outcome = outcomes.get(&id).unwrap_or(&Outcome::Unknown);
            became.unwrap_or_else(|| recorded(outcome, found.cells.get(key), false))
        });
        Ok(settled.collect())
    }

    fn admitted(&self, op: &Op, place: Place, found: &Standing, grants: &Grants) -> Result<(), Rejection> {
        let state = found.submissions.get(&self.submission(place)).map_or(State::Draft, |s| s.state);
        let circumstances = Circumstances {
            model: self.model,
            plans: &Accepted::only(self.version),
            grants,
            state,
            figures: &Figures::default(),
            today: self.today,
        };
        admit(op, &circumstances).map(drop)
    }

    /// Moves forms to a state by the steps that lead there, each step for all of them at once. What the file had of each is
    /// given; of a dry run its figures too.
    pub async fn forms(
        &self,
        forms: &[(Place, Had)],
        to: State,
        figures: &Figures,
    ) -> Result<Vec<Moved>, PushError> {
        let keys: Vec<SubmissionKey> = forms.iter().map(|(place, _)| self.submission(*place)).collect();
        let cells: Vec<CellKey> =
            keys.iter().zip(forms).flat_map(|(key, (place, _))| self.cells(key, place)).collect();
        let mut found = self.store.standing(&cells, &keys, &[]).await?;
        let covers: Vec<Vec<Cover>> = keys
            .iter()
            .zip(forms)
            .map(|(key, (place, _))| {
                let rev = |key: &CellKey| found.cells.get(key).map_or(0, CellState::rev);
                self.cells(key, place)
                    .map(|cell| Cover::of(cell.element.clone(), Base::Rev(rev(&cell))))
                    .collect()
            })
            .collect();
        let steps: Vec<[Uuid; 3]> = keys
            .iter()
            .zip(&covers)
            .map(|(key, covers)| {
                let revs: Vec<String> = covers.iter().map(|cover| format!("{:?}", cover.base)).collect();
                let what = format!("{} {} {} {}", key.reporter, key.period, key.form, revs.join(" "));
                ROAD.map(|(action, _)| self.id(&["step", &format!("{action:?}"), &what]))
            })
            .collect();
        found.ops = self.store.standing(&[], &[], &steps.concat()).await?.ops;
        let last = ROAD.iter().position(|(_, state)| *state == to);
        let mut moved: Vec<Option<Moved>> = Vec::with_capacity(forms.len());
        for (nth, (place, had)) in forms.iter().enumerate() {
            let state = found.submissions.get(&keys[nth]).map_or(State::Draft, |s| s.state);
            let begun = found.ops.contains_key(&steps[nth][0]);
            let done = last.is_none_or(|last| found.ops.contains_key(&steps[nth][last]));
            moved.push(match state {
                // On its road by this file.
                _ if done => Some(Moved::Before),
                _ if begun => None,
                state if state.is_locked() => Some(Moved::Before),
                // Somebody has work to do there.
                State::Returned => Some(Moved::Rejected(Rejection::MovedOn)),
                _ if had.differs => Some(Moved::Differs),
                _ if had.accepted < covers[nth].len() => Some(Moved::Incomplete),
                _ if self.dry && self.breaks_a_rule(*place, figures) => {
                    Some(Moved::Rejected(Rejection::RuleBroken))
                }
                _ if self.dry => Some(Moved::Done),
                _ => None,
            });
        }
        for (step, (action, _)) in ROAD.iter().enumerate().take(last.map_or(0, |last| last + 1)) {
            let mut ops = Vec::new();
            for (nth, key) in keys.iter().enumerate().filter(|(nth, _)| moved[*nth].is_none()) {
                let id = steps[nth][step];
                let before = step.checked_sub(1).map(|before| steps[nth][before]);
                if found.ops.contains_key(&id) {
                    continue;
                }
                let body = OpBody::Submission {
                    period: key.period,
                    form: key.form.clone(),
                    action: *action,
                    covers: if *action == Action::Submit { covers[nth].clone() } else { Vec::new() },
                };
                let base = before.map_or(Base::Rev(0), Base::Op);
                ops.push(self.op(id, (self.id(&["device", &id.to_string()]), 1), &key.reporter, base, body));
            }
            let grants = Self::grants(*action, ops.iter().filter_map(|op| op.stream.reporter().cloned()));
            found.ops.extend(self.push(&grants, &ops).await?);
            for (moved, steps) in moved.iter_mut().zip(&steps).filter(|(moved, _)| moved.is_none()) {
                *moved = match found.ops.get(&steps[step]) {
                    Some(Outcome::Applied { .. }) if Some(step) == last => Some(Moved::Done),
                    Some(Outcome::Applied { .. }) => None,
                    Some(Outcome::Rejected { code }) => Some(Moved::Rejected(*code)),
                    _ => Some(Moved::Rejected(Rejection::MovedOn)),
                };
            }
        }
        Ok(moved.into_iter().map(|moved| moved.unwrap_or(Moved::Before)).collect())
    }

    fn cells<'k>(
        &'k self,
        key: &'k SubmissionKey,
        (_, form, _): &Place,
    ) -> impl Iterator<Item = CellKey> + 'k {
        self.model.elements_of(*form).map(|(_, element)| CellKey {
            reporter: key.reporter.clone(),
            period: key.period,
            element: element.id.clone(),
        })
    }

    /// True where the file's own figures break a rule that blocks.
    fn breaks_a_rule(&self, (reporter, form, period): Place, figures: &Figures) -> bool {
        let check = FormCheck { model: self.model, figures, reporter, form, period };
        check_form(&check).iter().any(|c| c.state == RuleState::Broken && c.severity == Severity::Error)
    }
}

fn other(stands: Option<&CellState>) -> Became {
    let head = stands.and_then(|cell| cell.head.as_ref());
    Became::Differs(
        head.and_then(|head| head.value),
        head.map(|head| head.author.clone()).unwrap_or_default(),
    )
}

fn recorded(outcome: &Outcome, stands: Option<&CellState>, before: bool) -> Became {
    match outcome {
        Outcome::Applied { .. } if before => Became::Before,
        Outcome::Applied { .. } => Became::Applied,
        Outcome::SameValue { .. } => Became::Same,
        Outcome::Conflict { head, .. } if stands.is_none() => {
            Became::Differs(head.value, head.author.clone())
        }
        Outcome::Conflict { .. } => other(stands),
        Outcome::Rejected { code } => Became::Rejected(*code),
        Outcome::Held | Outcome::Deferred | Outcome::Unknown => Became::Rejected(Rejection::Unknown),
    }
}
