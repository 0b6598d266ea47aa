//! What waits for the person: the menu counts it, their list shows it.

use crate::reactive::context::{live, locale};
use chitieu_client::worklist::{Task, sheets, tasks};
use chitieu_widgets::t;
use leptos::prelude::*;

/// The forms that wait, most urgent first.
pub fn all() -> Memo<Vec<Task>> {
    let live = live();
    // What the plan asks for changes with the day and the person's rights alone.
    let begun = Memo::new(move |_| live.me.with(|me| sheets(live.model(), &me.grants, live.today())));
    Memo::new(move |_| {
        begun.with(|begun| live.replica.with(|replica| tasks(live.model(), begun, replica, live.today())))
    })
}

/// How many are urgent, for the menu; nothing where none is.
#[component]
pub fn Waiting() -> impl IntoView {
    let locale = locale();
    let tasks = all();
    let urgent =
        Memo::new(move |_| tasks.with(|all| all.iter().filter(|task| task.stage.is_urgent()).count()));
    move || {
        Some(urgent.get()).filter(|count| *count > 0).map(|count| {
            view! { <span class="count" title=t::work::waiting(locale, count)>{count}</span> }
        })
    }
}
