//! Asks the reviewer to open a locked form again, with a reason.

use crate::features::fault;
use crate::reactive::context::{live, locale};
use crate::ui::changing::changing;
use crate::ui::reason::ReasonForm;
use chitieu_sync::replica::SubmissionKey;
use chitieu_sync::submission::Action;
use chitieu_widgets::t;
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
    let send = Callback::new(move |text: String| {
        spawn_local(async move {
            match live.step(&key.get_value(), Action::Ask, Some(text)).await {
                Ok(()) => {
                    asking.set(false);
                    fault.set(None);
                }
                Err(error) => fault.set(Some(fault::saving(&error, locale))),
            }
        });
    });
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
                        <ReasonForm locale=locale
                            leave=t::review::cancel(locale)
                            reason=reason
                            label=t::ask::reason(locale)
                            word=t::ask::send(locale)
                            send=send
                            cancel=Callback::new(move |()| asking.set(false))
                        />
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
                {changing(move || fault.get().map(|f| view! { <p class="fault" role="alert">{f}</p> }))}
            </div>
        })
    }
}
