//! What a server's program cannot take stays on its device, is shown, stands in nothing's way and is offered again.

#[expect(dead_code, reason = "shared with the facts, which need more of it")]
mod support;

use chitieu_sync::memory::Memory;
use chitieu_sync::message::OpResult;
use chitieu_sync::outcome::Rejection;
use chitieu_sync::replica::{CellStatus, Replica};
use chitieu_sync::{Op, Outcome};
use support::{Device, NOW, Office, key, value_of};
use uuid::Uuid;

fn answer(device: &mut Device, op: &Op, outcome: Outcome) {
    let changes = device.replica.on_results(&[OpResult { op_id: op.op_id, outcome }], 1, NOW);
    device.store(changes);
}

fn ids(ops: &[Op]) -> Vec<Uuid> {
    ops.iter().map(|op| op.op_id).collect()
}

#[test]
fn a_deferred_op_is_not_offered_again_before_another_start_and_what_is_behind_it_goes() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    let first = device.edit(&key("crimes_drug"), 4);
    let deferred = device.send().remove(0);
    answer(&mut device, &deferred, Outcome::Deferred);
    device.edit(&key("crimes_economic"), 6);
    device.sync(&mut server, &office);
    assert_eq!(value_of(&server, &key("crimes_economic")), Some(6));
    assert_eq!(device.send(), [], "nothing is left to send");
    let view = device.replica.cell(&key("crimes_drug"));
    assert_eq!((view.value, view.status), (Some(4), CellStatus::PassedOver));
    assert_eq!((device.replica.tally().waiting, device.replica.tally().rejected), (1, 0));

    let (turn, rows) = device.disk.read();
    let started = Replica::read(turn, rows, Uuid::nil());
    let again = started.offer_passed_over();
    device.store(again);
    assert_eq!(ids(&device.send()), [first]);
    device.sync(&mut server, &office);
    assert_eq!(value_of(&server, &key("crimes_drug")), Some(4));
    assert_eq!(device.replica.tally().waiting, 0);
}

#[test]
fn ops_based_on_a_deferred_one_are_held_and_stand_in_the_way_of_none() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 1);
    let deferred = device.send().remove(0);
    answer(&mut device, &deferred, Outcome::Deferred);
    for value in 2..6 {
        device.edit(&key("crimes_drug"), value);
        let ops = device.send();
        let results = office.take(&mut server, &ops);
        assert!(results.iter().all(|r| r.outcome == Outcome::Held), "{results:?}");
        let changes = device.replica.on_results(&results, 1, NOW);
        assert!(device.replica.says_new(&changes));
        device.store(changes);
    }
    let other = device.edit(&key("crimes_economic"), 6);
    let (_, ops) = device.replica.next_push(1, &|_| true);
    assert_eq!(ids(&ops), [other], "with room for one op, it is the one that was not answered");
    device.sync(&mut server, &office);
    let held = device.send();
    assert_eq!(held.len(), 4, "they are asked about");
    let results = office.take(&mut server, &held);
    assert!(
        !device.replica.says_new(&device.replica.on_results(&results, 1, NOW)),
        "nothing is new: no loop"
    );
    let again = device.replica.offer_passed_over();
    device.store(again);
    device.sync(&mut server, &office);
    device.pull(&server);
    assert_eq!(value_of(&server, &key("crimes_drug")), Some(5));
    assert_eq!(device.replica.tally().waiting, 0);
}

#[test]
fn a_refused_op_is_shown_with_its_reason_and_the_next_figure_of_its_cell_is_not_based_on_it() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    let refused = device.edit(&key("crimes_drug"), 4);
    device.send();
    let changes = device.replica.pass_over(refused, "400 does not read");
    device.store(changes);
    assert_eq!(device.send(), []);
    let shown: Vec<_> = device.replica.outbox().map(|w| w.refused.clone()).collect();
    assert_eq!(shown, [Some("400 does not read".to_owned())]);
    assert_eq!(device.replica.cell(&key("crimes_drug")).status, CellStatus::PassedOver);
    assert_eq!((device.replica.tally().waiting, device.replica.tally().rejected), (1, 1));
    assert_eq!(device.replica.dismiss(refused), [], "it is on no server: nobody dismisses it");
    device.edit(&key("crimes_drug"), 5);
    device.sync(&mut server, &office);
    assert_eq!(value_of(&server, &key("crimes_drug")), Some(5));
}

#[test]
fn a_malformed_op_is_told_as_rejected_and_an_older_program_reads_the_code() {
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 4);
    let op = device.send().remove(0);
    let told = format!(r#"{{"op_id":"{}","status":"rejected","code":"malformed"}}"#, op.op_id);
    let result: OpResult = serde_json::from_str(&told).expect("it reads");
    answer(&mut device, &op, result.outcome);
    assert_eq!(device.replica.cell(&key("crimes_drug")).status, CellStatus::Rejected(Rejection::Malformed));
    assert_eq!(device.replica.tally().waiting, 0);
}
