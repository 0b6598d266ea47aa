//! Coming and leaving: beside the form for signing in, while the store opens, while somebody leaves.

pub mod leaving;
pub mod opening;
pub mod renew;
