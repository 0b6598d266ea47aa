//! What can happen.

use chitieu_sync::OpBody;
use chitieu_sync::replica::CellKey;
use uuid::Uuid;

/// What happens. Numbers choose among what there is.
#[derive(Debug, Clone)]
pub enum Action {
    Edit {
        device: usize,
        tab: usize,
        cell: usize,
        given: Given,
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
        given: Given,
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

/// What a person does to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// A number.
    Counted(i64),
    /// A number that is estimated.
    Estimated(i64),
    /// A number with a remark.
    Noted(i64),
    /// Nothing any more.
    Cleared,
}

impl Given {
    pub fn act(self, key: &CellKey, resolves: Vec<Uuid>) -> OpBody {
        let value = match self {
            Self::Counted(value) | Self::Estimated(value) | Self::Noted(value) => Some(value),
            Self::Cleared => None,
        };
        let (period, element, cleared) = (key.period, key.element.clone(), value.is_none());
        OpBody::Figure {
            period,
            element,
            value,
            estimated: matches!(self, Self::Estimated(_)),
            cleared,
            resolves,
        }
    }

    pub fn note(self) -> Option<String> {
        matches!(self, Self::Noted(_)).then(|| "seen".into())
    }
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
    /// It reads no push by columns.
    ReadsPlain,
}
