//! "Tài khoản": a password of one's own, and the devices that are signed in.

use crate::platform::net::{Answer, NetError};
use crate::platform::{clock, net};
use crate::reactive::context::{live, locale};
use crate::reactive::history;
use crate::ui::changing::changing;
use chitieu_sync::api::{ListedSession, PasswordChange};
use chitieu_sync::history::LONGEST_NAME;
use chitieu_widgets::t;
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A field of the form, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Current,
    New,
    Again,
}

/// Which field a refusal is about.
fn field_of(code: &str) -> Field {
    if code.starts_with("password_") { Field::New } else { Field::Current }
}

/// Asks for another password. Where the present one was `given` by an administrator and just typed, it is not asked
/// for again.
#[component]
pub fn NewPassword(
    /// Whose.
    username: String,
    /// The present one, where it is known.
    given: Option<String>,
    /// Called with the user name and what the server answered: it begins a new session.
    done: Callback<(String, Answer)>,
) -> impl IntoView {
    let locale = locale();
    let is_given = given.is_some();
    let inputs: [NodeRef<Input>; 3] = [NodeRef::new(), NodeRef::new(), NodeRef::new()];
    let text = move |field: Field| inputs[field as usize].get_untracked().map(|input| input.value());
    let fault = RwSignal::new(None::<(Field, String)>);
    let asked = StoredValue::new((username.clone(), given));
    let say = move |wrong: Option<(Field, String)>| {
        let wrong = wrong.map(|(field, text)| (if is_given { field.max(Field::New) } else { field }, text));
        for (nth, input) in inputs.iter().enumerate() {
            let Some(input) = input.get_untracked() else { continue };
            let is_wrong = wrong.as_ref().is_some_and(|(field, _)| *field as usize == nth);
            // A field that is gone needs neither.
            input.set_attribute("aria-invalid", if is_wrong { "true" } else { "false" }).ok();
            if is_wrong {
                input.focus().ok();
            }
        }
        fault.set(wrong);
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (username, given) = asked.get_value();
        let current = given.or_else(|| text(Field::Current)).unwrap_or_default();
        let (new, again) = (text(Field::New).unwrap_or_default(), text(Field::Again).unwrap_or_default());
        if new != again {
            return say(Some((Field::Again, t::account::differ(locale).to_owned())));
        }
        say(None);
        spawn_local(async move {
            let body = PasswordChange { username, password: current, new_password: new };
            match net::post_answer("/api/v1/password", &body).await {
                Ok(answer) => {
                    inputs.iter().filter_map(NodeRef::get_untracked).for_each(|input| input.set_value(""));
                    done.run((body.username, answer));
                }
                Err(NetError::Refused(problem, _)) => {
                    let said = locale.pick(&problem.title, &problem.title_en).to_owned();
                    say(Some((field_of(&problem.code), said)));
                }
                Err(_) => say(Some((Field::New, t::fault::unreachable(locale).to_owned()))),
            }
        });
    };
    let field = move |field: Field, id: &'static str, label: &'static str, complete: &'static str| {
        let said = move || fault.get().filter(|(of, _)| *of == field).map(|(_, text)| text);
        let about = format!("{id}-fault");
        view! {
            <label for=id>{label}</label>
            <input id=id type="password" autocomplete=complete required node_ref=inputs[field as usize] aria-describedby=about.clone() />
            <p class="fault" role="alert" id=about>{said}</p>
        }
    };
    view! {
        <form class="sign-in-form" id="new-password-form" on:submit=submit>
            {is_given.then(|| view! { <p>{t::account::must(locale)}</p> })}
            // For the browser's list of passwords.
            <input type="text" name="username" autocomplete="username" hidden readonly value=username />
            {(!is_given).then(|| field(Field::Current, "current-password", t::account::current(locale), "current-password"))}
            {field(Field::New, "new-password", t::account::new(locale), "new-password")}
            <p class="muted small">{t::account::rule(locale)}</p>
            {field(Field::Again, "again-password", t::account::again(locale), "new-password")}
            <button class="button" type="submit">{t::account::save(locale)}</button>
        </form>
    }
}

/// What this device is called, for its person to change.
#[component]
fn DeviceName(
    /// Called once it is saved.
    saved: Callback<()>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let name = RwSignal::new(String::new());
    let said = RwSignal::new(None::<(bool, String)>);
    spawn_local(async move {
        let kept = history::kept_name(live).await;
        let told = match history::name(live, None).await {
            Ok(told) => Some(told),
            Err(_) => kept,
        };
        // What is being typed stays.
        if name.try_with_untracked(String::is_empty) == Some(true) {
            name.set(told.unwrap_or_default());
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            match history::name(live, Some(&name.get_untracked())).await {
                Ok(told) => {
                    name.set(told);
                    said.set(Some((true, t::account::device_saved(locale).to_owned())));
                    saved.run(());
                }
                Err(NetError::Refused(problem, _)) => {
                    said.set(Some((false, locale.pick(&problem.title, &problem.title_en).to_owned())));
                }
                Err(_) => said.set(Some((false, t::account::device_offline(locale).to_owned()))),
            }
        });
    };
    let says = move |good: bool| said.get().filter(|(is_good, _)| *is_good == good).map(|(_, text)| text);
    view! {
        <form class="sign-in-form" id="device-form" on:submit=submit>
            <label for="device-name">{t::account::device(locale)}</label>
            <input
                id="device-name"
                maxlength=LONGEST_NAME
                required
                autocomplete="off"
                aria-describedby="device-help"
                prop:value=move || name.get()
                on:input=move |e| name.set(event_target_value(&e))
            />
            <p class="muted small" id="device-help">{t::account::device_help(locale)}</p>
            <button class="button quiet" type="submit">{t::account::device_save(locale)}</button>
            <p role="status" id="device-saved">{changing(move || says(true))}</p>
            <p class="fault" role="alert">{changing(move || says(false))}</p>
        </form>
    }
}

/// The screen.
#[component]
pub fn Account() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let me = live.me.get_untracked();
    let is_changed = RwSignal::new(false);
    let sessions = RwSignal::new(Vec::<ListedSession>::new());
    let fault = RwSignal::new(None::<String>);
    let load = move || {
        spawn_local(async move {
            // A server that keeps no list shows none.
            sessions.set(net::get("/api/v1/sessions").await.unwrap_or_default());
        });
    };
    load();
    let done = move |_: (String, Answer)| {
        is_changed.set(true);
        load();
    };
    let end = move |id: String| {
        spawn_local(async move {
            let ended = net::delete(&format!("/api/v1/sessions/{id}")).await;
            fault.set(ended.err().map(|error| match error {
                NetError::Refused(problem, _) => locale.pick(&problem.title, &problem.title_en).to_owned(),
                _ => t::fault::unreachable(locale).to_owned(),
            }));
            load();
        });
    };
    let row = move |of: ListedSession| {
        let (id, seen) = (of.id.clone(), t::account::seen(locale, clock::shown(&of.seen_at, locale)));
        view! {
            <li class="task-tools" data-session="">
                <span>{of.device} " · " {seen}</span>
                {if of.is_this {
                    view! { <b>{t::account::this(locale)}</b> }.into_any()
                } else {
                    view! {
                        <button class="button quiet small" on:click=move |_| end(id.clone())>
                            {t::account::end(locale)}
                        </button>
                    }
                        .into_any()
                }}
            </li>
        }
    };
    view! {
        <header class="page-head">
            <div>
                <h1>{t::account::title(locale)}</h1>
                <p class="muted">{me.display_name.clone()} " · " {me.username.clone()}</p>
            </div>
        </header>
        <div class="page">
            <section class="card empty">
                <h2>{t::account::change(locale)}</h2>
                <p role="status" id="password-changed">{changing(move || is_changed.get().then(|| t::account::changed(locale)))}</p>
                <NewPassword username=me.username given=None done=Callback::new(done) />
            </section>
            <section class="card empty">
                <h2>{t::account::device(locale)}</h2>
                <DeviceName saved=Callback::new(move |()| load()) />
            </section>
            {changing(move || {
                let all = sessions.get();
                (!all.is_empty()).then(|| view! {
                    <section class="card empty">
                        <h2>{t::account::sessions(locale)}</h2>
                        <ul>{all.into_iter().map(row).collect_view()}</ul>
                        <p class="fault" role="alert">{changing(move || fault.get())}</p>
                    </section>
                })
            })}
        </div>
    }
}
