//! What a person did on a form last, pasted blocks too, and one undo and one redo for it.

use super::fault;
use super::field::{Asks, Field, Undo};
use super::paste::{Pasted, summary};
use crate::app::{live, locale};
use crate::replica::Live;
use crate::replica::saving::{Entry, Unmade};
use chitieu_client::history::{Answer, History, Step};
use chitieu_client::ripening;
use chitieu_domain::FormIx;
use chitieu_domain::clipboard::Block;
use chitieu_domain::paste::{Choice, Proposal};
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
    /// The form.
    pub form: FormIx,
    /// A block that is looked at before anything of it is written.
    pub pasted: RwSignal<Option<Pasted>>,
    /// What happened, in one line.
    said: RwSignal<Option<String>>,
}

impl Actions {
    /// None yet.
    pub fn new(live: Live, form: FormIx) -> Self {
        Self {
            live: StoredValue::new(live),
            fields: StoredValue::default(),
            history: RwSignal::default(),
            form,
            pasted: RwSignal::new(None),
            said: RwSignal::new(None),
        }
    }

    /// The form's fields, by row.
    pub fn are_of(self, fields: Vec<(CellKey, Field)>) {
        self.fields.set_value(fields);
    }

    /// What the field of a row (an index) asks.
    pub fn asks(self, row: usize) -> Asks {
        let pasted = move |(text, html): (String, Option<String>)| self.paste(row, &text, html.as_deref());
        Asks { pasted: Callback::new(pasted), undo: Callback::new(move |which| self.undo(which)) }
    }

    /// Takes a pasted block; false for a single cell, which the browser pastes like any text.
    fn paste(self, row: usize, text: &str, html: Option<&str>) -> bool {
        match Block::parse(text, html) {
            Ok(block) if block.is_single() => return false,
            Ok(block) => {
                let pasted = Pasted { block, row, choice: Choice::default() };
                let proposal = pasted.proposal(self.live.with_value(|live| live.model.form(self.form)));
                if proposal.is_plain() {
                    self.write(proposal);
                } else {
                    self.pasted.set(Some(pasted));
                }
            }
            Err(error) => self.said.set(Some(super::paste::refused(error, locale()))),
        }
        true
    }

    /// What a text would be in a row, if it reads, and what the row says now.
    pub fn reads(self, row: usize, text: &str) -> (Option<i64>, Option<i64>) {
        self.fields.with_value(|fields| {
            fields.get(row).map_or((None, None), |(_, field)| (field.reads(text), field.cell().1.value))
        })
    }

    /// Writes what lands, as one action, and says what became of each part. What does not read or is not kept stands
    /// in its field.
    pub fn write(self, proposal: Proposal) {
        self.pasted.set(None);
        let fields = self.fields.get_value();
        let (mut entries, mut rows, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for (row, text) in proposal.landing() {
            let Some((key, field)) = fields.get(row) else { continue };
            match field.reads(text) {
                Some(value) => {
                    let (value, reason, seen) = (Some(value), None, field.cell().1.seen());
                    entries.push(Entry { key: key.clone(), seen, value, reason, resolves: Vec::new() });
                    rows.push((*field, text.to_owned()));
                }
                None => texts.push((*field, text.to_owned())),
            }
        }
        let (live, locale) = (self.live.get_value(), locale());
        spawn_local(async move {
            let mut steps = Vec::new();
            let saved = live.save_all(&entries, ripening::BLOCK).await;
            let mut said = None;
            for ((field, text), saved) in rows.into_iter().zip(saved) {
                match saved {
                    Ok(step) => {
                        steps.extend(step);
                        field.refresh();
                    }
                    Err(error) => {
                        said = Some(fault::saving(&error, locale));
                        texts.push((field, text));
                    }
                }
            }
            let unread: Vec<String> = texts.iter().map(|(_, text)| text.clone()).collect();
            for (field, text) in texts {
                let (key, view) = field.cell();
                let now = Answer::from(&view);
                steps.push(Step { key, before: now.clone(), after: now });
                field.put_text(text);
            }
            self.history.try_update(|history| history.push(steps));
            let tally = proposal.tally(|_, text| !unread.iter().any(|other| other == text));
            let line = summary(&tally, locale);
            self.said.try_set(Some(said.map_or(line.clone(), |why| format!("{line} {why}"))));
        });
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
