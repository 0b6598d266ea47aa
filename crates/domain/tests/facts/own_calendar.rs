//! A plan with a calendar of its own, which begins on the 15th, then on the 5th of another month: nothing but its
//! file says so.

use chitieu_domain::calendar::Periodicity;
use chitieu_domain::evaluate::{Evaluator, moved};
use chitieu_domain::plan::Plan;
use chitieu_domain::unit::Units;
use chitieu_domain::verdict::Verdict;
use chitieu_domain::{Figure, Figures, Model, PeriodId};

fn schools() -> Model {
    let mut plan: Plan =
        toml::from_str(include_str!("../../plans/illustrative-schools.toml")).expect("it reads");
    let units = Units::brought(std::mem::take(&mut plan.units));
    Model::new(plan, units).expect("the plan is sound")
}

fn period(text: &str) -> PeriodId {
    text.parse().expect("a period")
}

/// Worked by hand: from 15 August to 14 August, months from the 15th to the 14th; from 2024 from 5 September to
/// 4 September, months from the 5th to the 4th. What lies between is of 2023: a month from 15/8 to 4/9/2023.
#[test]
fn its_periods_have_the_days_of_its_file() {
    let model = schools();
    let form = model.form_ix("pupils").expect("a form");
    for (name, days) in [
        ("2022", "2021-08-15..2022-08-14"),
        ("2022-H1", "2021-08-15..2022-02-14"),
        ("2022-Q3", "2022-02-15..2022-05-14"),
        ("2022-01", "2021-12-15..2022-01-14"),
        ("2023", "2022-08-15..2023-09-04"),
        ("2023-H1", "2022-08-15..2023-02-14"),
        ("2023-H2", "2023-02-15..2023-09-04"),
        ("2023-09", "2023-08-15..2023-09-04"),
        ("2023-10", "2023-09-05..2023-10-04"),
        ("2024", "2023-09-05..2024-09-04"),
        ("2024-H1", "2023-09-05..2024-03-04"),
        ("2024-9M", "2023-09-05..2024-06-04"),
        ("2021-2024", "2020-08-15..2024-09-04"),
    ] {
        let span = model.span(form, period(name));
        assert_eq!(format!("{}..{}", span.from, span.to), days, "{name}");
    }
    assert_eq!(model.calendar(form).business_year(period("2023-09")), 2023);
    assert_eq!(model.calendar(form).business_year(period("2023-10")), 2024);
    assert_eq!(model.calendar(form).months_run(period("2021-2024")), 49);
    // The other form of the plan is of the calendar year.
    let safety = model.form_ix("safety").expect("a form");
    assert_eq!(model.span(safety, period("2023")).to, "2023-12-31".parse().expect("a day"));
    // Halves end on 4/9 and 4/3: the one before is open until the next has ended.
    for (today, open) in [("2023-09-04", "2023-H1"), ("2023-09-05", "2023-H2"), ("2024-03-05", "2024-H1")] {
        assert_eq!(model.open_period(form, today.parse().expect("a day")), Some(period(open)), "{today}");
    }
}

#[test]
fn a_deadline_is_never_later_than_the_day_its_calendar_names() {
    let mut late = schools().plan().clone();
    late.deadlines.values_mut().for_each(|days| *days += 20);
    let units = schools().units().clone();
    let model = Model::new(late, units).expect("the plan is sound");
    let form = model.form_ix("pupils").expect("a form");
    let half = period("2024-H1");
    let scope = model.own_territory();
    for reporter in model.assigned_inside(form, half, scope) {
        assert_eq!(model.deadline(reporter, form, half).to_string(), "2024-03-20");
    }
}

/// Injuries, worked by hand: each half of each year has 10; 2023 has thirteen months and compares with neither.
#[test]
fn its_verdicts_compare_years_of_the_same_months_alone() {
    let model = schools();
    let (form, scope) = (model.form_ix("pupils").expect("a form"), model.own_territory());
    let mut figures = Figures::default();
    for year in 2021..=2025 {
        for half in model.calendar(form).periods_of_year(year, Periodicity::HalfYear) {
            for (element, about) in model.elements_of(form) {
                for (nth, reporter) in model.assigned_inside(form, half, scope).into_iter().enumerate() {
                    // One fewer road accident a half in 2022 and in 2025.
                    let fewer = i64::from(matches!(half, PeriodId::Half(2022 | 2025, _)));
                    let value = if nth > 0 {
                        0
                    } else if about.id == "injuries_road" {
                        8 - fewer
                    } else {
                        1
                    };
                    figures.set(reporter, half, element, Figure::of(value));
                }
            }
        }
    }
    let target = model.target_ix("E02").expect("a target");
    let look = |name: &str| {
        let today = "2030-01-01".parse().expect("a day");
        let e = Evaluator::new(&model).evaluate(&figures, target, scope, period(name), today);
        (e.numerator, e.previous_numerator, e.verdict)
    };
    for (name, this, before, verdict) in [
        ("2022", 18, Some(20), Verdict::Met),
        ("2023-H1", 10, Some(9), Verdict::NotMet),
        ("2023", 20, None, Verdict::NotComparable),
        ("2024-H1", 10, None, Verdict::NotComparable),
        ("2024", 20, None, Verdict::NotComparable),
        ("2025", 18, Some(20), Verdict::Met),
    ] {
        assert_eq!(look(name), (Some(this), before, verdict), "{name}");
    }
    let odd = moved(&model, target, period("2023")).expect("thirteen months are said");
    let (other, months) = odd.other.expect("the other reading gives them to 2024");
    assert_eq!((odd.months, other.to.to_string().as_str(), months), (Some(13), "2023-08-14", 12));
    assert_eq!(moved(&model, target, period("2022")), None);
}
