//! Words and dates that say when somebody was born: `sinh năm 1979`, `SN: 12/3/1980`, `(1978)`.

use super::text::{Gap, Kind, Text};
use std::ops::RangeInclusive;

/// How sure it is that a birth is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wording {
    /// `sinh năm 1979`: of whoever is named around it.
    Full,
    /// `sinh` behind a small word that it makes another word with (`an sinh`), in a text whose capitals do not tell
    /// whether that word is a name.
    Doubtful,
    /// `(1979)`, `s. 1979`, `NS 1979`: right behind a full name only.
    Short,
}

/// Where a birth is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Birth {
    pub first: usize,
    pub last: usize,
    pub wording: Wording,
    /// True where it is written in capitals, so that those of a name do not stand out.
    pub is_upper: bool,
}

/// Years of birth of persons alive: whoever was born before is in history books. No clock is read here, so the last
/// one leaves room.
const YEARS: RangeInclusive<u32> = 1920..=2040;
/// Where nothing but a year says it, it is one of somebody old enough to be written of.
const BARE_YEARS: RangeInclusive<u32> = 1920..=2015;
/// Years with two digits up to this one are of this century.
const LAST_SHORT_YEAR: u32 = 25;
/// Tokens between the words and the date: `sinh vào khoảng năm: `.
const MOST_BETWEEN: usize = 5;

/// What makes another word with "sinh" behind it, without tones and marks: vệ sinh, phát sinh, học sinh.
const COMPOUNDS: [&str; 53] = [
    "hoc", "ve", "khai", "dan", "phat", "tai", "nay", "an", "hy", "hi", "giang", "vi", "thi", "tuyen", "ho",
    "ky", "ki", "moi", "san", "bam", "cuu", "muu", "nu", "quan", "sat", "chung", "phuc", "khang", "y", "tap",
    "duong", "tro", "truong", "vo", "quyen", "so", "tien", "giao", "thu", "mon", "cong", "song", "hoi",
    "nguyen", "luong", "the", "noi", "ngoai", "nhan", "da", "bac", "tu", "lai",
];

/// The birth that is said from this token on.
pub(super) fn at(text: &Text, at: usize) -> Option<Birth> {
    let token = text.get(at)?;
    match token.kind {
        Kind::Mark('(') => bare(text, at),
        Kind::Word => match token.plain.as_str() {
            "sinh" => born(text, at),
            "sn" | "ntns" | "dob" => short(text, at, at, Wording::Full),
            "s" => initials(text, at),
            "ns" => short(text, at, at, Wording::Short),
            _ => None,
        },
        _ => None,
    }
}

/// `sinh năm 1979`, `ngày sinh: 12/3/1980`, `ngày tháng năm sinh …`
fn born(text: &Text, sinh: usize) -> Option<Birth> {
    let (_, last) = date_after(text, sinh + 1)?;
    if is_span(text, last) {
        return None;
    }
    let is_upper = text.get(sinh)?.is_upper;
    let birth = |first, wording| Some(Birth { first, last, wording, is_upper });
    let Some((before, word)) = text.before(sinh).filter(|(_, word)| word.kind == Kind::Word) else {
        return birth(sinh, Wording::Full);
    };
    if matches!(word.plain.as_str(), "ngay" | "nam" | "thang") {
        let is_label = |at: &usize| matches!(text.plain(*at), "ngay" | "nam" | "thang");
        let first = (0..=before).rev().take(3).take_while(is_label).last().unwrap_or(before);
        return birth(first, Wording::Full);
    }
    let is_parted = text.get(sinh)?.gap > Gap::Space;
    if is_parted || !COMPOUNDS.contains(&word.plain.as_str()) {
        return birth(sinh, Wording::Full);
    }
    // "Nguyễn Thị An sinh năm 1979" names a person; "Phát sinh năm 2024" begins a sentence.
    let is_name = word.is_capital
        && !is_upper
        && text.before(before).is_some_and(|(_, name)| name.is_capital && name.kind == Kind::Word);
    if is_name {
        return birth(sinh, Wording::Full);
    }
    let has_no_capitals =
        is_upper || (text.before(before).is_some_and(|(_, word)| !word.is_capital) && !word.is_capital);
    if has_no_capitals { birth(sinh, Wording::Doubtful) } else { None }
}

/// `SN 1979`, `SN: 12/3/1980`, `SN 79`; "SN" is a house's number too.
fn short(text: &Text, first: usize, last_word: usize, wording: Wording) -> Option<Birth> {
    let (written, last) = date_after(text, last_word + 1)?;
    let is_followed_by_word = text.is_word(last + 1) && text.get(last + 1)?.gap <= Gap::Space;
    let is_house = written == Written::ShortYear && is_followed_by_word;
    let is_year = wording == Wording::Full || written != Written::ShortYear;
    let birth = Birth { first, last, wording, is_upper: false };
    (is_year && !is_house && !is_span(text, last)).then_some(birth)
}

/// `s.n. 1979`, `s/n 1979`, `s. 1979`
fn initials(text: &Text, at: usize) -> Option<Birth> {
    let is_parted = matches!(text.mark(at + 1), Some('.' | '/'));
    if is_parted && text.plain(at + 2) == "n" {
        return short(text, at, at + 2, Wording::Full);
    }
    short(text, at, at, Wording::Short)
}

/// `(1978)`, `(1978, …`, `(12/3/1978)`
fn bare(text: &Text, bracket: usize) -> Option<Birth> {
    let (year, written, last) = date(text, bracket + 1)?;
    let closes = matches!(text.mark(last + 1), Some(')' | ',' | ';'));
    let is_birth = closes && written != Written::ShortYear && BARE_YEARS.contains(&year);
    is_birth.then_some(Birth { first: bracket, last, wording: Wording::Short, is_upper: false })
}

/// `2005 - 2010` is of many, or of a life that ended.
fn is_span(text: &Text, last: usize) -> bool {
    let is_dash = matches!(text.mark(last + 1), Some('-' | '–' | '—'));
    is_dash && text.digits(last + 2).len() == 4
}

/// How a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// With four digits for the year, or day and month.
    Full,
    /// `79`
    ShortYear,
}

/// Words that may stand between "sinh" and the date.
const BETWEEN: [&str; 11] =
    ["nam", "ngay", "thang", "la", "vao", "ra", "khoang", "mung", "mong", "dau", "cuoi"];

/// How the date that follows is written, behind words and marks that may stand there, and its last token.
fn date_after(text: &Text, from: usize) -> Option<(Written, usize)> {
    let is_between = |at: usize| {
        BETWEEN.contains(&text.plain(at))
            || matches!(text.mark(at), Some(':' | '.' | '-' | '–' | '(' | '\'' | '’' | '=' | ','))
    };
    let at = (from..=from + MOST_BETWEEN).find(|at| !is_between(*at))?;
    let (year, written, last) = date(text, at)?;
    let is_day = written == Written::ShortYear && matches!(text.plain(at - 1), "ngay" | "thang" | "mung");
    (YEARS.contains(&year) && !is_day).then_some((written, last))
}

/// The date or year at this token: year, how it is written, last token.
fn date(text: &Text, at: usize) -> Option<(u32, Written, usize)> {
    let number = |at: usize| text.digits(at).parse::<u32>().ok();
    let digits = text.digits(at);
    match digits.len() {
        4 => Some((number(at)?, Written::Full, at)),
        // `12031980`
        8 => Some((digits.get(4..)?.parse().ok()?, Written::Full, at)),
        1 | 2 => {
            let parted = parted_date(text, at).and_then(|last| {
                let year = number(last)?;
                Some((if text.digits(last).len() == 2 { full_year(year) } else { year }, Written::Full, last))
            });
            parted.or_else(|| (digits.len() == 2).then_some((full_year(number(at)?), Written::ShortYear, at)))
        }
        _ => None,
    }
}

/// The year of `12/3/1980`, `3/1980`, `12-3-80`, `12 tháng 3 năm 1980`.
fn parted_date(text: &Text, at: usize) -> Option<usize> {
    let second = date_part(text, at)?;
    match text.digits(second).len() {
        4 => Some(second),
        1 | 2 => date_part(text, second).filter(|third| matches!(text.digits(*third).len(), 2 | 4)),
        _ => None,
    }
}

/// The next number of a date, behind `/`, `-`, `.`, "tháng" or "năm".
fn date_part(text: &Text, at: usize) -> Option<usize> {
    let next = at + 1;
    let (separator, number) = (text.get(next)?, text.get(next + 1)?);
    let is_separator = match separator.kind {
        Kind::Mark('/' | '-' | '–') => separator.gap <= Gap::Space && number.gap <= Gap::Space,
        Kind::Mark('.') => separator.gap == Gap::Nothing && number.gap == Gap::Nothing,
        Kind::Word => matches!(separator.plain.as_str(), "thang" | "nam") && number.gap <= Gap::Space,
        _ => false,
    };
    (is_separator && number.kind == Kind::Number).then_some(next + 1)
}

fn full_year(short: u32) -> u32 {
    if short <= LAST_SHORT_YEAR { 2000 + short } else { 1900 + short }
}
