//! How the plan's tasks stand on a device: of the first plan, with reports and assignments as a server tells them.

#[expect(dead_code, reason = "shared with the facts of the protocol, which need more of it")]
#[path = "../../sync/tests/support/mod.rs"]
mod support;

use chitieu_client::tasks::{
    Entry, Overview, Part, assigned, became_late, calendar, duties, named_turns, reminder, report_key, said,
    table,
};
use chitieu_domain::Model;
use chitieu_domain::task::{Group, Occurrence, Openness, Standing};
use chitieu_sync::entity::{Change, Entity, EntityKey, Fields, Register, task_assignment, task_report};
use chitieu_sync::message::{Event, EventBody, PullResponse};
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::{EntityView, FieldStatus, FieldView, Replica};
use chitieu_sync::{Rejection, StreamId};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeSet;
use support::model;
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn one(field: &str, value: impl Serialize) -> Change {
    Change::from([(field.to_owned(), Raw::of(&value))])
}

/// An entity that a server tells, each field set at a moment.
fn entity(key: EntityKey, at: &str, change: &Change) -> Event {
    let mut fields = Fields::new();
    for (name, value) in change {
        let register = Register {
            value: value.clone(),
            rev: 1,
            op_id: Uuid::from_u128(1),
            author: "lan".into(),
            at: at.into(),
            reason: None,
        };
        fields.insert(name.clone(), register);
    }
    let told = Entity { rev: 1, fields, branches: Vec::new(), author: "lan".into(), at: at.into() }.told();
    Event { stream: key.stream, body: EventBody::Entity { kind: key.kind, id: key.id, told } }
}

fn replica(events: Vec<Event>) -> Replica {
    let mut replica = Replica::default();
    let changes = replica.on_page(PullResponse {
        epoch: 1,
        events,
        is_snapshot: true,
        next_cursor: "1".into(),
        has_more: false,
        ack_device_seq: 0,
        late: Vec::new(),
        at: String::new(),
    });
    replica.written(1, &changes);
    replica
}

fn assignment(task: &str, change: &Change) -> Event {
    let key = EntityKey { stream: StreamId::Plan, kind: task_assignment::ID.into(), id: task.into() };
    entity(key, "2026-01-05T08:00:00.000+07:00", change)
}

fn report(model: &Model, task: &str, who: &str, turn: &str, at: &str, change: &Change) -> Event {
    let key = report_key(
        model.task(task).expect("a task"),
        &who.parse().expect("a reporter"),
        turn.parse().expect("a turn"),
    );
    entity(key, at, change)
}

fn sent(progress: &str) -> Change {
    Change::from([
        (task_report::PROGRESS.to_owned(), Raw::of(&progress)),
        (task_report::STEP.to_owned(), Raw::of(&task_report::SUBMIT)),
        (task_report::SENT.to_owned(), Raw::of(&task_report::SENT)),
    ])
}

const TODAY: &str = "2026-11-22";

fn standing(model: &Model, replica: &Replica, task: &str, who: &str, today: &str) -> Standing {
    let all = duties(model, replica, day(today), &|_| true);
    let plan = model.plan();
    let of = |d: &&chitieu_client::tasks::Duty| {
        plan.tasks[d.task].id == task && model.reporter(d.reporter).id.to_string() == who
    };
    all.iter().find(of).unwrap_or_else(|| panic!("{task} is nothing to {who}")).standing
}

#[test]
fn every_task_of_the_plan_has_somebody_who_leads_it_and_a_turn_but_campaigns_until_one_is_set() {
    let (model, today) = (model(), day(TODAY));
    let none = replica(Vec::new());
    let all = duties(&model, &none, today, &|_| true);
    let led: BTreeSet<&str> = all
        .iter()
        .filter(|d| d.part == Part::Leads)
        .map(|d| model.plan().tasks[d.task].id.as_str())
        .collect();
    let missing: Vec<&str> =
        model.plan().tasks.iter().map(|t| t.id.as_str()).filter(|id| !led.contains(id)).collect();
    assert_eq!(missing, ["II.2.2b", "II.4.4b", "II.5.1b"]);
    let set = ["II.2.2b", "II.4.4b", "II.5.1b"]
        .map(|task| assignment(&format!("{task}/2026-11-01"), &one(task_assignment::UNTIL, "2026-11-30")));
    let set = replica(set.into());
    let all = duties(&model, &set, today, &|_| true);
    for task in ["II.2.2b", "II.4.4b", "II.5.1b"] {
        let known = all.iter().find(|d| model.plan().tasks[d.task].id == task).expect("it is set");
        assert_eq!(
            (known.turn, known.dates.due),
            (Occurrence::On(day("2026-11-01")), Some(day("2026-11-30")))
        );
    }
    assert_eq!(named_turns(&set, model.task("II.5.1b").expect("a task")).len(), 1);
}

#[test]
fn what_was_given_to_a_unit_that_ended_stands_with_those_that_went_on() {
    let model = model();
    let given = |model: &Model, who: &chitieu_domain::ReporterId| {
        let replica = replica(vec![assignment("I.5x", &one(task_assignment::LEAD, who))]);
        let at = |today| assigned(model, &replica, model.task("I.5x").expect("a task"), None, day(today));
        (at("2025-06-30"), at(TODAY))
    };
    let former = model
        .reporters()
        .iter()
        .find(|r| r.id.agency() == "police_commune" && r.to.is_some_and(|to| to == day("2025-06-30")));
    let former = former.expect("a commune's police ended with June 2025");
    let (before, after) = given(&model, &former.id);
    let names = |all: &[chitieu_domain::ReporterIx]| {
        all.iter().map(|r| model.reporter(*r).id.clone()).collect::<Vec<_>>()
    };
    assert_eq!((names(&before.lead), before.former.len()), (vec![former.id.clone()], 0));
    assert!(!after.lead.is_empty(), "somebody went on");
    assert!(!names(&after.lead).contains(&former.id));
    assert!(after.lead.iter().all(|r| model.reporter(*r).to.is_none()));
    assert_eq!(names(&after.former), std::slice::from_ref(&former.id));
    assert!(!after.is_proposed);
}

#[test]
fn a_report_counts_from_the_day_it_was_sent_though_it_was_approved_later() {
    let model = model();
    let lead = "police_province:33@2025-07-01";
    let lead =
        model.reporters().iter().map(|r| r.id.to_string()).find(|id| id == lead).unwrap_or_else(|| {
            let of = |r: &&chitieu_domain::model::Reporter| {
                r.id.agency() == "police_province" && r.unit == model.own_territory()
            };
            model.reporters().iter().find(of).expect("the province's police").id.to_string()
        });
    let mut event = report(&model, "I.5x", &lead, "2026-Q3", "2026-09-20T08:00:00.000+07:00", &sent("doing"));
    let EventBody::Entity { told, .. } = &mut event.body else { panic!("an entity") };
    let mut entity = Entity::read(told).expect("it reads");
    let step = entity.fields.get_mut(task_report::STEP).expect("a step");
    (step.value, step.at) = (Raw::of(&task_report::APPROVE), "2026-11-20T08:00:00.000+07:00".into());
    *told = entity.told();
    let known = replica(vec![event]);
    // The quarter that runs is next: the one before is done.
    let all = duties(&model, &known, day(TODAY), &|r| model.reporter(r).id.to_string() == lead);
    let of = all.iter().find(|d| model.plan().tasks[d.task].id == "I.5x").expect("it leads");
    assert_ne!(of.turn.to_string(), "2026-Q3");
    assert_eq!(standing(&model, &replica(Vec::new()), "I.5x", &lead, TODAY), Standing::NotReported);
}

#[test]
fn what_the_server_did_not_admit_does_not_count_as_said() {
    let field =
        |status| FieldView { value: Raw::of(&task_report::SUBMIT), status, head: None, branches: Vec::new() };
    let report = |status| EntityView {
        fields: std::collections::BTreeMap::from([(task_report::STEP.to_owned(), field(status))]),
        ..EntityView::default()
    };
    assert_eq!(said(&report(FieldStatus::Saved), day(TODAY)).sent, Some(day(TODAY)));
    assert_eq!(said(&report(FieldStatus::Rejected(Rejection::NoRight)), day(TODAY)).sent, None);
}

#[test]
fn counts_by_section_and_by_unit_are_the_whole_and_what_became_late_is_of_the_last_week() {
    let (model, today) = (model(), day(TODAY));
    let none = replica(Vec::new());
    let all = duties(&model, &none, today, &|_| true);
    let overview = Overview::of(&model, &all);
    let leads = all.iter().filter(|d| d.part == Part::Leads).count();
    assert_eq!(overview.whole.all(), leads);
    for group in Group::ALL {
        let whole = overview.whole.of(group);
        assert_eq!(overview.sections.iter().map(|(_, c)| c.of(group)).sum::<usize>(), whole);
        assert_eq!(overview.units.iter().map(|(_, c)| c.of(group)).sum::<usize>(), whole);
    }
    assert!(overview.whole.of(Group::NotReported) > 0);
    let until = |to: &str| replica(vec![assignment("II.1.3", &one(task_assignment::UNTIL, to))]);
    let late = |to: &str| {
        let all = duties(&model, &until(to), today, &|_| true);
        all.iter().any(|d| became_late(d, today) && model.plan().tasks[d.task].id == "II.1.3")
    };
    assert_eq!(
        ["2026-11-14", "2026-11-15", "2026-11-21", "2026-11-22"].map(late),
        [false, true, true, false]
    );
}

#[test]
fn a_reminder_names_tasks_and_neither_units_nor_what_is_not_public() {
    let (model, today) = (model(), day(TODAY));
    let all = duties(&model, &replica(Vec::new()), today, &|_| true);
    let text = reminder(&model, &all, "Nhiệm vụ theo KH 188", &[(Group::NotReported, "Chưa báo cáo:")]);
    let ids: Vec<&str> = text.lines().nth(1).expect("a list")["Chưa báo cáo: ".len()..].split("; ").collect();
    assert!(ids.contains(&"I.2"), "{text}");
    for task in model.plan().tasks.iter().filter(|task| task.openness() != Openness::Public) {
        assert!(!ids.contains(&task.id.as_str()), "{}", task.id);
    }
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "each once");
}

fn entry(title: &str) -> Entry {
    Entry {
        task: "I.2".into(),
        title: title.into(),
        reporter: "police_commune:11977@2025-07-01".into(),
        unit: "Công an xã".into(),
        turn: "2026-Q3".into(),
        due: Some("2026-10-05".into()),
        standing: "Chưa báo cáo".into(),
        changed: None,
    }
}

#[test]
fn a_calendar_file_has_short_lines_and_every_letter_whole() {
    let long = entry("Tuyên truyền, phổ biến; ".repeat(12).trim());
    let text = calendar(&[long.clone(), Entry { due: None, ..long.clone() }], "20261127T080000Z", "Nhiệm vụ");
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    let whole = text.replace("\r\n ", "");
    assert!(whole.contains(&format!("SUMMARY:I.2 · {}", long.title.replace(',', "\\,").replace(';', "\\;"))));
    assert_eq!(whole.matches("BEGIN:VEVENT").count(), 1, "what has no day is left out");
    assert!(whole.contains("DTSTART;VALUE=DATE:20261005\r\n"));
    assert!(whole.ends_with("END:VCALENDAR\r\n"));
}

#[test]
fn a_table_gives_no_formula_and_keeps_commas_and_quotes() {
    let text = table(&[entry("=1+2, \"ba\"")], ["a", "b", "c", "d", "e", "f", "g", "h"]);
    let rest = text.strip_prefix('\u{feff}').expect("a mark");
    let mut reader = csv::ReaderBuilder::new().from_reader(rest.as_bytes());
    let row = reader.records().next().expect("a row").expect("it reads");
    assert_eq!((&row[1], row.len()), ("'=1+2, \"ba\"", 8));
}
