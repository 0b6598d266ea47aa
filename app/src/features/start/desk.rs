//! What each role's start page has, but for the officer's list and the board, which are screens of their own, and the administrator's,
//! which comes with the tasks.

use crate::features::review::page::Submission;
use crate::reactive::context::{live, locale};
use crate::reactive::tasks::{bodies, leads, seen};
use crate::routes::Route;
use crate::routes::link::Link;
use crate::ui::changing::changing;
use crate::ui::icon::Icon;
use crate::ui::list::List;
use chitieu_client::tasks::{assignment_key, concerning, given_key, is_confirmed, is_set};
use chitieu_domain::calendar::Periodicity;
use chitieu_domain::plan::Task;
use chitieu_sync::entity::Kind;
use chitieu_sync::replica::SubmissionKey;
use chitieu_sync::rights::{Right, Thing};
use chitieu_sync::submission::{Action, State};
use chitieu_widgets::{Locale, t, text};
use leptos::prelude::*;

/// Most entries of a list here; the screen behind it has them all.
const SHOWN: usize = 8;

fn number(n: usize, locale: Locale) -> String {
    text::number(n as i128, locale)
}

/// A way to another screen: where to, its icon, what it is called and what is there.
type Way = (Route, Icon, &'static str, &'static str);

/// The ways to other screens, as cards.
#[component]
fn Ways(ways: Vec<Way>) -> impl IntoView {
    let way = |(to, icon, title, about): Way| {
        view! {
            <li class="card task way">
                <div class="task-head"><h3>{icon.view()} <Link to=to>{title}</Link></h3></div>
                <p class="muted">{about}</p>
            </li>
        }
    };
    view! { <ul class="cards ways">{ways.into_iter().map(way).collect_view()}</ul> }
}

fn to_board(locale: Locale) -> Way {
    (Route::Board, Icon::Board, t::board::title(locale), t::start::board(locale))
}

fn to_tasks(locale: Locale) -> Way {
    (Route::Tasks, Icon::Tasks, t::task::title(locale), t::start::tasks(locale))
}

fn to_forms(locale: Locale) -> Way {
    (Route::Review, Icon::Review, t::start::forms(locale), t::start::forms_about(locale))
}

/// What waits for nobody: why, and what to do instead.
#[component]
pub fn Nothing(
    /// What there is not.
    said: &'static str,
    /// What comes next.
    next: &'static str,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let mut ways = vec![to_board(locale)];
    if live.may(Right::Oversee, Thing::Anything) {
        ways.insert(0, to_forms(locale));
    }
    if live.may(Right::ReadPlan, Thing::Plan) {
        ways.push(to_tasks(locale));
    }
    view! {
        <section class="card empty nothing">
            <h2>{said}</h2>
            <p class="muted">{next}</p>
        </section>
        <Ways ways=ways />
    }
}

/// Submissions by their names, as rows that keep their state while others come and go.
#[component]
fn Submissions(all: Memo<Vec<SubmissionKey>>) -> impl IntoView {
    let id = |key: &SubmissionKey| format!("{}|{}|{}", key.reporter, key.period, key.form);
    let names = Signal::derive(move || all.with(|all| all.iter().take(SHOWN).map(id).collect::<Vec<_>>()));
    let draw = Callback::new(move |wanted: String| {
        let key = all.with_untracked(|all| all.iter().find(|key| id(key) == wanted).cloned());
        key.map(|key| view! { <Submission key_of=key /> }).into_any()
    });
    view! { <ul class="tasks"><List keys=names draw=draw /></ul> }
}

/// What waits for a reviewer, or (`Publish`) for a publisher.
#[component]
pub fn Forms(action: Action) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let reviews = action == Action::Approve;
    let all = Memo::new(move |_| live.forms_waiting(action));
    let count = Memo::new(move |_| all.with(Vec::len));
    let asks = Memo::new(move |_| {
        all.with(|all| {
            live.replica.with(|r| all.iter().filter(|key| r.submission(key).asks.is_some()).count())
        })
    });
    let of_tasks = Memo::new(move |_| if reviews { live.reports_waiting() } else { 0 });
    let (waits, nothing, next) = if reviews {
        (t::start::to_review(locale), t::start::nothing_to_review(locale), t::start::review_next(locale))
    } else {
        (t::start::to_publish(locale), t::start::nothing_to_publish(locale), t::start::publish_next(locale))
    };
    view! {
        <div class="page">
            <section class="card summary" data-waits="">
                <span><b>{changing(move || number(count.get() - asks.get(), locale))}</b>{waits}</span>
                {reviews.then(|| view! {
                    <span><b>{changing(move || number(asks.get(), locale))}</b>{t::start::asked(locale)}</span>
                    <span><b>{changing(move || number(of_tasks.get(), locale))}</b>
                        <Link to=Route::Tasks>{t::start::reports(locale)}</Link>
                    </span>
                })}
            </section>
            {changing(move || (count.get() > 0).then(|| view! {
                <div class="section-head"><h2>{t::start::longest(locale)}</h2></div>
            }))}
            <Submissions all=all />
            {changing(move || (count.get() > SHOWN).then(|| view! {
                <p><Link to=Route::Review>{t::start::all_forms(locale, number(count.get(), locale))}</Link></p>
            }))}
            {changing(move || (count.get() == 0).then(|| view! { <Nothing said=nothing next=next /> }))}
        </div>
    }
}

/// A task that nobody has assigned yet: whom the plan proposes.
#[component]
fn Open(task: &'static Task) -> impl IntoView {
    let (live, locale) = (live(), locale());
    view! {
        <li class="card task" data-task=task.id.clone()>
            <div class="task-head">
                <h3>
                    <Link to=Route::Task(task.id.clone())>
                        {format!("{} · {}", task.id, locale.pick(&task.title_vi, &task.title_en))}
                    </Link>
                </h3>
                <span class="chip none">{t::task::proposed(locale)}</span>
            </div>
            <p class="task-foot">{changing(move || t::task::led_by(locale, leads(&live, task)))}</p>
        </li>
    }
}

/// What the steering office assigns, and how far everybody is.
#[component]
pub fn Assigning() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let tasks = &live.model().plan().tasks;
    let is_plans = live.may(Right::AssignTask, Thing::Plan);
    let open = Memo::new(move |_| {
        let is_open = |task: &&Task| {
            !is_confirmed(live.model(), task, &seen(&live, &assignment_key(task, None)), live.today())
        };
        if is_plans {
            return tasks.iter().filter(is_open).map(|task| task.id.clone()).collect::<Vec<_>>();
        }
        let bodies = bodies(&live);
        let own: Vec<_> = bodies.iter().filter_map(|id| live.model().reporter_ix(id)).collect();
        let ours = live.replica.with(|replica| concerning(live.model(), replica, &own, live.today()));
        let is_open = |task: &&Task| !bodies.iter().any(|who| is_set(&seen(&live, &given_key(task, who))));
        ours.into_iter().map(|place| &tasks[place]).filter(is_open).map(|task| task.id.clone()).collect()
    });
    let count = Memo::new(move |_| open.with(Vec::len));
    let said = Memo::new(move |_| {
        let calendar = live.model().own_calendar();
        let period = calendar.period_on(live.today(), Periodicity::Quarter);
        let period = period.map(|period| format!("/{period}")).unwrap_or_default();
        let all = live.replica.with(|replica| replica.entities_of(Kind::TaskReport));
        all.iter().filter(|key| key.id.ends_with(&period)).count()
    });
    let names = Signal::derive(move || open.with(|all| all.iter().take(SHOWN).cloned().collect::<Vec<_>>()));
    let draw = Callback::new(move |id: String| {
        tasks.iter().find(|task| task.id == id).map(|task| view! { <Open task=task /> }).into_any()
    });
    view! {
        <div class="page">
            <section class="card summary" data-waits="">
                <span><b>{changing(move || number(count.get(), locale))}</b>{t::start::unassigned(locale)}</span>
                <span><b>{number(tasks.len(), locale)}</b>{t::start::all_tasks(locale)}</span>
                <span><b>{changing(move || number(said.get(), locale))}</b>{t::start::said(locale)}</span>
            </section>
            {changing(move || (count.get() > 0).then(|| view! {
                <div class="section-head">
                    <h2>{t::start::assign(locale)}</h2>
                    <p class="muted">{t::start::assign_about(locale)}</p>
                    <p class="page-tools"><Link to=Route::Assigning>{t::task::many_link(locale)}</Link></p>
                </div>
            }))}
            <ul class="tasks"><List keys=names draw=draw /></ul>
            <Ways ways=vec![to_tasks(locale), to_forms(locale), to_board(locale)] />
        </div>
    }
}

/// What an auditor reads: how forms came to be, verdicts, tasks; and what was done last.
#[component]
pub fn Reading() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let last = Memo::new(move |_| {
        let mut all: Vec<(String, SubmissionKey)> = live.replica.with(|replica| {
            let known = replica.submissions().map(|(key, _)| (replica.submission(key), key));
            let begun = known.filter(|(standing, _)| standing.state != State::Draft);
            begun.map(|(standing, key)| (standing.at, key.clone())).collect()
        });
        all.sort_by(|a, b| b.cmp(a));
        all.into_iter().map(|(_, key)| key).collect::<Vec<_>>()
    });
    let count = Memo::new(move |_| last.with(Vec::len));
    view! {
        <div class="page">
            <p class="muted">{t::start::auditor(locale)}</p>
            <Ways ways=vec![to_forms(locale), to_board(locale), to_tasks(locale)] />
            {changing(move || (count.get() > 0).then(|| view! {
                <div class="section-head">
                    <h2>{t::start::latest(locale)}</h2>
                    <p class="muted">{t::start::latest_about(locale)}</p>
                </div>
            }))}
            <Submissions all=last />
            {changing(move || (count.get() > SHOWN).then(|| view! {
                <p><Link to=Route::Review>{t::start::all_forms(locale, number(count.get(), locale))}</Link></p>
            }))}
        </div>
    }
}

/// What somebody without a right is told: whom to ask.
#[component]
pub fn NoRole() -> impl IntoView {
    let (live, locale) = (live(), locale());
    let is_beyond = live.me.with_untracked(|me| me.is_beyond);
    view! {
        <header class="page-head">
            <h1>{if is_beyond { t::role::unknown(locale) } else { t::role::none(locale) }}</h1>
        </header>
        <div class="page">
            <section class="card empty nothing" data-no-right="">
                <h2>{t::start::no_role(locale)}</h2>
                <p class="muted">{t::shell::ask_for_right(locale)}</p>
            </section>
            <Ways ways=vec![
                (Route::Account, Icon::Work, t::account::title(locale), t::start::own_account(locale)),
            ] />
        </div>
    }
}
