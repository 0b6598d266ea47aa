//! Accounts and sessions.

use super::{Store, json, unreadable};
use crate::session::Person;
use crate::values;
use chitieu_sync::grants::Grants;

impl Store {
    /// Adds an account, or replaces it.
    pub async fn put_user(
        &self,
        username: &str,
        display_name: &str,
        password_hash: &str,
        grants: &Grants,
    ) -> Result<(), sqlx::Error> {
        let sql = "INSERT INTO users (username, display_name, password_hash, grants) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (username) DO UPDATE SET display_name = excluded.display_name, \
                   password_hash = excluded.password_hash, grants = excluded.grants";
        self.database.execute(sql, values![username, display_name, password_hash, json(grants)?]).await
    }

    /// The password's hash of an account.
    pub async fn password_hash(&self, username: &str) -> Result<Option<String>, sqlx::Error> {
        let sql = "SELECT password_hash FROM users WHERE username = $1";
        let rows = self.database.fetch(sql, values![username]).await?;
        rows.first().map(|row| row.text("password_hash")).transpose()
    }

    /// Begins a session and forgets the ones that ran out.
    pub async fn begin_session(
        &self,
        token_hash: &str,
        username: &str,
        now: i64,
        expires_at: i64,
    ) -> Result<(), sqlx::Error> {
        self.database.execute("DELETE FROM sessions WHERE expires_at <= $1", values![now]).await?;
        let sql = "INSERT INTO sessions (token_hash, username, expires_at) VALUES ($1, $2, $3)";
        self.database.execute(sql, values![token_hash, username, expires_at]).await
    }

    /// Ends a session.
    pub async fn end_session(&self, token_hash: &str) -> Result<(), sqlx::Error> {
        self.database.execute("DELETE FROM sessions WHERE token_hash = $1", values![token_hash]).await
    }

    /// The key under which a person's devices keep what they sent once that person has left; `fresh` where there is none yet.
    pub async fn device_key(&self, username: &str, fresh: &str) -> Result<String, sqlx::Error> {
        let sql = "INSERT INTO device_keys (username, key) VALUES ($1, $2) ON CONFLICT (username) DO NOTHING";
        self.database.execute(sql, values![username, fresh]).await?;
        let sql = "SELECT key FROM device_keys WHERE username = $1";
        let rows = self.database.fetch(sql, values![username]).await?;
        rows.first().ok_or(sqlx::Error::RowNotFound)?.text("key")
    }

    /// Whose session this is.
    pub async fn person_of(&self, token_hash: &str, now: i64) -> Result<Option<Person>, sqlx::Error> {
        let sql = "SELECT u.username, u.display_name, u.grants FROM sessions s JOIN users u USING (username) \
                   WHERE s.token_hash = $1 AND s.expires_at > $2";
        let rows = self.database.fetch(sql, values![token_hash, now]).await?;
        let person = rows.first().map(|row| {
            let grants: Grants = serde_json::from_str(&row.text("grants")?).map_err(unreadable)?;
            Ok(Person { username: row.text("username")?, display_name: row.text("display_name")?, grants })
        });
        person.transpose()
    }
}
