//! Where an administrator starts: files that were attached ([`files`]), texts that look like personal data ([`personal`]), and the
//! commands that keep accounts. All of it is asked of the server as it is shown, and nothing of it stays on the device.

mod file;
mod files;
mod personal;

use crate::platform::net::{self, NetError};
use crate::reactive::context::{live, locale};
use crate::reactive::live::Live;
use crate::ui::changing::changing;
use chitieu_domain::UnitIx;
use chitieu_sync::grants::{Role, Scope};
use chitieu_sync::rights::{Right, Thing};
use chitieu_widgets::{Locale, t};
use chrono::NaiveDate;
use files::files;
use leptos::prelude::*;
use leptos::task::spawn_local;
use personal::personal_texts;
use serde::de::DeserializeOwned;

/// What keeps accounts, on the server.
const COMMANDS: &str = "chitieu user list · chitieu user --help · chitieu backup --help";

/// What is done with an answer of the server, or with why there is none and what to do. It is nobody's: the button that asked may
/// be gone by then.
type Done = Box<dyn FnOnce(Result<String, String>)>;

/// Asks the server for something.
fn fetch(path: String, locale: Locale, done: Done) {
    spawn_local(async move {
        done(net::get_text(&path).await.map_err(|error| fault(&error, locale)));
    });
}

/// Reads an answer.
fn read<T: DeserializeOwned>(text: &str, locale: Locale) -> Result<T, String> {
    serde_json::from_str(text).map_err(|_| t::fault::later(locale).to_owned())
}

/// Why a request brought nothing, and what to do.
fn fault(error: &NetError, locale: Locale) -> String {
    match error {
        NetError::Refused(problem, _) => locale.pick(&problem.title, &problem.title_en).to_owned(),
        NetError::Unreachable => t::fault::unreachable(locale).to_owned(),
        NetError::Unreadable(..) => t::fault::later(locale).to_owned(),
    }
}

// What is drawn here is drawn by these few: each shape of its own costs the file of tasks kilobytes.

/// A paragraph.
fn line(class: &'static str, text: String) -> AnyView {
    view! { <p class=class>{text}</p> }.into_any()
}

/// A button; `about` names what it is for.
fn button(id: &'static str, word: &'static str, about: Option<String>, run: Callback<()>) -> AnyView {
    view! {
        <button class="button quiet small" type="button" data-do=id aria-describedby=about on:click=move |_| run.run(())>{word}</button>
    }
    .into_any()
}

/// A choice of one of these, each with its name.
fn select(
    id: &'static str,
    label: &'static str,
    all: Vec<(String, String)>,
    chosen: RwSignal<String>,
) -> AnyView {
    let choice = |(id, name): (String, String)| view! { <option value=id>{name}</option> };
    view! {
        <label class="pill">
            <span>{label}</span>
            <select data-filter=id on:change=move |e| chosen.set(event_target_value(&e))>{all.into_iter().map(choice).collect_view()}</select>
        </label>
    }
    .into_any()
}

/// A section: its name, what is beside that, and what is in it.
fn section(id: &'static str, title: &'static str, tools: Vec<AnyView>, parts: Vec<AnyView>) -> AnyView {
    view! {
        <section class="card empty section" data-section=id aria-labelledby=id>
            <div class="task-head">
                <h2 id=id>{title}</h2>
                <div class="task-tools">{tools}</div>
            </div>
            {parts}
        </section>
    }
    .into_any()
}

/// What is said once it is so.
fn status(say: impl Fn() -> String + Send + 'static) -> AnyView {
    view! { <p class="muted" role="status" data-said="">{changing(say)}</p> }.into_any()
}

/// The query that names a unit; of the whole plan there is none.
fn query(scope: &str) -> String {
    if scope.is_empty() { String::new() } else { format!("scope={scope}&") }
}

/// The units whose accounts this person keeps, by id and name: first where they begin.
fn units(live: &Live, locale: Locale) -> Vec<(String, String)> {
    let (model, today) = (live.model(), live.today());
    let reports = |to: Option<NaiveDate>| to.is_none_or(|to| today <= to);
    let all = model.reporters().iter().filter(|reporter| reports(reporter.to));
    let mut all: Vec<UnitIx> = all.map(|reporter| reporter.unit).collect();
    let mut first = Vec::new();
    live.me.with_untracked(|me| {
        for grant in me.grants.in_force(today).filter(|grant| grant.role == Role::Admin) {
            match &grant.scope {
                Scope::Plan => first.push((String::new(), t::admin::whole(locale).to_owned())),
                Scope::Unit(unit) => all.extend(model.unit_ix(unit)),
                _ => {}
            }
        }
    });
    all.sort_unstable_by_key(|ix| (model.unit(*ix).level, &model.unit(*ix).name, *ix));
    all.dedup();
    let is_kept = |ix: &UnitIx| live.may(Right::KeepAccounts, Thing::Unit(*ix));
    let named = |ix: UnitIx| (model.unit(ix).id.to_string(), model.unit(ix).name.clone());
    first.truncate(1);
    first.extend(all.into_iter().filter(is_kept).map(named));
    first
}

/// What stands in the place of what is not here: that it is on its way, or why it did not come and a way to ask again.
fn standing(told: RwSignal<Option<Result<(), String>>>, ask: Callback<()>, locale: Locale) -> AnyView {
    changing(move || match told.get() {
        Some(Ok(())) => ().into_any(),
        None => view! { <p class="muted" role="status">{t::shell::starting(locale)}</p> }.into_any(),
        Some(Err(why)) => view! {
            <div class="find error" role="alert" data-fault="">
                {line("", why)}
                <div class="task-tools">{button("retry", t::fault::retry(locale), None, ask)}</div>
            </div>
        }
        .into_any(),
    })
}

/// The screen, below its heading.
#[component]
pub fn Administration() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let units = units(&live, locale);
    let scope = RwSignal::new(units.first().map(|(id, _)| id.clone()).unwrap_or_default());
    view! {
        <div class="page" data-administration="">
            <div class="filters">
                {select("don-vi", t::task::unit(locale), units, scope)}
                {line("muted small", t::admin::about(locale).to_owned())}
            </div>
            {files(scope)}
            {personal_texts(scope)}
            <section class="card empty section" data-accounts="">
                <h2>{t::start::accounts(locale)}</h2>
                {line("", t::start::accounts_about(locale).to_owned())}
                <p><code>{COMMANDS}</code></p>
            </section>
        </div>
    }
}
