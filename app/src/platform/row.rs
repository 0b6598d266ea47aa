//! What a row of a form says beside its field, written into the page.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/platform/row.js")]
extern "C" {
    #[wasm_bindgen(js_name = writeRow)]
    fn write_row(row: &web_sys::HtmlElement, said: &str);
}

/// Writes it, in lines: how the figure stands, its mark, the row's other numbers, and a word below it.
pub fn write(row: &web_sys::HtmlElement, said: &str) {
    write_row(row, said);
}
