//! What was submitted: approving, returning, publishing, opening again.

pub mod ask;
pub mod page;
