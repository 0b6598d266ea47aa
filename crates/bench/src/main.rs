//! Benchmarks. Each prints what it measured, on what, with how much memory; nothing is asserted.

mod bare;
mod processor;
mod public;
mod push;
mod sync;
mod synthetic;

use chitieu_domain::evaluate::{Board, Evaluator};
use chitieu_domain::{ElementIx, Figure, PeriodId, ReporterIx, UnitIx};
use chrono::NaiveDate;
use clap::{Parser, Subcommand};
use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Evaluates every target of a synthetic plan at every unit and year, in memory.
    Evaluate {
        /// How many times 172 units.
        #[arg(long, default_value_t = 1)]
        times: usize,
    },
    /// Writes the synthetic plan and its figures, for `chitieu evaluate`.
    Synthetic {
        /// How many times 172 units.
        #[arg(long, default_value_t = 1)]
        times: usize,
        /// Where to.
        #[arg(long)]
        folder: PathBuf,
    },
    /// Widgets against nginx, and at a steady rate, on the server that CHITIEU_SERVER names.
    Public {
        /// For how long each is measured.
        #[arg(long, default_value_t = 10)]
        seconds: u32,
    },
    /// Pushes 10,000 figures to the server that CHITIEU_SERVER names, and writes the same rows without it.
    Push {
        /// A folder on a disk, or one in memory.
        #[arg(long)]
        folder: Option<String>,
        /// A PostgreSQL database; others are made beside it.
        #[arg(long)]
        postgres: Option<String>,
        /// How often, by turns.
        #[arg(long, default_value_t = 5)]
        rounds: usize,
    },
    /// 200 devices at once, against the server that CHITIEU_SERVER names.
    Storm {
        /// A folder on a disk, or an empty PostgreSQL database.
        place: String,
    },
    /// Pushes, pulls, a slow line and a storm, against the server that CHITIEU_SERVER names.
    Sync {
        /// A folder on a disk.
        #[arg(long)]
        disk: String,
        /// A folder in memory, where flushing costs nothing.
        #[arg(long)]
        memory: String,
        /// An empty PostgreSQL database.
        #[arg(long)]
        postgres: String,
    },
}

fn main() -> Result<(), Box<dyn Error>> {
    match Arguments::parse().command {
        Command::Evaluate { times } => evaluate(times),
        Command::Synthetic { times, folder } => synthetic::write(times, &folder),
        Command::Public { seconds } => tokio::runtime::Runtime::new()?.block_on(public::public(seconds)),
        Command::Push { folder, postgres, rounds } => tokio::runtime::Runtime::new()?.block_on(async {
            if let Some(folder) = folder {
                push::sqlite(&folder, "SQLite", rounds).await?;
            }
            match postgres {
                Some(postgres) => push::postgres(&postgres, rounds).await,
                None => Ok(()),
            }
        }),
        Command::Storm { place } => {
            tokio::runtime::Runtime::new()?.block_on(sync::storm(&place, "", Duration::ZERO))
        }
        Command::Sync { disk, memory, postgres } => {
            tokio::runtime::Runtime::new()?.block_on(sync_all(&disk, &memory, &postgres))
        }
    }
}

/// How often a push and its bare counterpart are measured, by turns.
const ROUNDS: usize = 5;

async fn sync_all(disk: &str, memory: &str, postgres: &str) -> Result<(), Box<dyn Error>> {
    push::sqlite(disk, "SQLite, durable", ROUNDS).await?;
    push::sqlite(memory, "SQLite, no flushing", ROUNDS).await?;
    push::postgres(postgres, ROUNDS).await?;
    sync::slow(disk).await?;
    for seconds in [60, 0] {
        sync::storm(disk, "SQLite, durable", Duration::from_secs(seconds)).await?;
    }
    sync::storm(postgres, "PostgreSQL", Duration::ZERO).await?;
    sync::pull(disk, "SQLite").await
}

/// The most memory this process has held, in MB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// The middle of several runs.
fn median(mut runs: Vec<f64>) -> f64 {
    runs.sort_by(f64::total_cmp);
    runs[runs.len() / 2]
}

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn ms(of: impl FnOnce()) -> f64 {
    let start = Instant::now();
    of();
    start.elapsed().as_secs_f64() * 1000.0
}

#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
fn evaluate(times: usize) -> Result<(), Box<dyn Error>> {
    let model = synthetic::model(times)?;
    let mut figures = synthetic::figures(&model);
    let scopes: Vec<UnitIx> = (0..model.units().all().len() as u32).map(UnitIx).collect();
    let years: Vec<PeriodId> = (2021..=2025).map(PeriodId::Year).collect();
    let today = NaiveDate::from_ymd_opt(2026, 6, 1).ok_or("a day")?;
    let evaluator = Evaluator::new(&model);
    let mut verdicts = 0;
    let whole = median(
        (0..9)
            .map(|_| {
                verdicts = 0;
                ms(|| {
                    evaluator.evaluate_scopes(&figures, &scopes, &years, today, |e| {
                        std::hint::black_box(&e);
                        verdicts += 1;
                    });
                })
            })
            .collect(),
    );
    let before = peak();
    let mut board = Board::new(&model, &figures, &scopes, &years, today);
    let changes = 10_000_u32;
    let mut touched = 0_usize;
    let one = ms(|| {
        for n in 0..changes {
            let reporter = ReporterIx(n * 7919 % model.reporters().len() as u32);
            let element = ElementIx((n * 31 % 100) as u16);
            let period = PeriodId::Month(2021 + (n % 5) as i16, (n % 12 + 1) as u8);
            let after = Figure::of(i64::from(n % 90));
            let old = figures.set(reporter, period, element, after);
            for at in board.change(reporter, period, element, old, Some(after)) {
                touched += 1;
                std::hint::black_box(board.evaluation(at));
            }
        }
    });
    println!(
        "{times}x: {} figures, {} units, {verdicts} verdicts in {whole:.1} ms (median of 9), peak {before} MB; \
         one changed cell {:.1} us, {:.1} verdicts touched",
        figures.len(),
        scopes.len(),
        one * 1000.0 / f64::from(changes),
        touched as f64 / f64::from(changes),
    );
    Ok(())
}
