//! Who answers for a task: by its assignment, by what a unit gives to its bodies, else by the plan.

use super::Part;
use super::report::day_of;
use chitieu_domain::model::{Model, ReporterIx};
use chitieu_domain::plan::Task;
use chitieu_domain::task::Occurrence;
use chitieu_domain::{ReporterId, day};
use chitieu_sync::StreamId;
use chitieu_sync::entity::{EntityKey, Kind, task_assignment};
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::{EntityView, FieldStatus, Replica};
use chrono::NaiveDate;

/// Who answers for a task, and from when until when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assigned {
    /// Who leads on the day that was asked about.
    pub lead: Vec<ReporterIx>,
    /// Who cooperates then, those among them to whom their unit has given the task.
    pub cooperating: Vec<ReporterIx>,
    /// Who was named and has ended since; those who went on are among the above.
    pub former: Vec<ReporterIx>,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
    /// True as long as nobody has assigned it: the plan's own leads are a proposal.
    pub is_proposed: bool,
    /// What units give to their bodies.
    pub given: Vec<Given>,
}

/// What a unit gives to one of its bodies to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// To whom: who was named, or went on.
    pub who: ReporterIx,
    /// From which day: where none was said, the one on which it was given.
    pub from: Option<NaiveDate>,
    /// Until which day; none: as for all.
    pub until: Option<NaiveDate>,
    /// True where it has no other part in the task.
    pub is_only_so: bool,
}

impl Assigned {
    /// Who has this part in it.
    pub fn of(&self, part: Part) -> &[ReporterIx] {
        match part {
            Part::Leads => &self.lead,
            Part::Cooperates => &self.cooperating,
        }
    }

    /// The first and the last day for a reporter. Its unit's are its own where it has no other part; else the unit may ask for it
    /// earlier and takes nothing from what is owed.
    pub fn days(&self, who: ReporterIx) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let Some(own) = self.given.iter().find(|given| given.who == who) else {
            return (self.from, self.until);
        };
        if own.is_only_so {
            return (own.from, own.until.or(self.until));
        }
        (self.from, [own.until, self.until].into_iter().flatten().min())
    }
}

/// Where the assignment of a task, or of one of its campaigns, is kept.
pub fn assignment_key(task: &Task, turn: Option<Occurrence>) -> EntityKey {
    let id = match turn {
        Some(turn @ Occurrence::On(_)) => format!("{}/{turn}", task.id),
        _ => task.id.clone(),
    };
    EntityKey { stream: StreamId::Plan, kind: task_assignment::ID.to_owned(), id }
}

/// Where it is kept what a unit gives to one of its bodies of a task.
pub fn given_key(task: &Task, who: &ReporterId) -> EntityKey {
    EntityKey { stream: who.clone().into(), ..assignment_key(task, None) }
}

/// The campaigns of a task, and the events for which it is done once more, by their days: those that were assigned.
pub fn named_turns(replica: &Replica, task: &Task) -> Vec<Occurrence> {
    turns_named_by(&replica.entities_of(Kind::TaskAssignment), task)
}

/// The same by the names of all assignments.
pub(super) fn turns_named_by(keys: &[EntityKey], task: &Task) -> Vec<Occurrence> {
    let of_task = keys.iter().filter_map(|key| match task_assignment::place(&key.id)? {
        (id, Some(turn)) if id == task.id && key.stream == StreamId::Plan => Some(turn),
        _ => None,
    });
    let mut turns: Vec<Occurrence> = of_task.collect();
    turns.sort_unstable();
    turns.dedup();
    turns
}

/// What a field says: what the server did not admit does not stand. None where that is nothing.
pub(super) fn stands<'a>(view: &'a EntityView, field: &str) -> Option<&'a Raw> {
    let field = view.fields.get(field)?;
    let value = match field.status {
        FieldStatus::Rejected(_) => &field.head.as_ref()?.value,
        _ => &field.value,
    };
    Some(value).filter(|value| value.text() != "null")
}

fn date(value: Option<&Raw>) -> Option<NaiveDate> {
    day::parse(&value?.read::<String>()?)
}

/// True where an assignment says something.
pub fn is_set(view: &EntityView) -> bool {
    view.fields.keys().any(|field| stands(view, field).is_some())
}

/// True where somebody has said who leads, or, of a task that many lead, what is to come of it: what the plan names is a
/// proposal no longer.
pub fn is_confirmed(model: &Model, task: &Task, view: &EntityView, today: NaiveDate) -> bool {
    let has = |field: &str| stands(view, field).is_some();
    has(task_assignment::LEAD) || (has(task_assignment::OUTPUT) && !has_one_lead(model, task, today))
}

/// True where the plan names one body that leads.
fn has_one_lead(model: &Model, task: &Task, today: NaiveDate) -> bool {
    model.reporters_of(&task.lead, today).len() == 1
}

/// Who answers for a task on `today`: by its assignment, or the campaign's own, else by the plan.
pub fn assigned(
    model: &Model,
    replica: &Replica,
    task: &Task,
    turn: Option<Occurrence>,
    today: NaiveDate,
) -> Assigned {
    assigned_by(&replica.entities_of(Kind::TaskAssignment), model, replica, (task, turn), today)
}

/// The same by the names of all assignments: a device may hold tens of thousands of entities, and a list asks for every task.
pub(super) fn assigned_by(
    keys: &[EntityKey],
    model: &Model,
    replica: &Replica,
    (task, turn): (&Task, Option<Occurrence>),
    today: NaiveDate,
) -> Assigned {
    let read = |turn| replica.entity(&assignment_key(task, turn)).filter(|view| !view.fields.is_empty());
    let own = turn.filter(|turn| matches!(turn, Occurrence::On(_))).and_then(|turn| read(Some(turn)));
    let whole = read(None);
    // A campaign that names nobody is of those who answer for the task.
    let value = |field: &str| -> Option<&Raw> {
        let of =
            |view: &'_ Option<EntityView>| view.as_ref().is_some_and(|view| stands(view, field).is_some());
        stands(if of(&own) { &own } else { &whole }.as_ref()?, field)
    };
    let lead = value(task_assignment::LEAD).and_then(Raw::read::<ReporterId>);
    let cooperating = value(task_assignment::COOPERATING).and_then(Raw::read::<Vec<ReporterId>>);
    let has_output = value(task_assignment::OUTPUT).is_some();
    let mut found = Assigned {
        from: date(value(task_assignment::FROM)),
        until: date(value(task_assignment::UNTIL)),
        is_proposed: lead.is_none() && (!has_output || has_one_lead(model, task, today)),
        ..Assigned::default()
    };
    let mut now = |named: Vec<ReporterId>| -> Vec<ReporterIx> {
        let named = named.iter().filter_map(|id| model.reporter_ix(id));
        let mut all = Vec::new();
        for one in named {
            let there = model.answers_for(one, today);
            if !there.contains(&one) {
                found.former.push(one);
            }
            all.extend(there);
        }
        all.sort_unstable();
        all.dedup();
        all
    };
    let lead = lead.map(|lead| now(vec![lead]));
    let cooperating = cooperating.map(&mut now);
    found.lead = lead.unwrap_or_else(|| model.reporters_of(&task.lead, today));
    found.cooperating = cooperating.unwrap_or_else(|| model.reporters_of(&task.cooperating, today));
    found.given = given(keys, model, replica, task, today);
    for given in &mut found.given {
        given.is_only_so = !found.lead.contains(&given.who) && !found.cooperating.contains(&given.who);
    }
    found.cooperating.extend(found.given.iter().map(|given| given.who));
    found.cooperating.sort_unstable();
    found.cooperating.dedup();
    found.cooperating.retain(|who| !found.lead.contains(who));
    found
}

/// What units give of a task to their bodies, as it stands on `today`.
fn given(keys: &[EntityKey], model: &Model, replica: &Replica, task: &Task, today: NaiveDate) -> Vec<Given> {
    let mut found = Vec::new();
    for key in keys.iter().filter(|key| key.id == task.id) {
        let Some(named) = key.stream.reporter().and_then(|named| model.reporter_ix(named)) else { continue };
        let Some(view) = replica.entity(key).filter(is_set) else { continue };
        let day = |field: &str| date(stands(&view, field));
        // Nobody owes reports of before it was given.
        let said = view.fields.iter().filter(|(name, _)| stands(&view, name).is_some());
        let written = said.filter_map(|(_, field)| day_of(&field.head.as_ref()?.at)).min();
        let from = day(task_assignment::FROM).or(Some(written.unwrap_or(today)));
        let until = day(task_assignment::UNTIL);
        for who in model.answers_for(named, today) {
            // What was given to it goes before what was given to one that ended.
            if who == named {
                found.retain(|given: &Given| given.who != who);
            } else if found.iter().any(|given| given.who == who) {
                continue;
            }
            found.push(Given { who, from, until, is_only_so: true });
        }
    }
    found
}
