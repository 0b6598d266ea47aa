//! A device without a screen: from what a person types to the ops of the replica, and from there to the server.
//!
//! A figure is what the person typed. [`field::Field`] is one field of a form: it decides what the input shows, what
//! is still a draft and when a figure is made; [`draft`] keeps what is half typed through every kind of end;
//! [`history::History`] takes an action back and makes it again; [`ripening::Ripening`] holds a new op on the
//! device for as long as it may still be taken back; [`commands`] makes ops of what a person commands; [`figures`] keeps what rules and
//! verdicts rest on; [`transaction`] stores what is made of the replica, whatever other
//! tabs write meanwhile; [`push_pull::PushPull`] is a run against the server, [`scheduler::Scheduler`] says when one is
//! due, and [`tabs::TabMessage`] is what tabs tell one another;
//! [`uploads`] keeps files that are attached until the server has them;
//! [`day::Told`] reckons the day where the server does not tell it, [`worklist`] lists what waits for an officer, and [`tasks`]
//! says how the plan's tasks stand.
//!
//! Nothing here does IO, reads a clock or knows a screen: storage, time and the page are arguments.

pub mod commands;
pub mod day;
pub mod draft;
pub mod field;
pub mod figures;
pub mod history;
pub mod push_pull;
pub mod retrace;
pub mod review;
pub mod ripening;
pub mod scheduler;
pub mod tabs;
pub mod tasks;
pub mod transaction;
pub mod typed;
pub mod uploads;
pub mod worklist;
