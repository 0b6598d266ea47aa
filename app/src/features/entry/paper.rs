//! What a print says of itself and no screen shows: whose it is, of which days, draft or approved, when and by
//! whom it was printed, what is not settled in its cells, and where it is signed.

use crate::platform::clock;
use crate::reactive::context::{live, locale};
use crate::reactive::field::Field;
use crate::ui::changing::changing;
use chitieu_sync::message::SubmissionStanding;
use chitieu_sync::replica::{CellStatus, CellView, SubmissionKey};
use chitieu_sync::submission::State;
use chitieu_widgets::{Locale, t, text};
use leptos::prelude::*;

/// Where a form stands and as which revision, in the words of a paper.
fn standing(of: &SubmissionStanding, locale: Locale) -> String {
    let state = match of.state {
        State::Draft => t::paper::draft(locale),
        State::Returned => t::paper::returned(locale),
        State::Submitted => t::paper::submitted(locale),
        State::Approved => t::paper::approved(locale),
        State::Published => t::paper::published(locale),
        State::Unknown(_) => t::state::unknown(locale),
    };
    let revision = match of.rev {
        0 => t::paper::never(locale).to_owned(),
        rev => t::paper::revision(locale, rev, &of.author, clock::shown(&of.at, locale)),
    };
    format!("{state} · {revision}")
}

/// The head. Where a page has one, the screen's own head is not printed.
#[component]
pub fn PaperHead(
    /// Whose figures.
    who: String,
    /// Of the form or board.
    title: String,
    /// Which period, with its days.
    #[prop(into)]
    period: Signal<String>,
    /// Draft or approved.
    #[prop(into)]
    standing: Signal<String>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let at = RwSignal::new(clock::now(locale));
    let listener = window_event_listener_untyped("beforeprint", move |_| at.set(clock::now(locale)));
    on_cleanup(move || listener.remove());
    let me = live.me.get_untracked();
    let printed = move || t::paper::printed(locale, at.get(), &me.display_name, &me.username);
    view! {
        <header class="on-paper paper-head">
            <p class="paper-who">
                <b>{who}</b>
                {me.illustrative.then(|| view! { <b>{t::embed::sample(locale)}</b> })}
            </p>
            <h1>{title}</h1>
            <p>{changing(move || period.get())}</p>
            <p><b>{changing(move || standing.get())}</b></p>
            <p>{printed}</p>
        </header>
    }
}

/// The head of a form.
#[component]
pub fn FormHead(
    /// Which, of whom and when.
    of: SubmissionKey,
    /// True while the page is printed.
    printing: RwSignal<bool>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    for (event, is) in [("beforeprint", true), ("afterprint", false)] {
        let listener = window_event_listener_untyped(event, move |_| {
            printing.try_set(is);
        });
        on_cleanup(move || listener.remove());
    }
    let model = live.model();
    let (reporter, form) = model.reporter_ix(&of.reporter).zip(model.form_ix(&of.form))?;
    let about = model.form(form);
    let span = model.span(form, of.period);
    let days = t::paper::span(
        locale,
        text::period(of.period, locale),
        text::day_in_text(span.from, locale),
        text::day_in_text(span.to, locale),
    );
    let words = Signal::derive(move || live.replica.with(|r| standing(&r.submission(&of), locale)));
    let title = locale.pick(&about.title_vi, &about.title_en).to_owned();
    Some(view! { <PaperHead who=model.reporter_name(reporter) title=title period=days standing=words /> })
}

/// A cell's number, and what is not settled about it, as a page is printed.
#[component]
pub fn PaperFigure(
    /// The cell's field.
    field: Field,
    /// The cell.
    view: Memo<CellView>,
) -> impl IntoView {
    let locale = locale();
    let unsaved = field.is_typed.get_untracked();
    let cell = view.get_untracked();
    let number = match cell.value {
        _ if unsaved => field.typed.get_untracked(),
        Some(value) => text::number(value.into(), locale),
        None if cell.answered => "…".to_owned(),
        None => String::new(),
    };
    let mark = match cell.status {
        _ if unsaved => t::paper::unsaved(locale),
        CellStatus::Contested => t::contested::mark(locale),
        CellStatus::Saved | CellStatus::Sending | CellStatus::PassedOver => t::paper::unsent(locale),
        CellStatus::Rejected(_) => t::waiting::rejected(locale),
        CellStatus::Empty | CellStatus::Sent => "",
    };
    let estimated = if cell.estimated { t::cell::estimated_mark(locale) } else { "" };
    view! { <span class="on-paper num">{number} <small>{[estimated, " ", mark].concat()}</small></span> }
}

/// Place, day and the two signatures. What follows on the page is not printed.
#[component]
pub fn PaperFoot() -> impl IntoView {
    let locale = locale();
    let signature = |who: &'static str| {
        view! { <div><b>{who}</b><i>{t::paper::sign(locale)}</i></div> }
    };
    view! {
        <footer class="on-paper paper-foot">
            <p>{t::paper::place_and_day(locale)}</p>
            {signature(t::paper::prepared_by(locale))}
            {signature(t::paper::head_of_unit(locale))}
        </footer>
    }
}
