//! What the protocol promises, each as a fact about two devices and a server.

mod support;

use chitieu_domain::ReporterId;
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::ledger::MergeError;
use chitieu_sync::memory::Memory;
use chitieu_sync::message::{OpResult, Problem, PullRequest, PullResponse, PushRequest, PushResponse};
use chitieu_sync::outbox_file::{FileError, OutboxFile};
use chitieu_sync::replica::rows::{MemoryStore, RemoteWrite, Row};
use chitieu_sync::replica::{CellStatus, Change, Replica};
use chitieu_sync::rights::{Reach, Right, Thing};
use chitieu_sync::{OpBody, Outcome, Rejection};
use support::{Device, Office, key, model, rev_of, value_of};

#[test]
fn a_second_device_sees_what_the_first_sent() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("lan", 2));
    one.edit(&key("crimes_recorded_total"), 7);
    one.sync(&mut server, &office);
    two.sync(&mut server, &office);
    let view = two.replica.cell(&key("crimes_recorded_total"));
    assert_eq!((view.value, view.status), (Some(7), CellStatus::Sent));
}

#[test]
fn edits_before_sending_become_one_op_with_the_older_base() {
    let mut device = Device::new("lan", 1);
    for value in [1, 12, 123] {
        device.edit(&key("crimes_drug"), value);
    }
    let ops = device.send();
    assert_eq!(ops.len(), 1);
    assert_eq!(rev_of(&ops[0].base), Some(0));
    assert!(matches!(ops[0].body, OpBody::Figure { value: Some(123), .. }));
}

#[test]
fn a_frozen_op_never_changes() {
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 1);
    let sent = device.send();
    device.edit(&key("crimes_drug"), 2);
    let again = device.send();
    assert_eq!(again[0], sent[0]);
    assert_eq!(again[1].based_on(), Some(sent[0].op_id));
}

#[test]
fn a_lost_reply_is_answered_again_alike() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 4);
    let sent = device.send();
    let first = office.take(&mut server, &sent);
    device.edit(&key("crimes_drug"), 5);
    device.sync(&mut server, &office);
    assert_eq!(office.take(&mut server, &sent), first);
    assert_eq!(value_of(&server, &key("crimes_drug")), Some(5));
    assert_eq!(server.ops().count(), 2);
}

#[test]
fn two_offline_edits_of_one_cell_keep_both_values() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("hoa", 2));
    one.edit(&key("crimes_drug"), 12);
    two.edit(&key("crimes_drug"), 14);
    one.sync(&mut server, &office);
    two.sync(&mut server, &office);
    one.sync(&mut server, &office);
    for device in [&one, &two] {
        let view = device.replica.cell(&key("crimes_drug"));
        assert_eq!(view.status, CellStatus::Contested);
        assert_eq!(view.value, Some(12), "the head stands");
        assert_eq!(view.branches[0].value, Some(14), "the other value is there");
    }
    let conflict = two.replica.cell(&key("crimes_drug")).branches[0].conflict_id;
    two.resolve(&key("crimes_drug"), 14, vec![conflict]);
    two.sync(&mut server, &office);
    one.sync(&mut server, &office);
    for device in [&one, &two] {
        let view = device.replica.cell(&key("crimes_drug"));
        assert_eq!((view.value, view.status), (Some(14), CellStatus::Sent));
        assert_eq!(device.replica.tally(), chitieu_sync::replica::Tally::default());
    }
}

#[test]
fn equal_values_are_no_conflict() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("hoa", 2));
    one.edit(&key("crimes_drug"), 3);
    two.edit(&key("crimes_drug"), 3);
    one.sync(&mut server, &office);
    two.sync(&mut server, &office);
    let same = server.ops().filter(|stored| matches!(stored.outcome, Outcome::SameValue { .. }));
    assert_eq!(same.count(), 1);
    assert_eq!(two.replica.cell(&key("crimes_drug")).status, CellStatus::Sent);
}

#[test]
fn two_who_clear_the_same_cell_agree() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("hoa", 2));
    one.edit(&key("crimes_drug"), 3);
    one.sync(&mut server, &office);
    two.sync(&mut server, &office);
    one.clear(&key("crimes_drug"));
    two.clear(&key("crimes_drug"));
    one.sync(&mut server, &office);
    two.sync(&mut server, &office);
    let same = server.ops().filter(|stored| matches!(stored.outcome, Outcome::SameValue { .. }));
    assert_eq!(same.count(), 1);
    assert!(server.cells()[&key("crimes_drug")].branches.is_empty());
    assert_eq!(two.replica.tally(), chitieu_sync::replica::Tally::default());
}

#[test]
fn an_op_that_overtook_its_base_is_held_and_then_judged() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 1);
    let first = device.send();
    device.edit(&key("crimes_drug"), 2);
    let second = &device.send()[1..];
    assert_eq!(office.take(&mut server, second)[0].outcome, Outcome::Held);
    office.take(&mut server, &first);
    assert_eq!(value_of(&server, &key("crimes_drug")), Some(2));
}

#[test]
fn a_pull_never_overwrites_what_is_unsent() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("hoa", 2));
    two.edit(&key("crimes_drug"), 9);
    one.edit(&key("crimes_drug"), 4);
    one.sync(&mut server, &office);
    two.pull(&server);
    let view = two.replica.cell(&key("crimes_drug"));
    assert_eq!((view.value, view.status, view.changed_since), (Some(9), CellStatus::Saved, true));
    two.edit(&key("crimes_drug"), 10);
    two.sync(&mut server, &office);
    assert_eq!(value_of(&server, &key("crimes_drug")), Some(10), "the new head was in view");
}

#[test]
fn a_figure_that_is_not_admitted_stays_on_the_device() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    let mut future = key("crimes_drug");
    future.period = chitieu_domain::PeriodId::Month(2027, 5);
    device.edit(&future, 6);
    device.edit(&key("crimes_drug"), 3);
    device.sync(&mut server, &office);
    let view = device.replica.cell(&future);
    assert_eq!((view.value, view.status), (Some(6), CellStatus::Rejected(Rejection::NotOpen)));
    assert_eq!(value_of(&server, &key("crimes_drug")), Some(3), "nothing blocks the queue");
}

#[test]
fn what_was_stored_is_taken_up_again() {
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 8);
    let (store_version, rows) = device.disk.read();
    let again = Replica::read(store_version, rows, uuid::Uuid::nil());
    assert_eq!(again.device_id(), device.replica.device_id());
    assert_eq!(again.cell(&key("crimes_drug")).value, Some(8));
    assert_eq!(again.next_seq(), 2);
}

#[test]
fn only_an_officer_of_the_reporter_may_write() {
    let reporter = support::reporter();
    let (model, today) = (model(), Office::new().today);
    let form = model.form_of(model.element_ix("crimes_drug").expect("one"));
    let may = |grants: &Grants, reporter: &ReporterId| {
        let reporter = model.reporter_ix(reporter).expect("a reporter");
        grants.allows(Right::Enter, Thing::Form(reporter, form), &model, today)
    };
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Officer) {
        assert!(!may(&Grants::plain(role, vec![reporter.clone()]), &reporter), "{role:?}");
    }
    let other = "police_commune:11980@2025-07-01".parse().expect("an id");
    assert!(!may(&support::officer(), &other));
    assert!(may(&support::officer(), &reporter));
}

#[test]
fn the_wire_shape_of_a_push_is_frozen() {
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 8);
    let ops = device.send();
    let golden = include_str!("golden/push.json");
    let wanted: serde_json::Value = serde_json::from_str(golden).expect("the sample reads");
    assert_eq!(
        serde_json::to_value(PushRequest { ops: ops.clone(), cursor: None }).expect("it writes"),
        wanted
    );
    assert_eq!(serde_json::from_str::<PushRequest>(golden).expect("it reads").ops, ops);
}

/// A message reads from its sample and is written as it again.
fn is_frozen<T: serde::Serialize + serde::de::DeserializeOwned>(golden: &str) -> T {
    let read: T = serde_json::from_str(golden).expect("it reads");
    let wanted: serde_json::Value = serde_json::from_str(golden).expect("the sample is JSON");
    assert_eq!(serde_json::to_value(&read).expect("it writes"), wanted);
    read
}

#[test]
fn the_wire_shape_of_every_message_is_frozen() {
    let push: PushRequest = is_frozen(include_str!("golden/push-all-kinds.json"));
    assert!(matches!(push.ops[1].body, OpBody::Figure { value: None, .. }), "null is an answer");
    let answer: PushResponse = is_frozen(include_str!("golden/push-response.json"));
    assert_eq!(answer.results[3].outcome, Outcome::Rejected { code: Rejection::Locked });
    is_frozen::<PullRequest>(include_str!("golden/pull.json"));
    let page: PullResponse = is_frozen(include_str!("golden/pull-response.json"));
    assert_eq!((page.events.len(), page.late.len()), (2, 1));
    is_frozen::<Problem>(include_str!("golden/problem.json"));
}

#[test]
fn a_message_of_an_older_program_still_reads() {
    let page = r#"{"epoch":1,"events":[],"next_cursor":"x","has_more":false,"ack_device_seq":0}"#;
    let page: PullResponse = serde_json::from_str(page).expect("it reads");
    assert!(!page.is_snapshot && page.late.is_empty());
    let pull: PullRequest = serde_json::from_str(r#"{"cursor":null,"limit":null}"#).expect("it reads");
    assert!(pull.held.is_empty() && pull.device_id.is_none());
    let code = r#"{"op_id":"00000000-0000-0001-0000-000000000001","status":"rejected","code":"of_tomorrow"}"#;
    let result: OpResult = serde_json::from_str(code).expect("it reads");
    assert_eq!(result.outcome, Outcome::Rejected { code: Rejection::Unknown });
}

#[test]
fn a_device_holds_the_figures_its_reporter_went_on_from_for_a_year_and_a_month() {
    let model = model();
    let reporters = vec!["police_province:33@2021-01-01".parse().expect("an id")];
    let grants = Grants::plain(Role::Officer, reporters);
    let names = |day: &str| -> Vec<String> {
        let all = grants.reach(Right::KeepCells, &model, day.parse().expect("a day"));
        let Reach::Of(all) = all else { panic!("a device keeps not everybody's figures") };
        all.into_iter().map(|r| model.reporter(r).id.to_string()).collect()
    };
    assert_eq!(names("2025-02-28").len(), 1, "the districts still report themselves");
    let after = names("2025-04-01");
    assert_eq!(after.len(), 12, "nine districts, their city and the labour department: {after:?}");
    assert_eq!(after[0], "police_province:33@2021-01-01");
    assert_eq!(names("2026-06-01").len(), 1, "by then nobody asks for their closing stocks");
}

#[test]
fn a_value_made_here_is_the_base_of_the_next_by_its_op() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    let first = device.edit(&key("crimes_drug"), 4);
    device.sync(&mut server, &office);
    device.edit(&key("crimes_drug"), 5);
    assert_eq!(device.send()[0].based_on(), Some(first));
}

#[test]
fn a_restored_server_gets_back_what_it_forgot() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("lan", 2));
    one.edit(&key("crimes_drug"), 4);
    one.sync(&mut server, &office);
    let backup = server.clone();
    for (element, value) in [("crimes_drug", 5), ("crimes_economic", 6)] {
        one.edit(&key(element), value);
        one.sync(&mut server, &office);
    }
    two.sync(&mut server, &office);
    server = backup.restored(2);
    two.sync(&mut server, &office);
    assert_eq!(two.replica.cell(&key("crimes_economic")).status, CellStatus::Empty, "so it is on the server");
    one.sync(&mut server, &office);
    one.sync(&mut server, &office);
    assert_eq!(value_of(&server, &key("crimes_drug")), Some(5));
    assert_eq!(value_of(&server, &key("crimes_economic")), Some(6));
    assert_eq!(one.replica.tally(), chitieu_sync::replica::Tally::default());
    two.sync(&mut server, &office);
    assert_eq!(two.replica.cell(&key("crimes_economic")).value, Some(6));
}

#[test]
fn a_copied_device_takes_a_name_of_its_own_and_loses_nothing() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut one = Device::new("lan", 1);
    one.edit(&key("crimes_drug"), 4);
    let mut copy = Device::new("lan", 3);
    (copy.replica, copy.disk) = (one.replica.clone(), one.disk.clone());
    one.edit(&key("crimes_economic"), 6);
    one.sync(&mut server, &office);
    copy.edit(&key("crimes_other"), 7);
    let push = office.push(1);
    assert_eq!(server.push(&push, &copy.send()), Err(MergeError::DeviceCloned));
    let changes = copy.replica.rename(uuid::Uuid::from_u128(3));
    copy.store(changes);
    copy.sync(&mut server, &office);
    let values = ["crimes_drug", "crimes_economic", "crimes_other"].map(|e| value_of(&server, &key(e)));
    assert_eq!(values, [Some(4), Some(6), Some(7)]);
    assert_eq!(server.ops().count(), 3, "nothing is recorded twice");
}

#[test]
fn what_a_person_does_not_follow_any_more_goes_and_what_is_unsent_stays() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 4);
    device.sync(&mut server, &office);
    device.edit(&key("crimes_economic"), 6);
    device.replica.start_over();
    let empty = PullRequest::default();
    let page = server.pull(&[], &empty).expect("a page");
    let changes = device.replica.on_page(page);
    device.store(changes);
    assert_eq!(device.replica.cell(&key("crimes_drug")).status, CellStatus::Empty);
    assert_eq!(device.replica.cell(&key("crimes_economic")).value, Some(6));
}

#[test]
fn a_tab_that_was_overtaken_writes_nothing_and_gives_out_no_number_twice() {
    let mut one = Device::new("lan", 1);
    let mut two = Device::new("lan", 5);
    (two.replica, two.disk) = (one.replica.clone(), one.disk.clone());
    one.edit(&key("crimes_drug"), 4);
    let disk = one.disk.clone();
    two.edit(&key("crimes_economic"), 6);
    let late = two.replica.outbox().next().expect("an op").clone();
    let mut tab = two.replica.clone();
    let rows = tab.rows(&[Change::Waiting(1, Box::new(late))]);
    assert!(one.disk.write(tab.store_version() - 1, rows).is_err());
    assert_eq!(one.disk.read().1.collect::<Vec<_>>(), disk.read().1.collect::<Vec<_>>());
    let (store_version, rows) = one.disk.read();
    tab = Replica::read(store_version, rows, uuid::Uuid::nil());
    assert_eq!((tab.next_seq(), tab.cell(&key("crimes_drug")).value), (2, Some(4)));
}

#[test]
fn a_tab_hears_what_another_one_wrote_and_notices_what_it_missed() {
    let mut one = Device::new("lan", 1);
    let mut other = one.replica.clone();
    one.edit(&key("crimes_drug"), 4);
    let change: Vec<Change> =
        one.replica.outbox().map(|w| Change::Waiting(w.op.device_seq, Box::new(w.clone()))).collect();
    let rows = other.rows(&change);
    let told = |rows: &[Row]| rows.to_vec();
    let heard = |other: &mut Replica, store_version, rows: Vec<Row>| {
        other.apply_remote_write(store_version, rows.iter().map(|(k, v)| (k.as_str(), v.as_deref())))
    };
    assert_eq!(heard(&mut other, one.replica.store_version() + 1, told(&rows)), RemoteWrite::Gap);
    let taken = RemoteWrite::Applied(vec![key("crimes_drug")], Vec::new());
    assert_eq!(heard(&mut other, one.replica.store_version(), told(&rows)), taken);
    assert_eq!(heard(&mut other, one.replica.store_version(), rows), RemoteWrite::Duplicate);
    assert_eq!((other.cell(&key("crimes_drug")).value, other.next_seq()), (Some(4), 2));
}

#[test]
fn nobody_contests_oneself_while_the_answer_of_an_own_op_is_on_its_way() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    let drug = key("crimes_drug");
    device.edit(&drug, 1);
    let first = device.send();
    let results = office.take(&mut server, &first);
    let changes = device.replica.on_results(&results, 1, "");
    device.store(changes);
    // Typed before the page that shows the first, and typed on while the second is on its way.
    device.edit(&drug, 12);
    device.pull(&server);
    assert!(!device.replica.cell(&drug).changed_since);
    let second = device.send();
    device.edit(&drug, 123);
    office.take(&mut server, &second);
    device.sync(&mut server, &office);
    assert_eq!(value_of(&server, &drug), Some(123));
    assert!(server.cells()[&drug].branches.is_empty());
}

#[test]
fn a_database_that_was_cleared_gets_everything_again_from_memory() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 4);
    device.sync(&mut server, &office);
    device.edit(&key("crimes_economic"), 6);
    let before: Vec<(String, String)> =
        device.disk.read().1.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    device.disk = MemoryStore::default();
    let rows = device.replica.everything();
    assert_eq!(device.disk.write(0, rows), Ok(1));
    device.replica.started_anew(1);
    let after: Vec<(String, String)> =
        device.disk.read().1.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    assert_eq!(after, before);
    device.edit(&key("crimes_other"), 7);
    device.sync(&mut server, &office);
    assert_eq!(server.ops().count(), 3);
}

#[test]
fn ops_taken_over_from_a_file_are_recorded_once_whichever_device_sends_them() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("lan", 2));
    one.edit(&key("crimes_drug"), 4);
    one.send();
    one.edit(&key("crimes_drug"), 5);
    one.edit(&key("crimes_economic"), 6);
    two.edit(&key("crimes_other"), 7);
    let written = OutboxFile::of("lan", "2026-11-22T08:00:00Z".into(), one.send()).text();
    assert_eq!(OutboxFile::read(&written, "hoa"), Err(FileError::OtherAuthor("lan".into())));
    assert_eq!(OutboxFile::read("{\"ops\":[]}", "lan"), Err(FileError::NotOurs));
    let newer = written.replace("\"version\":1", "\"version\":2");
    assert_eq!(OutboxFile::read(&newer, "lan"), Err(FileError::Newer));
    let file = OutboxFile::read(&written, "lan").expect("it reads").ops;
    assert_eq!(file.len(), 3);
    let changes = two.replica.import(&file);
    two.store(changes);
    assert!(two.replica.import(&file).is_empty(), "a second time there is nothing new");
    assert_eq!(two.replica.cell(&key("crimes_drug")).value, Some(5));
    two.sync(&mut server, &office);
    one.edit(&key("crimes_economic"), 8);
    one.sync(&mut server, &office);
    two.sync(&mut server, &office);
    let values = ["crimes_drug", "crimes_economic", "crimes_other"].map(|e| value_of(&server, &key(e)));
    assert_eq!(values, [Some(5), Some(8), Some(7)]);
    assert_eq!(server.ops().count(), 5, "each is recorded once");
    assert!(server.cells().values().all(|cell| cell.branches.is_empty()), "nobody contests oneself");
}

/// What the first version wrote is read for ever: these rows are never changed, only others added.
#[test]
fn rows_that_any_version_wrote_are_read() {
    let text = include_str!("golden/rows-1.json");
    let rows: Vec<(String, String)> = serde_json::from_str(text).expect("rows");
    let read = rows.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let replica = Replica::read(0, read, uuid::Uuid::nil());
    assert_eq!(replica.device_id(), uuid::Uuid::from_u128(1));
    assert_eq!(replica.next_seq(), 5);
    assert_eq!(replica.cursor(), Some("c1"));
    assert_eq!(replica.cell(&key("crimes_drug")).value, Some(12));
    assert_eq!(replica.cell(&key("crimes_economic")).status, CellStatus::Saved);
    assert_eq!(replica.sent_ids().count(), 1);
    assert_eq!(replica.submissions().count(), 1);
}
