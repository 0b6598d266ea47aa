//! What a person commands becomes ops that the server takes, or is refused for a reason that they can be told.

#[expect(dead_code, reason = "shared with the facts of the protocol, which need more of it")]
#[path = "../../sync/tests/support/mod.rs"]
mod support;

use chitieu_client::commands::{Author, Entry, Refused, Urgency};
use chitieu_client::figures::ShownFigures;
use chitieu_domain::Figures;
use chitieu_sync::memory::Memory;
use chitieu_sync::replica::{CellStatus, SubmissionKey};
use chitieu_sync::submission::Action;
use chitieu_sync::{Outcome, Rejection};
use std::sync::LazyLock;
use support::{Device, Office, PLAN, key, reporter};
use uuid::Uuid;

static OFFICE: LazyLock<Office> = LazyLock::new(Office::new);
static NONE: LazyLock<Figures> = LazyLock::new(Figures::default);

fn author() -> Author<'static> {
    Author {
        model: &OFFICE.model,
        plan: PLAN,
        username: "lan",
        grants: &OFFICE.grants,
        figures: &NONE,
        today: OFFICE.today,
        entered_at: "2026-11-22T08:00:00Z",
    }
}

/// A number for a cell as it is in view.
fn entry(device: &Device, element: &str, value: i64) -> Entry {
    Entry {
        key: key(element),
        seen: device.replica.cell(&key(element)).seen(),
        value: Some(value),
        reason: None,
        cleared: false,
        marks: None,
        resolves: Vec::new(),
    }
}

/// Keeps entries and says what became of each: true where it made an op.
fn save(device: &mut Device, entries: &[Entry], from: u128) -> Vec<Result<bool, Refused>> {
    let ids: Vec<Uuid> = (0..entries.len() as u128).map(|nth| Uuid::from_u128(from + nth)).collect();
    let (changes, results) = author().save_many(&device.replica, entries, &ids);
    device.store(changes);
    results.into_iter().map(|result| result.map(|step| step.is_some())).collect()
}

fn form() -> SubmissionKey {
    SubmissionKey { reporter: reporter(), period: key("").period, form: "crime".into() }
}

#[test]
fn many_figures_are_kept_at_once_with_a_result_each() {
    let mut server = Memory::new(1);
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 5);
    let entries = [
        entry(&device, "crimes_social_order", 1),
        entry(&device, "crimes_drug", 5),
        entry(&device, "crimes_economic", -1),
        entry(&device, "no_such_element", 1),
        entry(&device, "crimes_other", 2),
    ];
    let refused = |why| Err(Refused::NotAdmitted(why));
    assert_eq!(
        save(&mut device, &entries, 100),
        [Ok(true), Ok(false), refused(Rejection::OutOfRange), refused(Rejection::UnknownElement), Ok(true)]
    );
    let seqs: Vec<u64> = device.replica.outbox().map(|w| w.op.device_seq).collect();
    assert_eq!(seqs, [1, 2, 3], "numbers are dense");
    device.sync(&mut server, &OFFICE);
    let applied = server.ops().filter(|stored| matches!(stored.outcome, Outcome::Applied { .. }));
    assert_eq!(applied.count(), 3);
}

#[test]
fn what_became_another_value_unseen_is_not_overwritten() {
    let mut device = Device::new("lan", 1);
    let typed = entry(&device, "crimes_drug", 7);
    // Another tab.
    device.edit(&key("crimes_drug"), 9);
    assert_eq!(save(&mut device, &[typed], 100), [Err(Refused::Became(Some(9)))]);
    assert_eq!(device.replica.cell(&key("crimes_drug")).value, Some(9));
    let seen = entry(&device, "crimes_drug", 7);
    assert_eq!(save(&mut device, &[seen], 101), [Ok(true)]);
}

#[test]
fn figures_go_into_no_form_that_is_submitted_and_a_submit_covers_what_is_in_view() {
    let mut server = Memory::new(1);
    let mut device = Device::new("lan", 1);
    let step = |device: &Device, figures, id| {
        let author = Author { figures, ..author() };
        author.step(&device.replica, Uuid::from_u128(id), &form(), Action::Submit, None)
    };
    assert_eq!(step(&device, &NONE, 49).map(drop), Err(Rejection::Incomplete));
    let cells = form().cells(&OFFICE.model);
    for cell in &cells {
        device.edit(cell, 0);
    }
    let mut shown = ShownFigures::default();
    shown.refresh(&device.replica, &OFFICE.model, &cells);
    let step = step(&device, shown.figures(), 50);
    let (change, urgency) = step.expect("it is admitted");
    assert_eq!(urgency, Urgency::WithAll);
    device.store(vec![change]);
    let late = entry(&device, "crimes_other", 1);
    assert_eq!(save(&mut device, &[late], 100), [Err(Refused::NotAdmitted(Rejection::Locked))]);
    device.sync(&mut server, &OFFICE);
    assert_eq!(device.replica.cell(&key("crimes_drug")).status, CellStatus::Sent);
    assert!(server.ops().all(|stored| matches!(stored.outcome, Outcome::Applied { .. })));
    let again = author().step(&device.replica, Uuid::from_u128(51), &form(), Action::Approve, None);
    assert_eq!(again.map(|(_, urgency)| urgency), Err(Rejection::NoRight));
}
