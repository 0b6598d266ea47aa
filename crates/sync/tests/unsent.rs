//! What never left a device: it may be taken back, it waits until it is ripe, and numbers stay dense.

#[expect(dead_code, reason = "shared with the facts, which need more of it")]
mod support;

use chitieu_sync::Outcome;
use chitieu_sync::memory::Memory;
use chitieu_sync::replica::rows::RemoteWrite;
use chitieu_sync::replica::{CellKey, CellStatus, Replica};
use support::{Device, Office, key};
use uuid::Uuid;

fn take_back(device: &mut Device, of: &CellKey) -> bool {
    let changes = device.replica.take_back(of);
    changes.map(|changes| device.store(changes)).is_some()
}

fn numbers(replica: &Replica) -> Vec<u64> {
    replica.outbox().map(|w| w.op.device_seq).collect()
}

#[test]
fn an_unsent_figure_is_taken_back_and_numbers_stay_dense() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    for (element, value) in [("crimes_drug", 1), ("crimes_economic", 2), ("crimes_other", 3)] {
        device.edit(&key(element), value);
    }
    assert!(take_back(&mut device, &key("crimes_drug")));
    assert!(!device.replica.cell(&key("crimes_drug")).answered);
    assert_eq!((numbers(&device.replica), device.replica.next_seq()), (vec![1, 2], 3));
    let (store_version, rows) = device.disk.read();
    let again = Replica::read(store_version, rows, Uuid::nil());
    assert_eq!((numbers(&again), again.next_seq()), (vec![1, 2], 3), "the same after a start");
    device.sync(&mut server, &office);
    assert_eq!(server.ops().count(), 2);
    assert_eq!(support::value_of(&server, &key("crimes_other")), Some(3));
}

#[test]
fn figures_that_are_taken_back_together_leave_what_they_leave_one_by_one() {
    const CELLS: [&str; 5] =
        ["crimes_drug", "crimes_economic", "crimes_other", "crimes_corruption", "crimes_total"];
    for chosen in 0_u32..1 << CELLS.len() {
        let typed = || {
            let mut device = Device::new("lan", 1);
            device.edit(&key("crimes_environment"), 9);
            device.send();
            for (cell, value) in CELLS.into_iter().zip(1..) {
                device.edit(&key(cell), value);
            }
            device
        };
        let (mut device, mut one_by_one) = (typed(), typed());
        let keys: Vec<CellKey> = CELLS
            .iter()
            .zip(0..)
            .filter(|(_, nth)| chosen >> nth & 1 == 1)
            .map(|(cell, _)| key(cell))
            .collect();
        for of in &keys {
            assert!(take_back(&mut one_by_one, of));
        }
        // What has left stays.
        let sent = key("crimes_environment");
        let asked: Vec<&CellKey> = keys.iter().chain([&sent]).collect();
        let (changes, taken) = device.replica.take_back_all(&asked);
        assert_eq!(taken.iter().filter(|is_taken| **is_taken).count(), keys.len());
        assert_eq!(taken.last(), Some(&false));
        assert!(changes.len() <= CELLS.len() + 1, "a row is written once");
        device.store(changes);
        let all = |device: &Device| {
            let ops = device.replica.outbox().map(|w| (w.op.device_seq, w.op.cell(), w.op.body.clone()));
            (ops.collect::<Vec<_>>(), device.replica.next_seq())
        };
        assert_eq!(all(&device), all(&one_by_one));
    }
}

#[test]
fn what_was_taken_back_shows_the_servers_value_again() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("hoa", 2));
    one.edit(&key("crimes_drug"), 12);
    one.sync(&mut server, &office);
    two.pull(&server);
    two.edit(&key("crimes_drug"), 14);
    assert!(take_back(&mut two, &key("crimes_drug")));
    let view = two.replica.cell(&key("crimes_drug"));
    assert_eq!((view.value, view.status), (Some(12), CellStatus::Sent));
}

#[test]
fn what_may_have_left_is_not_taken_back() {
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 1);
    device.send();
    device.edit(&key("crimes_economic"), 2);
    assert!(!take_back(&mut device, &key("crimes_drug")));
    assert!(take_back(&mut device, &key("crimes_economic")));
    assert!(!take_back(&mut device, &key("crimes_other")), "there is nothing to take back");
}

#[test]
fn what_is_not_ripe_stays_and_so_does_all_behind_it() {
    let mut device = Device::new("lan", 1);
    let first = device.edit(&key("crimes_drug"), 1);
    let second = device.edit(&key("crimes_economic"), 2);
    device.edit(&key("crimes_other"), 3);
    let sent = |device: &Device, unripe| {
        device.replica.next_push(500, &|id| id != unripe).1.iter().map(|op| op.device_seq).collect::<Vec<_>>()
    };
    assert_eq!(sent(&device, second), [1]);
    assert_eq!(sent(&device, first), [0_u64; 0]);
    device.send();
    assert_eq!(sent(&device, first), [1, 2, 3], "what left once is sent again, however young");
}

#[test]
fn another_tab_hears_which_cell_was_taken_back() {
    let mut one = Device::new("lan", 1);
    one.edit(&key("crimes_drug"), 1);
    one.edit(&key("crimes_economic"), 2);
    let mut other = one.replica.clone();
    let changes = one.replica.take_back(&key("crimes_drug")).expect("it never left");
    let rows = one.replica.rows(&changes);
    one.store(changes);
    let heard = other.apply_remote_write(
        one.replica.store_version(),
        rows.iter().map(|(k, v)| (k.as_str(), v.as_deref())),
    );
    let RemoteWrite::Applied(cells, _) = heard else { panic!("{heard:?}") };
    assert!(cells.contains(&key("crimes_drug")) && cells.contains(&key("crimes_economic")));
    assert_eq!((numbers(&other), other.next_seq()), (vec![1], 2));
}

#[test]
fn a_choice_that_came_too_late_is_known_as_one() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("hoa", 2));
    one.edit(&key("crimes_drug"), 52);
    two.edit(&key("crimes_drug"), 54);
    for device in [&mut one, &mut two, &mut Device::new("lan", 3)] {
        device.sync(&mut server, &office);
    }
    one.sync(&mut server, &office);
    let conflict = one.replica.cell(&key("crimes_drug")).branches[0].conflict_id;
    // The head moves to an equal value while the choice is made.
    two.edit(&key("crimes_drug"), 52);
    two.sync(&mut server, &office);
    one.resolve(&key("crimes_drug"), 54, vec![conflict]);
    assert!(one.replica.late_choice(&key("crimes_drug")).is_none(), "it is not answered yet");
    one.sync(&mut server, &office);
    let late = one.replica.late_choice(&key("crimes_drug")).expect("the head had moved");
    assert!(matches!(late.outcome, Some(Outcome::Conflict { .. })));
    let view = one.replica.cell(&key("crimes_drug"));
    let all = view.branches.iter().map(|b| b.conflict_id).collect();
    one.resolve(&key("crimes_drug"), 54, all);
    one.sync(&mut server, &office);
    assert!(one.replica.late_choice(&key("crimes_drug")).is_none());
    assert_eq!(one.replica.cell(&key("crimes_drug")).status, CellStatus::Sent);
}
