//! Copying a programme into the next year.

use super::{Item, ItemStanding, MOST_ITEMS, Programme, document_key, item_key, next_number};
use chitieu_domain::model::Model;
use chitieu_domain::{ReporterId, ReporterIx};
use chitieu_sync::entity::annual_plan_document as document;
use chitieu_sync::entity::{Change, EntityKey, annual_plan_item as item};
use chitieu_sync::raw::Raw;
use chrono::{Months, NaiveDate};
use uuid::Uuid;

/// Which items are copied.
#[derive(Debug, Clone, Copy)]
pub enum Chosen<'a> {
    /// All that is neither done nor dropped.
    Open,
    /// These.
    These(&'a [Uuid]),
}

impl Chosen<'_> {
    fn has(self, item: &Item) -> bool {
        match self {
            Self::Open => item.standing.is_open(),
            Self::These(ids) => ids.contains(&item.id),
        }
    }
}

/// The same day a year later; of 29 February the 28th.
pub fn shifted(day: NaiveDate) -> NaiveDate {
    day.checked_add_months(Months::new(12)).unwrap_or(day)
}

/// What copies a programme into the next year's, of which `to` is what is there: all that is needed and nothing that is there
/// already, so that doing it twice, or on two devices that do not know of one another, makes one copy. A copy says the same
/// wherever it is made, and nothing of how far anything is: what says nothing has not begun, and what another device went on with
/// meanwhile is not contested. An item keeps its id; its days are a year later, and its number is the next free one where another
/// has it. Who has ended by `today` gives place to the one that went on, or, of a lead that several went on with, to the unit itself.
pub fn copied(
    model: &Model,
    from: &Programme,
    to: &Programme,
    chosen: Chosen<'_>,
    today: NaiveDate,
) -> Vec<(EntityKey, Change)> {
    let who = &model.reporter(to.who).id;
    let mut changes = Vec::new();
    if to.title.is_empty() {
        changes.push((document_key(who, to.year), head(from, to)));
    }
    // Numbers that are given out while copying count as taken.
    let mut there = to.items.clone();
    for one in from.items.iter().filter(|item| chosen.has(item)) {
        if there.len() >= MOST_ITEMS || there.iter().any(|known| known.id == one.id) {
            continue;
        }
        let is_taken = there.iter().any(|known| known.number.trim() == one.number.trim());
        let number = if is_taken { next_number(&there) } else { one.number.clone() };
        let copy = Item { number, standing: ItemStanding::NotStarted, ..one.clone() };
        changes.push((item_key(who, to.year, one.id), item(model, &copy, to.who, today)));
        there.push(copy);
    }
    changes
}

/// Words after which a year is one that a span begins or ends with, and not the programme's.
const BOUNDS: [&str; 5] = ["từ", "đến", "tới", "trước", "sau"];

/// A title with the year in it that is the programme's own, "năm 2025", replaced by another. A year that stands otherwise, as that
/// of a document's day or of a span of years, is left as it is.
pub fn retitled(title: &str, from: i16, to: i16) -> String {
    let (from, to) = (from.to_string(), to.to_string());
    let mut made = String::with_capacity(title.len());
    let mut rest = title;
    while let Some(at) = rest.find(&from) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        made.push_str(before);
        made.push_str(if is_own_year(&made, after) { &to } else { &from });
        rest = after;
    }
    made + rest
}

/// True for a year between these two that says of which year the programme is.
fn is_own_year(before: &str, after: &str) -> bool {
    let words: Vec<String> = before
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    let nth = |back: usize| words.len().checked_sub(back).map_or("", |at| words[at].as_str());
    // "năm" itself stands right before it; titles in English say "programme of".
    let gap = before.len() - before.trim_end().len();
    let stands_after = |word: &str| gap > 0 && before.trim_end().to_lowercase().ends_with(word);
    let is_named = (nth(1) == "năm" && stands_after("năm"))
        || (nth(1) == "of" && nth(2) == "programme" && stands_after("of"));
    let is_of_a_day = nth(3) == "tháng" && nth(2).bytes().all(|b| b.is_ascii_digit());
    let tail = after.trim_start();
    let next = tail.trim_start_matches(['-', '–', '—', '/']);
    let is_span = next.len() < tail.len() && next.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let is_whole = !after.starts_with(char::is_alphanumeric);
    is_named && is_whole && !is_of_a_day && !is_span && !BOUNDS.contains(&nth(2))
}

fn head(from: &Programme, to: &Programme) -> Change {
    let title = retitled(&from.title, from.year, to.year);
    let mut change = Change::new();
    let mut set = |field: &str, value: Raw| change.insert(field.to_owned(), value);
    set(document::TITLE, Raw::of(&title));
    if to.integrated_with.is_empty() && !from.integrated_with.is_empty() {
        set(document::INTEGRATED_WITH, Raw::of(&from.integrated_with.join("\n")));
    }
    if let Some(due) = from.due_on.filter(|_| to.due_on.is_none()) {
        set(document::DUE_ON, Raw::of(&shifted(due).to_string()));
    }
    change
}

fn item(model: &Model, of: &Item, own: ReporterIx, today: NaiveDate) -> Change {
    // Who answers today for a reporter, where that is one.
    let now = |id: &ReporterId| -> Option<ReporterId> {
        let there = model.answers_for(model.reporter_ix(id)?, today);
        if let [one] = there[..] { Some(model.reporter(one).id.clone()) } else { None }
    };
    let lead = of.lead.as_ref().and_then(now).unwrap_or_else(|| model.reporter(own).id.clone());
    let cooperating: Vec<ReporterId> =
        of.cooperating.iter().filter_map(now).filter(|who| *who != lead).collect();
    let mut change = Change::new();
    let mut set = |field: &str, value: Raw| change.insert(field.to_owned(), value);
    set(item::NUMBER, Raw::of(&of.number));
    set(item::TITLE, Raw::of(&of.title));
    set(item::OUTPUT, Raw::of(&of.output));
    set(item::LEAD, Raw::of(&lead));
    if let Some(task) = of.task {
        set(item::TASK, Raw::of(&model.plan().tasks[task].id));
    }
    if !cooperating.is_empty() {
        set(item::COOPERATING, Raw::of(&cooperating));
    }
    let known: Vec<&String> = of.figures.iter().filter(|id| model.element_ix(id).is_some()).collect();
    if !known.is_empty() {
        set(item::FIGURES, Raw::of(&known));
    }
    if let Some(due) = of.due_on {
        set(item::DUE_ON, Raw::of(&shifted(due).to_string()));
    }
    change
}
