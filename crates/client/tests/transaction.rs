//! Tabs on one database: each write is made from what is there, and what was saved stays.

mod desk;

use chitieu_client::transaction::{self, Rows, Store, Tab};
use chitieu_sync::replica::rows::{MemoryStore, Row};
use chitieu_sync::replica::{Change, Replica};
use desk::support::key;
use desk::{Desk, at_once};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn values(replica: &Replica) -> BTreeSet<(u64, Option<i64>)> {
    replica.outbox().map(|w| (w.op.device_seq, w.op.said().value)).collect()
}

#[test]
fn a_tab_that_was_overtaken_catches_up_and_makes_its_change_anew() {
    let mut desk = Desk::new(1);
    desk.open();
    desk.enter(0, &key("crimes_drug"), 1);
    let mut made = 0;
    desk.change(1, &mut |replica| {
        made += 1;
        // What the other tab saved is seen at the second time.
        assert_eq!(replica.outbox().count(), usize::from(made == 2));
        Some(replica.offer_passed_over())
    });
    assert_eq!(made, 1, "what writes nothing is not overtaken");
    desk.enter(1, &key("crimes_economic"), 2);
    assert_eq!(values(&desk.tabs[1]), BTreeSet::from([(1, Some(1)), (2, Some(2))]));
    let read = desk.clone().reread();
    assert_eq!(values(&read), values(&desk.tabs[1]));
}

#[test]
fn where_nothing_is_made_nothing_is_written() {
    let mut desk = Desk::new(1);
    let before = desk.disk.read().0;
    assert!(!desk.change(0, &mut |_| None));
    assert!(desk.change(0, &mut |_| Some(Vec::new())));
    assert_eq!(desk.disk.read().0, before);
}

#[test]
fn a_tab_whose_sites_data_were_cleared_writes_down_what_it_has_in_memory() {
    let mut desk = Desk::new(1);
    desk.enter(0, &key("crimes_drug"), 1);
    desk.enter(0, &key("crimes_economic"), 2);
    let name = desk.tabs[0].device_id();
    desk.disk = MemoryStore::default();
    // The next figure finds that out and is kept with the others.
    desk.enter(0, &key("crimes_environment"), 3);
    let read = desk.clone().reread();
    assert_eq!(read.device_id(), name);
    assert_eq!(values(&read), BTreeSet::from([(1, Some(1)), (2, Some(2)), (3, Some(3))]));
    assert_eq!(read.next_seq(), 4);
    assert_eq!(read.store_version(), desk.tabs[0].store_version());
}

#[test]
fn tabs_whose_sites_data_were_cleared_find_one_another_again() {
    let mut desk = Desk::new(1);
    desk.open();
    desk.enter(0, &key("crimes_drug"), 1);
    desk.enter(1, &key("crimes_economic"), 2);
    desk.catch_up(0);
    desk.disk = MemoryStore::default();
    for tab in [1, 0, 1] {
        desk.catch_up(tab);
    }
    desk.enter(0, &key("crimes_environment"), 3);
    let read = desk.clone().reread();
    assert_eq!(values(&read), BTreeSet::from([(1, Some(1)), (2, Some(2)), (3, Some(3))]));
}

#[test]
fn tabs_that_had_not_heard_one_another_lose_no_figure_when_the_sites_data_are_cleared() {
    for order in [[0, 1], [1, 0]] {
        let mut desk = Desk::new(1);
        desk.open();
        desk.enter(0, &key("crimes_drug"), 1);
        // The first tab does not hear of this one.
        desk.enter(1, &key("crimes_economic"), 2);
        desk.disk = MemoryStore::default();
        for tab in order {
            desk.catch_up(tab);
        }
        // Each goes on where it stands, and looks again.
        desk.enter(order[0], &key("crimes_environment"), 3);
        desk.enter(order[1], &key("crimes_ordinary"), 4);
        desk.catch_up(0);
        let read = desk.clone().reread();
        let values: BTreeSet<_> = values(&read).into_iter().map(|(_, value)| value).collect();
        assert_eq!(values, [1, 2, 3, 4].map(Some).into(), "{order:?}");
        assert_eq!(read.next_seq(), 5);
    }
}

#[test]
fn a_figure_that_was_made_in_the_database_begun_anew_is_not_replaced_by_another_tabs() {
    let mut desk = Desk::new(1);
    desk.open();
    desk.enter(0, &key("crimes_drug"), 1);
    desk.enter(1, &key("crimes_economic"), 2);
    desk.disk = MemoryStore::default();
    // Both count on from what they know.
    desk.enter(0, &key("crimes_environment"), 3);
    desk.catch_up(1);
    let read = desk.clone().reread();
    let values: BTreeSet<_> = values(&read).into_iter().map(|(_, value)| value).collect();
    assert_eq!(values, [1, 2, 3].map(Some).into());
}

/// A database in which another tab is always quicker, so many times.
struct Contended {
    disk: MemoryStore,
    others: u32,
}

impl Store for Contended {
    type Error = std::convert::Infallible;

    async fn version(&mut self) -> Result<u64, Self::Error> {
        Store::version(&mut self.disk).await
    }

    async fn read(&mut self) -> Result<(u64, Rows), Self::Error> {
        Store::read(&mut self.disk).await
    }

    async fn write(&mut self, store_version: u64, rows: Vec<Row>) -> Result<Option<u64>, Self::Error> {
        if self.others > 0 {
            self.others -= 1;
            let (now, _) = self.disk.read();
            let name = Uuid::from_u128(u128::from(self.others) + 100);
            let rows = vec![("k|device_id".to_owned(), Some(name.to_string()))];
            self.disk.write(now, rows).expect("it is this version");
        }
        Store::write(&mut self.disk, store_version, rows).await
    }
}

#[test]
fn a_new_database_is_named_by_whoever_is_first() {
    let mut store = Contended { disk: MemoryStore::default(), others: 1 };
    let asked = Cell::new(0);
    let fresh = || {
        asked.set(asked.get() + 1);
        Uuid::from_u128(asked.get())
    };
    let Ok((replica, rows)) = at_once(transaction::open(&mut store, fresh));
    assert_eq!(replica.device_id(), Uuid::from_u128(100), "the other tab's name");
    assert!(Replica::is_named(rows.pairs().into_iter()));
    let Ok((again, _)) = at_once(transaction::open(&mut store, fresh));
    assert_eq!(again.device_id(), Uuid::from_u128(100));
}

/// A tab that counts what it is told to show.
struct Shown {
    replica: Replica,
    stored: u32,
    caught_up: u32,
}

impl Tab for Shown {
    fn copy<T>(&mut self, call: impl FnOnce(&mut Replica) -> T) -> T {
        call(&mut self.replica)
    }

    fn stored(&mut self, store_version: u64, changes: &[Change]) {
        self.stored += 1;
        self.replica.written(store_version, changes);
    }

    fn caught_up(&mut self, read: Replica) {
        self.caught_up += 1;
        self.replica.catch_up(read);
    }
}

#[test]
fn a_tab_shows_what_is_stored_once_however_often_it_was_overtaken() {
    let mut store = Contended { disk: MemoryStore::default(), others: 0 };
    let Ok((replica, _)) = at_once(transaction::open(&mut store, || Uuid::from_u128(1)));
    let mut tab = Shown { replica, stored: 0, caught_up: 0 };
    store.others = 3;
    let mut made = 0;
    let Ok(is_made) = at_once(transaction::change(&mut store, &mut tab, &mut |replica| {
        made += 1;
        Some(replica.rename(Uuid::from_u128(7)))
    }));
    assert!(is_made);
    assert_eq!((made, tab.stored, tab.caught_up), (4, 1, 3));
    assert_eq!(
        (tab.replica.device_id(), tab.replica.store_version()),
        (Uuid::from_u128(7), store.disk.read().0)
    );
}

fn text(rows: &[(&String, &String)]) -> String {
    let lines: Vec<&str> = rows.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()]).collect();
    lines.join("\n")
}

proptest! {
    /// However rows are shared out among pages, and whatever was written since, all of it is read as it stands.
    #[test]
    fn rows_out_of_pages_are_those_of_the_database(
        copied in prop::collection::btree_map("e\\|[a-ể|]{1,4}", "[^\n]{0,6}", 0..30),
        changes in prop::collection::btree_map("e\\|[a-ể|]{1,4}", prop::option::of("[^\n]{0,6}"), 0..8),
        beside in prop::collection::btree_map("[cko]\\|[a-z]{1,4}", ".{0,6}", 0..8),
        one in any::<prop::sample::Index>(),
        page_rows in 1..8_usize,
    ) {
        let mut changes = changes;
        let gone = one.index(copied.len() + 1);
        changes.extend(copied.keys().nth(gone).map(|key| (key.clone(), None)));
        let mut now: BTreeMap<String, String> = copied.clone();
        now.extend(beside.clone());
        for (key, value) in &changes {
            match value {
                Some(value) => drop(now.insert(key.clone(), value.clone())),
                None => drop(now.remove(key)),
            }
        }
        let written = changes.iter().filter_map(|(key, value)| Some((key.clone(), value.clone()?)));
        let pages = copied.iter().collect::<Vec<_>>().chunks(page_rows).map(text).collect();
        let rows = beside.into_iter().chain(written).collect();
        let rows = Rows::new(rows, pages, changes.into_keys().rev().collect());
        let read: Vec<_> = rows.pairs().into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        prop_assert_eq!(read.len(), now.len());
        prop_assert_eq!(read.into_iter().collect::<BTreeMap<_, _>>(), now);
    }
}
