//! What the protocol promises, checked without its own functions: from the log, the cells and the devices.

use super::world::World;
use chitieu_sync::entity::{Change, EntityKey, Kind, Policy};
use chitieu_sync::ledger::StoredOp;
use chitieu_sync::memory::{Memory, Pending};
use chitieu_sync::message::{OpResult, PullRequest};
use chitieu_sync::outcome::{Branch, Head};
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::CellKey;
use chitieu_sync::{Base, Op, OpBody, Outcome};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

#[derive(Default)]
pub struct Invariants {
    /// Ops that a device called saved and no later edit took the place of, with who holds them.
    saved: HashMap<Uuid, (Op, BTreeSet<usize>)>,
    /// Ops that a server has recorded, in any lifetime.
    recorded: HashSet<Uuid>,
    /// What an op was answered in the server's present lifetime.
    answered: HashMap<Uuid, Outcome>,
    /// Which op made a revision of a cell, in any lifetime.
    revisions: HashMap<(CellKey, u64), Uuid>,
}

fn as_head(branch: &Branch) -> Head {
    let Branch { value, op_id, note, estimated, cleared, .. } = branch.clone();
    Head { value, op_id, note, estimated, cleared, ..Head::default() }
}

impl Invariants {
    pub fn saved(&mut self, device: usize, op: Op, replaces: Option<Uuid>) {
        if let Some((_, holders)) = replaces.and_then(|id| self.saved.get_mut(&id)) {
            holders.remove(&device);
        }
        self.saved.insert(op.op_id, (op, BTreeSet::from([device])));
    }

    /// Its author took it back before it left.
    pub fn taken_back(&mut self, device: usize, op_id: Uuid) {
        if let Some((_, holders)) = self.saved.get_mut(&op_id) {
            holders.remove(&device);
        }
    }

    pub fn copied(&mut self, from: usize, to: usize) {
        for (_, holders) in self.saved.values_mut().filter(|(_, holders)| holders.contains(&from)) {
            holders.insert(to);
        }
    }

    pub fn restored(&mut self) {
        self.answered.clear();
    }

    /// A figure is rejected for a reason that somebody outside can see, never because it came early or twice.
    pub fn judged(ops: &[Op], pending: &Pending, server: &Memory, no_role: bool, plans: &[String]) {
        let has_submission = ops.iter().any(|op| op.submission().is_some());
        for (op_id, outcome) in pending.judged() {
            let Some(op) = ops.iter().find(|op| op.op_id == op_id) else { continue };
            let locked = server.submissions().values().any(|s| s.state.is_locked());
            let old_plan = !plans.contains(&op.plan);
            if matches!(outcome, Outcome::Rejected { .. }) && op.cell().is_some() {
                assert!(no_role || old_plan || locked || has_submission, "rejected: {op:?} {outcome:?}");
            }
            if matches!(outcome, Outcome::Rejected { .. }) && op.entity().is_some() {
                assert!(no_role, "rejected: {op:?} {outcome:?}");
            }
        }
    }

    pub fn committed(&mut self, ops: &[Op], results: &[OpResult], server: &Memory) {
        assert_eq!(ops.len(), results.len());
        for (op, result) in ops.iter().zip(results) {
            assert_eq!(op.op_id, result.op_id);
            self.recorded.insert(op.op_id);
            let before = self.answered.insert(op.op_id, result.outcome.clone());
            if let Some(before) = before.filter(|o| *o != Outcome::Held) {
                assert_eq!(before, result.outcome, "a replay is answered alike");
            }
        }
        for (key, cell) in server.cells() {
            let Some(head) = &cell.head else { continue };
            let maker = *self.revisions.entry((key.clone(), head.rev)).or_insert(head.op_id);
            assert_eq!(maker, head.op_id, "revision {} of {key:?} was issued twice", head.rev);
        }
    }

    /// "Sent" is never shown without a record on a server.
    pub fn check_always(&self, world: &World) {
        for device in &world.devices {
            for tab in &device.tabs {
                for id in tab.replica.sent_ids() {
                    assert!(self.recorded.contains(&id), "{id} is shown as sent");
                }
            }
        }
    }

    pub fn check_at_rest(&self, world: &World) {
        let log: BTreeMap<Uuid, &StoredOp> = world.server.ops().map(|s| (s.op.op_id, s)).collect();
        for (op, holders) in self.saved.values() {
            if holders.is_empty() {
                continue;
            }
            let stored = log.get(&op.op_id).unwrap_or_else(|| panic!("lost: {op:?}"));
            assert_eq!(stored.op.body, op.body, "a frozen op never changes");
            assert_eq!((&stored.op.author, &stored.op.note), (&op.author, &op.note));
            assert_ne!(stored.outcome, Outcome::Held, "{op:?} waits for ever");
        }
        Self::heads_follow_their_bases(world, &log);
        Self::fields_follow_what_was_seen(&log);
        for cell in world.server.cells().values() {
            for says in cell.head.iter().cloned().chain(cell.branches.iter().map(as_head)) {
                let op = &log[&says.op_id].op;
                assert!(says.says_the_same(&op.said()), "{says:?} is not what was entered: {op:?}");
            }
        }
        for (id, stored) in &log {
            let Outcome::Conflict { conflict_id, .. } = &stored.outcome else { continue };
            let open = match (stored.op.cell(), stored.op.entity()) {
                (Some(key), _) => {
                    world.server.cells()[&key].branches.iter().any(|b| b.conflict_id == *conflict_id)
                }
                (None, Some(key)) => {
                    world.server.entities()[&key].branches.iter().any(|b| b.conflict_id == *conflict_id)
                }
                (None, None) => panic!("a conflict of nothing"),
            };
            let settled = log.values().any(|s| match &s.op.body {
                OpBody::Figure { resolves, .. } => {
                    resolves.contains(conflict_id) && matches!(s.outcome, Outcome::Applied { .. })
                }
                // One of its fields may be in contest and another settle something.
                OpBody::Entity { resolves, .. } => resolves.contains(conflict_id),
                OpBody::Submission { .. } => false,
            });
            assert!(open || settled, "the conflict of {id} is gone");
        }
        for (device, tab) in
            world.devices.iter().flat_map(|d| d.tabs.iter().map(move |tab| (d, &tab.replica)))
        {
            let seen: BTreeMap<_, _> = tab.server_cells().collect();
            for (key, cell) in world.server.cells() {
                let seen = seen.get(key).map(|c| (&c.head, &c.branches));
                assert_eq!(seen, Some((&cell.head, &cell.branches)), "{key:?}");
            }
            assert_eq!(seen.len(), world.server.cells().len());
            let seen: BTreeMap<_, _> = tab.submissions().collect();
            assert_eq!(seen.len(), world.server.submissions().len());
            assert!(world.server.submissions().iter().all(|(key, standing)| seen[key] == standing));
            for (key, entity) in world.server.entities() {
                assert_eq!(tab.told(key), Some(&entity.told()), "{key:?}");
            }
            let request =
                PullRequest { limit: Some(1), device_id: Some(tab.device_id()), ..PullRequest::default() };
            let page = world.server.pull(&[], &request).expect("a page");
            // A renamed copy's ops may be recorded under the name of the device they were copied from.
            if world.devices.iter().filter(|d| d.family == device.family).count() == 1 {
                assert_eq!(page.ack_device_seq, tab.next_seq() - 1, "numbers are dense");
            }
        }
    }

    /// Each value of a field that an applied op brought took the place of one that its author had seen: of a revision that
    /// was in view, or made on the same device.
    fn fields_follow_what_was_seen(log: &BTreeMap<Uuid, &StoredOp>) {
        let mut by_rev: BTreeMap<(EntityKey, u64), &StoredOp> = BTreeMap::new();
        for stored in log.values() {
            let (Some(key), Outcome::Applied { rev, .. } | Outcome::Conflict { head: Head { rev, .. }, .. }) =
                (stored.op.entity(), &stored.outcome)
            else {
                continue;
            };
            assert!(by_rev.insert((key, *rev), stored).is_none(), "revision {rev} twice");
        }
        // Which op brought what stands in a field, and its revision; none where an op in contest may have.
        let mut stands: HashMap<_, Option<(u64, Uuid, Raw)>> = HashMap::new();
        for ((key, rev), stored) in by_rev {
            let OpBody::Entity { change, .. } = &stored.op.body else { panic!("of an entity") };
            let is_applied = matches!(stored.outcome, Outcome::Applied { .. });
            for (field, value) in change.read::<Change>().expect("it reads") {
                // What is said once takes nothing's place: whatever comes later changes nothing.
                let policy = Kind::parse(&key.kind).and_then(|kind| kind.field(&field)).map(|f| f.policy);
                if policy == Some(Policy::Once) {
                    continue;
                }
                let of = (key.clone(), field);
                // Nothing is emptied where nothing ever stood.
                if value.text() == "null" && !stands.contains_key(&of) {
                    continue;
                }
                // What says the same takes no place.
                let before = stands.get(&of).cloned().flatten();
                if before.as_ref().is_some_and(|(.., stands)| *stands == value) {
                    continue;
                }
                stands.insert(of, is_applied.then_some((rev, stored.op.device_id, value)));
                let Some((before, device, _)) = before.filter(|_| is_applied) else { continue };
                let Base::Rev(seen) = stored.op.base else { panic!("a device names revisions") };
                assert!(before <= seen || device == stored.op.device_id, "{:?}", stored.op);
            }
        }
    }

    /// Each applied op took the place of the value its author was looking at.
    fn heads_follow_their_bases(world: &World, log: &BTreeMap<Uuid, &StoredOp>) {
        let mut heads: BTreeMap<CellKey, BTreeMap<u64, &StoredOp>> = BTreeMap::new();
        for stored in log.values() {
            if let (Some(key), Outcome::Applied { rev, .. }) = (stored.op.cell(), &stored.outcome) {
                let twice = heads.entry(key).or_default().insert(*rev, stored);
                assert!(twice.is_none(), "revision {rev} twice");
            }
        }
        for (key, heads) in &heads {
            let mut before = 0;
            for (rev, stored) in heads {
                let mut base = stored.op.base;
                let looked_at = loop {
                    let id = match base {
                        Base::Rev(rev) => break Some(rev),
                        Base::Op(id) => id,
                    };
                    match &log[&id].outcome {
                        Outcome::Applied { rev, .. } | Outcome::SameValue { rev } => break Some(*rev),
                        Outcome::Rejected { .. } => base = log[&id].op.base,
                        _ => break None,
                    }
                };
                assert_eq!(looked_at, Some(before), "{:?} took the place of another value", stored.op);
                before = *rev;
            }
            let head = world.server.cells()[key].head.as_ref().map(|h| h.rev);
            assert_eq!(head, Some(before));
        }
    }
}
