//! `PUT devices/{id}`.

mod name;

pub use name::name;
