//! The targets below a form, as they stand with what is typed in it: over the whole province, or for the own unit.

use crate::features::board::cards::{Cards, RestsOn, Summary};
use crate::reactive::context::{live, locale};
use chitieu_domain::{PeriodId, UnitIx};
use chitieu_widgets::t;
use leptos::prelude::*;

/// Heading, choice of the scope, and the cards.
#[component]
pub fn Targets(
    /// The reporter's own unit.
    own: UnitIx,
    /// Of which year.
    year: i16,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let whole = RwSignal::new(true);
    // Once a change, however many cards and counts read it.
    let evaluations = Memo::new(move |_| {
        let scope = if whole.get() { live.model().own_territory() } else { own };
        live.evaluate(scope, PeriodId::Year(year))
    });
    let scopes = [(true, t::entry::whole(locale)), (false, t::entry::own(locale))];
    view! {
        <div class="section-head">
            <h2>{t::entry::board(locale, year)}</h2>
            <div class="segmented" role="group" aria-label=t::entry::scope(locale)>
                {scopes
                    .into_iter()
                    .map(|(is_whole, word)| {
                        view! {
                            <button
                                aria-pressed=move || (whole.get() == is_whole).to_string()
                                on:click=move |_| whole.set(is_whole)
                            >
                                {word}
                            </button>
                        }
                    })
                    .collect_view()}
            </div>
        </div>
        {move || whole.get().then(|| view! { <RestsOn of=live.model().own_territory() /> })}
        <Summary evaluations=evaluations />
        <Cards evaluations=evaluations />
    }
}
