//! What the first cell does not need: other screens than the entry form's, findings and targets beside it, comparing, asking,
//! pasting, what is said of a poor browser. All of it lies in one later file, which is loaded two seconds after a start, while
//! somebody signs in, or as soon as something of it is wanted. The plan's tasks have a file of their own, loaded a while after
//! that one or when a task is opened. The worker keeps both for use offline.

use crate::reactive::actions::Actions;
use crate::reactive::context::locale;
use crate::reactive::field::Field;
use crate::ui::changing::changing;
use chitieu_domain::rules::Checked;
use chitieu_domain::{FormIx, PeriodId, ReporterIx, UnitIx};
use chitieu_sync::grants::Role;
use chitieu_sync::replica::{CellView, SubmissionKey};
use chitieu_widgets::t;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;

/// A file of the program that a start does not load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunk {
    /// All but what has a file of its own.
    Later,
    /// The plan's tasks.
    Tasks,
}

/// A part that is drawn once its file is here.
#[derive(Clone)]
pub enum Part {
    /// What a person starts with: in the role that the address names, else in the one that has work.
    Start(Option<Role>),
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
    Findings(ReporterIx, FormIx, PeriodId, RwSignal<Vec<Checked>>),
    /// What is said below a row of its field and its cell.
    RowNote(Field, Memo<CellView>),
    /// The line below a form: what was done last, undone and made again.
    ActionsBar(Actions),
    /// What is said above a form, and submitting it.
    Submitting(Actions, SubmissionKey, Memo<bool>),
    /// Where a form stands, its history, printing.
    FormTools(SubmissionKey),
    /// What a print of a form says of itself, and where it is signed; what is true while it is printed.
    FormHead(SubmissionKey, RwSignal<bool>),
    PaperFoot,
    /// What a print shows in the place of a field.
    PaperFigure(Field, Memo<CellView>),
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
    Outbox,
    /// Cells with two values.
    Conflicts,
    /// What was submitted.
    Review,
    /// The plan's tasks, and one of them by its id.
    Tasks,
    Task(String),
    /// How many of them stand how, beside the targets.
    TaskCounts,
    /// What is being sent of attached files.
    Sending,
    /// Many tasks assigned at once.
    Assigning,
    /// What an administrator starts with.
    Administration,
    /// The units' own programmes of a year.
    Programmes,
    /// Asking for a locked form to be opened.
    Ask(SubmissionKey),
    /// The targets below a form: the reporter's own unit, the year.
    Targets(UnitIx, i16),
    /// An address that the app does not know.
    NoPage,
    /// An address to which the person has no right.
    NoRight,
    /// Every part in every state.
    #[cfg(feature = "components")]
    Components,
    /// Blocks that are pasted into a form.
    Pasting(Actions),
}

impl Part {
    /// The file it lies in.
    const fn chunk(&self) -> Chunk {
        match self {
            Self::Tasks
            | Self::Task(_)
            | Self::TaskCounts
            | Self::Sending
            | Self::Assigning
            | Self::Administration
            | Self::Programmes => Chunk::Tasks,
            _ => Chunk::Later,
        }
    }

    /// True for a remark beside something else, which is not missed for a moment.
    fn is_aside(&self) -> bool {
        // What is wrong with what is typed is missed.
        if let Self::RowNote(field, _) = self {
            return field.fault.with_untracked(Option::is_none);
        }
        matches!(
            self,
            Self::Nobody
                | Self::Renew
                | Self::Waits
                | Self::Notices
                | Self::OfflineBadge
                | Self::NewBuild
                | Self::FormHead(..)
                | Self::PaperFigure(..)
                | Self::PaperFoot
                | Self::FormTools(_)
                | Self::ActionsBar(_)
                | Self::ContestedLink
                | Self::AccountLink
                | Self::TaskCounts
                | Self::Sending
        )
    }
}

/// Where a file is.
#[derive(Clone, Copy)]
pub enum Late {
    /// Not asked for.
    Away,
    /// On its way.
    Coming,
    /// It did not come; whatever is drawn next tries again.
    Failed,
    /// Here: this draws its parts.
    Here(Draw),
}

/// Draws a part.
pub type Draw = fn(Part) -> AnyView;

/// Fetches a file; none where it did not come.
pub type Fetch = fn(Chunk) -> Pin<Box<dyn Future<Output = Option<Draw>>>>;

/// The files that come later, for all that draws something of them.
#[derive(Clone, Copy)]
pub struct Parts {
    later: RwSignal<Late>,
    tasks: RwSignal<Late>,
    fetch: Fetch,
}

/// Milliseconds after a start at which the later file is loaded though nothing of it was wanted.
const SOON: u32 = 2_000;

/// Milliseconds from then on, at least, until the file of tasks is.
const AFTER: u32 = 5_000;

impl Parts {
    /// Files that are not loaded yet.
    pub fn new(fetch: Fetch) -> Self {
        Self { later: RwSignal::new(Late::Away), tasks: RwSignal::new(Late::Away), fetch }
    }

    const fn late(self, chunk: Chunk) -> RwSignal<Late> {
        match chunk {
            Chunk::Later => self.later,
            Chunk::Tasks => self.tasks,
        }
    }

    fn load(self, chunk: Chunk) {
        let (late, fetch) = (self.late(chunk), self.fetch);
        if matches!(late.get_untracked(), Late::Here(_) | Late::Coming) {
            return;
        }
        late.set(Late::Coming);
        spawn_local(async move { late.set(fetch(chunk).await.map_or(Late::Failed, Late::Here)) });
    }

    /// Loads the files soon.
    pub fn load_soon(self) {
        spawn_local(async move {
            TimeoutFuture::new(SOON).await;
            self.load(Chunk::Later);
            // On a slow line the one that is wanted more often does not share it with the other.
            loop {
                TimeoutFuture::new(AFTER).await;
                if matches!(self.later.get_untracked(), Late::Here(_)) {
                    break;
                }
            }
            self.load(Chunk::Tasks);
        });
    }
}

/// Draws a part: at once where its file is here, else when it comes.
pub fn draw(part: Part) -> AnyView {
    let parts: Parts = use_context().expect("the root provides it");
    let (chunk, locale) = (part.chunk(), locale());
    let late = parts.late(chunk);
    // Nothing is attached before its file is here.
    if !matches!(part, Part::Sending) {
        parts.load(chunk);
    }
    // A part is not drawn anew when its file's standing is set to the same again.
    let drawn = Memo::new_with_compare(
        move |_| late.get(),
        |a, b| a.map(std::mem::discriminant::<Late>) != b.map(std::mem::discriminant::<Late>),
    );
    changing(move || {
        match drawn.get() {
        Late::Here(draw) => draw(part.clone()),
        _ if part.is_aside() => ().into_any(),
        Late::Failed => view! {
            <p class="card fault" role="alert">
                {t::fault::later(locale)} " "
                <button class="button quiet small" on:click=move |_| parts.load(chunk)>{t::fault::retry(locale)}</button>
            </p>
        }
        .into_any(),
        Late::Away | Late::Coming => {
            view! { <p class="muted" role="status">{t::shell::starting(locale)}</p> }.into_any()
        }
    }
    })
}
