//! What the illustrative data tell of the plan's tasks. That the ledger refused nothing of it is what filling says.

use super::server::Server;
use axum::http::StatusCode;
use chitieu_domain::plan::{Task, TaskKind};
use chitieu_domain::task::{Occurrence, Openness, Progress, Said, Standing, standing};
use chitieu_domain::{Model, ReporterId, ReporterIx};
use chitieu_sync::StreamId;
use chitieu_sync::entity::{Entity, EntityKey, task_assignment, task_report};
use chitieu_sync::message::{Event, EventBody};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that an auditor is told of tasks.
async fn told(server: &Server) -> BTreeMap<EntityKey, Entity> {
    let cookie = server.sign_in("auditor").await;
    let (mut all, mut cursor) = (BTreeMap::new(), Value::Null);
    loop {
        let kinds = [task_assignment::ID, task_report::ID];
        let body = json!({ "cursor": cursor, "limit": 1_000, "kinds": kinds });
        let (status, page) = server.post("/api/v1/sync/pull", Some(&cookie), &body).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        for event in page["events"].as_array().expect("events") {
            let Event { stream, body } = serde_json::from_str(&event.to_string()).expect("an event");
            if let EventBody::Entity { kind, id, told } = body {
                let entity = Entity::read(&told).expect("it reads");
                all.insert(EntityKey { stream, kind, id }, entity);
            }
        }
        if page["has_more"] == false {
            return all;
        }
        cursor = page["next_cursor"].clone();
    }
}

fn today(server: &Server) -> NaiveDate {
    server.app.settings.today.expect("a day")
}

fn assigned(all: &BTreeMap<EntityKey, Entity>) -> impl Iterator<Item = (&str, &Entity)> {
    let is_one = |(key, _): &(&EntityKey, &Entity)| key.kind == task_assignment::ID;
    all.iter().filter(is_one).map(|(key, entity)| (key.id.as_str(), entity))
}

fn reported(
    all: &BTreeMap<EntityKey, Entity>,
) -> impl Iterator<Item = (&ReporterId, &str, Occurrence, &Entity)> {
    let is_one = |(key, _): &(&EntityKey, &Entity)| key.kind == task_report::ID;
    all.iter().filter(is_one).map(|(key, entity)| {
        let (task, turn) = task_report::place(&key.id).expect("a place");
        (key.stream.reporter().expect("a reporter"), task, turn, entity)
    })
}

fn days(entity: Option<&Entity>) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let day = |field| entity.and_then(|e| e.value::<NaiveDate>(field));
    (day(task_assignment::FROM), day(task_assignment::UNTIL))
}

/// What a report says; a report that is approved was sent at the latest when it was written last.
fn said(report: &Entity) -> Said {
    let progress = report.value::<String>(task_report::PROGRESS).map(|word| match word.as_str() {
        task_report::NOT_STARTED => Progress::NotStarted,
        task_report::NOTHING => Progress::Nothing,
        task_report::DOING => Progress::Doing,
        _ => Progress::Done(report.value(task_report::DONE).expect("the day it was done")),
    });
    let step = report.value::<String>(task_report::STEP);
    let is_approved = step.as_deref() == Some(task_report::APPROVE);
    let by = if is_approved { task_report::PROGRESS } else { task_report::STEP };
    let is_sent = is_approved || step.as_deref() == Some(task_report::SUBMIT);
    let day = |field: &str| report.fields.get(field).and_then(|r| r.at.get(..10)?.parse().ok());
    let is_granted = report.value::<String>(task_report::EXTENSION).as_deref() == Some(task_report::GRANT);
    let extended = report.value(task_report::EXTEND_TO).filter(|_| is_granted);
    Said { progress, sent: day(by).filter(|_| is_sent), is_approved, extended }
}

/// How every turn stands that somebody reported, and that somebody who leads by the plan was to report.
fn standings(server: &Server, all: &BTreeMap<EntityKey, Entity>) -> BTreeMap<Standing, usize> {
    let (model, today): (&Model, _) = (&server.app.plan.model, today(server));
    let mut turns: BTreeSet<(&str, Occurrence, ReporterIx)> = reported(all)
        .map(|(who, task, turn, _)| (task, turn, model.reporter_ix(who).expect("a reporter")))
        .collect();
    let leads = |task: &Task| {
        let own = model.reporters_inside(model.own_territory()).into_iter();
        let is_lead = |r: &ReporterIx| {
            let about = model.reporter(*r);
            task.lead.iter().any(|agency| agency == about.id.agency())
                && about.from.is_none_or(|from| from <= today)
                && about.to.is_none_or(|to| today <= to)
        };
        own.filter(is_lead).collect::<Vec<_>>()
    };
    for task in &model.plan().tasks {
        for turn in model.turns(task.kind, today) {
            turns.extend(leads(task).into_iter().map(|who| (task.id.as_str(), turn, who)));
        }
    }
    let mut counts = BTreeMap::new();
    for (task, turn, who) in turns {
        let about = model.reporter(who);
        let name = match turn {
            Occurrence::On(_) => format!("{task}/{turn}"),
            _ => task.to_owned(),
        };
        let given = assigned(all).find(|(id, _)| *id == name).map(|(_, entity)| entity);
        let dates = model.task_dates(turn, days(given), model.unit(about.unit).level);
        let key = EntityKey {
            stream: StreamId::Reporter(about.id.clone()),
            kind: task_report::ID.to_owned(),
            id: format!("{task}/{turn}"),
        };
        let said = all.get(&key).map(said).unwrap_or_default();
        let kind = model.task(task).expect("a task").kind;
        *counts.entry(standing(kind, dates, &said, today)).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn every_task_of_the_plan_has_a_history_and_two_thirds_of_the_province_s_are_given_to_somebody() {
    let server = Server::new().await;
    let (all, model) = (told(&server).await, &server.app.plan.model);
    assert!(all.values().all(|entity| entity.branches.is_empty()), "nobody contests anything");
    for task in &model.plan().tasks {
        let has_report = reported(&all).any(|(_, id, ..)| id == task.id);
        assert!(has_report, "{} was never reported on", task.id);
        let turns: BTreeSet<Occurrence> =
            reported(&all).filter(|(_, id, ..)| *id == task.id).map(|(.., turn, _)| turn).collect();
        match task.kind {
            TaskKind::OneOff => assert_eq!(turns.len(), 1, "{}", task.id),
            TaskKind::Campaign => {
                let campaigns = assigned(&all).filter(|(id, _)| id.starts_with(&format!("{}/", task.id)));
                assert!((2..=3).contains(&campaigns.count()), "{}", task.id);
            }
            _ => assert!(turns.len() > 1, "{}: {turns:?}", task.id),
        }
    }
    let of_communes = |task: &&Task| task.lead.iter().any(|lead| lead.ends_with("_commune"));
    let tasks = model.plan().tasks.iter().filter(|task| task.kind != TaskKind::Campaign);
    let of_province = tasks.filter(|task| !of_communes(task)).count();
    let given = assigned(&all).filter(|(id, _)| !id.contains('/')).count();
    assert!((of_province / 2..of_province * 3 / 4).contains(&given), "{given} of {of_province}");
}

#[tokio::test]
async fn every_standing_of_a_turn_occurs_and_most_are_done() {
    let server = Server::new().await;
    let all = told(&server).await;
    let counts = standings(&server, &all);
    let missing: Vec<_> = Standing::ALL.into_iter().filter(|one| !counts.contains_key(one)).collect();
    assert!(missing.is_empty(), "{missing:?} of {counts:?}");
    assert!(counts[&Standing::Done] * 2 > counts.values().sum(), "{counts:?}");
    let asked = |answer: &str| {
        let is_it =
            |report: &Entity| report.value::<String>(task_report::EXTENSION).as_deref() == Some(answer);
        reported(&all).filter(|(.., report)| is_it(report)).count()
    };
    let answers = [task_report::GRANT, task_report::REFUSE, task_report::ASK].map(asked);
    assert_eq!(answers, [2, 1, 1], "granted, refused, open");
}

#[tokio::test]
async fn three_tasks_were_given_to_bodies_that_ended_and_others_answer_for_them_today() {
    let server = Server::new().await;
    let (all, model, today) = (told(&server).await, &server.app.plan.model, today(&server));
    let lead = |entity: &Entity| model.reporter_ix(&entity.value::<ReporterId>(task_assignment::LEAD)?);
    let mut ended = Vec::new();
    for (id, entity) in assigned(&all) {
        let Some(lead) = lead(entity).filter(|lead| model.reporter(*lead).to.is_some_and(|to| to < today))
        else {
            continue;
        };
        let answers = model.answers_for(lead, today);
        assert!(!answers.is_empty() && !answers.contains(&lead), "{id}");
        let is_done = reported(&all).any(|(_, task, turn, report)| {
            task == id && turn == Occurrence::Once && matches!(said(report).progress, Some(Progress::Done(_)))
        });
        if !is_done {
            ended.push((id, model.reporter(lead).id.agency().to_owned()));
        }
    }
    assert!(ended.len() >= 3, "{ended:?}");
    assert!(ended.iter().any(|(_, agency)| agency == "police_district"), "{ended:?}");
}

#[tokio::test]
async fn of_tasks_spoken_of_in_words_only_there_is_no_text() {
    let server = Server::new().await;
    let (all, model) = (told(&server).await, &server.app.plan.model);
    let is_closed = |task: &str| model.task(task).expect("a task").openness() == Openness::WordsOnly;
    let texts = |report: &Entity| {
        let fields = [task_report::TEXT, task_report::DOCUMENT, task_report::DIFFICULTIES];
        let more = [task_report::PROPOSALS, task_report::REMARKS];
        fields.into_iter().chain(more).filter(|field| report.fields.contains_key(*field)).count()
    };
    let (closed, open): (Vec<_>, Vec<_>) = reported(&all).partition(|(_, task, ..)| is_closed(task));
    assert!(!closed.is_empty() && closed.iter().all(|(.., report)| texts(report) == 0));
    let said: BTreeSet<String> =
        open.iter().filter_map(|(.., report)| report.value::<String>(task_report::TEXT)).collect();
    assert!(said.len() >= 12, "{said:?}");
}
