//! Files of Word, Excel, PowerPoint and LibreOffice: unpacked within bounds, looked through for what runs or loads, and for
//! marks of secrecy in whatever is text.

use super::unmarked;
use super::xml::{Part, attributes, decoded, parts, unescaped};
use chitieu_domain::attachment::{Refusal, is_active, look};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Most bytes of all that is unpacked, of tables inside a file besides.
const MOST_UNPACKED: u64 = 200 * 1024 * 1024;
/// Most bytes of one part that is read as text.
const MOST_TEXT: u64 = 64 * 1024 * 1024;
/// Most members.
const MOST_MEMBERS: usize = 5_000;
/// What is beside a run of letters inside one line; everything else that ends ends a line where a part is text.
const BLOCKS: &[&str] = &[
    "p",
    "h",
    "si",
    "c",
    "is",
    "v",
    "f",
    "tc",
    "tr",
    "table-cell",
    "comment",
    "txbxContent",
    "br",
    "cr",
    "tab",
    "line-break",
    "title",
];

/// Looks a file through; why it is not taken.
pub(super) fn inspect(bytes: &[u8]) -> Result<(), Refusal> {
    let mut left = MOST_UNPACKED;
    archive(bytes, &mut left, true)
}

fn archive(bytes: &[u8], left: &mut u64, may_nest: bool) -> Result<(), Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Unreadable)?;
    if archive.len() > MOST_MEMBERS {
        return Err(Refusal::TooLarge);
    }
    for nth in 0..archive.len() {
        // One that is locked does not open.
        let mut member = archive.by_index(nth).map_err(|_| Refusal::Unreadable)?;
        let name = member.name().to_owned();
        if is_active(&name) {
            return Err(Refusal::ActiveContent);
        }
        let lower = name.to_lowercase();
        let is_text = [".xml", ".rels", ".vml", ".rdf"].iter().any(|end| lower.ends_with(end));
        let most = if is_text { MOST_TEXT.min(*left) } else { *left };
        let mut body = Vec::new();
        // One byte more than there may be tells that there is more.
        (&mut member).take(most + 1).read_to_end(&mut body).map_err(|_| Refusal::Unreadable)?;
        if body.len() as u64 > most {
            return Err(Refusal::TooLarge);
        }
        *left -= body.len() as u64;
        if is_text {
            text(&lower, &decoded(&body))?;
        } else if is_program(&body) {
            return Err(Refusal::ActiveContent);
        } else if body.starts_with(b"PK\x03\x04") {
            // The table behind a chart is a file of its own; what is in there is in no other.
            look(&body)?;
            if !may_nest {
                return Err(Refusal::ActiveContent);
            }
            self::archive(&body, left, false)?;
        }
    }
    Ok(())
}

/// A program, or an object of one.
fn is_program(body: &[u8]) -> bool {
    let starts: [&[u8]; 4] = [b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"#!"];
    starts.iter().any(|start| body.starts_with(start))
}

/// Looks through a part that is text.
fn text(name: &str, document: &str) -> Result<(), Refusal> {
    // Properties: each is a text by itself.
    let is_properties = name.starts_with("docprops/") || name == "meta.xml" || name.starts_with("customxml/");
    let (mut line, mut instruction) = (String::new(), String::new());
    let mut is_instruction = false;
    for part in parts(document) {
        match part {
            Part::Doctype => return Err(Refusal::Unreadable),
            Part::Text(text) if is_instruction => instruction.push_str(&unescaped(text)),
            Part::Text(text) => line.push_str(&unescaped(text)),
            Part::Open(tag, rest, is_whole) => {
                tag_runs(tag, rest)?;
                is_instruction = tag == "instrText" && !is_whole;
                if is_whole && BLOCKS.contains(&tag) {
                    end_line(&mut line)?;
                }
            }
            Part::Close(tag) => {
                is_instruction = false;
                if tag == "p" {
                    loads(&mut instruction)?;
                }
                if is_properties || BLOCKS.contains(&tag) {
                    end_line(&mut line)?;
                }
            }
        }
    }
    loads(&mut instruction)?;
    end_line(&mut line)
}

fn end_line(line: &mut String) -> Result<(), Refusal> {
    let found = unmarked(line);
    line.clear();
    found
}

/// Refuses a field that calls another program or loads from elsewhere.
fn loads(instruction: &mut String) -> Result<(), Refusal> {
    let upper = instruction.to_uppercase();
    instruction.clear();
    let calls = upper.split_whitespace().any(|word| matches!(word, "DDE" | "DDEAUTO"));
    let loads = ["INCLUDEPICTURE", "INCLUDETEXT", "IMPORT"].iter().any(|word| upper.contains(word));
    let is_elsewhere = upper.contains("://") || upper.contains("\\\\");
    if calls || (loads && is_elsewhere) { Err(Refusal::ActiveContent) } else { Ok(()) }
}

/// Refuses a tag that names something that runs or is loaded when the file is opened, or bears a mark. What a person has to
/// click on is no harm.
fn tag_runs(tag: &str, rest: &str) -> Result<(), Refusal> {
    let all: Vec<(&str, String)> = attributes(rest).collect();
    let value = |name: &str| all.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
    let is_active = match tag {
        "Relationship" => {
            let (kind, target) = (value("Type"), value("Target").to_lowercase());
            let is_elsewhere = value("TargetMode").eq_ignore_ascii_case("external");
            // Word writes where the template was on its author's machine.
            let drive = target.strip_prefix("file:///").and_then(|rest| rest.chars().nth(1));
            let is_own_template = kind.ends_with("/attachedTemplate") && drive == Some(':');
            let is_harmless = kind.ends_with("/hyperlink") || is_own_template;
            kind.ends_with("/aFChunk")
                || (is_elsewhere && !is_harmless)
                || (!is_elsewhere && (target.contains("://") || target.starts_with("\\\\")))
                || ["/vbaProject", "/oleObject", "/control"].iter().any(|end| kind.ends_with(end))
        }
        "Default" | "Override" => {
            let kind = value("ContentType").to_lowercase();
            ["macroenabled", "vbaproject", "activex", "oleobject"].iter().any(|word| kind.contains(word))
        }
        "event-listener" | "script" => true,
        // A link of LibreOffice's: what is clicked on is an `a`, where the template was is no harm.
        "a" | "template" => {
            value("href").starts_with("vnd.sun.star.script:") || value("href").starts_with("macro:")
        }
        _ => {
            let href = value("href").to_lowercase();
            let schemes =
                ["http:", "https:", "ftp:", "file:", "smb:", "//", "\\\\", "vnd.sun.star.script:", "macro:"];
            schemes.iter().any(|scheme| href.starts_with(scheme))
        }
    };
    if is_active {
        return Err(Refusal::ActiveContent);
    }
    // What is stamped across a page is an attribute of a shape.
    all.iter().try_for_each(|(_, value)| unmarked(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(body: &str) -> Result<(), Refusal> {
        text("word/document.xml", body)
    }

    #[test]
    fn a_mark_is_found_across_runs_in_shapes_and_in_properties() {
        for marked in [
            "<w:p><w:r><w:t>MẬT</w:t></w:r></w:p>",
            "<w:p><w:r><w:t>TỐI </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>M&#x1EAC;T</w:t></w:r></w:p>",
            "<v:textpath style='x' string=\"TUYỆT MẬT\"/>",
            "<w:p><w:t>Số 1</w:t><w:tab/><w:t>MẬT</w:t></w:p>",
            "<sst><si><t>MẬT</t></si></sst>",
        ] {
            assert_eq!(word(marked), Err(Refusal::SecretMark), "{marked}");
        }
        let properties = "<cp:keywords>an ninh</cp:keywords><cp:category>TỐI MẬT</cp:category>";
        assert_eq!(text("docprops/core.xml", properties), Err(Refusal::SecretMark));
        for quiet in ["<w:p><w:t>BẢO </w:t><w:t>MẬT</w:t></w:p>", "<w:p><w:t>Bí mật nhà nước</w:t></w:p>"]
        {
            assert_eq!(word(quiet), Ok(()), "{quiet}");
        }
    }

    #[test]
    fn what_loads_or_calls_is_refused_and_what_is_clicked_on_is_not() {
        let relation = |kind: &str, target: &str, mode: &str| {
            let tag =
                format!("<Relationship Type=\"http://x/{kind}\" Target=\"{target}\" TargetMode=\"{mode}\"/>");
            text("word/_rels/document.xml.rels", &tag)
        };
        assert_eq!(relation("hyperlink", "https://hungyen.gov.vn", "External"), Ok(()));
        assert_eq!(relation("attachedTemplate", "file:///C:\\Users\\a\\Normal.dotm", "External"), Ok(()));
        assert_eq!(relation("image", "media/image1.png", "Internal"), Ok(()));
        for (kind, target) in [
            ("attachedTemplate", "https://evil.example/a.dotm"),
            ("image", "https://evil.example/a.png"),
            ("oleObject", "file:///x"),
        ] {
            assert_eq!(relation(kind, target, "External"), Err(Refusal::ActiveContent), "{kind}");
            assert_eq!(relation(kind, target, "&#69;xternal"), Err(Refusal::ActiveContent), "{kind}");
        }
        for active in [
            "<Override ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/>",
            "<script:event-listener script:language='x'/>",
            "<draw:image xlink:href='http://evil.example/a.png'/>",
            "<w:p><w:instrText> DDE</w:instrText><w:instrText>AUTO c:\\\\a.exe</w:instrText></w:p>",
            "<w:p><w:instrText>INCLUDEPICTURE \"http://evil.example/a.png\"</w:instrText></w:p>",
        ] {
            assert_eq!(word(active), Err(Refusal::ActiveContent), "{active}");
        }
        assert_eq!(word("<text:a xlink:href='https://hungyen.gov.vn'>x</text:a>"), Ok(()));
        assert_eq!(word("<w:p><w:instrText> PAGE </w:instrText></w:p>"), Ok(()));
        assert_eq!(word("<!DOCTYPE x [<!ENTITY a 'b'>]>"), Err(Refusal::Unreadable));
    }
}
