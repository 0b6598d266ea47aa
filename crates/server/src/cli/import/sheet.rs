//! The rows of a file that is imported: each is a figure, one that has no value yet, one that says again what an earlier
//! one said, or a fault.

use crate::cli::figures::{Cell, NAMES, Place, Reader};
use crate::cli::said::{Reason, coded};
use crate::delimited::{Row, Rows, Table, TableError};
use chitieu_domain::FormIx;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Columns that may stand beside those of every file of figures.
const MORE: [&str; 3] = ["note", "estimated", "source"];

/// A figure that counts.
#[derive(Debug)]
pub(super) struct Said {
    /// Which row it is, from 1; blank ones are not counted.
    pub nth: u64,
    /// The row's line.
    pub line: u64,
    /// Whose, when and what.
    pub cell: Cell,
    /// The element's form.
    pub form: FormIx,
    /// The number.
    pub value: i64,
    /// Ước thực hiện.
    pub estimated: bool,
    /// A remark.
    pub note: Option<String>,
    /// Where this row comes from, if not from where the file comes from.
    pub source: Option<String>,
}

impl Said {
    /// The form that it belongs to.
    pub fn place(&self) -> Place {
        (self.cell.0, self.form, self.cell.1)
    }
}

/// A row that is no figure.
#[derive(Debug)]
pub(super) struct Fault {
    pub line: u64,
    /// The column's name.
    pub field: &'static str,
    /// What stands there.
    pub value: String,
    pub reason: Reason,
}

/// What a row is.
#[derive(Debug)]
pub(super) enum Line {
    Figure(Said),
    /// It has no value yet.
    Blank,
    /// It says what an earlier row said.
    Again,
    Fault(Fault),
}

/// The first row of a cell.
struct First {
    nth: u64,
    says: u64,
    /// A later one says something else.
    differs: bool,
}

/// The file, read row by row. Of all rows at once only where the first of each cell is stays in memory.
pub(super) struct Sheet<'a> {
    reader: Reader<'a>,
    more: [Option<usize>; 3],
    firsts: HashMap<Cell, First>,
    nth: u64,
}

impl<'a> Sheet<'a> {
    /// Before the first row.
    pub fn new(reader: Reader<'a>, table: &Table<'_>) -> Result<Self, TableError> {
        let mut more = [None; 3];
        for (place, name) in more.iter_mut().zip(MORE) {
            *place = table.optional(name)?;
        }
        Ok(Self { reader, more, firsts: HashMap::new(), nth: 0 })
    }

    /// Goes through all rows to see which cells stand there more than once. Gives how many rows there are.
    pub fn survey(&mut self, mut rows: Rows<'_>) -> u64 {
        let mut row = Row::default();
        self.nth = 0;
        while rows.next_into(&mut row) {
            self.nth += 1;
            let Ok(said) = self.said(&row, true) else { continue };
            let mut says = DefaultHasher::new();
            (said.value, said.estimated, &said.note).hash(&mut says);
            let (nth, says) = (self.nth, says.finish());
            let first = self.firsts.entry(said.cell).or_insert(First { nth, says, differs: false });
            first.differs |= first.says != says;
        }
        std::mem::take(&mut self.nth)
    }

    /// What was said of the file as a whole.
    pub fn held(&self) -> &crate::cli::figures::Held {
        &self.reader.held
    }

    /// What the next row is. After [`Sheet::survey`].
    pub fn line(&mut self, row: &Row<'_>) -> Line {
        self.nth += 1;
        let said = match self.said(row, false) {
            Ok(said) => said,
            Err((Reason::Empty, _)) => return Line::Blank,
            Err((reason, column)) => return Line::Fault(self.fault(row, reason, column)),
        };
        match self.firsts.get(&said.cell) {
            Some(first) if first.differs => {
                Line::Fault(self.fault(row, Reason::TwoValues, self.reader.columns[3]))
            }
            Some(first) if first.nth != self.nth => Line::Again,
            _ => Line::Figure(said),
        }
    }

    fn fault(&self, row: &Row<'_>, reason: Reason, column: usize) -> Fault {
        let named = self.reader.columns.iter().zip(NAMES).find(|(at, _)| **at == column);
        let other = || self.more.iter().zip(MORE).find(|(at, _)| **at == Some(column));
        let field = named.map(|(_, name)| name).or_else(|| other().map(|(_, name)| name)).unwrap_or("");
        let value = String::from_utf8_lossy(&row.get(column).unwrap_or_default()).chars().take(80).collect();
        Fault { line: row.line(), field, value, reason }
    }

    fn said(&mut self, row: &Row<'_>, counting: bool) -> Result<Said, (Reason, usize)> {
        let read = self.reader.figure(row, counting)?;
        let [note, estimated, source] = self.more;
        let text = |at: Option<usize>| {
            let Some((at, text)) = at.and_then(|at| Some((at, row.get(at)?))) else { return Ok(None) };
            let text = str::from_utf8(&text).map_err(|_| (coded(&text, Reason::CodePage), at))?;
            Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
        };
        let is_estimated = match (text(estimated)?, estimated) {
            (None, _) | (_, None) => false,
            (Some(word), Some(at)) => match word.to_lowercase().as_str() {
                "1" | "x" | "true" | "yes" | "có" => true,
                "0" | "false" | "no" | "không" => false,
                _ => return Err((Reason::Mark, at)),
            },
        };
        Ok(Said {
            nth: self.nth,
            line: row.line(),
            cell: read.cell,
            form: read.form,
            value: read.value,
            estimated: is_estimated,
            note: text(note)?,
            source: text(source)?,
        })
    }
}
