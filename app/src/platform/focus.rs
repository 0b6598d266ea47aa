//! Where the focus goes, and why it went.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/platform/focus.js")]
extern "C" {
    #[wasm_bindgen(js_name = leaveField, catch)]
    fn leave() -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = whyLeft)]
    fn why_left(event: &web_sys::FocusEvent) -> String;
}

/// Takes the focus from whatever has it, as the person's own move: they go to another screen.
pub fn leave_field() {
    // Where the browser refuses, nothing had it.
    leave().ok();
}

/// Why a field lost the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The person went to another element or screen.
    Moved,
    /// The window or tab lost it; the field has it again when that returns.
    Window,
    /// Nobody moved: the program took the focus, a keyboard on the screen was put away, or the field was taken off the
    /// page.
    Away,
}

/// Why the field of this event lost the focus.
pub fn left(event: &web_sys::FocusEvent) -> Left {
    match why_left(event).as_str() {
        "moved" => Left::Moved,
        "window" => Left::Window,
        _ => Left::Away,
    }
}
