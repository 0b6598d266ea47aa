//! How many rows make a page: as many as are asked for, and no more than fit into its bytes.

use super::database::{Tx, Value};

/// Most bytes of a page, unpacked and counted roughly; one row more where a single one is longer.
pub(super) const MOST_BYTES: i64 = 2 * 1024 * 1024;

/// The kind of event that is about a figure.
pub(super) const FIGURE: &str = "figure";

/// What a page takes of rows that are listed in their order with their `size`s, at most as many as are wanted.
pub(super) struct Page {
    /// How many fit.
    pub rows: i64,
    /// True where those listed do not all fit, or as many are listed as are wanted.
    pub has_more: bool,
}

/// Measures the rows that `listed` gives as `x`, no more than `limit` of them, each with its `size`, by their order.
pub(super) async fn measure(
    tx: &mut Tx,
    listed: &str,
    order: &str,
    values: &[Value],
    limit: i64,
) -> Result<Page, sqlx::Error> {
    let sql = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) AS found, \
         CAST(COALESCE(SUM(CASE WHEN y.before < {MOST_BYTES} THEN 1 ELSE 0 END), 0) AS BIGINT) AS fit FROM \
         (SELECT SUM(x.size) OVER (ORDER BY {order} ROWS UNBOUNDED PRECEDING) - x.size AS before \
         FROM ({listed}) AS x) AS y"
    );
    let rows = tx.fetch(&sql, values).await?;
    let (found, fit) =
        rows.first().map_or(Ok((0, 0)), |row| Ok::<_, sqlx::Error>((row.int("found")?, row.int("fit")?)))?;
    Ok(Page { rows: fit, has_more: fit < found || found == limit })
}
