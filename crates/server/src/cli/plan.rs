//! `chitieu plan check`: every mistake with file, line and column, a pointer under the text, what is wrong and
//! what to do.

use super::{Stop, load, nearest};
use crate::services::plan_file::{Spot, What};
use chitieu_domain::expression::ExpressionError;
use chitieu_domain::plan::mistake::DiagnosticKind as Kind;
use chitieu_domain::unit::Level;
use chitieu_widgets::{Locale, t};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Checks a file; what it says of a sound plan.
pub fn check(file: &PathBuf, locale: Locale) -> Result<String, Stop> {
    let loaded = load(Some(file), locale)?;
    let plan = loaded.model.plan();
    let elements: usize = plan.forms.iter().map(|f| f.elements.len()).sum();
    let rules: usize = plan.forms.iter().map(|f| f.rules.len()).sum();
    let counts = [plan.targets.len(), plan.forms.len(), elements, rules, plan.tasks.len()];
    let [targets, forms, elements, rules, tasks] = counts;
    let reporters = loaded.model.reporters().len();
    let holds = t::cli::plan_holds(locale, targets, forms, elements, rules, tasks);
    let reporters = t::cli::plan_reporters(locale, reporters);
    Ok(format!("{} {holds}, {reporters}.", t::cli::plan_sound(locale, file.display())))
}

/// All mistakes as text.
pub fn report(file: &str, text: &str, spots: &[Spot], locale: Locale) -> String {
    let names: Vec<&str> = declared(text);
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(110);
    let mut out = String::new();
    let mut spots: Vec<&Spot> = spots.iter().collect();
    spots.sort_by_key(|spot| spot.span.start);
    for spot in &spots {
        let (what, remedy) = words(&spot.what, &names, locale);
        let diagnostic = MietteDiagnostic::new(what)
            .with_help(remedy)
            .with_label(LabeledSpan::at(spot.span.clone(), t::mistake::here(locale)));
        let report =
            miette::Report::from(diagnostic).with_source_code(NamedSource::new(file, text.to_owned()));
        if handler.render_report(&mut out, report.as_ref()).is_err() {
            // A span that miette cannot show is still told.
            let _ = writeln!(out, "{}", spot.what);
        }
    }
    let _ = write!(out, "{}", t::cli::mistakes(locale, file, spots.len()));
    out
}

/// What the file calls `id`, to propose one of them for a misspelt word.
fn declared(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"')).collect()
}

fn level(level: Level, locale: Locale) -> &'static str {
    match level {
        Level::Province => t::level::province(locale),
        Level::District => t::level::district(locale),
        Level::Region => t::level::region(locale),
        Level::Commune => t::level::commune(locale),
    }
}

/// What is wrong, and what to do about it.
fn words(what: &What, names: &[&str], l: Locale) -> (String, String) {
    let wrong = match what {
        What::Toml(detail) => return (t::mistake::toml(l, detail), t::mistake::toml_do(l).into()),
        What::Mistake(mistake) => &mistake.wrong,
    };
    let meant = |word: &str, otherwise: &'static str| match nearest(word, names.iter().copied()) {
        Some(name) => t::mistake::meant(l, name),
        None => otherwise.to_owned(),
    };
    let plain = |(what, remedy): (&'static str, &'static str)| (what.to_owned(), remedy.to_owned());
    match wrong {
        Kind::Expression(ExpressionError::MissingTerm) => {
            plain((t::mistake::term_missing(l), t::mistake::term_missing_do(l)))
        }
        Kind::Expression(ExpressionError::BadTerm(word)) => {
            (t::mistake::bad_term(l, word), t::mistake::bad_term_do(l).into())
        }
        Kind::Expression(ExpressionError::NoRelation) => {
            plain((t::mistake::no_relation(l), t::mistake::no_relation_do(l)))
        }
        Kind::UnknownElement(id) => {
            (t::mistake::unknown_element(l, id), meant(id, t::mistake::unknown_element_do(l)))
        }
        Kind::UnknownAgency(id) => {
            (t::mistake::unknown_agency(l, id), meant(id, t::mistake::unknown_agency_do(l)))
        }
        Kind::UnknownUnit(id) => (t::mistake::unknown_unit(l, id), t::mistake::unknown_unit_do(l).into()),
        Kind::BadId(id) => (t::mistake::bad_id(l, id), t::mistake::bad_id_do(l).into()),
        Kind::Duplicate(id) => (t::mistake::duplicate(l, id), t::mistake::duplicate_do(l).into()),
        Kind::DuplicateRow(row) => {
            (t::mistake::duplicate_row(l, row), t::mistake::duplicate_row_do(l).into())
        }
        Kind::RowZero => plain((t::mistake::row_zero(l), t::mistake::row_zero_do(l))),
        Kind::BadAssignment(text) => {
            (t::mistake::bad_assignment(l, text), t::mistake::bad_assignment_do(l).into())
        }
        Kind::DaysReversed => plain((t::mistake::days_reversed(l), t::mistake::days_reversed_do(l))),
        Kind::NobodyAssigned => plain((t::mistake::nobody_assigned(l), t::mistake::nobody_assigned_do(l))),
        Kind::Empty(list) => (t::mistake::empty(l, list), t::mistake::empty_do(l, list)),
        Kind::NoThreshold => plain((t::mistake::no_threshold(l), t::mistake::no_threshold_do(l))),
        Kind::UselessThreshold => {
            plain((t::mistake::useless_threshold(l), t::mistake::useless_threshold_do(l)))
        }
        Kind::NoDenominator => plain((t::mistake::no_denominator(l), t::mistake::no_denominator_do(l))),
        Kind::UselessDenominator => {
            plain((t::mistake::useless_denominator(l), t::mistake::useless_denominator_do(l)))
        }
        Kind::WrongComparator(word) => {
            (t::mistake::wrong_comparator(l, word), t::mistake::wrong_comparator_do(l).into())
        }
        Kind::NoYears => plain((t::mistake::no_years(l), t::mistake::no_years_do(l))),
        Kind::YearsReversed => plain((t::mistake::years_reversed(l), t::mistake::years_reversed_do(l))),
        Kind::NotOfThisSpan => plain((t::mistake::not_of_this_span(l), t::mistake::not_of_this_span_do(l))),
        Kind::StockAtWrongEnd(id) => {
            (t::mistake::stock_at_wrong_end(l, id), t::mistake::stock_at_wrong_end_do(l).into())
        }
        Kind::NotABaseline(id) => {
            (t::mistake::not_a_baseline(l, id), t::mistake::not_a_baseline_do(l).into())
        }
        Kind::OtherCalendar(id, _) => {
            (t::mistake::other_calendar(l, id), t::mistake::other_calendar_do(l).into())
        }
        Kind::UnknownCalendar(id) => {
            (t::mistake::unknown_calendar(l, id), meant(id, t::mistake::unknown_calendar_do(l)))
        }
        Kind::CalendarGap(year) => (t::mistake::calendar_gap(l, year), t::mistake::calendar_gap_do(l).into()),
        Kind::CalendarOverlap => plain((t::mistake::calendar_overlap(l), t::mistake::calendar_overlap_do(l))),
        Kind::MonthOutOfRange => {
            plain((t::mistake::month_out_of_range(l), t::mistake::month_out_of_range_do(l)))
        }
        Kind::DayOutOfRange => plain((t::mistake::day_out_of_range(l), t::mistake::day_out_of_range_do(l))),
        Kind::MaximumTooSmall => {
            plain((t::mistake::maximum_too_small(l), t::mistake::maximum_too_small_do(l)))
        }
        Kind::SameReading => plain((t::mistake::same_reading(l), t::mistake::same_reading_do(l))),
        Kind::OtherForm(id) => (t::mistake::other_form(l, id), t::mistake::other_form_do(l).into()),
        Kind::NothingBefore => plain((t::mistake::nothing_before(l), t::mistake::nothing_before_do(l))),
        Kind::Cycle(id) => (t::mistake::cycle(l, id), t::mistake::cycle_do(l).into()),
        Kind::DeadlineTooSoon => {
            plain((t::mistake::deadline_too_soon(l), t::mistake::deadline_too_soon_do(l)))
        }
        Kind::DeadlineOrder(below) => {
            (t::mistake::deadline_order(l, level(*below, l)), t::mistake::deadline_order_do(l).into())
        }
        Kind::NoDeadline(of) => {
            (t::mistake::no_deadline(l, level(*of, l)), t::mistake::no_deadline_do(l).into())
        }
    }
}
