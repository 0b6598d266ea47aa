//! One file a screen: reads state, sends intent.

pub mod account;
pub mod board;
pub mod contested;
pub mod entry;
pub mod no_page;
pub mod review;
pub mod start;
pub mod task;
pub mod tasks;
pub mod waiting;
pub mod work;
