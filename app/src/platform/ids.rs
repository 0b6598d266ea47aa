//! Fresh ids.

use uuid::Uuid;

/// A new op's or device's id; its time part orders nothing.
#[expect(clippy::disallowed_methods, reason = "the device's edge: ids enter here")]
pub fn new() -> Uuid {
    Uuid::now_v7()
}
