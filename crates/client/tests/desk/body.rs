//! The body of a push, as a server reads it.

use chitieu_sync::Op;
use chitieu_sync::incoming::Incoming;
use chitieu_sync::packed_push::Packed;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    ops: Vec<Value>,
    packed: Option<Packed>,
}

/// The ops of a push, and true where they came by columns.
pub fn read(author: &str, body: &str) -> (Vec<Op>, bool) {
    let Body { ops, packed } = serde_json::from_str(body).expect("a push");
    let is_packed = packed.is_some();
    let texts = match packed {
        Some(packed) => packed.unpack().expect("it is whole"),
        None => ops.iter().map(Value::to_string).collect(),
    };
    let incoming = Incoming::read(author, texts.iter().map(String::as_str)).expect("of this author");
    assert!(incoming.malformed.is_empty(), "{:?}", incoming.malformed);
    (incoming.ops, is_packed)
}
