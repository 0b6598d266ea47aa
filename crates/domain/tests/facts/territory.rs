//! Units through the two reorganisations, and who reports for them.

use super::support::{model, model_of, report, unit, units};
use chitieu_domain::calendar::Periodicity;
use chitieu_domain::evaluate::Evaluator;
use chitieu_domain::rules::{FormCheck, State, check_form};
use chitieu_domain::verdict::Verdict;
use chitieu_domain::{Figure, Figures, PeriodId, ReporterId};

#[test]
fn each_table_has_its_units() {
    let units = units();
    let on = |day: &str| {
        let day = day.parse().expect("a day");
        units
            .all()
            .iter()
            .filter(|u| u.starts().is_none_or(|s| s <= day) && u.valid_to.is_none_or(|t| day <= t))
            .filter(|u| u.id.code() != "34" && !u.id.code().starts_with("KV"))
            .count()
    };
    assert_eq!((on("2021-12-14"), on("2024-12-01"), on("2025-07-01")), (172, 150, 105));
}

/// 8 regional procuracies (`units/README.md`), which cover the province without overlap; their areas are illustrative.
#[test]
fn eight_regions_make_up_the_province() {
    let model = model();
    let regions: Vec<_> = model.units().all().iter().filter(|u| u.id.code().starts_with("KV")).collect();
    assert_eq!(regions.len(), 8);
    let whole = &model.unit(unit(&model, "33@2025-07-01")).parts;
    assert_eq!(regions.iter().map(|r| r.parts.len()).sum::<usize>(), whole.len());
    assert!(regions.iter().all(|r| r.parts.is_subset(whole)));
    let form = model.form_ix("prosecution").expect("a form");
    let of_2026 = model.assigned_inside(form, PeriodId::Month(2026, 1), unit(&model, "33@2025-07-01"));
    let regional = of_2026.iter().filter(|r| model.reporter(**r).id.agency() == "procuracy_region");
    assert_eq!(regional.count(), 8);
}

#[test]
fn a_unit_left_as_it_was_keeps_its_id() {
    let model = model();
    assert!(model.unit_ix(&"323@2021-01-01".parse().expect("an id")).is_some());
    assert!(model.unit_ix(&"323@2024-12-01".parse().expect("an id")).is_none());
    assert!(model.unit_ix(&"11977@2025-07-01".parse().expect("an id")).is_some());
    let untouched = model.units().all().iter().filter(|u| {
        u.level == chitieu_domain::unit::Level::Commune
            && u.starts().is_none()
            && u.valid_to == "2025-06-30".parse().ok()
    });
    assert_eq!(untouched.count(), 119);
}

#[test]
fn the_same_ground_has_the_same_sum_in_either_boundaries() {
    let model = model();
    let old = unit(&model, "33@2021-01-01");
    let new = unit(&model, "33@2025-07-01");
    let joined = unit(&model, "34@2021-01-01");
    let parts = |u| model.unit(u).parts.clone();
    assert!(parts(old).is_disjoint(&parts(joined)));
    assert_eq!(&parts(old) | &parts(joined), parts(new));
}

#[test]
fn a_year_that_lacks_part_of_the_territory_has_no_data() {
    let model = model();
    let mut figures = Figures::default();
    for element in ["crimes_recorded_total", "crimes_solved_current"] {
        report(&model, &mut figures, "33@2025-07-01", "2026", element, 10);
        report(&model, &mut figures, "33@2025-07-01", "2025", element, 20);
    }
    let evaluator = Evaluator::new(&model);
    let judge = |target: &str, scope: &str, year| {
        let target = model.target_ix(target).expect("a target");
        let today = "2030-01-01".parse().expect("a day");
        evaluator.evaluate(&figures, target, unit(&model, scope), PeriodId::Year(year), today).verdict
    };
    assert_eq!(judge("T04", "33@2025-07-01", 2025), Verdict::NoData);
    assert_eq!(judge("T01", "33@2025-07-01", 2026), Verdict::NotComparable);
    assert_eq!(judge("T04", "33@2025-07-01", 2026), Verdict::Met);
}

#[test]
fn reporters_fill_in_what_they_are_assigned_on_the_last_day() {
    let model = model();
    let form = model.form_ix("crime").expect("a form");
    let reporter = |id: &str| model.reporter_ix(&id.parse::<ReporterId>().expect("an id")).expect(id);
    let commune = reporter("police_commune:11977@2025-07-01");
    assert!(model.is_assigned(commune, form, PeriodId::Month(2025, 7)));
    assert!(!model.is_assigned(commune, form, PeriodId::Month(2025, 6)));
    assert!(!model.is_assigned(commune, form, PeriodId::Quarter(2025, 3)), "the form is monthly");
    let district = reporter("police_district:323@2021-01-01");
    assert!(model.is_assigned(district, form, PeriodId::Month(2025, 2)));
    assert!(!model.is_assigned(district, form, PeriodId::Month(2025, 3)));
    let joined = reporter("police_province:34@2021-01-01");
    assert!(model.is_assigned(joined, form, PeriodId::Month(2025, 7)));
    assert!(!model.is_assigned(joined, form, PeriodId::Month(2025, 6)));
}

#[test]
fn a_turn_that_changes_hands_on_the_last_day_of_a_period_is_the_new_reporters() {
    // The crime calendar's March ends on the 14th; districts go on to the 13th, then to the 14th itself.
    for (last_of_districts, is_districts) in [("2025-03-13", false), ("2025-03-14", true)] {
        let first_of_communes = if is_districts { "2025-03-15" } else { "2025-03-14" };
        let model = model_of(|plan| {
            plan.replace("police_district[..2025-02-28]", &format!("police_district[..{last_of_districts}]"))
                .replace("police_commune[2025-03-01..]", &format!("police_commune[{first_of_communes}..]"))
                .replace("2025-02-28", last_of_districts)
                .replace("2025-03-01", first_of_communes)
        });
        let form = model.form_ix("crime").expect("a form");
        let march = PeriodId::Month(2025, 3);
        let scope = unit(&model, "33@2021-01-01");
        let assigned = model.assigned_inside(form, march, scope);
        let districts = assigned.iter().filter(|r| model.reporter(**r).id.agency() == "police_district");
        assert_eq!(districts.count(), if is_districts { 10 } else { 0 });
        // An evaluation expects cells of exactly those: both of T04's elements, December to March.
        let t04 = model.target_ix("T04").expect("a target");
        let today = "2025-06-01".parse().expect("a day");
        let seen = Evaluator::new(&model).evaluate(&Figures::default(), t04, scope, march, today);
        let calendar = model.calendar(form);
        let periods = calendar.periods_to_date(march, Periodicity::Month).into_iter();
        let all: usize = periods.map(|p| model.assigned_inside(form, p, scope).len()).sum();
        let terms = model.target_terms(t04);
        assert_eq!(seen.expected as usize, all * (terms.numerator.len() + terms.denominator.len()));
    }
}

#[test]
fn a_balance_is_unanswered_then_broken_then_kept() {
    let model = model();
    let form = model.form_ix("crime").expect("a form");
    let reporter =
        model.reporter_ix(&"police_commune:11977@2025-07-01".parse().expect("an id")).expect("a reporter");
    let period = PeriodId::Month(2026, 10);
    let mut figures = Figures::default();
    let state = |figures: &Figures| {
        check_form(&FormCheck { model: &model, figures, reporter, form, period })[0].state
    };
    assert_eq!(state(&figures), State::Unanswered);
    for (element, value) in [
        ("crimes_recorded_total", 5),
        ("crimes_social_order", 3),
        ("crimes_economic", 1),
        ("crimes_corruption_position", 0),
        ("crimes_drug", 0),
        ("crimes_environment", 0),
        ("crimes_other", 0),
    ] {
        figures.set(reporter, period, model.element_ix(element).expect("an element"), Figure::of(value));
    }
    assert_eq!(state(&figures), State::Broken);
    figures.set(reporter, period, model.element_ix("crimes_other").expect("an element"), Figure::of(1));
    assert_eq!(state(&figures), State::Kept);
}
