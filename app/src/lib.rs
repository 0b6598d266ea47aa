//! The installable, offline-first app. It means something in the browser alone; on the host there are its routes, for their
//! tests.

#[cfg(target_arch = "wasm32")]
mod features;
#[cfg(target_arch = "wasm32")]
mod later;
#[cfg(target_arch = "wasm32")]
mod parts;
#[cfg(target_arch = "wasm32")]
mod platform;
#[cfg(target_arch = "wasm32")]
mod reactive;
#[cfg(target_arch = "wasm32")]
mod root;
pub mod routes;
#[cfg(target_arch = "wasm32")]
pub mod storage;
#[cfg(target_arch = "wasm32")]
mod ui;

/// Mounts the app.
#[cfg(target_arch = "wasm32")]
pub fn start() {
    // In what is shipped a panic is a trap at once, so that no hook would be called.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    stop_on_purpose();
    #[cfg(feature = "components")]
    if platform::address::path() == routes::COMPONENTS {
        return leptos::mount::mount_to_body(root::AllParts);
    }
    leptos::mount::mount_to_body(root::Root);
}

/// `dispatchEvent(new Event("chitieu:trap"))` in the browser's console stops the program as a fault in it would. That
/// is how it is checked that a person is told so and that the report of it reads (`cargo xtask symbols`).
#[cfg(target_arch = "wasm32")]
fn stop_on_purpose() {
    let window = leptos::prelude::window();
    gloo_events::EventListener::new(&window, "chitieu:trap", |_| core::arch::wasm32::unreachable()).forget();
}
