//! The server's events: "something you follow has changed".

use std::cell::RefCell;
use web_sys::EventSource;

/// Listens to one address; connects again by itself until the server refuses.
#[derive(Default)]
pub struct EventStream(RefCell<Option<EventSource>>);

impl EventStream {
    /// Listens, where it does not already.
    pub fn listen(&self, address: &str, heard: impl Fn() + 'static) {
        let mut source = self.0.borrow_mut();
        if source.as_ref().is_some_and(|s| s.ready_state() != EventSource::CLOSED) {
            return;
        }
        // A browser without it still has the timer.
        let Ok(opened) = EventSource::new(address) else { return };
        // "open": what happened before it was open, or open again, was not heard.
        let heard = std::rc::Rc::new(heard);
        for name in ["open", "message"] {
            let heard = std::rc::Rc::clone(&heard);
            gloo_events::EventListener::new(&opened, name, move |_| heard()).forget();
        }
        *source = Some(opened);
    }

    /// Stops listening.
    pub fn close(&self) {
        if let Some(source) = self.0.borrow_mut().take() {
            source.close();
        }
    }
}
