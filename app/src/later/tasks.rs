//! The file of tasks: the plan's tasks and what is written of them ([`crate::features::tasks`]).
//!
//! Its split point is here and nothing of the file before it names what it draws: a function that both reach goes into a third
//! file, which either of them brings along.
#![allow(clippy::unnecessary_wraps, reason = "what the macro makes of `file` wraps a load that failed")]

use crate::features::tasks::administration::Administration;
use crate::features::tasks::assigning::Assigning;
use crate::features::tasks::evidence::sending::Sending;
use crate::features::tasks::list::Tasks;
use crate::features::tasks::overview::Glance;
use crate::features::tasks::programme::page::Programmes;
use crate::features::tasks::task::TaskPage;
use crate::parts::{Draw, Part};
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

#[wasm_split(tasks, wasm_split_path = ::leptos::wasm_split, fallible)]
fn file() -> Result<Draw, SplitLoaderError> {
    Ok(draw_here)
}

fn draw_here(part: Part) -> AnyView {
    match part {
        Part::Tasks => view! { <Tasks /> }.into_any(),
        Part::Sending => view! { <Sending /> }.into_any(),
        Part::TaskCounts => view! { <Glance /> }.into_any(),
        Part::Task(id) => view! { <TaskPage id=id /> }.into_any(),
        Part::Assigning => view! { <Assigning /> }.into_any(),
        Part::Administration => view! { <Administration /> }.into_any(),
        Part::Programmes => view! { <Programmes /> }.into_any(),
        // `Part::chunk` sends none here.
        _ => ().into_any(),
    }
}

/// Fetches the file, and gives what draws its parts.
pub async fn fetch() -> Option<Draw> {
    file().await.ok()
}
