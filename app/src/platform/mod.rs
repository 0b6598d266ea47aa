//! What the app asks of the browser, one capability a file.

pub mod address;
pub mod clock;
pub mod dom;
pub mod files;
pub mod focus;
pub mod ids;
pub mod local_storage;
pub mod net;
pub mod news;
pub mod offline;
pub mod row;
pub mod settings;
pub mod sign_in;
pub mod tabs;
pub mod uploads;
