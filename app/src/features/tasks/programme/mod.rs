//! The units' own programmes of a year (KH 188, I.8 and II.1.4): which unit has one, one of them with its head and its items,
//! issuing it, and copying it into the next year.

pub mod copying;
pub mod head;
pub mod item;
pub mod items;
pub mod page;
pub mod sheet;
pub mod units;
pub mod way;
pub mod words;
