//! Who is asking: passwords, the tokens of sessions and browsers, and their cookies.

use crate::problem::Problem;
use crate::state::App;
use argon2::password_hash::{Output, Salt, SaltString};
use argon2::{Argon2, Params, PasswordHash, PasswordHasher, Version};
use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, HeaderMap, USER_AGENT};
use axum::http::request::Parts;
use chitieu_sync::grants::Grants;
use sha2::{Digest, Sha256};

const DAY: i64 = 24 * 3600;

/// How long a session lasts however it is used. Three reports of a month; a token that was copied unseen ends then.
pub const SESSION_SECONDS: i64 = 90 * DAY;

/// How long a session lasts that is not used. Whoever reports once a month, on a device that works without a network in
/// between, is not asked for the password each time; a browser that was left behind is out a little later.
pub const IDLE_SECONDS: i64 = 35 * DAY;

/// How long a browser keeps the token by which it is known: as long as browsers keep any cookie.
const DEVICE_SECONDS: i64 = 400 * DAY;

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
    let token = hex(&random_bytes());
    let hash = token_hash(&token);
    (token, hash)
}

/// What is stored of a token.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = |b: &u8| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]].map(char::from);
    bytes.iter().flat_map(digits).collect()
}

/// Hashes a password with argon2id and a fresh salt.
pub fn hash_password(password: &str) -> String {
    let salt = SaltString::encode_b64(&random_bytes()[..16]).expect("16 bytes are a salt");
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.expect("default parameters are valid").to_string()
}

/// True when the password is the hash's. Slow on purpose: call it off the async threads.
pub fn verify_password(password: &str, hash: &str) -> bool {
    verify_password_in(&mut Memory::new(), password, hash)
}

/// What hashing writes to, 19 MiB. Who hashes often keeps it: the allocator would go on holding as much for each thread that
/// ever hashed.
pub type Memory = Vec<argon2::Block>;

/// [`verify_password`] in a memory that was there before.
pub fn verify_password_in(memory: &mut Memory, password: &str, hash: &str) -> bool {
    matches_in(memory, password, hash).unwrap_or(false)
}

/// An error: the hash does not read.
fn matches_in(memory: &mut Memory, password: &str, hash: &str) -> argon2::password_hash::Result<bool> {
    let parsed = PasswordHash::new(hash)?;
    let (Some(salt), Some(expected)) = (parsed.salt, parsed.hash) else { return Ok(false) };
    let mut salt_bytes = [0; Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut salt_bytes)?;
    let params = Params::try_from(&parsed)?;
    memory.resize(params.block_count(), argon2::Block::default());
    let mut out = [0; Output::MAX_LENGTH];
    let out = &mut out[..expected.len()];
    let argon2 = Argon2::new(parsed.algorithm.try_into()?, Version::default(), params);
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, memory)?;
    // Their comparison takes as long wherever they differ.
    Ok(Output::new(out)? == expected)
}

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The session's token.
    Session,
    /// The token by which a browser is known after its sessions have ended.
    Device,
}

impl Cookie {
    /// Its name: `__Host-` binds it to this host and TLS; plain HTTP cannot carry it.
    fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-chitieu_session",
            (Self::Session, false) => "chitieu_session",
            (Self::Device, true) => "__Host-chitieu_device",
            (Self::Device, false) => "chitieu_device",
        }
    }

    /// The header that sets it; an empty token removes it.
    pub fn set(self, token: &str, secure: bool) -> String {
        let age = match self {
            _ if token.is_empty() => 0,
            Self::Session => SESSION_SECONDS,
            Self::Device => DEVICE_SECONDS,
        };
        let flag = if secure { "; Secure" } else { "" };
        format!("{}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{flag}", self.name(secure))
    }

    /// The token that a request carries.
    pub fn of(self, headers: &HeaderMap, secure: bool) -> Option<&str> {
        let name = self.name(secure);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
            .filter(|token| !token.is_empty())
    }
}

/// The browser and the system that a request names, in a few words for the person whose sessions are listed. What is not
/// known is left out; nothing is decided by it.
pub fn device_name(headers: &HeaderMap) -> String {
    let agent = headers.get(USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    // The order matters: most name others beside themselves.
    let browsers = [
        ("Edg", "Edge"),
        ("coc_coc", "Cốc Cốc"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let found = |known: &[(&str, &'static str)]| {
        known.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name)
    };
    [found(&browsers), found(&systems)].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The hash of the session's token that a request carries.
pub fn session_of(headers: &HeaderMap, app: &App) -> Option<String> {
    Cookie::Session.of(headers, app.settings.secure_cookies).map(token_hash)
}

impl FromRequestParts<App> for Person {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let session = session_of(&parts.headers, app).ok_or(Problem::NotSignedIn)?;
        let now = crate::state::now().timestamp();
        let person = app.store.person_of(&session, now).await?.ok_or(Problem::NotSignedIn)?;
        crate::log::names(&person.username);
        Ok(person)
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
        assert!(!verify_password("mật khẩu", "") && !verify_password("", "$argon2id$v=19$m=19456,t=2,p=1"));
        // The memory does not remember, whatever was hashed in it before.
        let mut memory = Memory::new();
        for (password, right) in [("mật khẩu", true), ("mat khau", false), ("mật khẩu", true)] {
            assert_eq!(verify_password_in(&mut memory, password, &hash), right);
        }
    }

    #[test]
    fn the_cookies_are_bound_to_the_host_where_there_is_tls() {
        for (cookie, name) in [(Cookie::Session, "chitieu_session"), (Cookie::Device, "chitieu_device")] {
            let bound = cookie.set("abc", true);
            assert!(bound.starts_with(&format!("__Host-{name}=abc; Path=/; HttpOnly; SameSite=Strict")));
            assert!(bound.ends_with("; Secure"));
            assert!(cookie.set("abc", false).starts_with(&format!("{name}=abc; ")));
            assert!(!cookie.set("abc", false).contains("Secure"));
        }
    }

    #[test]
    fn a_browser_is_named_in_a_few_words() {
        let named = |agent: &'static str| {
            device_name(&HeaderMap::from_iter([(USER_AGENT, axum::http::HeaderValue::from_static(agent))]))
        };
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
        assert_eq!(named(chrome), "Chrome, Windows");
        assert_eq!(
            named("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox, Linux"
        );
        assert_eq!(named("curl/8"), "");
    }
}
