//! End-to-end tests live in `journeys/`; this crate has no code of its own.
