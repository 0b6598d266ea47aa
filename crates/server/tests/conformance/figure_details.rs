//! Facts about what a figure says beside its value: that its cell is cleared, that it is estimated, a note.

use super::backend::{
    ALL, Backend, MODEL, SEXUAL, clear, estimated, figure, in_quarter, officer, publisher, reporter, request,
    reviewer, step,
};
use super::list::{all, push, rev};
use chitieu_domain::PeriodId;
use chitieu_server::auth::session::Person;
use chitieu_sync::message::{Event, EventBody};
use chitieu_sync::op::Cover;
use chitieu_sync::outcome::{Branch, Head};
use chitieu_sync::sight::Sight;
use chitieu_sync::submission::Action;
use chitieu_sync::{Base, Op, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What the head of a cell says, and its branches.
fn says(seen: &BTreeMap<String, Event>, element: &str) -> (Head, Vec<Branch>) {
    match &seen[&format!("2026-Q3 {element}")].body {
        EventBody::Cell { head, branches, .. } => (head.clone().expect("a head"), branches.clone()),
        _ => panic!("a cell"),
    }
}

pub async fn what_a_figure_says_beside_its_value_is_kept_and_told(store: Backend) {
    // Its stream is followed from the beginning.
    push(&store, &[in_quarter(figure(8, ALL, 1, Base::Rev(0)), 2)]).await;
    let (_, before) = all(&store, 100).await;
    let noted = |op: Op, note: &str| Op { note: Some(note.into()), ..op };
    let first = push(
        &store,
        &[
            noted(estimated(1, ALL, 7, Base::Rev(0)), "thiếu một xã"),
            figure(2, SEXUAL, 3, Base::Rev(0)),
            noted(figure(3, ALL, 7, Base::Rev(0)), "đã đủ"),
        ],
    )
    .await;
    assert!(matches!(first[2], Outcome::Conflict { .. }), "another note is another figure: {first:?}");
    let second =
        push(&store, &[clear(4, SEXUAL, Base::Rev(rev(&first[1]))), clear(5, ALL, Base::Rev(0))]).await;
    assert!(matches!(second[1], Outcome::Conflict { .. }), "{second:?}");
    assert_eq!(
        push(&store, &[clear(6, SEXUAL, Base::Rev(0))]).await,
        [Outcome::SameValue { rev: rev(&second[0]) }]
    );
    let log = {
        let page = store.pull(&officer(), &request(Some(before), 100)).await.expect("a page");
        let named = |e: Event| match &e.body {
            EventBody::Cell { element, .. } => Some((format!("2026-Q3 {element}"), e)),
            _ => None,
        };
        page.events.into_iter().filter_map(named).collect()
    };
    for seen in [all(&store, 100).await.0, log] {
        let (head, branches) = says(&seen, ALL);
        assert_eq!((head.value, head.estimated, head.note.as_deref()), (Some(7), true, Some("thiếu một xã")));
        assert_eq!((branches[0].note.as_deref(), branches[0].estimated), (Some("đã đủ"), false));
        assert_eq!((branches[1].value, branches[1].cleared), (None, true));
        let (head, _) = says(&seen, SEXUAL);
        assert_eq!((head.value, head.cleared, head.rev), (None, true, rev(&second[0])));
    }
    // The next figure says nothing of all that, as one of v0.1.0 does.
    push(&store, &[figure(7, SEXUAL, 4, Base::Rev(rev(&second[0])))]).await;
    let (head, _) = says(&all(&store, 100).await.0, SEXUAL);
    assert_eq!((head.value, head.cleared), (Some(4), false));
}

pub async fn what_a_figure_says_reaches_sums_and_the_public(store: Backend) {
    let first = push(&store, &[estimated(1, ALL, 7, Base::Rev(0)), figure(2, SEXUAL, 3, Base::Rev(0))]).await;
    let Backend::Sql(sql) = &store else { return };
    let period = PeriodId::Quarter(2026, 3);
    let elements = [ALL, SEXUAL].map(|e| MODEL.element_ix(e).expect("an element"));
    let needed: BTreeSet<_> = elements.iter().map(|e| (*e, period)).collect();
    let reporter = MODEL.reporter_ix(&reporter()).expect("a reporter");
    let sight = Sight::All;
    let seen = async || {
        let seen = sql.figures(&MODEL, &needed, &sight).await.expect("figures").figures;
        elements.map(|e| seen.get(reporter, period, e).map(|f| (f.value, f.estimated)))
    };
    assert_eq!(seen().await, [Some((Some(7), true)), Some((Some(3), false))]);
    let covers =
        vec![Cover::of(ALL, Base::Rev(rev(&first[0]))), Cover::of(SEXUAL, Base::Rev(rev(&first[1])))];
    let submitted = push(&store, &[step(3, Base::Rev(0), Action::Submit, covers)]).await;
    let by = |seq, base: u64, action, person: Person| {
        let op = step(seq, Base::Rev(base), action, Vec::new());
        (
            Op {
                author: person.username.clone(),
                device_id: Uuid::from_u128(u128::from(seq)),
                device_seq: 1,
                ..op
            },
            person,
        )
    };
    let (op, person) = by(4, rev(&submitted[0]), Action::Approve, reviewer());
    let approved = store.push(&person, &[op]).await.expect("a result");
    let (op, person) = by(5, rev(&approved[0].outcome), Action::Publish, publisher());
    store.push(&person, &[op]).await.expect("a result");
    let public = sql.published_figures(&MODEL, &needed).await.expect("figures");
    let public = elements.map(|e| public.get(reporter, period, e).map(|f| (f.value, f.estimated)));
    assert_eq!(public, [Some((Some(7), true)), Some((Some(3), false))]);
    // Of another period, a cell that was cleared: nobody reported it.
    let other = PeriodId::Quarter(2026, 2);
    let at = |op: Op| in_quarter(op, 2);
    let given = push(&store, &[at(figure(6, ALL, 7, Base::Rev(0)))]).await;
    let needed = BTreeSet::from([(elements[0], other)]);
    for (op, there) in [(None, true), (Some(at(clear(7, ALL, Base::Rev(rev(&given[0]))))), false)] {
        push(&store, op.as_slice()).await;
        let figures = sql.figures(&MODEL, &needed, &sight).await.expect("figures").figures;
        assert_eq!(figures.get(reporter, other, elements[0]).is_some(), there);
        let exported = sql.all_figures().await.expect("figures");
        assert_eq!(exported.iter().any(|(_, period, ..)| *period == other.to_string()), there);
    }
}
