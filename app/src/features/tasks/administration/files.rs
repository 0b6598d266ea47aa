//! "Tệp đính kèm": the files that stand behind reports of a unit, by state, a page at a time.

use super::file::{file, word};
use super::{button, fetch, line, query, read, section, select, standing, status};
use crate::reactive::context::locale;
use crate::ui::changing::changing;
use crate::ui::list::List;
use chitieu_sync::api::attachments::{AttachmentsPage, ListedAttachment};
use chitieu_widgets::t;
use leptos::prelude::*;

/// So many files of a page.
const PAGE: usize = 20;

/// States that there are.
const STATES: [&str; 4] = ["stored", "quarantined", "purged", "refused"];

/// The section.
pub fn files(scope: RwSignal<String>) -> AnyView {
    let locale = locale();
    let state = RwSignal::new(String::new());
    let all = RwSignal::new(Vec::<ListedAttachment>::new());
    let next = RwSignal::new(None::<i64>);
    let (told, said) = (RwSignal::new(None), RwSignal::new(String::new()));
    let asked = StoredValue::new(0_u32);
    let ask = Callback::new(move |()| {
        told.set(None);
        asked.update_value(|nth| *nth += 1);
        let nth = asked.get_value();
        let mut path = format!("/api/v1/attachments?{}limit={PAGE}", query(&scope.get_untracked()));
        if let Some(before) = next.get_untracked() {
            path = path + "&before=" + &before.to_string();
        }
        let state = state.get_untracked();
        if !state.is_empty() {
            path = path + "&state=" + &state;
        }
        let done = move |answer: Result<String, String>| {
            // Something else was chosen meanwhile, or nobody looks any more.
            if asked.try_get_value() != Some(nth) {
                return;
            }
            let page = answer.and_then(|text| read::<AttachmentsPage>(&text, locale));
            told.set(Some(page.map(|page| {
                all.update(|all| all.extend(page.attachments));
                next.set(page.next);
            })));
        };
        fetch(path, locale, Box::new(done));
    });
    let anew = Callback::new(move |()| {
        all.set(Vec::new());
        next.set(None);
        said.set(String::new());
        ask.run(());
    });
    Effect::new(move |_| {
        scope.track();
        state.track();
        anew.run(());
    });
    let keys = Signal::derive(move || {
        all.with(|all| all.iter().map(|one| one.sha256.to_string()).collect::<Vec<_>>())
    });
    let draw = Callback::new(move |key: String| file(key, all, scope, said));
    let is_here = move || told.with(|told| matches!(told, Some(Ok(()))));
    let mut states = vec![(String::new(), t::task::any(locale).to_owned())];
    states.extend(STATES.map(|id| (id.to_owned(), word(id, locale).to_owned())));
    let says = move || {
        let is_empty = is_here() && all.with(Vec::is_empty);
        if is_empty { t::admin::files_none(locale).to_owned() } else { said.get() }
    };
    let more = changing(move || {
        let is_more = next.with(Option::is_some);
        if is_more { button("more", t::history::older(locale), None, ask) } else { ().into_any() }
    });
    section(
        "attached",
        t::admin::files(locale),
        vec![
            select("trang-thai", t::admin::state(locale), states, state),
            button("again", t::admin::again(locale), None, anew),
        ],
        vec![
            line("muted", t::admin::files_about(locale).to_owned()),
            status(says),
            view! { <ul class="files"><List keys=keys draw=draw /></ul> }.into_any(),
            standing(told, ask, locale),
            view! { <div class="task-tools">{more}</div> }.into_any(),
        ],
    )
}
