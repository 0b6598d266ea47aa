//! The address bar: which screen, with back and forward. Four screens do not need a router, whose code the
//! browser would have to load.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// Where the person is.
#[derive(Clone, Copy)]
pub struct Address(RwSignal<String>);

/// The path in the address bar, as it stands.
pub fn path() -> String {
    web_sys::window().and_then(|w| w.location().pathname().ok()).unwrap_or_default()
}

impl Address {
    /// Follows the browser's back and forward.
    pub fn new() -> Self {
        let address = Self(RwSignal::new(path()));
        if let Some(window) = web_sys::window() {
            let moved = move |_: &web_sys::Event| {
                super::focus::leave_field();
                address.0.set(path());
            };
            gloo_events::EventListener::new(&window, "popstate", moved).forget();
        }
        address
    }

    /// The path.
    pub fn get(self) -> String {
        self.0.get()
    }

    /// What the address bar says after the path, with its `?`. It is followed as the path is.
    pub fn query(self) -> String {
        self.0.track();
        web_sys::window().and_then(|w| w.location().search().ok()).unwrap_or_default()
    }

    /// Takes another address for the screen that is shown, so that "back" does not come here again.
    pub fn turn_to(self, to: &str) {
        if let Some(window) = web_sys::window() {
            // Where the history refuses, the old address stays and shows the same.
            window.history().and_then(|h| h.replace_state_with_url(&JsValue::NULL, "", Some(to))).ok();
        }
        self.0.set(before_query(to));
    }

    /// Goes to a screen.
    pub fn go(self, to: &str) {
        super::focus::leave_field();
        if let Some(window) = web_sys::window() {
            // Where the history refuses, the screen changes all the same.
            window.history().and_then(|h| h.push_state_with_url(&JsValue::NULL, "", Some(to))).ok();
            window.scroll_to_with_x_and_y(0.0, 0.0);
        }
        self.0.set(before_query(to));
    }
}

fn before_query(to: &str) -> String {
    to.split('?').next().unwrap_or_default().to_owned()
}
