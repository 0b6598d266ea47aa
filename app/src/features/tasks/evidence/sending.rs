//! What is being sent of attached files, on every screen as long as there is something to send.

use crate::reactive::context::{live, locale};
use crate::reactive::files;
use crate::reactive::live::SyncState;
use crate::ui::changing::changing;
use chitieu_client::uploads::percent;
use chitieu_widgets::{t, text};
use leptos::prelude::*;

/// The line on every screen; it also keeps the sending going.
#[component]
pub fn Sending() -> impl IntoView {
    let (live, locale) = (live(), locale());
    Effect::new(move |_| {
        if live.state.get() == SyncState::Idle {
            files::send(live);
        }
    });
    // What waited when the app was opened is told of though nobody answers.
    files::look(live);
    let waits = move || live.files.with(|all| all.iter().filter(|(file, _)| file.ended.is_none()).count());
    let sent = move || {
        live.files.with(|all| {
            let open = || all.iter().filter(|(file, _)| file.ended.is_none());
            let whole: u64 = open().map(|(file, _)| file.bytes).sum();
            percent(open().map(|(file, status)| file.sent(status)).sum(), whole)
        })
    };
    changing(move || {
        (waits() > 0).then(|| {
            view! {
                <p class="card find notice" role="status" data-sending="">
                    {changing(move || t::evidence::sending(
                        locale,
                        text::number(waits() as i128, locale),
                        text::number(i128::from(sent()), locale),
                    ))}
                    " "
                    <progress max="100" value=move || sent().to_string() aria-label=t::evidence::progress(locale)></progress>
                </p>
            }
        })
    })
}
