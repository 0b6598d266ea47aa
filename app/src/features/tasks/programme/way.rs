//! The way to the units' own programmes.

use crate::features::tasks::overview::is_for_all;
use crate::reactive::context::{live, locale};
use crate::routes::Route;
use crate::routes::link::Link;
use chitieu_sync::entity::annual_plan_document::has_programme;
use chitieu_widgets::t;
use leptos::prelude::*;

/// The link, for who has a programme to write or some to read.
#[component]
pub fn ToProgrammes() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let has_own = live.own().iter().any(|who| has_programme(who.agency()));
    (is_for_all(&live) || has_own).then(|| {
        view! {
            <p class="page-tools" data-programmes=""><Link to=Route::Programmes>{t::programme::link(locale)}</Link></p>
        }
    })
}
