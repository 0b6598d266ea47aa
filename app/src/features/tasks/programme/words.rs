//! Programmes in words: how an item stands and what a unit has, each as a chip, what hinders keeping one, and why something of
//! one was refused.

use crate::features::fault;
use crate::features::tasks::standing::{class, shape, word};
use crate::features::tasks::values::label_of;
use crate::reactive::save_error::SaveError;
use chitieu_client::tasks::programme::{Has, Hindrance, Item, ItemStanding};
use chitieu_domain::task::Standing;
use chitieu_sync::Rejection;
use chitieu_sync::entity::Kind;
use chitieu_widgets::{Locale, t, text};
use leptos::prelude::*;

/// Why something was refused, in the words of its kind where that has some.
pub fn refusal(kind: Kind, code: Rejection, locale: Locale) -> &'static str {
    if !matches!(kind, Kind::AnnualPlanDocument | Kind::AnnualPlanItem) {
        return fault::rejection(code, locale);
    }
    match code {
        Rejection::Locked => t::programme::locked(locale),
        Rejection::BadTransition => t::programme::transition(locale),
        Rejection::Incomplete => t::programme::incomplete(locale),
        Rejection::OutOfRange => t::programme::out_of_range(locale),
        Rejection::NotAssigned => t::programme::not_assigned(locale),
        Rejection::NotOpen => t::programme::not_open(locale),
        Rejection::NoRight => t::programme::no_right(locale),
        _ => fault::rejection(code, locale),
    }
}

/// Why something was not kept, in the same words.
pub fn not_kept(kind: Kind, error: &SaveError, locale: Locale) -> String {
    match error {
        SaveError::NotAdmitted(code) => refusal(kind, *code, locale).to_owned(),
        _ => fault::saving(error, locale),
    }
}

/// What hinders it: the field, its value and the remedy.
pub fn hindrance(kind: Kind, of: &Hindrance, locale: Locale) -> String {
    let day = |day| text::day(day, locale);
    match of {
        Hindrance::Missing(field) => t::programme::missing(locale, label_of(kind, field, locale)),
        Hindrance::AfterYear { day: on, last } => t::programme::after_year(locale, day(*on), day(*last)),
        Hindrance::ToCome(on) => t::programme::to_come(locale, day(*on)),
        Hindrance::Nothing => t::programme::nothing(locale).to_owned(),
        Hindrance::Twice(number) => t::programme::twice(locale, number),
        Hindrance::ContestedItem(number) => t::programme::contested_item(locale, number),
        Hindrance::ContestedHead => t::programme::contested_head(locale).to_owned(),
        Hindrance::TooMany(most) => t::programme::too_many(locale, most),
    }
}

/// The standing of a task that looks the same; none where an item has a look of its own.
const fn like(standing: ItemStanding) -> Option<Standing> {
    match standing {
        ItemStanding::Overdue => Some(Standing::Overdue),
        ItemStanding::NotStarted => Some(Standing::NotStarted),
        ItemStanding::Doing => Some(Standing::Doing),
        ItemStanding::DoneLate => Some(Standing::DoneLate),
        ItemStanding::Done => Some(Standing::Done),
        ItemStanding::DueSoon | ItemStanding::Ended | ItemStanding::Dropped => None,
    }
}

/// How an item stands, in a word.
pub fn item_word(standing: ItemStanding, locale: Locale) -> &'static str {
    match (like(standing), standing) {
        (Some(like), _) => word(like, locale),
        (None, ItemStanding::DueSoon) => t::programme::due_soon(locale),
        (None, ItemStanding::Ended) => t::programme::unit_ended(locale),
        (None, _) => t::programme::is_dropped(locale),
    }
}

/// What a unit has, in words.
pub const fn has_word(has: Has, locale: Locale) -> &'static str {
    match has {
        Has::None => t::programme::has_none(locale),
        Has::DraftLate => t::programme::has_draft_late(locale),
        Has::Draft => t::programme::has_draft(locale),
        Has::IssuedLate => t::programme::has_issued_late(locale),
        Has::Issued => t::programme::has_issued(locale),
    }
}

/// The colour's class of what a unit has.
pub const fn has_class(has: Has) -> &'static str {
    match has {
        Has::None => "con",
        Has::DraftLate => "not",
        Has::Draft => "prov",
        Has::IssuedLate | Has::Issued => "met",
    }
}

fn chip(class: &'static str, path: &'static str, said: &'static str, name: String) -> AnyView {
    view! {
        <span class=format!("chip {class}") data-standing=name>
            <svg class="line" viewBox="0 0 12 12" aria-hidden="true"><path d=path></path></svg>
            {said}
        </span>
    }
    .into_any()
}

/// How an item stands, as a chip.
pub fn item_chip(standing: ItemStanding, locale: Locale) -> AnyView {
    let (class, path) = match (like(standing), standing) {
        (Some(like), _) => (class(like.group()), shape(like)),
        // An hourglass, a door that is shut, and a line through.
        (None, ItemStanding::DueSoon) => ("prov", "M3 1h6M3 11h6M3.5 1L6 6 3.5 11M8.5 1L6 6l2.5 5"),
        (None, ItemStanding::Ended) => ("none", "M3 1h6v10H3zM7 6v.6"),
        (None, _) => ("none", "M2 2l8 8M10 2l-8 8"),
    };
    chip(class, path, item_word(standing, locale), format!("{standing:?}"))
}

/// What is wrong with an item, as chips: that another has its number, that two wrote it differently, that it was not admitted.
pub fn item_faults(of: &Item, locale: Locale) -> impl IntoView + use<> {
    let chip = |said: &'static str, name: &'static str| view! { <span class="chip con" data-fault=name>{said}</span> };
    view! {
        {of.refused.map(|_| chip(t::programme::refused(locale), "refused"))}
        {of.shares_number.then(|| chip(t::programme::same_number(locale), "number"))}
        {of.is_contested.then(|| chip(t::programme::two_values(locale), "contested"))}
    }
}

/// What a unit has, as a chip.
pub fn has_chip(has: Has, locale: Locale) -> AnyView {
    let path = match has {
        Has::None => shape(Standing::NotReported),
        Has::DraftLate => shape(Standing::Overdue),
        Has::Draft => shape(Standing::Doing),
        Has::IssuedLate => shape(Standing::DoneLate),
        Has::Issued => shape(Standing::Done),
    };
    chip(has_class(has), path, has_word(has, locale), format!("{has:?}"))
}

/// What must be put right before something is kept, said once above its buttons; nothing where nothing hinders.
#[component]
pub fn Hindered(
    /// Of which kind.
    kind: Kind,
    /// The sentence before them.
    head: &'static str,
    /// What hinders it.
    #[prop(into)]
    found: Signal<Vec<Hindrance>>,
    locale: Locale,
) -> impl IntoView {
    crate::ui::changing::changing(move || {
        let found = found.get();
        (!found.is_empty()).then(|| {
            view! {
                <div class="fault wide hindered" role="alert" data-hindered="">
                    <p>{head}</p>
                    <ul>
                        {found.iter().map(|one| view! { <li>{hindrance(kind, one, locale)}</li> }).collect_view()}
                    </ul>
                </div>
            }
        })
    })
}
