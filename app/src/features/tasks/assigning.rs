//! Many tasks assigned at once: which, what, what gives way; kept in one step, and undone in one.

use crate::features::tasks::fields::ReporterNames;
use crate::features::tasks::programme::words::not_kept;
use crate::features::tasks::values::{label, named, words, written};
use crate::reactive::context::{live, locale};
use crate::reactive::tasks::{bodies, leads, name, seen};
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use crate::ui::personal::PersonalWarning;
use chitieu_client::tasks::{
    Planned, Scope, assignment_key, concerning, given_key, is_confirmed, is_set, plan, undone,
};
use chitieu_domain::ReporterId;
use chitieu_sync::entity::task_assignment::{COOPERATING, FROM, LEAD, OFFICE, UNTIL, WORK};
use chitieu_sync::entity::{Change, Kind};
use chitieu_sync::raw::Raw;
use chitieu_sync::rights::{Right, Thing};
use chitieu_widgets::{t, text};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What is being put together.
#[derive(Clone, Copy)]
struct Form {
    /// The plan's own assignments; else what a unit gives to its bodies.
    is_plans: bool,
    /// The tasks that are chosen, by their places in the plan.
    chosen: RwSignal<Vec<usize>>,
    /// The bodies of the unit that get the work.
    bodies: RwSignal<Vec<ReporterId>>,
    /// What is typed, by field.
    typed: RwSignal<Vec<(&'static str, String)>>,
    /// What the plan proposes is taken where nothing is there.
    confirms: RwSignal<bool>,
}

impl Form {
    fn text(self, field: &str) -> String {
        self.typed
            .with(|all| all.iter().find(|(name, _)| *name == field).map(|(_, text)| text.clone()))
            .unwrap_or_default()
    }

    fn set(self, field: &'static str, text: String) {
        self.typed.update(|all| match all.iter_mut().find(|(name, _)| *name == field) {
            Some((_, typed)) => *typed = text,
            None => all.push((field, text)),
        });
    }

    /// What is given, of the fields that something is typed in; none where a name is nobody's.
    fn given(self) -> Option<Change> {
        let mut change = Change::new();
        for (field, text) in self.typed.get() {
            if text.trim().is_empty() {
                continue;
            }
            let value = if field == COOPERATING {
                let all: Option<Vec<ReporterId>> =
                    text.lines().filter(|l| !l.trim().is_empty()).map(named).collect();
                Raw::of(&all?)
            } else {
                written(Kind::TaskAssignment.field(field)?.holds, &text)?
            };
            change.insert(field.to_owned(), value);
        }
        Some(change)
    }

    /// What is to be written.
    fn planned(self) -> Option<Vec<Planned>> {
        let (live, given) = (live(), self.given()?);
        let (bodies, chosen) = (self.bodies.get(), self.chosen.get());
        let scope = if self.is_plans { Scope::Plan } else { Scope::Bodies(&bodies) };
        let with = (&given, self.confirms.get());
        Some(live.replica.with(|replica| plan((live.model(), replica), &chosen, scope, with, live.today())))
    }
}

/// The screen.
#[component]
pub fn Assigning() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let is_plans = live.may(Right::AssignTask, Thing::Plan);
    let form = Form {
        is_plans,
        chosen: RwSignal::new(Vec::new()),
        bodies: RwSignal::new(Vec::new()),
        typed: RwSignal::new(Vec::new()),
        confirms: RwSignal::new(is_plans),
    };
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
    let is_assigned = move |place: usize| {
        let task = &plan.tasks[place];
        if form.is_plans {
            return is_confirmed(&seen(&live, &assignment_key(task, None)));
        }
        bodies(&live).iter().any(|who| is_set(&seen(&live, &given_key(task, who))))
    };
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
    let field = move |name: &'static str| {
        let holds = Kind::TaskAssignment.field(name).map(|field| field.holds);
        let (kind, list) = match name {
            FROM | UNTIL => ("date", None),
            LEAD => ("text", Some("reporters")),
            _ => ("text", None),
        };
        let most = match holds {
            Some(chitieu_sync::entity::field::Holds::Text(most)) => most,
            _ => 200,
        };
        let input = if matches!(name, WORK | COOPERATING) {
            view! {
                <textarea
                    id=format!("many-{name}")
                    rows="3"
                    maxlength=if name == WORK { most } else { 4_000 }
                    prop:value=move || form.text(name)
                    on:input=move |e| form.set(name, event_target_value(&e))
                ></textarea>
            }
            .into_any()
        } else {
            view! {
                <input
                    id=format!("many-{name}")
                    type=kind
                    list=list
                    autocomplete="off"
                    maxlength=most
                    prop:value=move || form.text(name)
                    on:input=move |e| form.set(name, event_target_value(&e))
                />
            }
            .into_any()
        };
        view! {
            <div class="entity-field" class:wide=matches!(name, WORK | COOPERATING)>
                <label for=format!("many-{name}")>{label(name, locale)}</label>
                {input}
                {matches!(name, WORK | OFFICE).then(|| view! {
                    <PersonalWarning text=Signal::derive(move || form.text(name)) locale=locale />
                })}
                {(name == COOPERATING).then(|| view! { <p class="muted small">{t::task::many_cooperating(locale)}</p> })}
            </div>
        }
    };
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
                <fieldset class="chips">
                    <legend>{t::task::many_bodies(locale)}</legend>
                    {bodies(&live).into_iter().map(body).collect_view()}
                </fieldset>
            })}
            <div class="entity">{fields.iter().map(|name| field(name)).collect_view()}</div>
            <label class="pill">
                <input
                    type="checkbox"
                    data-confirms=""
                    prop:checked=move || form.confirms.get()
                    on:change=move |e| form.confirms.set(event_target_checked(&e))
                />
                <span>{confirm}</span>
            </label>
        </section>
    }
}

/// What changes, what gives way, and keeping it.
#[component]
fn Saving(form: Form) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let planned = Memo::new(move |_| form.planned());
    let (done, fault) = (RwSignal::new(Vec::<Planned>::new()), RwSignal::new(None::<String>));
    let said = RwSignal::new(None::<String>);
    let number = move |n: usize| text::number(n as i128, locale);
    let task_id = move |one: &Planned| live.model().plan().tasks[one.task].id.clone();
    let hinders = move || -> Option<String> {
        let Some(all) = planned.get() else { return Some(t::task::unknown_reporter(locale).to_owned()) };
        if !form.is_plans && form.bodies.with(Vec::is_empty) && form.chosen.with(|chosen| !chosen.is_empty())
        {
            return Some(t::task::many_no_body(locale).to_owned());
        }
        let backwards: Vec<String> = all.iter().filter(|one| one.is_backwards).map(task_id).collect();
        (!backwards.is_empty()).then(|| t::task::many_backwards(locale, backwards.join(", ")))
    };
    let count = Memo::new(move |_| planned.with(|all| all.as_ref().map_or(0, Vec::len)));
    let replaced = move || {
        let all = planned.get().unwrap_or_default();
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
        let Some(all) = planned.get_untracked().filter(|all| !all.is_empty()) else { return };
        let changes: Vec<_> = all.iter().map(|one| (one.key.clone(), one.change.clone())).collect();
        spawn_local(async move {
            match live.change_entities(&changes).await {
                Ok(()) => {
                    fault.try_set(None);
                    said.try_set(Some(t::task::many_done(locale, number(all.len()))));
                    done.try_set(all);
                }
                Err(error) => drop(fault.try_set(Some(not_kept(Kind::TaskAssignment, &error, locale)))),
            }
        });
    };
    let undo = move |_| {
        let back = live.replica.with_untracked(|replica| done.with_untracked(|done| undone(replica, done)));
        spawn_local(async move {
            match live.change_entities(&back).await {
                Ok(()) => {
                    fault.try_set(None);
                    said.try_set(Some(t::task::many_undone(locale, number(back.len()))));
                    done.try_set(Vec::new());
                }
                Err(error) => drop(fault.try_set(Some(not_kept(Kind::TaskAssignment, &error, locale)))),
            }
        });
    };
    view! {
        <section class="card empty section" data-review="">
            <h2>{t::task::many_review(locale)}</h2>
            {changing(move || hinders().map(|why| view! { <p class="fault" role="alert">{why}</p> }))}
            {changing(replaced)}
            <p class="muted" data-count="">
                {changing(move || if count.get() == 0 { t::task::many_nothing(locale).to_owned() } else {
                    t::task::many_changes(locale, number(count.get()))
                })}
            </p>
            {changing(move || fault.get().map(|why| view! { <p class="fault" role="alert">{why}</p> }))}
            <div class="task-tools">
                <button class="button" type="button" data-save="" disabled=move || count.get() == 0 || hinders().is_some() on:click=save>
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
