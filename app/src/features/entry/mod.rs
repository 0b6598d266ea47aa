//! The entry form: its rows and fields, and what is found, pasted, undone and printed on it.

pub mod actions_bar;
pub mod cell_tools;
pub mod field_tools;
pub mod figure_input;
pub mod findings;
pub mod form;
pub mod form_tools;
pub mod paper;
pub mod paste;
pub mod row;
pub mod row_note;
pub mod submitting;
pub mod undoing;
