//! The report of who leads a task, as a body of the same unit that cooperates in it fills it in.

use crate::features::history::{About, History};
use crate::features::tasks::fields::{Editing, EntityField, Kept};
use crate::features::tasks::report::{Turns, choices, fields};
use crate::reactive::context::{live, locale};
use crate::reactive::tasks::{name, together, turn_of_lead};
use crate::ui::changing::changing;
use crate::ui::state::StateChip;
use chitieu_client::review;
use chitieu_client::tasks::report_key;
use chitieu_domain::ReporterId;
use chitieu_domain::plan::Task;
use chitieu_domain::task::Occurrence;
use chitieu_sync::entity::Kind;
use chitieu_sync::entity::task_report::TOGETHER;
use chitieu_sync::submission::State;
use chitieu_widgets::t;
use leptos::prelude::*;

/// The reports that this person fills in with others, a turn at a time; nothing where there are none.
#[component]
pub fn Together(task: &'static Task) -> impl IntoView {
    let live = live();
    let of = move |turn| together(&live, task, turn);
    let first = untrack(|| {
        let newest = choices(&live, task).into_iter().find(|turn| !of(*turn).is_empty())?;
        of(newest).first().and_then(|lead| turn_of_lead(&live, task, lead)).or(Some(newest))
    });
    let chosen = RwSignal::new(first);
    let all = Memo::new(move |_| chosen.get().map(of).unwrap_or_default());
    changing(move || {
        let turn = chosen.get()?;
        let one = move |who| view! { <Shared task=task who=who turn=turn chosen=chosen /> };
        Some(all.get().into_iter().map(one).collect_view())
    })
}

#[component]
fn Shared(
    task: &'static Task,
    who: ReporterId,
    turn: Occurrence,
    chosen: RwSignal<Option<Occurrence>>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let key = report_key(task, &who, turn);
    let of = Editing::new(Kind::TaskReport, key.clone());
    let state = Memo::new(move |_| of.view.with(review::standing));
    let is_locked = Signal::derive(move || matches!(state.get(), Some(State::Submitted | State::Approved)));
    let shown = name(&live, &who);
    let field = move |name: &'static str| {
        let is_theirs = !TOGETHER.contains(&name);
        let is_locked = Signal::derive(move || is_theirs || is_locked.get());
        view! { <EntityField of=of name=name is_locked=is_locked keeps=true /> }
    };
    view! {
        <section class="card empty" data-together=who.to_string()>
            <div class="task-head">
                <h2>{t::task::together(locale, shown)}</h2>
                <Turns task=task chosen=chosen />
            </div>
            <p class="muted">{t::task::together_says(locale)}</p>
            <form class="entity" on:submit=move |event| event.prevent_default()>
                <p class="task-tools wide">
                    {changing(move || state.get().map(|state| view! { <StateChip state=state locale=locale /> }))}
                    <History about=About::Entity(key) />
                </p>
                {fields(task).iter().map(|name| field(name)).collect_view()}
                {changing(move || of.fault.get().map(|why| view! { <p class="fault wide" role="alert">{why}</p> }))}
                <div class="task-tools wide"><Kept of=of /></div>
            </form>
        </section>
    }
}
