//! The plan's tasks as a device knows them: who answers for each, which turn is due, how it stands, and how many stand how.

mod assigned;
mod assigning;
mod feed;
mod filter;
pub mod form;
mod overview;
pub mod programme;

pub use assigned::{Assigned, Given, assigned, assignment_key, given_key, is_confirmed, is_set, named_turns};
pub use assigning::{Planned, Scope, concerning, plan, proposed, undone};
pub use feed::{Entry, calendar, json, table};
pub use filter::{Filter, Stands};
pub use overview::{Count, Overview, became_late, reminder};

use chitieu_domain::model::{Model, ReporterIx};
use chitieu_domain::plan::Task;
use chitieu_domain::task::{Dates, Occurrence, Progress, Said, Standing, standing};
use chitieu_domain::{ReporterId, day};
use chitieu_sync::entity::{EntityKey, task_report};
use chitieu_sync::replica::{EntityView, FieldStatus, Replica};
use chrono::NaiveDate;

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

/// The day of a moment that the server wrote down: it writes Vietnam's time.
fn day_of(at: &str) -> Option<NaiveDate> {
    day::parse(at.get(..10)?)
}

/// What a report says, as far as it counts for how its turn stands. What this device has not sent yet counts as of `today`.
pub fn said(report: &EntityView, today: NaiveDate) -> Said {
    let when = |field: &str| {
        let head = report.fields.get(field).and_then(|field| field.head.as_ref());
        head.and_then(|head| day_of(&head.at)).unwrap_or(today)
    };
    // What the server did not admit was not said: what it has counts.
    let word = |field: &str| -> Option<String> {
        let field = report.fields.get(field)?;
        match field.status {
            FieldStatus::Rejected(_) => field.head.as_ref()?.value.read(),
            _ => field.read(),
        }
    };
    let date = |field: &str| word(field).and_then(|text| day::parse(&text));
    let progress = word(task_report::PROGRESS).and_then(|word| match word.as_str() {
        task_report::NOT_STARTED => Some(Progress::NotStarted),
        task_report::DOING => Some(Progress::Doing),
        task_report::NOTHING => Some(Progress::Nothing),
        // Whoever gives no day was done when they said so.
        task_report::DONE => {
            Some(Progress::Done(date(task_report::DONE).unwrap_or_else(|| when(task_report::PROGRESS))))
        }
        _ => None,
    });
    let step = word(task_report::STEP);
    let is_approved = step.as_deref() == Some(task_report::APPROVE);
    let is_sent = is_approved || step.as_deref() == Some(task_report::SUBMIT);
    // Approving takes the place of the step; a release before this one did not keep the moment of sending beside it.
    let of =
        if report.fields.contains_key(task_report::SENT) { task_report::SENT } else { task_report::STEP };
    let is_granted = word(task_report::EXTENSION).as_deref() == Some(task_report::GRANT);
    Said {
        progress,
        sent: is_sent.then(|| when(of)),
        is_approved,
        extended: date(task_report::EXTEND_TO).filter(|_| is_granted),
    }
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
    let report = replica.entity(&report_key(of, &reporter.id, turn)).unwrap_or_default();
    let said = said(&report, today);
    let level = model.unit(reporter.unit).level;
    let mut dates = model.task_dates(turn, assigned.days(who), level);
    let stands = standing(of.kind, dates, &said, today);
    dates.due = dates.due.map(|due| said.extended.map_or(due, |extended| extended.max(due)));
    let asks = report.value::<String>(task_report::EXTENSION).as_deref() == Some(task_report::ASK);
    let changed = (report.server.rev > 0).then(|| (report.server.at.clone(), report.server.author.clone()));
    Duty { task, reporter: who, part, turn, dates, standing: stands, changed, asks }
}

/// The turn of a task that a reporter is at on `today`: the earliest that is late or still to be reported, else the last.
/// None where the task has no turn, such as a campaign that nobody has set.
pub fn present_duty(
    model: &Model,
    replica: &Replica,
    of: (usize, Part),
    who: ReporterIx,
    turns: &[(Occurrence, Assigned)],
    today: NaiveDate,
) -> Option<Duty> {
    let begun = turns.iter().filter(|(turn, assigned)| {
        model.is_turn_assigned(*turn, assigned.days(who))
            && !matches!(turn, Occurrence::On(day) if *day > today)
    });
    let mut last = None;
    for (turn, assigned) in begun {
        let one = duty(model, replica, of, who, (*turn, assigned), today);
        let is_open = !matches!(one.standing, Standing::Done | Standing::DoneLate | Standing::Nothing);
        if is_open {
            return Some(one);
        }
        last = Some(one);
    }
    last
}

/// The turns of a task that may be reported on `today`, each with who answers for it.
pub fn turns(model: &Model, replica: &Replica, task: &Task, today: NaiveDate) -> Vec<(Occurrence, Assigned)> {
    let whole = assigned(model, replica, task, None, today);
    let plain = model.turns(task.kind, today).into_iter().map(|turn| (turn, whole.clone()));
    let named = named_turns(replica, task).into_iter();
    plain.chain(named.map(|turn| (turn, assigned(model, replica, task, Some(turn), today)))).collect()
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
    for (n, task) in model.plan().tasks.iter().enumerate() {
        let turns = turns(model, replica, task, today);
        for part in [Part::Leads, Part::Cooperates] {
            let of = |assigned: &Assigned| match part {
                Part::Leads => assigned.lead.clone(),
                Part::Cooperates => assigned.cooperating.clone(),
            };
            let mut all: Vec<ReporterIx> = turns.iter().flat_map(|(_, assigned)| of(assigned)).collect();
            all.sort_unstable();
            all.dedup();
            for who in all.into_iter().filter(|who| is_seen(*who)) {
                let own: Vec<_> =
                    turns.iter().filter(|(_, assigned)| of(assigned).contains(&who)).cloned().collect();
                found.extend(present_duty(model, replica, (n, part), who, &own, today));
            }
        }
    }
    found
}
