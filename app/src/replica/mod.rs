//! The device's copy, live: what is stored, what the screen shows of it, and the sync that runs beside.
//!
//! A figure goes one way: op → one strict IndexedDB transaction → the replica in memory → the screen. Nothing
//! is called saved before the transaction completed.

pub(crate) mod drafts;
pub mod history;
pub mod indexed_db;
pub mod leaving;
pub(crate) mod live;
pub(crate) mod profile;
pub(crate) mod saving;
pub(crate) mod sync;
pub mod tasks;
pub(crate) mod told;

pub(crate) use live::Live;
