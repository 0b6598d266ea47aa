//! What else travels between client and server: who is signed in, sessions, single forms, sums of others, names of devices.
//!
//! Each message is declared here once; the server writes what the client reads. A sample of each is in `tests/golden/api`,
//! beside this crate's tests: what an installed app was told so must go on reading.

pub mod attachments;

use crate::fields::is_zero;
use crate::from_fields;
use crate::grants::Grants;
use crate::outcome::{Branch, Head};
use chitieu_domain::evaluate::Evaluation;
use chitieu_domain::figures::Total;
use chitieu_domain::{PeriodId, ReporterId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What `GET sync/events` says, as the data of an event, when a stream that the person follows has something new.
pub const CHANGED: &str = "changed";

/// `POST session`: name and password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// User name.
    pub username: String,
    /// Password.
    pub password: String,
}

/// `POST password`: who, the present password and the next one. The present one is asked for though there is a session:
/// whoever finds a computer unlocked does not so take the account over.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordChange {
    /// User name.
    pub username: String,
    /// The present password.
    pub password: String,
    /// The next one.
    pub new_password: String,
}

/// `GET me`, and the answer to signing in: the person, and what is open for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// The person.
    #[serde(flatten)]
    pub me: Me,
    /// What is open for them.
    #[serde(flatten)]
    pub open: Open,
}

/// What a person has to fill in. The app does not read it: it knows the same of the grants and the plan, on any day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Open {
    /// The reporters whose forms the person fills in.
    pub reporters: Vec<ReporterId>,
    /// The forms that are being filled in now.
    pub open_periods: Vec<OpenPeriod>,
}

from_fields!(Open { reporters: or_default, open_periods: or_default });

/// A person signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Me {
    /// User name.
    pub username: String,
    /// Name shown.
    pub display_name: String,
    /// Rights.
    pub grants: Grants,
    /// The server's day.
    #[serde(serialize_with = "chitieu_domain::day::serialize")]
    pub today: NaiveDate,
    /// The version of the plan, which ops name.
    pub plan_version: String,
    /// Names the text at `plan/bundle`, which another program may write in another way for the same version. Empty from a
    /// server that has one text a version.
    pub plan_bundle: String,
    /// How that text is to be read ([`crate::plan_bundle::FORMAT`]): who does not know it keeps the plan it has.
    pub plan_format: u32,
    /// Up to which form a push may be packed ([`crate::packed_push::FORMAT`]).
    pub push_format: u32,
    /// The oldest program that may still edit ([`crate::message::CLIENT`]).
    pub min_client: u32,
    /// Every screen says that the data are illustrative.
    pub illustrative: bool,
    /// Said by whoever reads it: a grant or the plan is one of a later release, and the server has the last word. Where all
    /// grants are, those count that were told before.
    #[serde(skip)]
    pub is_beyond: bool,
}

from_fields!(Me {
    username: need,
    display_name: need,
    grants: need,
    today: day,
    plan_version: need,
    plan_bundle: or_default,
    plan_format: or_default,
    push_format: or_default,
    min_client: or_default,
    illustrative: need,
    is_beyond: skipped,
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

/// A form that is being filled in now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenPeriod {
    /// By whom.
    pub reporter: ReporterId,
    /// Its id.
    pub form: String,
    /// For which period.
    pub period: PeriodId,
    /// The period's first day.
    #[serde(serialize_with = "chitieu_domain::day::serialize")]
    pub from: NaiveDate,
    /// Its last day.
    #[serde(serialize_with = "chitieu_domain::day::serialize")]
    pub to: NaiveDate,
    /// The last day to submit it.
    #[serde(serialize_with = "chitieu_domain::day::serialize")]
    pub deadline: NaiveDate,
}

from_fields!(OpenPeriod { reporter: demand, form: need, period: demand, from: day, to: day, deadline: day });

/// `GET me/key`: a person's key for their devices, and whose it is. A device that holds another person's data takes none.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceKey {
    /// User name.
    pub username: String,
    /// 64 hexadecimal digits.
    pub key: String,
}

/// One of `GET sessions`: a session as its person is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedSession {
    /// Names it; nobody can guess its token from it.
    pub id: String,
    /// What the device is called, else browser and system as far as they are known.
    #[serde(default)]
    pub device: String,
    /// When it began (RFC 3339).
    pub began_at: String,
    /// When it was last used, to the hour (RFC 3339).
    pub seen_at: String,
    /// The one that asks.
    pub is_this: bool,
}

/// `PUT devices/{id}`: what a device is to be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceNaming {
    /// None keeps the name that it has.
    #[serde(default)]
    pub name: Option<String>,
}

/// The answer to [`DeviceNaming`]: what the device is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceName {
    /// The name.
    pub name: String,
}

/// `GET evaluation/others`: sums of everybody else's figures and, for targets that rest on sensitive ones, the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OthersSums {
    /// By element and period.
    pub totals: Vec<(String, PeriodId, Total)>,
    /// Of targets whose sums are not told.
    pub verdicts: Vec<Evaluation>,
}

/// One of `GET figures`: a row of a form, with what contests its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormCell {
    /// Element.
    pub element: String,
    /// The value in force.
    pub head: Option<Head>,
    /// Contested values, the newest [`crate::judge::MOST_BRANCHES`].
    pub branches: Vec<Branch>,
    /// How many older ones there are besides.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_branches: u64,
}

/// A page of `GET branches`: contested values of a cell, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchesPage {
    /// The values.
    pub branches: Vec<Branch>,
    /// `before` of the next request; none at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// `GET personal-data`: how many texts look like personal data, by reporter; what they say is not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonalDataCounts {
    /// Those in whose texts there is something.
    pub reporters: Vec<PersonalDataCount>,
    /// When it was counted (RFC 3339).
    pub at: String,
}

/// One reporter of [`PersonalDataCounts`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonalDataCount {
    /// Whose texts.
    pub reporter: ReporterId,
    /// How many of them hold what a rule finds, by the rule's name ([`chitieu_domain::personal_data::PersonalData::name`]).
    pub kinds: std::collections::BTreeMap<String, u64>,
}

from_fields!(PersonalDataCounts { reporters: need, at: need });
from_fields!(PersonalDataCount { reporter: demand, kinds: need });
