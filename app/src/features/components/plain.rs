//! What takes words alone: buttons, chips, inputs, notices, faults, reasons.

use super::{on, state};
use crate::features::fault;
use crate::features::shell::notices::Notices;
use crate::parts::{self, Part, Parts};
use crate::reactive::context::{context, locale};
use crate::reactive::live::SyncState;
use crate::reactive::sample::{self, Sample};
use crate::ui::icon::Icon;
use crate::ui::reason::ReasonForm;
use crate::ui::state::StateChip;
use chitieu_domain::quantity::QuantityError;
use chitieu_sync::Rejection;
use chitieu_sync::submission::State;
use chitieu_widgets::card::Mark;
use chitieu_widgets::t;
use chitieu_widgets::text::Tone;
use leptos::context::Provider;
use leptos::prelude::*;
use std::future::pending;

/// Kinds of a button, and how each looks that is pointed at, has the focus or is disabled.
pub fn buttons() -> impl IntoView {
    let word = t::entry::submit(locale());
    let kinds = ["button", "button quiet", "button small", "button quiet small", "link"];
    let looks = ["", "hover", "focus-visible", "disabled"];
    let button = |kind: &'static str, look: &'static str| {
        state(
            [kind, look].join(" "),
            view! { <button type="button" class=[kind, look].join(" ") disabled=look == "disabled">{word}</button> },
        )
    };
    let all = kinds.into_iter().flat_map(|kind| looks.map(|look| button(kind, look)));
    let scopes = [(true, t::entry::whole(locale())), (false, t::entry::own(locale()))];
    let segments =
        scopes.map(|(is, word)| view! { <button type="button" aria-pressed=is.to_string()>{word}</button> });
    let icons = [Icon::Work, Icon::Review, Icon::Board, Icon::Contested, Icon::Tasks, Icon::Waiting];
    view! {
        {all.collect_view()}
        {state("a", view! { <a href="#">{t::task::title(locale())}</a> })}
        {state("segmented", view! { <div class="segmented">{segments.into_iter().collect_view()}</div> })}
        {icons.map(|icon| state(format!("{icon:?}"), icon.view())).into_iter().collect_view()}
    }
}

/// Where a form stands, and how a target is judged.
pub fn chips() -> impl IntoView {
    let locale = locale();
    let known = [State::Draft, State::Submitted, State::Returned, State::Approved, State::Published];
    let unknown = serde_json::from_str::<State>("\"later\"").ok();
    let states = known.into_iter().chain(unknown).map(|of| {
        let name = if matches!(of, State::Unknown(_)) { "Unknown".to_owned() } else { format!("{of:?}") };
        state(name, view! { <StateChip state=Signal::stored(of) locale=locale /> })
    });
    let tones = [
        (Tone::Met, t::verdict::met(locale)),
        (Tone::NotMet, t::verdict::not_met(locale)),
        (Tone::Neutral, t::verdict::no_data(locale)),
    ];
    let tones = tones.map(|(tone, word)| {
        let class = format!("chip {}", tone.class());
        state(format!("{tone:?}"), view! { <span class=class><Mark tone=tone />{word}</span> })
    });
    let provisional = view! { <span class="chip prov">{t::card::provisional(locale)}</span> };
    view! {
        {states.collect_view()}
        {tones.into_iter().collect_view()}
        {state("provisional", provisional)}
        {state("count", view! { <span class="count">"12"</span> })}
    }
}

/// Inputs outside of the entry form's rows, and a figure's by itself.
pub fn inputs() -> impl IntoView {
    let locale = locale();
    let label = t::entry::col_now(locale);
    let figures = [("empty", "", ""), ("focus", "focus", "24"), ("saved", "", "24"), ("draft", "draft", "2")]
        .map(|(name, class, value)| {
            let class = format!("figure {class}");
            state(name, view! { <input class=class aria-label=label value=value /> })
        });
    let words = t::entry::reason(locale);
    view! {
        {figures.into_iter().collect_view()}
        {state("fault", view! { <input class="figure draft" aria-label=label aria-invalid="true" value="12a" /> })}
        {state("readonly", view! { <input class="figure" aria-label=label readonly value="24" /> })}
        {state("input", view! { <input aria-label=words placeholder=words /> })}
        {state("input focus-visible", view! { <input class="focus-visible" aria-label=words value=words /> })}
        {state("input disabled", view! { <input aria-label=words disabled value=words /> })}
        {state("select", view! {
            <select aria-label=t::board::year(locale)><option>"2026"</option><option>"2025"</option></select>
        })}
        {state("textarea", view! { <textarea aria-label=words rows="2" placeholder=words></textarea> })}
        {state("search", view! { <input class="search" type="search" aria-label=t::task::title(locale) /> })}
    }
}

/// What is said on every screen, each sentence by the state that brings it.
pub fn notices(sample: &Sample) -> impl IntoView + use<> {
    let locale = locale();
    let context = context();
    let without = sample::without_store(sample.few);
    let owing = move || view! { <Provider value=sample::owing(context)><Notices /></Provider> };
    let offline = sample::standing(sample.few, SyncState::Offline);
    let build = view! {
        <p class="card renew new-build">
            {t::offline::new_build(locale)} " " <button type="button" class="button quiet small">{t::offline::take(locale)}</button>
        </p>
    };
    view! {
        {state("without store, clock is off", on(without, || view! { <Notices /> }))}
        {state("owed", on(offline, owing))}
        {state("newer", on(sample::behind(sample.few), || view! { <Notices /> }))}
        {state("new build", build)}
        {state("returned", view! { <p class="card find">{t::entry::returned_because(locale, "…")}</p> })}
        {state("too old", view! { <p class="card find error" role="alert">{t::entry::too_old(locale)}</p> })}
        {state("exported", view! { <p class="card find fine">{t::waiting::exported(locale, 3, "chi-tieu.json")}</p> })}
        {state("secret", view! { <p class="secret">{t::entry::secret(locale)}</p> })}
    }
}

/// A part that does not come, and everything that is refused, in words.
pub fn faults() -> impl IntoView {
    let locale = locale();
    let never = Parts::new(|_| Box::pin(async { None }));
    let slow = Parts::new(|_| Box::pin(pending()));
    let part = |parts: Parts| view! { <Provider value=parts>{parts::draw(Part::Board)}</Provider> };
    let line = |text: &'static str| view! { <p class="fault" role="alert">{text}</p> };
    let quantities = [
        QuantityError::Fraction,
        QuantityError::AskDot,
        QuantityError::AskComma,
        QuantityError::Grouping,
        QuantityError::Sign,
        QuantityError::NotDigits,
        QuantityError::AskDash,
        QuantityError::AskEllipsis,
        QuantityError::TooLarge,
        QuantityError::BelowOneDong,
    ];
    let rejections = [
        Rejection::Locked,
        Rejection::NoRight,
        Rejection::NotAssigned,
        Rejection::NotOpen,
        Rejection::ReasonMissing,
        Rejection::Incomplete,
        Rejection::RuleBroken,
        Rejection::Contested,
        Rejection::MovedOn,
        Rejection::OutOfRange,
        Rejection::Malformed,
        Rejection::UnknownPlan,
        Rejection::Unknown,
    ];
    view! {
        {state("Failed", part(never))}
        {state("Coming", part(slow))}
        {state("full", view! { <p class="card fault" role="alert">{t::fault::full(locale)}</p> })}
        {quantities.map(|error| state(format!("{error:?}"), line(fault::quantity(error, locale)))).into_iter().collect_view()}
        {rejections.map(|code| state(format!("{code:?}"), line(fault::rejection(code, locale)))).into_iter().collect_view()}
    }
}

/// A step that wants a reason.
pub fn reasons() -> impl IntoView {
    let locale = locale();
    let form = |text: &'static str| {
        view! {
            <ReasonForm locale=locale
                leave=t::review::cancel(locale)
                reason=RwSignal::new(text.to_owned())
                label=t::review::reason(locale)
                word=t::review::send_back(locale)
                send=Callback::new(|_| ())
                cancel=Callback::new(|()| ())
            />
        }
    };
    view! {
        {state("empty", form(""))}
        {state("written", form(t::entry::returned_because(locale, "…").leak()))}
    }
}
