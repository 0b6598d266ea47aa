//! How a turn of a task stands, as a chip: a shape and a word, and a colour beside them.

use chitieu_domain::task::{Group, Standing};
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;

/// Its word.
pub fn word(standing: Standing, locale: Locale) -> &'static str {
    match standing {
        Standing::NotReported => t::task::not_reported(locale),
        Standing::Overdue => t::task::overdue(locale),
        Standing::NotStarted => t::task::to_come(locale),
        Standing::Doing => t::task::under_way(locale),
        Standing::DoneLate => t::task::done_late(locale),
        Standing::Done => t::task::done_in_time(locale),
        Standing::Nothing => t::task::nothing(locale),
    }
}

/// The word of a group.
pub fn group_word(group: Group, locale: Locale) -> &'static str {
    match group {
        Group::OnTime => t::task::on_time(locale),
        Group::Late => t::task::late(locale),
        Group::NotReported => t::task::not_reported(locale),
        Group::Done => t::task::all_done(locale),
    }
}

/// The colour's class.
pub const fn class(group: Group) -> &'static str {
    match group {
        Group::OnTime => "prov",
        Group::Late => "not",
        Group::NotReported => "con",
        Group::Done => "met",
    }
}

/// A shape in a box of 12.
pub const fn shape(standing: Standing) -> &'static str {
    match standing {
        Standing::NotReported => "M6 1L11.5 11H.5zM6 5v2.5M6 9v.6",
        Standing::Overdue => "M6 1a5 5 0 1 0 .01 0M6 3.5V6l2 1.5",
        Standing::NotStarted => "M6 1.5a4.5 4.5 0 1 0 .01 0",
        Standing::Doing => "M6 1.5a4.5 4.5 0 1 0 .01 0M6 1.5v9",
        Standing::DoneLate => "M2 6.5l2.5 2.5L9 3M11 9v.6",
        Standing::Done => "M2 6.5l2.5 2.5L10 3",
        Standing::Nothing => "M2 6h8",
    }
}

/// The chip.
#[component]
pub fn StandingChip(standing: Standing, locale: Locale) -> impl IntoView {
    view! {
        <span class=format!("chip {}", class(standing.group())) data-standing=format!("{standing:?}")>
            <svg class="line" viewBox="0 0 12 12" aria-hidden="true"><path d=shape(standing)></path></svg>
            {word(standing, locale)}
        </span>
    }
}

/// The name of a turn.
pub fn turn(turn: chitieu_domain::task::Occurrence, locale: Locale) -> String {
    use chitieu_domain::task::Occurrence;
    use chitieu_widgets::text;
    match turn {
        Occurrence::Period(period) => text::period(period, locale),
        Occurrence::Once => t::task::once(locale).to_owned(),
        Occurrence::On(day) => t::task::campaign_of(locale, text::day(day, locale)),
    }
}
