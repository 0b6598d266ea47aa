//! Figures from CSV, `reporter,period,element,value`: what reads is kept, what does not is counted by reason
//! and shown with line and column. Nothing is skipped silently.

use super::{Stop, nearest};
use chitieu_domain::number::Style;
use chitieu_domain::quantity::Quantity;
use chitieu_domain::{ElementIx, Figure, Figures, FormIx, Model, PeriodId, ReporterId, ReporterIx};
use chitieu_widgets::{Locale, t};
use csv::ByteRecord;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::{BufRead, Read};

/// How many rows of one reason are shown before they are only counted.
const SHOWN: usize = 5;

/// Why a row is not a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Empty,
    Reporter,
    Period,
    Element,
    Value,
    NotAssigned,
    Again,
    TwoValues,
    Row,
}

/// A row that was skipped.
struct Skipped {
    line: u64,
    column: usize,
    text: String,
}

/// What a file held.
pub struct Held {
    /// The figures.
    pub figures: Figures,
    /// Rows below the header.
    pub rows: u64,
    /// Business years that figures are of, those of the baseline apart.
    pub years: BTreeSet<i16>,
    /// Forms that have a figure.
    pub forms: BTreeSet<(ReporterIx, FormIx, PeriodId)>,
    skipped: BTreeMap<Reason, (u64, Vec<Skipped>)>,
}

/// Rows read so far: the last ones' words are looked up once.
struct Reader<'a> {
    model: &'a Model,
    elements: HashMap<&'a [u8], ElementIx>,
    reporters: HashMap<Vec<u8>, Option<ReporterIx>>,
    periods: HashMap<Vec<u8>, Option<PeriodId>>,
    assigned: HashMap<(ReporterIx, FormIx, PeriodId), bool>,
    held: Held,
}

/// Reads figures.
pub fn read(model: &Model, input: impl Read, locale: Locale) -> Result<Held, Stop> {
    let mut input = std::io::BufReader::with_capacity(1 << 16, input);
    let start = input.fill_buf().map_err(|e| Stop(e.to_string()))?;
    // Excel writes a mark and, where the comma is the decimal sign, semicolons (`domain/formats.md`, 10).
    let marked = start.starts_with(b"\xef\xbb\xbf");
    let header = start.split(|b| *b == b'\n').next().unwrap_or_default();
    let delimiter = if header.contains(&b';') { b';' } else { b',' };
    if marked {
        input.consume(3);
    }
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(input);
    let headers = reader.byte_headers().map_err(|e| Stop(t::cli::not_csv(locale, e)))?.clone();
    let column = |name: &'static str| {
        let at = headers.iter().position(|h| h.trim_ascii() == name.as_bytes());
        at.ok_or_else(|| Stop(t::cli::no_column(locale, name)))
    };
    let columns = [column("reporter")?, column("period")?, column("element")?, column("value")?];
    let elements =
        (0..model.element_count()).map(|i| ElementIx(i as u16)).map(|e| (model.element(e).id.as_bytes(), e));
    let mut rows = Reader {
        model,
        elements: elements.collect(),
        reporters: HashMap::new(),
        periods: HashMap::new(),
        assigned: HashMap::new(),
        held: Held {
            figures: Figures::default(),
            rows: 0,
            years: BTreeSet::new(),
            forms: BTreeSet::new(),
            skipped: BTreeMap::new(),
        },
    };
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|e| Stop(t::cli::not_csv(locale, e)))? {
        rows.held.rows += 1;
        if let Err((reason, field)) = rows.row(&record, columns) {
            rows.skip(reason, field, &record);
        }
    }
    Ok(rows.held)
}

impl Reader<'_> {
    fn row(&mut self, record: &ByteRecord, columns: [usize; 4]) -> Result<(), (Reason, usize)> {
        let field = |nth: usize| record.get(columns[nth]).map(<[u8]>::trim_ascii).ok_or((Reason::Row, 0));
        let (reporter, period, element, value) = (field(0)?, field(1)?, field(2)?, field(3)?);
        if value.is_empty() {
            return Err((Reason::Empty, columns[3]));
        }
        let reporter = known(&mut self.reporters, reporter, |text| {
            self.model.reporter_ix(&text.parse::<ReporterId>().ok()?)
        });
        let reporter = reporter.ok_or((Reason::Reporter, columns[0]))?;
        let period = known(&mut self.periods, period, |text| text.parse().ok());
        let period = period.ok_or((Reason::Period, columns[1]))?;
        let element = *self.elements.get(element).ok_or((Reason::Element, columns[2]))?;
        let value = number(value).ok_or((Reason::Value, columns[3]))?;
        let form = self.model.form_of(element);
        let place = (reporter, form, period);
        let model = self.model;
        let is_assigned =
            self.assigned.entry(place).or_insert_with(|| model.is_assigned(reporter, form, period));
        if !*is_assigned {
            return Err((Reason::NotAssigned, columns[0]));
        }
        let figure = Figure::of(value);
        match self.held.figures.set(reporter, period, element, figure) {
            None => {}
            Some(before) if before == figure => return Err((Reason::Again, columns[3])),
            Some(before) => {
                self.held.figures.set(reporter, period, element, before);
                return Err((Reason::TwoValues, columns[3]));
            }
        }
        if self.held.forms.insert(place) && !matches!(period, PeriodId::Years(..)) {
            self.held.years.insert(self.model.form(form).calendar.business_year(period));
        }
        Ok(())
    }

    fn skip(&mut self, reason: Reason, field: usize, record: &ByteRecord) {
        let (count, shown) = self.held.skipped.entry(reason).or_default();
        *count += 1;
        if shown.len() < SHOWN && reason != Reason::Empty {
            let before: usize =
                record.iter().take(field).map(|f| String::from_utf8_lossy(f).chars().count() + 1).sum();
            shown.push(Skipped {
                line: record.position().map_or(0, csv::Position::line),
                column: before + 1,
                text: String::from_utf8_lossy(record.get(field).unwrap_or_default())
                    .chars()
                    .take(80)
                    .collect(),
            });
        }
    }
}

fn known<T: Copy>(
    all: &mut HashMap<Vec<u8>, Option<T>>,
    word: &[u8],
    read: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    if let Some(found) = all.get(word) {
        return *found;
    }
    let found = std::str::from_utf8(word).ok().and_then(read);
    all.insert(word.to_vec(), found);
    found
}

fn number(text: &[u8]) -> Option<i64> {
    if text.len() <= 18 && text.iter().all(u8::is_ascii_digit) {
        return Some(text.iter().fold(0, |n, digit| n * 10 + i64::from(digit - b'0')));
    }
    Quantity::parse(std::str::from_utf8(text).ok()?, Style::Vietnamese).ok().flatten().map(Quantity::get)
}

impl Held {
    /// How many rows were no figures, empty ones apart.
    pub fn faults(&self) -> u64 {
        self.skipped.iter().filter(|(reason, _)| **reason != Reason::Empty).map(|(_, (n, _))| n).sum()
    }

    /// What was read and what was skipped, with why and what to do.
    pub fn summary(&self, model: &Model, l: Locale) -> String {
        let mut out = t::cli::read_rows(l, self.rows, self.figures.len());
        for (reason, (count, shown)) in &self.skipped {
            let why = match reason {
                Reason::Empty => t::cli::skip_empty(l),
                Reason::Reporter => t::cli::skip_reporter(l),
                Reason::Period => t::cli::skip_period(l),
                Reason::Element => t::cli::skip_element(l),
                Reason::Value => t::cli::skip_value(l),
                Reason::NotAssigned => t::cli::skip_not_assigned(l),
                Reason::Again => t::cli::skip_again(l),
                Reason::TwoValues => t::cli::skip_two_values(l),
                Reason::Row => t::cli::skip_row(l),
            };
            let _ = write!(out, "\n  {}", t::cli::skipped(l, count, why));
            for row in shown {
                let _ = write!(out, "\n    {}:{}: {}", row.line, row.column, row.text);
                let names =
                    (0..model.element_count()).map(|i| model.element(ElementIx(i as u16)).id.as_str());
                if let Some(name) = nearest(&row.text, names).filter(|_| *reason == Reason::Element) {
                    let _ = write!(out, " ({})", t::mistake::meant(l, name));
                }
            }
        }
        out
    }
}
