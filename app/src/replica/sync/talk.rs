//! What is asked of the server in a run: one push, in the form that the server takes, and all pages of a pull.

use super::{Live, Stop};
use crate::platform::clock;
use crate::platform::net::{self, NetError};
use chitieu_sync::Op;
use chitieu_sync::kinds::Kinds;
use chitieu_sync::message::{PullRequest, PullResponse, PushRequest, PushResponse};
use chitieu_sync::packed_push;
use chitieu_sync::replica::{Change, Replica};
use leptos::prelude::*;

/// Events of one pull.
const PAGE: usize = 2_000;
const PUSH: &str = "/api/v1/sync/push";

/// Sends ops, and gives what the server says of them.
pub(super) async fn push(live: Live, ops: Vec<Op>) -> Result<PushResponse, NetError> {
    let cursor = live.replica.with_untracked(|r| r.cursor().map(str::to_owned));
    // After a refusal it may be a server that was put back: for this start, what every server reads.
    if live.me.with_untracked(|me| me.push_format > 0)
        && !live.runs.is_plain.get_value()
        && let Some(body) = packed_push::pack(&ops, cursor.as_deref(), &clock::text_of)
    {
        match net::post_text(PUSH, body).await {
            Err(error) if matches!(error.status(), Some(400 | 415)) => {
                live.runs.is_plain.set_value(true);
            }
            answer => return net::parse(&answer?.text),
        }
    }
    net::post(PUSH, &PushRequest { ops, cursor }).await
}

/// Takes in all pages; true when there was anything new.
pub(super) async fn pull(live: Live) -> Result<bool, Stop> {
    let mut news = false;
    loop {
        let request = PullRequest {
            cursor: live.replica.with_untracked(|r| r.cursor().map(str::to_owned)),
            limit: Some(PAGE),
            device_id: Some(live.replica.with_untracked(Replica::device_id)),
            author: Some(live.me.with_untracked(|me| me.username.clone())),
            held: live.replica.with_untracked(Replica::held),
            kinds: Some(if live.reviews() { Kinds::of_reviewer() } else { Kinds::known() }),
        };
        let page: PullResponse = match net::post("/api/v1/sync/pull", &request).await {
            Ok(page) => page,
            Err(error) if error.code() == "cursor_gone" && request.cursor.is_some() => {
                live.replica.update_untracked(Replica::start_over);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        news |= !page.events.is_empty();
        let has_more = page.has_more;
        // A page that says nothing new but where we stand is not worth a flush.
        let says_nothing =
            |c: &Change| matches!(c, Change::Cursor(cursor, _) if Some(cursor) == request.cursor.as_ref());
        live.change(&mut |replica| {
            if live.runs.is_closed() {
                return None;
            }
            let mut changes = replica.on_page(page.clone());
            if live.reviews() {
                changes.extend(replica.let_go(&changes, &|form| live.cells_of_others(form)));
            }
            Some(if changes.iter().all(says_nothing) { Vec::new() } else { changes })
        })
        .await?;
        if live.runs.is_closed() {
            return Ok(false);
        }
        if !has_more {
            live.change(&mut |replica| Some(replica.forget_sent(&page.at))).await?;
            return Ok(news);
        }
    }
}
