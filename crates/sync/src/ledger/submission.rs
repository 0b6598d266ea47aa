//! What becomes of a step of a submission.

use super::load::covered_entity;
use super::{Batch, EventIndex, cell_of, rev_of};
use crate::admit::Place;
use crate::judge::CellState;
use crate::message::{EventBody, SubmissionStanding};
use crate::op::{Cover, Covered};
use crate::rights::went_on_from;
use crate::submission::{Action, State};
use crate::{Op, OpBody, Outcome, Rejection};
use chitieu_domain::{Figure, Figures, ReporterId};
use std::collections::HashSet;
use uuid::Uuid;

impl Batch<'_> {
    /// The figures in force that the rules of a submit look at.
    pub(super) fn figures(&self, op: &Op, place: Place) -> Figures {
        let mut figures = Figures::default();
        let OpBody::Submission { action: Action::Submit, .. } = op.body else { return figures };
        let model = self.push.model;
        // Of a batch's many cells only those that carry-over rules of this form ask for.
        let before = went_on_from(model, place.reporter, place.form, self.push.today);
        let asked: Vec<&ReporterId> =
            std::iter::once(place.reporter).chain(before).map(|ix| &model.reporter(ix).id).collect();
        for (key, cell) in self.known.cells.iter().filter(|(key, _)| asked.contains(&&key.reporter)) {
            let (Some(reporter), Some(element), Some(head)) =
                (model.reporter_ix(&key.reporter), model.element_ix(&key.element), &cell.head)
            else {
                continue;
            };
            if model.form_of(element) == place.form && !head.cleared {
                let estimated = head.estimated;
                let figure = Figure { value: head.value, contested: false, approved: false, estimated };
                figures.set(reporter, key.period, element, figure);
            }
        }
        figures
    }

    /// Whoever takes a step has seen where the submission and each figure and entity that it covers stand.
    pub(super) fn submission(
        &mut self,
        op: &Op,
        place: Place,
        action: Action,
        covers: &[Cover],
        standing: &SubmissionStanding,
    ) -> (Outcome, EventIndex) {
        let rejected = |code| (Outcome::Rejected { code }, None);
        let is_here = op
            .based_on()
            .is_none_or(|id| id == op.op_id || self.has_come(id) || self.known.malformed.contains(&id));
        if !is_here {
            return (Outcome::Held, None);
        }
        let own_step = |id: Uuid| {
            let is_it = |base: &Op| base.author == op.author && base.submission() == op.submission();
            self.known.ops.get(&id).filter(|stored| is_it(&stored.op))
        };
        if rev_of(op.base, own_step) != Some(standing.rev) {
            return rejected(Rejection::MovedOn);
        }
        let mut covered = HashSet::new();
        for cover in covers {
            let (is_contested, stands, seen) = match &cover.what {
                Covered::Element(element) => {
                    let key = cell_of(self.push.model, place, element);
                    let cell = self.known.cells.get(&key);
                    let seen = rev_of(cover.base, |id| self.made_here(id, &op.author, &key));
                    let is_contested = cell.is_some_and(|cell| !cell.branches.is_empty());
                    (is_contested, cell.map_or(0, CellState::rev), seen)
                }
                Covered::Entity { kind, id } => {
                    let key = covered_entity(op, kind, id);
                    let entity = self.known.entities.get(&key);
                    let is_it = |base: &Op| base.author == op.author && base.entity().as_ref() == Some(&key);
                    let own = |id| self.known.ops.get(&id).filter(|stored| is_it(&stored.op));
                    let is_contested = entity.is_some_and(|entity| !entity.branches.is_empty());
                    (is_contested, entity.map_or(0, |entity| entity.rev), rev_of(cover.base, own))
                }
            };
            if is_contested {
                return rejected(Rejection::Contested);
            }
            if seen != Some(stands) || !covered.insert(&cover.what) {
                return rejected(Rejection::CoverMoved);
            }
        }
        let Some(state) = standing.state.after(action) else { return rejected(Rejection::BadTransition) };
        let next = SubmissionStanding {
            state,
            rev: standing.rev.max(self.floor()) + 1,
            author: op.author.clone(),
            at: self.push.at.to_owned(),
            reason: op.reason.clone().filter(|_| action != Action::Ask),
            asks: op.reason.clone().filter(|_| action == Action::Ask),
        };
        let key = place.submission(self.push.model);
        if state == State::Published {
            self.written.published.insert(key.clone());
        }
        self.known.submissions.insert(key.clone(), next.clone());
        self.written.submissions.insert(key, next.clone());
        let rev = next.rev;
        let form = self.push.model.form(place.form).id.clone();
        let told = self.tell(op, EventBody::Submission { period: place.period, form, standing: next });
        (Outcome::Applied { rev, seq: 0 }, Some(told))
    }
}
