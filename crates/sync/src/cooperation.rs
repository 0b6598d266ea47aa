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

/// Whom an assignment names, as far as it does.
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

/// The reports of others that somebody fills in together with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cooperation {
    /// Whose reports, by the task; by the campaign where that names others than its task.
    with: Vec<(String, Vec<ReporterId>)>,
}

impl Cooperation {
    /// No report of anybody else.
    pub fn none() -> &'static Self {
        static NONE: Cooperation = Cooperation { with: Vec::new() };
        &NONE
    }

    /// Those of somebody with these grants on a day.
    pub fn of(grants: &Grants, model: &Model, today: NaiveDate, assignments: &[(String, Named)]) -> Self {
        let own: Vec<ReporterIx> = own(grants, today).filter_map(|own| model.reporter_ix(own)).collect();
        let mut with = Vec::new();
        if own.is_empty() {
            return Self { with };
        }
        let leads = |task: &Task, named: Option<&Named>| leads(model, today, task, named, &own);
        let of = |id: &str| assignments.iter().find(|(known, _)| known == id).map(|(_, named)| named);
        for task in &model.plan().tasks {
            with.push((task.id.clone(), leads(task, of(&task.id))));
        }
        for (id, named) in assignments {
            let Some((task, Some(Occurrence::On(_)))) = task_assignment::place(id) else { continue };
            let Some(task) = model.task(task) else { continue };
            // Of what a campaign does not say, its task's assignment speaks.
            let of_task = of(&task.id).cloned().unwrap_or_default();
            let named = Named {
                lead: named.lead.clone().or(of_task.lead),
                cooperating: named.cooperating.clone().or(of_task.cooperating),
            };
            let found = leads(task, Some(&named));
            if found_for(&with, &task.id) != Some(&found) {
                with.push((id.clone(), found));
            }
        }
        // A task's own entry is needed where it has somebody; a campaign's also where it has nobody.
        with.retain(|(id, found)| !found.is_empty() || id.contains('/'));
        Self { with }
    }

    /// True where this is a report that they fill in together with its reporter.
    pub fn covers(&self, stream: &StreamId, kind: &str, id: &str) -> bool {
        if kind != task_report::ID {
            return false;
        }
        let (Some(lead), Some((task, _))) = (stream.reporter(), task_report::place(id)) else { return false };
        let with = found_for(&self.with, id).or_else(|| found_for(&self.with, task));
        with.is_some_and(|with| with.contains(lead))
    }

    /// The same by an entity's name.
    pub fn covers_entity(&self, key: &EntityKey) -> bool {
        self.covers(&key.stream, &key.kind, &key.id)
    }

    /// Whose reports they are, each once.
    pub fn reporters(&self) -> Vec<&ReporterId> {
        let mut all = Vec::new();
        for lead in self.with.iter().flat_map(|(_, with)| with) {
            if !all.contains(&lead) {
                all.push(lead);
            }
        }
        all
    }

    /// Without the reports of those of whom `reads` says that the person reads all of them anyway.
    #[must_use]
    pub fn without(mut self, reads: impl Fn(&ReporterId) -> bool) -> Self {
        for (_, with) in &mut self.with {
            with.retain(|lead| !reads(lead));
        }
        if self.with.iter().all(|(_, with)| with.is_empty()) { Self::default() } else { self }
    }

    /// Another text whenever other reports are among these; none where there are none. Who is told of reports by it begins anew
    /// when it changes.
    pub fn mark(&self) -> Option<String> {
        let one = |(id, with): &(String, Vec<ReporterId>)| {
            let with: Vec<String> = with.iter().map(ReporterId::to_string).collect();
            format!("{id} {}", with.join(" "))
        };
        let mut all: Vec<String> = self.with.iter().map(one).collect();
        all.sort_unstable();
        (!all.is_empty()).then(|| all.join("\n"))
    }
}

/// Who was found for a task or a campaign.
fn found_for<'a>(with: &'a [(String, Vec<ReporterId>)], id: &str) -> Option<&'a Vec<ReporterId>> {
    with.iter().find(|(known, _)| known == id).map(|(_, found)| found)
}

/// Who leads a task, or a campaign, in the unit of one of `own` that cooperates and does not lead.
fn leads(
    model: &Model,
    today: NaiveDate,
    task: &Task,
    named: Option<&Named>,
    own: &[ReporterIx],
) -> Vec<ReporterId> {
    let present = |named: &[ReporterId]| -> Vec<ReporterIx> {
        let named = named.iter().filter_map(|id| model.reporter_ix(id));
        named.flat_map(|one| model.answers_for(one, today)).collect()
    };
    let named_to_help = named.and_then(|named| named.cooperating.as_ref()).map(|named| present(named));
    let is_of_the_plan = |own: ReporterIx| {
        let reporter = model.reporter(own);
        let is_among = task.cooperating.iter().any(|agency| agency == reporter.id.agency());
        is_among && reporter.is_there(today) && model.speaks_for_itself(own)
    };
    let helps = |own: &ReporterIx| {
        named_to_help.as_ref().map_or_else(|| is_of_the_plan(*own), |named| named.contains(own))
    };
    let cooperates: Vec<ReporterIx> = own.iter().copied().filter(helps).collect();
    if cooperates.is_empty() {
        return Vec::new();
    }
    let lead = match named.and_then(|named| named.lead.as_ref()) {
        Some(lead) => present(std::slice::from_ref(lead)),
        None => model.reporters_of(&task.lead, today),
    };
    let unit = |who: ReporterIx| model.reporter(who).unit;
    let is_beside = |one: &ReporterIx| {
        let mut helpers = cooperates.iter().filter(|own| !lead.contains(own));
        !own.contains(one) && helpers.any(|own| unit(*own) == unit(*one))
    };
    let beside = lead.iter().filter(|one| is_beside(one));
    beside.map(|one| model.reporter(*one).id.clone()).collect()
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
