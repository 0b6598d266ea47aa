//! Cells with two values: which they are, and choosing one.

pub mod contest;
pub mod contested_cells;
pub mod page;
