//! How a turn of a task stands: from its days and from what was reported.

use crate::plan::TaskKind;
use chrono::NaiveDate;

/// The days of a turn; none where nobody set one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dates {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day on which its report is in time.
    pub due: Option<NaiveDate>,
}

/// How far a unit says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Not begun.
    NotStarted,
    /// Under way.
    Doing,
    /// Done, on this day.
    Done(NaiveDate),
    /// There was nothing to report.
    Nothing,
}

/// What is known of the report on a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Said {
    /// How far the unit says it is; none where it has not said.
    pub progress: Option<Progress>,
    /// The day on which it was sent and not sent back since.
    pub sent: Option<NaiveDate>,
    /// True where a reviewer approved it.
    pub is_approved: bool,
    /// The later day that was granted.
    pub extended: Option<NaiveDate>,
}

/// How a turn stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    /// It is past its day, and nothing was ever said.
    NotReported,
    /// It is past its day, and not done or not sent.
    Overdue,
    /// Nothing was said yet; there is time.
    NotStarted,
    /// Under way, in time.
    Doing,
    /// Done after its day.
    DoneLate,
    /// Done, or, of a task without end, reported for the period.
    Done,
    /// Nothing to report in this turn, and said so.
    Nothing,
}

/// What turns are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Not done, and its day is to come.
    OnTime,
    /// Past its day with something said.
    Late,
    /// Past its day with nothing said.
    NotReported,
    /// Done, in time or late, or nothing to do.
    Done,
}

impl Standing {
    /// Every one of them, the most pressing first.
    pub const ALL: [Self; 7] = [
        Self::NotReported,
        Self::Overdue,
        Self::NotStarted,
        Self::Doing,
        Self::DoneLate,
        Self::Done,
        Self::Nothing,
    ];

    /// What it is counted by.
    pub fn group(self) -> Group {
        match self {
            Self::NotReported => Group::NotReported,
            Self::Overdue => Group::Late,
            Self::NotStarted | Self::Doing => Group::OnTime,
            Self::DoneLate | Self::Done | Self::Nothing => Group::Done,
        }
    }
}

impl Group {
    /// Every one of them, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::OnTime, Self::Late, Self::NotReported, Self::Done];
}

/// How a turn stands on `today`. A report counts once it was sent: a draft, and one that was sent back, leaves the turn as late
/// as it is. A task without end is never done: sending its report for the period is what is asked.
pub fn standing(kind: TaskKind, dates: Dates, said: &Said, today: NaiveDate) -> Standing {
    // The later one holds: an extension never takes days away.
    let due = dates.due.map(|due| said.extended.map_or(due, |extended| extended.max(due)));
    let is_after = |day: NaiveDate| due.is_some_and(|due| day > due);
    let done = |on: NaiveDate| if is_after(on) { Standing::DoneLate } else { Standing::Done };
    match (said.sent, said.progress) {
        (Some(_), Some(Progress::Nothing)) => return Standing::Nothing,
        (Some(_), Some(Progress::Done(on))) => return done(on),
        (Some(sent), _) if kind == TaskKind::Continuous => return done(sent),
        _ => {}
    }
    let has_begun = matches!(said.progress, Some(Progress::Doing | Progress::Done(_)));
    match (is_after(today), said.progress) {
        (true, None) => Standing::NotReported,
        (true, Some(_)) => Standing::Overdue,
        (false, _) if has_begun => Standing::Doing,
        (false, _) => Standing::NotStarted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
    }

    const DATES: fn() -> Dates = || Dates { from: Some(day(7, 1)), due: Some(day(10, 5)) };

    fn of(kind: TaskKind, said: Said, today: NaiveDate) -> Standing {
        standing(kind, DATES(), &said, today)
    }

    #[test]
    fn what_is_past_its_day_is_late_though_nobody_says_so() {
        let doing = Said { progress: Some(Progress::Doing), ..Said::default() };
        assert_eq!(of(TaskKind::Annual, doing, day(10, 5)), Standing::Doing);
        assert_eq!(of(TaskKind::Annual, doing, day(10, 6)), Standing::Overdue);
        assert_eq!(of(TaskKind::Annual, Said::default(), day(10, 5)), Standing::NotStarted);
        assert_eq!(of(TaskKind::Annual, Said::default(), day(10, 6)), Standing::NotReported);
    }

    #[test]
    fn done_counts_by_the_day_it_was_done_and_only_once_it_was_sent() {
        let done = |on| Said { progress: Some(Progress::Done(on)), ..Said::default() };
        let sent = |on, sent| Said { sent: Some(sent), ..done(on) };
        assert_eq!(of(TaskKind::OneOff, done(day(9, 1)), day(10, 6)), Standing::Overdue);
        assert_eq!(of(TaskKind::OneOff, sent(day(9, 1), day(10, 20)), day(10, 20)), Standing::Done);
        assert_eq!(of(TaskKind::OneOff, sent(day(10, 6), day(10, 6)), day(10, 20)), Standing::DoneLate);
    }

    #[test]
    fn a_task_without_end_is_asked_for_its_report_and_no_more() {
        let sent = |on| Said { progress: Some(Progress::Doing), sent: Some(on), ..Said::default() };
        assert_eq!(of(TaskKind::Continuous, sent(day(10, 5)), day(10, 6)), Standing::Done);
        assert_eq!(of(TaskKind::Continuous, sent(day(10, 6)), day(10, 6)), Standing::DoneLate);
        assert_eq!(of(TaskKind::Annual, sent(day(10, 5)), day(10, 6)), Standing::Overdue);
    }

    #[test]
    fn an_extension_gives_days_and_never_takes_any() {
        let extended = |to| Said { progress: Some(Progress::Doing), extended: Some(to), ..Said::default() };
        assert_eq!(of(TaskKind::OneOff, extended(day(11, 1)), day(10, 20)), Standing::Doing);
        assert_eq!(of(TaskKind::OneOff, extended(day(11, 1)), day(11, 2)), Standing::Overdue);
        assert_eq!(of(TaskKind::OneOff, extended(day(8, 1)), day(10, 5)), Standing::Doing);
    }

    #[test]
    fn nothing_to_report_is_an_answer_once_it_was_sent() {
        let nothing = Said { progress: Some(Progress::Nothing), ..Said::default() };
        assert_eq!(of(TaskKind::Continuous, nothing, day(10, 6)), Standing::Overdue);
        let sent = Said { sent: Some(day(10, 7)), ..nothing };
        assert_eq!(of(TaskKind::Continuous, sent, day(10, 7)), Standing::Nothing);
    }

    #[test]
    fn what_nobody_gave_a_day_is_never_late() {
        let today = day(12, 31);
        assert_eq!(
            standing(TaskKind::OneOff, Dates::default(), &Said::default(), today),
            Standing::NotStarted
        );
    }
}
