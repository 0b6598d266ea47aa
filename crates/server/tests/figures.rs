//! `chitieu evaluate --figures` on files as spreadsheets and people leave them: what is read, what is said of the
//! rest line by line, and with which status it ends. The inputs in `field/` failed in v0.1.0.

use chitieu_server::cli::evaluate::{Options, Outcome, run};
use chitieu_widgets::Locale;
use chrono::NaiveDate;
use clap::Parser;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

fn field(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field").join(name)
}

/// A file of these bytes, gone with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn of(bytes: &[u8]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("chitieu-figures-{}-{}.csv", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).expect("the folder is writable");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

/// What the command printed, what it said, and how it ended.
struct Ended {
    out: String,
    notes: String,
    outcome: Result<Outcome, String>,
}

impl Ended {
    /// Holds for all of these.
    fn says(&self, words: &[&str]) -> &Self {
        for word in words {
            assert!(self.notes.contains(word), "`{word}` is not in:\n{}", self.notes);
        }
        self
    }

    fn stops_with(&self, words: &[&str]) {
        let said = self.outcome.as_ref().expect_err("it stops");
        for word in words {
            assert!(said.contains(word), "`{word}` is not in: {said}");
        }
    }
}

fn evaluate(path: &Path, more: &[&str]) -> Ended {
    let path = path.to_string_lossy();
    let line = ["evaluate", "--figures", &path].into_iter().chain(more.iter().copied());
    let options = Line::try_parse_from(line).expect("the options read").options;
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let outcome = run(&options, Locale::En, today, &mut out, &mut notes).map_err(|stop| stop.to_string());
    Ended {
        out: String::from_utf8(out).expect("text"),
        notes: String::from_utf8(notes).expect("text"),
        outcome,
    }
}

fn evaluate_bytes(bytes: &[u8]) -> Ended {
    evaluate(&Scratch::of(bytes).0, &[])
}

/// Rows of the province's police below a header.
fn rows(rows: &[&str]) -> Ended {
    let rows: Vec<String> =
        rows.iter().map(|row| row.replace("P,", "police_province:33@2021-01-01,")).collect();
    evaluate_bytes(format!("reporter,period,element,value\n{}\n", rows.join("\n")).as_bytes())
}

#[test]
fn a_header_is_found_in_capitals_tabs_sep_and_beside_unseen_characters() {
    for name in ["header-tabs.tsv", "header-sep.csv", "header-caps.csv", "header-nbsp.csv"] {
        let ended = evaluate(&field(name), &[]);
        assert_eq!(ended.outcome, Ok(Outcome::Complete), "{name}: {}", ended.notes);
        ended.says(&["1 rows read, 1 figures."]);
        assert!(ended.out.contains("T04"), "{name}");
    }
}

#[test]
fn periods_that_excel_turned_into_dates_are_read_and_told() {
    let ended = evaluate(&field("excel-mangled-period.csv"), &[]);
    assert_eq!(ended.outcome, Ok(Outcome::Complete), "{}", ended.notes);
    ended.says(&[
        "6 rows read, 6 figures.",
        "1 rows: period read as 2024-01 from “01/01/2024”",
        "1 more rows",
    ]);
}

#[test]
fn a_template_saved_by_excel_reads_and_each_fault_is_named_on_its_line() {
    let ended = evaluate(&field("f4-template-after-excel.csv"), &[]);
    assert_eq!(ended.outcome, Ok(Outcome::RowsSkipped));
    ended.says(&[
        "8 rows read, 5 figures.",
        "4 rows: period read as 2026-11 from “Nov-26”",
        "the comma may be a decimal sign",
        "\n    7:63: 1,234",
        "Drop the fraction",
        "\n    8:63: 12,0",
        "1 rows skipped: the total row of a sheet",
        "\n    9:3: Tổng cộng",
    ]);
}

#[test]
fn unicode_text_of_excel_reads_like_the_same_csv() {
    let ended = evaluate(&field("f5-unicode-text.txt"), &[]);
    assert_eq!(ended.outcome, Ok(Outcome::RowsSkipped));
    ended.says(&["8 rows read, 5 figures.", "7:63: 1,234", "8:63: 12,0", "9:3: Tổng cộng"]);
}

#[test]
fn an_english_sheet_reads_but_for_the_number_that_may_be_two() {
    let ended = evaluate(&field("f6-sheets-english.csv"), &[]);
    assert_eq!(ended.outcome, Ok(Outcome::RowsSkipped));
    ended.says(&["3 rows read, 2 figures.", "the comma may be a decimal sign", "3:63: 1,234"]);
}

#[test]
fn a_figure_of_a_year_before_the_plan_gets_no_verdict_but_words() {
    let file = field("figure-before-2021.csv");
    let ended = evaluate(&file, &[]);
    assert_eq!((ended.outcome.clone(), ended.out.as_str()), (Ok(Outcome::Complete), ""));
    ended.says(&["1 rows read, 1 figures.", "2020: before 2021, the first year of the plan"]);
    for format in ["table", "json", "csv", "report"] {
        for period in ["2020", "2020-11", "1990", "2016-2020", "2100-12"] {
            let ended = evaluate(&file, &["--period", period, "--format", format]);
            assert_eq!(ended.outcome, Ok(Outcome::Complete), "{period} {format}");
        }
    }
    let ended = evaluate(&file, &["--period", "2020-11", "--format", "csv"]);
    let verdicts = ended.out.lines().skip(1).filter(|line| line.contains(",no_data,"));
    assert_eq!(verdicts.count(), ended.out.lines().count() - 1 - without_data(&ended.out), "{}", ended.out);
}

/// Verdicts of other kinds: a target without a year before, and those whose only figure is there.
fn without_data(csv: &str) -> usize {
    csv.lines().filter(|line| line.contains(",not_comparable,")).count()
}

#[test]
fn a_template_reads_with_every_cell_empty() {
    let template = {
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            options: chitieu_server::cli::template::Options,
        }
        let options = Line::parse_from(["template", "--period", "2024-01"]).options;
        let mut out = Vec::new();
        chitieu_server::cli::template::run(&options, Locale::Vi, &mut out).expect("a template");
        String::from_utf8(out).expect("text")
    };
    let count = template.lines().count() - 1;
    let ended = evaluate_bytes(template.as_bytes());
    assert_eq!(ended.outcome, Ok(Outcome::Complete));
    ended.says(&[&format!("{count} rows skipped: no value yet")]);
    // As an English Excel saves it again, filled in.
    let again = template.replace(",2024-01,", ",Jan-24,").replace(",\n", ",3\r\n");
    let ended = evaluate_bytes(again.as_bytes());
    assert_eq!(ended.outcome, Ok(Outcome::Complete), "{}", ended.notes);
    ended.says(&[&format!("{count} rows read, {count} figures.")]);
}

#[test]
fn a_stray_quote_costs_its_own_row_and_a_note_with_line_breaks_none() {
    let text = "reporter,period,element,value,note\n\
                police_province:33@2021-01-01,2024-01,crimes_drug,\"4,\n\
                police_province:33@2021-01-01,2024-02,crimes_drug,5,\"one\n\ntwo, \"\"three\"\"\"\n\
                police_province:33@2021-01-01,2024-03,crimes_drug,\"6\",\n\
                police_province:33@2021-01-01,2024-04,crimes_drug,7x,\"\n\
                police_province:33@2021-01-01,2024-05,crimes_drug,8x,\n";
    let ended = evaluate_bytes(text.as_bytes());
    ended.says(&[
        "5 rows read, 2 figures.",
        "2 rows skipped: a quote opens and nothing closes it",
        "\n    2:51: ",
        "\n    7:54: ",
        "\n    8:51: 8x",
    ]);
    assert_eq!(ended.outcome, Ok(Outcome::RowsSkipped));
}

#[test]
fn of_two_values_for_a_cell_none_counts_and_both_lines_are_named() {
    let ended = rows(&[
        "P,2024-01,crimes_drug,4",
        "P,2024-02,crimes_drug,5",
        "P,Jan-24,crimes_drug,6",
        "P,2024-02,crimes_drug,5",
        "P,2024-03,crimes_drug,7",
    ]);
    assert_eq!(ended.outcome, Ok(Outcome::RowsSkipped));
    ended.says(&[
        "5 rows read, 2 figures.",
        "2 rows skipped: one cell has different values",
        "police_province:33@2021-01-01 2024-01 crimes_drug: 2:51: 4; 4:50: 6",
        "1 rows skipped: the cell has the same value in an earlier row",
        "5:51: 5 (as in line 3)",
    ]);
}

#[test]
fn each_kind_of_unreadable_value_has_its_own_words() {
    for (value, words) in [
        ("\"12,5\"", "Drop the fraction"),
        ("12.5", "does not group thousands"),
        ("\"1,234\"", "the comma may be"),
        ("\"1,234,567\"", "the comma may be"),
        ("1..234", "grouping is broken"),
        ("-5", "carries no sign"),
        ("12 vụ", "without a unit"),
        ("1\u{200b}2", "without a unit"),
        ("–", "is it 0 or no data yet?"),
        ("…", "an ellipsis"),
        ("9223372036854775808", "too large"),
        ("\"1,23457E+11\"", "has shortened the number"),
        ("#N/A", "Excel shows a fault"),
    ] {
        let ended =
            rows(&[&format!("P,2024-01,crimes_drug,{value}"), "P,2024-02,crimes_drug,\u{a0}5\u{200b}"]);
        ended.says(&["2 rows read, 1 figures.", "1 rows skipped: ", words, "2:51: "]);
    }
}

#[test]
fn a_date_that_no_period_became_is_refused_with_excel_named_and_a_way_out() {
    for period in ["31/05/2024", "May-5", "24-May", "2024-13", "05/01/01", "2024-05-31"] {
        let ended = rows(&[&format!("P,{period},crimes_drug,4"), "P,2024-02,crimes_drug,5"]);
        ended.says(&["2 rows read, 1 figures.", "Excel has probably changed it", "From Text/CSV", period]);
        assert_eq!(ended.outcome, Ok(Outcome::RowsSkipped));
    }
    rows(&["P,Kỳ 5,crimes_drug,4"]).says(&["not the name of a period"]);
}

#[test]
fn a_number_cut_in_two_by_its_comma_is_not_read_as_its_first_half() {
    let ended = rows(&["P,2024-01,crimes_drug,1,234", "P,2024-02,crimes_drug,5,"]);
    ended.says(&["2 rows read, 1 figures.", "more cells than the header", "2:53: 234"]);
}

#[test]
fn what_is_no_delimited_text_is_named_with_a_remedy() {
    for (bytes, words) in [
        (&b"PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml"[..], "a workbook of Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office program"),
        (b"%PDF-1.4", "This is a PDF"),
        (b"<html><table>", "a web page"),
    ] {
        evaluate_bytes(bytes).stops_with(&[words, "CSV UTF-8"]);
    }
    evaluate_bytes(b"").stops_with(&["no rows"]);
    evaluate_bytes(b"Reporter;Period;Val;Note\n1;2;3;4\n").stops_with(&[
        "Line 1",
        "lacks element, value",
        "has Reporter, Period, Val, Note",
    ]);
}

#[test]
fn a_file_in_an_old_code_page_is_called_one_and_its_plain_rows_are_read() {
    let ended = evaluate_bytes(
        b"reporter,period,element,value,ghi ch\xfa\n\
          police_province:33@2021-01-01,Jan-24,crimes_drug,4,s\xf4\n\
          police_province:33@2021-01-01,2024-02,crimes_drug,5 v\xf8,\n\
          ,,T?ng c?ng,9,\n",
    );
    ended.says(&[
        "3 rows read, 1 figures.",
        "From 1:37 on the file is not UTF-8",
        "1 rows skipped: the cell is not UTF-8",
        "\n    3:51: ",
        "1 rows skipped: the total row",
    ]);
}

#[test]
fn the_status_is_not_0_where_rows_were_skipped_unless_that_is_allowed() {
    let status = |name: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chitieu"));
        let command =
            command.args(["evaluate", "--today", "2026-11-22", "--figures"]).arg(field(name)).args(more);
        let ended = command.output().expect("it runs");
        (ended.status.code(), !ended.stdout.is_empty(), String::from_utf8_lossy(&ended.stderr).into_owned())
    };
    let (code, printed, said) = status("f4-template-after-excel.csv", &[]);
    assert_eq!((code, printed), (Some(3), true), "{said}");
    assert!(said.contains("dòng tổng cộng của bảng") && said.contains("7:63: 1,234"), "{said}");
    assert_eq!(status("f4-template-after-excel.csv", &["--lenient"]).0, Some(0));
    assert_eq!(status("header-tabs.tsv", &[]).0, Some(0));
    assert_eq!(status("no-such-file.csv", &[]).0, Some(1));
}
