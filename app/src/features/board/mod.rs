//! The targets: their cards, the board of all, and those below a form.

pub mod cards;
pub mod page;
pub mod targets;
