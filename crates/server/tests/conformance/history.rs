//! What happened to a thing, as every store tells it.

use super::backend::{
    ALL, Backend, MODEL, PERIOD, SEXUAL, figure, in_quarter, officer, op, reporter, reviewer, settling, step,
    today,
};
use super::list::{push, rev};
use chitieu_server::auth::session::Person;
use chitieu_sync::entity::{Change, EntityKey, Kind};
use chitieu_sync::history::told::{Entry, Saw, What, entries};
use chitieu_sync::history::{FeedRequest, MOST_RECORDS, Record, Thing};
use chitieu_sync::message::EventBody;
use chitieu_sync::op::Cover;
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::{CellKey, SubmissionKey};
use chitieu_sync::submission::Action;
use chitieu_sync::{Base, Op, OpBody, Outcome};
use uuid::Uuid;

fn cell(element: &str) -> Thing {
    let (reporter, period, element) = (reporter(), PERIOD, element.to_owned());
    Thing::Cell(CellKey { reporter, period, element }, "child_abuse".into())
}

/// An op of another device.
fn elsewhere(mut op: Op) -> Op {
    op.op_id = Uuid::from_u128(2 << 64 | u128::from(op.device_seq));
    op.device_id = Uuid::from_u128(2);
    op
}

async fn one(store: &Backend, op: Op) -> Outcome {
    push(store, &[op]).await.remove(0)
}

/// What was done, in few words.
fn words(entry: &Entry) -> String {
    let said = match &entry.what {
        What::Figure { old, new, settled } => {
            let old = old.as_ref().map_or("-".into(), |old| format!("{:?}", old.value));
            let settled: Vec<_> = settled.iter().map(|branch| branch.value).collect();
            format!("{old} -> {:?}, settled {settled:?}", new.value)
        }
        What::Contested { new, stands, saw } => {
            let stands = stands.as_ref().map(|head| head.value);
            let saw = match saw {
                Saw::Value(head) => format!("{:?}", head.value),
                other => format!("{other:?}"),
            };
            format!("{:?} beside {stands:?}, saw {saw}", new.value)
        }
        What::Step(action) => format!("{action:?}"),
        What::Unknown => "?".into(),
        What::Fields(changes) => {
            let one = |c: &chitieu_sync::history::told::FieldChange| {
                let old = c.old.as_ref().map_or("-", Raw::text);
                format!("{} {old} -> {} {} {}", c.field, c.new.text(), c.is_contested, c.settles)
            };
            changes.iter().map(one).collect::<Vec<_>>().join("; ")
        }
    };
    format!("{}: {said}", entry.author)
}

fn said(records: &[Record]) -> Vec<String> {
    entries(records, true).iter().map(words).collect()
}

pub async fn the_history_of_a_cell_is_complete_and_in_order(store: Backend) {
    // Entered, corrected on a second device, contested by the first, settled.
    let entered = one(&store, figure(1, ALL, 12, Base::Rev(0))).await;
    one(&store, elsewhere(figure(1, ALL, 15, Base::Rev(rev(&entered))))).await;
    let contested = one(&store, figure(2, ALL, 21, Base::Rev(rev(&entered)))).await;
    let Outcome::Conflict { conflict_id, head } = contested else { panic!("{contested:?}") };
    let mut settled = op(3, Base::Rev(head.rev), settling(ALL, 21, vec![conflict_id]));
    settled.reason = Some("theo sổ".into());
    let settled = one(&store, settled).await;
    let other = one(&store, figure(4, SEXUAL, 3, Base::Rev(0))).await;
    // What changes nothing is no part of it, and what is refused neither.
    one(&store, elsewhere(figure(2, ALL, 21, Base::Rev(0)))).await;
    one(&store, elsewhere(figure(3, ALL, -1, Base::Rev(0)))).await;
    // Submitted, returned, corrected, submitted, approved.
    let covers =
        |all, sexual| vec![Cover::of(ALL, Base::Rev(rev(all))), Cover::of(SEXUAL, Base::Rev(rev(sexual)))];
    let submitted = one(&store, step(5, Base::Rev(0), Action::Submit, covers(&settled, &other))).await;
    let by = |mut op: Op, reason: Option<&str>| {
        (op.author, op.reason) = ("duyet".into(), reason.map(str::to_owned));
        op.device_id = Uuid::from_u128(3);
        op
    };
    let back = by(step(6, Base::Rev(rev(&submitted)), Action::Return, Vec::new()), Some("xem lại"));
    let back = store.push(&reviewer(), &[back]).await.expect("a result").remove(0).outcome;
    let corrected = one(&store, figure(7, ALL, 20, Base::Rev(rev(&settled)))).await;
    let again = one(&store, step(8, Base::Rev(rev(&back)), Action::Submit, covers(&corrected, &other))).await;
    let approve = by(step(9, Base::Rev(rev(&again)), Action::Approve, Vec::new()), None);
    store.push(&reviewer(), &[approve]).await.expect("a result");
    // Another form, another period, another cell.
    one(&store, in_quarter(figure(10, ALL, 1, Base::Rev(0)), 2)).await;

    let records = store.history(&cell(ALL)).await;
    let told = entries(&records, true);
    assert_eq!(
        told.iter().map(words).collect::<Vec<_>>(),
        [
            "lan: - -> Some(12), settled []",
            "lan: Some(12) -> Some(15), settled []",
            "lan: Some(21) beside Some(Some(15)), saw Some(12)",
            "lan: Some(15) -> Some(21), settled [Some(21)]",
            "lan: Submit",
            "duyet: Return",
            "lan: Some(21) -> Some(20), settled []",
            "lan: Submit",
            "duyet: Approve",
        ]
    );
    assert!(told.windows(2).all(|pair| pair[0].seq < pair[1].seq), "in order");
    let reasons: Vec<_> = told.iter().filter_map(|entry| entry.reason.as_deref()).collect();
    assert_eq!(reasons, ["theo sổ", "xem lại"]);
    let first = told[0].op_id.expect("every op is named");
    assert_eq!((first, told[1].op_id), (Uuid::from_u128(1 << 64 | 1), Some(Uuid::from_u128(2 << 64 | 1))));
    // The form's own history is its steps.
    let (reporter, period, form) = (reporter(), PERIOD, "child_abuse".to_owned());
    let form = store.history(&Thing::Submission(SubmissionKey { reporter, period, form })).await;
    assert_eq!(said(&form), ["lan: Submit", "duyet: Return", "lan: Submit", "duyet: Approve"]);
    // Of a part of it the oldest is told as far as it is known.
    let late = entries(&records[2..], false);
    assert_eq!(words(&late[0]), "lan: Some(21) beside Some(Some(15)), saw Unknown");
    assert_eq!(words(&late[1]), "lan: Some(15) -> Some(21), settled [Some(21)]");
}

pub async fn the_history_of_an_entity_says_which_fields_changed(store: Backend) {
    let EntityKey { stream, kind, id } = Kind::TaskReport.sample_key(&reporter());
    let change = |seq, base, change: Change, resolves| {
        let body = OpBody::Entity { kind: kind.clone(), id: id.clone(), change: Raw::of(&change), resolves };
        op(seq, base, body)
    };
    let text = |text: &str| Change::from([("text".to_owned(), Raw::of(&text))]);
    let began = Change::from([("began".to_owned(), Raw::of(&"2026-11-02"))]);
    let first = one(&store, change(1, Base::Rev(0), text("một"), Vec::new())).await;
    one(&store, elsewhere(change(1, Base::Rev(rev(&first)), began, Vec::new()))).await;
    let contested = one(&store, elsewhere(change(2, Base::Rev(0), text("hai"), Vec::new()))).await;
    let Outcome::Conflict { conflict_id, head } = contested else { panic!("{contested:?}") };
    one(&store, change(2, Base::Rev(head.rev), text("ba"), vec![conflict_id])).await;
    let thing = Thing::Entity(EntityKey { stream, kind: kind.clone(), id: id.clone() });
    assert_eq!(
        said(&store.history(&thing).await),
        [
            "lan: text - -> \"một\" false false",
            "lan: began - -> \"2026-11-02\" false false",
            "lan: text \"một\" -> \"hai\" true false",
            "lan: text \"một\" -> \"ba\" false true",
        ]
    );
}

/// A cell that is corrected so many times.
async fn corrected(store: &Backend, times: u64) {
    for seq in 1..=times {
        let base =
            if seq == 1 { Base::Rev(0) } else { Base::Op(Uuid::from_u128(1 << 64 | u128::from(seq - 1))) };
        one(store, figure(seq, ALL, seq as i64, base)).await;
    }
}

pub async fn a_history_is_read_page_by_page(store: Backend) {
    let Backend::Sql(sql) = &store else { return };
    let times = MOST_RECORDS as u64 + 5;
    corrected(&store, times).await;
    let first = sql.history(&cell(ALL), None).await.expect("a page");
    assert_eq!(first.records.len(), MOST_RECORDS);
    let second = sql.history(&cell(ALL), first.next).await.expect("a page");
    assert_eq!((second.records.len(), second.next), (5, None));
    let all: Vec<u64> = first.records.iter().chain(&second.records).map(|record| record.seq).collect();
    assert!(all.windows(2).all(|pair| pair[0] > pair[1]), "newest first, each once");
}

pub async fn a_feed_brings_what_a_device_follows_once_and_goes_on_from_there(store: Backend) {
    let Backend::Sql(sql) = &store else { return };
    let ask = async |person: &Person, request: &FeedRequest| {
        sql.history_feed(&MODEL, person.reader(), today(), request).await.expect("a page")
    };
    corrected(&store, 3).await;
    let (own, reviews) = (officer(), reviewer());
    let first = ask(&own, &FeedRequest::default()).await;
    assert_eq!((first.records.len(), first.has_more, first.cut.len()), (3, false, 0));
    let places = FeedRequest { epoch: first.epoch, mark: first.mark, places: first.places };
    assert_eq!(ask(&own, &places).await.records, []);
    one(&store, figure(4, ALL, 4, Base::Op(Uuid::from_u128(1 << 64 | 3)))).await;
    let next = ask(&own, &places).await;
    assert_eq!(next.records.len(), 1, "what is new alone");
    assert_eq!(said(&next.records), ["lan: - -> Some(4), settled []"]);
    // Whose device holds no figure is told of none, and of every submission.
    let empty = ask(&reviews, &FeedRequest::default()).await;
    let is_figure = |record: &Record| matches!(record.event.body, EventBody::Cell { .. });
    assert!(!empty.records.iter().any(is_figure), "{:?}", empty.records);
    // Another lifetime: what the device has is of a log that is gone.
    store.begin_epoch().await;
    let anew = ask(&own, &places).await;
    assert!(anew.epoch > places.epoch);
    assert_eq!(anew.records.len(), 4);
}
