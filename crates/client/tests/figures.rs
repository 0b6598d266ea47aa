//! The figures in view and the verdicts on them, changed cell by cell.

#[expect(dead_code, reason = "shared with the facts of the protocol, which need more of it")]
#[path = "../../sync/tests/support/mod.rs"]
mod support;

use chitieu_client::figures::{Moved, ShownFigures, Verdicts};
use chitieu_domain::evaluate::{Evaluation, Evaluator};
use chitieu_domain::figures::WithOthers;
use chitieu_domain::verdict::Verdict;
use chitieu_domain::{Figures, Model, PeriodId};
use chitieu_sync::memory::Memory;
use chitieu_sync::replica::Replica;
use proptest::prelude::*;
use std::collections::HashMap;
use std::sync::LazyLock;
use support::{Device, Office, key, reporter};

static OFFICE: LazyLock<Office> = LazyLock::new(Office::new);
const ELEMENTS: [&str; 6] = [
    "crimes_recorded_total",
    "crimes_social_order",
    "crimes_solved_total",
    "vs_recorded",
    "vs_solved",
    "crimes_drug",
];

fn value(shown: &ShownFigures, element: &str) -> Option<i64> {
    let model = &OFFICE.model;
    let (reporter, element) = (model.reporter_ix(&reporter())?, model.element_ix(element)?);
    shown.figures().get(reporter, PeriodId::Month(2026, 10), element)?.value
}

fn anew(replica: &Replica) -> ShownFigures {
    let mut shown = ShownFigures::default();
    shown.start_anew(replica, &OFFICE.model);
    shown
}

#[test]
fn what_is_typed_lies_over_what_is_saved_until_it_is_taken_away() {
    let model = &OFFICE.model;
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 7);
    let mut shown = anew(&device.replica);
    assert_eq!(value(&shown, "crimes_drug"), Some(7));
    let moved = shown.type_in(&device.replica, model, &key("crimes_drug"), Some(70)).expect("it moved");
    assert_eq!((moved.before.and_then(|f| f.value), moved.after.and_then(|f| f.value)), (Some(7), Some(70)));
    // What comes meanwhile, from this tab, another one or the server, does not take it away.
    device.edit(&key("crimes_drug"), 8);
    assert_eq!(shown.refresh(&device.replica, model, &[key("crimes_drug")]), Vec::<Moved>::new());
    shown.type_in(&device.replica, model, &key("crimes_other"), Some(3));
    shown.start_anew(&device.replica, model);
    assert_eq!(["crimes_drug", "crimes_other"].map(|element| value(&shown, element)), [Some(70), Some(3)]);
    shown.type_in(&device.replica, model, &key("crimes_drug"), None);
    assert_eq!(value(&shown, "crimes_drug"), Some(8));
    assert_eq!(shown.type_in(&device.replica, model, &key("crimes_drug"), None), None);
}

#[test]
fn a_refresh_names_the_cells_that_moved_alone() {
    let model = &OFFICE.model;
    let mut device = Device::new("lan", 1);
    device.edit(&key("crimes_drug"), 7);
    let mut shown = anew(&device.replica);
    let before = device.replica.clone();
    device.edit(&key("vs_solved"), 3);
    let all: Vec<_> = ELEMENTS.map(key).into();
    let moved = shown.refresh(&device.replica, model, &all);
    assert_eq!(moved.iter().map(|m| model.element(m.element).id.as_str()).collect::<Vec<_>>(), ["vs_solved"]);
    let back = shown.refresh(&before, model, &all);
    assert_eq!((back.len(), back[0].after), (1, None));
}

fn full(model: &Model, own: &Figures, told: &[Evaluation]) -> Vec<Evaluation> {
    let mine = [model.reporter_ix(&reporter()).expect("it is known")];
    let others = HashMap::new();
    let source = WithOthers { own, mine: &mine, others: &others };
    let mut all = Evaluator::new(model).evaluate_all(
        &source,
        model.own_territory(),
        PeriodId::Year(2026),
        OFFICE.today,
    );
    for word in told {
        if let Some(own) = all.iter_mut().find(|own| own.target == word.target) {
            own.clone_from(word);
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn verdicts_that_are_kept_true_equal_those_made_anew(
        acts in prop::collection::vec((0..6_usize, prop::option::of(0..90_i64), any::<bool>()), 1..12),
    ) {
        let model = &OFFICE.model;
        let mut device = Device::new("lan", 1);
        let mut server = Memory::new(1);
        let mut shown = anew(&device.replica);
        let mut told = full(model, shown.figures(), &[]);
        told.truncate(2);
        told[0].verdict = Verdict::Met;
        let mine = [model.reporter_ix(&reporter()).expect("it is known")];
        let others = HashMap::new();
        let source = WithOthers { own: shown.figures(), mine: &mine, others: &others };
        let about = (model.own_territory(), PeriodId::Year(2026));
        let mut verdicts = Verdicts::new(model, &source, &told, about, OFFICE.today);
        for (element, value, is_typed) in acts {
            let key = key(ELEMENTS[element]);
            let moved: Vec<Moved> = match (value, is_typed) {
                (number, true) => shown.type_in(&device.replica, model, &key, number).into_iter().collect(),
                (Some(value), false) => {
                    device.edit(&key, value);
                    shown.refresh(&device.replica, model, std::slice::from_ref(&key))
                }
                (None, false) => {
                    device.sync(&mut server, &OFFICE);
                    shown.refresh(&device.replica, model, &ELEMENTS.map(support::key))
                }
            };
            let before = verdicts.evaluations().to_vec();
            let is_other = verdicts.take(&moved);
            prop_assert_eq!(verdicts.evaluations(), full(model, shown.figures(), &told));
            prop_assert!(is_other || before == verdicts.evaluations());
        }
    }
}
