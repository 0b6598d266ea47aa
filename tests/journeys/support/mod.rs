//! A server that can be killed, browsers that can be killed, and pages of other origins.

pub mod axe;
pub mod browser;
pub mod folder;
pub mod form;
pub mod keys;
pub mod packed;
pub mod person;
pub mod picture;
pub mod portal;
pub mod screens;
pub mod tables;
