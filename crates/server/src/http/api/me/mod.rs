//! `GET me`, `GET me/key`.

mod read;
mod read_key;

pub use read::read;
pub use read_key::read_key;
