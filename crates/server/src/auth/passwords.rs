//! Passwords: argon2id, with the library's present parameters for new ones and each hash's own for comparing.

use crate::bytes::random_bytes;
use argon2::password_hash::{Output, Salt, SaltString};
use argon2::{Argon2, Params, PasswordHash, PasswordHasher, Version};

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
}
