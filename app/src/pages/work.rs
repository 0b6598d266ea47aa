//! "Việc của tôi": the forms of the open period with their state and deadline.

use crate::app::{live, locale};
use crate::components::link::Link;
use crate::components::state::StateChip;
use chitieu_domain::deadline::Due;
use chitieu_sync::replica::SubmissionKey;
use chitieu_widgets::t;
use chitieu_widgets::text::{day, period};
use leptos::prelude::*;

/// The screen.
#[component]
pub fn Work() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let tasks = move || {
        let today = live.me.with(|me| me.today);
        live.me.with(|me| me.open_periods.clone()).into_iter().map(move |open| {
            let form = live.model.form_ix(&open.form).expect("the server names forms of this plan");
            let about = live.model.form(form);
            let title = locale.pick(&about.title_vi, &about.title_en).to_owned();
            let rows = about.elements.len();
            let of = SubmissionKey { reporter: open.reporter.clone(), period: open.period, form: open.form.clone() };
            let cells = live.cells(&open.reporter, form, open.period);
            let answered = move || {
                live.replica.with(|r| cells.iter().filter(|(_, key)| r.cell(key).answered).count())
            };
            let state = Signal::derive(move || live.replica.with(|r| r.submission(&of).state));
            let standing = Due::of(open.to, open.deadline, today);
            let due = match standing {
                Due::Late(days) => t::work::late(locale, days),
                Due::In(0) => t::work::due_today(locale).to_owned(),
                Due::In(days) => t::work::due_in(locale, days),
                Due::Running => t::work::running(locale).to_owned(),
            };
            let is_late = matches!(standing, Due::Late(_));
            let href = format!("/nhap/{}/{}/{}", open.reporter, open.form, open.period);
            let span = t::work::span(locale, period(open.period, locale), day(open.from, locale), day(open.to, locale));
            view! {
                <li class="card task">
                    <div class="task-head">
                        <h2>
                            <Link href=href>{title}</Link>
                        </h2>
                        <StateChip state=state />
                    </div>
                    <p class="muted">{span}</p>
                    <p class="task-foot">
                        <span>{move || t::work::answered(locale, answered(), rows)}</span>
                        <span class:late=move || is_late && !state.get().is_locked()>
                            {move || {
                                if state.get().is_locked() { String::new() } else { format!("{} · {due}", t::work::deadline(locale, day(open.deadline, locale))) }
                            }}
                        </span>
                    </p>
                </li>
            }
        }).collect_view()
    };
    let is_empty = move || live.me.with(|me| me.open_periods.is_empty());
    view! {
        <header class="page-head">
            <h1>{t::work::title(locale)}</h1>
            <p class="muted">{move || t::work::today(locale, live.me.with(|me| day(me.today, locale)))}</p>
        </header>
        <div class="page">
            <ul class="tasks">{tasks}</ul>
            {move || is_empty().then(|| view! { <p class="card empty">{t::work::nothing(locale)}</p> })}
        </div>
    }
}
