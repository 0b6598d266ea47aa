//! The protocol without a transport: ops, their judgement, admission, and the device's replica.
//!
//! A cell's history is a log of ops with compare-and-set: an op names the value its author was looking at,
//! and replaces the head only if that still is the head. Otherwise both values are kept until a person
//! resolves it. Conflict, rejection and hold are values here, never errors.
//!
//! Where to start: [`op::Op`] is what changes things, [`admit::admit`] decides who may, [`sight::sight`] who is told
//! what of others' figures, [`judge`] decides what becomes of an op, [`ledger`] what becomes of a batch, [`entity`] holds what is neither figure nor submission, [`memory::Memory`] is a whole server in memory,
//! [`history`] says what happened to a thing, [`message`] and [`api`] declare what travels, and [`replica::Replica`] is a device's copy. Nothing here does IO, reads a clock or draws
//! a random number.

pub mod admit;
pub mod api;
pub mod cooperation;
pub mod entity;
pub mod fields;
pub mod grants;
pub mod history;
pub mod incoming;
pub mod judge;
pub mod kinds;
pub mod ledger;
pub mod memory;
pub mod message;
pub mod op;
pub mod outbox_file;
pub mod outcome;
pub mod packed_push;
pub mod plan_bundle;
pub mod plans;
pub mod portion;
pub mod raw;
pub mod replica;
pub mod rights;
pub mod sight;
pub mod stream;
pub mod submission;
pub mod word;

pub use op::{Base, Op, OpBody};
pub use outcome::{Outcome, Rejection};
pub use stream::StreamId;
