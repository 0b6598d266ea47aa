//! What waits on a device, as a file that its author takes to another one.

use crate::op::Op;
use serde::{Deserialize, Serialize};

/// Most bytes of a file.
pub const MOST_BYTES: usize = 5_000_000;
const FORMAT: &str = "chitieu-outbox";
const VERSION: u32 = 1;

/// The file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxFile {
    format: String,
    version: u32,
    /// Whose ops these are; nobody else may send them.
    pub author: String,
    /// When it was written (RFC 3339, UTC), by the device's clock.
    pub written_at: String,
    /// Frozen on the device that wrote them.
    pub ops: Vec<Op>,
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It is something else, or damaged.
    #[error("not a file of waiting changes")]
    NotOurs,
    /// A newer program wrote it.
    #[error("written by a newer program")]
    Newer,
    /// It holds another person's changes.
    #[error("written by {0}")]
    OtherAuthor(String),
}

impl OutboxFile {
    /// What is written for these ops.
    pub fn of(author: &str, written_at: String, ops: Vec<Op>) -> Self {
        Self { format: FORMAT.into(), version: VERSION, author: author.into(), written_at, ops }
    }

    /// Its text.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("texts, numbers and lists of them are JSON")
    }

    /// Reads a file that `author` chose.
    pub fn read(text: &str, author: &str) -> Result<Self, FileError> {
        let file: Self = serde_json::from_str(text).map_err(|_| FileError::NotOurs)?;
        if file.format != FORMAT {
            return Err(FileError::NotOurs);
        }
        if file.version > VERSION {
            return Err(FileError::Newer);
        }
        if let Some(other) =
            std::iter::once(&file.author).chain(file.ops.iter().map(|op| &op.author)).find(|a| *a != author)
        {
            return Err(FileError::OtherAuthor(other.clone()));
        }
        Ok(file)
    }
}
