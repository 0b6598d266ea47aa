//! What waits for a reviewer or a publisher: forms on their road, and reports on tasks.

use chitieu_domain::Model;
use chitieu_sync::entity::{EntityKey, Kind, task_report};
use chitieu_sync::replica::{EntityView, Replica, SubmissionKey};
use chitieu_sync::rights::{Right, Thing};
use chitieu_sync::submission::{Action, State};

/// Whether the person may do this today.
pub type May<'a> = &'a dyn Fn(Right, Thing) -> bool;

/// The forms that wait for a person's step, those first that are asked about, then those that have waited longest.
/// Approving has to do with what an officer asks to have opened again too.
pub fn forms(model: &Model, replica: &Replica, may: May<'_>, action: Action) -> Vec<SubmissionKey> {
    let waits = replica.submissions().filter_map(|(key, _)| {
        let standing = replica.submission(key);
        let is_asked = action == Action::Approve && standing.asks.is_some();
        let right = if is_asked { Action::Reopen } else { action };
        standing.state.after(right)?;
        let (reporter, form) = (model.reporter_ix(&key.reporter)?, model.form_ix(&key.form)?);
        may(Right::Step(right), Thing::Form(reporter, form)).then(|| (!is_asked, standing.at, key.clone()))
    });
    let mut found: Vec<(bool, String, SubmissionKey)> = waits.collect();
    found.sort();
    found.into_iter().map(|(_, _, key)| key).collect()
}

/// How many reports on tasks wait for a person.
pub fn reports(model: &Model, replica: &Replica, may: May<'_>) -> usize {
    let waits = |key: &&EntityKey| {
        let reporter = key.stream.reporter().and_then(|id| model.reporter_ix(id));
        let may = |reporter| may(Right::ReviewTask, Thing::Reporter(reporter));
        reporter.is_some_and(may)
            && replica.entity(key).and_then(|report| standing(&report)) == Some(State::Submitted)
    };
    replica.entities_of(Kind::TaskReport).iter().filter(waits).count()
}

/// Where a report on a task stands; none where there is nothing of it.
pub fn standing(report: &EntityView) -> Option<State> {
    match report.value::<String>(task_report::STEP).as_deref() {
        Some(task_report::SUBMIT) => Some(State::Submitted),
        Some(task_report::RETURN) => Some(State::Returned),
        Some(task_report::APPROVE) => Some(State::Approved),
        _ => report.fields.values().any(|field| field.value.text() != "null").then_some(State::Draft),
    }
}
