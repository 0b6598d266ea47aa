//! A server that can be killed, browsers that can be killed, and a portal of another origin.

pub mod browser;
pub mod portal;
pub mod server;
