//! `GET history/cell`, `GET history/submission`, `GET history/entity`, `POST history/feed`.

mod feed;
mod read;

pub use feed::feed;
pub use read::{read_cell, read_entity, read_submission};
