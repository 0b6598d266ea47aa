//! `chitieu evaluate`: every target for scopes and periods from a file of figures.

use super::figures::{self, Held};
use super::{Stop, load, said};
use chitieu_domain::evaluate::{Evaluation, Evaluator};
use chitieu_domain::plan::Severity;
use chitieu_domain::rules::{FormCheck, State, check_form};
use chitieu_domain::{Figures, FormIx, Model, PeriodId, ReporterIx, UnitId, UnitIx};
use chitieu_widgets::text::{self, day};
use chitieu_widgets::{Locale, t};
use chrono::{Datelike, NaiveDate};
use clap::{Args, ValueEnum};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// What to evaluate.
#[derive(Args)]
pub struct Options {
    /// Figures: columns `reporter`, `period`, `element`, `value` in any order and among others, between commas,
    /// semicolons or tabs, in UTF-8 or UTF-16; `-` reads standard input. Months that Excel turned into dates are
    /// read (`May-24`, `01/05/2024`). A row that is no figure is skipped and named, with status 3; where nothing
    /// could be evaluated the status is 1.
    #[arg(long)]
    figures: PathBuf,
    /// The plan; the one that ships with the program where it is left out.
    #[arg(long)]
    plan: Option<PathBuf>,
    /// A unit, `33@2021-01-01`; may be given several times; `all` takes every unit. The plan's own territory
    /// where it is left out.
    #[arg(long)]
    scope: Vec<String>,
    /// A period, `2024` or `2024-Q3`; may be given several times. Where it is left out, every year of the plan
    /// that there are figures of.
    #[arg(long)]
    period: Vec<PeriodId>,
    /// How to print.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Takes this day for today: spans that end on it or later are provisional.
    #[arg(long)]
    today: Option<NaiveDate>,
    /// Ends with status 0 although rows were skipped.
    #[arg(long)]
    lenient: bool,
    /// Says how long each step took.
    #[arg(long)]
    times: bool,
}

/// How an evaluation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Every row was a figure or had no value yet, or whoever asked does not mind.
    Complete,
    /// Rows were skipped, which are named; the verdicts rest on the others.
    RowsSkipped,
}

/// More than any file of figures: a million rows take some 45 MB.
const LARGEST: u64 = 2 << 30;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
    /// Sentences for a report, with the trend and, of a running year, where it is heading.
    Report,
}

fn scopes(model: &Model, named: &[String], locale: Locale) -> Result<Vec<UnitIx>, Stop> {
    if named.is_empty() {
        return Ok(vec![model.own_territory()]);
    }
    let mut scopes = Vec::new();
    for name in named {
        if name == "all" {
            scopes.extend((0..model.units().all().len() as u32).map(UnitIx));
            continue;
        }
        let found = name.parse::<UnitId>().ok().and_then(|id| model.unit_ix(&id));
        scopes.push(
            found.ok_or_else(|| Stop(format!("--scope {name}: {}", t::mistake::unknown_unit_do(locale))))?,
        );
    }
    Ok(scopes)
}

/// The bytes of a file of figures, or of standard input.
pub(super) fn bytes(path: &Path, locale: Locale) -> Result<Vec<u8>, Stop> {
    let stop = |error: std::io::Error| Stop::file(path, &error, locale);
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes)
    } else {
        let file = File::open(path).map_err(stop)?;
        bytes.reserve_exact(file.metadata().map_or(0, |about| about.len().min(LARGEST) as usize) + 1);
        file.take(LARGEST + 1).read_to_end(&mut bytes)
    };
    if read.map_err(stop)? as u64 > LARGEST {
        return Err(Stop(t::cli::table_too_large(locale, LARGEST >> 30)));
    }
    Ok(bytes)
}

/// Reads, evaluates, prints to `out`; what was skipped and what breaks a rule goes to `notes`.
pub fn run(
    options: &Options,
    locale: Locale,
    today: NaiveDate,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<Outcome, Stop> {
    let loaded = load(options.plan.as_ref(), locale)?;
    let model = &loaded.model;
    let scopes = scopes(model, &options.scope, locale)?;
    let mut watch = Watch::start();
    let held = figures::read(model, &bytes(&options.figures, locale)?).map_err(|e| said::stop(&e, locale))?;
    watch.lap("read");
    // What is older than the plan's own units is there to be compared with.
    let first = model.unit(model.own_territory()).id.valid_from().year() as i16;
    let (years, older): (Vec<i16>, Vec<i16>) = held.years.iter().partition(|year| **year >= first);
    let periods: Vec<PeriodId> = if options.period.is_empty() {
        years.into_iter().map(PeriodId::Year).collect()
    } else {
        options.period.clone()
    };
    let today = options.today.unwrap_or(today);
    let mut all = Vec::with_capacity(scopes.len() * periods.len() * model.plan().targets.len());
    Evaluator::new(model).evaluate_scopes(&held.figures, &scopes, &periods, today, |e| all.push(e));
    watch.lap("evaluate");
    let broken = findings(model, &held);
    watch.lap("rules");
    let written = match options.format {
        Format::Table => table(model, &all, locale, out),
        Format::Json => json(&all, out),
        Format::Csv => csv(&all, out),
        Format::Report => report(model, &held.figures, &all, today, locale, out),
    };
    // Whoever reads may stop early (`| head`); that is no fault of ours.
    let written = written.and_then(|()| out.flush());
    if let Err(error) = written
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        return Err(Stop(error.to_string()));
    }
    watch.lap("print");
    let mut said = vec![held.summary(model, locale)];
    if options.period.is_empty() && !older.is_empty() {
        let older: Vec<String> = older.iter().map(ToString::to_string).collect();
        said.push(t::cli::before_plan(locale, older.join(", "), first));
    }
    said.extend(told(model, &broken, locale));
    if options.times {
        said.extend(watch.laps.into_iter().map(|(step, ms)| format!("{step}: {ms} ms")));
        said.push(format!("peak: {} MB", peak_megabytes()));
    }
    writeln!(notes, "{}", said.join("\n  ")).map_err(|e| Stop(e.to_string()))?;
    let is_complete = options.lenient || held.faults() == 0;
    Ok(if is_complete { Outcome::Complete } else { Outcome::RowsSkipped })
}

/// How long each step took.
struct Watch {
    last: std::time::Instant,
    laps: Vec<(&'static str, u128)>,
}

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "it measures the program, no figure rests on it")]
    fn start() -> Self {
        Self { last: std::time::Instant::now(), laps: Vec::new() }
    }

    fn lap(&mut self, step: &'static str) {
        let now = Self::start().last;
        self.laps.push((step, (now - self.last).as_millis()));
        self.last = now;
    }
}

/// The most memory this process has held; 0 where the system does not tell.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// A rule, as form and place.
type RuleAt = (FormIx, usize);

/// How often a rule is broken, and where first.
struct Broken {
    count: usize,
    severity: Severity,
    first: (ReporterIx, PeriodId),
}

/// Which rules are broken, worst first. They change no verdict.
fn findings(model: &Model, held: &Held) -> Vec<(RuleAt, Broken)> {
    let forms: Vec<(ReporterIx, FormIx, PeriodId)> = held.forms.iter().copied().collect();
    let find = |forms: &[(ReporterIx, FormIx, PeriodId)]| {
        let mut all = Vec::new();
        for (reporter, form, period) in forms.iter().copied() {
            let check = FormCheck { model, figures: &held.figures, reporter, form, period };
            for checked in check_form(&check).into_iter().filter(|c| c.state == State::Broken) {
                all.push(((form, checked.rule), checked.severity, (reporter, period)));
            }
        }
        all
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = forms.len().div_ceil(workers).max(1);
    let found: Vec<_> = std::thread::scope(|scope| {
        let parts: Vec<_> = forms.chunks(share).map(|part| scope.spawn(|| find(part))).collect();
        parts.into_iter().flat_map(|p| p.join().unwrap_or_default()).collect()
    });
    let mut broken: BTreeMap<(RuleAt, Severity), Broken> = BTreeMap::new();
    for (at, severity, first) in found {
        broken.entry((at, severity)).or_insert(Broken { count: 0, severity, first }).count += 1;
    }
    let mut broken: Vec<(RuleAt, Broken)> = broken.into_iter().map(|((at, _), b)| (at, b)).collect();
    broken.sort_by_key(|(_, b)| (b.severity, Reverse(b.count)));
    broken
}

/// How many are broken in all, then a line a rule.
fn told(model: &Model, broken: &[(RuleAt, Broken)], locale: Locale) -> Vec<String> {
    let count = |severity| broken.iter().filter(|(_, b)| b.severity == severity).map(|(_, b)| b.count).sum();
    let (errors, warnings): (usize, usize) = (count(Severity::Error), count(Severity::Warning));
    let line = |((form, rule), b): &(RuleAt, Broken)| {
        let form = model.form(*form);
        let rule = &form.rules[*rule];
        let word = match b.severity {
            Severity::Error => t::cli::error(locale),
            Severity::Warning => t::cli::warning(locale),
        };
        let (reporter, period) = (&model.reporter(b.first.0).id, b.first.1);
        let message = locale.pick(&rule.message_vi, &rule.message_en);
        format!("  {}× {word} {}/{}: {message} ({reporter} {period})", b.count, form.id, rule.id)
    };
    std::iter::once(t::cli::findings(locale, errors, warnings)).chain(broken.iter().map(line)).collect()
}

fn json(all: &[Evaluation], out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "[")?;
    for (nth, evaluation) in all.iter().enumerate() {
        serde_json::to_writer(&mut *out, evaluation)?;
        writeln!(out, "{}", if nth + 1 < all.len() { "," } else { "" })?;
    }
    writeln!(out, "]")
}

fn word<T: serde::Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(serde_json::Value::Null) | Err(_) => String::new(),
        Ok(other) => other.to_string(),
    }
}

fn csv(all: &[Evaluation], out: &mut dyn Write) -> std::io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "target",
        "scope",
        "period",
        "from",
        "to",
        "numerator",
        "denominator",
        "previous_numerator",
        "previous_denominator",
        "verdict",
        "provisional",
        "reported",
        "expected",
        "contested",
        "missing",
        "estimated",
    ])?;
    for e in all {
        csv.write_record([
            e.target.clone(),
            e.scope.to_string(),
            e.period.to_string(),
            e.from.to_string(),
            e.to.to_string(),
            word(e.numerator),
            word(e.denominator),
            word(e.previous_numerator),
            word(e.previous_denominator),
            word(e.verdict),
            e.provisional.to_string(),
            e.reported.to_string(),
            e.expected.to_string(),
            e.contested.to_string(),
            word(e.missing),
            e.estimated.to_string(),
        ])?;
    }
    csv.flush()
}

/// How many years a trend looks at.
const TREND_YEARS: usize = 5;

fn report(
    model: &Model,
    figures: &Figures,
    all: &[Evaluation],
    today: NaiveDate,
    locale: Locale,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let evaluator = Evaluator::new(model);
    for (nth, e) in all.iter().enumerate() {
        let target = nth % model.plan().targets.len();
        let scope = model.unit_ix(&e.scope);
        let running = scope.filter(|_| e.provisional);
        let last = running.and_then(|scope| evaluator.reported_to(figures, target, scope, e.period));
        writeln!(out, "{}. {}", e.target, text::sentence(model, target, e, last, locale))?;
        let Some(scope) = scope else { continue };
        let trend = evaluator.trend(figures, target, scope, e.period, TREND_YEARS, today);
        if let Some(trend) = text::trend(model, target, &trend, locale) {
            writeln!(out, "    {trend}")?;
        }
        if let Some(seen) = evaluator.project(figures, target, scope, e.period) {
            writeln!(out, "    {}", text::projection(model, target, &seen, locale))?;
        }
    }
    Ok(())
}

fn table(model: &Model, all: &[Evaluation], locale: Locale, out: &mut dyn Write) -> std::io::Result<()> {
    let mut head = None;
    for (nth, e) in all.iter().enumerate() {
        if head != Some((&e.scope, e.period)) {
            head = Some((&e.scope, e.period));
            let unit = model.unit_ix(&e.scope).map(|ix| model.unit(ix));
            let name = unit.map_or_else(String::new, |unit| unit.name.clone());
            if nth > 0 {
                writeln!(out)?;
            }
            writeln!(out, "{name} ({}) · {}", e.scope, text::period(e.period, locale))?;
        }
        let target = nth % model.plan().targets.len();
        let card = text::card(model, target, e, locale);
        let provisional =
            if e.provisional { format!(" ({})", t::card::provisional(locale)) } else { String::new() };
        writeln!(
            out,
            "  {:<4} {:>8}  {:<40} {:<34} {} – {}  {}",
            e.target,
            card.big,
            card.fraction,
            format!("{}{provisional}", card.verdict),
            day(e.from, locale),
            day(e.to, locale),
            card.gap
        )?;
        if let Some(said) = text::moved_year(model, target, e.period, locale) {
            writeln!(out, "  {:<4} {said}", "")?;
        }
    }
    Ok(())
}
