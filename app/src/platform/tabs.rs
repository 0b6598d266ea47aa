//! One tab at a time works on a person's database: two would give out the same numbers.

use std::cell::RefCell;
use std::collections::HashSet;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

thread_local! {
    static HELD: RefCell<HashSet<String>> = RefCell::default();
}

/// Takes the lock of this name for as long as the tab lives; false where another tab has it. A browser
/// without locks has one tab as far as anybody can tell.
pub async fn hold(name: &str) -> bool {
    if HELD.with_borrow(|held| held.contains(name)) {
        return true;
    }
    let Some(navigator) = web_sys::window().map(|w| w.navigator()) else { return true };
    let locks = js_sys::Reflect::get(&navigator, &"locks".into()).unwrap_or(JsValue::UNDEFINED);
    let request = js_sys::Reflect::get(&locks, &"request".into()).ok();
    let Some(request) = request.and_then(|r| r.dyn_into::<js_sys::Function>().ok()) else { return true };
    let options = js_sys::Object::new();
    if js_sys::Reflect::set(&options, &"ifAvailable".into(), &true.into()).is_err() {
        return true;
    }
    let asked = js_sys::Promise::new(&mut |answer, _| {
        let granted = Closure::once_into_js(move |lock: JsValue| {
            let has = !lock.is_null();
            // The answer cannot fail: it is the promise's own function.
            answer.call1(&JsValue::NULL, &has.into()).ok();
            // A promise that never ends holds the lock until the tab closes.
            if has { JsValue::from(js_sys::Promise::new(&mut |_, _| {})) } else { JsValue::UNDEFINED }
        });
        request.call3(&locks, &name.into(), &options, &granted).ok();
    });
    let has = JsFuture::from(asked).await.is_ok_and(|has| has.is_truthy());
    if has {
        HELD.with_borrow_mut(|held| held.insert(name.to_owned()));
    }
    has
}
