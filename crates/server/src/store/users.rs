//! Accounts and sessions.

use super::{Store, unreadable};
use crate::session::Person;
use chitieu_sync::grants::Grants;
use sqlx::Row;

impl Store {
    /// Adds an account, or replaces it.
    pub async fn put_user(
        &self,
        username: &str,
        display_name: &str,
        password_hash: &str,
        grants: &Grants,
    ) -> Result<(), sqlx::Error> {
        let grants = serde_json::to_string(grants).map_err(unreadable)?;
        sqlx::query(
            "INSERT INTO users (username, display_name, password_hash, grants) VALUES (?, ?, ?, ?) \
             ON CONFLICT (username) DO UPDATE SET display_name = excluded.display_name, \
             password_hash = excluded.password_hash, grants = excluded.grants",
        )
        .bind(username)
        .bind(display_name)
        .bind(password_hash)
        .bind(grants)
        .execute(&self.pool)
        .await
        .map(drop)
    }

    /// The password's hash of an account.
    pub async fn password_hash(&self, username: &str) -> Result<Option<String>, sqlx::Error> {
        sqlx::query_scalar("SELECT password_hash FROM users WHERE username = ?")
            .bind(username)
            .fetch_optional(&self.pool)
            .await
    }

    /// Begins a session and forgets the ones that ran out.
    pub async fn begin_session(
        &self,
        token_hash: &[u8],
        username: &str,
        now: i64,
        expires_at: i64,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM sessions WHERE expires_at <= ?").bind(now).execute(&self.pool).await?;
        sqlx::query("INSERT INTO sessions (token_hash, username, expires_at) VALUES (?, ?, ?)")
            .bind(token_hash)
            .bind(username)
            .bind(expires_at)
            .execute(&self.pool)
            .await
            .map(drop)
    }

    /// Ends a session.
    pub async fn end_session(&self, token_hash: &[u8]) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM sessions WHERE token_hash = ?")
            .bind(token_hash)
            .execute(&self.pool)
            .await
            .map(drop)
    }

    /// Whose session this is.
    pub async fn person_of(&self, token_hash: &[u8], now: i64) -> Result<Option<Person>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT u.username, u.display_name, u.grants FROM sessions s JOIN users u USING (username) \
             WHERE s.token_hash = ? AND s.expires_at > ?",
        )
        .bind(token_hash)
        .bind(now)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            let grants: Grants = serde_json::from_str(row.get("grants")).map_err(unreadable)?;
            Ok(Person { username: row.get("username"), display_name: row.get("display_name"), grants })
        })
        .transpose()
    }
}
