//! What the first cell does not need: other screens than the entry form's, findings and targets beside it, comparing, asking,
//! pasting, what is said of a poor browser. All of it lies in one later file, which is loaded two seconds after a start, while
//! somebody signs in, or as soon as something of it is wanted; the worker keeps it for use offline.
//!
//! Nothing outside of this module names those parts: what the first file can reach stays in the first file.
#![allow(clippy::unnecessary_wraps, reason = "what the macro makes of `file` wraps a load that failed")]

use crate::app::{Context, locale};
use crate::components::actions::Actions;
use crate::components::cell_tools::CellTools;
use crate::components::changing::changing;
use crate::components::contested_cells::ContestedLink;
use crate::components::history::{About, History};
use crate::components::leaving::LeavingScreen;
use crate::components::offline_badge::{NewBuild, OfflineBadge};
use crate::components::paper::{FormHead, PaperFoot};
use crate::components::renew::{AccountLink, Nobody, Renew};
use crate::components::{ask::AskToOpen, contest::Contest, notices::Notices, opening::Opening};
use crate::components::{field::Field, field_tools::FieldTools, findings::Findings};
use crate::components::{paste::Pasting, targets::Targets, undoing::Undoing, worklist::Waiting};
use crate::pages::account::Account;
use crate::pages::{
    board::Board,
    contested::Contested,
    no_page::{NoPage, NoRight},
    review::Review,
    start::Start,
    task::TaskPage,
    tasks::Tasks,
    waiting::WaitingPage,
};
use chitieu_domain::rules::Checked;
use chitieu_domain::{FormIx, PeriodId, ReporterIx, UnitIx};
use chitieu_sync::replica::{CellKey, SubmissionKey};
use chitieu_widgets::t;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

/// A part that is drawn once the later file is here.
#[derive(Clone)]
pub enum Part {
    /// What a person starts with: in the role that the address names, else in the one that has work.
    Start(Option<String>),
    /// How much of it is urgent.
    Waits,
    /// What must be said on every screen.
    Notices,
    /// Whether this device would open without a network.
    OfflineBadge,
    /// The line that offers a new build.
    NewBuild,
    /// A store that the browser does not open, and why where it says so.
    Opening(Option<String>),
    /// Somebody is leaving this device.
    Leaving,
    /// What the rules of a form found: whose, which, when, and how its rules stand.
    Findings(ReporterIx, FormIx, PeriodId, Memo<Vec<Checked>>),
    /// What can be pressed beside a field.
    FieldTools(Field),
    /// Undoing on a form, and making again.
    Undoing(Actions),
    /// What can be done to the cell that was entered last.
    CellTools(Actions),
    /// What a print of a form says of itself, and where it is signed.
    FormHead(SubmissionKey),
    PaperFoot,
    /// The way to cells with two values, where there are some.
    ContestedLink,
    /// A person's account, and the way to it.
    Account,
    AccountLink,
    /// What stands beside the form for signing in, or in its place where the password has to be changed.
    Nobody,
    /// Asking for the password again.
    Renew,
    /// The board of targets.
    Board,
    /// What waits on this device.
    Waiting,
    /// Cells with two values.
    Contested,
    /// What was submitted.
    Review,
    /// The plan's tasks, and one of them by its id.
    Tasks,
    Task(String),
    /// The values of a contested cell.
    Contest(CellKey),
    /// The way to a form's history.
    History(SubmissionKey),
    /// Asking for a locked form to be opened.
    Ask(SubmissionKey),
    /// The targets below a form: the reporter's own unit, the year.
    Targets(UnitIx, i16),
    /// An address that the app does not know.
    NoPage,
    /// An address to which the person has no right.
    NoRight,
    /// Blocks that are pasted into a form.
    Pasting(Actions),
}

impl Part {
    /// True for a remark beside something else, which is not missed for a moment.
    fn is_aside(&self) -> bool {
        matches!(
            self,
            Self::Nobody
                | Self::Renew
                | Self::Waits
                | Self::Notices
                | Self::OfflineBadge
                | Self::NewBuild
                | Self::FormHead(_)
                | Self::PaperFoot
                | Self::History(_)
                | Self::Undoing(_)
                | Self::CellTools(_)
                | Self::ContestedLink
                | Self::AccountLink
        )
    }
}

/// Where the later file is.
#[derive(Clone, Copy)]
pub enum Late {
    /// Not asked for.
    Away,
    /// On its way.
    Coming,
    /// It did not come; whatever is drawn next tries again.
    Failed,
    /// Here: this draws its parts.
    Here(fn(Part) -> AnyView),
}

#[wasm_split(later, wasm_split_path = ::leptos::wasm_split, fallible)]
fn file() -> Result<fn(Part) -> AnyView, SplitLoaderError> {
    Ok(draw_here)
}

fn draw_here(part: Part) -> AnyView {
    match part {
        Part::Start(role) => view! { <Start named=role /> }.into_any(),
        Part::Waits => view! { <Waiting /> }.into_any(),
        Part::OfflineBadge => view! { <OfflineBadge /> }.into_any(),
        Part::NewBuild => view! { <NewBuild /> }.into_any(),
        Part::Notices => view! { <Notices /> }.into_any(),
        Part::Opening(why) => view! { <Opening why=why /> }.into_any(),
        Part::Leaving => view! { <LeavingScreen /> }.into_any(),
        Part::Findings(reporter, form, period, checked) => {
            view! { <Findings reporter=reporter form=form period=period checked=checked /> }.into_any()
        }
        Part::FieldTools(field) => view! { <FieldTools field=field /> }.into_any(),
        Part::Undoing(actions) => view! { <Undoing actions=actions /> }.into_any(),
        Part::CellTools(actions) => view! { <CellTools actions=actions /> }.into_any(),
        Part::FormHead(of) => view! { <FormHead of=of /> }.into_any(),
        Part::PaperFoot => view! { <PaperFoot /> }.into_any(),
        Part::ContestedLink => view! { <ContestedLink /> }.into_any(),
        Part::Account => view! { <Account /> }.into_any(),
        Part::AccountLink => view! { <AccountLink /> }.into_any(),
        Part::Nobody => view! { <Nobody /> }.into_any(),
        Part::Renew => view! { <Renew /> }.into_any(),
        Part::Board => view! { <Board /> }.into_any(),
        Part::Waiting => view! { <WaitingPage /> }.into_any(),
        Part::Contested => view! { <Contested /> }.into_any(),
        Part::Review => view! { <Review /> }.into_any(),
        Part::Tasks => view! { <Tasks /> }.into_any(),
        Part::Task(id) => view! { <TaskPage id=id /> }.into_any(),
        Part::Contest(of) => view! { <Contest of=of /> }.into_any(),
        Part::History(of) => view! { <History about=About::Form(of, None) /> }.into_any(),
        Part::Ask(of) => view! { <AskToOpen of=of about="" /> }.into_any(),
        Part::Targets(own, year) => view! { <Targets own=own year=year /> }.into_any(),
        Part::NoPage => view! { <NoPage /> }.into_any(),
        Part::NoRight => view! { <NoRight /> }.into_any(),
        Part::Pasting(actions) => view! { <Pasting actions=actions /> }.into_any(),
    }
}

fn state() -> RwSignal<Late> {
    use_context::<Context>().expect("the root provides it").late
}

fn load(late: RwSignal<Late>) {
    if matches!(late.get_untracked(), Late::Here(_) | Late::Coming) {
        return;
    }
    late.set(Late::Coming);
    spawn_local(async move {
        late.set(match file().await {
            Ok(draw) => Late::Here(draw),
            Err(_) => Late::Failed,
        });
    });
}

/// Milliseconds after a start at which the file is loaded though nothing of it was wanted.
const SOON: u32 = 2_000;

/// Loads the file soon.
pub fn load_soon() {
    let late = state();
    spawn_local(async move {
        TimeoutFuture::new(SOON).await;
        load(late);
    });
}

/// Draws a part: at once where the file is here, else when it comes.
pub fn draw(part: Part) -> AnyView {
    let (late, locale) = (state(), locale());
    load(late);
    // A part is not drawn anew when the file's standing is set to the same again.
    let drawn = Memo::new_with_compare(
        move |_| late.get(),
        |a, b| a.map(std::mem::discriminant::<Late>) != b.map(std::mem::discriminant::<Late>),
    );
    changing(move || match drawn.get() {
        Late::Here(draw) => draw(part.clone()),
        _ if part.is_aside() => ().into_any(),
        Late::Failed => view! { <p class="card fault" role="alert">{t::fault::later(locale)}</p> }.into_any(),
        Late::Away | Late::Coming => {
            view! { <p class="muted" role="status">{t::shell::starting(locale)}</p> }.into_any()
        }
    })
}
