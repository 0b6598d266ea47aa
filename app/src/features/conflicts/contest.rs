//! A cell that holds two values: who gave which, when and where, what each does to the targets; one is chosen, or
//! a third is given with its reason. Choosing is an op that settles the conflict.

use crate::features::fault;
use crate::platform::{clock, dom};
use crate::reactive::context::{live, locale};
use crate::reactive::live::Live;
use crate::reactive::save_error::SaveError;
use crate::ui::changing::changing;
use crate::ui::personal::PersonalWarning;
use chitieu_client::commands::Entry;
use chitieu_domain::plan::Measure;
use chitieu_domain::quantity::Quantity;
use chitieu_domain::{Figure, PeriodId};
use chitieu_sync::OpBody;
use chitieu_sync::replica::{CellKey, Waiting};
use chitieu_widgets::card::Mark;
use chitieu_widgets::text::{CardText, card};
use chitieu_widgets::{Locale, t, text};
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

/// One of the values of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    value: Option<i64>,
    reason: Option<String>,
    /// Says that the cell is answered no more.
    cleared: bool,
    /// Its note, and that it is estimated.
    marks: (Option<String>, bool),
    author: String,
    at: String,
    /// Was entered on this device.
    is_own: bool,
}

/// The values of a contested cell, the one in force first, and its conflicts; none where nothing is contested.
pub fn candidates(live: &Live, of: &CellKey) -> (Vec<Candidate>, Vec<Uuid>) {
    live.replica.with(|replica| {
        let Some(cell) = replica.server_cell(of).filter(|cell| !cell.branches.is_empty()) else {
            return (Vec::new(), Vec::new());
        };
        let head = cell.head.iter().map(|h| Candidate {
            value: h.value,
            reason: h.reason.clone(),
            cleared: h.cleared,
            marks: (h.note.clone(), h.estimated),
            author: h.author.clone(),
            at: h.at.clone(),
            is_own: replica.is_own(h.op_id),
        });
        let branches = cell.branches.iter().map(|b| Candidate {
            value: b.value,
            reason: None,
            cleared: b.cleared,
            marks: (b.note.clone(), b.estimated),
            author: b.author.clone(),
            at: b.at.clone(),
            is_own: replica.is_own(b.op_id),
        });
        (head.chain(branches).collect(), cell.branches.iter().map(|b| b.conflict_id).collect())
    })
}

/// Settles a cell: with one of its values, given by its place, or with another and why.
pub async fn settle(live: Live, of: &CellKey, with: Result<usize, (i64, String)>) -> Result<(), SaveError> {
    let locale = locale();
    let (values, resolves) = candidates(&live, of);
    let (value, reason, cleared, marks) = match with {
        Ok(place) => match values.get(place).cloned() {
            Some(Candidate { value, reason, cleared, marks, .. }) => {
                let no_data = || t::verdict::no_data(locale).to_owned();
                let is_reasoned = value.is_none() && !cleared;
                (value, is_reasoned.then(|| reason.unwrap_or_else(no_data)), cleared, marks)
            }
            // Somebody settled it meanwhile.
            None => return Ok(()),
        },
        Err((value, reason)) => (Some(value), Some(reason), false, (None, false)),
    };
    let (key, marks) = (of.clone(), Some(marks));
    let seen = live.replica.with_untracked(|r| r.cell(of).seen());
    live.settle(Entry { key, seen, value, reason, cleared, marks, resolves }).await
}

/// What a figure would do to the targets of its cell, in the cell's year.
fn effects(live: &Live, of: &CellKey, figure: Option<Figure>, locale: Locale) -> Vec<CardText> {
    let Some(element) = live.model().element_ix(&of.element) else { return Vec::new() };
    let year = live.model().calendar(live.model().form_of(element)).business_year(of.period);
    let all = live.evaluate_if(of, figure, PeriodId::Year(year));
    let cards =
        all.iter().filter_map(|e| Some(card(live.model(), live.model().target_ix(&e.target)?, e, locale)));
    cards.collect()
}

/// The choice; nothing where the cell is not contested. The digits choose too.
#[component]
pub fn Contest(
    /// The cell.
    of: CellKey,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let key = StoredValue::new(of);
    let values = Memo::new(move |_| key.with_value(|of| candidates(&live, of).0));
    let late = Memo::new(move |_| {
        let value = |w: &Waiting| match w.op.body {
            OpBody::Figure { value, .. } => value,
            OpBody::Submission { .. } | OpBody::Entity { .. } => None,
        };
        live.replica.with(|r| key.with_value(|of| r.late_choice(of).map(value)))
    });
    let more = Memo::new(move |_| {
        let more = live.replica.with(|r| key.with_value(|of| r.server_cell(of).map_or(0, |cell| cell.more)));
        (more > 0).then_some(more)
    });
    let fault = RwSignal::new(None::<String>);
    let decide = move |with: Result<usize, (i64, String)>| {
        spawn_local(async move {
            match settle(live, &key.get_value(), with).await {
                Ok(()) => fault.set(None),
                Err(error) => fault.set(Some(fault::saving(&error, locale))),
            }
        });
    };
    let keys = move |event: KeyboardEvent| {
        let place = event.key().parse::<usize>().ok().and_then(|digit| digit.checked_sub(1));
        let place = place.filter(|place| values.with_untracked(|all| *place < all.len()));
        if let Some(place) = place.filter(|_| !dom::is_typing(&event)) {
            event.prevent_default();
            decide(Ok(place));
        }
    };
    let is_contested = Memo::new(move |_| values.with(|all| !all.is_empty()));
    // Outside of what is drawn anew: a page that comes must not take away what is being typed.
    let third = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let choices = move || {
        let choices = values.get().into_iter().enumerate().map(|(place, candidate)| {
            let (value, (note, estimated)) = (candidate.value, candidate.marks);
            let figure = Figure { value, contested: false, approved: false, estimated };
            let figure = (!candidate.cleared).then_some(figure);
            let effects = move || {
                let effects =
                    key.with_value(|of| effects(&live, of, figure, locale)).into_iter().map(|card| {
                        view! {
                            <span class=format!("chip {}", card.tone.class()) title=card.title>
                                <Mark tone=card.tone />
                                {format!("{} {} · {}", card.id, card.verdict, card.big)}
                            </span>
                        }
                    });
                effects.collect_view()
            };
            let from =
                if candidate.is_own { t::cell::from_here(locale) } else { t::cell::from_elsewhere(locale) };
            view! {
                <li>
                    <b>{figure.map_or_else(|| t::cell::cleared_by(locale).to_owned(), |f| fault::shown(f.value, locale))}</b>
                    {estimated.then(|| view! { <span class="chip prov">{t::cell::estimated_mark(locale)}</span> })}
                    <span class="muted">
                        {if place == 0 { t::cell::in_force(locale) } else { t::cell::beside(locale) }}
                        {format!(" · {} · {} · {from}", candidate.author, clock::shown(&candidate.at, locale))}
                        {candidate.reason.map(|reason| format!(" · {reason}"))}
                        {note.map(|note| format!(" · {}", t::cell::noted(locale, note)))}
                    </span>
                    <button
                        class="button quiet small"
                        data-choose=figure.map_or(Some("cleared".into()), |f| f.value.map(|v| v.to_string()))
                        on:click=move |_| decide(Ok(place))
                    >
                        {t::cell::choose(locale)}
                        <kbd>{(place + 1).to_string()}</kbd>
                    </button>
                    <span class="effects">{effects}</span>
                </li>
            }
        });
        choices.collect_view()
    };
    move || {
        is_contested.get().then(|| {
            view! {
                <div class="contest" role="group" tabindex="0" aria-label=t::cell::contested(locale) on:keydown=keys>
                    <p>{t::cell::contested_help(locale)}</p>
                    {changing(move || late.get().map(|chosen| view! { <p class="warning" data-late="">{t::cell::late_choice(locale, fault::shown(chosen, locale))}</p> }))}
                    <ul>{choices}</ul>
                    {changing(move || more.get().map(|more| view! { <p class="muted" data-more="">{t::cell::more_contested(locale, text::number(more.into(), locale))}</p> }))}
                    <Third of=key typed=third decide=Callback::new(move |third| decide(Err(third))) />
                    {changing(move || fault.get().map(|f| view! { <p class="fault" role="alert">{f}</p> }))}
                </div>
            }
        })
    }
}

/// Neither of them: another number, and why.
#[component]
fn Third(
    of: StoredValue<CellKey>,
    typed: (RwSignal<String>, RwSignal<String>),
    decide: Callback<(i64, String)>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let (typed_text, reason) = typed;
    let fault = RwSignal::new(None::<String>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let is_money = of.with_value(|of| {
            live.model()
                .element_ix(&of.element)
                .is_some_and(|ix| live.model().element(ix).measure == Measure::MoneyVnd)
        });
        let parsed = typed_text.with_untracked(|text| {
            let style = locale.style();
            if is_money { Quantity::parse_money(text, style) } else { Quantity::parse(text, style) }
        });
        match parsed {
            Ok(Some(value)) => {
                fault.set(None);
                decide.run((value.get(), reason.get_untracked().trim().to_owned()));
            }
            Ok(None) => {}
            Err(error) => fault.set(Some(fault::quantity(error, locale).to_owned())),
        }
    };
    view! {
        <form class="task-tools third" on:submit=submit>
            <input
                class="figure"
                inputmode="numeric"
                required
                aria-label=t::cell::third(locale)
                placeholder=t::cell::third(locale)
                prop:value=move || typed_text.get()
                on:input=move |e| typed_text.set(event_target_value(&e))
            />
            <input
                class="reason"
                required
                maxlength="500"
                pattern=".*\\S.*"
                aria-label=t::cell::third_reason(locale)
                placeholder=t::cell::third_reason(locale)
                prop:value=move || reason.get()
                on:input=move |e| reason.set(event_target_value(&e))
            />
            <button class="button quiet small" type="submit">{t::cell::use_third(locale)}</button>
            <PersonalWarning text=reason.into() locale=locale />
            {changing(move || fault.get().map(|f| view! { <p class="fault" role="alert">{f}</p> }))}
        </form>
    }
}
