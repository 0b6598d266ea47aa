//! Choosing files: each is looked at before it is kept, by the rules that the server applies too; the person sees what is wrong
//! with which, says of pictures that no mark of secrecy is on them, and keeps the rest.

use super::{attachments, refusal, size};
use crate::features::fault;
use crate::platform::uploads::{self, Bytes, Chosen};
use crate::reactive::context::{live, locale};
use crate::reactive::files;
use crate::reactive::live::Live;
use crate::reactive::tasks::seen;
use crate::ui::changing::changing;
use crate::ui::personal::PersonalWarning;
use chitieu_client::tasks::report_key;
use chitieu_client::uploads::{PendingFile, file_name};
use chitieu_domain::ReporterId;
use chitieu_domain::attachment::{MOST_BYTES, MOST_PER_REPORT, MediaType, Refusal, look, secrecy};
use chitieu_domain::plan::Task;
use chitieu_domain::task::Occurrence;
use chitieu_sync::entity::Change;
use chitieu_sync::entity::task_evidence::{BYTES, MARKS, MEDIA, NAME, NONE, REMOVED, YES};
use chitieu_sync::raw::Raw;
use chitieu_widgets::{Locale, t};
use leptos::ev::Event;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A file that was chosen and is not kept yet.
#[derive(Clone)]
struct Candidate {
    name: String,
    bytes: u64,
    content: Option<Bytes>,
    looks: Result<MediaType, Refusal>,
    /// Why it was not kept, where that was tried.
    fault: Option<String>,
}

impl Candidate {
    fn of(chosen: Chosen) -> Self {
        let Chosen { name, bytes, content } = chosen;
        let known = file_name(&name);
        let looks = match (&content, bytes) {
            _ if secrecy::mark(&name.replace(['_', '-', '.'], "\n")).is_some() => Err(Refusal::SecretMark),
            (_, 0) => Err(Refusal::Empty),
            (None, bytes) if bytes > MOST_BYTES as u64 => Err(Refusal::TooLarge),
            (None, _) => Err(Refusal::Unreadable),
            (Some(content), _) => look(&content.to_vec()),
        };
        Self { name: known.unwrap_or(name), bytes, content, looks, fault: None }
    }
}

/// Where a report's files belong.
#[derive(Clone)]
struct Place {
    task: &'static Task,
    who: ReporterId,
    turn: Occurrence,
}

/// The button, and what was chosen with it.
#[component]
pub fn Attach(task: &'static Task, who: ReporterId, turn: Occurrence) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let place = StoredValue::new(Place { task, who, turn });
    let all: RwSignal<Vec<Candidate>, LocalStorage> = RwSignal::new_local(Vec::new());
    let (is_confirmed, is_busy) = (RwSignal::new(false), RwSignal::new(false));
    let choose = move |event: Event| {
        spawn_local(async move {
            let chosen = uploads::chosen(&event, MOST_BYTES).await;
            is_confirmed.set(false);
            all.update(|all| all.extend(chosen.into_iter().map(Candidate::of)));
        });
    };
    let names = Signal::derive(move || {
        all.with(|all| all.iter().map(|one| one.name.clone()).collect::<Vec<_>>().join("\n"))
    });
    let has_any = move || all.with(|all| !all.is_empty());
    // Of texts the server finds a mark; what is scanned it cannot read.
    let is_asked = move || {
        all.with(|all| {
            all.iter()
                .any(|one| matches!(one.looks, Ok(media) if media.is_image() || media == MediaType::Pdf))
        })
    };
    let good = move || all.with(|all| all.iter().filter(|one| one.looks.is_ok()).count());
    let keep = move |_| {
        is_busy.set(true);
        // Read here: the section may be gone before the last file is kept, and all are kept nevertheless.
        let (chosen, place, is_confirmed) =
            (all.get_untracked(), place.get_value(), is_confirmed.get_untracked());
        spawn_local(async move {
            let mut left = Vec::new();
            for mut one in chosen {
                match keep(live, &place, &one, is_confirmed, locale).await {
                    Ok(()) => {}
                    Err(why) => {
                        one.fault = Some(why);
                        left.push(one);
                    }
                }
            }
            all.try_set(left);
            is_busy.try_set(false);
            files::look(live);
            files::send(live);
        });
    };
    let row = move |(nth, one): (usize, Candidate)| {
        let fault = one.fault.or_else(|| one.looks.err().map(|why| refusal(why, locale)));
        view! {
            <li>
                <span><b>{one.name.clone()}</b> " " <span class="muted">{size(one.bytes, locale)}</span></span>
                {fault.map(|why| view! { <p class="fault" role="alert">{why}</p> })}
                <button type="button" class="drop" disabled=move || is_busy.get() aria-label=t::task::take_out(locale, one.name) on:click=move |_| {
                    all.update(|all| { all.remove(nth); });
                }>"×"</button>
            </li>
        }
    };
    view! {
        <label class="button quiet file" data-attach="">
            {t::evidence::attach(locale)}
            <input type="file" multiple disabled=move || is_busy.get() accept=".pdf,.jpg,.jpeg,.png,.webp,.docx,.xlsx,.pptx,.odt,.ods" on:change=choose />
        </label>
        <span class="muted small">{t::evidence::about(locale, size(MOST_BYTES as u64, locale))}</span>
        {changing(move || has_any().then(|| view! {
            <div class="card chosen" data-chosen="">
                <ul class="files">{changing(move || all.get().into_iter().enumerate().map(row).collect_view())}</ul>
                <PersonalWarning text=names locale=locale />
                {changing(move || is_asked().then(|| view! {
                    <label class="check">
                        <input type="checkbox" data-no-marks="" prop:checked=move || is_confirmed.get() on:change=move |e| is_confirmed.set(event_target_checked(&e)) />
                        {t::evidence::no_marks(locale)}
                    </label>
                }))}
                <div class="task-tools">
                    <button
                        class="button"
                        type="button"
                        data-keep-files=""
                        disabled=move || is_busy.get() || good() == 0 || (is_asked() && !is_confirmed.get())
                        on:click=keep
                    >
                        {changing(move || t::evidence::keep(locale, chitieu_widgets::text::number(good() as i128, locale)))}
                    </button>
                    <button class="button quiet" type="button" disabled=move || is_busy.get() on:click=move |_| all.set(Vec::new())>{t::review::cancel(locale)}</button>
                </div>
            </div>
        }))}
    }
}

/// Keeps a file on the device, then says of it that it belongs to the report: whoever stops in between loses neither.
async fn keep(
    live: Live,
    place: &Place,
    one: &Candidate,
    is_confirmed: bool,
    locale: Locale,
) -> Result<(), String> {
    let media = one.looks.map_err(|why| refusal(why, locale))?;
    let content = one.content.as_ref().ok_or_else(|| refusal(Refusal::TooLarge, locale))?;
    let sum =
        uploads::digest(content).await.ok_or_else(|| t::evidence::no_cryptography(locale).to_owned())?;
    let known = attachments(&live, place.task, &place.who, place.turn);
    let is_there = |key: &&_| seen(&live, key).value::<String>(REMOVED).as_deref() != Some(YES);
    let file = PendingFile {
        reporter: place.who.clone(),
        id: format!("{}/{sum}", report_key(place.task, &place.who, place.turn).id),
        name: one.name.clone(),
        bytes: one.bytes,
        ended: None,
        mismatches: 0,
        held_up: None,
    };
    let before = known.iter().find(|key| key.id == file.id);
    if before.as_ref().is_some_and(is_there) {
        return Err(t::evidence::twice(locale).to_owned());
    }
    if known.iter().filter(is_there).count() >= MOST_PER_REPORT {
        return Err(refusal(Refusal::TooMany, locale));
    }
    let change = if before.is_some() {
        Change::from([(REMOVED.to_owned(), Raw::of(&None::<String>))])
    } else {
        let mut change = Change::from([
            (NAME.to_owned(), Raw::of(&file.name)),
            (MEDIA.to_owned(), Raw::of(&media.id())),
            (BYTES.to_owned(), Raw::of(&file.bytes)),
        ]);
        if is_confirmed {
            change.insert(MARKS.to_owned(), Raw::of(&NONE));
        }
        change
    };
    files::keep(live, &file, content).await.map_err(|why| t::fault::storage(locale, why))?;
    if let Err(why) = live.change_entity(&file.key(), &change, Vec::new(), None).await {
        // Nothing names it: what was stored of it is not needed.
        files::drop_kept(live, &file).await;
        return Err(fault::saving(&why, locale));
    }
    Ok(())
}
