//! Admission: the one function that decides whether an op is allowed. The app calls it before it keeps an
//! op, the server before it judges one; a form's own rules are judged at submit, never here for a figure.

use crate::grants::Grants;
use crate::op::{LONGEST_TEXT, Op, OpBody};
use crate::outcome::Rejection;
use crate::plans::Accepted;
use crate::replica::SubmissionKey;
use crate::rights::{Right, Thing};
use crate::submission::{Action, State};
use chitieu_domain::plan::Severity;
use chitieu_domain::rules::{self, FormCheck, check_form};
use chitieu_domain::{Figures, FormIx, Model, PeriodId, ReporterIx};
use chrono::NaiveDate;

/// What admission looks at besides the op.
pub struct Circumstances<'a> {
    /// Plan and units.
    pub model: &'a Model,
    /// The versions of the plan that an op may name.
    pub plans: &'a Accepted,
    /// The author's rights.
    pub grants: &'a Grants,
    /// Where the form of this op stands.
    pub state: State,
    /// The reporter's figures; read at submit alone.
    pub figures: &'a Figures,
    /// The day, by the clock of whoever asks.
    pub today: NaiveDate,
}

/// Where a figure or a submission belongs, as the plan knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The period.
    pub period: PeriodId,
    /// The reporter.
    pub reporter: ReporterIx,
    /// The form, of the element or the submission.
    pub form: FormIx,
}

impl Place {
    /// The submission that it belongs to.
    pub fn submission(self, model: &Model) -> SubmissionKey {
        let (reporter, form) = (model.reporter(self.reporter).id.clone(), model.form(self.form).id.clone());
        SubmissionKey { reporter, period: self.period, form }
    }
}

/// Finds the reporter and form an op is about; enough to look up the rest of the circumstances.
pub fn place(model: &Model, op: &Op) -> Result<Place, Rejection> {
    let reporter = op.stream.reporter().and_then(|reporter| model.reporter_ix(reporter));
    let reporter = reporter.ok_or(Rejection::UnknownReporter)?;
    let (period, form) = match &op.body {
        OpBody::Figure { period, element, .. } => {
            (*period, model.form_of(model.element_ix(element).ok_or(Rejection::UnknownElement)?))
        }
        OpBody::Submission { period, form, .. } => {
            (*period, model.form_ix(form).ok_or(Rejection::UnknownForm)?)
        }
        OpBody::Entity { .. } => return Err(Rejection::UnknownForm),
    };
    Ok(Place { period, reporter, form })
}

/// Admits an op or says why not.
pub fn admit(op: &Op, circumstances: &Circumstances<'_>) -> Result<Place, Rejection> {
    let Circumstances { model, plans, grants, state, .. } = circumstances;
    let place = place(model, op)?;
    if !plans.takes(&op.plan, model, place.form, circumstances.today) {
        return Err(Rejection::UnknownPlan);
    }
    if !model.is_assigned(place.reporter, place.form, place.period) {
        return Err(Rejection::NotAssigned);
    }
    if model.span(place.form, place.period).from > circumstances.today {
        return Err(Rejection::NotOpen);
    }
    let texts = [&op.reason, &op.note];
    if texts.into_iter().flatten().any(|t| t.chars().count() > LONGEST_TEXT) {
        return Err(Rejection::TooLong);
    }
    let may =
        |right| grants.allows(right, Thing::Form(place.reporter, place.form), model, circumstances.today);
    let has_reason = op.reason.as_ref().is_some_and(|r| !r.trim().is_empty());
    match &op.body {
        OpBody::Figure { element, value, cleared, .. } => {
            if !may(Right::Enter) {
                return Err(Rejection::NoRight);
            }
            if state.is_locked() {
                return Err(Rejection::Locked);
            }
            match value {
                Some(v) if !(0..=most(model, element)).contains(v) => return Err(Rejection::OutOfRange),
                None if !has_reason && !cleared => return Err(Rejection::ReasonMissing),
                _ => {}
            }
        }
        OpBody::Submission { action, .. } => {
            if !may(Right::Step(*action)) {
                return Err(Rejection::NoRight);
            }
            if action.needs_reason() && !has_reason {
                return Err(Rejection::ReasonMissing);
            }
            if state.after(*action).is_none() {
                return Err(Rejection::BadTransition);
            }
            if *action == Action::Submit {
                complete_and_sound(op, place, circumstances)?;
            }
        }
        OpBody::Entity { .. } => {}
    }
    Ok(place)
}

/// The largest plausible figure of an element.
fn most(model: &Model, element: &str) -> i64 {
    model.element_ix(element).map_or(i64::MAX, |ix| model.element(ix).most())
}

/// Every row is answered and no blocking rule is broken.
fn complete_and_sound(op: &Op, place: Place, circumstances: &Circumstances<'_>) -> Result<(), Rejection> {
    let Circumstances { model, figures, .. } = circumstances;
    let OpBody::Submission { covers, .. } = &op.body else { return Ok(()) };
    let answered = model.elements_of(place.form).all(|(ix, element)| {
        covers.iter().any(|cover| cover.element() == Some(&element.id))
            && figures.get(place.reporter, place.period, ix).is_some()
    });
    if !answered {
        return Err(Rejection::Incomplete);
    }
    let check =
        FormCheck { model, figures, reporter: place.reporter, form: place.form, period: place.period };
    let broken = |c: &rules::Checked| c.state == rules::State::Broken && c.severity == Severity::Error;
    if check_form(&check).iter().any(broken) { Err(Rejection::RuleBroken) } else { Ok(()) }
}
