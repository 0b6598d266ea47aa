//! A list whose entries keep their state while others come and go.

use leptos::prelude::*;

/// Draws an entry for every key, once. All lists are drawn by this one: each kind of list of its own costs
/// kilobytes of a start.
#[component]
pub fn List(
    /// What is there, in order.
    #[prop(into)]
    keys: Signal<Vec<String>>,
    /// The entry of a key.
    draw: Callback<String, AnyView>,
) -> impl IntoView {
    view! { <For each=move || keys.get() key=Clone::clone children=move |key| draw.run(key) /> }
}
