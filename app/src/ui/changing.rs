//! A part that is drawn anew as what it reads changes.

use leptos::prelude::*;

/// The part. All such parts are drawn by this one: each closure that a view takes as it is brings drawing code of its own, a
/// kilobyte of a start for three.
pub fn changing<V: IntoAny>(draw: impl Fn() -> V + Send + 'static) -> AnyView {
    drawn(Box::new(move || draw().into_any()))
}

fn drawn(draw: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
    (move || draw()).into_any()
}
