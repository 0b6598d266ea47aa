//! A device with several tabs, all of them on one disk.

use crate::traffic::Run;
use chitieu_client::push_pull::Limits;
use chitieu_client::transaction::{self, Rows, Store};
use chitieu_sync::message::{PullRequest, PullResponse};
use chitieu_sync::replica::rows::{MemoryStore, RemoteWrite, Row};
use chitieu_sync::replica::{CellKey, Change, Replica};
use futures_util::FutureExt;
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use uuid::Uuid;

/// A device: what is on its disk, its open tabs, its runs, its clock.
pub struct Device {
    pub disk: Disk,
    /// The first one syncs.
    pub tabs: Vec<Tab>,
    /// Devices that are copies of one another have one family.
    pub family: usize,
    pub author: &'static str,
    /// Runs that wait for the answer to a push, by its number.
    pub runs: BTreeMap<u64, Run>,
    /// One that is about to ask for a page.
    pub asks: Option<(Run, PullRequest)>,
    /// A page on the way, and the run that asked for it.
    pub page: Option<(Run, PullResponse)>,
    pub minutes: i64,
    pub plan: usize,
    pub limits: Limits,
}

/// A disk, and what is to be told of it to the other tabs.
#[derive(Clone, Default)]
pub struct Disk {
    store: MemoryStore,
    told: Option<(u64, Vec<Row>)>,
}

impl Store for Disk {
    type Error = Infallible;

    async fn version(&mut self) -> Result<u64, Infallible> {
        Store::version(&mut self.store).await
    }

    async fn read(&mut self) -> Result<(u64, Rows), Infallible> {
        Store::read(&mut self.store).await
    }

    async fn write(&mut self, store_version: u64, rows: Vec<Row>) -> Result<Option<u64>, Infallible> {
        let written = Store::write(&mut self.store, store_version, rows.clone()).await?;
        self.told = written.map(|store_version| (store_version, rows));
        Ok(written)
    }
}

/// What a disk in memory gives: nobody waits for it.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("memory answers at once")
}

/// A tab: its replica, and what others wrote that it has not heard of yet.
pub struct Tab {
    pub replica: Replica,
    pub mail: VecDeque<(u64, Vec<Row>)>,
}

impl Tab {
    /// What a database without a name gets is `name`; stored by whoever comes first.
    pub fn open(disk: &mut Disk, name: Uuid) -> Self {
        let Ok((replica, _)) = at_once(transaction::open(disk, || name));
        // Nobody else is there to be told its name.
        disk.told = None;
        Self { replica, mail: VecDeque::new() }
    }

    pub fn catch_up(&mut self, disk: &mut Disk) {
        let Ok(()) = at_once(transaction::catch_up(disk, &mut self.replica));
    }

    pub fn hear(&mut self, disk: &mut Disk) {
        let Some((store_version, rows)) = self.mail.pop_front() else { return };
        let rows = rows.iter().map(|(key, value)| (key.as_str(), value.as_deref()));
        if self.replica.apply_remote_write(store_version, rows) == RemoteWrite::Gap {
            self.catch_up(disk);
        }
    }
}

impl Device {
    pub fn new(family: usize, author: &'static str) -> Self {
        Self::on(Disk::default(), Uuid::from_u128(family as u128 + 1), family, author)
    }

    /// A device on this disk, with one tab.
    pub fn on(mut disk: Disk, name: Uuid, family: usize, author: &'static str) -> Self {
        let tabs = vec![Tab::open(&mut disk, name)];
        let (runs, limits) = (BTreeMap::new(), Limits::default());
        Self { disk, tabs, family, author, runs, asks: None, page: None, minutes: 0, plan: 3, limits }
    }

    /// Whoever synced is gone, and with it what it waited for.
    pub fn forget_runs(&mut self) {
        self.runs.clear();
        (self.asks, self.page) = (None, None);
    }

    /// The tab that syncs.
    pub fn leader(&self) -> &Replica {
        &self.tabs[0].replica
    }

    pub fn tab(&self, nth: usize) -> usize {
        nth % self.tabs.len()
    }

    /// Stores what a tab makes of its replica, in one transaction, and tells the others. None is made where it gives up.
    pub fn store(&mut self, tab: usize, mut make: impl FnMut(&mut Replica) -> Option<Vec<Change>>) -> bool {
        let change = transaction::change(&mut self.disk, &mut self.tabs[tab].replica, &mut make);
        let Ok(is_made) = at_once(change);
        let told = self.disk.told.take();
        for (_, other) in self.tabs.iter_mut().enumerate().filter(|(nth, _)| *nth != tab) {
            other.mail.extend(told.clone());
        }
        is_made
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
