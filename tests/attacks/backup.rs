//! A backup is of one moment whatever goes on beside it, and after a restore every figure that a device holds comes back.

use crate::support::{device, epoch, office, serve};
use chitieu_sync::replica::CellKey;
use chitieu_tests::accounts::{cells, plan};
use chitieu_tests::production::{Place, chitieu, fine, places};
use chitieu_tests::server::Server;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const OFFICERS: [&str; 3] = ["lan", "hoa", "mai"];
/// Cells of an officer; all are written in each batch, with the same value.
const CELLS: usize = 20;

/// The cells of each officer.
fn parts(all: &[CellKey]) -> Vec<(String, Vec<CellKey>)> {
    OFFICERS.iter().zip(all.chunks(CELLS)).map(|(name, part)| ((*name).to_owned(), part.to_vec())).collect()
}

/// What a database has, by cell.
fn figures(database: &str) -> HashMap<(String, String), i64> {
    let csv = fine(&["export", "--database", database], "");
    let figure = |line: &str| {
        let parts: Vec<&str> = line.split(',').collect();
        ((parts[1].to_owned(), parts[2].to_owned()), parts[3].parse().expect("a number"))
    };
    csv.lines().skip(1).map(figure).collect()
}

fn of(found: &HashMap<(String, String), i64>, part: &[CellKey]) -> Vec<Option<i64>> {
    part.iter().map(|key| found.get(&(key.period.to_string(), key.element.clone())).copied()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_of_one_moment_and_devices_heal_after_its_restore() {
    for place in places("backup") {
        let database = place.fresh().await;
        let reporter = office(&database, &OFFICERS).await;
        let all = cells(&plan().model, &reporter, OFFICERS.len() * CELLS);
        let mut server = serve(&database);
        let stop = Arc::new(AtomicBool::new(false));
        let mut writers = Vec::new();
        for (nth, (name, part)) in parts(&all).into_iter().enumerate() {
            let mut device = device(&server, &name, 10 + nth as u128).await;
            let stop = Arc::clone(&stop);
            writers.push(tokio::spawn(async move {
                let mut value = 0;
                while !stop.load(Ordering::Relaxed) {
                    value += 1;
                    for key in &part {
                        device.edit(key, value);
                    }
                    device.sync_somehow().await;
                }
                (device, part, value)
            }));
        }
        let file = place.file("a.bak");
        let backups: Vec<_> = (0..3).map(|nth| file.with_extension(format!("{nth}"))).collect();
        for backup in &backups {
            fine(&["backup", "--database", &database, "--to", &backup.to_string_lossy()], "");
        }
        let again = chitieu(&["backup", "--database", &database, "--to", &backups[0].to_string_lossy()], "");
        assert!(!again.is_fine, "a backup is never overwritten");
        let words = ["restore", "--database", &database, "--from", &backups[0].to_string_lossy()];
        let refused = chitieu(&words, "");
        assert!(!refused.is_fine, "a server runs: {refused:?}");
        // The server dies while they write, and what is there now is an older state.
        server.kill();
        let before = epoch(&database).await;
        while !chitieu(&words, "").is_fine {
            // PostgreSQL closes a dead server's connections a moment later.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert!(epoch(&database).await > before);
        let restored = figures(&database);
        for (_, part) in parts(&all) {
            let values = of(&restored, &part);
            assert!(values.iter().all(|value| *value == values[0]), "half of a batch: {values:?}");
        }
        server.start();
        stop.store(true, Ordering::Relaxed);
        let mut written = Vec::new();
        for writer in writers {
            let (mut device, part, value) = writer.await.expect("it ends");
            device.sync().await.expect("it syncs");
            assert_eq!(device.replica.tally().waiting, 0);
            written.push((part, value));
        }
        let healed = figures(&database);
        for (part, value) in written {
            assert_eq!(of(&healed, &part), vec![Some(value); part.len()], "all came back without typing");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_either_kind_restores_into_either() {
    let places = places("kinds");
    for from in &places {
        for to in &places {
            let database = from.fresh().await;
            let reporter = office(&database, &["lan"]).await;
            let all = cells(&plan().model, &reporter, 40);
            let server = serve(&database);
            let mut lan = device(&server, "lan", 1).await;
            all.iter().zip(1..).for_each(|(key, value)| lan.edit(key, value));
            lan.sync().await.expect("it syncs");
            let backup = to.file(&format!("{}.bak", from.is_postgres()));
            fine(&["backup", "--database", &database, "--to", &backup.to_string_lossy()], "");
            let target = to.fresh().await;
            fine(&["restore", "--database", &target, "--from", &backup.to_string_lossy()], "");
            assert_eq!(figures(&target), figures(&database));
            drop(server);
            // It is served, with its accounts and rows that can be added to.
            let server = serve(&target);
            lan.moves_to(&server.url(""), false);
            lan.edit(&all[0], 99);
            lan.sync().await.expect("it syncs, in the session that the backup has");
            assert_eq!(of(&figures(&target), &all[..1]), [Some(99)]);
        }
    }
}

#[tokio::test]
async fn what_is_no_backup_changes_nothing() {
    for place in places("damaged") {
        let database = place.fresh().await;
        office(&database, &["lan"]).await;
        let backup = place.file("a.bak");
        fine(&["backup", "--database", &database, "--to", &backup.to_string_lossy()], "");
        let whole = std::fs::read(&backup).expect("a file");
        let half = place.file("half.bak");
        std::fs::write(&half, &whole[..whole.len() / 2]).expect("a file");
        let text = place.file("text.bak");
        std::fs::write(&text, "not a database").expect("a file");
        let before = (epoch(&database).await, fine(&["user", "list", "--database", &database], ""));
        for wrong in [&half, &text, &place.file("missing.bak")] {
            let said = chitieu(&["restore", "--database", &database, "--from", &wrong.to_string_lossy()], "");
            assert!(!said.is_fine && said.err.contains(&*wrong.to_string_lossy()), "{said:?}");
        }
        let after = (epoch(&database).await, fine(&["user", "list", "--database", &database], ""));
        assert_eq!(before, after);
    }
}

#[tokio::test]
async fn a_file_has_one_server_and_a_crash_frees_it() {
    let place = Place::of_files("held");
    let database = place.fresh().await;
    office(&database, &["lan"]).await;
    let mut server = serve(&database);
    for command in ["serve", "restored"] {
        let said = chitieu(&[command, "--database", &database], "");
        assert!(!said.is_fine && said.err.contains(database.trim_start_matches("sqlite:")), "{said:?}");
    }
    server.kill();
    drop(Server::bare(&database, &[]));
    server.start();
}
