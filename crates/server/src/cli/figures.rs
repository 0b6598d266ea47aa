//! Figures from delimited text with the columns `reporter`, `period`, `element`, `value`, as Excel leaves it or
//! as a program writes it: what reads is kept, what does not is counted by reason and shown with line and
//! column. Nothing is skipped silently, and of two values for one cell none counts.

use super::nearest;
use super::said::{self, Reason, SHOWN, Shown, Skipped};
use crate::delimited::{Row, Table, TableError};
use chitieu_domain::number::Style;
use chitieu_domain::period::SheetPeriodError;
use chitieu_domain::quantity::Quantity;
use chitieu_domain::search::fold;
use chitieu_domain::{ElementIx, Figure, Figures, FormIx, Model, PeriodId, ReporterId, ReporterIx};
use chitieu_widgets::{Locale, t};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

/// The columns, in the order in which [`Reader::figure`] takes them.
pub(super) const NAMES: [&str; 4] = ["reporter", "period", "element", "value"];

/// A cell of a form.
pub(super) type Cell = (ReporterIx, PeriodId, ElementIx);

/// A form of a reporter in a period.
pub(super) type Place = (ReporterIx, FormIx, PeriodId);

/// What a file held.
pub struct Held {
    /// The figures.
    pub figures: Figures,
    /// Rows below the header that are not blank.
    pub rows: u64,
    /// Business years that figures are of, those of the baseline apart.
    pub years: BTreeSet<i16>,
    /// Forms that have a figure.
    pub forms: BTreeSet<Place>,
    /// Where the file is not UTF-8, if anywhere: line and column.
    pub(super) not_utf8: Option<(u64, u64)>,
    /// Texts that a spreadsheet made of periods: how many rows, and how they were read.
    pub(super) restored: BTreeMap<String, (u64, PeriodId)>,
    pub(super) skipped: Vec<Skipped>,
}

/// A figure of a row.
pub(super) struct Read {
    pub(super) cell: Cell,
    pub(super) form: FormIx,
    pub(super) value: i64,
}

/// How a period's text was read.
#[derive(Clone, Copy)]
struct ReadPeriod {
    period: Result<PeriodId, SheetPeriodError>,
    /// True where a spreadsheet had changed it.
    restored: bool,
}

/// Words that were looked up, the last of them at hand: rows of one reporter and period mostly follow each other.
struct Words<T> {
    all: HashMap<Vec<u8>, T>,
    last: Option<(Vec<u8>, T)>,
}

impl<T: Clone> Words<T> {
    fn new() -> Self {
        Self { all: HashMap::new(), last: None }
    }

    fn get(&mut self, word: &[u8], read: impl FnOnce(&str) -> T) -> T {
        if let Some((last, found)) = &self.last
            && last == word
        {
            return found.clone();
        }
        let found = self.all.get(word).cloned().unwrap_or_else(|| {
            let found = read(&String::from_utf8_lossy(word));
            self.all.insert(word.to_vec(), found.clone());
            found
        });
        self.last = Some((word.to_vec(), found.clone()));
        found
    }
}

/// Rows read so far.
pub(super) struct Reader<'a> {
    model: &'a Model,
    /// Where the columns of [`NAMES`] stand.
    pub(super) columns: [usize; 4],
    width: usize,
    separator: u8,
    elements: HashMap<&'a [u8], ElementIx>,
    reporters: Words<Option<ReporterIx>>,
    periods: Words<ReadPeriod>,
    assigned: HashMap<Place, bool>,
    last_place: Option<Place>,
    pub(super) held: Held,
}

/// Tells a row from the further lines of a cell: only a reporter has both signs, so that no note takes itself for a row.
pub(super) fn is_row([reporter, _, _, value]: [usize; 4]) -> impl Fn(&Row<'_>) -> bool {
    move |row| {
        let named = row.get(reporter).is_some_and(|r| r.contains(&b':') && r.contains(&b'@'));
        named || row.len() > value && total(row, value).is_some()
    }
}

/// Reads figures.
pub fn read(model: &Model, bytes: &[u8]) -> Result<Held, TableError> {
    let table = Table::read(bytes, &NAMES)?;
    let mut reader = Reader::new(model, &table);
    let columns = reader.columns;
    let is_row = is_row(columns);
    let mut repeated: BTreeMap<Cell, Vec<(u64, u64, i64)>> = BTreeMap::new();
    let mut rows = table.rows(&is_row);
    let mut row = Row::default();
    while rows.next_into(&mut row) {
        reader.held.rows += 1;
        match reader.figure(&row, true) {
            Ok(read) => {
                if reader.take(&read) {
                    repeated.entry(read.cell).or_default();
                }
            }
            Err((reason, column)) => said::note(&mut reader.held.skipped, reason, column, &row),
        }
    }
    if !repeated.is_empty() {
        // Only now is it known which cells are meant; the file is gone through again for their lines.
        let mut rows = table.rows(&is_row);
        while rows.next_into(&mut row) {
            let Ok(read) = reader.figure(&row, false) else { continue };
            if let Some(all) = repeated.get_mut(&read.cell) {
                let at = row.place(columns[3]);
                all.push((at.line, at.column, read.value));
            }
        }
        reader.settle(repeated);
    }
    Ok(reader.held)
}

impl<'a> Reader<'a> {
    /// Before the first row.
    pub(super) fn new(model: &'a Model, table: &Table<'_>) -> Self {
        let elements = (0..model.element_count()).map(|i| ElementIx(i as u16));
        Self {
            model,
            columns: table.columns().try_into().unwrap_or_default(),
            width: table.width(),
            separator: table.separator(),
            elements: elements.map(|e| (model.element(e).id.as_bytes(), e)).collect(),
            reporters: Words::new(),
            periods: Words::new(),
            assigned: HashMap::new(),
            last_place: None,
            held: Held {
                figures: Figures::default(),
                rows: 0,
                years: BTreeSet::new(),
                forms: BTreeSet::new(),
                not_utf8: table.not_utf8().map(|at| (at.line, at.column)),
                restored: BTreeMap::new(),
                skipped: Vec::new(),
            },
        }
    }

    /// The figure of a row, or why it has none and in which column that is seen. Rows whose period was read with
    /// help are counted where `counting`.
    pub(super) fn figure(&mut self, row: &Row<'_>, counting: bool) -> Result<Read, (Reason, usize)> {
        let [reporter_at, period_at, element_at, value_at] = self.columns;
        if row.stray_quote().is_some() {
            return Err((Reason::Quote, 0));
        }
        // A row that is no form's is the sheet's total, or has a fault.
        let total_or = |fault| total(row, value_at).map_or(fault, |at| (Reason::Total, at));
        let cell = |at: usize| row.get(at).ok_or_else(|| total_or((Reason::Row, 0)));
        let value = cell(value_at)?;
        if value.is_empty() {
            return Err((Reason::Empty, value_at));
        }
        let (reporter, period, element) = (cell(reporter_at)?, cell(period_at)?, cell(element_at)?);
        // Separated by commas, a number with a comma in it is two cells.
        if self.separator == b','
            && (self.width..row.len()).any(|at| row.get(at).is_some_and(|c| !c.is_empty()))
        {
            return Err((Reason::Beyond, self.width));
        }
        let model = self.model;
        let known =
            self.reporters.get(&reporter, |text| model.reporter_ix(&text.parse::<ReporterId>().ok()?));
        let Some(reporter) = known else {
            return Err(total_or((said::coded(&reporter, Reason::Reporter), reporter_at)));
        };
        let read = self.periods.get(&period, |text| ReadPeriod {
            period: PeriodId::parse_from_sheet(text),
            restored: text.parse::<PeriodId>().is_err(),
        });
        if counting
            && read.restored
            && let Ok(as_read) = read.period
        {
            let text = String::from_utf8_lossy(&period).into_owned();
            self.held.restored.entry(text).or_insert((0, as_read)).0 += 1;
        }
        let period = read.period.map_err(|e| (said::coded(&period, Reason::Period(e)), period_at))?;
        let known = self.elements.get(&*element).copied();
        let element = known.ok_or_else(|| (said::coded(&element, Reason::Element), element_at))?;
        let value = number(&value).map_err(|reason| (reason, value_at))?;
        let form = model.form_of(element);
        let place = (reporter, form, period);
        let is_assigned = self.last_place == Some(place)
            || *self.assigned.entry(place).or_insert_with(|| model.is_assigned(reporter, form, period));
        if !is_assigned {
            return Err((Reason::NotAssigned, reporter_at));
        }
        Ok(Read { cell: (reporter, period, element), form, value })
    }

    /// Puts a figure into its cell; true where something stands there already.
    fn take(&mut self, read: &Read) -> bool {
        let (reporter, period, element) = read.cell;
        if let Some(before) = self.held.figures.set(reporter, period, element, Figure::of(read.value)) {
            self.held.figures.set(reporter, period, element, before);
            return true;
        }
        let place = (reporter, read.form, period);
        if self.last_place != Some(place) {
            self.last_place = Some(place);
            self.held.forms.insert(place);
            if !matches!(period, PeriodId::Years(..)) {
                self.held.years.insert(self.model.calendar(read.form).business_year(period));
            }
        }
        false
    }

    /// Of rows for one cell, the first counts where all say the same; where they do not, none does.
    fn settle(&mut self, repeated: BTreeMap<Cell, Vec<(u64, u64, i64)>>) {
        for (cell, rows) in repeated {
            let Some((first, others)) = rows.split_first() else { continue };
            if others.iter().all(|(_, _, value)| *value == first.2) {
                said::note_again(&mut self.held.skipped, *first, others);
            } else {
                let (reporter, period, element) = cell;
                self.held.figures.remove(reporter, period, element);
                let name = format!(
                    "{} {period} {}",
                    self.model.reporter(reporter).id,
                    self.model.element(element).id
                );
                said::note_two_values(&mut self.held.skipped, name, rows);
            }
        }
        self.held.forms.clear();
        self.held.years.clear();
        for ((reporter, period, element), _) in self.held.figures.iter() {
            let form = self.model.form_of(element);
            self.held.forms.insert((reporter, form, period));
            if !matches!(period, PeriodId::Years(..)) {
                self.held.years.insert(self.model.calendar(form).business_year(period));
            }
        }
    }
}

/// The cell that names a row as the total of a sheet. Excel's plain CSV has a question mark where its code page
/// lacks a letter.
fn total(row: &Row<'_>, value_at: usize) -> Option<usize> {
    const WORDS: [&str; 8] =
        ["tong", "tong cong", "tong so", "cong", "total", "grand total", "t?ng", "t?ng c?ng"];
    (0..row.len()).filter(|at| *at != value_at).find(|at| {
        let text = row.get(*at).unwrap_or_default();
        let text = if text.len() <= 80 { String::from_utf8_lossy(&text) } else { Cow::Borrowed("") };
        WORDS.contains(&fold(text.trim_matches([':', '.', ' ', '*'])).as_str())
    })
}

/// A figure's number, or why its text is none.
fn number(text: &[u8]) -> Result<i64, Reason> {
    if text.len() <= 18 && text.iter().all(u8::is_ascii_digit) {
        return Ok(text.iter().fold(0, |n, digit| n * 10 + i64::from(digit - b'0')));
    }
    let Ok(text) = std::str::from_utf8(text) else { return Err(Reason::CodePage) };
    match Quantity::parse(text, Style::Vietnamese) {
        Ok(Some(quantity)) => Ok(quantity.get()),
        Ok(None) => Err(Reason::Empty),
        Err(error) => Err(said::value(text, error)),
    }
}

impl Held {
    /// How many rows were no figures, empty ones apart.
    pub fn faults(&self) -> u64 {
        self.skipped.iter().filter(|s| s.reason != Reason::Empty).map(|s| s.count).sum()
    }

    /// What was read and what was skipped, with why and what to do.
    pub fn summary(&self, model: &Model, l: Locale) -> String {
        let mut out = t::cli::read_rows(l, self.rows, self.figures.len());
        if let Some((line, column)) = self.not_utf8 {
            let _ = write!(out, "\n  {}", t::cli::not_utf8(l, line, column));
        }
        for (text, (count, period)) in self.restored.iter().take(SHOWN) {
            let _ = write!(out, "\n  {}", t::cli::period_read(l, count, period, text));
        }
        let others = self.restored.values().skip(SHOWN);
        let (texts, rows) = others.fold((0, 0), |(texts, rows), (count, _)| (texts + 1, rows + count));
        if texts > 0 {
            let _ = write!(out, "\n  {}", t::cli::periods_read(l, rows, texts));
        }
        for skipped in &self.skipped {
            let _ = write!(out, "\n  {}", t::cli::skipped(l, skipped.count, skipped.reason.words(l)));
            for shown in &skipped.shown {
                let _ = write!(out, "\n    {}", shown.words(l));
                let names =
                    (0..model.element_count()).map(|i| model.element(ElementIx(i as u16)).id.as_str());
                if let (Shown::At { text, .. }, Reason::Element) = (shown, skipped.reason)
                    && let Some(name) = nearest(text, names)
                {
                    let _ = write!(out, " ({})", t::mistake::meant(l, name));
                }
            }
            if skipped.more {
                out.push_str("\n    …");
            }
        }
        out
    }
}
