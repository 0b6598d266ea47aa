//! What is on an officer's list, of the first plan: returned, disputed, overdue, due, running.

#[expect(dead_code, reason = "shared with the facts of the protocol, which need more of it")]
#[path = "../../sync/tests/support/mod.rs"]
mod support;

use chitieu_client::worklist::{Stage, sheets, tasks};
use chitieu_domain::Model;
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::message::{Event, EventBody, PullResponse, SubmissionStanding};
use chitieu_sync::outcome::Branch;
use chitieu_sync::replica::{Replica, SubmissionKey};
use chitieu_sync::submission::State;
use chrono::NaiveDate;
use support::{REPORTER as COMMUNE, model};
use uuid::Uuid;

fn officer(reporter: &str) -> Grants {
    Grants::plain(Role::Officer, vec![reporter.parse().expect("a reporter")])
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// A replica to which a server told these events.
fn told(events: Vec<Event>) -> Replica {
    let mut replica = Replica::default();
    let page = PullResponse {
        epoch: 1,
        events,
        is_snapshot: true,
        next_cursor: "1".into(),
        has_more: false,
        ack_device_seq: 0,
        late: Vec::new(),
        at: String::new(),
    };
    let changes = replica.on_page(page);
    replica.written(1, &changes);
    replica
}

fn standing(of: &SubmissionKey, state: State, reason: Option<&str>) -> Event {
    let standing = SubmissionStanding {
        state,
        rev: 7,
        reason: reason.map(str::to_owned),
        ..SubmissionStanding::default()
    };
    let body = EventBody::Submission { period: of.period, form: of.form.clone(), standing };
    Event { stream: of.reporter.clone().into(), body }
}

/// All forms of the commune's police that have begun, submitted.
fn all_submitted(model: &Model, today: NaiveDate) -> Vec<Event> {
    let all = sheets(model, &officer(COMMUNE), today);
    all.iter().map(|(of, _)| standing(of, State::Published, None)).collect()
}

#[test]
fn a_form_of_an_earlier_period_that_is_opened_again_is_first_with_its_reason() {
    let (model, today) = (model(), day("2026-11-22"));
    let all = sheets(&model, &officer(COMMUNE), today);
    let mut events = all_submitted(&model, today);
    let (old, _) = all.iter().find(|(of, _)| of.period.to_string() == "2025-09").expect("it was assigned");
    events.push(standing(old, State::Returned, Some("Số vụ tháng 9 chưa khớp")));
    let list = tasks(&model, &all, &told(events), today);
    assert_eq!(&list[0].of, old);
    assert_eq!(list[0].stage, Stage::Returned(Some("Số vụ tháng 9 chưa khớp".into())));
    assert!(list[1..].iter().all(|task| !task.stage.is_urgent()), "the rest is done or runs");
}

#[test]
fn nothing_submitted_is_overdue_for_as_long_as_the_plan_runs() {
    let (model, today) = (model(), day("2026-11-22"));
    let all = sheets(&model, &officer(COMMUNE), today);
    let list = tasks(&model, &all, &told(Vec::new()), today);
    assert_eq!(list.len(), all.len());
    let late: Vec<_> = list.iter().filter(|t| matches!(t.stage, Stage::Late(_))).collect();
    // The newest first.
    assert!(late.windows(2).all(|two| two[0].sheet.deadline >= two[1].sheet.deadline));
    assert!(late.iter().any(|t| t.of.period.to_string() == "2025-08"), "also of the unit's first months");
}

#[test]
fn on_the_first_day_of_a_period_the_one_before_is_due() {
    let model = model();
    let month = |today: &str| {
        let today = day(today);
        let all = sheets(&model, &officer(COMMUNE), today);
        let list = tasks(&model, &all, &told(Vec::new()), today);
        let found = list.iter().find(|task| task.of.period.to_string() == "2026-12");
        found.map(|task| (task.stage.clone(), task.sheet.is_open))
    };
    assert_eq!(month("2026-11-14"), None);
    assert_eq!(month("2026-11-15"), Some((Stage::Running, false)));
    assert_eq!(month("2026-12-14"), Some((Stage::Running, false)));
    assert_eq!(month("2026-12-15"), Some((Stage::Due(1), true)));
}

#[test]
fn a_device_that_was_told_nothing_yet_calls_no_earlier_period_overdue() {
    let (model, today) = (model(), day("2026-11-22"));
    let all = sheets(&model, &officer(COMMUNE), today);
    let list = tasks(&model, &all, &Replica::default(), today);
    assert!(!list.is_empty() && list.iter().all(|task| task.sheet.is_open));
}

#[test]
fn two_values_in_a_cell_come_before_what_is_overdue() {
    let (model, today) = (model(), day("2026-11-22"));
    let all = sheets(&model, &officer(COMMUNE), today);
    let (of, sheet) = all.iter().find(|(of, _)| of.period.to_string() == "2025-10").expect("it was assigned");
    let (_, element) = model.elements_of(sheet.form).next().expect("a form has rows");
    let branch = Branch {
        conflict_id: Uuid::from_u128(1),
        value: Some(3),
        op_id: Uuid::from_u128(2),
        author: "police_commune-11977".into(),
        at: String::new(),
        note: None,
        estimated: false,
        cleared: false,
    };
    let body = EventBody::Cell {
        period: of.period,
        element: element.id.clone(),
        head: None,
        branches: vec![branch],
        more: 0,
    };
    let contested = Event { stream: of.reporter.clone().into(), body };
    let list = tasks(&model, &all, &told(vec![contested]), today);
    assert_eq!(&list[0].of, of);
    assert_eq!(list[0].stage, Stage::Disputed { contested: 1, refused: 0 });
}

#[test]
fn the_baseline_is_on_the_list_of_the_provinces_police() {
    let (model, today) = (model(), day("2026-11-22"));
    let all = sheets(&model, &officer("police_province:33@2021-01-01"), today);
    let list = tasks(&model, &all, &Replica::default(), today);
    let baseline = list.iter().find(|task| task.of.period.to_string() == "2016-2020").expect("it is there");
    assert!(matches!(baseline.stage, Stage::Late(_)));
}
