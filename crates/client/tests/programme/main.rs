//! A unit's own programme on a device: how its items stand, what hinders issuing it, its copy in the next year, and which units
//! have none.

#[expect(dead_code, reason = "shared with the facts of the protocol, which need more of it")]
#[path = "../../../sync/tests/support/mod.rs"]
mod support;

mod copying;
mod units;

use chitieu_client::tasks::programme::{
    Has, Hindrance, Issue, ItemStanding, Programme, State, document_key, hindrances, item_hindrances,
    item_key, next_number, offered_states, order, programme,
};
use chitieu_domain::{Model, ReporterId, ReporterIx};
use chitieu_sync::entity::annual_plan_document::{
    DOCUMENT, DRAFTING, DUE_ON, INTEGRATED_WITH, ISSUED_ON, STATE, TITLE,
};
use chitieu_sync::entity::{Change, Entity, EntityKey, Fields, Register, annual_plan_item as item};
use chitieu_sync::message::{Event, EventBody, PullResponse};
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::Replica;
use chrono::NaiveDate;
use std::sync::LazyLock;
use support::Office;
use uuid::Uuid;

const WHO: &str = "people_committee_commune:11977@2025-07-01";
const DISTRICT: &str = "people_committee_district:323@2021-01-01";
const TODAY: &str = "2026-11-22";

static OFFICE: LazyLock<Office> = LazyLock::new(Office::new);

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn who(id: &str) -> ReporterId {
    id.parse().expect("a reporter")
}

fn ix(id: &str) -> ReporterIx {
    model().reporter_ix(&who(id)).expect("a reporter")
}

fn model() -> &'static Model {
    &OFFICE.model
}

fn set(values: &[(&str, &str)]) -> Change {
    values.iter().map(|(field, value)| ((*field).to_owned(), Raw::of(value))).collect()
}

/// An entity as a server tells it.
fn told(key: EntityKey, change: &Change) -> Event {
    let at = "2026-01-05T08:00:00.000+07:00".to_owned();
    let register = |value: &Raw| Register {
        value: value.clone(),
        rev: 1,
        op_id: Uuid::from_u128(1),
        author: "lan".into(),
        at: at.clone(),
        reason: None,
    };
    let fields: Fields = change.iter().map(|(name, value)| (name.clone(), register(value))).collect();
    let told = Entity { rev: 1, fields, branches: Vec::new(), author: "lan".into(), at: at.clone() }.told();
    Event { stream: key.stream, body: EventBody::Entity { kind: key.kind, id: key.id, told } }
}

fn replica(events: Vec<Event>) -> Replica {
    let mut replica = Replica::default();
    let changes = replica.on_page(PullResponse {
        epoch: 1,
        events,
        is_snapshot: true,
        next_cursor: "1".into(),
        has_more: false,
        ack_device_seq: 0,
        late: Vec::new(),
        at: String::new(),
    });
    replica.written(1, &changes);
    replica
}

fn head(of: &str, year: i16, change: &[(&str, &str)]) -> Event {
    told(document_key(&who(of), year), &set(change))
}

/// An item by its number, which its id is made of.
fn one(of: &str, year: i16, number: u128, change: &[(&str, &str)]) -> Event {
    let title = format!("Việc {number}");
    let mut all = set(&[
        (item::STATE, item::NOT_STARTED),
        (item::NUMBER, &number.to_string()),
        (item::TITLE, &title),
        (item::OUTPUT, "Báo cáo"),
        (item::LEAD, of),
        (item::DUE_ON, "2026-12-31"),
    ]);
    all.extend(set(change));
    told(item_key(&who(of), year, Uuid::from_u128(number)), &all)
}

fn read(replica: &Replica, of: &str, year: i16) -> Programme {
    programme(model(), replica, (ix(of), year), day(TODAY))
}

#[test]
fn overdue_due_soon_and_done_late_follow_from_the_days_of_an_item() {
    use ItemStanding::{Doing, Done, DoneLate, Dropped, DueSoon, NotStarted, Overdue};
    let done = |on| [(item::STATE, item::DONE), (item::DUE_ON, "2026-06-30"), (item::DONE_ON, on)];
    let replica = replica(vec![
        one(WHO, 2026, 1, &[(item::DUE_ON, "2026-11-21")]),
        one(WHO, 2026, 2, &[(item::DUE_ON, "2026-11-22")]),
        one(WHO, 2026, 3, &[(item::DUE_ON, "2026-12-06"), (item::STATE, item::DOING)]),
        one(WHO, 2026, 4, &[(item::DUE_ON, "2026-12-07"), (item::STATE, item::DOING)]),
        one(WHO, 2026, 5, &[(item::DUE_ON, "2026-12-07")]),
        one(WHO, 2026, 6, &done("2026-06-30")),
        one(WHO, 2026, 7, &done("2026-07-01")),
        one(WHO, 2026, 8, &[(item::STATE, item::DROPPED), (item::DUE_ON, "2026-01-01")]),
    ]);
    let of = read(&replica, WHO, 2026);
    let standings: Vec<ItemStanding> = of.items.iter().map(|item| item.standing).collect();
    assert_eq!(standings, [Overdue, DueSoon, DueSoon, Doing, NotStarted, Done, DoneLate, Dropped]);
    assert_eq!(of.state, State::Drafting, "what has items and no head is being written");
    assert_eq!(read(&replica, WHO, 2025).state, State::None);
}

#[test]
fn items_come_by_their_numbers_as_people_count() {
    let numbered = |n, number| one(WHO, 2026, n, &[(item::NUMBER, number)]);
    let replica = replica(vec![
        numbered(1, "10"),
        numbered(2, "2a"),
        numbered(3, "2"),
        numbered(4, "1"),
        numbered(5, "2b"),
    ]);
    let of = read(&replica, WHO, 2026);
    let numbers: Vec<&str> = of.items.iter().map(|item| item.number.as_str()).collect();
    assert_eq!(numbers, ["1", "2", "2a", "2b", "10"]);
    assert_eq!(next_number(&of.items), "11");
    assert_eq!(next_number(&[]), "1");
    assert_eq!(order(" 2A "), order("2a"));
}

#[test]
fn issuing_is_hindered_by_what_is_missing_and_each_hindrance_names_what_it_is() {
    let empty = read(&replica(Vec::new()), WHO, 2026);
    let missing = [TITLE, DOCUMENT, ISSUED_ON].map(Hindrance::Missing);
    let all: Vec<Hindrance> = missing.into_iter().chain([Hindrance::Nothing]).collect();
    assert_eq!(hindrances(model(), &empty, &Issue::default(), day(TODAY)), all);
    let full = replica(vec![one(WHO, 2026, 1, &[]), one(WHO, 2026, 2, &[(item::NUMBER, "1")])]);
    let of = read(&full, WHO, 2026);
    let issue =
        |on| Issue { title: "Kế hoạch".into(), document: "1/KH-UBND".into(), issued_on: Some(day(on)) };
    let twice = Hindrance::Twice("1".into());
    assert_eq!(hindrances(model(), &of, &issue("2026-01-20"), day(TODAY)), std::slice::from_ref(&twice));
    let late = hindrances(model(), &of, &issue("2027-01-20"), day(TODAY));
    assert!(matches!(late[..], [Hindrance::AfterYear { .. }, Hindrance::Twice(_)]), "{late:?}");
    let to_come = hindrances(model(), &of, &issue("2026-11-23"), day(TODAY));
    assert_eq!(to_come, [Hindrance::ToCome(day("2026-11-23")), twice]);
}

#[test]
fn an_item_is_kept_with_all_that_the_register_asks_and_a_number_of_its_own() {
    let of = read(&replica(vec![one(WHO, 2026, 1, &[])]), WHO, 2026);
    let hinders = |id: u128, says: &[(&'static str, &str)]| {
        let says = |field: &'static str| {
            says.iter()
                .find(|(known, _)| *known == field)
                .map_or_else(String::new, |(_, text)| (*text).to_owned())
        };
        item_hindrances(&of, Uuid::from_u128(id), &says, day(TODAY))
    };
    let missing = [item::NUMBER, item::TITLE, item::OUTPUT, item::LEAD, item::DUE_ON].map(Hindrance::Missing);
    assert_eq!(hinders(2, &[]), missing);
    let whole = [
        (item::NUMBER, "1"),
        (item::TITLE, "Việc"),
        (item::OUTPUT, "Báo cáo"),
        (item::LEAD, "Ủy ban"),
        (item::DUE_ON, "2026-12-31"),
    ];
    assert_eq!(hinders(2, &whole), [Hindrance::Twice("1".into())]);
    assert_eq!(hinders(1, &whole), []);
    let done = [&whole[..], &[(item::STATE, item::DONE)]].concat();
    assert_eq!(hinders(1, &done), [Hindrance::Missing(item::DONE_ON)]);
    let to_come = [&done[..], &[(item::DONE_ON, "2026-11-30")]].concat();
    assert_eq!(hinders(1, &to_come), [Hindrance::ToCome(day("2026-11-30"))]);
}

#[test]
fn what_has_no_state_is_shown_as_not_begun_and_a_head_without_one_as_being_written() {
    let mut without = set(&[(item::NUMBER, "1"), (item::TITLE, "Việc")]);
    without.insert(item::STATE.to_owned(), Raw::of(&None::<String>));
    let events = vec![told(item_key(&who(WHO), 2026, Uuid::from_u128(1)), &without)];
    let of = read(&replica(events), WHO, 2026);
    let standings: Vec<ItemStanding> = of.items.iter().map(|item| item.standing).collect();
    assert_eq!(standings, [ItemStanding::NotStarted]);
    let titled = replica(vec![head(WHO, 2026, &[(TITLE, "Kế hoạch năm 2026")])]);
    assert_eq!(read(&titled, WHO, 2026).state, State::Drafting);
    let emptied = Change::from([(INTEGRATED_WITH.to_owned(), Raw::of(&None::<String>))]);
    let nothing = replica(vec![told(document_key(&who(WHO), 2026), &emptied)]);
    assert_eq!(read(&nothing, WHO, 2026).state, State::None);
}

#[test]
fn a_form_offers_where_an_item_is_and_where_it_may_go_and_dropping_is_no_choice_of_it() {
    use item::{DOING, DONE, DROPPED, NOT_STARTED};
    assert_eq!(offered_states(None), [NOT_STARTED, DOING, DONE]);
    assert_eq!(offered_states(Some(DOING)), [DOING, DONE]);
    assert_eq!(offered_states(Some(DONE)), [DONE]);
    assert_eq!(offered_states(Some(DROPPED)), [DROPPED]);
}

#[test]
fn items_with_one_number_are_marked_both() {
    let numbered = |n, number| one(WHO, 2026, n, &[(item::NUMBER, number)]);
    let of = read(
        &replica(vec![numbered(1, "1"), numbered(2, "2A"), numbered(3, " 2a"), numbered(4, "3")]),
        WHO,
        2026,
    );
    let marked: Vec<bool> = of.items.iter().map(|item| item.shares_number).collect();
    assert_eq!(marked, [false, true, true, false]);
}

#[test]
fn what_a_unit_left_undone_when_it_ended_is_not_overdue_for_ever() {
    use ItemStanding::{DoneLate, Dropped, Ended, NotStarted, Overdue};
    let done = [(item::STATE, item::DONE), (item::DONE_ON, "2025-03-31"), (item::DUE_ON, "2025-03-01")];
    let replica = replica(vec![
        head(DISTRICT, 2025, &[(STATE, DRAFTING), (TITLE, "x"), (DUE_ON, "2025-07-31")]),
        one(DISTRICT, 2025, 1, &[(item::DUE_ON, "2025-03-31"), (item::STATE, item::DOING)]),
        one(DISTRICT, 2025, 2, &[(item::DUE_ON, "2025-09-30")]),
        one(DISTRICT, 2025, 3, &done),
        one(DISTRICT, 2025, 4, &[(item::STATE, item::DROPPED)]),
    ]);
    let on = |today| programme(model(), &replica, (ix(DISTRICT), 2025), day(today));
    let standings = |of: &Programme| of.items.iter().map(|item| item.standing).collect::<Vec<_>>();
    assert_eq!(standings(&on("2025-06-30")), [Overdue, NotStarted, DoneLate, Dropped]);
    let after = on(TODAY);
    assert_eq!(standings(&after), [Ended, Ended, DoneLate, Dropped]);
    assert_eq!(Has::of(&after, day(TODAY)), Has::Draft, "its day came after its end");
}
