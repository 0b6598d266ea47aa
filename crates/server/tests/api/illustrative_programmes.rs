//! What the illustrative data tell of the units' own programmes. That the ledger refused nothing of it is what filling says.

use super::server::Server;
use axum::http::StatusCode;
use chitieu_domain::{Model, ReporterIx};
use chitieu_sync::entity::annual_plan_document::{self as document, is_kept_by};
use chitieu_sync::entity::{Entity, EntityKey, annual_plan_item as item};
use chitieu_sync::message::{Event, EventBody};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Everything that an auditor is told of programmes.
async fn told(server: &Server) -> BTreeMap<EntityKey, Entity> {
    let cookie = server.sign_in("auditor").await;
    let (mut all, mut cursor) = (BTreeMap::new(), Value::Null);
    loop {
        let body = json!({ "cursor": cursor, "limit": 1_000, "kinds": [document::ID, item::ID] });
        let (status, page) = server.post("/api/v1/sync/pull", Some(&cookie), &body).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        for event in page["events"].as_array().expect("events") {
            let Event { stream, body } = serde_json::from_str(&event.to_string()).expect("an event");
            if let EventBody::Entity { kind, id, told } = body {
                all.insert(EntityKey { stream, kind, id }, Entity::read(&told).expect("it reads"));
            }
        }
        if page["has_more"] == false {
            return all;
        }
        cursor = page["next_cursor"].clone();
    }
}

fn of<'a>(
    all: &'a BTreeMap<EntityKey, Entity>,
    kind: &'a str,
) -> impl Iterator<Item = (&'a EntityKey, &'a Entity)> {
    all.iter().filter(move |(key, _)| key.kind == kind)
}

#[tokio::test]
async fn some_units_of_each_year_have_a_programme_some_none_some_late_and_some_a_draft() {
    let server = Server::new().await;
    let (all, model): (_, &Model) = (told(&server).await, &server.app.plan.model);
    assert!(all.values().all(|entity| entity.branches.is_empty()), "nobody contests anything");
    for year in 2024..=2026 {
        let kept: BTreeSet<String> = (0..model.reporters().len() as u32)
            .map(ReporterIx)
            .filter(|who| is_kept_by(model, *who, year))
            .map(|who| model.reporter(who).id.to_string())
            .collect();
        let documents: Vec<(String, &Entity)> = of(&all, document::ID)
            .filter(|(key, _)| document::year(&key.id) == Some(year))
            .map(|(key, entity)| (key.stream.to_string(), entity))
            .collect();
        assert!(documents.iter().all(|(who, _)| kept.contains(who)), "{year}");
        assert!(
            documents.len() > 20 && documents.len() * 10 < kept.len() * 9,
            "{year}: {} of {}",
            documents.len(),
            kept.len()
        );
        let day = |entity: &Entity, field| entity.value::<NaiveDate>(field);
        // Of the ground that joined on 1 July 2025 too, from then on.
        let inside = model.reporters_inside(model.own_territory()).into_iter();
        let inside: BTreeSet<String> = inside.map(|who| model.reporter(who).id.to_string()).collect();
        assert_eq!(documents.iter().any(|(who, _)| !inside.contains(who)), year >= 2025, "{year}");
        let drafts = documents.iter().filter(|(_, e)| day(e, document::ISSUED_ON).is_none()).count();
        let late = documents.iter().filter(|(_, e)| day(e, document::ISSUED_ON) > day(e, document::DUE_ON));
        assert!(drafts > 0 && late.count() > 0, "{year}");
    }
}

#[tokio::test]
async fn items_are_done_in_time_done_late_dropped_and_overdue_and_what_was_open_goes_into_the_next_year() {
    let server = Server::new().await;
    let today = server.app.settings.today.expect("a day");
    let all = told(&server).await;
    let (mut late, mut dropped, mut overdue, mut done) = (0, 0, 0, 0);
    let mut years: BTreeMap<(String, Uuid), BTreeSet<i16>> = BTreeMap::new();
    for (key, entity) in of(&all, item::ID) {
        let (year, id) = item::place(&key.id).expect("a place");
        years.entry((key.stream.to_string(), id)).or_default().insert(year);
        let state: String = entity.value(item::STATE).expect("a state");
        let due: NaiveDate = entity.value(item::DUE_ON).expect("a day");
        match (state.as_str(), entity.value::<NaiveDate>(item::DONE_ON)) {
            (item::DONE, Some(on)) if on > due => late += 1,
            (item::DONE, Some(_)) => done += 1,
            (item::DROPPED, None) => dropped += 1,
            (_, None) if due < today => overdue += 1,
            (_, None) => {}
            other => panic!("{key:?}: {other:?}"),
        }
        assert!(item::REQUIRED.iter().all(|field| entity.fields.contains_key(*field)), "{key:?}");
    }
    assert!(late > 10 && dropped > 10 && overdue > 10, "{late} late, {dropped} dropped, {overdue} overdue");
    assert!(done > late + dropped + overdue, "{done} done in time");
    let copied = years.values().filter(|years| years.len() > 1).count();
    assert!(copied > 3, "{copied} were copied");
    assert!(of(&all, item::ID).count() < 2_000, "the illustrative data stay small");
}
