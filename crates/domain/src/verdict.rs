//! The judgement itself: exact comparison of whole numbers. What says that there is nothing to compare goes first:
//! no data, no occurrence, not comparable, cannot improve.

use crate::plan::{Comparator, TargetKind};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What is said of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Đạt.
    Met,
    /// Chưa đạt.
    NotMet,
    /// Không phát sinh: this span's denominator is 0.
    NoOccurrence,
    /// Chưa có số liệu.
    NoData,
    /// Không so sánh được: last year is missing, its denominator 0, its boundaries or its months other.
    NotComparable,
    /// Không thể vượt: last year at the limit and this year too.
    CannotImprove,
    /// What a later release says, or of a target of its own.
    #[serde(other)]
    Unknown,
}

/// Numerator and denominator; counts have a denominator of 1 that is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Numerator.
    pub n: i128,
    /// Denominator.
    pub d: i128,
}

/// Everything a judgement needs; figures that were not reported are absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// How it is computed.
    pub kind: TargetKind,
    /// How it is compared.
    pub comparator: Comparator,
    /// Threshold in percent.
    pub threshold: u32,
    /// This span.
    pub this: Option<Pair>,
    /// The span a year earlier, where it is comparable.
    pub previous: Option<Pair>,
    /// For a reduction against a baseline of five years: how many years have run.
    pub years: u8,
}

/// Judges a case and computes what is missing: the least further count that meets the target with everything
/// else unchanged, 0 where it is met, none where no count can or the numbers are beyond all that is counted.
pub fn judge(case: &Case) -> (Verdict, Option<i128>) {
    if case.kind == TargetKind::Unknown {
        return (Verdict::Unknown, None);
    }
    let Some(this) = case.this else { return (Verdict::NoData, None) };
    let verdict = verdict(case, this);
    let missing = match verdict {
        Verdict::Met => Some(0),
        Verdict::NotMet => missing(case, this),
        _ => None,
    };
    (verdict, missing)
}

/// Compares two fractions by their cross products. Where those are beyond `i128` the whole
/// parts are compared, then the rests, turned over, as Euclid does.
pub fn compare_fractions(mut left: Pair, mut right: Pair) -> Ordering {
    if let (Some(l), Some(r)) = (left.n.checked_mul(right.d), right.n.checked_mul(left.d)) {
        return l.cmp(&r);
    }
    // A denominator below 0 turns the other side's sign, as in the products.
    if left.d < 0 {
        (left.d, right.n) = (-left.d, -right.n);
    }
    if right.d < 0 {
        (right.d, left.n) = (-right.d, -left.n);
    }
    loop {
        let whole = left.n.div_euclid(left.d).cmp(&right.n.div_euclid(right.d));
        let (l, r) = (left.n.rem_euclid(left.d), right.n.rem_euclid(right.d));
        if whole.is_ne() || l == 0 || r == 0 {
            return whole.then(l.cmp(&r));
        }
        // l/left.d against r/right.d is as right.d/r against left.d/l.
        (left, right) = (Pair { n: right.d, d: r }, Pair { n: left.d, d: l });
    }
}

fn holds(comparator: Comparator, order: Ordering) -> Verdict {
    let holds = match comparator {
        Comparator::Lt => order.is_lt(),
        Comparator::Le => order.is_le(),
        Comparator::Gt => order.is_gt(),
        Comparator::Ge => order.is_ge(),
        Comparator::Eq => order.is_eq(),
        Comparator::Unknown => return Verdict::Unknown,
    };
    if holds { Verdict::Met } else { Verdict::NotMet }
}

fn compare(comparator: Comparator, left: i128, right: i128) -> Verdict {
    holds(comparator, left.cmp(&right))
}

fn verdict(case: &Case, this: Pair) -> Verdict {
    let threshold = i128::from(case.threshold);
    match case.kind {
        TargetKind::Unknown => Verdict::Unknown,
        TargetKind::CountZero => compare(case.comparator, this.n, 0),
        TargetKind::RateThreshold => {
            if this.d == 0 {
                return Verdict::NoOccurrence;
            }
            holds(case.comparator, compare_fractions(this, Pair { n: threshold, d: 100 }))
        }
        TargetKind::ReductionVsBaseline => {
            let (n, baseline, years) = (this.n, this.d, i128::from(case.years.clamp(1, 5)));
            match (baseline, n) {
                (0, 0) => Verdict::NoOccurrence,
                (0, _) => Verdict::NotMet,
                // After all five years this is 100·(B − n) ≥ 5·B; before, the running view on yearly means.
                _ => {
                    let limit = Pair { n: (100 - threshold) * years, d: 500 };
                    holds(Comparator::Le, compare_fractions(Pair { n, d: baseline }, limit))
                }
            }
        }
        TargetKind::CountVsPreviousYear => {
            let Some(previous) = case.previous else { return Verdict::NotComparable };
            let at_limit = case.comparator == Comparator::Lt && previous.n == 0 && this.n == 0;
            if at_limit { Verdict::CannotImprove } else { compare(case.comparator, this.n, previous.n) }
        }
        TargetKind::RateVsPreviousYear => {
            if this.d == 0 {
                return Verdict::NoOccurrence;
            }
            let Some(previous) = case.previous.filter(|p| p.d != 0) else { return Verdict::NotComparable };
            let full = |p: Pair| p.n == p.d;
            let at_limit = match case.comparator {
                Comparator::Gt => full(previous) && full(this),
                Comparator::Lt => previous.n == 0 && this.n == 0,
                _ => false,
            };
            if at_limit {
                return Verdict::CannotImprove;
            }
            holds(case.comparator, compare_fractions(this, previous))
        }
    }
}

/// The least k > 0 with the target met at n + k, for targets that more of something meets.
fn missing(case: &Case, this: Pair) -> Option<i128> {
    // The numerator wanted: the least n with n·scale ⋛ limit.
    let (scale, limit) = match case.kind {
        TargetKind::RateThreshold => (100, this.d.checked_mul(i128::from(case.threshold))?),
        TargetKind::RateVsPreviousYear => {
            let previous = case.previous?;
            (previous.d, previous.n.checked_mul(this.d)?)
        }
        TargetKind::CountVsPreviousYear => (1, case.previous?.n),
        _ => return None,
    };
    let wanted = match case.comparator {
        Comparator::Gt => limit.div_euclid(scale) + 1,
        Comparator::Ge => limit.div_euclid(scale) + i128::from(limit.rem_euclid(scale) != 0),
        Comparator::Eq if limit.rem_euclid(scale) == 0 => limit.div_euclid(scale),
        _ => return None,
    };
    let beyond_all = case.kind == TargetKind::RateVsPreviousYear && wanted > this.d;
    (wanted > this.n && !beyond_all).then(|| wanted - this.n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(n: i128, d: i128, comparator: Comparator, threshold: u32) -> (Verdict, Option<i128>) {
        let this = Some(Pair { n, d });
        judge(&Case {
            kind: TargetKind::RateThreshold,
            comparator,
            threshold,
            this,
            previous: None,
            years: 1,
        })
    }

    /// The judgement written a second time, from the plan's text, with fractions compared
    /// as whole numbers of 1/27720 (the least common multiple of 1 to 12).
    fn by_the_text(case: &Case) -> Verdict {
        let Some(Pair { n, d }) = case.this else { return Verdict::NoData };
        let rate = |n: i128, d: i128| n * 27_720 / d;
        let holds = |ordering: Ordering| match case.comparator {
            Comparator::Lt => ordering.is_lt(),
            Comparator::Le => ordering.is_le(),
            Comparator::Gt => ordering.is_gt(),
            Comparator::Ge => ordering.is_ge(),
            Comparator::Eq => ordering.is_eq(),
            Comparator::Unknown => unreachable!("none is asked"),
        };
        let met = |holds: bool| if holds { Verdict::Met } else { Verdict::NotMet };
        match case.kind {
            TargetKind::CountZero => met(holds(n.cmp(&0))),
            TargetKind::Unknown => Verdict::Unknown,
            TargetKind::RateThreshold | TargetKind::RateVsPreviousYear if d == 0 => Verdict::NoOccurrence,
            TargetKind::RateThreshold => {
                met(holds((rate(n, d) * 100).cmp(&(27_720 * i128::from(case.threshold)))))
            }
            TargetKind::ReductionVsBaseline if d == 0 && n == 0 => Verdict::NoOccurrence,
            TargetKind::ReductionVsBaseline if d == 0 => Verdict::NotMet,
            TargetKind::ReductionVsBaseline => {
                // The mean of a year so far has fallen by so many percent from the mean of a baseline year.
                let (so_far, before) = (n * 5, d * i128::from(case.years));
                met((before - so_far) * 100 >= before * i128::from(case.threshold))
            }
            TargetKind::CountVsPreviousYear => match case.previous {
                None => Verdict::NotComparable,
                Some(p) if case.comparator == Comparator::Lt && p.n == 0 && n == 0 => Verdict::CannotImprove,
                Some(p) => met(holds(n.cmp(&p.n))),
            },
            TargetKind::RateVsPreviousYear => match case.previous {
                None | Some(Pair { d: 0, .. }) => Verdict::NotComparable,
                Some(p) => match case.comparator {
                    Comparator::Gt if p.n == p.d && n == d => Verdict::CannotImprove,
                    Comparator::Lt if p.n == 0 && n == 0 => Verdict::CannotImprove,
                    _ => met(holds(rate(n, d).cmp(&rate(p.n, p.d)))),
                },
            },
        }
    }

    /// Every kind, comparator and small number: the verdict is the text's, and what is missing is the first
    /// further count that meets the target when one is added after the other.
    #[test]
    fn every_small_case_is_judged_by_the_text_and_lacks_what_counting_up_finds() {
        use Comparator::{Eq, Ge, Gt, Le, Lt};
        use TargetKind::{
            CountVsPreviousYear, CountZero, RateThreshold, RateVsPreviousYear, ReductionVsBaseline,
        };
        let small = || 0..=5_i128;
        let pairs = || small().flat_map(move |n| small().map(move |d| Pair { n, d }));
        for kind in [CountVsPreviousYear, CountZero, RateThreshold, RateVsPreviousYear, ReductionVsBaseline] {
            // Those that a plan may combine; the others are mistakes in it.
            let comparators: &[Comparator] = match kind {
                TargetKind::Unknown => &[],
                CountZero => &[Eq],
                ReductionVsBaseline => &[Ge],
                CountVsPreviousYear | RateVsPreviousYear => &[Lt, Le, Gt, Ge],
                RateThreshold => &[Lt, Le, Gt, Ge, Eq],
            };
            for comparator in comparators.iter().copied() {
                for (threshold, years) in [(5, 1), (30, 3), (50, 5), (100, 5)] {
                    let cases = pairs().flat_map(|this| {
                        let befores = pairs().map(Some).chain([None]);
                        befores.map(move |previous| (Some(this), previous))
                    });
                    for (this, previous) in cases.chain([(None, None)]) {
                        let case = Case { kind, comparator, threshold, this, previous, years };
                        let (verdict, missing) = judge(&case);
                        assert_eq!(verdict, by_the_text(&case), "{case:?}");
                        let Some(this) = this else { continue };
                        let at = |k: i128| {
                            judge(&Case { this: Some(Pair { n: this.n + k, ..this }), ..case }).0
                                == Verdict::Met
                        };
                        // A rate compared with another rate cannot pass the whole.
                        let most = if kind == RateVsPreviousYear { this.d - this.n } else { 40 };
                        let counted = match verdict {
                            Verdict::Met => Some(0),
                            Verdict::NotMet => (1..=most).find(|k| at(*k)),
                            _ => None,
                        };
                        assert_eq!(missing, counted, "{case:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn above_is_strict() {
        assert_eq!(rate(75, 100, Comparator::Gt, 75), (Verdict::NotMet, Some(1)));
        assert_eq!(rate(76, 100, Comparator::Gt, 75), (Verdict::Met, Some(0)));
        assert_eq!(rate(122, 164, Comparator::Gt, 75), (Verdict::NotMet, Some(2)));
    }

    #[test]
    fn no_denominator_is_no_occurrence() {
        assert_eq!(rate(0, 0, Comparator::Eq, 100), (Verdict::NoOccurrence, None));
    }

    #[test]
    fn a_full_rate_cannot_be_passed_again() {
        let full = Pair { n: 3, d: 3 };
        let case = Case {
            kind: TargetKind::RateVsPreviousYear,
            comparator: Comparator::Gt,
            threshold: 0,
            this: Some(full),
            previous: Some(Pair { n: 1, d: 1 }),
            years: 1,
        };
        assert_eq!(judge(&case), (Verdict::CannotImprove, None));
        let worse = Case { this: Some(Pair { n: 2, d: 3 }), ..case };
        assert_eq!(judge(&worse), (Verdict::NotMet, None));
    }

    proptest::proptest! {
        #[test]
        fn what_is_missing_is_the_least_that_meets(d in 1i128..400, part in 0i128..400, limit in 1u32..=100, strict in proptest::bool::ANY) {
            let n = part.min(d);
            let comparator = if strict && limit < 100 { Comparator::Gt } else { Comparator::Ge };
            let (verdict, missing) = rate(n, d, comparator, limit);
            let k = missing.expect("a threshold of at most 100 % can be met");
            proptest::prop_assert_eq!(verdict == Verdict::Met, k == 0);
            proptest::prop_assert_eq!(rate(n + k, d, comparator, limit).0, Verdict::Met);
            if k > 0 {
                proptest::prop_assert_eq!(rate(n + k - 1, d, comparator, limit).0, Verdict::NotMet);
            }
        }
    }
}
