//! Time is the server's: what a device's clock shows decides nothing.

#[expect(dead_code, reason = "shared with the facts, which need more of it")]
mod support;

use chitieu_sync::ledger::Push;
use chitieu_sync::memory::Memory;
use chitieu_sync::message::PullRequest;
use chitieu_sync::replica::rows::Row;
use chitieu_sync::replica::{CellStatus, Change, Replica};
use support::{Device, NOW, Office, key, reporter};
use uuid::Uuid;

/// The last day on which what was answered at [`NOW`] is kept, and the first on which it is not.
const LAST: &str = "2027-05-21T23:59:59+07:00";
const AFTER: &str = "2027-05-22T00:00:00+07:00";

#[test]
fn sent_ops_are_kept_for_180_days_after_the_answer_whatever_the_device_s_clock_shows() {
    for entered_at in ["1970-01-01T00:00:00.000Z", "2026-11-22T08:00:00.000Z", "2099-12-31T23:59:59.000Z"] {
        let (office, mut server) = (Office::new(), Memory::new(1));
        let mut device = Device::new("lan", 1);
        device.entered_at = entered_at.into();
        device.edit(&key("crimes_drug"), 4);
        device.sync(&mut server, &office);
        assert_eq!(device.replica.sent_ids().count(), 1);
        for now in ["", "no time", NOW, "2020-01-01T00:00:00Z", LAST] {
            assert_eq!(
                device.replica.forget_sent(now),
                [],
                "{entered_at}: nothing is forgotten early: {now}"
            );
        }
        let old = device.replica.forget_sent(AFTER);
        assert_eq!(old.len(), 1, "{entered_at}: nothing is kept for ever");
        device.store(old);
        assert_eq!(device.replica.sent_ids().count(), 0);
        assert_eq!(device.replica.cell(&key("crimes_drug")).status, CellStatus::Sent, "the server has it");
    }
}

#[test]
fn what_an_older_program_kept_counts_from_the_first_time_that_the_server_tells() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    device.entered_at = "1970-01-01T00:00:00.000Z".into();
    device.edit(&key("crimes_drug"), 4);
    device.sync(&mut server, &office);
    // As v0.1.0 wrote it: without the time of the answer.
    let (store_version, rows) = device.disk.read();
    let kept = rows.filter(|(key, _)| key.starts_with("a|"));
    let without = |(key, value): (&str, &str)| -> Row {
        let old = value.replace(&format!(",\"at\":\"{NOW}\"}}"), "}");
        assert_ne!(old, value, "the time is there");
        (key.to_owned(), Some(old))
    };
    let rows: Vec<Row> = kept.map(without).collect();
    assert_eq!(rows.len(), 1);
    device.disk.put(rows);
    let (_, rows) = device.disk.read();
    device.replica = Replica::read(store_version, rows, Uuid::nil());
    let first = device.replica.forget_sent(NOW);
    assert!(matches!(&first[..], [Change::Kept(kept)] if kept.at == NOW), "{first:?}");
    device.store(first);
    assert_eq!(device.replica.sent_ids().count(), 1);
    assert_eq!(device.replica.forget_sent(LAST), []);
    assert_eq!(device.replica.forget_sent(AFTER).len(), 1);
}

#[test]
fn a_time_that_is_written_anew_touches_nothing_in_the_outbox_of_any_tab() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 4);
    device.sync(&mut server, &office);
    // The device was renamed: its numbers begin again, and number 1 is another op's.
    let changes = device.replica.rename(Uuid::from_u128(77));
    device.store(changes);
    device.edit(&key("crimes_economic"), 6);
    let mut other = {
        let (store_version, rows) = device.disk.read();
        Replica::read(store_version, rows, Uuid::nil())
    };
    let kept = device.replica.sent_ids().next().expect("one was sent");
    let sent = Change::Kept(Box::new(chitieu_sync::replica::Waiting {
        at: AFTER.into(),
        ..device.replica.sent_op(kept).expect("it is kept").clone()
    }));
    let rows = device.replica.rows(std::slice::from_ref(&sent));
    device.store(vec![sent]);
    let store_version = device.replica.store_version();
    let rows = rows.iter().map(|(key, value)| (key.as_str(), value.as_deref()));
    other.apply_remote_write(store_version, rows);
    for replica in [&device.replica, &other] {
        assert_eq!(replica.cell(&key("crimes_economic")).status, CellStatus::Saved);
        assert_eq!(replica.sent_op(kept).map(|w| w.at.as_str()), Some(AFTER));
    }
}

#[test]
fn others_are_told_the_time_at_which_the_server_took_a_value() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("hoa", 2));
    one.entered_at = "1970-01-01T00:00:00.000Z".into();
    one.edit(&key("crimes_drug"), 4);
    two.entered_at = "2099-12-31T23:59:59.000Z".into();
    two.edit(&key("crimes_drug"), 5);
    one.sync(&mut server, &office);
    let later = "2026-11-22T16:00:00+07:00";
    let push = Push { at: later, ..office.push(1) };
    server.push(&push, &two.send()).expect("nobody copied a device");
    server.set_time(later);
    let page = server.pull(&[reporter().into()], &PullRequest::default()).expect("a page");
    assert_eq!(page.at, later);
    two.pull(&server);
    let cell = two.replica.server_cell(&key("crimes_drug")).expect("the cell");
    assert_eq!(cell.head.as_ref().map(|h| h.at.as_str()), Some(NOW));
    assert_eq!(cell.branches[0].at, later);
    let op = server.ops().find(|stored| stored.op.author == "hoa").expect("its op");
    assert_eq!(op.op.entered_at, "2099-12-31T23:59:59.000Z", "the op is as it came");
}
