//! A run's requests: [`PushPull`] says what is next, and this does it.

use crate::platform::{clock, ids, net};
use crate::reactive::live::Live;
use crate::reactive::runs::Stop;
use chitieu_client::push_pull::{PushPull, Step, Terms};
use chitieu_sync::kinds::Kinds;
use chitieu_sync::message::{MOST_OPS, PullRequest};
use leptos::prelude::*;

/// Events of one pull.
const PAGE: usize = 2_000;

/// Pushes what waits and pulls what is new; gives the run as it ended, or none where somebody else sits here by now: nothing
/// more is sent or written then.
pub(super) async fn talk(live: Live) -> Result<Option<PushPull>, Stop> {
    let reviews = live.reviews();
    let (author, packs) = live.me.with_untracked(|me| (me.username.clone(), me.push_format > 0));
    let pull = PullRequest {
        limit: Some(PAGE),
        author: Some(author),
        kinds: Some(if reviews { Kinds::of_reviewer() } else { Kinds::known() }),
        ..PullRequest::default()
    };
    let limits = live.runs.limits.get_value();
    let (most, fresh, time_of) = (MOST_OPS, ids::new(), clock::text_of as fn(u64) -> String);
    let mut run = PushPull::new(Terms { limits, most, packs, pull, fresh, time_of });
    let mut step = Step::Write;
    while !live.runs.is_closed() {
        let answer = match step {
            Step::Write => {
                live.change(&mut |replica| {
                    let now = clock::monotonic();
                    let is_ripe =
                        |op_id| live.ripening.with_untracked(|ripening| ripening.is_ripe(op_id, now));
                    let others = |form: &_| if reviews { live.cells_of_others(form) } else { Vec::new() };
                    // Whoever left is told at their next push; nothing of theirs is written any more.
                    (!live.runs.is_closed()).then(|| run.changes(replica, &is_ripe, &others))
                })
                .await?;
                step = live.replica.with_untracked(|replica| run.written(replica));
                continue;
            }
            Step::Push(body) => match net::post_text("/api/v1/sync/push", body).await {
                Ok(answer) => net::parse(&answer.text).map(|answer| run.pushed(answer)),
                Err(error) => Err(error),
            },
            Step::Pull(request) => {
                net::post("/api/v1/sync/pull", &request).await.map(|page| run.pulled(page))
            }
            Step::Done => return Ok(Some(run)),
        };
        let next = answer.or_else(|error| {
            let said = || error.said();
            let mut replica = live.replica.write_untracked();
            run.refused(&mut replica, error.status(), error.code(), &said).ok_or(error)
        });
        live.runs.limits.set_value(run.limits());
        step = next?;
    }
    Ok(None)
}
