//! Tasks of the plan over the years: who was given which ([`assigning`](super::assigning)), what was reported
//! ([`reporting`](super::reporting)), which programmes units made of it ([`programmes`](super::programmes)), and here what the ledger makes of it, step by step in the order of time.

use super::FillError;
use super::assigning::Assigning;
use super::dice::Dice;
use super::programmes;
use super::reporting;
use super::task_step::{By, Step};
use chitieu_domain::Model;
use chitieu_sync::cooperation::Cooperation;
use chitieu_sync::entity::{EntityKey, Kind};
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::ledger::{Loaded, Push, WriteSet, merge_batch};
use chitieu_sync::op::{Base, Op, OpBody};
use chitieu_sync::plans::Accepted;
use chitieu_sync::raw::Raw;
use chitieu_sync::{Outcome, Rejection};
use chrono::NaiveDate;
use std::collections::{HashMap, VecDeque};
use uuid::Uuid;

/// What was judged of tasks, in the order of time.
pub struct Told {
    batches: VecDeque<(NaiveDate, (String, WriteSet))>,
    /// How many assignments there are.
    pub assignments: usize,
    /// How many reports.
    pub reports: usize,
    /// How many programmes of units.
    pub programmes: usize,
}

impl Told {
    /// The next of what came up to a day, that day included.
    pub fn up_to(&mut self, day: NaiveDate) -> Option<(String, WriteSet)> {
        self.batches.pop_front_if(|(on, _)| *on <= day).map(|(_, batch)| batch)
    }
}

/// Tells the tasks of the plan up to the day before a day, under a version of the plan.
///
/// # Errors
/// Where the ledger refuses a step.
pub fn tell(model: &Model, version: &str, today: NaiveDate) -> Result<Told, FillError> {
    let assigning = Assigning::new(model, today);
    let mut steps = assigning.steps();
    steps.extend(reporting::steps(model, &assigning, today));
    steps.extend(programmes::steps(model, &assigning, today));
    steps.retain(|step| step.when.0 < today);
    // Steps of one thing that come at the same minute stay in their order.
    steps.sort_by_key(|step| step.when);
    let mut office = Office {
        model,
        version,
        plans: Accepted::only(version),
        known: Loaded::default(),
        devices: HashMap::new(),
    };
    let batches = steps.into_iter().map(|step| office.judge(step)).collect::<Result<_, _>>()?;
    let count = |kind: Kind| office.known.entities.keys().filter(|key| key.kind == kind.id()).count();
    let (assignments, reports) = (count(Kind::TaskAssignment), count(Kind::TaskReport));
    let programmes = count(Kind::AnnualPlanDocument);
    Ok(Told { batches, assignments, reports, programmes })
}

/// Where steps are judged.
struct Office<'a> {
    model: &'a Model,
    version: &'a str,
    plans: Accepted,
    known: Loaded,
    /// How many ops each device made.
    devices: HashMap<Uuid, u64>,
}

impl Office<'_> {
    fn judge(&mut self, step: Step) -> Result<(NaiveDate, (String, WriteSet)), FillError> {
        let Step { when: (day, minute), by, stream, kind, id, change, reason } = step;
        let (role, author) = match by {
            By::Steering => (Role::Steering, "steering".to_owned()),
            By::Reviewer => (Role::Reviewer, "reviewer".to_owned()),
            By::Officer(name) => (Role::Officer, name),
        };
        let key = EntityKey { stream: stream.clone(), kind: kind.id().to_owned(), id: id.clone() };
        let device_id = Dice::of(&["device", &author, "tasks"]).id();
        let seq = self.devices.entry(device_id).or_default();
        *seq += 1;
        let device_seq = *seq;
        let of_day = 7 * 60 + 30 + minute;
        let time = |second: u8| format!("{day}T{:02}:{:02}:{second:02}.000+07:00", of_day / 60, of_day % 60);
        let op = Op {
            op_id: Dice::of(&["op of tasks", &author, &device_seq.to_string()]).id(),
            device_id,
            device_seq,
            author,
            stream: stream.clone(),
            base: Base::Rev(self.known.entities.get(&key).map_or(0, |entity| entity.rev)),
            plan: self.version.to_owned(),
            entered_at: time(10),
            reason: reason.map(str::to_owned),
            note: None,
            body: OpBody::Entity {
                kind: key.kind,
                id: id.clone(),
                change: Raw::of(&change),
                resolves: Vec::new(),
            },
        };
        let at = time(40);
        let push = Push {
            model: self.model,
            plans: &self.plans,
            cooperation: Cooperation::none(),
            grants: &Grants::plain(role, stream.reporter().cloned().into_iter().collect()),
            today: day,
            at: &at,
            epoch: 1,
            malformed: &[],
            refusals: usize::MAX,
        };
        let refused = |code| FillError::Refused { code, what: format!("{stream} {id} on {day}") };
        let written =
            merge_batch(&push, &[op], &mut self.known).map_err(|_| refused(Rejection::PayloadDiffers))?;
        match written.ops.iter().find_map(|(stored, _)| match stored.outcome {
            Outcome::Rejected { code } => Some(code),
            _ => None,
        }) {
            Some(code) => Err(refused(code)),
            None => Ok((day, (at, written))),
        }
    }
}
