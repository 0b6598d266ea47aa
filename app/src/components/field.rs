//! A figure's field: text as typed, parsed at once, saved when the person pauses or moves on. What does not
//! read stays in the field with what is wrong and what to do.

use crate::app::{live, locale};
use crate::platform::dom;
use crate::replica::indexed_db::StoreError;
use crate::replica::live::SaveError;
use crate::replica::{Live, sync};
use chitieu_domain::plan::Measure;
use chitieu_domain::quantity::{Quantity, QuantityError};
use chitieu_sync::Rejection;
use chitieu_sync::replica::{CellKey, CellView};
use chitieu_widgets::{Locale, t, text};
use gloo_timers::future::TimeoutFuture;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How long a pause in typing is, in milliseconds.
const PAUSE: u32 = 350;

/// What is wrong with a field.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The text does not read.
    Text(QuantityError),
    /// It was not kept.
    Save(SaveError),
}

impl Fault {
    /// What is wrong and what to do.
    pub fn words(&self, locale: Locale) -> String {
        match self {
            Self::Text(error) => quantity(*error, locale).to_owned(),
            Self::Save(SaveError::NotAdmitted(code)) => rejection(*code, locale).to_owned(),
            Self::Save(SaveError::Became(value)) => {
                let value = value.map_or_else(
                    || t::verdict::no_data(locale).to_owned(),
                    |v| text::number(v.into(), locale),
                );
                t::fault::became(locale, value)
            }
            Self::Save(SaveError::NotStored(StoreError::Full)) => t::fault::full(locale).to_owned(),
            Self::Save(SaveError::NotStored(error)) => t::fault::not_stored(locale, error),
        }
    }
}

fn quantity(error: QuantityError, locale: Locale) -> &'static str {
    match error {
        QuantityError::Fraction => t::quantity::fraction(locale),
        QuantityError::AskDot => t::quantity::ask_dot(locale),
        QuantityError::AskComma => t::quantity::ask_comma(locale),
        QuantityError::Grouping => t::quantity::grouping(locale),
        QuantityError::Sign => t::quantity::sign(locale),
        QuantityError::NotDigits => t::quantity::not_digits(locale),
        QuantityError::AskDash => t::quantity::ask_dash(locale),
        QuantityError::AskEllipsis => t::quantity::ask_ellipsis(locale),
        QuantityError::TooLarge => t::quantity::too_large(locale),
        QuantityError::BelowOneDong => t::quantity::below_one_dong(locale),
    }
}

/// Why something was not admitted, and what to do.
pub fn rejection(code: Rejection, locale: Locale) -> &'static str {
    match code {
        Rejection::Locked => t::rejection::locked(locale),
        Rejection::NoRight => t::rejection::no_right(locale),
        Rejection::NotAssigned => t::rejection::not_assigned(locale),
        Rejection::NotOpen => t::rejection::not_open(locale),
        Rejection::ReasonMissing => t::rejection::reason_missing(locale),
        Rejection::Incomplete => t::rejection::incomplete(locale),
        Rejection::RuleBroken => t::rejection::rule_broken(locale),
        Rejection::Contested => t::rejection::contested(locale),
        Rejection::MovedOn | Rejection::CoverMoved | Rejection::BadTransition => {
            t::rejection::moved_on(locale)
        }
        Rejection::UnknownPlan => t::rejection::unknown_plan(locale),
        _ => t::rejection::other(locale),
    }
}

/// One field of a form, as state.
#[derive(Clone, Copy)]
pub struct Field {
    live: StoredValue<Live>,
    key: StoredValue<CellKey>,
    measure: Measure,
    locale: Locale,
    /// The text as typed.
    pub text: RwSignal<String>,
    /// What is wrong with it.
    pub fault: RwSignal<Option<Fault>>,
    dirty: RwSignal<bool>,
    typed: StoredValue<u32>,
    before: StoredValue<Vec<String>>,
    /// What the person saw when they began to type.
    seen: StoredValue<Option<CellView>>,
    /// Something is being saved; what is typed meanwhile is saved after it, having seen it.
    saving: StoredValue<bool>,
}

fn shown(view: &CellView, locale: Locale) -> String {
    view.value.map_or_else(String::new, |value| text::number(value.into(), locale))
}

impl Field {
    /// A field that follows its cell for as long as nobody types.
    pub fn new(key: CellKey, measure: Measure) -> Self {
        let (live, locale) = (live(), locale());
        let (text, seen) = match live.typed.with_value(|typed| typed.get(&key).cloned()) {
            Some((text, seen)) => (text, Some(seen)),
            None => (live.replica.with_untracked(|r| shown(&r.cell(&key), locale)), None),
        };
        let is_left = seen.is_some();
        on_cleanup({
            let key = key.clone();
            move || save_left(live, key, measure, locale)
        });
        let text = RwSignal::new(text);
        let field = Self {
            live: StoredValue::new(live),
            key: StoredValue::new(key),
            measure,
            locale,
            text,
            fault: RwSignal::new(None),
            dirty: RwSignal::new(is_left),
            typed: StoredValue::new(0),
            before: StoredValue::new(Vec::new()),
            seen: StoredValue::new(seen),
            saving: StoredValue::new(false),
        };
        if is_left {
            field.fault.set(field.parse().err().map(Fault::Text));
        }
        Effect::new(move |_| {
            let now = live.replica.with(|r| field.key.with_value(|key| shown(&r.cell(key), locale)));
            if !field.dirty.get_untracked() && field.fault.with_untracked(Option::is_none) {
                field.text.set(now);
            }
        });
        field
    }

    fn parse(self) -> Result<Option<Quantity>, QuantityError> {
        self.text.with_untracked(|text| read(text, self.measure, self.locale))
    }

    /// Takes a text: the verdicts move at once, saving follows after a pause.
    pub fn type_in(self, text: String) {
        let live = self.live.get_value();
        if !self.dirty.get_untracked() {
            self.before.update_value(|b| b.push(self.text.get_untracked()));
            self.look();
        }
        self.text.set(text);
        self.dirty.set(true);
        self.note();
        let nth = self.typed.get_value() + 1;
        self.typed.set_value(nth);
        // Half a number is not a mistake yet: the fault is shown when the person moves on. Until it reads, the
        // verdicts rest on what is saved.
        let drafted = self.parse().ok().flatten().map(Quantity::get);
        self.key.with_value(|key| live.draft(key, drafted));
        // A value that came meanwhile is replaced by whoever moves on from its message, not by a pause.
        if self.fault.with_untracked(|f| matches!(f, Some(Fault::Save(SaveError::Became(_))))) {
            return;
        }
        self.fault.set(None);
        spawn_local(async move {
            TimeoutFuture::new(PAUSE).await;
            if self.typed.try_get_value() == Some(nth) && self.parse().is_ok() {
                self.save();
            }
        });
    }

    /// Saves now.
    pub fn leave(self) {
        if self.dirty.get_untracked() {
            self.save();
        }
    }

    /// Takes the text back to what it was before the last change.
    pub fn undo(self) {
        if let Some(text) = self.before.try_update_value(Vec::pop).flatten() {
            self.type_in(text);
            self.before.update_value(|b| drop(b.pop()));
        }
    }

    /// Notes what is typed and what was in view, for when this screen is gone.
    fn note(self) {
        let Some(seen) = self.seen.get_value() else { return };
        let (live, text) = (self.live.get_value(), self.text.get_untracked());
        self.key
            .with_value(|key| live.typed.update_value(|typed| drop(typed.insert(key.clone(), (text, seen)))));
    }

    /// What the cell shows now is what the person answers to.
    fn look(self) {
        let live = self.live.get_value();
        let view = live.replica.with_untracked(|r| self.key.with_value(|key| r.cell(key)));
        self.seen.set_value(Some(view));
    }

    fn save(self) {
        if self.saving.get_value() {
            return;
        }
        let value = match self.parse() {
            Ok(value) => value,
            Err(error) => return self.fault.set(Some(Fault::Text(error))),
        };
        // An emptied field is no answer; what was saved before stays and is shown again.
        let Some(value) = value else { return self.give_up() };
        self.keep(Some(value.get()), None);
    }

    /// What was typed goes; what is saved is shown again.
    pub fn give_up(self) {
        let live = self.live.get_value();
        self.clean();
        self.fault.set(None);
        self.text.set(
            live.replica.with_untracked(|r| self.key.with_value(|key| shown(&r.cell(key), self.locale))),
        );
        self.key.with_value(|key| live.draft(key, None));
    }

    fn clean(self) {
        self.dirty.set(false);
        self.key.with_value(|key| {
            self.live.with_value(|live| live.typed).update_value(|typed| drop(typed.remove(key)));
        });
    }

    /// Keeps a value, or "no data yet" with its reason.
    pub fn keep(self, value: Option<i64>, reason: Option<String>) {
        let live = self.live.get_value();
        let key = self.key.get_value();
        let nth = self.typed.get_value();
        if !self.dirty.get_untracked() {
            self.look();
        }
        let seen = self.seen.get_value().unwrap_or_else(|| live.replica.with_untracked(|r| r.cell(&key)));
        let text = self.text.get_untracked();
        self.saving.set_value(true);
        spawn_local(async move {
            let saved = live.save(&key, &seen, value, reason, Vec::new()).await;
            if saved.is_ok() {
                forget(live, &key, &text);
                sync::now(live);
            }
            // The screen may have changed meanwhile.
            let Some(typed) = self.typed.try_get_value() else { return };
            self.saving.set_value(false);
            match saved {
                Ok(()) if typed == nth => {
                    self.look();
                    self.clean();
                    self.fault.set(None);
                    let now = live.replica.with_untracked(|r| shown(&r.cell(&key), self.locale));
                    self.text.set(now);
                }
                Ok(()) => {
                    // Typed on meanwhile: that text is still to be saved.
                    self.look();
                    self.note();
                    if self.parse().is_ok_and(|value| value.is_some()) {
                        self.save();
                    }
                }
                Err(error) => {
                    // The other value is named in the message: whoever saves again has seen it.
                    if matches!(error, SaveError::Became(_)) {
                        self.look();
                    }
                    self.fault.set(Some(Fault::Save(error)));
                }
            }
        });
    }

    /// True while something typed is not saved.
    pub fn is_dirty(self) -> bool {
        self.dirty.get()
    }

    /// True while something is being saved.
    pub fn is_saving(self) -> bool {
        self.saving.get_value()
    }
}

fn read(text: &str, measure: Measure, locale: Locale) -> Result<Option<Quantity>, QuantityError> {
    match measure {
        Measure::MoneyVnd => Quantity::parse_money(text, locale.style()),
        _ => Quantity::parse(text, locale.style()),
    }
}

/// What was saved need not be noted, unless it was typed on.
fn forget(live: Live, key: &CellKey, text: &str) {
    live.typed.update_value(|typed| {
        if typed.get(key).is_some_and(|(noted, _)| noted == text) {
            typed.remove(key);
        }
    });
}

/// The screen went before the pause was over: what reads is saved; what does not is noted for its return.
fn save_left(live: Live, key: CellKey, measure: Measure, locale: Locale) {
    let Some((text, seen)) = live.typed.with_value(|typed| typed.get(&key).cloned()) else { return };
    let Ok(Some(value)) = read(&text, measure, locale) else { return };
    spawn_local(async move {
        // Where it is not saved it stays noted: the field shows it again, and why.
        if live.save(&key, &seen, Some(value.get()), None, Vec::new()).await.is_ok() {
            forget(live, &key, &text);
            sync::now(live);
        }
    });
}

/// The input itself. Enter and the arrows go up and down; a block pasted from a sheet fills the rows below.
#[component]
pub fn FigureInput(
    /// State.
    field: Field,
    /// Id of the input; rows count on from it.
    id: String,
    /// Ids of the inputs before and after.
    neighbours: (Option<String>, Option<String>),
    /// What it is called to a screen reader.
    label: String,
    /// True while the form may not be changed.
    #[prop(into)]
    locked: Signal<bool>,
    /// Called with the rows of a block that was pasted here.
    #[prop(into)]
    pasted: Callback<Vec<String>>,
) -> impl IntoView {
    let (above, below) = neighbours;
    let keys = move |event: KeyboardEvent| {
        let undo = (event.ctrl_key() || event.meta_key()) && event.key() == "z";
        match event.key().as_str() {
            "Enter" | "ArrowDown" => {
                if let Some(id) = below.as_deref() {
                    dom::focus(id);
                }
            }
            "ArrowUp" => {
                if let Some(id) = above.as_deref() {
                    dom::focus(id);
                }
            }
            "Escape" if field.fault.with_untracked(Option::is_some) => {
                field.give_up();
                return event.prevent_default();
            }
            _ if undo => field.undo(),
            _ => return,
        }
        event.prevent_default();
        if !undo {
            field.leave();
        }
    };
    let described = format!("{id}-note");
    view! {
        <input
            id=id
            class="figure"
            inputmode="numeric"
            autocomplete="off"
            aria-label=label
            aria-describedby=described
            aria-invalid=move || field.fault.with(Option::is_some).to_string()
            readonly=move || locked.get()
            prop:value=move || field.text.get()
            on:input=move |e| field.type_in(event_target_value(&e))
            on:change=move |_| field.leave()
            on:keydown=keys
            on:paste=move |event| {
                let Some(text) = dom::pasted(&event) else { return };
                let rows: Vec<String> = text.trim_end().lines().map(|l| l.split('\t').next().unwrap_or("").trim().to_owned()).collect();
                if rows.len() > 1 && !locked.get_untracked() {
                    event.prevent_default();
                    pasted.run(rows);
                }
            }
        />
    }
}

/// "No data yet", with its reason: shown when a dash or an ellipsis was typed.
#[component]
pub fn NoData(
    /// State.
    field: Field,
) -> impl IntoView {
    let locale = locale();
    let reason = RwSignal::new(String::new());
    let asks = move || {
        matches!(field.fault.get(), Some(Fault::Text(QuantityError::AskDash | QuantityError::AskEllipsis)))
    };
    move || {
        asks().then(|| {
            view! {
                <span class="ask">
                    <button class="button quiet small" on:click=move |_| field.keep(Some(0), None)>
                        {t::entry::zero(locale)}
                    </button>
                    <input
                        class="reason"
                        placeholder=t::entry::reason(locale)
                        aria-label=t::entry::reason(locale)
                        prop:value=move || reason.get()
                        on:input=move |e| reason.set(event_target_value(&e))
                    />
                    <button
                        class="button quiet small"
                        on:click=move |_| field.keep(None, Some(reason.get_untracked()))
                    >
                        {t::entry::no_data(locale)}
                    </button>
                </span>
            }
        })
    }
}
