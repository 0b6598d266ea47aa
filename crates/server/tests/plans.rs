//! Wrong plans, each a sound one with one thing changed, and what is said of them. The snapshots are read
//! by people: file, line, column, pointer, what is wrong, remedy.

use chitieu_server::cli::plan::report;
use chitieu_server::services::plan_file::{PlanFileError, load};
use chitieu_widgets::Locale;

const SOUND: &str = include_str!("../../domain/plans/illustrative-schools.toml");

/// What changes in the sound plan, first found, and to what.
const WRONG: &[(&str, &str, &str)] = &[
    ("a_bracket_is_missing", "[[target]]\nid = \"E02\"", "[[target]\nid = \"E02\""),
    ("a_quote_is_missing", "title_vi = \"Không để", "title_vi = Không để"),
    ("a_field_is_missing", "numerator = \"poisonings\"\n", ""),
    ("a_field_is_misspelt", "firmness = \"aspirational\"", "firmnes = \"aspirational\""),
    ("a_word_is_not_one_of_the_choices", "nature = \"stock_open\"", "nature = \"stock\""),
    ("a_number_is_text", "row = 5", "row = \"5\""),
    ("a_maximum_is_below_one", "row = 5\n", "row = 5\nmax = 0\n"),
    ("a_day_does_not_exist", "\"2026-04-30\"", "\"2026-04-31\""),
    ("a_unit_id_lacks_its_day", "own_territory = \"MH@2021-01-01\"", "own_territory = \"MH\""),
    ("a_calendar_is_unknown", "calendar = \"statistics\"", "calendar = \"statistic\""),
    (
        "a_calendar_has_a_gap",
        "[[calendar.segment]]\nfirst_month = 8",
        "[[calendar.segment]]\nfrom_year = 2020\nfirst_month = 8",
    ),
    ("a_calendar_overlaps", "from_year = 2024\n", ""),
    (
        "a_calendar_has_two_beginnings_for_a_year",
        "borne_by = \"old_year\"",
        "borne_by = \"old_year\"\n\n[[calendar.segment]]\nfrom_year = 2023\nfirst_month = 1\nfirst_day = 1",
    ),
    ("a_calendar_begins_on_a_day_that_not_every_month_has", "first_day = 15", "first_day = 31"),
    ("a_calendar_is_due_on_a_day_that_not_every_month_has", "due_by_day = 20", "due_by_day = 30"),
    ("a_calendar_begins_in_a_month_that_is_none", "first_month = 9", "first_month = 13"),
    ("a_calendar_s_other_reading_is_the_one_chosen", "borne_by = \"old_year\"", "borne_by = \"new_year\""),
    ("a_calendar_s_reading_is_no_word_of_the_choices", "borne_by = \"old_year\"", "borne_by = \"both\""),
    ("a_calendar_has_no_beginning", "[[calendar.segment]]\nfirst_month = 1\nfirst_day = 1\n", ""),
    ("a_calendar_is_declared_twice", "id = \"school\"", "id = \"statistics\""),
    ("an_element_is_misspelt", "numerator = \"schools_safe\"", "numerator = \"schools_saf\""),
    ("a_term_is_missing", "injuries_drowning + injuries_other", "injuries_drowning + "),
    ("a_term_is_no_word", "numerator = \"schools_safe\"", "numerator = \"Schools*2\""),
    ("a_rule_has_no_relation", "schools_safe <= schools_end", "schools_safe < schools_end"),
    ("a_rule_names_another_form", "schools_safe <= schools_end", "schools_safe <= pupils_tested"),
    ("a_rule_names_an_unknown_element", "prev(schools_end)", "prev(school_end)"),
    ("a_target_looks_back", "numerator = \"poisonings\"", "numerator = \"prev(poisonings)\""),
    ("an_agency_is_misspelt", "[\"ward_committee\"]\nperiodicity", "[\"ward_comittee\"]\nperiodicity"),
    (
        "an_assignment_is_not_closed",
        "education_department[2021-01-01..]",
        "education_department[2021-01-01..",
    ),
    ("an_assignment_runs_backwards", "[2021-01-01..]", "[2021-01-01..2020-01-01]"),
    ("nobody_is_assigned", "[\"ward_committee\"]\nperiodicity", "[]\nperiodicity"),
    ("a_threshold_is_missing", "threshold_percent = 80\n", ""),
    (
        "a_threshold_is_compared_with_nothing",
        "kind = \"count_zero\"",
        "kind = \"count_zero\"\nthreshold_percent = 5",
    ),
    ("a_denominator_is_missing", "denominator = \"pupils_tested\"\n", ""),
    (
        "a_count_has_a_denominator",
        "numerator = \"poisonings\"",
        "numerator = \"poisonings\"\ndenominator = \"schools_start\"",
    ),
    (
        "a_denominator_is_a_stock_at_the_wrong_end",
        "denominator = \"schools_start\"",
        "denominator = \"schools_end\"",
    ),
    ("a_comparator_does_not_fit", "comparator = \"lt\"", "comparator = \"eq\""),
    ("years_are_missing", "evaluated = \"annual\"", "evaluated = \"five_year\""),
    ("years_run_backwards", "evaluated = \"annual\"", "evaluated = \"annual\"\nyears = [2025, 2021]"),
    ("a_baseline_is_none", "kind = \"rate_threshold\"", "kind = \"reduction_vs_baseline\""),
    (
        "a_target_has_another_calendar",
        "calendar = \"statistics\"\nevaluated = \"each_period\"",
        "calendar = \"school\"\nevaluated = \"each_period\"",
    ),
    ("an_element_is_declared_twice", "id = \"schools_opened\"", "id = \"schools_start\""),
    ("a_target_is_declared_twice", "id = \"E02\"", "id = \"E01\""),
    ("an_id_has_spaces", "id = \"E05\"", "id = \"E 05\""),
    ("a_row_stands_twice", "row = 2", "row = 1"),
    ("a_row_is_zero", "row = 1", "row = 0"),
    ("a_part_is_of_another_form", "part_of = \"schools_end\"", "part_of = \"pupils_tested\""),
    ("a_part_is_of_itself", "part_of = \"schools_end\"", "part_of = \"schools_safe\""),
    (
        "agencies_succeed_each_other",
        "per = \"district\"",
        "per = \"district\"\nsuccessor = [\"education_office\"]",
    ),
    (
        "a_successor_is_unknown",
        "per = \"district\"",
        "per = \"district\"\nsuccessor = [\"education_offices\"]",
    ),
    (
        "an_agency_ends_before_it_starts",
        "per = \"single\"",
        "per = \"single\"\nvalid_from = \"2024-01-01\"\nvalid_to = \"2023-01-01\"",
    ),
    ("a_deadline_is_before_the_cut_off", "commune = 3", "commune = 0"),
    ("deadlines_are_in_the_wrong_order", "district = 5", "district = 2"),
    ("a_level_has_no_deadline", "commune = 3, ", ""),
    (
        "a_reporting_province_is_unknown",
        "reporting_provinces = [\"MH@2021-01-01\"]",
        "reporting_provinces = [\"XX@2021-01-01\"]",
    ),
    ("a_task_is_led_by_nobody_known", "lead = [\"education_department\"]", "lead = [\"education_ministry\"]"),
    ("a_task_follows_an_unknown_figure", "figures = [\"poisonings\"]", "figures = [\"poisoning\"]"),
];

fn said(text: &str, locale: Locale) -> String {
    match load(text) {
        Ok(_) => "nothing is wrong".into(),
        Err(PlanFileError::Plan(spots)) => report("plan.toml", text, &spots, locale),
        Err(other) => other.to_string(),
    }
}

#[test]
fn a_sound_plan_is_found_sound() {
    assert_eq!(said(SOUND, Locale::Vi), "nothing is wrong");
}

#[test]
fn every_wrong_plan_is_explained_as_its_snapshot_says() {
    for (name, from, to) in WRONG {
        assert!(SOUND.contains(from), "{name}: the sound plan has no `{from}`");
        let wrong = SOUND.replacen(from, to, 1);
        let (vi, en) = (said(&wrong, Locale::Vi), said(&wrong, Locale::En));
        assert!(vi.contains("plan.toml:"), "{name} is not found wrong, or not with its place:\n{vi}");
        insta::assert_snapshot!(*name, format!("{vi}\n\n{en}"));
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let mut wrong = SOUND.to_owned();
    for (from, to) in [
        ("numerator = \"schools_safe\"", "numerator = \"schools_saf\""),
        ("threshold_percent = 80\n", ""),
        ("row = 2", "row = 1"),
        ("commune = 3", "commune = 0"),
        ("figures = [\"poisonings\"]", "figures = [\"poisoning\"]"),
    ] {
        wrong = wrong.replacen(from, to, 1);
    }
    let Err(PlanFileError::Plan(spots)) = load(&wrong) else { panic!("five things are wrong") };
    // The second row 1 stands on each of the two forms' sheets only once: five mistakes, no more.
    assert_eq!(spots.len(), 5, "{}", said(&wrong, Locale::En));
}
