//! A block seen as a sheet: which rows are data, which column numbers them, which names them, and which holds
//! the figures.

use super::names::{Names, plain, words};
use super::{Column, Doubt, Part, Why};
use crate::clipboard::{Block, trimmed};
use crate::number::Style;
use crate::quantity::Quantity;
use std::ops::Range;

/// What a cell looks like, before anybody knows which row it is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    /// A number, or what was meant as one.
    Figure,
    /// A dash or dots in place of a number.
    Mark,
    Text,
}

/// Headings that stand above every kind of table, in plain letters.
const HEADINGS: [&str; 19] = [
    "stt",
    "tt",
    "so tt",
    "so thu tu",
    "ma so",
    "noi dung",
    "chi tieu",
    "ten chi tieu",
    "noi dung chi tieu",
    "don vi",
    "don vi tinh",
    "dvt",
    "dia phuong",
    "ki nai",
    "cung ki",
    "so sanh",
    "thuc hien",
    "lui ke",
    "ghi chu",
];
/// Those of a column that numbers the rows.
const NUMBERINGS: [&str; 8] = ["stt", "tt", "so tt", "so thu tu", "ma so", "ma", "dong", "no."];
/// Headings of the figures of this period.
const WANTED: [&str; 10] = [
    "ki nai",
    "thuc hien",
    "trong ki",
    "ki bao cao",
    "thang nai",
    "qui nai",
    "nam nai",
    "ket qua",
    "so lieu",
    "this period",
];
/// Headings of other figures.
const OTHERS: [&str; 16] = [
    "cung ki",
    "truoc",
    "so sanh",
    "so voi",
    "lui ke",
    "ti le",
    "ti trong",
    "%",
    "chenh lech",
    "tang giam",
    "tang, giam",
    "tang/giam",
    "tang (",
    "dau nam",
    "ke hoach",
    "previous",
];
/// What a total is called, every word of it.
const TOTALS: [&str; 8] = ["tong", "cong", "so", "chung", "toan", "tinh", "total", "sum"];
/// How a note below a table begins.
const NOTES: [&str; 7] = ["ghi chu", "nguon", "luu i", "nguoi lap", "note", "source", "(*"];

pub(super) struct Sheet<'a> {
    block: &'a Block,
    kinds: Vec<Kind>,
    /// Rows that are no data, each with its reason.
    why: Vec<Option<Why>>,
    header: Range<usize>,
    numbering: Vec<bool>,
    candidates: Vec<usize>,
    names: Option<usize>,
    is_one_column: bool,
    /// The column whose cells land.
    pub(super) column: Option<usize>,
}

fn kind(text: &str) -> Kind {
    let text = trimmed(text);
    match text {
        "" => return Kind::Blank,
        "-" | "–" | "—" | "−" | "..." | "…" => return Kind::Mark,
        _ => {}
    }
    let digits = text.chars().filter(|c| matches!(c, '0'..='9' | '０'..='９')).count();
    let letters = letters(text);
    let is_numbered = text.contains(". ") || text.contains(") ");
    let is_near = letters <= 3 && !is_numbered && text.starts_with(|c: char| c.is_ascii_digit());
    if digits > 0 && (letters == 0 || is_near || Quantity::parse_money(text, Style::Vietnamese).is_ok()) {
        Kind::Figure
    } else {
        Kind::Text
    }
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

/// The number in a cell that numbers a row: `1`, `1.`, `01`, `(1)`, `d1`.
pub(super) fn row_number(text: &str) -> Option<u16> {
    let text = trimmed(text);
    let text = text.strip_prefix(['d', 'D', '(']).unwrap_or(text);
    let text = text.strip_suffix(['.', ')']).unwrap_or(text);
    let is_number = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|n| is_number && *n > 0)
}

/// True also for what numbers a row on no form: `I`, `II.`, `a)`, `1.1`, a bullet.
fn is_ordinal(text: &str) -> bool {
    let text = trimmed(text);
    if row_number(text).is_some() || matches!(text, "-" | "+" | "*" | "•") {
        return true;
    }
    let text = text.trim_end_matches(['.', ')', '/']);
    let is_roman = (1..=4).contains(&text.len()) && text.bytes().all(|b| b"IVXivx".contains(&b));
    let is_letter = text.len() == 1 && text.as_bytes()[0].is_ascii_alphabetic();
    let is_dotted =
        text.split('.').all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    is_roman || is_letter || is_dotted
}

fn is_heading(text: &str, list: &[&str]) -> bool {
    list.contains(&plain(trimmed(text)).trim())
}

impl<'a> Sheet<'a> {
    pub(super) fn of(block: &'a Block, names: &Names<'_>, column: Option<usize>) -> Self {
        let width = block.width();
        let kinds =
            (0..block.rows()).flat_map(|row| (0..width).map(move |c| kind(block.cell(row, c)))).collect();
        let mut sheet = Self {
            block,
            kinds,
            why: vec![None; block.rows()],
            header: 0..0,
            numbering: vec![false; width],
            candidates: Vec::new(),
            names: None,
            is_one_column: false,
            column: None,
        };
        let filled = (0..width).filter(|c| sheet.rows().any(|row| sheet.kind(row, *c) != Kind::Blank));
        let one_column = filled.clone().nth(1).is_none();
        sheet.rows_apart(names, one_column);
        sheet.columns_apart();
        let own = sheet.candidates.iter().copied().filter(|c| !sheet.numbering[*c]);
        sheet.column = column.filter(|c| *c < width).or_else(|| own.rev().max_by_key(|c| sheet.fitness(*c)));
        let cells = |kinds: &[Kind]| {
            sheet
                .column
                .map_or(0, |c| sheet.data().filter(|row| kinds.contains(&sheet.kind(*row, c))).count())
        };
        let figures = cells(&[Kind::Figure, Kind::Mark]);
        sheet.is_one_column = one_column && cells(&[Kind::Figure]) > 0 && figures >= cells(&[Kind::Text]);
        sheet
    }

    /// Tells titles, headings, totals and notes from data.
    fn rows_apart(&mut self, names: &Names<'_>, one_column: bool) {
        let (mut top, mut end) = (None, 0);
        let mut after_data = false;
        for row in self.rows() {
            let filled = self.filled(row);
            if filled == 0 {
                continue;
            }
            let is_data = self.has_figure(row) && !self.is_years(row)
                || self
                    .cells(row)
                    .any(|c| self.kind(row, c) == Kind::Text && names.has(self.block.cell(row, c)));
            self.why[row] = if self.is_header(row) {
                Some(Why::Header)
            } else if !after_data && self.numbers_columns(row) {
                Some(Why::ColumnNumbers)
            } else if top.is_none() && !is_data {
                Some(Why::Title)
            } else if self.is_total(row, names) {
                Some(Why::Total)
            } else if self.is_note(row) {
                Some(Why::Footnote)
            } else {
                None
            };
            after_data = self.why[row].is_none();
            if after_data || self.why[row] == Some(Why::Total) {
                top = top.or(Some(row));
                if is_data {
                    end = row + 1;
                }
            }
        }
        let top = top.unwrap_or(self.len());
        // Headings stand right above the data, several to a row; what is above them is the title.
        let mut first = top;
        while first > 0 {
            let row = first - 1;
            let is_heading = match self.why[row] {
                Some(Why::Title) => self.filled(row) > 1 || (one_column && row + 1 == top),
                Some(Why::Header | Why::ColumnNumbers) => true,
                _ => false,
            };
            if !is_heading {
                break;
            }
            if self.why[row] == Some(Why::Title) {
                self.why[row] = Some(Why::Header);
            }
            first = row;
        }
        self.header = first..top;
        let has_head = self.why[..top].iter().any(Option::is_some);
        for row in self.rows() {
            let is_blank = self.filled(row) == 0;
            let is_outside = (row < top && has_head) || (row >= end && !one_column);
            if is_blank && is_outside {
                self.why[row] = Some(Why::Blank);
            } else if row >= end && row >= top && !is_blank && self.why[row].is_none() {
                self.why[row] = Some(Why::Footnote);
            }
        }
    }

    /// Finds the columns of numbers, those that number the rows, and the names.
    fn columns_apart(&mut self) {
        let width = self.block.width();
        let count = |c: usize, is: &dyn Fn(usize) -> bool| {
            self.data().filter(|row| is(*row) && self.kind(*row, c) != Kind::Blank).count()
        };
        let texts = |c| count(c, &|row| self.kind(row, c) == Kind::Text);
        let named: Vec<usize> = (0..width).map(|c| count(c, &|row| self.is_name(row, c))).collect();
        let candidates: Vec<usize> = (0..width)
            .filter(|c| {
                let (all, texts) = (count(*c, &|_| true), texts(*c));
                all > 0
                    && (texts == 0
                        || (count(*c, &|row| self.kind(row, *c) == Kind::Figure) > 0 && texts * 2 <= all))
            })
            .collect();
        let rows = self.data().filter(|row| self.filled(*row) > 0).count();
        let mut numbering = vec![false; width];
        for c in 0..width {
            let shared = |row: usize| self.filled(row) > 1;
            let all = count(c, &shared);
            let ordinals = count(c, &|row| shared(row) && is_ordinal(self.block.cell(row, c)));
            if all == 0 || ordinals * 10 < all * 6 {
                continue;
            }
            let heading = self.heading(c);
            let mut right = candidates.iter().copied().filter(|other| *other > c);
            let numbers: Vec<u16> =
                self.data().filter_map(|row| row_number(self.block.cell(row, c))).collect();
            let steps = |one: bool| {
                numbers.len() == all
                    && numbers.windows(2).all(|w| if one { w[1] == w[0] + 1 } else { w[1] > w[0] })
            };
            let is_leftmost = (0..c).all(|before| numbering[before] || count(before, &|_| true) == 0);
            // Also where no other column has numbers: what stands before names is not guessed to be figures.
            let before_names = (c + 1..width).any(|other| named[other] * 2 >= rows && named[other] > 0);
            numbering[c] = is_heading(&heading, &NUMBERINGS)
                || (is_leftmost && before_names)
                || (heading.is_empty()
                    && right.next().is_some()
                    && (is_leftmost && (all >= 2 && steps(true) || all >= 4 && steps(false))
                        || all >= 4 && steps(true)));
        }
        let last = candidates.iter().copied().rfind(|c| !numbering[*c]).unwrap_or(width);
        let may_name = |c: &usize| !numbering[*c] && named[*c] > 0 && !candidates.contains(c);
        let left = (0..last).filter(may_name).rev().max_by_key(|c| named[*c]);
        self.names = left.or_else(|| (last..width).filter(may_name).find(|c| named[*c] * 2 >= rows));
        self.candidates = candidates;
        self.numbering = numbering;
    }

    /// How well a column's heading and cells fit figures of this period.
    fn fitness(&self, column: usize) -> u8 {
        let heading = plain(&self.heading(column));
        let has = |list: &[&str]| list.iter().any(|words| heading.contains(words));
        let cells = || self.data().filter(|row| self.kind(*row, column) != Kind::Blank);
        let are_names = cells().filter(|row| self.is_name(*row, column)).count() * 4 > cells().count();
        if are_names {
            0
        } else if has(&OTHERS) || cells().any(|row| self.block.cell(row, column).contains('%')) {
            1
        } else {
            2 + u8::from(has(&WANTED))
        }
    }

    /// What stands above a column: its own headings, and those of a group it belongs to.
    fn heading(&self, column: usize) -> String {
        let own = |row: usize, c: usize| trimmed(self.block.cell(row, c));
        let mut heading = String::new();
        for row in self.header.clone().filter(|row| self.why[*row] == Some(Why::Header)) {
            let mut text = own(row, column);
            // A merged heading stands in the first of its columns; those that it spans have their own below.
            let below = |c: usize| {
                (row + 1..self.header.end).any(|r| self.why[r] == Some(Why::Header) && !own(r, c).is_empty())
            };
            if text.is_empty() && below(column) {
                let over = (0..column).rev().take_while(|c| below(*c)).find(|c| !own(row, *c).is_empty());
                text = over.map_or("", |c| own(row, c));
            }
            if !text.is_empty() && !heading.is_empty() {
                heading.push_str(", ");
            }
            heading.push_str(text);
        }
        heading
    }

    fn kind(&self, row: usize, column: usize) -> Kind {
        self.kinds[row * self.block.width() + column]
    }

    fn cells(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.block.width()).filter(move |c| self.kind(row, *c) != Kind::Blank)
    }

    fn filled(&self, row: usize) -> usize {
        self.cells(row).count()
    }

    fn has_figure(&self, row: usize) -> bool {
        self.cells(row).any(|c| self.kind(row, c) != Kind::Text)
    }

    fn is_name(&self, row: usize, column: usize) -> bool {
        self.kind(row, column) == Kind::Text && letters(self.block.cell(row, column)) >= 3
    }

    fn data(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows().filter(|row| self.why[*row].is_none())
    }

    /// Usual headings and no figure, or two of them.
    fn is_header(&self, row: usize) -> bool {
        let headings = self
            .cells(row)
            .filter(|c| self.kind(row, *c) == Kind::Text && is_heading(self.block.cell(row, *c), &HEADINGS));
        let count = headings.count();
        count > 1 || (count == 1 && self.filled(row) > 1 && !self.has_figure(row))
    }

    /// Two years or more and nothing else: headings.
    fn is_years(&self, row: usize) -> bool {
        let is_year = |c| {
            let text = trimmed(self.block.cell(row, c));
            text.len() == 4
                && (text.starts_with("19") || text.starts_with("20"))
                && text.bytes().all(|b| b.is_ascii_digit())
        };
        self.filled(row) > 1 && self.cells(row).all(is_year)
    }

    /// `A B 1 2`, `(1) (2)`, `1 2 3=1+2`: letters and then numbers, each in its turn. Plain numbers alone are
    /// taken for it only where one stands in the place of the names.
    fn numbers_columns(&self, row: usize) -> bool {
        // Without the column of row numbers the letters begin with B.
        let starts_with_b = self.cells(row).next().is_some_and(|c| trimmed(self.block.cell(row, c)) == "B");
        let start = b'A' + u8::from(starts_with_b);
        let (mut letter, mut number) = (start, 0);
        let mut is_sure = false;
        for c in self.cells(row) {
            let text = trimmed(self.block.cell(row, c));
            let bare = text.trim_start_matches('(').trim_end_matches(')');
            let (bare, formula) = bare.split_once('=').unwrap_or((bare, ""));
            let bare = bare.trim();
            is_sure |= bare.len() < text.len() || (letter > start && number > 0) || !formula.is_empty();
            if number == 0 && bare.len() == 1 && bare.as_bytes()[0].to_ascii_uppercase() == letter {
                letter += 1;
            } else if row_number(bare) == Some(number + 1) {
                number += 1;
            } else {
                return false;
            }
        }
        is_sure |= letter > start && number > 0;
        let names_below = |c| (row + 1..self.len()).take(3).any(|below| self.is_name(below, c));
        self.filled(row) > 1 && (is_sure || (number > 2 && self.cells(row).any(names_below)))
    }

    /// The first text of a row.
    fn first_text(&self, row: usize) -> Option<(usize, &'a str)> {
        let column = self.cells(row).find(|c| self.kind(row, *c) == Kind::Text)?;
        Some((column, self.block.cell(row, column)))
    }

    /// A total without a number of its own, and not the name of a row.
    fn is_total(&self, row: usize, names: &Names<'_>) -> bool {
        let Some((column, text)) = self.first_text(row) else { return false };
        let words = words(text);
        let is_one = words.iter().any(|w| matches!(&**w, "tong" | "cong" | "total"));
        is_one
            && words.iter().all(|w| TOTALS.contains(&&**w))
            && self.cells(row).all(|c| c >= column)
            && !names.has(text)
    }

    fn is_note(&self, row: usize) -> bool {
        self.first_text(row).is_some_and(|(column, text)| {
            let text = plain(trimmed(text));
            self.cells(row).all(|c| c >= column) && NOTES.iter().any(|note| text.starts_with(note))
        })
    }

    pub(super) fn len(&self) -> usize {
        self.why.len()
    }

    pub(super) fn rows(&self) -> Range<usize> {
        0..self.len()
    }

    /// Why a row is no data; nothing for one that is.
    pub(super) fn left_out(&self, row: usize) -> Option<Why> {
        self.why[row]
    }

    /// Why a row of data lands nowhere, having neither a name nor a number.
    pub(super) fn unplaced(&self, row: usize) -> Why {
        if self.is_blank(row) { Why::Blank } else { Why::NotInForm }
    }

    pub(super) fn is_blank(&self, row: usize) -> bool {
        self.filled(row) == 0
    }

    pub(super) fn has_names(&self) -> bool {
        self.data().any(|row| self.label(row).is_some())
    }

    /// One column with something in it, most of that numbers.
    pub(super) fn is_one_column(&self) -> bool {
        self.is_one_column
    }

    /// The number beside a row.
    pub(super) fn number(&self, row: usize) -> Option<u16> {
        let column = self.numbering.iter().position(|is| *is)?;
        row_number(self.block.cell(row, column))
    }

    /// The name beside a row.
    pub(super) fn label(&self, row: usize) -> Option<&'a str> {
        let at = self.names.filter(|c| self.is_name(row, *c));
        let others = || (0..self.column.unwrap_or(0)).find(|c| self.is_name(row, *c));
        at.or_else(others).map(|c| self.block.cell(row, c))
    }

    /// The cell that lands, without anything where it is blank.
    pub(super) fn figure(&self, row: usize) -> &'a str {
        let cell = self.column.map_or("", |c| self.block.cell(row, c));
        if trimmed(cell).is_empty() { "" } else { cell }
    }

    /// What a row of data becomes at a line of the form.
    pub(super) fn part(&self, row: usize, line: usize, doubt: Option<Doubt>) -> Part {
        match self.figure(row) {
            "" => Part::Empty { line },
            text => Part::Lands { line, text: text.to_owned(), doubt },
        }
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        let column = |c: &usize| Column {
            at: *c,
            heading: self.heading(*c),
            first: self
                .data()
                .filter(|row| self.kind(*row, *c) != Kind::Blank)
                .take(3)
                .map(|row| self.block.cell(row, *c).to_owned())
                .collect(),
            is_numbering: self.numbering[*c],
        };
        self.candidates.iter().map(column).collect()
    }
}
