//! What was reported of the tasks of the illustrative data: turn by turn what a unit said, sent, was asked to write once more,
//! and what was approved; where it asked for more time, and where it said nothing.

use super::assigning::Assigning;
use super::dice::Dice;
use super::task_step::{By, Step};
use super::{officer, task_words as words};
use chitieu_domain::calendar::Periodicity;
use chitieu_domain::deadline::working_day_after;
use chitieu_domain::plan::{Task, TaskKind};
use chitieu_domain::task::{Occurrence, Openness};
use chitieu_domain::unit::Level;
use chitieu_domain::{Model, ReporterIx};
use chitieu_sync::entity::task_report as field;
use chitieu_sync::entity::{Change, Kind};
use chitieu_sync::raw::Raw;
use chrono::{Days, NaiveDate};

/// For how many days after its last one a turn may still be on its way.
const ON_ITS_WAY: i64 = 100;

/// Who asked for more time: the task, the turn, until when, and what became of it.
const ASKED: [(&str, &str, &str, Option<&str>); 4] = [
    ("II.1.3", "once", "2025-06-30", Some(field::GRANT)),
    ("II.4.2", "2025", "2026-01-31", Some(field::GRANT)),
    ("II.4.3", "once", "2026-12-31", Some(field::REFUSE)),
    ("II.3.3b", "once", "2027-03-31", None),
];

/// How tasks that are done once went; those that are not here are done in time.
const ONCE: [(&str, Fate); 3] =
    [("II.3.2b", Fate::Silent), ("II.3.3b", Fate::Begun), ("II.4.3", Fate::Begun)];

/// Who reports beside the lead: the task and the agency.
const BESIDE: [(&str, &str); 3] =
    [("I.2", "department_education"), ("II.2.1a", "department_justice"), ("II.5.2c", "court_province")];

/// What is done early in its year: the task, and how many days after the year began. The plans of the year are its first
/// work, and the day of the movement is in August.
const EARLY: [(&str, u64); 4] = [("I.8", 55), ("II.1.4", 70), ("II.1.5b", 90), ("II.3.2c", 240)];

/// How many of the turns that are over those beside report.
const TURNS_BESIDE: usize = 4;

/// How far a turn came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Nothing was said.
    Silent,
    /// A draft.
    Begun,
    /// Sent.
    Sent,
    /// Sent back.
    Returned,
    /// Approved, most at once.
    Approved,
    /// There was nothing to report.
    Nothing,
}

/// One turn of a task for one reporter.
struct OneTurn<'a> {
    task: &'a Task,
    named: Occurrence,
    who: ReporterIx,
    /// The first day of the work.
    from: NaiveDate,
    /// The last.
    to: NaiveDate,
    /// The last day on which its report is in time.
    due: Option<NaiveDate>,
    /// About when it was done, where that is before its end.
    early: Option<NaiveDate>,
}

/// A turn while it is told.
struct Telling<'a> {
    model: &'a Model,
    turn: &'a OneTurn<'a>,
    dice: Dice,
    steps: Vec<Step>,
}

/// Every report, step by step.
pub fn steps(model: &Model, assigning: &Assigning<'_>, today: NaiveDate) -> Vec<Step> {
    let mut steps = Vec::new();
    for task in &model.plan().tasks {
        match task.kind {
            TaskKind::Continuous => {
                recurring(model, assigning, task, (Periodicity::Quarter, today), &mut steps);
            }
            TaskKind::Annual => recurring(model, assigning, task, (Periodicity::Year, today), &mut steps),
            TaskKind::OneOff => once(model, assigning, task, today, &mut steps),
            TaskKind::Campaign => campaigns(model, assigning, task, today, &mut steps),
            TaskKind::Unknown => {}
        }
    }
    steps
}

fn recurring(
    model: &Model,
    assigning: &Assigning<'_>,
    task: &Task,
    (periodicity, today): (Periodicity, NaiveDate),
    steps: &mut Vec<Step>,
) {
    let calendar = model.own_calendar();
    let Some(this_year) = calendar.business_year_on(today) else { return };
    let years = assigning.first_year()..=this_year;
    let periods = years.flat_map(|year| calendar.periods_of_year(year, periodicity));
    let begun: Vec<_> = periods.filter(|period| calendar.span(*period).from < today).collect();
    let beside = BESIDE.iter().find(|(id, _)| *id == task.id).map(|(_, agency)| *agency);
    let last_ended = begun.iter().rposition(|period| calendar.span(*period).to < today);
    for (nth, period) in begun.iter().enumerate() {
        let span = calendar.span(*period);
        let on = span.to.min(today);
        let mut all = assigning.lead(task, on);
        let is_beside = last_ended.is_some_and(|last| nth <= last && last < nth + TURNS_BESIDE);
        let help = beside.filter(|_| is_beside).map(|agency| assigning.of(agency, on));
        all.extend(help.into_iter().flatten());
        for who in all {
            let about = model.reporter(who);
            // Of so many communes no more than those of today, in this year and the last.
            let is_recent =
                about.to.is_none_or(|to| today <= to) && calendar.business_year(*period) + 1 >= this_year;
            if assigning.level(who) == Level::Commune && !is_recent {
                continue;
            }
            let named = Occurrence::Period(*period);
            let due = model.task_dates(named, (None, None), assigning.level(who)).due;
            let from = about.from.map_or(span.from, |from| from.max(span.from));
            let early = EARLY.iter().find(|(id, _)| *id == task.id);
            let early = early.map(|(_, days)| (span.from + Days::new(*days)).max(from));
            let turn = OneTurn { task, named, who, from, to: span.to, due, early };
            let is_given = assigning.given(task, on).is_some();
            let mut telling = Telling::new(model, &turn);
            let fate = telling.fate(today, is_given);
            telling.tell(fate);
            steps.append(&mut telling.steps);
        }
    }
}

fn once(model: &Model, assigning: &Assigning<'_>, task: &Task, today: NaiveDate, steps: &mut Vec<Step>) {
    // Without a day of its own it was done in the second year.
    let Some(second) = NaiveDate::from_ymd_opt(i32::from(assigning.first_year()) + 1, 1, 5) else { return };
    let given = assigning.given(task, today);
    let from = given.map_or(second, |given| given.on);
    let until = given.and_then(|given| given.until);
    let to = until.unwrap_or(from + Days::new(200));
    let first = assigning.lead(task, from);
    // Whoever went on before it was done says so too, from the day on which the first ended.
    let ended = first.iter().filter_map(|who| model.reporter(*who).to).min();
    let after = ended.filter(|end| *end < to.min(today)).and_then(|end| end.succ_opt());
    let went_on = after.map(|after| assigning.lead(task, after)).unwrap_or_default();
    let all = first.into_iter().map(|who| (who, from));
    for (who, from) in all.chain(went_on.into_iter().zip(after.into_iter().cycle())) {
        let about = model.reporter(who);
        let turn = OneTurn { task, named: Occurrence::Once, who, from, to, due: until, early: None };
        let mut telling = Telling::new(model, &turn);
        let fate = ONCE.iter().find(|(id, _)| *id == task.id).map_or(Fate::Approved, |(_, fate)| *fate);
        // Who ended before it was done had begun.
        let fate = if about.to.is_some_and(|end| end < to) { Fate::Begun } else { fate };
        telling.tell(fate);
        steps.append(&mut telling.steps);
    }
}

fn campaigns(model: &Model, assigning: &Assigning<'_>, task: &Task, today: NaiveDate, steps: &mut Vec<Step>) {
    for campaign in assigning.campaigns(task) {
        for who in assigning.lead(task, campaign.until.min(today)) {
            let (named, to) = (Occurrence::On(campaign.from), campaign.until);
            let turn = OneTurn { task, named, who, from: campaign.from, to, due: Some(to), early: None };
            let mut telling = Telling::new(model, &turn);
            let fate = telling.fate(today, true);
            telling.tell(fate);
            steps.append(&mut telling.steps);
        }
    }
}

impl<'a> Telling<'a> {
    fn new(model: &'a Model, turn: &'a OneTurn<'a>) -> Self {
        let id = model.reporter(turn.who).id.to_string();
        let dice = Dice::of(&["task", &turn.task.id, &turn.named.to_string(), &id]);
        Self { model, turn, dice, steps: Vec::new() }
    }

    /// How far it is on `today`. What is still proposed to a unit it reports on once the turn is over.
    fn fate(&mut self, today: NaiveDate, is_given: bool) -> Fate {
        let OneTurn { task, to, due, early, .. } = self.turn;
        if ASKED.iter().any(|(id, turn, ..)| *id == task.id && *turn == self.turn.named.to_string()) {
            return Fate::Approved;
        }
        let all: &[Fate] = if due.is_none_or(|due| today <= due) {
            match task.kind {
                TaskKind::Continuous if !is_given => &[Fate::Silent],
                TaskKind::Continuous => &[Fate::Silent, Fate::Silent, Fate::Begun],
                _ if early.is_some_and(|early| early < today) => {
                    &[Fate::Begun, Fate::Sent, Fate::Nothing, Fate::Approved, Fate::Approved, Fate::Approved]
                }
                _ => &[Fate::Silent, Fate::Begun, Fate::Begun, Fate::Approved],
            }
        } else if (today - *to).num_days() < ON_ITS_WAY {
            &[
                Fate::Silent,
                Fate::Begun,
                Fate::Sent,
                Fate::Sent,
                Fate::Returned,
                Fate::Nothing,
                Fate::Approved,
                Fate::Approved,
                Fate::Approved,
                Fate::Approved,
                Fate::Approved,
            ]
        } else if self.dice.one_in(50) {
            &[Fate::Silent]
        } else if self.dice.one_in(25) {
            &[Fate::Nothing]
        } else {
            &[Fate::Approved]
        };
        all[self.dice.below(all.len() as i64) as usize]
    }

    fn has_texts(&self) -> bool {
        self.turn.task.openness() != Openness::WordsOnly
    }

    fn working_days_after(&self, day: NaiveDate, days: i64) -> NaiveDate {
        let days = u8::try_from(days).unwrap_or(u8::MAX);
        working_day_after(day, days, &self.model.plan().holidays)
    }

    /// What somebody does on a day, in the morning or, `late`, in the afternoon of it.
    fn step(&mut self, by: By, (day, late): (NaiveDate, bool), change: Change, reason: Option<&'static str>) {
        let minute = self.dice.below(200) + if late { 240 } else { 0 };
        self.steps.push(Step {
            when: (day, minute),
            by,
            stream: self.model.reporter(self.turn.who).id.clone().into(),
            kind: Kind::TaskReport,
            id: format!("{}/{}", self.turn.task.id, self.turn.named),
            change,
            reason,
        });
    }

    fn officer(&self) -> By {
        By::Officer(officer(self.model, self.model.reporter(self.turn.who)))
    }

    fn write(&mut self, day: NaiveDate, change: Change) {
        let by = self.officer();
        self.step(by, (day, false), change, None);
    }

    fn send(&mut self, day: NaiveDate) {
        let by = self.officer();
        let mut change = one(field::STEP, field::SUBMIT);
        change.insert(field::SENT.to_owned(), Raw::of(&field::SENT));
        self.step(by, (day, true), change, None);
    }

    fn review(&mut self, day: NaiveDate, step: &str, reason: Option<&'static str>) {
        self.step(By::Reviewer, (day, false), one(field::STEP, step), reason);
    }

    fn tell(&mut self, fate: Fate) {
        let OneTurn { task, named, from, to, early, .. } = *self.turn;
        let days = (early.unwrap_or(to) - from).num_days().max(1);
        let begun = from + Days::new(self.dice.below(days / 3 + 1).unsigned_abs());
        let begun = self.working_days_after(begun - Days::new(1), 1).max(from);
        let asks = ASKED.iter().find(|(id, at, ..)| *id == task.id && *at == named.to_string());
        if fate == Fate::Silent {
            return;
        }
        if fate == Fate::Begun || task.kind != TaskKind::Continuous {
            let mut change = one(field::PROGRESS, field::DOING);
            change.insert(field::BEGAN.to_owned(), Raw::of(&begun.to_string()));
            self.text(&mut change, &words::BEGUN, field::TEXT);
            self.write(begun, change);
        }
        if let Some((.., until, answer)) = asks {
            self.ask(until, *answer);
        }
        if fate == Fate::Begun {
            return;
        }
        let (done, written) = self.done(asks.is_some());
        let mut change = if fate == Fate::Nothing {
            one(field::PROGRESS, field::NOTHING)
        } else if task.kind == TaskKind::Continuous {
            one(field::PROGRESS, field::DOING)
        } else {
            let mut change = one(field::PROGRESS, field::DONE);
            change.insert(field::DONE.to_owned(), Raw::of(&done.to_string()));
            change
        };
        if fate != Fate::Nothing {
            self.fill(&mut change, done);
        }
        self.write(written, change);
        self.send(written);
        self.decide(fate, written);
    }

    /// The day on which it was done, and that on which it was written so; later than was asked for some.
    fn done(&mut self, has_more_time: bool) -> (NaiveDate, NaiveDate) {
        let OneTurn { task, from, to, due, early, .. } = *self.turn;
        let is_late = self.dice.one_in(12);
        let due = due.unwrap_or(to);
        if has_more_time {
            // Weeks later than it was due at first.
            let done = due + Days::new(25);
            return (done, self.working_days_after(done, 1));
        }
        if is_late {
            let done = due + Days::new(2 + self.dice.below(18).unsigned_abs());
            return (done, self.working_days_after(done, 1));
        }
        if task.kind == TaskKind::Continuous {
            let days = self.dice.below(2);
            return (to, self.working_days_after(to, 1 + days));
        }
        if let Some(early) = early {
            let done = early + Days::new(5 + self.dice.below(15).unsigned_abs());
            return (done, self.working_days_after(done, 1));
        }
        let before = self.dice.below(((to - from).num_days() / 4).clamp(1, 25));
        let done = to - Days::new(before.unsigned_abs());
        (done, self.working_days_after(done, 1))
    }

    /// Words, for a task of which there are some.
    fn text(&mut self, change: &mut Change, of: &[&str], into: &str) {
        if self.has_texts() {
            change.insert(into.to_owned(), Raw::of(&self.dice.pick(of)));
        }
    }

    /// What came of it, and of some what stood in the way, what is proposed, and by which document.
    fn fill(&mut self, change: &mut Change, done: NaiveDate) {
        let task = self.turn.task;
        self.text(change, words::done(&task.id, task.kind == TaskKind::Campaign), field::TEXT);
        if self.dice.one_in(5) {
            self.text(change, &words::DIFFICULTIES, field::DIFFICULTIES);
        }
        if self.dice.one_in(8) {
            self.text(change, &words::PROPOSALS, field::PROPOSALS);
        }
        if self.has_texts() && self.dice.one_in(3) {
            // No office has numbers like these: they end in what says that they are illustrative.
            let number = format!("{}/BC-MINHHOA", 1 + self.dice.below(400));
            change.insert(field::DOCUMENT.to_owned(), Raw::of(&number));
            change.insert(field::DOCUMENT_DAY.to_owned(), Raw::of(&done.to_string()));
        }
    }

    /// What a reviewer made of what was sent on a day.
    fn decide(&mut self, fate: Fate, sent: NaiveDate) {
        let days = 2 + self.dice.below(8);
        let mut decided = self.working_days_after(sent, days);
        let is_returned = fate == Fate::Returned || (fate == Fate::Approved && self.dice.one_in(14));
        if is_returned && self.has_texts() {
            let why = words::RETURNED[self.dice.below(2) as usize];
            self.review(decided, field::RETURN, Some(why));
            if fate == Fate::Returned {
                return;
            }
            let again = self.working_days_after(decided, 2);
            self.write(again, one(field::TEXT, words::REDONE));
            self.send(again);
            decided = self.working_days_after(again, days);
        }
        if matches!(fate, Fate::Approved | Fate::Nothing) {
            self.review(decided, field::APPROVE, None);
        }
    }

    /// Asks for time until a day, some days before it runs out, and what the steering office answers.
    fn ask(&mut self, until: &str, answer: Option<&'static str>) {
        let OneTurn { to, .. } = *self.turn;
        // Whoever ended by then asks no more.
        let on = to - Days::new(6);
        if self.model.reporter(self.turn.who).to.is_some_and(|end| end < on) {
            return;
        }
        let mut change = one(field::EXTENSION, field::ASK);
        change.insert(field::EXTEND_TO.to_owned(), Raw::of(&until));
        let by = self.officer();
        self.step(by, (on, true), change, Some(words::ASKED));
        if let Some(answer) = answer {
            let why = if answer == field::GRANT { words::GRANTED } else { words::REFUSED };
            let on = self.working_days_after(on, 2);
            self.step(By::Steering, (on, false), one(field::EXTENSION, answer), Some(why));
        }
    }
}

/// A change of one field.
fn one(name: &str, value: &str) -> Change {
    Change::from([(name.to_owned(), Raw::of(&value))])
}
