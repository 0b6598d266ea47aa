//! What was reported: figures by reporter, period and element, and their sums.

use crate::model::{ElementIx, ReporterIx};
use crate::period::PeriodId;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

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

impl Total {
    /// Counts a cell in. What is contested or unapproved counts as reported and says so.
    fn count(&mut self, figure: Figure) {
        self.contested += u32::from(figure.contested);
        if let Some(value) = figure.value {
            self.sum += i128::from(value);
            self.reported += 1;
            self.unapproved += u32::from(!figure.approved);
        }
    }

    /// Takes a cell out that was counted in.
    fn discount(&mut self, figure: Figure) {
        self.contested -= u32::from(figure.contested);
        if let Some(value) = figure.value {
            self.sum -= i128::from(value);
            self.reported -= 1;
            self.unapproved -= u32::from(!figure.approved);
        }
    }

    /// Puts `new` in the place of `old`.
    pub(crate) fn replace(&mut self, old: Option<Figure>, new: Option<Figure>) {
        if let Some(old) = old {
            self.discount(old);
        }
        if let Some(new) = new {
            self.count(new);
        }
    }
}

/// Where evaluation gets its figures from.
pub trait Source {
    /// Adds one reporter's cells of an element to the totals of these periods, which are in order.
    fn add(&self, reporter: ReporterIx, element: ElementIx, periods: &[PeriodId], totals: &mut [Total]);

    /// The only reporters whose cells are here, where it is not all of them.
    fn only(&self) -> Option<&[ReporterIx]> {
        None
    }

    /// The sum of an element over all reporters whose cells are not here.
    fn elsewhere(&self, _element: ElementIx, _period: PeriodId) -> Option<Total> {
        None
    }
}

/// One reporter's cells of one element, in the order of their periods.
#[derive(Debug, Clone, Default)]
struct Series {
    keys: Vec<u32>,
    values: Vec<i64>,
    marks: Vec<u8>,
}

const HAS_VALUE: u8 = 1;
const CONTESTED: u8 = 2;
const APPROVED: u8 = 4;

impl Series {
    fn figure(&self, at: usize) -> Figure {
        let marks = self.marks[at];
        Figure {
            value: (marks & HAS_VALUE != 0).then_some(self.values[at]),
            contested: marks & CONTESTED != 0,
            approved: marks & APPROVED != 0,
        }
    }

    fn set(&mut self, key: u32, figure: Figure) -> Option<Figure> {
        let marks = u8::from(figure.value.is_some()) * HAS_VALUE
            + u8::from(figure.contested) * CONTESTED
            + u8::from(figure.approved) * APPROVED;
        let value = figure.value.unwrap_or(0);
        match self.keys.binary_search(&key) {
            Ok(at) => {
                let before = self.figure(at);
                (self.values[at], self.marks[at]) = (value, marks);
                Some(before)
            }
            Err(at) => {
                self.keys.insert(at, key);
                self.values.insert(at, value);
                self.marks.insert(at, marks);
                None
            }
        }
    }

    fn remove(&mut self, key: u32) -> Option<Figure> {
        let at = self.keys.binary_search(&key).ok()?;
        let before = self.figure(at);
        self.keys.remove(at);
        self.values.remove(at);
        self.marks.remove(at);
        Some(before)
    }
}

/// Figures by cell. Cells of one reporter and element lie side by side, since evaluation reads them so.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    series: HashMap<(ReporterIx, ElementIx), Series>,
    len: usize,
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
        let before = self.series.entry((reporter, element)).or_default().set(period.key(), figure);
        self.len += usize::from(before.is_none());
        before
    }

    /// The figure of a cell.
    pub fn get(&self, reporter: ReporterIx, period: PeriodId, element: ElementIx) -> Option<Figure> {
        let series = self.series.get(&(reporter, element))?;
        series.keys.binary_search(&period.key()).ok().map(|at| series.figure(at))
    }

    /// Takes a cell out and gives what was in it.
    pub fn remove(&mut self, reporter: ReporterIx, period: PeriodId, element: ElementIx) -> Option<Figure> {
        let Entry::Occupied(mut series) = self.series.entry((reporter, element)) else { return None };
        let before = series.get_mut().remove(period.key());
        if series.get().keys.is_empty() {
            series.remove();
        }
        self.len -= usize::from(before.is_some());
        before
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when nothing is here.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Every cell, in no order.
    pub fn iter(&self) -> impl Iterator<Item = ((ReporterIx, PeriodId, ElementIx), Figure)> + '_ {
        self.series.iter().flat_map(|((reporter, element), series)| {
            let cells = series.keys.iter().enumerate();
            cells.map(|(at, key)| ((*reporter, PeriodId::of_key(*key), *element), series.figure(at)))
        })
    }

    /// The sum of one element in one period over these reporters.
    pub fn total(&self, element: ElementIx, period: PeriodId, reporters: &[ReporterIx]) -> Total {
        let mut total = Total { expected: reporters.len() as u32, ..Total::default() };
        for reporter in reporters {
            total.replace(None, self.get(*reporter, period, element));
        }
        total
    }
}

impl Source for Figures {
    fn add(&self, reporter: ReporterIx, element: ElementIx, periods: &[PeriodId], totals: &mut [Total]) {
        let (Some(series), Some(first)) = (self.series.get(&(reporter, element)), periods.first()) else {
            return;
        };
        let mut at = series.keys.partition_point(|key| *key < first.key());
        for (period, total) in periods.iter().zip(totals) {
            let key = period.key();
            while series.keys.get(at).is_some_and(|k| *k < key) {
                at += 1;
            }
            match series.keys.get(at) {
                None => break,
                Some(k) if *k == key => total.count(series.figure(at)),
                Some(_) => {}
            }
        }
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
    fn add(&self, reporter: ReporterIx, element: ElementIx, periods: &[PeriodId], totals: &mut [Total]) {
        self.own.add(reporter, element, periods, totals);
    }

    fn only(&self) -> Option<&[ReporterIx]> {
        Some(self.mine)
    }

    fn elsewhere(&self, element: ElementIx, period: PeriodId) -> Option<Total> {
        self.others.get(&(element, period)).copied()
    }
}

/// All figures but those of some reporters: what [`WithOthers`] is made from.
pub struct Without<'a> {
    /// All figures.
    pub all: &'a Figures,
    /// Whose are left out.
    pub these: &'a [ReporterIx],
}

impl Source for Without<'_> {
    fn add(&self, reporter: ReporterIx, element: ElementIx, periods: &[PeriodId], totals: &mut [Total]) {
        if !self.these.contains(&reporter) {
            self.all.add(reporter, element, periods, totals);
        }
    }
}
