//! `GET plan`: plan and units, by version.

mod read;

pub use read::{read, read_bundle, read_packed};
