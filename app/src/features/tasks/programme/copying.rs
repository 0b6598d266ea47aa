//! Copying a programme into the next year: from this one, or into one that is still to be made.

use crate::features::tasks::programme::words::{item_chip, not_kept};
use crate::reactive::context::{live, locale};
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use chitieu_client::tasks::programme::{Chosen, Filter, Item, Programme, copied, programme};
use chitieu_domain::ReporterIx;
use chitieu_sync::entity::annual_plan_document::{is_kept_by, years};
use chitieu_sync::entity::{Change, EntityKey, Kind, annual_plan_item};
use chitieu_widgets::{t, text};
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

fn address_of(who: ReporterIx, year: i16) -> Filter {
    Filter { year: Some(year), unit: live().model().reporter(who).id.to_string(), ..Filter::default() }
}

fn items_in(changes: &[(EntityKey, Change)]) -> usize {
    changes.iter().filter(|(key, _)| key.kind == annual_plan_item::ID).count()
}

/// A button that takes what is open of the year before.
#[component]
pub fn CopyFrom(
    /// Of the year before.
    of: Memo<Programme>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let model = live.model();
    let fault = RwSignal::new(None::<String>);
    let (who, year) = of.with_untracked(|of| (of.who, of.year));
    let copy = move |_| {
        let today = live.today();
        let to = live.replica.with_untracked(|replica| programme(model, replica, (who, year + 1), today));
        let changes = of.with_untracked(|of| copied(model, of, &to, Chosen::Open, today));
        spawn_local(async move {
            let kept = live.change_entities(&changes).await;
            fault.try_set(kept.err().map(|error| not_kept(Kind::AnnualPlanItem, &error, locale)));
        });
    };
    view! {
        <button class="button quiet" type="button" data-copy-from="" on:click=copy>{t::programme::copy_from(locale, year)}</button>
        {changing(move || fault.get().map(|why| view! { <span class="fault" role="alert">{why}</span> }))}
    }
}

/// Copying into the next year, item by item.
#[component]
pub fn CopyInto(of: Memo<Programme>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let model = live.model();
    let (who, year) = of.with_untracked(|of| (of.who, of.year));
    let next = year + 1;
    if !is_kept_by(model, who, next) || !years(model, live.today()).contains(&next) {
        return ().into_any();
    }
    let to = Memo::new(move |_| {
        let today = live.today();
        live.replica.with(|replica| programme(model, replica, (who, next), today))
    });
    let is_open = RwSignal::new(false);
    let chosen = RwSignal::new(Vec::<Uuid>::new());
    let (done, fault) = (RwSignal::new(None::<usize>), RwSignal::new(None::<String>));
    let is_there = move |id: Uuid| to.with(|to| to.items.iter().any(|item| item.id == id));
    let open = move |_| {
        let open = |of: &Programme| -> Vec<Uuid> {
            of.items.iter().filter(|item| item.standing.is_open()).map(|item| item.id).collect()
        };
        chosen.set(of.with_untracked(open));
        done.set(None);
        is_open.set(true);
    };
    let taken = Memo::new(move |_| chosen.with(|chosen| chosen.iter().filter(|id| !is_there(**id)).count()));
    let copy = move |_| {
        let changes = chosen.with_untracked(|ids| {
            let of = of.get_untracked();
            to.with_untracked(|to| copied(model, &of, to, Chosen::These(ids), live.today()))
        });
        spawn_local(async move {
            match live.change_entities(&changes).await {
                Ok(()) => {
                    done.try_set(Some(items_in(&changes)));
                    is_open.try_set(false);
                    fault.try_set(None);
                }
                Err(error) => drop(fault.try_set(Some(not_kept(Kind::AnnualPlanItem, &error, locale)))),
            }
        });
    };
    let body = move || {
        view! {
            <p>{t::programme::copy_about(locale, next)}</p>
            <ul class="copying">{of.get().items.into_iter().map(|item| view! { <Choice item=item to=to chosen=chosen /> }).collect_view()}</ul>
            {changing(move || fault.get().map(|why| view! { <p class="fault" role="alert">{why}</p> }))}
            <div class="task-tools">
                <button class="button" type="button" data-copy-now="" disabled=move || taken.get() == 0 on:click=copy>
                    {changing(move || t::programme::copy_now(locale, text::number(taken.get() as i128, locale)))}
                </button>
                <button class="button quiet" type="button" on:click=move |_| is_open.set(false)>{t::programme::copy_cancel(locale)}</button>
            </div>
        }
    };
    let query = address_of(who, next).query();
    view! {
        <section class="card empty no-paper section" data-copy="">
            {changing(move || if is_open.get() { body().into_any() } else {
                view! {
                    <div class="task-tools">
                        <button class="button quiet" type="button" data-copy-into="" on:click=open>{t::programme::copy(locale, next)}</button>
                        {done.get().map(|n| view! {
                            <span role="status" data-copied="">{t::programme::copied(locale, text::number(n as i128, locale), next)}</span>
                        })}
                        {to.with(|to| !to.items.is_empty()).then(|| view! {
                            <Link to=Route::Programmes query=query.clone()>{t::programme::see(locale, next)}</Link>
                        })}
                    </div>
                }
                .into_any()
            })}
        </section>
    }
    .into_any()
}

/// One that is copied, or not.
#[component]
fn Choice(item: Item, to: Memo<Programme>, chosen: RwSignal<Vec<Uuid>>) -> impl IntoView {
    let locale = locale();
    let id = item.id;
    let next = to.with_untracked(|to| to.year);
    let is_there = Memo::new(move |_| to.with(|to| to.items.iter().any(|item| item.id == id)));
    let pick = move |_| {
        chosen.update(|all| {
            let before = all.len();
            all.retain(|one| *one != id);
            if all.len() == before {
                all.push(id);
            }
        });
    };
    view! {
        <li>
            <label class="pill">
                <input
                    type="checkbox"
                    data-pick=item.number.clone()
                    disabled=move || is_there.get()
                    prop:checked=move || chosen.with(|all| all.contains(&id))
                    on:change=pick
                />
                <span lang="vi">{format!("{}. {}", item.number, item.title)}</span>
            </label>
            {item_chip(item.standing, locale)}
            {changing(move || is_there.get().then(|| view! { <span class="muted">{t::programme::copy_there(locale, next)}</span> }))}
        </li>
    }
}
