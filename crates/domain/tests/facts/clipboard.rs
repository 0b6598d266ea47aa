//! What the clipboard carries, written as each program writes it.

use chitieu_domain::clipboard::{Block, BlockError, MAX_COLUMNS, MAX_ROWS};
use chitieu_domain::number::Style;
use proptest::prelude::*;

fn cells(block: &Block) -> Vec<Vec<&str>> {
    (0..block.rows()).map(|row| (0..block.width()).map(|c| block.cell(row, c)).collect()).collect()
}

fn plain(text: &str) -> Block {
    Block::parse(text, None).expect("within bounds")
}

fn html(text: &str) -> Block {
    Block::parse("plain text", Some(text)).expect("within bounds")
}

#[test]
fn rows_end_as_each_program_ends_them() {
    for text in ["1\tMa túy\t3\r\n2\tKhác\t4\r\n", "1\tMa túy\t3\r2\tKhác\t4\r", "1\tMa túy\t3\n2\tKhác\t4"]
    {
        assert_eq!(cells(&plain(text)), [["1", "Ma túy", "3"], ["2", "Khác", "4"]], "{text:?}");
    }
    // One line end is the end, the others are rows.
    assert_eq!(cells(&plain("9\r\n\r\n\r\n")), [["9"], [""], [""]]);
    assert_eq!(cells(&plain("\n5")), [[""], ["5"]]);
    assert_eq!(cells(&plain("")), [[""]]);
    assert_eq!(cells(&plain("7\r\n\0")), [["7"]]);
}

#[test]
fn quotes_hold_a_cell_together_and_are_text_elsewhere() {
    let text = "\"Trong đó:\nsố vụ \"\"điểm nóng\"\"\"\t12\r\nghi \"nháy\" giữa\t3\r\n\"mở mà không đóng\t4\r\n\"đóng\" rồi thêm\t5\r\n\"\"\t6\r\n";
    assert_eq!(
        cells(&plain(text)),
        [
            ["Trong đó:\nsố vụ \"điểm nóng\"", "12"],
            ["ghi \"nháy\" giữa", "3"],
            ["\"mở mà không đóng", "4"],
            ["\"đóng\" rồi thêm", "5"],
            ["", "6"]
        ]
    );
}

#[test]
fn a_break_inside_a_cell_never_joins_two_numbers() {
    use chitieu_domain::quantity::Quantity;
    for text in ["\"1\r\n234\"\t5", "\"1\n234\"\t5", "1\u{b}234\t5", "1\u{2028}234\t5"] {
        let block = plain(text);
        assert_eq!(cells(&block), [["1\n234", "5"]], "{text:?}");
        assert!(Quantity::parse(block.cell(0, 0), Style::Vietnamese).is_err());
    }
    let block = html(
        "<table><tr><td>1<br>234</td><td><p>1</p><p>234</p></td><td>12<sup>1</sup></td><td><s>1</s>2</td></tr></table>",
    );
    for column in 0..4 {
        assert!(
            Quantity::parse(block.cell(0, column), Style::Vietnamese).is_err(),
            "{:?}",
            block.cell(0, column)
        );
    }
}

#[test]
fn a_whole_column_of_a_sheet_is_no_burden() {
    let block = plain(&format!("12\r\n5\r\n{}", "\r\n".repeat(1_048_574)));
    assert_eq!((block.rows(), block.cell(1, 0)), (MAX_ROWS, "5"));
    let row = plain(&format!("12\t5{}\r\n", "\t".repeat(16_382)));
    assert_eq!((row.width(), row.cell(0, 1)), (MAX_COLUMNS, "5"));
}

#[test]
fn what_is_too_large_is_refused_by_name() {
    assert_eq!(Block::parse(&format!("{}5", "\n".repeat(MAX_ROWS)), None), Err(BlockError::Rows));
    assert_eq!(Block::parse(&format!("{}5", "\t".repeat(MAX_COLUMNS)), None), Err(BlockError::Columns));
    assert_eq!(Block::parse(&"5\n".repeat(3 << 20), None), Err(BlockError::Bytes));
    let rows = format!("<table>{}</table>", "<tr><td>5".repeat(MAX_ROWS + 1));
    assert_eq!(Block::parse("5", Some(&rows)), Err(BlockError::Rows));
    let wide = format!("<table><tr>{}</table>", "<td colspan=9>5".repeat(MAX_COLUMNS));
    assert_eq!(Block::parse("5", Some(&wide)), Err(BlockError::Columns));
}

const EXCEL: &str = "<html xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:x=\"urn:schemas-microsoft-com:office:excel\">\r\n\
<head><meta name=ProgId content=Excel.Sheet>\r\n<style>\r\n<!--table\r\n\t{mso-displayed-decimal-separator:\"\\,\";}\r\n\
.xl65\r\n\t{mso-number-format:\"\\#\\,\\#\\#0\";}\r\n-->\r\n</style>\r\n<!--[if gte mso 9]><xml><table><td>9</td></table></xml><![endif]-->\r\n</head>\r\n\
<body link=blue>\r\n\r\n<table border=0 cellpadding=0 width=320 style='border-collapse:\r\n collapse;width:240pt'>\r\n<!--StartFragment-->\r\n\
 <col width=64 span=2 style='width:48pt'>\r\n <tr height=20 style='height:15.0pt'>\r\n  <td colspan=3 height=20 class=xl66 width=192>BI&#7874;U 01: T&#204;NH\r\n  H&#204;NH</td>\r\n </tr>\r\n\
 <tr height=20>\r\n  <td height=20 align=right x:num>1</td>\r\n  <td class=xl65>Trong đó:<br style='mso-data-placement:same-cell;'>ma túy</td>\r\n  <td class=xl65 align=right x:num=\"1234\">1.234 </td>\r\n </tr>\r\n\
 <tr height=20>\r\n  <td align=right>2</td>\r\n  <td>Môi trường &amp; khác</td>\r\n  <td class=xl67><span style='mso-spacerun:yes'>&nbsp;</span>-<span style='mso-spacerun:yes'>&nbsp;&nbsp; </span></td>\r\n </tr>\r\n\
 <tr>\r\n  <td>3</td>\r\n  <td></td>\r\n  <td>&nbsp;</td>\r\n </tr>\r\n\
 <![if supportMisalignedColumns]>\r\n <tr height=0 style='display:none'>\r\n  <td width=64 style='width:48pt'></td>\r\n </tr>\r\n <![endif]>\r\n<!--EndFragment-->\r\n</table>\r\n<table><tr><td>9</table></body>\r\n</html>";

#[test]
fn excel_writes_a_table() {
    assert_eq!(
        cells(&html(EXCEL)),
        [
            ["BIỂU 01: TÌNH HÌNH", "", ""],
            ["1", "Trong đó:\nma túy", "1.234"],
            ["2", "Môi trường & khác", "\u{a0}-\u{a0}\u{a0}"],
            ["3", "", "\u{a0}"]
        ]
    );
}

#[test]
fn libreoffice_writes_a_table() {
    let text = "<!DOCTYPE html>\n<html>\n<head>\n<meta http-equiv=\"content-type\" content=\"text/html; charset=utf-8\"/>\n<title></title>\n\
<style type=\"text/css\">body,td { font-family:\"Liberation Sans\"; font-size:x-small }</style>\n</head>\n<body>\n<table cellspacing=\"0\" border=\"0\">\n\
\t<colgroup span=\"2\" width=\"85\"></colgroup>\n\t<tr>\n\t\t<td height=\"17\" align=\"left\"><font face=\"Arial\">T&ocirc;̣i v&ecirc;̀ l&agrave;m r&otilde;</font></td>\n\
\t\t<td align=\"right\" sdval=\"12\" sdnum=\"1066;\">12</td>\n\t</tr>\n\t<tr>\n\t\t<td rowspan=2 align=\"left\">Ma t&uacute;y</td>\n\t\t<td align=\"right\" sdval=\"0.5\" sdnum=\"1066;0;0,0\">0,5</td>\n\t</tr>\n\
\t<tr>\n\t\t<td align=\"left\"><br></td>\n\t</tr>\n</table>\n</body>\n</html>\n";
    let block = html(text);
    let seen: Vec<_> =
        (0..3).map(|row| (chitieu_domain::search::fold(block.cell(row, 0)), block.cell(row, 1))).collect();
    assert_eq!(seen, [("toi ve lam ro".to_owned(), "12"), ("ma tuy".to_owned(), "0,5"), (String::new(), "")]);
}

#[test]
fn google_sheets_writes_a_table() {
    let text = "<meta charset='utf-8'><google-sheets-html-origin><style type=\"text/css\"><!--td {border: 1px solid #cccccc;}br {mso-data-placement:same-cell;}--></style>\
<table xmlns=\"http://www.w3.org/1999/xhtml\" cellspacing=\"0\" border=\"1\" data-sheets-root=\"1\" data-sheets-baot=\"1\"><colgroup><col width=\"50\"/><col width=\"100\"/></colgroup><tbody>\
<tr style=\"height:21px;\"><td style=\"overflow:hidden;padding:2px 3px\" data-sheets-value=\"{&quot;1&quot;:3,&quot;3&quot;:1}\">1</td>\
<td data-sheets-value='{\"1\":2,\"2\":\"a > b\"}' data-sheets-formula=\"=IF(R[0]C[-1]>0,1,2)\">a &gt; b</td><td rowspan=\"2\" colspan=\"1\">12</td></tr>\
<tr><td>2</td><td></td></tr><tr><td>3</td><td>c</td><td>0</td></tr></tbody></table>";
    assert_eq!(cells(&html(text)), [["1", "a > b", "12"], ["2", "", ""], ["3", "c", "0"]]);
}

#[test]
fn word_writes_paragraphs_in_cells_and_its_plain_text_is_not_asked() {
    let text = "<html><head><style><!-- p.MsoNormal {margin:0cm} --></style></head><body lang=VI><!--StartFragment-->\r\n\
<table class=MsoTableGrid border=1 cellspacing=0><tr style='mso-yfti-irow:0'><td width=60 valign=top><p class=MsoNormal><span lang=EN-US>1<o:p></o:p></span></p></td>\
<td><p class=MsoNormal>Ma t&#250;y,</p><p class=MsoNormal>môi\r\ntrường</p></td><td><p class=MsoNormal align=center><b>12</b><o:p></o:p></p></td></tr>\
<tr><td><p>2</p></td><td><p>Khác</p><table><tr><td>trong</td><td>trong nữa</td></tr></table></td><td><p><o:p>&nbsp;</o:p></p></td></tr></table>\r\n<p>Hết</p><!--EndFragment--></body></html>";
    let block = Block::parse("1\tMa túy,\r\nmôi trường\t12\r\n2\tKhác\r\n", Some(text)).unwrap();
    assert_eq!(
        cells(&block),
        [["1", "Ma túy,\nmôi trường", "12"], ["2", "Khác\ntrong\ntrong nữa", "\u{a0}"]]
    );
}

#[test]
fn html_without_a_table_or_with_one_as_a_frame_is_passed_over() {
    for text in [
        "<p>12</p>",
        "<span data-sheets-value=\"{}\">12</span>",
        "<table><tr><td><table><tr><td>1<td>2</table></td></tr></table>",
        "<table></table>",
        "",
    ] {
        assert_eq!(cells(&Block::parse("1\t2\n", Some(text)).unwrap()), [["1", "2"]], "{text}");
    }
    assert_eq!(cells(&Block::parse("", Some("<table><td>5</table>")).unwrap()), [["5"]]);
    assert!(Block::parse("5", Some("<table><tr><td colspan=4>5</td></tr></table>")).unwrap().is_single());
}

#[test]
fn texts_made_to_be_slow_are_read_in_one_pass() {
    for piece in [
        "<",
        "&",
        "\"",
        "\"a\t",
        "\"\"\t",
        "<td",
        "<td a=\"",
        "<!-",
        "<table>",
        "</s",
        "<style>",
        "<td rowspan=1000>",
    ] {
        let text = format!("<table><tr><td>{}", piece.repeat((1 << 20) / piece.len() - 100));
        // Only that it ends: a megabyte read anew in each place would take hours.
        let _ = Block::parse(&text, Some(&text));
        let _ = Block::parse(&text[text.len() / 2..], None);
    }
}

/// Pieces of html, of sheets and of rubbish.
const PIECES: [&str; 34] = [
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "<td colspan=3>",
    "<td rowspan='4'>",
    "<td colspan=\"99999999999\" rowspan=0>",
    "</td>",
    "<th",
    ">",
    "<",
    "=",
    "\"",
    "'",
    "&",
    "&nbsp;",
    "&#x110;",
    "&#0;",
    "&#99999999;",
    "&acirc;",
    ";",
    "<!--",
    "-->",
    "<!--EndFragment-->",
    "<style>",
    "</style",
    "<br/>",
    "\t",
    "\r\n",
    "đ\u{301}",
    "12",
    "\u{200b}",
    "<tr style='display:none'>",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_taken(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..60), other in any::<String>()) {
        let text = pieces.concat();
        for html in [None, Some(&*text), Some(&*other)] {
            if let Ok(block) = Block::parse(&text, html) {
                prop_assert!(block.rows() <= MAX_ROWS && block.width() <= MAX_COLUMNS);
            }
            let _ = Block::parse(&other, html);
        }
    }

    #[test]
    fn cells_that_are_written_come_back(rows in prop::collection::vec(prop::collection::vec("[a-zđế0-9 .,\"\n-]{0,6}", 3), 1..8), end in prop::sample::select(&["\r\n", "\n", "\r"][..])) {
        let quoted = |cell: &String| if cell.contains(['"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() };
        let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join("\t") + end;
        let text: String = rows.iter().map(line).collect();
        let block = plain(&text);
        prop_assert_eq!(cells(&block), rows);
    }
}
