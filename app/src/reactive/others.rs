//! What others have, as the server summed it up.

use chitieu_domain::evaluate::Evaluation;
use chitieu_domain::figures::Total;
use chitieu_domain::{ElementIx, Model, PeriodId};
use chitieu_sync::api::OthersSums;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Sums of everybody else's figures, and verdicts that rest on what this person may not see: as they were told, and read
/// only where targets are drawn.
#[derive(Debug, Clone, Default)]
pub struct Others {
    text: String,
    sums: OnceLock<Sums>,
}

/// [`Others`], read.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    pub totals: HashMap<(ElementIx, PeriodId), Total>,
    pub verdicts: Vec<Evaluation>,
}

impl Others {
    /// What the server told.
    pub fn new(text: String) -> Self {
        Self { text, sums: OnceLock::new() }
    }

    /// True where nothing was told.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// True where the server says the same again.
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }

    /// The sums, for the plan that they were asked under.
    pub fn sums(&self, model: &Model) -> &Sums {
        self.sums.get_or_init(|| {
            // Of an older program: the next sync brings one that reads.
            let Ok(wire) = serde_json::from_str::<OthersSums>(&self.text) else { return Sums::default() };
            let totals = wire.totals.into_iter();
            let totals = totals.filter_map(|(e, p, total)| Some(((model.element_ix(&e)?, p), total)));
            Sums { totals: totals.collect(), verdicts: wire.verdicts }
        })
    }
}
