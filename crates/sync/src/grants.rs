//! A person's grants: which roles they have, where, for which forms and until when. What a grant lets them do is decided in
//! [`crate::rights`].

use crate::fields::{self, Fields};
use crate::from_fields;
use chitieu_domain::{ReporterId, UnitId};
use chrono::NaiveDate;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::fmt;
use std::str::FromStr;

/// Most grants of a person that are read; what is beyond grants nothing.
pub const MOST_GRANTS: usize = 1_000;

/// What a person is here for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Enters and submits the figures of a reporter.
    Officer,
    /// Approves or returns.
    Reviewer,
    /// Says who does a task of the plan, and follows how far everybody is.
    Steering,
    /// Publishes what is approved.
    Publisher,
    /// Reads totals and verdicts.
    Leader,
    /// Reads everything, changes nothing.
    Auditor,
    /// Keeps accounts; enters no figure.
    Admin,
    /// A role of a later release: grants nothing.
    #[default]
    #[serde(other)]
    Unknown,
}

impl Role {
    /// Those that there are.
    pub const ALL: [Self; 7] = [
        Self::Officer,
        Self::Reviewer,
        Self::Steering,
        Self::Publisher,
        Self::Leader,
        Self::Auditor,
        Self::Admin,
    ];
}

/// Where a grant holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// The whole plan.
    Plan,
    /// A unit and all that lies on its ground, of whatever time.
    Unit(UnitId),
    /// A reporter, and for a while those that it went on from. Officers alone have it.
    Reporter(ReporterId),
    /// A scope of a later release: nowhere.
    #[default]
    Unknown,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan => f.write_str("plan"),
            Self::Unit(unit) => write!(f, "unit:{unit}"),
            Self::Reporter(reporter) => write!(f, "reporter:{reporter}"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl Scope {
    /// Reads what [`Scope`] writes. Whatever else is a scope of a later release.
    pub fn parse(text: &str) -> Self {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        let known = match kind {
            "plan" if text == kind => Some(Self::Plan),
            "unit" => UnitId::from_str(rest).ok().map(Self::Unit),
            "reporter" => ReporterId::from_str(rest).ok().map(Self::Reporter),
            _ => None,
        };
        known.unwrap_or(Self::Unknown)
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&String::deserialize(deserializer)?))
    }
}

/// A role in a scope. A later release that narrows grants in another way gives them a scope or a role of another name, so
/// that they grant nothing here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// Role.
    pub role: Role,
    /// Scope.
    pub scope: Scope,
    /// The forms that it is for; none: all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forms: Option<Vec<String>>,
    /// The last day on which it holds; none: it has no end.
    #[serde(skip_serializing_if = "Option::is_none", with = "chitieu_domain::day::maybe")]
    pub until: Option<NaiveDate>,
}

from_fields!(Grant { role: word, scope: need, forms: maybe, until: maybe_day });

impl Grant {
    /// A role in a scope, for all forms and without an end.
    pub fn new(role: Role, scope: Scope) -> Self {
        Self { role, scope, forms: None, until: None }
    }

    /// True where role, scope and forms go together: an officer enters for a reporter, all others have the plan or a unit;
    /// forms are for who has to do with single figures. What does not go together grants nothing.
    pub fn is_sound(&self) -> bool {
        let is_placed = match self.scope {
            Scope::Reporter(_) => self.role == Role::Officer,
            Scope::Plan | Scope::Unit(_) => !matches!(self.role, Role::Officer | Role::Unknown),
            Scope::Unknown => false,
        };
        is_placed && (self.forms.is_none() || self.role.has_forms())
    }

    /// True where it is of a later release.
    fn is_beyond(&self) -> bool {
        self.role == Role::Unknown || self.scope == Scope::Unknown
    }

    /// True where an older app, which knows no units, forms or ends of grants, shows no more than it gives.
    fn is_plain(&self) -> bool {
        self.is_sound() && self.forms.is_none() && self.until.is_none()
    }
}

impl Role {
    /// True where a grant may be for some forms alone.
    pub fn has_forms(self) -> bool {
        matches!(self, Self::Officer | Self::Reviewer | Self::Publisher | Self::Auditor)
    }
}

/// A person's grants. They have what any of them gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants(Vec<Grant>);

impl Grants {
    /// These.
    pub fn new(list: Vec<Grant>) -> Self {
        Self(list)
    }

    /// What an account had that knew one role and, for an officer, reporters: in force without an end, for all forms, for the
    /// other roles in the whole plan.
    pub fn plain(role: Role, reporters: Vec<ReporterId>) -> Self {
        let officer = |reporter| Grant::new(Role::Officer, Scope::Reporter(reporter));
        Self(match role {
            Role::Officer => reporters.into_iter().map(officer).collect(),
            role => vec![Grant::new(role, Scope::Plan)],
        })
    }

    /// All of them, whether in force or not.
    pub fn list(&self) -> &[Grant] {
        &self.0
    }

    /// True where they are such as v0.1.0 knew: one role, for officers in some reporters and for others in the whole plan.
    pub fn is_of_v0_1_0(&self) -> bool {
        let role = self.0.first().map_or(Role::Officer, |grant| grant.role);
        let is_as_ever =
            |grant: &Grant| grant.role == role && grant.is_plain() && !matches!(grant.scope, Scope::Unit(_));
        role != Role::Steering && self.0.iter().all(is_as_ever)
    }

    /// True where one of them is of a later release.
    pub fn is_beyond(&self) -> bool {
        self.0.iter().any(Grant::is_beyond)
    }

    /// True where there are some and all of them are of a later release.
    pub fn is_all_beyond(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(Grant::is_beyond)
    }

    /// The role and the reporters that an app of v0.1.0 is told. It knows one role, without units, forms or ends of grants, and
    /// shows it for the whole plan: so it is told one that the person has there, else an officer without reporters, for whom it
    /// shows nothing.
    fn for_older(&self) -> (Role, Vec<&ReporterId>) {
        let reporter = |grant: &'_ Grant| matches!(grant.scope, Scope::Reporter(_)) && grant.is_plain();
        let reporters =
            self.0.iter().filter(|grant| reporter(grant)).filter_map(Grant::reporter).collect::<Vec<_>>();
        let has = |role| self.0.iter().any(|g| g.role == role && g.scope == Scope::Plan && g.is_plain());
        // Who steers is told what a leader is, and more.
        let roles =
            [Role::Reviewer, Role::Publisher, Role::Auditor, Role::Leader, Role::Steering, Role::Admin];
        match roles.into_iter().find(|role| has(*role)) {
            Some(Role::Steering) if reporters.is_empty() => (Role::Leader, reporters),
            Some(role) if reporters.is_empty() => (role, reporters),
            _ => (Role::Officer, reporters),
        }
    }
}

impl Grant {
    /// The reporter that it is for.
    pub fn reporter(&self) -> Option<&ReporterId> {
        match &self.scope {
            Scope::Reporter(reporter) => Some(reporter),
            _ => None,
        }
    }
}

impl Serialize for Grants {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (role, reporters) = self.for_older();
        let mut written = serializer.serialize_struct("Grants", 3)?;
        written.serialize_field("role", &role)?;
        written.serialize_field("reporters", &reporters)?;
        written.serialize_field("list", &self.0)?;
        written.end()
    }
}

impl<'de> Deserialize<'de> for Grants {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(&Fields::deserialize(deserializer)?).map_err(fields::within)
    }
}

/// Without `list`: of v0.1.0, or stored by it.
fn read(fields: &Fields<'_>) -> serde_json::Result<Grants> {
    let Some(list) = fields.maybe::<Vec<&RawValue>>("list") else {
        return fields.end(Grants::plain(fields.word("role"), fields.need("reporters")));
    };
    // One that does not read says nothing about the others.
    let grant = |raw: &RawValue| {
        serde_json::from_str(raw.get()).unwrap_or_else(|_| Grant::new(Role::Unknown, Scope::Unknown))
    };
    fields.end(Grants(list.into_iter().take(MOST_GRANTS).map(grant).collect()))
}
