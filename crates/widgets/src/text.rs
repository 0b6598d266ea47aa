//! The words and proportions of a target's card, from its evaluation alone.

use crate::{Locale, t};
use chitieu_domain::PeriodId;
use chitieu_domain::evaluate::project::{Method, Projection};
use chitieu_domain::evaluate::trend::{Direction, Trend};
use chitieu_domain::evaluate::{Evaluation, Moved, moved};
use chitieu_domain::model::Model;
use chitieu_domain::number::{Against, grouped, percent};
use chitieu_domain::plan::{Comparator, Firmness, Measure, Target, TargetKind};
use chitieu_domain::verdict::{Pair, Verdict};
use chrono::{Datelike, NaiveDate};

/// How a card is coloured and marked; never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Green, a tick.
    Met,
    /// Red, a cross.
    NotMet,
    /// Grey, a ring.
    Neutral,
}

impl Tone {
    /// Class of the design's style.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not",
            Self::Neutral => "none",
        }
    }
}

/// Everything a card says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardText {
    /// `T04`.
    pub id: String,
    /// "mục I.3 · phấn đấu".
    pub section: String,
    /// Title.
    pub title: String,
    /// Colour and mark.
    pub tone: Tone,
    /// The verdict in words.
    pub verdict: &'static str,
    /// "tạm tính" is to be said.
    pub provisional: bool,
    /// The rate or count, large.
    pub big: String,
    /// "122/164 vụ", or last year's count.
    pub fraction: String,
    /// What is missing, or what is to be said instead.
    pub gap: String,
    /// "Số liệu từ … đến …"; while provisional the days are those of the span alone: "Kỳ …–…".
    pub days: String,
    /// "đã có 104/110 số liệu, 2 số ước thực hiện", where something is missing or estimated.
    pub coverage: Option<String>,
    /// Bar from 0 to 1000, where there is a rate.
    pub bar: Option<u32>,
    /// Mark of the threshold on the bar, from 0 to 1000.
    pub mark: Option<u32>,
    /// "cách tính khác: 79,8% (636/797 vụ)", where the plan can be read in another way.
    pub alternative: Option<String>,
    /// The days in the other reading of the reporting year, where the year's beginning moved and they would be
    /// others.
    pub reading: Option<String>,
    /// Cells with two values.
    pub contested: u32,
}

/// A whole number in groups of three.
pub fn number(n: i128, locale: Locale) -> String {
    grouped(n, locale.style())
}

/// Day and month of a date; `months` are twelve words.
fn parts(date: NaiveDate, months: &str, locale: Locale) -> (String, &str) {
    let day = match locale {
        Locale::Vi => format!("{:02}", date.day()),
        Locale::En => date.day().to_string(),
    };
    (day, months.split(' ').nth(date.month0() as usize).unwrap_or_default())
}

/// A day as in tables and labels: 03/06/2021; in English "3 Jun 2021", which nobody reads month first.
pub fn day(date: NaiveDate, locale: Locale) -> String {
    let (day, month) = parts(date, t::date::months(locale), locale);
    t::date::day(locale, day, month, date.year())
}

/// A day in running text: 03/6/2021; the month is padded for 1 and 2 alone.
pub fn day_in_text(date: NaiveDate, locale: Locale) -> String {
    let (day, month) = parts(date, t::date::months_in_text(locale), locale);
    t::date::day(locale, day, month, date.year())
}

/// A day in a document's head: "ngày 03 tháng 6 năm 2021".
pub fn day_in_head(date: NaiveDate, locale: Locale) -> String {
    let (day, month) = parts(date, t::date::months_in_text(locale), locale);
    t::date::head(locale, day, month, date.year())
}

/// A period as officials say it: "tháng 11/2026".
pub fn period(id: PeriodId, locale: Locale) -> String {
    match id {
        PeriodId::Year(y) => t::period::year(locale, y),
        PeriodId::Half(y, n) => t::period::half(locale, n, y),
        PeriodId::NineMonths(y) => t::period::nine_months(locale, y),
        PeriodId::Quarter(y, n) => t::period::quarter(locale, n, y),
        PeriodId::Month(y, n) => t::period::month(locale, n, y),
        PeriodId::Years(a, b) => t::period::years(locale, a, b),
    }
}

/// The verdict's word.
pub fn verdict(verdict: Verdict, firmness: Firmness, locale: Locale) -> &'static str {
    match (verdict, firmness) {
        (Verdict::Met, Firmness::Aspirational) => t::verdict::met_aim(locale),
        (Verdict::Met, _) => t::verdict::met(locale),
        (Verdict::NotMet, Firmness::Aspirational) => t::verdict::not_met_aim(locale),
        (Verdict::NotMet, _) => t::verdict::not_met(locale),
        (Verdict::NoOccurrence, _) => t::verdict::no_occurrence(locale),
        (Verdict::NoData, _) => t::verdict::no_data(locale),
        (Verdict::NotComparable, _) => t::verdict::not_comparable(locale),
        (Verdict::CannotImprove, _) => t::verdict::cannot_improve(locale),
        (Verdict::Unknown, _) => t::verdict::unknown(locale),
    }
}

/// What is counted by the target's first numerator.
fn unit(model: &Model, target: usize, locale: Locale) -> &'static str {
    let measure = model.target_terms(target).numerator.first().map(|(_, e)| model.element(*e).measure);
    match measure {
        Some(Measure::CountCase) => t::unit::case(locale),
        Some(Measure::CountPerson) => t::unit::person(locale),
        Some(Measure::MoneyVnd) => t::unit::dong(locale),
        Some(Measure::CountItem | Measure::Unknown) | None => t::unit::item(locale),
    }
}

/// The words of one target's card.
pub fn card(model: &Model, target: usize, e: &Evaluation, locale: Locale) -> CardText {
    let about = &model.plan().targets[target];
    let unit = unit(model, target, locale);
    let tone = match e.verdict {
        Verdict::Met => Tone::Met,
        Verdict::NotMet => Tone::NotMet,
        _ => Tone::Neutral,
    };
    let (big, fraction) = figures(about, e, unit, locale);
    let mut section = t::card::section(locale, &about.section);
    if about.firmness == Firmness::Aspirational {
        section = format!("{section} · {}", t::card::aim(locale));
    }
    let permille = |n: i128, d: i128| (n.clamp(0, d) * 1000 / d.max(1)) as u32;
    let is_rate = about.kind == TargetKind::RateThreshold || about.kind == TargetKind::RateVsPreviousYear;
    let rate = e.numerator.zip(e.denominator).filter(|(_, d)| is_rate && *d > 0);
    let before = e.previous_numerator.zip(e.previous_denominator).filter(|(_, d)| *d > 0);
    let mut days = if e.provisional { t::card::span } else { t::card::days }(
        locale,
        day(e.from, locale),
        day(e.to, locale),
    );
    let moved = moved(model, target, e.period);
    if let Some(months) = moved.and_then(|moved| moved.months) {
        days = t::card::months(locale, days, months);
    }
    CardText {
        id: about.id.clone(),
        section,
        title: locale.pick(&about.title_vi, &about.title_en).to_owned(),
        tone,
        verdict: verdict(e.verdict, about.firmness, locale),
        provisional: e.provisional,
        big,
        fraction,
        gap: gap(about, e, unit, locale),
        days,
        coverage: coverage(e, locale),
        bar: rate.map(|(n, d)| permille(n, d)),
        mark: match about.kind {
            TargetKind::RateThreshold => about.threshold_percent.map(|p| p * 10),
            TargetKind::RateVsPreviousYear => before.map(|(n, d)| permille(n, d)),
            _ => None,
        },
        alternative: e.alternative.map(|(n, d)| other_reading(n, d, unit, locale)),
        reading: moved.and_then(|moved| other_days(&moved, locale)),
        contested: e.contested,
    }
}

/// What a provisional verdict lacks: cells that are missing, cells that are estimated.
fn coverage(e: &Evaluation, locale: Locale) -> Option<String> {
    let number = |n: u32| grouped(n.into(), locale.style());
    let missing = (e.expected > 0 && e.reported < e.expected)
        .then(|| t::card::coverage(locale, number(e.reported), number(e.expected)));
    let estimated = (e.estimated > 0).then(|| t::card::estimated(locale, number(e.estimated)));
    let said: Vec<String> = missing.into_iter().chain(estimated).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

/// The days that the other reading of the reporting year would give, where they are others.
fn other_days(moved: &Moved, locale: Locale) -> Option<String> {
    let on = |date| day(date, locale);
    let span = moved.other.map(|(span, n)| t::card::other_span(locale, on(span.from), on(span.to), n));
    let compared = moved.compared.map(|[(own, n), (other, m)]| {
        t::card::other_compared(locale, on(own.from), on(own.to), n, on(other.from), on(other.to), m)
    });
    let said: Vec<String> = span.into_iter().chain(compared).collect();
    (!said.is_empty()).then(|| said.join(". "))
}

/// What is to be said in running text of a span because the beginning of the reporting year moved: its months, and
/// the days of the other reading.
pub fn moved_year(model: &Model, target: usize, period: PeriodId, locale: Locale) -> Option<String> {
    let moved = moved(model, target, period)?;
    let months = moved.months.map(|n| t::sentence::months(locale, n));
    let said: Vec<String> = months.into_iter().chain(other_days(&moved, locale)).collect();
    Some(format!("{}.", said.join(". ")))
}

fn other_reading(n: i128, d: Option<i128>, unit: &str, locale: Locale) -> String {
    let style = locale.style();
    let value = match d {
        Some(d) => {
            let rate = percent(n, d, Against::Nothing, style).unwrap_or_else(|| "–".into());
            format!("{rate} ({}/{} {unit})", grouped(n, style), grouped(d, style))
        }
        None => format!("{} {unit}", grouped(n, style)),
    };
    t::card::alternative(locale, value)
}

/// A sentence an official could put in a report: whose, when, what, how much, and what follows. `reported_to` is
/// the day up to which a provisional span has figures.
pub fn sentence(
    model: &Model,
    target: usize,
    e: &Evaluation,
    reported_to: Option<NaiveDate>,
    locale: Locale,
) -> String {
    let card = card(model, target, e, locale);
    let scope = model.units().get(&e.scope).map_or_else(|| e.scope.to_string(), |unit| unit.name.clone());
    let (from, to) = (day_in_text(e.from, locale), day_in_text(e.to, locale));
    let head = if e.provisional { t::sentence::head_so_far } else { t::sentence::head };
    let head = head(locale, scope, period(e.period, locale), from, to);
    let value = match e.numerator {
        Some(_) => t::sentence::value(locale, card.title, card.big, card.fraction),
        None => card.title,
    };
    let gap = if e.verdict == Verdict::NoData { String::new() } else { format!(" {}.", card.gap) };
    let judged = format!("{head}: {value} – {}.{gap}", card.verdict);
    let provisional = e.provisional.then(|| {
        let coverage = card.coverage.map_or_else(String::new, |c| format!(", {c}"));
        let said = match reported_to {
            Some(last) => t::sentence::provisional_to(locale, day_in_text(last, locale)),
            None => t::sentence::provisional(locale).to_owned(),
        };
        format!(" {said}{coverage}.")
    });
    let contested = (e.contested > 0).then(|| format!(" {}.", t::card::contested(locale, e.contested)));
    let reading = moved_year(model, target, e.period, locale).map(|said| format!(" {said}"));
    [Some(judged), provisional, contested, reading].into_iter().flatten().collect()
}

/// "Cùng kỳ: 2024 74,4%, 2025 78,6% (tăng)."; nothing where fewer than two years have figures.
pub fn trend(model: &Model, target: usize, trend: &Trend, locale: Locale) -> Option<String> {
    let unit = unit(model, target, locale);
    let about = &model.plan().targets[target];
    let direction = match trend.direction? {
        Direction::Rising => t::sentence::rising(locale),
        Direction::Level => t::sentence::level(locale),
        Direction::Falling => t::sentence::falling(locale),
    };
    let point = |e: &Evaluation| {
        format!(
            "{} {}",
            model.target_calendar(target).business_year(e.period),
            figures(about, e, unit, locale).0
        )
    };
    let points: Vec<String> = trend.points.iter().map(point).collect();
    Some(t::sentence::trend(locale, points.join(", "), direction))
}

/// Where the year is heading, how that was found, and how wrong the same would have been in past years.
pub fn projection(model: &Model, target: usize, seen: &Projection, locale: Locale) -> String {
    let style = locale.style();
    let about = &model.plan().targets[target];
    let is_rate = matches!(about.kind, TargetKind::RateThreshold | TargetKind::RateVsPreviousYear);
    let value = |pair: Pair| match percent(pair.n, pair.d, Against::Nothing, style) {
        Some(rate) if is_rate => rate,
        _ => grouped(pair.n, style),
    };
    let method = match &seen.method {
        Method::ShareOfPastYears(years) => {
            let years: Vec<String> = years.iter().map(ToString::to_string).collect();
            t::sentence::by_past_years(locale, years.join(", "))
        }
        Method::MonthsRun(months, in_all) => t::sentence::by_months(locale, months, in_all),
    };
    let judged = verdict(seen.verdict, about.firmness, locale);
    let before =
        seen.before.iter().map(|h| t::sentence::hindsight(locale, h.year, value(h.projected), value(h.came)));
    let ahead = t::sentence::projection(locale, seen.year, value(seen.pair), judged, method);
    std::iter::once(ahead).chain(before).collect::<Vec<_>>().join(" ")
}

fn figures(about: &Target, e: &Evaluation, unit: &str, locale: Locale) -> (String, String) {
    let style = locale.style();
    let Some(n) = e.numerator else { return ("–".into(), String::new()) };
    let previous = e.previous_numerator.zip(e.previous_denominator);
    match (about.kind, e.denominator) {
        (TargetKind::RateThreshold | TargetKind::RateVsPreviousYear, Some(d)) => {
            let against = match (about.threshold_percent, previous) {
                (Some(p), _) => Against::Percent(p),
                (None, Some((pn, pd))) if pd > 0 => Against::Rate(pn, pd),
                _ => Against::Nothing,
            };
            let rate = percent(n, d, against, style).unwrap_or_else(|| "–".into());
            let mut fraction = format!("{}/{} {unit}", grouped(n, style), grouped(d, style));
            if let (TargetKind::RateVsPreviousYear, Some((pn, pd))) = (about.kind, previous) {
                let before = percent(pn, pd, Against::Rate(n, d), style).unwrap_or_else(|| "–".into());
                fraction = format!("{fraction} · {}", t::card::last_year(locale, before));
            }
            (rate, fraction)
        }
        (TargetKind::ReductionVsBaseline, Some(d)) => {
            (grouped(n, style), format!("{unit} · {}", t::card::baseline(locale, grouped(d, style))))
        }
        _ => {
            let before = e.previous_numerator.map(|p| t::card::last_year(locale, grouped(p, style)));
            (grouped(n, style), before.map_or_else(|| unit.to_owned(), |b| format!("{unit} · {b}")))
        }
    }
}

fn gap(about: &Target, e: &Evaluation, unit: &str, locale: Locale) -> String {
    let style = locale.style();
    let n = e.numerator.unwrap_or(0);
    match e.verdict {
        Verdict::Met | Verdict::NotMet if e.numerator.is_none() => t::gap::hidden(locale).into(),
        Verdict::NoData => t::gap::no_data(locale).into(),
        Verdict::NoOccurrence => t::gap::no_occurrence(locale).into(),
        Verdict::NotComparable => t::gap::not_comparable(locale).into(),
        Verdict::CannotImprove => t::gap::cannot_improve(locale).into(),
        Verdict::Unknown => t::gap::unknown(locale).into(),
        Verdict::NotMet => match (e.missing, about.kind) {
            (Some(k), _) => t::gap::missing(locale, grouped(k, style), unit),
            (None, TargetKind::CountVsPreviousYear) => {
                let over =
                    n - e.previous_numerator.unwrap_or(n) + i128::from(about.comparator == Comparator::Lt);
                t::gap::over(locale, grouped(over, style), unit)
            }
            (None, TargetKind::CountZero) => t::gap::over(locale, grouped(n, style), unit),
            (None, _) => t::gap::not_met(locale).into(),
        },
        Verdict::Met => match (about.kind, about.comparator, about.threshold_percent, e.denominator) {
            (TargetKind::RateThreshold, Comparator::Gt | Comparator::Ge, Some(p), Some(d)) => {
                let limit = d * i128::from(p);
                let least = limit.div_euclid(100)
                    + i128::from(about.comparator == Comparator::Gt || limit.rem_euclid(100) != 0);
                match n - least {
                    0 => t::gap::just_enough(locale).into(),
                    spare => t::gap::spare(locale, grouped(spare, style), unit),
                }
            }
            (TargetKind::CountVsPreviousYear, ..) => {
                let fewer = e.previous_numerator.unwrap_or(n) - n;
                t::gap::fewer(locale, grouped(fewer, style), unit)
            }
            _ => t::gap::met(locale).into(),
        },
    }
}

#[cfg(test)]
mod tests;
