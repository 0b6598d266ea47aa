//! The plan's tasks: their list, one of them, its assignment and its reports.

pub mod assignment;
pub mod fields;
pub mod list;
pub mod report;
pub mod task;
