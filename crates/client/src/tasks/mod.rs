//! The plan's tasks as a device knows them: who answers for each, which turn is due, how it stands, and how many stand how.

mod assigned;
mod assigning;
mod feed;
mod filter;
pub mod form;
mod overview;
pub mod programme;
mod report;

pub use assigned::{Assigned, Given, assigned, assignment_key, given_key, is_confirmed, is_set, named_turns};
pub use assigning::{Planned, Scope, concerning, plan, proposed, undone};
pub use feed::{Entry, calendar, json, table};
pub use filter::{Filter, Stands};
pub use overview::{Count, Overview, became_late, reminder};
pub use report::said;

use assigned::{assigned_by, turns_named_by};
use chitieu_domain::ReporterId;
use chitieu_domain::model::{Model, ReporterIx};
use chitieu_domain::plan::Task;
use chitieu_domain::task::{Dates, Occurrence, Standing, standing};
use chitieu_sync::entity::{EntityKey, Kind, task_report};
use chitieu_sync::replica::Replica;
use chrono::NaiveDate;
use report::Report;
use std::sync::Arc;

/// What a reporter has to do with a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// It answers for it.
    Leads,
    /// It helps.
    Cooperates,
}

/// A turn of a task that a reporter has to do with, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// The task's place in the plan.
    pub task: usize,
    /// Whose.
    pub reporter: ReporterIx,
    /// As what.
    pub part: Part,
    /// Which turn.
    pub turn: Occurrence,
    /// Its days, a granted extension included.
    pub dates: Dates,
    /// How it stands.
    pub standing: Standing,
    /// When the report changed last, and by whom: the server's clock (RFC 3339) and the account.
    pub changed: Option<(String, String)>,
    /// True where more time was asked for and nobody has answered.
    pub asks: bool,
}

/// Where a report is kept.
pub fn report_key(task: &Task, who: &ReporterId, turn: Occurrence) -> EntityKey {
    let id = format!("{}/{turn}", task.id);
    EntityKey { stream: who.clone().into(), kind: task_report::ID.to_owned(), id }
}

/// How one turn of a task stands for a reporter.
pub fn duty(
    model: &Model,
    replica: &Replica,
    (task, part): (usize, Part),
    who: ReporterIx,
    (turn, assigned): (Occurrence, &Assigned),
    today: NaiveDate,
) -> Duty {
    let of = &model.plan().tasks[task];
    let reporter = model.reporter(who);
    let report = Report::of(replica, &report_key(of, &reporter.id, turn), today);
    let level = model.unit(reporter.unit).level;
    let mut dates = model.task_dates(turn, assigned.days(who), level);
    let stands = standing(of.kind, dates, &report.said, today);
    dates.due = dates.due.map(|due| report.said.extended.map_or(due, |extended| extended.max(due)));
    let Report { asks, changed, .. } = report;
    Duty { task, reporter: who, part, turn, dates, standing: stands, changed, asks }
}

/// The turn of a task that a reporter is at on `today`: the earliest that is late or still to be reported, else the last.
/// None where the task has no turn, such as a campaign that nobody has set.
pub fn present_duty<'a>(
    model: &Model,
    replica: &Replica,
    of: (usize, Part),
    who: ReporterIx,
    turns: impl Iterator<Item = (Occurrence, &'a Assigned)>,
    today: NaiveDate,
) -> Option<Duty> {
    let begun = turns.filter(|(turn, assigned)| {
        model.is_turn_assigned(*turn, assigned.days(who))
            && !matches!(turn, Occurrence::On(day) if *day > today)
    });
    let mut last = None;
    for (turn, assigned) in begun {
        let one = duty(model, replica, of, who, (turn, assigned), today);
        let is_open = !matches!(one.standing, Standing::Done | Standing::DoneLate | Standing::Nothing);
        if is_open {
            return Some(one);
        }
        last = Some(one);
    }
    last
}

/// The turns of a task that may be reported on `today`, each with who answers for it: most with the same.
pub fn turns(
    model: &Model,
    replica: &Replica,
    task: &Task,
    today: NaiveDate,
) -> Vec<(Occurrence, Arc<Assigned>)> {
    turns_by(&replica.entities_of(Kind::TaskAssignment), model, replica, task, today)
}

fn turns_by(
    keys: &[EntityKey],
    model: &Model,
    replica: &Replica,
    task: &Task,
    today: NaiveDate,
) -> Vec<(Occurrence, Arc<Assigned>)> {
    let of = |turn| Arc::new(assigned_by(keys, model, replica, (task, turn), today));
    let whole = of(None);
    let plain = model.turns(task.kind, today).into_iter().map(|turn| (turn, Arc::clone(&whole)));
    let named = turns_named_by(keys, task).into_iter();
    plain.chain(named.map(|turn| (turn, of(Some(turn))))).collect()
}

/// Everything that is to be done on `today` by those of whom `is_seen` says so: task by task in the plan's order, who leads
/// before who cooperates.
pub fn duties(
    model: &Model,
    replica: &Replica,
    today: NaiveDate,
    is_seen: &dyn Fn(ReporterIx) -> bool,
) -> Vec<Duty> {
    let mut found = Vec::new();
    let keys = replica.entities_of(Kind::TaskAssignment);
    for (n, task) in model.plan().tasks.iter().enumerate() {
        let turns = turns_by(&keys, model, replica, task, today);
        for part in [Part::Leads, Part::Cooperates] {
            let mut all: Vec<ReporterIx> =
                turns.iter().flat_map(|(_, assigned)| assigned.of(part)).copied().collect();
            all.sort_unstable();
            all.dedup();
            for who in all.into_iter().filter(|who| is_seen(*who)) {
                let own = turns.iter().filter(|(_, assigned)| assigned.of(part).contains(&who));
                let own = own.map(|(turn, assigned)| (*turn, &**assigned));
                found.extend(present_duty(model, replica, (n, part), who, own, today));
            }
        }
    }
    found
}
