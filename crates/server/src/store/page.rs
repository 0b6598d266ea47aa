//! What pages of a pull are made of, whichever way they are asked for.

use super::database::Row;
use super::error::StoreError;
use super::unreadable;
use chitieu_sync::StreamId;
use chitieu_sync::entity::{EntityKey, Told};
use chitieu_sync::raw::Raw;

/// Most bytes of a page, unpacked and counted roughly; one row more where a single one is longer.
pub(super) const MOST_BYTES: usize = 2 * 1024 * 1024;
/// What a row of a snapshot weighs besides its texts.
pub(super) const ROW: usize = 300;

/// An entity as it is stored.
pub(super) fn entity_row(row: &Row) -> Result<(EntityKey, Told), StoreError> {
    let branches = row.text("branches")?;
    let told = Told {
        rev: row.int("rev")? as u64,
        state: Raw::parse(&row.text("state")?).map_err(unreadable)?,
        branches: (branches != "[]").then(|| Raw::parse(&branches)).transpose().map_err(unreadable)?,
        author: row.text("author")?,
        at: row.text("received_at")?,
    };
    Ok((EntityKey { stream: stream_of(row)?, kind: row.text("kind")?, id: row.text("id")? }, told))
}

pub(super) fn stream_of(row: &Row) -> Result<StreamId, StoreError> {
    row.text("reporter")?.parse().map_err(unreadable)
}
