//! What every kind of entity keeps to, by registration alone.

use super::backend::{Backend, PLAN, officer, reporter, request, reviewer, steering};
use chitieu_domain::attachment::MOST_PER_REPORT;
use chitieu_server::auth::session::Person;
use chitieu_sync::entity::{Change, Entity, EntityKey, Kind};
use chitieu_sync::kinds::Kinds;
use chitieu_sync::message::{Event, EventBody, PullRequest};
use chitieu_sync::raw::Raw;
use chitieu_sync::{Base, Op, OpBody, Outcome, Rejection};
use uuid::Uuid;

/// Who may change entities of a kind.
async fn author(store: &Backend, kind: Kind) -> Person {
    for person in [officer(), reviewer(), steering()] {
        let nothing = change(kind, &person, (99, 1), Base::Rev(0), &Change::new());
        if may(kind, &person) {
            let answer = push(store, &person, &[nothing]).await;
            assert_eq!(answer, [Outcome::Rejected { code: Rejection::Malformed }], "it changes nothing");
            return person;
        }
    }
    panic!("somebody may change {kind:?}");
}

fn may(kind: Kind, person: &Person) -> bool {
    let op = change(kind, person, (1, 1), Base::Rev(0), &kind.sample_change(0));
    let replica = chitieu_sync::replica::Replica::default();
    let today = super::backend::today();
    replica.change_entity(op, &super::backend::MODEL, &person.grants, today).is_ok()
}

/// An op of a device; device and number name it.
fn change(kind: Kind, person: &Person, (device, seq): (u128, u64), base: Base, change: &Change) -> Op {
    let EntityKey { stream, kind, id } = kind.sample_key(&reporter());
    Op {
        op_id: Uuid::from_u128(device << 64 | u128::from(seq)),
        device_id: Uuid::from_u128(device),
        device_seq: seq,
        author: person.username.clone(),
        stream,
        base,
        plan: PLAN.into(),
        entered_at: "2026-11-22T08:00:00Z".into(),
        reason: None,
        note: None,
        body: OpBody::Entity { kind, id, change: Raw::of(change), resolves: Vec::new() },
    }
}

async fn push(store: &Backend, person: &Person, ops: &[Op]) -> Vec<Outcome> {
    let results = store.push(person, ops).await.expect("nobody copied a device");
    results.into_iter().map(|result| result.outcome).collect()
}

fn rev(outcome: &Outcome) -> u64 {
    match outcome {
        Outcome::Applied { rev, .. } | Outcome::SameValue { rev } => *rev,
        other => panic!("{other:?}"),
    }
}

/// All events of the kinds known, page by page, as the person is told them.
async fn told(store: &Backend, person: &Person, cursor: Option<String>) -> (Vec<Event>, String) {
    let (mut events, mut cursor) = (Vec::new(), cursor);
    loop {
        let asked = PullRequest { kinds: Some(Kinds::known()), ..request(cursor, 2) };
        let page = store.pull(person, &asked).await.expect("a page");
        events.extend(page.events);
        if !page.has_more {
            return (events, page.next_cursor);
        }
        cursor = Some(page.next_cursor);
    }
}

/// The entity as a person is told of it last.
async fn entity(store: &Backend, person: &Person, of: Kind) -> Entity {
    let (events, _) = told(store, person, None).await;
    let last = events.into_iter().rev().find_map(|event| match event.body {
        EventBody::Entity { kind, told, .. } if kind == of.id() => Some(told),
        _ => None,
    });
    Entity::read(&last.expect("it is told")).expect("it reads")
}

pub async fn every_kind_is_pulled_and_a_replay_is_answered_alike(store: Backend, kind: Kind) {
    let person = author(&store, kind).await;
    let (_, cursor) = told(&store, &person, None).await;
    let op = change(kind, &person, (1, 1), Base::Rev(0), &kind.sample_change(0));
    let first = push(&store, &person, std::slice::from_ref(&op)).await;
    assert!(rev(&first[0]) > 0, "{first:?}");
    assert_eq!(push(&store, &person, std::slice::from_ref(&op)).await, first);
    let (events, _) = told(&store, &person, Some(cursor)).await;
    let [Event { stream, body: EventBody::Entity { kind: named, id, told } }] = &events[..] else {
        panic!("{events:?}")
    };
    let key = EntityKey { stream: stream.clone(), kind: named.clone(), id: id.clone() };
    assert_eq!((key, told.rev), (kind.sample_key(&reporter()), rev(&first[0])));
    let altered = change(kind, &person, (1, 1), Base::Rev(0), &kind.sample_change(1));
    assert_eq!(
        push(&store, &person, &[altered]).await,
        [Outcome::Rejected { code: Rejection::PayloadDiffers }]
    );
}

pub async fn two_fields_do_not_conflict_and_one_field_keeps_both_values(store: Backend, kind: Kind) {
    if !kind.is_filled_in() {
        return never_contested(&store, kind).await;
    }
    contested(&store, kind).await;
}

/// What is made whole is made by whoever is first, and the others said the same.
async fn never_contested(store: &Backend, kind: Kind) {
    let person = author(store, kind).await;
    for (device, value) in [(1, 0), (2, 2), (3, 4)] {
        let op = change(kind, &person, (device, 1), Base::Rev(0), &kind.sample_change(value));
        let outcome = push(store, &person, &[op]).await;
        assert_eq!(matches!(outcome[0], Outcome::SameValue { .. }), device > 1, "{outcome:?}");
        rev(&outcome[0]);
    }
    let (stands, first) = (entity(store, &person, kind).await, kind.sample_change(0));
    assert_eq!(stands.branches, []);
    assert!(stands.fields.iter().all(|(field, register)| register.value == first[field]));
}

async fn contested(store: &Backend, kind: Kind) {
    let person = author(store, kind).await;
    let fields =
        (0..).take_while(|n| *n == 0 || kind.sample_change(*n).keys().ne(kind.sample_change(0).keys()));
    let count = fields.count();
    assert!(count > 1, "a kind has two fields");
    // Two devices that saw nothing, each with a field of its own; then one with the first one's.
    let ops = [
        change(kind, &person, (1, 1), Base::Rev(0), &kind.sample_change(0)),
        change(kind, &person, (2, 1), Base::Rev(0), &kind.sample_change(1)),
        change(kind, &person, (3, 1), Base::Rev(0), &kind.sample_change(count)),
    ];
    let mut outcomes = Vec::new();
    for op in &ops {
        outcomes.extend(push(store, &person, std::slice::from_ref(op)).await);
    }
    assert!(rev(&outcomes[1]) > rev(&outcomes[0]));
    assert!(matches!(&outcomes[2], Outcome::Conflict { .. }), "{outcomes:?}");
    let stands = entity(store, &person, kind).await;
    assert_eq!((stands.fields.len(), stands.branches.len()), (2, 1));
    let (field, value) = kind.sample_change(0).pop_first().expect("a field");
    let other = kind.sample_change(count).pop_first().expect("a field").1;
    assert_eq!((&stands.fields[&field].value, &stands.branches[0].value), (&value, &other));
}

pub async fn a_conflict_is_settled_by_a_person(store: Backend, kind: Kind) {
    if !kind.is_filled_in() {
        return;
    }
    contested(&store, kind).await;
    let person = author(&store, kind).await;
    let stands = entity(&store, &person, kind).await;
    let chosen = Change::from([(stands.branches[0].field.clone(), stands.branches[0].value.clone())]);
    let mut late = change(kind, &person, (4, 1), Base::Rev(stands.rev), &chosen);
    let OpBody::Entity { resolves, .. } = &mut late.body else { panic!("an entity") };
    resolves.push(stands.branches[0].conflict_id);
    assert!(rev(&push(&store, &person, &[late]).await[0]) > stands.rev);
    let after = entity(&store, &person, kind).await;
    assert_eq!(
        (after.branches.len(), &after.fields[&stands.branches[0].field].value),
        (0, &stands.branches[0].value)
    );
}

pub async fn who_asks_for_figures_alone_is_told_of_no_entity(store: Backend, kind: Kind) {
    let person = author(&store, kind).await;
    let before = store.pull(&person, &request(None, 100)).await.expect("a page");
    let op = change(kind, &person, (1, 1), Base::Rev(0), &kind.sample_change(0));
    push(&store, &person, &[op]).await;
    let after = store.pull(&person, &request(Some(before.next_cursor.clone()), 100)).await.expect("a page");
    assert_eq!((before.events.len(), after.events.len(), before.has_more), (0, 0, false));
    let more = PullRequest { kinds: Some(Kinds::known()), ..request(Some(after.next_cursor), 100) };
    assert!(store.pull(&person, &more).await.is_none(), "it starts over");
    assert_eq!(told(&store, &person, None).await.0.len(), 1);
}

pub async fn an_entity_in_a_snapshot_is_what_the_log_says(store: Backend, kind: Kind) {
    let person = author(&store, kind).await;
    let (_, cursor) = told(&store, &person, None).await;
    for nth in 0..4 {
        let op = change(kind, &person, (1, nth + 1), Base::Rev(0), &kind.sample_change(nth as usize));
        rev(&push(&store, &person, &[op]).await[0]);
    }
    let (log, _) = told(&store, &person, Some(cursor)).await;
    let (snapshot, _) = told(&store, &person, None).await;
    assert_eq!((log.len(), snapshot.len()), (4, 1));
    assert_eq!(log.last(), snapshot.first());
}

pub async fn a_restored_database_gives_no_revision_out_twice(store: Backend, kind: Kind) {
    let person = author(&store, kind).await;
    let op = change(kind, &person, (1, 1), Base::Rev(0), &kind.sample_change(0));
    let first = push(&store, &person, &[op]).await;
    let epoch = store.begin_epoch().await;
    let op = change(kind, &person, (1, 2), Base::Rev(rev(&first[0])), &kind.sample_change(1));
    let second = push(&store, &person, &[op]).await;
    assert!(rev(&second[0]) > epoch * chitieu_sync::ledger::EPOCH_SIZE, "{second:?}");
}

pub async fn a_report_has_so_many_attachments_and_none_changes_once_it_is_sent(store: Backend) {
    let officer = officer();
    let attach = |turn: &str, nth: usize, seq: u64| {
        let whole = Kind::TaskEvidence.sample_change(0);
        let mut op = change(Kind::TaskEvidence, &officer, (1, seq), Base::Rev(0), &whole);
        let OpBody::Entity { id, .. } = &mut op.body else { panic!("{op:?}") };
        *id = format!("I.2/{turn}/{nth:064x}");
        op
    };
    let rejected = |code| Outcome::Rejected { code };
    // Of another turn, whose name begins alike in part: it counts for itself.
    assert!(rev(&push(&store, &officer, &[attach("2026-Q2", 0, 1)]).await[0]) > 0);
    let all: Vec<Op> = (0..MOST_PER_REPORT).map(|nth| attach("2026-Q3", nth, 2 + nth as u64)).collect();
    for outcome in push(&store, &officer, &all).await {
        assert!(rev(&outcome) > 0);
    }
    assert_eq!(push(&store, &officer, &[attach("2026-Q3", 99, 50)]).await, [rejected(Rejection::TooMany)]);
    let step = Change::from([("step".to_owned(), Raw::of(&"submit"))]);
    let step = change(Kind::TaskReport, &officer, (1, 51), Base::Rev(0), &step);
    let removed = Change::from([("removed".to_owned(), Raw::of(&"yes"))]);
    let take_out = |seq, base| {
        let mut op = attach("2026-Q3", 0, seq);
        let OpBody::Entity { change, .. } = &mut op.body else { panic!("{op:?}") };
        (*change, op.base) = (Raw::of(&removed), Base::Rev(base));
        op
    };
    let told = push(&store, &officer, &[all[0].clone()]).await;
    // In one batch: what was taken out before the report is sent, and what comes after it.
    let both = push(&store, &officer, &[take_out(52, rev(&told[0])), step, attach("2026-Q3", 99, 53)]).await;
    assert!(rev(&both[0]) > 0 && rev(&both[1]) > 0, "{both:?}");
    assert_eq!(both[2], rejected(Rejection::Locked));
    assert_eq!(push(&store, &officer, &[attach("2026-Q3", 98, 54)]).await, [rejected(Rejection::Locked)]);
}
