//! What the app asks of the browser, one capability a file.

pub mod clock;
pub mod dom;
pub mod ids;
pub mod net;
pub mod settings;
pub mod tabs;
