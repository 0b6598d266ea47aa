//! Reports that bodies of one unit write together: whoever cooperates in a task fills in the report of who leads it, as far as
//! it is said in words, days and documents. How far the task is, sending, and asking for more time stay with who leads.
//!
//! Who cooperates is said by the task's assignment, or by the plan as long as that says nothing. Both the server and a device
//! ask [`Cooperation::covers`], the one by the assignments in its store, the other by those it was told.

use crate::entity::{Entity, EntityKey, task_assignment, task_report};
use crate::grants::Grants;
use crate::rights::Right;
use crate::stream::StreamId;
use chitieu_domain::plan::Task;
use chitieu_domain::task::Occurrence;
use chitieu_domain::{Model, ReporterId, ReporterIx};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// As much of an assignment as says who writes together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    lead: Option<ReporterId>,
    cooperating: Option<Vec<ReporterId>>,
}

impl From<&Entity> for Named {
    fn from(assignment: &Entity) -> Self {
        Self {
            lead: assignment.value(task_assignment::LEAD),
            cooperating: assignment.value(task_assignment::COOPERATING),
        }
    }
}

/// The plan's own assignments by their ids: of tasks and of campaigns.
pub type Assignments = BTreeMap<String, Named>;

/// The reports of others that somebody fills in together with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cooperation {
    /// Whose report, and of which task or campaign, as its assignment is named.
    with: BTreeSet<(ReporterId, String)>,
    /// The campaigns that say themselves who cooperates.
    campaigns: BTreeSet<String>,
}

impl Cooperation {
    /// No report of anybody else.
    pub fn none() -> &'static Self {
        static NONE: Cooperation = Cooperation { with: BTreeSet::new(), campaigns: BTreeSet::new() };
        &NONE
    }

    /// Those of somebody with these grants on a day.
    pub fn of(grants: &Grants, model: &Model, today: NaiveDate, assignments: &Assignments) -> Self {
        let own: Vec<ReporterIx> = own(grants, today).filter_map(|own| model.reporter_ix(own)).collect();
        let mut found = Self::default();
        if own.is_empty() {
            return found;
        }
        for task in &model.plan().tasks {
            found.add(model, today, (task, &task.id), assignments.get(&task.id), &own);
        }
        let whole = |task: &Task, named: &Named| {
            let of_task = assignments.get(&task.id).cloned().unwrap_or_default();
            Named {
                lead: named.lead.clone().or(of_task.lead),
                cooperating: named.cooperating.clone().or(of_task.cooperating),
            }
        };
        for (id, named) in assignments {
            let Some((task, Some(Occurrence::On(_)))) = task_assignment::place(id) else { continue };
            let Some(task) = model.task(task) else { continue };
            found.campaigns.insert(id.clone());
            found.add(model, today, (task, id), Some(&whole(task, named)), &own);
        }
        found
    }

    /// Adds those who lead a task, or a campaign of it, in the unit of one of `own` that cooperates.
    fn add(
        &mut self,
        model: &Model,
        today: NaiveDate,
        (task, id): (&Task, &str),
        named: Option<&Named>,
        own: &[ReporterIx],
    ) {
        let there = |named: &[ReporterId]| -> Vec<ReporterIx> {
            let named = named.iter().filter_map(|id| model.reporter_ix(id));
            named.flat_map(|one| model.answers_for(one, today)).collect()
        };
        let cooperating = match named.and_then(|named| named.cooperating.as_ref()) {
            Some(named) => there(named),
            None => model.reporters_of(&task.cooperating, today),
        };
        let mut own = own.iter().filter(|own| cooperating.contains(own)).peekable();
        if own.peek().is_none() {
            return;
        }
        let lead = match named.and_then(|named| named.lead.as_ref()) {
            Some(lead) => there(std::slice::from_ref(lead)),
            None => model.reporters_of(&task.lead, today),
        };
        let unit = |who: ReporterIx| model.reporter(who).unit;
        for own in own {
            let beside = lead.iter().filter(|lead| *lead != own && unit(**lead) == unit(*own));
            self.with.extend(beside.map(|lead| (model.reporter(*lead).id.clone(), id.to_owned())));
        }
    }

    /// True where this is a report that they fill in together with its reporter.
    pub fn covers(&self, stream: &StreamId, kind: &str, id: &str) -> bool {
        if self.with.is_empty() || kind != task_report::ID {
            return false;
        }
        let (Some(lead), Some((task, _))) = (stream.reporter(), task_report::place(id)) else { return false };
        let of = if self.campaigns.contains(id) { id } else { task };
        self.with.contains(&(lead.clone(), of.to_owned()))
    }

    /// The same by an entity's name.
    pub fn covers_entity(&self, key: &EntityKey) -> bool {
        self.covers(&key.stream, &key.kind, &key.id)
    }

    /// Whose reports they are, each once.
    pub fn reporters(&self) -> BTreeSet<&ReporterId> {
        self.with.iter().map(|(reporter, _)| reporter).collect()
    }

    /// Names it; none where there is nothing in it.
    pub fn mark(&self) -> Option<String> {
        let all = self.with.iter().map(|(reporter, id)| format!("{reporter} {id}"));
        let all: Vec<String> = all.chain(self.campaigns.iter().cloned()).collect();
        (!self.with.is_empty()).then(|| all.join("\n"))
    }
}

/// Whose reports somebody writes as their own.
fn own(grants: &Grants, today: NaiveDate) -> impl Iterator<Item = &ReporterId> {
    let whole = grants.giving(Right::ReportTask, today).filter(|grant| grant.forms.is_none());
    whole.filter_map(|grant| grant.reporter())
}

/// True where somebody with these grants may have part in reports of others: who writes none of their own has not.
pub fn may_cooperate(grants: &Grants, today: NaiveDate) -> bool {
    own(grants, today).next().is_some()
}

/// True where this names one of the plan's own assignments.
pub fn is_assignment(key: &EntityKey) -> bool {
    key.kind == task_assignment::ID && key.stream == StreamId::Plan
}
