//! What becomes of an admitted change of an entity.

use super::{Change, Contested, Entity, Kind, MOST_BRANCHES, Policy, Register};
use crate::raw::Raw;
use crate::{Op, Rejection};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the author of an op saw.
pub(crate) struct Base<'a> {
    /// The revision of the entity; none where it was never there.
    pub rev: Option<u64>,
    /// The device and the number there of the op that made a value.
    pub made_by: &'a dyn Fn(Uuid) -> Option<(Uuid, u64)>,
}

/// What becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Merge {
    /// The entity as it stands then.
    Changed(Entity),
    /// The same, and some values stand beside it.
    Contested(Entity),
    /// It says what stands.
    Unchanged,
    /// It may not be.
    Rejected(Rejection),
}

/// What was said in a field to which things are added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The value.
    pub value: Raw,
    /// The op.
    pub op_id: Uuid,
    /// Who.
    pub author: String,
    /// When, by the server's clock (RFC 3339).
    pub at: String,
}

/// Most of what is added to one field.
const MOST_SAID: usize = 100;

/// How a value stands to the author of an op.
#[derive(PartialEq, Eq)]
enum View {
    Seen,
    Unseen,
    /// The same device made it after the op.
    Later,
}

/// Merges a change whose values are as their fields write them. What an author's own device made they have seen, so nobody
/// conflicts with themselves, not even after a restore.
pub(crate) fn merge(
    kind: Kind,
    op: &Op,
    change: &Change,
    resolves: &[Uuid],
    base: &Base<'_>,
    now: &Entity,
    (rev, at): (u64, &str),
) -> Merge {
    let own = |op_id| (base.made_by)(op_id).filter(|(device, _)| *device == op.device_id).map(|(_, seq)| seq);
    let view = |register: &Register| match own(register.op_id) {
        Some(seq) if seq > op.device_seq => View::Later,
        Some(_) => View::Seen,
        None if base.rev.is_some_and(|seen| register.rev <= seen) => View::Seen,
        None => View::Unseen,
    };
    let policy = |name: &str| kind.field(name).map(|field| field.policy);
    let mut next = now.clone();
    let (mut is_changed, mut is_contested) = (false, false);
    for (name, value) in change {
        let register = now.fields.get(name);
        let new = Register { value: value.clone(), rev, at: at.to_owned(), ..Register::own(op) };
        match policy(name) {
            Some(Policy::Append) => {
                let mut said: Vec<Said> = register.and_then(|r| r.value.read()).unwrap_or_default();
                if said.len() >= MOST_SAID {
                    return Merge::Rejected(Rejection::TooLong);
                }
                let Register { value, op_id, author, at, .. } = new.clone();
                said.push(Said { value, op_id, author, at });
                next.fields.insert(name.clone(), Register { value: Raw::of(&said), ..new });
                is_changed = true;
            }
            Some(Policy::Once) => {
                if register.is_none() && value.text() != "null" {
                    next.fields.insert(name.clone(), new);
                    is_changed = true;
                }
            }
            Some(Policy::Step) => {
                let unseen = |(name, register): (&String, &Register)| {
                    policy(name) != Some(Policy::Append) && view(register) != View::Seen
                };
                if now.fields.iter().any(unseen) {
                    return Merge::Rejected(Rejection::MovedOn);
                }
                if !now.branches.is_empty() {
                    return Merge::Rejected(Rejection::Contested);
                }
                next.fields.insert(name.clone(), new);
                is_changed = true;
            }
            _ => {
                let view = register.map_or(View::Seen, view);
                let settles = |b: &Contested| b.field == *name && resolves.contains(&b.conflict_id);
                let is_same = match register {
                    Some(register) => register.value == *value,
                    None => value.text() == "null",
                };
                let settles_some = view == View::Seen && now.branches.iter().any(settles);
                if view == View::Later || (is_same && !settles_some) {
                    continue;
                }
                is_changed = true;
                if view == View::Seen {
                    next.branches.retain(|branch| !settles(branch));
                    next.fields.insert(name.clone(), new);
                    continue;
                }
                is_contested = true;
                // One device has one value in contest.
                let mine = |b: &Contested| b.field == *name && own(b.op_id).is_some();
                let conflict_id = next.branches.iter().find(|b| mine(b)).map_or(op.op_id, |b| b.conflict_id);
                next.branches.retain(|branch| !mine(branch));
                let Register { value, op_id, author, at, .. } = new;
                next.branches.push(Contested { conflict_id, field: name.clone(), value, op_id, author, at });
            }
        }
    }
    if next.branches.len() > MOST_BRANCHES.max(now.branches.len()) {
        return Merge::Rejected(Rejection::Contested);
    }
    if !is_changed {
        return Merge::Unchanged;
    }
    next.rev = rev;
    (next.author, next.at) = (op.author.clone(), at.to_owned());
    if is_contested { Merge::Contested(next) } else { Merge::Changed(next) }
}
