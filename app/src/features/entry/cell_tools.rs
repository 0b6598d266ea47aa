//! What can be done to the cell that was entered last, beside typing a number: its figure is marked as estimated (ước
//! thực hiện), noted on, or cleared. It stands in the line of undo and redo, so that rows do not move under a keyboard.

use crate::features::entry::row::input_id;
use crate::features::fault;
use crate::features::history::{About, History};
use crate::platform::focus::Left;
use crate::platform::{dom, focus};
use crate::reactive::actions::Actions;
use crate::reactive::field::Field;
use crate::ui::changing::changing;
use crate::ui::personal::PersonalWarning;
use chitieu_client::commands::Entry;
use chitieu_sync::replica::{CellKey, CellView, SubmissionKey};
use chitieu_widgets::t;
use gloo_timers::future::TimeoutFuture;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Longest note that may be typed, in characters.
const LONGEST_NOTE: usize = 500;

/// What the person asks for.
enum Wish {
    /// The figure is marked as estimated, or no more.
    Estimated(bool),
    /// It gets this note, or none; what the note was when they began.
    Note(Option<String>, Option<String>),
    /// The cell is answered no more.
    Clear,
}

/// The entry that carries a wish out; in its place what is to be said first.
fn entry(key: CellKey, view: &CellView, wish: Wish) -> Result<Entry, Option<String>> {
    let (seen, mut value, mut reason) = (view.seen(), view.value, view.reason.clone());
    let (mut cleared, mut marks) = (false, (view.note.clone(), view.estimated));
    match wish {
        Wish::Estimated(is) => marks.1 = is,
        Wish::Note(note, before) => {
            if view.note != before {
                return Err(view.note.clone());
            }
            marks.0 = note;
        }
        Wish::Clear => (value, reason, cleared) = (None, None, true),
    }
    Ok(Entry { key, seen, value, reason, cleared, marks: Some(marks), resolves: Vec::new() })
}

/// The tools, for the row that was entered last.
#[component]
pub fn CellTools(
    /// The form's actions.
    actions: Actions,
) -> impl IntoView {
    changing(move || {
        let (key, field) = actions.row.get().and_then(|row| actions.field(row))?;
        Some(view! { <Tools actions=actions key=key field=field /> })
    })
}

#[component]
fn Tools(actions: Actions, key: CellKey, field: Field) -> impl IntoView {
    let (live, locale) = (actions.live(), actions.locale);
    let row = live.model().element_ix(&key.element).map_or(0, |ix| live.model().element(ix).row);
    let of = key.clone();
    let view = Memo::new(move |_| live.cell(&of));
    // The note that is being typed, and what it was when that began.
    let typed = RwSignal::new(None::<(String, Option<String>)>);
    let form = live.model().form(actions.form).id.clone();
    let of_form = SubmissionKey { reporter: key.reporter.clone(), period: key.period, form };
    let about = About::Form(of_form, Some(key.element.clone()));
    let key = StoredValue::new(key);
    let carry_out = move |wish: Wish| {
        // The tools may be another row's by the time it is done.
        let key = key.get_value();
        spawn_local(async move {
            // What was typed is saved as its field is left.
            while field.is_saving() {
                TimeoutFuture::new(20).await;
            }
            if field.is_dirty() {
                return actions.say(t::cell::save_first(locale).to_owned());
            }
            let now = live.replica.with_untracked(|r| r.cell(&key));
            let entry = match entry(key, &now, wish) {
                Ok(entry) => entry,
                Err(note) => {
                    typed.try_update(|typed| typed.as_mut().map(|(_, before)| before.clone_from(&note)));
                    return actions.say(t::cell::note_became(locale, note.unwrap_or_else(|| "–".into())));
                }
            };
            match live.save(entry).await {
                Ok(step) => {
                    actions.history.try_update(|history| history.push(step.into_iter().collect()));
                    typed.try_set(None);
                    field.refresh();
                }
                Err(error) => actions.say(fault::saving(&error, locale)),
            }
        });
    };
    let estimate = move |_| carry_out(Wish::Estimated(!view.with_untracked(|view| view.estimated)));
    let begin = move |_| {
        let note = view.with_untracked(|view| view.note.clone());
        typed.set(Some((note.clone().unwrap_or_default(), note)));
        spawn_local(async {
            // Once it is drawn.
            TimeoutFuture::new(0).await;
            dom::focus("note-text");
        });
    };
    let save = move || {
        let Some((text, before)) = typed.get_untracked() else { return };
        let note = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        carry_out(Wish::Note(note, before));
    };
    let keys = move |event: KeyboardEvent| {
        match event.key().as_str() {
            _ if event.is_composing() || event.key_code() == 229 => return,
            "Enter" => save(),
            "Escape" => {
                typed.set(None);
                dom::focus(&input_id(row));
            }
            _ => return,
        }
        event.prevent_default();
    };
    let has_value = move || view.with(|view| view.value.is_some());
    let is_answered = move || view.with(|view| view.answered);
    let is_noting = Memo::new(move |_| typed.with(Option::is_some));
    let text = move || typed.with(|typed| typed.as_ref().map(|(text, _)| text.clone()).unwrap_or_default());
    let write = move |text: String| {
        typed.update(|typed| {
            if let Some((now, _)) = typed {
                *now = text;
            }
        });
    };
    view! {
        <span class="cell-tools" role="group" aria-label=format!("{} {row}", t::entry::row(locale))>
            <span class="muted">{format!("{} {row}", t::entry::row(locale))}</span>
            <button
                class="button quiet small"
                id="estimated"
                accesskey="u"
                aria-pressed=move || view.with(|view| view.estimated).to_string()
                disabled=move || !has_value()
                on:click=estimate
            >
                {t::cell::estimated(locale)}
            </button>
            <button class="button quiet small" id="note" accesskey="g" disabled=move || !is_answered() on:click=begin>
                {t::cell::note(locale)}
            </button>
            <button
                class="button quiet small"
                id="clear"
                disabled=move || !is_answered()
                on:click=move |_| carry_out(Wish::Clear)
            >
                {t::cell::clear(locale)}
            </button>
            <History about=about />
            {changing(move || {
                is_noting.get().then(|| {
                    view! {
                        <input
                            class="reason"
                            id="note-text"
                            maxlength=LONGEST_NOTE
                            placeholder=t::cell::note_help(locale)
                            aria-label=t::cell::note_help(locale)
                            prop:value=text
                            on:input=move |e| write(event_target_value(&e))
                            on:keydown=keys
                            on:blur=move |e| {
                                if focus::left(&e) == Left::Moved {
                                    save();
                                }
                            }
                        />
                        <button class="button quiet small" id="save-note" on:click=move |_| save()>
                            {t::cell::save_note(locale)}
                        </button>
                        <PersonalWarning text=Signal::derive(text) locale=locale />
                    }
                })
            })}
        </span>
    }
}
