//! A step that wants a reason: its field, a button that sends it, and one that leaves it.

use crate::ui::personal::PersonalWarning;
use chitieu_widgets::Locale;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Longest reason, in characters.
pub const LONGEST: &str = "500";

/// The form. A reason of blanks is none: the browser says so.
#[component]
pub fn ReasonForm(
    /// What is written, kept by whoever draws this.
    reason: RwSignal<String>,
    /// What is asked.
    label: &'static str,
    /// The word on the button that sends it.
    word: &'static str,
    /// The word on the one that leaves it.
    leave: &'static str,
    /// Takes the reason, without blanks around it.
    send: Callback<String>,
    /// The person leaves it.
    cancel: Callback<()>,
    /// The language.
    locale: Locale,
) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        send.run(reason.get_untracked().trim().to_owned());
    };
    view! {
        <form class="task-tools" on:submit=submit>
            <input
                class="reason"
                required
                autofocus
                maxlength=LONGEST
                pattern=".*\\S.*"
                placeholder=label
                aria-label=label
                prop:value=move || reason.get()
                on:input=move |e| reason.set(event_target_value(&e))
            />
            <button class="button small" type="submit">{word}</button>
            <button class="button quiet small" type="button" on:click=move |_| cancel.run(())>
                {leave}
            </button>
            <PersonalWarning text=reason.into() locale=locale />
        </form>
    }
}
