//! What a form of an entity keeps: one field that cannot be kept holds up no other, and nothing that was typed is lost.

#[expect(dead_code, reason = "shared with the facts of the protocol, which need more of it")]
#[path = "../../sync/tests/support/mod.rs"]
mod support;

use chitieu_client::commands::Author;
use chitieu_client::tasks::form::{Entered, Gathered, LeftOut, admitted, gathered, listed};
use chitieu_client::tasks::programme::{item_key, programme};
use chitieu_domain::{Figures, ReporterId};
use chitieu_sync::Rejection;
use chitieu_sync::entity::{Change, EntityKey, annual_plan_item as item};
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::memory::Memory;
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::FieldStatus;
use support::{Device, Office, PLAN};
use uuid::Uuid;

const WHO: &str = "people_committee_commune:11977@2025-07-01";

fn who() -> ReporterId {
    WHO.parse().expect("a reporter")
}

fn key() -> EntityKey {
    item_key(&who(), 2026, Uuid::from_u128(1))
}

fn set(values: &[(&str, &str)]) -> Change {
    values.iter().map(|(field, value)| ((*field).to_owned(), Raw::of(value))).collect()
}

fn begun() -> Change {
    set(&[
        (item::NUMBER, "1"),
        (item::TITLE, "Tập huấn"),
        (item::OUTPUT, "Tài liệu"),
        (item::LEAD, WHO),
        (item::DUE_ON, "2026-06-30"),
    ])
}

struct Desk {
    office: Office,
    none: Figures,
    made: u128,
}

impl Desk {
    fn new() -> Self {
        let grants = Grants::plain(Role::Officer, vec![who()]);
        Self { office: Office { grants, ..Office::new() }, none: Figures::default(), made: 0 }
    }

    fn author(&self) -> Author<'_> {
        Author {
            model: &self.office.model,
            plan: PLAN,
            username: "lan",
            grants: &self.office.grants,
            figures: &self.none,
            today: self.office.today,
            entered_at: "2026-11-22T08:00:00Z",
        }
    }

    /// What the device would say to a change.
    fn admits(&self, device: &Device, change: &Change) -> Result<(), Rejection> {
        let more = (Vec::new(), None);
        self.author().change_entity(&device.replica, Uuid::nil(), &key(), change, more).map(drop)
    }

    fn keep(&mut self, device: &mut Device, change: &Change, reason: Option<&str>) {
        self.made += 1;
        let id = Uuid::from_u128(self.made << 64 | 7);
        let more = (Vec::new(), reason.map(str::to_owned));
        let kept = self.author().change_entity(&device.replica, id, &key(), change, more);
        let kept = kept.expect("it is allowed").0;
        device.store(kept);
    }
}

/// What is entered over what a device shows now.
fn entered(device: &Device, values: &[(&'static str, &str)]) -> Vec<Entered> {
    let view = device.replica.entity(&key()).unwrap_or_default();
    let seen = |field: &str| view.fields.get(field)?.head.as_ref().map(|head| head.op_id);
    values
        .iter()
        .map(|(field, value)| Entered { field, value: Some(Raw::of(value)), seen: seen(field) })
        .collect()
}

fn over(device: &Device, entered: &[Entered]) -> Gathered {
    let view = device.replica.entity(&key()).unwrap_or_default();
    gathered(&view, entered, &|op| device.replica.is_own(op))
}

#[test]
fn a_field_that_somebody_else_changed_is_told_once_and_the_others_are_kept() {
    let (mut desk, mut server) = (Desk::new(), Memory::new(1));
    let (mut a, mut b) = (Device::new("lan", 1), Device::new("minh", 2));
    desk.keep(&mut a, &begun(), None);
    a.sync_with(&mut server, &desk.office, &[who().into()]);
    b.sync_with(&mut server, &desk.office, &[who().into()]);
    let typed = [(item::TITLE, "Tập huấn hòa giải"), (item::OUTPUT, "Giáo trình"), (item::NUMBER, "1")];
    let typed = entered(&b, &typed);
    desk.keep(&mut a, &set(&[(item::TITLE, "Tập huấn kỹ năng")]), None);
    a.sync_with(&mut server, &desk.office, &[who().into()]);
    b.sync_with(&mut server, &desk.office, &[who().into()]);
    let found = over(&b, &typed);
    assert_eq!(found.left_out, [(item::TITLE, LeftOut::Became)]);
    assert_eq!(found.unchanged, [item::NUMBER]);
    assert_eq!(found.change, set(&[(item::OUTPUT, "Giáo trình")]));
    // Whoever saves again has seen it.
    let again = entered(&b, &[(item::TITLE, "Tập huấn hòa giải")]);
    assert_eq!(over(&b, &again).change, set(&[(item::TITLE, "Tập huấn hòa giải")]));
    // Nothing is told where both said the same.
    let same = Entered { seen: None, ..entered(&b, &[(item::TITLE, "Tập huấn kỹ năng")]).remove(0) };
    assert_eq!(over(&b, &[same]).left_out, []);
    let nobody = Entered { field: item::LEAD, value: None, seen: None };
    assert_eq!(over(&b, &[nobody]).left_out, [(item::LEAD, LeftOut::Unknown)]);
}

#[test]
fn what_the_server_refused_can_be_saved_again_without_what_it_was_refused_for() {
    let (mut desk, mut server) = (Desk::new(), Memory::new(1));
    let (mut a, mut b) = (Device::new("lan", 1), Device::new("minh", 2));
    desk.keep(&mut a, &begun(), None);
    a.sync_with(&mut server, &desk.office, &[who().into()]);
    b.sync_with(&mut server, &desk.office, &[who().into()]);
    // One says that it is done; the other, who has not heard of it, writes another day and output.
    desk.keep(&mut a, &set(&[(item::STATE, item::DONE), (item::DONE_ON, "2026-06-20")]), None);
    a.sync_with(&mut server, &desk.office, &[who().into()]);
    let typed = [(item::DUE_ON, "2026-09-30"), (item::OUTPUT, "Giáo trình"), (item::STATE, item::DOING)];
    desk.keep(&mut b, &set(&typed), None);
    b.sync_with(&mut server, &desk.office, &[who().into()]);
    let view = b.replica.entity(&key()).expect("it is there");
    assert!(matches!(view.fields[item::OUTPUT].status, FieldStatus::Rejected(_)), "all of it was refused");
    let found = over(&b, &entered(&b, &typed));
    assert_eq!(found.change.len(), 3, "what was refused does not stand: {found:?}");
    let (kept, refused) = admitted(found.change, &|change| desk.admits(&b, change)).expect("a part of it");
    assert_eq!(kept, set(&[(item::OUTPUT, "Giáo trình")]));
    let codes: Vec<(&str, Rejection)> = refused.iter().map(|(field, code)| (field.as_str(), *code)).collect();
    assert_eq!(codes, [(item::DUE_ON, Rejection::Locked), (item::STATE, Rejection::BadTransition)]);
    desk.keep(&mut b, &kept, None);
    b.sync_with(&mut server, &desk.office, &[who().into()]);
    let stands = &server.entities()[&key()];
    assert_eq!(stands.value::<String>(item::OUTPUT).as_deref(), Some("Giáo trình"));
    assert_eq!(stands.value::<String>(item::DUE_ON).as_deref(), Some("2026-06-30"));
    let view = b.replica.entity(&key()).expect("it is there");
    assert_eq!(view.fields[item::OUTPUT].status, FieldStatus::Sent);
    assert!(matches!(view.fields[item::DUE_ON].status, FieldStatus::Rejected(_)), "it stays in sight");
    assert_eq!(view.value::<String>(item::DUE_ON).as_deref(), Some("2026-09-30"));
}

#[test]
fn a_day_of_being_done_goes_with_its_state_and_a_part_of_a_new_thing_is_not_kept() {
    let (mut desk, mut server) = (Desk::new(), Memory::new(1));
    let mut a = Device::new("lan", 1);
    let mut part = begun();
    part.insert(item::STATE.to_owned(), Raw::of(&item::NOT_STARTED));
    part.remove(item::TITLE);
    assert_eq!(admitted(part, &|change| desk.admits(&a, change)), Err(Rejection::Incomplete));
    desk.keep(&mut a, &begun(), None);
    desk.keep(&mut a, &set(&[(item::STATE, item::DROPPED)]), Some("Lồng ghép"));
    a.sync_with(&mut server, &desk.office, &[who().into()]);
    let done = set(&[(item::STATE, item::DONE), (item::DONE_ON, "2026-06-20"), (item::OUTPUT, "x")]);
    let (kept, refused) = admitted(done, &|change| desk.admits(&a, change)).expect("a part of it");
    assert_eq!(kept, set(&[(item::OUTPUT, "x")]), "nobody typed that day for what is dropped");
    assert_eq!(refused.len(), 2);
    let locked = set(&[(item::DUE_ON, "2026-09-30")]);
    let (kept, refused) = admitted(locked, &|change| desk.admits(&a, change)).expect("nothing is left");
    assert!(kept.is_empty() && refused.len() == 1);
}

#[test]
fn what_the_server_has_nothing_of_is_no_item_and_not_lost() {
    let (mut desk, mut server) = (Desk::new(), Memory::new(1));
    let mut a = Device::new("lan", 1);
    desk.keep(&mut a, &begun(), None);
    desk.office.grants = Grants::plain(Role::Auditor, Vec::new());
    a.sync_with(&mut server, &desk.office, &[who().into()]);
    let model = &desk.office.model;
    let ix = model.reporter_ix(&who()).expect("a reporter");
    let of = programme(model, &a.replica, (ix, 2026), desk.office.today);
    assert!(of.items.is_empty(), "it counts nowhere");
    let [refused] = &of.refused[..] else { panic!("{:?}", of.refused) };
    assert_eq!((refused.title.as_str(), refused.refused), ("Tập huấn", Some(Rejection::NoRight)));
}

#[test]
fn what_is_written_and_not_added_counts_when_the_form_is_saved_and_is_asked_for_where_nobody_has_that_name() {
    let named = |name: &str| (name == "Công an xã").then(|| "b".to_owned());
    assert_eq!(listed("a\nc", " Công an xã ", &named).as_deref(), Some("a\nb\nc"));
    assert_eq!(listed("a\nb", "Công an xã", &named).as_deref(), Some("a\nb"), "once");
    assert_eq!(listed("a", "  ", &named).as_deref(), Some("a"));
    assert_eq!(listed("a", "Công an", &named), None);
}
