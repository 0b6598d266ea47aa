//! Who is asking: passwords, session tokens, the cookie, and a brake on guessing.

use crate::problem::Problem;
use crate::state::App;
use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, HeaderMap};
use axum::http::request::Parts;
use chitieu_sync::grants::Grants;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Mutex;

/// How long a session lasts without signing in again.
pub const SESSION_SECONDS: i64 = 14 * 24 * 3600;

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

/// Random bytes from the system, through the id library.
#[expect(clippy::disallowed_methods, reason = "the server's edge: randomness enters here")]
fn random_bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    bytes[16..].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    bytes
}

/// A new token for the cookie, and the hash that is stored.
pub fn new_token() -> (String, String) {
    let token: String = random_bytes().iter().map(|b| format!("{b:02x}")).collect();
    let hash = token_hash(&token);
    (token, hash)
}

/// What is stored of a token.
pub fn token_hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// Hashes a password with argon2id and a fresh salt.
pub fn hash_password(password: &str) -> String {
    let salt = SaltString::encode_b64(&random_bytes()[..16]).expect("16 bytes are a salt");
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.expect("default parameters are valid").to_string()
}

/// True when the password is the hash's. Slow on purpose: call it off the async threads.
pub fn verify_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
}

/// The cookie's name: `__Host-` binds it to this host and TLS; plain HTTP on loopback cannot carry it.
pub fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-chitieu_session" } else { "chitieu_session" }
}

/// The cookie's header for a token; an empty one ends the session.
pub fn set_cookie(token: &str, secure: bool) -> String {
    let age = if token.is_empty() { 0 } else { SESSION_SECONDS };
    let flag = if secure { "; Secure" } else { "" };
    format!("{}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{flag}", cookie_name(secure))
}

/// The token a request carries.
pub fn token_of(headers: &HeaderMap, secure: bool) -> Option<&str> {
    let name = cookie_name(secure);
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

impl FromRequestParts<App> for Person {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let token = token_of(&parts.headers, app.settings.secure_cookies).ok_or(Problem::NotSignedIn)?;
        let now = crate::state::now().timestamp();
        let person = app.store.person_of(&token_hash(token), now).await?.ok_or(Problem::NotSignedIn)?;
        crate::log::names(&person.username);
        Ok(person)
    }
}

/// Wrong tries by user name: after five within a minute, the next is refused.
#[derive(Default)]
pub struct Throttle {
    wrong: Mutex<HashMap<String, (u32, i64)>>,
}

/// Wrong tries allowed within a minute.
const TRIES: u32 = 5;

impl Throttle {
    /// True when this name must wait.
    pub fn is_blocked(&self, username: &str, now: i64) -> bool {
        let wrong = self.wrong.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        wrong.get(username).is_some_and(|(count, since)| *count >= TRIES && now - since < 60)
    }

    /// Counts a wrong try.
    pub fn wrong(&self, username: &str, now: i64) {
        let mut wrong = self.wrong.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        wrong.retain(|_, (_, since)| now - *since < 60);
        wrong.entry(username.to_owned()).or_insert((0, now)).0 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_verified_by_its_hash_alone() {
        let hash = hash_password("mật khẩu");
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password("mật khẩu", &hash));
        assert!(!verify_password("mat khau", &hash));
    }

    #[test]
    fn the_sixth_wrong_try_waits_a_minute() {
        let throttle = Throttle::default();
        for _ in 0..5 {
            assert!(!throttle.is_blocked("lan", 1000));
            throttle.wrong("lan", 1000);
        }
        assert!(throttle.is_blocked("lan", 1001));
        assert!(!throttle.is_blocked("lan", 1061));
    }

    #[test]
    fn the_cookie_is_bound_to_the_host_where_there_is_tls() {
        assert!(set_cookie("abc", true).starts_with("__Host-chitieu_session=abc; Path=/; HttpOnly"));
        assert!(set_cookie("abc", true).contains("; Secure"));
        assert!(!set_cookie("abc", false).contains("Secure"));
    }
}
