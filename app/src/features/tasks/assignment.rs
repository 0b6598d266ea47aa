//! Who leads a task and who cooperates, from when until when: to be said by whoever may, to be read by everybody.

use crate::features::history::{About, History};
use crate::features::tasks::fields::{Editing, EntityField, Kept, ReporterNames};
use crate::features::tasks::standing::turn;
use crate::features::tasks::values::{label, words};
use crate::platform::clock;
use crate::reactive::context::{live, locale};
use crate::reactive::tasks::agencies;
use crate::ui::changing::changing;
use chitieu_client::tasks::{assigned, assignment_key, is_confirmed, named_turns, proposed};
use chitieu_domain::plan::{Task, TaskKind};
use chitieu_domain::task::Occurrence;
use chitieu_sync::entity::task_assignment::{COOPERATING, FROM, LEAD, OFFICE, OUTPUT, UNTIL, WORK};
use chitieu_sync::entity::{Change, Kind};
use chitieu_sync::rights::{Right, Thing};
use chitieu_widgets::t;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Its fields, in the order of the form.
const FIELDS: [&str; 7] = [LEAD, OFFICE, FROM, UNTIL, OUTPUT, WORK, COOPERATING];

/// The section: of the task, and of each of its campaigns.
#[component]
pub fn Assignment(task: &'static Task) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let is_assigning = live.may(Right::AssignTask, Thing::Plan);
    let campaigns = Memo::new(move |_| live.replica.with(|replica| named_turns(replica, task)));
    let opened = RwSignal::new(Vec::<Occurrence>::new());
    let has_campaigns = matches!(task.kind, TaskKind::Campaign | TaskKind::OneOff);
    let all = move || {
        let mut all = campaigns.get();
        all.extend(opened.get().into_iter().filter(|one| !campaigns.with(|known| known.contains(one))));
        all
    };
    let day = RwSignal::new(String::new());
    let open = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(day) = chitieu_domain::day::parse(&day.get_untracked()) {
            opened.update(|all| all.push(Occurrence::On(day)));
        }
    };
    view! {
        {is_assigning.then(|| view! { <ReporterNames /> })}
        <Assigned task=task of_turn=None is_assigning=is_assigning />
        {changing(move || all().into_iter().map(|one| view! {
            <Assigned task=task of_turn=Some(one) is_assigning=is_assigning />
        }).collect_view())}
        {(is_assigning && has_campaigns).then(|| view! {
            <form class="card empty task-tools" data-campaign="" on:submit=open>
                <label class="pill">
                    <span>{t::task::campaign_from(locale)}</span>
                    <input type="date" required prop:value=move || day.get() on:input=move |e| day.set(event_target_value(&e)) />
                </label>
                <button class="button quiet" type="submit">{t::task::new_campaign(locale)}</button>
            </form>
        })}
    }
}

/// One assignment.
#[component]
fn Assigned(task: &'static Task, of_turn: Option<Occurrence>, is_assigning: bool) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let key = assignment_key(task, of_turn);
    let of = Editing::new(Kind::TaskAssignment, key.clone());
    let is_proposed = move || {
        of_turn.is_none() && of.view.with(|view| !is_confirmed(live.model(), task, view, live.today()))
    };
    // What the plan proposes is taken over in one step and may be changed before it is kept.
    let confirm = move |_| of.keep(proposed(live.model(), task, live.today()), None);
    // Who was named, ended, and whose work others went on with.
    let former = Memo::new(move |_| {
        let (model, today) = (live.model(), live.today());
        let now = live.replica.with(|replica| assigned(model, replica, task, of_turn, today));
        (now.former, now.lead)
    });
    let went_on = move || {
        let (former, now) = former.get();
        let names = |all: Vec<_>| {
            all.into_iter().map(|ix| live.model().reporter_name(ix)).collect::<Vec<_>>().join("; ")
        };
        (!former.is_empty()).then(|| t::task::went_on(locale, names(former), names(now)))
    };
    let by = move || {
        of.view.with(|view| {
            (view.server.rev > 0).then(|| {
                let at = clock::shown(&view.server.at, locale);
                view! { <span class="muted small">{t::task::changed_by(locale, view.server.author.clone(), at)}</span> }
            })
        })
    };
    let body = if is_assigning {
        let submit = move |event: SubmitEvent| {
            event.prevent_default();
            of.take_up_refused(&FIELDS);
            of.keep(Change::new(), None);
        };
        view! {
            <form id=of_turn.is_none().then_some("assignment") class="entity" on:submit=submit>
                {FIELDS.map(|name| view! { <EntityField of=of name=name is_locked=false /> })}
                {changing(move || of.fault.get().map(|why| view! { <p class="fault wide" role="alert">{why}</p> }))}
                <div class="task-tools wide">
                    <button class="button" type="submit" disabled=move || !(of.is_typed() || of.is_refused())>{t::task::save(locale)}</button>
                    {changing(move || (is_proposed() && !of.is_typed()).then(|| view! {
                        <button class="button quiet" type="button" data-confirm="" on:click=confirm>{t::task::confirm(locale)}</button>
                    }))}
                    <Kept of=of />
                </div>
            </form>
        }
        .into_any()
    } else {
        view! { <Facts of=of /> }.into_any()
    };
    let head = match of_turn {
        Some(one) => turn(one, locale),
        None => t::task::assignment(locale).to_owned(),
    };
    view! {
        <section class="card empty" data-assignment="">
            <div class="task-head">
                <h2>
                    {head} " "
                    {changing(move || is_proposed().then(|| view! { <span class="chip none" data-proposed="">{t::task::proposed(locale)}</span> }))}
                </h2>
                {by}
                <History about=About::Entity(key) />
            </div>
            {changing(move || is_proposed().then(|| view! {
                <p class="muted">{t::task::proposed_about(locale, agencies(&live, &task.lead))}</p>
            }))}
            {changing(move || went_on().map(|said| view! { <p class="warning" data-went-on="">{said}</p> }))}
            {body}
        </section>
    }
}

/// What an assignment says, to be read.
#[component]
pub fn Facts(of: Editing) -> impl IntoView {
    let locale = locale();
    move || {
        let rows = of.view.with(|view| {
            let given = Kind::TaskAssignment.fields().iter().filter_map(|field| {
                let value = view.fields.get(field.name).filter(|known| known.value.text() != "null")?;
                Some((label(field.name, locale), words(field, &value.value, locale)))
            });
            given.collect::<Vec<_>>()
        });
        if rows.is_empty() {
            return view! { <p class="muted">{t::task::not_assigned(locale)}</p> }.into_any();
        }
        let row = |(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> };
        view! { <dl class="facts">{rows.into_iter().map(row).collect_view()}</dl> }.into_any()
    }
}
