//! Facts of the domain on the real plan and unit tables.

mod support;
mod tables;
mod territory;
mod vectors;
