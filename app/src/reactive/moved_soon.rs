//! Figures that moved, a moment later: what they move besides their own row, such as findings and verdicts, is not drawn in the
//! frame of the key that moved them.

use crate::platform::clock::after_key;
use crate::reactive::rows::Rows;
use chitieu_client::figures::Moved;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What moved and is not worked out yet, each cell once.
#[derive(Clone, Copy)]
pub struct MovedSoon(StoredValue<Vec<Moved>>);

impl MovedSoon {
    /// Calls with figures that moved, soon after they did; with none at once where all were taken anew.
    pub fn watch(rows: Rows, call: impl Fn(&[Moved]) + Copy + 'static) -> Self {
        let pending = Self(StoredValue::default());
        rows.watch(move |moved| {
            if moved.is_empty() {
                pending.forget();
                return call(&[]);
            }
            let is_first = pending.0.try_update_value(|all| {
                let is_first = all.is_empty();
                for cell in moved {
                    put(all, *cell);
                }
                is_first
            });
            if is_first == Some(true) {
                spawn_local(async move {
                    after_key().await;
                    // Where the screen changed meanwhile nobody reads it.
                    let moved = pending.0.try_update_value(std::mem::take).unwrap_or_default();
                    if !moved.is_empty() {
                        call(&moved);
                    }
                });
            }
        });
        pending
    }

    /// All was worked out from the figures as they are.
    pub fn forget(self) {
        self.0.try_update_value(Vec::clear);
    }
}

/// Notes a move; with one of the same cell before it, it is one from there to here. They are in the order of their cells, so
/// that a pasted form's are found quickly.
fn put(all: &mut Vec<Moved>, cell: Moved) {
    let name = |of: &Moved| (of.reporter, of.element, of.period);
    match all.binary_search_by_key(&name(&cell), name) {
        Ok(at) => all[at].after = cell.after,
        Err(at) => all.insert(at, cell),
    }
}
