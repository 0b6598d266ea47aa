//! A text as words, numbers and marks, each with its place.

use crate::quantity::is_unseen;
use crate::search::{plain, small};
use std::ops::Range;

/// Bytes of the longest word whose letters are looked at: 12 letters, each with two combining marks.
const LONGEST_WORD: usize = 64;
/// Spaces that still are a slip of the keyboard; more of them part two columns.
const MOST_SPACES: usize = 2;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters, with the marks and apostrophes among them.
    Word,
    /// Digits.
    Number,
    /// Any other character.
    Mark(char),
}

/// What stands between a token and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    Nothing,
    Space,
    /// A tab, an underscore or many spaces: the next cell, the next part of a file name.
    Wide,
    Line,
}

/// A word, a number or a mark.
#[derive(Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
    pub gap: Gap,
    /// A word in small composed letters, a number in the digits 0 to 9. Empty for marks and for words that are too long.
    pub small: String,
    /// A word without tones and marks, as [`crate::search::fold`] gives it.
    pub plain: String,
    /// A word that begins with a capital.
    pub is_capital: bool,
    /// A word of capitals only.
    pub is_upper: bool,
}

/// A text taken apart, in one pass.
#[derive(Debug)]
pub(super) struct Text {
    tokens: Vec<Token>,
    /// True where no letter has a tone or mark: written on a keyboard without them.
    is_unmarked: bool,
}

fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        // The wide digits of East Asian keyboards.
        '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(c) - 0xff10, 10),
        _ => None,
    }
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        let mut tokens: Vec<Token> = Vec::new();
        let (mut gap, mut spaces) = (Gap::Nothing, 0);
        let mut chars = text.char_indices().filter(|(_, c)| !is_unseen(*c)).peekable();
        while let Some((start, c)) = chars.next() {
            if c.is_whitespace() || c == '_' {
                spaces += 1;
                gap = gap.max(match c {
                    '\n' | '\r' | '\u{2028}' | '\u{2029}' => Gap::Line,
                    '\t' | '_' => Gap::Wide,
                    _ if spaces > MOST_SPACES => Gap::Wide,
                    _ => Gap::Space,
                });
                continue;
            }
            let mut end = start + c.len_utf8();
            let mut digits = String::new();
            let kind = if let Some(first) = digit(c) {
                digits.push(first);
                while let Some((at, next)) = chars.next_if(|(_, next)| digit(*next).is_some()) {
                    digits.extend(digit(next));
                    end = at + next.len_utf8();
                }
                Kind::Number
            } else if c.is_alphabetic() {
                let is_part = |c: char| c.is_alphabetic() || is_combining(c) || is_apostrophe(c);
                while let Some((at, next)) = chars.next_if(|(_, next)| is_part(*next)) {
                    end = at + next.len_utf8();
                }
                Kind::Word
            } else {
                Kind::Mark(c)
            };
            tokens.push(match kind {
                Kind::Word => word(text, start..end, gap),
                _ => Token { small: digits, ..blank(kind, start..end, gap) },
            });
            (gap, spaces) = (Gap::Nothing, 0);
        }
        let is_unmarked = tokens.iter().all(|token| token.small == token.plain || token.kind != Kind::Word);
        Self { tokens, is_unmarked }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    /// The token before, with its index.
    pub(super) fn before(&self, at: usize) -> Option<(usize, &Token)> {
        let before = at.checked_sub(1)?;
        Some((before, self.tokens.get(before)?))
    }

    /// The word at this token, without tones and marks; empty where there is none.
    pub(super) fn plain(&self, at: usize) -> &str {
        self.get(at).map_or("", |token| &token.plain)
    }

    /// The digits at this token; empty where there are none.
    pub(super) fn digits(&self, at: usize) -> &str {
        self.get(at).filter(|token| token.kind == Kind::Number).map_or("", |token| &token.small)
    }

    pub(super) fn mark(&self, at: usize) -> Option<char> {
        match self.get(at)?.kind {
            Kind::Mark(c) => Some(c),
            _ => None,
        }
    }

    pub(super) fn is_word(&self, at: usize) -> bool {
        self.get(at).is_some_and(|token| token.kind == Kind::Word)
    }

    /// True where no letter of the text has a tone or mark.
    pub(super) fn is_unmarked(&self) -> bool {
        self.is_unmarked
    }

    /// True where nothing stands between this token and the one before it.
    pub(super) fn is_attached(&self, at: usize) -> bool {
        at > 0 && self.get(at).is_some_and(|token| token.gap == Gap::Nothing)
    }

    /// True where the word at this token is this one, given with its tones and marks; where the text was written
    /// without any, so is the word.
    pub(super) fn is(&self, at: usize, marked: &str) -> bool {
        let Some(token) = self.get(at) else { return false };
        token.small == marked || (self.is_unmarked && marked.chars().map(plain).eq(token.plain.chars()))
    }

    /// The first token of a phrase that ends at this one, its words given without tones and marks. Nothing but a
    /// space stands between them.
    pub(super) fn phrase_to(&self, at: usize, phrase: &str) -> Option<usize> {
        // Most phrases end in another word.
        let can_be = self.is_word(at) && phrase.ends_with(self.plain(at));
        if can_be { ending(at, phrase, |at, word| self.plain(at) == word) } else { None }
    }

    /// The same for a phrase with its tones and marks.
    pub(super) fn marked_phrase_to(&self, at: usize, phrase: &str) -> Option<usize> {
        ending(at, phrase, |at, word| self.is(at, word))
    }

    /// The last token of a phrase that begins at this one.
    pub(super) fn phrase_from(&self, at: usize, phrase: &str) -> Option<usize> {
        if !self.is_word(at) || !phrase.starts_with(self.plain(at)) {
            return None;
        }
        let last = at + phrase.bytes().filter(|byte| *byte == b' ').count();
        self.phrase_to(last, phrase).map(|_| last)
    }

    /// True where a sentence ends at this token: a stop with a space after it, and no abbreviation before.
    pub(super) fn is_sentence_end(&self, at: usize) -> bool {
        let after = self.get(at + 1).is_none_or(|next| next.gap != Gap::Nothing);
        match self.mark(at) {
            Some('!' | '?' | '…') => after,
            Some('.') => {
                // `TP.`, `tx.`, `ĐT.`, `Nguyễn Văn A.`
                let is_short = self.before(at).is_some_and(|(_, word)| {
                    word.kind == Kind::Word && (1..=2).contains(&word.small.chars().count())
                });
                after && !is_short
            }
            _ => false,
        }
    }
}

/// The first token of a phrase that ends at this one, by what is said to be each of its words.
fn ending(at: usize, phrase: &str, is: impl Fn(usize, &str) -> bool) -> Option<usize> {
    let mut first = None;
    for (back, word) in phrase.rsplit(' ').enumerate() {
        let here = at.checked_sub(back)?;
        if !is(here, word) {
            return None;
        }
        first = Some(here);
    }
    first
}

fn blank(kind: Kind, range: Range<usize>, gap: Gap) -> Token {
    Token { kind, range, gap, small: String::new(), plain: String::new(), is_capital: false, is_upper: false }
}

fn word(text: &str, range: Range<usize>, gap: Gap) -> Token {
    // What ends in an apostrophe is in quotes.
    let written = text.get(range.clone()).unwrap_or_default().trim_end_matches(is_apostrophe);
    let range = range.start..range.start + written.len();
    if written.len() > LONGEST_WORD {
        return blank(Kind::Word, range, gap);
    }
    // The capital eth and the African d look like the capital of đ, and older keyboards give them.
    let vietnamese = |c: char| if matches!(c, 'ð' | 'ɖ') { 'đ' } else { c };
    let is_written = |c: &char| !is_unseen(*c);
    let seen: String = written.chars().filter(is_written).collect();
    let composed: Vec<char> = small(&seen).into_iter().map(vietnamese).collect();
    let letters = || seen.chars().filter(|c| c.is_alphabetic());
    Token {
        small: composed.iter().collect(),
        plain: composed.iter().map(|c| plain(*c)).collect(),
        is_capital: letters().next().is_some_and(char::is_uppercase),
        is_upper: letters().count() > 1 && letters().all(char::is_uppercase),
        ..blank(Kind::Word, range, gap)
    }
}
