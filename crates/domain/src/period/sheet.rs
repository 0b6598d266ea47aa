//! Periods as spreadsheets leave them.
//!
//! Excel takes `2024-05` for a date, when it is typed and when a CSV is opened by a double click. The cell then
//! holds 1 May 2024 and is saved again as it is shown: `May-24` in English, `Thg5-24` in Vietnamese, and with
//! another format of the cell `01/05/2024`, `5/1/2024`, `2024-05-01` or the number of the day, 45413. Years,
//! halves and quarters are left alone. So a date that stands for a period is always the first of a month, and
//! that tells day from month: of 05/01/2024 only 1 May can have come from a period.

use super::{PeriodId, YEARS};
use crate::quantity::trimmed;
use crate::search::fold;
use chrono::{Datelike, Days, NaiveDate};

/// Why a text of a sheet is not a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SheetPeriodError {
    /// `2024-13`, `31/06/2024`: there is no such month or day.
    #[error("there is no such month or day")]
    NoSuchDay,
    /// `31/05/2024`, `May-5`, `24-May`: a date, and no period can have become it.
    #[error("a date that is not the first day of a month")]
    OtherDate,
    /// `05/01/01`: the first day of more than one month, by who reads it.
    #[error("the text names more than one month")]
    TwoReadings,
    /// Anything else.
    #[error("not a period")]
    NotAPeriod,
}

/// Longer texts are no periods in any notation.
const LONGEST: usize = 64;

/// Months in words, as Excel writes `mmmm` in Vietnamese; without marks, longer ones first.
const WORDS: [(&[&str], u8); 13] = [
    (&["muoi", "mot"], 11),
    (&["muoi", "hai"], 12),
    (&["mot"], 1),
    (&["gieng"], 1),
    (&["hai"], 2),
    (&["ba"], 3),
    (&["tu"], 4),
    (&["nam"], 5),
    (&["sau"], 6),
    (&["bay"], 7),
    (&["tam"], 8),
    (&["chin"], 9),
    (&["muoi"], 10),
];

const ENGLISH: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A run of digits or letters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Number(&'a str),
    Word(&'a str),
}

/// A part of a date.
#[derive(Clone, Copy)]
enum Part<'a> {
    /// A month by its name. True where the name is the single letter of `T5`, which is also short for a
    /// weekday.
    Month(u8, bool),
    Number(&'a str),
}

impl PeriodId {
    /// Reads a period from a cell of a sheet: as it is written, or as a spreadsheet has changed it where only one
    /// period can have become that text.
    pub fn parse_from_sheet(text: &str) -> Result<Self, SheetPeriodError> {
        let text = trimmed(text);
        if let Ok(period) = text.parse() {
            return Ok(period);
        }
        if text.len() > LONGEST {
            return Err(SheetPeriodError::NotAPeriod);
        }
        // Word processors turn a hyphen into another dash.
        let plain = fold(&text.replace(['\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2212}'], "-"));
        if let Ok(period) = plain.to_ascii_uppercase().parse() {
            return Ok(period);
        }
        let (tokens, separators) = tokens(without_midnight(&plain)).ok_or(SheetPeriodError::NotAPeriod)?;
        let parts = parts(&tokens)?;
        match parts.as_slice() {
            [Part::Number(serial)] => of_serial(serial),
            [Part::Number(a), Part::Number(b)] if ["-", "/"].contains(&separators.as_str()) => month_of(a, b),
            [Part::Number(a), Part::Number(b), Part::Number(c)]
                if ["--", "//", ".."].contains(&separators.as_str()) =>
            {
                of_numbers(a, b, c)
            }
            [Part::Month(month, letter), Part::Number(year)] => match (full_year(year), short_year(year)) {
                (Some(year), _) => Ok(Self::Month(year, *month)),
                (None, Some(year)) if !letter => Ok(Self::Month(year, *month)),
                _ => Err(SheetPeriodError::OtherDate),
            },
            [Part::Number(year), Part::Month(month, _)] => {
                full_year(year).map(|year| Self::Month(year, *month)).ok_or(SheetPeriodError::OtherDate)
            }
            [Part::Number(day), Part::Month(month, _), Part::Number(year)] => {
                match (full_year(day), full_year(year).or_else(|| short_year(year))) {
                    (Some(first), _) => first_day(first, *month, number(year)),
                    (None, Some(year)) => first_day(year, *month, number(day)),
                    (None, None) => Err(SheetPeriodError::NotAPeriod),
                }
            }
            [Part::Month(month, _), Part::Number(day), Part::Number(year)] => {
                let year = full_year(year).ok_or(SheetPeriodError::NotAPeriod)?;
                first_day(year, *month, number(day))
            }
            _ => Err(SheetPeriodError::NotAPeriod),
        }
    }
}

/// A date's hour, where a program wrote one: it is midnight then, and says nothing.
fn without_midnight(text: &str) -> &str {
    const MIDNIGHT: [&str; 10] = [
        "00:00",
        "0:00",
        "00:00:00",
        "0:00:00",
        "00:00:00.000",
        "00:00:00z",
        "12:00 am",
        "12:00:00 am",
        "12:00 sa",
        "12:00:00 sa",
    ];
    let Some(colon) = text.find(':') else { return text };
    let head = text[..colon].trim_end_matches(|c: char| c.is_ascii_digit());
    let date = head.strip_suffix([' ', 't']).map(str::trim_end);
    date.filter(|_| MIDNIGHT.contains(&&text[head.len()..])).unwrap_or(text)
}

/// Runs of digits and of letters, and the marks between them in order. None where anything else is there, two
/// marks follow each other, or a letter follows a digit.
fn tokens(text: &str) -> Option<(Vec<Token<'_>>, String)> {
    let mut tokens = Vec::new();
    let mut marks = String::new();
    let mut rest = text;
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let letters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_lowercase()).len();
        let token = if digits > 0 { Token::Number(&rest[..digits]) } else { Token::Word(&rest[..letters]) };
        if digits + letters == 0 || tokens.len() == 8 {
            return None;
        }
        tokens.push(token);
        rest = &rest[digits + letters..];
        if rest.is_empty() {
            return Some((tokens, marks));
        }
        let after = rest.trim_start_matches(' ');
        let (mark, next) = match after.strip_prefix(['-', '/', '.', ',']) {
            Some(next) => (after.chars().next(), next.trim_start_matches(' ')),
            None => (None, after),
        };
        marks.extend(mark);
        if next.len() == rest.len() && digits > 0 {
            return None;
        }
        rest = next;
    }
}

/// Puts the words of a month together: `thg 5`, `tháng mười một`, `may`. "Ngày" and "năm" around the numbers
/// are left out.
fn parts<'a>(tokens: &[Token<'a>]) -> Result<Vec<Part<'a>>, SheetPeriodError> {
    let mut parts = Vec::new();
    let mut rest = tokens;
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            Token::Number(number) => parts.push(Part::Number(number)),
            Token::Word("ngay") if parts.is_empty() => {}
            Token::Word("nam") if matches!(parts.last(), Some(Part::Month(..))) => {}
            Token::Word(word @ ("thang" | "thg" | "t")) => {
                if let [Token::Number(nth), after @ ..] = after {
                    let month = number(nth).filter(|n| (1..=12).contains(n) && nth.len() <= 2);
                    let month = month.ok_or(SheetPeriodError::NoSuchDay)?;
                    parts.push(Part::Month(month as u8, *word == "t"));
                    rest = after;
                } else {
                    let starts = |words: &[&str]| {
                        let mut pairs = words.iter().zip(after);
                        words.len() <= after.len() && pairs.all(|(w, t)| *t == Token::Word(w))
                    };
                    let found = WORDS.iter().find(|(words, _)| starts(words));
                    let (words, month) = found.ok_or(SheetPeriodError::NotAPeriod)?;
                    parts.push(Part::Month(*month, false));
                    rest = &after[words.len()..];
                }
            }
            Token::Word(word) => {
                let short = word.len() == 3 || *word == "sept";
                let month = ENGLISH.iter().position(|name| name == word || short && name.starts_with(word));
                let month = month.ok_or(SheetPeriodError::NotAPeriod)?;
                parts.push(Part::Month(month as u8 + 1, false));
            }
        }
    }
    Ok(parts)
}

fn number(digits: &str) -> Option<u32> {
    digits.parse().ok().filter(|_| digits.len() <= 5)
}

fn full_year(digits: &str) -> Option<i16> {
    digits.parse().ok().filter(|year| digits.len() == 4 && YEARS.contains(year))
}

/// `24` as 2024: a plan's periods lie in this century.
fn short_year(digits: &str) -> Option<i16> {
    digits.parse::<i16>().ok().filter(|_| digits.len() == 2).map(|year| 2000 + year)
}

/// A month where `day` is the first.
fn first_day(year: i16, month: u8, day: Option<u32>) -> Result<PeriodId, SheetPeriodError> {
    match day.and_then(|day| NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), day)) {
        Some(date) if date.day() == 1 => Ok(PeriodId::Month(year, month)),
        Some(_) => Err(SheetPeriodError::OtherDate),
        None => Err(SheetPeriodError::NoSuchDay),
    }
}

/// `2024-5`, `5/2024`.
fn month_of(a: &str, b: &str) -> Result<PeriodId, SheetPeriodError> {
    let (year, month) = match (full_year(a), full_year(b)) {
        (Some(year), None) => (year, b),
        (None, Some(year)) => (year, a),
        (None, None) if a.len() <= 2 && b.len() <= 2 => return Err(SheetPeriodError::OtherDate),
        _ => return Err(SheetPeriodError::NotAPeriod),
    };
    match month.parse() {
        Ok(nth @ 1..=12) if month.len() <= 2 => Ok(PeriodId::Month(year, nth)),
        _ => Err(SheetPeriodError::NoSuchDay),
    }
}

/// A date in numbers, in any order that is in use: of all that it can mean, the first days of months.
fn of_numbers(a: &str, b: &str, c: &str) -> Result<PeriodId, SheetPeriodError> {
    let date = |year: Option<i16>, month: &str, day: &str| {
        let (month, day) = (number(month)?, number(day)?);
        NaiveDate::from_ymd_opt(i32::from(year?), month, day)
    };
    let readings = if let Some(year) = full_year(a) {
        [date(Some(year), b, c), None, None]
    } else {
        let year = full_year(c).or_else(|| short_year(c));
        [date(year, b, a), date(year, a, b), date(short_year(a), b, c)]
    };
    let mut firsts = readings.into_iter().flatten().filter(|date| date.day() == 1);
    let Some(first) = firsts.next() else {
        let is_date = readings.iter().any(Option::is_some);
        return Err(if is_date { SheetPeriodError::OtherDate } else { SheetPeriodError::NoSuchDay });
    };
    if firsts.any(|other| other != first) {
        return Err(SheetPeriodError::TwoReadings);
    }
    // With the year first and short, the order is a guess; it only tells that another order is one too.
    if readings[0] != Some(first) && readings[1] != Some(first) {
        return Err(SheetPeriodError::OtherDate);
    }
    Ok(PeriodId::Month(first.year() as i16, first.month() as u8))
}

/// The number of a day as Excel counts, 1 January 1900 being 1 and 29 February 1900 counted in. The other count,
/// from 1904, puts the first of a month on the last day of another and is refused with it.
fn of_serial(digits: &str) -> Result<PeriodId, SheetPeriodError> {
    let date = number(digits)
        .filter(|_| digits.len() == 5)
        .and_then(|days| NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(u64::from(days))));
    let date = date.filter(|date| YEARS.contains(&(date.year() as i16)));
    let date = date.ok_or(SheetPeriodError::NotAPeriod)?;
    first_day(date.year() as i16, date.month() as u8, Some(date.day()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHORT: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    #[test]
    fn what_a_spreadsheet_makes_of_a_month_reads_as_that_month() {
        for (text, month) in [
            ("May-24", "2024-05"),
            ("Nov-26", "2026-11"),
            ("Thg5-24", "2024-05"),
            ("thg 5-24", "2024-05"),
            ("Tháng 5-24", "2024-05"),
            ("Tha\u{301}ng 5-24", "2024-05"),
            ("Tháng Năm 2024", "2024-05"),
            ("Tháng Mười Một 2024", "2024-11"),
            ("tháng 5 năm 2024", "2024-05"),
            ("01 Tháng Năm 2024", "2024-05"),
            ("ngày 01 tháng 5 năm 2024", "2024-05"),
            ("T5/2024", "2024-05"),
            ("May 1, 2024", "2024-05"),
            ("01-Sept-2024", "2024-09"),
            ("01/05/2024", "2024-05"),
            ("05/01/2024", "2024-05"),
            ("01/01/2024", "2024-01"),
            ("01.05.2024", "2024-05"),
            ("01/05/24", "2024-05"),
            ("2024-1", "2024-01"),
            ("1/2024", "2024-01"),
            ("01/2024", "2024-01"),
            ("2024/05", "2024-05"),
            ("2024-01-01", "2024-01"),
            ("2024-05-01 00:00:00", "2024-05"),
            ("2024-05-01T00:00:00", "2024-05"),
            ("5/1/2024 12:00:00 AM", "2024-05"),
            ("45292", "2024-01"),
            ("\u{200b}\u{a0}May-24 ", "2024-05"),
            ("2024\u{2011}05", "2024-05"),
            ("2021\u{2013}2025", "2021-2025"),
            ("2024-q3", "2024-Q3"),
            ("2024", "2024"),
        ] {
            let read = PeriodId::parse_from_sheet(text).map(|period| period.to_string());
            assert_eq!(read.as_deref(), Ok(month), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused_for_what_they_are() {
        use SheetPeriodError::{NoSuchDay, NotAPeriod, OtherDate, TwoReadings};
        for (text, why) in [
            ("2024-13", NoSuchDay),
            ("2024-00", NoSuchDay),
            ("13/2024", NoSuchDay),
            ("Thg13-24", NoSuchDay),
            ("31/06/2024", NoSuchDay),
            ("31/05/2024", OtherDate),
            ("2024-05-31", OtherDate),
            ("12/14/2021", OtherDate),
            ("May-5", OtherDate),
            ("24-May", OtherDate),
            ("05/24", OtherDate),
            ("24/05/01", OtherDate),
            ("2-May-24", OtherDate),
            ("T5-24", OtherDate),
            ("45293", OtherDate),
            // 1 January 2024 where days are counted from 1904.
            ("43830", OtherDate),
            ("05/01/01", TwoReadings),
            ("2025-2021", NotAPeriod),
            ("2024-05-01 07:30:00", NotAPeriod),
            ("2024-Q5", NotAPeriod),
            ("1", NotAPeriod),
            ("202405", NotAPeriod),
            ("99999", OtherDate),
            ("20000", NotAPeriod),
            ("2.024", NotAPeriod),
            ("01//05/2024", NotAPeriod),
            ("01-05/2024", NotAPeriod),
            ("-5-24", NotAPeriod),
            ("Mayday-24", NotAPeriod),
            ("Tháng Cộng 2024", NotAPeriod),
            ("２０２４-05", NotAPeriod),
            ("", NotAPeriod),
        ] {
            assert_eq!(PeriodId::parse_from_sheet(text), Err(why), "{text}");
        }
    }

    #[test]
    fn every_month_of_the_century_reads_however_it_was_shown() {
        let zero = NaiveDate::from_ymd_opt(1899, 12, 30).expect("a day");
        for year in 2000_i16..=2099 {
            for month in 1_u8..=12 {
                let short = year % 100;
                let name = SHORT[usize::from(month - 1)];
                let long = ENGLISH[usize::from(month - 1)];
                let first = NaiveDate::from_ymd_opt(year.into(), month.into(), 1).expect("a day");
                let serial = (first - zero).num_days();
                for text in [
                    format!("{year}-{month:02}"),
                    format!("{year}-{month}"),
                    format!("{year}/{month:02}"),
                    format!("{name}-{short:02}"),
                    format!("{}-{short:02}", name.to_uppercase()),
                    format!("{name} {year}"),
                    format!("{long}-{year}"),
                    format!("1-{name}-{short:02}"),
                    format!("01-{name}-{year}"),
                    format!("{long} 1, {year}"),
                    format!("Thg{month}-{short:02}"),
                    format!("thg {month}-{short:02}"),
                    format!("Tháng {month}-{short:02}"),
                    format!("tháng {month} năm {year}"),
                    format!("01/{month:02}/{year}"),
                    format!("1/{month}/{year}"),
                    format!("{month:02}/01/{year}"),
                    format!("{month}/1/{year}"),
                    format!("01-{month:02}-{year}"),
                    format!("01.{month:02}.{year}"),
                    format!("{year}-{month:02}-01"),
                    format!("{year}-{month:02}-01 00:00:00"),
                    format!("{year}/{month}/1"),
                    format!("{month}/{year}"),
                    format!("{month:02}/{year}"),
                    serial.to_string(),
                ] {
                    assert_eq!(PeriodId::parse_from_sheet(&text), Ok(PeriodId::Month(year, month)), "{text}");
                }
            }
        }
    }

    /// True where each wanted number is one of the runs, in some order.
    fn fits(wanted: &[Vec<u32>], runs: &[u32]) -> bool {
        match wanted {
            [] => runs.is_empty(),
            [first, rest @ ..] => (0..runs.len()).any(|at| {
                let mut others = runs.to_vec();
                first.contains(&others.remove(at)) && fits(rest, &others)
            }),
        }
    }

    /// True where year and month stand in the text, and nothing beside them but the number of a first day.
    fn names(text: &str, year: i16, month: u8) -> bool {
        let text = fold(text);
        let runs: Vec<u32> = text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|run| !run.is_empty())
            .filter_map(|run| run.parse().ok())
            .collect();
        let mut wanted = vec![vec![u32::from(year.unsigned_abs()), u32::from(year.unsigned_abs()) % 100]];
        if !text.contains(ENGLISH[usize::from(month - 1)].get(..3).unwrap_or_default()) {
            wanted.push(vec![u32::from(month)]);
        }
        if runs.len() > wanted.len() {
            wanted.push(vec![1]);
        }
        fits(&wanted, &runs)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn no_text_reads_as_a_period_that_it_does_not_name(
            text in "(0?[1-9]|[1-3][0-9]|20[0-9]{2}|May|Thg ?[0-9]{1,2}|jan)([-/. ](0?[1-9]|[0-9]{1,2}|20[0-9]{2}|Dec|Thg[0-9])){1,2}"
        ) {
            match PeriodId::parse_from_sheet(&text) {
                Ok(PeriodId::Month(year, month)) => prop_assert!(names(&text, year, month), "{text}: {year}-{month}"),
                Ok(PeriodId::Years(..)) => prop_assert!(text.parse::<PeriodId>().is_ok()),
                Ok(other) => prop_assert!(false, "{text} became {other}"),
                Err(_) => {}
            }
        }

        #[test]
        fn any_text_at_all_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = PeriodId::parse_from_sheet(&text);
        }
    }
}
