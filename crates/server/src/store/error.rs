//! Why the store did not do what it was asked for. What is wrong with a database where the request is not to blame is read
//! from the codes of either's errors.

use sqlx::Error;
use std::error::Error as _;
use std::sync::Arc;

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

/// Why the store failed, whatever it was asked for. It can be told to all who waited for the same.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database cannot do it now, as was found before or while it was waited for.
    #[error("the database is in trouble: {0:?}")]
    Trouble(Trouble),
    /// A column holds what this program does not read: the database is damaged or of a newer program.
    #[error("a column does not read: {0}")]
    Unreadable(String),
    /// What the database said.
    #[error("{0}")]
    Database(#[source] Arc<Error>),
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Error::from(error).into()
    }
}

impl StoreError {
    /// What is wrong with the database; none where the error is ours.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Trouble(trouble) => Some(*trouble),
            Self::Unreadable(_) => None,
            Self::Database(error) => trouble(error),
        }
    }

    /// True where the database is there and this program may not write it: another account's file or folder, a read-only
    /// disk or server.
    pub fn is_kept_from_writing(&self) -> bool {
        match self {
            Self::Database(error) => is_kept_from_writing(error),
            other => other.trouble() == Some(Trouble::ReadOnly),
        }
    }

    /// True when a transaction only met another one and may be tried again: a deadlock, or two that inserted the same row.
    pub(super) fn may_retry(&self) -> bool {
        let Self::Database(error) = self else { return false };
        let code = error.as_database_error().and_then(|e| e.code().map(std::borrow::Cow::into_owned));
        matches!(code.as_deref(), Some("40001" | "40P01" | "23505"))
    }
}

fn is_kept_from_writing(error: &Error) -> bool {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    match error {
        Error::Io(error) => matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem),
        Error::Migrate(error) => {
            error.source().and_then(|error| error.downcast_ref()).is_some_and(is_kept_from_writing)
        }
        // SQLite does not open a file beside which it may not write ("cannot open").
        Error::Database(known) if known.code().as_deref() == Some("14") => true,
        error => trouble(error) == Some(Trouble::ReadOnly),
    }
}

/// The trouble that an error tells of; none where the error is ours.
fn trouble(error: &Error) -> Option<Trouble> {
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
