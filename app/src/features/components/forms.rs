//! The entry form's parts: the badge of the sync, rows with their notes, what the rules found.

use super::{on, state};
use crate::features::entry::findings::Findings;
use crate::features::entry::row::{Row, RowOf};
use crate::features::shell::sync_badge::SyncBadge;
use crate::reactive::actions::Actions;
use crate::reactive::context::{context, live, locale};
use crate::reactive::field::Field;
use crate::reactive::live::{Live, SyncState};
use crate::reactive::sample::{self, FORM, PERIOD, Sample};
use chitieu_domain::rules::State;
use chitieu_sync::replica::{Replica, Seen};
use chitieu_widgets::t;
use leptos::context::Provider;
use leptos::prelude::*;

/// What is true of the figures on a device, and whether it would open without a network.
pub fn badges(sample: &Sample) -> impl IntoView + use<> {
    let locale = locale();
    let Sample { every, contested, waiting, few, .. } = *sample;
    let why = || "HTTP 413".to_owned();
    let all = [
        (few, SyncState::Idle),
        (waiting, SyncState::Idle),
        (waiting, SyncState::Busy),
        (few, SyncState::Offline),
        (waiting, SyncState::Offline),
        (waiting, SyncState::SignIn),
        (waiting, SyncState::Fault(why())),
        (waiting, SyncState::NotStored(why())),
        (contested, SyncState::Idle),
        (every, SyncState::Idle),
    ];
    let badge = |(live, standing): (Live, SyncState)| {
        let tally = live.replica.with_untracked(Replica::tally);
        let counts = format!("{} + {} + {}", tally.waiting, tally.contested, tally.rejected);
        let name = format!("{standing:?} {counts}");
        state(name, on(sample::standing(live, standing), || view! { <SyncBadge /> }))
    };
    let context = context();
    let owed = move || view! { <Provider value=sample::owing(context)><SyncBadge /></Provider> };
    let offline = [
        ("Ready", "badge met", t::offline::ready(locale)),
        ("Preparing", "badge prov", t::offline::preparing(locale)),
        ("Not", "badge not", t::offline::not(locale)),
    ];
    let offline = offline.map(|(name, class, word)| {
        state(name, view! { <span class=class><span class="dot" aria-hidden="true"></span>{word}</span> })
    });
    view! {
        {all.into_iter().map(badge).collect_view()}
        {state("without store", on(sample::without_store(waiting), || view! { <SyncBadge /> }))}
        {state("owed", on(waiting, owed))}
        {offline.into_iter().collect_view()}
        {state("illustrative", view! { <strong class="sample">{t::embed::sample(locale)}</strong> })}
    }
}

/// What a row's field is given before it is drawn, row by row.
enum Typed {
    /// Left unsaved, begun when the cell looked so.
    Left(&'static str, Seen),
    /// Entered.
    Entered(&'static str),
}

/// Rows in each standing of their cells, with all that is said below them; with what is half typed; and of a locked form.
pub fn rows(sample: &Sample) -> impl IntoView + use<> {
    let moved = Seen { answered: true, value: Some(3), foreign: None };
    let typed = move || {
        vec![
            Typed::Left("25", Seen::default()),
            Typed::Left("26", moved.clone()),
            Typed::Entered("12a"),
            Typed::Entered("-"),
            Typed::Entered("1,5"),
            Typed::Entered("99999999999999"),
            Typed::Entered("..."),
        ]
    };
    view! {
        {on(sample.every, || sheet(0, false, &[]))}
        {on(sample.said, || sheet(1, false, &[]))}
        {on(sample.said, move || sheet(2, false, &typed()))}
        {on(sample.waiting, || sheet(3, true, &[]))}
    }
}

/// A ward's form.
fn sheet(ward: usize, is_locked: bool, typed: &[Typed]) -> Option<AnyView> {
    let (live, locale) = (live(), locale());
    let (reporter, form) = (sample::ward(ward)?, live.model().form_ix(FORM)?);
    let of = live.model().reporter_ix(&reporter)?;
    let actions = Actions::new(live, form);
    let locked = Memo::new(move |_| is_locked);
    let rules = Memo::new(|_| vec![State::Kept, State::Broken, State::Unanswered]);
    let cells = live.cells(&reporter, form, PERIOD);
    let shown = if is_locked { 2 } else { cells.len() };
    let rows = cells.into_iter().take(shown).enumerate().map(|(at, (ix, key))| {
        let typed = typed.get(at);
        if let Some(Typed::Left(text, seen)) = typed {
            live.drafts.keep(&key, text, seen);
        }
        let element = live.model().element(ix).clone();
        let field = Field::new(key.clone(), &element, actions.history, actions.unsaved);
        if let Some(Typed::Entered(text)) = typed {
            field.put_text((*text).to_owned());
        }
        let status = live.replica.with_untracked(|r| r.cell(&key)).status;
        let fault = field.fault.with_untracked(|fault| fault.as_ref().map(|fault| format!("{fault:?}")));
        let name = match typed {
            None => format!("{status:?}"),
            Some(_) => fault.unwrap_or_else(|| "Draft".to_owned()),
        };
        let formula = (at < 3).then(|| ("= d1 + d2".to_owned(), at));
        let first_part = element.part_of.is_some();
        let of = RowOf { reporter: of, ix, key, field, formula, neighbours: (None, None), first_part };
        let asks = actions.asks(at);
        view! {
            <tr class="note"><td></td><td colspan="5"><p class="state-name">{name}</p></td></tr>
            <Row of=of element=element rules=rules locked=locked asks=asks printing=RwSignal::new(false) />
        }
    });
    let rows = rows.collect_view();
    let heads = [
        t::entry::col_no(locale),
        t::entry::col_name(locale),
        t::entry::col_now(locale),
        t::entry::col_before(locale),
        t::entry::col_change(locale),
        t::entry::col_to_date(locale),
    ];
    let table = view! {
        <div class="card sheet">
            <table>
                <thead><tr>{heads.map(|head| view! { <th>{head}</th> }).into_iter().collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    };
    Some(table.into_any())
}

/// What the rules found: errors, warnings, nothing.
pub fn findings(sample: &Sample) -> impl IntoView + use<> {
    let found = |ward: usize| {
        let live = live();
        let form = live.model().form_ix(FORM)?;
        let of = live.model().reporter_ix(&sample::ward(ward)?)?;
        let checked = RwSignal::new(Vec::new());
        Some(view! { <Findings reporter=of form=form period=PERIOD checked=checked /> })
    };
    view! {
        {state("Broken", on(sample.every, move || found(0)))}
        {state("Kept", on(sample.few, move || found(3)))}
    }
}
