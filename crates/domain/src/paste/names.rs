//! Names of rows, as the form has them and as other sheets write them.

use super::{Doubt, Line, Why};
use crate::search::fold;
use std::cell::OnceCell;

/// Strength of a name that is the form's own.
pub(super) const EXACT: u32 = 4000;
/// All its words follow one another in the form's name.
const PART: u32 = 3000;
/// All its words are in the form's name, slips and initials allowed.
const WORDS: u32 = 2000;
/// Most of its words are; with the share of them added.
const LIKE: u32 = 1000;
/// Added where the row number says the same.
const AGREES: u32 = 500;

/// Letters of a cell that are looked at, and words of a name.
const LETTERS: usize = 300;
const WORDS_MOST: usize = 40;

/// A form's rows, ready to be looked up.
pub(super) struct Names<'a> {
    form: &'a [Line<'a>],
    /// Numbers with the indices of their rows, ascending.
    numbers: Vec<(u16, usize)>,
    /// In each language that the form has. A column of numbers, which is what is pasted most, asks for none.
    words: OnceCell<Vec<[Vec<String>; 2]>>,
}

impl<'a> Names<'a> {
    pub(super) fn of(form: &'a [Line<'a>]) -> Self {
        let mut numbers: Vec<_> = form.iter().enumerate().map(|(at, line)| (line.number, at)).collect();
        numbers.sort_unstable();
        Self { form, numbers, words: OnceCell::new() }
    }

    fn words(&self) -> &[[Vec<String>; 2]] {
        let of = |line: &Line<'_>| [words(line.name_vi), words(line.name_en)];
        self.words.get_or_init(|| self.form.iter().map(of).collect())
    }

    /// The index of the row with this number, the first of several.
    pub(super) fn line_of(&self, number: u16) -> Option<usize> {
        let at = self.numbers.partition_point(|(other, _)| *other < number);
        self.numbers.get(at).filter(|(other, _)| *other == number).map(|(_, line)| *line)
    }

    /// True for the name of one of the form's rows.
    pub(super) fn has(&self, name: &str) -> bool {
        let words = words(name);
        !words.is_empty() && self.words().iter().flatten().any(|w| *w == words)
    }

    /// The row that is meant by `name`, beside which a row number stands where `numbered`: that of `line`, or
    /// one that the form does not have.
    pub(super) fn find(
        &self,
        name: &str,
        numbered: bool,
        line: Option<usize>,
    ) -> Result<(usize, u32, Option<Doubt>), Why> {
        let words = words(name);
        let scores: Vec<u32> =
            self.words().iter().map(|[vi, en]| score(&words, vi).max(score(&words, en))).collect();
        let best = scores.iter().copied().max().unwrap_or(0);
        let Some(first) = scores.iter().position(|s| *s == best && best > 0) else {
            return Err(Why::NotInForm);
        };
        let is_unique = scores.iter().filter(|s| **s == best).count() == 1;
        match line {
            // The number settles which of several is meant.
            Some(line) if scores[line] == best && (best >= WORDS || is_unique) => {
                Ok((line, best + AGREES, (best < WORDS).then_some(Doubt::LikeName)))
            }
            _ if best == EXACT && is_unique => Ok((first, best, numbered.then_some(Doubt::OtherNumber))),
            Some(_) => Err(Why::Disagrees),
            None if best < WORDS || words.len() < 2 => Err(Why::NotInForm),
            None if is_unique => Ok((first, best, (best < EXACT).then_some(Doubt::LikeName))),
            None => Err(Why::Ambiguous),
        }
    }
}

/// A cell's text without marks and case, and with i for y, which are written for one another.
pub(super) fn plain(text: &str) -> String {
    fold(&text.chars().take(LETTERS).collect::<String>()).replace('y', "i")
}

/// A name's words, without numbering and "Trong đó" in front.
pub(super) fn words(name: &str) -> Vec<String> {
    let folded = plain(name);
    let letter = |c: char| c.is_alphabetic();
    let mut rest = folded.trim_start_matches(|c| !letter(c));
    // `a)`, `B.`, `iv.`, `II/`: letters that number.
    if let Some(end) = rest.find(|c| !letter(c))
        && rest[end..].starts_with(['.', ')', '/'])
        && (end == 1 || rest[..end].bytes().all(|b| b"ivx".contains(&b)))
    {
        rest = &rest[end..];
    }
    let mut words: Vec<String> = rest
        .split(|c: char| !letter(c) && !c.is_ascii_digit())
        .filter(|word| !word.is_empty())
        .take(WORDS_MOST)
        .map(str::to_owned)
        .collect();
    for opening in [["trong", "do"], ["bao", "gom"]] {
        if words.len() > 2 && words[..2] == opening {
            words.drain(..2);
        }
    }
    words
}

/// How well the words of a sheet's name fit those of the form's.
fn score(name: &[String], form: &[String]) -> u32 {
    if name.is_empty() || form.is_empty() {
        return 0;
    }
    if name == form {
        return EXACT;
    }
    if form.windows(name.len()).any(|part| part == name) {
        return PART;
    }
    // One slip in four words.
    let mut slips = name.len().div_ceil(4);
    let mut found = 0;
    for word in name {
        if form.contains(word) || is_initials(word, form) {
            found += 1;
        } else if word.bytes().any(|b| b.is_ascii_digit()) {
            // Another year or article is another row.
            return 0;
        } else if slips > 0 && form.iter().any(|other| one_slip(word.as_bytes(), other.as_bytes())) {
            slips -= 1;
            found += 1;
        }
    }
    let share = found * 100 / name.len();
    match share {
        100 => WORDS,
        60.. => LIKE + share as u32,
        _ => 0,
    }
}

/// `ttxh` for "trật tự xã hội". What could be a word itself is one.
fn is_initials(word: &str, form: &[String]) -> bool {
    let could_be_a_word = word.len() < 4 && word.contains(['a', 'e', 'i', 'o', 'u']);
    let spells =
        |part: &[String]| part.iter().zip(word.bytes()).all(|(w, b)| w.as_bytes().first() == Some(&b));
    word.len() >= 2 && !could_be_a_word && form.windows(word.len()).any(spells)
}

/// One letter more, less, other, or two exchanged, in words of four letters or more.
fn one_slip(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < 4 || long.len() > short.len() + 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[same..], &long[same..]);
    if short.len() < long.len() {
        return *short == long[1..];
    }
    match (short, long) {
        ([a, b, rest @ ..], [c, d, more @ ..]) if a == d && b == c => rest == more,
        ([_, rest @ ..], [_, more @ ..]) => rest == more,
        _ => true,
    }
}
