//! Which units have a programme of a year, and who owes one.

use super::{DISTRICT, TODAY, WHO, day, head, ix, model, one, replica};
use chitieu_client::tasks::programme::{
    Counts, Filter, Has, Held, ItemStanding, former, held, present_year, years,
};
use chitieu_domain::ReporterIx;
use chitieu_sync::entity::annual_plan_document::{
    DOCUMENT, DRAFTING, DUE_ON, ISSUED, ISSUED_ON, STATE, TITLE,
};
use chitieu_sync::entity::annual_plan_item as item;
use chitieu_sync::replica::Replica;

#[test]
fn a_parent_sees_who_has_none_a_draft_or_an_issued_one_in_time_or_late() {
    let others: Vec<String> = model()
        .reporters()
        .iter()
        .filter(|r| r.id.agency() == "people_committee_commune" && r.from == Some(day("2025-07-01")))
        .map(|r| r.id.to_string())
        .collect();
    let [a, b, c, d] = [0, 1, 2, 3].map(|n| others[n].as_str());
    let issued =
        |on| [(STATE, ISSUED), (TITLE, "x"), (DUE_ON, "2026-01-31"), (DOCUMENT, "1"), (ISSUED_ON, on)];
    let replica = replica(vec![
        head(a, 2026, &issued("2026-01-31")),
        head(b, 2026, &issued("2026-02-01")),
        head(c, 2026, &[(STATE, DRAFTING), (TITLE, "x"), (DUE_ON, "2026-01-31")]),
        head(d, 2026, &[(STATE, DRAFTING), (TITLE, "x")]),
        one(a, 2026, 1, &[(item::DUE_ON, "2026-06-30")]),
        one(a, 2026, 2, &[]),
        one(a, 2025, 3, &[]),
    ]);
    let all = held(model(), &replica, 2026, day(TODAY), &|_| true);
    let has = |id: &str| all.iter().find(|one| one.who == ix(id)).expect("it is there").has;
    assert_eq!([a, b, c, d].map(has), [Has::Issued, Has::IssuedLate, Has::DraftLate, Has::Draft]);
    let counts = Counts::of(&all);
    assert_eq!(counts.all(), all.len(), "counts are whole");
    assert_eq!(Has::ALL.iter().map(|has| counts.has(*has)).sum::<usize>(), all.len());
    assert_eq!(counts.has(Has::None), all.len() - 4);
    let first = all.iter().find(|one| one.who == ix(a)).expect("it is there");
    assert_eq!((first.programme.items.len(), first.programme.count(ItemStanding::Overdue)), (2, 1));
    let seen = held(model(), &replica, 2026, day(TODAY), &|who| who == ix(a));
    assert_eq!(seen.len(), 1);
    let filter = Filter { has: Some(Has::DraftLate), ..Filter::default() };
    let shown: Vec<ReporterIx> =
        all.iter().filter(|one| filter.shows(model(), one)).map(|one| one.who).collect();
    assert_eq!(shown, [ix(c)]);
    let overdue = Filter { items: Some(ItemStanding::Overdue), ..Filter::default() };
    assert_eq!(all.iter().filter(|one| overdue.shows(model(), one)).count(), 1);
}

#[test]
fn the_units_of_a_year_are_those_that_were_there_in_it() {
    let empty = replica(Vec::new());
    let of = |year| -> Vec<ReporterIx> {
        held(model(), &empty, year, day(TODAY), &|_| true).into_iter().map(|one| one.who).collect()
    };
    let (before, turning, after) = (of(2024), of(2025), of(2026));
    assert!(
        before.contains(&ix(DISTRICT)) && turning.contains(&ix(DISTRICT)) && !after.contains(&ix(DISTRICT))
    );
    assert!(!before.contains(&ix(WHO)) && turning.contains(&ix(WHO)) && after.contains(&ix(WHO)));
    assert!(after.iter().all(|who| model().reporter(*who).id.agency() != "police_commune"));
    let old = former(model(), ix(WHO), 2024, day(TODAY));
    assert!(!old.is_empty(), "the programmes of those before it stay readable");
    assert!(old.iter().all(|who| model().reporter(*who).to.is_some()));
    assert_eq!(former(model(), ix(WHO), 2026, day(TODAY)), []);
    assert_eq!(years(model(), day(TODAY)).first(), Some(&2027));
    assert_eq!(present_year(model(), day(TODAY)), 2026);
}

#[test]
fn who_owes_a_programme_is_every_unit_on_the_province_s_ground_and_not_the_province_s_committee() {
    let committee = "people_committee_province:33@2021-01-01";
    let of = |replica: &Replica, year| held(model(), replica, year, day(TODAY), &|_| true);
    let empty = replica(Vec::new());
    let is_in = |all: &[Held], id: &str| all.iter().any(|one| one.who == ix(id));
    let all = of(&empty, 2026);
    assert!(!is_in(&all, committee) && all.iter().all(|one| one.owes && one.has == Has::None));
    // The ground that joined on 1 July 2025 has communes that owe one; its provincial agencies are those of the province.
    let joined = |one: &&Held| !model().is_inside(model().reporter(one.who).unit, model().own_territory());
    assert!(all.iter().filter(joined).count() > 0);
    let is_commune = |one: &Held| model().reporter(one.who).id.agency() == "people_committee_commune";
    assert!(all.iter().filter(joined).all(is_commune));
    assert_eq!(all.iter().filter(|one| is_commune(one)).count(), 104);
    assert_eq!(of(&empty, 2024).iter().filter(joined).count(), 0, "it had not joined");
    // Communes that began a fortnight before the year's end owe none of that year, and are listed where they have one.
    let began = |one: &&Held| model().reporter(one.who).from == Some(day("2024-12-01"));
    assert_eq!(of(&empty, 2024).iter().filter(began).count(), 0);
    assert!(of(&empty, 2025).iter().filter(began).count() > 0);
    let some = replica(vec![head(committee, 2026, &[(TITLE, "Kế hoạch của tỉnh")])]);
    let with = of(&some, 2026);
    assert!(is_in(&with, committee));
    assert_eq!(Counts::of(&with), Counts::of(&all), "it is kept and not counted");
    let drafts = Filter { has: Some(Has::Draft), ..Filter::default() };
    assert_eq!(with.iter().filter(|one| drafts.shows(model(), one)).count(), 0);
}

#[test]
fn the_years_of_a_screen_are_those_that_are_admitted_and_the_running_one_comes_first() {
    assert_eq!(years(model(), day("2026-12-14")).first(), Some(&2027));
    assert_eq!(years(model(), day("2026-12-20")).first(), Some(&2027), "2028 is not open yet");
    assert_eq!(years(model(), day("2027-01-01")).first(), Some(&2028));
    assert_eq!(
        ["2026-12-14", "2026-12-20", "2027-01-01"].map(|on| present_year(model(), day(on))),
        [2026, 2027, 2027]
    );
}

#[test]
fn an_address_reads_as_the_filter_it_was_made_of() {
    for has in Has::ALL {
        for items in ItemStanding::ALL {
            let filter = Filter {
                year: Some(2026),
                unit: WHO.into(),
                agency: "people_committee_commune".into(),
                has: Some(has),
                items: Some(items),
            };
            assert_eq!(Filter::parse(&filter.query()), filter);
        }
    }
    assert_eq!(Filter::default().query(), "");
    assert_eq!(Filter::parse("?nam=x&tinh-hinh=gi-do&la=1"), Filter::default());
}
