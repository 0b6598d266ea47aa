//! Who is here, the plan and the day, as they are kept on the device.

use crate::storage::indexed_db::{Answers, Kept};
use chitieu_client::day::Told;
use chitieu_domain::Model;
use chitieu_sync::from_fields;
use chitieu_sync::grants::Grants;
use chitieu_sync::plan_bundle::PlanBundle;
use chrono::NaiveDate;

/// The person signed in, as `GET me` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    pub username: String,
    pub display_name: String,
    pub grants: Grants,
    /// The server's day; [`crate::replica::Live::day`] is the one that counts.
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

/// Plan and units, put to use.
#[derive(Clone)]
pub struct InForce {
    /// Both, for as long as the page lives.
    pub model: &'static Model,
    /// What ops name.
    pub version: String,
    /// The bundle that it was read from ([`Me::bundle`]).
    pub key: String,
}

impl InForce {
    /// Reads a bundle; none where it does not read.
    pub fn read(text: &str, key: &str) -> Option<Self> {
        let PlanBundle { version, plan, units } = PlanBundle::unpack(text).ok()?;
        let model = Model::of_checked(plan, units).ok()?;
        Some(Self { model: Box::leak(Box::new(model)), version, key: key.to_owned() })
    }
}

/// What a person's screens begin with.
pub struct Profile {
    pub me: Me,
    pub told: Told,
    pub plan: InForce,
}

/// The profile that is kept on the device; none where one was never here, or does not read any more.
pub fn kept(answers: &mut Answers) -> Option<Profile> {
    let me: Me = serde_json::from_str(&answers.take(Kept::Me)?).ok()?;
    let plan = answers.take(Kept::Plan)?;
    // Of an older program: its bundles had no key of their own.
    let key = answers.take(Kept::PlanKey).unwrap_or_default();
    let plan = InForce::read(&plan, &key)?;
    let told = answers.take(Kept::Told).and_then(|text| serde_json::from_str(&text).ok());
    let told = told.unwrap_or(Told { day: me.today, clock: f64::NAN });
    Some(Profile { me, told, plan })
}
