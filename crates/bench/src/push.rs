//! What 10,000 figures cost that one device pushes, in bytes and in time, beside the same rows written by the same database
//! without a server over it. Both are measured by turns, so that whatever else the machine does hits both.

use crate::bare::{self, Took};
use crate::sync::{Office, kb};
use crate::{median, processor};
use chitieu_tests::device::Traffic;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::error::Error;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

const FIGURES: usize = 10_000;
const REPORTERS: usize = 100;

/// One turn.
struct Round {
    ours: Took,
    bare: Took,
    traffic: Traffic,
}

/// Pushes all figures, by columns or in v0.1.0's form; what the server, and the family of another process, used for it.
async fn pushed(office: &Office, database: Option<u32>, packs: bool) -> Result<(Took, Traffic)> {
    let cells = office.cells(FIGURES);
    let mut device = office.device("all", 1).await;
    device.packs &= packs;
    for (nth, key) in cells.iter().enumerate() {
        device.edit(key, (nth * 37 % 900) as i64);
    }
    let server = office.server.process_id();
    let used = || processor::of_process(server) + database.map_or_else(<_>::default, processor::of_family);
    device.traffic = Traffic::default();
    let before = used();
    let mut sent = 0;
    while sent < cells.len() {
        sent += device.push(500).await.map_err(|why| format!("{why:?}"))?;
    }
    let took = Took { waited: device.traffic.waited, processor: used().saturating_sub(before) };
    let tally = device.replica.tally();
    if tally.rejected > 0 {
        return Err("figures were rejected".into());
    }
    Ok((took, device.traffic))
}

/// On a SQLite file in a folder.
#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
pub async fn sqlite(folder: &str, what: &str, rounds: usize) -> Result {
    let mut all = Vec::new();
    for _ in 0..rounds {
        let bare_folder = format!("{folder}-bare");
        drop(Office::new(&bare_folder, REPORTERS).await?);
        let mut office = Office::new(folder, REPORTERS).await?;
        let (ours, traffic) = pushed(&office, None, true).await?;
        office.server.kill();
        let bare = bare::sqlite(&format!("{folder}/bench.db"), &format!("{bare_folder}/bench.db"))?;
        all.push(Round { ours, bare, traffic });
        std::fs::remove_dir_all(&bare_folder)?;
    }
    tell(what, &all);
    let office = Office::new(folder, REPORTERS).await?;
    let (took, traffic) = pushed(&office, None, false).await?;
    println!(
        "  in v0.1.0's form: {:.0} KB up, waited {:.2} s, processor {:.2} s (once)",
        kb(traffic.up),
        took.waited.as_secs_f64(),
        took.processor.as_secs_f64()
    );
    Ok(())
}

/// On a PostgreSQL server; both write into databases of their own on it.
pub async fn postgres(url: &str, rounds: usize) -> Result {
    let mut all = Vec::new();
    let (base, _) = url.rsplit_once('/').ok_or("the address names a database")?;
    let mut first = PgConnection::connect(url).await?;
    let server = bare::postmaster(&mut first).await?;
    for _ in 0..rounds {
        for name in ["chitieu_ours", "chitieu_bare"] {
            for sql in
                [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")]
            {
                sqlx::query(AssertSqlSafe(sql)).execute(&mut first).await?;
            }
        }
        let (ours_url, bare_url) = (format!("{base}/chitieu_ours"), format!("{base}/chitieu_bare"));
        drop(Office::new(&bare_url, REPORTERS).await?);
        let mut office = Office::new(&ours_url, REPORTERS).await?;
        let (ours, traffic) = pushed(&office, Some(server), true).await?;
        office.server.kill();
        let (mut from, mut into) =
            (PgConnection::connect(&ours_url).await?, PgConnection::connect(&bare_url).await?);
        let written = bare::postgres(&mut from, &mut into).await?;
        all.push(Round { ours, bare: written, traffic });
    }
    for name in ["chitieu_ours", "chitieu_bare"] {
        let sql = format!("DROP DATABASE {name} WITH (FORCE)");
        sqlx::query(AssertSqlSafe(sql)).execute(&mut first).await?;
    }
    tell("PostgreSQL", &all);
    Ok(())
}

/// The middle of all rounds, the least and the most.
fn spread(all: &[Round], of: impl Fn(&Round) -> f64) -> String {
    let mut each: Vec<f64> = all.iter().map(of).collect();
    each.sort_by(f64::total_cmp);
    let (least, most) = (each[0], each[each.len() - 1]);
    format!("{:.2} ({least:.2}–{most:.2})", median(each))
}

#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
fn tell(what: &str, all: &[Round]) {
    let Some(Round { traffic, .. }) = all.last() else { return };
    println!(
        "push 10,000 figures, {what}: {} requests, {:.0} KB up, {:.0} KB down",
        traffic.requests,
        kb(traffic.up),
        kb(traffic.down)
    );
    println!(
        "  waited {} s, bare {} s, times {}; processor {} s, bare {} s, times {} (median of {}, least–most)",
        spread(all, |round| round.ours.waited.as_secs_f64()),
        spread(all, |round| round.bare.waited.as_secs_f64()),
        spread(all, |round| round.ours.waited.as_secs_f64() / round.bare.waited.as_secs_f64()),
        spread(all, |round| round.ours.processor.as_secs_f64()),
        spread(all, |round| round.bare.processor.as_secs_f64()),
        spread(all, |round| round.ours.processor.as_secs_f64() / round.bare.processor.as_secs_f64()),
        all.len(),
    );
}
