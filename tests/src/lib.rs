//! What end-to-end tests and benchmarks share: the real server as a process, devices that talk to it over HTTP,
//! and a proxy whose line is slow or is cut.

pub mod accounts;
pub mod device;
pub mod faulty_proxy;
pub mod long_form;
pub mod postgres;
pub mod production;
pub mod server;
