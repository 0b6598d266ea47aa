//! Undoing what a person did to a cell, before and after it left the device.

#[expect(dead_code, reason = "shared with the facts of the protocol, which need more of it")]
#[path = "../../sync/tests/support/mod.rs"]
mod support;

use chitieu_client::commands::Entry;
use chitieu_client::history::{Answer, Step};
use chitieu_client::retrace::{Undo, take_back};
use chitieu_sync::memory::Memory;
use chitieu_sync::outcome::Head;
use support::{Device, Office, key};
use uuid::Uuid;

const DRUG: &str = "crimes_drug";

fn answer(device: &Device) -> Answer {
    (&device.replica.cell(&key(DRUG))).into()
}

/// The step that an act is.
fn step(device: &mut Device, act: impl FnOnce(&mut Device) -> Uuid) -> Step {
    let before = answer(device);
    act(device);
    Step { key: key(DRUG), before, after: answer(device) }
}

/// What is given to the cell to take a step back.
fn given_back(step: &Step, device: &Device) -> Entry {
    step.given(Undo::Back, &device.replica).expect("the cell says what it said").expect("it was changed")
}

/// Takes back what of an action never left; says of which steps that was.
fn retrace(device: &mut Device, steps: &[Step], which: Undo) -> Vec<bool> {
    let (changes, taken) = take_back(steps, which, &device.replica);
    device.store(changes);
    taken
}

#[test]
fn the_first_figure_of_a_cell_that_has_left_is_undone_by_clearing_it() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    let typed = step(&mut device, |device| device.edit(&key(DRUG), 7));
    device.sync(&mut server, &office);
    assert_eq!(retrace(&mut device, std::slice::from_ref(&typed), Undo::Back), [false], "it has left");
    assert!(given_back(&typed, &device).cleared);
}

#[test]
fn what_was_cleared_comes_back_with_its_note_and_mark() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    let noted = Head { value: Some(7), estimated: true, note: Some("thiếu".into()), ..Head::default() };
    device.say(&key(DRUG), &noted, Vec::new());
    device.sync(&mut server, &office);
    let cleared = step(&mut device, |device| device.clear(&key(DRUG)));
    device.sync(&mut server, &office);
    let before = given_back(&cleared, &device);
    assert_eq!((before.value, before.marks), (Some(7), Some((Some("thiếu".into()), true))));
}

#[test]
fn a_note_alone_is_an_action_and_another_ones_note_is_left_alone() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("hoa", 2));
    one.edit(&key(DRUG), 7);
    one.sync(&mut server, &office);
    let noted = |note: &str| Head { value: Some(7), note: Some(note.into()), ..Head::default() };
    let step = step(&mut one, |device| device.say(&key(DRUG), &noted("a"), Vec::new()));
    one.sync(&mut server, &office);
    assert_eq!(given_back(&step, &one).marks, Some((None, false)));
    two.sync(&mut server, &office);
    two.say(&key(DRUG), &noted("b"), Vec::new());
    two.sync(&mut server, &office);
    one.sync(&mut server, &office);
    assert_eq!(step.given(Undo::Back, &one.replica).expect_err("another one's note is there"), Some(7));
    assert_eq!(retrace(&mut one, &[step], Undo::Back), [false]);
}

#[test]
fn a_pasted_block_that_never_left_is_taken_back_in_one_write_and_made_again() {
    const CELLS: [&str; 3] = [DRUG, "crimes_economic", "crimes_other"];
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_total"), 9);
    let (none, figure) = (answer(&device), |device: &mut Device, cell: &str, value| {
        device.edit(&key(cell), value);
        Answer::from(&device.replica.cell(&key(cell)))
    });
    let block: Vec<Step> = CELLS
        .iter()
        .zip(1..)
        .map(|(cell, value)| {
            let after = figure(&mut device, cell, value);
            Step { key: key(cell), before: none.clone(), after }
        })
        .collect();
    let behind = figure(&mut device, "crimes_corruption", 4);
    let writes = device.replica.store_version();
    assert_eq!(retrace(&mut device, &block, Undo::Back), [true; 3]);
    assert_eq!(device.replica.store_version(), writes + 1, "one write");
    for step in &block {
        assert_eq!(Answer::from(&device.replica.cell(&step.key)), none);
    }
    assert_eq!(device.replica.outbox().map(|w| w.op.device_seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(Answer::from(&device.replica.cell(&key("crimes_corruption"))), behind);
    // There is nothing unsent to take back on the way there: the figures are given anew.
    assert_eq!(retrace(&mut device, &block, Undo::Again), [false; 3]);
    let again: Vec<Option<i64>> = block
        .iter()
        .map(|step| step.given(Undo::Again, &device.replica).expect("it is empty").expect("a figure").value)
        .collect();
    assert_eq!(again, [Some(1), Some(2), Some(3)]);
}

#[test]
fn of_a_block_that_has_left_in_part_the_rest_is_taken_back() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    let sent = step(&mut device, |device| device.edit(&key(DRUG), 1));
    device.sync(&mut server, &office);
    let none = Answer::from(&device.replica.cell(&key("crimes_other")));
    device.edit(&key("crimes_other"), 2);
    let after = Answer::from(&device.replica.cell(&key("crimes_other")));
    let kept = Step { key: key("crimes_other"), before: none, after };
    assert_eq!(retrace(&mut device, &[sent.clone(), kept], Undo::Back), [false, true]);
    assert!(given_back(&sent, &device).cleared);
    assert!(!device.replica.cell(&key("crimes_other")).answered);
}

#[test]
fn a_text_that_did_not_read_is_nothing_to_give_back() {
    let device = Device::new("lan", 1);
    let now = answer(&device);
    let text = Step { key: key(DRUG), before: now.clone(), after: now };
    for which in [Undo::Back, Undo::Again] {
        assert!(text.given(which, &device.replica).expect("it is as it was").is_none());
        assert_eq!(take_back(std::slice::from_ref(&text), which, &device.replica), (Vec::new(), vec![false]));
    }
}

#[test]
fn what_is_undone_over_a_figure_that_has_left_is_what_was_there_before_and_not_that_figure() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    let first = step(&mut device, |device| device.edit(&key(DRUG), 7));
    let second = step(&mut device, |device| device.edit(&key(DRUG), 8));
    device.sync(&mut server, &office);
    // The second is undone: 7 is unsent, over the 8 that has left.
    assert_eq!(given_back(&second, &device).value, Some(7));
    device.edit(&key(DRUG), 7);
    assert_eq!(retrace(&mut device, std::slice::from_ref(&first), Undo::Back), [false]);
    assert!(given_back(&first, &device).cleared, "the cell was empty before");
    // And where 8 is what there is to be, the 7 over it is taken back.
    assert_eq!(retrace(&mut device, &[second], Undo::Again), [true]);
    assert_eq!(device.replica.cell(&key(DRUG)).value, Some(8));
}

#[test]
fn an_undo_leaves_what_somebody_else_has_given_a_cell_since() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("hoa", 2));
    one.edit(&key(DRUG), 7);
    one.sync(&mut server, &office);
    two.sync(&mut server, &office);
    let typed = step(&mut one, |device| device.edit(&key(DRUG), 8));
    two.edit(&key(DRUG), 9);
    two.sync(&mut server, &office);
    one.pull(&server);
    assert_eq!(retrace(&mut one, &[typed], Undo::Back), [true]);
    assert_eq!(one.replica.cell(&key(DRUG)).value, Some(9));
}
