//! What the server's program cannot take: it stays on the device, stands in nothing's way, and is offered again later.

use super::{Change, Replica, Waiting};
use crate::outcome::Outcome;
use uuid::Uuid;

/// Longest reason of a refusal that is kept, in characters.
const LONGEST_WHY: usize = 500;

impl Waiting {
    /// True where this server's program cannot take it: it stays, is not sent, and stands in nothing's way.
    pub fn is_passed_over(&self) -> bool {
        self.refused.is_some() || self.outcome == Some(Outcome::Deferred)
    }
}

impl Replica {
    /// The server refused the request with this op alone in it, and takes one without: it is passed over, and its
    /// author is shown why.
    pub fn pass_over(&self, op_id: Uuid, why: &str) -> Vec<Change> {
        let why: String = why.chars().take(LONGEST_WHY).collect();
        let found = self.outbox.by_id(op_id).filter(|(_, w)| w.is_open());
        let change = |(seq, w): (u64, &Waiting)| {
            Change::Waiting(seq, Box::new(Waiting { refused: Some(why), ..w.clone() }))
        };
        found.map(change).into_iter().collect()
    }

    /// What was passed over is offered again: at a start, when a later program of the server may take it.
    pub fn offer_passed_over(&self) -> Vec<Change> {
        let passed = self.outbox.iter().filter(|(_, w)| w.is_passed_over());
        let change = |(seq, w): (&u64, &Waiting)| {
            Change::Waiting(*seq, Box::new(Waiting { outcome: None, refused: None, ..w.clone() }))
        };
        passed.map(change).collect()
    }
}
