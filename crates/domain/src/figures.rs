//! What was reported: figures by reporter, period and element, and their sums.

use crate::model::{ElementIx, ReporterIx};
use crate::period::{PeriodId, PeriodKey};
use std::collections::HashMap;
use std::ops::Range;

/// A cell's value in force and what is to be said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// None: reported as "no data yet", with its reason.
    pub value: Option<i64>,
    /// Another value stands beside it until somebody resolves it.
    pub contested: bool,
    /// Part of an approved or published submission.
    pub approved: bool,
    /// Ước thực hiện: what is expected to come, not what was counted.
    pub estimated: bool,
}

impl Figure {
    /// A plain reported value.
    pub fn of(value: i64) -> Self {
        Self { value: Some(value), contested: false, approved: true, estimated: false }
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
    /// Cells with a value that is estimated.
    #[serde(rename = "t", default)]
    pub estimated: u32,
}

impl std::ops::AddAssign for Total {
    fn add_assign(&mut self, other: Self) {
        self.sum += other.sum;
        self.reported += other.reported;
        self.expected += other.expected;
        self.contested += other.contested;
        self.unapproved += other.unapproved;
        self.estimated += other.estimated;
    }
}

impl Total {
    /// Counts a cell in. What is contested, unapproved or estimated counts as reported and says so.
    fn count(&mut self, figure: Figure) {
        self.contested += u32::from(figure.contested);
        if let Some(value) = figure.value {
            self.sum += i128::from(value);
            self.reported += 1;
            self.unapproved += u32::from(!figure.approved);
            self.estimated += u32::from(figure.estimated);
        }
    }

    /// Takes a cell out that was counted in.
    fn discount(&mut self, figure: Figure) {
        self.contested -= u32::from(figure.contested);
        if let Some(value) = figure.value {
            self.sum -= i128::from(value);
            self.reported -= 1;
            self.unapproved -= u32::from(!figure.approved);
            self.estimated -= u32::from(figure.estimated);
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

/// The periods in which one reporter's cells of an element count, cut into pieces with a total each.
pub struct SeriesSlice<'a> {
    /// Periods, in order.
    pub keys: &'a [PeriodKey],
    /// Which of them are this reporter's.
    pub slots: Range<usize>,
    /// Which of them make up one total, in order.
    pub pieces: &'a [Range<usize>],
}

/// Where evaluation gets its figures from.
pub trait Source {
    /// Adds one reporter's cells of an element to the totals of the slice's pieces.
    fn add(&self, reporter: ReporterIx, element: ElementIx, slice: &SeriesSlice<'_>, totals: &mut [Total]);

    /// The only reporters whose cells are here, where it is not all of them.
    fn only(&self) -> Option<&[ReporterIx]> {
        None
    }

    /// The sum of an element over all reporters whose cells are not here.
    fn elsewhere(&self, _element: ElementIx, _period: PeriodId) -> Option<Total> {
        None
    }
}

/// One cell in its series.
#[derive(Debug, Clone, Copy)]
struct Cell {
    key: PeriodKey,
    marks: u8,
    value: i64,
}

const HAS_VALUE: u8 = 1;
const CONTESTED: u8 = 2;
const APPROVED: u8 = 4;
const ESTIMATED: u8 = 8;

impl Cell {
    fn new(key: PeriodKey, figure: Figure) -> Self {
        let marks = u8::from(figure.value.is_some()) * HAS_VALUE
            + u8::from(figure.contested) * CONTESTED
            + u8::from(figure.approved) * APPROVED
            + u8::from(figure.estimated) * ESTIMATED;
        Self { key, marks, value: figure.value.unwrap_or(0) }
    }

    fn figure(self) -> Figure {
        Figure {
            value: (self.marks & HAS_VALUE != 0).then_some(self.value),
            contested: self.marks & CONTESTED != 0,
            approved: self.marks & APPROVED != 0,
            estimated: self.marks & ESTIMATED != 0,
        }
    }
}

/// Figures by cell. Cells of one reporter and element lie side by side in the order of their periods, since
/// evaluation reads them so; reporters and elements are places in lists, so that nothing is hashed.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    by_reporter: Vec<Vec<Vec<Cell>>>,
    len: usize,
}

impl Figures {
    fn series(&self, reporter: ReporterIx, element: ElementIx) -> &[Cell] {
        let own = self.by_reporter.get(reporter.at()).and_then(|elements| elements.get(element.at()));
        own.map_or(&[], Vec::as_slice)
    }

    fn series_mut(&mut self, reporter: ReporterIx, element: ElementIx) -> &mut Vec<Cell> {
        if self.by_reporter.len() <= reporter.at() {
            self.by_reporter.resize_with(reporter.at() + 1, Vec::new);
        }
        let elements = &mut self.by_reporter[reporter.at()];
        if elements.len() <= element.at() {
            elements.resize_with(element.at() + 1, Vec::new);
        }
        &mut elements[element.at()]
    }

    /// Puts a figure in force and gives the one it replaced.
    pub fn set(
        &mut self,
        reporter: ReporterIx,
        period: PeriodId,
        element: ElementIx,
        figure: Figure,
    ) -> Option<Figure> {
        let cell = Cell::new(period.into(), figure);
        let series = self.series_mut(reporter, element);
        match series.binary_search_by_key(&cell.key, |c| c.key) {
            Ok(at) => Some(std::mem::replace(&mut series[at], cell).figure()),
            Err(at) => {
                series.insert(at, cell);
                self.len += 1;
                None
            }
        }
    }

    /// The figure of a cell.
    pub fn get(&self, reporter: ReporterIx, period: PeriodId, element: ElementIx) -> Option<Figure> {
        let series = self.series(reporter, element);
        series.binary_search_by_key(&period.into(), |c| c.key).ok().map(|at| series[at].figure())
    }

    /// Takes a cell out and gives what was in it.
    pub fn remove(&mut self, reporter: ReporterIx, period: PeriodId, element: ElementIx) -> Option<Figure> {
        let series = self.series_mut(reporter, element);
        let at = series.binary_search_by_key(&period.into(), |c| c.key).ok()?;
        let before = series.remove(at).figure();
        self.len -= 1;
        Some(before)
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when nothing is here.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Every cell, by reporter, element and period.
    pub fn iter(&self) -> impl Iterator<Item = ((ReporterIx, PeriodId, ElementIx), Figure)> + '_ {
        self.by_reporter.iter().enumerate().flat_map(|(reporter, elements)| {
            elements.iter().enumerate().flat_map(move |(element, series)| {
                let (reporter, element) = (ReporterIx(reporter as u32), ElementIx(element as u16));
                series.iter().map(move |cell| ((reporter, cell.key.into(), element), cell.figure()))
            })
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
    fn add(&self, reporter: ReporterIx, element: ElementIx, slice: &SeriesSlice<'_>, totals: &mut [Total]) {
        let mut cells = self.series(reporter, element);
        for (piece, total) in slice.pieces.iter().zip(totals) {
            let slots = piece.start.max(slice.slots.start)..piece.end.min(slice.slots.end);
            if slots.is_empty() {
                continue;
            }
            let keys = &slice.keys[slots];
            let skipped = cells.iter().take_while(|cell| cell.key < keys[0]).count();
            cells = &cells[skipped..];
            // Nearly always every period has a cell with an approved, counted value that nobody contests.
            let all = cells.iter().zip(keys);
            let plain = all.take_while(|(cell, key)| cell.key == **key && cell.marks == HAS_VALUE | APPROVED);
            let mut count = 0;
            total.sum += plain.fold(0, |sum, (cell, _)| {
                count += 1;
                sum + i128::from(cell.value)
            });
            total.reported += count as u32;
            cells = &cells[count..];
            for key in &keys[count..] {
                let skipped = cells.iter().take_while(|cell| cell.key < *key).count();
                cells = &cells[skipped..];
                if let Some(cell) = cells.first().filter(|cell| cell.key == *key) {
                    total.count(cell.figure());
                    cells = &cells[1..];
                }
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
    fn add(&self, reporter: ReporterIx, element: ElementIx, slice: &SeriesSlice<'_>, totals: &mut [Total]) {
        self.own.add(reporter, element, slice, totals);
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
    fn add(&self, reporter: ReporterIx, element: ElementIx, slice: &SeriesSlice<'_>, totals: &mut [Total]) {
        if !self.these.contains(&reporter) {
            self.all.add(reporter, element, slice, totals);
        }
    }
}
