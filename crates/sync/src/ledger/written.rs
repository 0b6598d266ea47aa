//! What is to be written once a batch is judged, and what its sender is told.

use super::{EventIndex, StoredOp};
use crate::entity::{Entity, EntityKey};
use crate::judge::CellState;
use crate::message::{Event, OpResult, SubmissionStanding};
use crate::replica::{CellKey, SubmissionKey};
use crate::stream::StreamId;
use crate::{Outcome, Rejection};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What is to be written.
#[derive(Debug, Default)]
pub struct WriteSet {
    /// New in the log.
    pub ops: Vec<(StoredOp, EventIndex)>,
    /// In the log already, held until now.
    pub released: Vec<(StoredOp, EventIndex)>,
    /// Cells that changed, as they are now.
    pub cells: HashMap<CellKey, CellState>,
    /// Submissions that changed, as they are now.
    pub submissions: HashMap<SubmissionKey, SubmissionStanding>,
    /// Entities that changed, as they are now.
    pub entities: HashMap<EntityKey, Entity>,
    /// In order.
    pub events: Vec<Event>,
    /// What the public sees from now on.
    pub published: BTreeSet<SubmissionKey>,
    /// How many of the new ops are rejected or held.
    pub refused: usize,
    /// How many were to be, and are deferred since there were too many.
    pub deferred: usize,
    pub(super) answers: Vec<Answer>,
}

/// Where an op's result stands.
#[derive(Debug)]
pub(super) enum Answer {
    /// Its id is known with another content.
    Refused(Uuid),
    /// Too much was rejected today; it is not recorded.
    Deferred(Uuid),
    /// The stored one.
    Known(Box<OpResult>),
    /// That of an op written now, by its place.
    New(usize),
}

impl WriteSet {
    /// How many events each stream gets, in the streams' order.
    pub fn streams(&self) -> Vec<(StreamId, u64)> {
        let mut streams: Vec<(StreamId, u64)> = Vec::new();
        for event in &self.events {
            match streams.iter_mut().find(|(stream, _)| *stream == event.stream) {
                Some((_, count)) => *count += 1,
                None => streams.push((event.stream.clone(), 1)),
            }
        }
        streams.sort_unstable();
        streams
    }

    /// Gives every event its number: `last` tells a stream's counter after it was raised by its events.
    /// Gives the numbers, in the events' order.
    pub fn number(&mut self, last: impl Fn(&StreamId) -> u64) -> Vec<u64> {
        let first = |(stream, count): (StreamId, u64)| {
            let first = last(&stream) + 1 - count;
            (stream, first)
        };
        let mut next: HashMap<StreamId, u64> = self.streams().into_iter().map(first).collect();
        let mut numbers = Vec::with_capacity(self.events.len());
        for event in &self.events {
            if let Some(next) = next.get_mut(&event.stream) {
                numbers.push(*next);
                *next += 1;
            }
        }
        for (stored, told) in self.ops.iter_mut().chain(&mut self.released) {
            if let (Outcome::Applied { seq, .. }, Some(event)) = (&mut stored.outcome, told) {
                *seq = numbers[*event];
            }
        }
        numbers
    }

    /// The op that made each event, in the events' order.
    pub fn made_by(&self) -> Vec<Option<Uuid>> {
        let mut made_by = vec![None; self.events.len()];
        for (stored, told) in self.ops.iter().chain(&self.released) {
            if let Some(event) = told {
                made_by[*event] = Some(stored.op.op_id);
            }
        }
        made_by
    }

    /// One result an op, in the batch's order. After [`WriteSet::number`].
    pub fn results(&self) -> Vec<OpResult> {
        let result = |answer: &Answer| match answer {
            Answer::Refused(op_id) => {
                OpResult { op_id: *op_id, outcome: Outcome::Rejected { code: Rejection::PayloadDiffers } }
            }
            Answer::Deferred(op_id) => OpResult { op_id: *op_id, outcome: Outcome::Deferred },
            // It may have waited until an op of this batch came.
            Answer::Known(result) => {
                let released = self.released.iter().find(|(stored, _)| stored.op.op_id == result.op_id);
                let outcome = released.map_or(&result.outcome, |(stored, _)| &stored.outcome);
                OpResult { op_id: result.op_id, outcome: outcome.clone() }
            }
            Answer::New(place) => {
                let StoredOp { op, outcome, .. } = &self.ops[*place].0;
                OpResult { op_id: op.op_id, outcome: outcome.clone() }
            }
        };
        let told = |mut result: OpResult| {
            // What a later release recorded may be told by that release alone.
            if result.outcome == Outcome::Unknown {
                result.outcome = Outcome::Deferred;
            }
            result
        };
        self.answers.iter().map(result).map(told).collect()
    }
}
