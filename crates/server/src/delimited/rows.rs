//! Rows of delimited text and the places of their cells.

use chitieu_domain::quantity::trimmed;
use std::borrow::Cow;

/// A cell of a spreadsheet holds no more line breaks (Excel's limits).
const BREAKS: usize = 253;
/// Nor more bytes: 32,767 characters of up to four.
const LONGEST: usize = 4 * 32_767;

/// A place as editors show it: line and character, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line. `\n`, `\r\n` and `\r` end one.
    pub line: u64,
    /// Character of the line.
    pub column: u64,
}

/// The place of `offset` in text whose `start` is the beginning of line `line`.
pub(super) fn place(text: &[u8], start: usize, line: u64, offset: usize) -> Place {
    let (mut line, mut begin) = (line, start);
    loop {
        let (end, next) = line_end(text, begin);
        if next > offset || end == next || next == begin {
            break;
        }
        (line, begin) = (line + 1, next);
    }
    let before = String::from_utf8_lossy(text.get(begin..offset).unwrap_or_default());
    Place { line, column: before.chars().count() as u64 + 1 }
}

/// Where the line ends that `from` is on, without its end and with it.
pub(super) fn line_end(text: &[u8], from: usize) -> (usize, usize) {
    let rest = text.get(from..).unwrap_or_default();
    match rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
        None => (text.len(), text.len()),
        Some(at) => (from + at, after_break(text, from + at)),
    }
}

/// Behind the line's end that begins at `at`.
fn after_break(text: &[u8], at: usize) -> usize {
    if text.get(at) == Some(&b'\r') && text.get(at + 1) == Some(&b'\n') { at + 2 } else { at + 1 }
}

/// A cell's bytes without the quotes around it.
#[derive(Debug, Clone, Copy)]
struct Cell {
    from: usize,
    to: usize,
    /// Inside, a quote is written twice.
    doubled: bool,
}

/// One row. It is used again for the next.
#[derive(Debug, Default)]
pub struct Row<'t> {
    text: &'t [u8],
    start: usize,
    line: u64,
    cells: Vec<Cell>,
    stray: Option<usize>,
}

impl<'t> Row<'t> {
    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// True where there are none.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The line on which the row begins.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// A cell's text, without quotes and without spaces and unseen characters at its ends. It need not be UTF-8.
    pub fn get(&self, cell: usize) -> Option<Cow<'t, [u8]>> {
        let Cell { from, to, doubled } = *self.cells.get(cell)?;
        let text: &'t [u8] = self.text;
        let bytes = text.get(from..to)?;
        if !doubled {
            return Some(Cow::Borrowed(ends_cut(bytes)));
        }
        let mut out = Vec::with_capacity(bytes.len());
        let mut rest = bytes.iter();
        while let Some(byte) = rest.next() {
            out.push(*byte);
            if *byte == b'"' && rest.as_slice().first() == Some(&b'"') {
                rest.next();
            }
        }
        Some(Cow::Owned(ends_cut(&out).to_vec()))
    }

    /// Where a cell begins, its quote included; of a cell that is missing, where the row begins.
    pub fn place(&self, cell: usize) -> Place {
        let from = self.cells.get(cell).map_or(self.start, |cell| cell.from);
        let is_quoted = from > self.start && self.text.get(from - 1) == Some(&b'"');
        self.place_of(from - usize::from(is_quoted))
    }

    /// The quote that nothing closes, where there is one. Such a row's cells are cut at every separator.
    pub fn stray_quote(&self) -> Option<Place> {
        self.stray.map(|at| self.place_of(at))
    }

    fn place_of(&self, offset: usize) -> Place {
        place(self.text, self.start, self.line, offset)
    }

    fn is_blank(&self) -> bool {
        (0..self.len()).all(|cell| self.get(cell).is_none_or(|text| text.is_empty()))
    }
}

/// Without spaces and what nobody sees at the ends. Nearly all cells need no look at their characters.
fn ends_cut(bytes: &[u8]) -> &[u8] {
    match bytes {
        [] => bytes,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => bytes,
        [one] if one.is_ascii_graphic() => bytes,
        _ => std::str::from_utf8(bytes).map_or(bytes.trim_ascii(), |text| trimmed(text).as_bytes()),
    }
}

/// Reads rows one after the other.
pub struct Rows<'t> {
    text: &'t [u8],
    separator: u8,
    width: usize,
    at: usize,
    line: u64,
    is_row: &'t dyn Fn(&Row<'_>) -> bool,
    /// How many bytes may still be looked at in vain for the end of a quote: reading stays linear, whatever the
    /// file.
    ahead: usize,
}

impl<'t> Rows<'t> {
    pub(super) fn new(
        text: &'t [u8],
        separator: u8,
        width: usize,
        (at, line): (usize, u64),
        is_row: &'t dyn Fn(&Row<'_>) -> bool,
    ) -> Self {
        Self { text, separator, width, at, line, is_row, ahead: 8 * text.len() }
    }

    /// Offset and line of what comes next.
    pub(super) fn at(&self) -> (usize, u64) {
        (self.at, self.line)
    }

    /// Reads the next row that is not blank into `row`; false at the end.
    pub fn next_into(&mut self, row: &mut Row<'t>) -> bool {
        while self.at < self.text.len() {
            *row = Row {
                text: self.text,
                start: self.at,
                line: self.line,
                cells: std::mem::take(&mut row.cells),
                stray: None,
            };
            row.cells.clear();
            match self.plain(self.at, &mut row.cells) {
                Some(next) => {
                    self.at = next;
                    self.line += 1;
                }
                None => self.quoted(row),
            }
            if row.cells.iter().any(|cell| cell.from < cell.to) && !row.is_blank() {
                return true;
            }
        }
        false
    }

    /// Cuts one line at its separators and gives where the next begins; none where a cell begins with a quote.
    fn plain(&self, start: usize, cells: &mut Vec<Cell>) -> Option<usize> {
        let mut from = start;
        for (at, byte) in self.text.iter().enumerate().skip(start) {
            if *byte == self.separator {
                cells.push(Cell { from, to: at, doubled: false });
                from = at + 1;
            } else if *byte == b'\n' || *byte == b'\r' {
                cells.push(Cell { from, to: at, doubled: false });
                return Some(after_break(self.text, at));
            } else if *byte == b'"' && at == from {
                return None;
            }
        }
        cells.push(Cell { from, to: self.text.len(), doubled: false });
        Some(self.text.len())
    }

    /// A row with quoted cells, which may hold separators and line breaks.
    fn quoted(&mut self, row: &mut Row<'t>) {
        row.cells.clear();
        let mut from = row.start;
        let mut lines = 0;
        loop {
            let end = if self.text.get(from) == Some(&b'"') {
                match self.closed(from) {
                    Some((cell, end, breaks)) => {
                        row.cells.push(cell);
                        lines += breaks as u64;
                        end
                    }
                    None => return self.cut_off(row, from),
                }
            } else {
                let ends = |byte: &u8| *byte == self.separator || matches!(byte, b'\n' | b'\r');
                let rest = self.text.get(from..).unwrap_or_default();
                let to = from + rest.iter().position(ends).unwrap_or(rest.len());
                row.cells.push(Cell { from, to, doubled: false });
                to
            };
            if self.text.get(end) == Some(&self.separator) {
                from = end + 1;
                continue;
            }
            if lines > 0 && row.cells.len() < self.width {
                // It closed somewhere, but not as this row's cell.
                let first_end = line_end(self.text, row.start).0;
                let open =
                    row.cells.iter().map(|cell| cell.from).take_while(|from| *from <= first_end).last();
                return self.cut_off(row, open.map_or(row.start, |from| from.saturating_sub(1)));
            }
            self.at = if end < self.text.len() { after_break(self.text, end) } else { end };
            self.line = row.line + lines + 1;
            return;
        }
    }

    /// The quoted cell that begins at `open`, where the separator or line's end behind it stands, and how many
    /// line breaks it holds. None where nothing closes it before a line that is a row by itself.
    fn closed(&mut self, open: usize) -> Option<(Cell, usize, usize)> {
        let mut doubled = false;
        let mut breaks = 0;
        let mut at = open + 1;
        let found = loop {
            let Some(byte) = self.text.get(at) else { break None };
            match byte {
                b'"' if self.text.get(at + 1) == Some(&b'"') => {
                    doubled = true;
                    at += 2;
                }
                b'"' => {
                    // A quote that no separator follows is one that somebody typed.
                    let is_space = |byte: &&u8| **byte == b' ' && self.separator != b' ';
                    let rest = self.text.get(at + 1..).unwrap_or_default();
                    let end = at + 1 + rest.iter().take_while(is_space).count();
                    let follows = self.text.get(end);
                    if follows.is_none_or(|b| *b == self.separator || matches!(b, b'\n' | b'\r')) {
                        break Some((Cell { from: open + 1, to: at, doubled }, end, breaks));
                    }
                    at += 1;
                }
                b'\n' | b'\r' => {
                    at = after_break(self.text, at);
                    breaks += 1;
                    if breaks > BREAKS || at - open > LONGEST || at - open > self.ahead || self.begins_row(at)
                    {
                        break None;
                    }
                }
                _ => at += 1,
            }
        };
        if breaks > 0 && found.is_none() {
            self.ahead = self.ahead.saturating_sub(at - open);
        }
        found
    }

    /// True where the line that begins at `start` is a row by itself, and not the end of a first cell.
    fn begins_row(&self, start: usize) -> bool {
        let (end, _) = line_end(self.text, start);
        let mut row = Row { text: self.text, start, ..Row::default() };
        self.cut(start, end, &mut row.cells);
        let first = row.get(0).unwrap_or_default();
        let is_whole = first.split(|byte| *byte == b'"').count() % 2 == 1;
        is_whole && (self.is_row)(&row)
    }

    /// Cuts a line at every separator.
    fn cut(&self, start: usize, end: usize, cells: &mut Vec<Cell>) {
        let mut from = start;
        for part in self.text.get(start..end).unwrap_or_default().split(|byte| *byte == self.separator) {
            cells.push(Cell { from, to: from + part.len(), doubled: false });
            from += part.len() + 1;
        }
    }

    /// Ends a row with its first line, for a quote that nothing closes.
    fn cut_off(&mut self, row: &mut Row<'t>, quote: usize) {
        let (end, next) = line_end(self.text, row.start);
        row.cells.clear();
        self.cut(row.start, end, &mut row.cells);
        row.stray = Some(quote.min(end));
        self.at = next;
        self.line = row.line + 1;
    }
}
