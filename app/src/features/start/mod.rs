//! "Việc của tôi", where everybody starts.

pub mod desk;
pub mod page;
