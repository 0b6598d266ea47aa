//! The same ground has the same sum, whatever units it is cut into and in whichever boundaries.

use super::support::model;
use chitieu_domain::calendar::{BASELINE, Periodicity};
use chitieu_domain::evaluate::Evaluator;
use chitieu_domain::unit::Level;
use chitieu_domain::{Figure, Figures, FormIx, Model, PeriodId, ReporterIx, UnitIx};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static MODEL: LazyLock<Model> = LazyLock::new(model);

fn unit(id: &str) -> UnitIx {
    MODEL.unit_ix(&id.parse().expect("an id")).expect("a unit")
}

/// Figures of every reporter for some years of one form, different for each.
fn figures(form: FormIx, years: &[i16], seed: i64) -> Figures {
    let mut figures = Figures::default();
    for year in years {
        for period in periods(form, *year) {
            for reporter in (0..MODEL.reporters().len() as u32).map(ReporterIx) {
                if !MODEL.is_assigned(reporter, form, period) {
                    continue;
                }
                for (element, _) in MODEL.elements_of(form) {
                    let value = 1 + (i64::from(reporter.0) * 31 + seed * i64::from(element.0)) % 97;
                    figures.set(reporter, period, element, Figure::of(value));
                }
            }
        }
    }
    figures
}

fn periods(form: FormIx, year: i16) -> Vec<PeriodId> {
    let about = MODEL.form(form);
    match about.periodicity {
        Periodicity::Once => vec![BASELINE],
        periodicity => MODEL.calendar(form).periods_of_year(year, periodicity),
    }
}

/// What a scope's reporters of these levels reported over a year: a sum for each element of the form.
fn sums(figures: &Figures, scope: UnitIx, form: FormIx, year: i16, levels: &[Level]) -> Vec<i128> {
    let mut sums = vec![0; MODEL.form(form).elements.len()];
    for period in periods(form, year) {
        let inside = MODEL.assigned_inside(form, period, scope).into_iter();
        let counted: Vec<ReporterIx> =
            inside.filter(|r| levels.contains(&MODEL.unit(MODEL.reporter(*r).unit).level)).collect();
        for (sum, (element, _)) in sums.iter_mut().zip(MODEL.elements_of(form)) {
            *sum += figures.total(element, period, &counted).sum;
        }
    }
    sums
}

fn added(all: impl IntoIterator<Item = Vec<i128>>) -> Vec<i128> {
    let add = |a: Vec<i128>, b: Vec<i128>| a.iter().zip(&b).map(|(a, b)| a + b).collect();
    all.into_iter().reduce(add).expect("something to add")
}

/// The forms that reporters of this level fill in at the end of a year.
fn forms_of(level: Level, year: i16) -> Vec<FormIx> {
    let of_level = |r: &ReporterIx| MODEL.unit(MODEL.reporter(*r).unit).level == level;
    let all = || (0..MODEL.reporters().len() as u32).map(ReporterIx).filter(of_level);
    let filled = |form: &FormIx| {
        let last = *periods(*form, year).last().expect("a period");
        all().any(|r| MODEL.is_assigned(r, *form, last))
    };
    MODEL.forms().filter(filled).collect()
}

/// The units of one level in force on a day.
fn in_force(level: Level, day: &str) -> Vec<UnitIx> {
    let day = day.parse().expect("a day");
    let units = MODEL.units().all().iter().enumerate();
    units
        .filter(|(_, u)| {
            u.level == level
                && u.starts().is_none_or(|from| from <= day)
                && u.valid_to.is_none_or(|to| day <= to)
        })
        .map(|(ix, _)| UnitIx(ix as u32))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    /// Any way of choosing districts, or the communes of a district instead of it, tiles the province. Each
    /// level's figures are its own.
    #[test]
    fn every_element_summed_over_any_tiling_of_the_province_is_the_same(
        seed in 1_i64..1_000,
        split in prop::collection::vec(any::<bool>(), 10),
    ) {
        let province = unit("33@2021-01-01");
        let districts = in_force(Level::District, "2023-06-01");
        prop_assert_eq!(districts.len(), 10);
        let communes = in_force(Level::Commune, "2023-06-01");
        let mut tiles = BTreeSet::new();
        for (district, is_split) in districts.iter().zip(split) {
            let inside = |c: &&UnitIx| MODEL.unit(**c).lies_inside(MODEL.unit(*district));
            if is_split {
                tiles.extend(communes.iter().filter(inside).copied());
            } else {
                tiles.insert(*district);
            }
        }
        for (level, tiles) in [(Level::Commune, tiles.into_iter().collect()), (Level::District, districts)] {
            let forms = forms_of(level, 2023);
            prop_assert!(forms.len() >= 4, "{} forms", forms.len());
            for form in forms {
                let figures = figures(form, &[2023], seed);
                let whole = sums(&figures, province, form, 2023, &[level]);
                prop_assert!(whole.iter().all(|sum| *sum > 0));
                let tiled = added(tiles.iter().map(|t| sums(&figures, *t, form, 2023, &[level])));
                prop_assert_eq!(tiled, whole, "{}", MODEL.form(form).id);
            }
        }
    }

    /// Communes of 2025, of which some have eaten others, make up the province of 2021 all the same.
    #[test]
    fn no_reporter_is_counted_twice_or_lost_by_a_reorganisation(seed in 1_i64..1_000) {
        let (old, joined, new) = (unit("33@2021-01-01"), unit("34@2021-01-01"), unit("33@2025-07-01"));
        let tiles = in_force(Level::Commune, "2026-01-01");
        prop_assert_eq!(tiles.len(), 104);
        let forms = forms_of(Level::Commune, 2026);
        prop_assert!(forms.len() >= 4, "{} forms", forms.len());
        for form in forms {
            let figures = figures(form, &[2026], seed);
            let over = |scope| sums(&figures, scope, form, 2026, &[Level::Commune]);
            let whole = over(new);
            prop_assert!(whole.iter().all(|sum| *sum > 0));
            prop_assert_eq!(added([over(old), over(joined)]), whole.clone(), "{}", MODEL.form(form).id);
            prop_assert_eq!(added(tiles.iter().map(|t| over(*t))), whole, "{}", MODEL.form(form).id);
        }
    }
}

/// The same figures reported on in 2021's and in 2025's boundaries: the totals that must agree, and those
/// that cannot be made.
#[test]
fn reports_of_2021_to_2026_can_be_made_in_either_boundaries() {
    let mut all = Figures::default();
    for form in ["crime", "wanted", "court", "prosecution", "denunciations", "denunciation_supervision"] {
        for ((reporter, period, element), figure) in
            figures(MODEL.form_ix(form).expect("a form"), &[2020, 2021, 2022, 2023, 2024, 2025, 2026], 7)
                .iter()
        {
            all.set(reporter, period, element, figure);
        }
    }
    let evaluator = Evaluator::new(&MODEL);
    let today = "2027-06-01".parse().expect("a day");
    let (old, joined, new) = (unit("33@2021-01-01"), unit("34@2021-01-01"), unit("33@2025-07-01"));
    let t04 = MODEL.target_ix("T04").expect("a target");
    let of = |scope, year| {
        let e = evaluator.evaluate(&all, t04, scope, PeriodId::Year(year), today);
        e.numerator.zip(e.denominator)
    };
    for year in 2021..=2026 {
        assert!(of(old, year).is_some(), "old Hưng Yên has all its years, {year} too");
        // Before it joined, nothing is known of Thái Bình: not of it alone, and not of the new province.
        assert_eq!(of(joined, year).is_some(), year == 2026, "{year}");
        assert_eq!(of(new, year).is_some(), year == 2026, "{year}");
    }
    let (a, b, c) =
        (of(old, 2026).expect("old"), of(joined, 2026).expect("joined"), of(new, 2026).expect("new"));
    assert_eq!((a.0 + b.0, a.1 + b.1), c, "the two old provinces make up the new one");
    // What was reported before the reorganisation adds up the same in the districts of its own time.
    let districts = in_force(Level::District, "2023-06-01");
    let crime = MODEL.form_ix("crime").expect("a form");
    let parts = added(districts.iter().map(|d| sums(&all, *d, crime, 2023, &[Level::District])));
    assert_eq!(parts, sums(&all, old, crime, 2023, &[Level::District]));
    // A commune that three old ones were merged into has its year 2026 and, since the old ones reported no
    // crimes of their own, no 2023.
    let merged = unit("11977@2025-07-01");
    assert!(of(merged, 2026).is_some());
    assert!(of(merged, 2023).is_none());
}

/// A split commune's counts cannot be divided: its flow goes to the main successor, with a flag.
#[test]
fn a_part_succession_is_flagged_as_not_divisible() {
    let split: Vec<String> = MODEL
        .units()
        .all()
        .iter()
        .filter(|u| MODEL.units().successors(&u.id).iter().any(|s| !s.whole))
        .map(|u| u.name.clone())
        .collect();
    for name in ["Xã Ngọc Thanh", "Xã Lạc Đạo", "Xã Đình Dù"] {
        assert!(split.iter().any(|s| s == name), "{name} in {split:?}");
    }
    let after = |id: &str| -> Vec<(String, bool)> {
        let successors = MODEL.units().successors(&id.parse().expect("an id"));
        successors.iter().map(|s| (MODEL.units().all()[s.unit].name.clone(), s.whole)).collect()
    };
    let split = |main: &str, part: &str| vec![(main.to_owned(), false), (part.to_owned(), false)];
    assert_eq!(after("12322@2021-01-01"), split("Xã Hiệp Cường", "Phường Sơn Nam"));
    assert_eq!(after("12004@2021-01-01"), split("Xã Như Quỳnh", "Xã Đại Đồng"));
    assert_eq!(after("11989@2021-01-01"), split("Xã Lạc Đạo", "Xã Đại Đồng"));
    assert_eq!(after("11977@2021-01-01"), [("Xã Phương Nam".to_owned(), true)]);
}
