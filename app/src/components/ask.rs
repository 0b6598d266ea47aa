//! Asks the reviewer to open a locked form again, with a reason.

use super::fault;
use crate::app::{live, locale};
use chitieu_sync::replica::SubmissionKey;
use chitieu_sync::submission::Action;
use chitieu_widgets::t;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A button, then its reason; nothing while the form is open to its officer.
#[component]
pub fn AskToOpen(
    /// The form.
    of: SubmissionKey,
    /// What the reason begins with.
    #[prop(into)]
    about: String,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let key = StoredValue::new(of);
    let standing = Memo::new(move |_| key.with_value(|key| live.replica.with(|r| r.submission(key))));
    let reason = RwSignal::new(about);
    let asking = RwSignal::new(false);
    let fault = RwSignal::new(None::<String>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text = reason.get_untracked().trim().to_owned();
        spawn_local(async move {
            match live.step(&key.get_value(), Action::Ask, Some(text)).await {
                Ok(()) => {
                    asking.set(false);
                    fault.set(None);
                }
                Err(error) => fault.set(Some(fault::saving(&error, locale))),
            }
        });
    };
    move || {
        let standing = standing.get();
        if !standing.state.is_submitted() || !live.is_officer() {
            return None;
        }
        Some(view! {
            <div class="ask-open">
                {standing.asks.clone().map(|why| view! { <p class="muted">{t::ask::asked(locale, why)}</p> })}
                {if asking.get() {
                    view! {
                        <form class="task-tools" on:submit=submit>
                            <input
                                class="reason"
                                required
                                autofocus
                                maxlength="500"
                                pattern=".*\\S.*"
                                placeholder=t::ask::reason(locale)
                                aria-label=t::ask::reason(locale)
                                prop:value=move || reason.get()
                                on:input=move |e| reason.set(event_target_value(&e))
                            />
                            <button class="button small" type="submit">{t::ask::send(locale)}</button>
                            <button class="button quiet small" type="button" on:click=move |_| asking.set(false)>
                                {t::review::cancel(locale)}
                            </button>
                        </form>
                    }
                        .into_any()
                } else {
                    view! {
                        <button class="button quiet small" data-ask="" on:click=move |_| asking.set(true)>
                            {t::ask::open(locale)}
                        </button>
                    }
                        .into_any()
                }}
                {move || fault.get().map(|f| view! { <p class="fault" role="alert">{f}</p> })}
            </div>
        })
    }
}
