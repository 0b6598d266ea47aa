//! What a user name and a password must be, wherever an account is made or changed.

/// Fewest characters of a password. Length alone counts: rules on kinds of characters make people write them down
/// (NIST SP 800-63B, 5.1.1.2).
const SHORTEST: usize = 10;
/// Most bytes of a password: hashing takes its time.
const LONGEST: usize = 256;
/// Longest user name, in characters.
const LONGEST_NAME: usize = 60;
/// Longest name shown, in characters.
const LONGEST_SHOWN: usize = 120;

/// Why a new password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than ten characters.
    #[error("too short")]
    Short,
    /// Longer than anybody types.
    #[error("too long")]
    Long,
    /// It is the user name.
    #[error("the user name")]
    IsName,
    /// It is the present one.
    #[error("the present one")]
    Same,
}

/// Why an account is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Not 1 to 60 small letters without marks, digits, dots, hyphens or underscores, a letter or digit first.
    #[error("not a user name")]
    Username,
    /// The name shown is empty or longer than 120 characters, or has control characters.
    #[error("not a name")]
    Shown,
}

/// Holds a new password to the rules.
pub fn check_password(username: &str, old: Option<&str>, new: &str) -> Result<(), WeakPassword> {
    if new.len() > LONGEST {
        return Err(WeakPassword::Long);
    }
    if new.chars().count() < SHORTEST {
        return Err(WeakPassword::Short);
    }
    if new.to_lowercase() == username.to_lowercase() {
        return Err(WeakPassword::IsName);
    }
    if old == Some(new) { Err(WeakPassword::Same) } else { Ok(()) }
}

/// Holds the names of a new account to the rules.
pub fn check_names(username: &str, shown: &str) -> Result<(), BadName> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let begins = username.chars().next().is_some_and(is_plain);
    let goes_on = username.chars().all(|c| is_plain(c) || matches!(c, '.' | '-' | '_'));
    if !begins || !goes_on || username.len() > LONGEST_NAME {
        return Err(BadName::Username);
    }
    let length = shown.trim().chars().count();
    if length == 0 || length > LONGEST_SHOWN || shown.chars().any(char::is_control) {
        return Err(BadName::Shown);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_enough_and_neither_the_name_nor_the_old_one() {
        assert_eq!(check_password("lan", None, "ngắn quá"), Err(WeakPassword::Short));
        assert_eq!(check_password("lan", None, &"x".repeat(257)), Err(WeakPassword::Long));
        assert_eq!(check_password("police-11977", None, "Police-11977"), Err(WeakPassword::IsName));
        assert_eq!(check_password("lan", Some("một hai ba bốn"), "một hai ba bốn"), Err(WeakPassword::Same));
        assert_eq!(check_password("lan", Some("một hai ba bốn"), "năm sáu bảy tám"), Ok(()));
    }

    #[test]
    fn a_user_name_is_plain() {
        for name in ["lan", "police_commune-11977", "a.b", "9"] {
            assert_eq!(check_names(name, "Lan"), Ok(()), "{name}");
        }
        for name in ["", "Lan", "lan anh", "-lan", "lan\n", "đức", &"x".repeat(61)] {
            assert_eq!(check_names(name, "Lan"), Err(BadName::Username), "{name}");
        }
        assert_eq!(check_names("lan", " "), Err(BadName::Shown));
        assert_eq!(check_names("lan", "a\u{1b}[2J"), Err(BadName::Shown));
    }
}
