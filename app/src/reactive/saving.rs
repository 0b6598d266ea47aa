//! How a figure or a step becomes an op: admitted by the function that the server uses, with the base that the person
//! saw, held on the device for as long as it may be taken back.

use crate::platform::{clock, ids, settings};
use crate::reactive::live::Live;
use crate::reactive::save_error::SaveError;
use crate::reactive::sync;
use crate::storage::indexed_db::StoreError;
use chitieu_client::commands::{Author, Entry, Urgency};
use chitieu_client::history::{Answer, Step};
use chitieu_client::retrace::{self, Undo};
use chitieu_client::ripening;
use chitieu_sync::entity::{self, EntityKey};
use chitieu_sync::replica::{CellKey, SubmissionKey};
use chitieu_sync::submission::Action;
use chitieu_sync::{Op, Rejection};
use leptos::prelude::*;
use uuid::Uuid;

/// Why a step was not taken back or made again.
#[derive(Debug)]
pub enum Unmade {
    /// The cell says something else by now.
    Moved(Option<i64>),
    /// It was not kept.
    Refused(SaveError),
}

/// What became of an action that was to be taken back or made again.
#[derive(Debug)]
pub struct Retraced {
    /// The steps that this was done with.
    pub done: Vec<Step>,
    /// Those that were not kept: they may be tried again.
    pub left: Vec<Step>,
    /// Why it was not done with all.
    pub why_not: Option<Unmade>,
}

impl Live {
    /// Settles a cell with a figure that was chosen: it leaves as soon as what is before it has left.
    pub async fn settle(&self, entry: Entry) -> Result<(), SaveError> {
        let mut results = self.save_all(&[entry], 0.0).await;
        sync::now(*self);
        results.pop().unwrap_or(Ok(None)).map(drop)
    }

    /// Keeps one figure. What a person answered is one action, like what they typed. Where a cell is cleared that has an
    /// unsent figure and nothing below it, that figure is taken back.
    pub async fn save(&self, entry: Entry) -> Result<Option<Step>, SaveError> {
        let key = &entry.key;
        if entry.cleared && self.replica.with_untracked(|r| r.is_empty_without_unsent(key)) {
            let answer = || Answer::from(&self.replica.with_untracked(|r| r.cell(key)));
            let before = answer();
            if self.take_back(key).await? {
                return Ok(Some(Step { key: key.clone(), before, after: answer() }));
            }
        }
        let mut results = self.save_all(&[entry], ripening::FIGURE).await;
        results.pop().unwrap_or(Ok(None))
    }

    /// Keeps figures, each given what the person saw when they began to type, in one transaction; a result each, in
    /// their order. What equals the value in view makes no op. The ops stay on the device for so many milliseconds.
    pub async fn save_all(&self, entries: &[Entry], stays: f64) -> Vec<Result<Option<Step>, SaveError>> {
        let (ids, at) = (entries.iter().map(|_| ids::new()).collect::<Vec<Uuid>>(), clock::entered_at());
        // What only this tab has must not stay in it.
        let until = clock::monotonic() + if self.is_memory { 0.0 } else { stays };
        // Held before they are stored: a sync that runs right then would freeze them.
        self.ripening.update(|r| ids.iter().for_each(|id| r.hold(*id, until)));
        let mut results = Vec::new();
        let stored = self
            .change(&mut |replica| {
                let (changes, made) = self.command(&at, |by| by.save_many(replica, entries, &ids));
                results = made;
                Some(changes)
            })
            .await;
        if let Err(error) = stored {
            return entries.iter().map(|_| Err(SaveError::NotStored(error.clone()))).collect();
        }
        settings::persist();
        results.into_iter().map(|result| result.map_err(SaveError::from)).collect()
    }

    /// Commands as the person who is here, at this time of the device.
    fn command<T>(&self, entered_at: &str, call: impl FnOnce(&Author<'_>) -> T) -> T {
        let (plan, today) = (self.plan(), self.day.get_untracked().date);
        self.me.with_untracked(|me| {
            self.figures.with_untracked(|shown| {
                call(&Author {
                    model: plan.model,
                    plan: &plan.version,
                    username: &me.username,
                    grants: &me.grants,
                    figures: shown.figures(),
                    today,
                    entered_at,
                })
            })
        })
    }

    /// Tells the schedule what a command asks of it.
    fn send_as(&self, urgency: Urgency) {
        match urgency {
            Urgency::WhenRipe => {}
            Urgency::Now => sync::now(*self),
            // What is submitted goes with it.
            Urgency::WithAll => sync::send(*self),
        }
    }

    /// Takes the unsent figure of a cell back; false where it has left.
    pub async fn take_back(&self, of: &CellKey) -> Result<bool, StoreError> {
        self.change(&mut |replica| replica.take_back(of)).await
    }

    /// Takes the steps of an action back, or makes them again: what never left is taken back in one transaction, what has left is
    /// answered anew in another.
    pub async fn retrace(&self, steps: Vec<Step>, which: Undo) -> Retraced {
        let mut taken = Vec::new();
        let stored = self
            .change(&mut |replica| {
                let (changes, those) = retrace::take_back(&steps, which, replica);
                taken = those;
                Some(changes)
            })
            .await;
        if let Err(error) = stored {
            let (done, why_not) = (Vec::new(), Some(Unmade::Refused(error.into())));
            return Retraced { done, left: steps, why_not };
        }
        let (mut done, mut left, mut why_not) = (Vec::new(), Vec::new(), None);
        let (mut asked, mut entries) = (Vec::new(), Vec::new());
        for (step, is_taken) in steps.into_iter().zip(taken) {
            let given = if is_taken {
                Ok(None)
            } else {
                self.replica.with_untracked(|replica| step.given(which, replica))
            };
            match given {
                Ok(None) => done.push(step),
                Ok(Some(entry)) => {
                    asked.push(step);
                    entries.push(entry);
                }
                Err(value) => why_not = Some(Unmade::Moved(value)),
            }
        }
        let saved = self.save_all(&entries, ripening::of(entries.len())).await;
        for (step, saved) in asked.into_iter().zip(saved) {
            match saved {
                Ok(_) => done.push(step),
                Err(error) => {
                    left.push(step);
                    why_not = Some(Unmade::Refused(error));
                }
            }
        }
        Retraced { done, left, why_not }
    }

    /// Keeps a step on a form's road.
    pub async fn step(
        &self,
        of: &SubmissionKey,
        action: Action,
        reason: Option<String>,
    ) -> Result<(), SaveError> {
        let (id, at) = (ids::new(), clock::entered_at());
        let mut made = Ok(Urgency::WhenRipe);
        self.change(&mut |replica| {
            let step = self.command(&at, |by| by.step(replica, id, of, action, reason.clone()));
            let (change, urgency) = step.map_err(|why| made = Err(why)).ok()?;
            made = Ok(urgency);
            Some(vec![change])
        })
        .await?;
        self.send_as(made.map_err(SaveError::NotAdmitted)?);
        Ok(())
    }

    /// Keeps a change of an entity.
    pub async fn change_entity(
        &self,
        of: &EntityKey,
        change: &entity::Change,
        resolves: Vec<Uuid>,
        reason: Option<String>,
    ) -> Result<(), SaveError> {
        let (id, at) = (ids::new(), clock::entered_at());
        let mut made = Ok(Urgency::WhenRipe);
        self.change(&mut |replica| {
            let more = (resolves.clone(), reason.clone());
            let entity = self.command(&at, |by| by.change_entity(replica, id, of, change, more));
            let (changes, urgency) = entity.map_err(|why| made = Err(why)).ok()?;
            made = Ok(urgency);
            Some(changes)
        })
        .await?;
        self.send_as(made.map_err(SaveError::NotAdmitted)?);
        Ok(())
    }

    /// Says why a change of an entity would not be kept.
    pub fn admits_entity(&self, of: &EntityKey, change: &entity::Change) -> Result<(), Rejection> {
        let more = (Vec::new(), None);
        self.replica.with_untracked(|replica| {
            self.command("", |by| by.change_entity(replica, Uuid::nil(), of, change, more)).map(drop)
        })
    }

    /// Keeps changes of several entities in one transaction: all of them, or none.
    pub async fn change_entities(&self, changes: &[(EntityKey, entity::Change)]) -> Result<(), SaveError> {
        let (ids, at) = (changes.iter().map(|_| ids::new()).collect::<Vec<Uuid>>(), clock::entered_at());
        let mut made = Ok(Urgency::WhenRipe);
        self.change(&mut |replica| {
            let kept = self.command(&at, |by| by.change_entities(replica, changes, &ids));
            let (kept, urgency) = kept.map_err(|why| made = Err(why)).ok()?;
            made = Ok(urgency);
            Some(kept)
        })
        .await?;
        self.send_as(made.map_err(SaveError::NotAdmitted)?);
        Ok(())
    }

    /// Whether a figure that waits would still be taken under the plan in force here, whatever state its form is
    /// in by now.
    pub fn fits(&self, op: &Op) -> Result<(), Rejection> {
        self.command("", |by| by.fits(op))
    }
}
