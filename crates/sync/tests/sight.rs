//! Who is told what of others' figures: every role and scope, against a table.

#[expect(dead_code, reason = "shared with the facts, which need more of it")]
mod support;

use chitieu_domain::{Model, ReporterIx};
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::sight::{Sight, sight};
use chitieu_sync::submission::State;
use chrono::NaiveDate;
use std::sync::LazyLock;

static MODEL: LazyLock<Model> = LazyLock::new(support::model);

/// The plan's own territory, the province of today, old Thái Bình, a district of 2021, a region, three communes.
const SCOPES: [&str; 8] = [
    "33@2021-01-01",
    "33@2025-07-01",
    "34@2021-01-01",
    "323@2021-01-01",
    "KV1@2025-07-01",
    "11977@2025-07-01",
    "11953@2025-07-01",
    "12466@2025-07-01",
];

/// Who asks, and for each scope what they are told: all figures, those that are submitted and their own, or nothing.
const TABLE: [(&str, &str); 11] = [
    ("admin", "- - - - - - - -"),
    ("reviewer", "a a a a a a a a"),
    ("leader", "a a a a a a a a"),
    ("publisher", "s s s s s s s s"),
    ("auditor", "s s s s s s s s"),
    ("nobody's officer", "- - - - - - - -"),
    ("police_province:33@2021-01-01", "s s - - - - - -"),
    ("court_region:KV1@2025-07-01", "s s - - s - - -"),
    // It took in a commune of another district.
    ("police_commune:11977@2025-07-01", "s s - - s s - -"),
    ("police_commune:11953@2025-07-01", "s s - s s - s -"),
    ("police_commune:11977@2025-07-01 police_commune:11953@2025-07-01", "s s - s s s s -"),
];

fn grants(who: &str) -> Grants {
    let office = |role| Grants::plain(role, Vec::new());
    match who {
        "admin" => office(Role::Admin),
        "reviewer" => office(Role::Reviewer),
        "leader" => office(Role::Leader),
        "publisher" => office(Role::Publisher),
        "auditor" => office(Role::Auditor),
        "nobody's officer" => office(Role::Officer),
        reporters => {
            Grants::plain(Role::Officer, reporters.split(' ').map(|id| id.parse().expect("an id")).collect())
        }
    }
}

fn day() -> NaiveDate {
    "2026-11-22".parse().expect("a day")
}

fn of(who: &str, scope: &str) -> Option<Sight> {
    let scope = MODEL.unit_ix(&scope.parse().expect("an id")).expect("a unit");
    sight(&grants(who), &MODEL, scope, day())
}

fn reporter(id: &str) -> ReporterIx {
    MODEL.reporter_ix(&id.parse().expect("an id")).expect("a reporter")
}

#[test]
fn each_role_is_told_of_each_scope_what_the_table_says() {
    for (who, row) in TABLE {
        let found = SCOPES.map(|scope| match of(who, scope) {
            None => "-",
            Some(Sight::All) => "a",
            Some(Sight::Submitted(_)) => "s",
        });
        assert_eq!(found.join(" "), row, "{who}");
    }
}

#[test]
fn an_officer_asks_for_no_unit_that_does_not_contain_theirs() {
    let officers = ["court_region:KV1@2025-07-01", "police_commune:11953@2025-07-01"];
    for who in officers {
        let own = MODEL.reporter(reporter(who)).unit;
        for unit in MODEL.units().all() {
            let scope = MODEL.unit_ix(&unit.id).expect("a unit");
            let may = sight(&grants(who), &MODEL, scope, day()).is_some();
            let contains = MODEL.unit(own).lies_inside(unit) || scope == MODEL.own_territory();
            assert_eq!(may, contains, "{who}: {}", unit.id);
        }
    }
}

#[test]
fn a_draft_counts_for_its_reporter_and_for_who_sees_all() {
    let (own, other) = ("police_commune:11977@2025-07-01", "police_commune:11953@2025-07-01");
    let officer = of(own, SCOPES[0]).expect("they may ask");
    let auditor = of("auditor", SCOPES[0]).expect("they may ask");
    let leader = of("leader", SCOPES[0]).expect("they may ask");
    let (own, other) = (reporter(own), reporter(other));
    for state in [State::Draft, State::Returned, State::Submitted, State::Approved, State::Published] {
        let is_draft = matches!(state, State::Draft | State::Returned);
        assert!(officer.rests_on(own, state) && leader.rests_on(other, state), "{state:?}");
        assert_eq!(officer.rests_on(other, state), !is_draft, "{state:?}");
        assert_eq!(auditor.rests_on(own, state), !is_draft, "{state:?}");
    }
}
