//! Entities: what becomes of changes of their fields, and what a device keeps of kinds that it does not know.

mod assignments;
mod cooperation;
#[expect(dead_code, reason = "shared with the other tests, which need more of it")]
#[path = "../support/mod.rs"]
mod support;

use chitieu_sync::entity::{Change, Entity, EntityKey, Kind, Said, task_assignment, task_report};
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::ledger::Push;
use chitieu_sync::memory::Memory;
use chitieu_sync::message::{PullResponse, PushRequest};
use chitieu_sync::op::{Cover, Covered};
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::rows::MemoryStore;
use chitieu_sync::replica::{FieldStatus, Replica};
use chitieu_sync::submission::Action;
use chitieu_sync::{Base, Op, OpBody, Outcome, Rejection, StreamId};
use serde::Serialize;
use support::{Device, NOW, Office, PLAN, reporter};
use uuid::Uuid;

const GOLDEN: &str = include_str!("../golden/entities.json");

fn assignment() -> EntityKey {
    EntityKey { stream: StreamId::Plan, kind: task_assignment::ID.into(), id: "I.1".into() }
}

fn report() -> EntityKey {
    EntityKey { stream: reporter().into(), kind: task_report::ID.into(), id: "I.2/2026-Q3".into() }
}

fn reviewer() -> Grants {
    Grants::plain(Role::Reviewer, Vec::new())
}

fn steering() -> Grants {
    Grants::plain(Role::Steering, Vec::new())
}

fn one(field: &str, value: impl Serialize) -> Change {
    Change::from([(field.to_owned(), Raw::of(&value))])
}

/// An op of a device, with its number there.
fn op(of: &EntityKey, (device, seq): (u128, u64), base: u64, change: &Change) -> Op {
    Op {
        op_id: Uuid::from_u128(device << 64 | u128::from(seq)),
        device_id: Uuid::from_u128(device),
        device_seq: seq,
        author: format!("person{device}"),
        stream: of.stream.clone(),
        base: Base::Rev(base),
        plan: PLAN.into(),
        entered_at: "2026-11-22T08:00:00Z".into(),
        reason: None,
        note: None,
        body: OpBody::Entity {
            kind: of.kind.clone(),
            id: of.id.clone(),
            change: Raw::of(change),
            resolves: vec![],
        },
    }
}

struct Server {
    office: Office,
    memory: Memory,
}

impl Server {
    fn new() -> Self {
        Self { office: Office::new(), memory: Memory::new(1) }
    }

    fn take(&mut self, grants: &Grants, op: &Op) -> Outcome {
        let push = Push { grants, ..self.office.push(1) };
        let cooperation = &self.memory.cooperation(push.model, grants, push.today);
        let push = Push { cooperation, ..push };
        let results = self.memory.push(&push, std::slice::from_ref(op)).expect("nobody copied a device");
        results[0].outcome.clone()
    }

    fn entity(&self, of: &EntityKey) -> Entity {
        self.memory.entities().get(of).cloned().unwrap_or_default()
    }
}

fn rev(outcome: &Outcome) -> u64 {
    match outcome {
        Outcome::Applied { rev, .. } | Outcome::SameValue { rev } => *rev,
        other => panic!("{other:?}"),
    }
}

fn rejected(code: Rejection) -> Outcome {
    Outcome::Rejected { code }
}

#[test]
fn a_form_is_submitted_with_the_entities_that_it_covers_as_they_were_in_view() {
    let mut server = Server::new();
    let mut device = Device::new("lan", 1);
    let of = report();
    let model = &server.office.model;
    let form = model.form_of(model.element_ix("crimes_drug").expect("an element"));
    let cells: Vec<_> = model.elements_of(form).map(|(_, e)| support::key(&e.id)).collect();
    let form = model.form(form).id.clone();
    for cell in &cells {
        device.edit(cell, 0);
    }
    device.sync(&mut server.memory, &server.office);
    let grants = server.office.push(1).grants.clone();
    let written = op(&of, (1, 90), 0, &one(task_report::TEXT, "đã làm"));
    let written = Op { author: "lan".into(), ..written };
    let seen = rev(&server.take(&grants, &written));
    let by_op = Base::Op(written.op_id);
    let submit = |seq: u64, base: Base| {
        let what = Covered::Entity { kind: of.kind.clone(), id: of.id.clone() };
        let mut covers: Vec<Cover> =
            cells.iter().map(|c| Cover::of(c.element.clone(), device.replica.cover_of(c))).collect();
        covers.push(Cover { what, base });
        let period = cells[0].period;
        let body = OpBody::Submission { period, form: form.clone(), action: Action::Submit, covers };
        Op { author: "lan".into(), body, ..op(&of, (1, seq), 0, &Change::new()) }
    };
    assert_eq!(server.take(&grants, &submit(91, Base::Rev(seen - 1))), rejected(Rejection::CoverMoved));
    let changed = op(&of, (1, 92), seen, &one(task_report::TEXT, "đã làm xong"));
    rev(&server.take(&grants, &Op { author: "lan".into(), ..changed }));
    assert_eq!(
        server.take(&grants, &submit(93, by_op)),
        rejected(Rejection::CoverMoved),
        "it was changed since"
    );
    let stands = server.entity(&of).rev;
    assert!(matches!(server.take(&grants, &submit(94, Base::Rev(stands))), Outcome::Applied { .. }));
    let text = serde_json::to_string(&submit(94, by_op)).expect("JSON");
    assert!(text.contains(r#"{"kind":"task_report","id":"I.2/2026-Q3","base":{"op":"#), "{text}");
}

#[test]
fn different_fields_of_one_assignment_do_not_conflict_and_one_field_keeps_both_values() {
    let mut server = Server::new();
    let of = assignment();
    let lead = op(&of, (1, 1), 0, &one(task_assignment::LEAD, reporter()));
    let from = op(&of, (2, 1), 0, &one(task_assignment::FROM, "2026-11-01"));
    let later = op(&of, (3, 1), 0, &one(task_assignment::FROM, "2026-12-01"));
    assert!(rev(&server.take(&steering(), &lead)) < rev(&server.take(&steering(), &from)));
    let Outcome::Conflict { conflict_id, .. } = server.take(&steering(), &later) else {
        panic!("a conflict")
    };
    let stands = server.entity(&of);
    assert_eq!(stands.value::<String>(task_assignment::FROM).as_deref(), Some("2026-11-01"));
    assert_eq!(stands.branches.iter().map(|b| b.value.text()).collect::<Vec<_>>(), ["\"2026-12-01\""]);
    // Somebody who has seen both settles it, even for the value that stands.
    let mut settled = op(&of, (2, 2), stands.rev, &one(task_assignment::FROM, "2026-11-01"));
    let OpBody::Entity { resolves, .. } = &mut settled.body else { panic!("of an entity") };
    resolves.push(conflict_id);
    assert!(rev(&server.take(&steering(), &settled)) > stands.rev);
    assert_eq!(server.entity(&of).branches, []);
}

#[test]
fn what_is_based_on_an_op_that_is_not_here_waits_for_it() {
    let mut server = Server::new();
    let of = assignment();
    let first = op(&of, (1, 1), 0, &one(task_assignment::FROM, "2026-11-01"));
    let mut second = op(&of, (1, 2), 0, &one(task_assignment::FROM, "2026-11-02"));
    second.base = Base::Op(first.op_id);
    assert_eq!(server.take(&steering(), &second), Outcome::Held);
    rev(&server.take(&steering(), &first));
    assert_eq!(server.entity(&of).value::<String>(task_assignment::FROM).as_deref(), Some("2026-11-02"));
}

#[test]
fn nobody_conflicts_with_themselves_and_an_earlier_value_takes_no_later_ones_place() {
    let mut server = Server::new();
    let of = assignment();
    let [first, second] =
        [1, 2].map(|n| op(&of, (1, n), 0, &one(task_assignment::FROM, format!("2026-11-0{n}"))));
    rev(&server.take(&steering(), &second));
    assert!(matches!(server.take(&steering(), &first), Outcome::SameValue { .. }));
    assert_eq!(server.entity(&of).value::<String>(task_assignment::FROM).as_deref(), Some("2026-11-02"));
}

#[test]
fn a_base_that_is_an_op_of_another_entity_is_none() {
    let mut server = Server::new();
    let other = EntityKey { id: "I.2".into(), ..assignment() };
    let first = op(&other, (1, 1), 0, &one(task_assignment::FROM, "2026-11-01"));
    rev(&server.take(&steering(), &first));
    rev(&server.take(&steering(), &op(&assignment(), (2, 1), 0, &one(task_assignment::FROM, "2026-11-02"))));
    let mut strange = op(&assignment(), (1, 2), 0, &one(task_assignment::FROM, "2026-11-03"));
    strange.base = Base::Op(first.op_id);
    assert!(matches!(server.take(&steering(), &strange), Outcome::Conflict { .. }));
}

#[test]
fn texts_are_bounded_and_hide_nothing() {
    let mut server = Server::new();
    let officer = support::officer();
    let texts = [
        ("a".repeat(2_001), Some(Rejection::TooLong)),
        ("a\u{7}b".to_owned(), Some(Rejection::Malformed)),
        ("a\u{202e}b".to_owned(), Some(Rejection::Malformed)),
        ("ă".repeat(2_000), None),
        ("hai\ndòng".to_owned(), None),
    ];
    for (nth, (text, code)) in texts.into_iter().enumerate() {
        let outcome =
            server.take(&officer, &op(&report(), (1, nth as u64 + 1), 0, &one(task_report::TEXT, &text)));
        match code {
            Some(code) => assert_eq!(outcome, rejected(code)),
            None => assert!(rev(&outcome) > 0),
        }
    }
}

#[test]
fn a_report_is_locked_once_it_is_submitted_and_a_step_from_elsewhere_is_rejected() {
    let mut server = Server::new();
    let (officer, of) = (support::officer(), report());
    let text = server.take(&officer, &op(&of, (1, 1), 0, &one(task_report::TEXT, "một buổi")));
    let stale = op(&of, (2, 1), 0, &one(task_report::STEP, task_report::SUBMIT));
    assert_eq!(server.take(&officer, &stale), rejected(Rejection::MovedOn));
    let submit = op(&of, (2, 2), rev(&text), &one(task_report::STEP, task_report::SUBMIT));
    let submitted = rev(&server.take(&officer, &submit));
    let late = op(&of, (1, 2), submitted, &one(task_report::TEXT, "hai buổi"));
    assert_eq!(server.take(&officer, &late), rejected(Rejection::Locked));
    let own = op(&of, (1, 3), submitted, &one(task_report::STEP, task_report::APPROVE));
    assert_eq!(server.take(&officer, &own), rejected(Rejection::NoRight));
    let mut back = op(&of, (3, 1), submitted, &one(task_report::STEP, task_report::RETURN));
    assert_eq!(server.take(&reviewer(), &back), rejected(Rejection::ReasonMissing));
    (back.op_id, back.device_seq, back.reason) = (Uuid::from_u128(77), 2, Some("thiếu số văn bản".into()));
    let returned = rev(&server.take(&reviewer(), &back));
    let said = server.entity(&of).fields[task_report::STEP].reason.clone();
    assert_eq!(said.as_deref(), Some("thiếu số văn bản"));
    rev(&server.take(&officer, &op(&of, (1, 4), returned, &one(task_report::TEXT, "hai buổi"))));
}

#[test]
fn a_turn_that_the_kind_of_task_does_not_have_is_no_place_for_a_report() {
    let mut server = Server::new();
    let officer = support::officer();
    let doing = one(task_report::PROGRESS, task_report::DOING);
    let places = [
        // Without end, yearly, once, in campaigns.
        ("I.2/2026-Q3", None),
        ("I.2/2026", Some(Rejection::Malformed)),
        ("I.2/once", Some(Rejection::Malformed)),
        ("II.1.4/2026", None),
        ("II.1.4/2027", Some(Rejection::NotOpen)),
        ("II.1.3/once", None),
        ("II.4.4b/2026-07-01", None),
        ("II.4.4b/2026-12-01", Some(Rejection::NotOpen)),
        ("II.4.4b/2026-7-1", Some(Rejection::Malformed)),
        // As releases before the turns named every report.
        ("II.1.4/2026-Q3", None),
    ];
    for (nth, (id, code)) in places.into_iter().enumerate() {
        let of = EntityKey { id: id.into(), ..report() };
        let outcome = server.take(&officer, &op(&of, (1, nth as u64 + 1), 0, &doing));
        match code {
            Some(code) => assert_eq!(outcome, rejected(code), "{id}"),
            None => assert!(rev(&outcome) > 0, "{id}"),
        }
    }
}

#[test]
fn more_time_is_asked_for_once_with_a_reason_and_answered_by_who_assigns() {
    let mut server = Server::new();
    let (officer, of) = (support::officer(), report());
    let ask = |until: &str| {
        let step = (task_report::EXTENSION.to_owned(), Raw::of(&task_report::ASK));
        Change::from([(task_report::EXTEND_TO.to_owned(), Raw::of(&until)), step])
    };
    let because = |op: Op| Op { reason: Some("chờ hướng dẫn của sở".into()), ..op };
    let take = |server: &mut Server, grants: &Grants, op: Op| server.take(grants, &op);
    assert_eq!(
        take(&mut server, &officer, op(&of, (1, 1), 0, &ask("2026-12-20"))),
        rejected(Rejection::ReasonMissing)
    );
    let past = because(op(&of, (1, 2), 0, &ask("2026-11-22")));
    assert_eq!(take(&mut server, &officer, past), rejected(Rejection::OutOfRange));
    let asked = rev(&take(&mut server, &officer, because(op(&of, (1, 3), 0, &ask("2026-12-20")))));
    let answer = |word: &str| one(task_report::EXTENSION, word);
    let own = op(&of, (1, 4), asked, &answer(task_report::GRANT));
    assert_eq!(take(&mut server, &officer, own), rejected(Rejection::NoRight));
    let granted = rev(&take(&mut server, &steering(), op(&of, (2, 1), asked, &answer(task_report::GRANT))));
    let twice = because(op(&of, (1, 5), granted, &ask("2026-12-30")));
    assert_eq!(take(&mut server, &officer, twice), rejected(Rejection::Locked));
    let refused = op(&of, (2, 2), granted, &answer(task_report::REFUSE));
    assert_eq!(take(&mut server, &steering(), refused), rejected(Rejection::BadTransition));
    let later = op(&of, (1, 6), granted, &one(task_report::EXTEND_TO, "2027-01-01"));
    assert_eq!(take(&mut server, &officer, later), rejected(Rejection::Locked));
}

#[test]
fn of_a_task_that_is_spoken_of_in_words_only_no_text_is_taken() {
    let mut server = Server::new();
    let officer = support::officer();
    let of = EntityKey { id: "II.4.5/2026-Q3".into(), ..report() };
    for (nth, field) in [task_report::TEXT, task_report::PROPOSALS, task_report::DOCUMENT].iter().enumerate()
    {
        let written = op(&of, (1, nth as u64 + 1), 0, &one(field, "một việc"));
        assert_eq!(server.take(&officer, &written), rejected(Rejection::NoRight), "{field}");
    }
    rev(&server.take(&officer, &op(&of, (1, 9), 0, &one(task_report::PROGRESS, task_report::DOING))));
}

#[test]
fn the_moment_of_sending_stays_where_a_report_is_approved() {
    let mut server = Server::new();
    let (officer, of) = (support::officer(), report());
    let sent = |word: &str| (task_report::SENT.to_owned(), Raw::of(&word));
    let alone = op(&of, (1, 1), 0, &Change::from([sent(task_report::SENT)]));
    assert_eq!(server.take(&officer, &alone), rejected(Rejection::BadTransition));
    let step = (task_report::STEP.to_owned(), Raw::of(&task_report::SUBMIT));
    let submit = op(&of, (1, 2), 0, &Change::from([step, sent(task_report::SENT)]));
    let submitted = rev(&server.take(&officer, &submit));
    let approve = op(&of, (2, 1), submitted, &one(task_report::STEP, task_report::APPROVE));
    rev(&server.take(&reviewer(), &approve));
    let stands = server.entity(&of);
    assert_eq!(stands.fields[task_report::SENT].rev, submitted);
    assert_eq!(stands.fields[task_report::STEP].author, "person2");
}

#[test]
fn remarks_never_conflict() {
    let mut server = Server::new();
    let (officer, of) = (support::officer(), report());
    rev(&server.take(&officer, &op(&of, (1, 1), 0, &one(task_report::REMARKS, "xong"))));
    rev(&server.take(&reviewer(), &op(&of, (2, 1), 0, &one(task_report::REMARKS, "đã xem"))));
    let said: Vec<Said> = server.entity(&of).value(task_report::REMARKS).expect("remarks");
    assert_eq!(said.iter().map(|s| s.value.text()).collect::<Vec<_>>(), ["\"xong\"", "\"đã xem\""]);
}

fn golden(part: &str) -> serde_json::Value {
    let all: serde_json::Value = serde_json::from_str(GOLDEN).expect("the sample is JSON");
    all[part].clone()
}

#[test]
fn the_wire_shape_of_every_kind_is_frozen() {
    let push: PushRequest = serde_json::from_str(&golden("push").to_string()).expect("it reads");
    assert_eq!(serde_json::to_value(&push).expect("it writes"), golden("push"));
    let kinds: Vec<Option<Kind>> =
        push.ops.iter().filter_map(Op::entity).map(|key| Kind::parse(&key.kind)).collect();
    assert_eq!(kinds, Kind::ALL.iter().copied().map(Some).collect::<Vec<_>>(), "one op of each kind");
    let page: PullResponse = serde_json::from_str(&golden("page").to_string()).expect("it reads");
    assert_eq!(serde_json::to_value(&page).expect("it writes"), golden("page"));
}

/// A device that took the sample's page in, and what it stored of it.
fn told() -> (Replica, MemoryStore) {
    let mut disk = MemoryStore::default();
    let mut replica = Replica::read(0, [], Uuid::from_u128(1));
    let page = serde_json::from_str(&golden("page").to_string()).expect("it reads");
    let changes = replica.on_page(page);
    let store_version = disk.write(0, replica.rows(&changes)).expect("nobody else is there");
    replica.written(store_version, &changes);
    (replica, disk)
}

#[test]
fn a_kind_that_is_not_known_is_kept_as_it_came_and_passed_over() {
    let (replica, disk) = told();
    let (store_version, rows) = disk.read();
    let rows: Vec<(String, String)> = rows.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let again = Replica::read(store_version, rows.iter().map(|(k, v)| (k.as_str(), v.as_str())), Uuid::nil());
    let of = EntityKey { stream: StreamId::Plan, kind: "campaign".into(), id: "2027/1".into() };
    for replica in [&replica, &again] {
        assert_eq!(replica.entity(&of), None);
        // A release that knows the kind finds what it was told of it.
        let state = replica.told(&of).expect("it is kept").state.text().to_owned();
        assert_eq!(state, r#"[["of a later release"],{"deep":{"er":1.5}}]"#);
        assert_eq!(replica.entities_of(Kind::TaskAssignment), [assignment()]);
    }
}

#[test]
fn a_device_shows_its_own_change_over_what_the_server_told_until_it_is_told_of_it() {
    let (mut replica, mut disk) = told();
    let office = Office::new();
    let of = assignment();
    let rev = replica.told(&of).expect("it was told").rev;
    let mut store = |replica: &mut Replica, changes: &[_]| {
        let store_version =
            disk.write(replica.store_version(), replica.rows(changes)).expect("nobody else is there");
        replica.written(store_version, changes);
    };
    let keep = |replica: &Replica, change: &Change| {
        replica.change_entity(op(&of, (9, 9), 0, change), &office.model, &steering(), office.today)
    };
    let changes = keep(&replica, &one(task_assignment::UNTIL, "2026-12-31")).expect("it is allowed");
    store(&mut replica, &changes);
    let changes = keep(&replica, &one(task_assignment::LEAD, reporter())).expect("it is allowed");
    store(&mut replica, &changes);
    // The second change took the first one's place, with both fields.
    let view = replica.entity(&of).expect("it reads");
    assert_eq!((replica.outbox().count(), view.unsent), (1, true));
    assert_eq!(view.fields[task_assignment::UNTIL].status, FieldStatus::Saved);
    assert_eq!(view.value::<String>(task_assignment::LEAD), Some(reporter().to_string()));
    assert_eq!(view.value::<String>(task_assignment::FROM).as_deref(), Some("2026-11-01"));
    assert_eq!(view.fields[task_assignment::FROM].branches.len(), 1);
    let (changes, ops) = replica.next_push(10, &|_| true);
    store(&mut replica, &changes);
    assert_eq!((ops[0].base, ops[0].device_seq), (Base::Rev(rev), 1));
    let applied = Outcome::Applied { rev: rev + 1, seq: 9 };
    let result = chitieu_sync::message::OpResult { op_id: ops[0].op_id, outcome: applied };
    let changes = replica.on_results(&[result], 1, NOW);
    store(&mut replica, &changes);
    let view = replica.entity(&of).expect("it reads");
    assert_eq!((view.unsent, view.fields[task_assignment::LEAD].status), (false, FieldStatus::Sent));
    assert_eq!(replica.outbox().count(), 1, "it lies over the entity until a page brings what it made");
    let mut page = golden("page");
    page["events"][0]["rev"] = (rev + 1).into();
    let page = serde_json::from_str(&page.to_string()).expect("it reads");
    let changes = replica.on_page(page);
    store(&mut replica, &changes);
    assert_eq!(replica.outbox().count(), 0);
    let denied = replica.change_entity(
        op(&of, (9, 9), 0, &one(task_assignment::FROM, "2026-11-03")),
        &office.model,
        &support::officer(),
        office.today,
    );
    assert_eq!(denied, Err(Rejection::NoRight));
}

#[test]
fn a_reason_is_not_lost_because_more_is_changed_before_it_is_sent() {
    let (mut replica, mut disk) = told();
    let (office, of) = (Office::new(), assignment());
    let change = |field, day: &str| op(&of, (9, 9), 0, &one(field, day));
    let because = Op { reason: Some("đổi hạn".into()), ..change(task_assignment::UNTIL, "2026-12-31") };
    for op in [because, change(task_assignment::FROM, "2026-11-03")] {
        let changes = replica.change_entity(op, &office.model, &steering(), office.today);
        let changes = changes.expect("it is allowed");
        let store_version = disk.write(replica.store_version(), replica.rows(&changes)).expect("alone");
        replica.written(store_version, &changes);
    }
    let reasons: Vec<_> = replica.outbox().map(|waiting| waiting.op.reason.as_deref()).collect();
    assert_eq!(reasons, [Some("đổi hạn")]);
}
