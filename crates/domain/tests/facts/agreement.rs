//! Evaluating anew, cell by cell and on a device with the others' sums all come to the same.

use super::support::model;
use chitieu_domain::evaluate::{Board, Evaluation, Evaluator};
use chitieu_domain::figures::{Total, WithOthers, Without};
use chitieu_domain::{ElementIx, Figure, Figures, Model, PeriodId, ReporterIx, UnitIx};
use chrono::NaiveDate;
use proptest::prelude::*;
use std::collections::HashMap;
use std::sync::LazyLock;

static MODEL: LazyLock<Model> = LazyLock::new(model);

/// Scopes of both boundaries, of every level.
static SCOPES: LazyLock<Vec<UnitIx>> = LazyLock::new(|| {
    [
        "33@2021-01-01",
        "34@2021-01-01",
        "33@2025-07-01",
        "323@2021-01-01",
        "11977@2025-07-01",
        "KV1@2025-07-01",
    ]
    .iter()
    .map(|id| MODEL.unit_ix(&id.parse().expect("an id")).expect("a unit"))
    .collect()
});

/// Cells that some target needs in 2024 to 2026, with who may report them.
static CELLS: LazyLock<Vec<(ReporterIx, PeriodId, ElementIx)>> = LazyLock::new(|| {
    let evaluator = Evaluator::new(&MODEL);
    let mut cells = Vec::new();
    for year in [2025, 2026] {
        for (element, period) in evaluator.cells_needed(PeriodId::Year(year)) {
            let form = MODEL.form_of(element);
            for scope in SCOPES.iter() {
                cells.extend(
                    MODEL.assigned_inside(form, period, *scope).into_iter().map(|r| (r, period, element)),
                );
            }
        }
    }
    cells.sort_unstable();
    cells.dedup();
    cells
});

const PERIODS: [PeriodId; 4] =
    [PeriodId::Year(2025), PeriodId::Year(2026), PeriodId::Quarter(2025, 3), PeriodId::Month(2025, 7)];

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day")
}

fn anew(figures: &Figures) -> Vec<Evaluation> {
    let mut all = Vec::new();
    Evaluator::new(&MODEL).evaluate_scopes(figures, &SCOPES, &PERIODS, today(), |e| all.push(e));
    all
}

/// A cell by its place, and what is done to it: none takes it out.
fn change() -> impl Strategy<Value = (usize, Option<Figure>)> {
    let figure = (prop::option::weighted(0.9, 0_i64..1_000), any::<bool>(), any::<bool>(), any::<bool>())
        .prop_map(|(value, contested, approved, estimated)| Figure { value, contested, approved, estimated });
    (any::<prop::sample::Index>(), prop::option::weighted(0.9, figure))
        .prop_map(|(at, figure)| (at.index(CELLS.len()), figure))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_board_changed_cell_by_cell_is_the_board_made_anew(
        before in prop::collection::vec(change(), 0..400),
        changes in prop::collection::vec(change(), 1..60),
    ) {
        let mut figures = Figures::default();
        for (at, figure) in before {
            let (reporter, period, element) = CELLS[at];
            figure.map(|figure| figures.set(reporter, period, element, figure));
        }
        let mut board = Board::new(&MODEL, &figures, &SCOPES, &PERIODS, today());
        let mut shown: Vec<Evaluation> = board.evaluations().collect();
        prop_assert_eq!(&shown, &anew(&figures));
        let targets = MODEL.plan().targets.len();
        for (at, after) in changes {
            let (reporter, period, element) = CELLS[at];
            let old = match after {
                Some(figure) => figures.set(reporter, period, element, figure),
                None => figures.remove(reporter, period, element),
            };
            for at in board.change(reporter, period, element, old, after) {
                shown[(at.scope * PERIODS.len() + at.period) * targets + at.target] = board.evaluation(at);
            }
        }
        // Whoever follows `change` alone shows what is true.
        prop_assert_eq!(shown, anew(&figures));
    }

    #[test]
    fn a_device_with_its_own_figures_and_the_sums_of_others_judges_as_one_that_has_all(
        cells in prop::collection::vec(change(), 0..600),
        mine in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
    ) {
        let mine: Vec<ReporterIx> = mine.iter().map(|at| CELLS[at.index(CELLS.len())].0).collect();
        let (mut all, mut own) = (Figures::default(), Figures::default());
        for (at, figure) in cells {
            let (reporter, period, element) = CELLS[at];
            let Some(figure) = figure else { continue };
            all.set(reporter, period, element, figure);
            if mine.contains(&reporter) {
                own.set(reporter, period, element, figure);
            }
        }
        let evaluator = Evaluator::new(&MODEL);
        let (scope, period) = (SCOPES[0], PERIODS[0]);
        let told = evaluator.sums(&Without { all: &all, these: &mine }, scope, period);
        // Whatever others are said to be expected, a device knows by itself who is to report.
        let others = told.into_iter().map(|(e, p, total)| ((e, p), Total { expected: 9, ..total }));
        let others: HashMap<_, _> = others.collect();
        let device = WithOthers { own: &own, mine: &mine, others: &others };
        prop_assert_eq!(
            evaluator.evaluate_all(&device, scope, period, today()),
            evaluator.evaluate_all(&all, scope, period, today())
        );
    }
}
