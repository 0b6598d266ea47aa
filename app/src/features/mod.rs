//! A screen and its parts together.

pub mod account;
pub mod board;
#[cfg(feature = "components")]
pub mod components;
pub mod conflicts;
pub mod entry;
pub mod fault;
pub mod history;
pub mod no_page;
pub mod outbox;
pub mod review;
pub mod roles;
pub mod shell;
pub mod sign_in;
pub mod start;
pub mod tasks;
pub mod work;
