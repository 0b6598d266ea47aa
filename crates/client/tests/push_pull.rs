//! A run against the server: what is sent in which form, what follows a refusal, and that it ends.

mod desk;

use chitieu_client::push_pull::{PushPull, Step};
use chitieu_domain::PeriodId;
use chitieu_sync::memory::Memory;
use chitieu_sync::message::{Event, EventBody, PullRequest, PullResponse, SubmissionStanding};
use chitieu_sync::outcome::Head;
use chitieu_sync::replica::{CellKey, Change};
use chitieu_sync::submission::State;
use desk::Came::{Packed, Plain};
use desk::support::{NOW, key, reporter};
use desk::{Desk, Refusal, Server, time_of};
use proptest::prelude::*;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Cells of a form's months, as many as are asked for.
fn cells(count: usize) -> Vec<CellKey> {
    let months = (1..=10)
        .map(|month| PeriodId::Month(2026, month))
        .chain((8..=12).map(|month| PeriodId::Month(2025, month)));
    let all = months.flat_map(|period| {
        ["crimes_drug", "crimes_economic", "crimes_environment"].map(|element| CellKey {
            reporter: reporter(),
            period,
            element: element.into(),
        })
    });
    let cells: Vec<CellKey> = all.take(count).collect();
    assert_eq!(cells.len(), count);
    cells
}

/// A desk with a figure in each of so many cells: 0, 1, 2 …
fn typed(count: usize) -> (Desk, Vec<CellKey>) {
    let (mut desk, cells) = (Desk::new(1), cells(count));
    for (value, cell) in (0..).zip(&cells) {
        desk.enter(0, cell, value);
    }
    (desk, cells)
}

fn is_idle(desk: &Desk) -> bool {
    desk.tabs[0].tally().waiting == 0
}

#[test]
fn a_run_sends_what_waits_in_one_push_and_takes_in_all_pages() {
    let (mut desk, cells) = typed(8);
    let mut server = Server::new();
    let (run, _) = desk.run(0, &mut server).expect("it is taken");
    assert_eq!((run.answered(), run.heard()), (8, 8));
    assert_eq!(server.came, [Packed(8)]);
    // Three events a page, and one that is empty where the log ends.
    assert!(server.pulls >= 3, "{}", server.pulls);
    for (value, cell) in (0..).zip(&cells) {
        assert_eq!(server.value(cell), Some(value));
        assert_eq!(desk.tabs[0].server_cell(cell).and_then(|c| c.head.as_ref()?.value), Some(value));
    }
    assert!(is_idle(&desk));
}

#[test]
fn after_400_and_after_415_the_same_ops_go_in_the_plain_form_and_so_do_all_later_ones() {
    for status in [400, 415] {
        let (mut desk, cells) = typed(5);
        let mut server = Server::new();
        server.on_packed = Some(status);
        desk.run(0, &mut server).expect("it is taken");
        assert_eq!(server.came, [Packed(5), Plain(5)], "{status}");
        assert!(is_idle(&desk));
        assert_eq!(server.memory.ops().count(), 5);
        // The server takes both forms by now; this program does not try again.
        server.on_packed = None;
        desk.enter(0, &cells[0], 77);
        desk.run(0, &mut server).expect("it is taken");
        assert_eq!(server.came[2..], [Plain(1)], "{status}");
        assert_eq!(server.value(&cells[0]), Some(77));
    }
}

#[test]
fn another_refusal_of_a_packed_push_does_not_make_it_plain() {
    let (mut desk, _) = typed(2);
    let mut server = Server::new();
    server.on_any = Some(Refusal(Some(503), "too_many"));
    assert_eq!(desk.run(0, &mut server).expect_err("it is away"), Refusal(Some(503), "too_many"));
    server.on_any = None;
    desk.run(0, &mut server).expect("it is taken");
    assert_eq!(server.came, [Packed(2), Packed(2)]);
}

#[test]
fn what_does_not_go_into_columns_and_what_a_server_does_not_offer_to_take_goes_plain() {
    let (mut desk, cells) = typed(1);
    desk.enter_as(0, &cells[0], 4, (Uuid::from_u128(9), time_of(0)));
    let mut server = Server::new();
    desk.run(0, &mut server).expect("it is taken");
    desk.packs = false;
    desk.enter(0, &cells[0], 5);
    desk.run(0, &mut server).expect("it is taken");
    desk.packs = true;
    desk.enter(0, &cells[0], 6);
    desk.run(0, &mut server).expect("it is taken");
    assert_eq!(server.came, [Plain(1), Plain(1), Packed(1)]);
}

#[test]
fn two_tabs_send_what_each_of_them_saved_in_one_packed_push() {
    let cells = cells(4);
    let (mut desk, mut server) = (Desk::new(1), Server::new());
    desk.open();
    desk.enter(0, &cells[0], 1);
    // The other tab has not heard of that: it catches up before it gives out a number.
    desk.enter(1, &cells[1], 2);
    desk.enter(0, &cells[2], 3);
    desk.enter(1, &cells[3], 4);
    let (mut run, step) = (desk.begin(), Step::Write);
    let step = desk.follow(0, &mut run, step, &mut server).expect("it is frozen");
    // While the push is on its way the other tab types over a cell that is in it, and takes nothing back.
    let frozen = desk.tabs[0].outbox().filter(|w| w.frozen).count();
    assert_eq!(frozen, 4);
    desk.enter(1, &cells[0], 9);
    assert!(!desk.change(1, &mut |replica| replica.take_back(&cells[1])), "it may have left");
    let mut step = desk.follow(0, &mut run, step, &mut server).expect("it is taken");
    while step != Step::Done {
        step = desk.follow(0, &mut run, step, &mut server).expect("it is taken");
    }
    assert_eq!(server.came, [Packed(4), Packed(1)]);
    for (cell, value) in cells.iter().zip([9, 2, 3, 4]) {
        assert_eq!(server.value(cell), Some(value));
    }
    let numbers: BTreeSet<u64> = server.memory.ops().map(|stored| stored.op.device_seq).collect();
    assert_eq!(numbers, (1..=5).collect(), "each number once");
    assert!(
        server.memory.cells().values().all(|cell| cell.branches.is_empty()),
        "nobody conflicts with themselves"
    );
}

#[test]
fn the_op_that_is_not_taken_is_passed_over_and_the_rest_goes() {
    let (mut desk, cells) = typed(20);
    let mut server = Server::new();
    server.culprits = vec![13];
    desk.run(0, &mut server).expect("the rest is taken");
    for (value, cell) in (0..).zip(&cells) {
        assert_eq!(server.value(cell), (value != 13).then_some(value));
    }
    let why = desk.tabs[0].outbox().find_map(|w| w.refused.clone());
    assert_eq!(why.as_deref(), Some("it said unreadable_op"));
    assert!(server.came.contains(&Plain(0)), "a push without ops tells whether it is for the op");
    let before = server.came.len();
    desk.run(0, &mut server).expect("there is nothing to send");
    assert_eq!(server.came.len(), before, "it waits for another start");
}

#[test]
fn where_not_even_a_push_without_ops_is_taken_no_op_is_to_blame() {
    let (mut desk, _) = typed(1);
    let mut server = Server::new();
    server.on_any = Some(Refusal(Some(404), "http_404"));
    assert_eq!(desk.run(0, &mut server).expect_err("no push is"), Refusal(Some(404), "http_404"));
    assert!(desk.tabs[0].outbox().all(|w| w.refused.is_none()));
    server.on_any = None;
    desk.run(0, &mut server).expect("it is taken");
    assert!(is_idle(&desk));
}

#[test]
fn who_is_not_signed_in_or_another_person_ends_the_run_and_changes_nothing() {
    for refusal in [
        Refusal(Some(401), "not_signed_in"),
        Refusal(Some(409), "other_author"),
        Refusal(None, "unreachable"),
    ] {
        let (mut desk, _) = typed(3);
        let (mut server, limits) = (Server::new(), desk.limits);
        server.on_any = Some(refusal.clone());
        assert_eq!(desk.run(0, &mut server).expect_err("it ends"), refusal);
        assert_eq!((server.came.len(), desk.limits, server.pulls), (1, limits, 0));
    }
}

#[test]
fn a_copied_database_takes_a_name_of_its_own_once_a_run() {
    let (mut desk, cells) = typed(1);
    let mut copy = desk.clone();
    let mut server = Server::new();
    desk.run(0, &mut server).expect("it is taken");
    // The copy goes on with the same numbers for something else.
    copy.enter(0, &cells[0], 50);
    copy.enter_as(0, &key("crimes_drug"), 51, (desk::id_at(1), time_of(1)));
    let before = copy.tabs[0].device_id();
    copy.run(0, &mut server).expect("it is taken under another name");
    assert_ne!(copy.tabs[0].device_id(), before);
    assert_eq!(server.value(&key("crimes_drug")), Some(51));
    // A server that calls every name a copy's is not asked for ever.
    server.on_any = Some(Refusal(Some(409), "device_cloned"));
    copy.enter(0, &cells[0], 60);
    copy.run(0, &mut server).expect_err("it ends");
}

#[test]
fn a_cursor_that_is_gone_is_forgotten_and_all_is_read_anew() {
    let (mut desk, cells) = typed(4);
    let mut server = Server::new();
    desk.run(0, &mut server).expect("it is taken");
    server.memory = Memory::new(2);
    let mut other = Desk::new(2);
    other.enter(0, &cells[0], 70);
    other.run(0, &mut server).expect("it is taken");
    // What the lost lifetime answered is offered again by the run after the page of the new one.
    desk.run(0, &mut server).expect("it reads all anew");
    desk.run(0, &mut server).expect("it sends again");
    assert_eq!(server.memory.ops().count(), 5);
    assert!(is_idle(&desk));
    server.on_pull = Some(Refusal(Some(410), "cursor_gone"));
    let mut fresh = Desk::new(3);
    fresh.run(0, &mut server).expect_err("without a cursor nothing is gone");
    assert_eq!(fresh.tabs[0].cursor(), None);
}

#[test]
fn what_is_held_is_asked_about_once_a_run_and_is_judged_when_its_base_is_there() {
    let (mut desk, cells) = typed(2);
    let mut server = Server::new();
    server.culprits = vec![0];
    // The first figure is on its way when the second is typed over it, which is so based on it.
    let mut run = desk.begin();
    let step = desk.follow(0, &mut run, Step::Write, &mut server).expect("it is frozen");
    assert!(matches!(step, Step::Push(_)));
    let over = desk.enter(0, &cells[0], 30);
    desk.run(0, &mut server).expect("the rest is taken");
    assert_eq!(desk.tabs[0].held(), [over]);
    let before = server.came.len();
    desk.run(0, &mut server).expect("it is asked about");
    assert_eq!(server.came.len(), before + 1);
    server.culprits.clear();
    desk.change(0, &mut |replica| Some(replica.offer_passed_over()));
    desk.run(0, &mut server).expect("its base is taken");
    assert!(is_idle(&desk), "the page told what became of it");
    assert_eq!(server.value(&cells[0]), Some(30));
}

#[test]
fn a_page_that_says_nothing_new_is_not_written() {
    let (mut desk, _) = typed(2);
    let mut server = Server::new();
    desk.run(0, &mut server).expect("it is taken");
    desk.run(0, &mut server).expect("there is nothing new");
    let before = desk.tabs[0].store_version();
    let (run, _) = desk.run(0, &mut server).expect("there is nothing new");
    assert_eq!((run.answered(), run.heard(), desk.tabs[0].store_version()), (0, 0, before));
}

#[test]
fn figures_of_a_form_that_was_decided_leave_a_reviewers_device_with_the_page_that_says_so() {
    let mut desk = Desk::new(1);
    let cell = key("crimes_drug");
    let mut run = desk.begin();
    let step = desk.follow(0, &mut run, Step::Write, &mut Server::new()).expect("nothing waits");
    assert!(matches!(step, Step::Pull(_)));
    let (period, form) = (cell.period, "crime".to_owned());
    let standing = SubmissionStanding { state: State::Approved, rev: 2, ..SubmissionStanding::default() };
    let (element, head) = (cell.element.clone(), Some(Head { rev: 1, value: Some(4), ..Head::default() }));
    let bodies = [
        EventBody::Cell { period, element, head, branches: Vec::new(), more: 0 },
        EventBody::Submission { period, form, standing },
    ];
    let events = bodies.map(|body| Event { stream: reporter().into(), body });
    let page = PullResponse {
        epoch: 1,
        events: events.to_vec(),
        is_snapshot: true,
        next_cursor: "next".into(),
        has_more: false,
        ack_device_seq: 0,
        late: Vec::new(),
        at: NOW.into(),
    };
    assert_eq!(run.pulled(page), Step::Write);
    let changes = run.changes(&mut desk.tabs[0], &|_| true, &|_| vec![cell.clone()]);
    assert!(changes.contains(&Change::NoCell(cell.clone())), "{changes:?}");
    let changes = run.changes(&mut desk.tabs[0], &|_| true, &|_| Vec::new());
    assert!(!changes.contains(&Change::NoCell(cell)), "its reporter is followed anyway");
}

#[test]
fn an_answer_that_nobody_waits_for_changes_nothing() {
    let (mut desk, _) = typed(1);
    let mut server = Server::new();
    let (mut run, _) = desk.run(0, &mut server).expect("it is taken");
    let page = server.memory.pull(&[reporter().into()], &PullRequest::default()).expect("a page");
    assert_eq!(run.pulled(page), Step::Done);
    assert!(run.changes(&mut desk.tabs[0].clone(), &|_| true, &|_| Vec::new()).is_empty());
    assert_eq!(run.written(&desk.tabs[0]), Step::Done);
    assert_eq!(run.refused(&mut desk.tabs[0], Some(400), "bad_request", &String::new), None);
}

#[test]
fn an_op_that_is_young_stays_with_all_behind_it() {
    let (mut desk, _) = typed(4);
    let young = desk.tabs[0].outbox().nth(2).expect("four").op.op_id;
    let mut run: PushPull = desk.begin();
    desk.change(0, &mut |replica| Some(run.changes(replica, &|op_id| op_id != young, &|_| Vec::new())));
    assert!(matches!(run.written(&desk.tabs[0]), Step::Push(_)));
    assert_eq!(desk.tabs[0].outbox().filter(|w| w.frozen).count(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever a server refuses, and in whatever form, runs end, each figure that it takes is there once, and no other is
    /// lost.
    #[test]
    fn whatever_is_refused_the_rest_arrives_once_and_nothing_is_lost(
        count in 1..45_usize,
        culprits in prop::collection::btree_set(0..45_i64, 0..6),
        on_packed in prop::option::of(prop_oneof![Just(400_u16), Just(415)]),
        packs: bool,
        page in 1..40_usize,
        fails in 0..4_usize,
    ) {
        let (mut desk, cells) = typed(count);
        (desk.packs, desk.page) = (packs, page);
        let mut server = Server::new();
        server.on_packed = on_packed;
        server.culprits = culprits.iter().copied().collect();
        for _ in 0..fails {
            server.on_any = Some(Refusal(None, "unreachable"));
            desk.run(0, &mut server).expect_err("nobody answers");
        }
        server.on_any = None;
        desk.run(0, &mut server).expect("the rest is taken");
        let passed = desk.tabs[0].outbox().filter(|w| w.is_passed_over()).count();
        let refused = culprits.iter().filter(|value| **value < count as i64).count();
        prop_assert_eq!(passed, refused);
        prop_assert_eq!(server.memory.ops().count(), count - refused);
        for (value, cell) in (0..).zip(&cells) {
            prop_assert_eq!(server.value(cell), (!culprits.contains(&value)).then_some(value));
            prop_assert_eq!(desk.tabs[0].cell(cell).value, Some(value));
        }
        let most = 2 + fails + refused * 12;
        prop_assert!(server.came.len() <= most, "{} pushes for {}", server.came.len(), refused);
        // At another start, and a server that takes them.
        server.culprits.clear();
        desk.change(0, &mut |replica| Some(replica.offer_passed_over()));
        desk.run(0, &mut server).expect("all is taken");
        prop_assert!(is_idle(&desk));
        prop_assert_eq!(server.memory.ops().count(), count);
    }
}
