//! Number plates of vehicles: `89A-123.45`, `89-B1 123.45`, `29H1-12345`.

use super::beside::is_counted;
use super::text::{Gap, Kind, Text};
use std::ops::RangeInclusive;

/// Codes of provinces on plates, two digits.
const PROVINCES: RangeInclusive<u32> = 11..=99;
/// Letters that no series has.
const UNUSED: [char; 5] = ['i', 'j', 'o', 'q', 'w'];
/// Words before a plate, without tones and marks.
const SAID: [&str; 9] =
    ["bks", "bsx", "bs", "bien so", "bien kiem soat", "bien", "bien xanh", "bien do", "xe"];
/// Words between those and a plate.
const REACH: usize = 5;
/// Tokens before a plate that are looked at.
const MOST_TOKENS: usize = 16;
/// Words before the number of a flat, a class, a clause: `căn hộ 12A-1234`.
const OTHERS: [&str; 22] = [
    "mau", "bieu", "lop", "dieu", "khoan", "diem", "luc", "ngo", "ngach", "hem", "phong", "can", "tang",
    "nha", "ho", "to", "lo", "thua", "so", "muc", "cau", "trang",
];
/// Units whose sign is one or two letters, as they are written beside a number.
const UNITS: [&str; 19] = [
    "m", "km", "cm", "mm", "ha", "kg", "g", "l", "ml", "t", "h", "kv", "kw", "mw", "gb", "mb", "tb", "mg",
    "đ",
];

/// What a plate ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tail {
    /// `123.45`
    Parted,
    /// `12345`
    Five,
    /// `1234`, of older plates.
    Four,
    /// `2024`, which is a year more often.
    Year,
}

/// The last token of the plate that begins at this one.
pub(super) fn at(text: &Text, first: usize) -> Option<usize> {
    let code = text.digits(first);
    let is_code = code.len() == 2 && code.parse().is_ok_and(|code| PROVINCES.contains(&code));
    if !is_code || is_within(text, first) {
        return None;
    }
    let (series_at, before_series) = after_separator(text, first)?;
    let series = text.get(series_at).filter(|token| token.kind == Kind::Word)?;
    let letters = series.small.chars().count();
    let is_series = (1..=2).contains(&letters)
        && series.small.chars().all(|c| (c.is_ascii_lowercase() && !UNUSED.contains(&c)) || c == 'đ');
    if !is_series {
        return None;
    }
    let (tail, last, has_digit, before_tail) = tail(text, series_at)?;
    if !ends(text, last) {
        return None;
    }
    let is_lower = !series.is_capital;
    let has_space = before_series == Gap::Space;
    let is_loose = tail != Tail::Parted && (has_space || before_tail == Gap::Space);
    // What could be something else as well is a plate where the words before it say so.
    let is_doubtful = tail == Tail::Year
        || (is_loose && is_counted(text, last))
        || (is_lower && tail != Tail::Parted && UNITS.contains(&series.small.as_str()))
        || is_of_another(text, first)
        || (letters == 2 && (tail == Tail::Four || (is_lower && before_tail == Gap::Space)))
        || (tail == Tail::Four && (has_space || before_tail == Gap::Space))
        || (has_space && is_lower && !has_digit && tail != Tail::Parted);
    (!is_doubtful || is_said(text, first)).then_some(last)
}

/// True within a word, or behind another number or word that it is joined to.
fn is_within(text: &Text, first: usize) -> bool {
    let Some((here, token)) = text.before(first).filter(|_| text.is_attached(first)) else { return false };
    match token.kind {
        Kind::Word | Kind::Number => true,
        Kind::Mark('.' | '-' | '–' | '/') => {
            text.is_attached(here)
                && here.checked_sub(1).is_some_and(|at| !text.digits(at).is_empty() || is_symbol(text, at))
        }
        Kind::Mark(_) => false,
    }
}

/// `BKS-89A…` is said to be a plate; `KH-12A…` is a document's symbol.
fn is_symbol(text: &Text, at: usize) -> bool {
    text.is_word(at) && !SAID.contains(&text.plain(at))
}

/// True where nothing goes on behind the plate.
fn ends(text: &Text, last: usize) -> bool {
    let next = last + 1;
    if !text.is_attached(next) {
        return true;
    }
    let goes_on = text.is_attached(next + 1) && text.mark(next + 1).is_none();
    match text.mark(next) {
        None => false,
        Some('-' | '–') => !goes_on,
        Some('.' | ',') => !goes_on || text.digits(next + 1).is_empty(),
        // `12A-2345/QĐ-UBND`
        Some('/') => !goes_on || !text.is_word(next + 1),
        Some(_) => true,
    }
}

/// The token after this one, or after a dash or dot between them, and whether a space is there.
fn after_separator(text: &Text, at: usize) -> Option<(usize, Gap)> {
    let next = at + 1;
    let gap = text.get(next)?.gap;
    if gap > Gap::Space {
        return None;
    }
    if !matches!(text.mark(next), Some('-' | '–' | '.' | '\u{2010}' | '\u{2011}')) {
        return Some((next, gap));
    }
    let after = text.get(next + 1)?.gap;
    (after <= Gap::Space).then_some((next + 1, Gap::Nothing))
}

/// What follows the letters: the tail, its last token, whether a digit belongs to the letters (`H1`), and whether a
/// space stands before the tail.
fn tail(text: &Text, series: usize) -> Option<(Tail, usize, bool, Gap)> {
    let next = series + 1;
    if text.is_attached(next) {
        let digits = text.digits(next);
        // `29H112345`: the first digit is of the series.
        if digits.len() == 6 {
            return Some((Tail::Five, next, true, Gap::Nothing));
        }
        if digits.len() == 1 {
            let (at, gap) = after_separator(text, next)?;
            return number(text, at).map(|(tail, last)| (tail, last, true, gap));
        }
        // `29H1123.45`
        if digits.len() == 4 && is_parted(text, next) {
            return Some((Tail::Parted, next + 2, true, Gap::Nothing));
        }
    }
    let (at, gap) = after_separator(text, series)?;
    number(text, at).map(|(tail, last)| (tail, last, false, gap))
}

fn number(text: &Text, at: usize) -> Option<(Tail, usize)> {
    let digits = text.digits(at);
    match digits.len() {
        3 if is_parted(text, at) => Some((Tail::Parted, at + 2)),
        3 if text.digits(at + 1).len() == 2 && text.get(at + 1)?.gap == Gap::Space => {
            Some((Tail::Five, at + 1))
        }
        4 if digits.starts_with("19") || digits.starts_with("20") => Some((Tail::Year, at)),
        4 => Some((Tail::Four, at)),
        5 => Some((Tail::Five, at)),
        _ => None,
    }
}

/// True where a dot or dash and two digits follow.
fn is_parted(text: &Text, at: usize) -> bool {
    matches!(text.mark(at + 1), Some('.' | '-'))
        && text.is_attached(at + 1)
        && text.is_attached(at + 2)
        && text.digits(at + 2).len() == 2
}

/// True where a word before says that this is a plate.
fn is_said(text: &Text, first: usize) -> bool {
    let (mut at, mut words) = (first, 0);
    for _ in 0..MOST_TOKENS {
        let Some((here, token)) = text.before(at) else { return false };
        if words > REACH || token.gap == Gap::Line || text.is_sentence_end(here) {
            return false;
        }
        if token.kind == Kind::Word {
            if SAID.iter().any(|phrase| text.phrase_to(here, phrase).is_some()) {
                return true;
            }
            words += 1;
        }
        at = here;
    }
    false
}

/// True where a word before says that this is the number of something else.
fn is_of_another(text: &Text, first: usize) -> bool {
    let Some((here, token)) = text.before(first) else { return false };
    // `P. 12A`
    let is_room = token.kind == Kind::Mark('.') && text.plain(here.saturating_sub(1)) == "p";
    is_room || OTHERS.contains(&text.plain(here))
}
