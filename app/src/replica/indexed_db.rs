//! The replica in IndexedDB: one database a user, one store of texts under speaking keys, strict durability.
//!
//! "Stored" means that the transaction reported `complete` under `durability: "strict"`. Every abort means
//! not stored.

use chitieu_sync::replica::{CellKey, Change, Replica, ServerCell, SubmissionKey, Waiting};
use indexed_db_futures::database::Database;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{TransactionDurability, TransactionMode, TransactionOptions};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

const ROWS: &str = "rows";

/// Why nothing was stored.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);

fn failed(error: impl std::fmt::Display) -> StoreError {
    StoreError(error.to_string())
}

/// What is kept of the server's answers besides figures.
#[derive(Debug, Clone, Copy)]
pub enum Kept {
    /// Who is signed in, as `me` said.
    Me,
    /// Plan and units.
    Plan,
    /// Sums of the others' figures.
    Others,
    /// This database's device id.
    DeviceId,
    /// Highest `device_seq` ever given out.
    LastSeq,
}

impl Kept {
    const fn key(self) -> &'static str {
        match self {
            Self::Me => "k|me",
            Self::Plan => "k|plan",
            Self::Others => "k|others",
            Self::DeviceId => "k|device_id",
            Self::LastSeq => "k|last_seq",
        }
    }
}

const CURSOR: &str = "k|cursor";

/// An open database of one user.
pub struct Store {
    database: Database,
}

/// What was in the database when it was opened.
pub struct Opened {
    /// The database.
    pub store: Store,
    /// Cells, submissions and outbox.
    pub replica: Replica,
    /// `me`, plan and others, as texts.
    pub me: Option<String>,
    /// Plan and units.
    pub plan: Option<String>,
    /// Sums of the others' figures.
    pub others: Option<String>,
}

fn cell_key(key: &CellKey) -> String {
    format!("c|{}|{}|{}", key.reporter, key.period, key.element)
}

fn submission_key(key: &SubmissionKey) -> String {
    format!("s|{}|{}|{}", key.reporter, key.period, key.form)
}

fn outbox_key(seq: u64) -> String {
    format!("o|{seq:020}")
}

fn sent_key(id: Uuid) -> String {
    format!("a|{id}")
}

fn text(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(failed)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(failed)
}

/// A stored row as the change that wrote it.
fn change(key: &str, value: &str) -> Result<Option<Change>, StoreError> {
    let mut parts = key.splitn(4, '|');
    let (kind, a, b, c) = (parts.next(), parts.next(), parts.next(), parts.next());
    Ok(match (kind, a, b, c) {
        (Some("c"), Some(reporter), Some(period), Some(element)) => {
            let (reporter, period) = (reporter.parse().map_err(failed)?, period.parse().map_err(failed)?);
            let cell: ServerCell = read(value)?;
            Some(Change::Cell(CellKey { reporter, period, element: element.to_owned() }, cell))
        }
        (Some("s"), Some(reporter), Some(period), Some(form)) => {
            let (reporter, period) = (reporter.parse().map_err(failed)?, period.parse().map_err(failed)?);
            Some(Change::Submission(SubmissionKey { reporter, period, form: form.to_owned() }, read(value)?))
        }
        (Some("o"), Some(seq), ..) => {
            let waiting: Waiting = read(value)?;
            Some(Change::Waiting(seq.parse().map_err(failed)?, Box::new(waiting)))
        }
        (Some("a"), Some(_), ..) => {
            let waiting: Waiting = read(value)?;
            Some(Change::Sent(waiting.op.device_seq, Box::new(waiting)))
        }
        _ if key == CURSOR => {
            // Before epochs were kept there was a cursor alone: the next pull starts over.
            let Ok((cursor, epoch)) = read(value) else { return Ok(None) };
            Some(Change::Cursor(cursor, epoch))
        }
        _ => None,
    })
}

/// Opens a user's database, making it on the first use, and reads all of it.
pub async fn open(username: &str) -> Result<Opened, StoreError> {
    let store = Store::named(format!("chitieu-{username}")).await?;
    let rows = store.rows().await?;
    let mut changes = Vec::with_capacity(rows.len());
    let (mut me, mut plan, mut others, mut device_id, mut last_seq) = (None, None, None, None, 0);
    for (key, value) in rows {
        match key.as_str() {
            k if k == Kept::Me.key() => me = Some(value),
            k if k == Kept::Plan.key() => plan = Some(value),
            k if k == Kept::Others.key() => others = Some(value),
            k if k == Kept::DeviceId.key() => device_id = value.parse().ok(),
            k if k == Kept::LastSeq.key() => last_seq = value.parse().map_err(failed)?,
            _ => changes.extend(change(&key, &value)?),
        }
    }
    let device_id = if let Some(id) = device_id {
        id
    } else {
        let id = crate::platform::ids::new();
        store.keep(Kept::DeviceId, &id.to_string()).await?;
        id
    };
    Ok(Opened { replica: Replica::restore(changes, device_id, last_seq), store, me, plan, others })
}

/// The database that is nobody's: it knows who used this device last. The browser's own small storage does
/// not do for that, since it is written down late and a killed browser loses it.
async fn common() -> Result<Store, StoreError> {
    Store::named("chitieu".into()).await
}

const LAST_USER: &str = "k|last_user";

/// Who used this device last, and did not sign out.
pub async fn last_user() -> Option<String> {
    let rows = common().await.ok()?.rows().await.ok()?;
    rows.into_iter().find(|(key, _)| key == LAST_USER).map(|(_, name)| name)
}

/// Remembers who uses this device, or forgets it.
pub async fn remember(username: Option<&str>) -> Result<(), StoreError> {
    common().await?.write(vec![(LAST_USER.into(), username.map(str::to_owned))]).await
}

impl Store {
    async fn named(name: String) -> Result<Self, StoreError> {
        let database = Database::open(name)
            .with_version(1u8)
            .with_on_upgrade_needed(|event, database| {
                if event.old_version() < 1.0 {
                    database.create_object_store(ROWS).build()?;
                }
                Ok(())
            })
            .await
            .map_err(failed)?;
        Ok(Self { database })
    }

    async fn rows(&self) -> Result<Vec<(String, String)>, StoreError> {
        let transaction = self.database.transaction(ROWS).build().map_err(failed)?;
        let rows = transaction.object_store(ROWS).map_err(failed)?;
        let keys: Vec<String> = rows
            .get_all_keys::<String>()
            .primitive()
            .map_err(failed)?
            .await
            .map_err(failed)?
            .collect::<Result<_, _>>()
            .map_err(failed)?;
        let values: Vec<String> = rows
            .get_all::<String>()
            .primitive()
            .map_err(failed)?
            .await
            .map_err(failed)?
            .collect::<Result<_, _>>()
            .map_err(failed)?;
        Ok(keys.into_iter().zip(values).collect())
    }

    /// Writes in this order, all of it or nothing; none deletes.
    async fn write(&self, writes: Vec<(String, Option<String>)>) -> Result<(), StoreError> {
        let mut options = TransactionOptions::new();
        options.set_durability(TransactionDurability::Strict);
        let transaction = self
            .database
            .transaction(ROWS)
            .with_mode(TransactionMode::Readwrite)
            .with_options(options)
            .build()
            .map_err(failed)?;
        {
            let rows = transaction.object_store(ROWS).map_err(failed)?;
            for (key, value) in writes {
                match value {
                    Some(value) => drop(rows.put(value).with_key(key).primitive().map_err(failed)?),
                    None => drop(rows.delete::<String, _>(key).primitive().map_err(failed)?),
                }
            }
        }
        transaction.commit().await.map_err(failed)
    }

    /// Stores changes, all of them or none, and returns when they are on disk.
    pub async fn store(&self, changes: &[Change]) -> Result<(), StoreError> {
        let mut writes = Vec::with_capacity(changes.len() + 1);
        // Never lower than before: numbers of ops that left are not given again, unless all begin anew.
        let mut last_seq = None;
        for change in changes {
            let write = match change {
                Change::Cell(key, cell) => (cell_key(key), Some(text(cell)?)),
                Change::NoCell(key) => (cell_key(key), None),
                Change::Submission(key, standing) => (submission_key(key), Some(text(standing)?)),
                Change::NoSubmission(key) => (submission_key(key), None),
                Change::Waiting(seq, waiting) => {
                    let before = match last_seq {
                        Some(before) => before,
                        None => self.last_seq().await?,
                    };
                    last_seq = Some(before.max(*seq));
                    (outbox_key(*seq), Some(text(waiting)?))
                }
                Change::Sent(seq, waiting) => {
                    writes.push((outbox_key(*seq), None));
                    (sent_key(waiting.op.op_id), Some(text(waiting)?))
                }
                Change::Done(seq) => (outbox_key(*seq), None),
                Change::Forgotten(id) => (sent_key(*id), None),
                Change::Cursor(cursor, epoch) => (CURSOR.into(), Some(text(&(cursor, epoch))?)),
                Change::Device(id) => {
                    last_seq = Some(0);
                    (Kept::DeviceId.key().into(), Some(id.to_string()))
                }
            };
            writes.push(write);
        }
        if let Some(seq) = last_seq {
            writes.push((Kept::LastSeq.key().into(), Some(seq.to_string())));
        }
        self.write(writes).await
    }

    async fn last_seq(&self) -> Result<u64, StoreError> {
        let transaction = self.database.transaction(ROWS).build().map_err(failed)?;
        let rows = transaction.object_store(ROWS).map_err(failed)?;
        let found: Option<String> =
            rows.get(Kept::LastSeq.key().to_owned()).primitive().map_err(failed)?.await.map_err(failed)?;
        Ok(found.and_then(|text| text.parse().ok()).unwrap_or(0))
    }

    /// Keeps one of the server's answers.
    pub async fn keep(&self, what: Kept, value: &str) -> Result<(), StoreError> {
        self.write(vec![(what.key().to_owned(), Some(value.to_owned()))]).await
    }
}
