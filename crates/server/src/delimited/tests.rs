//! What spreadsheets and people write, and what is read of it.

use super::*;

const NAMES: [&str; 3] = ["who", "when", "value"];

/// A row's cells with its line; a stray quote marks them.
fn read(bytes: &[u8]) -> Vec<String> {
    let table = Table::read(bytes, &NAMES).expect("a table");
    let who = table.columns()[0];
    let is_row = |row: &Row<'_>| row.get(who).is_some_and(|who| who.contains(&b'@'));
    let mut rows = table.rows(&is_row);
    let mut row = Row::default();
    let mut all = Vec::new();
    while rows.next_into(&mut row) {
        let cells = table.columns().iter().map(|at| row.get(*at).unwrap_or_default());
        let cells: Vec<String> = cells.map(|cell| String::from_utf8_lossy(&cell).into_owned()).collect();
        let stray = row.stray_quote().map_or(String::new(), |at| format!(" stray {}:{}", at.line, at.column));
        all.push(format!("{} {}{stray}", row.line(), cells.join("|")));
    }
    all
}

fn refused(bytes: &[u8]) -> TableError {
    Table::read(bytes, &NAMES).expect_err("no table")
}

#[test]
fn separators_encodings_and_headers_make_no_difference() {
    let text = "who,when,value\r\na@1,2024,5\r\n";
    let (tabs, semicolons) = (text.replace(',', "\t"), text.replace(',', ";"));
    let wide = |mark: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("{mark}{tabs}").encode_utf16().flat_map(unit).collect()
    };
    for (name, bytes, line) in [
        ("commas", text.as_bytes().to_vec(), 2),
        ("semicolons", semicolons.as_bytes().to_vec(), 2),
        ("tabs", tabs.as_bytes().to_vec(), 2),
        ("a mark", format!("\u{feff}{text}").into_bytes(), 2),
        ("declared", format!("sep=;\r\n{semicolons}").into_bytes(), 3),
        ("declared behind a mark", format!("\u{feff}SEP=;\r\n{semicolons}").into_bytes(), 3),
        ("declared and saved again", format!("\"sep=;\"\r\n{semicolons}").into_bytes(), 3),
        ("declared, and then saved with another", format!("sep=;\r\n{text}").into_bytes(), 3),
        ("UTF-16, marked", wide("\u{feff}", u16::to_le_bytes), 2),
        ("UTF-16, the other way round", wide("\u{feff}", u16::to_be_bytes), 2),
        ("UTF-16 without a mark", wide("", u16::to_le_bytes), 2),
        ("UTF-16 without a mark, the other way round", wide("", u16::to_be_bytes), 2),
        ("capitals", text.replace("who,when,value", "Who,WHEN,Value").into_bytes(), 2),
        ("quotes", text.replace("who,when,value", "\"who\",\"when\",\"value\"").into_bytes(), 2),
        (
            "unseen",
            text.replace("who,when,value", "\u{200b}who,when\u{a0},va\u{ad}lue\u{2060}").into_bytes(),
            2,
        ),
        ("blank lines first", format!("\r\n ,,\r\n{text}").into_bytes(), 4),
        ("lines end as on an old Mac", text.replace("\r\n", "\r").into_bytes(), 2),
    ] {
        assert_eq!(read(&bytes), [format!("{line} a@1|2024|5")], "{name}");
    }
}

#[test]
fn other_columns_stand_where_they_like() {
    let text = "STT;Ghi chu\u{301};value;when;Who\n1;\"a;b\";5;2024;a@1;\n";
    assert_eq!(read(text.as_bytes()), ["2 a@1|2024|5"]);
}

#[test]
fn a_stray_quote_costs_its_own_row_alone() {
    let text =
        "who,when,value\na@1,2024,\"5\nb@1,2024,6\n\"c@1,2024,7\nd@1,2024,\"8\"\ne@1,2024,9\"\nf@1,2024,10\n";
    assert_eq!(
        read(text.as_bytes()),
        [
            "2 a@1|2024|\"5 stray 2:10",
            "3 b@1|2024|6",
            "4 \"c@1|2024|7 stray 4:1",
            "5 d@1|2024|8",
            "6 e@1|2024|9\"",
            "7 f@1|2024|10",
        ]
    );
}

#[test]
fn a_cell_with_line_breaks_is_one_cell_wherever_it_stands() {
    let note = "\"said \"\"no\"\",\nthen; yes,\r\n\nand 3, 4\"";
    for (header, row) in [
        ("who,when,value,note", format!("a@1,2024,5,{note}")),
        ("who,note,when,value", format!("a@1,{note},2024,5")),
        ("note,who,when,value", format!("{note},a@1,2024,5")),
    ] {
        let text = format!("{header}\n{row}\nb@1,2024,6,\n");
        let rows = read(text.as_bytes());
        assert_eq!(rows.first().map(String::as_str), Some("2 a@1|2024|5"), "{header}");
        assert!(rows.get(1).is_some_and(|row| row.starts_with("6 ")), "{header}: {rows:?}");
    }
}

#[test]
fn places_are_those_of_an_editor() {
    let text = "who,note,when,value\n\"a@1\",\"một\nhai\",2024,năm\n";
    for bytes in [
        text.as_bytes().to_vec(),
        format!("\u{feff}{text}").into_bytes(),
        format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
    ] {
        let table = Table::read(&bytes, &NAMES).expect("a table");
        let mut row = Row::default();
        assert!(table.rows(&|_| false).next_into(&mut row));
        let places = table.columns().iter().map(|at| row.place(*at));
        let places: Vec<(u64, u64)> = places.map(|at| (at.line, at.column)).collect();
        assert_eq!(places, [(2, 1), (3, 6), (3, 11)]);
    }
}

#[test]
fn an_old_code_page_costs_no_row_that_is_plain() {
    let bytes = b"who,when,value,ghi ch\xfa\na@1,2024,5,s\xf4\nT\xf4\xf2ng,,6,\n";
    let table = Table::read(bytes, &NAMES).expect("a table");
    assert_eq!(table.not_utf8(), Some(Place { line: 1, column: 22 }));
    assert_eq!(read(bytes)[0], "2 a@1|2024|5");
    let TableError::Missing { unreadable, .. } = refused(b"who,when,gi\xe1\na@1,2024,5\n") else {
        panic!("a column is missing")
    };
    assert!(unreadable);
}

#[test]
fn what_is_no_table_is_named() {
    let wide: Vec<u8> = "\u{feff}<html>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, error) in [
        (&b""[..], TableError::Empty),
        (b"\xef\xbb\xbf\r\n;;\r\n", TableError::Empty),
        (b"PK\x03\x04\x14\0\x06\0[Content_Types].xml", TableError::Workbook),
        (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", TableError::Workbook),
        (b"PK\x03\x04photo.jpg", TableError::NotText),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", TableError::OldWorkbook),
        (b"%PDF-1.7\n%\xe2\xe3", TableError::Pdf),
        (b"\n <TABLE border=1><tr><td>who</td>", TableError::Markup),
        (b"<?xml version=\"1.0\"?><Workbook>", TableError::Markup),
        (&wide, TableError::Markup),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", TableError::NotText),
    ] {
        assert_eq!(refused(bytes), error);
    }
}

#[test]
fn a_header_says_what_is_there_and_what_is_not() {
    assert_eq!(
        refused("sep=;\nWho;giá;Value\na@1;1;2\n".as_bytes()),
        TableError::Missing {
            line: 2,
            there: vec!["Who".into(), "giá".into(), "Value".into()],
            missing: vec!["when".into()],
            unreadable: false,
        }
    );
    assert_eq!(refused(b"who,when,value,VALUE\n"), TableError::Twice { line: 1, name: "value".into() });
}

#[test]
fn many_open_quotes_are_read_in_linear_time() {
    // No line is a row, so that each quote looks ahead for its end.
    let text = format!("who,when,value\n{}", "\"x,y\n".repeat(200_000));
    assert_eq!(read(text.as_bytes()).len(), 200_000);
}

#[test]
fn half_a_character_at_the_end_spoils_its_cell_alone() {
    let mut wide: Vec<u8> =
        "\u{feff}who\twhen\tvalue\na@1\t2024\t5".encode_utf16().flat_map(u16::to_le_bytes).collect();
    wide.push(b'6');
    assert_eq!(read(&wide), ["2 a@1|2024|5\u{fffd}"]);
}

/// A row with some fault or none, and what is read of it where it has none.
fn made(nth: usize, kind: u64, at: u64) -> (String, Option<String>) {
    let cells = [format!("r{nth}@1"), "2024".to_owned(), nth.to_string()];
    let read = cells.join("|");
    let (line, is_sound) = match kind {
        0 => (format!("{},{},{},", cells[0], cells[1], cells[2]), true),
        1 => (format!("\"{}\",\"{}\",\"{}\",\"\"", cells[0], cells[1], cells[2]), true),
        2 => (format!("{},{},{},\"one,\n\ntwo \"\"x\"\"\"", cells[0], cells[1], cells[2]), true),
        3 => (format!("{},{},{},a \"b\" c", cells[0], cells[1], cells[2]), true),
        _ => {
            let mut cells = cells.to_vec();
            cells[at as usize % 3].insert(0, '"');
            (format!("{},", cells.join(",")), false)
        }
    };
    (line, is_sound.then_some(read))
}

#[test]
fn whatever_stands_beside_it_a_sound_row_is_read_on_its_line() {
    // Numbers that look like chance and are the same each time.
    let mut seed = 1_u64;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for _ in 0..3_000 {
        let mut text = "who,when,value,note\n".to_owned();
        let mut expected = Vec::new();
        for nth in 0..8 {
            let line = text.matches('\n').count() + 1;
            let (row, read) = made(nth, next(6), next(3));
            expected.extend(read.map(|read| format!("{line} {read}")));
            text.push_str(&row);
            text.push('\n');
        }
        let rows = read(text.as_bytes());
        let sound: Vec<String> = rows.into_iter().filter(|row| !row.contains("stray")).collect();
        assert_eq!(sound, expected, "{text}");
    }
}
