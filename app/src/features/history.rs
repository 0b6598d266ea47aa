//! What happened to a form, to one of its cells, or to an entity: who did what when, on which machine. What this device keeps
//! is shown at once, what the server tells in its place.

use crate::features::fault;
use crate::features::roles::role;
use crate::features::tasks::values::{label, label_of, words};
use crate::platform::net::NetError;
use crate::platform::{clock, dom};
use crate::reactive::context::{live, locale};
use crate::reactive::history::{Shown, Source};
use crate::reactive::live::Live;
use crate::reactive::{history, tasks};
use crate::ui::changing::changing;
use chitieu_sync::entity::task_report::{APPROVE, REMARKS, RETURN, STEP, SUBMIT};
use chitieu_sync::entity::{EntityKey, Kind};
use chitieu_sync::grants::Role;
use chitieu_sync::history::Thing;
use chitieu_sync::history::told::{Entry, FieldChange, Saw, What};
use chitieu_sync::outcome::{Head, Outcome};
use chitieu_sync::replica::{CellKey, SubmissionKey};
use chitieu_sync::rights::{self, Right};
use chitieu_sync::submission::Action;
use chitieu_widgets::{Locale, t, text};
use gloo_timers::future::TimeoutFuture;
use leptos::ev::Event;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What a history is shown of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A form, beginning with one of its cells where an element is named.
    Form(SubmissionKey, Option<String>),
    /// An entity.
    Entity(EntityKey),
}

impl About {
    /// The thing, where this element of the form is chosen.
    fn thing(&self, element: &str) -> Thing {
        match self {
            Self::Entity(of) => Thing::Entity(of.clone()),
            Self::Form(of, _) if element.is_empty() => Thing::Submission(of.clone()),
            Self::Form(of, _) => {
                let SubmissionKey { reporter, period, form } = of.clone();
                Thing::Cell(CellKey { reporter, period, element: element.to_owned() }, form)
            }
        }
    }

    /// Names its button and its dialog in the page.
    fn id(&self) -> String {
        match self {
            Self::Form(of, None) => format!("history-{}-{}-{}", of.reporter, of.period, of.form),
            Self::Form(of, Some(element)) => format!("history-{}-{}-{element}", of.reporter, of.period),
            Self::Entity(of) => format!("history-{}-{}-{}", of.stream, of.kind, of.id),
        }
    }
}

/// The button, and what it opens.
#[component]
pub fn History(about: About) -> impl IntoView {
    let locale = locale();
    let is_open = RwSignal::new(false);
    let id = StoredValue::new(about.id());
    let about = StoredValue::new(about);
    let close = Callback::new(move |()| {
        is_open.set(false);
        spawn_local(async move {
            // As long as the dialog is there, nothing outside of it takes the focus.
            TimeoutFuture::new(0).await;
            if let Some(id) = id.try_get_value() {
                dom::focus(&id);
            }
        });
    });
    view! {
        <button class="button quiet small" type="button" id=id.get_value() data-history="" on:click=move |_| is_open.set(true)>
            {t::history::title(locale)}
        </button>
        {changing(move || is_open.get().then(|| view! { <Panel about=about.get_value() close=close /> }))}
    }
}

/// How asking the server stands.
#[derive(Clone, PartialEq)]
enum Asked {
    Waiting,
    Done,
    /// Nobody answered.
    Away,
    /// It said no.
    Refused(String),
}

#[component]
fn Panel(about: About, close: Callback<()>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let id = format!("{}-panel", about.id());
    let heading = heading(&live, &about, locale);
    let first = match &about {
        About::Form(_, element) => element.clone().unwrap_or_default(),
        About::Entity(_) => String::new(),
    };
    let chosen = RwSignal::new(first);
    let shown = RwSignal::new(None::<Shown>);
    let asked = RwSignal::new(Asked::Waiting);
    let stored = StoredValue::new(about.clone());
    let ask = move |is_older: bool| {
        let element = chosen.get_untracked();
        let of = stored.with_value(|about| about.thing(&element));
        let before = shown.get_untracked().filter(|_| is_older);
        asked.set(Asked::Waiting);
        spawn_local(async move {
            if before.is_none() {
                let kept = history::kept(live, &of).await;
                // Another row may be chosen by now, or the panel closed.
                if chosen.try_get_untracked().as_ref() != Some(&element) {
                    return;
                }
                shown.set(kept);
            }
            let answer = history::asked(live, &of, before).await;
            if chosen.try_get_untracked().as_ref() != Some(&element) {
                return;
            }
            match answer {
                Ok(page) => {
                    shown.set(Some(page));
                    asked.set(Asked::Done);
                }
                Err(NetError::Refused(problem, _)) if problem.status < 500 => {
                    asked.set(Asked::Refused(locale.pick(&problem.title, &problem.title_en).to_owned()));
                }
                Err(_) => asked.set(Asked::Away),
            }
        });
    };
    Effect::new(move |_| {
        chosen.track();
        shown.set(None);
        ask(false);
    });
    let dialog = id.clone();
    Effect::new(move |_| dom::show_dialog(&dialog));
    let cancel = move |event: Event| {
        event.prevent_default();
        close.run(());
    };
    let source = move || {
        let from = shown.with(|shown| shown.as_ref().map(|shown| shown.from.clone()));
        match (from, asked.get()) {
            (_, Asked::Refused(why)) => why,
            (Some(Source::Server(at)), _) => t::history::online(locale, clock::shown(&at, locale)),
            (Some(Source::Device(at, is_cut)), Asked::Away) if !at.is_empty() => {
                let kept = t::history::kept(locale, clock::shown(&at, locale));
                if is_cut { format!("{kept} {}", t::history::cut(locale)) } else { kept }
            }
            (_, Asked::Away) => t::history::not_kept(locale).to_owned(),
            _ => t::history::asking(locale).to_owned(),
        }
    };
    let word = move || match shown.with(|shown| shown.as_ref().map(|shown| shown.from.clone())) {
        Some(Source::Server(_)) => "server",
        Some(Source::Device(..)) => "device",
        None => "",
    };
    let list = move || {
        shown.get().map(|shown| {
            if shown.entries.is_empty() && shown.unsent.is_empty() {
                return view! { <p class="muted">{t::history::empty(locale)}</p> }.into_any();
            }
            let own = shown.device.clone();
            let unsent = shown.unsent.iter().map(|(entry, refused)| {
                let mark = match refused {
                    Some(Outcome::Rejected { code }) => {
                        t::history::refused(locale, fault::rejection(*code, locale))
                    }
                    Some(_) => t::history::sent(locale).to_owned(),
                    None => t::paper::unsent(locale).to_owned(),
                };
                line(&live, stored, entry, own.clone(), Some(mark), locale)
            });
            let entries = shown.entries.iter().map(|entry| {
                let is_own = entry.op_id.is_some_and(|id| live.replica.with_untracked(|r| r.is_own(id)));
                let device = entry.device.clone().or_else(|| own.clone().filter(|_| is_own));
                line(&live, stored, entry, device, None, locale)
            });
            let lines: Vec<AnyView> = unsent.chain(entries).collect();
            view! { <ul class="reports">{lines}</ul> }.into_any()
        })
    };
    let is_more = move || shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.next.is_some()));
    view! {
        <dialog class="card preview history" id=id data-panel="" on:cancel=cancel aria-label=t::history::title(locale)>
            <h2>{t::history::title(locale)} {heading.map(|heading| format!(" · {heading}"))}</h2>
            {rows(&live, about, chosen, locale)}
            <p class="muted" role="status" data-from=word>{source}</p>
            <div class="preview-rows" tabindex="0" role="group" aria-label=t::history::title(locale)>{list}</div>
            <div class="task-tools">
                {changing(move || is_more().then(|| view! {
                    <button class="button quiet" data-older="" aria-busy=move || (asked.get() == Asked::Waiting).to_string() disabled=move || asked.get() == Asked::Waiting on:click=move |_| ask(true)>
                        {t::history::older(locale)}
                    </button>
                }))}
                {changing(move || (asked.get() == Asked::Away).then(|| view! {
                    <button class="button quiet" on:click=move |_| ask(false)>{t::history::again(locale)}</button>
                }))}
                <button class="button quiet" on:click=|_| dom::print()>{t::board::print(locale)}</button>
                <button class="button" data-close="" autofocus on:click=move |_| close.run(())>{t::history::close(locale)}</button>
            </div>
        </dialog>
    }
}

/// Whose and when.
fn heading(live: &Live, about: &About, locale: Locale) -> Option<String> {
    let named = |who| tasks::name(live, who);
    match about {
        About::Form(of, _) => Some(format!("{} · {}", named(&of.reporter), text::period(of.period, locale))),
        About::Entity(of) => of.stream.reporter().map(named),
    }
}

/// The choice among a form's rows.
fn rows(live: &Live, about: About, chosen: RwSignal<String>, locale: Locale) -> AnyView {
    let About::Form(of, _) = about else { return view! { <span></span> }.into_any() };
    let Some(form) = live.model().form_ix(&of.form) else { return view! { <span></span> }.into_any() };
    let reporter = live.model().reporter_ix(&of.reporter);
    // Who may not read the figures is told the steps alone.
    if !reporter.is_some_and(|who| live.may(Right::ReadCells, rights::Thing::Form(who, form))) {
        return view! { <span></span> }.into_any();
    }
    let about = live.model().form(form);
    let choice = |value: String, name: String| {
        let is_chosen = chosen.get_untracked() == value;
        view! { <option value=value selected=is_chosen>{name}</option> }
    };
    let steps = format!("{}: {}", t::history::steps(locale), locale.pick(&about.title_vi, &about.title_en));
    let elements = about
        .elements
        .iter()
        .map(|e| choice(e.id.clone(), format!("{}. {}", e.row, locale.pick(&e.name_vi, &e.name_en))));
    let all = std::iter::once(choice(String::new(), steps)).chain(elements).collect_view();
    view! {
        <select aria-label=t::history::of(locale) data-row="" on:change=move |e| chosen.set(event_target_value(&e))>{all}</select>
    }
    .into_any()
}

/// What a value says.
fn said(head: &Head, locale: Locale) -> String {
    let value = match head.value {
        _ if head.cleared => t::cell::cleared_by(locale).to_owned(),
        value => fault::shown(value, locale),
    };
    if head.estimated { format!("{value} ({})", t::cell::estimated_mark(locale)) } else { value }
}

/// What was done and to what, and what is to be said besides.
fn done(entry: &Entry, about: &About, locale: Locale) -> (String, Vec<String>) {
    let mut more = Vec::new();
    let note = |head: &Head, old: Option<&Head>| {
        let note = head.note.as_ref().filter(|note| old.and_then(|old| old.note.as_ref()) != Some(*note))?;
        Some(t::cell::noted(locale, note))
    };
    let what = match &entry.what {
        What::Figure { old, new, settled } => {
            let word = match old {
                _ if !settled.is_empty() => t::history::settled(locale),
                _ if new.cleared => t::cell::clear(locale),
                Some(old) if !old.cleared => t::history::corrected(locale),
                _ => t::history::entered(locale),
            };
            more.extend(note(new, old.as_ref()));
            if !settled.is_empty() {
                let others = settled.iter().filter(|branch| branch.value != new.value);
                let others = others.map(|branch| fault::shown(branch.value, locale)).collect::<Vec<_>>();
                if !others.is_empty() {
                    more.push(t::history::not_taken(locale, others.join("; ")));
                }
            }
            let old = old.as_ref().map(|old| format!("{} → ", said(old, locale)));
            format!("{word}: {}{}", old.unwrap_or_default(), said(new, locale))
        }
        What::Contested { new, stands, saw } => {
            more.extend(stands.as_ref().map(|head| t::history::stands(locale, said(head, locale))));
            more.extend(note(new, None));
            more.push(match saw {
                Saw::Nothing => t::history::saw_nothing(locale).to_owned(),
                Saw::Value(head) => t::history::saw(locale, said(head, locale), &head.author),
                Saw::Unknown => t::history::saw_older(locale).to_owned(),
            });
            format!("{}: {}", t::history::contested(locale), said(new, locale))
        }
        What::Step(action) => step(*action, locale).to_owned(),
        What::Unknown => t::state::unknown(locale).to_owned(),
        What::Fields(changes) => {
            let all = changes.iter().map(|change| field(change, about, locale)).collect::<Vec<_>>();
            all.join("; ")
        }
    };
    more.extend(entry.reason.as_ref().map(|reason| t::history::reason(locale, reason)));
    (what, more)
}

fn step(action: Action, locale: Locale) -> &'static str {
    match action {
        Action::Submit => t::history::submitted(locale),
        Action::Ask => t::history::asks(locale),
        Action::Return => t::review::send_back(locale),
        Action::Approve => t::review::approve(locale),
        Action::Reopen => t::review::reopen(locale),
        Action::Publish => t::review::publish(locale),
    }
}

/// A field of an entity that changed.
fn field(change: &FieldChange, about: &About, locale: Locale) -> String {
    let About::Entity(of) = about else { return String::new() };
    if change.field == STEP {
        return match change.new.read::<String>().as_deref() {
            Some(SUBMIT) => t::history::submitted(locale),
            Some(RETURN) => t::review::send_back(locale),
            Some(APPROVE) => t::review::approve(locale),
            _ => t::state::unknown(locale),
        }
        .to_owned();
    }
    let known = Kind::parse(&of.kind).and_then(|kind| kind.field(&change.field));
    let in_words = |value| known.map_or_else(String::new, |known| words(known, value, locale));
    let name = match Kind::parse(&of.kind) {
        _ if change.field == REMARKS => t::history::remark(locale),
        Some(kind) => label_of(kind, &change.field, locale),
        None => label(&change.field, locale),
    };
    let new = in_words(&change.new);
    if change.is_contested {
        let stands = change.old.as_ref().map(|old| t::history::stands(locale, in_words(old)));
        return format!("{name}, {}: {new} ({})", t::history::contested(locale), stands.unwrap_or_default());
    }
    let old = change.old.as_ref().filter(|_| change.field != REMARKS);
    let old = old.map(|old| format!("{} → ", in_words(old))).unwrap_or_default();
    let settles = if change.settles { t::history::settled(locale) } else { "" };
    let settles = if change.settles { format!(" ({settles})") } else { String::new() };
    format!("{name}: {old}{new}{settles}")
}

/// An office's or a role's name.
fn office(live: &Live, entry: &Entry, locale: Locale) -> Option<String> {
    let by = entry.by.as_ref()?;
    match by.role? {
        Role::Officer => by.office.as_ref().map(|who| tasks::name(live, who)),
        Role::Unknown => None,
        known => Some(role(known, locale).to_owned()),
    }
}

fn line(
    live: &Live,
    about: StoredValue<About>,
    entry: &Entry,
    device: Option<String>,
    mark: Option<String>,
    locale: Locale,
) -> AnyView {
    let (what, more) = about.with_value(|about| done(entry, about, locale));
    let who = match &entry.by {
        Some(by) => format!("{} ({})", by.name, entry.author),
        None => entry.author.clone(),
    };
    let parts = [
        Some(clock::shown(&entry.at, locale)),
        Some(who),
        // An office's account may bear its name.
        office(live, entry, locale).filter(|office| entry.by.as_ref().is_none_or(|by| by.name != *office)),
        device.map(|device| t::history::on(locale, device)),
    ];
    let by = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <li data-entry="">
            <b>{what}</b>
            {mark.map(|mark| view! { " " <span class="chip prov">{mark}</span> })}
            <p class="muted small">{by}</p>
            {(!more.is_empty()).then(|| view! { <p class="small">{more.join(" · ")}</p> })}
        </li>
    }
    .into_any()
}
