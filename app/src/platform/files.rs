//! Files to and from the person.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/platform/files.js")]
extern "C" {
    /// Hands a text over as a file of this name.
    pub fn save(name: &str, text: &str);

    #[wasm_bindgen(js_name = chosen, catch)]
    async fn read(input: &web_sys::EventTarget, most: f64) -> Result<JsValue, JsValue>;
}

/// The text of the file that was chosen in the input an event is of; none where it is larger than `most` bytes or
/// does not read.
pub async fn chosen(event: &web_sys::Event, most: usize) -> Option<String> {
    let input = event.target()?;
    read(&input, most as f64).await.ok()?.as_string()
}
