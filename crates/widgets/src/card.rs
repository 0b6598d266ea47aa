//! A target's card: id, verdict, rate, bar, what is missing, days.

use crate::text::{CardText, Tone};
use crate::{Locale, t};
use leptos::prelude::*;

/// The mark beside the verdict's word: tick, cross or ring, and a dashed line for what is provisional.
#[component]
pub fn Mark(
    /// Colour and shape.
    tone: Tone,
) -> impl IntoView {
    let shape = match tone {
        Tone::Met => "M2 6.5l2.6 2.6L10 3.4",
        Tone::NotMet => "M3 3l6 6M9 3l-6 6",
        Tone::Neutral => "M10 6a4 4 0 1 1-8 0a4 4 0 0 1 8 0",
    };
    view! {
        <svg viewBox="0 0 12 12" aria-hidden="true">
            <path d=shape fill="none" stroke="currentColor" stroke-width="2"></path>
        </svg>
    }
}

/// The bar with its threshold. Widths are attributes, so that no inline style is needed.
#[component]
fn Bar(
    /// 0 to 1000.
    value: u32,
    /// 0 to 1000.
    mark: Option<u32>,
    /// Hatched.
    provisional: bool,
) -> impl IntoView {
    let at = |permille: u32| (permille * 260 / 1000).to_string();
    let class = if provisional { "bar-fill provisional" } else { "bar-fill" };
    view! {
        <svg class="bar" viewBox="0 0 260 14" preserveAspectRatio="none" aria-hidden="true">
            <rect class="bar-back" y="4" width="260" height="6" rx="3"></rect>
            <rect class=class y="4" width=at(value) height="6" rx="3"></rect>
            {mark.map(|m| {
                let x = (m * 260 / 1000).clamp(1, 259).to_string();
                view! { <path class="bar-mark" d=format!("M{x} 0v14")></path> }
            })}
        </svg>
    }
}

/// A target's card.
#[component]
pub fn TargetCard(
    /// What it says.
    card: CardText,
    /// Language.
    locale: Locale,
) -> impl IntoView {
    let tone = card.tone;
    let provisional = card.provisional;
    view! {
        <article class=format!("target tone-{}", tone.class()) id=format!("target-{}", card.id) tabindex="-1" data-target=card.id.clone()>
            <div class="target-top">
                <span>{format!("{} · {}", card.id, card.section)}</span>
                <span class="chips">
                    <span class=format!("chip {}", tone.class())>
                        <Mark tone=tone />
                        {card.verdict}
                    </span>
                    {provisional
                        .then(|| view! { <span class="chip prov">{t::card::provisional(locale)}</span> })}
                </span>
            </div>
            <h3>{card.title}</h3>
            <p class="target-figure">
                <b>{card.big}</b>
                <span>{card.fraction}</span>
            </p>
            {card.bar.map(|value| view! { <Bar value=value mark=card.mark provisional=provisional /> })}
            <p class="target-gap">{card.gap}</p>
            {card.alternative.map(|other| view! { <p class="target-foot">{other}</p> })}
            {card.reading.map(|reading| view! { <p class="target-foot">{reading}</p> })}
            <p class="target-foot">
                {card.days} {card.coverage.map(|c| view! { <span>{format!(" · {c}")}</span> })}
                {(card.contested > 0)
                    .then(|| view! { <span class="contested">{t::card::contested(locale, card.contested)}</span> })}
            </p>
        </article>
    }
}
