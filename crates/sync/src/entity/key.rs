//! What names an entity.

use crate::stream::StreamId;

/// An entity's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityKey {
    /// Where it is numbered, and by whom it is followed.
    pub stream: StreamId,
    /// Its kind, by its name on the wire. It may be one that this program does not know.
    pub kind: String,
    /// Its id, as its kind writes it.
    pub id: String,
}
