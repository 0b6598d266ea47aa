//! The plan's structs and words as they are read from the packed form: in the order in which they are declared, and last what
//! travels apart.

use super::{
    Agency, BorneBy, Calendar, Comparator, Element, Evaluated, Firmness, Form, Measure, Nature, Per,
    Periodicity, Plan, Rule, RuleKind, RuleScope, Segment, Severity, Target, TargetKind, Task, TaskKind,
};
use crate::{unpacked, words};

unpacked!(Plan {
    id: need,
    title_vi: need,
    title_en: need,
    legal_basis_vi: need,
    own_territory: need,
    reporting_provinces: need,
    deadlines: need,
    holidays: need,
    targets: need,
    forms: need,
    agencies: need,
    tasks: or_default,
    calendars: or_default,
    units: or_default,
});

unpacked!(Target {
    id: need,
    section: need,
    wording_vi: need,
    title_vi: need,
    title_en: need,
    kind: need,
    numerator: need,
    denominator: need,
    comparator: need,
    threshold_percent: need,
    firmness: need,
    calendar: need,
    evaluated: need,
    years: need,
    note_vi: need,
    alternative: need,
});

unpacked!(Form {
    id: need,
    title_vi: need,
    title_en: need,
    assigned_to: need,
    periodicity: need,
    calendar: need,
    elements: need,
    rules: or_default,
});

unpacked!(Element {
    id: need,
    row: need,
    name_vi: need,
    name_en: need,
    measure: need,
    nature: need,
    sensitive: or_default,
    part_of: need,
    note_vi: or_default,
    max: need,
});

unpacked!(Rule {
    id: need,
    kind: need,
    expression: need,
    severity: need,
    scope: need,
    message_vi: need,
    message_en: need,
});

unpacked!(Agency {
    id: need,
    name_vi: need,
    role: need,
    per: need,
    valid_from: need,
    valid_to: need,
    successor: or_default,
    note: or_default,
});

unpacked!(Task {
    id: need,
    section: need,
    title_vi: need,
    title_en: need,
    wording_vi: need,
    kind: need,
    lead: need,
    cooperating: or_default,
    output_vi: need,
    figures: or_default,
    entity: or_default,
    public: need,
    note: or_default,
});

unpacked!(Calendar { id: need, name_vi: need, name_en: need, due_by_day: need, segments: or_default });

unpacked!(Segment {
    from_year: need,
    first_month: need,
    first_day: need,
    borne_by: or_default,
    alternative: need,
});

words!(TargetKind {
    CountVsPreviousYear: "count_vs_previous_year",
    RateVsPreviousYear: "rate_vs_previous_year",
    ReductionVsBaseline: "reduction_vs_baseline",
    RateThreshold: "rate_threshold",
    CountZero: "count_zero",
    Unknown: "?",
});

words!(Comparator { Lt: "lt", Le: "le", Gt: "gt", Ge: "ge", Eq: "eq", Unknown: "?" });

words!(Firmness { Firm: "firm", Aspirational: "aspirational", Derived: "derived", Unknown: "?" });

words!(Evaluated { Annual: "annual", EachPeriod: "each_period", FiveYear: "five_year", Unknown: "?" });

words!(Measure {
    CountCase: "count_case",
    CountPerson: "count_person",
    CountItem: "count_item",
    MoneyVnd: "money_vnd",
    Unknown: "?",
});

words!(Nature {
    Flow: "flow",
    StockOpen: "stock_open",
    StockClose: "stock_close",
    Baseline: "baseline",
    Unknown: "?",
});

words!(RuleKind {
    Balance: "balance",
    SumOfParts: "sum_of_parts",
    Le: "le",
    CarryOver: "carry_over",
    Outlier: "outlier",
    RequiredExplanation: "required_explanation",
    Unknown: "?",
});

words!(Severity { Error: "error", Warning: "warning" });

words!(RuleScope {
    Period: "period",
    YearToDate: "year_to_date",
    ProvinceYearToDate: "province_year_to_date",
    Unknown: "?",
});

words!(Per {
    Single: "single",
    Department: "department",
    District: "district",
    Region: "region",
    Commune: "commune",
});

words!(TaskKind {
    OneOff: "one_off",
    Annual: "annual",
    Campaign: "campaign",
    Continuous: "continuous",
    Unknown: "?",
});

words!(Periodicity {
    Month: "month",
    Quarter: "quarter",
    HalfYear: "half_year",
    Year: "year",
    Once: "once",
    Unknown: "?",
});

words!(BorneBy { OldYear: "old_year", NewYear: "new_year", Unknown: "?" });
