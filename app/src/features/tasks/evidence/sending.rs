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
    // How many are being sent, and how many are held up: both change seldom, and are said aloud when they do.
    let counts = Memo::new(move |_| {
        live.files.with(|all| {
            let open = all.iter().filter(|(file, _)| file.ended.is_none());
            open.fold((0_i128, 0_i128), |(sent, held), (file, _)| match file.held_up {
                None => (sent + 1, held),
                Some(_) => (sent, held + 1),
            })
        })
    });
    let sent = Memo::new(move |_| {
        live.files.with(|all| {
            let open = || all.iter().filter(|(file, _)| file.ended.is_none() && file.held_up.is_none());
            let whole: u64 = open().map(|(file, _)| file.bytes).sum();
            percent(open().map(|(file, status)| file.sent(status)).sum(), whole)
        })
    });
    let is_any = Memo::new(move |_| counts.get() != (0, 0));
    let is_sending = Memo::new(move |_| counts.get().0 > 0);
    let said = move || {
        let (sent, held) = counts.get();
        let number = |n| text::number(n, locale);
        let sending = (sent > 0).then(|| t::evidence::sending(locale, number(sent)));
        let held = (held > 0).then(|| t::evidence::held_up(locale, number(held)));
        sending.into_iter().chain(held).collect::<Vec<_>>().join(" ")
    };
    changing(move || {
        is_any.get().then(|| {
            view! {
                <div class="card find notice" data-sending="">
                    <span role="status">{changing(said)}</span>
                    // Beside what is said aloud: it changes with every part.
                    {changing(move || is_sending.get().then(|| view! {
                        " "
                        <span>{changing(move || t::evidence::sent(locale, text::number(i128::from(sent.get()), locale)))}</span>
                        " "
                        <progress max="100" value=move || sent.get().to_string() aria-label=t::evidence::progress(locale)></progress>
                    }))}
                </div>
            }
        })
    })
}
