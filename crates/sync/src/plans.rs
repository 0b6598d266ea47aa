//! Which versions of the plan an op may name: the present one, and those before it for as long as somebody may still
//! hold what was entered under them.

use chitieu_domain::calendar::Periodicity;
use chitieu_domain::model::{FormIx, Model};
use chrono::{Days, NaiveDate};

/// Days for which a version is accepted at least after another one took its place.
pub const KEPT: Days = Days::new(90);

/// The versions that are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    present: String,
    replaced: Vec<(String, NaiveDate)>,
}

impl Accepted {
    /// One version alone: a device knows no other.
    pub fn only(version: impl Into<String>) -> Self {
        Self { present: version.into(), replaced: Vec::new() }
    }

    /// A version and those it followed, each with the day (by the server's clock) on which it was replaced.
    pub fn after(version: impl Into<String>, replaced: Vec<(String, NaiveDate)>) -> Self {
        Self { replaced, ..Self::only(version) }
    }

    /// True where an op of this form may name the version on this day.
    pub fn takes(&self, version: &str, model: &Model, form: FormIx, today: NaiveDate) -> bool {
        self.present == version
            || self.replaced.iter().any(|(old, day)| old == version && today <= last_day(model, form, *day))
    }
}

/// The last day on which ops of this form may name a version that was replaced on a day: two of the form's periods have
/// ended by then, and [`KEPT`] is over. A form that is filled in once counts years.
fn last_day(model: &Model, form: FormIx, replaced: NaiveDate) -> NaiveDate {
    let periodicity = match model.form(form).periodicity {
        Periodicity::Once => Periodicity::Year,
        other => other,
    };
    let calendar = model.calendar(form);
    let end = |day| calendar.period_on(day, periodicity).map(|period| calendar.span(period).to);
    let second = end(replaced).and_then(|first| end(first + Days::new(1)));
    second.map_or(replaced + KEPT, |end| end.max(replaced + KEPT))
}
