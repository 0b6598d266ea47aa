//! `POST sync/push`, `POST sync/pull`, `GET sync/events`.

mod follow;
mod pull;
mod push;

pub use follow::follow;
pub use pull::pull;
pub use push::push;
