//! Attacks on the real server as a process, bounded in count and time. `cargo xtask test` builds the server and says where it
//! is.

mod connections;
mod database;
mod sign_in;
mod support;
