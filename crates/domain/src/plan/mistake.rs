//! What can be wrong with a plan, with the way into its file.

use crate::expression::ExpressionError;
use crate::unit::Level;
use std::fmt;

/// One step into a plan file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A key of a table.
    Key(&'static str),
    /// The n-th of a list, counted from 0.
    Nth(usize),
}

/// The way to a value: `form[2].rule[0].expression`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path(Vec<Step>);

impl Path {
    /// The value of a key of the plan itself.
    pub fn key(key: &'static str) -> Self {
        Self(vec![Step::Key(key)])
    }

    /// The n-th of a list of the plan itself.
    pub fn nth(list: &'static str, n: usize) -> Self {
        Self(vec![Step::Key(list), Step::Nth(n)])
    }

    /// The value of a key below.
    pub fn then(&self, key: &'static str) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Key(key));
        Self(steps)
    }

    /// The n-th of a list below.
    pub fn then_nth(&self, list: &'static str, n: usize) -> Self {
        let mut path = self.then(list);
        path.0.push(Step::Nth(n));
        path
    }

    /// The steps, from the plan on.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if at == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Nth(n) => write!(f, "[{n}]")?,
            }
        }
        Ok(())
    }
}

/// One mistake in a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub at: Path,
    /// The word meant, where it is a part of the value.
    pub word: Option<String>,
    /// What.
    pub wrong: DiagnosticKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiagnosticKind {
    /// An expression does not read.
    #[error(transparent)]
    Expression(#[from] ExpressionError),
    /// An element that no form declares.
    #[error("no form has an element `{0}`")]
    UnknownElement(String),
    /// An agency that the plan does not declare.
    #[error("the plan has no agency `{0}`")]
    UnknownAgency(String),
    /// A unit that the tables do not have.
    #[error("there is no unit {0}")]
    UnknownUnit(String),
    /// An id that is not small letters, digits and underscores.
    #[error("`{0}` is not an id")]
    BadId(String),
    /// An id declared twice.
    #[error("`{0}` is declared twice")]
    Duplicate(String),
    /// Two rows of a form with one number.
    #[error("row {0} stands twice on this form")]
    DuplicateRow(u16),
    /// A row numbered 0.
    #[error("rows are numbered from 1")]
    RowZero,
    /// Not `agency[from..to]`.
    #[error("`{0}` is not agency[from..to]")]
    BadAssignment(String),
    /// The last day lies before the first.
    #[error("the last day lies before the first")]
    DaysReversed,
    /// A form that no reporter of any time fills in.
    #[error("nobody is assigned this form")]
    NobodyAssigned,
    /// No targets, forms or rows.
    #[error("`{0}` is empty")]
    Empty(&'static str),
    /// A threshold is compared with, and none is given.
    #[error("this kind of target needs a threshold")]
    NoThreshold,
    /// A threshold that nothing is compared with.
    #[error("this kind of target has no threshold")]
    UselessThreshold,
    /// A rate or reduction without its denominator.
    #[error("this kind of target needs a denominator")]
    NoDenominator,
    /// A count with a denominator.
    #[error("this kind of target has no denominator")]
    UselessDenominator,
    /// A comparator that this kind of target cannot have.
    #[error("this kind of target is not compared with `{0}`")]
    WrongComparator(&'static str),
    /// A target about five years that does not say which.
    #[error("a target judged over years must name them")]
    NoYears,
    /// The last year lies before the first.
    #[error("the last year lies before the first")]
    YearsReversed,
    /// `prev()`, `last_year()` or a number in a target.
    #[error("a target adds up elements of its own span alone")]
    NotOfThisSpan,
    /// What is there at the end cannot be what the share is taken of.
    #[error("`{0}` is what is there at the end; a share is taken of what there was at the start")]
    StockAtWrongEnd(String),
    /// The denominator of a reduction is a baseline.
    #[error("`{0}` is not a baseline figure")]
    NotABaseline(String),
    /// The element is reported in another calendar than the target is judged in.
    #[error("`{0}` is reported in another calendar ({1})")]
    OtherCalendar(String, String),
    /// A calendar that the plan does not declare.
    #[error("the plan has no calendar `{0}`")]
    UnknownCalendar(String),
    /// The first segment of a calendar begins with a year: those before have no days.
    #[error("the years before {0} have no days")]
    CalendarGap(i16),
    /// A segment does not begin after the one before it: some years have two beginnings.
    #[error("some years have two beginnings")]
    CalendarOverlap,
    /// A month that is none.
    #[error("months are 1 to 12")]
    MonthOutOfRange,
    /// A day that not every month has, or none at all.
    #[error("a month begins on a day from 1 to 28")]
    DayOutOfRange,
    /// A largest figure below 1: none could be entered.
    #[error("the largest figure is below 1")]
    MaximumTooSmall,
    /// The other reading is the reading chosen.
    #[error("the other reading is the one chosen")]
    SameReading,
    /// A rule within a form names an element of another.
    #[error("`{0}` stands on another form")]
    OtherForm(String),
    /// `prev()` or `last_year()` on a form that is filled in once.
    #[error("a form filled in once has nothing before it")]
    NothingBefore,
    /// Parts that contain each other, or bodies that succeed each other.
    #[error("`{0}` leads back to itself")]
    Cycle(String),
    /// A deadline on or before the cut-off.
    #[error("the deadline lies before the cut-off")]
    DeadlineTooSoon,
    /// A deadline that is not after the one of the level below.
    #[error("the deadline is not after that of the level below ({0:?})")]
    DeadlineOrder(Level),
    /// A level reports and has no deadline.
    #[error("there is no deadline for level {0:?}")]
    NoDeadline(Level),
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.wrong)
    }
}

/// Everything that is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, mistake) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            mistake.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// Collects mistakes while a plan is read.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics(Vec<Mistake>);

impl Diagnostics {
    /// Notes one.
    pub(crate) fn note(&mut self, at: Path, wrong: DiagnosticKind) {
        self.0.push(Mistake { at, word: None, wrong });
    }

    /// Notes one about a word within a value.
    pub(crate) fn note_word(&mut self, at: Path, word: &str, wrong: DiagnosticKind) {
        self.0.push(Mistake { at, word: Some(word.to_owned()), wrong });
    }

    /// All of them, or the value where there are none.
    pub(crate) fn close<T>(self, value: T) -> Result<T, Mistakes> {
        if self.0.is_empty() { Ok(value) } else { Err(Mistakes(self.0)) }
    }
}
