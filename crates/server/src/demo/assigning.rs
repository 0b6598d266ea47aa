//! Who was given which task of the illustrative data, when, and until when.

use super::dice::Dice;
use super::task_step::{By, Step};
use super::task_words::OFFICES;
use chitieu_domain::deadline::working_day_after;
use chitieu_domain::plan::{Task, TaskKind};
use chitieu_domain::unit::Level;
use chitieu_domain::{Model, ReporterId, ReporterIx};
use chitieu_sync::StreamId;
use chitieu_sync::entity::task_assignment::{COOPERATING, FROM, LEAD, OFFICE, OUTPUT, UNTIL};
use chitieu_sync::entity::{Change, Kind};
use chitieu_sync::raw::Raw;
use chrono::{Days, NaiveDate};
use std::collections::HashMap;

/// Tasks that are done once: which, from when, until when, and to whom where that is not the plan's own lead. Those of 2023 and
/// 2024 were given to bodies that ended before they were done.
const ONCE: [(&str, &str, &str, Option<&str>); 5] = [
    ("II.1.1", "2022-01-10", "2022-06-30", None),
    ("II.1.3", "2023-03-01", "2024-12-31", None),
    ("II.3.2b", "2024-04-01", "2026-12-31", Some("police_district:323@2021-01-01")),
    ("II.3.3b", "2023-05-15", "2026-06-30", None),
    ("II.4.3", "2025-03-10", "2026-10-31", None),
];

/// Campaigns: of which task, from when, until when.
const CAMPAIGNS: [(&str, &str, &str); 9] = [
    ("II.2.2b", "2024-06-01", "2024-06-30"),
    ("II.2.2b", "2025-10-01", "2025-10-31"),
    ("II.2.2b", "2026-11-01", "2026-12-15"),
    ("II.4.4b", "2025-10-01", "2025-11-15"),
    ("II.4.4b", "2026-06-01", "2026-07-15"),
    ("II.4.4b", "2026-10-15", "2026-12-15"),
    ("II.5.1b", "2023-12-15", "2024-02-05"),
    ("II.5.1b", "2024-12-15", "2025-02-05"),
    ("II.5.1b", "2025-12-15", "2026-02-14"),
];

/// How many days before a campaign it is announced.
const ANNOUNCED: u64 = 15;

/// What was given.
#[derive(Clone, Copy)]
pub struct Given {
    /// To whom; none: to those whom the plan names.
    pub lead: Option<ReporterIx>,
    /// When, which is also from when, but for campaigns.
    pub on: NaiveDate,
    /// Until when.
    pub until: Option<NaiveDate>,
}

/// A campaign of a task.
pub struct Campaign {
    /// Its first day, which names it.
    pub from: NaiveDate,
    /// Its last.
    pub until: NaiveDate,
}

/// Who leads and who was given what.
pub struct Assigning<'a> {
    model: &'a Model,
    today: NaiveDate,
    /// The reporters of the plan's own territory.
    own: Vec<ReporterIx>,
    given: HashMap<&'a str, Given>,
}

impl<'a> Assigning<'a> {
    /// Up to a day.
    pub fn new(model: &'a Model, today: NaiveDate) -> Self {
        let own = model.reporters_inside(model.own_territory());
        let mut assigning = Self { model, today, own, given: HashMap::new() };
        for (nth, task) in model.plan().tasks.iter().enumerate() {
            // A third stays as the plan proposes it.
            let given = match task.kind {
                TaskKind::OneOff => assigning.once(task),
                TaskKind::Continuous | TaskKind::Annual if nth % 3 != 0 => assigning.in_turn(task),
                _ => None,
            };
            if let Some(given) = given.filter(|given| given.on < today) {
                assigning.given.insert(&task.id, given);
            }
        }
        assigning
    }

    fn once(&self, task: &Task) -> Option<Given> {
        let (_, on, until, lead) = ONCE.iter().find(|(id, ..)| *id == task.id)?;
        let on = on.parse().ok()?;
        let lead = match lead {
            Some(lead) => self.model.reporter_ix(&lead.parse::<ReporterId>().ok()?)?,
            None => *self.proposed(&task.lead, on).first()?,
        };
        Some(Given { lead: Some(lead), on, until: until.parse().ok() })
    }

    fn in_turn(&self, task: &Task) -> Option<Given> {
        let second = NaiveDate::from_ymd_opt(i32::from(self.first_year()) + 1, 1, 5)?;
        let days = Dice::of(&["given", &task.id]).below(900).unsigned_abs();
        let on = self.working(second + Days::new(days));
        let lead = *self.proposed(&task.lead, on).first()?;
        // What each commune leads for itself is nobody's alone.
        let is_one = self.level(lead) != Level::Commune;
        is_one.then_some(Given { lead: Some(lead), on, until: None })
    }

    /// The first day from this one on, on which offices work.
    fn working(&self, day: NaiveDate) -> NaiveDate {
        working_day_after(day - Days::new(1), 1, &self.model.plan().holidays)
    }

    /// The first year of which there are tasks.
    pub fn first_year(&self) -> i16 {
        self.model.unit(self.model.own_territory()).id.first_year()
    }

    /// The level of a reporter's unit.
    pub fn level(&self, reporter: ReporterIx) -> Level {
        self.model.unit(self.model.reporter(reporter).unit).level
    }

    /// Those of the first of these agencies that is there on a day.
    fn proposed(&self, agencies: &[String], on: NaiveDate) -> Vec<ReporterIx> {
        let of = |agency: &String| -> Vec<ReporterIx> {
            let is_there = |reporter: &&ReporterIx| {
                let about = self.model.reporter(**reporter);
                about.id.agency() == agency
                    && about.from.is_none_or(|from| from <= on)
                    && about.to.is_none_or(|to| on <= to)
            };
            self.own.iter().filter(is_there).copied().collect()
        };
        agencies.iter().map(of).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// Those of an agency on a day.
    pub fn of(&self, agency: &str, on: NaiveDate) -> Vec<ReporterIx> {
        self.proposed(&[agency.to_owned()], on)
    }

    /// What was given of a task by a day.
    pub fn given(&self, task: &Task, on: NaiveDate) -> Option<Given> {
        self.given.get(task.id.as_str()).copied().filter(|given| given.on <= on)
    }

    /// Who answers for a task on a day: whom it was given to, or who went on with that, else the plan's leads.
    pub fn lead(&self, task: &Task, on: NaiveDate) -> Vec<ReporterIx> {
        let Some(lead) = self.given(task, on).and_then(|given| given.lead) else {
            return self.proposed(&task.lead, on);
        };
        let mut all = self.model.answers_for(lead, on);
        // Of several that went on, those that the plan names report.
        let is_named = |r: &ReporterIx| {
            let agency = self.model.reporter(*r).id.agency();
            task.lead.iter().any(|lead| lead == agency)
        };
        if all.iter().any(is_named) {
            all.retain(is_named);
        }
        all
    }

    fn announced(&self, from: NaiveDate) -> NaiveDate {
        self.working(from - Days::new(ANNOUNCED))
    }

    /// The campaigns of a task that were announced.
    pub fn campaigns(&self, task: &Task) -> Vec<Campaign> {
        let of = CAMPAIGNS.iter().filter(|(id, ..)| *id == task.id && task.kind == TaskKind::Campaign);
        let read = of.filter_map(|(_, from, until)| {
            Some(Campaign { from: from.parse().ok()?, until: until.parse().ok()? })
        });
        read.filter(|campaign| self.announced(campaign.from) < self.today).collect()
    }

    /// Every assignment, step by step.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for task in &self.model.plan().tasks {
            if let Some(given) = self.given.get(task.id.as_str()) {
                self.assign(task, task.id.clone(), (*given, given.on), &mut steps);
            }
            for Campaign { from, until } in self.campaigns(task) {
                let on = self.announced(from);
                let leads = self.proposed(&task.lead, on);
                let lead = leads.first().copied().filter(|lead| self.level(*lead) != Level::Commune);
                let given = Given { lead, on, until: Some(until) };
                self.assign(task, format!("{}/{from}", task.id), (given, from), &mut steps);
            }
        }
        steps
    }

    fn assign(&self, task: &Task, id: String, (given, from): (Given, NaiveDate), steps: &mut Vec<Step>) {
        let mut dice = Dice::of(&["assigned", &id]);
        let name = |reporter: ReporterIx| self.model.reporter(reporter).id.clone();
        let mut change = Change::new();
        let mut set = |field: &str, value: Raw| change.insert(field.to_owned(), value);
        set(FROM, Raw::of(&from.to_string()));
        set(OUTPUT, Raw::of(&task.output_vi));
        if let Some(lead) = given.lead {
            set(LEAD, Raw::of(&name(lead)));
        }
        if let Some(until) = given.until {
            set(UNTIL, Raw::of(&until.to_string()));
        }
        // Bodies of communes cooperate by the plan, all of them.
        let agencies =
            task.cooperating.iter().map(|agency| self.proposed(std::slice::from_ref(agency), given.on));
        let helping: Vec<ReporterId> = agencies
            .filter(|all| all.len() == 1)
            .flatten()
            .filter(|r| Some(*r) != given.lead)
            .map(name)
            .collect();
        if !helping.is_empty() {
            set(COOPERATING, Raw::of(&helping));
        }
        let office = Raw::of(&dice.pick(&OFFICES));
        let when = (given.on, dice.below(480));
        let step = |when, change| Step {
            when,
            by: By::Steering,
            stream: StreamId::Plan,
            kind: Kind::TaskAssignment,
            id: id.clone(),
            change,
            reason: None,
        };
        let is_later = given.lead.is_none() || dice.one_in(4);
        if !is_later {
            set(OFFICE, office.clone());
        }
        steps.push(step(when, change));
        // Which office it is was said later on.
        if is_later && given.lead.is_some() {
            let change = Change::from([(OFFICE.to_owned(), office)]);
            steps.push(step((self.working(given.on + Days::new(60)), when.1), change));
        }
    }
}
