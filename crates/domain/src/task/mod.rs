//! Tasks of the plan (KH 188, section II): which turns they have, when each begins and is due, how one stands, and who answers
//! for it after units or agencies were reorganised. Nobody types that something is late: it follows from the days.

mod occurrence;
mod standing;

pub use occurrence::{Occurrence, OccurrenceError};
pub use standing::{Dates, Group, Progress, Said, Standing, standing};

use crate::calendar::Periodicity;
use crate::deadline::working_day_after;
use crate::model::{Model, ReporterIx};
use crate::plan::{Task, TaskKind};
use crate::unit::Level;
use chrono::NaiveDate;

/// What may be said of a task, and to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// It may appear in what is published.
    Public,
    /// For those who work with the plan alone.
    Internal,
    /// In words of how far it is alone: neither figures nor texts, since they may be classified.
    WordsOnly,
}

impl Task {
    /// What may be said of it: a task that is not public and that no figure follows is spoken of in words only (II.4.5).
    pub fn openness(&self) -> Openness {
        match (self.public, self.figures.is_empty()) {
            (true, _) => Openness::Public,
            (false, false) => Openness::Internal,
            (false, true) => Openness::WordsOnly,
        }
    }
}

impl Model {
    /// A task by its id.
    pub fn task(&self, id: &str) -> Option<&Task> {
        self.plan().tasks.iter().find(|task| task.id == id)
    }

    /// The turns of a task of this kind that may be reported on `today` without anybody having named them: for a task without
    /// end the last closed quarter and the running one, for a yearly one the same of years, for one that is done once that
    /// turn. Campaigns have none: each is named by whoever sets it.
    pub fn turns(&self, kind: TaskKind, today: NaiveDate) -> Vec<Occurrence> {
        let periodicity = match kind {
            TaskKind::Continuous => Periodicity::Quarter,
            TaskKind::Annual => Periodicity::Year,
            TaskKind::OneOff => return vec![Occurrence::Once],
            TaskKind::Campaign | TaskKind::Unknown => return Vec::new(),
        };
        let calendar = self.own_calendar();
        let running = calendar.period_on(today, periodicity);
        let closed = running.and_then(|period| calendar.previous(period));
        let first = self.unit(self.own_territory()).id.first_year();
        let all = closed.into_iter().chain(running);
        all.filter(|period| calendar.business_year(*period) >= first).map(Occurrence::Period).collect()
    }

    /// The days of a turn, for a body of this level. `from` and `until` are what its assignment says.
    pub fn task_dates(
        &self,
        turn: Occurrence,
        (from, until): (Option<NaiveDate>, Option<NaiveDate>),
        level: Level,
    ) -> Dates {
        match turn {
            Occurrence::Period(period) => {
                let span = self.own_calendar().span(period);
                let days = self.plan().deadlines.get(&level).copied().unwrap_or(5);
                Dates {
                    from: Some(span.from),
                    due: Some(working_day_after(span.to, days, &self.plan().holidays)),
                }
            }
            Occurrence::Once => Dates { from, due: until },
            Occurrence::On(day) => Dates { from: Some(from.unwrap_or(day)), due: until },
        }
    }

    /// True where a turn falls into the days of an assignment; an open side leaves nothing out.
    pub fn is_turn_assigned(
        &self,
        turn: Occurrence,
        (from, until): (Option<NaiveDate>, Option<NaiveDate>),
    ) -> bool {
        let Occurrence::Period(period) = turn else { return true };
        let span = self.own_calendar().span(period);
        from.is_none_or(|from| from <= span.to) && until.is_none_or(|until| span.from <= until)
    }

    /// The reporters of these agencies that are there on a day and speak for themselves.
    pub fn reporters_of(&self, agencies: &[String], day: NaiveDate) -> Vec<ReporterIx> {
        let is_named = |ix: &ReporterIx| {
            let reporter = self.reporter(*ix);
            reporter.is_there(day) && agencies.iter().any(|agency| agency == reporter.id.agency())
        };
        let all = (0..self.reporters().len() as u32).map(ReporterIx);
        all.filter(is_named).filter(|ix| self.speaks_for_itself(*ix)).collect()
    }

    /// False for what a provincial agency is beside itself: the reporter of its figures for a province that joined. It reports
    /// figures for each of the former provinces by itself, and a task that it leads as one, where the plan's own territory is.
    pub fn speaks_for_itself(&self, who: ReporterIx) -> bool {
        let unit = self.reporter(who).unit;
        unit == self.own_territory() || self.unit(unit).level != Level::Province
    }

    /// Who answers on `today` for what was given to a reporter: itself while it is there, else those of the same agency, or of
    /// one that succeeded it, on whose ground it stood, over as many reorganisations as there were.
    pub fn answers_for(&self, reporter: ReporterIx, today: NaiveDate) -> Vec<ReporterIx> {
        let mut found = Vec::new();
        let mut open = vec![reporter];
        // Each is looked at once: what names one another in a circle ends.
        let mut seen = open.clone();
        while let Some(one) = open.pop() {
            if self.reporter(one).to.is_none_or(|to| today <= to) {
                found.push(one);
                continue;
            }
            for next in self.went_on_with(one) {
                if !seen.contains(&next) {
                    seen.push(next);
                    open.push(next);
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// Those who went on with the work of a reporter that ended.
    fn went_on_with(&self, ended: ReporterIx) -> Vec<ReporterIx> {
        let them = self.reporter(ended);
        let Some(after) = them.to.and_then(|to| to.succ_opt()) else { return Vec::new() };
        let agency = &self.plan().agencies[them.agency];
        let all = (0..self.reporters().len() as u32).map(ReporterIx).filter(|other| *other != ended);
        all.filter(|other| {
            let own = self.reporter(*other);
            let is_there = own.from.is_none_or(|from| from <= after) && own.to.is_none_or(|to| after <= to);
            let succeeds = agency.successor.contains(&self.plan().agencies[own.agency].id);
            is_there && (own.agency == them.agency || succeeds) && self.holds(own.unit, them.unit)
        })
        .collect()
    }
}
