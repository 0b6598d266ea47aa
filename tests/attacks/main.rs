//! A running server, attacked from outside: every test is bounded in requests and time. What each defends is in
//! `SECURITY.md`. `cargo xtask test` builds the server and says where it is.

mod headers;
mod log;
mod others_figures;
mod visitor;
