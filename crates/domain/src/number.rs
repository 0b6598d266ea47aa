//! Numbers as they are printed: grouped whole numbers and rates that never contradict their verdict and are
//! never taken for another exact value than they are.

use std::cmp::Ordering;

/// How a language writes numbers, and so how it reads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// `1.234,5`
    #[default]
    Vietnamese,
    /// `1,234.5`
    English,
}

impl Style {
    /// Between groups of three digits.
    pub const fn group(self) -> char {
        match self {
            Self::Vietnamese => '.',
            Self::English => ',',
        }
    }

    /// Before decimals.
    pub const fn decimal(self) -> char {
        match self {
            Self::Vietnamese => ',',
            Self::English => '.',
        }
    }
}

/// A whole number in groups of three.
pub fn grouped(n: i128, style: Style) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 3);
    if n < 0 {
        out.push('−');
    }
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(style.group());
        }
        out.push(c);
    }
    out
}

/// What a printed rate must stay on the right side of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// Nothing: one decimal will do.
    Nothing,
    /// A threshold in whole percent.
    Percent(u32),
    /// Another rate, last year's: numerator and denominator.
    Rate(i128, i128),
}

/// Most decimals a rate is printed with; beyond, two rates differ by less than anybody can read.
const MOST_DECIMALS: u32 = 12;

/// `n / d` in percent, rounded half up to one decimal with ",0" dropped, and with as many decimals more as
/// it takes to stand on the same side of `against` as the exact rate and not to look like a whole number that
/// it is not. Where twelve do not do, "≈" stands in front. None when `d` is not positive.
pub fn percent(n: i128, d: i128, against: Against, style: Style) -> Option<String> {
    percent_from(1, n, d, against, style)
}

/// The same with at least so many decimals before zeros at the end are dropped.
pub(crate) fn percent_from(least: u32, n: i128, d: i128, against: Against, style: Style) -> Option<String> {
    if d <= 0 {
        return None;
    }
    let told = (least..=MOST_DECIMALS).find_map(|decimals| {
        let printed = rounded(n, d, decimals)?;
        let is_told = is_told(n, d, printed, decimals) && same_side(n, d, printed, decimals, against);
        is_told.then(|| print(printed, decimals, style))
    });
    told.or_else(|| {
        let fits = (0..=MOST_DECIMALS).rev().find_map(|decimals| Some((rounded(n, d, decimals)?, decimals)));
        fits.map(|(printed, decimals)| format!("≈{}", print(printed, decimals, style)))
    })
}

/// 100·n/d times 10^decimals, rounded half up. None where it would not fit.
fn rounded(n: i128, d: i128, decimals: u32) -> Option<i128> {
    let scaled = n.checked_mul(200)?.checked_mul(10_i128.pow(decimals))?.checked_add(d)?;
    Some(scaled.div_euclid(d.checked_mul(2)?))
}

/// True when what is printed shows a fraction, or is the exact rate.
fn is_told(n: i128, d: i128, printed: i128, decimals: u32) -> bool {
    let unit = 10_i128.pow(decimals);
    printed % unit != 0
        || (printed / unit).checked_mul(d).is_some_and(|exact| Some(exact) == n.checked_mul(100))
}

fn same_side(n: i128, d: i128, printed: i128, decimals: u32, against: Against) -> bool {
    let limit = match against {
        Against::Percent(p) => Some(i128::from(p) * 10_i128.pow(decimals)),
        Against::Rate(pn, pd) if pd > 0 => rounded(pn, pd, decimals),
        _ => return true,
    };
    let exact = match against {
        Against::Percent(p) => compare(n, 100, d, i128::from(p)),
        Against::Rate(pn, pd) => compare(n, pd, pn, d),
        Against::Nothing => None,
    };
    limit.is_some_and(|limit| Some(printed.cmp(&limit)) == exact)
}

/// How a·b stands to c·d. None where a product would not fit.
fn compare(a: i128, b: i128, c: i128, d: i128) -> Option<Ordering> {
    Some(a.checked_mul(b)?.cmp(&c.checked_mul(d)?))
}

fn print(printed: i128, decimals: u32, style: Style) -> String {
    let unit = 10_u128.pow(decimals);
    let (whole, fraction) = (printed.unsigned_abs() / unit, printed.unsigned_abs() % unit);
    let mut out = if printed < 0 { "−".to_owned() } else { String::new() };
    out.push_str(&grouped(whole as i128, style));
    if fraction != 0 {
        let digits = format!("{fraction:0width$}", width = decimals as usize);
        out.push(style.decimal());
        out.push_str(digits.trim_end_matches('0'));
    }
    out.push('%');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rates_print_as_the_table_says() {
        use Against::{Nothing, Percent, Rate};
        for (n, d, against, text) in [
            (695, 788, Percent(75), "88,2%"),
            (75, 100, Percent(75), "75%"),
            (7496, 10_000, Percent(75), "74,96%"),
            (74_999, 100_000, Percent(75), "74,999%"),
            (7504, 10_000, Percent(75), "75,04%"),
            (60, 100, Percent(60), "60%"),
            (5999, 10_000, Percent(60), "59,99%"),
            (13_084, 14_856, Percent(88), "88,1%"),
            (499, 500, Percent(100), "99,8%"),
            (99_999, 100_000, Percent(100), "99,999%"),
            (500, 500, Percent(100), "100%"),
            (2, 3, Percent(50), "66,7%"),
            (1, 2, Percent(50), "50%"),
            (27_755, 30_777, Nothing, "90,2%"),
            (1250, 1333, Rate(1249, 1332), "93,773%"),
            (1249, 1332, Rate(1250, 1333), "93,769%"),
        ] {
            assert_eq!(percent(n, d, against, Style::Vietnamese).as_deref(), Some(text), "{n}/{d}");
        }
    }

    #[test]
    fn a_rate_looks_whole_only_where_it_is() {
        use Against::{Nothing, Percent};
        for (n, d, against, text) in [
            (9996, 10_000, Nothing, "99,96%"),
            (1, 5000, Nothing, "0,02%"),
            (1, 3000, Nothing, "0,03%"),
            (0, 5000, Nothing, "0%"),
            (7996, 10_000, Percent(75), "79,96%"),
            (79_999, 100_000, Percent(75), "79,999%"),
            (10_001, 10_000, Nothing, "100,01%"),
            (1, 1_000_000_000_000_000, Nothing, "≈0%"),
            (999_999_999_999_999, 1_000_000_000_000_000, Percent(100), "≈100%"),
        ] {
            assert_eq!(percent(n, d, against, Style::Vietnamese).as_deref(), Some(text), "{n}/{d}");
        }
    }

    #[test]
    fn english_has_the_marks_the_other_way_round() {
        assert_eq!(percent(1033, 1302, Against::Percent(75), Style::English).as_deref(), Some("79.3%"));
        assert_eq!(percent(50_000, 3, Against::Nothing, Style::English).as_deref(), Some("1,666,666.7%"));
        assert_eq!(grouped(1_234_567, Style::English), "1,234,567");
    }

    #[test]
    fn whole_numbers_are_grouped_by_dots() {
        assert_eq!(grouped(1_234_567, Style::Vietnamese), "1.234.567");
        assert_eq!(grouped(999, Style::Vietnamese), "999");
        assert_eq!(grouped(-1234, Style::Vietnamese), "−1.234");
    }

    #[test]
    fn numbers_beyond_128_bits_are_marked_and_never_wrap() {
        let huge = i128::MAX / 300;
        assert_eq!(
            percent(huge, huge, Against::Rate(huge - 1, huge), Style::Vietnamese).as_deref(),
            Some("≈100%")
        );
    }

    /// The printed text as a fraction, its decimals, and whether it says that it is not exact.
    fn read_back(text: &str, style: Style) -> (i128, u32, bool) {
        let number = text.trim_start_matches('≈').trim_end_matches('%').replace(style.group(), "");
        let (whole, decimals) = number.split_once(style.decimal()).unwrap_or((&number, ""));
        let digits = format!("{whole}{decimals}").parse().expect("digits");
        (digits, decimals.len() as u32, text.starts_with('≈'))
    }

    /// Rates close to a whole percent, where rounding deceives, as often as any.
    fn rates() -> impl Strategy<Value = (i128, i128)> {
        let d = || prop_oneof![1i128..5000, 1i128..2_000_000_000_000_000];
        let near =
            (d(), 0u32..=110, -3i128..=3).prop_map(|(d, p, off)| ((d * i128::from(p) / 100 + off).max(0), d));
        prop_oneof![near, (d(), 0f64..1.2).prop_map(|(d, part)| ((d as f64 * part) as i128, d))]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn a_printed_rate_is_exact_or_shows_a_fraction(
            (n, d) in rates(), limit in 0u32..=100, english: bool, is_bare: bool,
        ) {
            let style = if english { Style::English } else { Style::Vietnamese };
            let against = if is_bare { Against::Nothing } else { Against::Percent(limit) };
            let text = percent(n, d, against, style).expect("a rate");
            let (digits, decimals, is_marked) = read_back(&text, style);
            let unit = 10_i128.pow(decimals);
            // |digits/unit - 100n/d|, times unit·d.
            let off = (digits * d - 100 * n * unit).abs();
            prop_assert!(is_marked || off == 0 || (decimals > 0 && 2 * off <= d), "{} for {}/{}", text, n, d);
            if is_marked {
                // Only what differs from the whole number by less than twelve decimals show.
                prop_assert!(off * 1_000_000_000_000 <= d * unit, "{} for {}/{}", text, n, d);
            } else if !is_bare {
                let limit = i128::from(limit);
                prop_assert_eq!(digits.cmp(&(limit * unit)), (n * 100).cmp(&(d * limit)), "{} for {}/{}", text, n, d);
            }
        }

        #[test]
        fn two_printed_rates_stand_as_the_exact_ones((n, d) in rates(), (pn, pd) in rates()) {
            let style = Style::Vietnamese;
            let this = percent(n, d, Against::Rate(pn, pd), style).expect("a rate");
            let last = percent(pn, pd, Against::Rate(n, d), style).expect("a rate");
            let ((a, da, ma), (b, db, mb)) = (read_back(&this, style), read_back(&last, style));
            if !ma && !mb {
                let printed = (a * 10_i128.pow(db)).cmp(&(b * 10_i128.pow(da)));
                prop_assert_eq!(printed, (n * pd).cmp(&(pn * d)), "{} {}", this, last);
            }
        }
    }
}
