//! What every device's store does, whatever it is made of.

use chitieu_sync::replica::rows::Row;
use chitieu_sync::replica::{CellKey, Replica};
use chitieu_sync::{Base, Op, OpBody};
use uuid::Uuid;

/// A handle to a store of a name. Two handles of one name are two tabs.
#[expect(async_fn_in_trait, reason = "one thread, in the browser and in memory")]
pub trait Disk {
    /// The version, and the rows whose key begins so, in the order of their keys.
    async fn read(&self, prefix: &str) -> Result<(u64, Vec<(String, String)>), String>;
    /// Writes all or nothing; none where the version is another.
    async fn write(&self, store_version: u64, rows: Vec<Row>) -> Result<Option<u64>, String>;
    /// Writes whatever the version.
    async fn put(&self, rows: Vec<Row>) -> Result<(), String>;
}

/// What a fact gives: nothing, or what did not hold.
pub type Held = Result<(), String>;

/// Fails with both values where they differ.
pub fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Held {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?}, not {expected:?}")) }
}

/// An error in words.
pub fn failed(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// A row that is kept.
pub fn row(key: &str, value: &str) -> Row {
    (key.to_owned(), Some(value.to_owned()))
}

fn all(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// Rows without the version's own.
pub async fn rows<D: Disk>(disk: &D) -> Result<Vec<(String, String)>, String> {
    let (_, mut rows) = disk.read("").await?;
    rows.retain(|(key, _)| key != "k|turn");
    Ok(rows)
}

macro_rules! facts {
    ($open:ident, $($fact:ident),* $(,)?) => {{
        let mut held = Vec::new();
        $(
            $fact(|| $open(stringify!($fact))).await.map_err(|why| format!("{}: {why}", stringify!($fact)))?;
            held.push(stringify!($fact));
        )*
        Ok(held)
    }};
}

/// Runs the list; gives the facts that held, or the first that did not.
pub async fn run<D: Disk>(open: impl Fn(&str) -> D) -> Result<Vec<&'static str>, String> {
    facts!(
        open,
        a_new_store_is_empty_and_at_turn_0,
        what_was_written_is_read_in_the_order_of_keys,
        a_write_raises_the_turn_by_one,
        a_write_at_another_turn_changes_nothing,
        a_row_without_a_value_is_deleted_and_the_later_of_two_wins,
        a_prefix_reads_its_rows_alone,
        what_is_put_aside_leaves_the_turn,
        another_handle_reads_what_was_written,
        of_two_handles_at_one_turn_the_first_writes,
        every_letter_comes_back,
        many_rows_and_long_ones_are_one_write,
        a_replica_read_again_is_the_same,
    )
}

async fn a_new_store_is_empty_and_at_turn_0<D: Disk>(open: impl Fn() -> D) -> Held {
    same("read", open().read("").await?, (0, Vec::new()))
}

async fn what_was_written_is_read_in_the_order_of_keys<D: Disk>(open: impl Fn() -> D) -> Held {
    let disk = open();
    disk.write(0, vec![row("o|2", "b"), row("c|1", "a"), row("o|10", "c")]).await?;
    same("rows", rows(&disk).await?, all(&[("c|1", "a"), ("o|10", "c"), ("o|2", "b")]))
}

async fn a_write_raises_the_turn_by_one<D: Disk>(open: impl Fn() -> D) -> Held {
    let disk = open();
    for store_version in 0..5 {
        same(
            "store_version",
            disk.write(store_version, vec![row("k|x", &store_version.to_string())]).await?,
            Some(store_version + 1),
        )?;
        same(
            "read",
            disk.read("k|x").await?,
            (store_version + 1, all(&[("k|x", &store_version.to_string())])),
        )?;
    }
    Ok(())
}

async fn a_write_at_another_turn_changes_nothing<D: Disk>(open: impl Fn() -> D) -> Held {
    let disk = open();
    disk.write(0, vec![row("o|1", "first")]).await?;
    for store_version in [0, 2, 7] {
        let refused = disk.write(store_version, vec![row("o|1", "other"), row("o|2", "new")]).await?;
        same("store_version", refused, None)?;
    }
    same("rows", rows(&disk).await?, all(&[("o|1", "first")]))
}

async fn a_row_without_a_value_is_deleted_and_the_later_of_two_wins<D: Disk>(open: impl Fn() -> D) -> Held {
    let disk = open();
    disk.write(0, vec![row("o|1", "a"), row("o|2", "b")]).await?;
    disk.write(1, vec![("o|1".into(), None), row("o|2", "c"), row("o|2", "d"), ("o|9".into(), None)]).await?;
    same("rows", rows(&disk).await?, all(&[("o|2", "d")]))
}

async fn a_prefix_reads_its_rows_alone<D: Disk>(open: impl Fn() -> D) -> Held {
    let disk = open();
    disk.write(0, vec![row("o|1", "a"), row("oo", "b"), row("c|1", "c"), row("o|", "d")]).await?;
    same("rows", disk.read("o|").await?.1, all(&[("o|", "d"), ("o|1", "a")]))
}

async fn what_is_put_aside_leaves_the_turn<D: Disk>(open: impl Fn() -> D) -> Held {
    let disk = open();
    disk.write(0, vec![row("c|1", "a")]).await?;
    disk.put(vec![row("k|me", "x")]).await?;
    same("store_version", disk.read("k|me").await?, (1, all(&[("k|me", "x")])))?;
    same("write", disk.write(1, vec![row("c|1", "b")]).await?, Some(2))
}

async fn another_handle_reads_what_was_written<D: Disk>(open: impl Fn() -> D) -> Held {
    let (one, two) = (open(), open());
    one.write(0, vec![row("o|1", "a")]).await?;
    same("rows", rows(&two).await?, all(&[("o|1", "a")]))?;
    same("store_version", two.write(1, vec![row("o|2", "b")]).await?, Some(2))?;
    same("rows", rows(&one).await?, all(&[("o|1", "a"), ("o|2", "b")]))
}

async fn of_two_handles_at_one_turn_the_first_writes<D: Disk>(open: impl Fn() -> D) -> Held {
    let (one, two) = (open(), open());
    for store_version in 0..20 {
        same("first", one.write(store_version, vec![row("o|1", "one")]).await?, Some(store_version + 1))?;
        same("second", two.write(store_version, vec![row("o|1", "two")]).await?, None)?;
    }
    same("rows", rows(&two).await?, all(&[("o|1", "one")]))
}

async fn every_letter_comes_back<D: Disk>(open: impl Fn() -> D) -> Held {
    let disk = open();
    let text = "Ủy ban nhân dân tỉnh Hưng Yên \u{0} \" \\ | 🚓 e\u{301}";
    disk.write(0, vec![row("c|Ủy ban|2026-10|đ", text)]).await?;
    same("rows", rows(&disk).await?, all(&[("c|Ủy ban|2026-10|đ", text)]))
}

async fn many_rows_and_long_ones_are_one_write<D: Disk>(open: impl Fn() -> D) -> Held {
    let disk = open();
    let long = "số liệu ".repeat(100_000);
    let mut many: Vec<Row> = (0..5_000).map(|n| row(&format!("c|{n:05}"), &n.to_string())).collect();
    many.push(row("k|plan", &long));
    same("store_version", disk.write(0, many).await?, Some(1))?;
    same("count", rows(&disk).await?.len(), 5_001)?;
    same("length", disk.read("k|plan").await?.1[0].1.len(), long.len())
}

/// Three edits, the first two of one cell, as an app makes them.
async fn a_replica_read_again_is_the_same<D: Disk>(open: impl Fn() -> D) -> Held {
    let disk = open();
    let mut replica = Replica::read(0, [], Uuid::from_u128(7));
    let store_version = disk.write(0, vec![replica.name_row()]).await?.ok_or("refused")?;
    replica.written(store_version, &[]);
    for (nth, (element, value)) in
        [("crimes_drug", 3), ("crimes_drug", 4), ("crimes_other", 5)].into_iter().enumerate()
    {
        let key = CellKey {
            reporter: "police_province:33@2021-01-01".parse().map_err(|_| "an id")?,
            period: "2026-10".parse().map_err(|_| "a period")?,
            element: element.into(),
        };
        let (base, replaces) = replica.base_for(&key);
        let op = Op {
            op_id: Uuid::from_u128(nth as u128 + 100),
            device_id: replica.device_id(),
            device_seq: replaces.unwrap_or_else(|| replica.next_seq()),
            author: "lan".into(),
            stream: key.reporter.into(),
            base,
            plan: "plan".into(),
            entered_at: "2026-11-22T08:00:00Z".into(),
            reason: None,
            note: None,
            body: OpBody::Figure {
                period: key.period,
                element: key.element,
                value: Some(value),
                estimated: false,
                cleared: false,
                resolves: Vec::new(),
            },
        };
        let changes = [replica.keep(op)];
        let store_version =
            disk.write(replica.store_version(), replica.rows(&changes)).await?.ok_or("refused")?;
        replica.written(store_version, &changes);
    }
    let (store_version, stored) = disk.read("").await?;
    let pairs = stored.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let again = Replica::read(store_version, pairs, Uuid::nil());
    same("name", again.device_id(), replica.device_id())?;
    same("store_version", again.store_version(), 4)?;
    same("number", again.next_seq(), 3)?;
    same("base", again.outbox().next().map(|w| w.op.base), Some(Base::Rev(0)))?;
    same("outbox", again.outbox().cloned().collect::<Vec<_>>(), replica.outbox().cloned().collect())
}
