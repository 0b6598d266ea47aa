//! The targets below a form, as they stand with what is typed in it: over the whole province, or for the own unit.

use crate::features::board::cards::{Cards, RestsOn, Summary};
use crate::reactive::context::{live, locale};
use crate::reactive::moved_soon::MovedSoon;
use crate::ui::changing::changing;
use chitieu_client::figures::Verdicts;
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
    let year = PeriodId::Year(year);
    let scope = move || if whole.get() { live.model().own_territory() } else { own };
    let verdicts = StoredValue::new_local(None::<Verdicts<'static>>);
    let evaluations = RwSignal::new(Vec::new());
    let show = move |now: Verdicts<'static>| {
        evaluations.set(now.evaluations().to_vec());
        verdicts.set_value(Some(now));
    };
    let soon = MovedSoon::watch(live.rows, move |moved| {
        if moved.is_empty() {
            return show(untrack(|| live.verdicts(scope(), year)));
        }
        let take = |verdicts: &mut Option<Verdicts<'static>>| {
            let verdicts = verdicts.as_mut()?;
            verdicts.take(moved).then(|| verdicts.evaluations().to_vec())
        };
        // Verdicts that are not there yet are made of these figures.
        if let Some(all) = verdicts.try_update_value(take).flatten() {
            evaluations.set(all);
        }
    });
    Effect::new(move |_| {
        live.me.track();
        // These are made of figures in which all that moved is.
        soon.forget();
        show(live.verdicts(scope(), year));
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
        {changing(move || whole.get().then(|| view! { <RestsOn of=live.model().own_territory() /> }))}
        <Summary evaluations=evaluations />
        <Cards evaluations=evaluations />
    }
}
