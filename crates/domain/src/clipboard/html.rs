//! The first table of a piece of html, as Excel, LibreOffice, Google Sheets and Word write it.
//!
//! No tree is built: tags are passed over once, from the front, and everything that does not make a cell or
//! its text is left out. Any text is taken, also what is no html at all.

use super::{Cells, MAX_COLUMNS, MAX_ROWS, trimmed};

/// Elements that separate what stands before and after them. Raised, lowered and struck-out text are among
/// them: `12<sup>1</sup>` is 12 with a note, not 121.
const BREAKS: [&str; 16] =
    ["br", "p", "div", "li", "table", "tr", "td", "th", "sup", "sub", "del", "s", "strike", "h1", "h2", "h3"];

/// A tag: its name in small letters, and of its attributes those that matter.
#[derive(Default)]
struct Tag {
    name: String,
    closes: bool,
    colspan: usize,
    rowspan: usize,
    hidden: bool,
}

/// The cells of the first table; nothing where there is none.
pub(super) fn table(html: &str) -> Option<Cells> {
    let mut table = Table::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        table.text(&rest[..at]);
        let here = &rest[at..];
        if let Some(comment) = here.strip_prefix("<!--") {
            // What follows the fragment was not selected.
            if comment.trim_start().starts_with("EndFragment") {
                break;
            }
            rest = after(comment, "-->");
        } else if here.starts_with("<!") || here.starts_with("<?") {
            rest = after(here, ">");
        } else if let Some((tag, next)) = tag(here) {
            rest = if !tag.closes && matches!(&*tag.name, "style" | "script") {
                raw(next, &tag.name)
            } else {
                next
            };
            if table.tag(&tag) {
                break;
            }
        } else {
            table.text("<");
            rest = &here[1..];
        }
    }
    if !table.begun {
        return None;
    }
    table.end_row();
    Some(table.cells)
}

fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    text.find(mark).map_or("", |at| &text[at + mark.len()..])
}

/// What follows the text of `style` or `script`: its closing tag.
fn raw<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        rest = &rest[at..];
        if rest.as_bytes().get(2..2 + name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes())) {
            return rest;
        }
        rest = &rest[2..];
    }
    ""
}

/// The tag that `text` begins with and what follows it; nothing where the `<` is text.
fn tag(text: &str) -> Option<(Tag, &str)> {
    let mut tag = Tag::default();
    let mut rest = &text[1..];
    if let Some(closing) = rest.strip_prefix('/') {
        tag.closes = true;
        rest = closing;
    }
    if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let (name, mut rest) = upto(rest, |c| c.is_ascii_whitespace() || c == '/' || c == '>');
    tag.name = name.to_ascii_lowercase();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(next) = rest.strip_prefix('>') {
            return Some((tag, next));
        }
        if rest.is_empty() {
            return Some((tag, ""));
        }
        // A lone `=` counts as a name, as browsers have it, so every turn moves on.
        let end = rest.char_indices().skip(1).find(|(_, c)| c.is_ascii_whitespace() || "=/>".contains(*c));
        let (name, next) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = next.trim_start();
        let Some(value) = rest.strip_prefix('=') else { continue };
        let value = value.trim_start();
        let (value, next) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let (value, next) = upto(&value[1..], |c| c == quote);
                (value, next.get(1..).unwrap_or(""))
            }
            _ => upto(value, |c| c.is_ascii_whitespace() || c == '>'),
        };
        rest = next;
        if name.eq_ignore_ascii_case("colspan") {
            tag.colspan = value.trim().parse().unwrap_or(1);
        } else if name.eq_ignore_ascii_case("rowspan") {
            tag.rowspan = value.trim().parse().unwrap_or(1);
        } else if name.eq_ignore_ascii_case("style") {
            tag.hidden = value.contains("display:none") || value.contains("display: none");
        }
    }
}

fn upto(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing seen so far, none excludes another")]
struct Table {
    cells: Cells,
    begun: bool,
    depth: usize,
    in_row: bool,
    hidden: bool,
    /// Something shows in this row.
    shows: bool,
    /// Rows that a cell above still covers, by column.
    covered: Vec<usize>,
    cell: Option<Cell>,
}

#[derive(Default)]
struct Cell {
    text: String,
    /// What stands between the last letter and the next: nothing, a space or a break.
    gap: Option<char>,
    colspan: usize,
    rowspan: usize,
}

impl Table {
    /// Takes a tag; true where the first table ends.
    fn tag(&mut self, tag: &Tag) -> bool {
        if tag.name == "table" {
            if !tag.closes {
                self.depth += 1;
                self.begun = true;
            } else if self.depth > 0 {
                self.depth -= 1;
                if self.depth == 0 {
                    return true;
                }
            }
        } else if self.depth == 1 {
            match &*tag.name {
                "tr" => {
                    self.end_row();
                    if !tag.closes {
                        self.begin_row(tag.hidden);
                    }
                    return false;
                }
                "td" | "th" => {
                    self.end_cell();
                    if !tag.closes {
                        if !self.in_row {
                            self.begin_row(false);
                        }
                        let (colspan, rowspan) = (tag.colspan.max(1), tag.rowspan.max(1));
                        self.cell = Some(Cell { colspan, rowspan, ..Cell::default() });
                    }
                    return false;
                }
                _ => {}
            }
        }
        if let Some(cell) = &mut self.cell
            && BREAKS.contains(&&*tag.name)
        {
            cell.gap = Some('\n');
        }
        false
    }

    fn begin_row(&mut self, hidden: bool) {
        self.in_row = true;
        self.hidden = hidden;
        self.shows = false;
        self.cells.column = 0;
    }

    fn end_row(&mut self) {
        self.end_cell();
        if !self.in_row {
            return;
        }
        self.in_row = false;
        // Excel ends a table with a hidden row that only holds its widths.
        if self.hidden && !self.shows {
            self.cells.rows.truncate(self.cells.row);
            return;
        }
        self.cells.begin_row();
        self.cells.row += 1;
        // Columns right of the row's last cell were covered in it too.
        for left in self.covered.iter_mut().skip(self.cells.column) {
            *left = left.saturating_sub(1);
        }
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        self.pass_covered();
        self.shows |= !trimmed(&cell.text).is_empty();
        let first = self.cells.column;
        self.cells.push(first, cell.text);
        self.cells.column += cell.colspan.min(MAX_COLUMNS);
        for column in first..self.cells.column.min(MAX_COLUMNS) {
            if column > first {
                self.cells.push(column, String::new());
            }
            if self.covered.len() <= column {
                self.covered.resize(column + 1, 0);
            }
            self.covered[column] = cell.rowspan.min(MAX_ROWS) - 1;
        }
        self.pass_covered();
    }

    /// Moves past the columns that a cell above covers.
    fn pass_covered(&mut self) {
        while let Some(left) = self.covered.get_mut(self.cells.column).filter(|left| **left > 0) {
            *left -= 1;
            self.cells.push(self.cells.column, String::new());
            self.cells.column += 1;
        }
    }

    /// Adds text to the open cell: white space as one space, entities read.
    fn text(&mut self, text: &str) {
        let Some(cell) = &mut self.cell else { return };
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let (read, length) = entity(rest).unwrap_or(([c, '\0'], c.len_utf8()));
            rest = &rest[length..];
            for c in read.into_iter().filter(|c| *c != '\0') {
                if c.is_ascii_whitespace() {
                    cell.gap = cell.gap.or(Some(' '));
                    continue;
                }
                let gap = cell.gap.take().filter(|_| !cell.text.is_empty());
                cell.text.extend(gap);
                cell.text.push(c);
            }
        }
    }
}

/// The entity that `text` begins with (a letter with its mark is two characters) and its length in bytes.
/// LibreOffice names the Vietnamese letters that Latin 1 has.
fn entity(text: &str) -> Option<([char; 2], usize)> {
    let body = text.strip_prefix('&')?;
    let end = body.bytes().take(10).position(|b| b == b';')?;
    let name = &body[..end];
    let one = |c: char| Some(([c, '\0'], end + 2));
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return one(char::from_u32(code.ok()?).filter(|c| *c != '\0').unwrap_or('\u{fffd}'));
    }
    match name {
        "amp" => return one('&'),
        "lt" => return one('<'),
        "gt" => return one('>'),
        "quot" => return one('"'),
        "apos" => return one('\''),
        "nbsp" => return one('\u{a0}'),
        "ndash" => return one('–'),
        "mdash" => return one('—'),
        "minus" => return one('−'),
        "hellip" => return one('…'),
        _ => {}
    }
    let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
    let mark = match &name[1..] {
        "grave" => '\u{300}',
        "acute" => '\u{301}',
        "circ" => '\u{302}',
        "tilde" => '\u{303}',
        _ => return None,
    };
    Some(([letter, mark], end + 2))
}
