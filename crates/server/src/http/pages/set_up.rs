//! The page behind the one-time link that `chitieu init` prints: it makes the first administrator. Plain HTML, no script.

use crate::auth::accounts::{BadName, WeakPassword, check_names, check_password};
use crate::auth::passwords::hash_password;
use crate::auth::session::token_hash;
use crate::auth::set_up::PATH;
use crate::clock::now;
use crate::http::extract::Asked;
use crate::http::problem::Problem;
use crate::http::state::App;
use crate::store::users::SetUp;
use axum::extract::{Form, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chitieu_sync::grants::{Grants, Role};
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;

/// Its sheet.
pub const STYLE: &str = "/quan-tri/thiet-lap.css";
/// Most bytes of what it sends.
pub const MOST_BYTES: usize = 8 * 1024;

/// What the link carries.
#[derive(serde::Deserialize)]
pub struct Link {
    #[serde(default)]
    ma: String,
    #[serde(default)]
    lang: String,
}

/// What the page sends.
#[derive(Default, serde::Deserialize)]
pub struct Filled {
    #[serde(default)]
    ma: String,
    #[serde(default)]
    lang: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// What is wrong with a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Username(&'static str),
    Name(&'static str),
    Password(&'static str),
    Again(&'static str),
}

pub async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/css"))], include_str!("set_up.css"))
}

pub async fn page(State(app): State<App>, Asked(link): Asked<Link>) -> Result<Response, Problem> {
    let locale = Locale::from_tag(&link.lang);
    if !app.store.is_set_up_offered(&token_hash(&link.ma), now().timestamp()).await? {
        return Ok(no_link(locale));
    }
    let empty = Filled { ma: link.ma, lang: link.lang, ..Filled::default() };
    Ok(answer(StatusCode::OK, locale, &form(&empty, locale, None)))
}

pub async fn make(State(app): State<App>, Form(filled): Form<Filled>) -> Result<Response, Problem> {
    let locale = Locale::from_tag(&filled.lang);
    let (hash, now) = (token_hash(&filled.ma), now().timestamp());
    // Nothing is hashed for whoever has no link.
    if !app.store.is_set_up_offered(&hash, now).await? {
        return Ok(no_link(locale));
    }
    let again = |wrong| answer(StatusCode::UNPROCESSABLE_ENTITY, locale, &form(&filled, locale, Some(wrong)));
    if let Err(wrong) = check(&filled, locale) {
        return Ok(again(wrong));
    }
    let password = filled.password.clone();
    let secret = tokio::task::spawn_blocking(move || hash_password(&password)).await;
    let secret = secret.map_err(|error| Problem::Panicked(error.to_string()))?;
    let grants = Grants::plain(Role::Admin, Vec::new());
    let (username, name) = (filled.username.trim(), filled.name.trim());
    Ok(match app.store.set_up((&hash, now), username, name, &secret, &grants).await? {
        SetUp::NoLink => no_link(locale),
        SetUp::NameTaken => again(Wrong::Username(t::set_up::name_taken(locale))),
        SetUp::Done => {
            tracing::info!(username, "the first administrator was made");
            let done = view! {
                <h1>{t::set_up::done(locale)}</h1>
                <p>{t::set_up::next(locale)}</p>
                <p><a href="/">{t::sign_in::enter(locale)}</a></p>
            };
            answer(StatusCode::OK, locale, &done.to_html())
        }
    })
}

fn check(filled: &Filled, locale: Locale) -> Result<(), Wrong> {
    check_names(filled.username.trim(), filled.name.trim()).map_err(|why| match why {
        BadName::Username => Wrong::Username(t::set_up::bad_username(locale)),
        BadName::Shown => Wrong::Name(t::set_up::bad_name(locale)),
    })?;
    check_password(filled.username.trim(), None, &filled.password).map_err(|why| {
        Wrong::Password(match why {
            WeakPassword::Short | WeakPassword::Same => t::problem::password_short(locale),
            WeakPassword::Long => t::problem::password_long(locale),
            WeakPassword::IsName => t::problem::password_is_name(locale),
        })
    })?;
    if filled.password == filled.again { Ok(()) } else { Err(Wrong::Again(t::account::differ(locale))) }
}

fn no_link(locale: Locale) -> Response {
    let text = view! {
        <h1>{t::set_up::no_link(locale)}</h1>
        <p>{t::set_up::another_link(locale)}</p>
    };
    answer(StatusCode::NOT_FOUND, locale, &text.to_html())
}

fn form(filled: &Filled, locale: Locale, wrong: Option<Wrong>) -> String {
    let username = matches!(wrong, Some(Wrong::Username(_)));
    let name = matches!(wrong, Some(Wrong::Name(_)));
    let password = matches!(wrong, Some(Wrong::Password(_)));
    let again = matches!(wrong, Some(Wrong::Again(_)));
    let said = wrong
        .map(|(Wrong::Username(text) | Wrong::Name(text) | Wrong::Password(text) | Wrong::Again(text))| text);
    let fault = |here: bool| {
        said.filter(|_| here).map(|text| view! { <p class="fault" id="fault" role="alert">{text}</p> })
    };
    let about = |here: bool| here.then_some("fault");
    let text = view! {
        <h1>{t::set_up::title(locale)}</h1>
        <p>{t::set_up::about(locale)}</p>
        <form method="post" action=PATH>
            <input type="hidden" name="ma" value=filled.ma.clone() />
            <input type="hidden" name="lang" value=filled.lang.clone() />
            <label for="username">{t::sign_in::username(locale)}</label>
            <input id="username" name="username" required autofocus autocomplete="username" autocapitalize="none"
                value=filled.username.clone() aria-invalid=username.then_some("true") aria-describedby=about(username) />
            {fault(username)}
            <label for="name">{t::set_up::name(locale)}</label>
            <input id="name" name="name" required autocomplete="name"
                value=filled.name.clone() aria-invalid=name.then_some("true") aria-describedby=about(name) />
            {fault(name)}
            <label for="password">{t::sign_in::password(locale)}</label>
            <input id="password" name="password" type="password" required autocomplete="new-password"
                aria-invalid=password.then_some("true") aria-describedby=about(password) />
            <p class="hint">{t::account::rule(locale)}</p>
            {fault(password)}
            <label for="again">{t::account::again(locale)}</label>
            <input id="again" name="again" type="password" required autocomplete="new-password"
                aria-invalid=again.then_some("true") aria-describedby=about(again) />
            {fault(again)}
            <button type="submit">{t::set_up::make(locale)}</button>
        </form>
    };
    text.to_html()
}

fn answer(status: StatusCode, locale: Locale, inner: &str) -> Response {
    let policy =
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        // The link is a secret as long as it is good.
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")),
    ];
    let document = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Chỉ Tiêu</title>\
         <link rel=\"stylesheet\" href=\"{STYLE}\"></head><body><main>{inner}</main></body></html>",
        locale.tag()
    );
    (status, headers, document).into_response()
}
