//! Facts of the domain on the real plan and unit tables.

mod agreement;
mod calendars;
mod clipboard;
mod conservation;
mod every_period;
mod largest;
mod own_calendar;
mod paste;
mod paste_any;
mod personal_data;
mod privacy;
mod procuracy;
mod projection;
mod rules;
mod search;
mod support;
mod tables;
mod territory;
mod vectors;
