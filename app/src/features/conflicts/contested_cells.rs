//! Which cells hold two values: the menu counts them, the screen lists them.

use crate::reactive::context::{live, locale};
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::icon::Icon;
use chitieu_sync::replica::CellKey;
use chitieu_widgets::t;
use leptos::prelude::*;

/// The way to them, with their number; nothing where there is none.
#[component]
pub fn ContestedLink() -> impl IntoView {
    let locale = locale();
    let contested = contested();
    let count = Memo::new(move |_| contested.with(Vec::len));
    move || {
        Some(count.get()).filter(|count| *count > 0).map(|count| {
            view! { <Link to=Route::Conflicts>{Icon::Contested.view()} {t::contested::menu(locale, count)}</Link> }
        })
    }
}

/// The cells, by form and row.
pub fn contested() -> Memo<Vec<CellKey>> {
    let live = live();
    Memo::new(move |_| {
        let mut keys: Vec<CellKey> = Vec::new();
        live.replica.with(|replica| {
            for key in replica.contested() {
                // Few: putting each in its place needs no sort of its own.
                let place = |key: &CellKey| live.model().element_ix(&key.element);
                let rank = (&key.reporter, key.period, place(key));
                let at = keys.partition_point(|other| (&other.reporter, other.period, place(other)) < rank);
                keys.insert(at, key.clone());
            }
        });
        keys
    })
}
