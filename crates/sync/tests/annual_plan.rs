//! A unit's own programme of a year and what it contains (KH 188, I.8 and II.1.4): who writes it, what it must have, and what
//! becomes of two that write.

#[expect(dead_code, reason = "shared with the other tests, which need more of it")]
mod support;

use chitieu_domain::ReporterId;
use chitieu_sync::entity::annual_plan_document::{
    AGENCIES, DOCUMENT, DRAFTING, DUE_ON, INTEGRATED_WITH, ISSUED, ISSUED_ON, STATE, TITLE, is_kept_by,
    is_owed_by, span, years,
};
use chitieu_sync::entity::{Change, Entity, EntityKey, annual_plan_document, annual_plan_item as item};
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::ledger::Push;
use chitieu_sync::memory::Memory;
use chitieu_sync::raw::Raw;
use chitieu_sync::{Base, Op, OpBody, Outcome, Rejection};
use serde::Serialize;
use support::{Office, PLAN};
use uuid::Uuid;

const WHO: &str = "people_committee_commune:11977@2025-07-01";
const ITEM: &str = "2026/7f0c1f0a-5a0e-4c1f-9d55-0b3f6f6d2a11";

fn who(id: &str) -> ReporterId {
    id.parse().expect("a reporter")
}

fn officer() -> Grants {
    Grants::plain(Role::Officer, vec![who(WHO)])
}

fn document(year: &str) -> EntityKey {
    EntityKey { stream: who(WHO).into(), kind: annual_plan_document::ID.into(), id: year.into() }
}

fn item(id: &str) -> EntityKey {
    EntityKey { stream: who(WHO).into(), kind: item::ID.into(), id: id.into() }
}

fn set(values: &[(&str, &str)]) -> Change {
    values.iter().map(|(field, value)| ((*field).to_owned(), Raw::of(value))).collect()
}

fn one(field: &str, value: impl Serialize) -> Change {
    Change::from([(field.to_owned(), Raw::of(&value))])
}

fn drafted() -> Change {
    set(&[(STATE, DRAFTING), (TITLE, "Kế hoạch năm 2026"), (DUE_ON, "2026-01-31")])
}

/// An item as an officer begins it.
fn begun() -> Change {
    set(&[
        (item::STATE, item::NOT_STARTED),
        (item::NUMBER, "1"),
        (item::TITLE, "Tập huấn cho tổ hòa giải"),
        (item::OUTPUT, "Kế hoạch tập huấn"),
        (item::LEAD, WHO),
        (item::DUE_ON, "2026-06-30"),
    ])
}

struct Server {
    office: Office,
    memory: Memory,
    seq: u64,
}

impl Server {
    fn new() -> Self {
        Self { office: Office::new(), memory: Memory::new(1), seq: 0 }
    }

    fn entity(&self, of: &EntityKey) -> Entity {
        self.memory.entities().get(of).cloned().unwrap_or_default()
    }

    /// A change by somebody on a device that saw a revision.
    fn change(
        &mut self,
        grants: &Grants,
        (of, base): (&EntityKey, u64),
        device: u128,
        change: &Change,
    ) -> Outcome {
        self.settle(grants, (of, base), device, change, (None, Vec::new()))
    }

    /// The same with a reason, and with conflicts that it settles.
    fn settle(
        &mut self,
        grants: &Grants,
        (of, base): (&EntityKey, u64),
        device: u128,
        change: &Change,
        (reason, resolves): (Option<&str>, Vec<Uuid>),
    ) -> Outcome {
        self.seq += 1;
        let op = Op {
            op_id: Uuid::from_u128(device << 64 | u128::from(self.seq)),
            device_id: Uuid::from_u128(device),
            device_seq: self.seq,
            author: format!("person{device}"),
            stream: of.stream.clone(),
            base: Base::Rev(base),
            plan: PLAN.into(),
            entered_at: "2026-11-22T08:00:00Z".into(),
            reason: reason.map(str::to_owned),
            note: None,
            body: OpBody::Entity {
                kind: of.kind.clone(),
                id: of.id.clone(),
                change: Raw::of(change),
                resolves,
            },
        };
        let push = Push { grants, ..self.office.push(1) };
        self.memory.push(&push, &[op]).expect("nobody copied a device")[0].outcome.clone()
    }

    /// A change by the officer, who saw all of it.
    fn officer(&mut self, of: &EntityKey, change: &Change) -> Result<(), Rejection> {
        self.explained(of, change, (None, Vec::new()))
    }

    /// The same with a reason, and with conflicts that it settles.
    fn explained(
        &mut self,
        of: &EntityKey,
        change: &Change,
        more: (Option<&str>, Vec<Uuid>),
    ) -> Result<(), Rejection> {
        let rev = self.entity(of).rev;
        match self.settle(&officer(), (of, rev), 1, change, more) {
            Outcome::Rejected { code } => Err(code),
            Outcome::Applied { .. } | Outcome::SameValue { .. } => Ok(()),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn whoever_fills_in_the_form_that_counts_programmes_has_one_and_every_agency_that_has_one_is_of_the_plan() {
    let model = support::model();
    let form = model.form_of(model.element_ix("annual_plans_issued").expect("an element"));
    for named in &model.form(form).assigned_to {
        // An agency of some years only names them behind.
        let agency = named.split('[').next().expect("a name");
        assert!(AGENCIES.contains(&agency), "{named}");
    }
    for agency in AGENCIES {
        assert!(model.plan().agencies.iter().any(|known| known.id == *agency), "{agency}");
    }
}

#[test]
fn a_unit_has_a_programme_of_the_years_in_which_it_is_there() {
    let model = support::model();
    let has = |id: &str, year| is_kept_by(&model, model.reporter_ix(&who(id)).expect("a reporter"), year);
    assert!(has(WHO, 2026) && has(WHO, 2025) && !has(WHO, 2024));
    let district = "people_committee_district:323@2021-01-01";
    assert!(has(district, 2025) && !has(district, 2026), "it ended with June 2025");
    assert!(!has(support::REPORTER, 2026), "a commune's police has none of its own");
}

#[test]
fn who_is_there_for_a_month_of_a_year_owes_a_programme_and_the_province_s_committee_none() {
    let model = support::model();
    let of = |id: &str| model.reporter_ix(&who(id)).expect("a reporter");
    assert!(is_owed_by(&model, of(WHO), 2026) && is_owed_by(&model, of(WHO), 2025));
    let late = model.reporters().iter().find(|r| {
        r.id.agency() == "people_committee_commune" && r.from == Some("2024-12-01".parse().expect("a day"))
    });
    let late = of(&late.expect("communes began in December 2024").id.to_string());
    assert!(is_kept_by(&model, late, 2024), "it began a fortnight before the year's end, and may have one");
    assert!(!is_owed_by(&model, late, 2024) && is_owed_by(&model, late, 2025));
    let committee = of("people_committee_province:33@2021-01-01");
    assert!(is_kept_by(&model, committee, 2026) && !is_owed_by(&model, committee, 2026));
}

#[test]
fn the_years_that_can_be_written_are_those_that_are_admitted_also_between_the_years() {
    let mut server = Server::new();
    // The business year 2027 began on the 15th.
    server.office.today = "2026-12-20".parse().expect("a day");
    let open = years(&server.office.model, server.office.today);
    assert_eq!((*open.start(), *open.end()), (2021, 2027));
    assert_eq!(server.officer(&document("2027"), &drafted()), Ok(()));
    assert_eq!(server.officer(&document("2028"), &drafted()), Err(Rejection::NotOpen));
}

#[test]
fn only_the_unit_s_officers_write_it_and_only_for_a_year_that_can_have_one() {
    let mut server = Server::new();
    let refused = |server: &mut Server, grants: &Grants, of: &EntityKey| match server.change(
        grants,
        (of, 0),
        1,
        &drafted(),
    ) {
        Outcome::Rejected { code } => code,
        other => panic!("{other:?}"),
    };
    for role in [Role::Reviewer, Role::Steering, Role::Leader, Role::Auditor] {
        let grants = Grants::plain(role, Vec::new());
        assert_eq!(refused(&mut server, &grants, &document("2026")), Rejection::NoRight, "{role:?}");
    }
    assert_eq!(server.officer(&document("2028"), &drafted()), Err(Rejection::NotOpen));
    assert_eq!(server.officer(&document("2024"), &drafted()), Err(Rejection::NotAssigned));
    assert_eq!(server.officer(&document("2026-Q1"), &drafted()), Err(Rejection::Malformed));
    let plan = EntityKey { stream: chitieu_sync::StreamId::Plan, ..document("2026") };
    assert_eq!(refused(&mut server, &officer(), &plan), Rejection::UnknownReporter);
    let police = EntityKey { stream: support::reporter().into(), ..document("2026") };
    assert_eq!(refused(&mut server, &support::officer(), &police), Rejection::NotAssigned);
    for id in ["2026", "2026/1", "2026/7F0C1F0A-5A0E-4C1F-9D55-0B3F6F6D2A11", "2026-Q1/x"] {
        assert_eq!(server.officer(&item(id), &begun()), Err(Rejection::Malformed), "{id}");
    }
    // That of the next year is made in this one.
    assert_eq!(server.officer(&document("2027"), &drafted()), Ok(()));
    assert_eq!(server.officer(&item(&ITEM.replace("2026/", "2027/")), &begun()), Ok(()));
}

#[test]
fn a_programme_is_issued_with_number_and_day_and_not_taken_back() {
    let mut server = Server::new();
    let of = document("2026");
    assert_eq!(server.officer(&of, &one(STATE, DRAFTING)), Err(Rejection::Incomplete), "without a title");
    assert_eq!(server.officer(&of, &drafted()), Ok(()));
    assert_eq!(server.officer(&of, &one(TITLE, " ")), Err(Rejection::Incomplete), "it is not emptied");
    assert_eq!(
        server.officer(&of, &one(INTEGRATED_WITH, "Nghị quyết về an ninh\nChương trình nông thôn")),
        Ok(())
    );
    assert_eq!(server.officer(&of, &one(STATE, ISSUED)), Err(Rejection::Incomplete));
    let issued = |day| set(&[(STATE, ISSUED), (DOCUMENT, "12/KH-UBND"), (ISSUED_ON, day)]);
    let last = span(&server.office.model, 2026).to;
    let after = last.succ_opt().expect("a day").to_string();
    assert_eq!(server.officer(&of, &issued(&after)), Err(Rejection::OutOfRange));
    assert_eq!(server.officer(&of, &issued("2026-01-20")), Ok(()));
    assert_eq!(server.officer(&of, &one(STATE, DRAFTING)), Err(Rejection::BadTransition));
    assert_eq!(server.officer(&of, &one(DOCUMENT, None::<String>)), Err(Rejection::Incomplete));
    assert_eq!(server.officer(&of, &one(DUE_ON, "2026-03-31")), Err(Rejection::Locked));
    assert_eq!(server.officer(&of, &one(DOCUMENT, "13/KH-UBND")), Ok(()), "a wrong number is put right");
    assert_eq!(server.officer(&of, &one(TITLE, "x".repeat(501))), Err(Rejection::TooLong));
    // A device that was away sends what it drafted and issued as one change.
    let next = document("2027");
    let at_once = drafted().into_iter().chain(issued("2026-11-20")).collect();
    assert_eq!(server.officer(&next, &at_once), Ok(()));
}

#[test]
fn an_item_has_what_the_register_asks_and_goes_on_and_never_back() {
    let mut server = Server::new();
    let of = item(ITEM);
    for field in &item::REQUIRED[1..] {
        let mut change = begun();
        change.remove(*field);
        assert_eq!(server.officer(&of, &change), Err(Rejection::Incomplete), "{field}");
    }
    assert_eq!(server.officer(&of, &begun()), Ok(()));
    for field in item::REQUIRED {
        assert_eq!(server.officer(&of, &one(field, None::<String>)), Err(Rejection::Incomplete), "{field}");
    }
    assert_eq!(server.officer(&of, &one(item::STATE, item::DONE)), Err(Rejection::Incomplete), "no day");
    assert_eq!(server.officer(&of, &one(item::STATE, item::DOING)), Ok(()));
    assert_eq!(server.officer(&of, &one(item::STATE, item::NOT_STARTED)), Err(Rejection::BadTransition));
    assert_eq!(server.officer(&of, &one(item::DUE_ON, "2026-07-31")), Ok(()));
    assert_eq!(
        server.officer(&of, &set(&[(item::STATE, item::DONE), (item::DONE_ON, "2026-08-02")])),
        Ok(())
    );
    assert_eq!(server.officer(&of, &one(item::STATE, item::DROPPED)), Err(Rejection::BadTransition));
    assert_eq!(server.officer(&of, &one(item::DUE_ON, "2026-08-31")), Err(Rejection::Locked));
    assert_eq!(server.officer(&of, &one(item::DONE_ON, None::<String>)), Err(Rejection::Incomplete));
    assert_eq!(server.officer(&of, &one(item::DONE_ON, "2026-08-03")), Ok(()), "a wrong day is put right");
}

#[test]
fn what_is_dropped_stays_and_is_not_taken_up_again() {
    let mut server = Server::new();
    let of = item(ITEM);
    assert_eq!(server.officer(&of, &begun()), Ok(()));
    let dropped = one(item::STATE, item::DROPPED);
    assert_eq!(server.officer(&of, &dropped), Err(Rejection::ReasonMissing));
    assert_eq!(server.explained(&of, &dropped, (Some("Lồng ghép"), Vec::new())), Ok(()));
    assert_eq!(server.officer(&of, &one(item::STATE, item::DOING)), Err(Rejection::BadTransition));
    let stands = server.entity(&of);
    assert_eq!(stands.value::<String>(item::TITLE).as_deref(), Some("Tập huấn cho tổ hòa giải"));
}

#[test]
fn whoever_settles_a_contest_by_giving_up_what_was_done_says_why() {
    let mut server = Server::new();
    let of = item(ITEM);
    assert_eq!(server.officer(&of, &begun()), Ok(()));
    let seen = server.entity(&of).rev;
    let grants = officer();
    let doing = server.change(&grants, (&of, seen), 2, &one(item::STATE, item::DOING));
    assert!(matches!(doing, Outcome::Applied { .. }), "{doing:?}");
    let dropped = one(item::STATE, item::DROPPED);
    let beside = server.settle(&grants, (&of, seen), 3, &dropped, (Some("Lồng ghép"), Vec::new()));
    assert!(matches!(beside, Outcome::Conflict { .. }), "{beside:?}");
    let done = set(&[(item::STATE, item::DONE), (item::DONE_ON, "2026-06-20")]);
    assert_eq!(server.officer(&of, &done), Ok(()));
    let contest = server.entity(&of).branches[0].conflict_id;
    assert_eq!(server.explained(&of, &dropped, (None, vec![contest])), Err(Rejection::ReasonMissing));
    assert_eq!(server.entity(&of).value::<String>(item::STATE).as_deref(), Some(item::DONE));
    assert_eq!(server.explained(&of, &dropped, (Some("Không làm nữa"), vec![contest])), Ok(()));
    assert!(server.entity(&of).branches.is_empty());
}

#[test]
fn the_order_of_states_is_one_for_admission_and_for_what_a_form_offers() {
    let after =
        |from| item::STATES.iter().filter(|to| item::may_become(from, to)).copied().collect::<Vec<_>>();
    assert_eq!(after(None), item::STATES);
    assert_eq!(after(Some(item::NOT_STARTED)), item::STATES);
    assert_eq!(after(Some(item::DOING)), [item::DONE, item::DROPPED]);
    for over in [item::DONE, item::DROPPED] {
        assert_eq!(after(Some(over)), [""; 0], "{over}");
    }
}

#[test]
fn an_item_names_tasks_elements_and_reporters_of_the_plan_and_no_task_spoken_of_in_words_only() {
    let mut server = Server::new();
    let of = item(ITEM);
    assert_eq!(server.officer(&of, &begun()), Ok(()));
    assert_eq!(server.officer(&of, &one(item::TASK, "II.1.4")), Ok(()));
    assert_eq!(server.officer(&of, &one(item::TASK, "II.99")), Err(Rejection::UnknownElement));
    assert_eq!(server.officer(&of, &one(item::TASK, "II.4.5")), Err(Rejection::NoRight));
    assert_eq!(
        server.officer(&of, &one(item::FIGURES, ["crimes_recorded_total", "crimes_drug", "crimes_drug"])),
        Ok(())
    );
    let figures: Option<Vec<String>> = server.entity(&of).value(item::FIGURES);
    assert_eq!(figures, Some(vec!["crimes_drug".into(), "crimes_recorded_total".into()]));
    assert_eq!(server.officer(&of, &one(item::FIGURES, ["crimes"])), Err(Rejection::UnknownElement));
    assert_eq!(server.officer(&of, &one(item::FIGURES, vec!["crimes_drug"; 21])), Err(Rejection::TooLong));
    assert_eq!(server.officer(&of, &one(item::LEAD, "police")), Err(Rejection::UnknownReporter));
}

#[test]
fn two_that_write_different_fields_do_not_meet_and_of_one_field_both_values_stay_until_one_is_chosen() {
    let mut server = Server::new();
    let of = item(ITEM);
    assert_eq!(server.officer(&of, &begun()), Ok(()));
    let seen = server.entity(&of).rev;
    let grants = officer();
    let applied = |outcome: Outcome| assert!(matches!(outcome, Outcome::Applied { .. }), "{outcome:?}");
    let done = set(&[(item::STATE, item::DONE), (item::DONE_ON, "2026-06-20")]);
    applied(server.change(&grants, (&of, seen), 2, &done));
    applied(server.change(&grants, (&of, seen), 3, &one(item::OUTPUT, "Tài liệu tập huấn")));
    // Who did not see that it is done, and drops it, is told that it cannot be any more.
    let dropped = server.change(&grants, (&of, seen), 3, &one(item::STATE, item::DROPPED));
    assert_eq!(dropped, Outcome::Rejected { code: Rejection::BadTransition });
    let conflict = server.change(&grants, (&of, seen), 4, &one(item::OUTPUT, "Giáo trình"));
    assert!(matches!(conflict, Outcome::Conflict { .. }), "{conflict:?}");
    assert_eq!(server.entity(&of).branches.len(), 1);
}

#[test]
fn who_may_read_the_reports_of_a_unit_reads_its_programme() {
    let model = support::model();
    let today = Office::new().today;
    let of = document("2026").stream;
    for kind in [annual_plan_document::ID, item::ID] {
        let kind = chitieu_sync::entity::Kind::parse(kind).expect("a kind");
        let reads = |grants: &Grants| kind.may_read(grants, &of, &model, today);
        assert!(reads(&officer()));
        for role in [Role::Reviewer, Role::Steering, Role::Leader, Role::Auditor] {
            assert!(reads(&Grants::plain(role, Vec::new())), "{role:?}");
        }
        assert!(!reads(&support::officer()), "another unit's officer");
    }
}
