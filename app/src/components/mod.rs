//! Presentational parts: props in, callbacks out.

pub mod cards;
pub mod field;
pub mod findings;
pub mod icon;
pub mod link;
pub mod row;
pub mod shell;
pub mod state;
pub mod sync_badge;
