//! A pasted block, looked at before anything of it is written: what would land where, what is left out and why.

use super::actions::Actions;
use super::fault;
use crate::app::{live, locale};
use crate::platform::dom;
use chitieu_domain::clipboard::{Block, BlockError, MAX_COLUMNS, MAX_ROWS};
use chitieu_domain::paste::{Choice, Column, Doubt, Line, Part, Proposal, RowsBy, Tally, Why, propose};
use chitieu_domain::plan::Form;
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;

/// Most rows of a block that are shown.
const SHOWN: usize = 200;

/// A block, where it was pasted, and what the person chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    /// What was pasted.
    pub block: Block,
    /// At which row of the form, an index.
    pub row: usize,
    /// Column and way of matching, where chosen.
    pub choice: Choice,
}

impl Pasted {
    /// What would become of it.
    pub fn proposal(&self, form: &Form) -> Proposal {
        let line = |e: &chitieu_domain::plan::Element| (e.row, e.name_vi.clone(), e.name_en.clone());
        let names: Vec<_> = form.elements.iter().map(line).collect();
        let lines: Vec<Line<'_>> = names
            .iter()
            .map(|(number, name_vi, name_en)| Line { number: *number, name_vi, name_en })
            .collect();
        propose(&self.block, &lines, self.row, self.choice)
    }

    /// What stands in a row besides its number.
    fn words(&self, row: usize, column: Option<usize>) -> String {
        let cells =
            (0..self.block.width()).filter(|c| Some(*c) != column).map(|c| self.block.cell(row, c).trim());
        let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).take(3).collect();
        cells.join(" · ")
    }
}

/// Why a clipboard was not taken.
pub fn refused(error: BlockError, locale: Locale) -> String {
    match error {
        BlockError::Bytes => t::paste::too_long(locale).to_owned(),
        BlockError::Rows => t::paste::too_many_rows(locale, MAX_ROWS),
        BlockError::Columns => t::paste::too_many_columns(locale, MAX_COLUMNS),
    }
}

fn why(why: Why, locale: Locale) -> &'static str {
    match why {
        Why::Blank => t::paste::blank(locale),
        Why::Title => t::paste::title(locale),
        Why::Header => t::paste::header(locale),
        Why::ColumnNumbers => t::paste::column_numbers(locale),
        Why::Total => t::paste::total(locale),
        Why::Footnote => t::paste::footnote(locale),
        Why::NotInForm => t::paste::not_in_form(locale),
        Why::Ambiguous => t::paste::ambiguous(locale),
        Why::Disagrees => t::paste::disagrees(locale),
        Why::Twice => t::paste::twice(locale),
        Why::NoFigures => t::paste::no_figures(locale),
    }
}

/// What became of each part of a block, in one line.
pub fn summary(tally: &Tally, locale: Locale) -> String {
    let mut parts = vec![t::paste::entered(locale, tally.entered)];
    let some = |count: usize, text: fn(Locale, usize) -> String| (count > 0).then(|| text(locale, count));
    parts.extend(some(tally.unread, |l, n| t::paste::unread(l, n)));
    parts.extend(some(tally.beyond, |l, n| t::paste::beyond(l, n)));
    parts.extend(some(tally.empty, |l, n| t::paste::empty(l, n)));
    let left_out = tally.left_out.iter().filter(|(reason, _)| *reason != Why::Blank);
    parts.extend(left_out.map(|(reason, n)| t::paste::left_out(locale, n, why(*reason, locale))));
    parts.join(" · ")
}

/// The preview; nothing where no block waits for the person.
#[component]
pub fn Preview(
    /// The form's actions.
    actions: Actions,
) -> impl IntoView {
    let pasted = actions.pasted;
    let is_open = Memo::new(move |_| pasted.with(Option::is_some));
    Effect::new(move |_| {
        if is_open.get() {
            dom::show_dialog("paste");
        }
    });
    move || is_open.get().then(|| view! { <Open actions=actions /> })
}

#[component]
fn Open(actions: Actions) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let pasted = actions.pasted;
    let form = live.model.form(actions.form);
    let proposal = Memo::new(move |_| pasted.with(|p| p.as_ref().map(|p| p.proposal(form))));
    let count = move || proposal.with(|p| p.as_ref().map_or(0, |p| p.landing().count()));
    let choose = move |change: &dyn Fn(&mut Choice)| {
        pasted.update(|pasted| pasted.iter_mut().for_each(|p| change(&mut p.choice)));
    };
    let close = move || {
        let row = pasted.with_untracked(|p| p.as_ref().map(|p| p.row));
        pasted.set(None);
        if let Some(element) = row.and_then(|row| form.elements.get(row)) {
            dom::focus(&super::row::input_id(element.row));
        }
    };
    let cancel = move |event: leptos::ev::Event| {
        event.prevent_default();
        close();
    };
    let apply = move |_| {
        if let Some(proposal) = proposal.get_untracked() {
            actions.write(proposal);
        }
    };
    let columns = move || {
        let (all, chosen) =
            proposal.with(|p| p.as_ref().map(|p| (p.columns.clone(), p.column)).unwrap_or_default());
        let option = move |column: Column| {
            let is_chosen = chosen == Some(column.at);
            view! { <option value=column.at.to_string() selected=is_chosen>{heading(&column, locale)}</option> }
        };
        all.into_iter().map(option).collect_view()
    };
    let ways = move || {
        let (all, chosen) = proposal.with(|p| p.as_ref().map(|p| (p.possible.clone(), p.rows)).unzip());
        let option = move |way: RowsBy| {
            let (value, word) = match way {
                RowsBy::Name => ("name", t::paste::by_name(locale)),
                RowsBy::Number => ("number", t::paste::by_number(locale)),
                RowsBy::Order => ("order", t::paste::by_order(locale)),
            };
            view! { <option value=value selected=chosen == Some(way)>{word}</option> }
        };
        all.unwrap_or_default().into_iter().map(option).collect_view()
    };
    let take_column = move |event| {
        let column = event_target_value(&event).parse().ok();
        choose(&|choice| choice.column = column);
    };
    let take_way = move |event| {
        let way = match event_target_value(&event).as_str() {
            "name" => RowsBy::Name,
            "number" => RowsBy::Number,
            _ => RowsBy::Order,
        };
        choose(&|choice| choice.rows = Some(way));
    };
    let rows = move || {
        pasted.with(|pasted| {
            let (Some(pasted), Some(proposal)) = (pasted, proposal.get()) else { return Vec::new() };
            let parts = proposal.parts.iter().enumerate().take(SHOWN);
            parts
                .map(|(row, part)| shown(actions, form, pasted, proposal.column, row, part, locale))
                .collect()
        })
    };
    let more = move || proposal.with(|p| p.as_ref().map_or(0, |p| p.parts.len()).saturating_sub(SHOWN));
    let said = move || {
        let reads = |row: usize, text: &str| actions.reads(row, text).0.is_some();
        proposal.with(|p| p.as_ref().map(|p| summary(&p.tally(reads), locale)))
    };
    view! {
        <dialog class="card preview" id="paste" aria-labelledby="paste-title" data-paste="" on:cancel=cancel>
                <h2 id="paste-title">{t::paste::heading(locale)}</h2>
                <p class="muted">{t::paste::help(locale)}</p>
                <div class="task-tools">
                    <label>{t::paste::column(locale)} <select id="paste-column" on:change=take_column>{columns}</select></label>
                    <label>{t::paste::rows(locale)} <select id="paste-rows" on:change=take_way>{ways}</select></label>
                </div>
                <div class="preview-rows" tabindex="0" role="group" aria-label=t::paste::parts(locale)>
                    <table class="plain">
                        <thead>
                            <tr>
                                <th>{t::paste::col_pasted(locale)}</th>
                                <th class="num">{t::paste::col_number(locale)}</th>
                                <th>{t::paste::col_goes_to(locale)}</th>
                                <th class="num">{t::paste::col_has(locale)}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                    {move || (more() > 0).then(|| view! { <p class="muted">{t::paste::more(locale, more())}</p> })}
                </div>
                <p role="status">{said}</p>
                <div class="task-tools">
                    <button class="button" id="paste-apply" disabled=move || count() == 0 on:click=apply>
                        {move || t::paste::apply(locale, count())}
                    </button>
                    <button class="button quiet" id="paste-cancel" on:click=move |_| close()>{t::paste::cancel(locale)}</button>
                </div>
        </dialog>
    }
}

/// A column by its heading, or by what stands in it.
fn heading(column: &Column, locale: Locale) -> String {
    let what = if column.heading.is_empty() { column.first.join(", ") } else { column.heading.clone() };
    let numbering = if column.is_numbering { t::paste::numbering(locale) } else { "" };
    format!("{} {}: {what} {numbering}", t::paste::column(locale), column.at + 1)
}

fn shown(
    actions: Actions,
    form: &Form,
    pasted: &Pasted,
    column: Option<usize>,
    row: usize,
    part: &Part,
    locale: Locale,
) -> AnyView {
    let words = pasted.words(row, column);
    let cell = column.map(|column| pasted.block.cell(row, column).trim().to_owned()).unwrap_or_default();
    let place = |line: usize| {
        let element = form.elements.get(line);
        element.map(|e| format!("{} · {}", e.row, locale.pick(&e.name_vi, &e.name_en))).unwrap_or_default()
    };
    let has = |line: usize| {
        let (_, value) = actions.reads(line, "");
        value.map_or_else(String::new, |value| fault::shown(Some(value), locale))
    };
    let (class, to, has, word) = match part {
        Part::Lands { line, text, doubt } => {
            let is_read = actions.reads(*line, text).0.is_some();
            let word = match doubt {
                _ if !is_read => t::paste::does_not_read(locale),
                Some(Doubt::LikeName) => t::paste::like_name(locale),
                Some(Doubt::OtherNumber) => t::paste::other_number(locale),
                Some(Doubt::NoName) => t::paste::no_name(locale),
                None => "",
            };
            (if is_read { "lands" } else { "unread" }, place(*line), has(*line), word)
        }
        Part::Empty { line } => ("out", place(*line), has(*line), t::paste::keeps(locale)),
        Part::Beyond => ("out", String::new(), String::new(), t::paste::is_beyond(locale)),
        Part::LeftOut(reason) => ("out", String::new(), String::new(), why(*reason, locale)),
    };
    let words = if words.is_empty() { t::paste::row(locale, row + 1) } else { words };
    view! {
        <tr class=class>
            <td>{words}</td>
            <td class="num">{cell}</td>
            <td>{to} {(!word.is_empty()).then(|| view! { <small>{word}</small> })}</td>
            <td class="num">{has}</td>
        </tr>
    }
    .into_any()
}
