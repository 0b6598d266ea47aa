//! Presentational parts: props in, callbacks out, no state.

pub mod changing;
pub mod icon;
pub mod list;
pub mod personal;
pub mod reason;
pub mod state;
