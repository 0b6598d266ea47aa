//! Submitting a form: what stands above it in words, and the step itself.

use crate::features::fault;
use crate::platform::dom;
use crate::reactive::actions::Actions;
use crate::reactive::context::{live, locale};
use crate::ui::changing::changing;
use chitieu_domain::plan::Severity;
use chitieu_domain::rules::{FormCheck, State as RuleState, check_form};
use chitieu_sync::replica::SubmissionKey;
use chitieu_sync::submission::Action;
use chitieu_widgets::t;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Why it was not submitted, why it came back, that the program is too old; and it submits where that is asked for.
#[component]
pub fn Submitting(
    /// The form's actions.
    actions: Actions,
    /// Which form.
    of: SubmissionKey,
    /// True while it may not be changed.
    locked: Memo<bool>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let fault = RwSignal::new(None::<String>);
    let standing = {
        let of = of.clone();
        Memo::new(move |_| live.replica.with(|r| r.submission(&of)))
    };
    Effect::new(move |_| {
        if !actions.submitting.get() {
            return;
        }
        actions.submitting.set(false);
        actions.commit();
        let of = of.clone();
        spawn_local(async move {
            // What is being saved is part of what is submitted; what cannot be saved holds it up.
            while actions.is_saving() {
                TimeoutFuture::new(20).await;
            }
            if let Some(count) = actions.unsaved.try_get_untracked().filter(|count| *count > 0) {
                fault.set(Some(t::entry::unsaved(locale, count)));
                return;
            }
            // Only now do the figures have all that was typed.
            let errors = live.figures.with_untracked(|shown| {
                let (model, figures) = (live.model(), shown.figures());
                let about = model.reporter_ix(&of.reporter).zip(model.form_ix(&of.form));
                let asked = about.map_or_else(Vec::new, |(reporter, form)| {
                    check_form(&FormCheck { model, figures, reporter, form, period: of.period })
                });
                asked.iter().filter(|c| c.state == RuleState::Broken && c.severity == Severity::Error).count()
            });
            if errors > 0 {
                fault.set(Some(t::entry::has_errors(locale, errors)));
                return dom::focus("findings");
            }
            match live.step(&of, Action::Submit, None).await {
                Ok(()) => fault.set(None),
                Err(error) => fault.set(Some(fault::saving(&error, locale))),
            }
        });
    });
    let returned = move || standing.with(|s| s.reason.clone()).filter(|_| !locked.get());
    view! {
        {changing(move || fault.get().map(|f| view! { <p class="card fault" role="alert">{f}</p> }))}
        {changing(move || returned().map(|r| view! { <p class="card find">{t::entry::returned_because(locale, r)}</p> }))}
        {changing(move || live.is_too_old().then(|| view! { <p class="card find error" role="alert">{t::entry::too_old(locale)}</p> }))}
    }
}
