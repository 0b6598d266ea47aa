//! A unit's own programme of a year (KH 188, I.8 and II.1.4) as a device knows it: its head, what it contains and how each of
//! that stands by its days, what hinders issuing it, how it is copied into the next year, and which units have none.

mod copy;
mod filter;
mod hindrance;
mod units;

pub use copy::{Chosen, copied, retitled, shifted};
pub use filter::Filter;
pub use hindrance::{Hindrance, Issue, hindrances, item_hindrances};
pub use units::{Counts, Has, Held, held};

use chitieu_domain::model::{Model, ReporterIx};
use chitieu_domain::plan::TaskKind;
use chitieu_domain::search::lowered;
use chitieu_domain::task::{Dates, Progress, Said, Standing, standing};
use chitieu_domain::{ReporterId, day};
use chitieu_sync::Rejection;
use chitieu_sync::entity::annual_plan_document::{self as document, ISSUED, is_kept_by};
use chitieu_sync::entity::{EntityKey, Kind, annual_plan_item as item};
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::{EntityView, FieldStatus, FieldView, Replica};
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
    /// Neither done nor dropped when its unit ended: nobody can do it there any more, and whoever went on has its own.
    Ended,
    /// Done after its day.
    DoneLate,
    /// Done.
    Done,
    /// Given up.
    Dropped,
}

impl ItemStanding {
    /// Every one of them, the most pressing first.
    pub const ALL: [Self; 8] = [
        Self::Overdue,
        Self::DueSoon,
        Self::NotStarted,
        Self::Doing,
        Self::Ended,
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
    /// True where another item has the same number.
    pub shares_number: bool,
    /// Why the server did not admit it, where it has nothing of it.
    pub refused: Option<Rejection>,
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
    /// What was written on this device and the server did not admit: no part of the programme, and not lost.
    pub refused: Vec<Item>,
    /// True where the head was not admitted and the server has nothing of it.
    pub is_head_refused: bool,
    /// The last day of its unit, where that is over.
    pub ended_on: Option<NaiveDate>,
}

impl Programme {
    /// True where there is nothing of it, not even something that was not admitted.
    pub fn is_nothing(&self) -> bool {
        self.state == State::None && self.refused.is_empty() && !self.is_head_refused
    }

    /// True where its day passed before it was issued, or before its unit ended. What nobody gave a day is never late.
    pub fn is_late(&self, today: NaiveDate) -> bool {
        let today = self.ended_on.unwrap_or(today);
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

/// What a field says: what the server did not admit was not said, and what it has counts.
fn raw(field: &FieldView) -> Option<&Raw> {
    match field.status {
        FieldStatus::Rejected(_) => field.head.as_ref().map(|head| &head.value),
        _ => Some(&field.value),
    }
}

/// What stands in a field.
pub fn value<T: for<'a> Deserialize<'a>>(view: &EntityView, field: &str) -> Option<T> {
    raw(view.fields.get(field)?)?.read()
}

/// True where something stands in any field. How far it is need not be said: what says nothing of it has not begun.
pub fn is_there(view: &EntityView) -> bool {
    view.fields.values().filter_map(raw).any(|value| value.text() != "null")
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

/// The states that a form offers for an item that stands so: where it is, and where it may go. Dropping it is a step of its own,
/// which asks why.
pub fn offered_states(stood: Option<&str>) -> Vec<&'static str> {
    let stands = stood.unwrap_or(item::NOT_STARTED);
    let is_offered =
        |to: &&str| *to == stands || (*to != item::DROPPED && item::may_become(Some(stands), to));
    item::STATES.iter().copied().filter(is_offered).collect()
}

/// Why the server did not admit what it has nothing of.
fn refusal(view: &EntityView) -> Option<Rejection> {
    let code = |field: &FieldView| match field.status {
        FieldStatus::Rejected(code) => Some(code),
        _ => None,
    };
    if is_there(view) { None } else { view.fields.values().find_map(code) }
}

/// An item as it stands, or as it was written where the server has nothing of it; none where nothing was ever said.
fn read_item(
    model: &Model,
    mut view: EntityView,
    id: Uuid,
    (today, ended): (NaiveDate, bool),
) -> Option<Item> {
    let refused = refusal(&view);
    if refused.is_some() {
        view.fields.values_mut().for_each(|field| field.status = FieldStatus::Saved);
    }
    let view = &view;
    if !is_there(view) {
        return None;
    }
    let state: String = value(view, item::STATE).unwrap_or_else(|| item::NOT_STARTED.to_owned());
    let (due_on, done_on) = (date(view, item::DUE_ON), date(view, item::DONE_ON));
    let standing = match stands(&state, due_on, done_on, today) {
        open if open.is_open() && ended => ItemStanding::Ended,
        standing => standing,
    };
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
        standing,
        is_contested: !view.server.branches.is_empty(),
        shares_number: false,
        refused,
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
    let about = model.reporter(who);
    let id = &about.id;
    let ended_on = about.to.filter(|to| *to < today);
    let head = replica.entity(&document_key(id, year)).unwrap_or_default();
    let on = (today, ended_on.is_some());
    let all = items_of(keys, id, year)
        .filter_map(|(key, id)| read_item(model, replica.entity(key).unwrap_or_default(), id, on));
    let (refused, mut items): (Vec<Item>, Vec<Item>) = all.partition(|item| item.refused.is_some());
    items.sort_by_cached_key(|item| (order(&item.number), item.id));
    for nth in 1..items.len() {
        let places = order(&items[nth].number);
        if !places.is_empty() && places == order(&items[nth - 1].number) {
            (items[nth - 1].shares_number, items[nth].shares_number) = (true, true);
        }
    }
    let state = match value::<String>(&head, document::STATE).as_deref() {
        Some(ISSUED) => State::Issued,
        None if items.is_empty() && !is_there(&head) => State::None,
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
        refused,
        is_head_refused: refusal(&head).is_some(),
        ended_on,
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

/// The years of which a programme can be looked at on a day: those that can be [written](document::years), the newest first.
pub fn years(model: &Model, today: NaiveDate) -> Vec<i16> {
    document::years(model, today).rev().collect()
}

/// The year that is looked at first on a day: the plan's running one.
pub fn present_year(model: &Model, today: NaiveDate) -> i16 {
    let years = document::years(model, today);
    let running = model.own_calendar().business_year_on(today).unwrap_or(*years.end());
    running.min(*years.end()).max(*years.start())
}

/// Those whose work a reporter went on with and that had a programme of a year: their programmes stay where they were written.
pub fn former(model: &Model, who: ReporterIx, year: i16, today: NaiveDate) -> Vec<ReporterIx> {
    let own = model.reporter(who);
    let ended = |other: &ReporterIx| {
        let about = model.reporter(*other);
        *other != who
            && about.to.is_some_and(|to| to < today)
            && model.holds(own.unit, about.unit)
            && is_kept_by(model, *other, year)
    };
    let all = (0..model.reporters().len() as u32).map(ReporterIx).filter(ended);
    all.filter(|other| model.answers_for(*other, today).contains(&who)).collect()
}
