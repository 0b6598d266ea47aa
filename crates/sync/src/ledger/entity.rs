//! What becomes of a change to an entity.

use super::{Batch, EventIndex, LONGEST_CHAIN, Push};
use crate::entity::{self, Asking, Change, Entity, EntityKey, Kind, Merge, Report, task_evidence};
use crate::message::EventBody;
use crate::outcome::Head;
use crate::raw::Raw;
use crate::{Base, Op, Outcome, Rejection};
use uuid::Uuid;

impl Batch<'_> {
    pub(super) fn entity(
        &mut self,
        op: &Op,
        kind: &str,
        id: &str,
        change: &Raw,
        resolves: &[Uuid],
    ) -> (Outcome, EventIndex) {
        let rejected = |code| (Outcome::Rejected { code }, None);
        let (Some(known), Some(change)) = (Kind::parse(kind), change.read::<Change>()) else {
            return rejected(Rejection::Malformed);
        };
        let Ok(rev) = self.seen(op) else { return (Outcome::Held, None) };
        let key = EntityKey { stream: op.stream.clone(), kind: kind.to_owned(), id: id.to_owned() };
        let now = self.known.entities.get(&key).cloned().unwrap_or_default();
        let Push { model, grants, cooperation, today, at, .. } = *self.push;
        let (stands, others) = self.report_of(&key);
        let report = Report { stands: &stands, others };
        let cooperates = cooperation.covers_entity(&key);
        let asking = Asking { model, grants, cooperates, today, op, id, change: &change, now: &now, report };
        let change = match known.admit(&asking) {
            Ok(change) => change,
            Err(code) => return rejected(code),
        };
        let made_by = |id| self.known.ops.get(&id).map(|s| (s.op.device_id, s.op.device_seq));
        let base = entity::Base { rev, made_by: &made_by };
        let next = now.rev.max(self.floor()) + 1;
        let (next, is_contested) = match entity::merge(known, op, &change, resolves, &base, &now, (next, at))
        {
            Merge::Rejected(code) => return rejected(code),
            Merge::Unchanged => return (Outcome::SameValue { rev: now.rev }, None),
            Merge::Changed(next) => (next, false),
            Merge::Contested(next) => (next, true),
        };
        let outcome = if is_contested {
            let mine = next.branches.iter().find(|branch| branch.op_id == op.op_id);
            let conflict_id = mine.map_or(op.op_id, |branch| branch.conflict_id);
            // There is no one value that stands against it.
            Outcome::Conflict {
                conflict_id,
                head: Head { rev: next.rev, at: at.to_owned(), ..Head::default() },
            }
        } else {
            Outcome::Applied { rev: next.rev, seq: 0 }
        };
        let body = EventBody::Entity { kind: kind.to_owned(), id: id.to_owned(), told: next.told() };
        let told = self.tell(op, body);
        self.known.entities.insert(key.clone(), next.clone());
        self.written.entities.insert(key, next);
        (outcome, Some(told))
    }

    /// Of an attachment, its report as it stands and how many other attachments are there; of another kind nothing.
    fn report_of(&self, key: &EntityKey) -> (Entity, usize) {
        let Some(report) = task_evidence::report_of(key) else { return <_>::default() };
        let all = self.known.entities.iter();
        let others = all.filter(|(other, entity)| {
            *other != key && task_evidence::is_behind(other, &report) && task_evidence::is_there(entity)
        });
        let others = others.count();
        (self.known.entities.get(&report).cloned().unwrap_or_default(), others)
    }

    /// The revision of the entity that the author of an op saw, behind the ops that it builds on; none where that was never
    /// there. `Err` while one of them is not here.
    fn seen(&self, op: &Op) -> Result<Option<u64>, ()> {
        let mut base = op.base;
        for _ in 0..LONGEST_CHAIN {
            let id = match base {
                Base::Rev(rev) => return Ok(Some(rev)),
                Base::Op(id) if id == op.op_id => return Ok(None),
                Base::Op(id) => id,
            };
            match self.known.ops.get(&id) {
                Some(earlier) if earlier.waits_for.is_some() => return Err(()),
                Some(earlier) if earlier.op.author == op.author && earlier.op.entity() == op.entity() => {
                    base = earlier.op.base;
                }
                // Another thing, or what does not read: it says nothing about this one.
                Some(_) => return Ok(None),
                None if self.known.malformed.contains(&id) => return Ok(None),
                None => return Err(()),
            }
        }
        Ok(None)
    }
}
