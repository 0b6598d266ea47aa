//! Many tasks assigned at once: which, what, what gives way; kept in one step, and undone in one.

use crate::features::tasks::editing::Editing;
use crate::features::tasks::fields::{EntityField, Kept, ReporterNames};
use crate::features::tasks::programme::words::not_kept;
use crate::features::tasks::values::{label, words};
use crate::platform::local_storage;
use crate::reactive::context::{live, locale};
use crate::reactive::tasks::{bodies, leads, name, seen};
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use chitieu_client::tasks::{
    Planned, Scope, assignment_key, concerning, given_key, is_confirmed, is_set, plan, undone,
};
use chitieu_domain::ReporterId;
use chitieu_sync::StreamId;
use chitieu_sync::entity::task_assignment::{self, COOPERATING, FROM, LEAD, OFFICE, UNTIL, WORK};
use chitieu_sync::entity::{Change, EntityKey, Kind};
use chitieu_sync::raw::Raw;
use chitieu_sync::rights::{Right, Thing};
use chitieu_widgets::{t, text};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

/// Prefix of what was chosen and not saved, in the browser's small storage.
const CHOSEN: &str = "chitieu.assigning|";

/// What is chosen, by names that another version of the plan knows too.
#[derive(Default, Serialize, Deserialize)]
struct Draft {
    tasks: Vec<String>,
    bodies: Vec<ReporterId>,
    /// None until somebody has said so or otherwise.
    confirms: Option<bool>,
}

/// What is being put together. It stays in the browser's small storage until it is saved or dropped.
#[derive(Clone, Copy)]
struct Form {
    /// The plan's own assignments; else what a unit gives to its bodies.
    is_plans: bool,
    /// The tasks that are chosen, by their places in the plan.
    chosen: RwSignal<Vec<usize>>,
    /// The bodies of the unit that get the work.
    bodies: RwSignal<Vec<ReporterId>>,
    /// What is typed, as of an assignment that says nothing yet.
    fields: Editing,
    /// What the plan proposes is taken where nothing is there.
    confirms: RwSignal<bool>,
}

impl Form {
    /// Takes up what was begun.
    fn new(is_plans: bool) -> Self {
        let live = live();
        let key = CHOSEN.to_owned() + &live.me.with_untracked(|me| me.username.clone());
        let draft = local_storage::get(&key).and_then(|text| serde_json::from_str::<Draft>(&text).ok());
        let draft = draft.unwrap_or_default();
        let tasks = &live.model().plan().tasks;
        let place = |id: &String| tasks.iter().position(|task| task.id == *id);
        let chosen = RwSignal::new(draft.tasks.iter().filter_map(place).collect::<Vec<_>>());
        let bodies = RwSignal::new(draft.bodies);
        let confirms = RwSignal::new(draft.confirms.unwrap_or(is_plans));
        Effect::new(move || {
            let ids = chosen.with(|all| all.iter().map(|place| tasks[*place].id.clone()).collect());
            let said = Some(confirms.get()).filter(|confirms| *confirms != is_plans);
            let draft = Draft { tasks: ids, bodies: bodies.get(), confirms: said };
            if draft.tasks.is_empty() && draft.bodies.is_empty() && said.is_none() {
                return local_storage::remove(&key);
            }
            local_storage::set(&key, &serde_json::to_string(&draft).unwrap_or_default());
        });
        // No task has this name: what is typed here is of none yet.
        let nobodys =
            EntityKey { stream: StreamId::Plan, kind: task_assignment::ID.into(), id: String::new() };
        let fields = Editing::new(Kind::TaskAssignment, nobodys);
        Self { is_plans, chosen, bodies, fields, confirms }
    }

    /// What is to be written of `given`.
    fn planned(self, given: &Change) -> Vec<Planned> {
        let live = live();
        let (bodies, chosen) = (self.bodies.get(), self.chosen.get());
        let scope = if self.is_plans { Scope::Plan } else { Scope::Bodies(&bodies) };
        let with = (given, self.confirms.get());
        live.replica.with(|replica| plan((live.model(), replica), &chosen, scope, with, live.today()))
    }
}

/// The screen.
#[component]
pub fn Assigning() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let is_plans = live.may(Right::AssignTask, Thing::Plan);
    let form = Form::new(is_plans);
    // Those of the unit, as they were when the screen was opened: a task does not leave while it is being given.
    let tasks: Vec<usize> = if is_plans {
        (0..live.model().plan().tasks.len()).collect()
    } else {
        let own: Vec<_> = bodies(&live).iter().filter_map(|id| live.model().reporter_ix(id)).collect();
        live.replica.with_untracked(|replica| concerning(live.model(), replica, &own, live.today()))
    };
    let is_empty = tasks.is_empty();
    view! {
        <header class="page-head">
            <div>
                <p class="muted"><Link to=Route::Tasks>{t::task::title(locale)}</Link></p>
                <h1>{t::task::many_title(locale)}</h1>
            </div>
        </header>
        <div class="page" data-assigning="">
            {is_empty.then(|| view! { <p class="card empty">{t::task::many_none(locale)}</p> })}
            {(!is_empty).then(|| view! {
                <Choosing form=form tasks=tasks />
                <Giving form=form />
                <Saving form=form />
            })}
        </div>
    }
}

/// Which tasks.
#[component]
fn Choosing(form: Form, tasks: Vec<usize>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let plan = live.model().plan();
    let own = bodies(&live);
    let assigned = {
        let tasks = tasks.clone();
        Memo::new(move |_| {
            let is_assigned = |place: &usize| {
                let task = &plan.tasks[*place];
                if form.is_plans {
                    let view = seen(&live, &assignment_key(task, None));
                    return is_confirmed(live.model(), task, &view, live.today());
                }
                own.iter().any(|who| is_set(&seen(&live, &given_key(task, who))))
            };
            tasks.iter().copied().filter(is_assigned).collect::<Vec<_>>()
        })
    };
    let is_assigned = move |place: usize| assigned.with(|all| all.contains(&place));
    let mut sections: Vec<(String, Vec<usize>)> = Vec::new();
    for place in &tasks {
        let section = &plan.tasks[*place].section;
        match sections.last_mut().filter(|(known, _)| known == section) {
            Some((_, all)) => all.push(*place),
            None => sections.push((section.clone(), vec![*place])),
        }
    }
    let flip = move |places: &[usize]| {
        form.chosen.update(|chosen| {
            let is_whole = places.iter().all(|place| chosen.contains(place));
            chosen.retain(|place| !places.contains(place));
            if !is_whole {
                chosen.extend(places);
                chosen.sort_unstable();
            }
        });
    };
    let row = move |place: usize| {
        let task = &plan.tasks[place];
        let title = format!("{} · {}", task.id, locale.pick(&task.title_vi, &task.title_en));
        let class = move || if is_assigned(place) { "chip met" } else { "chip none" };
        let state = move || {
            if is_assigned(place) {
                t::task::confirmed(locale)
            } else if form.is_plans {
                t::task::proposed(locale)
            } else {
                t::task::given_none(locale)
            }
        };
        view! {
            <li>
                <label class="pill">
                    <input
                        type="checkbox"
                        data-choose=task.id.clone()
                        prop:checked=move || form.chosen.with(|all| all.contains(&place))
                        on:change=move |_| flip(&[place])
                    />
                    <span>{title}</span>
                </label>
                <span class=class>{changing(state)}</span>
                <span class="muted small">{changing(move || leads(&live, task))}</span>
            </li>
        }
    };
    let count = tasks.len();
    let open = {
        let tasks = tasks.clone();
        move |_| form.chosen.set(tasks.iter().copied().filter(|place| !is_assigned(*place)).collect())
    };
    let section = move |(name, places): (String, Vec<usize>)| {
        let (all, own) = (places.clone(), places.clone());
        view! {
            <fieldset>
                <legend>
                    <label class="pill">
                        <input
                            type="checkbox"
                            data-section=name.clone()
                            prop:checked=move || form.chosen.with(|chosen| all.iter().all(|place| chosen.contains(place)))
                            on:change=move |_| flip(&own)
                        />
                        <b>{t::task::many_all_of(locale, name.clone())}</b>
                    </label>
                </legend>
                <ul class="copying">{places.into_iter().map(row).collect_view()}</ul>
            </fieldset>
        }
    };
    let chosen = move || {
        let n = form.chosen.with(Vec::len);
        t::task::many_chosen(locale, text::number(n as i128, locale), text::number(count as i128, locale))
    };
    view! {
        <section class="card empty section assigning">
            <div class="task-head">
                <h2>{t::task::many_choose(locale)}</h2>
                <span class="muted" role="status" data-chosen="">{changing(chosen)}</span>
            </div>
            <div class="task-tools">
                <button class="button quiet" type="button" data-open="" on:click=open>{t::task::many_open(locale)}</button>
                <button class="link" type="button" data-clear="" on:click=move |_| form.chosen.set(Vec::new())>{t::task::many_clear(locale)}</button>
            </div>
            {sections.into_iter().map(section).collect_view()}
        </section>
    }
}

/// What is given to them.
#[component]
fn Giving(form: Form) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let fields: &[&'static str] = if form.is_plans {
        &[LEAD, OFFICE, FROM, UNTIL, WORK, COOPERATING]
    } else {
        &[OFFICE, FROM, UNTIL, WORK]
    };
    let body = move |who: ReporterId| {
        let (is_in, of) = (who.clone(), who.clone());
        view! {
            <label class="pill">
                <input
                    type="checkbox"
                    data-body=who.agency().to_owned()
                    prop:checked=move || form.bodies.with(|all| all.contains(&is_in))
                    on:change=move |_| form.bodies.update(|all| {
                        let before = all.len();
                        all.retain(|one| *one != of);
                        if all.len() == before { all.push(of.clone()); }
                    })
                />
                <span>{name(&live, &who)}</span>
            </label>
        }
    };
    let confirm = if form.is_plans { t::task::many_confirm(locale) } else { t::task::many_output(locale) };
    view! {
        <section class="card empty section">
            <h2>{t::task::many_give(locale)}</h2>
            <p class="muted">{t::task::many_about(locale)}</p>
            <ReporterNames />
            {(!form.is_plans).then(|| view! {
                <fieldset class="givers">
                    <legend>{t::task::many_bodies(locale)}</legend>
                    {bodies(&live).into_iter().map(body).collect_view()}
                </fieldset>
            })}
            <div class="entity">{fields.iter().map(|name| view! { <EntityField of=form.fields name=*name is_locked=false /> }).collect_view()}</div>
            <label class="pill">
                <input
                    type="checkbox"
                    data-confirms=""
                    prop:checked=move || form.confirms.get()
                    on:change=move |e| form.confirms.set(event_target_checked(&e))
                />
                <span>{confirm}</span>
            </label>
            <div class="task-tools"><Kept of=form.fields /></div>
        </section>
    }
}

/// What changes, what gives way, and keeping it.
#[component]
fn Saving(form: Form) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let given = Memo::new(move |_| form.fields.given());
    let planned = Memo::new(move |_| given.with(|(given, _)| form.planned(given)));
    let (done, fault) = (RwSignal::new(Vec::<Planned>::new()), RwSignal::new(None::<String>));
    let said = RwSignal::new(None::<String>);
    let number = move |n: usize| text::number(n as i128, locale);
    let task_id = move |one: &Planned| live.model().plan().tasks[one.task].id.clone();
    // What hinders is said once somebody wants to save.
    let hinders = move || -> Option<String> {
        let unknown = given.with_untracked(|(_, unknown)| unknown.clone());
        if !unknown.is_empty() {
            form.fields.ask_about(&unknown);
            return Some(t::task::left_out(locale).to_owned());
        }
        if !form.is_plans && form.bodies.with_untracked(Vec::is_empty) {
            return Some(t::task::many_no_body(locale).to_owned());
        }
        planned.with_untracked(|all| {
            let backwards: Vec<String> = all.iter().filter(|one| one.is_backwards).map(task_id).collect();
            if !backwards.is_empty() {
                return Some(t::task::many_backwards(locale, backwards.join(", ")));
            }
            all.is_empty().then(|| t::task::many_nothing(locale).to_owned())
        })
    };
    let count = Memo::new(move |_| planned.with(Vec::len));
    let replaced = move || {
        let all = planned.get();
        let line = |one: &Planned| -> Vec<String> {
            let said = |(field, was): (&str, &Raw)| {
                let of = Kind::TaskAssignment.field(field)?;
                let now = one.change.get(field)?;
                let (was, now) = (words(of, was, locale), words(of, now, locale));
                Some(t::task::many_replace(locale, task_id(one), label(field, locale), was, now))
            };
            one.replaced().filter_map(said).collect()
        };
        let lines: Vec<String> = all.iter().flat_map(line).collect();
        (!lines.is_empty()).then(|| {
            view! {
                <div class="warning" data-replaces="">
                    <p>{t::task::many_replaces(locale, number(lines.len()))}</p>
                    <ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
                </div>
            }
        })
    };
    let save = move |_| {
        if let Some(why) = hinders() {
            return fault.set(Some(why));
        }
        let all = planned.get_untracked();
        let changes: Vec<_> = all.iter().map(|one| (one.key.clone(), one.change.clone())).collect();
        spawn_local(async move {
            match live.change_entities(&changes).await {
                Ok(()) => {
                    fault.try_set(None);
                    said.try_set(Some(t::task::many_done(locale, number(all.len()))));
                    done.try_set(all);
                    if form.chosen.try_set(Vec::new()).is_none() {
                        form.bodies.set(Vec::new());
                        form.fields.drop_typed();
                    }
                }
                Err(error) => drop(fault.try_set(Some(not_kept(Kind::TaskAssignment, &error, locale)))),
            }
        });
    };
    let undo = move |_| {
        let back = live.replica.with_untracked(|replica| done.with_untracked(|done| undone(replica, done)));
        let stayed: Vec<String> = done.with_untracked(|done| {
            let stays = |one: &&Planned| !back.iter().any(|(key, _)| *key == one.key);
            done.iter().filter(stays).map(task_id).collect()
        });
        spawn_local(async move {
            match live.change_entities(&back).await {
                Ok(()) => {
                    fault.try_set(None);
                    let mut words = t::task::many_undone(locale, number(back.len()));
                    if !stayed.is_empty() {
                        words = words + " " + &t::task::many_stayed(locale, stayed.join(", "));
                    }
                    said.try_set(Some(words));
                    done.try_set(Vec::new());
                }
                Err(error) => drop(fault.try_set(Some(not_kept(Kind::TaskAssignment, &error, locale)))),
            }
        });
    };
    view! {
        <section class="card empty section" data-review="">
            <h2>{t::task::many_review(locale)}</h2>
            {changing(replaced)}
            <p class="muted" data-count="">
                {changing(move || if count.get() == 0 { t::task::many_nothing(locale).to_owned() } else {
                    t::task::many_changes(locale, number(count.get()))
                })}
            </p>
            {changing(move || fault.get().map(|why| view! { <p class="fault" role="alert">{why}</p> }))}
            <div class="task-tools">
                <button class="button" type="button" data-save="" on:click=save>
                    {t::task::many_save(locale)}
                </button>
                <span role="status" data-done="">{changing(move || said.get())}</span>
                {changing(move || done.with(|done| !done.is_empty()).then(|| view! {
                    <button class="button quiet" type="button" data-undo="" on:click=undo>{t::entry::undo(locale)}</button>
                }))}
            </div>
        </section>
    }
}
