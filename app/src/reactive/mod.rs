//! The device's copy, live: what is stored, what the screen shows of it, and the sync that runs beside.
//!
//! A figure goes one way: op → one strict IndexedDB transaction → the replica in memory → the screen. Nothing
//! is called saved before the transaction completed.

pub mod actions;
pub mod context;
pub mod device;
pub mod drafts;
pub mod field;
pub mod files;
pub mod history;
pub mod leaving;
pub mod live;
pub mod moved_soon;
pub mod others;
pub mod profile;
pub mod refresh;
pub mod rows;
pub mod runs;
#[cfg(feature = "components")]
pub mod sample;
pub mod save_error;
pub mod saving;
pub mod session;
pub mod sync;
pub mod talk;
pub mod tasks;
