//! Sessions: whose a request is, by the token that it carries, and how long one lasts.

use crate::bytes::{hex, random_bytes};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::followed::Reader;
use crate::store::sessions::{Lasts, Owner};
use chitieu_sync::grants::Grants;
use sha2::{Digest, Sha256};

const DAY: i64 = 24 * 3600;

/// How long a session lasts however it is used. Three reports of a month; a token that was copied unseen ends then.
pub const SESSION_SECONDS: i64 = 90 * DAY;

/// How long a session lasts that is not used. Whoever reports once a month, on a device that works without a network in
/// between, is not asked for the password each time; a browser that was left behind is out a little later.
pub const IDLE_SECONDS: i64 = 35 * DAY;

/// The person a request comes from.
#[derive(Debug, Clone)]
pub struct Person {
    /// User name.
    pub username: String,
    /// Name shown.
    pub display_name: String,
    /// Rights.
    pub grants: Grants,
}

/// A new token for the cookie, and the hash that is stored.
pub fn new_token() -> (String, String) {
    let token = hex(&random_bytes());
    let hash = token_hash(&token);
    (token, hash)
}

/// What is stored of a token.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// The same, for the store.
pub const LASTS: Lasts = Lasts { at_most: SESSION_SECONDS, unused: IDLE_SECONDS };

impl Person {
    /// As the store tells somebody what they may read.
    pub fn reader(&self) -> Reader<'_> {
        Reader { username: &self.username, grants: &self.grants }
    }
}

/// Whose session this is at a time (seconds since 1970); none where it is nobody's.
pub async fn person_of(store: &Store, token_hash: &str, now: i64) -> Result<Option<Person>, StoreError> {
    let owner = store.owner_of(token_hash, now, LASTS).await?;
    Ok(owner.map(|Owner { username, display_name, grants }| Person { username, display_name, grants }))
}
