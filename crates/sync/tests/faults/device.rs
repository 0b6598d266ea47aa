//! A device with several tabs, all of them on one disk.

use chitieu_sync::message::PullResponse;
use chitieu_sync::portion::Portion;
use chitieu_sync::replica::rows::{Heard, MemoryStore, Row};
use chitieu_sync::replica::{CellKey, Change, Replica};
use std::collections::VecDeque;
use uuid::Uuid;

/// A device: what is on its disk, its open tabs, a page on the way to it, its clock.
pub struct Device {
    pub disk: MemoryStore,
    /// The first one syncs.
    pub tabs: Vec<Tab>,
    /// Devices that are copies of one another have one family.
    pub family: usize,
    pub author: &'static str,
    pub page: Option<PullResponse>,
    pub minutes: i64,
    pub plan: usize,
    pub portion: Portion,
}

/// A tab: its replica, and what others wrote that it has not heard of yet.
pub struct Tab {
    pub replica: Replica,
    pub mail: VecDeque<(u64, Vec<Row>)>,
}

impl Tab {
    /// What a database without a name gets is `name`; stored by whoever comes first.
    pub fn open(disk: &mut MemoryStore, name: Uuid) -> Self {
        loop {
            let (turn, rows) = disk.read();
            let rows: Vec<_> = rows.collect();
            let replica = Replica::read(turn, rows.iter().copied(), name);
            if Replica::is_named(rows.into_iter()) {
                return Self { replica, mail: VecDeque::new() };
            }
            disk.write(turn, vec![replica.name_row()]).expect("nobody else is there");
        }
    }

    pub fn catch_up(&mut self, disk: &MemoryStore) {
        let (turn, rows) = disk.read();
        let read = Replica::read(turn, rows, Uuid::nil());
        self.replica.catch_up(read);
    }

    pub fn hear(&mut self, disk: &MemoryStore) {
        let Some((turn, rows)) = self.mail.pop_front() else { return };
        let rows = rows.iter().map(|(key, value)| (key.as_str(), value.as_deref()));
        if self.replica.hear(turn, rows) == Heard::Missed {
            self.catch_up(disk);
        }
    }
}

impl Device {
    pub fn new(family: usize, author: &'static str) -> Self {
        let mut disk = MemoryStore::default();
        let tabs = vec![Tab::open(&mut disk, Uuid::from_u128(family as u128 + 1))];
        Self { disk, tabs, family, author, page: None, minutes: 0, plan: 3, portion: Portion::default() }
    }

    /// The tab that syncs.
    pub fn leader(&self) -> &Replica {
        &self.tabs[0].replica
    }

    pub fn tab(&self, nth: usize) -> usize {
        nth % self.tabs.len()
    }

    /// Stores what a tab makes of its replica, in one transaction; a tab that another one has overtaken catches
    /// up and makes it anew. None is made where it gives up.
    pub fn store(&mut self, tab: usize, mut make: impl FnMut(&mut Replica) -> Option<Vec<Change>>) -> bool {
        loop {
            let Tab { replica, .. } = &mut self.tabs[tab];
            let Some(changes) = make(replica) else { return false };
            if changes.is_empty() {
                return true;
            }
            let rows = replica.rows(&changes);
            if let Ok(turn) = self.disk.write(replica.turn(), rows.clone()) {
                replica.written(turn, &changes);
                for (nth, other) in self.tabs.iter_mut().enumerate() {
                    if nth != tab {
                        other.mail.push_back((turn, rows.clone()));
                    }
                }
                return true;
            }
            self.tabs[tab].catch_up(&self.disk);
        }
    }

    /// Takes the unsent figure of a cell back in a tab; gives its op where that was stored.
    pub fn take_back(&mut self, tab: usize, key: &CellKey) -> Option<Uuid> {
        let mut taken = None;
        let is_stored = self.store(self.tab(tab), |replica| {
            let changes = replica.take_back(key)?;
            taken = replica.outbox().filter(|w| w.op.cell().as_ref() == Some(key)).last().map(|w| w.op.op_id);
            Some(changes)
        });
        taken.filter(|_| is_stored)
    }
}
