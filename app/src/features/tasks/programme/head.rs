//! The head of a programme: written and issued by its officer, read by everybody else.

use crate::features::entry::paper::PaperHead;
use crate::features::history::{About, History};
use crate::features::tasks::fields::{Editing, EntityField, Kept};
use crate::features::tasks::programme::words::{Hindered, has_chip};
use crate::features::tasks::values::label_of;
use crate::platform::dom;
use crate::reactive::context::{live, locale};
use crate::ui::changing::changing;
use chitieu_client::tasks::programme::{Has, Hindrance, Issue, Programme, State, document_key, hindrances};
use chitieu_domain::day;
use chitieu_sync::entity::annual_plan_document::{
    DOCUMENT, DUE_ON, INTEGRATED_WITH, ISSUED, ISSUED_ON, STATE, TITLE,
};
use chitieu_sync::entity::{Change, Kind};
use chitieu_sync::raw::Raw;
use chitieu_widgets::{Locale, t, text};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

const KIND: Kind = Kind::AnnualPlanDocument;

/// What the unit has, by the programme as it is kept.
fn chip(of: &Programme, locale: Locale) -> AnyView {
    has_chip(Has::of(of, live().today()), locale)
}

/// Where a programme stands, in the words of a paper.
fn standing(of: &Programme, locale: Locale) -> String {
    match (of.state, of.issued_on) {
        (State::Issued, Some(day)) => t::programme::issued_as(locale, &of.document, text::day(day, locale)),
        _ => t::programme::drafting(locale).to_owned(),
    }
}

/// What it says, to be read: on the screen, or on paper alone where it is written on the screen.
#[component]
pub fn Head(of: Memo<Programme>, is_paper: bool) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let who = of.with_untracked(|of| of.who);
    let name = live.model().reporter_name(who);
    let title = of.with_untracked(|of| of.title.clone());
    let period = Signal::derive(move || of.with(|of| t::programme::of(locale, of.year)));
    let standing = Signal::derive(move || of.with(|of| standing(of, locale)));
    let rows = changing(move || {
        let of = of.get();
        let rows = [
            (TITLE, of.title),
            (DOCUMENT, of.document),
            (ISSUED_ON, of.issued_on.map(|day| text::day(day, locale)).unwrap_or_default()),
            (DUE_ON, of.due_on.map(|day| text::day(day, locale)).unwrap_or_default()),
            (INTEGRATED_WITH, of.integrated_with.join("\n")),
        ];
        let said = rows.into_iter().filter(|(_, value)| !value.is_empty());
        said.map(|(field, value)| {
            view! { <div><dt>{label_of(KIND, field, locale)}</dt><dd lang="vi">{value}</dd></div> }
        })
        .collect_view()
    });
    let key = of.with_untracked(|of| document_key(&live.model().reporter(of.who).id, of.year));
    view! {
        <PaperHead who=name title=title period=period standing=standing />
        <section class="card empty said" class:on-paper=is_paper data-head="">
            <p class="task-tools">
                {changing(move || of.with(|of| chip(of, locale)))}
                {(!is_paper).then(|| view! { <History about=About::Entity(key) /> })}
            </p>
            <dl class="facts">{rows}</dl>
        </section>
    }
}

/// What its officer writes, and issuing it.
#[component]
pub fn Written(of: Memo<Programme>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let model = live.model();
    let key = of.with_untracked(|of| document_key(&model.reporter(of.who).id, of.year));
    let editing = Editing::new(KIND, key.clone());
    let is_issued = Memo::new(move |_| of.with(|of| of.state == State::Issued));
    let found = RwSignal::new(Vec::<Hindrance>::new());
    let is_issuing = RwSignal::new(false);
    let save = move |issuing: bool| {
        // Where it stands is said by issuing it alone.
        editing.take_up_refused(&[TITLE, INTEGRATED_WITH, DUE_ON, DOCUMENT, ISSUED_ON]);
        let issue = Issue {
            title: editing.text(TITLE),
            document: editing.text(DOCUMENT),
            issued_on: day::parse(&editing.text(ISSUED_ON)),
        };
        let mut hinders = of.with_untracked(|of| hindrances(model, of, &issue, live.today()));
        match (issuing, is_issued.get_untracked()) {
            (true, _) => {}
            // What was issued is put right with all that it has.
            (false, true) => hinders.retain(|one| {
                matches!(one, Hindrance::Missing(_) | Hindrance::AfterYear { .. } | Hindrance::ToCome(_))
            }),
            // A draft lacks what it lacks.
            (false, false) => {
                hinders.retain(|one| matches!(one, Hindrance::Missing(TITLE) | Hindrance::AfterYear { .. }));
            }
        }
        is_issuing.set(issuing);
        if let Some(first) = hinders.first() {
            let field = match first {
                Hindrance::Missing(field) => Some(*field),
                Hindrance::AfterYear { .. } | Hindrance::ToCome(_) => Some(ISSUED_ON),
                _ => None,
            };
            if let Some(field) = field {
                dom::focus(&editing.input_id(field));
            }
            return found.set(hinders);
        }
        found.set(Vec::new());
        let mut more = Change::new();
        if issuing {
            more.insert(STATE.to_owned(), Raw::of(&ISSUED));
        }
        editing.keep(more, None);
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        save(false);
    };
    let no = Signal::derive(|| false);
    let hindered = changing(move || {
        let head = if is_issuing.get() {
            t::programme::cannot_issue(locale)
        } else {
            t::programme::cannot_keep(locale)
        };
        view! { <Hindered kind=KIND head=head found=found locale=locale /> }
    });
    view! {
        <section class="card empty no-paper" data-programme="">
            <form class="entity" on:submit=submit novalidate>
                <p class="task-tools wide">
                    {changing(move || of.with(|of| chip(of, locale)))}
                    <History about=About::Entity(key) />
                </p>
                <EntityField of=editing name=TITLE is_locked=no />
                <EntityField of=editing name=INTEGRATED_WITH is_locked=no />
                <EntityField of=editing name=DUE_ON is_locked=is_issued />
                <EntityField of=editing name=DOCUMENT is_locked=no />
                <EntityField of=editing name=ISSUED_ON is_locked=no />
                {changing(move || (!is_issued.get()).then(|| view! {
                    <p class="muted wide">{t::programme::issue_about(locale)}</p>
                }))}
                {hindered}
                {changing(move || editing.fault.get().map(|why| view! { <p class="fault wide" role="alert">{why}</p> }))}
                <div class="task-tools wide">
                    {changing(move || (!is_issued.get()).then(|| view! {
                        <button class="button" type="button" data-issue="" on:click=move |_| save(true)>
                            {t::programme::issue(locale)}
                        </button>
                    }))}
                    <button class="button quiet" type="submit" data-save="" disabled=move || !editing.is_typed() && !editing.is_refused()>
                        {t::programme::save(locale)}
                    </button>
                    <Kept of=editing />
                </div>
            </form>
        </section>
    }
}
