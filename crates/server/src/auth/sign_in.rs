//! Signing in: a password is compared where the account and whoever asks may try one, and a session begins.

use super::hashing::{HashPermit, Hashing, HashingError};
use super::passwords::{hash_password, verify_password_in};
use super::session::{LASTS, Person, new_token, person_of, token_hash};
use super::throttle::Lane;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::sessions::Entry;
use crate::store::users::Secret;
use std::net::IpAddr;

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Too many tries were wrong; for how many seconds no other is taken.
    #[error("too many tries")]
    TooManyTries(i64),
    /// User name or password is wrong.
    #[error("wrong user name or password")]
    WrongPassword,
    /// The account may not sign in any more.
    #[error("the account is disabled")]
    Disabled,
    /// The session that began was ended at once, by whoever looks after the accounts.
    #[error("the session is over")]
    Ended,
    /// The password could not be compared.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A hash that no password has, so that an unknown name takes as long as a wrong password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Who tries to sign in.
pub struct Asking<'a> {
    /// The account, as it was typed.
    pub username: &'a str,
    /// The password.
    pub password: String,
    /// The token that the browser keeps, if it has one.
    pub device: Option<&'a str>,
    /// From where.
    pub address: IpAddr,
    /// Seconds since 1970.
    pub now: i64,
}

/// A try whose password is right. Until a session begins it stays counted, and keeps its permit: of tries that are right no
/// more are counted at once than have a permit.
pub struct Verified {
    secret: Secret,
    permit: HashPermit,
    lanes: Vec<Lane>,
    /// The token that the browser keeps, and its hash.
    device: Option<(String, String)>,
    now: i64,
}

impl Verified {
    /// True where the password was chosen by somebody else and is good for choosing another one alone.
    pub fn must_change(&self) -> bool {
        self.secret.must_change
    }

    /// Puts another password in the place of the one that was right. The account's sessions end.
    pub async fn change_password(
        mut self,
        store: &Store,
        username: &str,
        new: String,
    ) -> Result<Self, SignInError> {
        let (hash, permit) = self.permit.run(move |_| hash_password(&new)).await?;
        self.permit = permit;
        let is_changed = store.change_password(username, &self.secret.hash, &hash).await?;
        if is_changed { Ok(self) } else { Err(SignInError::WrongPassword) }
    }
}

/// Compares a password, where the account and whoever asks may try one and the account may sign in.
pub async fn verify(store: &Store, hashing: &Hashing, asking: Asking<'_>) -> Result<Verified, SignInError> {
    let Asking { username, password, device, address, now } = asking;
    let device = device.map(|token| (token.to_owned(), token_hash(token)));
    let lanes = match &device {
        Some((_, hash)) if store.knows_device_of(hash, username).await? => {
            vec![Lane::Device(hash.clone(), username.to_owned())]
        }
        _ => vec![Lane::Account(username.to_owned()), Lane::Address(address)],
    };
    if let Some(wait) = store.must_wait(&lanes, now).await? {
        return Err(SignInError::TooManyTries(wait));
    }
    let permit = hashing.acquire().await?;
    if let Some(wait) = store.count_try(&lanes, now).await? {
        return Err(SignInError::TooManyTries(wait));
    }
    let secret = store.secret(username).await?;
    if secret.is_some() {
        crate::log::names(username);
    }
    let hash = secret.as_ref().map_or(NOBODY, |secret| &secret.hash).to_owned();
    let (right, permit) = permit.run(move |memory| verify_password_in(memory, &password, &hash)).await?;
    let secret = secret.filter(|_| right).ok_or(SignInError::WrongPassword)?;
    if secret.is_disabled {
        return Err(SignInError::Disabled);
    }
    Ok(Verified { secret, permit, lanes, device, now })
}

/// A session that has begun.
pub struct SignedIn {
    /// Whose.
    pub person: Person,
    /// The session's token.
    pub session: String,
    /// The token by which the browser is known from now on.
    pub device: String,
}

/// Begins a session in a browser that is named so; the session that it had `before` (its token's hash) ends.
pub async fn begin(
    store: &Store,
    verified: Verified,
    username: &str,
    before: Option<&str>,
    device_name: &str,
) -> Result<SignedIn, SignInError> {
    let Verified { permit, lanes, device, now, .. } = verified;
    let (session, hash) = new_token();
    let (device, device_hash) = match device {
        Some((token, hash)) if store.knows_device(&hash).await? => (token, hash),
        _ => new_token(),
    };
    let entry = Entry {
        username,
        token_hash: &hash,
        before,
        device_hash: &device_hash,
        device: device_name,
        lanes: &lanes,
        now,
        lasts: LASTS,
    };
    store.begin_session(&entry).await?;
    drop(permit);
    let person = person_of(store, &hash, now).await?.ok_or(SignInError::Ended)?;
    tracing::info!("signed in");
    Ok(SignedIn { person, session, device })
}
