//! Values of an entity's fields: as inputs show and give them, and in words.

use crate::reactive::context::live;
use crate::reactive::tasks;
use chitieu_domain::{ReporterId, day};
use chitieu_sync::entity::field::{Field, Holds};
use chitieu_sync::entity::{Kind, annual_plan_document as document, annual_plan_item as item};
use chitieu_sync::raw::Raw;
use chitieu_widgets::{Locale, t, text};

/// A value as its input shows it; the reporters of a list are their ids, a line each.
pub(super) fn shown_text(holds: Holds, value: &Raw) -> String {
    match holds {
        Holds::Reporters | Holds::Elements => value.read::<Vec<String>>().unwrap_or_default().join("\n"),
        Holds::Reporter => {
            let who = value.read::<ReporterId>();
            who.map_or_else(String::new, |who| tasks::name(&live(), &who))
        }
        _ => value.read().unwrap_or_default(),
    }
}

/// What an input says, as a value; none for a name that no reporter has.
pub(super) fn written(holds: Holds, text: &str) -> Option<Raw> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Raw::of(&None::<String>));
    }
    Some(match holds {
        Holds::Reporters | Holds::Elements => Raw::of(&text.lines().collect::<Vec<_>>()),
        Holds::Reporter => Raw::of(&named(text)?),
        _ => Raw::of(&text),
    })
}

/// The reporter in force of this name.
pub(super) fn named(name: &str) -> Option<ReporterId> {
    tasks::in_force(&live()).into_iter().find(|(known, _)| known == name.trim()).map(|(_, id)| id)
}

/// The element of the plan of this name.
fn element_named(name: &str, locale: Locale) -> Option<String> {
    let forms = &live().model().plan().forms;
    let mut all = forms.iter().flat_map(|form| &form.elements);
    let found = all.find(|element| locale.pick(&element.name_vi, &element.name_en) == name.trim());
    found.map(|element| element.id.clone())
}

/// The id of the reporter or the element of this name.
pub(super) fn id_named(holds: Holds, name: &str, locale: Locale) -> Option<String> {
    match holds {
        Holds::Elements => element_named(name, locale),
        _ => named(name).map(|who| who.to_string()),
    }
}

/// An element's name, or its id where the plan does not know it.
pub(super) fn element_name(id: &str, locale: Locale) -> String {
    let model = live().model();
    model.element_ix(id).map_or_else(
        || id.to_owned(),
        |ix| {
            let element = model.element(ix);
            locale.pick(&element.name_vi, &element.name_en).to_owned()
        },
    )
}

/// A task with its number, or its id where the plan does not know it.
pub(super) fn task_name(id: &str, locale: Locale) -> String {
    let task = live().model().task(id);
    task.map_or_else(
        || id.to_owned(),
        |task| format!("{} · {}", task.id, locale.pick(&task.title_vi, &task.title_en)),
    )
}

/// The name of a field of a kind. Kinds of registers name some of their own.
pub fn label_of(kind: Kind, field: &str, locale: Locale) -> &'static str {
    match (kind, field) {
        (Kind::AnnualPlanDocument, document::TITLE) => t::programme::field_title(locale),
        (Kind::AnnualPlanDocument, document::DUE_ON) => t::programme::field_issue_by(locale),
        (Kind::AnnualPlanDocument, document::DOCUMENT) => t::programme::field_document(locale),
        (_, document::INTEGRATED_WITH) => t::programme::field_integrated(locale),
        (_, document::ISSUED_ON) => t::programme::field_issued_on(locale),
        (Kind::AnnualPlanDocument | Kind::AnnualPlanItem, item::STATE) => t::programme::field_state(locale),
        (Kind::AnnualPlanItem, item::NUMBER) => t::programme::field_number(locale),
        (Kind::AnnualPlanItem, item::TITLE) => t::programme::field_item(locale),
        (Kind::AnnualPlanItem, item::TASK) => t::programme::field_task(locale),
        (Kind::AnnualPlanItem, item::OUTPUT) => t::programme::field_output(locale),
        (Kind::AnnualPlanItem, item::FIGURES) => t::programme::field_figures(locale),
        (Kind::AnnualPlanItem, item::DUE_ON) => t::programme::field_due(locale),
        (Kind::AnnualPlanItem, item::DONE_ON) => t::programme::field_done(locale),
        (Kind::AnnualPlanItem, item::DOCUMENT) => t::programme::field_product(locale),
        _ => label(field, locale),
    }
}

/// The name of a field.
pub fn label(field: &str, locale: Locale) -> &'static str {
    match field {
        "lead" => t::task::lead(locale),
        "cooperating" => t::task::cooperating(locale),
        "from" => t::task::from(locale),
        "until" => t::task::until(locale),
        "progress" => t::task::progress(locale),
        "text" => t::task::text(locale),
        "began" => t::task::began(locale),
        "done" => t::task::done_on(locale),
        "document" => t::task::document(locale),
        "document_day" => t::task::document_day(locale),
        "difficulties" => t::task::difficulties(locale),
        "proposals" => t::task::proposals(locale),
        "extend_to" => t::task::extend_to(locale),
        "office" => t::task::office(locale),
        "work" => t::task::work(locale),
        "output" => t::task::output(locale),
        _ => "",
    }
}

/// How far a task is.
pub(super) fn progress(word: &str, locale: Locale) -> &'static str {
    match word {
        "not_started" => t::task::not_started(locale),
        "doing" => t::task::doing(locale),
        "done" => t::task::done(locale),
        "nothing" => t::task::nothing(locale),
        "ask" => t::task::ask_time(locale),
        "grant" => t::task::grant_time(locale),
        "refuse" => t::task::refuse_time(locale),
        document::DRAFTING => t::programme::drafting(locale),
        document::ISSUED => t::programme::issued(locale),
        item::DROPPED => t::programme::dropped(locale),
        _ => "",
    }
}

/// A value in words.
pub fn words(field: &Field, value: &Raw, locale: Locale) -> String {
    let said = match field.holds {
        Holds::Reporters => {
            let all: Vec<ReporterId> = value.read().unwrap_or_default();
            all.iter().map(|who| tasks::name(&live(), who)).collect::<Vec<_>>().join("; ")
        }
        Holds::Day => {
            let day = value.read::<String>().and_then(|text| day::parse(&text));
            day.map_or_else(String::new, |day| text::day(day, locale))
        }
        Holds::Elements => {
            let all: Vec<String> = value.read().unwrap_or_default();
            all.iter().map(|id| element_name(id, locale)).collect::<Vec<_>>().join("; ")
        }
        Holds::Task => task_name(&value.read::<String>().unwrap_or_default(), locale),
        Holds::Word(_) => progress(&value.read::<String>().unwrap_or_default(), locale).to_owned(),
        _ => shown_text(field.holds, value),
    };
    if said.is_empty() { t::task::left_empty(locale).to_owned() } else { said }
}
