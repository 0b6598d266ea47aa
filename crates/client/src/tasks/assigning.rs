//! Assigning many tasks at once: what changes where is reckoned before anything is kept, and may be undone after.

use super::assigned::{assigned_by, assignment_key, given_key, is_confirmed, stands};
use chitieu_domain::ReporterId;
use chitieu_domain::model::{Model, ReporterIx};
use chitieu_domain::plan::Task;
use chitieu_sync::entity::task_assignment::{FROM, LEAD, OUTPUT, UNTIL};
use chitieu_sync::entity::{Change, EntityKey, Kind};
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::{EntityView, Replica};
use chrono::NaiveDate;

/// Whose work is assigned.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// The plan's: who leads in the province.
    Plan,
    /// A unit's own: these of its bodies get the work.
    Bodies(&'a [ReporterId]),
}

/// What changes in one assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The task's place in the plan.
    pub task: usize,
    /// Which assignment.
    pub key: EntityKey,
    /// What is written: fields that stand so already are left out.
    pub change: Change,
    /// What stands in those fields now; null where nothing does.
    pub before: Change,
    /// True where it would end before it begins: it is not admitted so.
    pub is_backwards: bool,
}

impl Planned {
    /// The fields whose content gives way to another, in the order of their names.
    pub fn replaced(&self) -> impl Iterator<Item = (&str, &Raw)> {
        self.before.iter().filter(|(_, was)| was.text() != NOTHING).map(|(name, was)| (name.as_str(), was))
    }
}

const NOTHING: &str = "null";

/// What the plan proposes for a task: its output, and who leads, where that is one on `today`. A task that many lead (every
/// commune's people's committee) stays with all of them.
pub fn proposed(model: &Model, task: &Task, today: NaiveDate) -> Change {
    let mut change = Change::from([(OUTPUT.to_owned(), Raw::of(&task.output_vi))]);
    if let [lead] = model.reporters_of(&task.lead, today)[..] {
        change.insert(LEAD.to_owned(), Raw::of(&model.reporter(lead).id));
    }
    change
}

fn text(view: &EntityView, field: &str) -> Raw {
    stands(view, field).cloned().unwrap_or_else(|| Raw::of(&None::<String>))
}

/// What is to be written so that these tasks, by their places in the plan, say what is `given`; fields that it does not name
/// stay. With `confirms`, those that nobody has confirmed take what the plan proposes, where nothing else is given or stands.
/// What a device cannot read is left out.
pub fn plan(
    (model, replica): (&Model, &Replica),
    tasks: &[usize],
    scope: Scope<'_>,
    (given, confirms): (&Change, bool),
    today: NaiveDate,
) -> Vec<Planned> {
    let mut found = Vec::new();
    for (place, task) in tasks.iter().filter_map(|n| Some((*n, model.plan().tasks.get(*n)?))) {
        let keys = match scope {
            Scope::Plan => vec![assignment_key(task, None)],
            Scope::Bodies(all) => all.iter().map(|who| given_key(task, who)).collect(),
        };
        for key in keys {
            let Some(view) = replica.entity(&key) else { continue };
            let mut wanted = given.clone();
            if confirms && !is_confirmed(model, task, &view, today) {
                for (name, value) in proposed(model, task, today) {
                    // Who leads is the plan's to say.
                    let is_the_plans = matches!(scope, Scope::Bodies(_)) && name == LEAD;
                    if text(&view, &name).text() == NOTHING && !is_the_plans {
                        wanted.entry(name).or_insert(value);
                    }
                }
            }
            wanted.retain(|name, value| text(&view, name).text() != value.text());
            if wanted.is_empty() {
                continue;
            }
            let before = wanted.keys().map(|name| (name.clone(), text(&view, name))).collect();
            let day =
                |field| wanted.get(field).cloned().unwrap_or_else(|| text(&view, field)).read::<String>();
            let is_backwards = matches!((day(FROM), day(UNTIL)), (Some(from), Some(until)) if from > until);
            found.push(Planned { task: place, key, change: wanted, before, is_backwards });
        }
    }
    found
}

/// The tasks in which some of these bodies have a part on `today`, by their places in the plan.
pub fn concerning(model: &Model, replica: &Replica, bodies: &[ReporterIx], today: NaiveDate) -> Vec<usize> {
    let keys = replica.entities_of(Kind::TaskAssignment);
    let has_part = |task: &Task| {
        let of = assigned_by(&keys, model, replica, (task, None), today);
        of.lead.iter().chain(&of.cooperating).any(|who| bodies.contains(who))
    };
    let tasks = model.plan().tasks.iter().enumerate();
    tasks.filter(|(_, task)| has_part(task)).map(|(place, _)| place).collect()
}

/// What takes it back: of each field that still stands as this device wrote it, what stood before. What somebody else has said
/// since, or said alike, stays theirs.
pub fn undone(replica: &Replica, done: &[Planned]) -> Vec<(EntityKey, Change)> {
    let back = |planned: &Planned| -> Option<(EntityKey, Change)> {
        let view = replica.entity(&planned.key)?;
        let is_ours = |name: &String| {
            let stands = stands(&view, name).map_or(NOTHING, Raw::text);
            let is_as_set = planned.change.get(name).is_some_and(|set| set.text() == stands);
            is_as_set && replica.is_own_word(&planned.key, name)
        };
        let back = planned.before.iter().filter(|(name, _)| is_ours(name));
        let back: Change = back.map(|(name, value)| (name.clone(), value.clone())).collect();
        (!back.is_empty()).then(|| (planned.key.clone(), back))
    };
    done.iter().filter_map(back).collect()
}
