//! Which units have a programme of a year, for who oversees them: counts that open their list, and the list.

use crate::features::entry::paper::PaperHead;
use crate::features::tasks::programme::words::{has_chip, has_class, has_word, item_word};
use crate::platform::address::Address;
use crate::reactive::context::{live, locale};
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use chitieu_client::tasks::programme::{Counts, Filter, Has, Held, ItemStanding, held};
use chitieu_sync::rights::{Right, Thing};
use chitieu_widgets::{t, text};
use leptos::prelude::*;

/// The list.
#[component]
pub fn Units(year: Memo<i16>, filter: Memo<Filter>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let model = live.model();
    let all = Memo::new(move |_| {
        let is_seen = |who| live.may(Right::ReadReports, Thing::Reporter(who));
        let today = live.today();
        let mut all = live.replica.with(|replica| held(model, replica, year.get(), today, &is_seen));
        all.sort_by_key(|one| one.has);
        all
    });
    let shown = Memo::new(move |_| {
        let filter = filter.get();
        all.with(|all| all.iter().filter(|one| filter.shows(model, one)).cloned().collect::<Vec<_>>())
    });
    let number = move |n: usize| text::number(n as i128, locale);
    let counts = changing(move || {
        let counts = all.with(|all| Counts::of(all));
        let count = |has: Has| {
            let query = Filter { has: Some(has), items: None, agency: String::new(), ..filter.get() }.query();
            view! {
                <span data-has=has.name()>
                    <b class=has_class(has)>{number(counts.has(has))}</b>
                    <Link to=Route::Programmes query=query>{has_word(has, locale)}</Link>
                </span>
            }
        };
        let query = Filter { year: filter.get().year, ..Filter::default() }.query();
        view! {
            {Has::ALL.map(count).collect_view()}
            <span data-has="">
                <b></b>
                <Link to=Route::Programmes query=query>{t::programme::units(locale, number(counts.all()))}</Link>
            </span>
        }
    });
    let name = live.model().unit(model.own_territory()).name.clone();
    let period = Signal::derive(move || t::programme::of(locale, year.get()));
    let standing = Signal::derive(move || t::programme::units(locale, number(shown.with(Vec::len))));
    view! {
        <PaperHead who=name title=t::programme::title(locale).to_owned() period=period standing=standing />
        <section class="card summary" data-overview="" aria-label=move || t::programme::overview(locale, year.get())>{counts}</section>
        <Filters filter=filter all=all />
        {changing(move || if shown.with(Vec::is_empty) {
            let query = Filter { year: filter.get().year, ..Filter::default() }.query();
            view! {
                <p class="card empty" data-none="">
                    {t::programme::none_shown(locale)} " " <Link to=Route::Programmes query=query>{t::programme::all_units(locale)}</Link>
                </p>
            }
            .into_any()
        } else {
            view! { <Table shown=shown filter=filter /> }.into_any()
        })}
    }
}

/// The units with what they have, those first that have none.
#[component]
fn Table(shown: Memo<Vec<Held>>, filter: Memo<Filter>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let model = live.model();
    let row = move |one: Held| {
        let about = model.reporter(one.who);
        let of = Filter { year: Some(one.programme.year), unit: about.id.to_string(), ..Filter::default() };
        let cell = |n: usize, items: Option<ItemStanding>| {
            let said = text::number(n as i128, locale);
            let query = Filter { items, ..of.clone() }.query();
            view! {
                <td class="num">
                    {if n == 0 { view! { <span class="muted">{said}</span> }.into_any() } else {
                        view! { <Link to=Route::Programmes query=query>{said}</Link> }.into_any()
                    }}
                </td>
            }
        };
        let ended = about.to.filter(|to| *to < live.today());
        let programme = one.programme;
        let issued =
            programme.issued_on.map(|day| format!("{} · {}", programme.document, text::day(day, locale)));
        let done = programme.count(ItemStanding::Done);
        view! {
            <tr data-unit=about.id.to_string()>
                <th scope="row">
                    <Link to=Route::Programmes query=of.query()>{model.reporter_name(one.who)}</Link>
                    {ended.map(|day| view! { " " <span class="muted small">{t::programme::ended(locale, text::day(day, locale))}</span> })}
                </th>
                <td>
                    {has_chip(one.has, locale)}
                    {(!one.owes).then(|| view! { " " <span class="muted small">{t::programme::not_counted(locale)}</span> })}
                </td>
                <td>{issued}</td>
                <td>{programme.due_on.map(|day| text::day(day, locale))}</td>
                {cell(programme.items.len(), None)}
                {cell(programme.count(ItemStanding::Overdue), Some(ItemStanding::Overdue))}
                {cell(programme.count(ItemStanding::DueSoon), Some(ItemStanding::DueSoon))}
                {cell(programme.count(ItemStanding::DoneLate), Some(ItemStanding::DoneLate))}
                {cell(done, Some(ItemStanding::Done))}
            </tr>
        }
    };
    let head = |name: &'static str| view! { <th scope="col">{name}</th> };
    let count = |name: &'static str| view! { <th scope="col" class="num">{name}</th> };
    view! {
        <section class="card empty wide-table" tabindex="0" aria-label=t::programme::title(locale)>
            <table class="duties">
                <thead>
                    <tr>
                        {head(t::task::unit(locale))}
                        {head(t::programme::has(locale))}
                        {head(t::programme::head_document(locale))}
                        {head(t::programme::field_issue_by(locale))}
                        {count(t::programme::head_items(locale))}
                        {[ItemStanding::Overdue, ItemStanding::DueSoon, ItemStanding::DoneLate, ItemStanding::Done]
                            .map(|standing| count(item_word(standing, locale)))
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>{changing(move || {
                    filter.track();
                    shown.get().into_iter().map(row).collect_view()
                })}</tbody>
            </table>
        </section>
    }
}

/// What the list leaves out; each choice is another address.
#[component]
fn Filters(filter: Memo<Filter>, all: Memo<Vec<Held>>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let model = live.model();
    let address = use_context::<Address>().expect("the root provides it");
    let go = move |to: Filter| address.turn_to(&(Route::Programmes.path() + &to.query()));
    let agencies = Memo::new(move |_| {
        let of = |one: &Held| model.reporter(one.who).id.agency().to_owned();
        let mut ids: Vec<String> = all.with(|all| all.iter().map(of).collect());
        ids.sort_unstable();
        ids.dedup();
        let named = |id: &String| model.plan().agencies.iter().find(|agency| agency.id == *id);
        let found = ids.iter().filter_map(|id| Some((named(id)?.name_vi.clone(), id.clone())));
        let mut found: Vec<(String, String)> = found.collect();
        found.sort();
        found
    });
    let agency = changing(move || {
        let option = |(name, id): (String, String)| {
            let of = id.clone();
            view! { <option value=id selected=move || filter.with(|f| f.agency == of)>{name}</option> }
        };
        agencies.get().into_iter().map(option).collect_view()
    });
    let has = Has::ALL.map(|has| {
        let is_it = move || filter.with(|f| f.has == Some(has));
        view! { <option value=has.name() selected=is_it>{has_word(has, locale)}</option> }
    });
    view! {
        <div class="filters" role="search" aria-label=t::programme::filters(locale)>
            <label class="pill">
                <span>{t::programme::agency(locale)}</span>
                <select data-filter="loai" prop:value=move || filter.with(|f| f.agency.clone()) on:change=move |e| go(Filter { agency: event_target_value(&e), ..filter.get_untracked() })>
                    <option value="">{t::task::any(locale)}</option>
                    {agency}
                </select>
            </label>
            <label class="pill">
                <span>{t::programme::has(locale)}</span>
                <select data-filter="tinh-hinh" prop:value=move || filter.with(|f| f.has.map(Has::name).unwrap_or_default()) on:change=move |e| {
                    go(Filter { has: Has::named(&event_target_value(&e)), ..filter.get_untracked() });
                }>
                    <option value="">{t::task::any(locale)}</option>
                    {has.collect_view()}
                </select>
            </label>
            {changing(move || (!filter.with(Filter::is_whole)).then(|| view! {
                <button class="link" type="button" data-clear="" on:click=move |_| {
                    go(Filter { year: filter.get_untracked().year, ..Filter::default() });
                }>{t::task::clear(locale)}</button>
            }))}
        </div>
    }
}
