//! Who is here, the plan and the day, as they are kept on the device.

use crate::storage::indexed_db::{Answers, Kept};
use chitieu_client::day::Told;
use chitieu_domain::Model;
pub use chitieu_sync::api::Me;
use chitieu_sync::plan_bundle::PlanBundle;

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
