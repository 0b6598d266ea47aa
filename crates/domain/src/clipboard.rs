//! A block of cells from the clipboard, as spreadsheets and word processors put it there.
//!
//! They put it there twice: as plain text and as html. Where the html holds a table of more than one cell, it
//! is what counts, also where the two differ in shape: it alone says where a cell begins and ends. In plain
//! text Word separates the paragraphs of one cell as it separates rows, and a merged cell or a raised note
//! mark leaves no trace. A table of one cell around a larger plain text only frames a page or a letter; then,
//! and where there is no table or it is too large, the plain text counts.
//!
//! Texts are kept as they stand. A line break inside a cell stays a line break, never a space: `1` above `234`
//! in one cell must not read as 1 234.

mod html;

/// Bytes of plain text, or of html, that are looked at.
pub const MAX_BYTES: usize = 4 << 20;
/// Rows of a block: the longest form many times over.
pub const MAX_ROWS: usize = 1_000;
/// Columns of a block.
pub const MAX_COLUMNS: usize = 64;

/// Why a clipboard is not taken as a block. Blank rows and columns beyond a bound are left off, so that a whole
/// column of a sheet can be pasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// More than [`MAX_BYTES`].
    #[error("the text is too long")]
    Bytes,
    /// Something stands below row [`MAX_ROWS`].
    #[error("too many rows")]
    Rows,
    /// Something stands right of column [`MAX_COLUMNS`].
    #[error("too many columns")]
    Columns,
}

/// Rows of cells, each a text as it stood. Not every row has as many cells as the widest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Block {
    rows: Vec<Vec<String>>,
    width: usize,
}

/// Marks that show nothing: of writing direction, joiners, a byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The text without what shows nothing at its ends.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

impl Block {
    /// Reads what a paste carries: its plain text, and its html where there is some.
    pub fn parse(plain: &str, html: Option<&str>) -> Result<Self, BlockError> {
        let table = html.filter(|html| html.len() <= MAX_BYTES).and_then(html::table).map(Cells::finish);
        // One cell may be the frame of a page; then the plain text tells more.
        match table {
            Some(Ok(block)) if !block.is_single() => Ok(block),
            Some(Err(error)) => Err(error),
            Some(Ok(frame)) if plain.is_empty() => Ok(frame),
            _ if plain.len() > MAX_BYTES => Err(BlockError::Bytes),
            _ => text(plain).finish(),
        }
    }

    /// Rows, blank ones too.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Cells of the widest row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A cell's text; empty where the row is shorter.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|cells| cells.get(column)).map_or("", String::as_str)
    }

    /// True for one cell, the first, which is pasted as ordinary text; it may be merged over several columns.
    pub fn is_single(&self) -> bool {
        self.rows.len() <= 1 && (1..self.width).all(|column| trimmed(self.cell(0, column)).is_empty())
    }
}

/// Rows being collected, within the bounds.
#[derive(Default)]
struct Cells {
    rows: Vec<Vec<String>>,
    /// The row that cells go to, which may lie beyond the bound while it is blank.
    row: usize,
    column: usize,
    over: Option<BlockError>,
}

impl Cells {
    /// Makes the row there, also without a cell.
    fn begin_row(&mut self) {
        if self.rows.len() <= self.row && self.row < MAX_ROWS {
            self.rows.resize_with(self.row + 1, Vec::new);
        }
    }

    fn push(&mut self, column: usize, text: String) {
        let beyond = if self.row >= MAX_ROWS {
            Some(BlockError::Rows)
        } else if column >= MAX_COLUMNS {
            Some(BlockError::Columns)
        } else {
            None
        };
        if beyond.is_some() {
            if !trimmed(&text).is_empty() {
                self.over = self.over.or(beyond);
            }
            return;
        }
        self.begin_row();
        let cells = &mut self.rows[self.row];
        if cells.len() <= column {
            cells.resize_with(column + 1, String::new);
        }
        cells[column] = text;
    }

    fn finish(self) -> Result<Block, BlockError> {
        let width = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        self.over.map_or(Ok(Block { rows: self.rows, width }), Err)
    }
}

/// Plain text: tabs between cells, CRLF, LF or CR between rows, the last of them an end and no row. A cell with
/// line breaks, tabs or quotes may stand in double quotes with its own doubled; a quote anywhere else is text.
fn text(plain: &str) -> Cells {
    let mut rest = plain.trim_end_matches('\0');
    rest = rest.strip_suffix("\r\n").or_else(|| rest.strip_suffix(['\n', '\r'])).unwrap_or(rest);
    let mut cells = Cells::default();
    loop {
        let (cell, after) = quoted(rest).unwrap_or_else(|| {
            let end = rest.find(['\t', '\n', '\r']).unwrap_or(rest.len());
            (one_break(&rest[..end]), &rest[end..])
        });
        cells.push(cells.column, cell);
        if let Some(next) = after.strip_prefix('\t') {
            cells.column += 1;
            rest = next;
        } else if let Some(next) = after.strip_prefix("\r\n").or_else(|| after.strip_prefix(['\n', '\r'])) {
            cells.row += 1;
            cells.column = 0;
            rest = next;
        } else {
            return cells;
        }
    }
}

/// The quoted cell that `text` begins with, and what follows it; nothing where no quote closes it at the end of
/// a cell. An odd run of quotes ends the search, so all searches together pass over the text once.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('"')?;
    let mut cell = String::new();
    loop {
        let at = rest.find('"')?;
        cell.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(next) = rest.strip_prefix('"') {
            cell.push('"');
            rest = next;
        } else {
            return (rest.is_empty() || rest.starts_with(['\t', '\n', '\r']))
                .then(|| (one_break(&cell), rest));
        }
    }
}

/// The breaks that programs write inside a cell (CRLF, CR, vertical tab, line and paragraph separator) as one.
fn one_break(cell: &str) -> String {
    cell.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{2028}', '\u{2029}'], "\n")
}
