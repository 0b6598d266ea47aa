//! Presentational parts: props in, callbacks out.

pub mod actions;
pub mod ask;
pub mod cards;
pub mod cell_tools;
pub mod contest;
pub mod contested_cells;
pub mod fault;
pub mod field;
pub mod field_tools;
pub mod findings;
pub mod icon;
pub mod leaving;
pub mod link;
pub mod list;
pub mod notices;
pub mod offline_badge;
pub mod opening;
pub mod paper;
pub mod paste;
pub mod row;
pub mod shell;
pub mod state;
pub mod sync_badge;
pub mod targets;
pub mod worklist;
