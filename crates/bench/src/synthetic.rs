//! A plan of 172 units × 60 months × 100 elements, and multiples of it. Nothing in it means anything.

use chitieu_domain::calendar::Periodicity;
use chitieu_domain::plan::{
    Agency, Calendar, Comparator, Element, Evaluated, Firmness, Form, Measure, Nature, Per, Plan, Target,
    TargetKind,
};
use chitieu_domain::unit::{Level, Unit, UnitId, Units};
use chitieu_domain::{ElementIx, Figure, Figures, Model, PeriodId, ReporterIx};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

const FORMS: usize = 5;
const ROWS: usize = 20;

fn id(code: &str) -> UnitId {
    format!("{code}@2021-01-01").parse().expect("a unit id")
}

/// One province, 10 districts and 161 communes, times so many.
fn units(times: usize) -> Vec<Unit> {
    let unit = |code: String, level, parent: Option<String>| Unit {
        id: id(&code),
        name: code.clone(),
        level,
        parent: parent.map(|p| id(&p)),
        valid_to: None,
        parts: BTreeSet::new(),
        aliases: Vec::new(),
    };
    let mut all = vec![unit("P".into(), Level::Province, None)];
    for d in 0..10 * times {
        all.push(unit(format!("D{d}"), Level::District, Some("P".into())));
    }
    for c in 0..161 * times {
        all.push(unit(format!("C{c}"), Level::Commune, Some(format!("D{}", c % (10 * times)))));
    }
    for extra in 1..times {
        // The province counts once; a commune more keeps the number of units at 172 a time.
        all.push(unit(format!("X{extra}"), Level::Commune, Some(format!("D{extra}"))));
    }
    all
}

/// The kinds of the 18 targets of KH 188, over these elements.
fn targets() -> Vec<Target> {
    (0..18)
        .map(|n| {
            let kind = match n {
                0 | 1 => TargetKind::CountVsPreviousYear,
                2..5 => TargetKind::RateVsPreviousYear,
                5 => TargetKind::CountZero,
                _ => TargetKind::RateThreshold,
            };
            let is_rate = !matches!(kind, TargetKind::CountVsPreviousYear | TargetKind::CountZero);
            let comparator = match kind {
                TargetKind::CountZero => Comparator::Eq,
                TargetKind::CountVsPreviousYear => Comparator::Lt,
                _ => Comparator::Gt,
            };
            let e = |k: usize| format!("e{}", (n * 5 + k) % (FORMS * ROWS));
            Target {
                id: format!("T{n:02}"),
                section: "1".into(),
                wording_vi: "–".into(),
                title_vi: "–".into(),
                title_en: "–".into(),
                kind,
                numerator: format!("{} + {}", e(0), e(1)),
                denominator: is_rate.then(|| format!("{} + {}", e(2), e(3))),
                comparator,
                threshold_percent: (kind == TargetKind::RateThreshold).then_some(75),
                firmness: Firmness::Firm,
                calendar: "statistics".into(),
                evaluated: Evaluated::Annual,
                years: None,
                note_vi: "–".into(),
                alternative: is_rate.then(|| format!("{} / {}", e(4), e(2))),
            }
        })
        .collect()
}

fn plan() -> Plan {
    let agency = |id: &str, per| Agency {
        id: id.into(),
        name_vi: id.into(),
        role: "synthetic".into(),
        per,
        valid_from: None,
        valid_to: None,
        successor: Vec::new(),
        note: String::new(),
    };
    let element = |n: usize| Element {
        id: format!("e{n}"),
        row: (n % ROWS + 1) as u16,
        name_vi: "–".into(),
        name_en: "–".into(),
        measure: Measure::CountCase,
        nature: Nature::Flow,
        sensitive: false,
        part_of: None,
        note_vi: String::new(),
        max: None,
    };
    let form = |f: usize| Form {
        id: format!("f{f}"),
        title_vi: "–".into(),
        title_en: "–".into(),
        assigned_to: vec!["at_province".into(), "at_district".into(), "at_commune".into()],
        periodicity: Periodicity::Month,
        calendar: "statistics".into(),
        elements: (f * ROWS..(f + 1) * ROWS).map(element).collect(),
        rules: Vec::new(),
    };
    Plan {
        id: "synthetic".into(),
        title_vi: "Số liệu giả để đo tốc độ".into(),
        title_en: "Synthetic figures to measure speed".into(),
        legal_basis_vi: "–".into(),
        own_territory: id("P"),
        reporting_provinces: vec![id("P")],
        deadlines: BTreeMap::from([(Level::Commune, 2), (Level::District, 3), (Level::Province, 5)]),
        holidays: BTreeSet::new(),
        targets: targets(),
        forms: (0..FORMS).map(form).collect(),
        agencies: vec![
            agency("at_province", Per::Single),
            agency("at_district", Per::District),
            agency("at_commune", Per::Commune),
        ],
        tasks: Vec::new(),
        calendars: Calendar::of_v0_1_0(),
        units: Vec::new(),
    }
}

/// The plan with its units.
pub fn model(times: usize) -> Result<Model, Box<dyn Error>> {
    Ok(Model::new(plan(), Units::brought(units(times)))?)
}

fn months() -> impl Iterator<Item = PeriodId> {
    (2021..=2025).flat_map(|year| (1..=12).map(move |month| PeriodId::Month(year, month)))
}

/// A value that looks like any other.
fn value(reporter: u32, element: u16, month: usize) -> i64 {
    let mixed = u64::from(reporter) * 7919 + u64::from(element) * 104_729 + month as u64 * 1_299_709;
    (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 57) as i64
}

/// Every figure of every reporter.
pub fn figures(model: &Model) -> Figures {
    let mut figures = Figures::default();
    for reporter in 0..model.reporters().len() as u32 {
        for element in 0..(FORMS * ROWS) as u16 {
            for (nth, month) in months().enumerate() {
                let figure = Figure::of(value(reporter, element, nth));
                figures.set(ReporterIx(reporter), month, ElementIx(element), figure);
            }
        }
    }
    figures
}

#[derive(Serialize)]
struct File {
    #[serde(flatten)]
    plan: Plan,
    calendar: Vec<Calendar>,
    unit: Vec<Unit>,
}

/// Writes `plan.toml` and `figures.csv`.
pub fn write(times: usize, folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let plan = plan();
    let file = File { calendar: plan.calendars.clone(), plan, unit: units(times) };
    std::fs::write(folder.join("plan.toml"), toml::to_string(&file)?)?;
    let model = model(times)?;
    let mut csv = csv::Writer::from_path(folder.join("figures.csv"))?;
    csv.write_record(["reporter", "period", "element", "value"])?;
    for (reporter, r) in model.reporters().iter().enumerate() {
        for (nth, month) in months().enumerate() {
            for element in 0..(FORMS * ROWS) as u16 {
                let value = value(reporter as u32, element, nth).to_string();
                csv.write_record([&r.id.to_string(), &month.to_string(), &format!("e{element}"), &value])?;
            }
        }
    }
    csv.flush()?;
    Ok(())
}
