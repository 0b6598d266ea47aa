//! What a programme contains: as a table for who reads it and on paper, as cards with their own forms for who writes it.

use crate::features::tasks::fields::Editing;
use crate::features::tasks::programme::item::{Card, Editor, names};
use crate::features::tasks::programme::words::{item_chip, item_faults, item_word};
use crate::platform::{dom, ids, local_storage};
use crate::reactive::context::{live, locale};
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use crate::ui::list::List;
use chitieu_client::tasks::programme::{Filter, Item, ItemStanding, Programme, item_key};
use chitieu_sync::entity::Kind;
use chitieu_widgets::{t, text};
use leptos::prelude::*;
use uuid::Uuid;

/// The section.
#[component]
pub fn Items(of: Memo<Programme>, writes: bool, filter: Memo<Filter>) -> impl IntoView {
    let locale = locale();
    let shown = Memo::new(move |_| {
        let wanted = filter.with(|filter| filter.items);
        let is_shown = |item: &&Item| wanted.is_none_or(|wanted| wanted == item.standing);
        of.with(|of| of.items.iter().filter(is_shown).cloned().collect::<Vec<_>>())
    });
    let counts = changing(move || {
        let link = |standing: ItemStanding| {
            let n = of.with(|of| of.count(standing));
            let query = Filter { items: Some(standing), ..filter.get() }.query();
            (n > 0).then(|| {
                view! {
                    <span data-count=standing.name()>
                        <b>{text::number(n as i128, locale)}</b>
                        <Link to=Route::Programmes query=query>{item_word(standing, locale)}</Link>
                    </span>
                }
            })
        };
        let whole = Filter { items: None, ..filter.get() };
        view! {
            {ItemStanding::ALL.map(link).collect_view()}
            {filter.with(|filter| filter.items.is_some()).then(|| view! {
                <Link to=Route::Programmes query=whole.query()>{t::programme::show_all(locale)}</Link>
            })}
        }
    });
    let said = changing(move || {
        let none = if of.with(|of| of.items.is_empty()) {
            t::programme::no_items(locale)
        } else {
            t::programme::none_so(locale)
        };
        shown.with(Vec::is_empty).then(|| view! { <p class="card empty muted" data-no-items="">{none}</p> })
    });
    view! {
        <section class="section" data-items="">
            <h2>{t::programme::items(locale)}</h2>
            <p class="card summary no-paper" hidden=move || of.with(|of| of.items.is_empty())>{counts}</p>
            {said}
            <Table shown=shown is_paper=writes />
            {writes.then(|| view! { <Cards of=of shown=shown /> })}
        </section>
    }
}

/// To be read.
#[component]
fn Table(shown: Memo<Vec<Item>>, is_paper: bool) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let row = move |item: Item| {
        let due = item.due_on.map(|day| text::day(day, locale));
        let done = item.done_on.map(|day| t::programme::done(locale, text::day(day, locale)));
        let task = item.task.map(|at| live.model().plan().tasks[at].id.clone());
        let faults = item_faults(&item, locale);
        view! {
            <tr data-row=item.id.to_string()>
                <td class="num">{item.number}</td>
                <th scope="row" lang="vi">
                    {item.title}
                    {task.map(|id| view! {
                        <br /><span class="muted"><Link to=Route::Task(id.clone())>{t::programme::for_task(locale, id)}</Link></span>
                    })}
                </th>
                <td lang="vi">{item.output}</td>
                <td>{item.lead.map(|who| names(&[who]))}</td>
                <td>{names(&item.cooperating)}</td>
                <td>{due}</td>
                <td>{item_chip(item.standing, locale)} {faults} <br /> <span class="muted small">{done} " " {item.document}</span></td>
            </tr>
        }
    };
    let head = [
        t::programme::field_number(locale),
        t::programme::field_item(locale),
        t::programme::field_output(locale),
        t::task::lead(locale),
        t::task::cooperating(locale),
        t::programme::field_due(locale),
        t::programme::field_state(locale),
    ];
    changing(move || {
        let rows = shown.get();
        (!rows.is_empty()).then(|| {
            view! {
                <div class="card empty" class:on-paper=is_paper>
                    <table class="duties">
                        <thead><tr>{head.map(|name| view! { <th scope="col">{name}</th> }).collect_view()}</tr></thead>
                        <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
            }
        })
    })
}

/// To be written: a card each, and the next one.
#[component]
fn Cards(of: Memo<Programme>, shown: Memo<Vec<Item>>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let (who, year) = of.with_untracked(|of| (live.model().reporter(of.who).id.clone(), of.year));
    let user = live.me.with_untracked(|me| me.username.clone());
    // One that was begun and not kept is found again, with what was typed into it.
    let storage = StoredValue::new(format!("chitieu.item|{user}|{who}|{year}"));
    let begun = RwSignal::new(
        storage.with_value(|key| local_storage::get(key)).and_then(|text| text.parse::<Uuid>().ok()),
    );
    let opened = RwSignal::new(None::<Uuid>);
    let begin = move |_| {
        let id = ids::new();
        storage.with_value(|key| local_storage::set(key, &id.to_string()));
        opened.set(None);
        begun.set(Some(id));
    };
    let end = Callback::new(move |()| {
        storage.with_value(|key| local_storage::remove(key));
        begun.set(None);
        request_animation_frame(|| dom::focus("add-item"));
    });
    let keys = Signal::derive(move || {
        let is_kept = |item: &&Item| Some(item.id) != begun.get();
        let ids = |all: &[Item]| {
            all.iter().filter(is_kept).map(|item| item.id.to_string()).collect::<Vec<String>>()
        };
        // What was not admitted comes last, whatever is filtered.
        let mut all = shown.with(|all| ids(all));
        all.extend(of.with(|of| ids(&of.refused)));
        all
    });
    let draw = Callback::new(move |id: String| {
        let id: Option<Uuid> = id.parse().ok();
        id.map(|id| view! { <Card of=of id=id opened=opened /> }).into_any()
    });
    view! {
        <ol class="tasks no-paper"><List keys=keys draw=draw /></ol>
        {changing(move || match begun.get() {
            Some(id) => {
                let editing = Editing::new(Kind::AnnualPlanItem, item_key(&who, year, id));
                view! {
                    <section class="card task no-paper" data-new-item="">
                        <h3>{t::programme::new(locale)}</h3>
                        <Editor of=of id=id editing=editing close=end />
                    </section>
                }
                .into_any()
            }
            None => view! {
                <p class="no-paper">
                    <button class="button" type="button" id="add-item" data-add="" on:click=begin>{t::programme::add(locale)}</button>
                </p>
            }
            .into_any(),
        })}
    }
}
