//! Which forms a reporter fills in, and when: the server tells devices by this, and a device without a server reckons
//! by it.

use super::{FormIx, Model, ReporterIx};
use crate::PeriodId;
use crate::calendar::{BASELINE, Span};
use chrono::NaiveDate;

/// A form of one reporter and period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet {
    /// Who fills it in.
    pub reporter: ReporterIx,
    /// Which form.
    pub form: FormIx,
    /// Of which period.
    pub period: PeriodId,
    /// The days that it is about.
    pub span: Span,
    /// The last day on which it is in time.
    pub deadline: NaiveDate,
    /// True for the period that is being filled in now ([`Model::open_period`]).
    pub is_open: bool,
}

impl Model {
    /// The period a form is being filled in for on `today`: the last one that is closed.
    pub fn open_period(&self, form: FormIx, today: NaiveDate) -> Option<PeriodId> {
        let (calendar, periodicity) = (self.calendar(form), self.form(form).periodicity);
        if periodicity == crate::calendar::Periodicity::Once {
            return Some(BASELINE);
        }
        calendar.previous(calendar.period_on(today, periodicity)?)
    }

    /// The forms that a reporter is filling in on `today`.
    pub fn open_sheets(&self, reporter: ReporterIx, today: NaiveDate) -> impl Iterator<Item = Sheet> {
        let open = move |form| Some((form, self.open_period(form, today)?));
        self.forms().filter_map(open).filter_map(move |(form, period)| {
            let sheet = self.sheet(reporter, form, period, today);
            self.is_assigned(reporter, form, period).then_some(sheet)
        })
    }

    /// Every form that a reporter ever fills in under the plan, of all periods that have begun by `today`: the baseline
    /// first, then by form and time.
    pub fn begun_sheets(&self, reporter: ReporterIx, today: NaiveDate) -> impl Iterator<Item = Sheet> {
        let first = self.unit(self.own_territory()).id.first_year();
        self.forms().flat_map(move |form| {
            let (calendar, periodicity) = (self.calendar(form), self.form(form).periodicity);
            let last = calendar.business_year_on(today).unwrap_or(first);
            let years = (first..=last).flat_map(move |year| calendar.periods_of_year(year, periodicity));
            let once = self.is_period_of(form, BASELINE).then_some(BASELINE);
            once.into_iter().chain(years).map(move |period| self.sheet(reporter, form, period, today)).filter(
                move |sheet| sheet.span.from <= today && self.is_assigned(reporter, form, sheet.period),
            )
        })
    }

    fn sheet(&self, reporter: ReporterIx, form: FormIx, period: PeriodId, today: NaiveDate) -> Sheet {
        Sheet {
            reporter,
            form,
            period,
            span: self.span(form, period),
            deadline: self.deadline(reporter, form, period),
            is_open: self.open_period(form, today) == Some(period),
        }
    }
}
