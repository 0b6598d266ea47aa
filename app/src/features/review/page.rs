//! "Duyệt": what was submitted; one button each for what this role may do.

use crate::features::fault;
use crate::features::history::{About, History};
use crate::platform::net;
use crate::reactive::context::{live, locale};
use crate::ui::changing::changing;
use crate::ui::list::List;
use crate::ui::reason::ReasonForm;
use crate::ui::state::StateChip;
use chitieu_domain::model::Model;
use chitieu_domain::search::fold;
use chitieu_sync::outcome::Head;
use chitieu_sync::replica::{Replica, SubmissionKey};
use chitieu_sync::rights::{Right, Thing};
use chitieu_sync::submission::{Action, State};
use chitieu_widgets::{Locale, t, text};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;

/// Most rows shown at once; the search narrows them down.
const SHOWN: usize = 40;

#[derive(Deserialize)]
struct Cell {
    element: String,
    head: Option<Head>,
}

/// The screen.
#[component]
pub fn Review() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let search = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let wanted = fold(&search.get());
        let mut found: Vec<(SubmissionKey, State)> = live.replica.with(|r| {
            let shown = r.submissions().map(|(key, _)| (key.clone(), r.submission(key).state));
            shown
                .filter(|(key, state)| *state != State::Draft && fold(&name(key)).contains(&wanted))
                .collect()
        });
        // What waits for somebody first, then the newest.
        found.sort_by_key(|(key, state)| {
            let asks = live.replica.with_untracked(|r| r.submission(key).asks.is_some());
            let rank = match state {
                _ if asks => 0,
                State::Submitted => 0,
                State::Approved => 1,
                State::Returned => 2,
                State::Published | State::Draft | State::Unknown(_) => 3,
            };
            let to = live.model().form_ix(&key.form).map(|f| live.model().span(f, key.period).to);
            (rank, std::cmp::Reverse(to), key.clone())
        });
        found
    });
    let id = |key: &SubmissionKey| format!("{}|{}|{}", key.reporter, key.period, key.form);
    let names = Signal::derive(move || {
        found.with(|all| all.iter().take(SHOWN).map(|(key, _)| id(key)).collect::<Vec<_>>())
    });
    let draw = Callback::new(move |wanted: String| {
        let key =
            found.with_untracked(|all| all.iter().find(|(key, _)| id(key) == wanted).map(|(k, _)| k.clone()));
        key.map(|key| view! { <Submission key_of=key /> }).into_any()
    });
    view! {
        <header class="page-head">
            <div>
                <h1>{t::review::title(locale)}</h1>
                <p class="muted">{changing(move || t::review::count(locale, text::number(found.with(Vec::len) as i128, locale)))}</p>
            </div>
            <div class="page-tools">
                <input
                    type="search"
                    class="search"
                    id="search"
                    placeholder=t::review::search(locale)
                    aria-label=t::review::search(locale)
                    prop:value=move || search.get()
                    on:input=move |e| search.set(event_target_value(&e))
                />
            </div>
        </header>
        <div class="page">
            <ul class="tasks">
                <List keys=names draw=draw />
            </ul>
            {changing(move || found.with(Vec::is_empty).then(|| view! { <p class="card empty">{t::review::nothing(locale)}</p> }))}
            {changing(move || (found.with(Vec::len) > SHOWN).then(|| view! { <p class="muted">{t::review::more(locale, SHOWN)}</p> }))}
        </div>
    }
    .into_any()
}

/// Form, reporter and period in words.
fn name(key: &SubmissionKey) -> String {
    let model = live().model();
    let who = model.reporter_ix(&key.reporter).map_or_else(String::new, |ix| model.reporter_name(ix));
    let form = model.form_ix(&key.form).map_or(key.form.as_str(), |f| &model.form(f).title_vi);
    format!("{form} · {who} · {} · {}", key.period, key.reporter)
}

/// A submission with what this person may do to it.
#[component]
pub fn Submission(
    /// Which.
    key_of: SubmissionKey,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let key = StoredValue::new(key_of.clone());
    let state = Signal::derive(move || key.with_value(|k| live.replica.with(|r| r.submission(k).state)));
    let asks = Memo::new(move |_| key.with_value(|k| live.replica.with(|r| r.submission(k).asks)));
    let (fault, reason) = (RwSignal::new(None::<String>), RwSignal::new(String::new()));
    // The step that waits for its reason.
    let asking = RwSignal::new(None::<Action>);
    let figures = RwSignal::new(None::<Vec<(String, String)>>);
    let send = move |action: Action, reason: Option<String>| {
        spawn_local(async move {
            match live.step(&key.get_value(), action, reason).await {
                Ok(()) => {
                    fault.set(None);
                    asking.set(None);
                }
                Err(error) => fault.set(Some(fault::saving(&error, locale))),
            }
        });
    };
    let step = move |action: Action| {
        if action.needs_reason() { asking.set(Some(action)) } else { send(action, None) }
    };
    let show = move |_| {
        // What waits for this person is on the device.
        let cells = key.with_value(|k| live.replica.with_untracked(|r| here(r, live.model(), k)));
        if !cells.is_empty() {
            let form = key.with_value(|k| k.form.clone());
            figures.set(Some(rows(live.model(), locale, &cells, &form)));
            return;
        }
        spawn_local(async move {
            let SubmissionKey { reporter, period, form } = key.get_value();
            let answer: Result<Vec<Cell>, _> =
                net::get(&format!("/api/v1/figures?reporter={reporter}&period={period}&form={form}")).await;
            match answer {
                Ok(cells) => figures.set(Some(rows(live.model(), locale, &cells, &form))),
                Err(_) => fault.set(Some(t::board::online_only(locale).to_owned())),
            }
        });
    };
    let actions = [
        (Action::Approve, t::review::approve(locale), "button"),
        (Action::Publish, t::review::publish(locale), "button"),
        (Action::Return, t::review::send_back(locale), "button quiet"),
        (Action::Reopen, t::review::reopen(locale), "button quiet"),
    ];
    let (reporter, form) = (live.model().reporter_ix(&key_of.reporter), live.model().form_ix(&key_of.form));
    let may = move |right| {
        reporter.zip(form).is_some_and(|(reporter, form)| live.may(right, Thing::Form(reporter, form)))
    };
    let allowed = move |action: Action| may(Right::Step(action)) && state.get().after(action).is_some();
    let about = form.map(|f| live.model().form(f));
    let title = about.map_or_else(String::new, |f| locale.pick(&f.title_vi, &f.title_en).to_owned());
    let who = reporter.map_or_else(String::new, |ix| live.model().reporter_name(ix));
    let test_id = format!("{}/{}/{}", key_of.reporter, key_of.form, key_of.period);
    view! {
        <li class="card task" data-submission=test_id>
            <div class="task-head">
                <h2>{title}</h2>
                <StateChip state=state locale=locale />
            </div>
            {changing(move || asks.get().map(|why| view! { <p class="warning">{t::ask::asked(locale, why)}</p> }))}
            <p class="muted">{format!("{who} · {}", t::review::period(locale, text::period(key_of.period, locale)))}</p>
            <div class="task-tools">
                {may(Right::ReadCells).then(|| view! {
                    <button class="link" data-show="" on:click=show>{t::review::show(locale)}</button>
                })}
                <History about=About::Form(key_of.clone(), None) />
                {actions
                    .into_iter()
                    .map(|(action, word, class)| {
                        move || {
                            (allowed(action) && asking.get() != Some(action)).then(|| view! {
                                <button class=class data-action=format!("{action:?}") on:click=move |_| step(action)>
                                    {word}
                                </button>
                            })
                        }
                    })
                    .collect_view()}
            </div>
            {changing(move || {
                asking.get().filter(|action| allowed(*action)).map(|action| view! {
                    <ReasonForm locale=locale
                        leave=t::review::cancel(locale)
                        reason=reason
                        label=t::review::reason(locale)
                        word=if action == Action::Return { t::review::send_back(locale) } else { t::review::reopen(locale) }
                        send=Callback::new(move |reason| send(action, Some(reason)))
                        cancel=Callback::new(move |()| asking.set(None))
                    />
                })
            })}
            {changing(move || fault.get().map(|f| view! { <p class="fault" role="alert">{f}</p> }))}
            {changing(move || {
                figures.get().map(|rows| {
                    let row = |(name, value)| view! { <tr><th scope="row">{name}</th><td class="num">{value}</td></tr> };
                    view! { <table class="plain"><tbody>{rows.into_iter().map(row).collect_view()}</tbody></table> }
                })
            })}
        </li>
    }
}

/// The cells of a form that this device holds.
fn here(replica: &Replica, model: &Model, form: &SubmissionKey) -> Vec<Cell> {
    let cells = form.cells(model).into_iter();
    cells
        .filter_map(|key| {
            let head = replica.server_cell(&key)?.head.clone();
            Some(Cell { element: key.element, head })
        })
        .collect()
}

fn rows(model: &Model, locale: Locale, cells: &[Cell], form: &str) -> Vec<(String, String)> {
    let Some(form) = model.form_ix(form) else { return Vec::new() };
    let elements = model.form(form).elements.iter();
    elements
        .map(|e| {
            let head = cells.iter().find(|c| c.element == e.id).and_then(|c| c.head.as_ref());
            let mut value =
                head.and_then(|h| h.value).map_or_else(|| "–".to_owned(), |v| text::number(v.into(), locale));
            if head.is_some_and(|h| h.estimated) {
                value = format!("{value} ({})", t::cell::estimated_mark(locale));
            }
            if let Some(note) = head.and_then(|h| h.note.as_ref()) {
                value = format!("{value} · {}", t::cell::noted(locale, note));
            }
            (format!("{}. {}", e.row, locale.pick(&e.name_vi, &e.name_en)), value)
        })
        .collect()
}
