//! A row of a form, laid out like the paper: number, name, this period, last year, change, year to date.

use crate::features::entry::figure_input::FigureInput;
use crate::parts;
use crate::parts::Part;
use crate::reactive::context::{live, locale};
use crate::reactive::field::{Asks, Field};
use crate::ui::changing::changing;
use chitieu_domain::plan::Element;
use chitieu_domain::rules::{State, so_far};
use chitieu_domain::{ElementIx, ReporterIx};
use chitieu_sync::replica::{CellKey, CellStatus, CellView};
use chitieu_widgets::{Locale, t, text};
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

/// How a number moved against last year's, and the class it is drawn with.
fn change(now: Option<i64>, before: Option<i64>, locale: Locale) -> (String, &'static str) {
    let (Some(now), Some(before)) = (now, before) else { return ("–".into(), "muted") };
    let class = if now == before { "muted" } else { "change" };
    (chitieu_domain::change::change(now, before, locale.style()), class)
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

/// True where there is something to say of where a figure stands.
pub fn stands(view: &CellView) -> bool {
    let is_plain = matches!(view.status, CellStatus::Empty | CellStatus::Sent | CellStatus::Contested);
    !is_plain || view.changed_since || view.note.is_some() || (view.value.is_none() && view.reason.is_some())
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
    let view = Memo::new(move |_| live.cell(&key));
    // This period, a year earlier, the year to date.
    let numbers = Memo::new(move |_| {
        live.rows.track(reporter, ix);
        live.figures.with_untracked(|shown| {
            let (model, figures) = (live.model(), shown.figures());
            let figure = |period| figures.get(reporter, period, ix)?.value;
            let before = model.a_year_earlier(model.form_of(ix), period).and_then(figure);
            (figure(period), before, so_far(model, figures, reporter, ix, period))
        })
    });
    let compared = move || {
        let (now, before, _) = numbers.get();
        change(now, before, locale)
    };
    let has_note =
        Memo::new(move |_| field.has_note() || view.with(|view| !view.branches.is_empty() || stands(view)));
    let number = move |n: Option<i128>| n.map_or_else(|| "–".to_owned(), |n| text::number(n, locale));
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
        <tr class=class>
            <td class="no">{element.row}</td>
            <th scope="row" title=element.note_vi.clone()>
                {first_part.then(|| view! { <em>{t::entry::of_which(locale)}" "</em> })}
                {name}
                {formula}
            </th>
            <td class=move || format!("cell {}", view.with(status)) data-status=move || view.with(status) data-mark=move || view.with(|view| view.estimated.then(|| t::cell::estimated_mark(locale)))>
                <FigureInput field=field id=id neighbours=neighbours label=label locked=locked asks=asks />
                {changing(move || printing.get().then(|| parts::draw(Part::PaperFigure(field, view))))}
            </td>
            <td class="num muted" data-label=t::entry::col_before(locale)>{changing(move || number(numbers.get().1.map(i128::from)))}</td>
            <td class=move || format!("num {}", compared().1) data-label=t::entry::col_change(locale)>{changing(move || compared().0)}</td>
            <td class="num" data-label=t::entry::col_to_date(locale)>{changing(move || number(numbers.get().2))}</td>
        </tr>
        <tr class="note" id=note_id>
            <td></td>
            <td colspan="5">
                {changing(move || has_note.get().then(|| parts::draw(Part::RowNote(field, view))))}
            </td>
        </tr>
    }
}
