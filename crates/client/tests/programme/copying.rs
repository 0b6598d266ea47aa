//! The copy of a programme in the next year.

use super::support::{Device, Office, PLAN};
use super::{DISTRICT, TODAY, WHO, day, head, ix, model, one, read, replica, set, who};
use chitieu_client::commands::Author;
use chitieu_client::tasks::programme::{Chosen, ItemStanding, State, copied, programme, retitled, shifted};
use chitieu_domain::Figures;
use chitieu_sync::entity::annual_plan_document::{
    DOCUMENT, DRAFTING, DUE_ON, INTEGRATED_WITH, ISSUED, ISSUED_ON, STATE, TITLE,
};
use chitieu_sync::entity::{Change, EntityKey, annual_plan_item as item};
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::memory::Memory;
use chitieu_sync::message::Event;
use chitieu_sync::raw::Raw;
use chitieu_sync::{Outcome, Rejection};
use uuid::Uuid;

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
