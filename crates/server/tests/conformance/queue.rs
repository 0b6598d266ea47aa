//! Pushes that are written together come to what they come to one after another.

use super::backend::{ALL, Backend, Kind, MODEL, PLAN, SEXUAL, figure, request, today};
use chitieu_domain::{PeriodId, ReporterId};
use chitieu_server::auth::session::Person;
use chitieu_server::store::Store;
use chitieu_server::store::push::PushError;
use chitieu_server::store::push::queue::{Queue, Request};
use chitieu_sync::cooperation::Cooperation;
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::ledger::MergeError;
use chitieu_sync::memory::Memory;
use chitieu_sync::message::OpResult;
use chitieu_sync::plans::Accepted;
use chitieu_sync::{Base, Op, OpBody, Outcome};
use futures_util::future::join_all;
use std::sync::Arc;
use tokio::sync::Mutex;
use uuid::Uuid;

/// The former districts' police.
fn reporters() -> Vec<ReporterId> {
    let all = MODEL.reporters().iter().map(|reporter| reporter.id.clone());
    all.filter(|id| id.agency() == "police_district").collect()
}

/// The account of one reporter.
fn officer(nth: usize) -> Person {
    let grants = Grants::plain(Role::Officer, vec![reporters()[nth].clone()]);
    Person { username: format!("officer-{nth}"), display_name: String::new(), grants }
}

/// A figure of a reporter, numbered on the device of its account.
fn of(nth: usize, seq: u64, quarter: u8, element: &str, value: i64, base: Base) -> Op {
    let mut op = figure(seq, element, value, base);
    op.op_id = Uuid::from_u128((nth as u128 + 10) << 64 | u128::from(seq));
    op.device_id = Uuid::from_u128(nth as u128 + 10);
    op.author = format!("officer-{nth}");
    op.stream = reporters()[nth].clone().into();
    if let OpBody::Figure { period, .. } = &mut op.body {
        *period = PeriodId::Quarter(2024, quarter);
    }
    op
}

fn wanted(person: &Person, ops: Vec<Op>) -> Request {
    Request {
        model: Arc::clone(&MODEL),
        plans: Arc::new(Accepted::only(PLAN)),
        author: person.username.clone(),
        cooperation: Cooperation::default(),
        grants: person.grants.clone(),
        defers: true,
        today: today(),
        at: super::backend::NOW.into(),
        ops,
        malformed: Vec::new(),
    }
}

/// Pushes all at once; the first begins while the others wait.
async fn at_once(store: &Store, batches: &[(usize, Vec<Op>)]) -> Vec<Result<Vec<OpResult>, PushError>> {
    let queue = Queue::default();
    let pushes = batches.iter().map(|(nth, ops)| queue.push(store, wanted(&officer(*nth), ops.clone())));
    let answers = join_all(pushes).await;
    answers.into_iter().map(|answer| answer.map(|(response, _)| response.results)).collect()
}

/// What everybody finds, without what only the order of other streams decides.
async fn found(backend: &Backend, officers: usize) -> Vec<String> {
    let mut all = Vec::new();
    for nth in 0..officers {
        let page = backend.pull(&officer(nth), &request(None, 1_000)).await.expect("a page");
        assert!(!page.has_more);
        let mut events: Vec<String> = page.events.iter().map(|event| format!("{event:?}")).collect();
        events.sort_unstable();
        all.extend(events);
    }
    all
}

async fn comes_to_the_same(backend: Backend) {
    let Backend::Sql(store) = &backend else { return };
    let twin = Backend::Memory(Box::new(Mutex::new(Memory::new(1))));
    let officers = 6;
    let mut dice = 7_u64;
    let mut below = move |most: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % most
    };
    let (mut seqs, mut applied) = (vec![0; officers], 0);
    for _ in 0..30 {
        // Several of one author among them, and some that name another's figure.
        let mut batches = Vec::new();
        for _ in 0..10 {
            let nth = below(officers as u64) as usize;
            let mut ops = Vec::new();
            for _ in 0..=below(3) {
                seqs[nth] += 1;
                let base = match below(4) {
                    0 => Base::Rev(0),
                    1 => Base::Op(Uuid::from_u128(
                        u128::from(below(officers as u64) + 10) << 64 | u128::from(below(8)),
                    )),
                    _ => Base::Op(Uuid::from_u128((nth as u128 + 10) << 64 | u128::from(seqs[nth] - 1))),
                };
                let element = if below(2) == 0 { ALL } else { SEXUAL };
                ops.push(of(nth, seqs[nth], 1 + below(2) as u8, element, below(5) as i64, base));
            }
            batches.push((nth, ops));
        }
        let ours = at_once(store, &batches).await;
        for ((nth, ops), ours) in batches.iter().zip(ours) {
            let theirs = twin.push(&officer(*nth), ops).await.expect("nobody copied a device");
            let mut ours = ours.expect("an answer");
            // An event's number is the stream's own; both count alike.
            for (our, their) in ours.iter_mut().zip(&theirs) {
                assert_eq!(our, their, "{ops:#?}");
                applied += usize::from(matches!(our.outcome, Outcome::Applied { .. }));
            }
        }
    }
    assert!(applied > 30, "{applied} of them were applied");
    assert_eq!(found(&backend, officers).await, found(&twin, officers).await);
}

async fn harms_no_other(backend: Backend) {
    let Backend::Sql(store) = &backend else { return };
    let first = of(0, 1, 1, ALL, 1, Base::Rev(0));
    let mut copied = of(1, 1, 1, ALL, 2, Base::Rev(0));
    copied.device_id = first.device_id;
    let good = of(2, 1, 1, ALL, 3, Base::Rev(0));
    let answers = at_once(store, &[(0, vec![first]), (1, vec![copied]), (2, vec![good])]).await;
    assert!(matches!(&answers[1], Err(PushError::DeviceCloned)), "{:?}", answers[1]);
    for answer in [&answers[0], &answers[2]] {
        let results = answer.as_ref().expect("an answer");
        assert!(matches!(results[0].outcome, Outcome::Applied { .. }), "{results:?}");
    }
    // Nothing of the refused one is there.
    let again = of(1, 2, 1, ALL, 9, Base::Rev(0));
    let twin = backend.push(&officer(1), &[again]).await;
    assert!(!matches!(twin, Err(MergeError::DeviceCloned)));
    assert!(matches!(twin.expect("a result")[0].outcome, Outcome::Applied { .. }), "the cell was empty");
}

#[tokio::test]
async fn pushes_written_together_come_to_what_they_come_to_one_after_another() {
    for kind in [Kind::sqlite, Kind::postgres_server] {
        if let Some(backend) = kind.open().await {
            comes_to_the_same(backend).await;
        }
    }
}

#[tokio::test]
async fn a_push_that_is_refused_whole_harms_none_that_was_written_with_it() {
    for kind in [Kind::sqlite, Kind::postgres_server] {
        if let Some(backend) = kind.open().await {
            harms_no_other(backend).await;
        }
    }
}
