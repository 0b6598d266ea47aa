//! When a run against the server is due: one at a time, in the tab that leads, sooner where somebody waits and later where
//! nobody answers. Time and chance are arguments; who drives it has the timers.

/// Milliseconds between two runs that nothing else triggered.
pub const POLL_INTERVAL_MS: u32 = 15_000;
/// Most polls that are left out, however often nobody answered: five minutes.
pub const MAX_SKIPPED_POLLS: u32 = 19;
/// Every so many runs what changes seldom is asked for again, though nothing says that it changed.
const REFRESH: u32 = 4;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// All is said.
    Done,
    /// Nobody answered, or the same may be answered later.
    NoAnswer,
    /// A person has to do something first: to sign in, to make room.
    Waits,
    /// The server refuses for good: the poll does not try again by itself, a person may.
    Refused,
}

/// The tab in which a run begins that somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunIn {
    /// This tab.
    ThisTab,
    /// The tab that leads: it is to be told.
    LeadingTab,
    /// None any more: the person has left.
    NoTab,
}

/// What is known of the runs of this tab.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is true or false whatever the others are")]
pub struct Scheduler {
    leads: bool,
    is_closed: bool,
    is_running: bool,
    /// Asked for while one was running: it follows, unless that one fails.
    again: bool,
    /// A person asked while one was running: it follows, however that one ends.
    is_asked: bool,
    /// The present one is a poll.
    is_poll: bool,
    is_refused: bool,
    is_waking: bool,
    had_profile: bool,
    count: u32,
    /// How many polls in a row were not answered.
    failed: u32,
    skips: u32,
}

impl Scheduler {
    /// This tab syncs for all from now on.
    pub fn lead(&mut self) {
        self.leads = true;
    }

    /// True in the tab that syncs for all.
    pub fn leads(&self) -> bool {
        self.leads
    }

    /// No run begins any more: the person has left.
    pub fn close(&mut self) {
        self.is_closed = true;
    }

    /// True once the person has left.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Something asks for a run: a start, a save, the server's event, the return of the network or of the person.
    pub fn due(&self) -> RunIn {
        match (self.is_closed, self.leads) {
            (true, _) => RunIn::NoTab,
            (false, true) => RunIn::ThisTab,
            (false, false) => RunIn::LeadingTab,
        }
    }

    /// Somebody waits: where one is running, another follows it, however it ends.
    pub fn ask(&mut self) {
        self.is_asked = self.is_running;
    }

    /// The time of a poll has come; true where it is to be made.
    pub fn poll(&mut self) -> bool {
        let is_skipped = self.skips > 0;
        self.skips = self.skips.saturating_sub(1);
        !is_skipped && !self.is_refused
    }

    /// True where a run may begin, a poll or another; where one is running, another follows it.
    pub fn begin(&mut self, is_poll: bool) -> bool {
        if self.is_closed || !self.leads {
            return false;
        }
        if self.is_running {
            self.again = true;
            return false;
        }
        (self.is_running, self.again, self.is_asked, self.is_poll) = (true, false, false, is_poll);
        self.count = self.count.wrapping_add(1);
        true
    }

    /// A run ended, and the server asked to be left alone for so many seconds. True where another begins right now.
    pub fn end(&mut self, how: Ended, retry_after: u32) -> bool {
        let is_done = how == Ended::Done;
        self.is_refused = how == Ended::Refused;
        if is_done {
            (self.failed, self.skips) = (0, 0);
        }
        if self.is_poll && how == Ended::NoAnswer {
            self.failed += 1;
            self.skips = self.skips.max((1 << self.failed.min(5)) - 1);
        }
        let asked = retry_after.saturating_mul(1_000).div_ceil(POLL_INTERVAL_MS);
        self.skips = self.skips.max(asked).min(MAX_SKIPPED_POLLS);
        self.is_running = self.is_asked || is_done && self.again;
        (self.again, self.is_asked, self.is_poll) = (false, false, false);
        self.is_running
    }

    /// Milliseconds until the next poll: never all devices at once. `jitter` is chance, from 0 to 1.
    pub fn pause(jitter: f64) -> u32 {
        POLL_INTERVAL_MS + (f64::from(POLL_INTERVAL_MS) * 0.3 * jitter.clamp(0.0, 1.0)) as u32
    }

    /// The next op may leave in `next` milliseconds: after how many to run, unless that is waited for already.
    pub fn wake(&mut self, next: Option<f64>) -> Option<u32> {
        let next = next.filter(|_| self.leads && !self.is_waking)?;
        self.is_waking = true;
        Some(next as u32 + 1)
    }

    /// That time is over.
    pub fn woke(&mut self) {
        self.is_waking = false;
    }

    /// True where what changes seldom is to be asked for in this run.
    pub fn is_refresh(&self) -> bool {
        self.count.is_multiple_of(REFRESH)
    }

    /// True where person, plan and day are to be asked for in this run: at a start, where [`Scheduler::want_profile`] says so,
    /// and about every minute.
    pub fn asks_for_profile(&self) -> bool {
        !self.had_profile || self.is_refresh()
    }

    /// Whether the next run asks for person, plan and day: the person or the network came back, or another day began.
    pub fn want_profile(&mut self, wants: bool) {
        self.had_profile = !wants;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leading() -> Scheduler {
        let mut scheduler = Scheduler::default();
        scheduler.lead();
        scheduler
    }

    /// Polls until one is made; gives how many were left out before it.
    fn left_out(scheduler: &mut Scheduler) -> u32 {
        (0..1_000).find(|_| scheduler.poll()).expect("it tries again some day")
    }

    #[test]
    fn the_tab_that_leads_runs_and_others_tell_it() {
        let mut tab = Scheduler::default();
        assert_eq!((tab.due(), tab.begin(false), tab.wake(Some(5.0))), (RunIn::LeadingTab, false, None));
        tab.lead();
        assert_eq!((tab.due(), tab.begin(false)), (RunIn::ThisTab, true));
        tab.close();
        assert_eq!((tab.due(), tab.begin(false)), (RunIn::NoTab, false));
    }

    #[test]
    fn what_is_asked_for_during_a_run_follows_it_once() {
        let mut tab = leading();
        assert!(tab.begin(false));
        assert!(!tab.begin(false) && !tab.begin(false));
        assert!(tab.end(Ended::Done, 0), "another one follows");
        assert!(!tab.end(Ended::Done, 0));
        assert!(tab.begin(false));
    }

    #[test]
    fn after_a_failure_the_poll_comes_first_unless_a_person_asked() {
        for how in [Ended::NoAnswer, Ended::Waits, Ended::Refused] {
            let mut tab = leading();
            assert!(tab.begin(false) && !tab.begin(false));
            assert!(!tab.end(how, 0), "{how:?}");
            assert!(tab.begin(false));
            tab.ask();
            assert!(tab.end(how, 0), "{how:?}");
            assert!(!tab.end(how, 0), "{how:?}");
        }
        let mut tab = leading();
        // Who asks while nothing runs gets the run that begins then, and no second one.
        tab.ask();
        assert!(tab.begin(false) && !tab.end(Ended::Done, 0));
    }

    #[test]
    fn polls_are_left_out_the_longer_nobody_answers_and_none_once_somebody_did() {
        let mut tab = leading();
        let mut gaps = Vec::new();
        for _ in 0..7 {
            assert!(tab.begin(true));
            tab.end(Ended::NoAnswer, 0);
            gaps.push(left_out(&mut tab));
        }
        assert_eq!(gaps, [1, 3, 7, 15, 19, 19, 19]);
        assert!(tab.begin(true));
        tab.end(Ended::Done, 0);
        assert_eq!(left_out(&mut tab), 0);
        // A run that somebody asked for says nothing of how often to ask by oneself.
        assert!(tab.begin(false));
        tab.end(Ended::NoAnswer, 0);
        assert_eq!(left_out(&mut tab), 0);
    }

    #[test]
    fn a_server_is_left_alone_for_as_long_as_it_asks_and_five_minutes_at_most() {
        for (seconds, polls) in [(1, 1), (15, 1), (16, 2), (60, 4), (u32::MAX, MAX_SKIPPED_POLLS)] {
            let mut tab = leading();
            assert!(tab.begin(false));
            tab.end(Ended::NoAnswer, seconds);
            assert_eq!(left_out(&mut tab), polls, "{seconds} s");
        }
    }

    #[test]
    fn what_is_refused_for_good_is_tried_again_by_a_person_alone() {
        let mut tab = leading();
        assert!(tab.begin(true));
        tab.end(Ended::Refused, 0);
        assert!((0..100).all(|_| !tab.poll()));
        assert!(tab.begin(false));
        tab.end(Ended::Done, 0);
        assert!(tab.poll());
    }

    #[test]
    fn one_waking_at_a_time_is_waited_for() {
        let mut tab = leading();
        assert_eq!(tab.wake(None), None);
        assert_eq!(tab.wake(Some(4_999.5)), Some(5_000));
        assert_eq!(tab.wake(Some(10.0)), None);
        tab.woke();
        assert_eq!(tab.wake(Some(10.0)), Some(11));
    }

    #[test]
    fn the_profile_is_asked_for_at_a_start_where_wanted_and_every_fourth_run() {
        let mut tab = leading();
        let mut asked = Vec::new();
        for nth in 1..=8 {
            assert!(tab.begin(false));
            asked.push(tab.asks_for_profile());
            tab.want_profile(nth == 5);
            tab.end(Ended::Done, 0);
        }
        assert_eq!(asked, [true, false, false, true, false, true, false, true]);
    }

    #[test]
    fn polls_of_many_devices_are_spread() {
        assert_eq!([0.0, 0.5, 1.0, 9.0].map(Scheduler::pause), [15_000, 17_250, 19_500, 19_500]);
    }
}
