//! A unit's own programme of a year (KH 188, I.8 and II.1.4) as a device knows it: its head, what it contains and how each of
//! that stands by its days, what hinders issuing it, how it is copied into the next year, and which units have none.

mod copy;
mod filter;
mod hindrance;
mod units;

pub use copy::{Chosen, copied, shifted};
pub use filter::Filter;
pub use hindrance::{Hindrance, Issue, hindrances, item_hindrances};
pub use units::{Counts, Has, Held, held};

use chitieu_domain::model::{Model, ReporterIx};
use chitieu_domain::plan::TaskKind;
use chitieu_domain::search::lowered;
use chitieu_domain::task::{Dates, Progress, Said, Standing, standing};
use chitieu_domain::{ReporterId, day};
use chitieu_sync::entity::annual_plan_document::{self as document, AGENCIES, ISSUED, is_kept_by};
use chitieu_sync::entity::{EntityKey, Kind, annual_plan_item as item};
use chitieu_sync::replica::{EntityView, FieldStatus, Replica};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use uuid::Uuid;

/// Most items of a programme. Admission sees one of them at a time, so the device holds this.
pub const MOST_ITEMS: usize = 200;

/// Days before its own on which an item is due soon.
pub const SOON: u64 = 14;

/// How an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemStanding {
    /// It is past its day, and not done.
    Overdue,
    /// Its day is within [`SOON`] days, and it is not done.
    DueSoon,
    /// Not begun; there is time.
    NotStarted,
    /// Under way, in time.
    Doing,
    /// Done after its day.
    DoneLate,
    /// Done.
    Done,
    /// Given up.
    Dropped,
}

impl ItemStanding {
    /// Every one of them, the most pressing first.
    pub const ALL: [Self; 7] = [
        Self::Overdue,
        Self::DueSoon,
        Self::NotStarted,
        Self::Doing,
        Self::DoneLate,
        Self::Done,
        Self::Dropped,
    ];

    /// True for what is neither done nor dropped.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::DoneLate | Self::Done | Self::Dropped)
    }
}

/// Something that a programme contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id, the same in every year into which it was copied.
    pub id: Uuid,
    /// Its number, as it is written.
    pub number: String,
    /// What is to be done.
    pub title: String,
    /// The task of the plan that it is for, by its place there.
    pub task: Option<usize>,
    /// What it is to bring forth.
    pub output: String,
    /// Who leads.
    pub lead: Option<ReporterId>,
    /// Who cooperates.
    pub cooperating: Vec<ReporterId>,
    /// The elements by which it is followed.
    pub figures: Vec<String>,
    /// By which day.
    pub due_on: Option<NaiveDate>,
    /// On which day it was done.
    pub done_on: Option<NaiveDate>,
    /// What came of it.
    pub document: String,
    /// How it stands.
    pub standing: ItemStanding,
    /// True where a field has two values.
    pub is_contested: bool,
}

/// How far a programme is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// There is none.
    #[default]
    None,
    /// It is being written.
    Drafting,
    /// It has a number and a day.
    Issued,
}

/// A unit's programme of a year; empty where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// Whose.
    pub who: ReporterIx,
    /// Of which year.
    pub year: i16,
    /// How far it is. What has items and no head is being written too.
    pub state: State,
    /// Its title.
    pub title: String,
    /// What it is integrated with.
    pub integrated_with: Vec<String>,
    /// By which day it is to be issued.
    pub due_on: Option<NaiveDate>,
    /// Its number.
    pub document: String,
    /// On which day it was issued.
    pub issued_on: Option<NaiveDate>,
    /// True where a field of its head has two values.
    pub is_contested: bool,
    /// What it contains, by number.
    pub items: Vec<Item>,
}

impl Programme {
    /// True where its day passed before it was issued. What nobody gave a day is never late.
    pub fn is_late(&self, today: NaiveDate) -> bool {
        let on = if self.state == State::Issued { self.issued_on.unwrap_or(today) } else { today };
        self.due_on.is_some_and(|due| on > due)
    }

    /// How many of its items stand so.
    pub fn count(&self, standing: ItemStanding) -> usize {
        self.items.iter().filter(|item| item.standing == standing).count()
    }
}

/// Where the head of a programme is kept.
pub fn document_key(who: &ReporterId, year: i16) -> EntityKey {
    EntityKey { stream: who.clone().into(), kind: document::ID.to_owned(), id: year.to_string() }
}

/// Where an item of a programme is kept.
pub fn item_key(who: &ReporterId, year: i16, id: Uuid) -> EntityKey {
    EntityKey { stream: who.clone().into(), kind: item::ID.to_owned(), id: format!("{year}/{id}") }
}

/// What stands in a field: what the server did not admit was not said, and what it has counts.
fn value<T: for<'a> Deserialize<'a>>(view: &EntityView, field: &str) -> Option<T> {
    let field = view.fields.get(field)?;
    match field.status {
        FieldStatus::Rejected(_) => field.head.as_ref()?.value.read(),
        _ => field.read(),
    }
}

fn text(view: &EntityView, field: &str) -> String {
    value(view, field).unwrap_or_default()
}

fn date(view: &EntityView, field: &str) -> Option<NaiveDate> {
    value::<String>(view, field).and_then(|text| day::parse(&text))
}

/// How an item stands on a day: overdue and done late follow from its days, by what the plan's tasks follow too.
fn stands(state: &str, due: Option<NaiveDate>, done: Option<NaiveDate>, today: NaiveDate) -> ItemStanding {
    if state == item::DROPPED {
        return ItemStanding::Dropped;
    }
    let progress = match state {
        item::DONE => Progress::Done(done.unwrap_or(today)),
        item::DOING => Progress::Doing,
        _ => Progress::NotStarted,
    };
    // An item is reported by saying how far it is: there is no report to be sent.
    let sent = matches!(progress, Progress::Done(_)).then_some(today);
    let said = Said { progress: Some(progress), sent, ..Said::default() };
    let soon = |due: NaiveDate| due <= today.checked_add_days(Days::new(SOON)).unwrap_or(today);
    match standing(TaskKind::OneOff, Dates { from: None, due }, &said, today) {
        Standing::Done | Standing::Nothing => ItemStanding::Done,
        Standing::DoneLate => ItemStanding::DoneLate,
        Standing::Overdue | Standing::NotReported => ItemStanding::Overdue,
        _ if due.is_some_and(soon) => ItemStanding::DueSoon,
        Standing::Doing => ItemStanding::Doing,
        Standing::NotStarted => ItemStanding::NotStarted,
    }
}

fn read_item(model: &Model, view: &EntityView, id: Uuid, today: NaiveDate) -> Option<Item> {
    // What was never said to be there, such as what a refused change would have made, is no item.
    let state: String = value(view, item::STATE)?;
    let (due_on, done_on) = (date(view, item::DUE_ON), date(view, item::DONE_ON));
    let task = value::<String>(view, item::TASK);
    Some(Item {
        id,
        number: text(view, item::NUMBER),
        title: text(view, item::TITLE),
        task: task.and_then(|id| model.plan().tasks.iter().position(|task| task.id == id)),
        output: text(view, item::OUTPUT),
        lead: value(view, item::LEAD),
        cooperating: value(view, item::COOPERATING).unwrap_or_default(),
        figures: value(view, item::FIGURES).unwrap_or_default(),
        due_on,
        done_on,
        document: text(view, item::DOCUMENT),
        standing: stands(&state, due_on, done_on, today),
        is_contested: !view.server.branches.is_empty(),
    })
}

/// The places of a number in order: `2`, `2a`, `10`, `III.4`. Digits count as numbers, the rest as text.
pub fn order(number: &str) -> Vec<(u64, String)> {
    let mut parts: Vec<(u64, String)> = Vec::new();
    let mut rest = number.trim();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (word, after) = tail.split_at(letters);
        parts.push((head.parse().unwrap_or(0), lowered(word)));
        rest = after;
    }
    parts
}

/// The first whole number that no item has.
pub fn next_number(items: &[Item]) -> String {
    let taken = items.iter().filter_map(|item| order(&item.number).first().map(|(n, _)| *n));
    (taken.max().unwrap_or(0) + 1).to_string()
}

/// The ids of the items of a reporter and year, among keys of their kind.
fn items_of<'a>(
    keys: &'a [EntityKey],
    who: &'a ReporterId,
    year: i16,
) -> impl Iterator<Item = (&'a EntityKey, Uuid)> {
    let own = keys.iter().filter(move |key| key.stream.reporter() == Some(who));
    own.filter_map(move |key| {
        let (of, id) = item::place(&key.id)?;
        (of == year).then_some((key, id))
    })
}

/// A unit's programme of a year, given the keys of all items that the device knows.
fn read(
    (model, replica): (&Model, &Replica),
    keys: &[EntityKey],
    (who, year): (ReporterIx, i16),
    today: NaiveDate,
) -> Programme {
    let id = &model.reporter(who).id;
    let head = replica.entity(&document_key(id, year)).unwrap_or_default();
    let items = items_of(keys, id, year)
        .filter_map(|(key, id)| read_item(model, &replica.entity(key).unwrap_or_default(), id, today));
    let mut items: Vec<Item> = items.collect();
    items.sort_by_cached_key(|item| (order(&item.number), item.id));
    let state = match value::<String>(&head, document::STATE).as_deref() {
        Some(ISSUED) => State::Issued,
        None if items.is_empty() => State::None,
        _ => State::Drafting,
    };
    let lines = text(&head, document::INTEGRATED_WITH);
    Programme {
        who,
        year,
        state,
        title: text(&head, document::TITLE),
        integrated_with: lines.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect(),
        due_on: date(&head, document::DUE_ON),
        document: text(&head, document::DOCUMENT),
        issued_on: date(&head, document::ISSUED_ON),
        is_contested: !head.server.branches.is_empty(),
        items,
    }
}

/// A unit's programme of a year on a day.
pub fn programme(
    model: &Model,
    replica: &Replica,
    (who, year): (ReporterIx, i16),
    today: NaiveDate,
) -> Programme {
    read((model, replica), &replica.entities_of(Kind::AnnualPlanItem), (who, year), today)
}

/// The years of which a programme can be looked at on a day: from the plan's first on, up to the next; the newest first.
pub fn years(model: &Model, today: NaiveDate) -> Vec<i16> {
    let first = model.unit(model.own_territory()).id.first_year();
    let now = model.own_calendar().business_year_on(today).unwrap_or(first);
    (first..=now + 1).rev().collect()
}

/// The year that is looked at first on a day: the running one.
pub fn present_year(model: &Model, today: NaiveDate) -> i16 {
    let years = years(model, today);
    years.get(1).or(years.first()).copied().unwrap_or_default()
}

/// Those whose work a reporter went on with and that had a programme of a year: their programmes stay where they were written.
pub fn former(model: &Model, who: ReporterIx, year: i16, today: NaiveDate) -> Vec<ReporterIx> {
    let own = model.reporter(who);
    let ended = |other: &ReporterIx| {
        let about = model.reporter(*other);
        *other != who
            && about.to.is_some_and(|to| to < today)
            && AGENCIES.contains(&about.id.agency())
            && model.holds(own.unit, about.unit)
            && is_kept_by(model, *other, year)
    };
    let all = (0..model.reporters().len() as u32).map(ReporterIx).filter(ended);
    all.filter(|other| model.answers_for(*other, today).contains(&who)).collect()
}
