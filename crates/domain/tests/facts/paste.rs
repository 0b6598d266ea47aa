//! What becomes of pasted blocks, on the crime form of the real plan.

use crate::support;
use chitieu_domain::Model;
use chitieu_domain::clipboard::Block;
use chitieu_domain::number::Style;
use chitieu_domain::paste::{Choice, Doubt, Line, Part, Proposal, RowsBy, Why, propose};
use chitieu_domain::quantity::Quantity;
use std::sync::LazyLock;

static MODEL: LazyLock<Model> = LazyLock::new(support::model);

/// The rows of a form.
pub fn form(id: &str) -> Vec<Line<'static>> {
    let form = MODEL.plan().forms.iter().find(|form| form.id == id).expect("a form of the plan");
    form.elements.iter().map(|e| Line { number: e.row, name_vi: &e.name_vi, name_en: &e.name_en }).collect()
}

fn block(file: &str) -> Block {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field").join(file);
    Block::parse(&std::fs::read_to_string(path).expect("the file is there"), None).expect("a block")
}

fn crime(block: &Block, at: usize) -> Proposal {
    propose(block, &form("crime"), at, Choice::default())
}

fn lines(proposal: &Proposal) -> Vec<(usize, &str)> {
    proposal.landing().collect()
}

fn left_out(proposal: &Proposal) -> Vec<(usize, Why)> {
    let why = |(row, part): (usize, &Part)| match part {
        Part::LeftOut(why) => Some((row, *why)),
        _ => None,
    };
    proposal.parts.iter().enumerate().filter_map(why).collect()
}

/// Row 15 is blank in the sheet.
const BIEU_01: [&str; 19] =
    ["12 ", "5", "2", "0", "3", "-", "2", "1", "9", "8", "1", "4", "7", "0,0", "", "–", "0", "0*", "0"];

fn is_bieu_01(proposal: &Proposal, first: usize) {
    for (line, text) in BIEU_01.iter().enumerate() {
        let part = if text.is_empty() {
            Part::Empty { line }
        } else {
            Part::Lands { line, text: (*text).to_owned(), doubt: None }
        };
        assert_eq!(proposal.parts[first + line], part, "line {line}");
    }
}

#[test]
fn a_form_with_stt_and_names_lands_by_both_and_is_asked_about() {
    let proposal = crime(&block("f1b-bieu01-body.tsv"), 0);
    assert_eq!((proposal.column, proposal.rows, proposal.is_plain()), (Some(2), RowsBy::Name, false));
    assert_eq!(proposal.parts.len(), 19);
    is_bieu_01(&proposal, 0);
    let columns: Vec<_> = proposal.columns.iter().map(|c| (c.at, c.is_numbering)).collect();
    assert_eq!(columns, [(0, true), (2, false), (3, false)]);
    // Wherever it was pasted: names and numbers say where.
    assert_eq!(crime(&block("f1b-bieu01-body.tsv"), 7), proposal);
}

#[test]
fn title_header_total_and_note_are_left_out_by_name() {
    let proposal = crime(&block("f1-bieu01-whole.tsv"), 0);
    assert_eq!((proposal.column, proposal.rows, proposal.is_plain()), (Some(2), RowsBy::Name, false));
    is_bieu_01(&proposal, 4);
    assert_eq!(
        left_out(&proposal),
        [
            (0, Why::Title),
            (1, Why::Title),
            (2, Why::Title),
            (3, Why::Header),
            (23, Why::Total),
            (24, Why::Footnote)
        ]
    );
    assert_eq!(proposal.columns[1].heading, "Kỳ này");
    assert_eq!(proposal.columns[2].heading, "Cùng kỳ");
}

#[test]
fn row_numbers_are_never_taken_for_figures() {
    let proposal = crime(&block("paste-row-numbers.tsv"), 0);
    assert_eq!((proposal.column, proposal.rows, proposal.is_plain()), (Some(2), RowsBy::Number, false));
    assert_eq!(lines(&proposal), [(0, "12"), (1, "30"), (2, "4")]);
}

#[test]
fn one_column_that_fits_needs_no_question() {
    let proposal = crime(&block("f2-column.tsv"), 0);
    assert!(proposal.is_plain());
    assert_eq!((proposal.column, proposal.rows), (Some(0), RowsBy::Order));
    is_bieu_01(&proposal, 0);
    let tally = proposal.tally(|_, text| matches!(Quantity::parse(text, Style::Vietnamese), Ok(Some(_))));
    assert_eq!((tally.entered, tally.unread, tally.empty, tally.beyond), (14, 4, 1, 0));
    assert!(tally.left_out.is_empty());
}

#[test]
fn units_in_place_of_rows_land_nowhere_until_the_person_chooses() {
    let block = block("f3-communes.tsv");
    let proposal = crime(&block, 0);
    assert_eq!((proposal.rows, proposal.is_plain()), (RowsBy::Name, false));
    assert_eq!(lines(&proposal), []);
    assert_eq!(proposal.parts[0], Part::LeftOut(Why::Header));
    assert_eq!(proposal.parts[9], Part::LeftOut(Why::Total));
    assert!(proposal.parts[1..9].iter().all(|part| *part == Part::LeftOut(Why::NotInForm)));
    assert_eq!(proposal.column, Some(2), "the count comes before the rate");
    assert_eq!(proposal.possible, [RowsBy::Name, RowsBy::Number, RowsBy::Order]);
    for rows in [RowsBy::Number, RowsBy::Order] {
        let chosen = propose(&block, &form("crime"), 0, Choice { rows: Some(rows), column: None });
        let texts = ["1.234", "12", "1,234", "-", "0", "7 ", "5*"];
        assert_eq!(lines(&chosen).into_iter().map(|(_, text)| text).collect::<Vec<_>>(), texts);
        assert_eq!(chosen.parts[5], Part::Empty { line: 4 });
    }
}

#[test]
fn what_does_not_fit_is_counted_and_asked_about() {
    let block = block("paste-overflow.tsv");
    let proposal = crime(&block, 16);
    assert!(!proposal.is_plain());
    assert_eq!(lines(&proposal), [(16, "1"), (17, "2"), (18, "3")]);
    assert_eq!(proposal.tally(|_, _| true).beyond, 2);
    assert!(crime(&block, 14).is_plain(), "five rows are left");
    // The numbers of the very rows below: the numbering was copied.
    assert!(!crime(&block, 0).is_plain());
}

#[test]
fn a_blank_between_keeps_the_older_number_and_is_said() {
    let proposal = crime(&block("paste-blank-between.tsv"), 0);
    assert!(proposal.is_plain());
    assert_eq!(lines(&proposal), [(0, "9"), (2, "8")]);
    assert_eq!(proposal.parts[1], Part::Empty { line: 1 });
}

#[test]
fn a_single_cell_is_ordinary_text() {
    assert!(block("paste-zwsp.txt").is_single());
    assert!(Block::parse("12\r\n", None).unwrap().is_single());
}

fn parts(text: &str) -> Vec<Part> {
    crime(&Block::parse(text, None).expect("a block"), 0).parts
}

fn lands(line: usize, text: &str, doubt: Option<Doubt>) -> Part {
    Part::Lands { line, text: text.to_owned(), doubt }
}

#[test]
fn a_name_and_a_number_that_disagree_are_never_placed_in_silence() {
    // The whole name of row 13, numbered otherwise; a part of several names numbered as none of them.
    let parts = parts(
        "16\tTổng số vụ án đã khởi tố\t7\n2\tRất nghiêm trọng\t3\n14\tRất nghiêm trọng\t4\n5\tMa túy\t1\n6\tMôi trường\t2",
    );
    assert_eq!(parts[0], lands(12, "7", Some(Doubt::OtherNumber)));
    assert_eq!(parts[1], Part::LeftOut(Why::Disagrees));
    assert_eq!(parts[2], lands(13, "4", None));
}

#[test]
fn a_name_without_a_number_lands_where_it_is_the_only_one() {
    let parts = parts(
        "TTXH đã làm rõ\t4\nRNT khởi tố\t1\nRất nghiêm trọng\t9\nTỘI PHẠM KHÁC\t2\nSố vụ phạm tội về ma tuý phát hịên\t3\n\
         To\u{302}\u{309}ng so\u{302}\u{301} vu\u{323} a\u{301}n đa\u{303} kho\u{31b}\u{309}i to\u{302}\u{301}\t7",
    );
    assert_eq!(parts[0], lands(11, "4", Some(Doubt::LikeName)));
    assert_eq!(parts[1], lands(15, "1", Some(Doubt::LikeName)));
    assert_eq!(parts[2], Part::LeftOut(Why::Ambiguous));
    assert_eq!(parts[3], lands(6, "2", Some(Doubt::LikeName)));
    assert_eq!(parts[4], lands(4, "3", None));
    assert_eq!(parts[5], lands(12, "7", None), "decomposed, as a Mac writes it");
}

#[test]
fn a_row_of_the_form_takes_one_number() {
    let parts =
        parts("5\tMa túy\t\n5\tSố vụ phạm tội về ma túy phát hiện\t3\n5\tMa túy\t4\n6\tMôi trường\t1");
    assert_eq!(parts[0], Part::LeftOut(Why::Twice));
    assert_eq!(parts[1], lands(4, "3", None));
    assert_eq!(parts[2], Part::LeftOut(Why::Twice));
    assert_eq!(parts[3], lands(5, "1", None));
}

#[test]
fn the_column_of_this_period_goes_before_its_comparisons() {
    for (header, column) in [
        ("STT\tNội dung\tCùng kỳ\tKỳ này\tSo sánh\tTỷ lệ %", 3),
        ("TT\tChỉ tiêu\tLũy kế thực hiện\tThực hiện trong kỳ\tTăng, giảm\t%", 3),
        ("STT\tNội dung\tNăm trước\tTháng trước\tSố liệu tháng này\tLuỹ kế", 4),
        ("STT\tNội dung\tSố vụ\tSố bị can\tKế hoạch\tTỉ lệ", 2),
    ] {
        let text = format!(
            "{header}\nA\tB\t1\t2\t3=2-1\t4\n1\tTổng số vụ phạm tội xảy ra, phát hiện\t10\t12\t2\t5\n"
        );
        let proposal = crime(&Block::parse(&text, None).unwrap(), 0);
        assert_eq!(proposal.column, Some(column), "{header}");
        assert_eq!(left_out(&proposal), [(0, Why::Header), (1, Why::ColumnNumbers)]);
        assert_eq!(proposal.landing().next().map(|(line, _)| line), Some(0));
    }
}

#[test]
fn numbers_of_columns_are_no_figures() {
    for marks in ["(1)\t(2)\t(3)\t(4)", "1\t2\t3\t4", "A\tB\t1\t2", "(A)\t(B)\t(1)\t(2)", "1\t2\t3\t4=3-2"] {
        let text =
            format!("STT\tNội dung\tKỳ này\tCùng kỳ\n{marks}\n1\tMa túy\t3\t4\n2\tTrật tự xã hội\t5\t6\n");
        let proposal = crime(&Block::parse(&text, None).unwrap(), 0);
        assert_eq!(proposal.parts[1], Part::LeftOut(Why::ColumnNumbers), "{marks}");
    }
    let bare = crime(&Block::parse("B\t1\nXã Tân Hưng\t\n", None).expect("a block"), 0);
    assert_eq!((lines(&bare), bare.parts[0].clone()), (vec![], Part::LeftOut(Why::NoFigures)));
    // A row of data in a sheet without names.
    let proposal = crime(&Block::parse("1\t2\t3\n2\t7\t9\n3\t0\t5", None).unwrap(), 0);
    assert_eq!((proposal.column, lines(&proposal)), (Some(1), vec![(0, "2"), (1, "7"), (2, "0")]));
}

#[test]
fn two_rows_of_headings_make_one() {
    let text =
        "STT\tNội dung\tKỳ này\t\tCùng kỳ\t\n\t\tSố vụ\tSố bị can\tSố vụ\tSố bị can\n1\tMa túy\t3\t4\t5\t6\n";
    let proposal = crime(&Block::parse(text, None).unwrap(), 0);
    let headings: Vec<_> = proposal.columns.iter().map(|c| &*c.heading).collect();
    assert_eq!(
        headings,
        ["STT", "Kỳ này, Số vụ", "Kỳ này, Số bị can", "Cùng kỳ, Số vụ", "Cùng kỳ, Số bị can"]
    );
    assert_eq!(proposal.column, Some(2));
}

#[test]
fn texts_without_numbers_land_nowhere() {
    let proposal = crime(&Block::parse("Ma túy\nMôi trường\n", None).unwrap(), 0);
    assert_eq!((proposal.column, proposal.is_plain()), (None, false));
    assert_eq!(left_out(&proposal), [(0, Why::NoFigures), (1, Why::NoFigures)]);
}

#[test]
fn a_form_without_figures_yet_does_not_land_its_numbering() {
    let proposal =
        crime(&Block::parse("1\tTổng số vụ phạm tội xảy ra, phát hiện\t\n5\tMa túy\t\n", None).unwrap(), 0);
    assert_eq!((proposal.column, lines(&proposal)), (None, vec![]));
}

#[test]
fn a_heading_or_a_note_makes_a_column_a_question() {
    for text in ["Kỳ này\n12\n5\n2\n", "12\n5\n2\nNguồn: báo cáo\n", "x\ny\nz\n5\n"] {
        assert!(!crime(&Block::parse(text, None).unwrap(), 0).is_plain(), "{text}");
    }
    // What does not read stays where it is, to be asked about in its own row.
    for text in ["12\nkhông\n2\n5\n", "12 vụ\n5\n2\n", "\n5\n3\n\n\n", "12\t\n5\t\n"] {
        assert!(crime(&Block::parse(text, None).unwrap(), 0).is_plain(), "{text}");
    }
}
