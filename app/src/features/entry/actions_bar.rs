//! The line below a form that says what happened, with undo and redo.

use super::cell_tools::CellTools;
use super::undoing::Undoing;
use crate::reactive::actions::Actions;
use crate::reactive::context::{live, locale};
use crate::ui::changing::changing;
use chitieu_client::history::History;
use chitieu_client::retrace::Undo;
use chitieu_widgets::t;
use leptos::prelude::*;

/// The line that says what happened, with undo and redo.
#[component]
pub fn ActionsBar(
    /// The form's actions.
    actions: Actions,
) -> impl IntoView {
    let locale = locale();
    let is_unsafe = live().drafts.is_unsafe;
    let has = Memo::new(move |_| actions.history.with(History::has));
    let row = actions.row;
    let has_row = Memo::new(move |_| row.with(Option::is_some));
    let is_idle = move || {
        !has.get().0
            && !has.get().1
            && actions.said.with(Option::is_none)
            && !is_unsafe.get()
            && row.get().is_none()
    };
    view! {
        <div class="actions" class:idle=is_idle>
            {changing(move || has_row.get().then(|| view! { <CellTools actions=actions /> }))}
            <Undoing actions=actions />
            <p role="status">{changing(move || actions.said.get())}</p>
            <button class="button quiet small" id="undo" disabled=move || !has.get().0 on:click=move |_| actions.undo(Undo::Back)>
                {t::entry::undo(locale)}
            </button>
            <button class="button quiet small" id="redo" disabled=move || !has.get().1 on:click=move |_| actions.undo(Undo::Again)>
                {t::entry::redo(locale)}
            </button>
            {changing(move || is_unsafe.get().then(|| view! { <p class="warning" role="alert">{t::fault::drafts_unsafe(locale)}</p> }))}
        </div>
    }
}
