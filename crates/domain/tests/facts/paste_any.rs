//! Random blocks: no number lands in a row that the block did not name or place.

use crate::paste::form;
use chitieu_domain::clipboard::Block;
use chitieu_domain::paste::{Choice, Line, Part, Proposal, RowsBy, Why, propose};
use proptest::prelude::*;
use proptest::sample::select;

/// What a row of the sheet is about.
#[derive(Debug, Clone)]
enum About {
    /// A row of the form, its name spoilt in one of several ways, numbered rightly or as another row.
    Row {
        line: usize,
        spelling: u8,
        number: Option<u16>,
    },
    Unit(&'static str),
    Total,
    Blank,
    Rubbish(String),
}

#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools)] // Each says whether one kind of row or column is there.
struct Sheet {
    rows: Vec<(About, String, String)>,
    has_numbers: bool,
    has_names: bool,
    has_second: bool,
    blank_columns: (usize, usize),
    header: u8,
    has_column_numbers: bool,
    titles: usize,
    has_note: bool,
    as_html: bool,
}

const UNITS: [&str; 6] =
    ["Xã Tân Hưng", "P. Phố Hiến", "TT. Yên Mỹ", "Tan Hung", "XÃ TIÊN LỮ", "Phường Mỹ Hào"];
const FIGURES: [&str; 16] = [
    "12 ",
    "5",
    "0",
    "-",
    "–",
    "…",
    "",
    " ",
    "1.234",
    "1,234",
    "0*",
    "0,0",
    "12 vụ",
    "\u{200b}7",
    "không",
    "88",
];
const HEADS: [&str; 4] = ["", "Kỳ này", "Thực hiện", "Số vụ"];

fn about(lines: usize) -> impl Strategy<Value = About> {
    prop_oneof![
        12 => (0..lines, 0..6_u8, prop::option::weighted(0.2, 1..25_u16))
            .prop_map(|(line, spelling, number)| About::Row { line, spelling, number }),
        2 => select(&UNITS[..]).prop_map(About::Unit),
        1 => Just(About::Total),
        1 => Just(About::Blank),
        1 => "[ -~đéọ]{0,12}".prop_map(About::Rubbish),
    ]
}

fn sheet() -> impl Strategy<Value = Sheet> {
    let figures = || select(&FIGURES[..]).prop_map(str::to_owned);
    let rows = prop::collection::vec((about(19), figures(), figures()), 0..26);
    let in_order = any::<bool>();
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (rows, in_order, flags, (0..2_usize, 0..3_usize), 0..5_u8, 0..3_usize).prop_map(
        |(mut rows, in_order, flags, blank_columns, header, titles)| {
            if in_order {
                // As most sheets are: the form's rows, each once.
                for (nth, (about, ..)) in rows.iter_mut().enumerate() {
                    if let About::Row { line, .. } = about {
                        *line = nth % 19;
                    }
                }
            }
            let (has_numbers, has_names, has_second, has_column_numbers, has_note, as_html) = flags;
            Sheet {
                rows,
                has_numbers,
                has_names,
                has_second,
                blank_columns,
                header,
                has_column_numbers,
                titles,
                has_note,
                as_html,
            }
        },
    )
}

/// A letter and its mark as two characters, as a Mac gives the names of files and often their content.
fn decomposed(name: &str) -> String {
    let apart = |c: char| match c {
        'á' => "a\u{301}".to_owned(),
        'ộ' => "o\u{323}\u{302}".to_owned(),
        'ạ' => "a\u{323}".to_owned(),
        'ổ' => "o\u{302}\u{309}".to_owned(),
        'ệ' => "e\u{302}\u{323}".to_owned(),
        'ụ' => "u\u{323}".to_owned(),
        other => other.to_string(),
    };
    name.chars().map(apart).collect()
}

fn spelt(name: &str, spelling: u8) -> String {
    match spelling {
        1 => name.to_uppercase(),
        2 => decomposed(name),
        3 => format!("  Trong đó:  {name} "),
        4 => format!("b) {}", name.to_lowercase()),
        // Two letters of the last long word exchanged.
        5 => {
            let mut letters: Vec<char> = name.chars().collect();
            let end = (0..letters.len().saturating_sub(4))
                .rev()
                .find(|at| letters[*at..*at + 5].iter().all(|c| c.is_alphabetic()));
            if let Some(at) = end {
                letters.swap(at + 1, at + 2);
            }
            letters.into_iter().collect()
        }
        _ => name.to_owned(),
    }
}

/// The sheet's cells, and for each row what it is about (nothing for titles, headings and notes).
fn written<'a>(sheet: &'a Sheet, form: &[Line<'_>]) -> (Vec<Vec<String>>, Vec<Option<&'a About>>) {
    let mut cells: Vec<Vec<String>> = Vec::new();
    let mut abouts = Vec::new();
    let row = |number: &str, name: &str, first: &str, second: &str| {
        let mut cells = vec![String::new(); sheet.blank_columns.0];
        if sheet.has_numbers {
            cells.push(number.to_owned());
        }
        if sheet.has_names {
            cells.push(name.to_owned());
        }
        cells.push(first.to_owned());
        if sheet.has_second {
            cells.push(second.to_owned());
        }
        cells.resize(cells.len() + sheet.blank_columns.1, String::new());
        cells
    };
    for title in ["CÔNG AN XÃ TÂN HƯNG", "Tội phạm khác"].iter().take(sheet.titles) {
        let mut title = vec![(*title).to_owned()];
        title.resize(row("", "", "", "").len(), String::new());
        cells.push(title);
        abouts.push(None);
    }
    if let Some(head) = HEADS.get(usize::from(sheet.header)).filter(|head| !head.is_empty()) {
        cells.push(row("STT", "Nội dung", head, "Cùng kỳ"));
        abouts.push(None);
        if sheet.has_column_numbers {
            cells.push(row("A", "B", "1", "2"));
            abouts.push(None);
        }
    }
    for (about, first, second) in &sheet.rows {
        cells.push(match about {
            About::Row { line, spelling, number } => {
                let number = number.unwrap_or(form[*line].number).to_string();
                row(&number, &spelt(form[*line].name_vi, *spelling), first, second)
            }
            About::Unit(name) => row("", name, first, second),
            About::Total => row("", "Tổng cộng", first, second),
            About::Blank => row("", "", "", ""),
            About::Rubbish(text) => row("", text, text, first),
        });
        abouts.push(Some(about));
    }
    if sheet.has_note {
        let mut note = vec!["Ghi chú: (*) ước tính".to_owned()];
        note.resize(row("", "", "", "").len(), String::new());
        cells.push(note);
        abouts.push(None);
    }
    (cells, abouts)
}

fn block(cells: &[Vec<String>], as_html: bool) -> Block {
    if as_html && cells.len() > 1 {
        let escape = |c: &String| c.replace('&', "&amp;").replace('<', "&lt;");
        let row = |r: &Vec<String>| {
            let cells: String = r.iter().map(|c| format!("<td>{}</td>", escape(c))).collect();
            format!("<tr>{cells}</tr>")
        };
        let table: String = cells.iter().map(row).collect();
        return Block::parse("", Some(&format!("<table>{table}</table>"))).expect("a block");
    }
    let row = |r: &Vec<String>| r.join("\t") + "\r\n";
    Block::parse(&cells.iter().map(row).collect::<String>(), None).expect("a block")
}

/// What holds of every proposal, whatever was chosen.
fn holds(block: &Block, form: &[Line<'_>], at: usize, proposal: &Proposal) -> Result<(), TestCaseError> {
    prop_assert_eq!(proposal.parts.len(), block.rows());
    let tally = proposal.tally(|_, text| text.starts_with('1'));
    let left: usize = tally.left_out.iter().map(|(_, count)| count).sum();
    let all = tally.entered + tally.unread + tally.empty + tally.beyond + left;
    prop_assert_eq!(all, block.rows());
    let mut taken = vec![false; form.len()];
    let mut next = at;
    for (row, part) in proposal.parts.iter().enumerate() {
        let line = match part {
            Part::Lands { line, text, .. } => {
                let column = proposal.column.expect("a column, since something lands");
                prop_assert_eq!(&**text, block.cell(row, column));
                prop_assert!(!text.trim().is_empty());
                *line
            }
            Part::Empty { line } => *line,
            Part::Beyond | Part::LeftOut(_) => continue,
        };
        prop_assert!(!std::mem::replace(&mut taken[line], true), "line {} twice", line);
        // What nobody sees in a cell does not make its number another one.
        let seen = |cell: &str| cell.replace('\u{200b}', "").trim().to_owned();
        let has_number =
            (0..block.width()).any(|c| seen(block.cell(row, c)) == form[line].number.to_string());
        match proposal.rows {
            RowsBy::Order => {
                prop_assert_eq!(line, next);
                next += 1;
            }
            RowsBy::Number => prop_assert!(has_number),
            // Names are checked where it is known what was written.
            RowsBy::Name => {}
        }
    }
    Ok(())
}

/// 1,000, which take 3 s; a long run asks for 10,000.
fn cases() -> u32 {
    let asked = std::env::var("CHITIEU_CASES").ok().and_then(|n| n.parse::<u32>().ok());
    asked.map_or(1_000, |n| n / 10)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn no_number_lands_in_a_row_that_the_block_did_not_name_or_place(
        sheet in sheet(), at in 0..19_usize, column in prop::option::of(0..6_usize), rows in select(&[RowsBy::Name, RowsBy::Number, RowsBy::Order][..])
    ) {
        let form = form("crime");
        let (cells, abouts) = written(&sheet, &form);
        let block = block(&cells, sheet.as_html);
        let proposal = propose(&block, &form, at, Choice::default());
        holds(&block, &form, at, &proposal)?;
        holds(&block, &form, at, &propose(&block, &form, at, Choice { column, rows: Some(rows) }))?;
        let figures = sheet.blank_columns.0 + usize::from(sheet.has_numbers) + usize::from(sheet.has_names);
        let is_named = sheet.has_names && sheet.rows.iter().any(|(about, ..)| matches!(about, About::Row { .. } | About::Unit(_)));
        if is_named && proposal.column.is_some() {
            prop_assert_eq!(proposal.rows, RowsBy::Name, "names decide where there are some");
            prop_assert!(proposal.column >= Some(figures), "neither numbering nor names are figures");
        }
        if proposal.is_plain() {
            let all_there = proposal.parts.iter().all(|p| matches!(p, Part::Lands { .. } | Part::Empty { .. } | Part::LeftOut(Why::Blank)));
            prop_assert!(all_there);
            let filled = (0..block.width()).filter(|c| (0..block.rows()).any(|row| !block.cell(row, *c).trim().is_empty()));
            prop_assert!(filled.count() <= 1);
            prop_assert_eq!(proposal.rows, RowsBy::Order);
        }
        if proposal.rows != RowsBy::Name || !sheet.has_names {
            return Ok(());
        }
        for (row, part) in proposal.parts.iter().enumerate() {
            let Part::Lands { line, doubt, .. } = part else { continue };
            match abouts[row] {
                Some(About::Row { line: meant, number, .. }) => {
                    prop_assert_eq!(line, meant, "row {} of the sheet", row);
                    let other = sheet.has_numbers && number.is_some_and(|n| n != form[*meant].number);
                    prop_assert!(!other || doubt.is_some());
                }
                Some(About::Rubbish(_)) => {}
                other => prop_assert!(false, "{:?} landed in {}", other, line),
            }
        }
    }
}
