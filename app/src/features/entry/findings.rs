//! What the form's rules found: each with its rows, its numbers and a way to the first of them.

use crate::features::entry::row::input_id;
use crate::platform::dom;
use crate::reactive::context::{live, locale};
use crate::reactive::live::Live;
use crate::reactive::moved_soon::MovedSoon;
use crate::ui::changing::changing;
use crate::ui::list::List;
use chitieu_domain::model::Operand;
use chitieu_domain::plan::Severity;
use chitieu_domain::rules::{
    Checked, FormCheck, State, Unusual, check_cell, check_form, unusual, unusual_cell,
};
use chitieu_domain::{FormIx, PeriodId, ReporterIx};
use chitieu_widgets::{t, text};
use leptos::prelude::*;

/// Asks the form's rules, and those that a figure touches again as it moves.
fn keep_checked(
    live: Live,
    reporter: ReporterIx,
    form: FormIx,
    period: PeriodId,
    checked: RwSignal<Vec<Checked>>,
) {
    let with = move |call: &dyn Fn(&FormCheck<'_>) -> Vec<Checked>| {
        live.figures.with_untracked(|shown| {
            call(&FormCheck { model: live.model(), figures: shown.figures(), reporter, form, period })
        })
    };
    checked.set(with(&check_form));
    MovedSoon::watch(live.rows, move |moved| {
        let [cell] = moved else { return checked.set(with(&check_form)) };
        for now in with(&|check| check_cell(check, cell.element)) {
            let at = checked.with_untracked(|all| all.iter().position(|before| before.rule == now.rule));
            if let Some(at) = at.filter(|at| checked.with_untracked(|all| all[*at] != now)) {
                checked.update(|all| all[at] = now);
            }
        }
    });
}

/// The summary, which asks the rules for the whole form.
#[component]
pub fn Findings(
    /// Whose form.
    reporter: ReporterIx,
    /// Which form.
    form: FormIx,
    /// Of which period.
    period: PeriodId,
    /// How its rules stand.
    checked: RwSignal<Vec<Checked>>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    keep_checked(live, reporter, form, period, checked);
    let model = live.model();
    // Figures far from those of earlier years.
    let check = move |call: &dyn Fn(&FormCheck<'_>) -> Vec<Unusual>| {
        live.figures.with_untracked(|shown| {
            call(&FormCheck { model, figures: shown.figures(), reporter, form, period })
        })
    };
    let odd = RwSignal::new(check(&unusual));
    MovedSoon::watch(live.rows, move |moved| {
        let [cell] = moved else { return odd.set(check(&unusual)) };
        let own = |u: &&Unusual| u.element == cell.element;
        if model.form_of(cell.element) != form {
            return;
        }
        let now = check(&|check| unusual_cell(check, cell.element).into_iter().collect());
        if odd.with_untracked(|all| all.iter().find(own).copied()) != now.first().copied() {
            odd.update(|all| {
                all.retain(|u| u.element != cell.element);
                let at = all.partition_point(|u| u.element < cell.element);
                all.splice(at..at, now);
            });
        }
    });
    // An entry is drawn anew only when what it says changed: errors, then warnings, then what is unusual.
    let found = Memo::new(move |_| {
        checked.with(|checked| {
            let of =
                |severity| checked.iter().filter(move |c| c.state == State::Broken && c.severity == severity);
            let broken = of(Severity::Error).chain(of(Severity::Warning)).map(|c| format!("rule {}", c.rule));
            let odd =
                odd.with(|all| all.iter().map(|u| format!("row {}", u.element.at())).collect::<Vec<_>>());
            broken.chain(odd).collect::<Vec<String>>()
        })
    });
    let go_to = move |row: u16| {
        view! {
            <button class="link" on:click=move |_| dom::focus(&input_id(row))>
                {t::entry::go_to(locale, row)}
            </button>
        }
    };
    let item = move |c: Checked| {
        let rule = &live.model().form(form).rules[c.rule];
        let terms = &live.model().rule_terms(form)[c.rule];
        let first = terms.left.iter().find_map(|(_, operand)| match operand {
            Operand::This(ix) if live.model().form_of(*ix) == form => Some(live.model().element(*ix).row),
            _ => None,
        });
        let class = match c.severity {
            Severity::Error => "card find error",
            Severity::Warning => "card find",
        };
        view! {
            <li class=class>
                <b>
                    {match c.severity {
                        Severity::Error => t::entry::error(locale),
                        Severity::Warning => t::entry::warning(locale),
                    }}
                </b>
                <p>{locale.pick(&rule.message_vi, &rule.message_en).to_owned()}</p>
                <p class="muted">{t::entry::sides(locale, text::number(c.left, locale), text::number(c.right, locale))}</p>
                {first.map(go_to)}
            </li>
        }
    };
    let unusual_item = move |u: Unusual| {
        let element = live.model().element(u.element);
        let (low, high) =
            (text::number((u.median - u.spread).max(0), locale), text::number(u.median + u.spread, locale));
        view! {
            <li class="card find">
                <b>{t::entry::warning(locale)}</b>
                <p>{t::entry::unusual(locale, element.row, text::number(u.value, locale), low, high)}</p>
                {go_to(element.row)}
            </li>
        }
    };
    let draw = Callback::new(move |name: String| {
        let (kind, place) = name.split_once(' ').unwrap_or_default();
        let (is_rule, place) = (kind == "rule", place.parse().unwrap_or(usize::MAX));
        if is_rule {
            let own = Memo::new(move |_| checked.with(|all| all.iter().find(|c| c.rule == place).copied()));
            return changing(move || own.get().map(item));
        }
        let own = Memo::new(move |_| odd.with(|all| all.iter().find(|u| u.element.at() == place).copied()));
        changing(move || own.get().map(unusual_item))
    });
    let is_fine = Memo::new(move |_| found.with(Vec::is_empty));
    view! {
        <section class="findings" id="findings" tabindex="-1" aria-live="polite" aria-label=t::entry::findings(locale)>
            {changing(move || is_fine.get().then(|| view! { <p class="card find fine">{t::entry::no_findings(locale)}</p> }))}
            <ul hidden=move || is_fine.get()><List keys=found draw=draw /></ul>
        </section>
    }
}
