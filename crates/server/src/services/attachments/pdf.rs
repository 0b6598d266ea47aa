//! PDF: all objects, those in packed streams too, are looked through for what runs, opens or calls; texts of the file and of
//! its pages for marks of secrecy. One that is locked nobody can look into.

use super::unmarked;
use super::xml::{Part, decoded, parts, unescaped};
use chitieu_domain::attachment::Refusal;
use lopdf::{Dictionary, Document, LoadOptions, Object};

/// Most bytes of one stream that holds objects, once it is unpacked.
const MOST_UNPACKED: usize = 64 * 1024 * 1024;
/// Most bytes of what describes the file.
const MOST_METADATA: usize = 4 * 1024 * 1024;
/// Most bytes of what draws one page.
const MOST_OF_PAGE: usize = 16 * 1024 * 1024;
/// Pages whose text is searched; a mark of secrecy is stamped on the first.
const MOST_PAGES: usize = 300;
/// Bytes of text that are searched, of all pages together.
const MOST_TEXT: usize = 16 * 1024 * 1024;
/// Most objects, those inside others among them.
const MOST_OBJECTS: usize = 3_000_000;

/// Keys of what runs or is embedded.
const KEYS: &[&[u8]] = &[b"JS", b"JavaScript", b"XFA", b"EF", b"RichMediaContent", b"RichMediaSettings"];
/// Names of actions and of types that run, open, send or are embedded.
const NAMES: &[&[u8]] = &[
    b"JavaScript",
    b"Launch",
    b"EmbeddedFile",
    b"RichMedia",
    b"SubmitForm",
    b"ImportData",
    b"Rendition",
    b"GoToE",
];

/// Looks a file through; why it is not taken.
pub(super) fn inspect(bytes: &[u8]) -> Result<(), Refusal> {
    let options = LoadOptions { max_decompressed_size: Some(MOST_UNPACKED), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options).map_err(|_| Refusal::Unreadable)?;
    if document.is_encrypted() || document.was_encrypted() {
        return Err(Refusal::Unreadable);
    }
    objects(&document)?;
    pages(&document)
}

fn objects(document: &Document) -> Result<(), Refusal> {
    let mut open: Vec<&Object> = document.objects.values().collect();
    dictionary(&document.trailer, &mut open)?;
    let mut seen = 0;
    while let Some(object) = open.pop() {
        seen += 1;
        if seen > MOST_OBJECTS {
            return Err(Refusal::TooLarge);
        }
        match object {
            Object::Array(list) => open.extend(list),
            Object::Dictionary(of) => dictionary(of, &mut open)?,
            Object::Stream(stream) => {
                dictionary(&stream.dict, &mut open)?;
                if stream.dict.has_type(b"Metadata") {
                    let text = stream.get_plain_content_with_limit(MOST_METADATA);
                    metadata(&decoded(&text.map_err(|_| Refusal::Unreadable)?))?;
                }
                // What nobody could unpack here another program may.
                let holds_objects = stream.dict.has_type(b"ObjStm");
                if holds_objects && stream.get_plain_content_with_limit(MOST_UNPACKED).is_err() {
                    return Err(Refusal::Unreadable);
                }
            }
            Object::String(..) => unmarked(&lopdf::decode_text_string(object).unwrap_or_default())?,
            _ => {}
        }
    }
    Ok(())
}

fn dictionary<'a>(of: &'a Dictionary, open: &mut Vec<&'a Object>) -> Result<(), Refusal> {
    for (key, value) in of {
        let is_named = value.as_name().is_ok_and(|name| NAMES.contains(&name));
        if KEYS.contains(&key.as_slice()) || is_named {
            return Err(Refusal::ActiveContent);
        }
        open.push(value);
    }
    Ok(())
}

/// The properties of a file, each a text by itself.
fn metadata(document: &str) -> Result<(), Refusal> {
    parts(document).try_for_each(|part| match part {
        Part::Text(text) => unmarked(&unescaped(text)),
        Part::Doctype => Err(Refusal::Unreadable),
        Part::Open(..) | Part::Close(_) => Ok(()),
    })
}

fn pages(document: &Document) -> Result<(), Refusal> {
    let pages = document.get_pages();
    if pages.is_empty() {
        return Err(Refusal::Unreadable);
    }
    let mut searched = 0;
    for page in pages.keys().take(MOST_PAGES) {
        // A font that does not read has no text to be searched; the person has seen the page.
        let text = document.extract_text_with_limit(&[*page], MOST_OF_PAGE).unwrap_or_default();
        unmarked(&text)?;
        searched += text.len();
        if searched > MOST_TEXT {
            break;
        }
    }
    Ok(())
}
