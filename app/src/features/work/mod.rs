//! What waits for an officer.

pub mod page;
pub mod worklist;
