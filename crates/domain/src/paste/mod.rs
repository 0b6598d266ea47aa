//! Which number of a pasted block belongs to which row of a form.
//!
//! A number is proposed only for a row that the block itself names (by the row's number, its name or both) or
//! that the person placed it on (one after another from where it was pasted). What is not sure is left out and
//! said. [`Proposal::is_plain`] is the one case that needs no question; everything else is shown before anything
//! is written, and the person may choose another column or another way of matching.
//!
//! Texts are handed on as they stand in their cells: what they mean is read at the row they land in.

mod names;
mod sheet;

use crate::clipboard::Block;
use names::Names;
use sheet::Sheet;

/// A row of the form that is pasted into.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Its number on the form.
    pub number: u16,
    /// Its name, Vietnamese.
    pub name_vi: &'a str,
    /// Its name, English.
    pub name_en: &'a str,
}

/// How rows of the block find theirs on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowsBy {
    /// By name; a row number beside it settles which of several names is meant, or brings the row in doubt.
    Name,
    /// By row number alone.
    Number,
    /// One after another from the row where it was pasted.
    Order,
}

/// What the person set in the preview; nothing at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Choice {
    /// The block's column, from 0.
    pub column: Option<usize>,
    /// How rows are matched.
    pub rows: Option<RowsBy>,
}

/// What becomes of a block, row by row. Nothing is written by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The column whose cells land; none where nothing in the block looks like a number.
    pub column: Option<usize>,
    /// The columns there are to choose from, from left to right.
    pub columns: Vec<Column>,
    /// How rows are matched.
    pub rows: RowsBy,
    /// The ways of matching that this block allows. `Order` always is.
    pub possible: Vec<RowsBy>,
    /// One part for each row of the block.
    pub parts: Vec<Part>,
    plain: bool,
}

/// A column with numbers in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its place in the block, from 0.
    pub at: usize,
    /// What stands above it, where there is a header.
    pub heading: String,
    /// Its first cells that are not blank, three at most.
    pub first: Vec<String>,
    /// It numbers the rows (STT, mã số).
    pub is_numbering: bool,
}

/// What becomes of one row of the block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// `text`, a cell of the chosen column as it stands, goes into the form's row `line` (an index).
    Lands {
        /// Index of the form's row.
        line: usize,
        /// The cell.
        text: String,
        /// What speaks against it, for the person to look at.
        doubt: Option<Doubt>,
    },
    /// The cell is blank: the form's row `line` keeps what it has.
    Empty {
        /// Index of the form's row.
        line: usize,
    },
    /// There is no row of the form left for it.
    Beyond,
    /// It is not for this form, or it is not sure where it belongs.
    LeftOut(Why),
}

/// Why a row of the block lands nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing stands in the row.
    Blank,
    /// A title above the table.
    Title,
    /// Headings of columns.
    Header,
    /// Numbers or formulas of the columns: `A B 1 2`, `(1) (2)`, `3=1+2`.
    ColumnNumbers,
    /// A total that the form has no row for.
    Total,
    /// A note, a source, a signature below the table.
    Footnote,
    /// The form has no row of this name or number.
    NotInForm,
    /// Its name fits several rows of the form.
    Ambiguous,
    /// Its name and its number are of different rows.
    Disagrees,
    /// Another row of the block already goes there.
    Twice,
    /// The block has no column of numbers.
    NoFigures,
}

/// What the person should look at before agreeing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The name resembles that of the form's row.
    LikeName,
    /// The name is that of the form's row, the number beside it another's.
    OtherNumber,
    /// Only the row number says so; there is no name beside it.
    NoName,
}

/// What is said after a paste, in numbers of the block's rows. They add up to all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Land and read as a figure.
    pub entered: usize,
    /// Land and do not read.
    pub unread: usize,
    /// Blank cells beside a row of the form.
    pub empty: usize,
    /// Beyond the form's last row.
    pub beyond: usize,
    /// Left out, by reason, in the order they are met; blank rows too.
    pub left_out: Vec<(Why, usize)>,
}

/// Works out what becomes of `block`, pasted at row `at` (an index) of `form`.
pub fn propose(block: &Block, form: &[Line<'_>], at: usize, choice: Choice) -> Proposal {
    let names = Names::of(form);
    let sheet = Sheet::of(block, &names, choice.column);
    let has_numbers = sheet.rows().any(|row| sheet.number(row).is_some_and(|n| names.line_of(n).is_some()));
    let mut possible = Vec::new();
    if sheet.has_names() {
        possible.push(RowsBy::Name);
    }
    if has_numbers {
        possible.push(RowsBy::Number);
    }
    possible.push(RowsBy::Order);
    // Where there are names they decide, also that nothing of this belongs here.
    let rows = choice.rows.unwrap_or(possible[0]);
    let mut parts = match rows {
        RowsBy::Name => by_name(&sheet, &names),
        RowsBy::Number => by_number(&sheet, &names),
        RowsBy::Order => in_order(&sheet, at, form.len()),
    };
    if sheet.column.is_none() {
        for (row, part) in parts.iter_mut().enumerate() {
            *part = Part::LeftOut(if sheet.is_blank(row) { Why::Blank } else { Why::NoFigures });
        }
    }
    let plain = choice == Choice::default()
        && sheet.is_one_column()
        && parts
            .iter()
            .all(|p| matches!(p, Part::Lands { .. } | Part::Empty { .. } | Part::LeftOut(Why::Blank)))
        && !counts_rows(&parts, form);
    Proposal { column: sheet.column, columns: sheet.columns(), rows, possible, parts, plain }
}

/// True where a column of three cells or more says nothing but the numbers of the rows it would land in: most
/// likely the numbering was copied instead of the figures.
fn counts_rows(parts: &[Part], form: &[Line<'_>]) -> bool {
    let mut cells = 0;
    for part in parts {
        if let Part::Lands { line, text, .. } = part {
            cells += 1;
            if form.get(*line).map(|l| l.number) != sheet::row_number(text) {
                return false;
            }
        }
    }
    cells >= 3
}

/// A row of the block on its way to a line, with how sure that is.
struct Claim {
    line: usize,
    strength: u32,
    doubt: Option<Doubt>,
}

fn by_name(sheet: &Sheet<'_>, names: &Names<'_>) -> Vec<Part> {
    let mut with_name = 0;
    let mut matched = 0;
    let mut claims: Vec<Result<Claim, Why>> = Vec::with_capacity(sheet.len());
    for row in sheet.rows() {
        if let Some(why) = sheet.left_out(row) {
            claims.push(Err(why));
            continue;
        }
        let number = sheet.number(row);
        let line = number.and_then(|n| names.line_of(n));
        claims.push(if let Some(name) = sheet.label(row) {
            with_name += 1;
            let found = names.find(name, number.is_some(), line);
            matched += usize::from(found.is_ok());
            found.map(|(line, strength, doubt)| Claim { line, strength, doubt })
        } else {
            line.map(|line| Claim { line, strength: 0, doubt: Some(Doubt::NoName) })
                .ok_or(sheet.unplaced(row))
        });
    }
    // A table of something else may share a word or a number with the form: then only whole names count.
    if matched * 2 < with_name {
        for claim in &mut claims {
            if claim.as_ref().is_ok_and(|c| c.strength < names::EXACT) {
                *claim = Err(Why::NotInForm);
            }
        }
    }
    settle(sheet, claims)
}

fn by_number(sheet: &Sheet<'_>, names: &Names<'_>) -> Vec<Part> {
    let claims = sheet.rows().map(|row| match sheet.left_out(row) {
        None => {
            let line = sheet.number(row).and_then(|n| names.line_of(n));
            line.map(|line| Claim { line, strength: 0, doubt: None }).ok_or(sheet.unplaced(row))
        }
        Some(why) => Err(why),
    });
    settle(sheet, claims.collect())
}

/// One row of the block to each line: the surest, among equals a cell with something in it, then the first.
fn settle(sheet: &Sheet<'_>, claims: Vec<Result<Claim, Why>>) -> Vec<Part> {
    let rank = |row: usize, claim: &Claim| (claim.strength, !sheet.figure(row).is_empty());
    let mut winners: Vec<Option<usize>> = Vec::new();
    for (row, claim) in claims.iter().enumerate() {
        let Ok(claim) = claim else { continue };
        if winners.len() <= claim.line {
            winners.resize(claim.line + 1, None);
        }
        let winner = &mut winners[claim.line];
        let stays = winner.is_some_and(|w| claims[w].as_ref().is_ok_and(|c| rank(w, c) >= rank(row, claim)));
        if !stays {
            *winner = Some(row);
        }
    }
    let part = |(row, claim): (usize, Result<Claim, Why>)| match claim {
        Ok(claim) if winners[claim.line] != Some(row) => Part::LeftOut(Why::Twice),
        Ok(claim) => sheet.part(row, claim.line, claim.doubt),
        Err(why) => Part::LeftOut(why),
    };
    claims.into_iter().enumerate().map(part).collect()
}

fn in_order(sheet: &Sheet<'_>, at: usize, lines: usize) -> Vec<Part> {
    let mut line = at;
    let part = |row| {
        if let Some(why) = sheet.left_out(row) {
            return Part::LeftOut(why);
        }
        line += 1;
        if line <= lines {
            sheet.part(row, line - 1, None)
        } else if sheet.figure(row).is_empty() {
            Part::LeftOut(Why::Blank)
        } else {
            Part::Beyond
        }
    };
    sheet.rows().map(part).collect()
}

impl Proposal {
    /// True for one column of numbers that fits the rows from the place of pasting down, and nothing beside it:
    /// the only paste that is written without asking.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// What lands: the form's row (an index) and the text for it.
    pub fn landing(&self) -> impl Iterator<Item = (usize, &str)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Lands { line, text, .. } => Some((*line, &**text)),
            _ => None,
        })
    }

    /// Counts the parts. `reads` says whether a text is a figure at a row of the form (an index), because what
    /// is measured belongs to the row.
    pub fn tally(&self, mut reads: impl FnMut(usize, &str) -> bool) -> Tally {
        let mut tally = Tally::default();
        for part in &self.parts {
            match part {
                Part::Lands { line, text, .. } if reads(*line, text) => tally.entered += 1,
                Part::Lands { .. } => tally.unread += 1,
                Part::Empty { .. } => tally.empty += 1,
                Part::Beyond => tally.beyond += 1,
                Part::LeftOut(why) => match tally.left_out.iter_mut().find(|(w, _)| w == why) {
                    Some((_, count)) => *count += 1,
                    None => tally.left_out.push((*why, 1)),
                },
            }
        }
        tally
    }
}
