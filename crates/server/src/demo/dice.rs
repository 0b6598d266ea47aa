//! Chance that comes out the same each time, and what a period of the illustrative data leaves to the next.

use chitieu_domain::ElementIx;
use std::collections::HashMap;
use uuid::{Builder, Uuid};

/// What a period hands on to the next.
#[derive(Debug, Default, Clone)]
pub struct Carried {
    pub(super) open: [i64; 4],
    pub(super) begun: bool,
    pub(super) values: HashMap<ElementIx, i64>,
}

impl Carried {
    /// Goes on with what another one left.
    pub(super) fn take_over(&mut self, other: &Self) {
        self.begun |= other.begun;
        for (own, theirs) in self.open.iter_mut().zip(other.open) {
            *own += theirs;
        }
        for (element, value) in &other.values {
            *self.values.entry(*element).or_default() += value;
        }
    }
}

/// A small deterministic generator (splitmix64), seeded by what the figures are of.
pub(super) struct Dice(u64);

impl Dice {
    /// Always the same for the same words.
    pub(super) fn of(words: &[&str]) -> Self {
        Self(seed(words))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About `mean`, never below 0.
    pub(super) fn about(&mut self, mean: f64) -> i64 {
        (mean * (0.75 + 0.5 * self.share()) + self.share()).floor() as i64
    }

    /// About this part of `whole`, never more than it.
    pub(super) fn part(&mut self, whole: i64, share: f64) -> i64 {
        ((whole as f64) * share + self.share()).floor().min(whole as f64) as i64
    }

    pub(super) fn chance(&mut self, share: f64) -> i64 {
        i64::from(self.share() < share)
    }

    /// An id that is always the same (RFC 9562, version 8).
    pub(super) fn id(&mut self) -> Uuid {
        let (high, low) = (self.next(), self.next());
        Builder::from_custom_bytes(((u128::from(high) << 64) | u128::from(low)).to_be_bytes()).into_uuid()
    }

    /// A whole number below this one.
    pub(super) fn below(&mut self, end: i64) -> i64 {
        (self.next() % end.max(1).unsigned_abs()) as i64
    }

    pub(super) fn one_in(&mut self, many: i64) -> bool {
        self.below(many) == 0
    }

    /// One of these.
    pub(super) fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.get(self.below(of.len() as i64) as usize).copied().unwrap_or_default()
    }
}

fn seed(words: &[&str]) -> u64 {
    words
        .iter()
        .flat_map(|w| w.bytes().chain([0]))
        .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
}
