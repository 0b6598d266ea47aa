//! What only a server with several writers can get wrong (`docs/sync.md`, Several writers).

use super::backend::{ALL, Backend, SEXUAL, figure, fresh_postgres, in_quarter, officer, reporter, request};
use chitieu_domain::attachment::{MediaType, RULES, Refusal};
use chitieu_server::services::attachments::hash;
use chitieu_server::store::Store;
use chitieu_server::store::attachments::{Acted, Checked, Chunk, Custody, Put, Terms};
use chitieu_server::store::news::StreamNotification;
use chitieu_sync::api::attachments::AttachmentStatus;
use chitieu_sync::{Base, Outcome};
use sqlx::{Connection, PgConnection, Row};
use std::sync::Arc;
use uuid::Uuid;

/// How many sessions of a database wait for a lock.
async fn waiting(watcher: &mut PgConnection) -> i64 {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    sqlx::query(sql).fetch_one(watcher).await.expect("a count").get(0)
}

#[tokio::test]
async fn an_event_never_becomes_visible_behind_a_cursor() {
    let Some(url) = fresh_postgres().await else { return };
    let store = Arc::new(Backend::Sql(Store::open(&url).await.expect("it opens")));
    store.push(&officer(), &[figure(1, ALL, 1, Base::Rev(0))]).await.expect("a result");
    let begun = store.pull(&officer(), &request(None, 100)).await.expect("a page");
    // A has taken its number and written, but not committed.
    let mut a = PgConnection::connect(&url).await.expect("a connection");
    let mut a = a.begin().await.expect("a transaction");
    let taken: i64 = sqlx::query("UPDATE streams SET seq = seq + 1 WHERE reporter = $1 RETURNING seq")
        .bind(reporter().to_string())
        .fetch_one(&mut *a)
        .await
        .expect("a number")
        .get(0);
    let event = serde_json::json!({
        "reporter": reporter(), "period": "2026-Q2", "type": "cell", "element": ALL,
        "head": { "value": 6, "rev": 1, "op_id": Uuid::nil(), "author": "lan", "at": "" },
    });
    sqlx::query("INSERT INTO events (stream, seq, body) SELECT id, $1, $2 FROM streams WHERE reporter = $3")
        .bind(taken)
        .bind(event.to_string())
        .bind(reporter().to_string())
        .execute(&mut *a)
        .await
        .expect("an event");
    // B follows with another cell of the same stream: it must wait for A.
    let b = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.push(&officer(), &[figure(2, SEXUAL, 1, Base::Rev(0))]).await.expect("a result") }
    });
    let mut watcher = PgConnection::connect(&url).await.expect("a connection");
    while waiting(&mut watcher).await == 0 {
        assert!(!b.is_finished(), "B did not wait");
        tokio::task::yield_now().await;
    }
    let between = store.pull(&officer(), &request(Some(begun.next_cursor), 100)).await.expect("a page");
    assert_eq!(between.events, [], "neither is committed");
    a.commit().await.expect("A commits");
    let Outcome::Applied { seq, .. } = b.await.expect("B ends")[0].outcome else { panic!("B is applied") };
    assert_eq!(seq as i64, taken + 1);
    let after = store.pull(&officer(), &request(Some(between.next_cursor), 100)).await.expect("a page");
    assert_eq!(after.events.len(), 2, "nothing is missing");
}

#[tokio::test]
async fn what_one_server_records_is_heard_at_another() {
    let Some(url) = fresh_postgres().await else { return };
    let (here, there) =
        (Store::open(&url).await.expect("it opens"), Store::open(&url).await.expect("it opens"));
    let mut heard = there.news.listen();
    Backend::Sql(here).push(&officer(), &[figure(1, ALL, 1, Base::Rev(0))]).await.expect("a result");
    assert_eq!(heard.recv().await.expect("news"), StreamNotification::Stream(reporter().to_string()));
}

/// Two servers, each with writers of its own, on the same cells.
#[tokio::test]
async fn two_servers_on_one_database_record_every_op_once() {
    let Some(url) = fresh_postgres().await else { return };
    let servers =
        [Store::open(&url).await.expect("it opens"), Store::open(&url).await.expect("it opens again")];
    let servers: Vec<_> = servers.into_iter().map(|store| Arc::new(Backend::Sql(store))).collect();
    let mut writers = Vec::new();
    for writer in 0..6_u64 {
        let store = Arc::clone(&servers[writer as usize % 2]);
        writers.push(tokio::spawn(async move {
            for round in 0..20_u64 {
                let mut batch = Vec::new();
                for (nth, element) in [ALL, SEXUAL].into_iter().enumerate() {
                    let seq = round * 2 + nth as u64 + 1;
                    let mut op = figure(seq, element, (writer * 100 + round) as i64, Base::Rev(0));
                    op.device_id = Uuid::from_u128(u128::from(writer) + 10);
                    op.op_id = Uuid::from_u128(u128::from(writer + 10) << 64 | u128::from(seq));
                    batch.push(in_quarter(op, 1 + (round % 3) as u8));
                }
                // Half of them name their cells in the other order.
                if writer % 2 == 1 {
                    batch.reverse();
                }
                store.push(&officer(), &batch).await.expect("a result");
            }
        }));
    }
    for writer in writers {
        writer.await.expect("it ends");
    }
    let mut watcher = PgConnection::connect(&url).await.expect("a connection");
    let count = |sql: &'static str| sqlx::query(sql);
    let ops: i64 = count("SELECT count(*) FROM ops").fetch_one(&mut watcher).await.expect("ops").get(0);
    assert_eq!(ops, 6 * 20 * 2);
    // One of each cell's values was first; every other is beside it, none lost.
    let rows = count("SELECT outcome FROM ops").fetch_all(&mut watcher).await.expect("outcomes");
    let applied = rows.iter().filter(|row| row.get::<&str, _>(0).contains("\"applied\"")).count();
    assert_eq!(applied, 6, "two elements in three quarters");
    let events: i64 =
        count("SELECT count(*) FROM events").fetch_one(&mut watcher).await.expect("events").get(0);
    let span = "SELECT max(seq) - min(seq) + 1 FROM events";
    let span: i64 = count(span).fetch_one(&mut watcher).await.expect("a span").get(0);
    assert_eq!(events, span, "numbers without a gap");
    let unbroken = count(
        "SELECT count(*) FROM ops a WHERE NOT EXISTS (SELECT 1 FROM streams s WHERE s.hash = a.hash) \
         AND NOT EXISTS (SELECT 1 FROM ops b WHERE b.hash = encode(sha256(convert_to(a.hash || b.body, 'UTF8')), 'hex'))",
    );
    let broken: i64 = unbroken.fetch_one(&mut watcher).await.expect("a count").get(0);
    assert_eq!(broken, 0, "the chain of hashes is one");
}

/// Lets whoever is asked wait for a lock, one after the other, until there are so many.
async fn until_waiting(watcher: &mut PgConnection, count: i64) {
    while waiting(watcher).await < count {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_purge_beside_an_upload_that_is_examined_again_waits_for_it_and_never_each_for_the_other() {
    let Some(url) = fresh_postgres().await else { return };
    let store = Store::open(&url).await.expect("it opens");
    let (of, bytes) = (reporter(), b"a file".as_slice());
    let sha256 = hash(bytes);
    let chunk =
        Chunk { reporter: &of, sha256, offset: 0, total: 6, body: bytes, now: 0, most_stored: u64::MAX };
    let at = "2026-11-22T08:00:00+07:00";
    // Earlier rules refused it, and it comes again.
    assert_eq!(store.put_chunk(&chunk).await.expect("it answers"), Put::Whole);
    let earlier = Terms { rules: RULES - 1, ..Terms::default() };
    let unreadable = Checked::Refused(Refusal::Unreadable);
    store.end_upload_by(earlier, (&of, sha256), &unreadable, at).await.expect("it ends");
    assert_eq!(store.put_chunk(&chunk).await.expect("it answers"), Put::Whole);

    // Somebody else has the content for a moment: the purge waits, and then whoever ends the upload.
    let mut watcher = PgConnection::connect(&url).await.expect("a connection");
    let mut other = PgConnection::connect(&url).await.expect("a connection");
    let mut other = other.begin().await.expect("a transaction");
    sqlx::query("SELECT nth FROM attachments FOR UPDATE").fetch_one(&mut *other).await.expect("the content");
    let purging = tokio::spawn({
        let store = store.clone();
        async move { store.act_on_attachment(sha256, Custody::Purge, ("admin", "x"), &|_| true).await }
    });
    until_waiting(&mut watcher, 1).await;
    let ending = tokio::spawn({
        let (store, of) = (store.clone(), of.clone());
        let taken = Checked::Taken { media: MediaType::Pdf, bytes: bytes.to_vec(), stored_sha256: sha256 };
        async move { store.end_upload(&of, sha256, &taken, at).await }
    });
    until_waiting(&mut watcher, 2).await;
    other.commit().await.expect("it is over");
    assert_eq!(purging.await.expect("no panic").expect("it is purged"), Acted::Done);
    assert_eq!(ending.await.expect("no panic").expect("it ends"), AttachmentStatus::Purged);
    assert_eq!(store.attachment(&of, sha256).await.expect("it answers").map(|given| given.bytes), None);
}

#[tokio::test]
async fn an_upload_that_begins_beside_a_purge_leaves_nothing_of_what_is_purged() {
    let Some(url) = fresh_postgres().await else { return };
    let store = Store::open(&url).await.expect("it opens");
    let (of, bytes) = (reporter(), b"a file".as_slice());
    let sha256 = hash(bytes);
    let chunk =
        Chunk { reporter: &of, sha256, offset: 0, total: 6, body: bytes, now: 0, most_stored: u64::MAX };
    store.put_chunk(&chunk).await.expect("it answers");
    let earlier = Terms { rules: RULES - 1, ..Terms::default() };
    let (at, unreadable) = ("2026-11-22T08:00:00+07:00", Checked::Refused(Refusal::Unreadable));
    store.end_upload_by(earlier, (&of, sha256), &unreadable, at).await.expect("it ends");

    // A purge that has looked for uploads, found none, and is not over.
    let mut watcher = PgConnection::connect(&url).await.expect("a connection");
    let mut purge = PgConnection::connect(&url).await.expect("a connection");
    let mut purge = purge.begin().await.expect("a transaction");
    sqlx::query("UPDATE attachments SET state = 'purged'").execute(&mut *purge).await.expect("the content");
    let beginning = tokio::spawn({
        let (store, of) = (store.clone(), of.clone());
        async move {
            let chunk =
                Chunk { reporter: &of, sha256, offset: 0, total: 6, body: bytes, now: 0, most_stored: 9 };
            store.put_chunk(&chunk).await
        }
    });
    while !beginning.is_finished() && waiting(&mut watcher).await == 0 {
        tokio::task::yield_now().await;
    }
    purge.commit().await.expect("it is over");
    let begun = beginning.await.expect("no panic").expect("it answers");
    assert_eq!(begun, Put::Kept(AttachmentStatus::Purged));
    assert_eq!(store.whole_upload(&of, sha256).await.expect("it answers"), None);
}
