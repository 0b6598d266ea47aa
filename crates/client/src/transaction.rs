//! How a change of the replica is stored: made from the replica as it stands, written with the version of the database
//! that it was made from, and made anew where another tab has written since.

use chitieu_sync::Op;
use chitieu_sync::replica::rows::{MemoryStore, Row, Stale};
use chitieu_sync::replica::{Change, Replica};
use std::convert::Infallible;
use uuid::Uuid;

/// All rows of a database.
#[derive(Debug, Default)]
pub struct Rows {
    /// Keys and values of those that are in no page.
    pub rows: Vec<(String, String)>,
    pages: Vec<String>,
    changed: Vec<String>,
}

impl Rows {
    /// Rows, and a copy of others: pages, which are texts with a line for each key and each value, and the keys that do not count
    /// in them, since their rows were changed or deleted.
    pub fn new(rows: Vec<(String, String)>, pages: Vec<String>, mut changed: Vec<String>) -> Self {
        changed.sort_unstable();
        Self { rows, pages, changed }
    }

    /// Keys and values.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        let mut pairs: Vec<_> = self.rows.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        for page in &self.pages {
            let mut lines = page.split('\n');
            while let (Some(key), Some(value)) = (lines.next(), lines.next()) {
                if self.changed.binary_search_by(|changed| changed.as_str().cmp(key)).is_err() {
                    pairs.push((key, value));
                }
            }
        }
        pairs
    }

    /// How many pages there are, and how many keys do not count in them.
    pub fn copied(&self) -> (usize, usize) {
        (self.pages.len(), self.changed.len())
    }
}

/// A person's database on a device. Each write of a replica's rows raises its version.
#[expect(async_fn_in_trait, reason = "nobody moves a transaction to another thread")]
pub trait Store {
    /// Why nothing was read or written.
    type Error;

    /// The version.
    async fn version(&mut self) -> Result<u64, Self::Error>;

    /// The version, and all rows.
    async fn read(&mut self) -> Result<(u64, Rows), Self::Error>;

    /// Writes all rows, in their order, or nothing, if the database is at this version; gives its next one, when the rows
    /// are on disk. None where another tab has written since.
    async fn write(&mut self, store_version: u64, rows: Vec<Row>) -> Result<Option<u64>, Self::Error>;
}

/// What a tab has in memory: a copy of the database, and what it shows of it.
pub trait Tab {
    /// Calls with the copy. What is shown is not concerned.
    fn copy<T>(&mut self, call: impl FnOnce(&mut Replica) -> T) -> T;

    /// Takes in changes that were stored.
    fn stored(&mut self, store_version: u64, changes: &[Change]) {
        self.copy(|replica| replica.written(store_version, changes));
    }

    /// Takes in what was read because other tabs have written.
    fn caught_up(&mut self, read: Replica) {
        self.copy(|replica| replica.catch_up(read));
    }
}

impl Tab for Replica {
    fn copy<T>(&mut self, call: impl FnOnce(&mut Replica) -> T) -> T {
        call(self)
    }
}

impl Store for MemoryStore {
    type Error = Infallible;

    async fn version(&mut self) -> Result<u64, Infallible> {
        Ok(MemoryStore::read(self).0)
    }

    async fn read(&mut self) -> Result<(u64, Rows), Infallible> {
        let (store_version, rows) = MemoryStore::read(self);
        let rows = rows.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        Ok((store_version, Rows::new(rows, Vec::new(), Vec::new())))
    }

    async fn write(&mut self, store_version: u64, rows: Vec<Row>) -> Result<Option<u64>, Infallible> {
        match MemoryStore::write(self, store_version, rows) {
            Ok(store_version) => Ok(Some(store_version)),
            Err(Stale) => Ok(None),
        }
    }
}

/// Opens a database: the replica and all rows. One that is new is named; where another tab is quicker, its name counts.
pub async fn open<S: Store>(store: &mut S, fresh: impl Fn() -> Uuid) -> Result<(Replica, Rows), S::Error> {
    loop {
        let (store_version, rows) = store.read().await?;
        let replica = Replica::read(store_version, rows.pairs(), fresh());
        if is_named(&rows) {
            return Ok((replica, rows));
        }
        store.write(store_version, vec![replica.name_row()]).await?;
    }
}

/// Stores what is made of the replica as it stands, then takes it in. Gives false where nothing was made. Within a tab
/// there may be one at a time: a second would only find itself overtaken by the first.
pub async fn change<S: Store>(
    store: &mut S,
    tab: &mut impl Tab,
    make: &mut dyn FnMut(&mut Replica) -> Option<Vec<Change>>,
) -> Result<bool, S::Error> {
    loop {
        let next = tab.copy(|replica| {
            let changes = make(replica)?;
            let rows = if changes.is_empty() { Vec::new() } else { replica.rows(&changes) };
            Some((replica.store_version(), rows, changes))
        });
        let Some((store_version, rows, changes)) = next else { return Ok(false) };
        if changes.is_empty() {
            return Ok(true);
        }
        if let Some(store_version) = store.write(store_version, rows).await? {
            tab.stored(store_version, &changes);
            return Ok(true);
        }
        catch_up(store, tab).await?;
    }
}

/// Reads everything again where other tabs have written what this one did not hear of.
pub async fn catch_up<S: Store>(store: &mut S, tab: &mut impl Tab) -> Result<(), S::Error> {
    let store_version = store.version().await?;
    let known = tab.copy(|replica| replica.store_version());
    if store_version < known {
        // The site's data were cleared under this tab.
        begin_anew(store, tab).await?;
    } else if store_version > known {
        let (store_version, rows) = store.read().await?;
        tab.caught_up(Replica::read(store_version, rows.pairs(), Uuid::nil()));
    }
    Ok(())
}

/// Writes down what is in memory. Where another tab was quicker its database counts, and what is unsent here alone is added to
/// it, under numbers that nothing there has. Where one is quicker in between, the next look goes on.
async fn begin_anew<S: Store>(store: &mut S, tab: &mut impl Tab) -> Result<(), S::Error> {
    let (store_version, rows) = store.read().await?;
    if !is_named(&rows) {
        let rows = tab.copy(|replica| replica.everything());
        if let Some(store_version) = store.write(store_version, rows).await? {
            tab.copy(|replica| replica.started_anew(store_version));
        }
        return Ok(());
    }
    let mut there = Replica::read(store_version, rows.pairs(), Uuid::nil());
    let unsent: Vec<Op> = tab.copy(|replica| replica.outbox().map(|waiting| waiting.op.clone()).collect());
    let changes = there.import(&unsent);
    if !changes.is_empty() {
        let Some(store_version) = store.write(store_version, there.rows(&changes)).await? else {
            return Ok(());
        };
        there.written(store_version, &changes);
    }
    tab.copy(|replica| replica.started_anew(0));
    tab.caught_up(there);
    Ok(())
}

/// True where the database has a name. It is in no page.
fn is_named(all: &Rows) -> bool {
    Replica::is_named(all.rows.iter().map(|(key, value)| (key.as_str(), value.as_str())))
}
