//! The forms' rules through takeovers, over a scope and cell by cell.

use super::support::{model, report, unit};
use chitieu_domain::plan::Severity;
use chitieu_domain::rules::{Checked, FormCheck, State, check_cell, check_form, check_scope, unusual};
use chitieu_domain::{ElementIx, Figure, Figures, FormIx, Model, PeriodId, ReporterIx};
use proptest::prelude::*;
use std::sync::LazyLock;

static MODEL: LazyLock<Model> = LazyLock::new(model);

fn reporter(id: &str) -> ReporterIx {
    MODEL.reporter_ix(&id.parse().expect("an id")).expect("a reporter")
}

fn element(id: &str) -> ElementIx {
    MODEL.element_ix(id).expect("an element")
}

fn form(id: &str) -> FormIx {
    MODEL.form_ix(id).expect("a form")
}

fn check<'a>(figures: &'a Figures, who: &str, of: &str, period: &str) -> FormCheck<'a> {
    let period: PeriodId = period.parse().expect("a period");
    FormCheck { model: &MODEL, figures, reporter: reporter(who), form: form(of), period }
}

fn rule(check: &FormCheck<'_>, id: &str) -> Checked {
    let place = MODEL.form(check.form).rules.iter().position(|r| r.id == id).expect("a rule");
    *check_form(check).iter().find(|c| c.rule == place).expect("it concerns a reporter")
}

fn set(figures: &mut Figures, who: &str, period: &str, cells: &[(&str, i64)]) {
    for (id, value) in cells {
        figures.set(reporter(who), period.parse().expect("a period"), element(id), Figure::of(*value));
    }
}

#[test]
fn an_opening_stock_is_compared_with_the_closing_stocks_of_all_who_were_taken_over_from() {
    // The district police ended on 28 February 2025; the province took over their wanted persons.
    let districts = ["323", "325", "326", "327", "328", "329", "330", "331", "332", "333"];
    let mut figures = Figures::default();
    for code in districts {
        set(
            &mut figures,
            &format!("police_district:{code}@2021-01-01"),
            "2025-02",
            &[("wanted_open_end", 3)],
        );
    }
    set(&mut figures, "police_province:33@2021-01-01", "2025-02", &[("wanted_open_end", 5)]);
    set(&mut figures, "police_province:33@2021-01-01", "2025-03", &[("wanted_open_start", 35)]);
    let here = check(&figures, "police_province:33@2021-01-01", "wanted", "2025-03");
    assert_eq!(
        rule(&here, "wanted_carry_over"),
        Checked { state: State::Kept, ..rule(&here, "wanted_carry_over") }
    );
    assert_eq!(rule(&here, "wanted_carry_over").right, 35);
    // One district's closing stock missing leaves it unanswered, neither kept nor broken.
    let mut without = figures.clone();
    without.remove(
        reporter("police_district:323@2021-01-01"),
        PeriodId::Month(2025, 2),
        element("wanted_open_end"),
    );
    let there = check(&without, "police_province:33@2021-01-01", "wanted", "2025-03");
    assert_eq!(rule(&there, "wanted_carry_over").state, State::Unanswered);
}

#[test]
fn a_merged_commune_goes_on_with_what_its_parts_carried_over() {
    let new = "people_committee_commune:11977@2025-07-01";
    let before = MODEL.takeovers(reporter(new), form("grassroots"));
    let names: Vec<String> = before.iter().map(|(_, r)| MODEL.reporter(*r).id.to_string()).collect();
    assert!(names.contains(&"people_committee_commune:11977@2024-12-01".to_owned()), "{names:?}");
    assert!(names.len() > 1, "{names:?}");
    let mut figures = Figures::default();
    let day = "2025-07-01".parse().expect("a day");
    let direct: Vec<ReporterIx> = before.iter().filter(|(d, _)| *d == day).map(|(_, r)| *r).collect();
    for from in &direct {
        figures.set(*from, PeriodId::Quarter(2025, 2), element("petitions_carried_out"), Figure::of(2));
    }
    let sum = 2 * direct.len() as i64;
    set(&mut figures, new, "2025-Q3", &[("petitions_carried_in", sum)]);
    let here = check(&figures, new, "grassroots", "2025-Q3");
    assert_eq!(rule(&here, "petitions_carry_over").state, State::Kept);
    assert_eq!(rule(&here, "petitions_carry_over").right, i128::from(sum));
}

#[test]
fn last_year_is_silent_in_the_first_year_after_a_takeover() {
    let who = "police_province:33@2021-01-01";
    let mut figures = Figures::default();
    set(&mut figures, who, "2024-05", &[("crimes_recorded_total", 30)]);
    set(&mut figures, who, "2025-05", &[("crimes_recorded_total", 300)]);
    set(&mut figures, who, "2026-05", &[("crimes_recorded_total", 100)]);
    let state = |period| rule(&check(&figures, who, "crime", period), "crime_outlier_total").state;
    assert_eq!(state("2025-05"), State::Unanswered);
    assert_eq!(state("2026-05"), State::Broken);
}

#[test]
fn year_to_date_errors_are_warnings_in_a_year_of_takeover() {
    let who = "police_commune:11977@2025-07-01";
    let cells = [("crimes_recorded_total", 2), ("crimes_solved_current", 5)];
    let severity = |period: &str, months: &[&str]| {
        let mut figures = Figures::default();
        for month in months {
            set(&mut figures, who, month, &cells);
        }
        let found = rule(&check(&figures, who, "crime", period), "crime_solved_current_le_recorded");
        assert_eq!(found.state, State::Broken);
        found.severity
    };
    assert_eq!(severity("2025-07", &["2025-07"]), Severity::Warning);
    assert_eq!(severity("2026-01", &["2026-01"]), Severity::Error);
}

#[test]
fn rules_over_the_province_are_judged_over_the_province() {
    let mut figures = Figures::default();
    report(&MODEL, &mut figures, "33@2021-01-01", "2022", "crimes_recorded_total", 90);
    report(&MODEL, &mut figures, "33@2021-01-01", "2022", "child_abuse_crimes", 91);
    let scope = unit(&MODEL, "33@2021-01-01");
    let judged = |figures: &Figures| {
        check_scope(&MODEL, figures, scope, form("child_abuse"), PeriodId::Quarter(2022, 4))
    };
    let [found] = judged(&figures)[..] else { panic!("one rule of this form is over the province") };
    assert_eq!((found.state, found.left, found.right), (State::Broken, 91, 90));
    let some = MODEL.assigned_inside(form("crime"), PeriodId::Month(2022, 3), scope)[0];
    figures.remove(some, PeriodId::Month(2022, 3), element("crimes_recorded_total"));
    assert_eq!(judged(&figures)[0].state, State::Unanswered);
    // Nobody who enters the form is held up by it.
    let here = check(&figures, "police_province:33@2021-01-01", "child_abuse", "2022-Q4");
    assert!(check_form(&here).iter().all(|c| c.rule != found.rule));
}

#[test]
fn a_figure_far_from_its_earlier_years_is_unusual_and_one_odd_year_changes_nothing() {
    let who = "police_province:33@2021-01-01";
    let found = |now: i64, earlier: &[i64]| {
        let mut figures = Figures::default();
        for (back, value) in earlier.iter().enumerate() {
            set(&mut figures, who, &format!("{}-Q2", 2024 - back), &[("accused_prosecuted_total", *value)]);
        }
        set(&mut figures, who, "2025-Q2", &[("accused_prosecuted_total", now)]);
        // In 2025 the districts' work came to the province: nothing can be compared.
        assert!(unusual(&check(&figures, who, "recidivism", "2025-Q2")).is_empty());
        let mut figures = Figures::default();
        for (back, value) in earlier.iter().enumerate() {
            set(&mut figures, who, &format!("{}-Q2", 2023 - back), &[("accused_prosecuted_total", *value)]);
        }
        set(&mut figures, who, "2024-Q2", &[("accused_prosecuted_total", now)]);
        unusual(&check(&figures, who, "recidivism", "2024-Q2")).first().map(|u| (u.median, u.spread))
    };
    assert_eq!(found(300, &[100, 104, 98]), Some((100, 50)));
    assert_eq!(found(300, &[100, 104, 98, 900]), Some((100, 50)), "an odd year does not hide an odd figure");
    assert_eq!(found(120, &[100, 104, 98, 900]), None, "nor make an ordinary one look odd");
    assert_eq!(found(300, &[100, 104]), None, "two years say nothing");
    assert_eq!(found(19, &[3, 4, 5]), None, "small numbers jump");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn checking_a_changed_cell_is_as_good_as_checking_the_form(
        before in prop::collection::vec(0_i64..40, 20),
        at in any::<prop::sample::Index>(),
        after in prop::option::of(0_i64..40),
    ) {
        for (of, period) in [("crime", "2026-03"), ("grassroots", "2026-Q1"), ("managed_groups", "2026-H1")] {
            let who = if of == "grassroots" { "people_committee_commune" } else { "police_commune" };
            let who = format!("{who}:11977@2025-07-01");
            let elements: Vec<ElementIx> = MODEL.elements_of(form(of)).map(|(ix, _)| ix).collect();
            let mut figures = Figures::default();
            let month: PeriodId = period.parse().expect("a period");
            for (ix, value) in elements.iter().zip(before.iter().cycle()) {
                figures.set(reporter(&who), month, *ix, Figure::of(*value));
            }
            let mut known = check_form(&check(&figures, &who, of, period));
            let changed = elements[at.index(elements.len())];
            match after {
                Some(value) => figures.set(reporter(&who), month, changed, Figure::of(value)),
                None => figures.remove(reporter(&who), month, changed),
            };
            let here = check(&figures, &who, of, period);
            for checked in check_cell(&here, changed) {
                if let Some(old) = known.iter_mut().find(|c| c.rule == checked.rule) {
                    *old = checked;
                }
            }
            prop_assert_eq!(known, check_form(&here));
        }
    }
}
