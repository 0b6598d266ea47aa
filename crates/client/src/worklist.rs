//! What waits for an officer, whatever its age: returned forms first, then those with values in contest or refused, then
//! overdue, due and running ones.

use chitieu_domain::deadline::Due;
use chitieu_domain::model::{Model, Sheet};
use chitieu_sync::grants::Grants;
use chitieu_sync::outcome::Outcome;
use chitieu_sync::replica::{CellKey, Replica, SubmissionKey};
use chitieu_sync::rights::{Right, Thing};
use chitieu_sync::submission::State;
use chrono::{Datelike, NaiveDate};
use std::collections::HashMap;

/// A form that its officer may have to do something about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Which form, of whom and when.
    pub of: SubmissionKey,
    /// The same by place in the plan, with its days.
    pub sheet: Sheet,
    /// What is to be done.
    pub stage: Stage,
}

/// Why a form is on the list, most urgent first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// A reviewer sent it back or opened it again, and says why.
    Returned(Option<String>),
    /// So many cells hold two values, and so many changes were refused.
    Disputed {
        /// Cells.
        contested: usize,
        /// Changes.
        refused: usize,
    },
    /// Its deadline passed so many days ago.
    Late(i64),
    /// So many days are left.
    Due(i64),
    /// Its period still runs.
    Running,
    /// Submitted, and with its reviewer or further.
    Done(State),
}

impl Stage {
    /// True where the officer is to do something now.
    pub fn is_urgent(&self) -> bool {
        !matches!(self, Self::Running | Self::Done(_))
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Returned(_) => 0,
            Self::Disputed { .. } => 1,
            Self::Late(_) => 2,
            Self::Due(_) => 3,
            Self::Running => 4,
            Self::Done(_) => 5,
        }
    }
}

/// Every form of a person's reporters that has begun by `today`. It changes with the day, the plan and the person's
/// rights alone.
pub fn sheets(model: &Model, grants: &Grants, today: NaiveDate) -> Vec<(SubmissionKey, Sheet)> {
    let own = grants.own(today).into_iter().filter_map(|r| model.reporter_ix(&r));
    let begun = own.flat_map(|r| model.begun_sheets(r, today));
    let enters =
        |sheet: &Sheet| grants.allows(Right::Enter, Thing::Form(sheet.reporter, sheet.form), model, today);
    let keyed = begun.filter(enters).map(|sheet| {
        let (reporter, form) = (model.reporter(sheet.reporter).id.clone(), model.form(sheet.form).id.clone());
        (SubmissionKey { reporter, period: sheet.period, form }, sheet)
    });
    keyed.collect()
}

/// Those of `sheets` that wait for their officer on `today`, most urgent first, and what of the open period is done. On a
/// device that the server has not told anything yet these are the forms of the open period alone.
pub fn tasks(
    model: &Model,
    sheets: &[(SubmissionKey, Sheet)],
    replica: &Replica,
    today: NaiveDate,
) -> Vec<Task> {
    let disputed = disputed(model, replica);
    // Before the first news of the server nobody knows what was submitted earlier.
    let known = sheets.iter().filter(|(_, sheet)| replica.is_whole() || sheet.is_open);
    let mut tasks: Vec<Task> = known
        .filter_map(|(of, sheet)| {
            let standing = replica.submission(of);
            let stage = match (standing.state, disputed.get(of)) {
                (State::Returned, _) => Stage::Returned(standing.reason),
                (_, Some((contested, refused))) => {
                    Stage::Disputed { contested: *contested, refused: *refused }
                }
                (State::Draft, None) => match Due::of(sheet.span.to, sheet.deadline, today) {
                    Due::Late(days) => Stage::Late(days),
                    Due::In(days) => Stage::Due(days),
                    Due::Running => Stage::Running,
                },
                (state, None) if sheet.is_open => Stage::Done(state),
                _ => return None,
            };
            Some(Task { of: of.clone(), sheet: *sheet, stage })
        })
        .collect();
    tasks.sort_by_key(|task| {
        let day = task.sheet.deadline.num_days_from_ce();
        // What is behind, the newest first; what is to come, the next first.
        let order = if matches!(task.stage, Stage::Due(_) | Stage::Running) { day } else { -day };
        (task.stage.rank(), order, task.sheet.form, task.sheet.reporter)
    });
    tasks
}

/// How many cells of a form hold two values, and how many changes of it were refused.
fn disputed(model: &Model, replica: &Replica) -> HashMap<SubmissionKey, (usize, usize)> {
    let mut found: HashMap<SubmissionKey, (usize, usize)> = HashMap::new();
    let form_of =
        |element: &str| model.element_ix(element).map(|ix| model.form(model.form_of(ix)).id.clone());
    for key in replica.contested() {
        if let Some(form) = form_of(&key.element) {
            let of = SubmissionKey { reporter: key.reporter.clone(), period: key.period, form };
            found.entry(of).or_default().0 += 1;
        }
    }
    for waiting in replica.outbox().filter(|w| matches!(w.outcome, Some(Outcome::Rejected { .. }))) {
        let op = &waiting.op;
        let of_cell = |key: CellKey| {
            let form = form_of(&key.element)?;
            Some(SubmissionKey { reporter: key.reporter, period: key.period, form })
        };
        if let Some(of) = op.cell().and_then(of_cell).or_else(|| op.submission()) {
            found.entry(of).or_default().1 += 1;
        }
    }
    found
}
