//! The plan's tasks as this device knows them: who leads, what each has to do, and how it stands ([`chitieu_client::tasks`]).

use crate::reactive::live::Live;
use chitieu_client::tasks::{self, Assigned, Duty, Part, assignment_key, report_key};
use chitieu_domain::plan::Task;
use chitieu_domain::task::Occurrence;
use chitieu_domain::{ReporterId, ReporterIx};
use chitieu_sync::entity::{EntityKey, Kind, task_assignment};
use chitieu_sync::replica::{EntityView, Replica};
use chitieu_sync::rights::{Right, Thing};
use leptos::prelude::*;
use std::sync::Arc;

/// An entity as the person sees it; what is of a newer release's shape shows nothing.
pub fn seen(live: &Live, key: &EntityKey) -> EntityView {
    live.replica.with(|replica| replica.entity(key)).unwrap_or_default()
}

/// False until the first time that all of the server's answer has come: what is not here then may have been reported.
pub fn are_here(live: &Live) -> bool {
    live.replica.with(Replica::was_whole)
}

/// Everything that those have to do on whose tasks this person is told something; nothing until that [is here](are_here).
pub fn duties(live: &Live) -> Vec<Duty> {
    if !are_here(live) {
        return Vec::new();
    }
    let (model, today) = (live.model(), live.today());
    let own: Vec<ReporterIx> = live.own().iter().filter_map(|own| model.reporter_ix(own)).collect();
    let is_seen = |who| own.contains(&who) || live.may(Right::ReadReports, Thing::Reporter(who));
    live.replica.with(|replica| tasks::duties(model, replica, today, &is_seen))
}

/// The turns of a task that may be reported on today, each with who answers for it.
pub fn turns(live: &Live, task: &Task) -> Vec<(Occurrence, Arc<Assigned>)> {
    let (model, today) = (live.model(), live.today());
    live.replica.with(|replica| tasks::turns(model, replica, task, today))
}

/// What a reporter has to do with a task, in whatever turn.
pub fn part_of(live: &Live, task: &Task, who: &ReporterId) -> Option<Part> {
    let who = live.model().reporter_ix(who)?;
    let (model, today) = (live.model(), live.today());
    let whole = live.replica.with(|replica| tasks::assigned(model, replica, task, None, today));
    let all: Vec<Arc<Assigned>> =
        turns(live, task).into_iter().map(|(_, assigned)| assigned).chain([Arc::new(whole)]).collect();
    let is_in =
        |of: fn(&Assigned) -> &Vec<ReporterIx>| all.iter().any(|assigned| of(assigned).contains(&who));
    if is_in(|assigned| &assigned.lead) {
        Some(Part::Leads)
    } else {
        is_in(|assigned| &assigned.cooperating).then_some(Part::Cooperates)
    }
}

/// Whoever has said something in a turn of a task, as far as this device is told.
pub fn reporters(live: &Live, task: &Task, turn: Occurrence) -> Vec<ReporterId> {
    let id = format!("{}/{turn}", task.id);
    let keys = live.replica.with(|replica| replica.entities_of(Kind::TaskReport));
    keys.into_iter().filter(|key| key.id == id).filter_map(|key| key.stream.reporter().cloned()).collect()
}

/// Whose report on a turn of a task this person fills in together with them, and true with each; false where they did and do no more,
/// and what they wrote is still on this device alone.
pub fn together(live: &Live, task: &Task, turn: Occurrence) -> Vec<(ReporterId, bool)> {
    let today = live.today();
    let shared = live.me.with(|me| live.replica.with(|all| all.cooperation(live.model(), &me.grants, today)));
    let covers = |who: &ReporterId| shared.covers_entity(&report_key(task, who, turn));
    let mut all: Vec<(ReporterId, bool)> =
        shared.reporters().into_iter().filter(|who| covers(who)).map(|who| (who.clone(), true)).collect();
    let own = live.own();
    let reads = |who: &ReporterId| {
        let who = live.model().reporter_ix(who);
        who.is_some_and(|who| live.may(Right::ReadReports, Thing::Reporter(who)))
    };
    let left = reporters(live, task, turn).into_iter();
    all.extend(left.filter(|who| !covers(who) && !own.contains(who) && !reads(who)).map(|who| (who, false)));
    all
}

/// The turn that who leads a task is at.
pub fn turn_of_lead(live: &Live, task: &Task, lead: &ReporterId) -> Option<Occurrence> {
    let (model, today) = (live.model(), live.today());
    let lead = model.reporter_ix(lead)?;
    let at = model.plan().tasks.iter().position(|known| known.id == task.id)?;
    let all = turns(live, task);
    let own = all.iter().filter(|(_, assigned)| assigned.lead.contains(&lead));
    let own = own.map(|(turn, assigned)| (*turn, &**assigned));
    let due =
        live.replica.with(|replica| tasks::present_duty(model, replica, (at, Part::Leads), lead, own, today));
    due.map(|due| due.turn)
}

/// Who fills in the report of a reporter together with it: those of its unit that cooperate.
pub fn filled_in_by(live: &Live, assigned: &Assigned, who: ReporterIx) -> Vec<ReporterIx> {
    let unit = |one: ReporterIx| live.model().reporter(one).unit;
    let is_given = |one: ReporterIx| assigned.given.iter().any(|given| given.who == one && given.is_only_so);
    let all = assigned.cooperating.iter().copied().filter(|_| assigned.lead.contains(&who));
    all.filter(|one| unit(*one) == unit(who) && !is_given(*one)).collect()
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

/// Who leads a task, in words: who was assigned, or went on with it, else whom the plan names.
pub fn leads(live: &Live, task: &Task) -> String {
    let assigned = seen(live, &assignment_key(task, None));
    if assigned.value::<ReporterId>(task_assignment::LEAD).is_none() {
        return agencies(live, &task.lead);
    }
    let (model, today) = (live.model(), live.today());
    let now = live.replica.with(|replica| tasks::assigned(model, replica, task, None, today));
    // Where nobody went on, the one that was named is.
    let named = if now.lead.is_empty() { now.former } else { now.lead };
    named.into_iter().map(|ix| model.reporter_name(ix)).collect::<Vec<_>>().join("; ")
}

/// A reporter's name, or its id where the plan does not know it.
pub fn name(live: &Live, who: &ReporterId) -> String {
    live.model().reporter_ix(who).map_or_else(|| who.to_string(), |ix| live.model().reporter_name(ix))
}

/// The reporters that a task can be given to today, by name, in the alphabet's order.
pub fn in_force(live: &Live) -> Vec<(String, ReporterId)> {
    let (model, today) = (live.model(), live.today());
    let all = model.reporters().iter().filter(|reporter| reporter.is_there(today));
    let mut all: Vec<_> = all.map(|reporter| (name(live, &reporter.id), reporter.id.clone())).collect();
    all.sort();
    all
}

/// The bodies to which this person may give work in their unit today, in the plan's order.
pub fn bodies(live: &Live) -> Vec<ReporterId> {
    let all = (0_u32..).map(ReporterIx).zip(live.model().reporters());
    let today = live.today();
    all.filter(|(ix, one)| one.is_there(today) && live.may(Right::AssignTask, Thing::Reporter(*ix)))
        .map(|(_, one)| one.id.clone())
        .collect()
}
