//! One item of a programme as its officer sees it: what it says, and below it its form.

use crate::features::history::{About, History};
use crate::features::tasks::fields::{Editing, EntityField, Kept};
use crate::features::tasks::programme::words::{Hindered, item_chip, item_faults, refusal};
use crate::platform::dom;
use crate::reactive::context::{live, locale};
use crate::reactive::tasks::name;
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use crate::ui::reason::ReasonForm;
use chitieu_client::tasks::programme::{
    Hindrance, Item, Programme, is_there, item_hindrances, item_key, next_number, value,
};
use chitieu_domain::ReporterId;
use chitieu_sync::entity::annual_plan_item::{
    COOPERATING, DOCUMENT, DONE, DONE_ON, DROPPED, DUE_ON, FIGURES, LEAD, NUMBER, OUTPUT, STATE, TASK, TITLE,
};
use chitieu_sync::entity::{Change, Kind};
use chitieu_sync::raw::Raw;
use chitieu_widgets::{t, text};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use uuid::Uuid;

const KIND: Kind = Kind::AnnualPlanItem;

/// The fields, in the order in which they are filled in.
const FIELDS: [&str; 11] =
    [NUMBER, STATE, DUE_ON, TITLE, OUTPUT, LEAD, TASK, COOPERATING, FIGURES, DONE_ON, DOCUMENT];

/// Reporters in words.
pub fn names(all: &[ReporterId]) -> String {
    all.iter().map(|who| name(&live(), who)).collect::<Vec<_>>().join("; ")
}

/// The card.
#[component]
pub fn Card(
    of: Memo<Programme>,
    id: Uuid,
    /// Which is open.
    opened: RwSignal<Option<Uuid>>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let item = Memo::new(move |_| {
        of.with(|of| of.items.iter().chain(&of.refused).find(|item| item.id == id).cloned())
    });
    let key = of.with_untracked(|of| item_key(&live.model().reporter(of.who).id, of.year, id));
    let editing = Editing::new(KIND, key.clone());
    let is_open = Memo::new(move |_| opened.get() == Some(id));
    // Whoever is done with the form goes on from where they opened it.
    let close = Callback::new(move |()| {
        opened.set(None);
        request_animation_frame(move || dom::focus(&format!("edit-{id}")));
    });
    let toggle = move |_| {
        let is_opening = !is_open.get_untracked();
        opened.set(is_opening.then_some(id));
        if is_opening {
            request_animation_frame(move || dom::focus(&editing.input_id(NUMBER)));
        }
    };
    let number = move || item.with(|item| item.as_ref().map(|item| item.number.clone())).unwrap_or_default();
    let head = changing(move || {
        item.get().map(|item: Item| {
            view! {
                <h3 lang="vi">{format!("{}. {}", item.number, item.title)}</h3>
                <span class="chips">
                    {item_faults(&item, locale)}
                    {editing.is_typed().then(|| view! { <span class="chip prov" data-half="">{t::programme::half(locale)}</span> })}
                    {item.refused.is_none().then(|| item_chip(item.standing, locale))}
                </span>
            }
        })
    });
    let foot = changing(move || {
        item.get().map(|item| {
            let task = item.task.map(|at| live.model().plan().tasks[at].id.clone());
            view! {
                {item.refused.map(|code| view! { <p class="fault">{refusal(KIND, code, locale)}</p> })}
                <p lang="vi">{t::programme::brings(locale, item.output)}</p>
                <p class="task-foot">
                    {item.due_on.map(|day| view! { <span>{t::task::due_on(locale, text::day(day, locale))}</span> })}
                    {item.done_on.map(|day| view! { <span>{t::programme::done(locale, text::day(day, locale))}</span> })}
                    {item.lead.map(|who| view! { <span>{t::task::led_by(locale, names(&[who]))}</span> })}
                    {(!item.cooperating.is_empty()).then(|| view! { <span>{t::programme::with(locale, names(&item.cooperating))}</span> })}
                    {task.map(|id| view! { <span><Link to=Route::Task(id.clone())>{t::programme::for_task(locale, id)}</Link></span> })}
                    {(!item.document.is_empty()).then(|| view! { <span class="muted">{item.document}</span> })}
                </p>
            }
        })
    });
    view! {
        <li class="card task" data-item=id.to_string()>
            <div class="task-head">{head}</div>
            {foot}
            <div class="task-tools">
                <button
                    class="button quiet small"
                    type="button"
                    id=format!("edit-{id}")
                    data-edit=""
                    aria-expanded=move || is_open.get().to_string()
                    aria-label=move || if is_open.get() { t::programme::close(locale).to_owned() } else { t::programme::edit_of(locale, number()) }
                    on:click=toggle
                >
                    {changing(move || if is_open.get() { t::programme::close(locale) } else { t::programme::edit(locale) })}
                </button>
                <History about=About::Entity(key) />
            </div>
            {changing(move || is_open.get().then(|| view! { <Editor of=of id=id editing=editing close=close /> }))}
        </li>
    }
}

/// What a new item begins with: the next number, and the unit itself as who leads. What says nothing else has not begun.
fn begin(of: &Programme, editing: Editing) {
    editing.set(NUMBER, next_number(&of.items));
    editing.set(LEAD, live().model().reporter_name(of.who));
}

/// Its form: what is typed stays until it is kept.
#[component]
pub fn Editor(
    of: Memo<Programme>,
    id: Uuid,
    editing: Editing,
    /// It is done with.
    close: Callback<()>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    // One that was not admitted is no new one: what was written in it is in its fields.
    let is_new = editing.view.with_untracked(|view| view.fields.is_empty());
    let stands = Memo::new(move |_| editing.view.with(is_there));
    untrack(|| {
        if is_new && !editing.is_typed() {
            of.with_untracked(|of| begin(of, editing));
        }
    });
    if is_new {
        request_animation_frame(move || dom::focus(&editing.input_id(TITLE)));
    }
    let found = RwSignal::new(Vec::<Hindrance>::new());
    // Whatever was given to the device is in its view before the typed text is dropped.
    let is_given = RwSignal::new(false);
    Effect::new(move |_| {
        let is_kept = is_given.get() && !editing.is_typed();
        if is_kept && editing.fault.with(Option::is_none) {
            close.run(());
        }
    });
    // Whoever says that it is done was done today, where they give no other day.
    Effect::new(move |before: Option<String>| {
        let state = editing.text(STATE);
        let is_now_done = before.is_some_and(|before| before != state) && state == DONE;
        if is_now_done && untrack(|| editing.text(DONE_ON)).is_empty() {
            editing.set(DONE_ON, live.today().to_string());
        }
        state
    });
    let save = move |more: Change, reason: Option<String>| {
        editing.take_up_refused(&FIELDS);
        let says = |field: &'static str| untrack(|| editing.text(field));
        let hinders = of.with_untracked(|of| item_hindrances(of, id, &says, live.today()));
        if let Some(first) = hinders.first() {
            let field = match first {
                Hindrance::Missing(field) => *field,
                Hindrance::ToCome(_) => DONE_ON,
                _ => NUMBER,
            };
            dom::focus(&editing.input_id(field));
            return found.set(hinders);
        }
        found.set(Vec::new());
        editing.keep(more, reason);
        is_given.set(true);
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        save(Change::new(), None);
    };
    let no = Signal::derive(|| false);
    let is_over = Memo::new(move |_| {
        let state = editing.view.with(|view| value::<String>(view, STATE));
        matches!(state.as_deref(), Some(DONE | DROPPED))
    });
    let field = move |name: &'static str| {
        let is_locked = if name == DUE_ON { Signal::derive(move || is_over.get()) } else { no };
        view! { <EntityField of=editing name=name is_locked=is_locked /> }
    };
    let (dropping, reason) = (RwSignal::new(false), RwSignal::new(String::new()));
    let drop = Callback::new(move |reason: String| {
        dropping.set(false);
        save(Change::from([(STATE.to_owned(), Raw::of(&DROPPED))]), Some(reason));
    });
    view! {
        <form class="entity" on:submit=submit novalidate>
            {FIELDS.map(field).collect_view()}
            <Hindered kind=KIND head=t::programme::cannot_keep(locale) found=found locale=locale />
            {changing(move || editing.fault.get().map(|why| view! { <p class="fault wide" role="alert">{why}</p> }))}
            <div class="task-tools wide">
                <button class="button" type="submit" data-save="">{t::programme::save(locale)}</button>
                <button class="button quiet" type="button" data-close="" on:click=move |_| {
                    // What was begun and is given up leaves nothing behind; what is typed over an item stays.
                    if is_new && !stands.get_untracked() { editing.drop_typed(); }
                    close.run(());
                }>{t::programme::close(locale)}</button>
                {changing(move || (stands.get() && !is_over.get() && !dropping.get()).then(|| view! {
                    <button class="link" type="button" data-drop-item="" on:click=move |_| dropping.set(true)>
                        {t::programme::drop(locale)}
                    </button>
                }))}
                <Kept of=editing />
            </div>
        </form>
        // Not within the form above: the reason is a form of its own.
        {changing(move || dropping.get().then(|| view! {
            <ReasonForm locale=locale
                leave=t::review::cancel(locale)
                reason=reason
                label=t::programme::drop_why(locale)
                word=t::programme::dropped(locale)
                send=drop
                cancel=Callback::new(move |()| dropping.set(false))
            />
        }))}
    }
}
