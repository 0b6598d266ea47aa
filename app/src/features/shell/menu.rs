//! The screens that a person's menu names.

use crate::reactive::live::Live;
use crate::routes::Route;
use crate::ui::icon::Icon;
use chitieu_sync::rights::{Right, Thing};
use chitieu_widgets::{Locale, t};

/// The screens that a person's menu names: address, icon and title.
pub fn menu(live: Live, locale: Locale) -> Vec<(Route, Icon, &'static str)> {
    let (officer, reviews) = (live.is_officer(), live.may(Right::Oversee, Thing::Anything));
    // The board is all that others have.
    let starts = officer || reviews || live.may(Right::KeepAccounts, Thing::Anything);
    let mut all = vec![
        (Route::Start(None), Icon::Work, t::work::title(locale)),
        (Route::Review, Icon::Review, t::review::title(locale)),
        (Route::Outbox, Icon::Waiting, t::waiting::title(locale)),
        (Route::Tasks, Icon::Tasks, t::task::title(locale)),
        (Route::Board, Icon::Board, t::board::title(locale)),
    ];
    let has = [starts, reviews, officer, live.may(Right::ReadPlan, Thing::Plan), true];
    let mut has = has.into_iter();
    all.retain(|_| has.next() == Some(true));
    all
}
