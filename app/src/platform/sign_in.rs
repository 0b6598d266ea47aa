//! The sign-in form: the shell's own (`index.html`, `app/public/boot.js`), which is there before the app and stays the same
//! elements with it, so that nothing typed is lost.

use super::net::{self, Answer};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(js_namespace = chitieu)]
extern "C" {
    #[wasm_bindgen(js_name = next, catch)]
    async fn next_brought() -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = show, catch)]
    fn show_form(why: Option<String>) -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = place, catch)]
    fn place_form(element: &web_sys::Element, username: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = hide, catch)]
    fn hide_form() -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = leave, catch)]
    async fn end_session() -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = isBusy, catch)]
    fn busy() -> Result<bool, JsValue>;

    #[wasm_bindgen(js_name = paintsFrame, catch)]
    fn paints() -> Result<bool, JsValue>;
}

/// What somebody sent with the form.
pub struct SignIn {
    /// User name.
    pub username: String,
    /// The password; the server wants another one in its place where it gave no answer.
    pub password: String,
    /// What `POST session` answered; none where the password was given by an administrator and has to be changed first.
    pub answer: Option<Answer>,
}

/// What is sent next, before the app ran or since; the one before is done with. None where there is no such form.
pub async fn next() -> Option<SignIn> {
    let parts = js_sys::Array::from(&next_brought().await.ok()?);
    let text = |nth: u32| parts.get(nth).as_string().unwrap_or_default();
    let must_change = parts.get(2).is_truthy();
    Some(SignIn {
        username: text(0),
        password: text(1),
        answer: (!must_change).then(|| net::read(&parts.slice(3, 7)).1),
    })
}

/// Shows the form on a screen of its own, and why nobody is signed in where there is a reason.
pub fn show(why: Option<String>) {
    show_form(why).ok();
}

/// Puts the form into an element, with this person's name in it.
pub fn place(element: &web_sys::Element, username: &str) {
    place_form(element, username).ok();
}

/// Takes the form, and all that the shell shows by itself, off the page.
pub fn hide() {
    hide_form().ok();
}

/// Ends the session of whoever left; what is sent meanwhile waits for it. True where the server knows.
pub async fn leave() -> bool {
    end_session().await.is_ok_and(|is_told| is_told.is_truthy())
}

/// True from the moment in which something is sent until the app is done with it.
pub fn is_busy() -> bool {
    busy().unwrap_or_default()
}

/// True where the shell paints the frame of whoever was here last before the app runs.
pub fn paints_frame() -> bool {
    paints().unwrap_or_default()
}
