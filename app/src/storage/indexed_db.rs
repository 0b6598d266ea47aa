//! The replica in IndexedDB: one database a user, rows of text under speaking keys, strict durability.
//!
//! "Stored" means that the transaction reported `complete` under `durability: "strict"`. Every abort means
//! not stored. The few calls to the browser are in `indexed_db.js`, which costs a start less than a library in
//! wasm does.

use crate::platform::uploads::Bytes;
use chitieu_client::tabs::TabMessage;
use chitieu_client::transaction::{self, Rows};
use chitieu_sync::replica::Replica;
use chitieu_sync::replica::rows::Row;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/storage/indexed_db.js")]
extern "C" {
    #[wasm_bindgen(js_name = hearOwed, catch)]
    fn hear_owed(call: JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = workWithout, catch)]
    fn choose_without() -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = textsOf)]
    fn texts_of(text: &str, lengths: Vec<i32>) -> js_sys::Array;

    type Database;

    #[wasm_bindgen(constructor)]
    fn new(name: &str) -> Database;

    #[wasm_bindgen(method, catch)]
    async fn read(this: &Database, prefix: &str, is_all: bool) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method)]
    async fn copy(this: &Database);

    #[wasm_bindgen(method, catch)]
    async fn write(this: &Database, store_version: f64, rows: js_sys::Array) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, js_name = keepKey, catch)]
    async fn keep_key(this: &Database, digits: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    async fn seal(this: &Database, texts: Vec<String>, is_back: bool) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, js_name = isMemory, catch)]
    async fn is_memory(this: &Database) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method)]
    fn hear(this: &Database, heard: JsValue);

    #[wasm_bindgen(method)]
    fn say(this: &Database, word: &str);

    #[wasm_bindgen(method)]
    async fn lead(this: &Database) -> JsValue;

    #[wasm_bindgen(method)]
    fn close(this: &Database);
}

/// Why nothing was stored.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The device has no room left.
    #[error("no room left")]
    Full,
    /// The browser refused; in its words.
    #[error("{0}")]
    Browser(String),
}

impl StoreError {
    /// True where the device has no room left.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full)
    }
}

impl From<JsValue> for StoreError {
    fn from(error: JsValue) -> Self {
        let part = |name: &str| js_sys::Reflect::get(&error, &name.into()).ok().and_then(|v| v.as_string());
        match part("name") {
            Some(name) if name == "QuotaExceededError" => Self::Full,
            Some(name) => Self::Browser(format!("{name} {}", part("message").unwrap_or_default())),
            None => Self::Browser("IndexedDB".into()),
        }
    }
}

/// What the browser has owed an answer for some seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// To open the database.
    Open,
    /// To read from it.
    Read,
    /// To write to it.
    Write,
}

/// Calls back whenever the browser is late with an answer, and with none when it has given it.
pub fn on_owed(call: impl Fn(Option<Owed>) + 'static) {
    let call = Closure::<dyn Fn(JsValue)>::new(move |what: JsValue| {
        call(match what.as_string().as_deref() {
            Some("open") => Some(Owed::Open),
            Some("read") => Some(Owed::Read),
            Some(_) => Some(Owed::Write),
            None => None,
        });
    });
    // It only notes whom to call.
    hear_owed(call.into_js_value()).ok();
}

/// Works without a store from now on: whatever is kept is in the memory of this tab alone.
pub fn work_without() {
    // It only resolves a promise.
    choose_without().ok();
}

/// What is kept of the server's answers besides figures.
#[derive(Debug, Clone, Copy)]
pub enum Kept {
    /// Who is signed in, as `me` said.
    Me,
    /// The server's day, and when it was told.
    Told,
    /// Which bundle of plan and units is kept.
    PlanKey,
    /// Plan and units.
    Plan,
    /// Sums of the others' figures.
    Others,
}

impl Kept {
    const fn key(self) -> &'static str {
        match self {
            Self::Me => "k|me",
            Self::Told => "k|told",
            Self::PlanKey => "k|plan_key",
            Self::Plan => "k|plan",
            Self::Others => "k|others",
        }
    }
}

/// What another tab tells.
pub enum TabEvent<'a> {
    /// It wrote these rows, as this version.
    Rows(u64, &'a [Row]),
    /// It said something.
    Message(TabMessage),
}

/// Where a database keeps its version: it is read without the rows.
const STORE_VERSION: &str = "k|turn";

/// A database; its connection is opened on the first use, and again where it was lost.
pub struct Store(Database);

/// What was in the database when it was opened.
pub struct Opened {
    /// The database.
    pub store: Rc<Store>,
    /// Cells, submissions and outbox.
    pub replica: Replica,
    /// The server's answers.
    pub kept: Answers,
    /// The rows of drafts.
    pub drafts: Vec<(String, String)>,
}

/// What is kept of the server's answers, as texts.
#[derive(Debug, Default)]
pub struct Answers(Vec<(String, String)>);

impl Answers {
    /// One of them.
    pub fn take(&mut self, what: Kept) -> Option<String> {
        let at = self.0.iter().position(|(key, _)| key == what.key())?;
        Some(self.0.swap_remove(at).1)
    }
}

/// Opens a user's database, making it on the first use, and reads all of it.
pub async fn open(username: &str) -> Result<Opened, StoreError> {
    let store = Store::of(username);
    let (replica, all) = transaction::open(&mut &store, crate::platform::ids::new).await?;
    let (mut kept, mut drafts) = (Answers::default(), Vec::new());
    for row in all.rows {
        if row.0.starts_with("k|") {
            kept.0.push(row);
        } else if row.0.starts_with(chitieu_client::draft::ROWS) {
            drafts.push(row);
        }
    }
    Ok(Opened { store: Rc::new(store), replica, kept, drafts })
}

impl transaction::Store for &Store {
    type Error = StoreError;

    async fn version(&mut self) -> Result<u64, StoreError> {
        Ok(Store::read(self, STORE_VERSION).await?.0)
    }

    async fn read(&mut self) -> Result<(u64, Rows), StoreError> {
        self.read_all().await
    }

    async fn write(&mut self, store_version: u64, rows: Vec<Row>) -> Result<Option<u64>, StoreError> {
        Store::write(self, store_version, rows).await
    }
}

impl Store {
    /// A database by its full name.
    pub fn named(name: &str) -> Self {
        Self(Database::new(name))
    }

    /// A person's database.
    pub fn of(username: &str) -> Self {
        Self::named(&format!("chitieu-{username}"))
    }

    /// The version, and the rows whose key begins so.
    pub async fn read(&self, prefix: &str) -> Result<(u64, Vec<(String, String)>), StoreError> {
        let (store_version, Rows { rows, .. }) = rows_of(self.0.read(prefix, false).await?);
        Ok((store_version, rows))
    }

    /// The version, and all rows, out of the copy where there is one ([`Store::copy`]).
    pub async fn read_all(&self) -> Result<(u64, Rows), StoreError> {
        Ok(rows_of(self.0.read("", true).await?))
    }

    /// Copies the many rows that a start has to read into few, where that is not done: beside whatever else goes on, and without
    /// a word where it fails.
    pub async fn copy(&self) {
        self.0.copy().await;
    }

    /// Writes all rows, in this order, or nothing, and returns when they are on disk: the new version, or none
    /// where another tab has written since `store_version`.
    pub async fn write(&self, store_version: u64, rows: Vec<Row>) -> Result<Option<u64>, StoreError> {
        let store_version = self.0.write(store_version as f64, flat(rows)).await?;
        Ok(store_version
            .as_f64()
            .map(|store_version| store_version as u64)
            .filter(|store_version| *store_version > 0))
    }

    /// Writes rows that are no part of a replica, whatever the version.
    pub async fn put(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        self.0.write(-1.0, flat(rows)).await?;
        Ok(())
    }

    /// Writes a row of text and rows of bytes, all or none. Such a database is nobody's replica: see [`Self::bytes`].
    pub async fn put_with_bytes(&self, row: Row, bytes: Vec<(String, Bytes)>) -> Result<(), StoreError> {
        let flat = flat(vec![row]);
        for (key, bytes) in bytes {
            flat.push(&key.into());
            flat.push(&bytes.0);
        }
        self.0.write(-1.0, flat).await?;
        Ok(())
    }

    /// A row of bytes by its key, or the first whose key begins so.
    pub async fn bytes(&self, key: &str) -> Result<Option<Bytes>, StoreError> {
        let parts = js_sys::Array::from(&self.0.read(key, false).await?);
        Ok(js_sys::Array::from(&parts.get(2)).get(0).dyn_into().ok().map(Bytes))
    }

    /// Keeps answers of the server, all or none.
    pub async fn keep(&self, answers: &[(Kept, &str)]) -> Result<(), StoreError> {
        let rows = answers.iter().map(|(what, value)| (what.key().to_owned(), Some((*value).to_owned())));
        self.put(rows.collect()).await
    }

    /// Every answer of the server that is kept.
    pub async fn answers(&self) -> Result<Answers, StoreError> {
        Ok(Answers(self.read("k|").await?.1))
    }

    /// True where nothing is stored on the device: it has no store, or the person chose to work without.
    pub async fn is_memory(&self) -> bool {
        self.0.is_memory().await.is_ok_and(|is| is.is_truthy())
    }

    /// One of the server's answers, as it was kept last.
    pub async fn kept(&self, what: Kept) -> Result<Option<String>, StoreError> {
        let (_, rows) = self.read(what.key()).await?;
        Ok(rows.into_iter().next().map(|(_, value)| value))
    }

    /// Listens to the other tabs on this database, for as long as the page lives.
    pub fn hear(&self, heard: impl Fn(TabEvent<'_>) + 'static) {
        let heard = Closure::<dyn Fn(f64, JsValue)>::new(move |store_version: f64, told: JsValue| {
            if let Some(text) = told.as_string() {
                return TabMessage::parse(&text)
                    .into_iter()
                    .for_each(|message| heard(TabEvent::Message(message)));
            }
            let mut parts = js_sys::Array::from(&told).into_iter();
            let mut rows = Vec::new();
            while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                rows.extend(key.as_string().map(|key| (key, value.as_string())));
            }
            heard(TabEvent::Rows(store_version as u64, &rows));
        });
        self.0.hear(heard.into_js_value());
    }

    /// Keeps a key in this database, which holds nothing else: pages may use it and never read it.
    pub async fn keep_key(&self, digits: &str) -> Result<(), StoreError> {
        self.0.keep_key(digits).await?;
        Ok(())
    }

    /// Forgets the key.
    pub async fn forget_key(&self) -> Result<(), StoreError> {
        self.put(vec![("key".into(), None)]).await
    }

    /// Texts under the key that is kept, or out of it (`is_back`): none for one that was made under another. An error where
    /// there is no key, or the browser has no cryptography.
    pub async fn seal(&self, texts: Vec<String>, is_back: bool) -> Result<Vec<Option<String>>, StoreError> {
        let sealed = js_sys::Array::from(&self.0.seal(texts, is_back).await?);
        Ok(sealed.into_iter().map(|text| text.as_string()).collect())
    }

    /// Says something to the other tabs on this database.
    pub fn say(&self, message: &TabMessage) {
        self.0.say(&message.text());
    }

    /// Waits until this is the only tab that leads.
    pub async fn lead(&self) -> Lead {
        Lead(self.0.lead().await.unchecked_into())
    }

    /// Closes the connection and hears no other tab any more.
    pub fn close(&self) {
        self.0.close();
    }
}

/// Being the tab that leads.
#[derive(Clone)]
pub struct Lead(js_sys::Function);

impl Lead {
    /// Lets another tab lead.
    pub fn end(self) {
        // The promise behind it cannot refuse.
        self.0.call0(&JsValue::NULL).ok();
    }
}

/// What was read: the version, keys, values, pages of the copy, and keys that do not count in them.
fn rows_of(read: JsValue) -> (u64, Rows) {
    let parts = js_sys::Array::from(&read);
    let list = |nth: u32| js_sys::Array::from(&parts.get(nth));
    let texts = |nth: u32| list(nth).into_iter().filter_map(|text| text.as_string()).collect::<Vec<_>>();
    let rows = list(1).into_iter().zip(list(2));
    let rows = rows.filter_map(|(key, value)| Some((key.as_string()?, value.as_string()?))).collect();
    (parts.get(0).as_f64().unwrap_or_default() as u64, Rows::new(rows, texts(3), texts(4)))
}

/// Keys and values in turn. They go over as one text: browsers take that ten times faster than thousands of short ones.
fn flat(rows: Vec<Row>) -> js_sys::Array {
    let (mut all, mut lengths) = (String::new(), Vec::with_capacity(2 * rows.len()));
    for text in rows.iter().flat_map(|(key, value)| [Some(key), value.as_ref()]) {
        lengths.push(text.map_or(-1, |text| {
            all += text;
            // In units of the browser's texts.
            if text.is_ascii() { text.len() } else { text.encode_utf16().count() }.cast_signed() as i32
        }));
    }
    texts_of(&all, lengths)
}
