//! A link to another screen, without loading the page again.

use super::Route;
use crate::platform::address::Address;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// The link; the one to the present screen says so.
#[component]
pub fn Link(
    /// Where to.
    to: Route,
    /// What its address says after the path, with its `?`.
    #[prop(optional, into)]
    query: String,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let address = use_context::<Address>().expect("the root provides it");
    let href = to.path() + &query;
    let target = StoredValue::new(href.clone());
    let here = move || Route::parse(&address.get()).is_some_and(|here| here.is_under(&to)).then_some("page");
    let click = move |event: MouseEvent| {
        // With a key or another button the person wants a new tab or window.
        if event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key() {
            event.prevent_default();
            address.go(&target.get_value());
        }
    };
    view! { <a href=href aria-current=here on:click=click>{children()}</a> }
}
