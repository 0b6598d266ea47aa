//! Delimited text as spreadsheets and people leave it, read cell by cell: CSV, tab-separated, semicolons,
//! UTF-8 and UTF-16, a line `sep=;`, header names in any case and any company.
//!
//! Pure over bytes, for every import. The fault of one row costs no other: a quote that nothing closes ends with
//! its line. Places are those an editor shows, whatever the encoding. What is no delimited text at all is named
//! as what it is ([`TableError`]).

mod decode;
mod rows;

pub use rows::{Place, Row, Rows};

use chitieu_domain::quantity::trimmed;
use chitieu_domain::search::fold;
use std::borrow::Cow;

/// Why bytes are no table with the columns asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Nothing but blank lines.
    #[error("the file is empty")]
    Empty,
    /// A workbook of Excel or LibreOffice (`.xlsx`, `.ods`).
    #[error("a workbook, not text")]
    Workbook,
    /// A file of the old Office programs (`.xls`), or a workbook with a password.
    #[error("an old or protected workbook, not text")]
    OldWorkbook,
    /// A web page or XML that carries the name of a workbook.
    #[error("a web page or XML, not delimited text")]
    Markup,
    /// A PDF.
    #[error("a PDF, not text")]
    Pdf,
    /// No text.
    #[error("not text")]
    NotText,
    /// The header lacks columns.
    #[error("the header of line {line} lacks {missing:?} and has {there:?}")]
    Missing {
        /// The header's line.
        line: u64,
        /// Names that are there, as they are written.
        there: Vec<String>,
        /// Names that are not.
        missing: Vec<String>,
        /// True where the header is not in UTF-8, so that a name may be there and unreadable.
        unreadable: bool,
    },
    /// Two columns have one name.
    #[error("the header of line {line} has `{name}` twice")]
    Twice {
        /// The header's line.
        line: u64,
        /// The name.
        name: String,
    },
}

/// A table whose header is read.
#[derive(Debug)]
pub struct Table<'b> {
    text: Cow<'b, [u8]>,
    separator: u8,
    /// The header's names, as they are compared.
    names: Vec<String>,
    /// The columns asked for, as places in a row.
    columns: Vec<usize>,
    /// Where the rows begin: offset and line.
    body: (usize, u64),
    /// The header's line.
    line: u64,
    not_utf8: Option<Place>,
}

impl<'b> Table<'b> {
    /// Finds out how the bytes are written, and where the columns of these names stand. Other columns may stand
    /// among them.
    pub fn read(bytes: &'b [u8], names: &[&str]) -> Result<Self, TableError> {
        let text = decode::text(bytes)?;
        let (declared, start, line) = declared(&text);
        let tried = declared.into_iter().chain(*b"\t;,|");
        // The one that finds the names; among equals what the file says of itself, or whatever is rarer in words.
        let mut best: Option<Header> = None;
        for separator in tried {
            let header = Header::read(&text, separator, (start, line), names).ok_or(TableError::Empty)?;
            if best.as_ref().is_none_or(|best| header.fits() > best.fits()) {
                best = Some(header);
            }
        }
        let header = best.ok_or(TableError::Empty)?;
        let columns = header.columns(names)?;
        let not_utf8 = std::str::from_utf8(&text).err().map(|error| {
            let before = text.get(..error.valid_up_to()).unwrap_or_default();
            rows::place(before, 0, 1, before.len())
        });
        let Header { separator, known, body, line, .. } = header;
        Ok(Self { text, separator, names: known, columns, body, line, not_utf8 })
    }

    /// The column of a name that may be missing.
    pub fn optional(&self, name: &str) -> Result<Option<usize>, TableError> {
        let plain = plain(name);
        let mut there = self.names.iter().enumerate().filter(|(_, cell)| **cell == plain).map(|(at, _)| at);
        match (there.next(), there.next()) {
            (at, None) => Ok(at),
            (_, Some(_)) => Err(TableError::Twice { line: self.line, name: name.to_owned() }),
        }
    }

    /// The columns asked for, as places in a row, in the order they were asked for.
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// How many cells the header has.
    pub fn width(&self) -> usize {
        self.names.len()
    }

    /// What separates cells.
    pub fn separator(&self) -> u8 {
        self.separator
    }

    /// Where the first character stands that is not UTF-8: such a file was written in an older code page, mostly
    /// by Excel's plain "CSV". Rows whose cells are plain read all the same.
    pub fn not_utf8(&self) -> Option<Place> {
        self.not_utf8
    }

    /// The rows below the header. `is_row` tells a line that is a row by itself from the further lines of a cell
    /// with line breaks; it is asked only where a quote is open at the end of a line.
    pub fn rows<'t>(&'t self, is_row: &'t dyn Fn(&Row<'_>) -> bool) -> Rows<'t> {
        Rows::new(&self.text, self.separator, self.width(), self.body, is_row)
    }
}

/// The separator of a first line `sep=;`, and where the rest begins: offset and line.
fn declared(text: &[u8]) -> (Option<u8>, usize, u64) {
    let (end, next) = rows::line_end(text, 0);
    let line = text.get(..end).unwrap_or_default();
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let is_declared = line.get(..4).is_some_and(|head| head.eq_ignore_ascii_case(b"sep="));
    // A table that was opened and saved again has the separator a second time, as an empty cell.
    match line.get(4) {
        Some(separator) if is_declared && line.len() <= 64 && separator.is_ascii() => {
            (Some(*separator), next, 2)
        }
        None if is_declared => (None, next, 2),
        _ => (None, 0, 1),
    }
}

/// A header as one separator cuts it.
struct Header {
    separator: u8,
    line: u64,
    cells: Vec<String>,
    /// The cells as names are compared.
    known: Vec<String>,
    /// By the names asked for: how often each is there, and where first.
    places: Vec<(usize, usize)>,
    unreadable: bool,
    body: (usize, u64),
}

impl Header {
    fn read(text: &[u8], separator: u8, from: (usize, u64), names: &[&str]) -> Option<Self> {
        let mut rows = Rows::new(text, separator, 0, from, &|_: &Row<'_>| false);
        let mut row = Row::default();
        if !rows.next_into(&mut row) {
            return None;
        }
        let raw = (0..row.len()).map(|cell| row.get(cell).unwrap_or_default());
        let raw: Vec<Cow<'_, [u8]>> = raw.collect();
        let unreadable = raw.iter().any(|cell| std::str::from_utf8(cell).is_err());
        let cells: Vec<String> = raw.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        let known: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
        let places = names.iter().map(|name| {
            let name = plain(name);
            let mut there = known.iter().enumerate().filter(|(_, cell)| **cell == name).map(|(at, _)| at);
            let first = there.next();
            (usize::from(first.is_some()) + there.count(), first.unwrap_or(0))
        });
        let places: Vec<(usize, usize)> = places.collect();
        Some(Self { separator, line: row.line(), cells, known, places, unreadable, body: rows.at() })
    }

    /// How well a separator fits: names found, then cells.
    fn fits(&self) -> (usize, usize) {
        (self.found(), self.cells.len())
    }

    fn found(&self) -> usize {
        self.places.iter().filter(|(count, _)| *count > 0).count()
    }

    fn columns(&self, names: &[&str]) -> Result<Vec<usize>, TableError> {
        let pairs = || names.iter().zip(&self.places);
        if self.found() < names.len() {
            let missing = pairs().filter(|(_, (count, _))| *count == 0).map(|(name, _)| (*name).to_owned());
            let there = self.cells.iter().filter(|cell| !cell.is_empty());
            return Err(TableError::Missing {
                line: self.line,
                there: there.map(|cell| cell.chars().take(40).collect()).take(20).collect(),
                missing: missing.collect(),
                unreadable: self.unreadable,
            });
        }
        if let Some((name, _)) = pairs().find(|(_, (count, _))| *count > 1) {
            return Err(TableError::Twice { line: self.line, name: (*name).to_owned() });
        }
        Ok(self.places.iter().map(|(_, first)| *first).collect())
    }
}

/// A header's name as names are compared: without case, marks, quotes, and all that nobody sees.
fn plain(name: &str) -> String {
    let mut seen = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_whitespace() {
            seen.push(' ');
        } else if !trimmed(c.encode_utf8(&mut [0; 4])).is_empty() {
            seen.push(c);
        }
    }
    fold(seen.trim_matches([' ', '"', '\'', '“', '”']))
}

#[cfg(test)]
mod tests;
