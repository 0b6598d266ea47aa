//! The way to one's account. With it goes what the shell paints of this frame at the next start.

use crate::features::{roles, shell::menu};
use crate::platform::sign_in;
use crate::reactive::context::{live, locale};
use crate::reactive::device;
use crate::routes::Route;
use crate::routes::link::Link;
use chitieu_widgets::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The way to one's account. With it goes what the shell paints of this frame at the next start.
#[component]
pub fn AccountLink() -> impl IntoView {
    remember_frame();
    view! { <Link to=Route::Account>{t::account::title(locale())}</Link> }
}

/// Writes down who is here, in which roles, and the screens that the menu names, a line each.
fn remember_frame() {
    if !sign_in::paints_frame() {
        return;
    }
    let (live, locale) = (live(), locale());
    let (username, name) = live.me.with_untracked(|me| (me.username.clone(), me.display_name.clone()));
    let mut lines = vec![username.clone(), name.replace('\n', " "), roles::roles(live, locale)];
    lines.extend(
        menu::menu(live, locale)
            .into_iter()
            .map(|(to, icon, title)| [to.path().as_str(), title, icon.path()].join("\t")),
    );
    spawn_local(async move {
        // Where it is not kept the next start is without a frame for a moment.
        if !live.runs.is_closed() && !device::has_left(&username).await.unwrap_or(true) {
            device::remember_frame(lines.join("\n")).await.ok();
        }
    });
}
