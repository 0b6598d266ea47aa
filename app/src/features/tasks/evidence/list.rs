//! The attachments of a report: what each is, where it stands, and ways to look at it or to take it out.

use super::attach::Attach;
use super::{QUARANTINED, attachments, content, ended, held, refusal, size};
use crate::features::fault;
use crate::features::history::{About, History};
use crate::platform::{clock, net};
use crate::reactive::context::{live, locale};
use crate::reactive::files::path;
use crate::reactive::tasks::seen;
use crate::ui::changing::changing;
use chitieu_client::uploads::{PURGED, percent};
use chitieu_domain::ReporterId;
use chitieu_domain::attachment::{MediaType, Refusal};
use chitieu_domain::plan::Task;
use chitieu_domain::task::{Occurrence, Openness};
use chitieu_sync::Rejection;
use chitieu_sync::api::attachments::AttachmentStatus;
use chitieu_sync::entity::task_evidence::{BYTES, MEDIA, NAME, REMOVED, YES};
use chitieu_sync::entity::{Change, EntityKey};
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::FieldStatus;
use chitieu_widgets::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The section; nothing of a task that is spoken of in words only, and nothing where there is nothing to see or to do.
#[component]
pub fn Evidence(
    task: &'static Task,
    who: ReporterId,
    turn: Occurrence,
    /// Files may be attached and taken out.
    #[prop(into)]
    is_open: Signal<bool>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    if task.openness() == Openness::WordsOnly {
        return ().into_any();
    }
    let of = StoredValue::new(who.clone());
    let all = Memo::new(move |_| attachments(&live, task, &of.get_value(), turn));
    view! {
        {changing(move || (is_open.get() || !all.with(Vec::is_empty)).then(|| view! {
            <section class="evidence wide" data-evidence="">
                <h3>{t::evidence::title(locale)}</h3>
                {changing(move || all.with(Vec::is_empty).then(|| view! { <p class="muted">{t::evidence::none(locale)}</p> }))}
                <ul class="files">
                    {changing(move || all.get().into_iter().map(|key| view! { <Attached key_of=key is_open=is_open /> }).collect_view())}
                </ul>
                {changing(move || is_open.get().then(|| view! { <Attach task=task who=of.get_value() turn=turn /> }))}
            </section>
        }))}
    }
    .into_any()
}

/// One of them.
#[component]
fn Attached(key_of: EntityKey, is_open: Signal<bool>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let key = StoredValue::new(key_of.clone());
    let view = Memo::new(move |_| key.with_value(|key| seen(&live, key)));
    let fault = RwSignal::new(None::<String>);
    let shown = RwSignal::new(false);
    let there = RwSignal::new(None::<AttachmentStatus>);
    let name = move || view.with(|view| view.value::<String>(NAME)).unwrap_or_default();
    let media = move || view.with(|view| view.value::<String>(MEDIA)).and_then(|id| MediaType::parse(&id));
    let is_removed = move || view.with(|view| view.value::<String>(REMOVED)).as_deref() == Some(YES);
    let (reporter, sum) = (key_of.stream.reporter().cloned(), content(&key_of));
    let place = reporter.zip(sum).map(|(reporter, sum)| path(&reporter, &sum)).unwrap_or_default();
    let place = StoredValue::new(place);
    // What of it waits on this device.
    let waits = Memo::new(move |_| {
        key.with_value(|key| {
            live.files.with(|all| {
                let own = all.iter().find(|(file, _)| file.key() == *key);
                own.map(|(file, status)| {
                    let is_hidden = matches!(status, AttachmentStatus::Quarantined);
                    let sent = percent(file.sent(status), file.bytes);
                    (file.ended.clone(), sent, is_hidden, file.held_up)
                })
            })
        })
    });
    // Asked for once it is with the server, so that what was taken out of sight says so before somebody opens it.
    let is_sent = Memo::new(move |_| waits.with(Option::is_none) && view.with(|view| view.server.rev > 0));
    Effect::new(move |_| {
        // What another device still sends is asked for again as something comes from the server.
        live.changes.track();
        let is_settled = there.with_untracked(|there| {
            !matches!(
                there,
                None | Some(
                    AttachmentStatus::Absent
                        | AttachmentStatus::RefusedEarlier { .. }
                        | AttachmentStatus::Partial { .. }
                )
            )
        });
        if is_sent.get() && !is_settled {
            let path = format!("{}/status", place.get_value());
            spawn_local(async move {
                if let Ok(status) = net::get::<AttachmentStatus>(&path).await {
                    there.try_set(Some(status));
                }
            });
        }
    });
    let stands = move || {
        if let Some((over, percent, is_hidden, held_up)) = waits.get() {
            if is_hidden {
                return ("warning", ended(QUARANTINED, locale));
            }
            return match over {
                Some(why) => ("fault", ended(&why, locale)),
                None if held_up.is_some() => {
                    ("warning", held_up.map_or_else(String::new, |why| held(why, locale)))
                }
                None if percent == 0 => ("warning", t::evidence::waits(locale).to_owned()),
                None => ("warning", t::evidence::on_its_way(locale, percent.to_string())),
            };
        }
        match there.get() {
            Some(AttachmentStatus::Refused { reason } | AttachmentStatus::RefusedEarlier { reason }) => {
                ("fault", ended(&reason, locale))
            }
            Some(AttachmentStatus::Quarantined) => ("fault", ended(QUARANTINED, locale)),
            Some(AttachmentStatus::Purged) => ("fault", ended(PURGED, locale)),
            Some(AttachmentStatus::Absent | AttachmentStatus::Partial { .. }) => {
                ("warning", t::evidence::elsewhere(locale).to_owned())
            }
            _ => ("muted", String::new()),
        }
    };
    let can_open =
        move || is_sent.get() && matches!(there.get(), None | Some(AttachmentStatus::Stored { .. }));
    let change = move |removed: Option<&'static str>| {
        let key = key.get_value();
        spawn_local(async move {
            let change = Change::from([(REMOVED.to_owned(), Raw::of(&removed))]);
            let done = live.change_entity(&key, &change, Vec::new(), None).await;
            fault.try_set(done.err().map(|why| fault::saving(&why, locale)));
        });
    };
    let refused = move || {
        let status = view.with(|view| view.fields.get(NAME).map(|field| field.status));
        match status {
            Some(FieldStatus::Rejected(Rejection::TooMany)) => Some(refusal(Refusal::TooMany, locale)),
            Some(FieldStatus::Rejected(code)) => Some(fault::rejection(code, locale).to_owned()),
            _ => None,
        }
    };
    let about = move || {
        let bytes = view.with(|view| view.value::<u64>(BYTES)).unwrap_or_default();
        let kind = media().map(|media| media.id().to_uppercase()).unwrap_or_default();
        let by = view.with(|view| {
            (view.server.rev > 0)
                .then(|| format!(" · {} · {}", view.server.author, clock::shown(&view.server.at, locale)))
        });
        format!("{kind} · {}{}", size(bytes, locale), by.unwrap_or_default())
    };
    view! {
        <li data-file=name class:gone=is_removed>
            <div>
                <b>{name}</b>
                <p class="muted small">{about}</p>
                {changing(move || {
                    let (class, said) = stands();
                    (!said.is_empty() && !is_removed()).then(|| view! { <p class=class data-stands="">{said}</p> })
                })}
                {changing(move || is_removed().then(|| view! { <p class="muted">{t::evidence::removed(locale)}</p> }))}
                {changing(move || refused().map(|why| view! { <p class="fault" role="alert">{why}</p> }))}
                {changing(move || fault.get().map(|why| view! { <p class="fault" role="alert">{why}</p> }))}
            </div>
            <div class="task-tools">
                {changing(move || (can_open() && !is_removed()).then(|| view! {
                    {changing(move || media().filter(|media| media.is_image()).map(|_| view! {
                        <button class="button quiet small" type="button" aria-expanded=move || shown.get().to_string() on:click=move |_| shown.update(|is| *is = !*is)>
                            {move || if shown.get() { t::evidence::hide(locale) } else { t::evidence::look(locale) }}
                        </button>
                    }))}
                    {changing(move || media().filter(|media| media.is_shown() && !media.is_image()).map(|_| view! {
                        <a class="button quiet small" href=format!("{}?inline=1", place.get_value()) target="_blank" rel="noopener">{t::evidence::look(locale)}</a>
                    }))}
                    <a class="button quiet small" data-get="" href=place.get_value() download=name>{t::evidence::get(locale)}</a>
                }))}
                {changing(move || (is_open.get() && !is_removed()).then(|| view! {
                    <button class="button quiet small" type="button" data-remove="" on:click=move |_| change(Some(YES))>{t::evidence::remove(locale)}</button>
                }))}
                {changing(move || (is_open.get() && is_removed()).then(|| view! {
                    <button class="button quiet small" type="button" data-restore="" on:click=move |_| change(None)>{t::evidence::restore(locale)}</button>
                }))}
                <History about=About::Entity(key_of) />
            </div>
            {changing(move || shown.get().then(|| view! {
                <img class="preview-image" src=format!("{}?inline=1", place.get_value()) alt=name />
            }))}
        </li>
    }
}
