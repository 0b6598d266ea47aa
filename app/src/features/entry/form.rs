//! The entry form of one reporter and period, with its findings and the targets that move while typing.

use crate::features::entry::row::{Row, RowOf, input_id};
use crate::parts;
use crate::parts::Part;
use crate::reactive::actions::Actions;
use crate::reactive::context::{live, locale};
use crate::reactive::field::Field;
use crate::reactive::sync;
use crate::ui::changing::changing;
use chitieu_domain::model::Operand;
use chitieu_domain::plan::RuleKind;
use chitieu_domain::rules::{Checked, State as RuleState};
use chitieu_domain::{FormIx, PeriodId, ReporterId, ReporterIx};
use chitieu_sync::replica::SubmissionKey;
use chitieu_sync::rights::{Right, Thing};
use chitieu_widgets::t;
use chitieu_widgets::text::{self, day};
use leptos::prelude::*;

/// Rows that a browser lays out and paints together, and not at all while none of them is in view.
const GROUP: usize = 20;

/// The screen, for what the address names.
#[component]
pub fn Entry(
    /// Whose form.
    reporter: ReporterId,
    /// Which form.
    form: String,
    /// Of which period.
    period: PeriodId,
) -> impl IntoView {
    let live = live();
    let named = || {
        let form = live.model().form_ix(&form)?;
        let ix = live.model().reporter_ix(&reporter)?;
        live.model().is_assigned(ix, form, period).then_some((ix, form, period))
    };
    match named() {
        Some((reporter, form, period)) => {
            view! { <Form reporter=reporter form=form period=period /> }.into_any()
        }
        None => parts::draw(Part::NoPage),
    }
}

/// "= d2 + … + d7" on the row that a sum or balance begins with, with the place of its rule.
fn formula(form: FormIx, row: chitieu_domain::ElementIx) -> Option<(String, usize)> {
    let model = live().model();
    let rules = model.form(form).rules.iter().zip(model.rule_terms(form)).enumerate();
    let (place, (_, terms)) = rules
        .filter(|(_, (rule, _))| matches!(rule.kind, RuleKind::SumOfParts | RuleKind::Balance))
        .find(|(_, (_, terms))| terms.left.first() == Some(&(false, Operand::This(row))))?;
    let side = |terms: &[(bool, Operand)], skip: usize| {
        let rows = terms.iter().enumerate().skip(skip).filter_map(|(i, (minus, operand))| match operand {
            Operand::This(ix) => {
                let sign = if *minus {
                    " − "
                } else if i == 0 {
                    ""
                } else {
                    " + "
                };
                Some(format!("{sign}d{}", model.element(*ix).row))
            }
            _ => None,
        });
        rows.collect::<String>()
    };
    Some((
        format!(
            "{}= {}",
            side(&terms.left, 1) + if terms.left.len() > 1 { " " } else { "" },
            side(&terms.right, 0)
        ),
        place,
    ))
}

#[component]
fn Form(reporter: ReporterIx, form: FormIx, period: PeriodId) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let about = live.model().form(form);
    let id = live.model().reporter(reporter).id.clone();
    let who = live.model().reporter_name(reporter);
    let span = live.model().span(form, period);
    let deadline = live.model().deadline(reporter, form, period);
    let of = SubmissionKey { reporter: id.clone(), period, form: about.id.clone() };
    let (asked, on_paper) = (of.clone(), of.clone());
    let standing = {
        let of = of.clone();
        Memo::new(move |_| live.replica.with(|r| r.submission(&of)))
    };
    let state = Memo::new(move |_| standing.with(|s| s.state));
    let enters = live.may(Right::Enter, Thing::Form(reporter, form));
    let locked = Memo::new(move |_| state.get().is_locked() || !enters || live.is_too_old());
    // Until the findings are here no rule was asked.
    let checked = RwSignal::new(Vec::new());
    let rules = Memo::new(move |_| {
        let mut states = vec![RuleState::Unanswered; live.model().form(form).rules.len()];
        checked.with(|all: &Vec<Checked>| all.iter().for_each(|c| states[c.rule] = c.state));
        states
    });
    let cells = live.cells(&id, form, period);
    let ids: Vec<String> = about.elements.iter().map(|e| input_id(e.row)).collect();
    let actions = Actions::new(live, form);
    let fields: Vec<Field> = cells
        .iter()
        .map(|(ix, key)| Field::new(key.clone(), live.model().element(*ix), actions.history, actions.unsaved))
        .collect();
    actions.are_of(cells.iter().map(|(_, key)| key.clone()).zip(fields.iter().copied()).collect());
    // What was entered on it goes once it is left.
    on_cleanup(move || sync::send(live));
    let printing = RwSignal::new(false);
    let mut parts_seen = Vec::new();
    let rows = cells.into_iter().zip(fields).zip(about.elements.iter().cloned()).enumerate().map(
        |(i, (((ix, key), field), element))| {
            let first_part = element.part_of.as_ref().is_some_and(|total| {
                let first = !parts_seen.contains(total);
                parts_seen.push(total.clone());
                first
            });
            let neighbours = (i.checked_sub(1).map(|n| ids[n].clone()), ids.get(i + 1).cloned());
            let of = RowOf { reporter, ix, key, field, formula: formula(form, ix), neighbours, first_part };
            let asks = actions.asks(i);
            view! { <Row of=of element=element rules=rules locked=locked asks=asks printing=printing /> }
        },
    );
    let mut rows: Vec<_> = rows.collect();
    let mut groups = Vec::new();
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(GROUP));
        groups.push(view! { <tbody>{rows}</tbody> });
        rows = rest;
    }
    let year = live.model().calendar(form).business_year(period);
    let own_unit = live.model().reporter(reporter).unit;
    let is_pasting = Memo::new(move |_| actions.pasted.with(Option::is_some));
    let title = locale.pick(&about.title_vi, &about.title_en).to_owned();
    view! {
        {parts::draw(Part::FormHead(on_paper, printing))}
        <header class="page-head">
            <div>
                <h1>{title}</h1>
                <p class="muted">
                    {who + " · "}
                    {t::entry::head(locale, text::period(period, locale), day(span.from, locale), day(span.to, locale), day(deadline, locale))}
                </p>
            </div>
            <div class="page-tools">
                {parts::draw(Part::FormTools(asked.clone()))}
                <button class="button" id="submit" on:click=move |_| actions.submitting.set(true) disabled=move || locked.get()>
                    {t::entry::submit(locale)}
                </button>
            </div>
        </header>
        <div class="page">
            {parts::draw(Part::Submitting(actions, asked.clone(), locked))}
            {changing(move || is_pasting.get().then(|| parts::draw(Part::Pasting(actions))))}
            {changing(move || (state.get().is_submitted() && enters).then(|| parts::draw(Part::Ask(asked.clone()))))}
            <p class="secret">{t::entry::secret(locale)}</p>
            <div class="columns">
                <div class="card sheet">
                    <table>
                        <thead>
                            <tr>
                                <th>{t::entry::col_no(locale)}</th>
                                <th>{t::entry::col_name(locale)}</th>
                                <th>{t::entry::col_now(locale)}</th>
                                <th>{t::entry::col_before(locale)}</th>
                                <th>{t::entry::col_change(locale)}</th>
                                <th>{t::entry::col_to_date(locale)}</th>
                            </tr>
                        </thead>
                        {groups}
                    </table>
                    <p class="sheet-foot" data-unsaved=move || actions.unsaved.get().to_string()>
                        {changing(move || match actions.unsaved.get() {
                            0 => t::entry::all_saved(locale).to_owned(),
                            n => t::entry::typing(locale, n),
                        })}
                    </p>
                </div>
                {parts::draw(Part::Findings(reporter, form, period, checked))}
            </div>
            {parts::draw(Part::ActionsBar(actions))}
            {parts::draw(Part::PaperFoot)}
            {parts::draw(Part::Targets(own_unit, year))}
        </div>
    }
}
