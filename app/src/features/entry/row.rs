//! A row of a form, laid out like the paper: number, name, this period, last year, change, year to date.

use crate::features::entry::figure_input::FigureInput;
use crate::parts;
use crate::parts::Part;
use crate::platform::row::write as write_row;
use crate::reactive::context::{live, locale};
use crate::reactive::field::{Asks, Field};
use crate::reactive::live::Live;
use crate::ui::changing::changing;
use chitieu_domain::plan::Element;
use chitieu_domain::rules::{State, so_far};
use chitieu_domain::{ElementIx, PeriodId, ReporterIx};
use chitieu_sync::replica::{CellKey, CellStatus, CellView};
use chitieu_widgets::{Locale, t, text};
use leptos::html;
use leptos::prelude::*;

/// What a row is of.
#[derive(Clone)]
pub struct RowOf {
    /// Whose.
    pub reporter: ReporterIx,
    /// Which element.
    pub ix: ElementIx,
    /// Its cell.
    pub key: CellKey,
    /// Its field.
    pub field: Field,
    /// "= d2 + … + d7", with the place of its rule.
    pub formula: Option<(String, usize)>,
    /// Ids of the inputs above and below.
    pub neighbours: (Option<String>, Option<String>),
    /// True on the first part of a total.
    pub first_part: bool,
}

/// The id of a row's input.
pub fn input_id(row: u16) -> String {
    format!("d{row}")
}

/// How a number moved against last year's.
fn change(now: Option<i64>, before: Option<i64>, locale: Locale) -> String {
    let (Some(now), Some(before)) = (now, before) else { return "–".into() };
    chitieu_domain::change::change(now, before, locale.style())
}

/// Where a figure stands, as a word for style and tests.
fn status(view: &CellView) -> &'static str {
    match view.status {
        CellStatus::Empty => "empty",
        CellStatus::Saved => "saved",
        CellStatus::Sending | CellStatus::PassedOver => "sending",
        CellStatus::Sent => "sent",
        CellStatus::Contested => "contested",
        CellStatus::Rejected(_) => "rejected",
    }
}

/// True where a figure has a remark, or came to differ from what the server has.
fn has_more(view: &CellView) -> bool {
    view.changed_since || view.note.is_some() || (view.value.is_none() && view.reason.is_some())
}

/// True where there is something to say of where a figure stands.
fn stands(view: &CellView) -> bool {
    let is_plain = matches!(view.status, CellStatus::Empty | CellStatus::Sent | CellStatus::Contested);
    !is_plain || has_more(view)
}

/// A figure's way to the server, in a word; none where there is nothing to say of it, or more than a word.
pub fn under_way(view: &CellView, locale: Locale) -> Option<&'static str> {
    match view.status {
        CellStatus::Saved if view.answered => Some(t::cell::saved(locale)),
        CellStatus::Sending => Some(t::cell::sending(locale)),
        _ => None,
    }
}

/// What stands below a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Note {
    Nothing,
    /// What is said of nearly every figure that was just saved, drawn as plainly as it is: a pasted block has hundreds.
    Word(&'static str),
    All,
}

impl Note {
    fn of(view: &CellView, locale: Locale) -> Self {
        let is_contested = !view.branches.is_empty();
        match under_way(view, locale) {
            Some(word) if !is_contested && !has_more(view) => Self::Word(word),
            _ if is_contested || stands(view) => Self::All,
            _ => Self::Nothing,
        }
    }
}

/// What a row says beside its field, in lines: how its figure stands, its mark, the period a year earlier, the change against it,
/// the year to date, and a word below.
fn said(
    live: Live,
    (reporter, ix, period): (ReporterIx, ElementIx, PeriodId),
    view: &CellView,
    note: Note,
    locale: Locale,
) -> String {
    let (now, before, to_date) = live.figures.with_untracked(|shown| {
        let (model, figures) = (live.model(), shown.figures());
        let figure = |period| figures.get(reporter, period, ix)?.value;
        let before = model.a_year_earlier(model.form_of(ix), period).and_then(figure);
        (figure(period), before, so_far(model, figures, reporter, ix, period))
    });
    let mark = if view.estimated { t::cell::estimated_mark(locale) } else { "" };
    let number = |n: Option<i128>| n.map_or_else(|| "–".to_owned(), |n| text::number(n, locale));
    let word = match note {
        Note::Word(word) => word,
        Note::Nothing | Note::All => "",
    };
    let (before_text, change) = (number(before.map(i128::from)), change(now, before, locale));
    [status(view), mark, &before_text, &change, &number(to_date), word].join("\n")
}

/// The row, and below it what has to be said of it.
#[component]
pub fn Row(
    /// What it is of.
    of: RowOf,
    /// Its element.
    element: Element,
    /// How the form's rules stand, by place.
    rules: Memo<Vec<State>>,
    /// True while the form may not be changed.
    locked: Memo<bool>,
    /// What its field asks of the form.
    asks: Asks,
    /// True while the page is printed.
    printing: RwSignal<bool>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let RowOf { reporter, ix, key, field, formula, neighbours, first_part } = of;
    let period = key.period;
    let view = field.view;
    let row = NodeRef::<html::Tr>::new();
    let has_note = RwSignal::new(false);
    // All that a figure moves in its row, at once: an effect for each of it would cost a key more than what it shows.
    Effect::new(move |before: Option<Option<String>>| {
        let row = row.get()?;
        let now = view.get();
        field.changed(&now);
        live.rows.track(reporter, ix);
        let note = if field.has_note() { Note::All } else { Note::of(&now, locale) };
        let is_noted = note == Note::All;
        if has_note.get_untracked() != is_noted {
            has_note.set(is_noted);
        }
        let said = said(live, (reporter, ix, period), &now, note, locale);
        if before.flatten().as_ref() != Some(&said) {
            write_row(&row, &said);
        }
        Some(said)
    });
    let name = locale.pick(&element.name_vi, &element.name_en).to_owned();
    let id = input_id(element.row);
    let note_id = format!("{id}-note");
    let label = format!("{} {}: {name}", t::entry::row(locale), element.row);
    let class = match (&element.part_of, &formula) {
        (Some(_), _) => "part",
        (None, Some(_)) => "total",
        _ => "",
    };
    let formula = formula.map(|(text, place)| {
        let kept = move || rules.with(|all| all.get(place).copied().unwrap_or(State::Unanswered));
        view! {
            <span class=move || match kept() {
                State::Kept => "formula kept",
                State::Broken => "formula broken",
                State::Unanswered => "formula",
            }>
                {format!(" {text} ")}
                {changing(move || match kept() {
                    State::Kept => "✓",
                    State::Broken => "≠",
                    State::Unanswered => "",
                })}
            </span>
        }
    });
    view! {
        <tr class=class node_ref=row>
            <td class="no">{element.row}</td>
            <th scope="row" title=element.note_vi.clone()>
                {first_part.then(|| view! { <em>{t::entry::of_which(locale)}" "</em> })}
                {name}
                {formula}
            </th>
            <td class="cell">
                <FigureInput field=field id=id neighbours=neighbours label=label locked=locked asks=asks />
                {changing(move || printing.get().then(|| parts::draw(Part::PaperFigure(field, view))))}
            </td>
            <td class="num muted" data-label=t::entry::col_before(locale)></td>
            <td class="num muted" data-label=t::entry::col_change(locale)></td>
            <td class="num" data-label=t::entry::col_to_date(locale)></td>
        </tr>
        <tr class="note" id=note_id>
            <td></td>
            <td colspan="5">
                <p class="cell-word"></p>
                {changing(move || has_note.get().then(|| parts::draw(Part::RowNote(field, view))))}
            </td>
        </tr>
    }
}
