//! A pasted block, looked at before anything of it is written: what would land where, what is left out and why.

use crate::features::fault;
use crate::platform::dom;
use crate::reactive::actions::Actions;
use crate::reactive::context::{live, locale};
use crate::ui::changing::changing;
use chitieu_client::commands::Entry;
use chitieu_client::history::{Answer, Step};
use chitieu_client::ripening;
use chitieu_domain::clipboard::{Block, BlockError, MAX_COLUMNS, MAX_ROWS};
use chitieu_domain::paste::{Choice, Column, Doubt, Line, Part, Proposal, RowsBy, Tally, Why, propose};
use chitieu_domain::plan::Form;
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Most rows of a block that are shown.
const SHOWN: usize = 200;

/// What would become of a block that was pasted at a row (an index).
fn proposal(block: &Block, form: &Form, row: usize, choice: Choice) -> Proposal {
    let lines: Vec<Line<'_>> = form
        .elements
        .iter()
        .map(|e| Line { number: e.row, name_vi: &e.name_vi, name_en: &e.name_en })
        .collect();
    propose(block, &lines, row, choice)
}

/// What stands in a row of a block besides its number.
fn words(block: &Block, row: usize, column: Option<usize>) -> String {
    let cells = (0..block.width()).filter(|c| Some(*c) != column).map(|c| block.cell(row, c).trim());
    let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).take(3).collect();
    cells.join(" · ")
}

/// What a text would be in a row of the form, if it reads, and what the row says now.
fn reads(actions: Actions, row: usize, text: &str) -> (Option<i64>, Option<i64>) {
    actions.field(row).map_or((None, None), |(_, field)| (field.reads(text), field.cell().1.value))
}

/// Writes what lands, as one action, and says what became of each part. What does not read or is not kept stands in its
/// field.
fn write(actions: Actions, proposal: Proposal) {
    actions.pasted.set(None);
    let (mut entries, mut rows, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for (row, text) in proposal.landing() {
        let Some((key, field)) = actions.field(row) else { continue };
        match field.reads(text) {
            Some(value) => {
                let (value, reason, seen) = (Some(value), None, field.cell().1.seen());
                let (cleared, marks, resolves) = (false, None, Vec::new());
                entries.push(Entry { key, seen, value, reason, cleared, marks, resolves });
                rows.push((row, field, text.to_owned()));
            }
            None => texts.push((row, field, text.to_owned())),
        }
    }
    let (live, locale) = (actions.live(), actions.locale);
    spawn_local(async move {
        let mut steps = Vec::new();
        let saved = live.save_all(&entries, ripening::BLOCK).await;
        let mut why = None;
        for ((row, field, text), saved) in rows.into_iter().zip(saved) {
            match saved {
                Ok(step) => {
                    if let Some(step) = step {
                        steps.push(step);
                    }
                    field.refresh();
                }
                Err(error) => {
                    why = Some(fault::saving(&error, locale));
                    texts.push((row, field, text));
                }
            }
        }
        let unread: Vec<usize> = texts.iter().map(|(row, ..)| *row).collect();
        for (_, field, text) in texts {
            let (key, view) = field.cell();
            let now = Answer::from(&view);
            steps.push(Step { key, before: now.clone(), after: now });
            field.put_text(text);
        }
        actions.history.try_update(|history| history.push(steps));
        let mut said = summary(&proposal.tally(|row, _| !unread.contains(&row)), locale);
        if let Some(why) = why {
            said = format!("{said} {why}");
        }
        actions.say(said);
    });
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
    parts.extend(some(tally.unread, t::paste::unread));
    parts.extend(some(tally.beyond, t::paste::beyond));
    parts.extend(some(tally.empty, t::paste::empty));
    let left_out = tally.left_out.iter().filter(|(reason, _)| *reason != Why::Blank);
    parts.extend(left_out.map(|(reason, n)| t::paste::left_out(locale, n, why(*reason, locale))));
    parts.join(" · ")
}

/// What was pasted: written at once where that is plain, else shown first.
#[component]
pub fn Pasting(
    /// The form's actions.
    actions: Actions,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let clip = actions.pasted.get_untracked()?;
    let done = |said: Option<String>| {
        actions.pasted.set(None);
        if let Some(said) = said {
            actions.say(said);
        }
    };
    let block = match Block::parse(&clip.text, clip.html.as_deref()) {
        Err(error) => {
            done(Some(refused(error, locale)));
            return None;
        }
        // A cell with line breaks in it.
        Ok(block) if block.is_single() => {
            if let Some((_, field)) = actions.field(clip.row) {
                field.put_text(block.cell(0, 0).to_owned());
            }
            done(None);
            return None;
        }
        Ok(block) => block,
    };
    let proposal = proposal(&block, live.model().form(actions.form), clip.row, Choice::default());
    if proposal.is_plain() {
        write(actions, proposal);
        return None;
    }
    Some(view! { <Preview actions=actions block=block row=clip.row /> })
}

#[component]
fn Preview(actions: Actions, block: Block, row: usize) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let form = live.model().form(actions.form);
    let block = StoredValue::new(block);
    let choice = RwSignal::new(Choice::default());
    let proposal = Memo::new(move |_| block.with_value(|block| proposal(block, form, row, choice.get())));
    let count = move || proposal.with(|p| p.landing().count());
    Effect::new(|_| dom::show_dialog("paste"));
    let close = move || {
        actions.pasted.set(None);
        if let Some(element) = form.elements.get(row) {
            dom::focus(&crate::features::entry::row::input_id(element.row));
        }
    };
    let cancel = move |event: leptos::ev::Event| {
        event.prevent_default();
        close();
    };
    let apply = move |_| write(actions, proposal.get_untracked());
    let columns = move || {
        let (all, chosen) = proposal.with(|p| (p.columns.clone(), p.column));
        let option = move |column: Column| {
            let is_chosen = chosen == Some(column.at);
            view! { <option value=column.at.to_string() selected=is_chosen>{heading(&column, locale)}</option> }
        };
        all.into_iter().map(option).collect_view()
    };
    let ways = move || {
        let (all, chosen) = proposal.with(|p| (p.possible.clone(), p.rows));
        let option = move |way: RowsBy| {
            let (value, word) = match way {
                RowsBy::Name => ("name", t::paste::by_name(locale)),
                RowsBy::Number => ("number", t::paste::by_number(locale)),
                RowsBy::Order => ("order", t::paste::by_order(locale)),
            };
            view! { <option value=value selected=chosen == way>{word}</option> }
        };
        all.into_iter().map(option).collect_view()
    };
    let take_column = move |event| {
        let column = event_target_value(&event).parse().ok();
        choice.update(|choice| choice.column = column);
    };
    let take_way = move |event| {
        let way = match event_target_value(&event).as_str() {
            "name" => RowsBy::Name,
            "number" => RowsBy::Number,
            _ => RowsBy::Order,
        };
        choice.update(|choice| choice.rows = Some(way));
    };
    let rows = move || {
        let proposal = proposal.get();
        let parts = proposal.parts.iter().enumerate().take(SHOWN);
        block.with_value(|block| {
            let shown = |(at, part)| shown(actions, form, block, proposal.column, at, part, locale);
            parts.map(shown).collect::<Vec<_>>()
        })
    };
    let more = move || proposal.with(|p| p.parts.len().saturating_sub(SHOWN));
    let said = move || {
        proposal.with(|p| summary(&p.tally(|row, text| reads(actions, row, text).0.is_some()), locale))
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
                    {changing(move || (more() > 0).then(|| view! { <p class="muted">{t::paste::more(locale, more())}</p> }))}
                </div>
                <p role="status">{said}</p>
                <div class="task-tools">
                    <button class="button" id="paste-apply" disabled=move || count() == 0 on:click=apply>
                        {changing(move || t::paste::apply(locale, count()))}
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
    block: &Block,
    column: Option<usize>,
    row: usize,
    part: &Part,
    locale: Locale,
) -> AnyView {
    let words = words(block, row, column);
    let cell = column.map(|column| block.cell(row, column).trim().to_owned()).unwrap_or_default();
    let place = |line: usize| {
        let element = form.elements.get(line);
        element.map(|e| format!("{} · {}", e.row, locale.pick(&e.name_vi, &e.name_en))).unwrap_or_default()
    };
    let has = |line: usize| {
        let (_, value) = reads(actions, line, "");
        value.map_or_else(String::new, |value| fault::shown(Some(value), locale))
    };
    let (class, to, has, word) = match part {
        Part::Lands { line, text, doubt } => {
            let is_read = reads(actions, *line, text).0.is_some();
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
