//! The report of who leads a task, as a body of the same unit that cooperates in it fills it in.

use crate::features::history::{About, History};
use crate::features::tasks::fields::{Editing, EntityField, Kept};
use crate::features::tasks::report::{Returned, Turns, choices, fields};
use crate::reactive::context::{live, locale};
use crate::reactive::tasks::{name, together, turn_of_lead};
use crate::ui::changing::changing;
use crate::ui::list::List;
use crate::ui::state::StateChip;
use chitieu_client::review;
use chitieu_client::tasks::report_key;
use chitieu_domain::ReporterId;
use chitieu_domain::plan::Task;
use chitieu_domain::task::{Occurrence, Openness};
use chitieu_sync::entity::Kind;
use chitieu_sync::entity::task_report::TOGETHER;
use chitieu_sync::submission::State;
use chitieu_widgets::t;
use leptos::prelude::*;

/// The reports that this person fills in with others, a turn at a time; nothing where there are none in any.
#[component]
pub fn Together(task: &'static Task) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let of = move |turn| together(&live, task, turn);
    // The turn that who leads is at, where it is theirs; else the newest that is.
    let first = Memo::new(move |_| {
        let newest = choices(&live, task).into_iter().find(|turn| !of(*turn).is_empty())?;
        let at = of(newest).first().and_then(|(lead, _)| turn_of_lead(&live, task, lead));
        at.filter(|turn| !of(*turn).is_empty()).or(Some(newest))
    });
    let chosen = RwSignal::new(None::<Occurrence>);
    // What was chosen stays, whatever comes later.
    Effect::new(move |_| {
        let first = first.get();
        if chosen.get_untracked().is_none() {
            chosen.set(first);
        }
    });
    let keys = Signal::derive(move || {
        let Some(turn) = chosen.get() else { return Vec::new() };
        let key = |(who, may): (ReporterId, bool)| format!("{turn} {who} {may}");
        of(turn).into_iter().map(key).collect::<Vec<_>>()
    });
    let draw = Callback::new(move |key: String| {
        let mut parts = key.split(' ');
        let turn = parts.next().and_then(|turn| turn.parse().ok());
        let who = parts.next().and_then(|who| who.parse().ok());
        let may = parts.next() == Some("true");
        let shared =
            turn.zip(who).map(|(turn, who)| view! { <Shared task=task who=who turn=turn may=may /> });
        shared.into_any()
    });
    let is_none = move || keys.with(Vec::is_empty);
    changing(move || {
        first.with(Option::is_some).then(|| {
            view! {
                <section class="card empty" data-together="">
                    <div class="task-head">
                        <h2>{t::task::together(locale)}</h2>
                        <Turns task=task chosen=chosen />
                    </div>
                    {changing(move || is_none().then(|| view! { <p class="muted">{t::task::together_none(locale)}</p> }))}
                    <List keys=keys draw=draw />
                </section>
            }
        })
    })
}

#[component]
fn Shared(
    task: &'static Task,
    who: ReporterId,
    turn: Occurrence,
    /// False where they fill it in no more: what they wrote is still to be read.
    may: bool,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let key = report_key(task, &who, turn);
    let of = Editing::new(Kind::TaskReport, key.clone());
    let state = Memo::new(move |_| of.view.with(review::standing));
    let is_locked =
        Signal::derive(move || !may || matches!(state.get(), Some(State::Submitted | State::Approved)));
    let field = move |name: &'static str| {
        let is_theirs = !TOGETHER.contains(&name);
        let is_locked = Signal::derive(move || is_theirs || is_locked.get());
        view! { <EntityField of=of name=name is_locked=is_locked keeps=true /> }
    };
    let about = match task.openness() {
        Openness::WordsOnly => t::task::words_only(locale),
        _ if !may => t::task::together_ended(locale),
        _ => t::task::together_says(locale),
    };
    view! {
        <form class="entity" data-shared=who.to_string() on:submit=move |event| event.prevent_default()>
            <h3 class="wide">{name(&live, &who)}</h3>
            <p class="muted wide">{about}</p>
            <p class="task-tools wide">
                {changing(move || state.get().map(|state| view! { <StateChip state=state locale=locale /> }))}
                <Returned of=of />
                {may.then(|| view! { <History about=About::Entity(key) /> })}
            </p>
            {fields(task).iter().map(|name| field(name)).collect_view()}
            {changing(move || of.fault.get().map(|why| view! { <p class="fault wide" role="alert">{why}</p> }))}
            <div class="task-tools wide"><Kept of=of /></div>
        </form>
    }
}
