//! One field of a form, from keys to figures.
//!
//! The rules, in the order in which they matter:
//! 1. A figure is made by a person's act: Enter or a key that moves on, leaving the field for another element or
//!    screen of the app, or a deliberate command. Never by a pause, a redraw, a pull, or the window losing focus.
//! 2. A figure is what the input holds in that moment, read as a number; separators that the program had put in do
//!    not count. What does not read stays in the field as a draft, with what is wrong. A field that was emptied and
//!    left clears its cell.
//! 3. While the field has the focus nothing in it is changed by the program. It is grouped, or shows what came from
//!    elsewhere, when it is left.
//! 4. A value that came while the person typed is named before it is replaced.

use crate::typed::Typed;
use chitieu_domain::number::{Style, grouped};
use chitieu_domain::plan::Measure;
use chitieu_domain::quantity::{Quantity, QuantityError};
use chitieu_sync::replica::{CellView, Seen};

/// How figures of a field are read and written.
#[derive(Debug, Clone, Copy)]
pub struct Notation {
    /// What is counted.
    pub measure: Measure,
    /// How the language of the screen writes numbers.
    pub style: Style,
    /// The largest plausible figure.
    pub most: i64,
}

impl Notation {
    /// Reads a text; none is an empty field.
    pub fn read(self, text: &str) -> Result<Option<Quantity>, QuantityError> {
        let read = match self.measure {
            Measure::MoneyVnd => Quantity::parse_money(text, self.style),
            _ => Quantity::parse(text, self.style),
        }?;
        if read.is_some_and(|quantity| quantity.get() > self.most) {
            return Err(QuantityError::TooLarge);
        }
        Ok(read)
    }

    /// Writes a value.
    pub fn write(self, value: Option<i64>) -> String {
        value.map_or_else(String::new, |value| grouped(value.into(), self.style))
    }
}

/// What is wrong with a field. `E` is why something was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault<E> {
    /// The text does not read.
    Text(QuantityError),
    /// Since the person began to type, the cell got this value, which they have not seen.
    Became(Option<i64>),
    /// It was not kept.
    Refused(E),
}

/// What is to be done after an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Nothing,
    /// This value is to be kept, if the cell is still as [`Field::seen`].
    Keep(i64),
    /// The cell is to be cleared, if it is still as [`Field::seen`].
    Clear,
}

/// One field.
#[derive(Debug, Clone)]
pub struct Field<E> {
    notation: Notation,
    held: Typed,
    /// The cell as the person last saw it here.
    seen: Seen,
    is_typed: bool,
    has_focus: bool,
    /// The text whose value is being kept.
    keeping: Option<String>,
    /// The person moved on once more meanwhile.
    again: bool,
    fault: Option<Fault<E>>,
}

impl<E> Field<E> {
    /// A field that shows its cell.
    pub fn new(notation: Notation, view: &CellView) -> Self {
        Self {
            notation,
            held: Typed::shown(notation.write(view.value)),
            seen: view.seen(),
            is_typed: false,
            has_focus: false,
            keeping: None,
            again: false,
            fault: None,
        }
    }

    /// A field with what was typed earlier and not saved. Where the cell says just that by now it was saved after
    /// all; where the cell moved, that is named before anything is saved.
    pub fn restored(notation: Notation, view: &CellView, text: String, seen: Seen) -> Self {
        let mut field = Self::new(notation, view);
        let read = notation.read(&text);
        let is_saved = match &read {
            Ok(Some(q)) => view.answered && view.value == Some(q.get()),
            Ok(None) => !view.answered,
            Err(_) => false,
        };
        if is_saved {
            return field;
        }
        field.held = Typed::by_person(text);
        field.is_typed = true;
        if let Some(value) = view.unseen_since(&seen) {
            field.fault = Some(Fault::Became(value));
        } else {
            field.seen = seen;
            field.fault = read.err().map(Fault::Text);
        }
        field
    }

    /// What the input holds, or is to hold.
    pub fn text(&self) -> &str {
        self.held.text()
    }

    /// What is wrong.
    pub fn fault(&self) -> Option<&Fault<E>> {
        self.fault.as_ref()
    }

    /// The cell as the person last saw it here.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// The text that is typed and not saved.
    pub fn draft(&self) -> Option<String> {
        self.is_typed.then(|| self.held.bare())
    }

    /// The number in it as it stands, for the verdicts beside.
    pub fn number(&self) -> Option<i64> {
        self.notation.read(&self.held.bare()).ok().flatten().map(Quantity::get)
    }

    /// True while something is on its way to the device's database.
    pub fn is_keeping(&self) -> bool {
        self.keeping.is_some()
    }

    /// True where the program may write [`Field::text`] into the input. What is being kept is written once it is: a field
    /// that changes in the moment in which it is left has the browser lay the page out before the focus can move on.
    pub fn may_be_written(&self) -> bool {
        !self.has_focus && self.keeping.is_none()
    }

    /// The value that came while the person is in the field and has not typed: it is not written into it.
    pub fn came(&self, view: &CellView) -> Option<Option<i64>> {
        let is_looked_at = self.has_focus && !self.is_typed && self.keeping.is_none();
        view.unseen_since(&self.seen).filter(|_| is_looked_at)
    }

    fn show(&mut self, view: &CellView) {
        self.held = Typed::shown(self.notation.write(view.value));
        self.seen = view.seen();
        self.is_typed = false;
    }

    /// The person enters.
    pub fn enter(&mut self) {
        self.has_focus = true;
    }

    /// The input holds another text: a key, a paste, a composition, speech.
    pub fn input(&mut self, text: String) {
        if text == self.held.text() && !self.is_typed {
            return;
        }
        self.held.edit(text);
        self.is_typed = true;
        self.again = false;
        self.fault = None;
    }

    /// The person moves on by Enter or another deliberate command; the input holds `text`.
    pub fn commit(&mut self, text: String, view: &CellView) -> Next {
        if text != self.held.text() {
            self.input(text);
        }
        if !self.is_typed {
            return Next::Nothing;
        }
        let bare = self.held.bare();
        if let Some(keeping) = &self.keeping {
            self.again = *keeping != bare;
            return Next::Nothing;
        }
        match self.notation.read(&bare) {
            Ok(Some(value)) => {
                self.keeping = Some(bare);
                Next::Keep(value.get())
            }
            Ok(None) => self.empty(view),
            Err(error) => {
                self.fault = Some(Fault::Text(error));
                Next::Nothing
            }
        }
    }

    /// The person answers the question that their text raised, a dash with 0 or "no data yet": what they chose takes
    /// the place of the text.
    pub fn answer(&mut self) {
        self.keeping = Some(self.held.bare());
    }

    /// An emptied field: its cell is answered no more.
    fn empty(&mut self, view: &CellView) -> Next {
        if view.answered {
            self.keeping = Some(String::new());
            return Next::Clear;
        }
        self.fault = None;
        self.show(view);
        Next::Nothing
    }

    /// The person left for another element or screen of the app; the input held `text`.
    pub fn leave(&mut self, text: String, view: &CellView) -> Next {
        self.has_focus = false;
        // Whoever was told of another value and typed nothing since has not decided yet.
        let undecided = matches!(self.fault, Some(Fault::Became(_))) && text == self.held.text();
        let next = if undecided { Next::Nothing } else { self.commit(text, view) };
        if !self.is_typed && self.keeping.is_none() {
            self.show(view);
        }
        next
    }

    /// The field lost the focus and nobody moved on: a keyboard on the screen was put away, or the screen is drawn anew.
    /// What is typed stays a draft. A window that loses the focus leaves the field as it is.
    pub fn away(&mut self, view: &CellView) {
        self.has_focus = false;
        self.changed(view);
    }

    /// The person gives up what they typed; what is saved is shown again.
    pub fn give_up(&mut self, view: &CellView) {
        self.fault = None;
        self.again = false;
        self.show(view);
    }

    /// The cell changed, by whomever.
    pub fn changed(&mut self, view: &CellView) {
        if !self.has_focus && !self.is_typed && self.keeping.is_none() {
            self.show(view);
        }
    }

    /// What was to be kept or cleared is on the device. Gives what is to be done next.
    pub fn kept(&mut self, view: &CellView) -> Next {
        let kept = self.keeping.take();
        self.seen = view.seen();
        let again = std::mem::take(&mut self.again);
        if kept.is_some_and(|text| text == self.held.bare()) {
            self.is_typed = false;
            self.fault = None;
            if !self.has_focus {
                self.show(view);
            }
            return Next::Nothing;
        }
        // Typed on meanwhile: a draft, until the person moves on, or did so already.
        if again { self.commit(self.held.text().to_owned(), view) } else { Next::Nothing }
    }

    /// It was not kept, and stays typed. Where another value is the reason it is named now: whoever moves on from
    /// that has seen it.
    pub fn refused(&mut self, fault: Fault<E>, view: &CellView) {
        self.keeping = None;
        self.again = false;
        if matches!(fault, Fault::Became(_)) {
            self.seen = view.seen();
        }
        self.fault = Some(fault);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chitieu_domain::PeriodId;
    use chitieu_sync::replica::{CellKey, Replica};

    #[test]
    fn a_figure_above_the_maximum_stays_typed_and_is_not_kept() {
        let reporter = "police_commune:11977@2025-07-01".parse().expect("an id");
        let key = CellKey { reporter, period: PeriodId::Month(2026, 10), element: "crimes_drug".into() };
        let view = Replica::default().cell(&key);
        let notation = Notation { measure: Measure::CountCase, style: Style::Vietnamese, most: 40 };
        let mut field = Field::<()>::new(notation, &view);
        assert_eq!(field.commit("41".into(), &view), Next::Nothing);
        assert_eq!(field.fault(), Some(&Fault::Text(QuantityError::TooLarge)));
        assert_eq!(field.draft().as_deref(), Some("41"));
        assert_eq!(field.commit("40".into(), &view), Next::Keep(40));
    }

    #[test]
    fn nothing_is_wrong_with_an_emptied_field_once_somebody_else_has_cleared_its_cell() {
        let reporter = "police_commune:11977@2025-07-01".parse().expect("an id");
        let key = CellKey { reporter, period: PeriodId::Month(2026, 10), element: "crimes_drug".into() };
        let cleared = Replica::default().cell(&key);
        let says = |value| CellView { answered: true, value: Some(value), ..cleared.clone() };
        let notation = Notation { measure: Measure::CountCase, style: Style::Vietnamese, most: 40 };
        let mut field = Field::<()>::new(notation, &says(5));
        assert_eq!(field.commit(String::new(), &says(5)), Next::Clear);
        field.refused(Fault::Became(Some(7)), &says(7));
        assert_eq!(field.commit(String::new(), &cleared), Next::Nothing);
        assert_eq!((field.fault(), field.draft()), (None, None));
    }
}
