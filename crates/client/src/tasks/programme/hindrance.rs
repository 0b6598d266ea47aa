//! What hinders issuing a programme or keeping one of its items: each names what to look at, so that the person can be told the
//! field, the value and the remedy before anything is sent.

use super::{Item, MOST_ITEMS, Programme, order};
use chitieu_domain::model::Model;
use chitieu_sync::entity::annual_plan_document::{self as document, span};
use chitieu_sync::entity::annual_plan_item as item;
use chrono::NaiveDate;
use uuid::Uuid;

/// What is said when a programme is issued.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Issue {
    /// Its title.
    pub title: String,
    /// Its number.
    pub document: String,
    /// The day.
    pub issued_on: Option<NaiveDate>,
}

/// Something that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// This field says nothing.
    Missing(&'static str),
    /// The day is after the last day of the programme's year.
    AfterYear {
        /// The day.
        day: NaiveDate,
        /// The last day of the year.
        last: NaiveDate,
    },
    /// This day, of issuing or of being done, is still to come.
    ToCome(NaiveDate),
    /// It contains nothing, or nothing but what was dropped.
    Nothing,
    /// Two items have this number.
    Twice(String),
    /// This item has a field with two values.
    ContestedItem(String),
    /// A field of the head has two values.
    ContestedHead,
    /// There would be more items than a programme may have.
    TooMany(usize),
}

/// What hinders issuing a programme, in the order of the paper.
pub fn hindrances(model: &Model, of: &Programme, issue: &Issue, today: NaiveDate) -> Vec<Hindrance> {
    let mut found = Vec::new();
    if issue.title.trim().is_empty() {
        found.push(Hindrance::Missing(document::TITLE));
    }
    if of.is_contested {
        found.push(Hindrance::ContestedHead);
    }
    if issue.document.trim().is_empty() {
        found.push(Hindrance::Missing(document::DOCUMENT));
    }
    let last = span(model, of.year).to;
    match issue.issued_on {
        None => found.push(Hindrance::Missing(document::ISSUED_ON)),
        Some(day) if day > last => found.push(Hindrance::AfterYear { day, last }),
        Some(day) if day > today => found.push(Hindrance::ToCome(day)),
        Some(_) => {}
    }
    if of.items.iter().all(|item| item.standing == super::ItemStanding::Dropped) {
        found.push(Hindrance::Nothing);
    }
    for one in of.items.iter().filter(|item| item.shares_number) {
        let is_named =
            |known: &Hindrance| matches!(known, Hindrance::Twice(n) if order(n) == order(&one.number));
        if !found.iter().any(is_named) {
            found.push(Hindrance::Twice(one.number.clone()));
        }
    }
    let contested = of.items.iter().filter(|item| item.is_contested);
    found.extend(contested.map(|item| Hindrance::ContestedItem(item.number.clone())));
    found
}

/// What hinders keeping an item, given what its fields would say: a text for each field, empty where it says nothing.
pub fn item_hindrances(
    of: &Programme,
    id: Uuid,
    says: &dyn Fn(&'static str) -> String,
    today: NaiveDate,
) -> Vec<Hindrance> {
    let mut found = Vec::new();
    // What says nothing of how far it is has not begun, and is shown so.
    let mut required: Vec<&'static str> =
        item::REQUIRED.iter().copied().filter(|field| *field != item::STATE).collect();
    if says(item::STATE) == item::DONE {
        required.push(item::DONE_ON);
    }
    let missing = required.into_iter().filter(|field| says(field).trim().is_empty());
    found.extend(missing.map(Hindrance::Missing));
    let is_new = |known: &Item| known.id != id;
    let number = says(item::NUMBER);
    let has_it = |known: &Item| is_new(known) && order(&known.number) == order(&number);
    if !number.trim().is_empty() && of.items.iter().any(has_it) {
        found.push(Hindrance::Twice(number.trim().to_owned()));
    }
    let done = chitieu_domain::day::parse(&says(item::DONE_ON));
    if let Some(day) = done.filter(|day| *day > today) {
        found.push(Hindrance::ToCome(day));
    }
    if of.items.iter().all(is_new) && of.items.len() >= MOST_ITEMS {
        found.push(Hindrance::TooMany(MOST_ITEMS));
    }
    found
}
