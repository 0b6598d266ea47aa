//! Answers that were made already, by what they tell and what they rest on.

use crate::http::rendered::Rendered;
use chitieu_domain::{PeriodId, ReporterIx, UnitIx};
use chitieu_sync::sight::Sight;
use chrono::NaiveDate;
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use std::sync::Arc;

/// What an answer tells, and what it rests on.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Told {
    /// The figures that it rests on.
    pub sight: Sight,
    /// Sums without the figures of these reporters, which the device has itself; none: the verdicts.
    pub without: Option<Vec<ReporterIx>>,
    /// Who asks enters figures, and so could try values.
    pub enters: bool,
}

/// Revision of the data, day, scope, period, and the rest.
pub type Key = (u64, NaiveDate, UnitIx, PeriodId, Told);

/// Answers that were made already; the same is made once for all who ask at a time.
pub struct Evaluations(pub Cache<Key, Arc<Rendered>>);

/// Bytes of memory for them; those of a former revision go first.
const MOST: u64 = 32 << 20;

impl Default for Evaluations {
    fn default() -> Self {
        let weigh = |(.., told): &Key, answer: &Arc<Rendered>| {
            let own = if let Sight::Submitted(own) = &told.sight { own.len() } else { 0 };
            let without = told.without.as_ref().map_or(0, Vec::len);
            (answer.weight() + 4 * (own + without)).try_into().unwrap_or(u32::MAX)
        };
        let cache = Cache::builder().max_capacity(MOST).weigher(weigh);
        Self(cache.eviction_policy(EvictionPolicy::lru()).build())
    }
}
