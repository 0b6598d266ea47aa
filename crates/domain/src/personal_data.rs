//! What looks like personal data in a free text: a note, a reason, a report, the name of a file.
//!
//! Only aggregates are kept (the design's third promise), no citizen number among them, and what is kept of persons
//! falls under Luật Bảo vệ dữ liệu cá nhân 91/2025, in force since 01/01/2026. A free text is where personal data come in
//! all the same. [`find`] says where, and by which rule, so that the author can be warned; it decides nothing.
//!
//! Numbers are told by their shape, by their groups and by the words beside them; a name by the birth beside it, since a
//! name alone is an office's business every day. Numbers of documents, dates, periods, amounts and places look alike, and
//! a warning that is mostly wrong is not read: what has no shape of its own is found only with a word beside it.
//!
//! Known to be missed: names with an age or a bare year behind them (`Nguyễn Văn A, 1979`), initials (`N.V.A`), names that
//! are written in one word, passports and numbers of social insurance, telephone numbers without their area code, accounts
//! without a word beside them, what is spelt out in words or parted by other marks than spaces, dots and dashes,
//! and texts in the code tables before Unicode. Where a commune bears a person's name and nothing says that it is one, its name
//! may be taken for a person's.
//!
//! The text comes from anywhere. It is taken apart once, and around each token only so many others are looked at, so that
//! the time grows with the text's length and nothing else. Letters with their marks apart are read as the composed ones.

mod beside;
mod births;
mod families;
mod kind;
mod names;
mod numbers;
mod plates;
mod text;

#[cfg(test)]
mod tests;

use beside::Phrases;
pub use kind::{Found, PersonalData};
use text::{Kind, Text};

/// Findings that are told of one text; one is enough for a warning.
pub const MOST_FOUND: usize = 20;

/// What looks like personal data in the text: in its order, not overlapping, the first [`MOST_FOUND`] of them.
///
/// ```
/// use chitieu_domain::personal_data::{PersonalData, find};
///
/// let text = "Đã gọi 0912 345 678, biên bản số 12/BB-CAX ngày 03/5/2024";
/// let found = find(text);
/// assert_eq!(found.len(), 1);
/// assert_eq!((found[0].kind, &text[found[0].range.clone()]), (PersonalData::Phone, "0912 345 678"));
/// ```
pub fn find(text: &str) -> Vec<Found> {
    let read = Text::new(text);
    let phrases = Phrases::of(&read);
    let range = |first: usize, last: usize| Some(read.get(first)?.range.start..read.get(last)?.range.end);
    let mut all: Vec<Found> = Vec::new();
    let mut at = 0;
    while let Some(token) = read.get(at) {
        let plate = || plates::at(&read, at).map(|last| (PersonalData::Plate, last));
        let number = match token.kind {
            Kind::Number => plate().or_else(|| numbers::at(&phrases, at)),
            Kind::Word | Kind::Mark(_) => None,
        };
        if let Some((kind, last)) = number {
            all.extend(range(at, last).map(|range| Found { kind, range }));
            at = last;
        } else if let Some((first, last)) = births::at(&read, at).and_then(|birth| names::of(&read, birth)) {
            let kind = PersonalData::NameAndBirth;
            all.extend(range(first, last).map(|range| Found { kind, range }));
        }
        at += 1;
    }
    // A name stands before its birth, and so may a number between them.
    all.sort_by_key(|found| (found.range.start, found.range.end));
    let mut end = 0;
    all.retain(|found| {
        let is_apart = found.range.start >= end;
        if is_apart {
            end = found.range.end;
        }
        is_apart
    });
    all.truncate(MOST_FOUND);
    all
}
