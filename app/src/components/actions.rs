//! What a person did on a form last, and one undo and one redo for it.

use super::fault;
use super::field::{Asks, Field, Undo};
use crate::app::{live, locale};
use crate::replica::Live;
use crate::replica::saving::Unmade;
use chitieu_client::history::{History, Step};
use chitieu_sync::replica::CellKey;
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The actions on one form.
#[derive(Clone, Copy)]
pub struct Actions {
    live: StoredValue<Live>,
    fields: StoredValue<Vec<(CellKey, Field)>>,
    /// What may be undone and made again.
    pub history: RwSignal<History>,
    /// What happened, in one line.
    said: RwSignal<Option<String>>,
}

impl Actions {
    /// None yet.
    pub fn new(live: Live) -> Self {
        Self {
            live: StoredValue::new(live),
            fields: StoredValue::default(),
            history: RwSignal::default(),
            said: RwSignal::new(None),
        }
    }

    /// The form's fields, by row.
    pub fn are_of(self, fields: Vec<(CellKey, Field)>) {
        self.fields.set_value(fields);
    }

    /// What the field of a row asks.
    pub fn asks(self, _row: usize) -> Asks {
        Asks { pasted: Callback::new(|_| false), undo: Callback::new(move |which| self.undo(which)) }
    }

    /// Takes the last action back, or makes again what was taken back last.
    fn undo(self, which: Undo) {
        let steps = self.history.try_update(|history| match which {
            Undo::Back => history.undo(),
            Undo::Again => history.redo(),
        });
        let Some(steps) = steps.flatten() else { return };
        let (live, locale) = (self.live.get_value(), locale());
        spawn_local(async move {
            let (mut done, mut why_not) = (Vec::new(), None);
            for step in steps {
                let made = match which {
                    Undo::Back => live.put_back(&step).await,
                    Undo::Again => live.make_again(&step).await,
                };
                match made {
                    Ok(()) => done.push(step),
                    Err(why) => why_not = Some(why),
                }
            }
            self.refresh(&done);
            let count = done.len();
            self.history.try_update(|history| match which {
                Undo::Back => history.undone(done),
                Undo::Again => history.redone(done),
            });
            let said = match which {
                Undo::Back => t::entry::undone(locale, count),
                Undo::Again => t::entry::redone(locale, count),
            };
            let said = match why_not {
                None => said,
                Some(why) if count == 0 => unmade(&why, locale),
                Some(why) => format!("{said} {}", unmade(&why, locale)),
            };
            self.said.try_set(Some(said));
        });
    }

    fn refresh(self, steps: &[Step]) {
        let refresh = |fields: &Vec<(CellKey, Field)>| {
            for (key, field) in fields {
                if steps.iter().any(|step| step.key == *key) {
                    field.refresh();
                }
            }
        };
        // Where the screen changed meanwhile there is nothing to show.
        self.fields.try_with_value(refresh);
    }
}

fn unmade(why: &Unmade, locale: Locale) -> String {
    match why {
        Unmade::Moved(value) => t::entry::undo_moved(locale, fault::shown(*value, locale)),
        Unmade::Left => t::fault::cannot_empty(locale).to_owned(),
        Unmade::Refused(error) => fault::saving(error, locale),
    }
}

/// The line that says what happened, with undo and redo.
#[component]
pub fn ActionsBar(
    /// The form's actions.
    actions: Actions,
) -> impl IntoView {
    let locale = locale();
    let is_unsafe = live().drafts.is_unsafe;
    let has = Memo::new(move |_| actions.history.with(History::has));
    view! {
        <div class="actions">
            <p role="status">{move || actions.said.get()}</p>
            <button class="button quiet small" id="undo" disabled=move || !has.get().0 on:click=move |_| actions.undo(Undo::Back)>
                {t::entry::undo(locale)}
            </button>
            <button class="button quiet small" id="redo" disabled=move || !has.get().1 on:click=move |_| actions.undo(Undo::Again)>
                {t::entry::redo(locale)}
            </button>
        </div>
        {move || is_unsafe.get().then(|| view! { <p class="warning" role="alert">{t::fault::drafts_unsafe(locale)}</p> })}
    }
}
