//! What the screens are told: who is here, what others have, why a figure was not kept.

use super::indexed_db::StoreError;
use chitieu_domain::evaluate::Evaluation;
use chitieu_domain::figures::Total;
use chitieu_domain::{ElementIx, Model, PeriodId};
use chitieu_sync::Rejection;
use chitieu_sync::from_fields;
use chitieu_sync::grants::Grants;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The person signed in, as `GET me` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    pub username: String,
    pub display_name: String,
    pub grants: Grants,
    /// The server's day; [`super::Live::day`] is the one that counts.
    pub today: NaiveDate,
    /// How the plan that the server has is to be read ([`chitieu_sync::plan_bundle::FORMAT`]).
    pub plan_format: u32,
    /// Up to which form the server takes a packed push ([`chitieu_sync::packed_push::FORMAT`]).
    pub push_format: u32,
    /// A grant or the plan is one of a later release, and the server has the last word. Where all grants are, those count that
    /// were told before.
    pub is_beyond: bool,
    plan_version: String,
    /// Names the bundle of plan and units; a server that does not say it has one a version.
    plan_bundle: String,
    /// The oldest program that may still edit.
    pub min_client: u32,
    pub illustrative: bool,
}

from_fields!(Me {
    username: need,
    display_name: need,
    grants: need,
    today: day,
    plan_format: or_default,
    push_format: or_default,
    is_beyond: skipped,
    plan_version: need,
    plan_bundle: or_default,
    min_client: or_default,
    illustrative: need,
});

impl Me {
    /// Keeps the grants that were told last where none is known here. True where one is.
    pub fn keep_rights(&mut self, before: Option<&Self>) -> bool {
        self.is_beyond = self.grants.is_beyond();
        let is_known = !self.grants.is_all_beyond();
        if let Some(before) = before.filter(|before| !is_known && before.username == self.username) {
            self.grants.clone_from(&before.grants);
        }
        is_known
    }

    /// Names the bundle of plan and units that the server gives out.
    pub fn bundle(&self) -> &str {
        if self.plan_bundle.is_empty() { &self.plan_version } else { &self.plan_bundle }
    }
}

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

/// [`Sums`], as they travel.
#[derive(Deserialize)]
struct SumsWire {
    totals: Vec<(String, PeriodId, Total)>,
    verdicts: Vec<Evaluation>,
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

    /// The sums, for the plan that they were asked under.
    pub fn sums(&self, model: &Model) -> &Sums {
        self.sums.get_or_init(|| {
            // Of an older program: the next sync brings one that reads.
            let Ok(wire) = serde_json::from_str::<SumsWire>(&self.text) else { return Sums::default() };
            let totals = wire.totals.into_iter();
            let totals = totals.filter_map(|(e, p, total)| Some(((model.element_ix(&e)?, p), total)));
            Sums { totals: totals.collect(), verdicts: wire.verdicts }
        })
    }
}

/// Why a figure or a step was not kept.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SaveError {
    /// Not allowed, by the rules that the server applies too.
    #[error("{0:?}")]
    NotAdmitted(Rejection),
    /// Since the person began to type, another tab or the server gave the cell this value, which they have not
    /// seen.
    #[error("it became {0:?}")]
    Became(Option<i64>),
    /// The browser did not store it.
    #[error(transparent)]
    NotStored(#[from] StoreError),
}
