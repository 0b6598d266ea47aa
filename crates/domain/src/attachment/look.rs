//! The light look at a file: what it is, and whether anything in it runs, without inflating or decoding.

use super::zip::Listing;
use super::{MOST_BYTES, MediaType, Refusal};

/// The type of a file by its content, or why it is not taken.
///
/// ```
/// use chitieu_domain::attachment::{MediaType, Refusal, look};
///
/// assert_eq!(look(b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj"), Ok(MediaType::Pdf));
/// assert_eq!(look(b"%PDF-1.7\n1 0 obj << /S /JavaScript >> endobj"), Err(Refusal::ActiveContent));
/// assert_eq!(look(b"<svg></svg>"), Err(Refusal::UnknownType));
/// ```
pub fn look(bytes: &[u8]) -> Result<MediaType, Refusal> {
    match bytes.len() {
        0 => return Err(Refusal::Empty),
        n if n > MOST_BYTES => return Err(Refusal::TooLarge),
        _ => {}
    }
    if bytes.starts_with(b"%PDF-") {
        return if has_active_name(bytes) { Err(Refusal::ActiveContent) } else { Ok(MediaType::Pdf) };
    }
    if bytes.starts_with(b"PK\x03\x04") {
        let listing = Listing::read(bytes)?;
        let media = listing.media();
        // A text with a macro is told to be one, though its type is none of ours.
        return if listing.is_active() { Err(Refusal::ActiveContent) } else { media };
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Ok(MediaType::Jpeg);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Ok(MediaType::Png);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Ok(MediaType::Webp);
    }
    Err(Refusal::UnknownType)
}

/// Names of what runs, opens or calls in a PDF.
const ACTIVE: [&[u8]; 7] =
    [b"JavaScript", b"JS", b"Launch", b"EmbeddedFile", b"RichMedia", b"XFA", b"SubmitForm"];

/// True where one of these names stands among the objects of a PDF. Streams and texts are passed over: packed bytes look like
/// anything. What is hidden in them the server finds.
fn has_active_name(bytes: &[u8]) -> bool {
    let mut at = 0;
    // Once one text does not end no other is looked for: each would be read to the file's end.
    let mut has_texts = true;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'/' => {
                let (name, end) = name(bytes, at + 1);
                if ACTIVE.contains(&name.as_slice()) {
                    return true;
                }
                at = end;
            }
            b'(' if has_texts => {
                let end = text_end(bytes, at);
                has_texts = end.is_some();
                at = end.unwrap_or(at + 1);
            }
            b's' if begins_stream(bytes, at) => {
                let rest = &bytes[at..];
                let length = rest.windows(9).position(|nine| nine == b"endstream");
                at += length.map_or(rest.len(), |length| length + 9);
            }
            _ => at += 1,
        }
    }
    false
}

fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0 || b"()<>[]{}/%".contains(&byte)
}

/// A name, with what is written as `#53` read, and where it ends. Names longer than any of ours are cut.
fn name(bytes: &[u8], from: usize) -> (Vec<u8>, usize) {
    let (mut name, mut at) = (Vec::new(), from);
    while let Some(byte) = bytes.get(at).filter(|byte| !is_delimiter(**byte)) {
        let code = (*byte == b'#').then(|| bytes.get(at + 1..at + 3)).flatten();
        let code = code.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        at += if code.is_some() { 3 } else { 1 };
        if name.len() < 32 {
            name.push(code.unwrap_or(*byte));
        }
    }
    (name, at)
}

/// Where a text in parentheses ends; one that does not end is none.
fn text_end(bytes: &[u8], from: usize) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, from);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn begins_stream(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at..];
    let is_word = at == 0 || is_delimiter(bytes[at - 1]);
    is_word && (rest.starts_with(b"stream\n") || rest.starts_with(b"stream\r"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packed file with these names, each member empty and not packed.
    fn packed(names: &[&str], first: Option<&str>) -> Vec<u8> {
        let (mut out, mut table) = (Vec::new(), Vec::new());
        let members =
            first.map(|said| ("mimetype", said)).into_iter().chain(names.iter().map(|name| (*name, "")));
        let mut count = 0_u16;
        for (name, body) in members {
            let at = out.len() as u32;
            let sizes = (body.len() as u32).to_le_bytes();
            let name_len = (name.len() as u16).to_le_bytes();
            out.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
            out.extend([sizes, sizes].concat());
            out.extend([name_len, [0, 0]].concat());
            out.extend(name.bytes().chain(body.bytes()));
            table.extend(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
            table.extend([sizes, sizes].concat());
            table.extend(name_len);
            table.extend([0; 12]);
            table.extend(at.to_le_bytes());
            table.extend(name.bytes());
            count += 1;
        }
        let at = out.len() as u32;
        out.extend(&table);
        out.extend(b"PK\x05\x06\0\0\0\0");
        out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
        out.extend([(table.len() as u32).to_le_bytes(), at.to_le_bytes()].concat());
        out.extend([0, 0]);
        out
    }

    #[test]
    fn the_type_is_told_by_the_bytes() {
        let types = "[Content_Types].xml";
        let odt = "application/vnd.oasis.opendocument.text";
        let cases: [(Vec<u8>, Result<MediaType, Refusal>); 14] = [
            (b"%PDF-1.4 x".to_vec(), Ok(MediaType::Pdf)),
            (b"\xff\xd8\xff\xe0".to_vec(), Ok(MediaType::Jpeg)),
            (b"\x89PNG\r\n\x1a\n".to_vec(), Ok(MediaType::Png)),
            (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), Ok(MediaType::Webp)),
            (packed(&[types, "word/document.xml"], None), Ok(MediaType::Docx)),
            (packed(&[types, "xl/workbook.xml"], None), Ok(MediaType::Xlsx)),
            (packed(&[types, "ppt/presentation.xml"], None), Ok(MediaType::Pptx)),
            (packed(&["content.xml"], Some(odt)), Ok(MediaType::Odt)),
            (packed(&["word/document.xml"], None), Err(Refusal::UnknownType)),
            (packed(&["a.txt"], None), Err(Refusal::UnknownType)),
            (packed(&["content.xml"], Some("application/epub+zip")), Err(Refusal::UnknownType)),
            (b"PK\x03\x04 and nothing else".to_vec(), Err(Refusal::Unreadable)),
            (b"MZ\x90".to_vec(), Err(Refusal::UnknownType)),
            (b"GIF89a".to_vec(), Err(Refusal::UnknownType)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(look(&bytes), expected, "{}", String::from_utf8_lossy(&bytes));
        }
        assert_eq!(look(b""), Err(Refusal::Empty));
        assert_eq!(look(&vec![0; MOST_BYTES + 1]), Err(Refusal::TooLarge));
    }

    #[test]
    fn what_runs_in_a_packed_file_is_told_by_its_names() {
        let with = |name| packed(&["[Content_Types].xml", "word/document.xml", name], None);
        for name in [
            "word/vbaProject.bin",
            "word/activeX/activeX1.xml",
            "word/embeddings/oleObject1.bin",
            "xl/macrosheets/sheet1.xml",
            "xl/externalLinks/externalLink1.xml",
        ] {
            assert_eq!(look(&with(name)), Err(Refusal::ActiveContent), "{name}");
        }
        for name in
            ["word/media/image1.png", "word/embeddings/Microsoft_Excel_Sheet.xlsx", "word/embeddings/"]
        {
            assert_eq!(look(&with(name)), Ok(MediaType::Docx), "{name}");
        }
        let table = "application/vnd.oasis.opendocument.spreadsheet";
        for name in ["Basic/script-lb.xml", "Scripts/python/a.py", "Object 1"] {
            assert_eq!(
                look(&packed(&["content.xml", name], Some(table))),
                Err(Refusal::ActiveContent),
                "{name}"
            );
        }
        assert_eq!(look(&packed(&["content.xml", "Object 1/content.xml"], Some(table))), Ok(MediaType::Ods));
        assert_eq!(look(&with("../evil")), Err(Refusal::Unreadable));
    }

    #[test]
    fn what_runs_in_a_pdf_is_told_by_the_names_of_its_objects_alone() {
        let pdf = |text: &str| look(format!("%PDF-1.7\n{text}").as_bytes());
        for active in [
            "<</JS(app.alert)>>",
            "<</S/JavaScript>>",
            "<</S /Launch/F(a.exe)>>",
            "<</Type/EmbeddedFile>>",
            "<</Subtype/RichMedia >>",
            "<</AcroForm<</XFA 3 0 R>>>>",
            "<</J#53 (x)>>",
            "(a text \\) with ( pairs )) <</JS 1 0 R>>",
            "stream\nabc endstream <</JS 1 0 R>>",
            "( never closed /JS 1",
        ] {
            assert_eq!(pdf(active), Err(Refusal::ActiveContent), "{active}");
        }
        for quiet in [
            "<</Type/Catalog/OpenAction[3 0 R/Fit]>>",
            "<</Font<</JS1 3 0 R/JSmall 4 0 R>>>>",
            "<</Title(the /JS key)>>",
            "stream\r\n \u{1}/JS /JavaScript /XFA endstream",
            "<</Names<</EmbeddedFiles<</Names[]>>>>>>",
            "<</XFAsomething 1>>",
        ] {
            assert_eq!(pdf(quiet), Ok(MediaType::Pdf), "{quiet}");
        }
    }
}
