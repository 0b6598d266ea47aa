//! The drafts of this tab: in memory for the screens, within a tenth of a second and as the page goes in the browser's small
//! storage, after a short quiet in the device's database.

use crate::platform::{clock, local_storage, tabs};
use crate::storage::indexed_db::Store;
use chitieu_client::draft::{self, Draft, QUIET};
use chitieu_sync::replica::{CellKey, Seen};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashMap;
use std::rc::Rc;

/// Milliseconds between two looks at what was typed meanwhile: the small storage is written no more often than that.
const TICK: u32 = 100;

/// Handles; cheap to copy.
#[derive(Clone, Copy)]
pub struct Drafts {
    kept: StoredValue<Kept, LocalStorage>,
    /// The browser's small storage is full or forbidden: a tab that closes in this moment loses what is half typed.
    pub is_unsafe: RwSignal<bool>,
}

struct Kept {
    user: String,
    tab: String,
    store: Rc<Store>,
    drafts: HashMap<CellKey, Draft>,
    /// Cells whose rows are behind.
    behind: Vec<CellKey>,
    /// Cells that may have a row.
    rows: Vec<CellKey>,
    /// Cells whose copy in the small storage is behind.
    behind_at_once: Vec<CellKey>,
    /// Milliseconds since the last key; none while nobody watches for a pause.
    quiet: Option<u32>,
}

impl Drafts {
    /// Takes over what tabs that are gone have left; `rows` are those of the device's database.
    pub async fn open(user: &str, store: Rc<Store>, rows: &[(String, String)]) -> Self {
        let tab = tabs::name();
        let local = local_storage::all();
        let keys = local.iter().chain(rows).map(|(key, _)| key);
        let mut others: Vec<String> =
            keys.filter_map(|key| draft::tab_of(user, key)).map(str::to_owned).collect();
        others.dedup();
        let living = tabs::living(&tab, others).await;
        let found = local.iter().chain(rows).map(|(key, text)| (key.as_str(), text.as_str()));
        let adopted = draft::adopt(user, &tab, found, &living);
        let kept = Kept {
            user: user.to_owned(),
            tab,
            store,
            rows: adopted.drafts.iter().map(|(cell, _)| cell.clone()).collect(),
            drafts: adopted.drafts.into_iter().collect(),
            behind: Vec::new(),
            behind_at_once: Vec::new(),
            quiet: None,
        };
        let drafts = Self { kept: StoredValue::new_local(kept), is_unsafe: RwSignal::new(false) };
        drafts.take_over(adopted.keys).await;
        drafts
    }

    /// Keeps what was found under this tab's own name, then removes it where it was. Where that is not stored it stays
    /// where it is, and is found again.
    async fn take_over(self, old: Vec<String>) {
        if old.is_empty() {
            return;
        }
        let (store, rows) = self.kept.with_value(|kept| {
            let mut rows: Vec<_> =
                kept.drafts.iter().map(|(cell, draft)| kept.row(cell, Some(draft))).collect();
            rows.extend(old.iter().filter(|key| key.starts_with(draft::ROWS)).map(|key| (key.clone(), None)));
            for (cell, draft) in &kept.drafts {
                local_storage::set(&draft::local_key(&kept.user, &kept.tab, cell), &draft.json());
            }
            (kept.store.clone(), rows)
        });
        if store.put(rows).await.is_ok() {
            for key in &old {
                local_storage::remove(key);
            }
        }
    }

    /// What is typed and not saved in a cell.
    pub fn of(self, cell: &CellKey) -> Option<Draft> {
        self.kept.with_value(|kept| kept.drafts.get(cell).cloned())
    }

    /// True where nothing is half typed, on any screen.
    pub fn is_empty(self) -> bool {
        self.kept.with_value(|kept| kept.drafts.is_empty())
    }

    /// Keeps a text: the first of a cell at once, what is typed on within [`TICK`], or as the page is left.
    pub fn keep(self, cell: &CellKey, text: &str, seen: &Seen) {
        let text = text.chars().take(draft::LONGEST).collect();
        let draft = Draft { text, seen: seen.clone(), at: clock::milliseconds() };
        let is_first = self.kept.try_update_value(|kept| {
            push_new(&mut kept.behind_at_once, cell);
            kept.drafts.insert(cell.clone(), draft).is_none()
        });
        if is_first == Some(true) {
            self.write_at_once();
        }
        self.note(cell);
    }

    /// Brings the small storage up to what is in memory.
    fn write_at_once(self) {
        let is_kept = self.kept.try_update_value(|kept| {
            let cells = std::mem::take(&mut kept.behind_at_once);
            cells.iter().fold(None, |is_kept, cell| {
                let draft = kept.drafts.get(cell)?;
                let key = draft::local_key(&kept.user, &kept.tab, cell);
                Some(local_storage::set(&key, &draft.json()) && is_kept.unwrap_or(true))
            })
        });
        if let Some(is_kept) = is_kept.flatten()
            && self.is_unsafe.get_untracked() == is_kept
        {
            self.is_unsafe.set(!is_kept);
        }
    }

    /// Forgets the text of a cell: it was saved, or given up.
    pub fn drop(self, cell: &CellKey) {
        let known = self.kept.try_update_value(|kept| {
            kept.drafts.remove(cell)?;
            kept.behind_at_once.retain(|other| other != cell);
            push_new(&mut kept.behind, cell);
            Some(draft::local_key(&kept.user, &kept.tab, cell))
        });
        if let Some(key) = known.flatten() {
            local_storage::remove(&key);
            spawn_local(async move { self.write_now() });
        }
    }

    /// Waits for a pause, in which the row of a cell is written.
    fn note(self, cell: &CellKey) {
        let is_watched = self.kept.try_update_value(|kept| {
            push_new(&mut kept.behind, cell);
            kept.quiet.replace(0).is_some()
        });
        if is_watched != Some(false) {
            return;
        }
        spawn_local(async move {
            loop {
                TimeoutFuture::new(TICK).await;
                self.write_at_once();
                let quiet = self.kept.try_update_value(|kept| {
                    kept.quiet = kept.quiet.map(|quiet| quiet + TICK).filter(|quiet| *quiet < QUIET);
                    kept.quiet
                });
                if quiet.flatten().is_none() {
                    return self.write_now();
                }
            }
        });
    }

    /// Brings the device's database up to what is in memory.
    pub fn write_now(self) {
        self.write_at_once();
        let behind = self.kept.try_update_value(|kept| {
            let mut cells = std::mem::take(&mut kept.behind);
            // One that never had a row needs none taken away.
            cells.retain(|cell| kept.drafts.contains_key(cell) || kept.rows.contains(cell));
            let rows: Vec<_> = cells.iter().map(|cell| kept.row(cell, kept.drafts.get(cell))).collect();
            kept.rows.retain(|cell| kept.drafts.contains_key(cell));
            for cell in cells.iter().filter(|cell| kept.drafts.contains_key(cell)) {
                push_new(&mut kept.rows, cell);
            }
            (kept.store.clone(), rows, cells)
        });
        let Some((store, rows, cells)) = behind.filter(|(_, rows, _)| !rows.is_empty()) else { return };
        spawn_local(async move {
            if store.put(rows).await.is_err() {
                // With the next key it is tried again; the small storage has it meanwhile.
                self.kept.update_value(|kept| {
                    for cell in &cells {
                        push_new(&mut kept.rows, cell);
                    }
                    kept.behind.extend(cells);
                });
            }
        });
    }
}

impl Kept {
    fn row(&self, cell: &CellKey, draft: Option<&Draft>) -> (String, Option<String>) {
        (draft::row_key(&self.tab, cell), draft.map(Draft::json))
    }
}

fn push_new(cells: &mut Vec<CellKey>, cell: &CellKey) {
    if !cells.contains(cell) {
        cells.push(cell.clone());
    }
}
