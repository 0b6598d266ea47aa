//! The runs of this tab against the server, as states: what the schedule says, what the server takes, who leads.

use crate::platform::net::NetError;
use crate::platform::news::EventStream;
use crate::storage::indexed_db::{Lead, StoreError};
use chitieu_client::push_pull::Limits;
use chitieu_client::scheduler::Scheduler;
use leptos::prelude::*;

/// The runs of this tab, and what they need of the browser.
#[derive(Clone, Copy)]
pub struct Runs {
    /// When a run is due.
    pub schedule: StoredValue<Scheduler>,
    /// What the server's program was found to take.
    pub limits: StoredValue<Limits>,
    /// What the server tells by itself.
    pub events: StoredValue<EventStream, LocalStorage>,
    /// Held while this tab leads.
    pub leave: StoredValue<Option<Lead>, LocalStorage>,
}

impl Runs {
    /// Nothing runs.
    pub fn new() -> Self {
        Self {
            schedule: StoredValue::default(),
            limits: StoredValue::default(),
            events: StoredValue::new_local(EventStream::default()),
            leave: StoredValue::new_local(None),
        }
    }

    /// Ends the runs of this person and lets another tab lead.
    pub fn close(self) {
        self.plan(Scheduler::close);
        if let Some(leave) = self.leave.try_update_value(Option::take).flatten() {
            leave.end();
        }
        self.events.with_value(EventStream::close);
    }

    /// True once the person has left.
    pub fn is_closed(self) -> bool {
        self.schedule.get_value().is_closed()
    }

    /// True in the tab that syncs for all.
    pub fn leads(self) -> bool {
        self.schedule.get_value().leads()
    }

    /// Tells the schedule something, and gives what it says.
    pub fn plan<T: Default>(self, tell: impl FnOnce(&mut Scheduler) -> T) -> T {
        self.schedule.try_update_value(tell).unwrap_or_default()
    }
}

/// Why a run ended early.
pub enum Stop {
    Net(NetError),
    Store(String),
    /// The session is another person's by now.
    OtherPerson,
}

impl From<NetError> for Stop {
    fn from(error: NetError) -> Self {
        Self::Net(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}
