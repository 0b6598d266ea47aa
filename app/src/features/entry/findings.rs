//! What the form's rules found: each with its rows, its numbers and a way to the first of them.

use crate::features::entry::row::input_id;
use crate::platform::dom;
use crate::reactive::context::{live, locale};
use chitieu_domain::model::Operand;
use chitieu_domain::plan::Severity;
use chitieu_domain::rules::{Checked, FormCheck, State, Unusual, unusual};
use chitieu_domain::{FormIx, PeriodId, ReporterIx};
use chitieu_widgets::{t, text};
use leptos::prelude::*;

/// The summary.
#[component]
pub fn Findings(
    /// Whose form.
    reporter: ReporterIx,
    /// Which form.
    form: FormIx,
    /// Of which period.
    period: PeriodId,
    /// How its rules stand.
    checked: Memo<Vec<Checked>>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let model = live.model();
    // Figures far from those of earlier years.
    let unusual = Memo::new(move |_| {
        live.figures.with(|figures| unusual(&FormCheck { model, figures, reporter, form, period }))
    });
    let broken = move || {
        let checked = checked.get();
        let of =
            |severity| checked.iter().filter(move |c| c.state == State::Broken && c.severity == severity);
        of(Severity::Error).chain(of(Severity::Warning)).copied().collect::<Vec<Checked>>()
    };
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
    let odd = move |u: Unusual| {
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
    view! {
        <section class="findings" id="findings" tabindex="-1" aria-live="polite" aria-label=t::entry::findings(locale)>
            {move || {
                let (broken, unusual) = (broken(), unusual.get());
                if broken.is_empty() && unusual.is_empty() {
                    view! { <p class="card find fine">{t::entry::no_findings(locale)}</p> }.into_any()
                } else {
                    view! { <ul>{broken.into_iter().map(item).collect_view()} {unusual.into_iter().map(odd).collect_view()}</ul> }.into_any()
                }
            }}
        </section>
    }
}
