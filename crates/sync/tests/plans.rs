//! How long the versions of a plan are accepted.

#[expect(dead_code, reason = "shared with the facts, which need more of it")]
mod support;

use chitieu_sync::plans::Accepted;
use chrono::NaiveDate;
use support::model;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn a_version_is_accepted_until_two_periods_have_ended_and_for_ninety_days() {
    let model = model();
    let plans = Accepted::after("new", vec![("old".to_owned(), day("2026-11-20"))]);
    // The days of the calendar of administration: months end on the 14th, quarters in March, June, September, December.
    for (element, last) in [
        // Months end on 14/12 and 14/01: ninety days are longer.
        ("crimes_drug", "2027-02-18"),
        // Quarters end on 14/12 and 14/03.
        ("child_abuse_crimes", "2027-03-14"),
    ] {
        let form = model.form_of(model.element_ix(element).expect("an element"));
        assert!(plans.takes("old", &model, form, day(last)), "{element}");
        assert!(!plans.takes("old", &model, form, day(last) + chrono::Days::new(1)), "{element}");
        assert!(plans.takes("new", &model, form, day("2036-01-01")), "{element}");
        assert!(!plans.takes("other", &model, form, day("2026-11-20")), "{element}");
    }
}

#[test]
fn a_form_of_a_year_and_one_that_is_filled_in_once_wait_for_the_second_year() {
    use chitieu_domain::calendar::Periodicity;
    let model = model();
    let plans = Accepted::after("new", vec![("old".to_owned(), day("2026-11-20"))]);
    let mut seen = 0;
    for form in model.forms() {
        let about = model.form(form);
        if matches!(about.periodicity, Periodicity::Year | Periodicity::Once) {
            assert!(plans.takes("old", &model, form, day("2027-09-30")), "{}", about.id);
            assert!(!plans.takes("old", &model, form, day("2028-01-01")), "{}", about.id);
            seen += 1;
        }
    }
    assert!(seen >= 3, "{seen}");
}
