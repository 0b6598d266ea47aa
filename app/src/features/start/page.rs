//! "Việc của tôi", where everybody starts: what a role has to do. Who has several roles sees the first one that has work,
//! with the ways to the others.

use crate::features::board::page::Board;
use crate::features::no_page::NoPage;
use crate::features::roles;
use crate::features::start::desk::{Assigning, Forms, NoRole, Reading};
use crate::features::work::page::Work;
use crate::features::work::worklist;
use crate::parts::{Part, draw};
use crate::platform::address::Address;
use crate::reactive::context::{live, locale};
use crate::reactive::live::Live;
use crate::routes::link::Link;
use crate::routes::{ROLES, Route};
use crate::ui::changing::changing;
use chitieu_client::worklist::Task;
use chitieu_sync::grants::Role;
use chitieu_sync::submission::Action;
use chitieu_widgets::text::day;
use chitieu_widgets::{t, text};
use leptos::prelude::*;

/// What waits for a person in each of their roles.
#[derive(Clone, Copy)]
struct Waiting {
    live: StoredValue<Live>,
    tasks: Option<Memo<Vec<Task>>>,
}

impl Waiting {
    /// How much waits in a role.
    fn count(self, role: Role) -> usize {
        let live = self.live.get_value();
        match role {
            Role::Officer => self.tasks.map_or(0, |tasks| {
                tasks.with(|all| all.iter().filter(|task| task.stage.is_urgent()).count())
            }),
            Role::Reviewer => live.forms_waiting(Action::Approve).len() + live.reports_waiting(),
            Role::Publisher => live.forms_waiting(Action::Publish).len(),
            _ => 0,
        }
    }
}

/// The screen: of the role that its address names, else of the first one that has work.
#[component]
pub fn Start(
    /// The role that its address names.
    asked: Option<Role>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let today = live.day.get_untracked().date;
    let has = |role| live.me.with_untracked(|me| me.grants.in_force(today).any(|grant| grant.role == role));
    let mine: Vec<Role> = ROLES.into_iter().map(|(role, _)| role).filter(|role| has(*role)).collect();
    let Some(first) = mine.first().copied() else { return view! { <NoRole /> }.into_any() };
    if first == Role::Leader && mine.len() == 1 {
        // The board is all that there is to a leader's work, and has its address.
        use_context::<Address>().expect("the root provides it").turn_to(&Route::Board.path());
        return view! { <Board /> }.into_any();
    }
    let waiting = Waiting { live: StoredValue::new(live), tasks: has(Role::Officer).then(worklist::all) };
    if asked.is_some_and(|role| !mine.contains(&role)) {
        return view! { <NoPage /> }.into_any();
    }
    let roles = mine.clone();
    // Where there was work once the page stays: nobody is taken away from a list that they have just finished.
    let shown = Memo::new(move |before: Option<&(Role, bool)>| {
        if let Some(role) = asked {
            return (role, true);
        }
        match before {
            Some(before) if before.1 => *before,
            _ => {
                let busy = roles.iter().find(|role| waiting.count(**role) > 0);
                (*busy.unwrap_or(&first), busy.is_some())
            }
        }
    });
    let ways = (mine.len() > 1).then(|| view! { <Roles mine=mine shown=shown waiting=waiting /> });
    let said = move || {
        let now = live.day.get();
        let say = if now.is_reckoned { t::work::reckoned } else { t::work::today };
        say(locale, day(now.date, locale))
    };
    view! {
        <header class="page-head">
            <div>
                <h1>{t::work::title(locale)}</h1>
                <p class="muted" id="today">{said}</p>
            </div>
            {ways}
        </header>
        {changing(move || match shown.get().0 {
            Role::Officer => view! { <Work /> }.into_any(),
            Role::Reviewer => view! { <Forms action=Action::Approve /> }.into_any(),
            Role::Publisher => view! { <Forms action=Action::Publish /> }.into_any(),
            Role::Steering => view! { <Assigning /> }.into_any(),
            Role::Leader => view! { <Board /> }.into_any(),
            Role::Auditor => view! { <Reading /> }.into_any(),
            Role::Admin => draw(Part::Administration),
            Role::Unknown => view! { <NoRole /> }.into_any(),
        })}
    }
    .into_any()
}

/// The ways to one's roles, each with what waits in it.
#[component]
fn Roles(mine: Vec<Role>, shown: Memo<(Role, bool)>, waiting: Waiting) -> impl IntoView {
    let locale = locale();
    let way = |role: Role| {
        let count = Memo::new(move |_| waiting.count(role));
        let to = if role == Role::Leader { Route::Board } else { Route::Start(Some(role)) };
        view! {
            <li class:chosen=move || shown.get().0 == role>
                <Link to=to>
                    {roles::role(role, locale)}
                    {changing(move || match count.get() {
                        0 => None,
                        n => Some(view! { <span class="count">{text::number(n as i128, locale)}</span> }),
                    })}
                </Link>
            </li>
        }
    };
    view! {
        <nav aria-label=t::start::roles(locale)>
            <ul class="roles">{mine.into_iter().map(way).collect_view()}</ul>
        </nav>
    }
}
