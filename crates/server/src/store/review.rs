//! What a reviewer's device is told of the forms that wait for them: the cells that were submitted, so that they read them
//! without a network. No other cell of a reporter that the device does not follow leaves the server in a pull.

use super::database::Tx;
use super::error::StoreError;
use super::figures::{cell_state, period_of};
use super::followed::Followed;
use super::page::{MOST_BYTES, ROW};
use super::{json, unreadable};
use crate::values;
use chitieu_sync::StreamId;
use chitieu_sync::judge::CellState;
use chitieu_sync::kinds::{Kinds, REVIEW};
use chitieu_sync::message::{Event, EventBody};
use chitieu_sync::rights::Right;
use chitieu_sync::submission::{Action, State};
use serde_json::{Value as Json, json as list};
use std::collections::HashMap;

/// Cells that are looked up at once.
const AT_ONCE: usize = 500;

/// Puts the cells of each form that waits for this person behind its submission. `events` are of a page's rows, none where
/// its row is not told. Gives what is told, and of how many rows: of fewer where the page is full.
///
/// What is told is what stands: a form that was returned since is a draft, which is nobody's to see.
pub(super) async fn with_cells(
    tx: &mut Tx,
    followed: &Followed<'_>,
    kinds: &Kinds,
    rows: Vec<Option<Event>>,
    most: usize,
) -> Result<(Vec<Event>, usize), StoreError> {
    if !kinds.has(REVIEW) {
        let taken = rows.len();
        return Ok((rows.into_iter().flatten().collect(), taken));
    }
    let (mut told, mut taken, mut weight) = (Vec::new(), 0, 0);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() && told.len() < most && weight < MOST_BYTES {
        let (mut some, mut asked) = (Vec::new(), Vec::new());
        while asked.len() < AT_ONCE && told.len() + some.len() + asked.len() < most {
            let Some(row) = rows.next() else { break };
            taken += 1;
            let Some(event) = row else { continue };
            asked.extend(waiting(followed, &event));
            some.push(event);
        }
        let mut cells = cells(tx, &asked, &mut weight).await?;
        for event in some {
            let of_form = waiting(followed, &event);
            told.push(event);
            told.extend(of_form.into_iter().filter_map(|key| cells.remove(&key.to_string())));
        }
    }
    Ok((told, taken))
}

/// The cells of a form that waits for this person: reporter, period, form and
/// element of each.
fn waiting(followed: &Followed<'_>, event: &Event) -> Vec<Json> {
    let EventBody::Submission { period, form, standing } = &event.body else { return Vec::new() };
    if standing.state != State::Submitted || !followed.may(Right::Step(Action::Approve), event, form) {
        return Vec::new();
    }
    let elements = followed.model.form_ix(form).into_iter().flat_map(|form| followed.model.elements_of(form));
    elements.map(|(_, element)| list!([event.stream, period, form, element.id])).collect()
}

/// These cells as they stand, of forms that are submitted now; by what [`waiting`] names them.
async fn cells(
    tx: &mut Tx,
    asked: &[Json],
    weight: &mut usize,
) -> Result<HashMap<String, Event>, StoreError> {
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "SELECT s.reporter, u.form, c.period, c.element, c.rev, c.value, c.op_id, c.author, c.received_at, \
         c.reason, c.note, c.estimated, c.cleared, c.branches, c.more \
         FROM {rows $1} AS k JOIN streams s ON s.reporter = k.value ->> 0 \
         JOIN submissions u ON u.stream = s.id AND u.period = k.value ->> 1 AND u.form = k.value ->> 2 \
         JOIN cells c ON c.stream = s.id AND c.period = u.period AND c.element = k.value ->> 3 \
         WHERE u.state = 'submitted' AND c.rev > 0";
    let mut found = HashMap::new();
    for row in tx.fetch(sql, values![json(&asked)?]).await? {
        let CellState { head, branches, more } = cell_state(&row)?.told();
        let (reporter, period, element) = (row.text("reporter")?, period_of(&row)?, row.text("element")?);
        *weight += ROW + row.len_of("reason")? + row.len_of("note")?;
        let name = list!([reporter, period, row.text("form")?, element]).to_string();
        let stream: StreamId = reporter.parse().map_err(unreadable)?;
        found.insert(name, Event { stream, body: EventBody::Cell { period, element, head, branches, more } });
    }
    Ok(found)
}
