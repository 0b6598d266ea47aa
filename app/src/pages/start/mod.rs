//! "Việc của tôi", where everybody starts: what a role has to do. Who has several roles sees the first one that has work,
//! with the ways to the others.

mod desk;

pub use self::desk::Nothing;
use self::desk::{Accounts, Assigning, Forms, NoRole, Reading};
use crate::app::{live, locale};
use crate::components::link::Link;
use crate::components::{shell, worklist};
use crate::pages::{board::Board, no_page::NoPage, work::Work};
use crate::platform::address::Address;
use crate::replica::Live;
use crate::replica::tasks::{seen, standing};
use chitieu_client::worklist::Task;
use chitieu_sync::entity::{EntityKey, Kind};
use chitieu_sync::grants::Role;
use chitieu_sync::replica::SubmissionKey;
use chitieu_sync::rights::{Right, Thing};
use chitieu_sync::submission::{Action, State};
use chitieu_widgets::text::day;
use chitieu_widgets::{t, text};
use leptos::prelude::*;

/// Roles in the order in which their work comes, each with the last part of its address.
const ROLES: [(Role, &str); 7] = [
    (Role::Officer, "nhap-lieu"),
    (Role::Reviewer, "tham-dinh"),
    (Role::Publisher, "cong-bo"),
    (Role::Steering, "phan-cong"),
    (Role::Leader, "lanh-dao"),
    (Role::Auditor, "kiem-toan"),
    (Role::Admin, "quan-tri"),
];

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
            Role::Reviewer => forms(&live, Action::Approve).len() + reports(&live),
            Role::Publisher => forms(&live, Action::Publish).len(),
            _ => 0,
        }
    }
}

/// The forms that wait for this person's step, those first that are asked about, then those that have waited longest.
/// Approving has to do with what its officer asks to have opened again too.
fn forms(live: &Live, action: Action) -> Vec<SubmissionKey> {
    let model = live.model();
    let mut found: Vec<(bool, String, SubmissionKey)> = live.replica.with(|replica| {
        let waits = replica.submissions().filter_map(|(key, _)| {
            let standing = replica.submission(key);
            let is_asked = action == Action::Approve && standing.asks.is_some();
            let right = if is_asked { Action::Reopen } else { action };
            standing.state.after(right)?;
            let (reporter, form) = (model.reporter_ix(&key.reporter)?, model.form_ix(&key.form)?);
            let may = live.may(Right::Step(right), Thing::Form(reporter, form));
            may.then(|| (!is_asked, standing.at, key.clone()))
        });
        waits.collect()
    });
    found.sort();
    found.into_iter().map(|(_, _, key)| key).collect()
}

/// How many reports on tasks wait for this person.
fn reports(live: &Live) -> usize {
    let keys = live.replica.with(|replica| replica.entities_of(Kind::TaskReport));
    let waits = |key: &&EntityKey| {
        let reporter = key.stream.reporter().and_then(|id| live.model().reporter_ix(id));
        let may = |reporter| live.may(Right::ReviewTask, Thing::Reporter(reporter));
        reporter.is_some_and(may) && standing(&seen(live, key)) == Some(State::Submitted)
    };
    keys.iter().filter(waits).count()
}

/// The screen: of the role that its address names, else of the first one that has work.
#[component]
pub fn Start(
    /// The last part of a role's address.
    named: Option<String>,
) -> impl IntoView {
    let (live, locale) = (live(), locale());
    let today = live.day.get_untracked().date;
    let has = |role| live.me.with_untracked(|me| me.grants.in_force(today).any(|grant| grant.role == role));
    let mine: Vec<(Role, &str)> = ROLES.into_iter().filter(|(role, _)| has(*role)).collect();
    let Some((first, _)) = mine.first().copied() else { return view! { <NoRole /> }.into_any() };
    if first == Role::Leader && mine.len() == 1 {
        // The board is all that there is to a leader's work, and has its address.
        use_context::<Address>().expect("the root provides it").turn_to("/chi-tieu");
        return view! { <Board /> }.into_any();
    }
    let waiting = Waiting { live: StoredValue::new(live), tasks: has(Role::Officer).then(worklist::all) };
    let named = match named {
        None => None,
        Some(name) => match mine.iter().find(|(_, path)| *path == name) {
            Some((role, _)) => Some(*role),
            None => return view! { <NoPage /> }.into_any(),
        },
    };
    let roles: Vec<Role> = mine.iter().map(|(role, _)| *role).collect();
    // Where there was work once the page stays: nobody is taken away from a list that they have just finished.
    let shown = Memo::new(move |before: Option<&(Role, bool)>| {
        if let Some(role) = named {
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
        {move || match shown.get().0 {
            Role::Officer => view! { <Work /> }.into_any(),
            Role::Reviewer => view! { <Forms action=Action::Approve /> }.into_any(),
            Role::Publisher => view! { <Forms action=Action::Publish /> }.into_any(),
            Role::Steering => view! { <Assigning /> }.into_any(),
            Role::Leader => view! { <Board /> }.into_any(),
            Role::Auditor => view! { <Reading /> }.into_any(),
            Role::Admin => view! { <Accounts /> }.into_any(),
            Role::Unknown => view! { <NoRole /> }.into_any(),
        }}
    }
    .into_any()
}

/// The ways to one's roles, each with what waits in it.
#[component]
fn Roles(mine: Vec<(Role, &'static str)>, shown: Memo<(Role, bool)>, waiting: Waiting) -> impl IntoView {
    let locale = locale();
    let way = |(role, path): (Role, &'static str)| {
        let count = Memo::new(move |_| waiting.count(role));
        let href = if role == Role::Leader { "/chi-tieu".to_owned() } else { format!("/viec/{path}") };
        view! {
            <li class:chosen=move || shown.get().0 == role>
                <Link href=href>
                    {shell::role(role, locale)}
                    {move || match count.get() {
                        0 => None,
                        n => Some(view! { <span class="count">{text::number(n as i128, locale)}</span> }),
                    }}
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
