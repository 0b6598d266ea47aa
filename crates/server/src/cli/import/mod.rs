//! `chitieu import`: figures from a file into a database, through the ledger like those of any device.
//!
//! It goes on where it stopped, and run again it changes nothing: the ops of a file are always the same. What stands in a
//! cell is never replaced. Each row of the file is accounted for at the end.

mod ledger;
mod report;
mod sheet;

use super::evaluate::{Outcome, bytes};
use super::figures::{NAMES, Place, Reader, is_row};
use super::{Stop, load, open, said, watch};
use crate::clock::now;
use crate::delimited::{Row, Table};
use crate::store::push::PushError;
use chitieu_domain::{Figure, Figures};
use chitieu_sync::submission::State;
use chitieu_widgets::{Locale, t};
use clap::{Args, ValueEnum};
use ledger::{Became, Had, Ledger};
pub use report::Counts;
use report::{Progress, Report};
use sha2::{Digest, Sha256};
use sheet::{Line, Said, Sheet};
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

/// How many figures are written at once.
const BATCH: usize = 2_000;
/// How many forms take a step at once. A submit looks at all periods of its form.
const FORMS: usize = 60;

/// What to import.
#[derive(Args)]
pub struct Options {
    /// Figures: columns `reporter`, `period`, `element`, `value` as `evaluate` reads them, and where they are there `note`,
    /// `estimated` (x where the number is an estimate) and `source` (of that row alone). It may be given again: it goes on
    /// where it stopped, and brings nothing twice. Status 3 where something was not taken.
    file: PathBuf,
    /// `sqlite:FILE`, on which no server runs, or `postgres://…`.
    #[arg(long, default_value = "sqlite:chitieu.db")]
    database: String,
    /// The plan; the one that ships with the program where it is left out.
    #[arg(long)]
    plan: Option<PathBuf>,
    /// Where the figures come from: a report, its number and day. It stands in the history of each.
    #[arg(long)]
    source: String,
    /// The account that answers for them; it stands in the history of each.
    #[arg(long)]
    author: String,
    /// How far forms go whose figures are all in the file.
    #[arg(long, value_enum, default_value = "draft")]
    state: Goal,
    /// What becomes of a number where another stands: it is left out and listed, or kept beside it until somebody chooses.
    #[arg(long, value_enum, default_value = "skip")]
    on_difference: Difference,
    /// Where the list of what was not taken goes; `FILE.rejected.csv` where it is left out.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Says what would be done, and writes nothing into the database.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Goal {
    Draft,
    Submitted,
    Approved,
    Published,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Difference {
    Skip,
    Branch,
}

impl Goal {
    fn state(self) -> State {
        match self {
            Self::Draft => State::Draft,
            Self::Submitted => State::Submitted,
            Self::Approved => State::Approved,
            Self::Published => State::Published,
        }
    }
}

/// Imports; says to `notes` how far it is, and to `out` what became of every row.
#[expect(clippy::too_many_lines, reason = "one step after another, each of a line or two")]
pub async fn run(
    options: &Options,
    locale: Locale,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<(Outcome, Counts), Stop> {
    let Options { database: url, file, author, .. } = options;
    let source = options.source.trim();
    if source.is_empty() {
        return Err(Stop(t::import::no_source(locale).to_owned()));
    }
    let loaded = load(options.plan.as_ref(), locale)?;
    let model = &loaded.model;
    let bytes = bytes(file, locale)?;
    let table = Table::read(&bytes, &NAMES).map_err(|error| said::stop(&error, locale))?;
    let reader = Reader::new(model, &table);
    let is_row = is_row(reader.columns);
    let mut sheet = Sheet::new(reader, &table).map_err(|error| said::stop(&error, locale))?;
    let failed = |error| open::failed(url, error, locale);
    let _held = open::hold(url, locale)?;
    let store = open::existing(url, locale).await?;
    open::claim(&store, url, &loaded, locale).await?;
    let accounts = store.users().await.map_err(failed)?;
    match accounts.iter().find(|account| account.username == *author) {
        None => return Err(Stop(t::cli::user_unknown(locale, author))),
        Some(account) if account.is_disabled => return Err(Stop(t::import::author_disabled(locale, author))),
        Some(_) => {}
    }
    let filled_for = store.meta("today").await.map_err(failed)?.and_then(|day| day.parse().ok());
    let report_at = options.report.clone().unwrap_or_else(|| file.with_extension("rejected.csv"));
    // Its own file is not written over.
    if report_at.canonicalize().is_ok_and(|report| file.canonicalize().is_ok_and(|file| file == report)) {
        return Err(Stop(t::cli::backup_exists(locale, report_at.display())));
    }
    let mut report = Report::new(&report_at, model, locale)?;
    let watched = watch::begin(&store, url, locale).await?;
    let ledger = Ledger {
        store: &store,
        model,
        version: &loaded.version,
        author,
        today: filled_for.unwrap_or_else(|| now().date_naive()),
        digest: Sha256::digest(&bytes).into(),
        branches: options.on_difference == Difference::Branch,
        dry: options.dry_run,
        origin: &|of_row| t::import::origin(locale, of_row.unwrap_or(source)),
    };
    let stop = |error| match error {
        PushError::Store(error) => open::failed(url, error, locale),
        other => Stop(other.to_string()),
    };
    let mut progress = Progress::new(notes, std::io::stderr().is_terminal(), locale);
    let mut counts = Counts { rows: sheet.survey(table.rows(&is_row)), ..Counts::default() };
    let mut forms: BTreeMap<Place, Had> = BTreeMap::new();
    let mut figures = Figures::default();
    let mut rows = table.rows(&is_row);
    let (mut row, mut done, mut batch) = (Row::default(), 0, Vec::with_capacity(BATCH));
    loop {
        let goes_on = rows.next_into(&mut row);
        if goes_on {
            done += 1;
            match sheet.line(&row) {
                Line::Figure(figure) => batch.push(figure),
                Line::Blank => counts.blank += 1,
                Line::Again => counts.same += 1,
                Line::Fault(fault) => {
                    counts.rejected += 1;
                    report.fault(&fault)?;
                }
            }
        }
        if batch.len() == BATCH || !goes_on {
            let became = ledger.figures(&batch).await.map_err(stop)?;
            for (figure, became) in batch.iter().zip(&became) {
                note(figure, became, &mut forms);
                report.figure(figure, became, &mut counts)?;
                if options.dry_run {
                    let (reporter, period, element) = figure.cell;
                    figures.set(reporter, period, element, Figure::of(figure.value));
                }
            }
            batch.clear();
            progress.rows(done, counts.rows);
        }
        if !goes_on {
            break;
        }
    }
    let state = options.state.state();
    if state != State::Draft {
        // Forms of one reporter and kind follow one another, whose periods a submit looks at.
        let forms: Vec<(Place, Had)> = forms.into_iter().collect();
        for (nth, some) in forms.chunks(FORMS).enumerate() {
            let moved = ledger.forms(some, state, &figures).await.map_err(stop)?;
            for ((place, _), moved) in some.iter().zip(moved) {
                report.form(&report.name(*place), moved, &mut counts)?;
            }
            progress.forms(nth * FORMS + some.len(), forms.len());
        }
    }
    progress.end();
    watched.end().await;
    store.close().await;
    let said = |text: &str, out: &mut dyn Write| writeln!(out, "{text}").map_err(|e| Stop(e.to_string()));
    if options.dry_run {
        said(t::import::dry(locale), out)?;
    }
    said(&counts.summary(state, locale), out)?;
    if let Some((line, column)) = sheet.held().not_utf8 {
        said(&t::cli::not_utf8(locale, line, column), out)?;
    }
    for (text, (count, period)) in sheet.held().restored.iter().take(5) {
        said(&t::cli::period_read(locale, count, period, text), out)?;
    }
    let listed = report.end()?;
    if !listed.is_empty() {
        said(&listed, out)?;
    }
    let outcome = if counts.is_whole() { Outcome::Complete } else { Outcome::RowsSkipped };
    Ok((outcome, counts))
}

/// Notes what the file had of a figure's form.
fn note(figure: &Said, became: &Became, forms: &mut BTreeMap<Place, Had>) {
    let had = forms.entry(figure.place()).or_default();
    match became {
        Became::Applied | Became::Before | Became::Same => had.accepted += 1,
        Became::Differs(..) | Became::Rejected(_) => had.differs = true,
    }
}
