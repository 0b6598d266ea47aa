//! Names of persons beside what says their birth.

use super::births::{Birth, Wording};
use super::families::{
    is_before_body, is_before_place, is_family, is_honorific, is_middle, is_nobody, is_plain_family,
    is_region,
};
use super::text::{Gap, Kind, Text};

/// Words of a name, at most and at least.
const MOST_WORDS: usize = 5;
const LEAST_WORDS: usize = 2;
/// Letters of the longest syllable, `nghiêng`.
const LONGEST_SYLLABLE: usize = 7;
/// Marks between a name and its birth: `), (`.
const MOST_MARKS: usize = 4;
/// Words and tokens between a name and its birth where something else is said of the person first.
const MOST_BETWEEN: usize = 16;
const MOST_TOKENS: usize = 40;
/// Tokens between a birth and a name that follows it.
const MOST_AFTER: usize = 6;

/// Words that go on speaking of the person just named, without tones and marks.
const GOES_ON: [&str; 18] = [
    "tru", "o", "que", "thuong", "tam", "nam", "nu", "ten", "tuc", "dan", "hien", "cung", "deu", "hktt",
    "noi", "nghe", "co", "hay",
];
/// Words that begin to speak of several persons, without tones and marks.
const OF_SEVERAL: [&str; 7] = ["cac", "nhung", "nhieu", "moi", "tung", "sach", "tong"];
/// What is counted where a number stands before it.
const PERSONS: [&str; 14] = [
    "nguoi", "em", "chau", "doi", "truong", "hoc", "tre", "cong", "thanh", "nhan", "thieu", "bi", "nam", "nu",
];
/// Words right before a name that follows a birth.
const CALLED: [&str; 9] = ["ten", "la", "ong", "ba", "anh", "chi", "chau", "em", "cua"];

/// First and last token of a name.
type Name = (usize, usize);

/// The name of whom the birth is said of.
pub(super) fn of(text: &Text, birth: Birth) -> Option<Name> {
    let end = name_end(text, birth.first);
    match birth.wording {
        Wording::Full => right_before(text, end, birth)
            .or_else(|| further_before(text, end))
            .or_else(|| after(text, birth.last)),
        Wording::Doubtful => without_capitals(text, end, true),
        Wording::Short => right_before(text, end, birth).filter(|name| is_full_name(text, *name)),
    }
}

/// The token before the birth, marks between them left out; the birth's own first token where nothing is before.
fn name_end(text: &Text, first: usize) -> usize {
    let mut at = first;
    for _ in 0..=MOST_MARKS {
        let Some((here, token)) = text.before(at) else { return first };
        match token.kind {
            Kind::Mark(
                ',' | '(' | ')' | ':' | '-' | '–' | ';' | '"' | '“' | '”' | '*' | '[' | '/' | '|' | '.' | '+',
            ) => at = here,
            _ => return here,
        }
    }
    first
}

/// The run of words with capitals that ends at this token, at most one more than a name has.
fn capitals_to(text: &Text, last: usize) -> Option<usize> {
    let is_part = |at: usize| text.get(at).is_some_and(|token| token.kind == Kind::Word && token.is_capital);
    if !is_part(last) {
        return None;
    }
    let mut first = last;
    while last - first < MOST_WORDS && text.get(first)?.gap < Gap::Line {
        match text.before(first) {
            Some((here, _)) if is_part(here) => first = here,
            _ => break,
        }
    }
    Some(first)
}

/// The name that ends at this token.
fn right_before(text: &Text, last: usize, birth: Birth) -> Option<Name> {
    let Some(first) = capitals_to(text, last) else { return without_capitals(text, last, false) };
    let is_all_upper = (first..=last).any(|at| text.get(at).is_some_and(|token| token.is_upper))
        && (first..=last)
            .all(|at| text.get(at).is_some_and(|token| token.is_upper || token.small.chars().count() == 1));
    if is_all_upper && birth.wording != Wording::Short {
        return without_capitals(text, last, false).or_else(|| family_name(text, first, last));
    }
    family_name(text, first, last).or_else(|| {
        let is_other = birth.wording == Wording::Short || birth.is_upper;
        if is_other { None } else { other_name(text, first, last) }
    })
}

/// A name that begins with a family name, among words with capitals.
fn family_name(text: &Text, first: usize, last: usize) -> Option<Name> {
    let earliest = first.max((last + 1).saturating_sub(MOST_WORDS));
    let is_begin = |at: &usize| is_family(text, *at) && !is_region(text, *at);
    let begin = (earliest..last).find(is_begin)?;
    let is_name = is_of_syllables(text, begin, last) && !is_place(text, begin);
    is_name.then_some((begin, last))
}

/// A name without a family name that is known: `Giàng A Páo`, `anh Tuấn`.
fn other_name(text: &Text, first: usize, last: usize) -> Option<Name> {
    let begin = (first..=last).find(|at| !is_honorific(text, *at))?;
    let words = last + 1 - begin;
    let is_led = text.before(begin).is_some_and(|(here, token)| {
        is_honorific(text, here)
            && text.get(begin).is_some_and(|name| name.gap <= Gap::Space)
            && token.kind == Kind::Word
    });
    let is_long_enough =
        if is_led { words > 1 || text.get(begin)?.small.chars().count() > 1 } else { words >= LEAST_WORDS };
    let is_other = is_nobody(text, begin) || is_region(text, begin) || is_place(text, begin);
    // `Tân Hưng, Khoái Châu, sinh năm 1985`: the second of two places.
    let is_listed = !is_led
        && text.before(begin).is_some_and(|(here, token)| {
            matches!(token.kind, Kind::Mark(',' | '-' | '–'))
                && here > 0
                && capitals_to(text, here - 1).is_some()
        });
    let is_name = is_long_enough
        && words <= MOST_WORDS
        && !is_other
        && !is_listed
        && is_of_syllables(text, begin, last);
    is_name.then_some((begin, last))
}

/// A name that no capitals show: a family name that is hardly ever another word, or any with a middle name behind it;
/// where `strict`, only the latter.
fn without_capitals(text: &Text, last: usize, strict: bool) -> Option<Name> {
    let earliest = (0..MOST_WORDS - 1).try_fold(last, |at, _| {
        let is_on = text.is_word(at) && text.get(at).is_some_and(|token| token.gap < Gap::Line);
        let here = if is_on { text.before(at).map(|(here, _)| here) } else { None };
        here.filter(|here| text.is_word(*here)).ok_or(at)
    });
    let (Ok(earliest) | Err(earliest)) = earliest;
    let is_begin = |at: &usize| {
        let has_middle = last - at >= LEAST_WORDS && is_middle(text, at + 1);
        (has_middle && is_family(text, *at)) || (!strict && is_plain_family(text, *at))
    };
    let begin = (earliest..last).find(|at| is_begin(at) && !is_region(text, *at))?;
    let is_name = is_of_syllables(text, begin, last) && !is_place(text, begin);
    is_name.then_some((begin, last))
}

/// A name further back in the sentence, of whom something else is said first: `Nguyễn Văn A, trú tại …, sinh năm 1980`.
fn further_before(text: &Text, end: usize) -> Option<Name> {
    let (mut at, mut words) = (end, 0);
    for _ in 0..MOST_TOKENS {
        let token = text.get(at)?;
        match token.kind {
            Kind::Word => {
                if let Some(first) = capitals_to(text, at) {
                    if let Some(name) = family_name(text, first, at).filter(|name| is_spoken_of(text, *name))
                    {
                        return Some(name);
                    }
                    words += at - first;
                    at = first;
                }
                if OF_SEVERAL.contains(&text.plain(at)) {
                    return None;
                }
                words += 1;
            }
            Kind::Number if PERSONS.contains(&text.plain(at + 1)) => return None,
            Kind::Mark(_) if text.is_sentence_end(at) => return None,
            _ => {}
        }
        if words > MOST_BETWEEN || text.get(at)?.gap == Gap::Line {
            return None;
        }
        at = text.before(at)?.0;
    }
    None
}

/// True where what follows the name goes on speaking of that person.
fn is_spoken_of(text: &Text, (first, last): Name) -> bool {
    let next = last + 1;
    let goes_on = matches!(text.mark(next), Some(',' | '(' | '-' | '–' | ':' | ';' | '['))
        || GOES_ON.contains(&text.plain(next));
    goes_on && !is_body(text, first)
}

/// A name after the birth: `sinh năm 1979 tên Nguyễn Văn A`, `ngày sinh 12/3/1980: Nguyễn Văn A`.
fn after(text: &Text, birth: usize) -> Option<Name> {
    let is_capital = |at: usize| {
        text.get(at)
            .is_some_and(|token| token.kind == Kind::Word && token.is_capital && token.gap < Gap::Line)
    };
    let name_at = |first: usize| {
        let last = (first..first + MOST_WORDS).take_while(|at| is_capital(*at)).last()?;
        family_name(text, first, last)
    };
    let next = birth + 1;
    if matches!(text.mark(next), Some(',' | ':' | '-' | '–')) && is_family(text, next + 1) {
        return name_at(next + 1).filter(|name| is_full_name(text, *name));
    }
    let called = (next..next + MOST_AFTER)
        .take_while(|at| !text.is_sentence_end(*at))
        .find(|at| CALLED.contains(&text.plain(*at)) && is_capital(at + 1))?;
    name_at(called + 1)
}

/// True for names of at least three words, or of two with a family name that is hardly ever another word.
fn is_full_name(text: &Text, (first, last): Name) -> bool {
    let is_long = last - first >= LEAST_WORDS || is_plain_family(text, first);
    is_long && is_family(text, first) && !is_body(text, first)
}

fn is_of_syllables(text: &Text, first: usize, last: usize) -> bool {
    (first..=last).all(|at| {
        text.get(at).is_some_and(|token| (1..=LONGEST_SYLLABLE).contains(&token.small.chars().count()))
    })
}

fn is_place(text: &Text, first: usize) -> bool {
    text.before(first).is_some_and(|(here, _)| is_before_place(text, here))
}

fn is_body(text: &Text, first: usize) -> bool {
    text.before(first).is_some_and(|(here, _)| is_before_body(text, here))
}
