//! What end-to-end tests and benchmarks share: the real server as a process, devices that talk to it over HTTP,
//! and a line that is slow or is cut.

pub mod device;
pub mod line;
pub mod office;
pub mod postgres;
pub mod production;
pub mod server;
