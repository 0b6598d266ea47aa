//! What can happen.

/// What happens. Numbers choose among what there is.
#[derive(Debug, Clone)]
pub enum Action {
    Edit {
        device: usize,
        tab: usize,
        cell: usize,
        value: i64,
        quota: bool,
    },
    /// Of an entity of a kind, a field that the value chooses.
    Change {
        device: usize,
        tab: usize,
        kind: usize,
        value: usize,
        settles: bool,
    },
    TakeBack {
        device: usize,
        tab: usize,
        cell: usize,
    },
    Resolve {
        device: usize,
        cell: usize,
        value: i64,
    },
    Submit {
        device: usize,
        form: usize,
    },
    Return {
        form: usize,
    },
    Send {
        device: usize,
        most: usize,
        holds: bool,
    },
    Deliver {
        nth: usize,
    },
    Repeat {
        nth: usize,
    },
    Lose {
        nth: usize,
    },
    Commit {
        nth: usize,
        replies: bool,
    },
    Answer {
        nth: usize,
    },
    AskPage {
        device: usize,
        limit: usize,
    },
    TakePage {
        device: usize,
        crash: bool,
    },
    CrashDevice {
        device: usize,
    },
    OpenTab {
        device: usize,
    },
    CloseTab {
        device: usize,
        tab: usize,
    },
    Hear {
        device: usize,
        tab: usize,
        lost: bool,
    },
    CrashServer,
    BackUp,
    Restore {
        nth: usize,
    },
    Copy {
        device: usize,
    },
    /// The server's program is exchanged for one that cannot take some ops.
    Program {
        is: Program,
    },
    TurnRole,
    NewPlan,
    ClockJumps {
        device: usize,
        minutes: i64,
    },
}

/// What the server's program makes of strange ops ([`super::request::is_strange`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// It takes them as any other.
    Takes,
    /// It knows no such op and says so for that op.
    Defers,
    /// It refuses the request that has one.
    Refuses,
}
