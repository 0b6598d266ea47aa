//! Which cells hold two values: the menu counts them, the screen lists them.

use crate::app::live;
use chitieu_sync::replica::CellKey;
use leptos::prelude::*;

/// The cells, by form and row.
pub fn contested() -> Memo<Vec<CellKey>> {
    let live = live();
    Memo::new(move |_| {
        let mut keys: Vec<CellKey> = Vec::new();
        live.replica.with(|replica| {
            for (key, _) in replica.server_cells().filter(|(_, cell)| !cell.branches.is_empty()) {
                // Few: putting each in its place needs no sort of its own.
                let place = |key: &CellKey| live.model().element_ix(&key.element);
                let rank = (&key.reporter, key.period, place(key));
                let at = keys.partition_point(|other| (&other.reporter, other.period, place(other)) < rank);
                keys.insert(at, key.clone());
            }
        });
        keys
    })
}
