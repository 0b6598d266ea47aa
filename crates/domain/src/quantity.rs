//! What people type as a figure, and what it means.
//!
//! A text is a figure, nothing, or refused with one reason; where two readings are possible the person is
//! asked and nothing is guessed. The examples are of the Vietnamese style; the English one is its mirror image,
//! `1,234` a number and `1.234` asked about.

use crate::number::Style;
use crate::search::lowered;
use serde::{Deserialize, Serialize};

/// A reported figure: a whole number, 0 or more, below 2^63. Counts and đồng alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Quantity(i64);

/// Why a text is not a figure as it stands. `is_question` tells the ones that want an answer from the ones
/// that are plainly wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// `12,5`: a decimal number where whole numbers are counted.
    #[error("whole numbers only")]
    Fraction,
    /// `12.5`: the dot neither groups thousands nor is it the decimal sign. In English `1.234`: 1234 or one and
    /// a bit?
    #[error("the dot neither groups thousands nor separates decimals")]
    AskDot,
    /// `1,234`, `1,234,567`: grouped the English way, or one and a bit? In English `12,5`: the comma does not group
    /// thousands.
    #[error("the comma neither groups thousands nor separates decimals")]
    AskComma,
    /// `1..234`, `12.34.567`.
    #[error("the grouping is broken")]
    Grouping,
    /// `-5`, `+5`.
    #[error("a figure is 0 or more and carries no sign")]
    Sign,
    /// Anything but digits, `1e3`, `12 vụ`, `９`.
    #[error("digits 0 to 9 only")]
    NotDigits,
    /// `-` or `–` from a printed table: 0 or no figure?
    #[error("a dash may mean 0 or no figure")]
    AskDash,
    /// `…` from a printed table: not collected?
    #[error("an ellipsis may mean that there is no data yet")]
    AskEllipsis,
    /// 2^63 or more, or above what is plausible of this element.
    #[error("too large")]
    TooLarge,
    /// `1,23456789 triệu`: less than one đồng is left over.
    #[error("less than one đồng remains")]
    BelowOneDong,
}

impl QuantityError {
    /// True where the text has two sensible readings and the person is asked which.
    pub fn is_question(self) -> bool {
        matches!(self, Self::AskDot | Self::AskComma | Self::AskDash | Self::AskEllipsis)
    }
}

impl TryFrom<i64> for Quantity {
    type Error = QuantityError;
    fn try_from(value: i64) -> Result<Self, QuantityError> {
        if value < 0 { Err(QuantityError::Sign) } else { Ok(Self(value)) }
    }
}

impl From<Quantity> for i64 {
    fn from(q: Quantity) -> i64 {
        q.0
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// True for what takes no room and means nothing at the end of a text: zero-width spaces, marks of direction,
/// soft hyphens, byte-order marks. Chats, PDFs and web pages leave them in what is copied.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// The text without the spaces of any kind, and the characters that nobody sees, at its ends.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_unseen(c))
}

impl Quantity {
    /// The number.
    pub fn get(self) -> i64 {
        self.0
    }

    /// Reads a count. `Ok(None)` is an empty field, which is not zero. What nobody sees is ignored at the ends;
    /// inside a number it is refused, since it may have parted two.
    pub fn parse(text: &str, style: Style) -> Result<Option<Self>, QuantityError> {
        let text = trimmed(text);
        match text {
            "" => return Ok(None),
            "-" | "–" | "—" => return Err(QuantityError::AskDash),
            "..." | "…" => return Err(QuantityError::AskEllipsis),
            _ => {}
        }
        if text.starts_with(['-', '+', '−', '–']) {
            return Err(QuantityError::Sign);
        }
        if !text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',' || is_space(c)) {
            return Err(QuantityError::NotDigits);
        }
        if let Some((whole, decimals)) = text.split_once(style.decimal()) {
            let is_group = |group: &str| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit());
            let plain = decimals.split(style.decimal()).all(is_group);
            let short = !whole.is_empty() && whole.len() <= 3 && whole.bytes().all(|b| b.is_ascii_digit());
            return Err(if plain && short { ask(style.decimal()) } else { QuantityError::Fraction });
        }
        ungroup(text, style).map(|n| Some(Self(n)))
    }

    /// Reads an amount of đồng: as a count, or a number with a word of scale (`1,5 tỷ`).
    pub fn parse_money(text: &str, style: Style) -> Result<Option<Self>, QuantityError> {
        let lower = lowered(trimmed(text));
        let amount =
            lower.strip_suffix("đồng").or_else(|| lower.strip_suffix("dong")).unwrap_or(&lower).trim_end();
        let scales = [
            (&["tỷ", "tỉ", "ty"][..], 9),
            (&["triệu", "trieu", "tr"][..], 6),
            (&["nghìn", "nghin", "ngàn", "ngan"][..], 3),
        ];
        for (words, zeros) in scales {
            for word in words {
                if let Some(number) = amount.strip_suffix(word) {
                    return scaled(number.trim(), zeros, style).map(|n| Some(Self(n)));
                }
            }
        }
        Self::parse(amount, style)
    }
}

/// The question about a mark that may be read in two ways.
fn ask(mark: char) -> QuantityError {
    if mark == '.' { QuantityError::AskDot } else { QuantityError::AskComma }
}

/// A whole number in groups of three after the style's mark or spaces, or without any grouping.
fn ungroup(text: &str, style: Style) -> Result<i64, QuantityError> {
    let groups: Vec<&str> = text.split(|c: char| c == style.group() || is_space(c)).collect();
    let (first, rest) = groups.split_first().expect("split yields at least one part");
    if groups.iter().any(|g| g.is_empty()) || (!rest.is_empty() && first.len() > 3) {
        return Err(QuantityError::Grouping);
    }
    if rest.iter().any(|g| g.len() != 3) {
        let single_mark = rest.len() == 1 && text.contains(style.group());
        return Err(if single_mark { ask(style.group()) } else { QuantityError::Grouping });
    }
    let digits: String = groups.concat();
    digits.parse().map_err(|_| QuantityError::TooLarge)
}

/// `number`, which may have decimals, times ten to the power of `zeros`, exactly.
fn scaled(number: &str, zeros: usize, style: Style) -> Result<i64, QuantityError> {
    let (whole, decimals) = number.split_once(style.decimal()).unwrap_or((number, ""));
    if whole.starts_with(['-', '+', '−']) {
        return Err(QuantityError::Sign);
    }
    if !decimals.bytes().all(|b| b.is_ascii_digit())
        || !whole.chars().all(|c| c.is_ascii_digit() || c == style.group() || is_space(c))
    {
        return Err(QuantityError::NotDigits);
    }
    let whole = i128::from(ungroup(whole, style)?);
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > zeros {
        return Err(QuantityError::BelowOneDong);
    }
    let fraction: i128 = format!("{decimals:0<zeros$}").parse().unwrap_or(0);
    i64::try_from(whole * 10_i128.pow(zeros as u32) + fraction).map_err(|_| QuantityError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> Result<Option<i64>, QuantityError> {
        Quantity::parse(text, Style::Vietnamese).map(|q| q.map(Quantity::get))
    }

    #[test]
    fn counts_are_read_as_the_table_says() {
        for (text, value) in [
            ("1234", 1234),
            ("1.234", 1234),
            ("1.234.567", 1_234_567),
            ("1 234", 1234),
            ("1\u{a0}234", 1234),
            ("0", 0),
            ("03", 3),
            ("007", 7),
            ("9007199254740993", 9_007_199_254_740_993),
            ("9223372036854775807", i64::MAX),
        ] {
            assert_eq!(count(text), Ok(Some(value)), "{text}");
        }
        assert_eq!(count("  "), Ok(None));
    }

    #[test]
    fn other_texts_are_refused_or_asked() {
        use QuantityError::{
            AskComma, AskDash, AskDot, AskEllipsis, Fraction, Grouping, NotDigits, Sign, TooLarge,
        };
        for (text, why) in [
            ("12,5", Fraction),
            ("12.5", AskDot),
            ("1.23", AskDot),
            ("1.2345", AskDot),
            ("1,234", AskComma),
            ("1,234,567", AskComma),
            ("1,234,56", Fraction),
            ("12.34.567", Grouping),
            ("1..234", Grouping),
            ("-5", Sign),
            ("+5", Sign),
            ("1e3", NotDigits),
            ("0x10", NotDigits),
            ("12 vụ", NotDigits),
            ("½", NotDigits),
            ("９", NotDigits),
            ("٣", NotDigits),
            ("-", AskDash),
            ("–", AskDash),
            ("...", AskEllipsis),
            ("…", AskEllipsis),
            ("9223372036854775808", TooLarge),
        ] {
            assert_eq!(count(text), Err(why), "{text}");
        }
    }

    #[test]
    fn what_nobody_sees_is_ignored_at_the_ends_and_refused_inside() {
        for unseen in
            ['\u{200b}', '\u{200f}', '\u{2060}', '\u{feff}', '\u{ad}', '\u{202a}', '\u{202e}', '\u{2069}']
        {
            let name = unseen.escape_unicode();
            assert_eq!(count(&format!("{unseen}1.234{unseen}\u{a0}{unseen}")), Ok(Some(1234)), "{name}");
            assert_eq!(count(&format!("1{unseen}234")), Err(QuantityError::NotDigits), "{name}");
            assert_eq!(count(&format!("{unseen} {unseen}")), Ok(None), "{name}");
            let money = Quantity::parse_money(&format!("{unseen}1,5 tỷ{unseen}"), Style::Vietnamese);
            assert_eq!(money.map(|q| q.map(Quantity::get)), Ok(Some(1_500_000_000)), "{name}");
        }
    }

    #[test]
    fn money_takes_words_of_scale() {
        for (text, value) in [
            ("1,5 tỷ", 1_500_000_000),
            ("1,5 ty", 1_500_000_000),
            ("250 triệu", 250_000_000),
            ("2,75 triệu đồng", 2_750_000),
            ("12 nghìn", 12_000),
            ("0,0000001 tỷ", 100),
            ("1.500 tỷ", 1_500_000_000_000),
            ("5.000.000", 5_000_000),
        ] {
            let amount = Quantity::parse_money(text, Style::Vietnamese);
            assert_eq!(amount.map(|q| q.map(Quantity::get)), Ok(Some(value)), "{text}");
        }
        let odd = Quantity::parse_money("1,23456789 triệu", Style::Vietnamese);
        assert_eq!(odd, Err(QuantityError::BelowOneDong));
    }

    #[test]
    fn english_is_read_the_other_way_round() {
        use QuantityError::{AskComma, AskDot, Fraction, Grouping};
        let count = |text| Quantity::parse(text, Style::English).map(|q| q.map(Quantity::get));
        for (text, read) in [
            ("1,033", Ok(Some(1033))),
            ("1,234,567", Ok(Some(1_234_567))),
            ("1 234", Ok(Some(1234))),
            ("1.234", Err(AskDot)),
            ("12.5", Err(Fraction)),
            ("1.234.567", Err(AskDot)),
            ("12,5", Err(AskComma)),
            ("1,,234", Err(Grouping)),
            ("1.234.567", Err(AskDot)),
        ] {
            assert_eq!(count(text), read, "{text}");
        }
        let money = |text| Quantity::parse_money(text, Style::English).map(|q| q.map(Quantity::get));
        assert_eq!(money("1.5 tỷ"), Ok(Some(1_500_000_000)));
        assert_eq!(money("1,500 tỷ"), Ok(Some(1_500_000_000_000)));
        assert_eq!(money("1,5 tỷ"), Err(AskComma));
    }

    proptest::proptest! {
        #[test]
        fn what_is_printed_is_read_as_the_same_number_or_asked_about(n in 0i64.., is_english: bool) {
            let styles = [Style::Vietnamese, Style::English];
            let (own, other) = (styles[usize::from(is_english)], styles[usize::from(!is_english)]);
            let printed = crate::number::grouped(n.into(), own);
            proptest::prop_assert_eq!(Quantity::parse(&printed, own), Ok(Some(Quantity(n))));
            let elsewhere = Quantity::parse(&printed, other);
            proptest::prop_assert!(elsewhere.is_err() || elsewhere == Ok(Some(Quantity(n))));
        }
    }
}
