//! What somebody with a script makes large, judged and kept within bounds.

#[expect(dead_code, reason = "shared with the facts, which need more of it")]
mod support;

use chitieu_sync::judge::{MOST_BRANCHES, MOST_STEPS};
use chitieu_sync::ledger::Push;
use chitieu_sync::memory::Memory;
use chitieu_sync::replica::{CellKey, CellStatus};
use chitieu_sync::{Base, Op, OpBody, Outcome, Rejection};
use support::{Device, Office, key};
use uuid::Uuid;

/// An op of a device, by its number; every device is Lan's but the last.
fn op(device: u128, seq: u64, of: &CellKey, value: i64, base: Base) -> Op {
    Op {
        op_id: Uuid::from_u128(device << 64 | u128::from(seq)),
        device_id: Uuid::from_u128(device),
        device_seq: seq,
        author: if device == 9 { "hoa" } else { "lan" }.into(),
        stream: of.reporter.clone().into(),
        base,
        plan: support::PLAN.into(),
        entered_at: "2026-11-22T08:00:00Z".into(),
        reason: None,
        note: None,
        body: OpBody::Figure {
            period: of.period,
            element: of.element.clone(),
            value: Some(value),
            estimated: false,
            cleared: false,
            resolves: Vec::new(),
        },
    }
}

fn take(office: &Office, server: &mut Memory, op: Op) -> Outcome {
    office.take(server, &[op]).remove(0).outcome
}

/// Ops that are all rejected, each based on the one before.
fn chain(of: &CellKey, length: u64) -> Vec<Op> {
    let base = |seq: u64| match seq {
        1 => Base::Rev(0),
        _ => Base::Op(Uuid::from_u128(1 << 64 | u128::from(seq - 1))),
    };
    (1..=length).map(|seq| op(1, seq, of, -1, base(seq))).collect()
}

#[test]
fn a_rejected_op_keeps_what_its_base_stands_for() {
    let (office, mut server, of) = (Office::new(), Memory::new(1), key("crimes_drug"));
    let ops = chain(&of, 300);
    for op in &ops {
        assert_eq!(take(&office, &mut server, op.clone()), Outcome::Rejected { code: Rejection::OutOfRange });
    }
    assert!(server.ops().all(|stored| stored.stands_for == Some(Base::Rev(0))));
    let last = op(1, 301, &of, 5, Base::Op(ops[299].op_id));
    assert!(matches!(take(&office, &mut server, last), Outcome::Applied { .. }));
}

/// No device sends its numbers backwards; of whoever does, nothing is lost either.
#[test]
fn a_chain_that_comes_backwards_is_followed_for_some_steps_and_its_end_stands_beside() {
    let (office, mut server, of) = (Office::new(), Memory::new(1), key("crimes_drug"));
    let mut ops = chain(&of, MOST_STEPS as u64 * 3);
    ops.reverse();
    let last = op(1, 500, &of, 5, Base::Op(ops[0].op_id));
    for op in ops {
        take(&office, &mut server, op);
    }
    let outcome = take(&office, &mut server, last);
    assert!(matches!(outcome, Outcome::Conflict { .. }), "{outcome:?}");
    assert_eq!(server.cells()[&of].branches[0].value, Some(5));
}

#[test]
fn a_base_is_of_the_same_cell_and_author() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (of, other) = (key("crimes_drug"), key("crimes_other"));
    let (first, second) = (op(1, 1, &of, 1, Base::Rev(0)), op(1, 2, &other, 2, Base::Rev(0)));
    assert!(matches!(take(&office, &mut server, first.clone()), Outcome::Applied { .. }));
    assert!(matches!(take(&office, &mut server, second.clone()), Outcome::Applied { .. }));
    assert_eq!(server.cells()[&of].rev(), server.cells()[&other].rev(), "only the cell tells them apart");
    let of_another_cell = op(1, 3, &of, 3, Base::Op(second.op_id));
    assert!(matches!(take(&office, &mut server, of_another_cell), Outcome::Conflict { .. }));
    let of_another_person = op(9, 1, &of, 4, Base::Op(first.op_id));
    assert!(matches!(take(&office, &mut server, of_another_person), Outcome::Conflict { .. }));
    let of_another_device = op(2, 1, &of, 5, Base::Op(first.op_id));
    assert!(matches!(take(&office, &mut server, of_another_device), Outcome::Applied { .. }));
}

#[test]
fn beyond_the_budget_what_would_be_rejected_is_deferred_and_comes_again() {
    let (office, mut server, of) = (Office::new(), Memory::new(1), key("crimes_drug"));
    let push = Push { refusals: 1, ..office.push(1) };
    let ops = [
        op(1, 1, &of, -1, Base::Rev(0)),
        op(1, 2, &of, -2, Base::Rev(0)),
        op(1, 3, &of, 3, Base::Op(Uuid::from_u128(77))),
        op(1, 4, &of, 4, Base::Rev(0)),
    ];
    let results = server.push(&push, &ops).expect("nobody copied a device");
    let outcomes: Vec<Outcome> = results.into_iter().map(|r| r.outcome).collect();
    assert!(
        matches!(outcomes[0], Outcome::Rejected { .. }) && matches!(outcomes[3], Outcome::Applied { .. })
    );
    assert_eq!(outcomes[1..3], [Outcome::Deferred, Outcome::Deferred]);
    assert_eq!(server.ops().count(), 2);
    let again = office.take(&mut server, &ops);
    assert!(matches!(again[1].outcome, Outcome::Rejected { .. }), "its number is still free");
    assert_eq!(again[2].outcome, Outcome::Held);
}

#[test]
fn an_own_value_that_is_not_told_any_more_is_not_taken_for_settled() {
    let (office, mut server, of) = (Office::new(), Memory::new(1), key("crimes_drug"));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("lan", 2));
    one.edit(&of, 1);
    one.sync(&mut server, &office);
    two.edit(&of, 2);
    two.sync(&mut server, &office);
    assert_eq!(two.replica.cell(&of).status, CellStatus::Contested);
    for seq in 1..=MOST_BRANCHES as u64 {
        take(&office, &mut server, op(3, seq, &of, 100 + seq as i64, Base::Rev(0)));
    }
    // Another value gets in force, and settles what it sees.
    one.sync(&mut server, &office);
    let seen = one.replica.server_cell(&of).expect("a cell").clone();
    assert_eq!((seen.branches.len(), seen.more), (MOST_BRANCHES, 1));
    let settled: Vec<Uuid> = seen.branches.iter().skip(1).map(|b| b.conflict_id).collect();
    one.resolve(&of, 3, settled.clone());
    one.sync(&mut server, &office);
    for seq in 1..=MOST_BRANCHES as u64 {
        take(&office, &mut server, op(4, seq, &of, 200 + seq as i64, Base::Rev(0)));
    }
    two.sync(&mut server, &office);
    let cell = two.replica.server_cell(&of).expect("a cell");
    assert!(cell.branches.iter().all(|b| b.value != Some(2)) && cell.more == 2, "{cell:?}");
    assert_eq!(two.replica.cell(&of).status, CellStatus::Contested);
    assert!(two.replica.outbox().any(|w| matches!(w.op.body, OpBody::Figure { value: Some(2), .. })));
}
