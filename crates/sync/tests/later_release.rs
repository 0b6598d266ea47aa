//! What a later release says or stores stops nothing here, and is all there when that release runs again.

#[expect(dead_code, reason = "shared with the facts, which need more of it")]
mod support;

use chitieu_sync::grants::Grants;
use chitieu_sync::memory::Memory;
use chitieu_sync::message::{Event, EventBody, PullResponse, PushResponse};
use chitieu_sync::replica::leaving::leave;
use chitieu_sync::replica::rows::{MemoryStore, RemoteWrite};
use chitieu_sync::replica::{CellStatus, Replica, SubmissionKey};
use chitieu_sync::submission::{Action, State};
use chitieu_sync::{Outcome, Rejection};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use support::{Device, NOW, Office, key, reporter, value_of};
use uuid::Uuid;

/// An event that no release before knows, with what a hasty reader trips over.
const NEW_EVENT: &str =
    r#"{"type":"ledger","stream":"all of them","said":"\"events\":[ }],{\\","list":[[1,2],{"a":[]}]}"#;

fn page(events: &[&str], cursor: &str, is_snapshot: bool) -> String {
    let events = events.join(" , ");
    format!(
        r#"{{"epoch":1,"events":[{events}],"is_snapshot":{is_snapshot},"next_cursor":"{cursor}","has_more":false,"ack_device_seq":0,"colour":"blue"}}"#
    )
}

fn cell(element: &str, rev: u64) -> String {
    let head = json!({ "value": 5, "rev": rev, "op_id": Uuid::from_u128(900), "author": "hoa", "at": NOW,
        "weight": { "of": "a later release" } });
    json!({ "reporter": reporter(), "period": "2026-10", "type": "cell", "element": element, "head": head,
        "branches": [] })
    .to_string()
}

fn form(state: &str) -> String {
    json!({ "reporter": reporter(), "period": "2026-10", "type": "submission", "form": "crime", "state": state,
        "rev": 9, "author": "hoa", "at": NOW })
    .to_string()
}

fn form_key() -> SubmissionKey {
    SubmissionKey { reporter: reporter(), period: "2026-10".parse().expect("a period"), form: "crime".into() }
}

fn rows(disk: &MemoryStore) -> BTreeMap<String, String> {
    disk.read().1.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

#[test]
fn an_event_that_does_not_read_is_kept_as_its_text_and_stops_no_other() {
    let mut device = Device::new("lan", 1);
    let (first, sealed, second) = (cell("crimes_drug", 3), form("sealed"), cell("crimes_economic", 4));
    let text =
        page(&[&first, NEW_EVENT, &sealed, r#"{"type":"cell","head":17}"#, &second], "behind it", false);
    assert!(serde_json::from_str::<Event>(NEW_EVENT).is_err(), "no event that is known");
    let read = serde_json::from_str::<PullResponse>(&text).expect("the page reads");
    assert_eq!((read.events.len(), read.next_cursor.as_str()), (5, "behind it"));
    assert_eq!(read.events[1].body, EventBody::Unknown(NEW_EVENT.into()));
    let changes = device.replica.on_page(read);
    device.store(changes);
    assert_eq!(device.replica.cursor(), Some("behind it"));
    assert_eq!(device.replica.server_cells().count(), 2);
    assert_eq!(device.replica.unread(), 2);

    // The state has its word still, and nobody writes there.
    let standing = device.replica.submission(&form_key());
    assert_eq!((standing.state.word(), standing.state.is_locked()), ("sealed", true));
    assert_eq!(standing.state.after(Action::Submit), None);

    // All of it is in the rows, in its order, for the release that reads it.
    let stored = rows(&device.disk);
    let kept: Vec<&str> = stored.range("x|".to_owned()..).map(|(_, text)| text.as_str()).collect();
    assert_eq!(kept[0], NEW_EVENT);
    let state = stored.values().find(|text| text.contains("sealed")).expect("the submission's row");
    assert_eq!(serde_json::from_str::<Value>(state).expect("JSON")["state"], "sealed");
    let (store_version, read) = device.disk.read();
    assert_eq!(Replica::read(store_version, read, Uuid::nil()).unread(), 2);

    // More of them go behind; a snapshot takes the place of all.
    let more = serde_json::from_str::<PullResponse>(&page(&[NEW_EVENT], "further", false)).expect("it reads");
    let changes = device.replica.on_page(more);
    device.store(changes);
    assert_eq!(device.replica.unread(), 3);
    let whole =
        serde_json::from_str::<PullResponse>(&page(&[&first, NEW_EVENT], "anew", true)).expect("it reads");
    let changes = device.replica.on_page(whole);
    device.store(changes);
    assert_eq!((device.replica.unread(), device.replica.server_cells().count()), (1, 1));
}

#[test]
fn an_unknown_outcome_leaves_the_op_open_and_it_is_asked_about_again() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    let id = device.edit(&key("crimes_drug"), 4);
    let other = device.edit(&key("crimes_economic"), 6);
    assert_eq!(device.send().len(), 2);
    let text = json!({ "epoch": 1, "results": [
        { "op_id": id, "status": "escrowed", "until": "2027" },
        { "op_id": other, "status": "rejected", "code": "of_a_later_release" } ], "at": NOW });
    let answer: PushResponse = serde_json::from_str(&text.to_string()).expect("the answer reads");
    assert_eq!(answer.results[0].outcome, Outcome::Unknown);
    assert_eq!(answer.results[1].outcome, Outcome::Rejected { code: Rejection::Unknown });
    let changes = device.replica.on_results(&answer.results, 1, NOW);
    device.store(changes);
    assert_eq!((device.replica.tally().waiting, device.replica.tally().rejected), (1, 1));
    assert_eq!(device.replica.held(), [id]);
    let (store_version, stored) = device.disk.read();
    device.replica = Replica::read(store_version, stored, Uuid::nil());
    let view = device.replica.cell(&key("crimes_drug"));
    assert_eq!((view.value, view.status), (Some(4), CellStatus::Sending));
    // What is entered meanwhile goes first, and then this is asked about.
    device.edit(&key("crimes_drug"), 5);
    assert_eq!(device.send().len(), 1);
    device.sync(&mut server, &office);
    device.sync(&mut server, &office);
    device.sync(&mut server, &office);
    assert_eq!((value_of(&server, &key("crimes_drug")), device.replica.tally().waiting), (Some(5), 0));
}

/// Rows that a tab of a later release wrote beside those of this one.
fn later_rows() -> Vec<(String, Option<String>)> {
    [
        ("o|00000000000000000003", r#"{"op":{"kind":"measurement","op_id":"?"},"frozen":false}"#),
        ("a|019a0000-0000-7000-8000-000000000009", r#"{"op":{"kind":"measurement"},"outcome":{}}"#),
        ("c|police_commune:11977@2025-07-01|2026-10|crimes_drug", r#"{"head":[]}"#),
        ("c|police_commune:11977@2025-07-01|2026-X41|crimes_drug", r#"{"head":null}"#),
        ("k|last_seq", "3"),
        ("q|a kind of row", "\u{1}not even JSON"),
    ]
    .map(|(key, value)| (key.to_owned(), Some(value.to_owned())))
    .into()
}

fn are_there(disk: &MemoryStore, keys: &[&str]) {
    let stored = rows(disk);
    for (key, value) in later_rows() {
        if keys.iter().any(|prefix| key.starts_with(prefix)) {
            assert_eq!(stored.get(&key), value.as_ref(), "{key}");
        }
    }
}

#[test]
fn a_database_in_which_a_later_release_wrote_opens_and_loses_nothing_of_it() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 4);
    device.sync(&mut server, &office);
    device.edit(&key("crimes_economic"), 6);
    let store_version =
        device.disk.write(device.replica.store_version(), later_rows()).expect("the other tab writes");
    let written = later_rows();
    let heard = device
        .replica
        .apply_remote_write(store_version, written.iter().map(|(k, v)| (k.as_str(), v.as_deref())));
    assert!(matches!(heard, RemoteWrite::Applied(..)));
    assert_eq!((device.replica.unread(), device.replica.next_seq()), (5, 4));
    let (store_version, stored) = device.disk.read();
    device.replica = Replica::read(store_version, stored, Uuid::nil());
    assert_eq!((device.replica.unread(), device.replica.next_seq()), (5, 4), "its number is given out");
    assert_eq!(device.replica.tally().waiting, 2);
    assert_eq!(device.replica.cursor(), None, "a cell that does not read is told again");

    // Figures go on being entered and sent.
    assert_eq!(device.replica.take_back(&key("crimes_economic")), None, "an op is behind it");
    device.edit(&key("crimes_other"), 7);
    device.sync(&mut server, &office);
    assert_eq!(value_of(&server, &key("crimes_economic")), Some(6));
    assert_eq!(value_of(&server, &key("crimes_other")), Some(7));
    are_there(&device.disk, &["o|", "a|", "q|"]);
    assert_eq!(device.replica.cell(&key("crimes_drug")).value, Some(4), "the snapshot healed it");
    assert_eq!(device.replica.tally().waiting, 1, "that op waits for its release");

    // A copied device numbers around it.
    for element in ["crimes_drug", "crimes_economic", "crimes_other"] {
        device.edit(&key(element), 8);
    }
    let renamed = device.replica.rename(Uuid::from_u128(77));
    device.store(renamed);
    are_there(&device.disk, &["o|", "a|", "q|"]);
    let numbers: Vec<u64> = device.replica.outbox().map(|w| w.op.device_seq).collect();
    assert_eq!(numbers, [1, 2, 4]);

    // Whoever leaves takes nothing unsent with them; a sent op is sealed, read or not.
    let stored = rows(&device.disk);
    let leaving = leave(stored.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    assert!(!leaving.gone.iter().any(|key| key.starts_with("o|") || key.starts_with("q|")), "{leaving:?}");
    assert!(leaving.sealed.iter().any(|(key, _)| key == "z|019a0000-0000-7000-8000-000000000009"));

    // Browser's data that were cleared under the tab are written again, these too.
    let mut anew = MemoryStore::default();
    anew.put(device.replica.everything());
    are_there(&anew, &["o|", "a|", "q|"]);
}

#[test]
fn the_first_release_reads_the_rows_that_this_one_writes() {
    // Its own reader is not here; what it asks of a row is in the golden rows: a known prefix has its known form, and
    // what has another prefix is passed over.
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 4);
    let text = page(&[&cell("crimes_economic", 4), NEW_EVENT], "behind it", false);
    let changes = device.replica.on_page(serde_json::from_str::<PullResponse>(&text).expect("it reads"));
    device.store(changes);
    let prefixes: Vec<String> = rows(&device.disk).into_keys().map(|key| key[..2].to_owned()).collect();
    assert_eq!(prefixes, ["c|", "k|", "k|", "k|", "o|", "x|"]);
}

#[test]
fn an_unknown_role_grants_nothing_and_shows_nothing() {
    let text = json!({ "role": "inspector", "reporters": [reporter()], "until": "2027-01-01" });
    let grants: Grants = serde_json::from_str(&text.to_string()).expect("it reads");
    assert!(grants.is_all_beyond());
    assert_eq!(grants.in_force(Office::new().today).count(), 0);
}

#[test]
fn a_figure_of_a_form_in_an_unknown_state_is_deferred_and_taken_once_the_state_is_known() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 4);
    let form = office
        .model
        .form(office.model.form_of(office.model.element_ix("crimes_drug").expect("one")))
        .id
        .clone();
    let of = SubmissionKey { form, ..form_key() };
    let of = SubmissionKey { period: key("crimes_drug").period, ..of };
    server.put_state(&of, State::of_word("sealed"));
    let ops = device.send();
    let results = office.take(&mut server, &ops);
    assert_eq!(results[0].outcome, Outcome::Deferred);
    assert_eq!(server.ops().count(), 0, "nothing is recorded");
    let changes = device.replica.on_results(&results, 1, NOW);
    device.store(changes);
    server.put_state(&of, State::Draft);
    let again = device.replica.offer_passed_over();
    device.store(again);
    device.sync(&mut server, &office);
    assert_eq!(value_of(&server, &key("crimes_drug")), Some(4));
}
