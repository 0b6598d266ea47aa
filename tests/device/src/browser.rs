//! IndexedDB, and what browsers do to it.

use crate::copy;
use crate::list::{self, Disk, Held, failed, row, rows, same};
use chitieu_app::storage::indexed_db::{Store, StoreError, TabEvent};
use chitieu_client::tabs::TabMessage;
use chitieu_sync::replica::Replica;
use chitieu_sync::replica::rows::Row;
use std::cell::RefCell;
use std::rc::Rc;
use uuid::Uuid;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/abuse.js")]
extern "C" {
    #[wasm_bindgen(js_name = loseConnection)]
    fn lose_connection();
    #[wasm_bindgen(js_name = fillUp)]
    fn fill_up(good: u32);
    #[wasm_bindgen(js_name = makeRoom)]
    fn make_room();
    #[wasm_bindgen(js_name = abortAfter)]
    fn abort_after(good: u32);
    #[wasm_bindgen(js_name = watchDurability)]
    fn watch_durability() -> JsValue;
    fn durability(seen: &JsValue) -> String;
    #[wasm_bindgen(js_name = makeFirstVersion)]
    async fn make_first_version(name: &str, rows: &str);
    #[wasm_bindgen(js_name = takeOver)]
    async fn take_over(name: &str);
    async fn clear(name: &str);
    #[wasm_bindgen(js_name = clearAll)]
    async fn clear_all();
}

impl Disk for Store {
    async fn read(&self, prefix: &str) -> Result<(u64, Vec<(String, String)>), String> {
        // The row in which IndexedDB keeps the version is no row of a replica's.
        let (store_version, mut rows) = Self::read(self, prefix).await.map_err(|e| e.to_string())?;
        rows.retain(|(key, _)| key != "k|turn");
        Ok((store_version, rows))
    }

    async fn write(&self, store_version: u64, rows: Vec<Row>) -> Result<Option<u64>, String> {
        Self::write(self, store_version, rows).await.map_err(|e| e.to_string())
    }

    async fn put(&self, rows: Vec<Row>) -> Result<(), String> {
        Self::put(self, rows).await.map_err(|e| e.to_string())
    }
}

/// Runs everything; gives a line a fact, or what did not hold.
#[wasm_bindgen]
pub async fn results() -> Result<String, String> {
    clear_all().await;
    let mut held = list::run(Store::named).await?;
    macro_rules! facts {
        ($($fact:ident),* $(,)?) => {
            $(
                $fact(stringify!($fact)).await.map_err(|why| format!("{}: {why}", stringify!($fact)))?;
                held.push(stringify!($fact));
            )*
        };
    }
    facts!(
        writes_ask_for_strict_durability,
        a_lost_connection_is_opened_again_and_the_write_done_once,
        a_write_that_was_aborted_is_done_again_whole,
        a_full_disk_stores_nothing_and_says_so,
        a_cleared_database_is_noticed_by_its_turn,
        what_the_first_version_wrote_is_read,
        a_newer_version_of_the_app_is_an_error_and_loses_nothing,
        of_writes_at_once_each_is_done_or_refused,
        another_tab_hears_every_write_in_order_and_every_word,
        one_tab_leads_until_it_leaves,
    );
    held.extend(copy::run().await?);
    Ok(held.join("\n"))
}

async fn writes_ask_for_strict_durability(name: &str) -> Held {
    let store = Store::named(name);
    let seen = watch_durability();
    store.write(0, vec![row("o|1", "a")]).await.map_err(failed)?;
    same("durability", durability(&seen).as_str(), "strict")
}

async fn a_lost_connection_is_opened_again_and_the_write_done_once(name: &str) -> Held {
    let store = Store::named(name);
    store.write(0, vec![row("o|1", "a")]).await.map_err(failed)?;
    lose_connection();
    same("store_version", store.write(1, vec![row("o|2", "b")]).await.map_err(failed)?, Some(2))?;
    lose_connection();
    same("store_version", Store::read(&store, "").await.map_err(failed)?.0, 2)?;
    same("count", rows(&store).await?.len(), 2)
}

async fn a_write_that_was_aborted_is_done_again_whole(name: &str) -> Held {
    let store = Store::named(name);
    store.write(0, vec![row("o|1", "a")]).await.map_err(failed)?;
    abort_after(0);
    same(
        "store_version",
        store.write(1, vec![row("o|1", "b"), row("o|2", "c")]).await.map_err(failed)?,
        Some(2),
    )?;
    same("count", rows(&store).await?.len(), 2)
}

async fn a_full_disk_stores_nothing_and_says_so(name: &str) -> Held {
    let store = Store::named(name);
    store.write(0, vec![row("o|1", "a")]).await.map_err(failed)?;
    fill_up(1);
    let full = store.write(1, vec![row("o|1", "b"), row("o|2", "c")]).await;
    make_room();
    same("error", matches!(full, Err(StoreError::Full)), true)?;
    fill_up(1);
    let aside = store.put(vec![row("o|1", "b"), row("k|me", "c")]).await;
    make_room();
    same("error", matches!(aside, Err(StoreError::Full)), true)?;
    same("rows", rows(&store).await?, vec![("o|1".to_owned(), "a".to_owned())])?;
    same("store_version", store.write(1, vec![row("o|1", "b")]).await.map_err(failed)?, Some(2))
}

async fn a_cleared_database_is_noticed_by_its_turn(name: &str) -> Held {
    let store = Store::named(name);
    store.write(0, vec![row("o|1", "a")]).await.map_err(failed)?;
    clear(name).await;
    same("store_version", store.write(1, vec![row("o|2", "b")]).await.map_err(failed)?, None)?;
    same("read", Store::read(&store, "").await.map_err(failed)?.0, 0)
}

async fn what_the_first_version_wrote_is_read(name: &str) -> Held {
    make_first_version(name, include_str!("../../../crates/sync/tests/golden/rows-1.json")).await;
    let (store_version, stored) = Store::read(&Store::named(name), "").await.map_err(failed)?;
    let pairs = stored.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let replica = Replica::read(store_version, pairs, Uuid::nil());
    same("store_version", replica.store_version(), 17)?;
    same("name", replica.device_id(), Uuid::from_u128(1))?;
    same("outbox", replica.outbox().count(), 1)?;
    same("sent", replica.sent_ids().count(), 1)
}

async fn a_newer_version_of_the_app_is_an_error_and_loses_nothing(name: &str) -> Held {
    let store = Store::named(name);
    store.write(0, vec![row("o|1", "a")]).await.map_err(failed)?;
    take_over(name).await;
    same("error", store.write(1, vec![row("o|2", "b")]).await.is_err(), true)
}

async fn of_writes_at_once_each_is_done_or_refused(name: &str) -> Held {
    let (one, two) = (Store::named(name), Store::named(name));
    for store_version in 0..20 {
        let rows = |who: &str| vec![row("o|1", who)];
        let (a, b) =
            futures_util::join!(one.write(store_version, rows("one")), two.write(store_version, rows("two")));
        let mut both = [a.map_err(failed)?, b.map_err(failed)?];
        both.sort_unstable();
        same("turns", both, [None, Some(store_version + 1)])?;
    }
    Ok(())
}

async fn another_tab_hears_every_write_in_order_and_every_word(name: &str) -> Held {
    let (one, two) = (Store::named(name), Store::named(name));
    let heard = Rc::new(RefCell::new(Vec::new()));
    two.hear({
        let heard = Rc::clone(&heard);
        move |news| {
            heard.borrow_mut().push(match news {
                TabEvent::Rows(store_version, rows) => format!("{store_version} {rows:?}"),
                TabEvent::Message(message) => message.text(),
            });
        }
    });
    one.write(0, vec![row("o|1", "a"), ("c|1".into(), None)]).await.map_err(failed)?;
    one.write(1, vec![row("o|2", "b")]).await.map_err(failed)?;
    one.put(vec![row("k|me", "x")]).await.map_err(failed)?;
    one.say(&TabMessage::Run);
    // A message needs its version in the browser; each of these gives it one.
    for _ in 0..200 {
        if heard.borrow().len() >= 3 {
            break;
        }
        Store::read(&one, "").await.map_err(failed)?;
    }
    let expected = [r#"1 [("o|1", Some("a")), ("c|1", None)]"#, r#"2 [("o|2", Some("b"))]"#, "now"];
    same("heard", heard.borrow().clone(), expected.map(str::to_owned).to_vec())
}

async fn one_tab_leads_until_it_leaves(name: &str) -> Held {
    let (one, two) = (Store::named(name), Store::named(name));
    let lead = one.lead().await;
    let leads = Rc::new(RefCell::new(false));
    wasm_bindgen_futures::spawn_local({
        let leads = Rc::clone(&leads);
        async move {
            drop(two.lead().await);
            *leads.borrow_mut() = true;
        }
    });
    for _ in 0..20 {
        Store::read(&one, "").await.map_err(failed)?;
    }
    same("leads", *leads.borrow(), false)?;
    lead.end();
    for _ in 0..500 {
        if *leads.borrow() {
            return Ok(());
        }
        Store::read(&one, "").await.map_err(failed)?;
    }
    Err("nobody leads".into())
}
