//! Accounts.

use super::{Store, json};
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
}
