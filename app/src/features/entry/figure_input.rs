//! A figure's input: its keys, and what it asks of the form.

use crate::platform::dom;
use crate::reactive::field::{Asks, Field};
use chitieu_client::retrace::Undo;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// Which way the keys of an event ask to go.
fn undo_of(event: &KeyboardEvent) -> Option<Undo> {
    if !(event.ctrl_key() || event.meta_key()) || event.alt_key() {
        return None;
    }
    match (event.key().as_str(), event.shift_key()) {
        ("z" | "Z", false) => Some(Undo::Back),
        ("z" | "Z", true) | ("y" | "Y", false) => Some(Undo::Again),
        _ => None,
    }
}

/// The input itself. Enter and the arrows go up and down; a block pasted from a sheet goes to the form. While something
/// is typed, undoing is the browser's own; else it is the form's.
#[component]
pub fn FigureInput(
    /// State.
    field: Field,
    /// Id of the input; rows count on from it.
    id: String,
    /// Ids of the inputs before and after.
    neighbours: (Option<String>, Option<String>),
    /// What it is called to a screen reader.
    label: String,
    /// True while the form may not be changed.
    locked: Memo<bool>,
    /// What it asks of the form.
    asks: Asks,
) -> impl IntoView {
    let (above, below) = neighbours;
    let keys = move |event: KeyboardEvent| {
        // Within a composition every key is the input method's.
        if event.is_composing() || event.key_code() == 229 {
            return;
        }
        let is_clean = !field.is_typed.get_untracked();
        if let Some(undo) = undo_of(&event).filter(|_| is_clean) {
            event.prevent_default();
            return asks.undo.run(undo);
        }
        let next = match event.key().as_str() {
            "Enter" | "ArrowDown" => &below,
            "ArrowUp" => &above,
            // The browser moves on.
            "Tab" => return field.commit(),
            "Escape" if !is_clean || field.fault.with_untracked(Option::is_some) => {
                field.give_up();
                return event.prevent_default();
            }
            _ => return,
        };
        event.prevent_default();
        field.commit();
        if let Some(id) = next {
            dom::focus(id);
        }
    };
    let described = format!("{id}-note");
    let text = field.text();
    // A form of its own: at each key and each move browsers look through all fields of a form for what they could fill in. Outside
    // of a dialog this one sends nothing.
    view! {
        <form class="alone" method="dialog">
            <input
                id=id
                node_ref=field.input
                class="figure"
                class:draft=move || field.is_typed.get()
                inputmode="numeric"
                autocomplete="off"
                aria-label=label
                aria-describedby=described
                aria-invalid=move || field.fault.with(Option::is_some).to_string()
                readonly=move || locked.get()
                prop:value=text
                on:focus=move |_| {
                    field.enter();
                    if !locked.get_untracked() {
                        asks.entered.run(());
                    }
                }
                on:input=move |e| field.type_in(event_target_value(&e))
                on:blur=move |e| field.leave(&e)
                on:keydown=keys
                on:paste=move |event| {
                    let Some((text, html)) = dom::pasted(&event) else { return };
                    if !locked.get_untracked() && asks.pasted.run((text, html)) {
                        event.prevent_default();
                    }
                }
            />
        </form>
    }
}
