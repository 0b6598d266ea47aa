//! What a figure says beside its value: that its cell is cleared, that it is estimated, a note.

#[expect(dead_code, reason = "shared with the facts, which need more of it")]
mod support;

use chitieu_sync::ledger::EPOCH_SIZE;
use chitieu_sync::memory::Memory;
use chitieu_sync::message::PullResponse;
use chitieu_sync::op::Cover;
use chitieu_sync::outcome::{Branch, Head};
use chitieu_sync::replica::{CellStatus, Replica, ServerCell, Tally};
use chitieu_sync::submission::Action;
use chitieu_sync::{Base, Op, OpBody, Outcome, Rejection};
use support::{Device, NOW, Office, key};
use uuid::Uuid;

const DRUG: &str = "crimes_drug";

fn head(server: &Memory) -> Head {
    server.cells()[&key(DRUG)].head.clone().expect("it is answered")
}

fn noted(value: i64, note: &str) -> Head {
    Head { value: Some(value), note: Some(note.into()), ..Head::default() }
}

fn estimated(value: i64) -> Head {
    Head { value: Some(value), estimated: true, ..Head::default() }
}

/// Two devices that have both seen one figure of the first.
fn two_that_saw(value: i64) -> (Office, Memory, Device, Device) {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("hoa", 2));
    one.edit(&key(DRUG), value);
    one.sync(&mut server, &office);
    two.sync(&mut server, &office);
    (office, server, one, two)
}

#[test]
fn a_cleared_cell_is_answered_no_more_on_every_device() {
    let (office, mut server, mut one, mut two) = two_that_saw(7);
    two.clear(&key(DRUG));
    assert!(!two.replica.cell(&key(DRUG)).answered);
    two.sync(&mut server, &office);
    one.sync(&mut server, &office);
    for device in [&one, &two] {
        let view = device.replica.cell(&key(DRUG));
        assert_eq!((view.value, view.answered, view.status), (None, false, CellStatus::Empty));
        assert_eq!(device.replica.tally(), Tally::default());
    }
    let head = head(&server);
    assert_eq!(
        (head.value, head.rev, head.cleared, head.author.as_str()),
        (None, EPOCH_SIZE + 2, true, "hoa")
    );
    // Whoever answers it again builds on that.
    one.edit(&key(DRUG), 8);
    one.sync(&mut server, &office);
    assert_eq!(support::value_of(&server, &key(DRUG)), Some(8));
    assert!(server.cells()[&key(DRUG)].branches.is_empty());
}

#[test]
fn v0_1_0_is_told_a_cleared_cell_as_one_without_a_value() {
    let (office, mut server, mut one, _) = two_that_saw(7);
    one.clear(&key(DRUG));
    one.sync(&mut server, &office);
    let told = serde_json::to_value(head(&server)).expect("it writes");
    assert_eq!(
        (&told["value"], &told["rev"]),
        (&serde_json::Value::Null, &(EPOCH_SIZE + 2).into()),
        "{told}"
    );
    assert!(told.as_object().expect("an object").contains_key("value"));
}

#[test]
fn clearing_against_a_newer_figure_keeps_both() {
    let (office, mut server, mut one, mut two) = two_that_saw(7);
    two.clear(&key(DRUG));
    one.edit(&key(DRUG), 9);
    one.sync(&mut server, &office);
    two.sync(&mut server, &office);
    let view = two.replica.cell(&key(DRUG));
    assert_eq!((view.value, view.answered, view.status), (Some(9), true, CellStatus::Contested));
    let Branch { value, cleared, author, .. } = view.branches[0].clone();
    assert_eq!((value, cleared, author.as_str()), (None, true, "hoa"));
    // Either may be chosen: here the cell is cleared after all.
    one.sync(&mut server, &office);
    let conflict = one.replica.cell(&key(DRUG)).branches[0].conflict_id;
    one.say(&key(DRUG), &Head { cleared: true, ..Head::default() }, vec![conflict]);
    one.sync(&mut server, &office);
    assert!(head(&server).cleared && server.cells()[&key(DRUG)].branches.is_empty());
}

#[test]
fn what_clears_an_empty_cell_changes_nothing_and_waits_for_nothing() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    let id = device.clear(&key(DRUG));
    device.sync(&mut server, &office);
    let stored = server.ops().find(|stored| stored.op.op_id == id).expect("it is in the log");
    assert_eq!(stored.outcome, Outcome::SameValue { rev: 0 });
    assert!(server.cells().is_empty());
    assert_eq!(device.replica.outbox().count(), 0, "no page will ever bring it");
    assert!(device.replica.sent_op(id).is_some());
    device.edit(&key(DRUG), 3);
    device.sync(&mut server, &office);
    assert_eq!(support::value_of(&server, &key(DRUG)), Some(3));
}

#[test]
fn clearing_takes_the_place_of_an_unsent_figure_and_numbers_stay_dense() {
    let (office, mut server, mut one, _) = two_that_saw(7);
    one.edit(&key(DRUG), 8);
    one.clear(&key(DRUG));
    let ops = one.send();
    assert_eq!(ops.iter().map(|op| op.device_seq).collect::<Vec<_>>(), [2], "one op, with the next number");
    assert!(matches!(ops[0].body, OpBody::Figure { cleared: true, .. }));
    one.sync(&mut server, &office);
    assert!(head(&server).cleared);
}

#[test]
fn a_cell_is_empty_without_its_unsent_figure_only_where_nothing_else_stands_in_it() {
    let (_, _, mut one, _) = two_that_saw(7);
    let other = key("crimes_economic");
    one.edit(&key(DRUG), 8);
    one.edit(&other, 4);
    assert!(!one.replica.is_empty_without_unsent(&key(DRUG)), "7 is there");
    assert!(one.replica.is_empty_without_unsent(&other));
    one.send();
    one.edit(&other, 5);
    assert!(!one.replica.is_empty_without_unsent(&other), "4 is on its way");
}

#[test]
fn a_cleared_row_is_not_answered_when_its_form_is_submitted() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    let form = office.model.form_of(office.model.element_ix(DRUG).expect("an element"));
    let cells: Vec<_> = office.model.elements_of(form).map(|(_, e)| key(&e.id)).collect();
    for cell in &cells {
        device.edit(cell, 0);
    }
    device.clear(&key(DRUG));
    device.sync(&mut server, &office);
    let form = office.model.form(form).id.clone();
    let cover = |k: &chitieu_sync::replica::CellKey| Cover::of(k.element.clone(), device.replica.cover_of(k));
    let covers = cells.iter().map(cover).collect();
    let op = Op {
        op_id: Uuid::from_u128(99),
        device_id: device.replica.device_id(),
        device_seq: device.replica.next_seq(),
        author: "lan".into(),
        stream: support::reporter().into(),
        base: Base::Rev(0),
        plan: support::PLAN.into(),
        entered_at: NOW.into(),
        reason: None,
        note: None,
        body: OpBody::Submission { period: key(DRUG).period, form, action: Action::Submit, covers },
    };
    let results = office.take(&mut server, &[op]);
    assert_eq!(results[0].outcome, Outcome::Rejected { code: Rejection::Incomplete });
}

#[test]
fn a_note_and_that_a_figure_is_estimated_go_from_device_to_device() {
    let (office, mut server, mut one, mut two) = two_that_saw(7);
    one.say(&key(DRUG), &Head { estimated: true, ..noted(9, "chưa có số của xã A") }, Vec::new());
    let view = one.replica.cell(&key(DRUG));
    assert_eq!((view.estimated, view.note.as_deref()), (true, Some("chưa có số của xã A")), "unsent");
    one.sync(&mut server, &office);
    two.sync(&mut server, &office);
    let view = two.replica.cell(&key(DRUG));
    assert_eq!((view.value, view.estimated, view.status), (Some(9), true, CellStatus::Sent));
    assert_eq!(view.note.as_deref(), Some("chưa có số của xã A"));
    // v0.1.0 sends neither: its figure has none.
    two.edit(&key(DRUG), 9);
    two.sync(&mut server, &office);
    assert_eq!(
        (head(&server).note, head(&server).estimated, head(&server).rev),
        (None, false, EPOCH_SIZE + 3)
    );
}

#[test]
fn another_note_or_mark_is_another_figure_and_a_blank_note_is_none() {
    for (first, second, is_same) in [
        (noted(9, "a"), noted(9, "a"), true),
        (noted(9, "a"), noted(9, "b"), false),
        (noted(9, " "), noted(9, ""), true),
        (estimated(9), estimated(9), true),
        (estimated(9), Head { value: Some(9), ..Head::default() }, false),
    ] {
        let (office, mut server, mut one, mut two) = two_that_saw(7);
        one.say(&key(DRUG), &first, Vec::new());
        two.say(&key(DRUG), &second, Vec::new());
        one.sync(&mut server, &office);
        two.sync(&mut server, &office);
        let branches = &server.cells()[&key(DRUG)].branches;
        assert_eq!(branches.is_empty(), is_same, "{first:?} {second:?}");
        if let Some(branch) = branches.first() {
            assert_eq!((&branch.note, branch.estimated), (&second.note, second.estimated));
        }
    }
}

#[test]
fn a_clear_that_a_server_does_not_know_stays_and_is_offered_again() {
    let (office, mut server, mut one, _) = two_that_saw(7);
    let id = one.clear(&key(DRUG));
    // The server's program is one of before, and says so of that op; the next start offers it to the later one.
    let sent = one.send();
    let deferred = chitieu_sync::message::OpResult { op_id: id, outcome: Outcome::Deferred };
    let changes = one.replica.on_results(&[deferred], 1, NOW);
    one.store(changes);
    assert_eq!(one.replica.cell(&key(DRUG)).status, CellStatus::PassedOver);
    assert_eq!((one.send().len(), one.replica.tally().waiting), (0, 1));
    one.edit(&key("crimes_economic"), 4);
    one.sync(&mut server, &office);
    let (turn, rows) = one.disk.read();
    let again = Replica::read(turn, rows, Uuid::nil());
    assert_eq!(again.outbox().filter(|w| w.op.op_id == id).count(), 1, "it is stored");
    let changes = one.replica.offer_passed_over();
    one.store(changes);
    let offered = one.send();
    assert_eq!(offered, sent, "the same op as before");
    one.sync(&mut server, &office);
    assert!(head(&server).cleared);
    assert_eq!(one.replica.tally(), Tally::default());
}

#[test]
fn stored_heads_without_the_new_fields_say_neither() {
    let text = r#"{"head":{"value":3,"rev":1,"op_id":"00000000-0000-0000-0000-000000000001","author":"lan","at":""},
        "branches":[{"conflict_id":"00000000-0000-0000-0000-000000000002","value":4,
        "op_id":"00000000-0000-0000-0000-000000000002","author":"hoa","at":""}]}"#;
    let cell: ServerCell = serde_json::from_str(text).expect("it reads");
    let head = cell.head.clone().expect("there is one");
    assert_eq!((head.cleared, head.estimated, head.note), (false, false, None));
    assert_eq!((cell.branches[0].cleared, cell.branches[0].estimated), (false, false));
    let again = serde_json::to_value(&cell).expect("it writes");
    assert_eq!(again, serde_json::from_str::<serde_json::Value>(text).expect("JSON"), "nothing is added");
}

/// What this release tells, to be read for ever.
#[test]
fn the_wire_shape_of_what_figures_say_is_frozen() {
    let push = include_str!("golden/push-details.json");
    let ops: Vec<Op> = serde_json::from_str(push).expect("it reads");
    assert!(
        matches!(&ops[0].body, OpBody::Figure { cleared: true, value: None, resolves, .. } if resolves.len() == 1)
    );
    assert!(matches!(ops[1].body, OpBody::Figure { cleared: false, estimated: true, .. }));
    let again = serde_json::to_value(&ops).expect("it writes");
    assert_eq!(again, serde_json::from_str::<serde_json::Value>(push).expect("JSON"));
    let page = include_str!("golden/pull-details.json");
    let read: PullResponse = serde_json::from_str(page).expect("it reads");
    let again = serde_json::to_value(&read).expect("it writes");
    assert_eq!(again, serde_json::from_str::<serde_json::Value>(page).expect("JSON"));
}
