//! Small questions to the page: focus, the language of the document, paste.

use wasm_bindgen::JsCast;

/// Moves the focus to the element of this id and selects its text.
pub fn focus(id: &str) {
    let found = web_sys::window().and_then(|w| w.document()).and_then(|d| d.get_element_by_id(id));
    let Some(element) = found else { return };
    if let Some(input) = element.dyn_ref::<web_sys::HtmlInputElement>() {
        // What is selected beforehand is selected once. Both fail where they have no meaning: an input of no text, a hidden one.
        input.set_selection_range(0, u32::MAX).ok();
        input.focus().ok();
    } else if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
        element.focus().ok();
    }
}

fn active() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.active_element()
}

/// The id of the element that has the focus.
pub fn focused() -> Option<String> {
    active().map(|element| element.id()).filter(|id| !id.is_empty())
}

/// True while the focus is where one types.
pub fn is_in_text() -> bool {
    active().is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA"))
}

/// Shows the dialog of this id over the page, which cannot be reached for as long as it is open.
pub fn show_dialog(id: &str) {
    let found = web_sys::window().and_then(|w| w.document()).and_then(|d| d.get_element_by_id(id));
    if let Some(dialog) = found.and_then(|element| element.dyn_into::<web_sys::HtmlDialogElement>().ok()) {
        // It fails on one that is open already.
        dialog.show_modal().ok();
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

/// The text and the markup of a paste.
pub fn pasted(event: &web_sys::Event) -> Option<(String, Option<String>)> {
    let data = event.dyn_ref::<web_sys::ClipboardEvent>()?.clipboard_data()?;
    let html = data.get_data("text/html").ok().filter(|html| !html.is_empty());
    Some((data.get_data("text/plain").ok()?, html))
}

/// Writes a text into an input that holds another one.
pub fn write(input: &web_sys::HtmlInputElement, text: &str) {
    if input.value() != text {
        input.set_value(text);
    }
}

/// Calls back when the page is hidden or goes: what is behind is written now.
pub fn on_hide(call: impl Fn(Hidden) + Clone + 'static) {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    let gone = call.clone();
    gloo_events::EventListener::new(&window, "pagehide", move |_| gone(Hidden::Gone)).forget();
    let hidden = move |_: &web_sys::Event| {
        if !is_visible() {
            call(Hidden::Covered);
        }
    };
    gloo_events::EventListener::new(&document, "visibilitychange", hidden).forget();
}

/// How a page went out of view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// Another tab or window lies over it.
    Covered,
    /// It is left or closed.
    Gone,
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

/// Loads the page again.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        // Where the browser refuses, the page stays as it is.
        window.location().reload().ok();
    }
}

/// Prints the page.
pub fn print() {
    if let Some(window) = web_sys::window() {
        window.print().ok();
    }
}
