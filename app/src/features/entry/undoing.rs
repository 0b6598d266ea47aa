//! Undoing and making again: what the line below a form asks for, done.

use crate::features::fault;
use crate::reactive::actions::Actions;
use crate::reactive::saving::{Retraced, Unmade};
use chitieu_client::retrace::Undo;
use chitieu_widgets::{Locale, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Does what is asked for; draws nothing.
#[component]
pub fn Undoing(
    /// The form's actions.
    actions: Actions,
) -> impl IntoView {
    Effect::new(move |_| {
        if !actions.undoing.with(Vec::is_empty) {
            for which in std::mem::take(&mut *actions.undoing.write()) {
                undo(actions, which);
            }
        }
    });
}

/// Takes the last action back, or makes again what was taken back last.
fn undo(actions: Actions, which: Undo) {
    let steps = actions.history.try_update(|history| match which {
        Undo::Back => history.undo(),
        Undo::Again => history.redo(),
    });
    let Some(steps) = steps.flatten() else { return };
    let (live, locale) = (actions.live(), actions.locale);
    spawn_local(async move {
        let Retraced { done, left, why_not } = live.retrace(steps, which).await;
        actions.refresh(&done);
        let count = done.len();
        actions.history.try_update(|history| match which {
            Undo::Back => {
                history.undone(done);
                history.redone(left);
            }
            Undo::Again => {
                history.redone(done);
                history.undone(left);
            }
        });
        let said = match which {
            Undo::Back => t::entry::undone(locale, count),
            Undo::Again => t::entry::redone(locale, count),
        };
        let said = match why_not {
            None => said,
            Some(why) if count == 0 => unmade(&why, locale),
            Some(why) => format!("{said} {}", unmade(&why, locale)),
        };
        actions.say(said);
    });
}

fn unmade(why: &Unmade, locale: Locale) -> String {
    match why {
        Unmade::Moved(value) => t::entry::undo_moved(locale, fault::shown(*value, locale)),
        Unmade::Refused(error) => fault::saving(error, locale),
    }
}
