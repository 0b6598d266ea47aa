//! The sync server: takes in ops, judges them in one transaction, tells devices, evaluates and publishes.
//!
//! Where to start: [`router`] lists every route; [`store`] holds what is durable; [`state::App`] is what the
//! routes share. Whether something is allowed is decided by `chitieu_sync::admit`, the function the app uses.

pub mod accounts;
pub mod assets;
pub mod bytes;
pub mod cli;
pub mod client_address;
pub mod clock;
pub mod coding;
pub mod context;
pub mod delimited;
pub mod demo;
pub mod edge;
pub mod evaluations;
pub mod hashing;
pub mod listening;
pub mod log;
pub mod passwords;
pub mod plan_file;
pub mod problem;
pub mod public;
pub mod public_url;
pub mod routes;
pub mod session;
pub mod state;
pub mod store;
pub mod throttle;

pub use routes::router;
