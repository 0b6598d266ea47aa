//! What earlier releases wrote still reads: their messages, and what their devices keep (`tests/frozen`).

use chitieu_sync::message::{Problem, PullRequest, PullResponse, PushRequest, PushResponse};
use chitieu_sync::replica::Replica;
use chitieu_sync::{OpBody, Outcome};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/frozen/v0.1.0"))
}

/// Everything that one database of a browser holds.
#[derive(Deserialize)]
struct Stored {
    database: String,
    rows: Vec<(String, String)>,
}

fn device() -> Vec<Stored> {
    let path = folder().join("device.json");
    serde_json::from_str(&std::fs::read_to_string(&path).expect("the device's store is there"))
        .expect("it is JSON")
}

fn replica(stored: &Stored) -> Replica {
    let rows = stored.rows.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    Replica::read(1, rows, uuid::Uuid::nil())
}

#[test]
fn every_message_of_a_release_reads() {
    let mut read = 0;
    for entry in std::fs::read_dir(folder().join("wire")).expect("the samples are there") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a text");
        let name = path.file_name().and_then(|n| n.to_str()).expect("a name");
        let what = match name {
            "problem.json" => serde_json::from_str::<Problem>(&text).map(drop),
            "pull.json" => serde_json::from_str::<PullRequest>(&text).map(drop),
            "pull-response.json" => serde_json::from_str::<PullResponse>(&text).map(drop),
            "push.json" | "push-all-kinds.json" => serde_json::from_str::<PushRequest>(&text).map(drop),
            "push-response.json" => serde_json::from_str::<PushResponse>(&text).map(drop),
            "rows-1.json" => serde_json::from_str::<Vec<(String, String)>>(&text).map(|rows| {
                let read = replica(&Stored { database: String::new(), rows });
                assert_eq!((read.next_seq(), read.outbox().count()), (5, 1));
            }),
            other => panic!("nobody says what {other} is"),
        };
        what.unwrap_or_else(|error| panic!("{name}: {error}"));
        read += 1;
    }
    assert_eq!(read, 7);
}

#[test]
fn the_store_of_a_device_reads_with_everything_in_it() {
    let device = device();
    let of =
        |name: &str| device.iter().find(|stored| stored.database == name).expect("the database is there");
    let common: BTreeSet<&str> = of("chitieu").rows.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(common, ["k|last_user", "u|police_commune-11977"].into());

    let replica = replica(of("chitieu-police_commune-11977"));
    assert_eq!(replica.server_cells().count(), 398);
    assert_eq!(replica.submissions().count(), 24);
    assert_eq!(replica.sent_ids().count(), 3);
    assert_eq!(replica.next_seq(), 8);
    assert_eq!(replica.device_id().to_string(), "01a21479-bc3f-75d4-be8d-7d16c1c26e6c");
    assert!(replica.cursor().is_some());
    let outbox: Vec<_> =
        replica.outbox().map(|w| (w.op.device_seq, w.frozen, w.outcome.as_ref().map(word))).collect();
    assert_eq!(
        outbox,
        [(3, true, Some("rejected")), (5, true, Some("conflict")), (6, true, None), (7, false, None)]
    );
    let tally = replica.tally();
    assert_eq!((tally.waiting, tally.contested, tally.rejected), (2, 1, 1));
    let values = replica.outbox().filter_map(|w| match w.op.body {
        OpBody::Figure { value, .. } => Some(value),
        OpBody::Submission { .. } | OpBody::Entity { .. } => None,
    });
    assert_eq!(values.collect::<Vec<_>>(), [Some(2), Some(6), Some(7), Some(3)]);
    // A cell that somebody answered with "no data yet", and why.
    let null =
        replica.server_cells().filter_map(|(_, cell)| cell.head.as_ref()).find(|head| head.value.is_none());
    assert_eq!(null.and_then(|head| head.reason.as_deref()), Some("chưa tổng hợp xong"));
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Rejected { .. } => "rejected",
        Outcome::Conflict { .. } => "conflict",
        _ => "another",
    }
}
