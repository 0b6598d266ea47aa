//! The facts, each asked of a fresh store.

use super::backend::{
    ALL, Backend, SEXUAL, clear, estimated, figure, in_quarter, officer, op, request, reviewer, settling,
    step,
};
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::incoming::Malformed;
use chitieu_sync::kinds::Kinds;
use chitieu_sync::ledger::{EPOCH_SIZE, MergeError};
use chitieu_sync::memory::Memory;
use chitieu_sync::message::{Event, EventBody, OpResult, PullRequest, PullResponse};
use chitieu_sync::op::Cover;
use chitieu_sync::submission::{Action, State};
use chitieu_sync::{Base, Op, Outcome, Rejection};
use std::collections::BTreeMap;
use tokio::sync::Mutex;
use uuid::Uuid;

pub async fn push(store: &Backend, ops: &[Op]) -> Vec<Outcome> {
    let results = store.push(&officer(), ops).await.expect("nothing was copied");
    results.into_iter().map(|r| r.outcome).collect()
}

/// Everything somebody follows, as the last event of each cell and submission.
pub async fn all(store: &Backend, limit: usize) -> (BTreeMap<String, Event>, String) {
    let (mut seen, mut cursor) = (BTreeMap::new(), None);
    loop {
        let page = store.pull(&officer(), &request(cursor.clone(), limit)).await.expect("a page");
        for event in page.events {
            let name = match &event.body {
                EventBody::Cell { period, element, .. } => format!("{period} {element}"),
                EventBody::Submission { period, form, .. } => format!("{period} ({form})"),
                EventBody::Entity { kind, id, .. } => format!("{kind} {id}"),
                EventBody::Unknown(text) => panic!("{text}"),
            };
            seen.insert(name, event);
        }
        cursor = Some(page.next_cursor);
        if !page.has_more {
            return (seen, cursor.expect("it was just set"));
        }
    }
}

fn head(seen: &BTreeMap<String, Event>, element: &str) -> (Option<i64>, usize) {
    match &seen[&format!("2026-Q3 {element}")].body {
        EventBody::Cell { head, branches, .. } => (head.as_ref().and_then(|h| h.value), branches.len()),
        _ => panic!("a cell"),
    }
}

pub fn rev(outcome: &Outcome) -> u64 {
    match outcome {
        Outcome::Applied { rev, .. } | Outcome::SameValue { rev } => *rev,
        other => panic!("{other:?}"),
    }
}

pub async fn a_pushed_figure_is_pulled_and_a_replay_is_answered_alike(store: Backend) {
    let ops = [figure(1, ALL, 7, Base::Rev(0)), figure(2, SEXUAL, 3, Base::Rev(0))];
    let first = push(&store, &ops).await;
    assert!(matches!(first[0], Outcome::Applied { .. }), "{first:?}");
    assert_eq!(push(&store, &ops).await, first);
    let twice = [ops[0].clone(), ops[0].clone()];
    assert_eq!(push(&store, &twice).await, [first[0].clone(), first[0].clone()]);
    let (seen, _) = all(&store, 100).await;
    assert_eq!((head(&seen, ALL), head(&seen, SEXUAL)), ((Some(7), 0), (Some(3), 0)));
    let with_device = PullRequest { device_id: Some(Uuid::from_u128(1)), ..request(None, 100) };
    assert_eq!(store.pull(&officer(), &with_device).await.expect("a page").ack_device_seq, 2);
}

pub async fn an_old_base_is_a_conflict_that_a_resolution_closes(store: Backend) {
    let first = push(&store, &[figure(1, ALL, 7, Base::Rev(0))]).await;
    let second = push(&store, &[figure(2, ALL, 9, Base::Rev(0)), figure(3, ALL, 7, Base::Rev(0))]).await;
    let Outcome::Conflict { conflict_id, head: stands } = &second[0] else { panic!("{second:?}") };
    assert_eq!((stands.value, stands.rev), (Some(7), rev(&first[0])));
    assert_eq!(second[1], Outcome::SameValue { rev: rev(&first[0]) });
    assert_eq!(head(&all(&store, 100).await.0, ALL), (Some(7), 1));
    let resolves = vec![*conflict_id];
    let body = settling(ALL, 8, resolves);
    let third = push(&store, &[op(4, Base::Rev(rev(&first[0])), body)]).await;
    assert!(rev(&third[0]) > rev(&first[0]));
    assert_eq!(head(&all(&store, 100).await.0, ALL), (Some(8), 0));
}

/// What is told of the contested values of a cell: their values, oldest first, and how many there are besides.
async fn contested(store: &Backend) -> (Vec<i64>, u64, Vec<Uuid>) {
    let (seen, _) = all(store, 100).await;
    let EventBody::Cell { branches, more, .. } = &seen[&format!("2026-Q3 {ALL}")].body else {
        panic!("a cell")
    };
    let values = branches.iter().map(|b| b.value.expect("a value")).collect();
    (values, *more, branches.iter().map(|b| b.conflict_id).collect())
}

pub async fn of_many_contested_values_the_newest_are_told_and_none_is_lost(store: Backend) {
    let mut ops = vec![figure(1, ALL, 1_000, Base::Rev(0))];
    ops.extend((2..=71).map(|seq| figure(seq, ALL, seq as i64, Base::Rev(0))));
    let first = push(&store, &ops[..30]).await;
    push(&store, &ops[30..]).await;
    let mut there: Vec<i64> = (2..=71).collect();
    let told = |there: &[i64]| {
        let beyond = there.len().saturating_sub(20);
        (there[beyond..].to_vec(), beyond as u64)
    };
    let (values, more, _) = contested(&store).await;
    assert_eq!((values, more), told(&there));

    // One that is not told any more is gone on from; in the same batch others come.
    let mut next = vec![figure(72, ALL, 72, Base::Op(ops[4].op_id))];
    next.extend((73..=76).map(|seq| figure(seq, ALL, seq as i64, Base::Rev(0))));
    assert!(
        matches!(push(&store, &next).await[0], Outcome::Conflict { conflict_id, .. } if conflict_id == ops[4].op_id)
    );
    there.retain(|value| *value != 5);
    there.extend(72..=76);
    let (values, more, shown) = contested(&store).await;
    assert_eq!((values, more), told(&there));

    // Settling what is told brings the next into view, also while others come in the same batch; an older one that is
    // named is settled too.
    let mut resolves = shown.clone();
    resolves.push(ops[10].op_id);
    let settle = op(77, Base::Rev(rev(&first[0])), settling(ALL, 2_000, resolves));
    let mut batch = vec![settle];
    batch.extend((78..=80).map(|seq| figure(seq, ALL, seq as i64, Base::Rev(0))));
    assert!(matches!(push(&store, &batch).await[0], Outcome::Applied { .. }));
    there.truncate(there.len() - 20);
    there.retain(|value| *value != 11);
    there.extend(78..=80);
    let (values, more, _) = contested(&store).await;
    assert_eq!((values, more), told(&there));

    // Until nothing is left.
    for seq in 81_u64.. {
        let (values, more, shown) = contested(&store).await;
        assert_eq!((values, more), told(&there));
        if there.is_empty() {
            break;
        }
        let base = Base::Op(Uuid::from_u128(1 << 64 | u128::from(if seq == 81 { 77 } else { seq - 1 })));
        let outcome = push(&store, &[op(seq, base, settling(ALL, seq as i64 * 100, shown))]).await;
        assert!(matches!(outcome[0], Outcome::Applied { .. }), "{outcome:?}");
        there.truncate(there.len().saturating_sub(20));
    }
}

pub async fn an_op_that_came_before_its_base_is_judged_with_it(store: Backend) {
    let first = figure(1, ALL, 1, Base::Rev(0));
    let second = figure(2, ALL, 2, Base::Op(first.op_id));
    let third = figure(3, ALL, 3, Base::Op(second.op_id));
    assert_eq!(push(&store, std::slice::from_ref(&third)).await, [Outcome::Held]);
    assert_eq!(push(&store, std::slice::from_ref(&second)).await, [Outcome::Held]);
    let held = PullRequest { held: vec![second.op_id, third.op_id], ..request(None, 100) };
    assert_eq!(store.pull(&officer(), &held).await.expect("a page").late, []);
    push(&store, &[first]).await;
    assert_eq!(head(&all(&store, 100).await.0, ALL), (Some(3), 0));
    let mut late = store.pull(&officer(), &held).await.expect("a page").late;
    late.sort_by_key(|result| result.op_id);
    assert_eq!(late.iter().map(|r| r.op_id).collect::<Vec<_>>(), [second.op_id, third.op_id]);
    assert!(late.iter().all(|r| matches!(r.outcome, Outcome::Applied { .. })), "{late:?}");
    assert_eq!(push(&store, &[third]).await, [late[1].outcome.clone()], "its stored result");
}

pub async fn a_copied_device_is_refused_whole(store: Backend) {
    push(&store, &[figure(1, ALL, 1, Base::Rev(0))]).await;
    let mut other = figure(1, SEXUAL, 2, Base::Rev(0));
    other.op_id = Uuid::from_u128(99);
    let batch = [figure(2, SEXUAL, 5, Base::Rev(0)), other];
    assert_eq!(store.push(&officer(), &batch).await, Err(MergeError::DeviceCloned));
    let (seen, _) = all(&store, 100).await;
    assert!(!seen.contains_key(&format!("2026-Q3 {SEXUAL}")), "nothing of the batch is there");
}

pub async fn what_was_based_on_something_malformed_waits_for_it_no_longer(store: Backend) {
    let lost = Uuid::from_u128(1 << 64 | 1);
    let malformed =
        Malformed { op_id: Some(lost), author: "lan".into(), raw: "{}".into(), why: "empty".into() };
    let early =
        [figure(2, ALL, 2, Base::Op(lost)), figure(3, ALL, 3, Base::Op(Uuid::from_u128(1 << 64 | 2)))];
    assert_eq!(push(&store, &early).await, [Outcome::Held, Outcome::Held]);
    let with = [figure(4, SEXUAL, 4, Base::Rev(0))];
    let results =
        store.push_with(&officer(), &with, std::slice::from_ref(&malformed)).await.expect("results");
    assert!(matches!(results[0].outcome, Outcome::Applied { .. }), "{results:?}");
    let held = PullRequest { held: early.iter().map(|op| op.op_id).collect(), ..request(None, 100) };
    let late = store.pull(&officer(), &held).await.expect("a page").late;
    assert_eq!(late.len(), 2, "{late:?}");
    assert!(late.iter().all(|r| matches!(r.outcome, Outcome::Conflict { .. })), "{late:?}");
    // What comes after it is judged at once.
    let after =
        push(&store, &[figure(5, SEXUAL, 9, Base::Op(lost)), figure(6, SEXUAL, 4, Base::Op(lost))]).await;
    assert!(matches!(after[0], Outcome::Conflict { .. }) && matches!(after[1], Outcome::SameValue { .. }));
    // It comes again, as often as it likes.
    store.push_with(&officer(), &[], &[malformed]).await.expect("nothing");
    // What came well under that id stays what it was.
    let known =
        Malformed { op_id: Some(with[0].op_id), author: "lan".into(), raw: "[]".into(), why: "empty".into() };
    store.push_with(&officer(), &[], &[known]).await.expect("nothing");
    let base = Base::Op(with[0].op_id);
    assert!(matches!(push(&store, &[figure(7, SEXUAL, 5, base)]).await[0], Outcome::Applied { .. }));
}

pub async fn another_content_under_a_known_id_is_refused(store: Backend) {
    push(&store, &[figure(1, ALL, 1, Base::Rev(0))]).await;
    let refused = push(&store, &[figure(1, ALL, 2, Base::Rev(0))]).await;
    assert_eq!(refused, [Outcome::Rejected { code: Rejection::PayloadDiffers }]);
    let mut renamed = figure(1, ALL, 1, Base::Rev(0));
    (renamed.device_id, renamed.device_seq) = (Uuid::from_u128(5), 8);
    assert!(matches!(push(&store, &[renamed]).await[0], Outcome::Applied { .. }), "a device may be renamed");
    assert_eq!(head(&all(&store, 100).await.0, ALL), (Some(1), 0));
}

pub async fn a_snapshot_in_small_pages_is_followed_by_the_log(store: Backend) {
    let mut ops = Vec::new();
    for quarter in 1..=3 {
        for element in [ALL, SEXUAL] {
            ops.push(in_quarter(figure(ops.len() as u64 + 1, element, 4, Base::Rev(0)), quarter));
        }
    }
    push(&store, &ops).await;
    let begun = store.pull(&officer(), &request(None, 2)).await.expect("a page");
    assert!(begun.is_snapshot && begun.has_more);
    // Written while the snapshot is being read: it comes with the log.
    push(&store, &[figure(7, ALL, 5, Base::Op(ops[4].op_id))]).await;
    let (mut cursor, mut pages, mut last) = (begun.next_cursor, 1, None);
    while last.as_ref().is_none_or(|page: &PullResponse| page.has_more || page.is_snapshot) {
        let page = store.pull(&officer(), &request(Some(cursor.clone()), 2)).await.expect("a page");
        cursor.clone_from(&page.next_cursor);
        last = Some(page);
        pages += 1;
    }
    assert!(pages > 3, "{pages} pages");
    let last = last.expect("there was one");
    assert_eq!(last.events.len(), 1, "the log has what came after the snapshot was begun");
    assert!(matches!(&last.events[0].body, EventBody::Cell { head: Some(h), .. } if h.value == Some(5)));
    let (whole, _) = all(&store, 100).await;
    let (small, _) = all(&store, 2).await;
    assert_eq!(whole, small);
    assert_eq!(whole.len(), 6);
}

pub async fn submitted_figures_are_locked_until_they_are_returned(store: Backend) {
    let figures = [figure(1, ALL, 7, Base::Rev(0)), figure(2, SEXUAL, 3, Base::Rev(0))];
    let covers: Vec<Cover> = [ALL, SEXUAL]
        .iter()
        .zip(&figures)
        .map(|(element, op)| Cover::of(*element, Base::Op(op.op_id)))
        .collect();
    let early = step(3, Base::Rev(0), Action::Submit, covers[..1].to_vec());
    let broken = [figure(4, SEXUAL, 9, Base::Op(figures[1].op_id))];
    assert_eq!(push(&store, &figures).await.len(), 2);
    assert_eq!(push(&store, &[early]).await, [Outcome::Rejected { code: Rejection::Incomplete }]);
    push(&store, &broken).await;
    let submit = |seq, covers| step(seq, Base::Rev(0), Action::Submit, covers);
    assert_eq!(
        push(&store, &[submit(5, covers.clone())]).await,
        [Outcome::Rejected { code: Rejection::RuleBroken }],
        "9 of 7"
    );
    let mended = figure(6, SEXUAL, 2, Base::Op(broken[0].op_id));
    push(&store, std::slice::from_ref(&mended)).await;
    assert_eq!(
        push(&store, &[submit(7, covers.clone())]).await,
        [Outcome::Rejected { code: Rejection::CoverMoved }]
    );
    let covers = vec![covers[0].clone(), Cover::of(SEXUAL, Base::Op(mended.op_id))];
    let submitted = push(&store, &[submit(8, covers), figure(9, ALL, 8, Base::Op(figures[0].op_id))]).await;
    assert!(matches!(submitted[0], Outcome::Applied { .. }), "{submitted:?}");
    assert_eq!(submitted[1], Outcome::Rejected { code: Rejection::Locked });
    let standing = |seen: &BTreeMap<String, Event>| match &seen["2026-Q3 (child_abuse)"].body {
        EventBody::Submission { standing, .. } => standing.clone(),
        _ => panic!("a form"),
    };
    let mut ask = step(12, Base::Rev(rev(&submitted[0])), Action::Ask, Vec::new());
    ask.reason = Some("dòng 1 là 8".into());
    let asked = push(&store, &[ask]).await;
    let (seen, _) = all(&store, 100).await;
    assert_eq!(standing(&seen).state, State::Submitted);
    assert_eq!(standing(&seen).asks.as_deref(), Some("dòng 1 là 8"));
    let mut back = step(10, Base::Rev(rev(&asked[0])), Action::Return, Vec::new());
    (back.author, back.reason) = ("duyet".into(), Some("xem lại dòng 1".into()));
    let returned: Vec<OpResult> = store.push(&reviewer(), &[back]).await.expect("a result");
    assert!(matches!(returned[0].outcome, Outcome::Applied { .. }), "{returned:?}");
    assert!(matches!(
        push(&store, &[figure(11, ALL, 8, Base::Op(figures[0].op_id))]).await[0],
        Outcome::Applied { .. }
    ));
    let (seen, _) = all(&store, 100).await;
    let standing = standing(&seen);
    assert_eq!((standing.state, standing.reason.as_deref()), (State::Returned, Some("xem lại dòng 1")));
    assert_eq!(standing.asks, None, "it was answered");
}

pub async fn a_new_lifetime_begins_above_the_last_and_forgets_no_cursor_silently(store: Backend) {
    let first = push(&store, &[figure(1, ALL, 1, Base::Rev(0))]).await;
    let (_, cursor) = all(&store, 100).await;
    let epoch = store.begin_epoch().await;
    assert!(store.pull(&officer(), &request(Some(cursor), 100)).await.is_none(), "the cursor is gone");
    let page = store.pull(&officer(), &request(None, 100)).await.expect("a page");
    assert_eq!(page.epoch, epoch);
    let second = push(&store, &[figure(2, ALL, 2, Base::Rev(rev(&first[0])))]).await;
    assert!(rev(&second[0]) > epoch * EPOCH_SIZE, "{second:?}");
    let Outcome::Applied { seq, .. } = second[0] else { panic!("{second:?}") };
    assert!(seq > epoch * EPOCH_SIZE);
}

pub async fn what_is_not_asked_for_is_not_told_and_asking_for_more_starts_over(store: Backend) {
    let asked = |kinds: &[&str], cursor| PullRequest { kinds: Some(Kinds::of(kinds)), ..request(cursor, 1) };
    let page = async |asked: &PullRequest| store.pull(&officer(), asked).await;
    let read = async |mut cursor: Option<String>| {
        let mut told = Vec::new();
        loop {
            let answer = page(&asked(&["submission"], cursor.clone())).await.expect("a page");
            told.extend(answer.events.iter().map(|event| event.kind().to_owned()));
            cursor = Some(answer.next_cursor);
            if !answer.has_more {
                return (told, cursor);
            }
        }
    };
    let figures = [figure(1, ALL, 7, Base::Rev(0)), figure(2, SEXUAL, 3, Base::Rev(0))];
    push(&store, &figures).await;
    // A snapshot leaves it out, and so does the log, which goes on behind it.
    let (told, cursor) = read(None).await;
    assert_eq!(told, [] as [&str; 0]);
    let corrected = figure(3, ALL, 8, Base::Op(figures[0].op_id));
    let covers = [(ALL, corrected.op_id), (SEXUAL, figures[1].op_id)];
    let covers = covers.map(|(element, op)| Cover::of(element, Base::Op(op)));
    push(&store, &[corrected]).await;
    let submitted = push(&store, &[step(4, Base::Rev(0), Action::Submit, covers.into())]).await;
    assert!(matches!(submitted[0], Outcome::Applied { .. }), "{submitted:?}");
    assert_eq!(read(cursor).await.0, ["submission"]);
    assert_eq!(read(None).await.0, ["submission"]);

    let later = ["submission", "task_of_a_later_release"];
    let first = page(&asked(&later, None)).await.expect("a page").next_cursor;
    let fewer = page(&asked(&["submission"], Some(first.clone()))).await.expect("fewer may be asked for");
    assert!(page(&asked(&["submission", "figure"], Some(first))).await.is_none(), "figures were withheld");
    assert!(page(&asked(&later, Some(fewer.next_cursor))).await.is_none(), "of fewer it says nothing else");
    // Who names none reads figures and submissions, as v0.1.0 does.
    let plain = store.pull(&officer(), &request(None, 100)).await.expect("a page").next_cursor;
    assert!(page(&asked(&["figure", "submission"], Some(plain.clone()))).await.is_some());
    assert!(page(&asked(&["figure", "submission", "task"], Some(plain))).await.is_none());
}

pub async fn what_is_not_followed_is_not_told(store: Backend) {
    push(&store, &[figure(1, ALL, 1, Base::Rev(0))]).await;
    let mut other = officer();
    let court = "court_province:33@2021-01-01".parse().expect("an id");
    other.grants = Grants::plain(Role::Officer, vec![court]);
    let page = store.pull(&other, &request(None, 100)).await.expect("a page");
    assert_eq!(page.events, []);
    let refused = store.push(&other, &[figure(2, ALL, 5, Base::Rev(0))]).await.expect("a result");
    assert_eq!(refused[0].outcome, Outcome::Rejected { code: Rejection::NoRight });
}

/// Small random numbers, the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Batches of anything, some of them repeated: each is answered as the twin in memory answers it.
pub async fn any_batches_come_to_the_same_as_in_memory(store: Backend) {
    let twin = Backend::Memory(Box::new(Mutex::new(Memory::new(1))));
    let mut dice = Dice(42);
    let mut made: Vec<Op> = Vec::new();
    for _ in 0..150 {
        let mut batch = Vec::new();
        for _ in 0..=dice.below(6) {
            let seq = made.len() as u64 + 1;
            let base = match dice.below(4) {
                0 => Base::Rev(0),
                1 => Base::Rev(EPOCH_SIZE + dice.below(12)),
                // Of an op before, of itself or of one to come.
                _ => Base::Op(Uuid::from_u128(1 << 64 | u128::from(seq.saturating_sub(3) + dice.below(5)))),
            };
            let element = [ALL, SEXUAL, "no_such_element"][dice.below(12).min(2) as usize % 3];
            let mut one = match dice.below(9) {
                0 => {
                    let cover = |e: &str| Cover::of(e, base);
                    step(seq, Base::Rev(0), Action::Submit, vec![cover(ALL), cover(SEXUAL)])
                }
                1 => clear(seq, element, base),
                2 => estimated(seq, element, dice.below(4) as i64, base),
                3 => Op { note: Some("n".into()), ..figure(seq, element, dice.below(4) as i64, base) },
                _ => figure(seq, element, dice.below(4) as i64, base),
            };
            one = in_quarter(one, 1 + dice.below(3) as u8);
            made.push(one.clone());
            batch.push(one);
        }
        if dice.below(3) == 0 {
            let again = dice.below(made.len() as u64) as usize;
            batch.push(made[again].clone());
        }
        let swapped = dice.below(batch.len() as u64) as usize;
        batch.swap(0, swapped);
        let (ours, theirs) = (store.push(&officer(), &batch).await, twin.push(&officer(), &batch).await);
        assert_eq!(ours, theirs, "{batch:#?}");
    }
    let (ours, theirs) = (all(&store, 7).await.0, all(&twin, 100).await.0);
    assert_eq!(ours, theirs);
    assert!(ours.len() > 5);
}
