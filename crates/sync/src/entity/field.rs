//! Fields of entities: what each may hold, and what becomes of two changes of one.

use crate::Rejection;
use crate::op::LONGEST_TEXT;
use crate::raw::Raw;
use chitieu_domain::{Model, ReporterId};

/// What becomes of a change whose author did not see what stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Both values are kept until a person settles it. Other fields do not matter.
    Register,
    /// It is rejected: the entity has moved on. Nothing of the entity may have changed unseen, nor be contested.
    Step,
    /// Nothing ever stands in its way: what is said is added to what was said.
    Append,
    /// The first value stays, and what is said later changes nothing: it names a thing that does not change.
    Once,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A text of at most so many characters.
    Text(usize),
    /// The name of a file, of at most so many characters: in one line, and without what parts folders.
    FileName(usize),
    /// A whole number from 1 to so many.
    Number(u64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A day, `2026-11-22`.
    Day,
    /// A reporter of the plan.
    Reporter,
    /// Reporters of the plan, in order, each once, at most [`MOST_REPORTERS`].
    Reporters,
    /// A task of the plan, by its id.
    Task,
    /// Elements of the plan by their ids, in order, each once, at most [`MOST_ELEMENTS`].
    Elements,
}

/// A field of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name, frozen on the wire.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// What becomes of two changes.
    pub policy: Policy,
}

/// Most reporters of one list.
pub const MOST_REPORTERS: usize = 50;

/// Most elements of one list.
pub const MOST_ELEMENTS: usize = 20;

/// A text that people read: no longer than `most` characters, and without what would hide or turn round other text. Line
/// breaks stay.
pub fn is_plain(text: &str, most: usize) -> Result<(), Rejection> {
    if text.chars().take(most + 1).count() > most {
        return Err(Rejection::TooLong);
    }
    let is_bidi = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_refused = |c: char| (c.is_control() && c != '\n') || is_bidi(c);
    if text.chars().any(is_refused) { Err(Rejection::Malformed) } else { Ok(()) }
}

impl Field {
    /// A field for which both values are kept.
    pub(super) const fn register(name: &'static str, holds: Holds) -> Self {
        Self { name, holds, policy: Policy::Register }
    }

    /// A value as it is stored; two that mean the same are written alike.
    pub fn written(&self, value: &Raw, model: &Model) -> Result<Raw, Rejection> {
        if value.text() == "null" {
            return if matches!(self.policy, Policy::Register | Policy::Once) {
                Ok(value.clone())
            } else {
                Err(Rejection::Malformed)
            };
        }
        let text = || value.read::<String>().ok_or(Rejection::Malformed);
        Ok(match self.holds {
            Holds::Text(most) => {
                let text = text()?;
                let text = text.trim();
                is_plain(text, most.min(LONGEST_TEXT))?;
                if text.is_empty() && self.policy == Policy::Append {
                    return Err(Rejection::Malformed);
                }
                Raw::of(&(!text.is_empty()).then_some(text))
            }
            Holds::FileName(most) => {
                let text = text()?;
                let text = text.trim();
                is_plain(text, most)?;
                let is_name = !text.is_empty() && text != "." && text != "..";
                if !is_name || text.contains(['/', '\\', '\n', '\0']) {
                    return Err(Rejection::Malformed);
                }
                Raw::of(&text)
            }
            Holds::Number(most) => {
                let number: u64 = value.read().ok_or(Rejection::Malformed)?;
                if !(1..=most).contains(&number) {
                    return Err(Rejection::OutOfRange);
                }
                Raw::of(&number)
            }
            Holds::Word(words) => {
                let text = text()?;
                let word = words.iter().find(|word| **word == text).ok_or(Rejection::Malformed)?;
                Raw::of(word)
            }
            Holds::Day => {
                Raw::of(&chitieu_domain::day::parse(&text()?).ok_or(Rejection::Malformed)?.to_string())
            }
            Holds::Reporter => Raw::of(&known(&text()?, model)?),
            Holds::Reporters => {
                let names: Vec<String> = value.read().ok_or(Rejection::Malformed)?;
                if names.len() > MOST_REPORTERS {
                    return Err(Rejection::TooLong);
                }
                let mut all = names.iter().map(|name| known(name, model)).collect::<Result<Vec<_>, _>>()?;
                all.sort_unstable();
                all.dedup();
                Raw::of(&(!all.is_empty()).then_some(all))
            }
            Holds::Task => {
                let text = text()?;
                Raw::of(&model.task(&text).ok_or(Rejection::UnknownElement)?.id)
            }
            Holds::Elements => {
                let mut all: Vec<String> = value.read().ok_or(Rejection::Malformed)?;
                if all.len() > MOST_ELEMENTS {
                    return Err(Rejection::TooLong);
                }
                if all.iter().any(|id| model.element_ix(id).is_none()) {
                    return Err(Rejection::UnknownElement);
                }
                all.sort_unstable();
                all.dedup();
                Raw::of(&(!all.is_empty()).then_some(all))
            }
        })
    }
}

fn known(name: &str, model: &Model) -> Result<ReporterId, Rejection> {
    let id: ReporterId = name.parse().map_err(|_| Rejection::UnknownReporter)?;
    model.reporter_ix(&id).map(|_| id).ok_or(Rejection::UnknownReporter)
}
