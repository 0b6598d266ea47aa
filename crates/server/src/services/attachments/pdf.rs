//! PDF: all objects, those in packed streams too, are looked through for what runs, opens or calls; texts of the file and of
//! its pages for marks of secrecy. One that is locked nobody can look into.
//!
//! What is inflated is counted over the whole file: many streams that are each small enough, or one that many pages share, would
//! else take memory and time without a bound.

use super::unmarked;
use super::xml::{Part, decoded, parts, unescaped};
use chitieu_domain::attachment::Refusal;
use lopdf::{DecompressError, Dictionary, Document, Error, LoadOptions, Object, ObjectId, Stream};
use std::cell::Cell;
use std::collections::{HashMap, HashSet};

/// Most bytes of all streams that hold objects, once they are inflated: what is read from them takes many times as much.
const MOST_UNPACKED: usize = 64 * 1024 * 1024;
/// Most bytes of what describes the file.
const MOST_METADATA: usize = 4 * 1024 * 1024;
/// Most bytes of what draws one page.
const MOST_OF_PAGE: usize = 16 * 1024 * 1024;
/// Most bytes of a table that says what a font's letters mean: one of all letters has a third of it.
const MOST_OF_FONT: usize = 4 * 1024 * 1024;
/// Most bytes that are inflated to search pages, all pages together; what several share counts for each.
const MOST_OF_PAGES: usize = 256 * 1024 * 1024;
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

thread_local! {
    /// How many bytes the streams that hold objects may still come to, while [`measure`] reads a file; none once they were more. Here
    /// because the reader's filter is a plain function.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Bytes that may still be inflated.
struct Budget {
    left: usize,
}

impl Budget {
    /// Counts bytes; a refusal where there are not as many left.
    fn take(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.left = self.left.checked_sub(bytes).ok_or(Refusal::TooLarge)?;
        Ok(())
    }

    /// What a stream holds, counted. One that has more than `most` bytes cannot be looked into.
    fn inflate(&mut self, stream: &Stream, most: usize) -> Result<Vec<u8>, Refusal> {
        let limit = most.min(self.left);
        let inflated = stream.get_plain_content_with_limit(limit).map_err(|error| {
            if is_exceeded(&error) && limit < most { Refusal::TooLarge } else { Refusal::Unreadable }
        })?;
        self.take(inflated.len())?;
        Ok(inflated)
    }
}

fn is_exceeded(error: &Error) -> bool {
    matches!(error, Error::Decompress(DecompressError::MemoryLimitExceeded { .. }))
}

/// Looks a file through; why it is not taken.
pub(super) fn inspect(bytes: &[u8]) -> Result<(), Refusal> {
    measure(bytes)?;
    let options = LoadOptions { max_decompressed_size: Some(MOST_UNPACKED), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options).map_err(|_| Refusal::Unreadable)?;
    if is_locked(&document) {
        return Err(Refusal::Unreadable);
    }
    objects(&document)?;
    pages(&document)
}

/// Refuses a file whose streams of objects come to more than they may, before any object of them is made, and one that is locked:
/// the reader does not show its filter what is in that, so nothing of it would be counted when it is read once more.
fn measure(bytes: &[u8]) -> Result<(), Refusal> {
    LEFT.set(Some(MOST_UNPACKED));
    let options = LoadOptions {
        max_decompressed_size: Some(MOST_UNPACKED),
        filter: Some(count),
        ..LoadOptions::default()
    };
    // What does not read is told by who reads it next.
    let is_locked =
        Document::load_mem_with_options(bytes, options).is_ok_and(|document| is_locked(&document));
    match LEFT.take() {
        None => Err(Refusal::TooLarge),
        Some(_) if is_locked => Err(Refusal::Unreadable),
        Some(_) => Ok(()),
    }
}

/// True where a file is locked, though it may be with a password that is empty.
fn is_locked(document: &Document) -> bool {
    document.is_encrypted() || document.was_encrypted()
}

/// Counts what a stream of objects comes to, and keeps nothing.
fn count(_: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    let stream = object.as_stream().ok().filter(|stream| stream.dict.has_type(b"ObjStm"))?;
    if let Some(left) = LEFT.get() {
        LEFT.set(match stream.get_plain_content_with_limit(left) {
            Ok(inflated) => left.checked_sub(inflated.len()),
            Err(error) if is_exceeded(&error) => None,
            Err(_) => Some(left),
        });
    }
    None
}

fn objects(document: &Document) -> Result<(), Refusal> {
    let mut open: Vec<&Object> = document.objects.values().collect();
    dictionary(&document.trailer, &mut open)?;
    let (mut seen, mut packed) = (0, Budget { left: MOST_UNPACKED });
    let mut described = Budget { left: MOST_UNPACKED };
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
                    metadata(&decoded(&described.inflate(stream, MOST_METADATA)?))?;
                }
                // What nobody could unpack here another program may.
                if stream.dict.has_type(b"ObjStm") {
                    packed.inflate(stream, MOST_UNPACKED)?;
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

/// Bytes of the tables of fonts, by where they lie: each is inflated once to know.
type Fonts = HashMap<*const Stream, usize>;

/// What the text of a page rests on: what draws it, and its fonts.
type Drawn = (Vec<ObjectId>, Vec<(Vec<u8>, *const Dictionary)>);

fn pages(document: &Document) -> Result<(), Refusal> {
    let pages = document.get_pages();
    if pages.is_empty() {
        return Err(Refusal::Unreadable);
    }
    let (mut searched, mut budget) = (0, Budget { left: MOST_OF_PAGES });
    let (mut fonts, mut seen) = (Fonts::new(), HashSet::<Drawn>::new());
    for (page, id) in pages.iter().take(MOST_PAGES) {
        let own = document.get_page_fonts(*id).unwrap_or_default();
        let used = own.iter().map(|(name, font)| (name.clone(), std::ptr::from_ref(*font))).collect();
        if !seen.insert((document.get_page_contents(*id), used)) {
            continue;
        }
        for font in own.values() {
            budget.take(font_bytes(document, font, &mut fonts)?)?;
        }
        match document.get_page_content_with_limit(*id, MOST_OF_PAGE.min(budget.left)) {
            Ok(drawn) => budget.take(drawn.len())?,
            Err(error) if is_exceeded(&error) && budget.left < MOST_OF_PAGE => return Err(Refusal::TooLarge),
            // It was inflated up to there, and will be once more.
            Err(_) => budget.take(MOST_OF_PAGE)?,
        }
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

/// Bytes of the table that says what a font's letters mean.
fn font_bytes(document: &Document, font: &Dictionary, known: &mut Fonts) -> Result<usize, Refusal> {
    let Ok(table) = font.get_deref(b"ToUnicode", document).and_then(Object::as_stream) else { return Ok(0) };
    let place = std::ptr::from_ref(table);
    if let Some(bytes) = known.get(&place) {
        return Ok(*bytes);
    }
    let bytes = match table.get_plain_content_with_limit(MOST_OF_FONT) {
        Ok(inflated) => inflated.len(),
        Err(error) if is_exceeded(&error) => return Err(Refusal::TooLarge),
        // It has no text; the person has seen the page.
        Err(_) => 0,
    };
    known.insert(place, bytes);
    Ok(bytes)
}
