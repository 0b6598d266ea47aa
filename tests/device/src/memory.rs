//! The store in memory, by name.

use crate::list::Disk;
use chitieu_sync::replica::rows::{MemoryStore, Row};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

thread_local! {
    static STORES: RefCell<HashMap<String, Rc<RefCell<MemoryStore>>>> = RefCell::default();
}

/// A handle.
pub struct Memory(Rc<RefCell<MemoryStore>>);

impl Memory {
    /// The store of this name, as often as it is asked for.
    pub fn open(name: &str) -> Self {
        Self(STORES.with_borrow_mut(|stores| stores.entry(name.to_owned()).or_default().clone()))
    }
}

impl Disk for Memory {
    async fn read(&self, prefix: &str) -> Result<(u64, Vec<(String, String)>), String> {
        let store = self.0.borrow();
        let (turn, rows) = store.read();
        let rows = rows.filter(|(key, _)| key.starts_with(prefix));
        Ok((turn, rows.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()))
    }

    async fn write(&self, turn: u64, rows: Vec<Row>) -> Result<Option<u64>, String> {
        Ok(self.0.borrow_mut().write(turn, rows).ok())
    }

    async fn put(&self, rows: Vec<Row>) -> Result<(), String> {
        self.0.borrow_mut().put(rows);
        Ok(())
    }
}
