//! Attachments as entities: what makes one whole, who may, and that nothing of one ever conflicts.

#[expect(dead_code, reason = "shared with the other tests, which need more of it")]
mod support;

use chitieu_domain::attachment::MOST_PER_REPORT;
use chitieu_sync::entity::task_evidence::{self as evidence, BYTES, MARKS, MEDIA, NAME, NONE, REMOVED, YES};
use chitieu_sync::entity::{Change, Entity, EntityKey};
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::ledger::Push;
use chitieu_sync::memory::Memory;
use chitieu_sync::raw::Raw;
use chitieu_sync::{Base, Op, OpBody, Outcome, Rejection};
use support::{Office, PLAN, reporter};
use uuid::Uuid;

const CONTENT: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

struct Server {
    office: Office,
    memory: Memory,
}

impl Server {
    fn new() -> Self {
        Self { office: Office::new(), memory: Memory::new(1) }
    }

    fn take(&mut self, grants: &Grants, op: &Op) -> Outcome {
        let push = Push { grants, ..self.office.push(1) };
        let results = self.memory.push(&push, std::slice::from_ref(op)).expect("nobody copied a device");
        results[0].outcome.clone()
    }

    fn entity(&self, id: &str) -> Entity {
        let of = EntityKey { stream: reporter().into(), kind: evidence::ID.into(), id: id.into() };
        self.memory.entities().get(&of).cloned().unwrap_or_default()
    }
}

fn at(place: &str) -> String {
    format!("{place}/{CONTENT}")
}

fn op(id: &str, device: u128, seq: u64, base: u64, change: &Change) -> Op {
    Op {
        op_id: Uuid::from_u128(device << 64 | u128::from(seq)),
        device_id: Uuid::from_u128(device),
        device_seq: seq,
        author: format!("person{device}"),
        stream: reporter().into(),
        base: Base::Rev(base),
        plan: PLAN.into(),
        entered_at: "2026-11-22T08:00:00Z".into(),
        reason: None,
        note: None,
        body: OpBody::Entity {
            kind: evidence::ID.into(),
            id: id.into(),
            change: Raw::of(change),
            resolves: vec![],
        },
    }
}

fn said(fields: &[(&str, &str)]) -> Change {
    let raw = |text: &str| Raw::parse(text).expect("JSON");
    fields.iter().map(|(field, value)| ((*field).to_owned(), raw(value))).collect()
}

fn pdf(name: &str) -> Change {
    said(&[(NAME, &format!("{name:?}")), (MEDIA, "\"pdf\""), (BYTES, "12")])
}

fn is_applied(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Applied { .. } | Outcome::SameValue { .. })
}

#[test]
fn two_who_attach_the_same_at_once_are_both_right_and_the_first_name_stays() {
    let mut server = Server::new();
    let (officer, id) = (support::officer(), at("I.2/2026-Q3"));
    assert!(is_applied(&server.take(&officer, &op(&id, 1, 1, 0, &pdf("một.pdf")))));
    assert!(matches!(server.take(&officer, &op(&id, 2, 1, 0, &pdf("hai.pdf"))), Outcome::SameValue { .. }));
    let stands = server.entity(&id);
    assert_eq!(stands.value::<String>(NAME).as_deref(), Some("một.pdf"));
    assert_eq!((stands.value::<u64>(BYTES), stands.branches.len()), (Some(12), 0));
}

#[test]
fn an_attachment_is_removed_and_may_come_back_and_nothing_else_changes() {
    let mut server = Server::new();
    let (officer, id) = (support::officer(), at("I.2/2026-Q3"));
    let removed = said(&[(REMOVED, "\"yes\"")]);
    assert_eq!(
        server.take(&officer, &op(&id, 1, 1, 0, &removed)),
        Outcome::Rejected { code: Rejection::Incomplete },
        "there is nothing to remove"
    );
    server.take(&officer, &op(&id, 1, 2, 0, &pdf("một.pdf")));
    let rev = server.entity(&id).rev;
    assert!(is_applied(&server.take(&officer, &op(&id, 1, 3, rev, &removed))));
    assert_eq!(server.entity(&id).value::<String>(REMOVED).as_deref(), Some(YES));
    let rev = server.entity(&id).rev;
    assert!(is_applied(
        &server.take(&officer, &op(&id, 1, 4, rev, &said(&[(REMOVED, "null"), (NAME, "\"x\"")])))
    ));
    let stands = server.entity(&id);
    assert_eq!(stands.value::<String>(REMOVED), None);
    assert_eq!(stands.value::<String>(NAME).as_deref(), Some("một.pdf"));
    let other = Grants::plain(Role::Reviewer, Vec::new());
    let rev = stands.rev;
    assert_eq!(
        server.take(&other, &op(&id, 2, 1, rev, &removed)),
        Outcome::Rejected { code: Rejection::NoRight }
    );
}

/// A step of the report behind which the attachments of these tests stand.
fn step(seq: u64, base: u64, step: &str) -> Op {
    let mut op = op("I.2/2026-Q3", 9, seq, base, &said(&[("step", &format!("{step:?}"))]));
    let OpBody::Entity { kind, .. } = &mut op.body else { panic!("{op:?}") };
    "task_report".clone_into(kind);
    op.reason = Some("thiếu biên bản".into());
    op
}

#[test]
fn nothing_changes_behind_a_report_that_was_sent_until_it_is_returned() {
    let mut server = Server::new();
    let (officer, one, two) = (support::officer(), at("I.2/2026-Q3"), "0".repeat(64));
    let two = format!("I.2/2026-Q3/{two}");
    assert!(is_applied(&server.take(&officer, &op(&one, 1, 1, 0, &pdf("một.pdf")))));
    let first = server.entity(&one).rev;
    let Outcome::Applied { rev, .. } = server.take(&officer, &step(1, 0, "submit")) else {
        panic!("not sent")
    };
    let (removed, locked) = (said(&[(REMOVED, "\"yes\"")]), Outcome::Rejected { code: Rejection::Locked });
    assert_eq!(server.take(&officer, &op(&one, 1, 2, first, &removed)), locked);
    assert_eq!(server.take(&officer, &op(&two, 1, 3, 0, &pdf("hai.pdf"))), locked);
    // Another turn of the same task is another report.
    assert!(is_applied(&server.take(&officer, &op(&at("I.2/2026-Q2"), 1, 4, 0, &pdf("một.pdf")))));
    let reviewer = Grants::plain(Role::Reviewer, Vec::new());
    assert!(is_applied(&server.take(&reviewer, &step(2, rev, "return"))));
    assert!(is_applied(&server.take(&officer, &op(&one, 1, 5, first, &removed))));
    assert!(is_applied(&server.take(&officer, &op(&two, 1, 6, 0, &pdf("hai.pdf")))));
}

#[test]
fn a_report_has_so_many_attachments_and_what_is_taken_out_makes_room() {
    let mut server = Server::new();
    let officer = support::officer();
    let nth = |nth: usize| format!("I.2/2026-Q3/{nth:064x}");
    for n in 0..MOST_PER_REPORT {
        assert!(is_applied(&server.take(&officer, &op(&nth(n), 1, n as u64 + 1, 0, &pdf("a.pdf")))));
    }
    let too_many = Outcome::Rejected { code: Rejection::TooMany };
    assert_eq!(server.take(&officer, &op(&nth(99), 1, 20, 0, &pdf("a.pdf"))), too_many);
    assert!(is_applied(&server.take(&officer, &op(&at("I.2/2026-Q2"), 1, 21, 0, &pdf("a.pdf")))));
    let rev = server.entity(&nth(3)).rev;
    assert!(is_applied(&server.take(&officer, &op(&nth(3), 1, 22, rev, &said(&[(REMOVED, "\"yes\"")])))));
    assert!(is_applied(&server.take(&officer, &op(&nth(99), 1, 23, 0, &pdf("a.pdf")))));
    let rev = server.entity(&nth(3)).rev;
    let back = op(&nth(3), 1, 24, rev, &said(&[(REMOVED, "null")]));
    assert_eq!(server.take(&officer, &back), too_many, "what comes back counts again");
}

#[test]
fn what_is_not_whole_or_not_of_a_turn_is_rejected() {
    let mut server = Server::new();
    let officer = support::officer();
    let image = [(NAME, "\"a.jpg\""), (MEDIA, "\"jpeg\""), (BYTES, "12")];
    let (one, long) = (at("I.2/2026-Q3"), format!("\"{}\"", "ă".repeat(121)));
    let cases = [
        (one.clone(), said(&image), Rejection::Incomplete),
        (one.clone(), said(&[&image[..], &[(MARKS, "null")]].concat()), Rejection::Incomplete),
        (one.clone(), said(&[&image[..], &[(MARKS, "\"secret\"")]].concat()), Rejection::Malformed),
        (one.clone(), said(&[(NAME, "\"a.pdf\""), (MEDIA, "\"pdf\"")]), Rejection::Incomplete),
        (one.clone(), said(&[(NAME, "\"a\""), (MEDIA, "\"exe\""), (BYTES, "1")]), Rejection::Malformed),
        (one.clone(), said(&[(NAME, "\"a\""), (MEDIA, "\"pdf\""), (BYTES, "0")]), Rejection::OutOfRange),
        (
            one.clone(),
            said(&[(NAME, "\"a\""), (MEDIA, "\"pdf\""), (BYTES, "20971521")]),
            Rejection::OutOfRange,
        ),
        (one.clone(), said(&[(NAME, "\"a\""), (MEDIA, "\"pdf\""), (BYTES, "1.5")]), Rejection::Malformed),
        (one.clone(), said(&[(NAME, "\"a/b\""), (MEDIA, "\"pdf\""), (BYTES, "1")]), Rejection::Malformed),
        (one.clone(), said(&[(NAME, "\"a\\nb\""), (MEDIA, "\"pdf\""), (BYTES, "1")]), Rejection::Malformed),
        (one.clone(), said(&[(NAME, "\"..\""), (MEDIA, "\"pdf\""), (BYTES, "1")]), Rejection::Malformed),
        (one.clone(), said(&[(NAME, &long), (MEDIA, "\"pdf\""), (BYTES, "1")]), Rejection::TooLong),
        ("I.2/2026-Q3".to_owned(), pdf("a"), Rejection::Malformed),
        (format!("I.2/2026-Q3/{}", CONTENT.to_uppercase()), pdf("a"), Rejection::Malformed),
        (at("I.2/2026-Q4/x"), pdf("a"), Rejection::Malformed),
        (at("IX.9/2026-Q3"), pdf("a"), Rejection::UnknownElement),
        (at("I.2/2027-Q3"), pdf("a"), Rejection::NotOpen),
        (at("II.4.5/2026-Q3"), pdf("a"), Rejection::NoRight),
    ];
    for (nth, (id, change, code)) in cases.into_iter().enumerate() {
        let outcome = server.take(&officer, &op(&id, 1, nth as u64 + 1, 0, &change));
        assert_eq!(outcome, Outcome::Rejected { code }, "{id}: {change:?}");
    }
    let whole = said(&[&image[..], &[(MARKS, "\"none\"")]].concat());
    assert!(is_applied(&server.take(&officer, &op(&one, 2, 1, 0, &whole))));
    assert_eq!(server.entity(&one).value::<String>(MARKS).as_deref(), Some(NONE));
}

#[test]
fn an_attachment_is_named_by_turn_and_content() {
    let content = CONTENT.parse().expect("a hash");
    let id = at("II.4.4b/2026-07-01");
    let (task, turn, of) = evidence::place(&id).expect("a place");
    assert_eq!((task, of), ("II.4.4b", content));
    assert_eq!(evidence::id(task, turn, content), id);
    assert_eq!(evidence::place("I.2/2026-Q3"), None);
}
