//! `chitieu template`: every cell that is expected in a period, with an empty value.

use super::{Stop, load};
use chitieu_domain::calendar::{BASELINE, Periodicity};
use chitieu_domain::{Model, PeriodId, ReporterIx};
use chitieu_widgets::Locale;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// What to print.
#[derive(Args)]
pub struct Options {
    /// A business year, half, quarter or month; `2016-2020` for the baseline.
    #[arg(long)]
    period: PeriodId,
    /// The plan; the one that ships with the program where it is left out.
    #[arg(long)]
    plan: Option<PathBuf>,
}

/// Prints `reporter,period,element,value` with empty values, form after form.
pub fn run(options: &Options, locale: Locale, out: &mut dyn Write) -> Result<(), Stop> {
    let loaded = load(options.plan.as_ref(), locale)?;
    let mut csv = csv::Writer::from_writer(out);
    let stop = |e: csv::Error| Stop(e.to_string());
    csv.write_record(["reporter", "period", "element", "value"]).map_err(stop)?;
    for (reporter, period, element) in expected(&loaded.model, options.period) {
        csv.write_record([reporter.as_str(), &period.to_string(), element, ""]).map_err(stop)?;
    }
    csv.flush().map_err(|e| Stop(e.to_string()))
}

/// The cells that reporters of all times fill in for `asked`: in each form's own calendar, the periods that
/// lie inside the period of that name.
fn expected(model: &Model, asked: PeriodId) -> impl Iterator<Item = (String, PeriodId, &str)> {
    model.forms().flat_map(move |form| {
        let about = model.form(form);
        let calendar = model.calendar(form);
        let span = calendar.span(asked);
        let last = calendar.business_year(asked);
        let first = if let PeriodId::Years(first, _) = asked { first } else { last };
        let periods: Vec<PeriodId> = match about.periodicity {
            Periodicity::Once if asked == BASELINE => vec![BASELINE],
            Periodicity::Once => Vec::new(),
            // Nobody reports the years of the baseline but as the baseline.
            _ if asked == BASELINE => Vec::new(),
            periodicity => (first..=last)
                .flat_map(|year| calendar.periods_of_year(year, periodicity))
                .filter(|period| span.contains(&calendar.span(*period)))
                .collect(),
        };
        periods.into_iter().flat_map(move |period| {
            let assigned = (0..model.reporters().len() as u32)
                .map(ReporterIx)
                .filter(move |reporter| model.is_assigned(*reporter, form, period));
            assigned.flat_map(move |reporter| {
                let id = model.reporter(reporter).id.to_string();
                model.elements_of(form).map(move |(_, element)| (id.clone(), period, element.id.as_str()))
            })
        })
    })
}
