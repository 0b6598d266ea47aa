//! What is said of a file of figures: why rows were skipped, where, and what helps.

use super::Stop;
use crate::delimited::{Row, TableError};
use chitieu_domain::period::SheetPeriodError;
use chitieu_domain::quantity::QuantityError;
use chitieu_widgets::{Locale, t};

/// How many rows of one reason are shown before they are only counted.
pub(super) const SHOWN: usize = 5;

/// How many lines are named of one cell that stands there more often.
const LINES: usize = 8;

/// Why a row is not a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    Empty,
    Total,
    Reporter,
    Period(SheetPeriodError),
    Element,
    Value(QuantityError),
    /// A spreadsheet wrote `1,2E+11` and dropped the rest of the number.
    Shortened,
    /// `#N/A`, `####`: a spreadsheet had no number or no room.
    SheetFault,
    NotAssigned,
    Again,
    TwoValues,
    Row,
    Beyond,
    Quote,
    CodePage,
    /// Whether it is estimated cannot be read.
    Mark,
}

/// One row, or the rows of one cell.
pub(super) enum Shown {
    At { line: u64, column: u64, text: String },
    Again { line: u64, column: u64, value: i64, first: u64 },
    TwoValues { name: String, rows: Vec<(u64, u64, i64)> },
}

/// Rows that were skipped for one reason.
pub(super) struct Skipped {
    pub(super) reason: Reason,
    pub(super) count: u64,
    pub(super) shown: Vec<Shown>,
    /// True where not all are shown.
    pub(super) more: bool,
}

/// Counts rows in, and keeps the first ones to be shown.
fn add(all: &mut Vec<Skipped>, reason: Reason, count: u64, shown: impl FnOnce() -> Shown) {
    let at = all.iter().position(|skipped| skipped.reason == reason).unwrap_or_else(|| {
        all.push(Skipped { reason, count: 0, shown: Vec::new(), more: false });
        all.len() - 1
    });
    let skipped = &mut all[at];
    skipped.count += count;
    if reason == Reason::Empty {
        return;
    }
    if skipped.shown.len() < SHOWN {
        skipped.shown.push(shown());
    } else {
        skipped.more = true;
    }
}

/// Notes a row that is no figure; `cell` is where that is seen.
pub(super) fn note(all: &mut Vec<Skipped>, reason: Reason, cell: usize, row: &Row<'_>) {
    add(all, reason, 1, || {
        let quoted = |at: &usize| row.get(*at).is_some_and(|text| text.contains(&b'"'));
        let (place, cell) = match row.stray_quote() {
            Some(place) => (place, (0..row.len()).find(quoted).unwrap_or(cell)),
            None => (row.place(cell), cell),
        };
        let text = String::from_utf8_lossy(&row.get(cell).unwrap_or_default()).chars().take(80).collect();
        Shown::At { line: place.line, column: place.column, text }
    });
}

/// Notes rows that say of a cell what an earlier one said: line, column and value each.
pub(super) fn note_again(all: &mut Vec<Skipped>, first: (u64, u64, i64), others: &[(u64, u64, i64)]) {
    for (line, column, value) in others.iter().copied() {
        add(all, Reason::Again, 1, || Shown::Again { line, column, value, first: first.0 });
    }
}

/// Notes the rows of a cell that do not agree.
pub(super) fn note_two_values(all: &mut Vec<Skipped>, name: String, rows: Vec<(u64, u64, i64)>) {
    add(all, Reason::TwoValues, rows.len() as u64, || Shown::TwoValues { name, rows });
}

/// The reason, or that the text is in no Unicode.
pub(super) fn coded(text: &[u8], reason: Reason) -> Reason {
    if std::str::from_utf8(text).is_ok() { reason } else { Reason::CodePage }
}

/// Why a text is no value.
pub(super) fn value(text: &str, error: QuantityError) -> Reason {
    match error {
        QuantityError::NotDigits if text.starts_with('#') => Reason::SheetFault,
        QuantityError::NotDigits if is_shortened(text) => Reason::Shortened,
        other => Reason::Value(other),
    }
}

/// `1,23457E+11`.
fn is_shortened(text: &str) -> bool {
    let Some((number, power)) = text.split_once(['E', 'e']) else { return false };
    let Some(power) = power.strip_prefix(['+', '-']) else { return false };
    let digits = |text: &str, others: &[char]| {
        text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_digit() || others.contains(&c))
    };
    digits(number, &['.', ',']) && digits(power, &[])
}

impl Reason {
    /// What is wrong, and what helps.
    pub(super) fn words(self, l: Locale) -> String {
        let excel = || t::cli::excel_keep(l);
        let words = match self {
            Self::Empty => t::cli::skip_empty(l),
            Self::Total => t::cli::skip_total(l),
            Self::Reporter => t::cli::skip_reporter(l),
            Self::Period(SheetPeriodError::NotAPeriod) => t::cli::skip_period(l),
            Self::Period(SheetPeriodError::NoSuchDay) => return t::cli::skip_period_day(l, excel()),
            Self::Period(SheetPeriodError::OtherDate) => return t::cli::skip_period_date(l, excel()),
            Self::Period(SheetPeriodError::TwoReadings) => return t::cli::skip_period_two(l, excel()),
            Self::Element => t::cli::skip_element(l),
            Self::Value(error) => match error {
                QuantityError::Fraction => t::quantity::fraction(l),
                QuantityError::AskDot => t::cli::skip_dot(l),
                QuantityError::AskComma => t::cli::skip_comma(l),
                QuantityError::Grouping => t::quantity::grouping(l),
                QuantityError::Sign => t::quantity::sign(l),
                QuantityError::NotDigits => t::quantity::not_digits(l),
                QuantityError::AskDash => t::cli::skip_dash(l),
                QuantityError::AskEllipsis => t::cli::skip_ellipsis(l),
                QuantityError::TooLarge => t::quantity::too_large(l),
                QuantityError::BelowOneDong => t::quantity::below_one_dong(l),
            },
            Self::Shortened => t::cli::skip_shortened(l),
            Self::SheetFault => t::cli::skip_sheet_fault(l),
            Self::NotAssigned => t::cli::skip_not_assigned(l),
            Self::Again => t::cli::skip_again(l),
            Self::TwoValues => t::cli::skip_two_values(l),
            Self::Row => t::cli::skip_row(l),
            Self::Beyond => t::cli::skip_beyond(l),
            Self::Quote => t::cli::skip_quote(l),
            Self::CodePage => t::cli::skip_code_page(l),
            Self::Mark => t::import::mark(l),
        };
        words.to_owned()
    }
}

impl Shown {
    pub(super) fn words(&self, l: Locale) -> String {
        match self {
            Self::At { line, column, text } => format!("{line}:{column}: {text}"),
            Self::Again { line, column, value, first } => {
                format!("{line}:{column}: {value} ({})", t::cli::as_in_line(l, first))
            }
            Self::TwoValues { name, rows } => {
                let named =
                    rows.iter().take(LINES).map(|(line, column, value)| format!("{line}:{column}: {value}"));
                let named: Vec<String> = named.collect();
                let more = if rows.len() > LINES { "; …" } else { "" };
                format!("{name}: {}{more}", named.join("; "))
            }
        }
    }
}

/// Why a file is not read at all.
pub(super) fn stop(error: &TableError, l: Locale) -> Stop {
    Stop(match error {
        TableError::Empty => t::cli::table_empty(l).to_owned(),
        TableError::Workbook => t::cli::table_workbook(l, t::cli::save_as(l)),
        TableError::OldWorkbook => t::cli::table_old_workbook(l, t::cli::save_as(l)),
        TableError::Markup => t::cli::table_markup(l, t::cli::save_as(l)),
        TableError::Pdf => t::cli::table_pdf(l, t::cli::save_as(l)),
        TableError::NotText => t::cli::table_not_text(l, t::cli::save_as(l)),
        TableError::Missing { line, there, missing, unreadable } => {
            let mut said = t::cli::no_column(l, line, missing.join(", "), there.join(", "));
            if *unreadable {
                said.push(' ');
                said.push_str(t::cli::header_unreadable(l));
            }
            said
        }
        TableError::Twice { line, name } => t::cli::column_twice(l, line, name),
    })
}
