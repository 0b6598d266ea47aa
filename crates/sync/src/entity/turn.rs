//! Turns of tasks, by which reports and what stands behind them are named: `I.2/2026-Q3`.

use super::Asking;
use crate::Rejection;
use chitieu_domain::ReporterIx;
use chitieu_domain::plan::Task;
use chitieu_domain::task::Occurrence;

/// The task and the turn of a report.
pub fn place(id: &str) -> Option<(&str, Occurrence)> {
    let (task, turn) = id.split_once('/')?;
    Some((task, turn.parse().ok()?))
}

/// A turn on which somebody may report.
pub(super) struct Open<'a> {
    /// Who reports.
    pub reporter: ReporterIx,
    /// On which task.
    pub task: &'a Task,
}

/// The turn that `place` names, in the one way in which it is written; why there is nothing to report on it.
pub(super) fn open<'a>(asking: &Asking<'a>, place: &str) -> Result<Open<'a>, Rejection> {
    let model = asking.model;
    let reporter = asking.op.stream.reporter().and_then(|reporter| model.reporter_ix(reporter));
    let reporter = reporter.ok_or(Rejection::UnknownReporter)?;
    let (task, turn) = self::place(place).ok_or(Rejection::Malformed)?;
    let task = model.task(task).ok_or(Rejection::UnknownElement)?;
    if place != format!("{}/{turn}", task.id) || !turn.fits(task.kind) {
        return Err(Rejection::Malformed);
    }
    let begins = match turn {
        Occurrence::Period(period) => Some(model.own_calendar().span(period).from),
        Occurrence::On(day) => Some(day),
        Occurrence::Once => None,
    };
    if begins.is_some_and(|day| day > asking.today) {
        return Err(Rejection::NotOpen);
    }
    Ok(Open { reporter, task })
}
