//! Sign in.

use crate::app::{Context, locale};
use crate::late::{self, Part};
use crate::platform::net::{self, Answer, NetError};
use chitieu_widgets::t;
use gloo_timers::future::TimeoutFuture;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;

#[derive(Serialize)]
struct Credentials<'a> {
    username: &'a str,
    password: &'a str,
}

/// The form alone; `username` is fixed when a session is renewed.
#[component]
pub fn SignInForm(
    /// Called with the user name and what `POST session` answered.
    #[prop(into)]
    done: Callback<(String, Answer)>,
    /// Filled in beforehand.
    #[prop(optional)]
    username: String,
) -> impl IntoView {
    let locale = locale();
    let context = use_context::<Context>().expect("the root provides it");
    let name = RwSignal::new(username);
    let password = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    // The password was given by an administrator: another one has to be chosen first.
    let must_change = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        spawn_local(async move {
            // Else the end of the last session would be this one's.
            while context.is_leaving.get_untracked() {
                TimeoutFuture::new(50).await;
            }
            let username = name.get_untracked().trim().to_owned();
            let password = password.get_untracked();
            let body = Credentials { username: &username, password: &password };
            let answer = net::post_answer("/api/v1/session", &body).await;
            busy.set(false);
            match answer {
                Ok(answer) => done.run((username, answer)),
                Err(NetError::Refused(problem, _)) if problem.code == "must_change_password" => {
                    must_change.set(true);
                }
                Err(NetError::Refused(problem, _)) => {
                    fault.set(Some(locale.pick(&problem.title, &problem.title_en).to_owned()));
                }
                Err(_) => fault.set(Some(t::fault::unreachable(locale).to_owned())),
            }
        });
    };
    view! {
        {move || {
            let change = || Part::NewPassword(name.get_untracked(), password.get_untracked(), done);
            must_change.get().then(|| late::draw(change()))
        }}
        <form class="sign-in-form" on:submit=submit>
            <label for="username">{t::sign_in::username(locale)}</label>
            <input
                id="username"
                name="username"
                autocomplete="username"
                autocapitalize="none"
                required
                prop:value=move || name.get()
                on:input=move |e| name.set(event_target_value(&e))
            />
            <label for="password">{t::sign_in::password(locale)}</label>
            <input
                id="password"
                name="password"
                type="password"
                autocomplete="current-password"
                required
                prop:value=move || password.get()
                on:input=move |e| password.set(event_target_value(&e))
            />
            <p class="fault" role="alert">{move || fault.get()}</p>
            <button class="button" type="submit" disabled=move || busy.get()>
                {move || if busy.get() { t::sign_in::busy(locale) } else { t::sign_in::enter(locale) }}
            </button>
        </form>
    }
}

/// The screen.
#[component]
pub fn SignIn(
    /// Why nobody is signed in, where there is a reason.
    why: Option<String>,
) -> impl IntoView {
    let locale = locale();
    let context = use_context::<Context>().expect("the root provides it");
    let done = move |(username, answer): (String, Answer)| {
        spawn_local(context.enter(username, Some(answer)));
    };
    view! {
        <main class="sign-in">
            <section class="card">
                <h1>{t::shell::title(locale)}</h1>
                <p class="muted">{t::sign_in::about(locale)}</p>
                {why.map(|why| view! { <p class="fault" role="alert">{why}</p> })}
                <SignInForm done=Callback::new(done) />
                {late::draw(Part::OthersWaiting)}
                <p class="muted small">{t::sign_in::secrets(locale)}</p>
            </section>
        </main>
    }
}
