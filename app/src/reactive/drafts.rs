//! The drafts of this tab: in memory for the screens, at once in the browser's small storage, after a short quiet in
//! the device's database.

use crate::platform::{clock, local_storage, tabs};
use crate::storage::indexed_db::Store;
use chitieu_client::draft::{self, Draft, QUIET};
use chitieu_sync::replica::{CellKey, Seen};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashMap;
use std::rc::Rc;

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
    /// Counts keys, so that a pause is known.
    nth: u32,
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
            drafts: adopted.drafts.into_iter().collect(),
            behind: Vec::new(),
            nth: 0,
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

    /// Keeps a text, now.
    pub fn keep(self, cell: &CellKey, text: &str, seen: &Seen) {
        let text = text.chars().take(draft::LONGEST).collect();
        let draft = Draft { text, seen: seen.clone(), at: clock::milliseconds() };
        let key = self.kept.with_value(|kept| draft::local_key(&kept.user, &kept.tab, cell));
        let is_kept = local_storage::set(&key, &draft.json());
        if self.is_unsafe.get_untracked() == is_kept {
            self.is_unsafe.set(!is_kept);
        }
        self.kept.update_value(|kept| drop(kept.drafts.insert(cell.clone(), draft)));
        self.note(cell, QUIET);
    }

    /// Forgets the text of a cell: it was saved, or given up.
    pub fn drop(self, cell: &CellKey) {
        let known = self.kept.try_update_value(|kept| {
            let known = kept.drafts.remove(cell).is_some();
            known.then(|| draft::local_key(&kept.user, &kept.tab, cell))
        });
        if let Some(key) = known.flatten() {
            local_storage::remove(&key);
            self.note(cell, 0);
        }
    }

    fn note(self, cell: &CellKey, pause: u32) {
        let nth = self.kept.try_update_value(|kept| {
            if !kept.behind.contains(cell) {
                kept.behind.push(cell.clone());
            }
            kept.nth += 1;
            kept.nth
        });
        spawn_local(async move {
            TimeoutFuture::new(pause).await;
            if pause == 0 || self.kept.with_value(|kept| Some(kept.nth)) == nth {
                self.write_now();
            }
        });
    }

    /// Brings the device's database up to what is in memory.
    pub fn write_now(self) {
        let behind = self.kept.try_update_value(|kept| {
            let cells = std::mem::take(&mut kept.behind);
            let rows: Vec<_> = cells.iter().map(|cell| kept.row(cell, kept.drafts.get(cell))).collect();
            (kept.store.clone(), rows, cells)
        });
        let Some((store, rows, cells)) = behind.filter(|(_, rows, _)| !rows.is_empty()) else { return };
        spawn_local(async move {
            if store.put(rows).await.is_err() {
                // With the next key it is tried again; the small storage has it meanwhile.
                self.kept.update_value(|kept| kept.behind.extend(cells));
            }
        });
    }
}

impl Kept {
    fn row(&self, cell: &CellKey, draft: Option<&Draft>) -> (String, Option<String>) {
        (draft::row_key(&self.tab, cell), draft.map(Draft::json))
    }
}
