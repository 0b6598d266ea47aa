//! What a person did on a form last, pasted blocks too, and one undo and one redo for it.

use crate::platform::clock::after_key;
use crate::reactive::context::locale;
use crate::reactive::field::{Asks, Field};
use crate::reactive::live::Live;
use chitieu_client::history::{History, Step};
use chitieu_client::retrace::Undo;
use chitieu_domain::FormIx;
use chitieu_sync::replica::CellKey;
use chitieu_widgets::Locale;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What was pasted, as the clipboard gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// Into which row, an index.
    pub row: usize,
    /// Plain text.
    pub text: String,
    /// Markup, where there is some.
    pub html: Option<String>,
}

/// The actions on one form.
#[derive(Clone, Copy)]
pub struct Actions {
    live: StoredValue<Live>,
    /// The language of the screen.
    pub locale: Locale,
    fields: StoredValue<Vec<(CellKey, Field)>>,
    /// What may be undone and made again.
    pub history: RwSignal<History>,
    /// How many fields hold something that is typed and not saved.
    pub unsaved: RwSignal<usize>,
    /// The form.
    pub form: FormIx,
    /// A block that was pasted and is neither written nor given up yet.
    pub pasted: RwSignal<Option<Clip>>,
    /// What is to be undone or made again, and was not begun.
    pub undoing: RwSignal<Vec<Undo>>,
    /// The form is to be submitted, and that was not begun.
    pub submitting: RwSignal<bool>,
    /// What happened, in one line.
    pub said: RwSignal<Option<String>>,
    /// The row (an index) whose field was entered last.
    pub row: RwSignal<Option<usize>>,
}

impl Actions {
    /// None yet.
    pub fn new(live: Live, form: FormIx) -> Self {
        Self {
            live: StoredValue::new(live),
            locale: locale(),
            fields: StoredValue::default(),
            history: RwSignal::default(),
            unsaved: RwSignal::new(0),
            form,
            pasted: RwSignal::new(None),
            undoing: RwSignal::default(),
            submitting: RwSignal::new(false),
            said: RwSignal::new(None),
            row: RwSignal::new(None),
        }
    }

    /// The form's fields, by row.
    pub fn are_of(self, fields: Vec<(CellKey, Field)>) {
        self.fields.set_value(fields);
    }

    /// Makes figures of all that is typed.
    pub fn commit(self) {
        self.fields.with_value(|fields| fields.iter().for_each(|(_, field)| field.commit()));
    }

    /// True while something of it is being saved.
    pub fn is_saving(self) -> bool {
        self.fields.try_with_value(|all| all.iter().any(|(_, field)| field.is_saving())).unwrap_or(false)
    }

    /// What the field of a row (an index) asks.
    pub fn asks(self, row: usize) -> Asks {
        let pasted = move |(text, html)| self.paste(row, text, html);
        // What can be done to it is drawn once its field has the focus on the screen.
        let entered = Callback::new(move |()| {
            spawn_local(async move {
                after_key().await;
                self.row.try_set(Some(row));
            });
        });
        Asks { pasted: Callback::new(pasted), undo: Callback::new(move |which| self.undo(which)), entered }
    }

    /// Takes what was pasted into a row where it may be a block of cells; false for a single one, which the browser
    /// pastes like any text.
    fn paste(self, row: usize, text: String, html: Option<String>) -> bool {
        let is_block = text.trim_end_matches(['\r', '\n']).contains(['\t', '\r', '\n']);
        if is_block {
            self.pasted.set(Some(Clip { row, text, html }));
        }
        is_block
    }

    /// The person's replica.
    pub fn live(self) -> Live {
        self.live.get_value()
    }

    /// The cell and the field of a row.
    pub fn field(self, row: usize) -> Option<(CellKey, Field)> {
        self.fields.with_value(|fields| fields.get(row).cloned())
    }

    /// Says what happened, in one line.
    pub fn say(self, said: String) {
        // Where the screen changed meanwhile nobody reads it.
        self.said.try_set(Some(said));
    }

    /// Asks for the last action to be taken back, or for what was taken back last to be made again.
    pub fn undo(self, which: Undo) {
        self.undoing.update(|asked| asked.push(which));
    }

    /// Shows in their fields what became of the cells of some steps.
    pub fn refresh(self, steps: &[Step]) {
        let refresh = |fields: &Vec<(CellKey, Field)>| {
            for (key, field) in fields {
                if field.holds_more() && steps.iter().any(|step| step.key == *key) {
                    field.give_up();
                }
            }
        };
        // Where the screen changed meanwhile there is nothing to show.
        self.fields.try_with_value(refresh);
    }
}
