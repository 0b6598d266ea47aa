//! The outbox by number, with what is asked of it for every cell on a screen kept along: which ops are about a cell, a
//! submission or an entity, which number an op has, and how many wait.

use super::{CellKey, SubmissionKey, Waiting, changes, is_about, is_step};
use crate::entity::EntityKey;
use crate::op::{Op, OpBody};
use chitieu_domain::{PeriodId, ReporterId};
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Deref;
use uuid::Uuid;

/// Ops by `device_seq`. It is read like a map; what changes it goes through [`Outbox::put`] and [`Outbox::remove`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Outbox {
    ops: BTreeMap<u64, Waiting>,
    /// The numbers, ascending, by the hash of what an op is about and by that of its id. Whoever looks something up asks the
    /// op itself, so that equal hashes do no harm.
    places: HashMap<u64, Vec<u64>>,
    /// Ops whose last word is not known.
    open: usize,
    /// Ops that the server did not admit, or refused to read.
    rejected: usize,
}

impl Deref for Outbox {
    type Target = BTreeMap<u64, Waiting>;

    fn deref(&self) -> &Self::Target {
        &self.ops
    }
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

fn hash_of_cell(reporter: &ReporterId, period: PeriodId, element: &str) -> u64 {
    hash(&(reporter, period, element))
}

/// The element or form, and the kind or id, tell the three apart; where they do not the op itself is asked.
fn hash_of(op: &Op) -> u64 {
    match (&op.body, op.stream.reporter()) {
        (
            OpBody::Figure { period, element: what, .. } | OpBody::Submission { period, form: what, .. },
            Some(of),
        ) => hash_of_cell(of, *period, what),
        (OpBody::Entity { id, .. }, _) => hash(id),
        _ => 0,
    }
}

/// By what an op is found.
fn hashes(op: &Op) -> [u64; 2] {
    [hash_of(op), hash(&op.op_id)]
}

impl Outbox {
    /// Puts an op under its number, in the place of the one that was there.
    pub fn put(&mut self, seq: u64, waiting: Waiting) {
        self.remove(seq);
        for hash in hashes(&waiting.op) {
            let seqs = self.places.entry(hash).or_default();
            if let Err(at) = seqs.binary_search(&seq) {
                seqs.insert(at, seq);
            }
        }
        self.count(&waiting, 1);
        self.ops.insert(seq, waiting);
    }

    /// Takes out the op with this number.
    pub fn remove(&mut self, seq: u64) {
        let Some(waiting) = self.ops.remove(&seq) else { return };
        for hash in hashes(&waiting.op) {
            if let Some(seqs) = self.places.get_mut(&hash) {
                seqs.retain(|other| *other != seq);
                if seqs.is_empty() {
                    self.places.remove(&hash);
                }
            }
        }
        self.count(&waiting, usize::MAX);
    }

    /// Counts an op in, or out with the largest number.
    fn count(&mut self, waiting: &Waiting, one: usize) {
        if waiting.is_open() {
            self.open = self.open.wrapping_add(one);
        }
        if waiting.is_rejected() || waiting.refused.is_some() {
            self.rejected = self.rejected.wrapping_add(one);
        }
    }

    /// Ops whose last word is not known.
    pub fn open(&self) -> usize {
        self.open
    }

    /// Ops that the server did not admit, or refused to read.
    pub fn rejected(&self) -> usize {
        self.rejected
    }

    fn at(&self, hash: u64) -> impl DoubleEndedIterator<Item = (u64, &Waiting)> {
        let seqs = self.places.get(&hash).map_or(&[][..], Vec::as_slice);
        seqs.iter().filter_map(|seq| Some((*seq, self.ops.get(seq)?)))
    }

    /// The last op about a cell.
    pub fn last_of_cell(&self, key: &CellKey) -> Option<(u64, &Waiting)> {
        self.at(hash_of_cell(&key.reporter, key.period, &key.element)).rfind(|(_, w)| is_about(&w.op, key))
    }

    /// The ops about a cell, oldest first.
    pub fn of_cell<'a>(&'a self, key: &'a CellKey) -> impl DoubleEndedIterator<Item = (u64, &'a Waiting)> {
        self.at(hash_of_cell(&key.reporter, key.period, &key.element)).filter(|(_, w)| is_about(&w.op, key))
    }

    /// The steps of a submission, oldest first.
    pub fn of_submission<'a>(&'a self, key: &'a SubmissionKey) -> impl Iterator<Item = (u64, &'a Waiting)> {
        self.at(hash_of_cell(&key.reporter, key.period, &key.form)).filter(|(_, w)| is_step(&w.op, key))
    }

    /// The changes of an entity, oldest first.
    pub fn of_entity<'a>(
        &'a self,
        key: &'a EntityKey,
    ) -> impl DoubleEndedIterator<Item = (u64, &'a Waiting)> {
        self.at(hash(&key.id)).filter(|(_, w)| changes(&w.op, key))
    }

    /// An op by its id, with its number.
    pub fn by_id(&self, id: Uuid) -> Option<(u64, &Waiting)> {
        self.at(hash(&id)).find(|(_, w)| w.op.op_id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{Outcome, Rejection};
    use crate::replica::{Change, Replica, ServerCell};
    use crate::submission::Action;
    use proptest::prelude::*;

    const REPORTER: &str = "police_commune:11977@2025-07-01";

    fn cell(nth: u8) -> CellKey {
        let period = PeriodId::Month(2026, 1 + nth / 3);
        CellKey { reporter: REPORTER.parse().expect("an id"), period, element: format!("e{}", nth % 3) }
    }

    fn form(nth: u8) -> SubmissionKey {
        let CellKey { reporter, period, element } = cell(nth);
        // A form may be called like an element.
        SubmissionKey { reporter, period, form: element }
    }

    fn entity(nth: u8) -> EntityKey {
        EntityKey {
            stream: REPORTER.parse().expect("an id"),
            kind: "task".into(),
            id: format!("e{}", nth % 3),
        }
    }

    fn op(id: u8, about: u8) -> Op {
        let CellKey { period, element, .. } = cell(about % 6);
        let body = match about / 6 {
            0 => OpBody::Figure {
                period,
                element,
                value: Some(i64::from(id)),
                estimated: false,
                cleared: false,
                resolves: Vec::new(),
            },
            1 => OpBody::Submission { period, form: element, action: Action::Submit, covers: Vec::new() },
            _ => {
                let EntityKey { kind, id, .. } = entity(about % 6);
                OpBody::Entity { kind, id, change: crate::raw::Raw::of(&()), resolves: Vec::new() }
            }
        };
        let text = format!(
            r#"{{"op_id":"019a0000-0000-7000-8000-0000000000{id:02x}","device_id":"019a0000-0000-7000-8000-0000000000aa",
            "device_seq":1,"author":"lan","kind":"figure","reporter":"{REPORTER}","period":"2026-11",
            "element":"e","value":1,"base":{{"rev":0}},"plan":"p","entered_at":"2026-11-20T08:00:00Z"}}"#
        );
        Op { body, ..serde_json::from_str(&text).expect("it reads") }
    }

    fn waiting() -> impl Strategy<Value = Waiting> {
        let outcome = prop_oneof![
            3 => Just(None),
            1 => Just(Some(Outcome::Held)),
            1 => Just(Some(Outcome::Rejected { code: Rejection::NoRight })),
            1 => Just(Some(Outcome::SameValue { rev: 1 })),
        ];
        (0..8_u8, 0..18_u8, outcome, any::<bool>(), any::<bool>()).prop_map(
            |(id, about, outcome, frozen, is_refused)| {
                let refused = is_refused.then(|| "too long".to_owned());
                let op = op(id, about);
                Waiting { op, frozen, seen_rev: 0, outcome, epoch: 0, at: String::new(), refused }
            },
        )
    }

    fn change() -> impl Strategy<Value = Change> {
        let branch = r#"{"value":1,"op_id":"019a0000-0000-7000-8000-000000000001","author":"lan","at":"","conflict_id":"019a0000-0000-7000-8000-000000000002"}"#;
        let branch: crate::outcome::Branch = serde_json::from_str(branch).expect("it reads");
        prop_oneof![
            6 => (0..6_u64, waiting()).prop_map(|(seq, w)| Change::Waiting(seq, Box::new(w))),
            2 => (0..6_u64, waiting()).prop_map(|(seq, w)| Change::Archived(seq, Box::new(w))),
            2 => (0..6_u64).prop_map(Change::Done),
            2 => (0..6_u8, any::<bool>()).prop_map(move |(nth, is_contested)| {
                let branches = is_contested.then(|| branch.clone()).into_iter().collect();
                Change::Cell(cell(nth), ServerCell { branches, ..ServerCell::default() })
            }),
            1 => (0..6_u8).prop_map(|nth| Change::NoCell(cell(nth))),
        ]
    }

    proptest! {
        #[test]
        fn what_is_kept_along_equals_what_is_found_by_looking_at_everything(
            all in prop::collection::vec(change(), 0..40),
        ) {
            let mut replica = Replica::default();
            for change in &all {
                replica.apply(change);
                let outbox = &replica.outbox;
                let mut anew = Outbox::default();
                outbox.iter().for_each(|(seq, w)| anew.put(*seq, w.clone()));
                prop_assert_eq!(outbox, &anew);
                let found = |which: &dyn Fn(&Waiting) -> bool| {
                    outbox.iter().filter(|(_, w)| which(w)).map(|(seq, w)| (*seq, w)).collect::<Vec<_>>()
                };
                for nth in 0..6 {
                    let (cell, form, entity) = (cell(nth), form(nth), entity(nth));
                    let about = found(&|w| is_about(&w.op, &cell));
                    prop_assert_eq!(outbox.last_of_cell(&cell), about.last().copied());
                    prop_assert_eq!(outbox.of_cell(&cell).collect::<Vec<_>>(), about);
                    prop_assert_eq!(outbox.of_submission(&form).collect::<Vec<_>>(), found(&|w| is_step(&w.op, &form)));
                    prop_assert_eq!(outbox.of_entity(&entity).collect::<Vec<_>>(), found(&|w| changes(&w.op, &entity)));
                }
                for id in 0..8 {
                    let id = op(id, 0).op_id;
                    prop_assert_eq!(outbox.by_id(id), found(&|w| w.op.op_id == id).first().copied());
                }
                let rejected = |w: &Waiting| w.is_rejected() || w.refused.is_some();
                let contested = replica.cells.iter().filter(|(_, cell)| !cell.branches.is_empty());
                let mut contested: Vec<CellKey> = contested.map(|(key, _)| key.clone()).collect();
                contested.sort_unstable();
                let tally = replica.tally();
                prop_assert_eq!(tally.waiting, found(&Waiting::is_open).len());
                prop_assert_eq!(tally.rejected, found(&rejected).len());
                prop_assert_eq!(tally.contested, contested.len());
                prop_assert_eq!(replica.contested().cloned().collect::<Vec<_>>(), contested);
            }
        }
    }
}
