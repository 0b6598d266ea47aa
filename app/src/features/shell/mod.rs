//! The frame of every screen, and what it says on each.

pub mod account_link;
pub mod frame;
pub mod menu;
pub mod notices;
pub mod offline_badge;
pub mod sync_badge;
