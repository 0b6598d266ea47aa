//! Times in a real Chromium, printed by `cargo xtask bench`; nothing is asserted.

#[path = "../journeys/support/browser.rs"]
#[allow(dead_code, reason = "journeys use more of it")]
mod browser;
mod start;
mod tasks;
mod typing;
