//! Facts of the domain on the real plan and unit tables.

mod agreement;
mod conservation;
mod privacy;
mod projection;
mod support;
mod tables;
mod territory;
mod vectors;
