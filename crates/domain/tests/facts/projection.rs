//! Where a year is heading, and where the years before it went.

use super::support::{model, report, unit};
use chitieu_domain::evaluate::Evaluator;
use chitieu_domain::evaluate::project::Method;
use chitieu_domain::evaluate::trend::Direction;
use chitieu_domain::verdict::{Pair, Verdict};
use chitieu_domain::{Figure, Figures, Model, PeriodId, ReporterIx};

const OLD: &str = "33@2021-01-01";

/// `(first half, second half)` of each year's recorded and cleared-up crimes, of the first reporter.
fn halves(model: &Model, figures: &mut Figures, year: i16, recorded: (i64, i64), solved: (i64, i64)) {
    for (element, (first, second)) in [("crimes_recorded_total", recorded), ("crimes_solved_current", solved)]
    {
        report(model, figures, OLD, &year.to_string(), element, first);
        let ix = model.element_ix(element).expect("an element");
        let reporter: ReporterIx =
            model.assigned_inside(model.form_of(ix), PeriodId::Month(year, 7), unit(model, OLD))[0];
        figures.set(reporter, PeriodId::Month(year, 7), ix, Figure::of(second));
    }
}

#[test]
fn flows_are_scaled_by_what_past_years_had_at_the_same_point() {
    let (model, mut figures) = (model(), Figures::default());
    let june = PeriodId::Month(2023, 6);
    halves(&model, &mut figures, 2021, (100, 100), (60, 100));
    halves(&model, &mut figures, 2022, (100, 300), (60, 240));
    halves(&model, &mut figures, 2023, (120, 0), (90, 0));
    let t04 = model.target_ix("T04").expect("a target");
    let evaluator = Evaluator::new(&model);
    let seen = evaluator.project(&figures, t04, unit(&model, OLD), june).expect("there are figures");
    // 2021 and 2022 together: 600 recorded of 200 by June, 460 cleared up of 120.
    assert_eq!(seen.pair, Pair { n: 345, d: 360 });
    assert_eq!(seen.verdict, Verdict::Met);
    assert_eq!(seen.method, Method::ShareOfPastYears(vec![2022, 2021]));
    // In June 2022 the year 2021 was all there was to learn from: 60·160/60 of 100·200/100.
    assert_eq!(seen.before[0].year, 2022);
    assert_eq!(seen.before[0].projected, Pair { n: 160, d: 200 });
    assert_eq!(seen.before[0].came, Pair { n: 300, d: 400 });
    // In June 2021 there was nothing but the months that had run.
    assert_eq!(seen.before[1].projected, Pair { n: 120, d: 200 });
    assert_eq!(seen.before.len(), 2);
}

#[test]
fn a_first_year_is_projected_by_the_months_that_have_run() {
    let (model, mut figures) = (model(), Figures::default());
    halves(&model, &mut figures, 2021, (100, 0), (70, 0));
    let t04 = model.target_ix("T04").expect("a target");
    let evaluator = Evaluator::new(&model);
    let project = |period| evaluator.project(&figures, t04, unit(&model, OLD), period);
    let seen = project(PeriodId::Month(2021, 6)).expect("there are figures");
    assert_eq!((seen.pair, seen.method), (Pair { n: 140, d: 200 }, Method::MonthsRun(6, 12)));
    assert_eq!(seen.verdict, Verdict::NotMet);
    assert!(project(PeriodId::Month(2021, 12)).is_none(), "a year that is over needs no projection");
    assert!(project(PeriodId::Month(2024, 6)).is_none(), "nothing is known of 2024");
}

#[test]
fn stocks_stay_as_they_are() {
    let (model, mut figures) = (model(), Figures::default());
    report(&model, &mut figures, OLD, "2021-06", "wanted_open_start", 100);
    report(&model, &mut figures, OLD, "2021-06", "wanted_open_arrested", 10);
    report(&model, &mut figures, OLD, "2021-06", "wanted_open_surrendered", 5);
    let t06 = model.target_ix("T06").expect("a target");
    let seen = Evaluator::new(&model).project(&figures, t06, unit(&model, OLD), PeriodId::Month(2021, 6));
    assert_eq!(seen.expect("there are figures").pair, Pair { n: 30, d: 100 });
}

#[test]
fn a_trend_compares_the_same_year_to_date_year_after_year() {
    let (model, mut figures) = (model(), Figures::default());
    halves(&model, &mut figures, 2021, (100, 100), (60, 100));
    halves(&model, &mut figures, 2023, (100, 300), (61, 150));
    let t04 = model.target_ix("T04").expect("a target");
    let evaluator = Evaluator::new(&model);
    let today = "2024-06-01".parse().expect("a day");
    let trend = |label: &str| {
        let label = label.parse().expect("a period");
        evaluator.trend(&figures, t04, unit(&model, OLD), label, 4, today)
    };
    let by_june = trend("2023-06");
    let points: Vec<_> = by_june.points.iter().map(|e| (e.period.to_string(), e.numerator)).collect();
    assert_eq!(
        points,
        [("2021-06".to_owned(), Some(60)), ("2023-06".to_owned(), Some(61))],
        "no 2020, no 2022"
    );
    assert_eq!(by_june.direction, Some(Direction::Rising), "61/100 after 60/100");
    assert_eq!(trend("2023").direction, Some(Direction::Falling), "211/400 after 160/200");
    assert_eq!(trend("2022").direction, None, "one year alone goes nowhere");
}

#[test]
fn a_trend_without_anything_below_has_no_direction() {
    let (model, mut figures) = (model(), Figures::default());
    halves(&model, &mut figures, 2021, (0, 0), (0, 0));
    halves(&model, &mut figures, 2022, (100, 100), (60, 60));
    let t04 = model.target_ix("T04").expect("a target");
    let evaluator = Evaluator::new(&model);
    let trend = |label| {
        let today = "2024-06-01".parse().expect("a day");
        evaluator.trend(&figures, t04, unit(&model, OLD), label, 3, today)
    };
    assert_eq!(trend(PeriodId::Year(2022)).direction, None);
}

#[test]
fn equal_rates_of_different_counts_are_level() {
    let (model, mut figures) = (model(), Figures::default());
    halves(&model, &mut figures, 2022, (100, 100), (60, 60));
    halves(&model, &mut figures, 2023, (50, 50), (30, 30));
    let t04 = model.target_ix("T04").expect("a target");
    let today = "2024-06-01".parse().expect("a day");
    let year = PeriodId::Year(2023);
    let trend = Evaluator::new(&model).trend(&figures, t04, unit(&model, OLD), year, 2, today);
    assert_eq!(trend.direction, Some(Direction::Level));
}
