//! The installable, offline-first app. It means something in the browser alone; on the host it is empty.
#![cfg(target_arch = "wasm32")]

mod app;
mod components;
mod pages;
mod platform;
pub mod replica;

/// Mounts the app.
pub fn start() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::Root);
}
