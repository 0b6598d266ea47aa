//! A brake on guessing passwords: who may try when. The counts are in the database, which several servers share.
//!
//! A try is counted before its password is compared, and the count is taken back when it was right: of any number of tries
//! at the same moment no more are compared than may be wrong. A browser in which somebody signed in to the account before
//! counts for itself: whoever guesses elsewhere does not keep the owner out.

use crate::bytes::hex;
use crate::store::tries::{Counted, Tries};
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// What tries are counted of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lane {
    /// An account, from anywhere.
    Account(String),
    /// An address, whatever account is tried. Many people may share one.
    Address(IpAddr),
    /// A browser (the hash of its token) in which somebody has signed in to this account before.
    Device(String, String),
}

/// How a lane slows down.
struct Pace {
    /// Wrong tries that cost no waiting.
    free: i64,
    /// Seconds to wait after the last of them; twice as long after each further one.
    first: i64,
    /// Never longer than this.
    longest: i64,
    /// Seconds after which one wrong try is forgotten.
    forgets: i64,
}

/// The part of an address that one customer of a network has for himself: all of IPv4, half of IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6((six.to_bits() >> 64 << 64).into()),
        four @ IpAddr::V4(_) => four,
    }
}

impl Lane {
    fn pace(&self) -> Pace {
        match self {
            // About a hundred guesses a day at most, and nobody waits for longer than a quarter of an hour.
            Self::Account(_) | Self::Device(..) => Pace { free: 5, first: 60, longest: 900, forgets: 3_600 },
            // An office behind one address, on the day on which all sign in for the first time.
            Self::Address(_) => Pace { free: 100, first: 10, longest: 900, forgets: 120 },
        }
    }
}

impl Counted for Lane {
    /// A hash, so that neither what somebody typed nor its length matters.
    fn key(&self) -> String {
        let text = match self {
            Self::Account(name) => format!("account\n{name}"),
            Self::Address(address) => format!("address\n{}", network(*address)),
            Self::Device(token_hash, name) => format!("device\n{token_hash}\n{name}"),
        };
        hex(&Sha256::digest(text))
    }

    fn another(&self, tries: Tries, now: i64) -> Result<Tries, i64> {
        if tries.free_at > now {
            return Err(tries.free_at - now);
        }
        let Pace { free, first, longest, forgets } = self.pace();
        let forgotten = (now - tries.last_at).max(0) / forgets;
        let count = (tries.count - forgotten).max(0) + 1;
        let further = count - free;
        let wait = if further < 0 { 0 } else { (first << further.min(16)).min(longest) };
        Ok(Tries { count, last_at: now, free_at: now + wait })
    }

    /// An address counts on: its owner may know one password and guess at others.
    fn is_wiped(&self) -> bool {
        !matches!(self, Self::Address(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Lane {
        Lane::Account("lan".into())
    }

    /// Tries at each moment at which one is taken, until `end`; how many there were.
    fn guesses(lane: &Lane, end: i64) -> i64 {
        let (mut tries, mut now, mut taken) = (Tries::default(), 0, 0);
        while now < end {
            match lane.another(tries, now) {
                Ok(after) => (tries, taken) = (after, taken + 1),
                Err(wait) => now += wait,
            }
        }
        taken
    }

    #[test]
    fn five_tries_are_taken_at_once_and_the_sixth_waits_a_minute() {
        let mut tries = Tries::default();
        for _ in 0..5 {
            tries = account().another(tries, 1_000).expect("it is taken");
        }
        assert_eq!(account().another(tries, 1_001), Err(59));
        let sixth = account().another(tries, 1_060).expect("it is taken");
        assert_eq!(account().another(sixth, 1_060), Err(120), "each wait is twice as long");
    }

    #[test]
    fn a_day_of_guessing_is_about_a_hundred_tries() {
        assert!((90..120).contains(&guesses(&account(), 24 * 3600)));
    }

    #[test]
    fn an_address_of_many_people_may_be_wrong_more_often_than_an_account() {
        let address = Lane::Address([10, 0, 0, 1].into());
        assert_eq!(guesses(&address, 1), 100);
        assert!(guesses(&address, 24 * 3600) < 1_000);
    }

    #[test]
    fn what_was_wrong_is_forgotten_in_time() {
        let mut tries = Tries::default();
        for _ in 0..4 {
            tries = account().another(tries, 0).expect("it is taken");
        }
        assert_eq!(account().another(tries, 3 * 3_600).map(|t| t.count), Ok(2));
    }

    #[test]
    fn one_customer_of_ipv6_is_one_address_and_one_name_is_one_account() {
        let six = |text: &str| Lane::Address(text.parse().expect("an address")).key();
        assert_eq!(six("2001:db8::1"), six("2001:db8::2"));
        assert_ne!(six("2001:db8::1"), six("2001:db8:0:1::1"));
        assert_eq!(six("::ffff:10.0.0.1"), six("10.0.0.1"));
        assert_ne!(account().key(), Lane::Account("Lan".into()).key());
        assert_eq!(Lane::Account("x".repeat(1 << 20)).key().len(), 64);
    }
}
