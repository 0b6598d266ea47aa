//! What only a later release reads: rows that its tabs wrote on this device, and events that the server told. All of it
//! is kept as it is, stands in nothing's way, and is there when that release runs.

use super::rows::outbox_key;
use super::{Change, Replica};

/// What the keys of events begin with that did not read; what follows numbers them as they came.
pub(super) const EVENT: &str = "x|";
/// Most events that are kept: a release that reads them begins with a snapshot.
const MOST: usize = 10_000;

/// The number of an op's row.
fn number(key: &str) -> Option<u64> {
    key.strip_prefix("o|")?.parse().ok()
}

impl Replica {
    /// How many rows there are on this device that only a later release reads.
    pub fn unread(&self) -> usize {
        self.unread.len()
    }

    /// Ops among them, which wait for that release.
    pub(super) fn unread_ops(&self) -> usize {
        self.unread.keys().filter(|key| key.starts_with("o|")).count()
    }

    /// The last number of an op that does not read.
    pub(super) fn last_unread_op(&self) -> Option<u64> {
        self.unread.keys().filter_map(|key| number(key)).max()
    }

    /// True where an op that does not read has this number.
    pub(super) fn is_unread(&self, seq: u64) -> bool {
        self.unread.contains_key(&outbox_key(seq))
    }

    pub(super) fn keep_unread(&mut self, key: &str, value: Option<&str>) {
        match value {
            Some(value) => {
                // Its number is given out.
                self.last_seq = self.last_seq.max(number(key).unwrap_or(0));
                self.unread.insert(key.to_owned(), value.to_owned());
            }
            None => drop(self.unread.remove(key)),
        }
    }

    /// The changes that keep events that do not read.
    pub(super) fn keep_events<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Vec<Change> {
        let kept = self.unread.keys().filter_map(|key| key.strip_prefix(EVENT)?.parse::<u64>().ok());
        let (last, count) = kept.fold((0, 0), |(last, count), number| (number.max(last), count + 1));
        let new = texts.take(MOST.saturating_sub(count)).zip(last + 1..);
        new.map(|(text, nth)| Change::Unread(format!("{EVENT}{nth:020}"), Some(text.to_owned()))).collect()
    }

    /// True where a cell or submission that the server told does not read.
    pub(super) fn misses_what_was_told(&self) -> bool {
        self.unread.keys().any(|key| ["c|", "s|", "e|"].iter().any(|prefix| key.starts_with(prefix)))
    }

    /// What a whole snapshot takes the place of: all that can be told again.
    pub(super) fn forget_unread(&self) -> impl Iterator<Item = Change> {
        let is_told = |key: &&String| ["c|", "s|", "e|", EVENT].iter().any(|prefix| key.starts_with(prefix));
        self.unread.keys().filter(is_told).map(|key| Change::Unread(key.clone(), None))
    }
}
