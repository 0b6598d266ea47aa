//! What is wrong with a database where the request is not to blame, read from either's error codes.

use sqlx::Error;

/// Why a database does not do what it is asked for now, where the request is not to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Others write, for longer than it is waited.
    Busy,
    /// No room is left.
    Full,
    /// It may be read and not written.
    ReadOnly,
    /// It is not there: the file does not read, or the server does not answer.
    Gone,
}

/// The trouble that an error tells of; none where the error is ours.
pub fn trouble(error: &Error) -> Option<Trouble> {
    let known = match error {
        Error::PoolTimedOut => return Some(Trouble::Busy),
        Error::Io(_) | Error::PoolClosed | Error::WorkerCrashed => return Some(Trouble::Gone),
        Error::Database(known) => known,
        _ => return None,
    };
    let code = known.code()?;
    if known.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        return match code.as_ref() {
            "25006" => Some(Trouble::ReadOnly),
            "53100" => Some(Trouble::Full),
            "40001" | "40P01" | "55P03" | "57014" => Some(Trouble::Busy),
            // Too many connections or too little memory; it stops, or does not take anybody yet; the line broke.
            other if other.starts_with("53") || other.starts_with("57P") || other.starts_with("08") => {
                Some(Trouble::Gone)
            }
            _ => None,
        };
    }
    // The last byte is the kind (https://sqlite.org/rescode.html): busy, locked; read-only; an error of the disk; full; does
    // not open.
    match code.parse::<u32>().ok()? & 0xff {
        5 | 6 => Some(Trouble::Busy),
        8 => Some(Trouble::ReadOnly),
        10 | 14 => Some(Trouble::Gone),
        13 => Some(Trouble::Full),
        _ => None,
    }
}
