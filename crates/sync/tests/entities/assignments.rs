//! Who may say of a task who leads it, and what a unit gives to its bodies.

use super::{Server, assignment, one, op, rejected, rev, reviewer, steering, support};
use chitieu_sync::Rejection;
use chitieu_sync::entity::{Change, EntityKey, task_assignment};
use chitieu_sync::grants::{Grant, Grants, Role, Scope};
use chitieu_sync::raw::Raw;
use support::reporter;

#[test]
fn an_assignment_is_for_a_steering_office_to_make_and_of_a_task_of_the_plan() {
    let mut server = Server::new();
    let officer = support::officer();
    let change = one(task_assignment::LEAD, reporter());
    for grants in [&officer, &reviewer()] {
        assert_eq!(server.take(grants, &op(&assignment(), (1, 1), 0, &change)), rejected(Rejection::NoRight));
    }
    let none = EntityKey { id: "IX.9".into(), ..assignment() };
    assert_eq!(server.take(&steering(), &op(&none, (1, 2), 0, &change)), rejected(Rejection::UnknownElement));
    let wrong = [
        (one(task_assignment::LEAD, "nobody"), Rejection::UnknownReporter),
        (one(task_assignment::FROM, "2026-02-30"), Rejection::Malformed),
        (one("colour", "red"), Rejection::Malformed),
        (one(task_assignment::COOPERATING, vec![reporter(); 51]), Rejection::TooLong),
        (
            Change::from([
                (task_assignment::FROM.to_owned(), Raw::of(&"2026-12-01")),
                (task_assignment::UNTIL.to_owned(), Raw::of(&"2026-11-01")),
            ]),
            Rejection::OutOfRange,
        ),
    ];
    for (nth, (change, code)) in wrong.into_iter().enumerate() {
        let op = op(&assignment(), (1, 10 + nth as u64), 0, &change);
        assert_eq!(server.take(&steering(), &op), rejected(code), "{change:?}");
    }
}

#[test]
fn a_units_steering_office_gives_work_to_the_bodies_of_the_unit_and_leaves_the_plans_assignments_alone() {
    let mut server = Server::new();
    let unit =
        |id: &str| Grants::new(vec![Grant::new(Role::Steering, Scope::Unit(id.parse().expect("a unit")))]);
    let (own, other) = (unit("11977@2025-07-01"), unit("325@2021-01-01"));
    let lead = |who| one(task_assignment::LEAD, who);
    let outside: chitieu_domain::ReporterId = "police_commune:12004@2025-07-01".parse().expect("a reporter");
    let days = one(task_assignment::UNTIL, "2026-12-31");
    let no = rejected(Rejection::NoRight);
    // The plan's own assignment is everybody's: one commune would take it from all others.
    assert_eq!(server.take(&own, &op(&assignment(), (1, 1), 0, &days)), no);
    assert_eq!(server.take(&own, &op(&assignment(), (1, 2), 0, &lead(reporter()))), no);
    let given = |who: &chitieu_domain::ReporterId| EntityKey { stream: who.clone().into(), ..assignment() };
    assert_eq!(server.take(&own, &op(&given(&outside), (1, 3), 0, &days)), no, "of another unit");
    let stands = rev(&server.take(&own, &op(&given(&reporter()), (1, 4), 0, &days)));
    assert_eq!(server.take(&own, &op(&given(&reporter()), (1, 5), stands, &lead(outside.clone()))), no);
    rev(&server.take(&own, &op(&given(&reporter()), (1, 6), stands, &lead(reporter()))));
    assert_eq!(server.take(&other, &op(&given(&reporter()), (2, 1), stands, &days)), no, "it is not theirs");
    let campaign = EntityKey { id: "II.4.4b/2026-07-01".into(), ..given(&reporter()) };
    assert_eq!(server.take(&own, &op(&campaign, (1, 8), 0, &days)), rejected(Rejection::Malformed));
    let officer = support::officer();
    assert_eq!(
        server.take(&officer, &op(&given(&reporter()), (4, 1), stands, &days)),
        no,
        "it gets the work"
    );
    // The plan's may, and what names somebody else is no more the unit's to change.
    rev(&server.take(&steering(), &op(&given(&reporter()), (3, 1), stands + 1, &lead(outside))));
    assert_eq!(
        server.take(&own, &op(&given(&reporter()), (1, 7), stands + 2, &days)),
        no,
        "it was taken away"
    );
}
