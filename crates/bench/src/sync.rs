//! The sync against the real server as a process of its own: what a batch, a first pull, a slow line and a
//! storm of returning devices cost.

use crate::{median, processor};
use chitieu_domain::{Model, ReporterId};
use chitieu_sync::replica::CellKey;
use chitieu_tests::accounts;
use chitieu_tests::device::{Device, Traffic};
use chitieu_tests::faulty_proxy::{Faults, FaultyProxy};
use chitieu_tests::server::{Server, TODAY};
use std::collections::HashSet;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Now.
#[expect(clippy::disallowed_methods, reason = "it measures")]
pub fn start() -> Instant {
    Instant::now()
}

/// Processor time a process has used, in milliseconds, and the most memory it has held, in MB.
pub fn used(process: u32) -> (u64, u64) {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<u64> = after.split_whitespace().skip(11).take(2).filter_map(|f| f.parse().ok()).collect();
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|l| l.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0);
    // A clock tick is 10 ms on Linux.
    (fields.iter().sum::<u64>() * 10, peak / 1024)
}

/// A database with accounts, and the server on it.
pub struct Office {
    /// The server.
    pub server: Server,
    model: Arc<Model>,
    reporters: Vec<ReporterId>,
}

impl Office {
    /// One account a reporter (`officer-N`), and one (`all`) that follows them all. A PostgreSQL address is
    /// used as it is; a folder gets a SQLite file.
    pub async fn new(place: &str, reporters: usize) -> Result<Self> {
        let model = accounts::plan().model;
        let mut all: Vec<ReporterId> = accounts::commune_police(&model);
        let others = model.reporters().iter().map(|r| r.id.clone()).filter(|r| !all.contains(r));
        let others: Vec<_> = others.filter(|r| accounts::cells(&model, r, 1).len() == 1).collect();
        all.extend(others);
        all.truncate(reporters);
        let database = if place.starts_with("postgres:") {
            place.to_owned()
        } else {
            if Path::new(place).exists() {
                std::fs::remove_dir_all(place)?;
            }
            std::fs::create_dir_all(place)?;
            format!("sqlite:{place}/bench.db")
        };
        let each = all.iter().enumerate().map(|(nth, r)| (format!("officer-{nth}"), vec![r.clone()]));
        let mut officers: Vec<_> = each.collect();
        officers.push(("all".into(), all.clone()));
        accounts::add_officers(&database, &officers).await;
        let server = Server::bare(&database, &["--today", TODAY]);
        Ok(Self { server, model, reporters: all })
    }

    /// A device of one of the accounts.
    pub async fn device(&self, account: &str, number: u128) -> Device {
        Device::new(&self.server.url(""), account, number, true).await
    }

    /// The first so many cells of all reporters.
    pub fn cells(&self, count: usize) -> Vec<CellKey> {
        let mut seen = HashSet::new();
        let each = self.reporters.iter().flat_map(|r| accounts::cells(&self.model, r, usize::MAX));
        each.filter(|key| seen.insert(key.clone())).take(count).collect()
    }

    /// Gives every cell a value, each reporter's by its own officer, on devices numbered from `first`.
    async fn fill(&self, cells: &[CellKey], first: u128) {
        for (nth, reporter) in self.reporters.iter().enumerate() {
            let own: Vec<_> = cells.iter().filter(|key| key.reporter == *reporter).collect();
            if own.is_empty() {
                continue;
            }
            let mut device = self.device(&format!("officer-{nth}"), first + nth as u128).await;
            for (value, key) in own.into_iter().enumerate() {
                device.edit(key, value as i64);
            }
            while device.push(500).await.expect("the server answers") > 0 {}
        }
    }
}

/// KB of bytes.
pub fn kb(bytes: usize) -> f64 {
    bytes as f64 / 1024.0
}

/// 100,000 cells to a fresh device, and the last tenth of them to one that has the rest.
#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
pub async fn pull(place: &str, what: &str) -> Result {
    let office = Office::new(place, 1_000).await?;
    let cells = office.cells(100_000);
    // Every tenth of each reporter comes later.
    let (new, old): (Vec<_>, Vec<_>) = cells.iter().cloned().enumerate().partition(|(nth, _)| nth % 10 == 9);
    let only = |part: Vec<(usize, CellKey)>| part.into_iter().map(|(_, key)| key).collect::<Vec<_>>();
    let (new, old) = (only(new), only(old));
    office.fill(&old, 1_000).await;
    let mut behind = office.device("all", 2).await;
    while behind.pull(5_000).await.map_err(|why| format!("{why:?}"))? {}
    office.fill(&new, 100_000).await;
    let fresh = office.device("all", 3).await;
    for (mut device, who) in [(fresh, "a fresh device"), (behind, "one that is a tenth behind")] {
        device.traffic = Traffic::default();
        let begun = start();
        while device.pull(5_000).await.map_err(|why| format!("{why:?}"))? {}
        let took = begun.elapsed().as_secs_f64();
        let has = device.replica.server_cells().count();
        println!(
            "pull {} cells to {who}, {what}: {took:.2} s, {} requests, {:.0} KB down, {has} cells there, memory of both \
             devices' process {} MB",
            cells.len(),
            device.traffic.requests,
            kb(device.traffic.down),
            crate::peak(),
        );
    }
    Ok(())
}

/// A report of 300 cells over 64 kbit/s, every twentieth answer lost.
#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
pub async fn slow(place: &str) -> Result {
    let mut times = Vec::new();
    let (mut traffic, mut lost) = (Traffic::default(), 0);
    for _ in 0..5 {
        let office = Office::new(place, 2).await?;
        let mut device = office.device("all", 1).await;
        for (nth, key) in office.cells(300).iter().enumerate() {
            device.edit(key, (nth * 37 % 900) as i64);
        }
        let trouble = Faults { speed: Some(64_000 / 8), loses_answer: Some(20), loses_request: None };
        let line = FaultyProxy::to(office.server.port(), trouble).await;
        device.moves_to(&line.base, false);
        let begun = start();
        device.sync_somehow().await;
        times.push(begun.elapsed().as_secs_f64());
        traffic = device.traffic;
        lost += line.lost();
    }
    println!(
        "300 cells over 64 kbit/s: {:.2} s (median of 5) until all are sent and pulled, {} requests, {:.1} KB up, {:.1} KB \
         down, {lost} answers lost",
        median(times),
        traffic.requests,
        kb(traffic.up),
        kb(traffic.down)
    );
    Ok(())
}

/// 200 devices come back within `within`, each with 20 figures: what one waits from its first request to its
/// last answer.
#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
pub async fn storm(place: &str, what: &str, within: Duration) -> Result {
    const DEVICES: usize = 200;
    let office = Office::new(place, 100).await?;
    let mut devices = Vec::new();
    for nth in 0..DEVICES {
        let mut device = office.device(&format!("officer-{}", nth / 2), nth as u128 + 1).await;
        let cells = accounts::cells(&office.model, &office.reporters[nth / 2], 40);
        for key in &cells[nth % 2 * 20..][..20] {
            device.edit(key, nth as i64);
        }
        devices.push(device);
    }
    let own = std::process::id();
    let before = (processor::of_process(office.server.process_id()), processor::of_process(own));
    let mut running = Vec::new();
    for (nth, mut device) in devices.into_iter().enumerate() {
        // Spread evenly, in an order that mixes the pairs.
        let after = within.mul_f64((nth * 83 % DEVICES) as f64 / DEVICES as f64);
        running.push(tokio::spawn(async move {
            tokio::time::sleep(after).await;
            let begun = start();
            let answered = device.sync().await.is_ok();
            (begun.elapsed().as_secs_f64() * 1000.0, answered)
        }));
    }
    let mut times = Vec::new();
    let mut errors = 0;
    for task in running {
        let (time, answered) = task.await?;
        times.push(time);
        errors += usize::from(!answered);
    }
    let after = (processor::of_process(office.server.process_id()), processor::of_process(own));
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((DEVICES as f64 * share) as usize).min(DEVICES - 1)];
    println!(
        "{DEVICES} devices within {} s, {what}: p50 {:.0} ms, p95 {:.0} ms, p99 {:.0} ms, {errors} errors, server's peak \
         memory {} MB; processor: server {:.0} ms, devices {:.0} ms",
        within.as_secs(),
        at(0.50),
        at(0.95),
        at(0.99),
        used(office.server.process_id()).1,
        after.0.saturating_sub(before.0).as_secs_f64() * 1_000.0,
        after.1.saturating_sub(before.1).as_secs_f64() * 1_000.0,
    );
    Ok(())
}
