//! "Nhiệm vụ": the plan's tasks without a number, section by section: who leads, the next day, how each stands, what changed
//! last. What is left out is said by the address, so that a list can be sent to somebody and found again.

use crate::features::tasks::overview::{Counts, is_for_all};
use crate::features::tasks::programme::way::ToProgrammes;
use crate::features::tasks::standing::{StandingChip, group_word, turn, word};
use crate::platform::address::Address;
use crate::platform::clock;
use crate::reactive::context::{live, locale};
use crate::reactive::tasks::{are_here, duties, leads};
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use crate::ui::list::List;
use chitieu_client::tasks::{Duty, Filter, Part, Stands};
use chitieu_domain::plan::Task;
use chitieu_domain::task::{Group, Standing};
use chitieu_sync::rights::{Right, Thing};
use chitieu_widgets::{Locale, t, text};
use leptos::prelude::*;

/// The screen.
#[component]
pub fn Tasks() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let address = use_context::<Address>().expect("the root provides it");
    let tasks = &live.model().plan().tasks;
    let filter = Memo::new(move |_| Filter::parse(&address.query()));
    let is_here = Memo::new(move |_| are_here(&live));
    let all = Memo::new(move |_| duties(&live));
    let shown = Memo::new(move |_| {
        let (filter, today) = (filter.get(), live.today());
        all.with(|all| {
            all.iter().filter(|d| filter.shows(live.model(), d, today)).cloned().collect::<Vec<_>>()
        })
    });
    // A task that nobody has to do with today, such as a campaign before it is set, is on the list all the same.
    let ids = Memo::new(move |_| {
        let filter = filter.get();
        let is_shown = |(n, task): &(usize, &Task)| {
            let is_open = filter.is_empty()
                || filter == Filter { section: filter.section.clone(), ..Filter::default() };
            shown.with(|shown| shown.iter().any(|d| d.task == *n)) || (is_open && filter.is_in(&task.section))
        };
        tasks.iter().enumerate().filter(is_shown).map(|(_, task)| task.id.clone()).collect::<Vec<_>>()
    });
    let sections = Signal::derive(move || {
        let mut sections: Vec<String> = Vec::new();
        for id in ids.get() {
            let section = tasks.iter().find(|task| task.id == id).map(|task| task.section.clone());
            sections.extend(section.filter(|section| sections.last() != Some(section)));
        }
        sections
    });
    let draw = Callback::new(move |section: String| {
        let of = section.clone();
        let keys = Signal::derive(move || {
            let is_of = |id: &String| tasks.iter().any(|task| task.id == *id && task.section == of);
            ids.get().into_iter().filter(is_of).collect::<Vec<_>>()
        });
        let card = Callback::new(move |id: String| {
            let at = tasks.iter().position(|task| task.id == id);
            at.map(|at| view! { <Card at=at all=shown filter=filter /> }).into_any()
        });
        view! {
            <section class="section">
                <h2>{t::task::section(locale, section)}</h2>
                <ul class="tasks"><List keys=keys draw=card /></ul>
            </section>
        }
        .into_any()
    });
    view! {
        <header class="page-head">
            <div>
                <h1>{t::task::title(locale)}</h1>
                <p class="muted">{t::task::count(locale, text::number(tasks.len() as i128, locale))}</p>
            </div>
            <ToProgrammes />
            {live.may(Right::AssignTask, Thing::Anything).then(|| view! {
                <p class="page-tools" data-many=""><Link to=Route::Assigning>{t::task::many_link(locale)}</Link></p>
            })}
        </header>
        <div class="page">
            {tasks.is_empty().then(|| view! { <p class="card empty">{t::task::none(locale)}</p> })}
            {changing(move || (!is_here.get()).then(|| view! { <p class="card empty" role="status">{t::task::coming(locale)}</p> }))}
            {changing(move || (is_here.get() && is_for_all(&live)).then(|| view! { <Counts all=all shown=shown /> }))}
            <Filters filter=filter all=all />
            {changing(move || (is_here.get() && !tasks.is_empty() && ids.with(Vec::is_empty)).then(|| view! {
                <p class="card empty" data-none="">
                    {t::task::none_shown(locale)} " " <Link to=Route::Tasks>{t::task::all(locale)}</Link>
                </p>
            }))}
            <List keys=sections draw=draw />
        </div>
    }
    .into_any()
}

/// What the list leaves out; each choice is another address.
#[component]
fn Filters(filter: Memo<Filter>, all: Memo<Vec<Duty>>) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let address = use_context::<Address>().expect("the root provides it");
    let go = move |to: Filter| address.turn_to(&(Route::Tasks.path() + &to.query()));
    let mut sections: Vec<String> = Vec::new();
    for task in &live.model().plan().tasks {
        let mut name = String::new();
        for part in task.section.split('.') {
            name = if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
            if !sections.contains(&name) {
                sections.push(name.clone());
            }
        }
    }
    let section = sections.into_iter().map(|section| {
        let (value, of) = (section.clone(), section.clone());
        view! {
            <option value=value selected=move || filter.with(|f| f.section == of)>{t::task::section(locale, section)}</option>
        }
    });
    let standings = Standing::ALL.map(|one| (Stands::At(one), word(one, locale).to_owned()));
    let groups =
        Group::ALL.map(|group| (Stands::In(group), t::task::group(locale, group_word(group, locale))));
    let newly = (Stands::LateSinceLastWeek, t::task::late_since(locale).to_owned());
    let stands = standings.into_iter().chain(groups).chain([newly]).map(|(stands, said)| {
        let is_it = move || filter.with(|f| f.stands == Some(stands));
        view! { <option value=stands.name() selected=is_it>{said}</option> }
    });
    let within = [7_u16, 30].map(|days| {
        let is_it = move || filter.with(|f| f.within == Some(days));
        view! { <option value=days.to_string() selected=is_it>{t::task::within(locale, days)}</option> }
    });
    // Who is on the list, by name.
    let units = Memo::new(move |_| {
        let model = live.model();
        let mut units: Vec<(String, String)> = all.with(|all| {
            all.iter()
                .map(|d| (model.reporter_name(d.reporter), model.reporter(d.reporter).id.to_string()))
                .collect()
        });
        units.sort();
        units.dedup();
        // A count by unit opens what all bodies of the unit do.
        let chosen = filter.with(|f| f.unit.clone());
        let of_unit = chosen.parse().ok().and_then(|id| model.unit_ix(&id));
        units.extend(of_unit.map(|unit| (model.unit(unit).name.clone(), chosen)));
        units
    });
    let unit = changing(move || {
        let option = |(name, id): (String, String)| {
            let of = id.clone();
            view! { <option value=id selected=move || filter.with(|f| f.unit == of)>{name}</option> }
        };
        (units.with(Vec::len) > 1).then(|| view! {
            <label class="pill">
                <span>{t::task::unit(locale)}</span>
                <select data-filter="don-vi" prop:value=move || filter.with(|f| f.unit.clone()) on:change=move |e| go(Filter { unit: event_target_value(&e), ..filter.get_untracked() })>
                    <option value="">{t::task::any(locale)}</option>
                    {units.get().into_iter().map(option).collect_view()}
                </select>
            </label>
        })
    });
    view! {
        <div class="filters" role="search" aria-label=t::task::filters(locale)>
            <label class="pill">
                <span>{t::task::in_section(locale)}</span>
                <select data-filter="muc" prop:value=move || filter.with(|f| f.section.clone()) on:change=move |e| go(Filter { section: event_target_value(&e), ..filter.get_untracked() })>
                    <option value="">{t::task::any(locale)}</option>
                    {section.collect_view()}
                </select>
            </label>
            {unit}
            <label class="pill">
                <span>{t::task::standing(locale)}</span>
                <select data-filter="tinh-hinh" prop:value=move || filter.with(|f| f.stands.map(Stands::name).unwrap_or_default()) on:change=move |e| {
                    go(Filter { stands: Stands::named(&event_target_value(&e)), ..filter.get_untracked() });
                }>
                    <option value="">{t::task::any(locale)}</option>
                    {stands.collect_view()}
                </select>
            </label>
            <label class="pill">
                <span>{t::task::due(locale)}</span>
                <select data-filter="han" prop:value=move || filter.with(|f| f.within.map(|days| days.to_string()).unwrap_or_default()) on:change=move |e| {
                    go(Filter { within: event_target_value(&e).parse().ok(), ..filter.get_untracked() });
                }>
                    <option value="">{t::task::any(locale)}</option>
                    {within.into_iter().collect_view()}
                </select>
            </label>
            {changing(move || (!filter.with(Filter::is_empty)).then(|| view! {
                <button class="link" type="button" data-clear="" on:click=move |_| go(Filter::default())>{t::task::clear(locale)}</button>
            }))}
        </div>
    }
}

/// A task with its present turn: of one unit in a line, of several counted, with the units behind.
#[component]
pub fn Card(
    /// Its place in the plan.
    at: usize,
    /// What is shown of all tasks.
    all: Memo<Vec<Duty>>,
    /// What the list leaves out.
    filter: Memo<Filter>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let task = &live.model().plan().tasks[at];
    let own =
        Memo::new(move |_| all.with(|all| all.iter().filter(|d| d.task == at).cloned().collect::<Vec<_>>()));
    let leading = Memo::new(move |_| {
        own.with(|own| own.iter().filter(|d| d.part == Part::Leads).cloned().collect::<Vec<_>>())
    });
    // What a person's own unit does is said of it even where another leads.
    let single = Memo::new(move |_| {
        let of = if leading.with(Vec::is_empty) { own.get() } else { leading.get() };
        if let [one] = of.as_slice() { Some(one.clone()) } else { None }
    });
    let head = changing(move || {
        if let Some(one) = single.get() {
            return view! { {asks(one.asks, locale)} <StandingChip standing=one.standing locale=locale /> }
                .into_any();
        }
        let waits = own.with(|own| own.iter().any(|duty| duty.asks));
        view! { {asks(waits, locale)} {group_chips(&leading.get(), locale)} }.into_any()
    });
    let foot = changing(move || {
        single.get().map(|one| {
            view! {
                <span>{turn(one.turn, locale)}</span>
                {one.dates.due.map(|due| view! { <span>{t::task::due_on(locale, text::day(due, locale))}</span> })}
                {one.changed.map(|(at, who)| view! { <span class="muted">{t::task::changed_by(locale, who, clock::shown(&at, locale))}</span> })}
            }
        })
    });
    let mine = move || {
        let own = live.own();
        own.iter().find_map(|who| crate::reactive::tasks::part_of(&live, task, who)).map(|part| match part {
            Part::Leads => t::task::you_lead(locale),
            Part::Cooperates => t::task::you_cooperate(locale),
        })
    };
    let rows = changing(move || {
        let own = own.get();
        (own.len() > 1).then(
            || view! { <Units all=own is_open=filter.with(|f| f.stands.is_some() || !f.unit.is_empty()) /> },
        )
    });
    view! {
        <li class="card task" data-task=task.id.clone()>
            <div class="task-head">
                <h3>
                    <Link to=Route::Task(task.id.clone())>
                        {format!("{} · {}", task.id, locale.pick(&task.title_vi, &task.title_en))}
                    </Link>
                </h3>
                <span class="chips">{head}</span>
            </div>
            <p class="task-foot">
                <span>{changing(move || t::task::led_by(locale, leads(&live, task)))}</span>
                {changing(move || mine().map(|part| view! { <b>{part}</b> }))}
                {foot}
            </p>
            {rows}
        </li>
    }
}

/// That more time was asked for and nobody has answered.
fn asks(is_asked: bool, locale: Locale) -> AnyView {
    is_asked.then(|| view! { <span class="chip prov" data-asks="">{t::task::asks(locale)}</span> }).into_any()
}

/// How many units stand how.
fn group_chips(all: &[Duty], locale: Locale) -> AnyView {
    let count = |group: Group| all.iter().filter(|d| d.standing.group() == group).count();
    let chip = |group: Group| {
        let n = count(group);
        (n > 0).then(|| {
            let class = format!("chip {}", crate::features::tasks::standing::class(group));
            view! { <span class=class>{text::number(n as i128, locale)} " " {group_word(group, locale)}</span> }
        })
    };
    Group::ALL.into_iter().map(chip).collect_view().into_any()
}

/// The units of a task, each with its turn; drawn once somebody opens the list.
#[component]
fn Units(all: Vec<Duty>, is_open: bool) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let opened = RwSignal::new(is_open);
    let count = text::number(all.len() as i128, locale);
    let row = move |duty: Duty| {
        let part = match duty.part {
            Part::Leads => t::task::lead(locale),
            Part::Cooperates => t::task::cooperating(locale),
        };
        view! {
            <tr>
                <th scope="row">{live.model().reporter_name(duty.reporter)}</th>
                <td class="muted">{part}</td>
                <td>{turn(duty.turn, locale)}</td>
                <td>{duty.dates.due.map(|due| text::day(due, locale))}</td>
                <td><StandingChip standing=duty.standing locale=locale /> " " {asks(duty.asks, locale)}</td>
                <td class="muted small">{duty.changed.map(|(at, who)| format!("{who} · {}", clock::shown(&at, locale)))}</td>
            </tr>
        }
    };
    view! {
        <details class="units" open=is_open on:toggle=move |_| opened.set(true)>
            <summary>{t::task::units(locale, count)}</summary>
            {changing(move || opened.get().then(|| view! {
                <table class="duties">
                    <thead>
                        <tr>
                            <th scope="col">{t::task::unit(locale)}</th>
                            <th scope="col">{t::task::as_what(locale)}</th>
                            <th scope="col">{t::task::period(locale)}</th>
                            <th scope="col">{t::task::due(locale)}</th>
                            <th scope="col">{t::task::standing(locale)}</th>
                            <th scope="col">{t::task::last(locale)}</th>
                        </tr>
                    </thead>
                    <tbody>{all.clone().into_iter().map(row).collect_view()}</tbody>
                </table>
            }))}
        </details>
    }
}
