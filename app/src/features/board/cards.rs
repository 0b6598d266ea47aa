//! The targets as cards, how many stand how, and which figures they rest on.

use crate::reactive::context::{live, locale};
use crate::ui::list::List;
use chitieu_domain::UnitIx;
use chitieu_domain::evaluate::Evaluation;
use chitieu_domain::verdict::Verdict;
use chitieu_sync::sight::{Sight, sight};
use chitieu_widgets::text::card;
use chitieu_widgets::{TargetCard, t};
use leptos::prelude::*;

/// Every evaluation as a card; a card is drawn anew only when what it says changed.
#[component]
pub fn Cards(
    /// What to show.
    #[prop(into)]
    evaluations: Signal<Vec<Evaluation>>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let places = Signal::derive(move || {
        evaluations.with(|all| all.iter().map(|e| e.target.clone()).collect::<Vec<_>>())
    });
    let draw = Callback::new(move |id: String| {
        let target = live.model().target_ix(&id).unwrap_or(0);
        let own = Memo::new(move |_| evaluations.with(|all| all.iter().find(|e| e.target == id).cloned()));
        let text = Memo::new(move |_| own.with(|e| Some(card(live.model(), target, e.as_ref()?, locale))));
        (move || text.get().map(|card| view! { <TargetCard card=card locale=locale /> })).into_any()
    });
    view! {
        <div class="cards">
            <List keys=places draw=draw />
        </div>
    }
}

/// How many targets stand how, in numbers and as one bar.
#[component]
pub fn Summary(
    /// What to count.
    #[prop(into)]
    evaluations: Signal<Vec<Evaluation>>,
) -> impl IntoView {
    let locale = locale();
    let count = move |wanted: fn(Verdict) -> bool| {
        evaluations.with(|all| all.iter().filter(|e| wanted(e.verdict)).count())
    };
    let counts = Memo::new(move |_| {
        [
            count(|v| v == Verdict::Met),
            count(|v| v == Verdict::NotMet),
            count(|v| matches!(v, Verdict::NoOccurrence | Verdict::NotComparable | Verdict::CannotImprove)),
            count(|v| v == Verdict::NoData),
        ]
    });
    let words = [t::verdict::met, t::verdict::not_met, t::board::other, t::verdict::no_data];
    let classes = ["met", "not", "none", "nodata"];
    move || {
        let counts = counts.get();
        let all: usize = counts.iter().sum();
        if all == 0 {
            return None;
        }
        let mut x = 0;
        let bars = counts.into_iter().zip(classes).map(|(n, class)| {
            let width = n * 1000 / all;
            let bar = view! { <rect class=format!("sum-{class}") x=x.to_string() width=width.saturating_sub(4).to_string() height="10" rx="4"></rect> };
            x += width;
            bar
        });
        Some(view! {
            <section class="card summary">
                {counts
                    .into_iter()
                    .zip(words)
                    .map(|(n, word)| view! { <span><b>{n.to_string()}</b>{word(locale)}</span> })
                    .collect_view()}
                <svg class="sum" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
                    {bars.collect_view()}
                </svg>
            </section>
        })
    }
}

/// Whose figures the verdicts on a unit rest on, as far as this person is told of any.
#[component]
pub fn RestsOn(
    /// The unit.
    of: UnitIx,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let grants = live.me.with_untracked(|me| me.grants.clone());
    let told = sight(&grants, live.model(), of, live.day.get_untracked().date);
    let words = match told {
        None => t::board::none(locale),
        Some(Sight::All) => t::board::with_drafts(locale),
        Some(Sight::Submitted(own)) if own.is_empty() => t::board::submitted(locale),
        Some(Sight::Submitted(_)) => t::board::submitted_and_own(locale),
    };
    view! { <p class="muted" id="rests-on">{words}</p> }
}
