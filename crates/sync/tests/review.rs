//! A reviewer's device holds the figures of the forms that wait for them, and lets them go.

#[expect(dead_code, reason = "shared with the facts, which need more of it")]
mod support;

use chitieu_sync::StreamId;
use chitieu_sync::message::{Event, EventBody, PullResponse, SubmissionStanding};
use chitieu_sync::outcome::Head;
use chitieu_sync::replica::rows::MemoryStore;
use chitieu_sync::replica::{CellKey, Replica, SubmissionKey};
use chitieu_sync::submission::State;
use uuid::Uuid;

fn form() -> SubmissionKey {
    let reporter = "police_province:33@2021-01-01".parse().expect("an id");
    SubmissionKey { reporter, period: "2026-Q1".parse().expect("a period"), form: "child_abuse".into() }
}

fn submission(state: State, rev: u64) -> Event {
    let SubmissionKey { reporter, period, form } = form();
    let standing = SubmissionStanding { state, rev, ..SubmissionStanding::default() };
    Event { stream: StreamId::Reporter(reporter), body: EventBody::Submission { period, form, standing } }
}

fn cell() -> Event {
    let SubmissionKey { reporter, period, .. } = form();
    let head = Some(Head { value: Some(7), rev: 1, ..Head::default() });
    let body =
        EventBody::Cell { period, element: "child_abuse_crimes".into(), head, branches: Vec::new(), more: 0 };
    Event { stream: StreamId::Reporter(reporter), body }
}

/// A device without anything.
fn device() -> (Replica, MemoryStore) {
    (Replica::read(0, [], Uuid::from_u128(1)), MemoryStore::default())
}

/// Takes a page of the log in, as the app of a reviewer does; gives how many cells are there then.
fn take((replica, disk): &mut (Replica, MemoryStore), follows: bool, events: Vec<Event>) -> usize {
    let text = r#"{"epoch":1,"events":[],"is_snapshot":false,"next_cursor":"c","has_more":false,"ack_device_seq":0}"#;
    let page = PullResponse { events, ..serde_json::from_str(text).expect("a page") };
    let mut changes = replica.on_page(page);
    let model = support::model();
    let cells_of = |key: &SubmissionKey| if follows { Vec::<CellKey>::new() } else { key.cells(&model) };
    changes.extend(replica.let_go(&changes, &cells_of));
    let store_version =
        disk.write(replica.store_version(), replica.rows(&changes)).expect("nobody else is there");
    replica.written(store_version, &changes);
    replica.server_cells().count()
}

#[test]
fn figures_leave_with_the_page_that_says_that_their_form_waits_no_more() {
    for state in [State::Returned, State::Approved, State::Draft, State::of_word("sealed")] {
        let mut replica = device();
        assert_eq!(take(&mut replica, false, vec![submission(State::Submitted, 1), cell()]), 1);
        assert_eq!(take(&mut replica, false, Vec::new()), 1, "while it waits they stay");
        assert_eq!(take(&mut replica, false, vec![submission(state, 2)]), 0, "{state:?}");
    }
}

#[test]
fn of_several_steps_of_one_page_the_last_counts() {
    let mut replica = device();
    let again = vec![submission(State::Returned, 1), submission(State::Submitted, 2), cell()];
    assert_eq!(take(&mut replica, false, again), 1);
    let mut replica = device();
    let back = vec![submission(State::Submitted, 1), cell(), submission(State::Returned, 2)];
    assert_eq!(take(&mut replica, false, back), 0);
}

#[test]
fn figures_of_a_reporter_whom_the_device_follows_stay() {
    let mut replica = device();
    take(&mut replica, true, vec![submission(State::Submitted, 1), cell()]);
    assert_eq!(take(&mut replica, true, vec![submission(State::Approved, 2)]), 1);
}
