//! Numbers of persons: citizen, phone, licence, card, account.

use super::beside::{Phrases, Said, is_counted, is_money};
use super::kind::PersonalData;
use super::text::{Gap, Kind, Text};
use std::ops::{Range, RangeInclusive};

/// Digits of the longest number that is looked for, and of the shortest.
const MOST_DIGITS: usize = 20;
const LEAST_DIGITS: usize = 6;
/// Groups that one number is written in at most: `+84 (0) 912 34 56 78`.
const MOST_GROUPS: usize = 7;
/// A group that is a number of its own, whatever it is joined to.
const OWN_NUMBER: usize = 9;

const CITIZEN: usize = 12;
/// Digits of the identity card before 2016, and of a citizen number whose zeros a table dropped.
const OLD_CITIZEN: usize = 9;
const LICENCE: usize = 12;
/// The highest code of a province in a citizen number; all of them begin with 0.
const LAST_PROVINCE: u32 = 96;
/// Years of birth that a citizen number of somebody alive has: from 1920 in the 20th century, to 2040 in the next.
const FIRST_YEAR: u32 = 20;
const LAST_YEAR: u32 = 40;

/// Digits of a card's number.
const CARD: RangeInclusive<usize> = 13..=19;
/// Digits of an account where it is called so, and where only a bank is named.
const ACCOUNT: RangeInclusive<usize> = 6..=19;
const BANK_ACCOUNT: RangeInclusive<usize> = 8..=19;

/// What stands before a group of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Separator {
    Nothing,
    Space,
    Dot,
    Dash,
    Bracket,
}

/// Digits with something between them, as one number may be written.
struct Groups {
    /// The token of each, how many digits it has, and what stands before it.
    all: Vec<(usize, usize, Separator)>,
    digits: String,
}

/// The number that begins at this token: what it looks like, and its last token.
pub(super) fn at(phrases: &Phrases<'_>, first: usize) -> Option<(PersonalData, usize)> {
    if !can_begin(phrases, first) {
        return None;
    }
    let groups = Groups::from(phrases.text, first);
    if groups.digits.len() < LEAST_DIGITS {
        return None;
    }
    let said_before = phrases.before(first);
    // The longest first: what follows after a space may belong to it or not.
    (1..=groups.all.len()).rev().find_map(|count| {
        let number = Number::new(phrases, &groups, count, said_before)?;
        Some((number.kind()?, number.last))
    })
}

/// True where a number may begin: not within a word, a longer number or a decimal one.
fn can_begin(phrases: &Phrases<'_>, first: usize) -> bool {
    let text = phrases.text;
    let length = text.digits(first).len();
    if length == 0 {
        return false;
    }
    let Some((here, token)) = text.before(first).filter(|_| text.is_attached(first)) else { return true };
    match token.kind {
        // `SĐT0912345678`, and not `H31` or `z5234567890123`.
        Kind::Word => phrases.said_at(here).is_some() || token.plain == "so",
        Kind::Mark('.' | '-' | '–') if text.is_attached(here) => {
            let joined = here.checked_sub(1).map_or(0, |at| text.digits(at).len());
            joined == 0 || joined >= OWN_NUMBER || length > OWN_NUMBER
        }
        _ => true,
    }
}

impl Groups {
    fn from(text: &Text, first: usize) -> Self {
        let mut groups = Self { all: Vec::new(), digits: String::new() };
        let mut next = Some((first, Separator::Nothing));
        while let Some((at, separator)) = next {
            let digits = text.digits(at);
            if groups.digits.len() + digits.len() > MOST_DIGITS || groups.all.len() == MOST_GROUPS {
                break;
            }
            groups.digits.push_str(digits);
            groups.all.push((at, digits.len(), separator));
            next = joined(text, at);
        }
        groups
    }
}

/// The group of digits that follows on this one, and what is between them.
fn joined(text: &Text, at: usize) -> Option<(usize, Separator)> {
    let next = at + 1;
    let gap = text.get(next)?.gap;
    if !text.digits(next).is_empty() {
        return (gap == Gap::Space).then_some((next, Separator::Space));
    }
    let after = text.get(next + 1)?;
    let is_number = after.kind == Kind::Number;
    let found = match text.mark(next)? {
        '.' | '·' if gap == Gap::Nothing && after.gap == Gap::Nothing => Separator::Dot,
        '-' | '–' | '\u{2010}' | '\u{2011}' | '−' if gap == after.gap && gap <= Gap::Space => {
            Separator::Dash
        }
        '(' if gap <= Gap::Space && after.gap == Gap::Nothing => Separator::Bracket,
        ')' if gap == Gap::Nothing && after.gap <= Gap::Space => {
            // `(0221)-3862456`
            let is_marked = matches!(text.mark(next + 1), Some('-' | '.')) && text.is_attached(next + 2);
            let end = if is_marked { next + 2 } else { next + 1 };
            return (!text.digits(end).is_empty()).then_some((end, Separator::Bracket));
        }
        _ => return None,
    };
    is_number.then_some((next + 1, found))
}

/// The first groups of a run of them, taken as one number.
struct Number<'a> {
    text: &'a Text,
    digits: &'a str,
    groups: &'a [(usize, usize, Separator)],
    first: usize,
    last: usize,
    said: Option<Said>,
}

impl<'a> Number<'a> {
    /// None where the number goes on behind these groups.
    fn new(phrases: &Phrases<'a>, all: &'a Groups, count: usize, said_before: Option<Said>) -> Option<Self> {
        let groups = all.all.get(..count)?;
        let (first, last) = (groups.first()?.0, groups.last()?.0);
        let length = groups.iter().map(|(_, length, _)| length).sum();
        if length < LEAST_DIGITS {
            return None;
        }
        let said = said_before.or_else(|| phrases.after(last));
        let number =
            Self { text: phrases.text, digits: all.digits.get(..length)?, groups, first, last, said };
        number.ends().then_some(number)
    }

    fn ends(&self) -> bool {
        let next = self.last + 1;
        if !self.text.is_attached(next) {
            return true;
        }
        if self.text.is_word(next) {
            return false;
        }
        if self.text.mark(next) == Some('/') {
            // `0912345678/BC-CAT`: a document's number, unless something else is said.
            let is_symbol = self.text.is_attached(next + 1) && self.text.is_word(next + 1);
            return !is_symbol || self.said.is_some_and(|said| said != Said::Document);
        }
        if self.text.mark(next) == Some(',') {
            let is_decimal = self.text.is_attached(next + 1) && !self.text.digits(next + 1).is_empty();
            return !is_decimal || self.digits.starts_with('0');
        }
        let Some((after, separator)) = joined(self.text, self.last) else { return true };
        let is_other_separator = self.groups.len() > 1 && !self.separators().any(|used| used == separator);
        is_other_separator || self.text.digits(after).len() >= OWN_NUMBER
    }

    fn separators(&self) -> impl Iterator<Item = Separator> {
        self.groups.iter().skip(1).map(|(_, _, separator)| *separator)
    }

    fn lengths(&self) -> impl Iterator<Item = usize> {
        self.groups.iter().map(|(_, length, _)| *length)
    }

    fn kind(&self) -> Option<PersonalData> {
        if self.is_phone() {
            return Some(PersonalData::Phone);
        }
        if self.said == Some(Said::Licence) && self.digits.len() == LICENCE && self.is_even() {
            return Some(PersonalData::Licence);
        }
        if self.is_citizen() {
            return Some(PersonalData::CitizenNumber);
        }
        (self.is_card() || self.is_account()).then_some(PersonalData::BankCard)
    }

    /// True where the digits are in one group, or in groups of three to six with the same between them all.
    fn is_even(&self) -> bool {
        let mut separators = self.separators();
        let Some(first) = separators.next() else { return true };
        first != Separator::Bracket
            && separators.all(|separator| separator == first)
            && (self.lengths().all(|length| (3..=6).contains(&length))
                // Province, century, year, and the rest.
                || self.lengths().eq([3, 1, 2, 6]))
    }

    fn is_citizen(&self) -> bool {
        if !(OLD_CITIZEN..=CITIZEN).contains(&self.digits.len()) || !self.is_even() {
            return false;
        }
        let is_citizen = match self.said {
            // `cấp 123.456.789 thẻ căn cước`
            Some(Said::Citizen) => !(self.is_amount() && is_counted(self.text, self.last)),
            // The tax number of a person is the citizen number.
            None | Some(Said::Phone | Said::Tax | Said::Amount | Said::Licence | Said::Card) => {
                is_citizen_number(self.digits)
            }
            Some(Said::Account | Said::Bank | Said::Document) => false,
        };
        is_citizen && !is_money(self.text, self.last)
    }

    fn is_phone(&self) -> bool {
        if matches!(self.said, Some(Said::Account | Said::Bank | Said::Tax | Said::Document)) {
            return false;
        }
        let is_said = self.said == Some(Said::Phone);
        let has_plus = self.text.before(self.first).is_some_and(|(_, token)| token.kind == Kind::Mark('+'));
        let abroad = self.digits.strip_prefix("0084").or_else(|| {
            let rest = self.digits.strip_prefix("84")?;
            (has_plus || (is_said && self.digits.len() >= 11)).then_some(rest)
        });
        let is_national = match (abroad, self.digits.strip_prefix('0')) {
            (Some(rest), _) => is_subscriber(rest.strip_prefix('0').unwrap_or(rest)),
            (None, Some(rest)) => is_subscriber(rest) || (is_said && is_former_mobile(rest)),
            // A table dropped the zero.
            (None, None) => is_said && is_mobile(self.digits),
        };
        let is_amount = || !self.digits.starts_with('0') && is_money(self.text, self.last);
        is_national && (is_said || abroad.is_some() || self.is_grouped_as_phone()) && !is_amount()
    }

    /// `09 12 34 56 78` may be figures one after another, `03.05.2024 12` a date; `0912 34 56 78` is neither.
    fn is_grouped_as_phone(&self) -> bool {
        let first = self.lengths().next().unwrap_or_default();
        let is_landline = self.digits.starts_with("02");
        let shortest = self.lengths().min().unwrap_or_default();
        let has_year = matches!(self.digits.get(2..4), Some("19" | "20"));
        let is_halved = self.lengths().eq([2, 4, 4]) && !has_year;
        // `0.912.345.678`: no amount begins with 0.
        let is_dotted =
            self.lengths().eq([1, 3, 3, 3]) && self.separators().all(|used| used == Separator::Dot);
        let is_parted = first > 2 && (shortest > 1 || is_landline) && self.groups.len() <= 5;
        is_parted || is_halved || is_dotted
    }

    fn is_card(&self) -> bool {
        let is_length = CARD.contains(&self.digits.len()) && self.is_even();
        let is_card = match self.said {
            Some(Said::Card) => true,
            Some(Said::Document | Said::Tax | Said::Amount) => false,
            _ => is_scheme(self.digits) && passes_luhn(self.digits),
        };
        is_length && is_card && !is_money(self.text, self.last)
    }

    fn is_account(&self) -> bool {
        let is_account = match self.said {
            Some(Said::Account) => ACCOUNT.contains(&self.digits.len()),
            Some(Said::Bank) => {
                BANK_ACCOUNT.contains(&self.digits.len()) && !self.is_amount() && !self.is_date()
            }
            _ => false,
        };
        is_account && !is_money(self.text, self.last) && !self.is_of_treasury()
    }

    /// `1.500.000.000`
    fn is_amount(&self) -> bool {
        let first = self.lengths().next().unwrap_or_default();
        self.groups.len() > 1
            && first <= 3
            && !self.digits.starts_with('0')
            && self.lengths().skip(1).all(|length| length == 3)
    }

    /// `20261115`, `15.11.2026`
    fn is_date(&self) -> bool {
        let part = |range: Range<usize>| self.digits.get(range).and_then(|part| part.parse::<u32>().ok());
        let is_date = |year: Range<usize>, month: Range<usize>| {
            part(year).is_some_and(|year| (1900..2100).contains(&year))
                && part(month).is_some_and(|month| (1..=12).contains(&month))
        };
        self.digits.len() == 8 && (is_date(0..4, 4..6) || is_date(4..8, 2..4))
    }

    /// An agency's account at the treasury is nobody's.
    fn is_of_treasury(&self) -> bool {
        const REACH: usize = 6;
        let around = self.first.saturating_sub(REACH)..self.last + 1 + REACH;
        around
            .into_iter()
            .any(|at| matches!(self.text.plain(at), "kbnn") || self.text.phrase_from(at, "kho bac").is_some())
    }
}

/// Province, century and sex, year, six digits more.
fn is_citizen_number(digits: &str) -> bool {
    let part = |range: Range<usize>| digits.get(range).and_then(|part| part.parse::<u32>().ok());
    let (Some(province), Some(century), Some(year)) = (part(0..3), part(3..4), part(4..6)) else {
        return false;
    };
    let is_born = match century {
        0 | 1 => year >= FIRST_YEAR,
        2 | 3 => year <= LAST_YEAR,
        _ => false,
    };
    digits.len() == CITIZEN && (1..=LAST_PROVINCE).contains(&province) && is_born
}

/// A number as it is dialled within the country, without its 0.
fn is_subscriber(digits: &str) -> bool {
    is_mobile(digits) || (digits.len() == 10 && digits.starts_with('2'))
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 9 && digits.starts_with(['3', '5', '7', '8', '9'])
}

/// Eleven digits with their 0, until 2018.
fn is_former_mobile(digits: &str) -> bool {
    digits.len() == 10 && digits.starts_with('1')
}

/// True where a card scheme has numbers that begin so and are so long.
fn is_scheme(digits: &str) -> bool {
    let head =
        |length: usize| digits.get(..length).and_then(|head| head.parse::<u32>().ok()).unwrap_or_default();
    match digits.len() {
        13 => head(1) == 4,
        15 => matches!(head(2), 34 | 37),
        16 => {
            matches!(head(1), 4)
                || matches!(head(2), 51..=55 | 62 | 65)
                || matches!(head(4), 2221..=2720 | 3528..=3589 | 6011 | 9704)
        }
        17 | 18 => head(2) == 62,
        19 => head(1) == 4 || head(2) == 62 || head(4) == 9704,
        _ => false,
    }
}

/// The check digit of bank cards.
fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(nth, digit)| match digit * 2 {
            _ if nth % 2 == 0 => digit,
            double if double > 9 => double - 9,
            double => double,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_has_its_check_digit() {
        assert!(passes_luhn("4111111111111111"));
        assert!(!passes_luhn("4111111111111112"));
    }

    #[test]
    fn a_citizen_number_has_a_province_and_a_year() {
        for (digits, is_one) in [
            ("033085001234", true),
            ("096340001234", true),
            ("000085001234", false),
            ("097085001234", false),
            ("033485001234", false),
            ("033019001234", false),
            ("03308500123", false),
        ] {
            assert_eq!(is_citizen_number(digits), is_one, "{digits}");
        }
    }
}
