//! `GET personal-data`.

mod count;

pub use count::count;
