//! How long a new op stays on the device, so that it can be taken back.

use uuid::Uuid;

/// Milliseconds for which one figure stays.
pub const FIGURE: f64 = 5_000.0;
/// Milliseconds for which a pasted block stays: it takes longer to be looked over.
pub const BLOCK: f64 = 20_000.0;

/// Milliseconds for which so many figures of one action stay.
pub fn of(figures: usize) -> f64 {
    if figures > 1 { BLOCK } else { FIGURE }
}

/// The ops that do not leave yet. What is not in here may leave: a device that starts again holds nothing back.
#[derive(Debug, Default)]
pub struct Ripening {
    /// By id, ascending, as they are made.
    held: Vec<(Uuid, f64)>,
}

impl Ripening {
    /// Holds an op until `until`, in milliseconds of a clock that never goes back.
    pub fn hold(&mut self, op_id: Uuid, until: f64) {
        match self.find(op_id) {
            Ok(at) => self.held[at].1 = until.max(self.held[at].1),
            Err(at) => self.held.insert(at, (op_id, until)),
        }
    }

    fn find(&self, op_id: Uuid) -> Result<usize, usize> {
        self.held.binary_search_by_key(&op_id, |(id, _)| *id)
    }

    /// Lets all go: their form was submitted or left, or a person asked for it.
    pub fn release(&mut self) {
        self.held.clear();
    }

    /// Whether an op may leave at `now`.
    pub fn is_ripe(&self, op_id: Uuid, now: f64) -> bool {
        self.find(op_id).map_or(true, |at| self.held[at].1 <= now)
    }

    /// Forgets what is ripe, and gives in how many milliseconds the next one is.
    pub fn next(&mut self, now: f64) -> Option<f64> {
        self.held.retain(|(_, until)| *until > now);
        self.held.iter().map(|(_, until)| until - now).min_by(f64::total_cmp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_op_leaves_when_its_time_is_over_or_all_are_let_go() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut ripening = Ripening::default();
        ripening.hold(one, 5_000.0);
        ripening.hold(two, 7_000.0);
        assert!(!ripening.is_ripe(one, 4_999.0) && ripening.is_ripe(one, 5_000.0));
        assert!(ripening.is_ripe(Uuid::from_u128(3), 0.0), "what is not held leaves");
        assert_eq!(ripening.next(6_000.0), Some(1_000.0));
        ripening.release();
        assert!(ripening.is_ripe(two, 0.0));
        assert_eq!(ripening.next(0.0), None);
    }
}
