//! Facts of the domain on the real plan and unit tables.

mod agreement;
mod calendars;
mod conservation;
mod every_period;
mod privacy;
mod projection;
mod rules;
mod search;
mod support;
mod tables;
mod territory;
mod vectors;
