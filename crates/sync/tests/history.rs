//! What records of a history say, also where not all of them are there.

#[expect(dead_code, reason = "shared with the facts, which need more of it")]
mod support;

use chitieu_domain::PeriodId;
use chitieu_sync::entity::EntityKey;
use chitieu_sync::history::told::{self, Saw, What, entries};
use chitieu_sync::history::{Feed, FeedRequest, Page, Record, Thing};
use chitieu_sync::memory::Memory;
use chitieu_sync::message::{Event, EventBody, SubmissionStanding};
use chitieu_sync::replica::{CellKey, SubmissionKey};
use chitieu_sync::submission::{Action, State};
use chitieu_sync::{Base, Op, OpBody, Outcome};
use support::{Office, key, reporter};
use uuid::Uuid;

const ELEMENT: &str = "crimes_drug";

fn figure(device: u128, seq: u64, value: i64, base: Base, resolves: Vec<Uuid>) -> Op {
    let CellKey { period, element, .. } = key(ELEMENT);
    Op {
        op_id: Uuid::from_u128(device << 64 | u128::from(seq)),
        device_id: Uuid::from_u128(device),
        device_seq: seq,
        author: "lan".into(),
        stream: reporter().into(),
        base,
        plan: support::PLAN.into(),
        entered_at: "2026-11-22T08:00:00Z".into(),
        reason: None,
        note: None,
        body: OpBody::Figure {
            period,
            element,
            value: Some(value),
            estimated: false,
            cleared: false,
            resolves,
        },
    }
}

fn of_cell() -> Thing {
    Thing::Cell(key(ELEMENT), "crime".into())
}

/// The steps of a form through these states.
fn steps(states: &[(State, Option<&str>)]) -> Vec<Record> {
    let record = |(seq, (state, asks)): (u64, &(State, Option<&str>))| {
        let standing = SubmissionStanding {
            state: *state,
            rev: seq,
            author: "lan".into(),
            asks: asks.map(str::to_owned),
            ..SubmissionStanding::default()
        };
        let body =
            EventBody::Submission { period: PeriodId::Month(2026, 10), form: "crime".into(), standing };
        let event = Event { stream: reporter().into(), body };
        Record { seq, event, op_id: None, base: None, reason: None, device: None, by: None }
    };
    (1..).zip(states).map(record).collect()
}

fn actions(records: &[Record], is_whole: bool) -> Vec<Action> {
    let step = |entry: told::Entry| match entry.what {
        What::Step(action) => action,
        other => panic!("{other:?}"),
    };
    entries(records, is_whole).into_iter().map(step).collect()
}

#[test]
fn a_step_is_what_leads_from_one_state_to_the_next() {
    use State::{Approved, Published, Returned, Submitted};
    let all = steps(&[
        (Submitted, None),
        (Submitted, Some("dòng 1 là 8")),
        (Returned, None),
        (Submitted, None),
        (Approved, None),
        (Published, None),
        (Returned, None),
    ]);
    let done = [
        Action::Submit,
        Action::Ask,
        Action::Return,
        Action::Submit,
        Action::Approve,
        Action::Publish,
        Action::Reopen,
    ];
    assert_eq!(actions(&all, true), done);
    assert_eq!(actions(&all[2..], false), done[2..], "without what was before");
    let asked = entries(&all, true).remove(1);
    assert_eq!(asked.reason.as_deref(), Some("dòng 1 là 8"));
}

#[test]
fn a_state_of_a_later_release_is_said_to_be_unknown() {
    let all = steps(&[(State::of_word("sealed"), None)]);
    assert_eq!(entries(&all, true)[0].what, What::Unknown);
}

#[test]
fn what_was_contested_twice_and_extended_is_told_as_it_happened() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut take = |op: Op| office.take(&mut server, &[op]).remove(0).outcome;
    take(figure(1, 1, 7, Base::Rev(0), Vec::new()));
    let contested = take(figure(2, 1, 9, Base::Rev(0), Vec::new()));
    let Outcome::Conflict { conflict_id, head } = contested else { panic!("{contested:?}") };
    // Its author goes on from the own value: it takes its place beside the head.
    take(figure(2, 2, 10, Base::Op(Uuid::from_u128(2 << 64 | 1)), Vec::new()));
    take(figure(3, 1, 11, Base::Rev(0), Vec::new()));
    take(figure(1, 2, 10, Base::Rev(head.rev), vec![conflict_id, Uuid::from_u128(3 << 64 | 1)]));
    let records = server.history(&of_cell());
    let told = entries(&records, true);
    let beside = |nth: usize| match &told[nth].what {
        What::Contested { new, stands, saw } => {
            (new.value, stands.as_ref().and_then(|h| h.value), saw.clone())
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(told.len(), 5);
    assert_eq!(beside(1), (Some(9), Some(7), Saw::Nothing));
    let (value, stands, saw) = beside(2);
    assert_eq!((value, stands), (Some(10), Some(7)));
    assert!(matches!(saw, Saw::Value(head) if head.value == Some(9)), "the own value");
    assert_eq!(beside(3), (Some(11), Some(7), Saw::Nothing));
    let What::Figure { old, new, settled } = &told[4].what else { panic!("{:?}", told[4]) };
    assert_eq!((old.as_ref().and_then(|h| h.value), new.value), (Some(7), Some(10)));
    assert_eq!(settled.iter().map(|b| b.value).collect::<Vec<_>>(), [Some(10), Some(11)]);
    for id in [1 << 64 | 1, 2 << 64 | 2, 3 << 64 | 1] {
        assert!(told::has(&records, Uuid::from_u128(id)));
    }
    assert!(!told::has(&records, Uuid::from_u128(9)));
}

#[test]
fn a_history_has_what_is_of_its_thing_alone() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    let mut other = figure(1, 2, 8, Base::Rev(0), Vec::new());
    if let OpBody::Figure { element, .. } = &mut other.body {
        *element = "crimes_social_order".into();
    }
    let mut earlier = figure(1, 3, 8, Base::Rev(0), Vec::new());
    if let OpBody::Figure { period, .. } = &mut earlier.body {
        *period = PeriodId::Month(2026, 9);
    }
    office.take(&mut server, &[figure(1, 1, 7, Base::Rev(0), Vec::new()), other, earlier]);
    assert_eq!(server.history(&of_cell()).len(), 1);
    let SubmissionKey { reporter, period, form } =
        SubmissionKey { reporter: reporter(), period: PeriodId::Month(2026, 10), form: "crime".into() };
    assert_eq!(server.history(&Thing::Submission(SubmissionKey { reporter, period, form })), []);
    let entity = EntityKey {
        stream: support::reporter().into(),
        kind: "task_report".into(),
        id: "I.2/2026-Q3".into(),
    };
    assert_eq!(server.history(&Thing::Entity(entity)), []);
}

#[test]
fn pages_and_feeds_read_as_they_are_written() {
    let (office, mut server) = (Office::new(), Memory::new(1));
    office.take(&mut server, &[figure(1, 1, 7, Base::Rev(0), Vec::new())]);
    let records = server.history(&of_cell());
    let page = Page { records: records.clone(), next: Some(1 << 41), at: support::NOW.into() };
    let text = serde_json::to_string(&page).expect("JSON");
    assert_eq!(serde_json::from_str::<Page>(&text).expect("it reads"), page);
    let places = [(reporter().into(), 3)].into();
    let (cut, at) = (vec![reporter().into()], support::NOW.into());
    let feed = Feed { epoch: 2, mark: "m".into(), records, places, cut, has_more: true, at };
    let text = serde_json::to_string(&feed).expect("JSON");
    assert_eq!(serde_json::from_str::<Feed>(&text).expect("it reads"), feed);
    assert_eq!(serde_json::from_str::<FeedRequest>("{}").expect("it reads"), FeedRequest::default());
}
