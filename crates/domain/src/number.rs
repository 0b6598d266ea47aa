//! Numbers as they are printed: grouped whole numbers and rates that never contradict their verdict
//! (`domain/formats.md`, 3 and 5).

/// A whole number with "." between groups of three.
pub fn grouped(n: i128) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('−');
    }
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('.');
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
/// it takes to stand on the same side of `against` as the exact rate. None when `d` is not positive.
pub fn percent(n: i128, d: i128, against: Against) -> Option<String> {
    if d <= 0 {
        return None;
    }
    (1..=MOST_DECIMALS)
        .find_map(|decimals| {
            let printed = rounded(n, d, decimals)?;
            same_side(n, d, printed, decimals, against).then(|| print(printed, decimals))
        })
        .or_else(|| rounded(n, d, MOST_DECIMALS).map(|p| print(p, MOST_DECIMALS)))
}

/// 100·n/d times 10^decimals, rounded half up. None where it would not fit.
fn rounded(n: i128, d: i128, decimals: u32) -> Option<i128> {
    let scaled = n.checked_mul(200)?.checked_mul(10_i128.pow(decimals))?.checked_add(d)?;
    Some(scaled.div_euclid(2 * d))
}

fn same_side(n: i128, d: i128, printed: i128, decimals: u32, against: Against) -> bool {
    let exact = match against {
        Against::Nothing => return true,
        Against::Percent(p) => (n * 100).cmp(&(d * i128::from(p))),
        Against::Rate(pn, pd) => (n * pd).cmp(&(pn * d)),
    };
    let limit = match against {
        Against::Percent(p) => Some(i128::from(p) * 10_i128.pow(decimals)),
        Against::Rate(pn, pd) if pd > 0 => rounded(pn, pd, decimals),
        _ => None,
    };
    limit.is_none_or(|limit| printed.cmp(&limit) == exact)
}

fn print(printed: i128, decimals: u32) -> String {
    let unit = 10_i128.pow(decimals);
    let (whole, fraction) = (printed / unit, printed % unit);
    if fraction == 0 {
        return format!("{}%", grouped(whole));
    }
    format!("{},{:0width$}%", grouped(whole), fraction, width = decimals as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(percent(n, d, against).as_deref(), Some(text), "{n}/{d}");
        }
    }

    #[test]
    fn whole_numbers_are_grouped_by_dots() {
        assert_eq!(grouped(1_234_567), "1.234.567");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(-1234), "−1.234");
    }

    proptest::proptest! {
        #[test]
        fn a_printed_rate_never_crosses_its_threshold(d in 1i128..5000, part in 0i128..5000, limit in 1u32..=100) {
            let n = part.min(d);
            let text = percent(n, d, Against::Percent(limit)).expect("a rate");
            let number: f64 = text.trim_end_matches('%').replace(',', ".").parse().expect("a number");
            let exact = (n * 100).cmp(&(d * i128::from(limit)));
            proptest::prop_assert_eq!(number.partial_cmp(&f64::from(limit)), Some(exact));
        }
    }
}
