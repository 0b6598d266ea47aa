//! The tabs of the app in this browser.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/platform/tabs.js")]
extern "C" {
    #[wasm_bindgen(js_name = living, catch)]
    async fn ask(name: &str, others: Vec<String>) -> Result<JsValue, JsValue>;
}

thread_local! {
    static NAME: String = super::ids::new().to_string();
}

/// The name of this page, for as long as it lives.
pub fn name() -> String {
    NAME.with(Clone::clone)
}

/// Lets this page be known by its name, and gives the names of all that live; none where the browser does not tell. The
/// others named have drafts: whoever of them is just closing is waited for.
pub async fn living(name: &str, others: Vec<String>) -> Vec<String> {
    let Ok(names) = ask(name, others).await else { return Vec::new() };
    js_sys::Array::from(&names).into_iter().filter_map(|name| name.as_string()).collect()
}
