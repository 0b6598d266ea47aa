//! A figure's field: its state in [`chitieu_client::field`], wired to an input, the drafts and the replica.

use crate::platform::clock::after_key;
use crate::platform::focus::Left;
use crate::platform::{dom, focus};
use crate::reactive::context::{live, locale};
use crate::reactive::live::Live;
use crate::reactive::save_error::SaveError;
use chitieu_client::commands::Entry;
use chitieu_client::field::{self as client, Next, Notation};
use chitieu_client::history::{History, Step};
use chitieu_client::retrace::Undo;
use chitieu_domain::plan::Element;
use chitieu_domain::quantity::Quantity;
use chitieu_sync::replica::{CellKey, CellView};
use chitieu_widgets::Locale;
use leptos::ev::FocusEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What is wrong with a field.
pub type Fault = client::Fault<SaveError>;

/// A value that a cell got; none is "no data yet".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Came(pub Option<i64>);

/// One field of a form, as state.
#[derive(Clone, Copy)]
pub struct Field {
    live: StoredValue<Live>,
    key: StoredValue<CellKey>,
    /// Its cell.
    pub view: Memo<CellView>,
    inner: StoredValue<client::Field<SaveError>>,
    history: RwSignal<History>,
    /// How many fields of the form hold something unsaved.
    unsaved: RwSignal<usize>,
    /// The input on the page.
    pub input: NodeRef<html::Input>,
    notation: Notation,
    /// What is wrong with it.
    pub fault: RwSignal<Option<Fault>>,
    /// Something is typed and not saved.
    pub is_typed: RwSignal<bool>,
    /// What, as it stands in the input; of no meaning where nothing is.
    pub typed: RwSignal<String>,
    /// The person left it without saving: a closed tab, a put-away keyboard.
    pub is_left: RwSignal<bool>,
    /// A value that came while the person is in the field.
    pub came: RwSignal<Option<Came>>,
}

impl Field {
    /// A field that shows its cell ([`Field::changed`]) for as long as nobody types. What was typed earlier and not saved is in it.
    pub fn new(
        key: CellKey,
        element: &Element,
        history: RwSignal<History>,
        unsaved: RwSignal<usize>,
    ) -> Self {
        let live = live();
        let of = key.clone();
        let followed = Memo::new(move |_| live.cell(&of));
        let view = followed.get_untracked();
        let notation = Notation { measure: element.measure, style: locale().style(), most: element.most() };
        let inner = match live.drafts.of(&key) {
            Some(draft) => client::Field::restored(notation, &view, draft.text, draft.seen),
            None => client::Field::new(notation, &view),
        };
        let field = Self {
            live: StoredValue::new(live),
            key: StoredValue::new(key),
            view: followed,
            inner: StoredValue::new(inner),
            history,
            unsaved,
            input: NodeRef::new(),
            notation,
            fault: RwSignal::new(None),
            is_typed: RwSignal::new(false),
            typed: RwSignal::default(),
            is_left: RwSignal::new(false),
            came: RwSignal::new(None),
        };
        field.tell(false);
        if field.is_typed.get_untracked() {
            field.project_soon();
        }
        field
    }

    /// Its cell looks different: the row's own effect says so, which shows it too.
    pub fn changed(self, view: &CellView) {
        self.act(|inner| inner.changed(view));
    }

    /// True where there is something to say of what is typed in it.
    pub fn has_note(self) -> bool {
        self.has_tools() || self.came.get().is_some()
    }

    /// True where there is something to press beside it: to save or drop what is typed, or to answer what is asked.
    pub fn has_tools(self) -> bool {
        self.is_left.get() || self.fault.with(Option::is_some)
    }

    /// The element's name and its largest plausible figure.
    pub fn limit(self, locale: Locale) -> (String, i64) {
        let model = self.live().model();
        let element = self.key.with_value(|key| model.element_ix(&key.element));
        let name =
            element.map(|ix| model.element(ix)).map(|e| locale.pick(&e.name_vi, &e.name_en).to_owned());
        (name.unwrap_or_default(), self.notation.most)
    }

    fn live(self) -> Live {
        self.live.get_value()
    }

    /// Its cell as it is now, before the screen hears of it.
    fn now(self) -> CellView {
        self.live().replica.with_untracked(|r| self.key.with_value(|key| r.cell(key)))
    }

    /// Does something to the state and tells the screen; gives none where the field is gone.
    fn act<T>(self, act: impl FnOnce(&mut client::Field<SaveError>) -> T) -> Option<T> {
        let done = self.inner.try_update_value(act)?;
        self.tell(false);
        Some(done)
    }

    /// Tells the screen and the drafts how the state is. A focused input is written into by a person's command alone.
    fn tell(self, is_commanded: bool) {
        let live = self.live();
        let (text, draft) = self.inner.with_value(|inner| {
            let text = (is_commanded || inner.may_be_written()).then(|| inner.text().to_owned());
            (text, inner.draft().map(|draft| (draft, inner.seen().clone())))
        });
        if let Some((input, text)) = self.input.get_untracked().zip(text) {
            dom::write(&input, &text);
        }
        if draft.is_some() {
            let text = self.inner.with_value(|inner| inner.text().to_owned());
            if self.typed.with_untracked(|typed| *typed != text) {
                self.typed.set(text);
            }
        }
        self.key.with_value(|key| match &draft {
            Some((text, seen))
                if live.drafts.of(key).is_none_or(|kept| kept.text != *text || kept.seen != *seen) =>
            {
                live.drafts.keep(key, text, seen);
            }
            Some(_) => {}
            None => {
                live.drafts.drop(key);
                live.draft(key, None);
            }
        });
        let (fault, came, is_left) = self.inner.with_value(|inner| {
            let is_left = inner.draft().is_some() && inner.may_be_written();
            let came = if inner.may_be_written() { None } else { inner.came(&self.now()).map(Came) };
            (inner.fault().cloned(), came, is_left && inner.fault().is_none())
        });
        if self.is_left.get_untracked() != is_left {
            self.is_left.set(is_left);
        }
        if self.is_typed.get_untracked() != draft.is_some() {
            self.is_typed.set(draft.is_some());
            self.unsaved.update(|count| *count = if draft.is_some() { *count + 1 } else { *count - 1 });
        }
        if fault.is_some() || self.fault.with_untracked(Option::is_some) {
            self.fault.set(fault);
        }
        if self.came.get_untracked() != came {
            self.came.set(came);
        }
    }

    /// What the input is to show.
    pub fn text(self) -> String {
        self.inner.with_value(|inner| inner.text().to_owned())
    }

    /// The person comes into it.
    pub fn enter(self) {
        // A row of a large change may not have been told of it yet.
        let now = self.now();
        if self.view.with_untracked(|shown| *shown != now) {
            self.changed(&now);
        }
        self.act(client::Field::enter);
    }

    /// The input holds another text.
    pub fn type_in(self, text: String) {
        self.act(|inner| inner.input(text));
        self.project_soon();
    }

    /// Has the verdicts rest on what is typed, once that is shown; on what is saved until it reads.
    fn project_soon(self) {
        spawn_local(async move {
            after_key().await;
            // Where the screen changed meanwhile, the field that took this one's place does it.
            if let Some(number) = self.inner.try_with_value(|inner| inner.draft().and(inner.number())) {
                let live = self.live();
                self.key.with_value(|key| live.draft(key, number));
            }
        });
    }

    /// Makes a figure of what is typed: Enter, a key that moves on, or a command for the whole form.
    pub fn commit(self) {
        let held = self.input.get_untracked().map(|input| input.value());
        let view = self.now();
        let next = self.act(|inner| {
            let held = held.unwrap_or_else(|| inner.text().to_owned());
            inner.commit(held, &view)
        });
        self.carry_out(next);
    }

    /// The person goes elsewhere: to another field, another part of the page, another window.
    pub fn leave(self, event: &FocusEvent) {
        // Browsers say so of a field that is taken off the page, too.
        if self.inner.is_disposed() {
            return;
        }
        let why = focus::left(event);
        let live = self.live();
        if why == Left::Window {
            // It may never come back.
            return live.drafts.write_now();
        }
        let view = self.now();
        let next = match why {
            Left::Moved => {
                let held = event_target_value(event);
                self.act(|inner| inner.leave(held, &view))
            }
            _ => self.act(|inner| inner.away(&view)).map(|()| Next::Nothing),
        };
        self.carry_out(next);
    }

    /// What was typed goes; what is saved is shown again.
    pub fn give_up(self) {
        let view = self.now();
        if self.inner.try_update_value(|inner| inner.give_up(&view)).is_some() {
            self.tell(true);
        }
    }

    fn carry_out(self, next: Option<Next>) {
        match next {
            None | Some(Next::Nothing) => {}
            Some(Next::Keep(value)) => self.keep(Some(value), None, false),
            Some(Next::Clear) => self.keep(None, None, true),
        }
    }

    /// Answers the question that the text raised: 0, or "no data yet" with its reason.
    pub fn answer(self, value: Option<i64>, reason: Option<String>) {
        self.act(client::Field::answer);
        self.keep(value, reason, false);
    }

    fn keep(self, value: Option<i64>, reason: Option<String>, cleared: bool) {
        let (live, key) = (self.live(), self.key.get_value());
        let (seen, text) = self.inner.with_value(|inner| (inner.seen().clone(), inner.draft()));
        spawn_local(async move {
            // What is typed is kept as a draft until then.
            after_key().await;
            let (marks, resolves) = (None, Vec::new());
            let entry = Entry { key: key.clone(), seen, value, reason, cleared, marks, resolves };
            let saved = live.save(entry).await;
            if saved.is_ok() && self.inner.is_disposed() {
                // The screen changed meanwhile: the draft is no draft any more, unless it was typed on.
                if live.drafts.of(&key).map(|draft| draft.text) == text {
                    live.drafts.drop(&key);
                    live.draft(&key, None);
                }
            }
            self.done(saved.map_err(|error| match error {
                SaveError::Became(value) => Fault::Became(value),
                error => Fault::Refused(error),
            }));
        });
    }

    fn done(self, done: Result<Option<Step>, Fault>) {
        if self.inner.is_disposed() {
            return;
        }
        let view = self.now();
        let next = match done {
            Ok(step) => {
                if let Some(step) = step {
                    self.history.try_update(|history| history.push(vec![step]));
                }
                self.act(|inner| inner.kept(&view))
            }
            Err(fault) => self.act(|inner| inner.refused(fault, &view)).map(|()| Next::Nothing),
        };
        self.carry_out(next);
    }

    /// The figure that a text would be here, if it reads.
    pub fn reads(self, text: &str) -> Option<i64> {
        self.notation.read(text).ok().flatten().map(Quantity::get)
    }

    /// Puts a pasted text that does not read, or was not kept, into the field, where it stands unsaved with what is wrong.
    pub fn put_text(self, text: String) {
        self.type_in(text);
        self.tell(true);
        self.commit();
    }

    /// Which cell, as it is in view.
    pub fn cell(self) -> (CellKey, CellView) {
        (self.key.get_value(), self.now())
    }

    /// Shows its cell again, after a command of the person's changed it elsewhere. One that only shows its cell does so by itself.
    pub fn refresh(self) {
        if self.holds_more() {
            self.give_up();
        }
    }

    /// True where it does not show its cell alone: the person is in it, something is typed, or something is wrong.
    pub fn holds_more(self) -> bool {
        let more = |inner: &client::Field<_>| {
            !inner.may_be_written() || inner.draft().is_some() || inner.fault().is_some()
        };
        self.inner.try_with_value(more).unwrap_or(false)
    }

    /// True while something typed is not saved.
    pub fn is_dirty(self) -> bool {
        self.is_typed.get()
    }

    /// True while something is being saved.
    pub fn is_saving(self) -> bool {
        self.inner.try_with_value(client::Field::is_keeping).unwrap_or(false)
    }
}

/// What a field asks of its form.
#[derive(Clone, Copy)]
pub struct Asks {
    /// A block was pasted: text and markup. True where the form takes it.
    pub pasted: Callback<(String, Option<String>), bool>,
    /// The last action is to be undone, or made again.
    pub undo: Callback<Undo>,
    /// The person entered it.
    pub entered: Callback<()>,
}
