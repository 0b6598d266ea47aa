//! Who answers for a task: by its assignment, by what a unit gives to its bodies, else by the plan.

use super::Part;
use super::report::day_of;
use chitieu_domain::model::{Model, ReporterIx};
use chitieu_domain::plan::Task;
use chitieu_domain::task::Occurrence;
use chitieu_domain::unit::Level;
use chitieu_domain::{ReporterId, day};
use chitieu_sync::StreamId;
use chitieu_sync::entity::{EntityKey, Kind, task_assignment};
use chitieu_sync::replica::{EntityView, FieldView, Replica};
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
}

impl Assigned {
    /// Who has this part in it.
    pub fn of(&self, part: Part) -> &[ReporterIx] {
        match part {
            Part::Leads => &self.lead,
            Part::Cooperates => &self.cooperating,
        }
    }

    /// The first and the last day for a reporter: its unit's, where that has set one.
    pub fn days(&self, who: ReporterIx) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let own = self.given.iter().find(|given| given.who == who);
        let (from, until) = own.map_or((None, None), |given| (given.from, given.until));
        (from.or(self.from), until.or(self.until))
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
    let keys = replica.entities_of(Kind::TaskAssignment);
    let of_task = keys.iter().filter_map(|key| match task_assignment::place(&key.id)? {
        (id, Some(turn)) if id == task.id => Some(turn),
        _ => None,
    });
    let mut turns: Vec<Occurrence> = of_task.collect();
    turns.sort_unstable();
    turns.dedup();
    turns
}

fn date(value: Option<&FieldView>) -> Option<NaiveDate> {
    day::parse(&value?.read::<String>()?)
}

/// True where an assignment says something.
pub fn is_set(view: &EntityView) -> bool {
    view.fields.values().any(|field| field.value.text() != "null")
}

/// True where somebody has said who leads or what is to come of it: what the plan names is a proposal no longer.
pub fn is_confirmed(view: &EntityView) -> bool {
    let has = |field: &str| view.fields.get(field).is_some_and(|field| field.value.text() != "null");
    has(task_assignment::LEAD) || has(task_assignment::OUTPUT)
}

/// Who answers for a task on `today`: by its assignment, or the campaign's own, else by the plan.
pub fn assigned(
    model: &Model,
    replica: &Replica,
    task: &Task,
    turn: Option<Occurrence>,
    today: NaiveDate,
) -> Assigned {
    let read = |turn| replica.entity(&assignment_key(task, turn)).filter(|view| !view.fields.is_empty());
    let own = turn.filter(|turn| matches!(turn, Occurrence::On(_))).and_then(|turn| read(Some(turn)));
    let whole = read(None);
    // A campaign that names nobody is of those who answer for the task.
    let value = |field: &str| -> Option<&FieldView> {
        let of = |view: &'_ Option<EntityView>| -> bool {
            view.as_ref().and_then(|view| view.fields.get(field)).is_some_and(|f| f.value.text() != "null")
        };
        let view = if of(&own) { &own } else { &whole };
        view.as_ref().and_then(|view| view.fields.get(field))
    };
    let lead = value(task_assignment::LEAD).and_then(FieldView::read::<ReporterId>);
    let cooperating = value(task_assignment::COOPERATING).and_then(FieldView::read::<Vec<ReporterId>>);
    let mut found = Assigned {
        from: date(value(task_assignment::FROM)),
        until: date(value(task_assignment::UNTIL)),
        is_proposed: lead.is_none() && value(task_assignment::OUTPUT).is_none(),
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
    found.lead = lead.unwrap_or_else(|| of_agencies(model, &task.lead, today));
    found.cooperating = cooperating.unwrap_or_else(|| of_agencies(model, &task.cooperating, today));
    found.given = given(model, replica, task, today);
    found.cooperating.extend(found.given.iter().map(|given| given.who));
    found.cooperating.sort_unstable();
    found.cooperating.dedup();
    found.cooperating.retain(|who| !found.lead.contains(who));
    found
}

/// What units give of a task to their bodies, as it stands on `today`.
fn given(model: &Model, replica: &Replica, task: &Task, today: NaiveDate) -> Vec<Given> {
    let mut found = Vec::new();
    for key in replica.entities_of(Kind::TaskAssignment).iter().filter(|key| key.id == task.id) {
        let Some(named) = key.stream.reporter().and_then(|named| model.reporter_ix(named)) else { continue };
        let Some(view) = replica.entity(key).filter(is_set) else { continue };
        let day = |field: &str| date(view.fields.get(field));
        // Nobody owes reports of before it was given.
        let written = view.fields.values().filter_map(|field| day_of(&field.head.as_ref()?.at)).min();
        let from = day(task_assignment::FROM).or(Some(written.unwrap_or(today)));
        let until = day(task_assignment::UNTIL);
        found.extend(model.answers_for(named, today).into_iter().map(|who| Given { who, from, until }));
    }
    found
}

/// The reporters of these agencies that are there on a day. A provincial agency reports figures for each of the former provinces
/// by itself; a task it leads as one, where the plan's own territory is.
pub(super) fn of_agencies(model: &Model, agencies: &[String], today: NaiveDate) -> Vec<ReporterIx> {
    let all = (0_u32..).map(ReporterIx).zip(model.reporters());
    let named = all.filter(|(_, reporter)| {
        reporter.from.is_none_or(|from| from <= today)
            && reporter.to.is_none_or(|to| today <= to)
            && agencies.iter().any(|agency| agency == reporter.id.agency())
    });
    named.map(|(ix, _)| ix).filter(|ix| speaks_for_itself(model, *ix)).collect()
}

/// False for what a provincial agency is beside itself: the reporter of its figures for a province that joined.
pub(super) fn speaks_for_itself(model: &Model, who: ReporterIx) -> bool {
    let unit = model.reporter(who).unit;
    unit == model.own_territory() || model.unit(unit).level != Level::Province
}
