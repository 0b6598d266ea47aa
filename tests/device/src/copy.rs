//! The copy of rows in pages on IndexedDB: whatever happens to it, all that is read is what the rows say.

use crate::list::{Held, failed, row, same};
use chitieu_app::storage::indexed_db::Store;
use chitieu_client::transaction::Rows;
use chitieu_sync::replica::leaving;
use chitieu_sync::replica::rows::Row;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/abuse.js")]
extern "C" {
    #[wasm_bindgen(js_name = abortAfter)]
    fn abort_after(good: u32);
    #[wasm_bindgen(js_name = makeRoom)]
    fn make_room();
    #[wasm_bindgen(js_name = writeAsBefore)]
    async fn write_as_before(name: &str, key: &str, value: &str);
    #[wasm_bindgen(js_name = keysOf)]
    async fn keys_of(name: &str) -> JsValue;
    #[wasm_bindgen(js_name = abortFull)]
    fn abort_full(good: u32);
    #[wasm_bindgen(js_name = fillUpWithCopy)]
    fn fill_up_with_copy();
    #[wasm_bindgen(js_name = losePages)]
    fn lose_pages(is_lost: bool);
}

/// Runs its facts; gives their names.
pub async fn run() -> Result<Vec<&'static str>, String> {
    let mut held = Vec::new();
    macro_rules! facts {
        ($($fact:ident),* $(,)?) => {
            $(
                $fact(stringify!($fact)).await.map_err(|why| format!("{}: {why}", stringify!($fact)))?;
                held.push(stringify!($fact));
            )*
        };
    }
    facts!(
        a_copy_gives_the_rows_that_are_there,
        a_copy_has_all_that_is_written_while_it_is_made,
        of_copies_made_at_once_one_is_whole,
        a_copy_is_not_used_after_a_write_that_is_not_noted,
        a_copy_is_used_by_whoever_opens_the_database_later,
        a_copy_that_was_cut_off_is_not_used_and_is_made_later,
        pages_that_do_not_read_are_given_up_for_the_rows,
        a_full_disk_ends_a_copy_and_leaves_nothing_of_it,
        a_copy_makes_room_for_what_a_person_enters,
        a_copy_is_made_anew_once_much_was_written,
        a_copy_is_made_anew_after_many_writes_of_other_rows,
        rows_with_line_breaks_are_read_without_a_copy,
        a_copy_goes_when_its_person_leaves,
        pages_without_a_copy_are_not_read_and_go_with_it,
        nothing_is_copied_any_more_once_its_person_has_left,
    );
    Ok(held)
}

fn key(nth: u32) -> String {
    format!("e|plan|task_report|{nth:04}")
}

fn entity(nth: u32, text: &str) -> Row {
    row(&key(nth), &format!(r#"{{"Ủy ban":"{text} {nth}"}}"#))
}

/// A database with so many rows that the copy has three pages, and rows that are in none.
async fn filled(name: &str) -> Result<Store, String> {
    let store = Store::named(name);
    let mut rows: Vec<Row> = (0..450).map(|nth| entity(nth, "of the beginning")).collect();
    rows.extend(["a|1", "c|1", "d|1", "f|1", "k|a", "k|me", "k|z", "o|1", "z|1"].map(|key| row(key, key)));
    store.write(0, rows).await.map_err(failed)?;
    Ok(store)
}

/// All that is read is what the rows say; gives it.
async fn read(store: &Store) -> Result<Rows, String> {
    let (version, rows) = store.read("").await.map_err(failed)?;
    let (all_version, all) = store.read_all().await.map_err(failed)?;
    same("version", all_version, version)?;
    let mut pairs: Vec<(&str, &str)> = all.pairs();
    pairs.sort_unstable();
    let mut rows: Vec<(&str, &str)> = rows.iter().map(|(key, value)| (&**key, &**value)).collect();
    rows.sort_unstable();
    same("rows", pairs.iter().zip(&rows).find(|(one, other)| one != other), None)?;
    same("count", pairs.len(), rows.len())?;
    let is_of_copy = |(key, _): &&(&str, &str)| key.starts_with("k|copy|");
    same("rows of the copy", rows.iter().find(is_of_copy), None)?;
    Ok(all)
}

async fn a_copy_gives_the_rows_that_are_there(name: &str) -> Held {
    let store = filled(name).await?;
    same("pages", read(&store).await?.copied().0, 0)?;
    store.copy().await;
    let all = read(&store).await?;
    same("pages", all.copied().0, 3)?;
    same("entities row by row", all.rows.iter().filter(|(key, _)| key.starts_with("e|")).count(), 0)?;
    let rows = vec![entity(7, "changed"), (key(8), None), entity(450, "new"), row("c|1", "changed")];
    store.write(1, rows).await.map_err(failed)?;
    store.write(2, vec![row("o|1", "changed")]).await.map_err(failed)?;
    store.write(3, vec![(key(7), None), entity(8, "back"), (key(449), None)]).await.map_err(failed)?;
    store.put(vec![row("k|me", "changed"), row("d|2", "new")]).await.map_err(failed)?;
    let all = read(&store).await?;
    same("pages", all.copied().0, 3)?;
    same("changed", all.copied().1, 4)?;
    same("stale", store.write(3, vec![entity(9, "never")]).await.map_err(failed)?, None)?;
    same("changed", read(&store).await?.copied().1, 4)
}

async fn a_copy_has_all_that_is_written_while_it_is_made(name: &str) -> Held {
    let store = filled(name).await?;
    let written = async {
        for version in 1..20 {
            let nth = u32::try_from(version).unwrap_or_default() * 23;
            let rows = vec![entity(nth, "meanwhile"), (key(nth + 1), None), entity(nth + 1000, "new")];
            store.write(version, rows).await.map_err(failed)?;
        }
        Ok::<_, String>(())
    };
    let ((), written) = futures_util::join!(store.copy(), written);
    written?;
    let (pages, changed) = read(&store).await?.copied();
    same("is copied", pages > 0, true)?;
    same("was written meanwhile", changed > 0, true)
}

async fn of_copies_made_at_once_one_is_whole(name: &str) -> Held {
    let (one, two) = (filled(name).await?, Store::named(name));
    futures_util::join!(one.copy(), two.copy(), async { one.write(1, vec![(key(3), None)]).await.ok() });
    same("pages", read(&one).await?.copied().0, 3)?;
    same("pages", read(&two).await?.copied().0, 3)
}

async fn a_copy_is_not_used_after_a_write_that_is_not_noted(name: &str) -> Held {
    let store = filled(name).await?;
    store.copy().await;
    store.write(1, vec![entity(7, "noted")]).await.map_err(failed)?;
    same("pages", read(&store).await?.copied().0, 3)?;
    write_as_before(name, &key(8), "of an older version of the app").await;
    same("pages", read(&store).await?.copied().0, 0)?;
    // Also once as many writes are noted as there were.
    store.write(3, vec![entity(9, "noted")]).await.map_err(failed)?;
    same("pages", read(&store).await?.copied().0, 0)?;
    store.copy().await;
    same("pages", read(&store).await?.copied().0, 3)
}

async fn a_copy_is_used_by_whoever_opens_the_database_later(name: &str) -> Held {
    let store = filled(name).await?;
    store.copy().await;
    store.close();
    let store = Store::named(name);
    same("pages", read(&store).await?.copied().0, 3)?;
    let (_, answers) = store.read("k|").await.map_err(failed)?;
    let answers: Vec<&str> = answers.iter().map(|(key, _)| &**key).collect();
    same("answers", answers, vec!["k|a", "k|copy", "k|me", "k|turn", "k|z"])
}

async fn a_copy_that_was_cut_off_is_not_used_and_is_made_later(name: &str) -> Held {
    let store = filled(name).await?;
    // It is begun and has a page.
    abort_after(2);
    store.copy().await;
    let pages = keys(name).await.iter().filter(|key| key.starts_with("k|copy|page|")).count();
    same("pages that are there", pages, 1)?;
    same("pages", read(&store).await?.copied().0, 0)?;
    store.write(1, vec![entity(7, "changed")]).await.map_err(failed)?;
    same("pages", read(&store).await?.copied().0, 0)?;
    let later = Store::named(name);
    later.copy().await;
    same("pages", read(&later).await?.copied().0, 3)
}

async fn pages_that_do_not_read_are_given_up_for_the_rows(name: &str) -> Held {
    let store = filled(name).await?;
    store.copy().await;
    store.write(1, vec![entity(7, "changed")]).await.map_err(failed)?;
    lose_pages(true);
    let read_without = read(&store).await;
    lose_pages(false);
    same("pages", read_without?.copied(), (0, 0))?;
    same("left", left(name).await, None)?;
    store.copy().await;
    same("pages", read(&store).await?.copied().0, 3)
}

async fn a_full_disk_ends_a_copy_and_leaves_nothing_of_it(name: &str) -> Held {
    let store = filled(name).await?;
    abort_full(2);
    store.copy().await;
    make_room();
    same("pages", read(&store).await?.copied().0, 0)?;
    same("left", left(name).await, None)?;
    same("version", store.write(1, vec![entity(7, "changed")]).await.map_err(failed)?, Some(2))?;
    same("left", left(name).await, None)
}

async fn a_copy_makes_room_for_what_a_person_enters(name: &str) -> Held {
    let store = filled(name).await?;
    store.copy().await;
    fill_up_with_copy();
    let written = store.write(1, vec![row("o|1", "typed")]).await;
    make_room();
    same("version", written.map_err(failed)?, Some(2))?;
    same("pages", read(&store).await?.copied().0, 0)?;
    same("left", left(name).await, None)
}

async fn a_copy_is_made_anew_after_many_writes_of_other_rows(name: &str) -> Held {
    let store = filled(name).await?;
    store.copy().await;
    for version in 1..=500 {
        store.write(version, vec![row("o|1", &version.to_string())]).await.map_err(failed)?;
    }
    let noted = || async { keys(name).await.iter().filter(|key| key.starts_with("k|copy|changed|")).count() };
    same("noted", noted().await, 500)?;
    store.copy().await;
    same("noted", noted().await, 0)?;
    same("copy", read(&store).await?.copied(), (3, 0))
}

async fn a_copy_is_made_anew_once_much_was_written(name: &str) -> Held {
    let store = filled(name).await?;
    store.copy().await;
    store.write(1, (0..499).map(|nth| entity(nth, "changed")).collect()).await.map_err(failed)?;
    store.copy().await;
    same("changed", read(&store).await?.copied().1, 499)?;
    store.write(2, vec![entity(499, "changed")]).await.map_err(failed)?;
    store.copy().await;
    same("copy", read(&store).await?.copied(), (3, 0))
}

async fn rows_with_line_breaks_are_read_without_a_copy(name: &str) -> Held {
    let store = filled(name).await?;
    store
        .write(1, vec![row("e|plan|of two\nlines", "{}"), row("e|plan|text", "\n")])
        .await
        .map_err(failed)?;
    store.copy().await;
    same("pages", read(&store).await?.copied().0, 0)
}

async fn a_copy_goes_when_its_person_leaves(name: &str) -> Held {
    let store = filled(name).await?;
    // The first is there when the rows are read for leaving; the second is begun after that.
    for is_late in [false, true] {
        if !is_late {
            store.copy().await;
        }
        let (version, rows) = store.read("").await.map_err(failed)?;
        let gone = leaving::leave(rows.iter().map(|(key, value)| (&**key, &**value))).gone;
        if is_late {
            Store::named(name).copy().await;
        }
        same("is there", left(name).await.is_some(), true)?;
        let gone = gone.into_iter().map(|key| (key, None)).collect();
        let version = store.write(version, gone).await.map_err(failed)?.ok_or("refused")?;
        same("left", left(name).await, None)?;
        store.write(version, vec![entity(1, "of whoever comes again")]).await.map_err(failed)?;
        same("pages", read(&store).await?.copied().0, 0)?;
    }
    Ok(())
}

async fn pages_without_a_copy_are_not_read_and_go_with_it(name: &str) -> Held {
    let store = filled(name).await?;
    // An older version of the app deleted what it had seen as its person left, and a page was written after that.
    write_as_before(name, "k|copy|page|0", &format!("{}\n{{}}", key(1000))).await;
    same("pages", read(&store).await?.copied().0, 0)?;
    store.put(vec![("k|copy".to_owned(), None)]).await.map_err(failed)?;
    same("left", left(name).await, None)
}

async fn nothing_is_copied_any_more_once_its_person_has_left(name: &str) -> Held {
    let store = filled(name).await?;
    let gone: Vec<Row> = (0..450).map(|nth| (key(nth), None)).chain([("k|copy".to_owned(), None)]).collect();
    // The first transaction is the copy's.
    let ((), left_at) = futures_util::join!(store.copy(), store.write(1, gone));
    same("left at", left_at.map_err(failed)?, Some(2))?;
    same("left", left(name).await, None)
}

async fn keys(name: &str) -> Vec<String> {
    let keys = keys_of(name).await.as_string().unwrap_or_default();
    keys.split('\u{1}').map(str::to_owned).collect()
}

/// A row that is left of a copy.
async fn left(name: &str) -> Option<String> {
    keys(name).await.into_iter().find(|key| key.starts_with("k|copy"))
}
