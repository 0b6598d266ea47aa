//! What waits for the person: the menu counts it, their list shows it.

use crate::replica::Live;
use chitieu_client::worklist::{Task, sheets, tasks};
use leptos::prelude::*;

/// The forms that wait, most urgent first. The frame of the screens provides it to them.
pub fn of(live: Live) -> Memo<Vec<Task>> {
    // What the plan asks for changes with the day and the person's rights alone.
    let begun = Memo::new(move |_| live.me.with(|me| sheets(live.model(), &me.grants, live.today())));
    Memo::new(move |_| {
        begun.with(|begun| live.replica.with(|replica| tasks(live.model(), begun, replica, live.today())))
    })
}
