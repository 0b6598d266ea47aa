//! "Kế hoạch năm của đơn vị": one's own for an officer, who has none for whoever oversees, and each of them by its address.

use crate::features::tasks::overview::is_for_all;
use crate::features::tasks::programme::sheet::Sheet;
use crate::features::tasks::programme::units::Units;
use crate::platform::address::Address;
use crate::platform::dom;
use crate::reactive::context::{live, locale};
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use chitieu_client::tasks::programme::{Filter, present_year, years};
use chitieu_domain::ReporterIx;
use chitieu_sync::entity::annual_plan_document::has_programme;
use chitieu_widgets::t;
use leptos::prelude::*;

/// The screen.
#[component]
pub fn Programmes() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let address = use_context::<Address>().expect("the root provides it");
    let model = live.model();
    let filter = Memo::new(move |_| Filter::parse(&address.query()));
    let oversees = is_for_all(&live);
    let own: Vec<ReporterIx> = live.own().iter().filter_map(|who| model.reporter_ix(who)).collect();
    let own: Vec<ReporterIx> =
        own.into_iter().filter(|who| has_programme(model.reporter(*who).id.agency())).collect();
    let first = own.first().copied();
    let year = Memo::new(move |_| {
        let today = live.today();
        let asked = filter.with(|filter| filter.year).filter(|year| years(model, today).contains(year));
        asked.unwrap_or_else(|| present_year(model, today))
    });
    let unit = Memo::new(move |_| {
        let named = filter.with(|filter| filter.unit.parse().ok()).and_then(|id| model.reporter_ix(&id));
        named.or(first.filter(|_| !oversees))
    });
    let body = changing(move || match unit.get() {
        Some(who) => view! { <Sheet who=who year=year.get() filter=filter /> }.into_any(),
        None if oversees => view! { <Units year=year filter=filter /> }.into_any(),
        None => view! {
            <p class="card empty" data-nobody="">
                {t::programme::nobody(locale)} " " <Link to=Route::Tasks>{t::task::all(locale)}</Link>
            </p>
        }
        .into_any(),
    });
    let of_year = move || Filter { year: filter.get().year, ..Filter::default() };
    // To one's own and to everybody's, for who has both or more than one.
    let ways = move || {
        let now = unit.get();
        let others = own.iter().copied().filter(|who| Some(*who) != now);
        let link = |who: ReporterIx| {
            let query = Filter { unit: model.reporter(who).id.to_string(), ..of_year() }.query();
            view! { <Link to=Route::Programmes query=query>{model.reporter_name(who)}</Link> }
        };
        let all = (oversees && now.is_some()).then(|| {
            view! { <Link to=Route::Programmes query=of_year().query()>{t::programme::all_units(locale)}</Link> }
        });
        view! { {all} {others.map(link).collect_view()} }
    };
    let choose = move |event| {
        let year = event_target_value(&event).parse().ok();
        address.turn_to(&(Route::Programmes.path() + &Filter { year, ..filter.get_untracked() }.query()));
    };
    let option = move |one: i16| {
        view! { <option value=one.to_string() selected=move || year.get() == one>{one.to_string()}</option> }
    };
    view! {
        <header class="page-head">
            <div>
                <p class="muted ways">
                    <Link to=Route::Tasks>{t::task::title(locale)}</Link> {changing(ways)}
                </p>
                <h1>{changing(move || match unit.get() {
                    Some(_) => t::programme::of(locale, year.get()),
                    None => t::programme::title(locale).to_owned(),
                })}</h1>
                <p class="muted">{changing(move || unit.get().map(|who| model.reporter_name(who)))}</p>
            </div>
            <div class="page-tools">
                <label class="pill">
                    <span>{t::programme::year(locale)}</span>
                    <select data-year="" prop:value=move || year.get().to_string() on:change=choose>
                        {years(model, live.today()).into_iter().map(option).collect_view()}
                    </select>
                </label>
                <button class="button quiet" type="button" data-print="" on:click=|_| dom::print()>{t::board::print(locale)}</button>
            </div>
        </header>
        <div class="page">{body}</div>
    }
    .into_any()
}
