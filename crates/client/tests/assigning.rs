//! Assigning many tasks at once, and what a unit gives to its bodies, on a device.

#[expect(dead_code, reason = "shared with the facts of the protocol, which need more of it")]
#[path = "../../sync/tests/support/mod.rs"]
mod support;

use chitieu_client::commands::Author;
use chitieu_client::tasks::{
    Overview, Part, Planned, Scope, assigned, assignment_key, duties, given_key, is_confirmed, is_set, plan,
    report_key, said, undone,
};
use chitieu_domain::task::{Group, Occurrence, Openness};
use chitieu_domain::{Figures, Model, ReporterId};
use chitieu_sync::entity::task_assignment::{FROM, LEAD, OFFICE, OUTPUT, UNTIL};
use chitieu_sync::entity::task_report::{APPROVE, DOING, DONE, PROGRESS, RETURN, STEP, SUBMIT, TEXT};
use chitieu_sync::entity::{Change, EntityKey};
use chitieu_sync::grants::{Grant, Grants, Role, Scope as Reach};
use chitieu_sync::memory::Memory;
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::FieldStatus;
use chrono::NaiveDate;
use std::sync::LazyLock;
use support::{Device, Office as Server, PLAN};
use uuid::Uuid;

const POLICE: &str = "police_commune:11977@2025-07-01";

static SERVER: LazyLock<Server> = LazyLock::new(Server::new);

fn model() -> &'static Model {
    &SERVER.model
}

fn today() -> NaiveDate {
    SERVER.today
}

fn who(id: &str) -> ReporterId {
    id.parse().expect("a reporter")
}

fn set(values: &[(&str, &str)]) -> Change {
    values.iter().map(|(field, value)| ((*field).to_owned(), Raw::of(value))).collect()
}

fn author<'a>(grants: &'a Grants, figures: &'a Figures) -> Author<'a> {
    let (model, today) = (model(), today());
    Author { model, plan: PLAN, username: "lan", grants, figures, today, entered_at: "2026-11-22T08:00:00Z" }
}

/// Keeps a step of a report on a device.
fn step(device: &mut Device, grants: &Grants, of: &EntityKey, change: &Change, reason: Option<&str>) {
    let figures = Figures::default();
    let id = Uuid::from_u128(u128::from(device.replica.next_seq()) << 64 | 2);
    let why = (Vec::new(), reason.map(str::to_owned));
    let kept = author(grants, &figures).change_entity(&device.replica, id, of, change, why);
    device.store(kept.unwrap_or_else(|why| panic!("{of:?}: {why:?}")).0);
}

/// Keeps changes on a device as its person may; each gets another id.
fn keep(device: &mut Device, grants: &Grants, changes: &[(EntityKey, Change)]) {
    let figures = Figures::default();
    let first = device.replica.next_seq().into();
    let ids: Vec<Uuid> = (first..)
        .take(changes.len())
        .map(|n: u128| Uuid::from_u128(n << 64 | device.replica.device_id().as_u128()))
        .collect();
    let kept =
        author(grants, &figures).change_entities(&device.replica, changes, &ids).expect("it is allowed").0;
    device.store(kept);
}

fn written(planned: &[Planned]) -> Vec<(EntityKey, Change)> {
    planned.iter().map(|planned| (planned.key.clone(), planned.change.clone())).collect()
}

fn steering() -> Grants {
    Grants::plain(Role::Steering, Vec::new())
}

fn all() -> Vec<usize> {
    (0..model().plan().tasks.len()).collect()
}

fn place(task: &str) -> usize {
    model().plan().tasks.iter().position(|known| known.id == task).expect("a task")
}

#[test]
fn every_task_is_confirmed_at_once_as_the_plan_proposes_and_with_those_who_lead_it() {
    let mut device = Device::new("lan", 1);
    let none = Change::new();
    let planned = plan((model(), &device.replica), &all(), Scope::Plan, (&none, true), today());
    assert_eq!(planned.len(), model().plan().tasks.len());
    assert!(planned.iter().all(|one| one.replaced().next().is_none() && !one.is_backwards));
    let before: Vec<_> = model()
        .plan()
        .tasks
        .iter()
        .map(|task| assigned(model(), &device.replica, task, None, today()).lead)
        .collect();
    keep(&mut device, &steering(), &written(&planned));
    for (task, before) in model().plan().tasks.iter().zip(before) {
        let now = assigned(model(), &device.replica, task, None, today());
        assert!(!now.is_proposed, "{}", task.id);
        assert_eq!(now.lead, before, "{}: nobody is left out and nobody comes in", task.id);
        let view = device.replica.entity(&assignment_key(task, None)).expect("it reads");
        assert!(is_confirmed(model(), task, &view, today()));
        assert_eq!(view.value::<String>(OUTPUT).as_ref(), Some(&task.output_vi), "{}", task.id);
    }
    let again = plan((model(), &device.replica), &all(), Scope::Plan, (&none, true), today());
    assert_eq!(again, [], "what stands is not written again");
}

#[test]
fn what_is_given_to_many_leaves_other_fields_and_says_whose_content_gives_way() {
    let mut device = Device::new("lan", 1);
    let tasks = [place("I.2"), place("I.5x"), place("I.7")];
    let one = assignment_key(&model().plan().tasks[tasks[0]], None);
    keep(&mut device, &steering(), &[(one.clone(), set(&[(OFFICE, "PC01"), (FROM, "2026-12-01")]))]);
    let given = set(&[(OFFICE, "PV01"), (UNTIL, "2026-11-30")]);
    let planned = plan((model(), &device.replica), &tasks, Scope::Plan, (&given, false), today());
    let replaced: Vec<_> = planned
        .iter()
        .map(|one| one.replaced().map(|(name, was)| (name, was.text())).collect::<Vec<_>>())
        .collect();
    assert_eq!(replaced, [vec![(OFFICE, "\"PC01\"")], vec![], vec![]]);
    assert_eq!(planned.iter().map(|one| one.is_backwards).collect::<Vec<_>>(), [true, false, false]);
    keep(&mut device, &steering(), &written(&planned[1..]));
    let from = device.replica.entity(&one).expect("it reads").value::<String>(FROM);
    assert_eq!(from.as_deref(), Some("2026-12-01"));
}

#[test]
fn undoing_gives_back_what_stood_and_leaves_what_was_changed_since() {
    let mut device = Device::new("lan", 1);
    let tasks = [place("I.2"), place("I.5x")];
    let keys = tasks.map(|task| assignment_key(&model().plan().tasks[task], None));
    keep(&mut device, &steering(), &[(keys[0].clone(), set(&[(OFFICE, "PC01")]))]);
    let given = set(&[(OFFICE, "PV01"), (UNTIL, "2026-12-31")]);
    let planned = plan((model(), &device.replica), &tasks, Scope::Plan, (&given, false), today());
    keep(&mut device, &steering(), &written(&planned));
    keep(&mut device, &steering(), &[(keys[1].clone(), set(&[(OFFICE, "PX03")]))]);
    let back = undone(&device.replica, &planned);
    keep(&mut device, &steering(), &back);
    let value =
        |key: &EntityKey, field: &str| device.replica.entity(key).expect("it reads").value::<String>(field);
    assert_eq!((value(&keys[0], OFFICE).as_deref(), value(&keys[0], UNTIL)), (Some("PC01"), None));
    assert_eq!((value(&keys[1], OFFICE).as_deref(), value(&keys[1], UNTIL)), (Some("PX03"), None));
    assert_eq!(undone(&device.replica, &planned), [], "nothing is left to undo");
}

#[test]
fn a_commune_gives_a_task_to_its_bodies_which_have_to_report_it_by_the_communes_days() {
    let unit = "11977@2025-07-01".parse().expect("a unit");
    let own = Grants::new(vec![Grant::new(Role::Steering, Reach::Unit(unit))]);
    let mut device = Device::new("lan", 1);
    let task = &model().plan().tasks[place("II.1.1")];
    let police = model().reporter_ix(&who(POLICE)).expect("a reporter");
    let of_police = |device: &Device| {
        let all = duties(model(), &device.replica, today(), &|one| one == police);
        all.into_iter().find(|duty| duty.task == place("II.1.1"))
    };
    assert_eq!(of_police(&device), None, "the plan names the committees alone");
    let leads = assigned(model(), &device.replica, task, None, today()).lead;
    let given = set(&[(UNTIL, "2026-12-20"), (OFFICE, "Tổ an ninh")]);
    let bodies = [who(POLICE), who("committee_138_commune:11977@2025-07-01")];
    let planned =
        plan((model(), &device.replica), &[place("II.1.1")], Scope::Bodies(&bodies), (&given, true), today());
    assert_eq!(planned.len(), 2);
    assert!(
        planned.iter().all(|one| !one.change.contains_key(LEAD)),
        "who leads is not the commune's to say"
    );
    keep(&mut device, &own, &written(&planned));
    let now = assigned(model(), &device.replica, task, None, today());
    assert_eq!(now.lead, leads, "who leads in the province still leads");
    let duty = of_police(&device).expect("it has to report");
    assert_eq!(duty.part, Part::Cooperates);
    assert_eq!(duty.dates.due.map(|due| due.to_string()).as_deref(), Some("2026-12-20"));
    let back = undone(&device.replica, &planned);
    keep(&mut device, &own, &back);
    assert_eq!(of_police(&device), None);
    let key = given_key(task, &who(POLICE));
    assert!(!is_set(&device.replica.entity(&key).expect("it reads")));
    // Of a task that is done each quarter, nothing is owed of before it was given.
    let quarterly = [place("II.1.2a")];
    let planned =
        plan((model(), &device.replica), &quarterly, Scope::Bodies(&bodies), (&given, false), today());
    keep(&mut device, &own, &written(&planned));
    let all = duties(model(), &device.replica, today(), &|one| one == police);
    let duty = all.iter().find(|duty| duty.task == quarterly[0]).expect("it has to report");
    assert_eq!(duty.turn.to_string(), "2026-Q4");
}

#[test]
fn what_a_unit_gives_takes_nothing_from_what_a_body_owes_by_the_plan() {
    let unit = "11977@2025-07-01".parse().expect("a unit");
    let own = Grants::new(vec![Grant::new(Role::Steering, Reach::Unit(unit))]);
    let mut device = Device::new("lan", 1);
    let committee = who("people_committee_commune:11977@2025-07-01");
    let ix = model().reporter_ix(&committee).expect("a reporter");
    let owed = |device: &Device| duties(model(), &device.replica, today(), &|one| one == ix);
    let before = owed(&device);
    assert!(before.iter().any(|duty| duty.part == Part::Leads));
    let given = set(&[(OFFICE, "Văn phòng"), (UNTIL, "2099-12-31")]);
    let bodies = [committee];
    let planned = plan((model(), &device.replica), &all(), Scope::Bodies(&bodies), (&given, true), today());
    keep(&mut device, &own, &written(&planned));
    let after = owed(&device);
    for duty in before {
        assert!(after.contains(&duty) || duty.dates.due.is_none(), "{duty:?}");
    }
}

#[test]
fn undoing_leaves_what_somebody_else_said_alike() {
    let mut server = Memory::new(1);
    let (mut one, mut two) = (Device::new("lan", 1), Device::new("mai", 2));
    let office = Server { grants: steering(), ..Server::new() };
    let none = Change::new();
    let tasks = [place("I.5x")];
    let planned =
        |device: &Device| plan((model(), &device.replica), &tasks, Scope::Plan, (&none, true), today());
    let (first, second) = (planned(&one), planned(&two));
    keep(&mut one, &steering(), &written(&first));
    one.sync(&mut server, &office);
    keep(&mut two, &steering(), &written(&second));
    two.sync(&mut server, &office);
    for is_told in [false, true] {
        assert_eq!(undone(&two.replica, &second), [], "the other said it first");
        assert_eq!(undone(&one.replica, &first).len(), 1, "told of it: {is_told}");
        one.pull(&server);
        two.pull(&server);
    }
}

#[test]
fn every_task_is_reported_by_who_leads_it_sent_back_sent_again_approved_and_counted() {
    let mut server = Memory::new(1);
    let mut device = Device::new("lan", 1);
    let campaigns = ["II.2.2b", "II.4.4b", "II.5.1b"];
    for task in campaigns {
        let task = &model().plan().tasks[place(task)];
        let key = assignment_key(task, Some(Occurrence::On(today())));
        keep(&mut device, &steering(), &[(key, set(&[(UNTIL, "2026-12-31")]))]);
    }
    let office = |grants| Server { grants, ..Server::new() };
    device.sync(&mut server, &office(steering()));
    let reviewer = Grants::plain(Role::Reviewer, Vec::new());
    for (n, task) in model().plan().tasks.iter().enumerate() {
        let of = |device: &Device| {
            let all = duties(model(), &device.replica, today(), &|_| true);
            all.into_iter().find(|duty| duty.task == n && duty.part == Part::Leads)
        };
        let duty = of(&device).unwrap_or_else(|| panic!("{}: nobody leads it", task.id));
        let who = &model().reporter(duty.reporter).id;
        let officer = Grants::plain(Role::Officer, vec![who.clone()]);
        let key = report_key(task, who, duty.turn);
        let mut say = |device: &mut Device, grants: &Grants, change: Change, reason: Option<&str>| {
            step(device, grants, &key, &change, reason);
            device.sync(&mut server, &office(grants.clone()));
        };
        let words_only = task.openness() == Openness::WordsOnly;
        let mut first = set(&[(PROGRESS, DOING), (STEP, SUBMIT)]);
        if !words_only {
            first.insert(TEXT.to_owned(), Raw::of(&"Đang làm."));
        }
        say(&mut device, &officer, first, None);
        say(&mut device, &reviewer, set(&[(STEP, RETURN)]), Some("Nêu rõ kết quả"));
        say(&mut device, &officer, set(&[(PROGRESS, DONE), (STEP, SUBMIT)]), None);
        say(&mut device, &reviewer, set(&[(STEP, APPROVE)]), None);
        let report = device.replica.entity(&key).expect("it reads");
        assert!(
            report.fields.values().all(|field| field.status == FieldStatus::Sent),
            "{}: {report:?}",
            task.id
        );
        assert!(said(&report, today()).is_approved, "{}", task.id);
        let dates = duty.dates;
        let now = chitieu_client::tasks::duty(
            model(),
            &device.replica,
            (n, Part::Leads),
            duty.reporter,
            (duty.turn, &assigned(model(), &device.replica, task, Some(duty.turn), today())),
            today(),
        );
        assert_eq!(now.dates, dates, "{}", task.id);
        let overview = Overview::of(model(), std::slice::from_ref(&now));
        assert_eq!(overview.whole.of(Group::Done), 1, "{}: {:?}", task.id, now.standing);
    }
}
