//! `POST password`.

mod change;

pub use change::change;
