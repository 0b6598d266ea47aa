//! Sessions, and the browsers that are known of an account.

use super::database::Purpose;
use super::error::StoreError;
use super::tries::{Counted, take_back};
use super::{Store, unreadable};
use crate::values;
use chitieu_sync::grants::Grants;

/// Most sessions and known browsers of an account; the ones longest unused go.
const MOST_OF_ONE: i64 = 50;

/// How many seconds may pass before it is written down again that a session is used: a write is not for every request.
const SEEN_EVERY: i64 = 3_600;

/// Characters of a token's hash that name its session to its person. What is left unsaid cannot be guessed.
const ID: i64 = 32;

/// Somebody whose password was right.
#[derive(Debug)]
pub struct Entry<'a, Lane> {
    /// Who.
    pub username: &'a str,
    /// The new session's.
    pub token_hash: &'a str,
    /// The session that this browser had until now; it ends.
    pub before: Option<&'a str>,
    /// Of the token that the browser keeps.
    pub device_hash: &'a str,
    /// The browser, as it is shown to the person.
    pub device: &'a str,
    /// What the try was counted of.
    pub lanes: &'a [Lane],
    /// Seconds since 1970.
    pub now: i64,
    /// How long sessions last.
    pub lasts: Lasts,
}

/// How long a session lasts, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Lasts {
    /// However it is used.
    pub at_most: i64,
    /// Where it is not used.
    pub unused: i64,
}

/// The account that a session is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// User name.
    pub username: String,
    /// Name shown.
    pub display_name: String,
    /// Rights.
    pub grants: Grants,
}

/// A session as it is told to its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names it.
    pub id: String,
    /// The browser.
    pub device: String,
    /// Seconds since 1970.
    pub began_at: i64,
    /// To the hour; seconds since 1970.
    pub seen_at: i64,
}

/// The name of a token's session.
pub fn session_id(token_hash: &str) -> &str {
    token_hash.get(..ID as usize).unwrap_or(token_hash)
}

impl Store {
    /// Begins a session and makes the browser a known one. The session that the browser had ends, those that ran out are
    /// forgotten, and the tries that were counted are taken back.
    pub async fn begin_session(&self, entry: &Entry<'_, impl Counted>) -> Result<(), StoreError> {
        let Entry { username, token_hash, before, device_hash, device, lanes, now, lasts } = *entry;
        let mut tx = self.database.begin(Purpose::Write).await?;
        let over = "DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= $2 OR token_hash = $3";
        tx.execute(over, values![now, now - lasts.unused, before.unwrap_or_default()]).await?;
        let sql = "INSERT INTO sessions (token_hash, username, expires_at, began_at, seen_at, device) \
                   VALUES ($1, $2, $3, $4, $4, $5)";
        tx.execute(sql, values![token_hash, username, now + lasts.at_most, now, device]).await?;
        let sql = "INSERT INTO known_devices (token_hash, username, seen_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (token_hash, username) DO UPDATE SET seen_at = excluded.seen_at";
        tx.execute(sql, values![device_hash, username, now]).await?;
        for (table, new) in [("sessions", token_hash), ("known_devices", device_hash)] {
            // The new one counts as the latest among those of the same second.
            let sql = format!(
                "DELETE FROM {table} WHERE username = $1 AND token_hash IN (SELECT token_hash FROM {table} \
                 WHERE username = $1 AND token_hash <> $3 ORDER BY seen_at DESC, token_hash LIMIT 1000 OFFSET $2)"
            );
            tx.execute(&sql, values![username, MOST_OF_ONE - 1, new]).await?;
        }
        take_back(&mut tx, lanes).await?;
        tx.commit().await?;
        if let Some(before) = before {
            self.news.ended(before);
        }
        Ok(())
    }

    /// Ends a session.
    pub async fn end_session(&self, token_hash: &str) -> Result<(), StoreError> {
        self.database.execute("DELETE FROM sessions WHERE token_hash = $1", values![token_hash]).await?;
        self.news.ended(token_hash);
        Ok(())
    }

    /// Ends one of a person's sessions by its name; false where there is none of it.
    pub async fn end_session_of(&self, username: &str, id: &str) -> Result<bool, StoreError> {
        let mut tx = self.database.begin(Purpose::Write).await?;
        let sql = "DELETE FROM sessions WHERE username = $1 AND SUBSTR(token_hash, 1, $3) = $2 RETURNING token_hash";
        let rows = tx.fetch(sql, values![username, id, ID]).await?;
        tx.commit().await?;
        for row in &rows {
            self.news.ended(&row.text("token_hash")?);
        }
        Ok(!rows.is_empty())
    }

    /// The sessions of an account, the latest used first.
    pub async fn sessions(&self, username: &str, now: i64, lasts: Lasts) -> Result<Vec<Session>, StoreError> {
        let sql = "SELECT token_hash, device, began_at, seen_at FROM sessions \
                   WHERE username = $1 AND expires_at > $2 AND seen_at > $3 ORDER BY seen_at DESC, began_at DESC";
        let rows = self.database.fetch(sql, values![username, now, now - lasts.unused]).await?;
        let session = |row: &super::Row| {
            Ok(Session {
                id: session_id(&row.text("token_hash")?).to_owned(),
                device: row.text("device")?,
                began_at: row.int("began_at")?,
                seen_at: row.int("seen_at")?,
            })
        };
        rows.iter().map(session).collect()
    }

    /// Whose session this is; none where it is over or the account may not sign in any more.
    pub async fn owner_of(
        &self,
        token_hash: &str,
        now: i64,
        lasts: Lasts,
    ) -> Result<Option<Owner>, StoreError> {
        let sql = "SELECT u.username, u.display_name, u.grants, s.seen_at FROM sessions s \
                   JOIN users u USING (username) WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3 \
                   AND u.is_disabled = 0";
        let rows = self.database.fetch(sql, values![token_hash, now, now - lasts.unused]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        if now - row.int("seen_at")? >= SEEN_EVERY {
            let (store, token_hash) = (self.clone(), token_hash.to_owned());
            // Nobody waits for it: where it fails, the next request tries again.
            tokio::spawn(async move { store.saw(&token_hash, now).await });
        }
        let grants: Grants = serde_json::from_str(&row.text("grants")?).map_err(unreadable)?;
        Ok(Some(Owner { username: row.text("username")?, display_name: row.text("display_name")?, grants }))
    }

    async fn saw(&self, token_hash: &str, now: i64) -> Result<(), StoreError> {
        let sql = "UPDATE sessions SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2";
        self.database.execute(sql, values![token_hash, now]).await
    }

    /// True where somebody has signed in to any account in the browser that keeps this token: it keeps it on.
    pub async fn knows_device(&self, device_hash: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 AS known FROM known_devices WHERE token_hash = $1 LIMIT 1";
        Ok(!self.database.fetch(sql, values![device_hash]).await?.is_empty())
    }

    /// True where somebody has signed in to this account in the browser that keeps this token.
    pub async fn knows_device_of(&self, device_hash: &str, username: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 AS known FROM known_devices WHERE token_hash = $1 AND username = $2";
        Ok(!self.database.fetch(sql, values![device_hash, username]).await?.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::throttle::Lane;
    use chitieu_sync::grants::Role;

    const DAY: i64 = 24 * 3600;
    const LASTS: Lasts = Lasts { at_most: 90 * DAY, unused: 35 * DAY };

    async fn store() -> Store {
        let store = Store::open("sqlite::memory:").await.expect("a database in memory");
        let grants = Grants::plain(Role::Officer, Vec::new());
        store.put_user("lan", "Lan", "", &grants).await.expect("an account");
        store
    }

    fn entry<'a>(token_hash: &'a str, before: Option<&'a str>, now: i64) -> Entry<'a, Lane> {
        Entry {
            lasts: LASTS,
            username: "lan",
            token_hash,
            before,
            device_hash: "d",
            device: "Firefox",
            lanes: &[],
            now,
        }
    }

    async fn is_in(store: &Store, token_hash: &str, now: i64) -> bool {
        let person = store.owner_of(token_hash, now, LASTS).await.expect("an answer").is_some();
        // Being seen is written down beside.
        if person {
            store.saw(token_hash, now).await.expect("it is written");
        }
        person
    }

    #[tokio::test]
    async fn a_session_that_is_used_once_a_month_lasts_until_its_absolute_end() {
        let store = store().await;
        store.begin_session(&entry("used", None, 0)).await.expect("it begins");
        for day in [31, 62, 89] {
            assert!(is_in(&store, "used", day * DAY).await, "day {day}");
        }
        assert!(!is_in(&store, "used", 90 * DAY).await, "the absolute limit");
    }

    #[tokio::test]
    async fn a_session_that_is_not_used_ends() {
        let store = store().await;
        store.begin_session(&entry("left", None, 0)).await.expect("it begins");
        assert!(!is_in(&store, "left", 35 * DAY).await);
        assert_eq!(store.sessions("lan", 35 * DAY, LASTS).await.expect("a list"), []);
    }

    #[tokio::test]
    async fn signing_in_again_ends_the_session_that_the_browser_had() {
        let store = store().await;
        store.begin_session(&entry("one", None, 0)).await.expect("it begins");
        let mut heard = store.news.listen();
        store.begin_session(&entry("two", Some("one"), 10)).await.expect("it begins");
        assert!(!is_in(&store, "one", 11).await && is_in(&store, "two", 11).await);
        assert_eq!(
            heard.recv().await.ok(),
            Some(crate::store::news::StreamNotification::Ended("one".into()))
        );
    }

    #[tokio::test]
    async fn an_account_has_fifty_sessions_at_most() {
        let store = store().await;
        for n in 0..60 {
            store.begin_session(&entry(&format!("token-{n}"), None, n)).await.expect("it begins");
        }
        assert_eq!(store.sessions("lan", 60, LASTS).await.expect("a list").len(), 50);
        assert!(!is_in(&store, "token-9", 60).await && is_in(&store, "token-10", 60).await);
        // The last one lasts, whatever began in the same second.
        for n in 0..60 {
            let token = format!("at once {n}");
            store.begin_session(&entry(&token, None, 100)).await.expect("it begins");
            assert!(is_in(&store, &token, 100).await, "{token}");
        }
    }
}
