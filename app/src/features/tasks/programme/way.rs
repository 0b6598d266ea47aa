//! The way to the units' own programmes.

use crate::reactive::context::{live, locale};
use crate::routes::Route;
use crate::routes::link::Link;
use chitieu_sync::entity::annual_plan_document::AGENCIES;
use chitieu_sync::rights::{Right, Thing};
use chitieu_widgets::t;
use leptos::prelude::*;

/// The link, for who has a programme to write or some to read.
#[component]
pub fn ToProgrammes() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let oversees = live.may(Right::Oversee, Thing::Anything) || live.may(Right::ReadDrafts, Thing::Anything);
    let has_own = live.own().iter().any(|who| AGENCIES.contains(&who.agency()));
    (oversees || has_own).then(|| {
        view! {
            <p class="page-tools" data-programmes=""><Link to=Route::Programmes>{t::programme::link(locale)}</Link></p>
        }
    })
}
