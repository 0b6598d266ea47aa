//! Accounts.

use super::database::{Purpose, Row, Tx};
use super::error::StoreError;
use super::{Store, json, unreadable};
use crate::bytes::{hex, random_bytes};
use crate::values;
use chitieu_sync::grants::Grants;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// User name.
    pub username: String,
    /// Name shown.
    pub display_name: String,
    /// Rights.
    pub grants: Grants,
    /// Its password was chosen by somebody else and is good for choosing another one alone.
    pub must_change: bool,
    /// It may not sign in.
    pub is_disabled: bool,
}

/// What signing in looks at.
#[derive(Debug, Clone)]
pub struct Secret {
    /// The password's hash.
    pub hash: String,
    /// See [`Account::must_change`].
    pub must_change: bool,
    /// See [`Account::is_disabled`].
    pub is_disabled: bool,
}

/// What became of a set-up link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetUp {
    /// The first administrator is there, and the link is used up.
    Done,
    /// There is no such link, or it is used up or has expired.
    NoLink,
    /// Somebody has this user name.
    NameTaken,
}

/// What there is one of: the hash of the set-up link's token, and until when it is good.
const SET_UP: &str = "set_up";

impl Store {
    /// Adds an account, or replaces it; its password is its own.
    pub async fn put_user(
        &self,
        username: &str,
        display_name: &str,
        password_hash: &str,
        grants: &Grants,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO users (username, display_name, password_hash, grants) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (username) DO UPDATE SET display_name = excluded.display_name, \
                   password_hash = excluded.password_hash, grants = excluded.grants, must_change = 0, is_disabled = 0";
        let mut tx = self.database.begin(Purpose::Write).await?;
        tx.execute(sql, values![username, display_name, password_hash, json(grants)?]).await?;
        give_key(&mut tx, username).await?;
        tx.commit().await
    }

    /// Adds an account whose password must be changed; false where the name is taken.
    pub async fn add_user(
        &self,
        username: &str,
        display_name: &str,
        password_hash: &str,
        grants: &Grants,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO users (username, display_name, password_hash, grants, must_change) \
                   VALUES ($1, $2, $3, $4, 1) ON CONFLICT DO NOTHING RETURNING username";
        let values = values![username, display_name, password_hash, json(grants)?];
        let mut tx = self.database.begin(Purpose::Write).await?;
        let is_new = !tx.fetch(sql, values).await?.is_empty();
        if is_new {
            give_key(&mut tx, username).await?;
        }
        tx.commit().await?;
        Ok(is_new)
    }

    /// All accounts, by name.
    pub async fn users(&self) -> Result<Vec<Account>, StoreError> {
        let sql =
            "SELECT username, display_name, grants, must_change, is_disabled FROM users ORDER BY username";
        let account = |row: &Row| {
            Ok(Account {
                username: row.text("username")?,
                display_name: row.text("display_name")?,
                grants: serde_json::from_str(&row.text("grants")?).map_err(unreadable)?,
                must_change: row.int("must_change")? != 0,
                is_disabled: row.int("is_disabled")? != 0,
            })
        };
        self.database.fetch(sql, values![]).await?.iter().map(account).collect()
    }

    /// The key under which a person's devices keep what they sent once that person has left; none where there is no such
    /// account.
    pub async fn device_key(&self, username: &str) -> Result<Option<String>, StoreError> {
        let rows =
            self.database.fetch("SELECT key FROM device_keys WHERE username = $1", values![username]).await?;
        rows.first().map(|row| row.text("key")).transpose()
    }

    /// Gives an account another password, which its person must change, and lets it in again where it was disabled.
    /// Its sessions end. False where there is no such account.
    pub async fn reset_user(&self, username: &str, password_hash: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE users SET password_hash = $2, must_change = 1, is_disabled = 0 WHERE username = $1 \
                   RETURNING username";
        self.change_user(sql, username, Some(password_hash)).await
    }

    /// Gives an account other grants; its sessions go on with them. False where there is no such account.
    pub async fn set_grants(&self, username: &str, grants: &Grants) -> Result<bool, StoreError> {
        let sql = "UPDATE users SET grants = $2 WHERE username = $1 RETURNING username";
        let mut tx = self.database.begin(Purpose::Write).await?;
        let is_there = !tx.fetch(sql, values![username, json(grants)?]).await?.is_empty();
        tx.commit().await?;
        Ok(is_there)
    }

    /// Lets an account in no more and ends its sessions. False where there is no such account.
    pub async fn disable_user(&self, username: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE users SET is_disabled = 1 WHERE username = $1 RETURNING username";
        self.change_user(sql, username, None).await
    }

    /// Gives an account the password that its person chose. Its sessions end. False where the account is disabled or gone
    /// by now, or its password is no more the one that was `known`.
    pub async fn change_password(
        &self,
        username: &str,
        known: &str,
        password_hash: &str,
    ) -> Result<bool, StoreError> {
        let mut tx = self.database.begin(Purpose::Write).await?;
        let sql = "UPDATE users SET password_hash = $2, must_change = 0 WHERE username = $1 AND password_hash = $3 \
                   AND is_disabled = 0 RETURNING username";
        let is_changed = !tx.fetch(sql, values![username, password_hash, known]).await?.is_empty();
        if is_changed {
            tx.execute("DELETE FROM sessions WHERE username = $1", values![username]).await?;
        }
        tx.commit().await?;
        Ok(is_changed)
    }

    async fn change_user(&self, sql: &str, username: &str, hash: Option<&str>) -> Result<bool, StoreError> {
        let mut tx = self.database.begin(Purpose::Write).await?;
        let mut values = values![username].to_vec();
        values.extend(hash.map(Into::into));
        let is_there = !tx.fetch(sql, &values).await?.is_empty();
        for table in ["sessions", "known_devices"] {
            tx.execute(&format!("DELETE FROM {table} WHERE username = $1"), values![username]).await?;
        }
        tx.commit().await?;
        Ok(is_there)
    }

    /// Keeps a set-up link, in place of an earlier one.
    pub async fn offer_set_up(&self, token_hash: &str, expires_at: i64) -> Result<(), StoreError> {
        self.set_meta(SET_UP, &format!("{token_hash} {expires_at}")).await
    }

    /// True where a set-up link is good.
    pub async fn is_set_up_offered(&self, token_hash: &str, now: i64) -> Result<bool, StoreError> {
        Ok(self.meta(SET_UP).await?.is_some_and(|kept| is_good(&kept, token_hash, now)))
    }

    /// Makes the first administrator with a set-up link, which is good once.
    pub async fn set_up(
        &self,
        (token_hash, now): (&str, i64),
        username: &str,
        display_name: &str,
        password_hash: &str,
        grants: &Grants,
    ) -> Result<SetUp, StoreError> {
        let mut tx = self.database.begin(Purpose::Write).await?;
        let rows = tx.fetch("SELECT m.value FROM meta m WHERE m.key = $1 {lock m}", values![SET_UP]).await?;
        let kept = rows.first().map(|row| row.text("value")).transpose()?;
        if !kept.is_some_and(|kept| is_good(&kept, token_hash, now)) {
            return Ok(SetUp::NoLink);
        }
        let sql = "INSERT INTO users (username, display_name, password_hash, grants) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT DO NOTHING RETURNING username";
        let values = values![username, display_name, password_hash, json(grants)?];
        if tx.fetch(sql, values).await?.is_empty() {
            return Ok(SetUp::NameTaken);
        }
        give_key(&mut tx, username).await?;
        tx.execute("DELETE FROM meta WHERE key = $1", values![SET_UP]).await?;
        tx.commit().await?;
        Ok(SetUp::Done)
    }

    /// What signing in to an account looks at.
    pub async fn secret(&self, username: &str) -> Result<Option<Secret>, StoreError> {
        let sql = "SELECT password_hash, must_change, is_disabled FROM users WHERE username = $1";
        let rows = self.database.fetch(sql, values![username]).await?;
        let secret = rows.first().map(|row| {
            Ok(Secret {
                hash: row.text("password_hash")?,
                must_change: row.int("must_change")? != 0,
                is_disabled: row.int("is_disabled")? != 0,
            })
        });
        secret.transpose()
    }
}

/// Gives an account its devices' key, from the beginning, so that every backup that has the account has the key.
async fn give_key(tx: &mut Tx, username: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO device_keys (username, key) VALUES ($1, $2) ON CONFLICT (username) DO NOTHING";
    tx.execute(sql, values![username, hex(&random_bytes())]).await
}

/// True where what is kept is of this token and not out of date.
fn is_good(kept: &str, token_hash: &str, now: i64) -> bool {
    let parts = kept.split_once(' ');
    parts.is_some_and(|(hash, until)| hash == token_hash && until.parse().is_ok_and(|until: i64| now < until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_account_has_its_devices_key_from_the_beginning_and_keeps_it() {
        let store = Store::open("sqlite::memory:").await.expect("a database in memory");
        let grants = Grants::plain(chitieu_sync::grants::Role::Officer, Vec::new());
        assert_eq!(store.device_key("lan").await.expect("an answer"), None, "there is no such account");
        store.add_user("lan", "Lan", "x", &grants).await.expect("it is added");
        store.put_user("minh", "Minh", "x", &grants).await.expect("it is there");
        let keys =
            [store.device_key("lan").await.expect("a key"), store.device_key("minh").await.expect("a key")];
        assert!(keys[0] != keys[1] && keys.iter().flatten().all(|key| key.len() == 64));
        store.put_user("minh", "Minh", "y", &grants).await.expect("it is replaced");
        assert_eq!(store.device_key("minh").await.expect("a key"), keys[1]);
    }

    #[tokio::test]
    async fn a_set_up_link_expires_and_makes_nobody_then() {
        let store = Store::open("sqlite::memory:").await.expect("a database in memory");
        let grants = Grants::plain(chitieu_sync::grants::Role::Admin, Vec::new());
        store.offer_set_up("hash", 1_000).await.expect("it is kept");
        for (token, now, wanted) in
            [("hash", 1_000, SetUp::NoLink), ("hush", 999, SetUp::NoLink), ("hash", 999, SetUp::Done)]
        {
            let offered = store.is_set_up_offered(token, now).await.expect("an answer");
            assert_eq!(offered, wanted == SetUp::Done);
            assert_eq!(store.set_up((token, now), "a", "A", "x", &grants).await.expect("an answer"), wanted);
        }
        assert!(!store.is_set_up_offered("hash", 0).await.expect("an answer"), "it is used up");
        assert_eq!(store.users().await.expect("accounts").len(), 1);
    }
}
