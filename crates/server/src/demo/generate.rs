//! One form's figures of one reporter and period: small, plausible, and sound by the form's rules.

use super::dice::{Carried, Dice};
use super::plain;
use chitieu_domain::unit::Level;
use chitieu_domain::{FormIx, Model, PeriodId, ReporterIx};

/// The values of a form's elements. `assigned` are all who fill it in, among whom the total is shared out.
pub fn form(
    model: &Model,
    form: FormIx,
    reporter: ReporterIx,
    period: PeriodId,
    assigned: &[ReporterIx],
    carried: &mut Carried,
) -> Vec<(String, i64)> {
    let about = model.form(form);
    let who = model.reporter(reporter);
    let mut dice = Dice::of(&[&about.id, &who.id.to_string(), &period.to_string()]);
    let level = |r: &ReporterIx| model.unit(model.reporter(*r).unit).level;
    let own = level(&reporter);
    // Old Hưng Yên's total is shared among its units of this level; a joined unit gets a like share.
    let territory = model.unit(model.own_territory());
    let peers = assigned
        .iter()
        .filter(|r| level(r) == own && model.unit(model.reporter(**r).unit).lies_inside(territory))
        .count()
        .max(1) as f64;
    let year = model.calendar(form).business_year(period);
    let fading = 0.965_f64.powi(i32::from(year - 2021).max(0));
    let whole = if own == Level::Province { 0.16 } else { 0.84 };
    let scale = fading * whole / peers;
    let first = !std::mem::replace(&mut carried.begun, true);
    let d = &mut dice;
    let figures = match about.id.as_str() {
        "crime" => crime(d, 128.0 * scale, year),
        "recidivism" => recidivism(d, 260.0 * scale),
        "child_abuse" => {
            let all = d.about(11.0 * scale);
            vec![("child_abuse_crimes", all), ("child_abuse_sexual_crimes", d.part(all, 0.6))]
        }
        "child_abuse_baseline" => ["2016", "2017", "2018", "2019", "2020"]
            .into_iter()
            .zip(BASELINE)
            .map(|(_, element)| (element, 52 + d.about(8.0)))
            .collect(),
        "wanted" => wanted(d, scale, carried, first, matches!(period, PeriodId::Month(_, 1))),
        "denunciations" => denunciations(d, 140.0 * scale, carried, first),
        "denunciation_supervision" => vec![
            ("denun_violation", 0),
            ("supervision_direct_rounds", d.chance(0.2)),
            ("supervision_recommendations", d.chance(0.1)),
        ],
        "prosecution" => prosecution(d, 74.0 * scale, carried, first),
        "court" => court(d, 230.0 * scale, carried, first),
        "corruption_investigation" => corruption_investigation(d, carried, first),
        "corruption_cases" => corruption_cases(d, carried, first),
        "corruption_assets" => corruption_assets(d),
        "inspection_referrals" => {
            let sources =
                [d.chance(0.5 * whole / peers), d.chance(0.4 * whole / peers), d.chance(0.1 * whole / peers)];
            let all = sources.iter().sum();
            vec![
                ("insp_cases_with_crime_signs", all),
                ("insp_src_inspectorate", sources[0]),
                ("insp_src_check", sources[1]),
                ("insp_src_supervision", sources[2]),
                ("insp_cases_transferred", all),
                ("insp_cases_transferred_late", 0),
            ]
        }
        "key_areas" => key_areas(d, carried, first),
        "grassroots" => grassroots(d, 1.0 / peers, carried, first),
        _ => return plain::form(model, form, whole / peers.sqrt(), d, carried),
    };
    figures.into_iter().map(|(element, value)| (element.to_owned(), value)).collect()
}

const BASELINE: [&str; 5] = [
    "child_abuse_crimes_2016",
    "child_abuse_crimes_2017",
    "child_abuse_crimes_2018",
    "child_abuse_crimes_2019",
    "child_abuse_crimes_2020",
];

fn crime(d: &mut Dice, mean: f64, year: i16) -> Vec<(&'static str, i64)> {
    let parts = [0.52, 0.09, 0.02, 0.25, 0.03, 0.04].map(|share| d.about(mean * share));
    let total: i64 = parts.iter().sum();
    let better = 0.005 * f64::from(year - 2021);
    let solved = d.part(total, 0.78 + better);
    let backlog = d.about(mean * 0.03);
    let very = d.part(total, 0.06);
    let especially = d.part(total - very, 0.015);
    let prosecuted = d.part(total, 0.72).max(very + especially);
    let (very_solved, especially_solved) = (d.part(very, 0.94), d.part(especially, 0.9));
    let spare = (very_solved + especially_solved - solved - backlog).max(0);
    vec![
        ("crimes_recorded_total", total),
        ("crimes_social_order", parts[0]),
        ("crimes_economic", parts[1]),
        ("crimes_corruption_position", parts[2]),
        ("crimes_drug", parts[3]),
        ("crimes_environment", parts[4]),
        ("crimes_other", parts[5]),
        ("crimes_cyber", d.part(total, 0.08)),
        ("crimes_solved_total", solved + backlog + spare),
        ("crimes_solved_current", solved),
        ("crimes_solved_backlog", backlog + spare),
        ("crimes_social_order_solved", d.part(parts[0].min(solved), 0.8)),
        ("cases_prosecuted_total", prosecuted),
        ("vs_recorded", very),
        ("es_recorded", especially),
        ("vs_prosecuted", very),
        ("es_prosecuted", especially),
        ("vs_solved", very_solved),
        ("es_solved", especially_solved),
    ]
}

fn recidivism(d: &mut Dice, mean: f64) -> Vec<(&'static str, i64)> {
    let all = d.about(mean);
    let prior = d.part(all, 0.22);
    let returned = d.about(mean * 0.3);
    vec![
        ("accused_prosecuted_total", all),
        ("accused_prior_record", prior),
        ("accused_recidivist", d.part(prior, 0.38)),
        ("released_persons_returned", returned),
        ("released_reoffended", d.part(returned, 0.03)),
    ]
}

/// `open` is what is left of the year's opening stock, `new` of what was added since.
fn wanted(
    d: &mut Dice,
    scale: f64,
    carried: &mut Carried,
    first: bool,
    new_year: bool,
) -> Vec<(&'static str, i64)> {
    if first {
        carried.open[0] = d.about(150.0 * scale);
    }
    if new_year {
        carried.open = [carried.open[0] + carried.open[1], 0, 0, 0];
    }
    let [open, new_left, ..] = carried.open;
    let added = d.about(6.0 * scale);
    let (arrested, surrendered) = (d.part(open, 0.025), d.part(open, 0.006));
    let (arrested, surrendered) = (arrested, surrendered.min(open - arrested));
    let new_arrested = d.part(added, 0.5);
    let new_surrendered = d.part(added - new_arrested, 0.1);
    carried.open[0] = open - arrested - surrendered;
    carried.open[1] = new_left + added - new_arrested - new_surrendered;
    vec![
        ("wanted_open_start", open + new_left),
        ("wanted_new", added),
        ("wanted_open_arrested", arrested),
        ("wanted_open_surrendered", surrendered),
        ("wanted_open_removed", 0),
        ("wanted_new_arrested", new_arrested),
        ("wanted_new_surrendered", new_surrendered),
        ("wanted_new_removed", 0),
        ("wanted_open_end", carried.open[0] + carried.open[1]),
        ("wanted_arrested_for_others", d.about(scale)),
    ]
}

fn denunciations(d: &mut Dice, mean: f64, carried: &mut Carried, first: bool) -> Vec<(&'static str, i64)> {
    let carried_in = if first { d.about(mean * 0.2) } else { carried.open[0] };
    let parts = [d.about(mean * 0.3), d.about(mean * 0.63), d.about(mean * 0.07)];
    let new: i64 = parts.iter().sum();
    let resolved = d.part(carried_in + new, 0.88);
    let outcomes = d.part(resolved, 0.6);
    let refused = d.part(resolved - outcomes, 0.8);
    let suspended = d.part(carried_in + new - resolved, 0.2);
    carried.open[0] = carried_in + new - resolved - suspended;
    vec![
        ("denun_carried_in", carried_in),
        ("denun_received_new", new),
        ("denun_accusation", parts[0]),
        ("denun_report", parts[1]),
        ("denun_recommendation", parts[2]),
        ("denun_classified_on_time", new),
        ("denun_restored", 0),
        ("denun_transferred_out", 0),
        ("denun_resolved", resolved),
        ("denun_prosecuted", outcomes),
        ("denun_not_prosecuted", refused),
        ("denun_admin", resolved - outcomes - refused),
        ("denun_suspended", suspended),
        ("denun_carried_out", carried.open[0]),
        ("denun_overdue", 0),
    ]
}

fn prosecution(d: &mut Dice, mean: f64, carried: &mut Carried, first: bool) -> Vec<(&'static str, i64)> {
    let carried_in = if first { d.about(mean * 0.2) } else { carried.open[0] };
    let new = d.about(mean);
    let decided = d.part(carried_in + new, 0.87);
    let other = d.chance(0.05).min(carried_in + new - decided);
    carried.open[0] = carried_in + new - decided - other;
    let accused = decided + d.part(decided, 0.7);
    let tried = d.part(accused, 0.9);
    let changed = d.part(tried, 0.004);
    vec![
        ("pros_carried_in", carried_in),
        ("pros_files_new", new),
        ("pros_decided", decided),
        ("pros_decided_on_time", decided),
        ("pros_other_outcomes", other),
        ("pros_carried_out", carried.open[0]),
        ("pros_in_time_pending", carried.open[0]),
        ("pros_overdue", 0),
        ("indicted_accused_total", accused),
        ("indicted_accused_tried", tried),
        ("indicted_accused_correct", tried - changed),
        ("charge_changed_by_court", changed),
        ("acquitted_first_instance", 0),
        ("acquitted_final", 0),
        ("suspended_no_crime", 0),
    ]
}

fn court(d: &mut Dice, mean: f64, carried: &mut Carried, first: bool) -> Vec<(&'static str, i64)> {
    if first {
        carried.open = [d.about(mean * 0.12), d.about(mean * 0.02), d.about(mean * 0.25), d.chance(0.3)];
    }
    let [first_in, appeal_in, accused_in, corr_in] = carried.open;
    let (first_new, appeal_new) = (d.about(mean * 0.9), d.about(mean * 0.1));
    let (first_done, appeal_done) = (d.part(first_in + first_new, 0.9), d.part(appeal_in + appeal_new, 0.88));
    let accused_new = first_new + appeal_new + d.part(first_new, 0.7);
    let done = first_done + appeal_done;
    let accused_done = d.part(accused_in + accused_new, 0.9).max(done).min(accused_in + accused_new);
    let corr_new = d.chance(0.1);
    let corr_done = d.part(corr_in + corr_new, 0.6);
    carried.open = [
        first_in + first_new - first_done,
        appeal_in + appeal_new - appeal_done,
        accused_in + accused_new - accused_done,
        corr_in + corr_new - corr_done,
    ];
    let [first_out, appeal_out, accused_out, corr_out] = carried.open;
    vec![
        ("court_crim_carried_in", first_in + appeal_in),
        ("court_crim_first_carried_in", first_in),
        ("court_crim_appeal_carried_in", appeal_in),
        ("court_crim_accepted_new", first_new + appeal_new),
        ("court_crim_first_accepted_new", first_new),
        ("court_crim_appeal_accepted_new", appeal_new),
        ("court_crim_resolved", done),
        ("court_crim_first_resolved", first_done),
        ("court_crim_appeal_resolved", appeal_done),
        ("court_crim_transferred_out", 0),
        ("court_crim_carried_out", first_out + appeal_out),
        ("court_crim_overdue", 0),
        ("court_accused_carried_in", accused_in),
        ("court_accused_accepted_new", accused_new),
        ("court_accused_resolved", accused_done),
        ("court_accused_transferred_out", 0),
        ("court_accused_carried_out", accused_out),
        ("corr_trial_carried_in", corr_in),
        ("corr_trial_new", corr_new),
        ("corr_trial_resolved", corr_done),
        ("corr_trial_carried_out", corr_out),
    ]
}

fn corruption_investigation(d: &mut Dice, carried: &mut Carried, first: bool) -> Vec<(&'static str, i64)> {
    let carried_in = if first { 4 } else { carried.open[0] };
    let new = d.about(2.0);
    let concluded = d.part(carried_in + new, 0.45);
    carried.open[0] = carried_in + new - concluded;
    vec![
        ("corr_inv_carried_in", carried_in),
        ("corr_inv_new", new),
        ("corr_inv_concluded", concluded),
        ("corr_inv_suspended", 0),
        ("corr_inv_transferred_out", 0),
        ("corr_inv_carried_out", carried.open[0]),
    ]
}

fn corruption_cases(d: &mut Dice, carried: &mut Carried, first: bool) -> Vec<(&'static str, i64)> {
    if first {
        carried.open = [6, 1, 0, 0];
    }
    let [cases_in, pros_in, ..] = carried.open;
    let (cases_new, pros_new) = (d.about(2.0), d.about(1.5));
    let (cases_done, pros_done) = (d.part(cases_in + cases_new, 0.35), d.part(pros_in + pros_new, 0.8));
    carried.open = [cases_in + cases_new - cases_done, pros_in + pros_new - pros_done, 0, 0];
    vec![
        ("corr_cases_carried_in", cases_in),
        ("corr_cases_new", cases_new),
        ("corr_cases_resolved", cases_done),
        ("corr_cases_carried_out", carried.open[0]),
        ("corr_pros_carried_in", pros_in),
        ("corr_pros_new", pros_new),
        ("corr_pros_resolved", pros_done),
        ("corr_pros_carried_out", carried.open[1]),
    ]
}

fn corruption_assets(d: &mut Dice) -> Vec<(&'static str, i64)> {
    let million = 1_000_000;
    let taken = d.about(1_800.0);
    let recovered = d.part(taken, 0.42);
    let seized = d.part(taken - recovered, 0.3);
    let frozen = d.part(taken - recovered - seized, 0.1);
    vec![
        ("corr_asset_misappropriated_vnd", taken * million),
        ("corr_asset_secured_vnd", (recovered + seized + frozen) * million),
        ("corr_asset_recovered_vnd", recovered * million),
        ("corr_asset_seized_vnd", seized * million),
        ("corr_asset_frozen_vnd", frozen * million),
    ]
}

fn key_areas(d: &mut Dice, carried: &mut Carried, first: bool) -> Vec<(&'static str, i64)> {
    let monitored = if first { 6 } else { carried.open[0] };
    let selected = 10 + d.about(2.0);
    let transformed = d.part(selected, 0.65);
    let relapsed = d.part(monitored, 0.06);
    carried.open[0] = monitored + transformed - relapsed;
    vec![
        ("areas_selected", selected),
        ("areas_transformed_ok", transformed),
        ("areas_ok_monitored", monitored),
        ("areas_relapsed", relapsed),
    ]
}

fn grassroots(d: &mut Dice, share: f64, carried: &mut Carried, first: bool) -> Vec<(&'static str, i64)> {
    let carried_in = if first { d.about(60.0 * share) } else { carried.open[0] };
    let received = d.about(320.0 * share);
    let own = d.part(received, 0.8);
    let resolved = d.part(carried_in + own, 0.85);
    carried.open[0] = carried_in + own - resolved;
    let group = d.chance(0.02);
    let mediated = d.about(400.0 * share);
    vec![
        ("hotspots_arisen", 0),
        ("complaints_group_cases", group),
        ("complaints_group_resolved", group),
        ("petitions_carried_in", carried_in),
        ("petitions_received", received),
        ("petitions_within_authority", own),
        ("petitions_resolved", resolved),
        ("petitions_carried_out", carried.open[0]),
        ("petitions_overdue", 0),
        ("mediation_accepted", mediated),
        ("mediation_successful", d.part(mediated, 0.83)),
    ]
}
