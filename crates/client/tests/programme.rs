//! A unit's own programme on a device: how its items stand, what hinders issuing it, its copy in the next year, and which units
//! have none.

#[expect(dead_code, reason = "shared with the facts of the protocol, which need more of it")]
#[path = "../../sync/tests/support/mod.rs"]
mod support;

use chitieu_client::commands::Author;
use chitieu_client::tasks::programme::{
    Chosen, Counts, Filter, Has, Held, Hindrance, Issue, ItemStanding, Programme, State, copied,
    document_key, former, held, hindrances, item_hindrances, item_key, next_number, offered_states, order,
    present_year, programme, retitled, shifted, years,
};
use chitieu_domain::{Figures, Model, ReporterId, ReporterIx};
use chitieu_sync::entity::annual_plan_document::{
    DOCUMENT, DRAFTING, DUE_ON, INTEGRATED_WITH, ISSUED, ISSUED_ON, STATE, TITLE,
};
use chitieu_sync::entity::{Change, Entity, EntityKey, Fields, Register, annual_plan_item as item};
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::memory::Memory;
use chitieu_sync::message::{Event, EventBody, PullResponse};
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::Replica;
use chitieu_sync::{Outcome, Rejection};
use chrono::NaiveDate;
use std::sync::LazyLock;
use support::{Device, Office, PLAN};
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

/// A programme of 2026 with an item that is done, one that is dropped and two that are open.
fn year_2026() -> Vec<Event> {
    vec![
        head(
            WHO,
            2026,
            &[
                (STATE, ISSUED),
                (TITLE, "Kế hoạch năm 2026"),
                (INTEGRATED_WITH, "Nghị quyết về an ninh"),
                (DUE_ON, "2026-01-31"),
                (DOCUMENT, "12/KH-UBND"),
                (ISSUED_ON, "2026-01-20"),
            ],
        ),
        one(WHO, 2026, 1, &[(item::STATE, item::DOING), (item::LEAD, DISTRICT), (item::TASK, "II.1.4")]),
        one(WHO, 2026, 2, &[(item::STATE, item::DONE), (item::DONE_ON, "2026-05-01")]),
        one(WHO, 2026, 3, &[(item::STATE, item::DROPPED)]),
        one(WHO, 2026, 4, &[(item::DUE_ON, "2026-11-30")]),
    ]
}

fn field<'a>(change: &'a Change, name: &str) -> &'a str {
    change.get(name).map_or("", Raw::text)
}

#[test]
fn a_copy_has_what_is_open_begun_anew_a_year_later_and_is_made_once() {
    let before = replica(year_2026());
    let from = read(&before, WHO, 2026);
    let changes = copied(model(), &from, &read(&before, WHO, 2027), Chosen::Open, day(TODAY));
    let ids: Vec<&str> = changes.iter().map(|(key, _)| key.id.as_str()).collect();
    let id = |n| format!("2027/{}", Uuid::from_u128(n));
    assert_eq!(ids, ["2027", &id(1), &id(4)]);
    let head = &changes[0].1;
    assert_eq!(field(head, TITLE), "\"Kế hoạch năm 2027\"");
    assert_eq!(field(head, DUE_ON), "\"2027-01-31\"");
    assert!(!head.contains_key(STATE), "what says nothing is being written");
    assert!(!head.contains_key(DOCUMENT) && !head.contains_key(ISSUED_ON));
    let first = &changes[1].1;
    assert_eq!(field(first, item::TASK), "\"II.1.4\"");
    assert!(!first.contains_key(item::STATE), "what says nothing has not begun");
    assert_eq!(field(first, item::DUE_ON), "\"2027-12-31\"");
    assert!(field(first, item::LEAD).contains("people_committee_"), "{first:?}");
    assert!(!field(first, item::LEAD).contains(DISTRICT), "who ended leads nothing in the next year");
    assert!(!first.contains_key(item::DONE_ON) && !first.contains_key(item::DOCUMENT));
    // What is there already stays as it is, and another number is found for what would have the same.
    let mut events = year_2026();
    events.push(self::head(WHO, 2027, &[(STATE, DRAFTING), (TITLE, "Kế hoạch mới")]));
    events.push(one(WHO, 2027, 1, &[(item::TITLE, "đã sửa")]));
    events.push(one(WHO, 2027, 9, &[(item::NUMBER, "4")]));
    let after = replica(events);
    let to = read(&after, WHO, 2027);
    let again = copied(model(), &from, &to, Chosen::Open, day(TODAY));
    assert_eq!(again.iter().map(|(key, _)| key.id.clone()).collect::<Vec<_>>(), [id(4)]);
    assert_eq!(field(&again[0].1, item::NUMBER), "\"5\"");
    let these = [Uuid::from_u128(2), Uuid::from_u128(3)];
    let chosen = copied(model(), &from, &to, Chosen::These(&these), day(TODAY));
    assert_eq!(chosen.iter().map(|(key, _)| key.id.clone()).collect::<Vec<_>>(), [id(2), id(3)]);
}

#[test]
fn a_year_in_a_title_is_replaced_where_it_is_the_programme_s_own() {
    let made = |title| retitled(title, 2025, 2026);
    for (before, after) in [
        ("Kế hoạch năm 2025", "Kế hoạch năm 2026"),
        ("KẾ HOẠCH NĂM 2025 CỦA XÃ", "KẾ HOẠCH NĂM 2026 CỦA XÃ"),
        ("Kế hoạch (năm 2025), bổ sung", "Kế hoạch (năm 2026), bổ sung"),
        (
            "Kế hoạch năm 2025 thực hiện 188/KH-UBND ngày 14/12/2025",
            "Kế hoạch năm 2026 thực hiện 188/KH-UBND ngày 14/12/2025",
        ),
        ("Kế hoạch 6 tháng cuối năm 2025", "Kế hoạch 6 tháng cuối năm 2026"),
        ("Programme of 2025 for Plan 12/2025", "Programme of 2026 for Plan 12/2025"),
    ] {
        assert_eq!(made(before), after);
    }
    for same in [
        "Thực hiện Kế hoạch 188/KH-UBND ngày 20 tháng 7 năm 2025",
        "Kế hoạch 2025/KH-UBND",
        "Chương trình giai đoạn 2025-2030",
        "Chương trình năm 2025 - 2030",
        "Mục tiêu đến năm 2025, định hướng từ năm 2025",
        "Kế hoạch năm 20251",
        "Kế hoạch năm 2024",
        "2025",
        "",
    ] {
        assert_eq!(made(same), same);
    }
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
    use ItemStanding::{DoneLate, Dropped, Ended, NotStarted, Overdue};
    assert_eq!(standings(&on("2025-06-30")), [Overdue, NotStarted, DoneLate, Dropped]);
    let after = on(TODAY);
    assert_eq!(standings(&after), [Ended, Ended, DoneLate, Dropped]);
    assert_eq!(Has::of(&after, day(TODAY)), Has::Draft, "its day came after its end");
}

#[test]
fn days_are_a_year_later_and_29_february_is_the_28th() {
    assert_eq!(shifted(day("2024-02-29")), day("2025-02-28"));
    assert_eq!(shifted(day("2027-02-28")), day("2028-02-28"));
    assert_eq!(shifted(day("2026-12-31")), day("2027-12-31"));
}

#[test]
fn a_copy_is_kept_whole_or_not_at_all_and_the_server_takes_it_and_its_twin() {
    let grants = Grants::plain(Role::Officer, vec![who(WHO)]);
    let office = Office { grants, ..Office::new() };
    let none = Figures::default();
    let author = Author {
        model: &office.model,
        plan: PLAN,
        username: "lan",
        grants: &office.grants,
        figures: &none,
        today: office.today,
        entered_at: "2026-11-22T08:00:00Z",
    };
    let before = replica(year_2026());
    let from = read(&before, WHO, 2026);
    let changes = copied(model(), &from, &read(&before, WHO, 2027), Chosen::Open, day(TODAY));
    let mut server = Memory::new(1);
    for nth in 1..=2_u128 {
        let mut device = Device::new("lan", nth);
        let ids: Vec<Uuid> = (0..changes.len() as u128).map(|n| Uuid::from_u128(nth << 32 | n)).collect();
        let kept = author.change_entities(&device.replica, &changes, &ids).expect("it is allowed").0;
        device.store(kept);
        let numbers: Vec<u64> = device.replica.outbox().map(|w| w.op.device_seq).collect();
        assert_eq!(numbers, [1, 2, 3], "numbers are dense");
        device.sync(&mut server, &office);
    }
    let is_taken = |o: &Outcome| matches!(o, Outcome::Applied { .. } | Outcome::SameValue { .. });
    assert!(server.ops().all(|stored| is_taken(&stored.outcome)));
    assert_eq!(server.entities().len(), 3, "two devices that copy make one copy");
    assert!(server.entities().values().all(|entity| entity.branches.is_empty()));
    // One that may not be leaves the others unmade.
    let mut wrong = changes.clone();
    wrong[2].1.remove(item::TITLE);
    let device = Device::new("lan", 3);
    let ids = [1, 2, 3].map(Uuid::from_u128);
    let refused = author.change_entities(&device.replica, &wrong, &ids);
    assert_eq!(refused.map(drop), Err(Rejection::Incomplete));
}

#[test]
fn a_copy_that_comes_late_meets_what_another_device_went_on_with_and_contests_nothing() {
    let grants = Grants::plain(Role::Officer, vec![who(WHO)]);
    let office = Office { grants, ..Office::new() };
    let none = Figures::default();
    let author = Author {
        model: &office.model,
        plan: PLAN,
        username: "lan",
        grants: &office.grants,
        figures: &none,
        today: office.today,
        entered_at: "2026-11-22T08:00:00Z",
    };
    let before = replica(year_2026());
    let from = read(&before, WHO, 2026);
    let changes = copied(model(), &from, &read(&before, WHO, 2027), Chosen::Open, day(TODAY));
    let mut server = Memory::new(1);
    let (mut first, mut late) = (Device::new("lan", 1), Device::new("lan", 2));
    let ids = |nth: u128| [1, 2, 3].map(|n| Uuid::from_u128(nth << 32 | n));
    let kept = author.change_entities(&first.replica, &changes, &ids(1)).expect("it is allowed").0;
    first.store(kept);
    first.sync_with(&mut server, &office, &[who(WHO).into()]);
    // The first issues it, begins one item and does the other.
    let issued = set(&[(STATE, ISSUED), (DOCUMENT, "3/KH-UBND"), (ISSUED_ON, "2026-11-20")]);
    let doing = set(&[(item::STATE, item::DOING)]);
    let done = set(&[(item::STATE, item::DONE), (item::DONE_ON, "2026-11-21")]);
    let on: Vec<(EntityKey, Change)> =
        changes.iter().map(|(key, _)| key.clone()).zip([issued, doing, done]).collect();
    let kept = author.change_entities(&first.replica, &on, &ids(2)).expect("it is allowed").0;
    first.store(kept);
    first.sync_with(&mut server, &office, &[who(WHO).into()]);
    let stands = server.entities().clone();
    let kept = author.change_entities(&late.replica, &changes, &ids(3)).expect("it is allowed").0;
    late.store(kept);
    late.sync_with(&mut server, &office, &[who(WHO).into()]);
    let late_ops = server.ops().filter(|stored| ids(3).contains(&stored.op.op_id));
    let outcomes: Vec<Outcome> = late_ops.map(|stored| stored.outcome.clone()).collect();
    assert!(
        matches!(
            outcomes[..],
            [Outcome::SameValue { .. }, Outcome::SameValue { .. }, Outcome::SameValue { .. }]
        ),
        "{outcomes:?}"
    );
    assert_eq!(*server.entities(), stands, "nothing has moved");
    let to = programme(model(), &late.replica, (ix(WHO), 2027), day(TODAY));
    assert_eq!(
        (to.state, to.items[0].standing, to.items[1].standing),
        (State::Issued, ItemStanding::Doing, ItemStanding::Done)
    );
}

#[test]
fn a_parent_sees_who_has_none_a_draft_or_an_issued_one_in_time_or_late() {
    let others: Vec<String> = model()
        .reporters()
        .iter()
        .filter(|r| r.id.agency() == "people_committee_commune" && r.from == Some(day("2025-07-01")))
        .map(|r| r.id.to_string())
        .collect();
    let [a, b, c, d] = [0, 1, 2, 3].map(|n| others[n].as_str());
    let issued =
        |on| [(STATE, ISSUED), (TITLE, "x"), (DUE_ON, "2026-01-31"), (DOCUMENT, "1"), (ISSUED_ON, on)];
    let replica = replica(vec![
        head(a, 2026, &issued("2026-01-31")),
        head(b, 2026, &issued("2026-02-01")),
        head(c, 2026, &[(STATE, DRAFTING), (TITLE, "x"), (DUE_ON, "2026-01-31")]),
        head(d, 2026, &[(STATE, DRAFTING), (TITLE, "x")]),
        one(a, 2026, 1, &[(item::DUE_ON, "2026-06-30")]),
        one(a, 2026, 2, &[]),
        one(a, 2025, 3, &[]),
    ]);
    let all = held(model(), &replica, 2026, day(TODAY), &|_| true);
    let has = |id: &str| all.iter().find(|one| one.who == ix(id)).expect("it is there").has;
    assert_eq!([a, b, c, d].map(has), [Has::Issued, Has::IssuedLate, Has::DraftLate, Has::Draft]);
    let counts = Counts::of(&all);
    assert_eq!(counts.all(), all.len(), "counts are whole");
    assert_eq!(Has::ALL.iter().map(|has| counts.has(*has)).sum::<usize>(), all.len());
    assert_eq!(counts.has(Has::None), all.len() - 4);
    let first = all.iter().find(|one| one.who == ix(a)).expect("it is there");
    assert_eq!((first.programme.items.len(), first.programme.count(ItemStanding::Overdue)), (2, 1));
    let seen = held(model(), &replica, 2026, day(TODAY), &|who| who == ix(a));
    assert_eq!(seen.len(), 1);
    let filter = Filter { has: Some(Has::DraftLate), ..Filter::default() };
    let shown: Vec<ReporterIx> =
        all.iter().filter(|one| filter.shows(model(), one)).map(|one| one.who).collect();
    assert_eq!(shown, [ix(c)]);
    let overdue = Filter { items: Some(ItemStanding::Overdue), ..Filter::default() };
    assert_eq!(all.iter().filter(|one| overdue.shows(model(), one)).count(), 1);
}

#[test]
fn the_units_of_a_year_are_those_that_were_there_in_it() {
    let empty = replica(Vec::new());
    let of = |year| -> Vec<ReporterIx> {
        held(model(), &empty, year, day(TODAY), &|_| true).into_iter().map(|one| one.who).collect()
    };
    let (before, turning, after) = (of(2024), of(2025), of(2026));
    assert!(
        before.contains(&ix(DISTRICT)) && turning.contains(&ix(DISTRICT)) && !after.contains(&ix(DISTRICT))
    );
    assert!(!before.contains(&ix(WHO)) && turning.contains(&ix(WHO)) && after.contains(&ix(WHO)));
    assert!(after.iter().all(|who| model().reporter(*who).id.agency() != "police_commune"));
    let old = former(model(), ix(WHO), 2024, day(TODAY));
    assert!(!old.is_empty(), "the programmes of those before it stay readable");
    assert!(old.iter().all(|who| model().reporter(*who).to.is_some()));
    assert_eq!(former(model(), ix(WHO), 2026, day(TODAY)), []);
    assert_eq!(years(model(), day(TODAY)).first(), Some(&2027));
    assert_eq!(present_year(model(), day(TODAY)), 2026);
}

#[test]
fn who_owes_a_programme_is_every_unit_on_the_province_s_ground_and_not_the_province_s_committee() {
    let committee = "people_committee_province:33@2021-01-01";
    let of = |replica: &Replica, year| held(model(), replica, year, day(TODAY), &|_| true);
    let empty = replica(Vec::new());
    let is_in = |all: &[Held], id: &str| all.iter().any(|one| one.who == ix(id));
    let all = of(&empty, 2026);
    assert!(!is_in(&all, committee) && all.iter().all(|one| one.owes && one.has == Has::None));
    // The ground that joined on 1 July 2025 has communes that owe one; its provincial agencies are those of the province.
    let joined = |one: &&Held| !model().is_inside(model().reporter(one.who).unit, model().own_territory());
    assert!(all.iter().filter(joined).count() > 0);
    let is_commune = |one: &Held| model().reporter(one.who).id.agency() == "people_committee_commune";
    assert!(all.iter().filter(joined).all(is_commune));
    assert_eq!(all.iter().filter(|one| is_commune(one)).count(), 104);
    assert_eq!(of(&empty, 2024).iter().filter(joined).count(), 0, "it had not joined");
    // Communes that began a fortnight before the year's end owe none of that year, and are listed where they have one.
    let began = |one: &&Held| model().reporter(one.who).from == Some(day("2024-12-01"));
    assert_eq!(of(&empty, 2024).iter().filter(began).count(), 0);
    assert!(of(&empty, 2025).iter().filter(began).count() > 0);
    let some = replica(vec![head(committee, 2026, &[(TITLE, "Kế hoạch của tỉnh")])]);
    let with = of(&some, 2026);
    assert!(is_in(&with, committee));
    assert_eq!(Counts::of(&with), Counts::of(&all), "it is kept and not counted");
    let drafts = Filter { has: Some(Has::Draft), ..Filter::default() };
    assert_eq!(with.iter().filter(|one| drafts.shows(model(), one)).count(), 0);
}

#[test]
fn the_years_of_a_screen_are_those_that_are_admitted_and_the_running_one_comes_first() {
    assert_eq!(years(model(), day("2026-12-14")).first(), Some(&2027));
    assert_eq!(years(model(), day("2026-12-20")).first(), Some(&2027), "2028 is not open yet");
    assert_eq!(years(model(), day("2027-01-01")).first(), Some(&2028));
    assert_eq!(
        ["2026-12-14", "2026-12-20", "2027-01-01"].map(|on| present_year(model(), day(on))),
        [2026, 2027, 2027]
    );
}

#[test]
fn an_address_reads_as_the_filter_it_was_made_of() {
    for has in Has::ALL {
        for items in ItemStanding::ALL {
            let filter = Filter {
                year: Some(2026),
                unit: WHO.into(),
                agency: "people_committee_commune".into(),
                has: Some(has),
                items: Some(items),
            };
            assert_eq!(Filter::parse(&filter.query()), filter);
        }
    }
    assert_eq!(Filter::default().query(), "");
    assert_eq!(Filter::parse("?nam=x&tinh-hinh=gi-do&la=1"), Filter::default());
}
