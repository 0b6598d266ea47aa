//! "Dữ liệu cá nhân": how many texts of which unit look like it, and what is to be done. What they say nobody tells.

use super::{button, fetch, line, query, read, section, standing, status};
use crate::reactive::context::{live, locale};
use crate::reactive::tasks::name;
use crate::ui::changing::changing;
use crate::ui::personal::word;
use chitieu_domain::personal_data::PersonalData;
use chitieu_sync::api::{PersonalDataCount, PersonalDataCounts};
use chitieu_widgets::{t, text};
use leptos::prelude::*;

/// The section.
pub fn personal_texts(scope: RwSignal<String>) -> AnyView {
    let (live, locale) = (live(), locale());
    let all = RwSignal::new(Vec::<PersonalDataCount>::new());
    let told = RwSignal::new(None);
    let ask = Callback::new(move |()| {
        told.set(None);
        let asked = scope.get_untracked();
        let path = format!("/api/v1/personal-data?{}", query(&asked));
        let done = move |answer: Result<String, String>| {
            // Another unit was chosen meanwhile, or nobody looks any more.
            if scope.try_get_untracked().as_ref() != Some(&asked) {
                return;
            }
            let counts = answer.and_then(|text| read::<PersonalDataCounts>(&text, locale));
            told.set(Some(counts.map(|counts| all.set(counts.reporters))));
        };
        fetch(path, locale, Box::new(done));
    });
    Effect::new(move |_| {
        scope.track();
        ask.run(());
    });
    let is_here = move || told.with(|told| matches!(told, Some(Ok(()))));
    let number = move |n: u64| text::number(i128::from(n), locale);
    let row = move |one: &PersonalDataCount| {
        let mut chips = Vec::new();
        for kind in PersonalData::ALL {
            if let Some(n) = one.kinds.get(kind.name()) {
                let said = format!("{}: {}", word(kind, locale), number(*n));
                chips.push(view! { <span class="chip prov" data-kind=kind.name()>{said}</span> }.into_any());
            }
        }
        view! { <li data-of=one.reporter.to_string()>{line("", name(&live, &one.reporter))} <div class="task-tools">{chips}</div></li> }
            .into_any()
    };
    let said = move || match all.with(Vec::len) {
        _ if !is_here() => String::new(),
        0 => t::admin::personal_none(locale).to_owned(),
        n => t::admin::personal_units(locale, number(n as u64)) + " " + t::admin::personal_next(locale),
    };
    let rows = changing(move || {
        let rows: Vec<AnyView> =
            if is_here() { all.with(|all| all.iter().map(row).collect()) } else { Vec::new() };
        rows
    });
    section(
        "personal",
        t::admin::personal(locale),
        vec![button("again", t::admin::recount(locale), None, ask)],
        vec![
            line("muted", t::admin::personal_about(locale).to_owned()),
            standing(told, ask, locale),
            status(said),
            view! { <ul class="files">{rows}</ul> }.into_any(),
        ],
    )
}
