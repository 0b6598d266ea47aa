//! The installable, offline-first app. It means something in the browser alone; on the host it is empty.
#![cfg(target_arch = "wasm32")]

mod app;
mod components;
mod pages;
mod platform;
pub mod replica;

/// Mounts the app.
pub fn start() {
    // In what is shipped a panic is a trap at once, so that no hook would be called.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::Root);
}
