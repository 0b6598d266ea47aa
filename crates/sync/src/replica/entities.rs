//! Entities on a device: what the server told is carried as text, and read only where somebody looks at it.

use super::{Replica, Waiting};
use crate::cooperation::{self, Cooperation, Named, is_assignment};
use crate::entity::{
    self, Asking, Change, Contested, Entity, EntityKey, Kind, Policy, Register, Report, task_evidence,
};
use crate::grants::Grants;
use crate::op::{Base, Op, OpBody};
use crate::outcome::{Outcome, Rejection};
use crate::raw::Raw;
use chitieu_domain::Model;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// From so many on it takes a browser longer to give the rows than the rest of a start.
const MANY: usize = 2_000;

/// How a field stands on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldStatus {
    /// Durable here, not sent.
    Saved,
    /// On its way; the answer is not here yet.
    Sending,
    /// Recorded on the server.
    Sent,
    /// The server did not admit it; the value is kept.
    Rejected(Rejection),
}

/// A field as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldView {
    /// The value, own unsent one first.
    pub value: Raw,
    /// How it stands.
    pub status: FieldStatus,
    /// What the server has.
    pub head: Option<Register>,
    /// Values that contest it.
    pub branches: Vec<Contested>,
}

impl FieldView {
    /// The value; none where it is empty or something else.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Option<T> {
        self.value.read()
    }
}

/// An entity as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntityView {
    /// As the server has it.
    pub server: Entity,
    /// Its fields by name, those with unsent values included.
    pub fields: BTreeMap<String, FieldView>,
    /// True while something of it is not known to be on the server.
    pub unsent: bool,
}

impl EntityView {
    /// The value of a field; none where it is empty or something else.
    pub fn value<'a, T: Deserialize<'a>>(&'a self, field: &str) -> Option<T> {
        self.fields.get(field)?.read()
    }
}

impl Replica {
    /// An entity as the person sees it: what the server told, and over it what this device made and the server does not
    /// have. None where the server told something that this program cannot read, and of a kind that it does not know.
    pub fn entity(&self, key: &EntityKey) -> Option<EntityView> {
        let kind = Kind::parse(&key.kind)?;
        let server = match self.entities.get(key) {
            Some(told) => Entity::read(told)?,
            None => Entity::default(),
        };
        let mut view = EntityView::default();
        for (name, register) in &server.fields {
            let of_field = |branch: &&Contested| branch.field == *name;
            view.fields.insert(
                name.clone(),
                FieldView {
                    value: register.value.clone(),
                    status: FieldStatus::Sent,
                    head: Some(register.clone()),
                    branches: server.branches.iter().filter(of_field).cloned().collect(),
                },
            );
        }
        for (seq, waiting) in self.outbox.of_entity(key) {
            view.unsent |= waiting.is_open();
            let Some(status) = status(waiting) else { continue };
            let OpBody::Entity { change, .. } = &waiting.op.body else { continue };
            for (name, value) in change.read::<Change>().unwrap_or_default() {
                // What is added is shown with what was said, once it is there; of what is said once the server's counts.
                let is_passed_over = |policy: Policy| match policy {
                    Policy::Append => true,
                    Policy::Once => server.fields.contains_key(&name),
                    Policy::Register | Policy::Step => false,
                };
                if kind.field(&name).is_none_or(|field| is_passed_over(field.policy)) {
                    continue;
                }
                if waiting.is_rejected() && self.is_said_again(key, &name, seq) {
                    continue;
                }
                let field = view.fields.entry(name).or_insert_with(|| FieldView {
                    value: value.clone(),
                    status,
                    head: None,
                    branches: Vec::new(),
                });
                (field.value, field.status) = (value, status);
            }
        }
        view.server = server;
        Some(view)
    }

    /// True where this device said something in a field after an op that was not admitted, and the server has it: that was the
    /// person's answer to the refusal. Only what was refused asks, so that all that was sent is seldom looked through.
    fn is_said_again(&self, key: &EntityKey, field: &str, seq: u64) -> bool {
        self.sent
            .values()
            .filter(|later| later.op.device_id == self.device_id && later.op.device_seq > seq)
            .any(|later| {
                let OpBody::Entity { change, .. } = &later.op.body else { return false };
                super::changes(&later.op, key)
                    && change.read::<Change>().is_some_and(|change| change.contains_key(field))
            })
    }

    /// What keeps a change of an entity, or why it is not allowed: asked as the server asks, over what the person sees.
    pub fn change_entity(
        &self,
        op: Op,
        model: &Model,
        grants: &Grants,
        today: NaiveDate,
    ) -> Result<Vec<super::Change>, Rejection> {
        let op = self.entity_op(op);
        let key = op.entity().ok_or(Rejection::Malformed)?;
        let kind = Kind::parse(&key.kind).ok_or(Rejection::Malformed)?;
        let now = self.seen(&key, &op).ok_or(Rejection::Unknown)?;
        let (stands, others) = self.report_of(&key, &op);
        let OpBody::Entity { change, .. } = &op.body else { return Err(Rejection::Malformed) };
        let change = change.read::<Change>().ok_or(Rejection::Malformed)?;
        let report = Report { stands: &stands, others };
        let cooperates =
            kind == Kind::TaskReport && self.cooperation(model, grants, today).covers_entity(&key);
        kind.admit(&Asking {
            model,
            grants,
            cooperates,
            today,
            op: &op,
            id: &key.id,
            change: &change,
            now: &now,
            report,
        })?;
        Ok(vec![self.keep(op)])
    }

    /// The reports of others that somebody with these grants fills in with them, by the assignments that the server told: what
    /// waits here gives nobody a right.
    pub fn cooperation(&self, model: &Model, grants: &Grants, today: NaiveDate) -> Cooperation {
        if !cooperation::may_cooperate(grants, today) {
            return Cooperation::default();
        }
        let told = self.entities.iter().filter_map(|(key, told)| {
            let assignment = is_assignment(key).then(|| Entity::read(told))??;
            Some((key.id.clone(), Named::from(&assignment)))
        });
        Cooperation::of(grants, model, today, &told.collect::<Vec<_>>())
    }

    /// An entity as the person sees it, as if the server had it so from this op's author.
    fn seen(&self, key: &EntityKey, op: &Op) -> Option<Entity> {
        let view = self.entity(key)?;
        let mut now = view.server;
        // What the server did not admit was not said: only what stands there counts.
        let counts = |field: &FieldView| !matches!(field.status, FieldStatus::Rejected(_));
        for (name, field) in view.fields.into_iter().filter(|(_, field)| counts(field)) {
            let register = now.fields.entry(name).or_insert_with(|| Register::own(op));
            register.value = field.value;
        }
        Some(now)
    }

    /// Of an attachment, its report as the person sees it and how many other attachments are there; of another kind nothing.
    fn report_of(&self, key: &EntityKey, op: &Op) -> (Entity, usize) {
        let Some(report) = task_evidence::report_of(key) else { return <_>::default() };
        let all = self.entities_of(Kind::TaskEvidence).into_iter();
        let others = all.filter(|other| {
            let is_other = other != key && task_evidence::is_behind(other, &report);
            is_other && self.seen(other, op).is_some_and(|entity| task_evidence::is_there(&entity))
        });
        let others = others.count();
        (self.seen(&report, op).unwrap_or_default(), others)
    }

    /// The entities of a kind that the server told of or this device has made, by their names, in order.
    pub fn entities_of(&self, kind: Kind) -> Vec<EntityKey> {
        let told = self.entities.keys().filter(|key| key.kind == kind.id()).cloned();
        let made = self.outbox.values().filter(|w| status(w).is_some()).filter_map(|w| w.op.entity());
        let mut all: Vec<EntityKey> = told.chain(made.filter(|key| key.kind == kind.id())).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// True where there are so many that reading them row by row makes a start slow.
    pub fn has_many_entities(&self) -> bool {
        self.entities.len() > MANY
    }

    /// An entity as the server last told, of whatever kind.
    pub fn told(&self, key: &EntityKey) -> Option<&entity::Told> {
        self.entities.get(key)
    }

    /// An entity as the server told, where this device has made nothing of it that waits or was refused: it is what a person
    /// sees.
    pub fn told_alone(&self, key: &EntityKey) -> Option<&entity::Told> {
        let told = self.entities.get(key)?;
        self.outbox.of_entity(key).next().is_none().then_some(told)
    }

    /// True where what stands in a field is this device's own word: held here, applied by the server, or told as this device's.
    /// Who said the same after somebody else has changed nothing.
    pub fn is_own_word(&self, key: &EntityKey, field: &str) -> bool {
        let says = |waiting: &Waiting| match &waiting.op.body {
            OpBody::Entity { change, .. } => {
                change.read::<Change>().is_some_and(|all| all.contains_key(field))
            }
            _ => false,
        };
        if let Some((_, last)) = self.outbox.of_entity(key).rfind(|(_, waiting)| says(waiting)) {
            return matches!(last.outcome, None | Some(Outcome::Applied { .. }));
        }
        let told = self.entities.get(key).and_then(Entity::read);
        told.and_then(|entity| Some(self.is_own(entity.fields.get(field)?.op_id))).unwrap_or(false)
    }

    /// Gives an op that changes an entity its base, its device and its number, given that the person sees what
    /// [`Replica::entity`] shows. It takes the place of one that never left the device, where the server's state is still the
    /// one that that was made over.
    pub fn entity_op(&self, op: Op) -> Op {
        let OpBody::Entity { kind, id, change, resolves } = &op.body else { return op };
        let key = EntityKey { stream: op.stream.clone(), kind: kind.clone(), id: id.clone() };
        let rev = self.entities.get(&key).map_or(0, |told| told.rev);
        let mut made =
            Op { device_id: self.device_id, device_seq: self.next_seq(), base: Base::Rev(rev), ..op.clone() };
        let last = self.outbox.of_entity(&key).next_back();
        let Some(last) = last
            .map(|(_, waiting)| waiting)
            .filter(|w| !w.frozen && w.outcome.is_none() && w.op.base == made.base)
        else {
            return made;
        };
        let OpBody::Entity { change: before, resolves: settled, .. } = &last.op.body else { return made };
        let (Some(mut all), Some(now)) = (before.read::<Change>(), change.read::<Change>()) else {
            return made;
        };
        let is_plain = |change: &Change| {
            let policy = |name: &String| Kind::parse(kind)?.field(name).map(|field| field.policy);
            change.keys().all(|name| policy(name) == Some(Policy::Register))
        };
        if !is_plain(&all) || !is_plain(&now) {
            return made;
        }
        all.extend(now);
        let resolves: Vec<Uuid> = settled.iter().chain(resolves).copied().collect();
        made.device_seq = last.op.device_seq;
        // A reason that was given is not lost because something else is changed before it is sent.
        made.reason = op.reason.clone().or_else(|| last.op.reason.clone());
        made.body = OpBody::Entity { kind: kind.clone(), id: id.clone(), change: Raw::of(&all), resolves };
        made
    }
}

/// How what an op changes stands; none where the server's state says it.
fn status(waiting: &Waiting) -> Option<FieldStatus> {
    Some(match &waiting.outcome {
        Some(Outcome::Rejected { code }) => FieldStatus::Rejected(*code),
        Some(Outcome::Conflict { .. }) => return None,
        Some(Outcome::Applied { .. } | Outcome::SameValue { .. }) => FieldStatus::Sent,
        _ if waiting.frozen => FieldStatus::Sending,
        _ => FieldStatus::Saved,
    })
}
