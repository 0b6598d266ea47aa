//! The plan's tasks: their list and its counts, one of them, its assignment, its figures and its reports, and the
//! programmes that units make of them for a year; and what an administrator does with files behind reports.

pub mod administration;
pub mod assigning;
pub mod assignment;
pub mod contest;
pub mod editing;
pub mod evidence;
pub mod extension;
pub mod fields;
pub mod figures;
pub mod given;
pub mod list;
pub mod overview;
pub mod programme;
pub mod report;
pub mod several;
pub mod standing;
pub mod task;
pub mod together;
pub mod values;
