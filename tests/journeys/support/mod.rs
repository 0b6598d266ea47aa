//! A server that can be killed, browsers that can be killed, and pages of other origins.

pub mod browser;
pub mod folder;
pub mod form;
pub mod packed;
pub mod person;
pub mod portal;
