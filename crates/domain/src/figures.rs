//! What was reported: figures by reporter, period and element, and their sums.

use crate::model::{ElementIx, ReporterIx};
use crate::period::PeriodId;
use std::collections::HashMap;

/// A cell's value in force and what is to be said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// None: reported as "no data yet", with its reason.
    pub value: Option<i64>,
    /// Another value stands beside it until somebody resolves it.
    pub contested: bool,
    /// Part of an approved or published submission.
    pub approved: bool,
}

impl Figure {
    /// A plain reported value.
    pub fn of(value: i64) -> Self {
        Self { value: Some(value), contested: false, approved: true }
    }
}

/// A sum over reporters, with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Total {
    /// Sum of the values there are.
    #[serde(rename = "s")]
    pub sum: i128,
    /// Cells with a value.
    #[serde(rename = "r")]
    pub reported: u32,
    /// Cells asked for.
    #[serde(rename = "e")]
    pub expected: u32,
    /// Cells with two values.
    #[serde(rename = "c", default)]
    pub contested: u32,
    /// Cells with a value that nobody approved yet.
    #[serde(rename = "u", default)]
    pub unapproved: u32,
}

impl std::ops::AddAssign for Total {
    fn add_assign(&mut self, other: Self) {
        self.sum += other.sum;
        self.reported += other.reported;
        self.expected += other.expected;
        self.contested += other.contested;
        self.unapproved += other.unapproved;
    }
}

/// Where evaluation gets its sums from.
pub trait Source {
    /// The sum of one element in one period of its form over these reporters, all of them assigned.
    fn total(&self, element: ElementIx, period: PeriodId, reporters: &[ReporterIx]) -> Total;
}

/// Figures by cell.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    cells: HashMap<(ReporterIx, PeriodId, ElementIx), Figure>,
}

impl Figures {
    /// Puts a figure in force and gives the one it replaced.
    pub fn set(
        &mut self,
        reporter: ReporterIx,
        period: PeriodId,
        element: ElementIx,
        figure: Figure,
    ) -> Option<Figure> {
        self.cells.insert((reporter, period, element), figure)
    }

    /// The figure of a cell.
    pub fn get(&self, reporter: ReporterIx, period: PeriodId, element: ElementIx) -> Option<Figure> {
        self.cells.get(&(reporter, period, element)).copied()
    }

    /// Takes a cell out.
    pub fn remove(&mut self, reporter: ReporterIx, period: PeriodId, element: ElementIx) {
        self.cells.remove(&(reporter, period, element));
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// True when nothing is here.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Every cell, in no order.
    pub fn iter(&self) -> impl Iterator<Item = ((ReporterIx, PeriodId, ElementIx), Figure)> + '_ {
        self.cells.iter().map(|(k, v)| (*k, *v))
    }
}

impl Source for Figures {
    fn total(&self, element: ElementIx, period: PeriodId, reporters: &[ReporterIx]) -> Total {
        let mut total = Total { expected: reporters.len() as u32, ..Total::default() };
        for reporter in reporters {
            let Some(figure) = self.get(*reporter, period, element) else { continue };
            total.contested += u32::from(figure.contested);
            if let Some(value) = figure.value {
                total.sum += i128::from(value);
                total.reported += 1;
                total.unapproved += u32::from(!figure.approved);
            }
        }
        total
    }
}

/// Own figures on top of the sums of everybody else's, so that a device that holds one unit's figures can
/// judge the whole territory while they are being typed.
pub struct WithOthers<'a> {
    /// Own cells.
    pub own: &'a Figures,
    /// Whose cells `own` holds.
    pub mine: &'a [ReporterIx],
    /// Sums of all other reporters of the scope, by element and period.
    pub others: &'a HashMap<(ElementIx, PeriodId), Total>,
}

impl Source for WithOthers<'_> {
    fn total(&self, element: ElementIx, period: PeriodId, reporters: &[ReporterIx]) -> Total {
        let own: Vec<ReporterIx> = reporters.iter().copied().filter(|r| self.mine.contains(r)).collect();
        let mut total = self.own.total(element, period, &own);
        total += self.others.get(&(element, period)).copied().unwrap_or_default();
        total.expected = reporters.len() as u32;
        total
    }
}
