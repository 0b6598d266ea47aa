//! How many tasks stand how: whole, by section of the plan and by unit.

use super::{Duty, Part};
use chitieu_domain::model::{Model, UnitIx};
use chitieu_domain::task::{Group, Openness};
use chrono::{Days, NaiveDate};
use std::fmt::Write;

/// How many of those who lead stand how, in the order of [`Group::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count([usize; 4]);

impl Count {
    /// So many in a group.
    pub fn of(&self, group: Group) -> usize {
        self.0[group as usize]
    }

    /// All of them.
    pub fn all(&self) -> usize {
        self.0.iter().sum()
    }

    fn add(&mut self, group: Group) {
        self.0[group as usize] += 1;
    }
}

/// The counts of a day. Only who leads is counted: who cooperates owes nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overview {
    /// Of everybody.
    pub whole: Count,
    /// By section of the plan, in its order.
    pub sections: Vec<(String, Count)>,
    /// By unit, those with most that is late or not reported first.
    pub units: Vec<(UnitIx, Count)>,
}

impl Overview {
    /// Counts.
    pub fn of(model: &Model, duties: &[Duty]) -> Self {
        let mut found = Self::default();
        for duty in duties.iter().filter(|duty| duty.part == Part::Leads) {
            let (group, task) = (duty.standing.group(), &model.plan().tasks[duty.task]);
            let unit = model.reporter(duty.reporter).unit;
            found.whole.add(group);
            count_in(&mut found.sections, &task.section, group);
            count_in(&mut found.units, &unit, group);
        }
        let behind = |count: &Count| count.of(Group::NotReported) + count.of(Group::Late);
        found.units.sort_by_key(|(unit, count)| (usize::MAX - behind(count), *unit));
        found
    }
}

/// Counts under a name, in the order in which names come.
fn count_in<T: PartialEq + Clone>(counts: &mut Vec<(T, Count)>, name: &T, group: Group) {
    let at = counts.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
        counts.push((name.clone(), Count::default()));
        counts.len() - 1
    });
    counts[at].1.add(group);
}

/// True for what became late within the last week: its day passed, and it is not done.
pub fn became_late(duty: &Duty, today: NaiveDate) -> bool {
    let week = today.checked_sub_days(Days::new(8)).unwrap_or(today);
    duty.part == Part::Leads
        && matches!(duty.standing.group(), Group::Late | Group::NotReported)
        && duty.dates.due.is_some_and(|due| week < due && due < today)
}

/// A text for a chat: which tasks are late or not reported, by their numbers in the plan, in the order of the plan. It names
/// neither figures nor units nor people, and no task that is not public. `words` are the sentence before each list.
pub fn reminder(model: &Model, duties: &[Duty], head: &str, words: &[(Group, &str)]) -> String {
    let mut text = head.to_owned();
    for (group, sentence) in words {
        let mut ids: Vec<&str> = Vec::new();
        for duty in duties.iter().filter(|d| d.part == Part::Leads && d.standing.group() == *group) {
            let task = &model.plan().tasks[duty.task];
            if task.openness() == Openness::Public && ids.last() != Some(&task.id.as_str()) {
                ids.push(&task.id);
            }
        }
        if !ids.is_empty() {
            // Writing to a text cannot fail.
            write!(text, "\n{sentence} {}", ids.join("; ")).ok();
        }
    }
    text
}
