//! Files that a person attaches: their bytes, what names these, and sending some of them.

use crate::platform::net::{self, NetError};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/platform/uploads.js")]
extern "C" {
    #[wasm_bindgen(js_name = chosenFiles, catch)]
    async fn read(input: &web_sys::EventTarget, most: f64) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = sha256, catch)]
    async fn sum(bytes: &Uint8Array) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = putBytes, catch)]
    async fn put_bytes(path: &str, bytes: &Uint8Array) -> Result<JsValue, JsValue>;
}

/// Bytes that the browser holds.
#[derive(Clone)]
pub struct Bytes(pub Uint8Array);

impl Bytes {
    /// How many.
    pub fn len(&self) -> u32 {
        self.0.length()
    }

    /// A copy of some of them.
    pub fn part(&self, from: u32, to: u32) -> Self {
        Self(self.0.slice(from, to.min(self.len())))
    }

    /// All from a place on.
    pub fn from(&self, place: u32) -> Self {
        Self(self.0.subarray(place, self.len()))
    }

    /// A copy in the program's memory.
    pub fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec()
    }
}

/// A file that was chosen.
#[derive(Clone)]
pub struct Chosen {
    /// What it is called on the person's device.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Them; none where they are too many, or do not read.
    pub content: Option<Bytes>,
}

/// The files that were chosen in the input an event is of; the contents of those of at most so many bytes.
pub async fn chosen(event: &web_sys::Event, most: usize) -> Vec<Chosen> {
    let Some(input) = event.target() else { return Vec::new() };
    // What does not read is not chosen: the person sees that nothing came.
    let Ok(all) = read(&input, most as f64).await else { return Vec::new() };
    let one = |parts: JsValue| {
        let parts = js_sys::Array::from(&parts);
        Chosen {
            name: parts.get(0).as_string().unwrap_or_default(),
            bytes: parts.get(1).as_f64().unwrap_or_default() as u64,
            content: parts.get(2).dyn_into().ok().map(Bytes),
        }
    };
    js_sys::Array::from(&all).iter().map(one).collect()
}

/// SHA-256 in hexadecimal digits; none where the browser has no cryptography, as on a page that came without https.
pub async fn digest(bytes: &Bytes) -> Option<String> {
    sum(&bytes.0).await.ok()?.as_string()
}

/// Puts bytes at a path: the status and the text of the answer, whatever it is.
pub async fn put(path: &str, bytes: &Bytes) -> Result<(u16, String), NetError> {
    let answer = put_bytes(path, &bytes.0).await.map_err(|_| NetError::Unreachable)?;
    let (status, answer) = net::read(&js_sys::Array::from(&answer));
    Ok((status, answer.text))
}
