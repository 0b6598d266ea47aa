//! Who fills in a report together with its reporter.

use super::{Server, op, rejected, rev, steering};
use chitieu_domain::ReporterId;
use chitieu_sync::entity::{Change, EntityKey, task_assignment, task_report};
use chitieu_sync::grants::{Grant, Grants, Role, Scope};
use chitieu_sync::raw::Raw;
use chitieu_sync::{Outcome, Rejection, StreamId};
use serde::Serialize;

const PROVINCE: &str = "33@2021-01-01";

fn of(agency: &str) -> ReporterId {
    format!("{agency}:{PROVINCE}").parse().expect("a reporter")
}

fn officer(agency: &str) -> Grants {
    Grants::plain(Role::Officer, vec![of(agency)])
}

/// The report of who leads I.4x; the police and the court of the province cooperate.
fn report() -> EntityKey {
    EntityKey {
        stream: of("procuracy_province").into(),
        kind: task_report::ID.into(),
        id: "I.4x/2026-Q3".into(),
    }
}

fn one(field: &str, value: impl Serialize) -> Change {
    Change::from([(field.to_owned(), Raw::of(&value))])
}

#[test]
fn two_who_cooperate_change_different_fields_of_one_report_without_a_conflict_and_the_same_one_with_both_kept()
 {
    let mut server = Server::new();
    let (police, court) = (officer("police_province"), officer("court_province"));
    let text = op(&report(), (1, 1), 0, &one(task_report::TEXT, "đã phối hợp kiểm sát"));
    let why = op(&report(), (2, 1), 0, &one(task_report::DIFFICULTIES, "thiếu phòng xử"));
    rev(&server.take(&police, &text));
    let stands = rev(&server.take(&court, &why));
    let now = server.entity(&report());
    assert_eq!(now.value::<String>(task_report::TEXT).as_deref(), Some("đã phối hợp kiểm sát"));
    assert_eq!(now.value::<String>(task_report::DIFFICULTIES).as_deref(), Some("thiếu phòng xử"));
    assert!(now.branches.is_empty(), "{:?}", now.branches);
    let mine = op(&report(), (1, 2), stands, &one(task_report::PROPOSALS, "thêm biên chế"));
    let theirs = op(&report(), (2, 2), stands, &one(task_report::PROPOSALS, "thêm kinh phí"));
    rev(&server.take(&police, &mine));
    assert!(matches!(server.take(&court, &theirs), Outcome::Conflict { .. }));
    let now = server.entity(&report());
    assert_eq!(now.value::<String>(task_report::PROPOSALS).as_deref(), Some("thêm biên chế"));
    assert_eq!(now.branches.len(), 1);
    assert_eq!(now.branches[0].value, Raw::of(&"thêm kinh phí"));
}

#[test]
fn who_cooperates_says_neither_how_far_a_task_is_nor_sends_nor_changes_what_was_sent() {
    let mut server = Server::new();
    let (police, lead) = (officer("police_province"), officer("procuracy_province"));
    let no = rejected(Rejection::NoRight);
    let sent = Change::from([
        (task_report::STEP.to_owned(), Raw::of(&task_report::SUBMIT)),
        (task_report::SENT.to_owned(), Raw::of(&task_report::SENT)),
    ]);
    let tries = [
        one(task_report::PROGRESS, task_report::DOING),
        one(task_report::EXTEND_TO, "2027-01-31"),
        one(task_report::EXTENSION, task_report::ASK),
        sent.clone(),
        // Not a part of it either.
        Change::from([
            (task_report::TEXT.to_owned(), Raw::of(&"x")),
            (task_report::PROGRESS.to_owned(), Raw::of(&task_report::DOING)),
        ]),
    ];
    for (nth, change) in tries.iter().enumerate() {
        assert_eq!(server.take(&police, &op(&report(), (1, 1 + nth as u64), 0, change)), no, "{change:?}");
    }
    let stands = rev(&server.take(&lead, &op(&report(), (3, 1), 0, &sent)));
    let late = op(&report(), (1, 20), stands, &one(task_report::TEXT, "thêm"));
    assert_eq!(server.take(&police, &late), rejected(Rejection::Locked));
}

#[test]
fn only_bodies_of_the_unit_of_who_leads_that_cooperate_by_the_assignment_or_else_by_the_plan() {
    let mut server = Server::new();
    let words = one(task_report::TEXT, "phần của chúng tôi");
    let mut seq = 0;
    let mut may = |server: &mut Server, who: &Grants| {
        seq += 1;
        match server.take(who, &op(&report(), (9, seq), server.entity(&report()).rev, &words)) {
            Outcome::Rejected { code } => {
                assert_eq!(code, Rejection::NoRight);
                false
            }
            _ => true,
        }
    };
    let (police, finance) = (officer("police_province"), officer("department_finance"));
    let commune = Grants::plain(Role::Officer, vec![super::support::reporter()]);
    assert!(may(&mut server, &police));
    assert!(!may(&mut server, &finance), "it has no part in the task");
    assert!(!may(&mut server, &commune), "of another unit");
    let assignment =
        EntityKey { stream: StreamId::Plan, kind: task_assignment::ID.into(), id: "I.4x".into() };
    let named = one(task_assignment::COOPERATING, vec![of("department_finance"), super::support::reporter()]);
    let stands = rev(&server.take(&steering(), &op(&assignment, (5, 1), 0, &named)));
    assert!(may(&mut server, &finance), "it is named now");
    assert!(!may(&mut server, &police), "and the police are named no more");
    assert!(!may(&mut server, &commune), "a commune's body reports by itself to the province");
    let lead = one(task_assignment::LEAD, of("court_province"));
    rev(&server.take(&steering(), &op(&assignment, (5, 2), stands, &lead)));
    assert!(!may(&mut server, &finance), "another body leads");
}

#[test]
fn a_campaign_that_names_who_cooperates_is_theirs_and_the_other_turns_stay_with_the_others() {
    let mut server = Server::new();
    let model = &server.office.model;
    let task = model.plan().tasks.iter().find(|task| task.id == "II.2.2b").expect("a campaign");
    let (lead, first) = (of(&task.lead[0]), of("department_culture"));
    let campaign = |day: &str| format!("II.2.2b/{day}");
    let report = |day: &str| EntityKey {
        stream: lead.clone().into(),
        kind: task_report::ID.into(),
        id: campaign(day),
    };
    let assignment =
        EntityKey { stream: StreamId::Plan, kind: task_assignment::ID.into(), id: campaign("2026-07-01") };
    let named = one(task_assignment::COOPERATING, vec![of("department_finance")]);
    rev(&server.take(&steering(), &op(&assignment, (5, 1), 0, &named)));
    let words = one(task_report::TEXT, "ra quân");
    let (first, finance) = (Grants::plain(Role::Officer, vec![first]), officer("department_finance"));
    let no = rejected(Rejection::NoRight);
    assert_eq!(server.take(&first, &op(&report("2026-07-01"), (1, 1), 0, &words)), no);
    rev(&server.take(&finance, &op(&report("2026-07-01"), (2, 1), 0, &words)));
    rev(&server.take(&first, &op(&report("2026-08-01"), (1, 2), 0, &words)));
    assert_eq!(server.take(&finance, &op(&report("2026-08-01"), (2, 2), 0, &words)), no);
}

/// What reports somebody has part in, after these assignments.
fn mark(server: &Server, grants: &Grants) -> Option<String> {
    let push = server.office.push(1);
    server.memory.cooperation(push.model, grants, push.today).mark()
}

#[test]
fn who_is_told_of_reports_begins_anew_when_those_are_others_and_not_whenever_something_is_assigned() {
    let mut server = Server::new();
    let police = officer("police_province");
    let before = mark(&server, &police);
    assert!(before.is_some());
    let assigned =
        |id: &str| EntityKey { stream: StreamId::Plan, kind: task_assignment::ID.into(), id: id.to_owned() };
    // Days, an office, a campaign that names nobody, and another task of others.
    for (nth, (id, change)) in [
        ("I.4x", one(task_assignment::UNTIL, "2026-12-31")),
        ("I.4x", one(task_assignment::OFFICE, "Phòng 1")),
        ("II.2.2b/2026-07-01", one(task_assignment::UNTIL, "2026-07-31")),
        ("II.4.4b/2026-07-01", one(task_assignment::UNTIL, "2026-07-31")),
    ]
    .into_iter()
    .enumerate()
    {
        let stands = server.entity(&assigned(id)).rev;
        rev(&server.take(&steering(), &op(&assigned(id), (5, 1 + nth as u64), stands, &change)));
        assert_eq!(mark(&server, &police), before, "{id}");
    }
    let stands = server.entity(&assigned("I.4x")).rev;
    let others = one(task_assignment::COOPERATING, vec![of("court_province")]);
    rev(&server.take(&steering(), &op(&assigned("I.4x"), (5, 9), stands, &others)));
    assert_ne!(mark(&server, &police), before);
}

#[test]
fn nobody_fills_in_with_themselves_and_a_right_that_ended_gives_nothing() {
    let server = Server::new();
    let both = Grants::plain(Role::Officer, vec![of("police_province"), of("procuracy_province")]);
    let push = server.office.push(1);
    let shared = server.memory.cooperation(push.model, &both, push.today);
    assert!(!shared.covers_entity(&report()), "the lead's report is their own");
    let mut ended = Grant::new(Role::Officer, Scope::Reporter(of("police_province")));
    ended.until = push.today.pred_opt();
    assert_eq!(mark(&server, &Grants::new(vec![ended])), None);
    assert_eq!(mark(&server, &steering()), None);
}
