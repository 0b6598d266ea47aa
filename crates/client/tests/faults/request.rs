//! Ops on their way to the server.

use chitieu_sync::message::OpResult;
use chitieu_sync::{Op, OpBody, Outcome};

/// A push, and whose it is.
#[derive(Clone)]
pub struct Request {
    /// Which one of all; one that is repeated has the same.
    pub number: u64,
    pub device: usize,
    pub ops: Vec<Op>,
    /// It came by columns.
    pub is_packed: bool,
    /// What is answered for that op alone.
    pub deferred: Vec<OpResult>,
}

/// The value of the ops that, like those that clear a cell, not every program of the server takes.
const STRANGE: i64 = 5;

pub fn is_strange(op: &Op) -> bool {
    matches!(op.body, OpBody::Figure { value: Some(STRANGE), .. } | OpBody::Figure { cleared: true, .. })
}

impl Request {
    /// Takes the strange ops out, each with its answer.
    pub fn defer(&mut self) {
        let (strange, known): (Vec<Op>, _) = self.ops.drain(..).partition(is_strange);
        let deferred = strange.iter().map(|op| OpResult { op_id: op.op_id, outcome: Outcome::Deferred });
        self.deferred.extend(deferred);
        self.ops = known;
    }
}
