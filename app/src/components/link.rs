//! A link to another screen, without loading the page again.

use crate::platform::address::Address;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// "Việc của tôi" is also where its roles and forms belong, "Nhiệm vụ" where each task does.
fn is_under(here: &str, link: &str) -> bool {
    here == link
        || (link == "/" && (here.starts_with("/nhap/") || here.starts_with("/viec/")))
        || (link == "/nhiem-vu" && here.starts_with("/nhiem-vu/"))
}

/// The link; the one to the present screen says so.
#[component]
pub fn Link(
    /// Where to.
    #[prop(into)]
    href: String,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let address = use_context::<Address>().expect("the root provides it");
    let target = StoredValue::new(href.clone());
    let here = move || target.with_value(|to| is_under(&address.get(), to).then_some("page"));
    let click = move |event: MouseEvent| {
        // With a key or another button the person wants a new tab or window.
        if event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key() {
            event.prevent_default();
            address.go(&target.get_value());
        }
    };
    view! { <a href=href aria-current=here on:click=click>{children()}</a> }
}
