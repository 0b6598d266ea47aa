//! The sync server: takes in ops, judges them in one transaction, tells devices, evaluates and publishes.
//!
//! In layers, of which each takes from those below it alone (`cargo xtask check` holds this): [`http`] and the command line
//! ([`cli`], [`demo`]); [`services`]; [`auth`]; [`store`]. Where to start: [`http::api`] lists what devices ask, [`router`]
//! every route; [`store`] holds what is durable. Whether something is allowed is decided by `chitieu_sync::admit`, the function
//! the app uses.

pub mod auth;
pub mod bytes;
pub mod cli;
pub mod clock;
pub mod delimited;
pub mod demo;
pub mod http;
pub mod log;
pub mod public_url;
pub mod services;
pub mod store;

pub use http::router;
