//! The plan's tasks as this device knows them: who leads, who reports, and how a report stands.

use crate::reactive::live::Live;
use chitieu_domain::calendar::Periodicity;
use chitieu_domain::plan::Task;
use chitieu_domain::{PeriodId, ReporterId};
use chitieu_sync::StreamId;
use chitieu_sync::entity::{EntityKey, Kind, task_assignment, task_report};
use chitieu_sync::replica::EntityView;
use leptos::prelude::*;

/// What a reporter has to do with a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It answers for it.
    Leads,
    /// It helps.
    Cooperates,
}

/// Where the assignment of a task is kept.
pub fn assignment_key(task: &Task) -> EntityKey {
    EntityKey { stream: StreamId::Plan, kind: task_assignment::ID.to_owned(), id: task.id.clone() }
}

/// Where a report is kept.
pub fn report_key(task: &Task, who: &ReporterId, period: PeriodId) -> EntityKey {
    let id = format!("{}/{period}", task.id);
    EntityKey { stream: who.clone().into(), kind: task_report::ID.to_owned(), id }
}

/// An entity as the person sees it; what is of a newer release's shape shows nothing.
pub fn seen(live: &Live, key: &EntityKey) -> EntityView {
    live.replica.with(|replica| replica.entity(key)).unwrap_or_default()
}

/// A report as the person sees it.
pub fn report(live: &Live, task: &Task, who: &ReporterId, period: PeriodId) -> EntityView {
    seen(live, &report_key(task, who, period))
}

/// Whoever has said something of a task in a period, as far as this device is told.
pub fn reporters(live: &Live, task: &Task, period: PeriodId) -> Vec<ReporterId> {
    let id = format!("{}/{period}", task.id);
    let keys = live.replica.with(|replica| replica.entities_of(Kind::TaskReport));
    keys.into_iter().filter(|key| key.id == id).filter_map(|key| key.stream.reporter().cloned()).collect()
}

/// What a reporter has to do with a task: by its assignment, else by the plan.
pub fn part_of(live: &Live, task: &Task, who: &ReporterId) -> Option<Part> {
    let assigned = seen(live, &assignment_key(task));
    let lead: Option<ReporterId> = assigned.value(task_assignment::LEAD);
    let cooperating: Option<Vec<ReporterId>> = assigned.value(task_assignment::COOPERATING);
    let is_of = |agencies: &[String]| agencies.iter().any(|agency| agency == who.agency());
    let leads = lead.as_ref().map_or_else(|| is_of(&task.lead), |lead| lead == who);
    let cooperates = cooperating.map_or_else(|| is_of(&task.cooperating), |all| all.contains(who));
    match (leads, cooperates) {
        (true, _) => Some(Part::Leads),
        (_, true) => Some(Part::Cooperates),
        _ => None,
    }
}

/// The names of agencies of the plan that are in force.
pub fn agencies(live: &Live, ids: &[String]) -> String {
    let today = live.today();
    let plan = live.model().plan();
    let known = ids.iter().filter_map(|id| plan.agencies.iter().find(|agency| agency.id == *id));
    let in_force = known.filter(|agency| {
        agency.valid_from.is_none_or(|from| from <= today) && agency.valid_to.is_none_or(|to| today <= to)
    });
    in_force.map(|agency| agency.name_vi.as_str()).collect::<Vec<_>>().join("; ")
}

/// Who leads a task, in words: who was assigned, else whom the plan names.
pub fn leads(live: &Live, task: &Task) -> String {
    let assigned = seen(live, &assignment_key(task));
    assigned
        .value::<ReporterId>(task_assignment::LEAD)
        .map_or_else(|| agencies(live, &task.lead), |lead| name(live, &lead))
}

/// A reporter's name, or its id where the plan does not know it.
pub fn name(live: &Live, who: &ReporterId) -> String {
    live.model().reporter_ix(who).map_or_else(|| who.to_string(), |ix| live.model().reporter_name(ix))
}

/// The reporters that a task can be given to today, by name, in the alphabet's order.
pub fn in_force(live: &Live) -> Vec<(String, ReporterId)> {
    let (model, today) = (live.model(), live.today());
    let all = model.reporters().iter().filter(|reporter| {
        reporter.from.is_none_or(|from| from <= today) && reporter.to.is_none_or(|to| today <= to)
    });
    let mut all: Vec<_> = all.map(|reporter| (name(live, &reporter.id), reporter.id.clone())).collect();
    all.sort();
    all
}

impl Live {
    /// The quarter in which tasks are reported on today.
    pub fn task_period(&self) -> PeriodId {
        let calendar = self.model().own_calendar();
        calendar.period_on(self.today(), Periodicity::Quarter).unwrap_or(PeriodId::Quarter(self.year(), 1))
    }
}
