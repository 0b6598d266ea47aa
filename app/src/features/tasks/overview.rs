//! What a leader sees first of the tasks: how many stand how, by section and by unit, what became late; and ways to pass it on:
//! paper, a text for a chat, a table, JSON, days for a calendar.

use crate::features::tasks::standing::{class, group_word, word};
use crate::platform::{clock, dom, files};
use crate::reactive::context::{live, locale};
use crate::reactive::live::Live;
use crate::reactive::tasks::{are_here, duties};
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use chitieu_client::tasks::{
    Count, Duty, Entry, Filter, Overview, Stands, became_late, calendar, json, reminder, table,
};
use chitieu_domain::task::{Group, Openness};
use chitieu_sync::rights::{Right, Thing};
use chitieu_widgets::{t, text};
use leptos::prelude::*;

/// Most units of the list; the filter has them all.
const SHOWN: usize = 8;

/// How many tasks stand how in the whole, each number a way to its list.
#[component]
fn Whole(overview: Memo<Overview>, newly: Memo<usize>) -> impl IntoView {
    let locale = locale();
    let number = move |n: usize| text::number(n as i128, locale);
    let of_group = move |group: Group| {
        let query = Filter { stands: Some(Stands::In(group)), ..Filter::default() }.query();
        view! {
            <span data-group=format!("{group:?}")>
                <b class=class(group)>{changing(move || number(overview.with(|o| o.whole.of(group))))}</b>
                <Link to=Route::Tasks query=query>{group_word(group, locale)}</Link>
            </span>
        }
    };
    let late = Filter { stands: Some(Stands::LateSinceLastWeek), ..Filter::default() }.query();
    view! {
        {Group::ALL.map(of_group).collect_view()}
        <span data-newly="">
            <b>{changing(move || number(newly.get()))}</b>
            <Link to=Route::Tasks query=late>{t::task::late_since(locale)}</Link>
        </span>
    }
}

/// How many became late within the last week.
fn newly_late(all: Memo<Vec<Duty>>) -> Memo<usize> {
    let live = live();
    Memo::new(move |_| {
        let today = live.today();
        all.with(|all| all.iter().filter(|d| became_late(d, today)).count())
    })
}

/// The same beside the targets, for whoever is told how others stand.
#[component]
pub fn Glance() -> impl IntoView {
    let (live, locale) = (live(), locale());
    if !is_for_all(&live) || live.model().plan().tasks.is_empty() {
        return ().into_any();
    }
    let all = Memo::new(move |_| duties(&live));
    let overview = Memo::new(move |_| all.with(|all| Overview::of(live.model(), all)));
    let newly = newly_late(all);
    let is_here = Memo::new(move |_| are_here(&live));
    let counts = move || {
        is_here.get().then(|| {
            view! {
                <section class="card summary" data-task-counts="" aria-label=t::task::overview(locale)>
                    <h2><Link to=Route::Tasks>{t::task::title(locale)}</Link></h2>
                    <Whole overview=overview newly=newly />
                </section>
            }
        })
    };
    changing(counts).into_any()
}

/// True for whoever is told how the tasks of others stand.
pub fn is_for_all(live: &Live) -> bool {
    live.may(Right::Oversee, Thing::Anything) || live.may(Right::ReadDrafts, Thing::Anything)
}

/// The section.
#[component]
pub fn Counts(
    /// Of everybody.
    all: Memo<Vec<Duty>>,
    /// What the list below shows: what is passed on.
    shown: Memo<Vec<Duty>>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let overview = Memo::new(move |_| all.with(|all| Overview::of(live.model(), all)));
    let number = move |n: usize| text::number(n as i128, locale);
    let cells = move |count: Count, of: Filter| {
        let cell = move |group: Group| {
            let n = count.of(group);
            let query = Filter { stands: Some(Stands::In(group)), ..of.clone() }.query();
            view! {
                <td class="num">
                    {if n == 0 { view! { <span class="muted">"0"</span> }.into_any() } else {
                        view! { <Link to=Route::Tasks query=query>{number(n)}</Link> }.into_any()
                    }}
                </td>
            }
        };
        Group::ALL.map(cell).collect_view()
    };
    let heads = move || {
        Group::ALL
            .map(|group| view! { <th scope="col" class="num">{group_word(group, locale)}</th> })
            .collect_view()
    };
    let sections =
        changing(move || {
            overview.with(|o| o.sections.clone()).into_iter().map(|(section, count)| {
            let of = Filter { section: section.clone(), ..Filter::default() };
            view! { <tr><th scope="row">{t::task::section(locale, section)}</th>{cells(count, of)}</tr> }
        }).collect_view()
        });
    let units = changing(move || {
        overview
            .with(|o| o.units.clone())
            .into_iter()
            .take(SHOWN)
            .map(|(unit, count)| {
                let unit = live.model().unit(unit);
                let of = Filter { unit: unit.id.to_string(), ..Filter::default() };
                view! { <tr><th scope="row">{unit.name.clone()}</th>{cells(count, of)}</tr> }
            })
            .collect_view()
    });
    view! {
        <section class="card summary" data-overview="" aria-label=t::task::overview(locale)>
            <Whole overview=overview newly=newly_late(all) />
            <Share shown=shown />
        </section>
        <details class="card units counted">
            <summary>{t::task::by_section_and_unit(locale)}</summary>
            <div class="two wide-table" tabindex="0" role="region" aria-label=t::task::by_section_and_unit(locale)>
                <table class="duties">
                    <thead><tr><th scope="col">{t::task::in_section(locale)}</th>{heads()}</tr></thead>
                    <tbody>{sections}</tbody>
                </table>
                <table class="duties">
                    <thead><tr><th scope="col">{t::task::unit(locale)}</th>{heads()}</tr></thead>
                    <tbody>{units}</tbody>
                </table>
            </div>
        </details>
    }
}

/// What is passed on to other systems: what the list shows, but for what is not public.
fn entries(shown: &[Duty]) -> Vec<Entry> {
    let (live, locale) = (live(), locale());
    let model = live.model();
    let of = |duty: &Duty| {
        let task = &model.plan().tasks[duty.task];
        (task.openness() == Openness::Public).then(|| Entry {
            task: task.id.clone(),
            title: locale.pick(&task.title_vi, &task.title_en).to_owned(),
            reporter: model.reporter(duty.reporter).id.to_string(),
            unit: model.reporter_name(duty.reporter),
            turn: duty.turn.to_string(),
            due: duty.dates.due.map(|due| due.to_string()),
            standing: word(duty.standing, locale).to_owned(),
            changed: duty.changed.as_ref().map(|(at, _)| at.clone()),
        })
    };
    shown.iter().filter_map(of).collect()
}

/// The ways to pass it on.
#[component]
fn Share(shown: Memo<Vec<Duty>>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let copied = RwSignal::new(None::<String>);
    let chat = move |_| {
        let head = t::task::chat_head(locale, text::day(live.today(), locale));
        let words = [
            (Group::Late, t::task::chat_late(locale)),
            (Group::NotReported, t::task::chat_not_reported(locale)),
        ];
        copied.set(Some(shown.with(|shown| reminder(live.model(), shown, &head, &words))));
    };
    let as_table = move |_| {
        let heads = [
            t::task::head_task(locale),
            t::task::head_title(locale),
            t::task::head_reporter(locale),
            t::task::unit(locale),
            t::task::period(locale),
            t::task::due(locale),
            t::task::standing(locale),
            t::task::last(locale),
        ];
        files::save("nhiem-vu.csv", &shown.with(|shown| table(&entries(shown), heads)));
    };
    let as_json = move |_| files::save("nhiem-vu.json", &shown.with(|shown| json(&entries(shown))));
    let as_calendar = move |_| {
        let stamp: String =
            clock::entered_at().chars().filter(char::is_ascii_alphanumeric).take(15).collect();
        let text =
            shown.with(|shown| calendar(&entries(shown), &format!("{stamp}Z"), t::task::title(locale)));
        files::save("nhiem-vu.ics", &text);
    };
    view! {
        <span class="task-tools share">
            <button class="button quiet small" type="button" data-print="" on:click=|_| dom::print()>{t::board::print(locale)}</button>
            <button class="button quiet small" type="button" data-chat="" on:click=chat>{t::task::chat(locale)}</button>
            <button class="button quiet small" type="button" data-csv="" on:click=as_table>"CSV"</button>
            <button class="button quiet small" type="button" data-json="" on:click=as_json>"JSON"</button>
            <button class="button quiet small" type="button" data-ics="" on:click=as_calendar>{t::task::ics(locale)}</button>
        </span>
        {changing(move || copied.get().map(|text| view! {
            <label class="chat">
                <span>{t::task::chat_about(locale)}</span>
                <textarea readonly rows="4" data-chat-text="" prop:value=text></textarea>
            </label>
        }))}
    }
}
