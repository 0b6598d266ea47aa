//! Texts: what is said of numbers, days and periods.

use super::*;
use chitieu_domain::plan::Plan;
use chitieu_domain::unit::Units;

/// The shipped plan on one province that the test brings along.
fn model() -> Model {
    let text = include_str!("../../../domain/plans/hung-yen-188.toml");
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
        estimated: 0,
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
fn what_is_estimated_is_said_beside_what_is_missing() {
    let model = model();
    let t04 = model.target_ix("T04").expect("a target");
    let of = |estimated, provisional, locale| {
        let e = Evaluation { estimated, ..evaluation(122, 164, Verdict::NotMet, provisional) };
        (card(&model, t04, &e, locale).coverage, sentence(&model, t04, &e, None, locale))
    };
    let (beside, sentence) = of(2, true, Locale::Vi);
    assert_eq!(beside.as_deref(), Some("đã có 3/4 số liệu, 2 số ước thực hiện"));
    assert!(sentence.ends_with("Số liệu tạm tính, đã có 3/4 số liệu, 2 số ước thực hiện."), "{sentence}");
    let whole = Evaluation { expected: 3, estimated: 1, ..evaluation(122, 164, Verdict::NotMet, true) };
    assert_eq!(card(&model, t04, &whole, Locale::En).coverage.as_deref(), Some("1 estimated"));
    assert_eq!(of(0, false, Locale::En).0, None);
}

#[test]
fn a_card_calls_days_those_of_figures_only_where_all_figures_are_in() {
    let model = model();
    let t04 = model.target_ix("T04").expect("a target");
    let days =
        |provisional| card(&model, t04, &evaluation(122, 164, Verdict::NotMet, provisional), Locale::Vi).days;
    assert_eq!(days(false), "Số liệu từ 15/12/2023 đến 14/12/2024");
    assert_eq!(days(true), "Kỳ 15/12/2023–14/12/2024");
}

/// A card of the procuracy's year, and of one that did not move.
#[test]
fn a_span_across_a_change_of_the_year_prints_its_months_and_the_other_reading() {
    let model = model();
    let on = |text: &str| text.parse::<NaiveDate>().expect("a day");
    let look = |target: &str, period: &str, from: &str, to: &str| {
        let mut e = evaluation(190, 212, Verdict::NotMet, false);
        (e.period, e.from, e.to) = (period.parse().expect("a period"), on(from), on(to));
        let ix = model.target_ix(target).expect("a target");
        let card = card(&model, ix, &e, Locale::Vi);
        (card.days, card.reading.unwrap_or_default(), sentence(&model, ix, &e, None, Locale::Vi))
    };
    let (days, reading, said) = look("T09", "2024", "2023-12-01", "2024-09-30");
    assert_eq!(days, "Số liệu từ 01/12/2023 đến 30/09/2024 (10 tháng)");
    let other = "Cách hiểu khác về năm báo cáo: 01/12/2023–30/11/2024 (12 tháng)";
    assert_eq!(reading, other);
    assert!(said.ends_with(&format!(" Kỳ này có 10 tháng. {other}.")), "{said}");
    let (days, reading, said) = look("T09", "2021-2025", "2020-12-01", "2025-09-30");
    assert_eq!(days, "Số liệu từ 01/12/2020 đến 30/09/2025 (58 tháng)");
    assert_eq!(reading, "", "the other reading has the same days");
    assert!(said.ends_with(" Kỳ này có 58 tháng."), "{said}");
    let (days, reading, said) = look("T09", "2023", "2022-12-01", "2023-11-30");
    assert_eq!(days, "Số liệu từ 01/12/2022 đến 30/11/2023");
    assert!(reading.is_empty() && !said.contains("tháng."), "{said}");
    let (_, reading, _) = look("T13", "2026", "2025-10-01", "2026-09-30");
    assert_eq!(
        reading,
        "Kỳ so sánh 01/10/2024–30/09/2025 (12 tháng), theo cách hiểu khác: 01/12/2024–30/09/2025 (10 tháng)"
    );
}

#[test]
fn english_cards_have_english_numbers_and_days() {
    let model = model();
    for (target, n, d) in [("T04", 1033, 1302), ("T02", 12_345, 67_890), ("T01", 1234, 1), ("D3", 1234, 5678)]
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
