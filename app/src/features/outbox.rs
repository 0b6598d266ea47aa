//! "Chờ gửi": what is on this device alone, what the server did not admit, and a file of it for another device.

use crate::features::fault;
use crate::features::fault::rejection;
use crate::features::review::ask::AskToOpen;
use crate::platform::{clock, files};
use crate::reactive::context::{live, locale};
use crate::reactive::device;
use crate::reactive::save_error::SaveError;
use crate::reactive::sync;
use crate::ui::changing::changing;
use crate::ui::list::List;
use crate::ui::state::word;
use chitieu_sync::outbox_file::{FileError, MOST_BYTES, OutboxFile};
use chitieu_sync::replica::{SubmissionKey, Waiting};
use chitieu_sync::{Op, OpBody, Outcome, Rejection};
use chitieu_widgets::{Locale, t, text};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Most rows shown at once.
const SHOWN: usize = 200;

/// The screen.
#[component]
pub fn Outbox() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let outbox = Memo::new(move |_| {
        let rejected = |w: &&Waiting| matches!(w.outcome, Some(Outcome::Rejected { .. }));
        // What needs a person first.
        live.replica.with(|r| {
            let open = r.outbox().filter(|w| w.is_open());
            r.outbox().filter(rejected).chain(open).cloned().collect::<Vec<Waiting>>()
        })
    });
    let open = move || outbox.with(|all| all.iter().filter(|w| w.is_open()).count());
    let oldest =
        move || outbox.with(|all| all.iter().filter(|w| w.is_open()).map(|w| w.op.entered_at.clone()).min());
    let said = RwSignal::new(None::<Result<String, String>>);
    let export = move |_| {
        spawn_local(async move {
            let mut ops = Vec::new();
            // What is in the file never changes again: the other device may be the one that sends it.
            let frozen = live
                .change(&mut |replica| {
                    let (changes, next) = replica.next_push(usize::MAX, &|_| true);
                    ops = next;
                    Some(changes)
                })
                .await;
            match frozen {
                Ok(_) => {
                    let me = live.me.with_untracked(|me| me.username.clone());
                    let now = clock::entered_at();
                    let name = format!("chi-tieu-{me}-{}.json", now.replace([':', '.'], "-"));
                    let count = ops.len();
                    files::save(&name, &OutboxFile::of(&me, now, ops).text());
                    said.set(Some(Ok(t::waiting::exported(locale, count, name))));
                }
                Err(error) => said.set(Some(Err(fault::saving(&SaveError::NotStored(error), locale)))),
            }
        });
    };
    let import = move |event: leptos::ev::Event| {
        spawn_local(async move {
            let me = live.me.with_untracked(|me| me.username.clone());
            let Some(file) = files::chosen(&event, MOST_BYTES).await else {
                return said.set(Some(Err(t::waiting::not_ours(locale).to_owned())));
            };
            let file = match OutboxFile::read(&file, &me) {
                Ok(file) => file,
                Err(error) => return said.set(Some(Err(refused(error, locale)))),
            };
            let mut count = 0;
            let stored = live
                .change(&mut |replica| {
                    let changes = replica.import(&file.ops);
                    count = changes.len();
                    Some(changes)
                })
                .await;
            said.set(Some(match stored {
                Ok(_) => Ok(t::waiting::imported(locale, count, file.ops.len())),
                Err(error) => Err(fault::saving(&SaveError::NotStored(error), locale)),
            }));
            sync::now(live);
        });
    };
    let username = live.me.with_untracked(|me| me.username.clone());
    view! {
        <header class="page-head">
            <div>
                <h1>{t::waiting::title(locale)}</h1>
                <p class="muted">
                    {changing(move || t::waiting::count(locale, open()))}
                    {changing(move || oldest().map(|at| t::waiting::oldest(locale, clock::shown(&at, locale))))}
                </p>
            </div>
            <div class="page-tools">
                <button class="button quiet" id="export" on:click=export disabled=move || open() == 0>
                    {t::waiting::export(locale)}
                </button>
                <label class="button quiet file">
                    {t::waiting::import(locale)}
                    <input type="file" id="import" accept=".json,application/json" on:change=import />
                </label>
                <button class="button" on:click=move |_| sync::send(live)>{t::sync::now(locale)}</button>
            </div>
        </header>
        <div class="page">
            {changing(move || {
                said.get()
                    .map(|said| match said {
                        Ok(done) => view! { <p class="card find fine" role="status">{done}</p> }.into_any(),
                        Err(fault) => view! { <p class="card fault" role="alert">{fault}</p> }.into_any(),
                    })
            })}
            <OthersWaiting but=username />
            <Entries outbox=outbox />
            {changing(move || outbox.with(Vec::is_empty).then(|| view! { <p class="card empty">{t::waiting::nothing(locale)}</p> }))}
            {changing(move || {
                let more = outbox.with(Vec::len).saturating_sub(SHOWN);
                (more > 0).then(|| view! { <p class="muted">{t::waiting::more(locale, more)}</p> })
            })}
        </div>
    }
}

#[component]
fn Entries(outbox: Memo<Vec<Waiting>>) -> impl IntoView {
    // An entry is drawn anew when it changed itself: a reason that is being typed in another one stays.
    let name = |w: &Waiting| format!("{}|{}|{}", w.op.op_id, w.frozen, w.outcome.is_some());
    let names =
        Signal::derive(move || outbox.with(|all| all.iter().take(SHOWN).map(name).collect::<Vec<_>>()));
    let draw = Callback::new(move |wanted: String| {
        let found = outbox.with_untracked(|all| all.iter().find(|w| name(w) == wanted).cloned());
        found.map(|waiting| view! { <Item waiting=waiting /> }).into_any()
    });
    view! {
        <ul class="tasks">
            <List keys=names draw=draw />
        </ul>
    }
}

fn refused(error: FileError, locale: Locale) -> String {
    match error {
        FileError::NotOurs => t::waiting::not_ours(locale).to_owned(),
        FileError::Newer => t::waiting::newer(locale).to_owned(),
        FileError::OtherAuthor(author) => t::waiting::other_author(locale, author),
    }
}

/// What waits on this device under other names. It is sent when they sign in, never before.
#[component]
pub fn OthersWaiting(
    /// Who looks.
    #[prop(optional)]
    but: Option<String>,
) -> impl IntoView {
    let locale = locale();
    let others = RwSignal::new(Vec::new());
    spawn_local(async move {
        // A database that does not open is told of where it is needed.
        let found = device::waiting_of_others(but.as_deref()).await.unwrap_or_default();
        others.try_set(found);
    });
    move || {
        let line = |(name, count)| view! { <p class="find" data-other=count>{t::waiting::of_other(locale, count, name)}</p> };
        others.get().into_iter().map(line).collect_view()
    }
}

/// An op in words: what it is about, what it says.
fn words(op: &Op, locale: Locale) -> (String, String) {
    let model = live().model();
    let known = op.stream.reporter().and_then(|reporter| model.reporter_ix(reporter));
    let who = known.map_or_else(|| op.stream.to_string(), |ix| model.reporter_name(ix));
    let period = op.period().map_or_else(String::new, |period| text::period(period, locale));
    let place = |form: &str| format!("{form} · {period} · {who}");
    match &op.body {
        OpBody::Figure { element, value, estimated, cleared, .. } => {
            let value = match value {
                _ if *cleared => t::cell::cleared_by(locale).to_owned(),
                None => t::verdict::no_data(locale).to_owned(),
                Some(value) => text::number((*value).into(), locale),
            };
            let mark =
                if *estimated { format!(" ({})", t::cell::estimated_mark(locale)) } else { String::new() };
            let note = op.note.as_ref().map(|note| format!(" · {}", t::cell::noted(locale, note)));
            let value = value + &mark + &note.unwrap_or_default();
            match model.element_ix(element) {
                Some(ix) => {
                    let about = model.element(ix);
                    let form = model.form(model.form_of(ix));
                    let row = format!(
                        "{} {}: {}",
                        t::entry::row(locale),
                        about.row,
                        locale.pick(&about.name_vi, &about.name_en)
                    );
                    (format!("{row} = {value}"), place(locale.pick(&form.title_vi, &form.title_en)))
                }
                None => (format!("{element} = {value}"), place("")),
            }
        }
        OpBody::Submission { form, action, .. } => {
            let title = model.form_ix(form).map_or_else(
                || form.clone(),
                |ix| {
                    let form = model.form(ix);
                    locale.pick(&form.title_vi, &form.title_en).to_owned()
                },
            );
            let step = chitieu_sync::submission::State::Draft
                .after(*action)
                .map_or(t::ask::open(locale), |s| word(s, locale));
            (format!("{title}: {step}"), place(""))
        }
        // What it says is shown where its kind is.
        OpBody::Entity { id, .. } => (id.clone(), who),
    }
}

#[component]
fn Item(waiting: Waiting) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let (title, place) = words(&waiting.op, locale);
    let entered = clock::shown(&waiting.op.entered_at, locale);
    let reject = match &waiting.outcome {
        Some(Outcome::Rejected { code }) => Some(*code),
        _ => None,
    };
    // The plan may have changed since it was entered.
    let fits = live.fits(&waiting.op).err().filter(|_| reject.is_none());
    let state = match (&waiting.outcome, waiting.frozen) {
        (Some(Outcome::Rejected { .. }), _) => t::waiting::rejected(locale),
        (Some(Outcome::Held), _) => t::waiting::held(locale),
        (Some(Outcome::Deferred), _) => t::waiting::deferred(locale),
        (Some(Outcome::Unknown), _) => t::waiting::unknown(locale),
        (None, _) if waiting.refused.is_some() => t::waiting::refused(locale),
        (_, true) => t::cell::sending(locale),
        (_, false) => t::cell::saved(locale),
    };
    let (cell, op_id) = (waiting.op.cell(), waiting.op.op_id);
    let form = cell.as_ref().and_then(|cell| {
        let ix = live.model().element_ix(&cell.element)?;
        let form = live.model().form(live.model().form_of(ix)).id.clone();
        Some(SubmissionKey { reporter: cell.reporter.clone(), period: cell.period, form })
    });
    let ask = form.filter(|_| reject == Some(Rejection::Locked));
    let about = title.clone();
    let seen = move |_| {
        // Where it is not stored it goes on being shown.
        spawn_local(async move { drop(live.change(&mut |replica| Some(replica.dismiss(op_id))).await) });
    };
    view! {
        <li class=if reject.is_some() { "card task find error" } else { "card task" } data-waiting-item="">
            <div class="task-head">
                <h2>{title}</h2>
                <span class=if reject.is_some() { "chip not" } else { "chip prov" }>{state}</span>
            </div>
            <p class="muted">{format!("{place} · {entered}")}</p>
            {waiting.refused.map(|why| view! { <p class="warning">{t::waiting::refused_why(locale, why)}</p> })}
            {reject.map(|code| view! { <p>{rejection(code, locale)}" "{t::waiting::kept(locale)}</p> })}
            {fits.map(|code| view! { <p class="warning">{t::waiting::no_longer(locale)}" "{rejection(code, locale)}</p> })}
            {ask.map(|of| view! { <AskToOpen of=of about=about /> })}
            {reject.map(|_| view! {
                <p class="task-tools">
                    <button class="button quiet small" data-seen="" on:click=seen>{t::waiting::seen(locale)}</button>
                </p>
            })}
        </li>
    }
}
