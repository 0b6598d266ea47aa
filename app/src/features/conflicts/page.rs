//! "Hai số khác nhau": every cell that holds two values, with the numbers around it; one by one or all at once.

use crate::features::conflicts::contest::{Contest, settle};
use crate::features::conflicts::contested_cells::contested;
use crate::features::fault;
use crate::features::history::{About, History};
use crate::reactive::context::{live, locale};
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use crate::ui::list::List;
use chitieu_domain::rules::so_far;
use chitieu_sync::replica::{CellKey, SubmissionKey};
use chitieu_widgets::{t, text};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The screen.
#[component]
pub fn Conflicts() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let keys = contested();
    let count = move || keys.with(Vec::len);
    // What is to be done to all of them, once it is pressed again.
    let sure = RwSignal::new(None::<usize>);
    let fault = RwSignal::new(None::<String>);
    let all = move |place: usize| {
        if sure.get_untracked() != Some(place) {
            return sure.set(Some(place));
        }
        sure.set(None);
        spawn_local(async move {
            for key in keys.get_untracked() {
                if let Err(error) = settle(live, &key, Ok(place)).await {
                    fault.set(Some(fault::saving(&error, locale)));
                    break;
                }
            }
        });
    };
    // A list's keys are texts: each cell goes by its own.
    let name = |key: &CellKey| format!("{}|{}|{}", key.reporter, key.period, key.element);
    let names = Signal::derive(move || keys.with(|all| all.iter().map(name).collect::<Vec<_>>()));
    let draw = Callback::new(move |wanted: String| {
        let found = keys.with_untracked(|all| all.iter().find(|key| name(key) == wanted).cloned());
        found.map(|key| view! { <Cell of=key /> }).into_any()
    });
    let button = move |place: usize| {
        view! {
            <button class="button quiet" data-all=place.to_string() on:click=move |_| all(place)>
                {changing(move || match (sure.get() == Some(place), place) {
                    (true, _) => t::contested::sure(locale, count()),
                    (false, 0) => t::contested::keep_all(locale).to_owned(),
                    (false, _) => t::contested::take_all(locale).to_owned(),
                })}
            </button>
        }
    };
    view! {
        <header class="page-head">
            <div>
                <h1>{t::contested::title(locale)}</h1>
                <p class="muted">{changing(move || t::contested::count(locale, count()))}</p>
            </div>
            <div class="page-tools">{changing(move || (count() > 1).then(|| [0, 1].map(button).collect_view()))}</div>
        </header>
        <div class="page">
            {changing(move || fault.get().map(|f| view! { <p class="card fault" role="alert">{f}</p> }))}
            <ul class="tasks">
                <List keys=names draw=draw />
            </ul>
            {changing(move || (count() == 0).then(|| view! { <p class="card empty">{t::contested::nothing(locale)}</p> }))}
        </div>
    }
}

/// A cell with its row's numbers.
#[component]
fn Cell(of: CellKey) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let model = live.model();
    let at = model.reporter_ix(&of.reporter).zip(model.element_ix(&of.element));
    let Some((reporter, element)) = at else {
        // A cell of an older plan: its values are kept and shown.
        return view! { <li class="card task"><h2>{of.element.clone()}</h2><Contest of=of /></li> }
            .into_any();
    };
    let form = model.form(model.form_of(element));
    let about = model.element(element);
    let name =
        format!("{} {}: {}", t::entry::row(locale), about.row, locale.pick(&about.name_vi, &about.name_en));
    let to = Route::Entry { reporter: of.reporter.clone(), form: form.id.clone(), period: of.period };
    let place = format!(
        "{} · {} · {}",
        locale.pick(&form.title_vi, &form.title_en),
        text::period(of.period, locale),
        model.reporter_name(reporter),
    );
    let in_form = SubmissionKey { reporter: of.reporter.clone(), period: of.period, form: form.id.clone() };
    let about_cell = About::Form(in_form, Some(of.element.clone()));
    let period = of.period;
    let number = move |value: Option<i128>| value.map_or_else(|| "–".to_owned(), |n| text::number(n, locale));
    let before = move || {
        let earlier = model.a_year_earlier(model.form_of(element), period);
        let figure = earlier
            .and_then(|p| live.figures.with(|f| f.figures().get(reporter, p, element).and_then(|f| f.value)));
        number(figure.map(i128::from))
    };
    let to_date =
        move || number(live.figures.with(|f| so_far(model, f.figures(), reporter, element, period)));
    let around = move |word: &'static str, value: String| view! { <span>{word}" "<b>{value}</b></span> };
    view! {
        <li class="card task compare">
            <div class="task-head">
                <h2><Link to=to>{name}</Link></h2>
            </div>
            <p class="muted">{place}</p>
            <p class="task-foot">
                {changing(move || around(t::entry::col_before(locale), before()))}
                {changing(move || around(t::entry::col_to_date(locale), to_date()))}
                <History about=about_cell />
            </p>
            <Contest of=of />
        </li>
    }
    .into_any()
}
