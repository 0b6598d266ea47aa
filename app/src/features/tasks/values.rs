//! Values of an entity's fields: as inputs show and give them, and in words.

use crate::reactive::context::live;
use crate::reactive::tasks;
use chitieu_domain::{ReporterId, day};
use chitieu_sync::entity::field::{Field, Holds};
use chitieu_sync::raw::Raw;
use chitieu_widgets::{Locale, t, text};

/// A value as its input shows it; the reporters of a list are their ids, a line each.
pub(super) fn shown_text(holds: Holds, value: &Raw) -> String {
    match holds {
        Holds::Reporters => value.read::<Vec<String>>().unwrap_or_default().join("\n"),
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
        Holds::Reporters => Raw::of(&text.lines().collect::<Vec<_>>()),
        Holds::Reporter => Raw::of(&named(text)?),
        _ => Raw::of(&text),
    })
}

/// The reporter in force of this name.
pub(super) fn named(name: &str) -> Option<ReporterId> {
    tasks::in_force(&live()).into_iter().find(|(known, _)| known == name.trim()).map(|(_, id)| id)
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
        Holds::Word(_) => progress(&value.read::<String>().unwrap_or_default(), locale).to_owned(),
        _ => shown_text(field.holds, value),
    };
    if said.is_empty() { t::task::left_empty(locale).to_owned() } else { said }
}
