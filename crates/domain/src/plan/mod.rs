//! The plan as data: targets, forms, elements, rules, agencies, deadlines and holidays.
//!
//! The types here are the shape of a plan file and of the plan as it travels to the app. [`crate::Model`]
//! checks a plan against itself and against the units, and gives everything an index.

mod bodies;
mod calendars;
pub mod mistake;
mod packed;

pub use bodies::{Agency, Per, Task, TaskKind};
pub use calendars::{BorneBy, Calendar, Periodicity, Segment};

use crate::unit::{Level, Unit, UnitId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A plan, as in its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Stable id.
    pub id: String,
    /// Title, Vietnamese.
    pub title_vi: String,
    /// Title, English.
    pub title_en: String,
    /// The document it rests on.
    pub legal_basis_vi: String,
    /// The territory it was made for, and the default scope.
    pub own_territory: UnitId,
    /// Provinces whose agencies report separately, also after a merger.
    pub reporting_provinces: Vec<UnitId>,
    /// Working days between cut-off and deadline, by the level of the reporter's unit.
    pub deadlines: BTreeMap<Level, u8>,
    /// Days on which nobody works, weekends apart.
    #[serde(with = "crate::day::set")]
    pub holidays: BTreeSet<NaiveDate>,
    /// Targets in the plan's order.
    #[serde(rename = "target")]
    pub targets: Vec<Target>,
    /// Forms.
    #[serde(rename = "form")]
    pub forms: Vec<Form>,
    /// Agencies.
    #[serde(rename = "agency")]
    pub agencies: Vec<Agency>,
    /// Tasks without a number, in the plan's order.
    #[serde(rename = "task", default)]
    pub tasks: Vec<Task>,
    /// Calendars, the plan's own first: its board runs by that one's years. They travel apart: v0.1.0 knows four by
    /// their names and reads a plan with no further field.
    #[serde(rename = "calendar", default, skip_serializing)]
    pub calendars: Vec<Calendar>,
    /// Units of its own, where the plan is not for those of the shipped tables. They travel apart.
    #[serde(rename = "unit", default, skip_serializing)]
    pub units: Vec<Unit>,
}

impl Plan {
    /// Sets aside what the plan says in words of a later release, so that all else can be used: such a rule is not asked,
    /// such a target has no verdict, a form whose periods are not known is not filled in here.
    pub fn set_aside_unknown(&mut self) {
        let is_unknown = |calendar: &&Calendar| {
            let strange =
                |s: &Segment| s.borne_by == BorneBy::Unknown || s.alternative == Some(BorneBy::Unknown);
            calendar.segments.iter().any(strange)
        };
        let unknown: Vec<&str> = self.calendars.iter().filter(is_unknown).map(|c| c.id.as_str()).collect();
        for form in &mut self.forms {
            if unknown.contains(&form.calendar.as_str()) {
                form.periodicity = Periodicity::Unknown;
            }
            form.rules.retain(|r| r.kind != RuleKind::Unknown && r.scope != RuleScope::Unknown);
        }
        for target in &mut self.targets {
            let is_strange = target.comparator == Comparator::Unknown
                || target.firmness == Firmness::Unknown
                || target.evaluated == Evaluated::Unknown
                || unknown.contains(&target.calendar.as_str());
            if is_strange {
                target.kind = TargetKind::Unknown;
            }
        }
    }
}

/// One rule of the plan with a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// `T01` … `T18`, `D1` … `D3`.
    pub id: String,
    /// Section of the plan.
    pub section: String,
    /// The plan's own words, errors included.
    pub wording_vi: String,
    /// Short title, Vietnamese.
    pub title_vi: String,
    /// Short title, English.
    pub title_en: String,
    /// How it is computed.
    pub kind: TargetKind,
    /// Sum of elements.
    pub numerator: String,
    /// Sum of elements; none for counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<String>,
    /// How the rate or count is compared.
    pub comparator: Comparator,
    /// Threshold in whole percent, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold_percent: Option<u32>,
    /// Binding, an aim, or derived by us.
    pub firmness: Firmness,
    /// Calendar of its span, by its id.
    pub calendar: String,
    /// When its verdict becomes final.
    pub evaluated: Evaluated,
    /// First and last business year it is about, where not every year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years: Option<(i16, i16)>,
    /// The reading chosen, and why.
    pub note_vi: String,
    /// The other reading, shown beside the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternative: Option<String>,
}

/// How a target is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// n against n of the year before.
    CountVsPreviousYear,
    /// n/d against n/d of the year before.
    RateVsPreviousYear,
    /// n against a baseline less a percentage.
    ReductionVsBaseline,
    /// n/d against a percentage.
    RateThreshold,
    /// n is to be 0.
    CountZero,
    /// One of a later release, or a target with another word that this program does not know: it has no verdict here.
    #[serde(rename = "?")]
    Unknown,
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparator {
    /// Less than.
    Lt,
    /// At most.
    Le,
    /// More than ("trên").
    Gt,
    /// At least ("từ … trở lên", "ít nhất", a bare number).
    Ge,
    /// Exactly ("100%").
    Eq,
    /// What a later release says.
    #[serde(rename = "?")]
    Unknown,
}

/// How binding a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Firmness {
    /// Binding.
    Firm,
    /// "Phấn đấu".
    Aspirational,
    /// No number in the plan; followed by us.
    Derived,
    /// What a later release says.
    #[serde(rename = "?")]
    Unknown,
}

/// When a verdict becomes final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evaluated {
    /// At the close of its business year.
    Annual,
    /// At the close of each period, on year-to-date figures.
    EachPeriod,
    /// At the close of the five years.
    FiveYear,
    /// What a later release says.
    #[serde(rename = "?")]
    Unknown,
}

/// What one reporter enters together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Stable id.
    pub id: String,
    /// Title, Vietnamese.
    pub title_vi: String,
    /// Title, English.
    pub title_en: String,
    /// `agency` or `agency[from..to]`, days included, an empty side open.
    pub assigned_to: Vec<String>,
    /// How often.
    pub periodicity: Periodicity,
    /// Calendar of its periods, by its id.
    pub calendar: String,
    /// Rows, in order.
    #[serde(rename = "element")]
    pub elements: Vec<Element>,
    /// Constraints between figures.
    #[serde(rename = "rule", default)]
    pub rules: Vec<Rule>,
}

/// One countable thing that is reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Element {
    /// Stable id.
    pub id: String,
    /// Row number on the form, stable from version to version.
    pub row: u16,
    /// Name, Vietnamese.
    pub name_vi: String,
    /// Name, English.
    pub name_en: String,
    /// What is counted.
    pub measure: Measure,
    /// How it adds up over time.
    pub nature: Nature,
    /// Never public below the province; 1 to 4 suppressed.
    #[serde(default)]
    pub sensitive: bool,
    /// The total it is a part of ("Trong đó").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
    /// How to count.
    #[serde(default)]
    pub note_vi: String,
    /// The largest figure that is plausible, where the plan gives one ([`Element::most`]). It travels apart: v0.1.0 reads
    /// an element with no further field.
    #[serde(default, skip_serializing)]
    pub max: Option<i64>,
}

impl Element {
    /// The largest figure that is entered: what the plan says, or a thousand million of what is counted and a hundred
    /// million million đồng. What is larger was typed by mistake, and one such figure would drown all others in a sum.
    pub fn most(&self) -> i64 {
        let usual = if self.measure == Measure::MoneyVnd { 100_000_000_000_000 } else { 1_000_000_000 };
        self.max.unwrap_or(usual)
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Vụ.
    CountCase,
    /// Người.
    CountPerson,
    /// Other things.
    CountItem,
    /// Whole đồng.
    MoneyVnd,
    /// One of a later release: a number without a unit.
    #[serde(rename = "?")]
    Unknown,
}

/// How an element adds up over a longer span; all natures add up over units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// Sum of the periods.
    Flow,
    /// The first period's value.
    StockOpen,
    /// The last period's value.
    StockClose,
    /// Fixed, of 2016–2020.
    Baseline,
    /// One of a later release: it is entered, and in no sum here.
    #[serde(rename = "?")]
    Unknown,
}

/// A constraint between figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable id.
    pub id: String,
    /// What it is about.
    pub kind: RuleKind,
    /// `left op right`.
    pub expression: String,
    /// Whether it blocks a submission.
    pub severity: Severity,
    /// Over what span it holds.
    pub scope: RuleScope,
    /// What to say, Vietnamese.
    pub message_vi: String,
    /// What to say, English.
    pub message_en: String,
}

/// Kinds of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleKind {
    /// Opening + new = outcomes + closing.
    Balance,
    /// Total = parts.
    SumOfParts,
    /// At most.
    Le,
    /// Opening = previous closing.
    CarryOver,
    /// Far from last year.
    Outlier,
    /// Asks for a reason.
    RequiredExplanation,
    /// What a later release says.
    #[serde(rename = "?")]
    Unknown,
}

/// Whether a rule blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Blocks a submission, never saving.
    Error,
    /// Asks.
    Warning,
}

/// Over what a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleScope {
    /// One unit and period.
    Period,
    /// Flows added from the start of the business year, one unit.
    YearToDate,
    /// Added over the province as well; judged at approval, never at a reporter's.
    ProvinceYearToDate,
    /// What a later release says.
    #[serde(rename = "?")]
    Unknown,
}
