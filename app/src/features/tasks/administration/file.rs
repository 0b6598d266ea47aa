//! A file as an administrator sees it: where it stands and how, what was done with it, and what may be.

use super::{button, fault, line, query};
use crate::features::tasks::evidence::size;
use crate::features::tasks::standing::turn;
use crate::platform::{clock, dom, net};
use crate::reactive::context::{live, locale};
use crate::reactive::tasks::name;
use crate::ui::changing::changing;
use crate::ui::personal::PersonalWarning;
use crate::ui::reason::LONGEST;
use chitieu_sync::api::attachments::{AttachmentAct, AttachmentActed, AttachmentPlace, ListedAttachment};
use chitieu_widgets::{Locale, t};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

const QUARANTINE: &str = "quarantine";
const RELEASE: &str = "release";
const PURGE: &str = "purge";

/// A state's word.
pub fn word(state: &str, locale: Locale) -> &'static str {
    match state {
        "stored" => t::admin::stored(locale),
        "quarantined" => t::admin::quarantined(locale),
        "purged" => t::admin::purged(locale),
        "refused" => t::admin::refused(locale),
        _ => t::state::unknown(locale),
    }
}

/// An act's word, the state that it leads to, and what is said once it is done.
fn act(id: &str, locale: Locale) -> (&'static str, &'static str, &'static str) {
    match id {
        QUARANTINE => (t::admin::quarantine(locale), "quarantined", t::admin::quarantine_done(locale)),
        RELEASE => (t::admin::release(locale), "stored", t::admin::release_done(locale)),
        PURGE => (t::admin::purge(locale), "purged", t::admin::purge_done(locale)),
        _ => (t::state::unknown(locale), "", ""),
    }
}

/// What may be done with a file.
fn acts(of: &ListedAttachment) -> &'static [&'static str] {
    match of.state.as_str() {
        _ if of.others => &[],
        "stored" => &[QUARANTINE, PURGE],
        "quarantined" => &[RELEASE, PURGE],
        _ => &[],
    }
}

fn class(state: &str) -> &'static str {
    match state {
        "stored" => "chip met",
        "quarantined" => "chip prov",
        "purged" => "chip not",
        _ => "chip none",
    }
}

/// The row of a content, named by its hash, among all that are listed for a unit; `said` says what was done.
pub fn file(
    key: String,
    all: RwSignal<Vec<ListedAttachment>>,
    scope: RwSignal<String>,
    said: RwSignal<String>,
) -> AnyView {
    let (live, locale) = (live(), locale());
    let (row, named) = (format!("file-{key}"), format!("named-{key}"));
    let key = StoredValue::new(key);
    let is_it = move |one: &ListedAttachment| key.with_value(|key| one.sha256.to_string() == *key);
    let opened = RwSignal::new(None::<&'static str>);
    // It outlives the form: what was asked of the server is told though nobody waits there any more.
    let is_busy = RwSignal::new(false);
    // Whoever is done with an act goes on from the row of its file.
    let close = Callback::new(move |done: Option<AttachmentActed>| {
        opened.set(None);
        if let Some(done) = done {
            let (_, state, words) = act(&done.act, locale);
            said.set(words.to_owned());
            all.update(|all| {
                if let Some(one) = all.iter_mut().find(|one| is_it(one)) {
                    state.clone_into(&mut one.state);
                    one.acts.push(done);
                }
            });
        }
        let row = key.with_value(|key| format!("file-{key}"));
        request_animation_frame(move || dom::focus(&row));
    });
    let place = move |of: &AttachmentPlace| {
        let when = of.turn.parse().map_or_else(|_| of.turn.clone(), |of| turn(of, locale));
        line("", format!("{} · {when} · {}", of.task, name(&live, &of.reporter)))
    };
    let lines = move |of: &ListedAttachment| {
        let mut lines: Vec<AnyView> = of.places.iter().map(place).collect();
        if lines.is_empty() {
            let who = of.reporters.iter().map(|who| name(&live, who)).collect::<Vec<_>>().join(", ");
            lines.push(line("", format!("{} · {who}", t::admin::unplaced(locale))));
        }
        let (kind, hash) = (of.media.to_uppercase(), key.with_value(|key| key[..12].to_owned()));
        let (size, at) = (size(of.bytes, locale), clock::shown(&of.at, locale));
        lines
            .push(line("muted small", format!("{kind} · {size} · {at} · {} {hash}", t::admin::hash(locale))));
        if let Some(last) = of.acts.last() {
            let (what, when) = (act(&last.act, locale).0, clock::shown(&last.at, locale));
            // Of what others hold too, neither who nor why is told.
            let by = if of.others { String::new() } else { format!(" · {}: {}", last.by, last.reason) };
            lines.push(line("small", format!("{what} · {when}{by}")));
        }
        if of.others {
            lines.push(line("warning", t::admin::others(locale).to_owned()));
        }
        lines
    };
    let label = named.clone();
    let shown = changing(move || {
        let of = all.with(|all| all.iter().find(|one| is_it(one)).cloned());
        let Some(of) = of else { return ().into_any() };
        let button = |id: &&'static str| {
            let id = *id;
            let open = Callback::new(move |()| {
                if is_busy.get_untracked() {
                    return;
                }
                opened.set(Some(id));
                let field = key.with_value(|key| format!("why-{key}"));
                request_animation_frame(move || dom::focus(&field));
            });
            button(id, act(id, locale).0, Some(named.clone()), open)
        };
        let mut tools =
            vec![view! { <span class=class(&of.state) data-stands=of.state.clone()>{word(&of.state, locale)}</span> }.into_any()];
        tools.extend(acts(&of).iter().map(button));
        view! { <div class="named" id=named.clone()>{lines(&of)}</div> <div class="task-tools">{tools}</div> }
            .into_any()
    });
    let acting = changing(move || match opened.get() {
        Some(id) => acting(id, key.get_value(), (scope, is_busy), close),
        None => ().into_any(),
    });
    view! { <li data-file="" id=row tabindex="-1" aria-labelledby=label>{shown} {acting}</li> }.into_any()
}

/// Why something is done with a file, and that it is meant.
fn acting(
    id: &'static str,
    key: String,
    (scope, is_busy): (RwSignal<String>, RwSignal<bool>),
    close: Callback<Option<AttachmentActed>>,
) -> AnyView {
    let (live, locale) = (live(), locale());
    let (reason, wrong) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let field = format!("why-{key}");
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let path = format!("/api/v1/attachments/{key}/{id}?{}", query(&scope.get_untracked()));
        let said = AttachmentAct { reason: reason.get_untracked().trim().to_owned() };
        spawn_local(async move {
            let answer = net::post_answer(&path, &said).await;
            // Nobody looks any more.
            if is_busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(_) => {
                    let by = live.me.with_untracked(|me| me.username.clone());
                    let (act, at) = (id.to_owned(), clock::entered_at());
                    close.run(Some(AttachmentActed { act, by, at, reason: said.reason }));
                }
                Err(error) => drop(wrong.try_set(fault(&error, locale))),
            }
        });
    };
    let leave = Callback::new(move |()| {
        if !is_busy.get_untracked() {
            close.run(None);
        }
    });
    let (class, about) = match id {
        QUARANTINE => ("", t::admin::quarantine_about(locale)),
        RELEASE => ("", t::admin::release_about(locale)),
        _ => ("fault", t::admin::purge_about(locale)),
    };
    view! {
        <form class="chosen card acting" data-acting=id on:submit=submit>
            {line(class, about.to_owned())}
            <label for=field.clone()>{t::admin::reason(locale)}</label>
            <input
                id=field
                class="reason"
                required
                maxlength=LONGEST
                pattern=".*\\S.*"
                on:input=move |e| reason.set(event_target_value(&e))
            />
            <PersonalWarning text=reason.into() locale=locale />
            <p class="fault" role="alert">{changing(move || wrong.get())}</p>
            <div class="task-tools">
                <button class="button small" type="submit">{act(id, locale).0}</button>
                {button("leave", t::review::cancel(locale), None, leave)}
            </div>
        </form>
    }
    .into_any()
}
