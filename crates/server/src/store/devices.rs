//! The names that people give their devices. A name tells two machines of one account apart in histories and in the list of
//! sessions; it is what its person chose, or browser and system until then, and nothing is decided by it.

use super::Store;
use super::database::Purpose;
use super::error::StoreError;
use crate::values;
use chitieu_sync::history::{LONGEST_NAME, device_name};
use uuid::Uuid;

/// Most devices of an account that have a name; those that were named longest ago lose it.
const MOST_OF_ONE: i64 = 100;

/// A device that says what it is called.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Whose.
    pub username: &'a str,
    /// Its database.
    pub device: Uuid,
    /// The name that the person chose; none keeps the one it has.
    pub name: Option<&'a str>,
    /// What it is called until somebody chooses a name.
    pub usual: &'a str,
    /// The session in which it says so, which is listed under this name from now on.
    pub session: &'a str,
    /// Seconds since 1970.
    pub now: i64,
}

impl Store {
    /// Gives a device its name, and tells it. One that nobody chose is another than those of the account's other devices.
    pub async fn name_device(&self, named: &Named<'_>) -> Result<String, StoreError> {
        let Named { username, device, name, usual, session, now } = *named;
        let device = device.to_string();
        let mut tx = self.database.begin(Purpose::Write).await?;
        let rows =
            tx.fetch("SELECT device_id, name FROM devices WHERE username = $1", values![username]).await?;
        let (mut present, mut others) = (None, Vec::new());
        for row in &rows {
            let name = row.text("name")?;
            if row.text("device_id")? == device { present = Some(name) } else { others.push(name) }
        }
        let chosen = name.map(device_name).filter(|name| !name.is_empty());
        let is_kept = chosen.is_none() && present.is_some() && name.is_none();
        let name = chosen.or(present.filter(|_| is_kept)).unwrap_or_else(|| usual_name(usual, &others));
        if !is_kept {
            let sql = "INSERT INTO devices (username, device_id, name, named_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (username, device_id) DO UPDATE SET name = excluded.name, named_at = excluded.named_at";
            tx.execute(sql, values![username, &device, &name, now]).await?;
            let sql = "DELETE FROM devices WHERE username = $1 AND device_id <> $2 AND device_id IN (SELECT device_id \
                 FROM devices WHERE username = $1 AND device_id <> $2 ORDER BY named_at DESC, device_id \
                 LIMIT 1000 OFFSET $3)";
            tx.execute(sql, values![username, &device, MOST_OF_ONE - 1]).await?;
        }
        let sql = "UPDATE sessions SET device = $1 WHERE token_hash = $2 AND username = $3 AND device <> $1";
        tx.execute(sql, values![&name, session, username]).await?;
        tx.commit().await?;
        Ok(name)
    }
}

/// The usual name, with a number where other devices of the account have it.
fn usual_name(usual: &str, others: &[String]) -> String {
    let usual = device_name(usual);
    let usual = if usual.is_empty() { "Máy".to_owned() } else { usual };
    let is_free = |name: &String| !others.contains(name);
    let numbered = (2..=MOST_OF_ONE + 1).map(|n| {
        let number = format!(" ({n})");
        usual.chars().take(LONGEST_NAME - number.chars().count()).chain(number.chars()).collect()
    });
    std::iter::once(usual.clone()).chain(numbered).find(is_free).unwrap_or(usual)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chitieu_sync::grants::Grants;

    #[tokio::test]
    async fn of_an_account_the_hundred_devices_that_were_named_last_have_a_name() {
        let store = Store::open("sqlite::memory:").await.expect("a database in memory");
        store.put_user("lan", "Lan", "", &Grants::default()).await.expect("an account");
        let call = async |n: u128, name: Option<&str>| {
            let device = Uuid::from_u128(n);
            let named = Named { username: "lan", device, name, usual: "Edge", session: "", now: n as i64 };
            store.name_device(&named).await.expect("a name")
        };
        for n in 0..120 {
            call(n, Some(&format!("máy {n}"))).await;
        }
        let rows = store.database.fetch("SELECT name FROM devices", values![]).await.expect("rows");
        assert_eq!(rows.len(), 100);
        assert_eq!(call(119, None).await, "máy 119");
        assert_eq!(call(0, None).await, "Edge", "it is forgotten, and named anew");
    }
}
