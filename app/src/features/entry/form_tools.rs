//! Beside a form's title: where it stands, its history, printing.

use crate::features::history::{About, History};
use crate::platform::dom;
use crate::reactive::context::{live, locale};
use crate::ui::state::StateChip;
use chitieu_sync::replica::SubmissionKey;
use chitieu_widgets::t;
use leptos::prelude::*;

/// All of it.
#[component]
pub fn FormTools(
    /// Which form.
    of: SubmissionKey,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let about = About::Form(of.clone(), None);
    let state = Memo::new(move |_| live.replica.with(|r| r.submission(&of)).state);
    view! {
        <StateChip state=state locale=locale />
        <History about=about />
        <button class="button quiet" on:click=|_| dom::print()>{t::board::print(locale)}</button>
    }
}
