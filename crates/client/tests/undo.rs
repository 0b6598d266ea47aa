//! Undoing what a person did to a cell, before and after it left the device.

#[expect(dead_code, reason = "shared with the facts of the protocol, which need more of it")]
#[path = "../../sync/tests/support/mod.rs"]
mod support;

use chitieu_client::history::{Answer, Back, Step};
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

#[test]
fn the_first_figure_of_a_cell_that_has_left_is_undone_by_clearing_it() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    let typed = step(&mut device, |device| device.edit(&key(DRUG), 7));
    assert!(matches!(typed.back(&device.replica), Back::TakeBack(_)), "it never left");
    device.sync(&mut server, &office);
    let Back::Save(before, _) = typed.back(&device.replica) else { panic!("it has left") };
    assert!(!before.answered);
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
    let Back::Save(before, _) = cleared.back(&device.replica) else { panic!("it has left") };
    assert_eq!((before.value, before.estimated, before.note.as_deref()), (Some(7), true, Some("thiếu")));
}

#[test]
fn a_note_alone_is_an_action_and_another_ones_note_is_left_alone() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("hoa", 2));
    one.edit(&key(DRUG), 7);
    one.sync(&mut server, &office);
    let noted = |note: &str| Head { value: Some(7), note: Some(note.into()), ..Head::default() };
    let step = step(&mut one, |device| device.say(&key(DRUG), &noted("a"), Vec::new()));
    assert!(!step.is_text_alone());
    one.sync(&mut server, &office);
    assert!(matches!(step.back(&one.replica), Back::Save(..)));
    two.sync(&mut server, &office);
    two.say(&key(DRUG), &noted("b"), Vec::new());
    two.sync(&mut server, &office);
    one.sync(&mut server, &office);
    assert!(matches!(step.back(&one.replica), Back::Moved(Some(7))));
}
