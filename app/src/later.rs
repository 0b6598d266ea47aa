//! The later file: all that the first cell does not need, but for the plan's tasks, which have a file of their own ([`tasks`]).
//! [`crate::parts`] names what is in which.
//!
//! Nothing but the root names this module: what the first file can reach stays in the first file.
#![allow(clippy::unnecessary_wraps, reason = "what the macro makes of `file` wraps a load that failed")]

pub mod tasks;

use crate::features::account::Account;
use crate::features::board::page::Board;
use crate::features::board::targets::Targets;
#[cfg(feature = "components")]
use crate::features::components::Components;
use crate::features::conflicts::contested_cells::ContestedLink;
use crate::features::conflicts::page::Conflicts;
use crate::features::entry::actions_bar::ActionsBar;
use crate::features::entry::findings::Findings;
use crate::features::entry::form_tools::FormTools;
use crate::features::entry::paper::{FormHead, PaperFigure, PaperFoot};
use crate::features::entry::paste::Pasting;
use crate::features::entry::row_note::RowNote;
use crate::features::entry::submitting::Submitting;
use crate::features::no_page::{NoPage, NoRight};
use crate::features::outbox::Outbox;
use crate::features::review::ask::AskToOpen;
use crate::features::review::page::Review;
use crate::features::shell::account_link::AccountLink;
use crate::features::shell::notices::Notices;
use crate::features::shell::offline_badge::{NewBuild, OfflineBadge};
use crate::features::sign_in::leaving::LeavingScreen;
use crate::features::sign_in::opening::Opening;
use crate::features::sign_in::renew::{Nobody, Renew};
use crate::features::start::page::Start;
use crate::features::work::worklist::Waiting;
use crate::parts::{Chunk, Draw, Part};
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

#[wasm_split(later, wasm_split_path = ::leptos::wasm_split, fallible)]
fn file() -> Result<Draw, SplitLoaderError> {
    Ok(draw_here)
}

fn draw_here(part: Part) -> AnyView {
    match part {
        Part::Start(role) => view! { <Start asked=role /> }.into_any(),
        Part::Waits => view! { <Waiting /> }.into_any(),
        Part::OfflineBadge => view! { <OfflineBadge /> }.into_any(),
        Part::NewBuild => view! { <NewBuild /> }.into_any(),
        Part::Notices => view! { <Notices /> }.into_any(),
        Part::Opening(why) => view! { <Opening why=why /> }.into_any(),
        Part::Leaving => view! { <LeavingScreen /> }.into_any(),
        Part::Findings(reporter, form, period, checked) => {
            view! { <Findings reporter=reporter form=form period=period checked=checked /> }.into_any()
        }
        Part::RowNote(field, view) => view! { <RowNote field=field view=view /> }.into_any(),
        Part::ActionsBar(actions) => view! { <ActionsBar actions=actions /> }.into_any(),
        Part::Submitting(actions, of, locked) => {
            view! { <Submitting actions=actions of=of locked=locked /> }.into_any()
        }
        Part::FormTools(of) => view! { <FormTools of=of /> }.into_any(),
        Part::FormHead(of, printing) => view! { <FormHead of=of printing=printing /> }.into_any(),
        Part::PaperFigure(field, view) => view! { <PaperFigure field=field view=view /> }.into_any(),
        Part::PaperFoot => view! { <PaperFoot /> }.into_any(),
        Part::ContestedLink => view! { <ContestedLink /> }.into_any(),
        Part::Account => view! { <Account /> }.into_any(),
        Part::AccountLink => view! { <AccountLink /> }.into_any(),
        Part::Nobody => view! { <Nobody /> }.into_any(),
        Part::Renew => view! { <Renew /> }.into_any(),
        Part::Board => view! { <Board /> }.into_any(),
        Part::Outbox => view! { <Outbox /> }.into_any(),
        Part::Conflicts => view! { <Conflicts /> }.into_any(),
        Part::Review => view! { <Review /> }.into_any(),
        Part::Ask(of) => view! { <AskToOpen of=of about="" /> }.into_any(),
        Part::Targets(own, year) => view! { <Targets own=own year=year /> }.into_any(),
        Part::NoPage => view! { <NoPage /> }.into_any(),
        Part::NoRight => view! { <NoRight /> }.into_any(),
        #[cfg(feature = "components")]
        Part::Components => view! { <Components /> }.into_any(),
        Part::Pasting(actions) => view! { <Pasting actions=actions /> }.into_any(),
        // `Part::chunk` sends them to their own file.
        Part::Tasks
        | Part::Task(_)
        | Part::TaskCounts
        | Part::Sending
        | Part::Assigning
        | Part::Administration
        | Part::Programmes => ().into_any(),
    }
}

/// Fetches a file, and gives what draws its parts.
pub async fn fetch(chunk: Chunk) -> Option<Draw> {
    match chunk {
        Chunk::Later => file().await.ok(),
        Chunk::Tasks => tasks::fetch().await,
    }
}
