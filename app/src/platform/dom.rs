//! Small questions to the page: focus, the language of the document, paste.

use wasm_bindgen::JsCast;

/// Moves the focus to the element of this id and selects its text.
pub fn focus(id: &str) {
    let found = web_sys::window().and_then(|w| w.document()).and_then(|d| d.get_element_by_id(id));
    let Some(element) = found else { return };
    if let Some(input) = element.dyn_ref::<web_sys::HtmlInputElement>() {
        // Focus fails on a hidden element; then it stays where it is, which is right.
        input.focus().ok();
        input.select();
    } else if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        element.focus().ok();
    }
}

/// True for an event that comes from a field that is typed in.
pub fn is_typing(event: &web_sys::Event) -> bool {
    event.target().is_some_and(|target| target.has_type::<web_sys::HtmlInputElement>())
}

/// Says the language and title of the page.
pub fn describe(language: &str, title: &str) {
    let Some(document) = web_sys::window().and_then(|w| w.document()) else { return };
    document.set_title(title);
    if let Some(root) = document.document_element() {
        root.set_attribute("lang", language).ok();
    }
}

/// The text of a paste.
pub fn pasted(event: &web_sys::Event) -> Option<String> {
    event.dyn_ref::<web_sys::ClipboardEvent>()?.clipboard_data()?.get_data("text").ok()
}

/// True while somebody looks at this page.
pub fn is_visible() -> bool {
    let document = web_sys::window().and_then(|w| w.document());
    document.is_some_and(|d| d.visibility_state() == web_sys::VisibilityState::Visible)
}

/// Calls back when the page comes into view, the network returns, or the window gets the focus. For as long
/// as the app runs.
pub fn on_return(call: impl Fn() + Clone + 'static) {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    for (target, name) in [
        (window.clone().into(), "online"),
        (window.into(), "focus"),
        (web_sys::EventTarget::from(document), "visibilitychange"),
    ] {
        let call = call.clone();
        gloo_events::EventListener::new(&target, name, move |_| call()).forget();
    }
}

/// Lets the browser ask before the page is left, for as long as `unsaved` says so.
pub fn ask_before_leaving(unsaved: impl Fn() -> bool + 'static) {
    let Some(window) = web_sys::window() else { return };
    let options = gloo_events::EventListenerOptions::enable_prevent_default();
    gloo_events::EventListener::new_with_options(&window, "beforeunload", options, move |event| {
        if unsaved() {
            event.prevent_default();
        }
    })
    .forget();
}

/// Asks for a yes; no where the browser does not ask.
pub fn confirm(question: &str) -> bool {
    web_sys::window().is_some_and(|w| w.confirm_with_message(question).unwrap_or(false))
}

/// Prints the page.
pub fn print() {
    if let Some(window) = web_sys::window() {
        window.print().ok();
    }
}
