//! The words and proportions of a target's card, from its evaluation alone.

use crate::{Locale, t};
use chitieu_domain::PeriodId;
use chitieu_domain::evaluate::Evaluation;
use chitieu_domain::evaluate::project::{Method, Projection};
use chitieu_domain::evaluate::trend::{Direction, Trend};
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
    /// "đã có 104/110 số liệu", where something is missing.
    pub coverage: Option<String>,
    /// Bar from 0 to 1000, where there is a rate.
    pub bar: Option<u32>,
    /// Mark of the threshold on the bar, from 0 to 1000.
    pub mark: Option<u32>,
    /// "cách tính khác: 79,8% (636/797 vụ)", where the plan can be read in another way.
    pub alternative: Option<String>,
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

/// A day as in tables and labels: 03/06/2021; in English "3 Jun 2021", which nobody reads month first
/// (`domain/formats.md`, 6).
pub fn day(date: NaiveDate, locale: Locale) -> String {
    let (day, month) = parts(date, t::date::months(locale), locale);
    t::date::day(locale, day, month, date.year())
}

/// A day in running text: 03/6/2021; the month is padded for 1 and 2 alone (`domain/formats.md`, 6).
pub fn day_in_text(date: NaiveDate, locale: Locale) -> String {
    let (day, month) = parts(date, t::date::months_in_text(locale), locale);
    t::date::day(locale, day, month, date.year())
}

/// A day in a document's head: "ngày 03 tháng 6 năm 2021" (`domain/formats.md`, 6).
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
    }
}

/// What is counted by the target's first numerator.
fn unit(model: &Model, target: usize, locale: Locale) -> &'static str {
    let measure = model.target_terms(target).numerator.first().map(|(_, e)| model.element(*e).measure);
    match measure {
        Some(Measure::CountCase) => t::unit::case(locale),
        Some(Measure::CountPerson) => t::unit::person(locale),
        Some(Measure::MoneyVnd) => t::unit::dong(locale),
        Some(Measure::CountItem) | None => t::unit::item(locale),
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
    let style = locale.style();
    let (big, fraction) = figures(about, e, unit, locale);
    let mut section = t::card::section(locale, &about.section);
    if about.firmness == Firmness::Aspirational {
        section = format!("{section} · {}", t::card::aim(locale));
    }
    let permille = |n: i128, d: i128| (n.clamp(0, d) * 1000 / d.max(1)) as u32;
    let is_rate = about.kind == TargetKind::RateThreshold || about.kind == TargetKind::RateVsPreviousYear;
    let rate = e.numerator.zip(e.denominator).filter(|(_, d)| is_rate && *d > 0);
    let before = e.previous_numerator.zip(e.previous_denominator).filter(|(_, d)| *d > 0);
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
        days: if e.provisional { t::card::span } else { t::card::days }(
            locale,
            day(e.from, locale),
            day(e.to, locale),
        ),
        coverage: (e.expected > 0 && e.reported < e.expected).then(|| {
            t::card::coverage(locale, grouped(e.reported.into(), style), grouped(e.expected.into(), style))
        }),
        bar: rate.map(|(n, d)| permille(n, d)),
        mark: match about.kind {
            TargetKind::RateThreshold => about.threshold_percent.map(|p| p * 10),
            TargetKind::RateVsPreviousYear => before.map(|(n, d)| permille(n, d)),
            _ => None,
        },
        alternative: e.alternative.map(|(n, d)| other_reading(n, d, unit, locale)),
        contested: e.contested,
    }
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
    [Some(judged), provisional, contested].into_iter().flatten().collect()
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
        format!("{} {}", about.calendar.business_year(e.period), figures(about, e, unit, locale).0)
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
        Method::MonthsRun(months) => t::sentence::by_months(locale, months),
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
mod tests {
    use super::*;
    use chitieu_domain::plan::Plan;
    use chitieu_domain::unit::Units;

    /// The shipped plan on one province that the test brings along.
    fn model() -> Model {
        let text = include_str!("../../domain/plans/hung-yen-188.toml");
        let mut plan: Plan = toml::from_str(text).expect("the plan reads");
        plan.reporting_provinces.truncate(1);
        let units = r#"[{"id":"33@2021-01-01","name":"Tỉnh Hưng Yên","level":"province","parent":null,"valid_to":null},
            {"id":"323@2021-01-01","name":"Huyện A","level":"district","parent":"33@2021-01-01","valid_to":null},
            {"id":"KV1@2021-01-01","name":"Khu vực 1","level":"region","parent":"33@2021-01-01","valid_to":null},
            {"id":"1@2021-01-01","name":"Xã B","level":"commune","parent":"323@2021-01-01","valid_to":null}]"#;
        let units: Vec<chitieu_domain::unit::Unit> = serde_json::from_str(units).expect("units");
        Model::new(plan, Units::brought(units)).expect("a sound plan")
    }

    fn evaluation(n: i128, d: i128, verdict: Verdict, provisional: bool) -> Evaluation {
        Evaluation {
            target: "T04".into(),
            scope: "33@2021-01-01".parse().expect("an id"),
            period: PeriodId::Year(2024),
            from: NaiveDate::from_ymd_opt(2023, 12, 15).expect("a day"),
            to: NaiveDate::from_ymd_opt(2024, 12, 14).expect("a day"),
            numerator: Some(n),
            denominator: Some(d),
            previous_numerator: None,
            previous_denominator: None,
            verdict,
            provisional,
            reported: 3,
            expected: if provisional { 4 } else { 3 },
            contested: 0,
            unapproved: 0,
            missing: (verdict == Verdict::NotMet).then_some(2),
            alternative: Some((1, Some(2))),
        }
    }

    #[test]
    fn a_sentence_says_whose_when_what_how_much_and_what_is_missing() {
        let model = model();
        let t04 = model.target_ix("T04").expect("a target");
        let last = NaiveDate::from_ymd_opt(2024, 9, 14);
        assert_eq!(
            sentence(&model, t04, &evaluation(122, 164, Verdict::NotMet, true), last, Locale::Vi),
            "Tỉnh Hưng Yên, năm 2024 (kỳ từ 15/12/2023 đến 14/12/2024): Tỷ lệ điều tra, khám phá tội phạm trên \
             75%: 74,4% (122/164 vụ) – chưa đạt. Cần thêm ít nhất 2 vụ. Số liệu tạm tính đến ngày 14/9/2024, đã có \
             3/4 số liệu."
        );
        assert_eq!(
            sentence(&model, t04, &evaluation(1137, 1447, Verdict::Met, false), None, Locale::En),
            "Tỉnh Hưng Yên, 2024 (figures from 15 December 2023 to 14 December 2024): Clear-up rate above 75%: 78.6% \
             (1,137/1,447 cases) – met. 51 cases above the threshold."
        );
    }

    #[test]
    fn a_card_calls_days_those_of_figures_only_where_all_figures_are_in() {
        let model = model();
        let t04 = model.target_ix("T04").expect("a target");
        let days = |provisional| {
            card(&model, t04, &evaluation(122, 164, Verdict::NotMet, provisional), Locale::Vi).days
        };
        assert_eq!(days(false), "Số liệu từ 15/12/2023 đến 14/12/2024");
        assert_eq!(days(true), "Kỳ 15/12/2023–14/12/2024");
    }

    #[test]
    fn english_cards_have_english_numbers_and_days() {
        let model = model();
        for (target, n, d) in
            [("T04", 1033, 1302), ("T02", 12_345, 67_890), ("T01", 1234, 1), ("D3", 1234, 5678)]
        {
            let ix = model.target_ix(target).expect("a target");
            for verdict in [Verdict::Met, Verdict::NotMet] {
                let mut e = evaluation(n, d, verdict, true);
                (e.previous_numerator, e.previous_denominator) = (Some(n + 3456), Some(d));
                (e.reported, e.expected, e.alternative) = (1234, 2345, Some((n, Some(d))));
                e.missing = e.missing.map(|_| 1234);
                let (en, vi) = (card(&model, ix, &e, Locale::En), card(&model, ix, &e, Locale::Vi));
                let words = |card: CardText| {
                    [
                        card.big,
                        card.fraction,
                        card.gap,
                        card.coverage.unwrap_or_default(),
                        card.alternative.unwrap_or_default(),
                    ]
                    .join(" ")
                };
                let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
                let grouped_by = |text: &str, mark: char| {
                    let has = |(at, _): (usize, &str)| {
                        let after: String = text[at + 1..].chars().take_while(char::is_ascii_digit).collect();
                        digit(text[..at].chars().next_back()) && after.len() == 3
                    };
                    text.match_indices(mark).any(has)
                };
                let (en, vi) = (words(en), words(vi));
                assert!(grouped_by(&en, ',') && !grouped_by(&en, '.'), "{en}");
                assert!(grouped_by(&vi, '.') && !grouped_by(&vi, ','), "{vi}");
            }
        }
        let t04 = model.target_ix("T04").expect("a target");
        let card = card(&model, t04, &evaluation(1033, 1302, Verdict::Met, false), Locale::En);
        assert_eq!((card.big.as_str(), card.fraction.as_str()), ("79.3%", "1,033/1,302 cases"));
        assert_eq!(card.days, "Figures from 15 Dec 2023 to 14 Dec 2024");
    }

    #[test]
    fn days_are_written_as_the_table_says() {
        for ((y, m, d), table, text, head) in [
            ((2021, 12, 14), "14/12/2021", "14/12/2021", "ngày 14 tháng 12 năm 2021"),
            ((2021, 12, 4), "04/12/2021", "04/12/2021", "ngày 04 tháng 12 năm 2021"),
            ((2021, 6, 3), "03/06/2021", "03/6/2021", "ngày 03 tháng 6 năm 2021"),
            ((2020, 4, 17), "17/04/2020", "17/4/2020", "ngày 17 tháng 4 năm 2020"),
            ((2022, 2, 3), "03/02/2022", "03/02/2022", "ngày 03 tháng 02 năm 2022"),
        ] {
            let date = NaiveDate::from_ymd_opt(y, m, d).expect("a day");
            assert_eq!(day(date, Locale::Vi), table);
            assert_eq!(day_in_text(date, Locale::Vi), text);
            assert_eq!(day_in_head(date, Locale::Vi), head);
        }
        let date = NaiveDate::from_ymd_opt(2021, 6, 3).expect("a day");
        assert_eq!(day(date, Locale::En), "3 Jun 2021");
        assert_eq!(day_in_head(date, Locale::En), "3 June 2021");
    }
}
