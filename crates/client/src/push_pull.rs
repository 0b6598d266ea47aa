//! A run against the server, without the wire: push what waits, pull what is new.
//!
//! [`PushPull`] says what comes next, and is told what came of it. Whoever drives it has the requests, the database and
//! the clock; what is sent, in which form, how much of it after a refusal, and when it is enough, is decided here.

use chitieu_sync::Op;
use chitieu_sync::message::{MOST_OPS, PullRequest, PullResponse, PushRequest, PushResponse};
use chitieu_sync::packed_push;
use chitieu_sync::portion::{Portion, Refused, is_about_ops};
use chitieu_sync::replica::{CellKey, Change, Replica, SubmissionKey};
use uuid::Uuid;

/// What comes next in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Store what [`PushPull::changes`] makes of the replica, in one transaction; then [`PushPull::written`].
    Write,
    /// `POST sync/push` with this body; then [`PushPull::pushed`] or [`PushPull::refused`].
    Push(String),
    /// `POST sync/pull`; then [`PushPull::pulled`] or [`PushPull::refused`].
    Pull(PullRequest),
    /// All is said.
    Done,
}

/// What the server's program was found to take. It holds until this program ends; a server may be put back or exchanged
/// meanwhile, so that it is no more than a beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    portion: Portion,
    /// A push by columns was refused.
    is_plain: bool,
}

/// What a run is given.
#[derive(Debug, Clone)]
pub struct Terms {
    /// What was found by the runs before.
    pub limits: Limits,
    /// Most ops of a push, [`MOST_OPS`] at most; with 0 nothing is sent.
    pub most: usize,
    /// The server says that it takes pushes by columns.
    pub packs: bool,
    /// What is asked of a pull. Where the device stands is filled in.
    pub pull: PullRequest,
    /// A new name for the database, in case it is a copy of another device's.
    pub fresh: Uuid,
    /// Writes a time, in milliseconds since 1970, as this device's ops have it.
    pub time_of: fn(u64) -> String,
}

/// A run.
#[derive(Debug, Clone)]
pub struct PushPull {
    terms: Terms,
    phase: Phase,
    is_renamed: bool,
    says_new: bool,
    answered: usize,
    heard: usize,
}

/// What is under way.
#[derive(Debug, Clone, Default)]
enum Phase {
    #[default]
    Ended,
    /// Ops are chosen and frozen on disk: whatever happens after, they never change again.
    Freeze(Vec<Op>),
    /// They are on their way.
    Push {
        ops: Vec<Op>,
        cursor: Option<String>,
        is_packed: bool,
    },
    /// An op was refused alone: a push without ops tells whether it is this one that is not taken.
    Probe(Uuid, String),
    PassOver(Uuid, String),
    Rename,
    Results(PushResponse),
    /// A page was asked for from this cursor.
    Pull(Option<String>),
    Page(PullResponse, Option<String>),
    /// The server's time.
    Forget(String),
}

impl PushPull {
    /// A run begins, with [`Step::Write`].
    pub fn new(terms: Terms) -> Self {
        let phase = Phase::Freeze(Vec::new());
        Self { terms, phase, is_renamed: false, says_new: false, answered: 0, heard: 0 }
    }

    /// What the server's program was found to take.
    pub fn limits(&self) -> Limits {
        self.terms.limits
    }

    /// How many ops were answered so far.
    pub fn answered(&self) -> usize {
        self.answered
    }

    /// How many events were told so far.
    pub fn heard(&self) -> usize {
        self.heard
    }

    /// What is to be stored now; asked again about a replica that has caught up, it is made anew. `is_ripe` tells whether
    /// an op that never left may leave; `cells_of_others` names the cells of a form that leave the device with it
    /// ([`Replica::let_go`]).
    pub fn changes(
        &mut self,
        replica: &mut Replica,
        is_ripe: &dyn Fn(Uuid) -> bool,
        cells_of_others: &dyn Fn(&SubmissionKey) -> Vec<CellKey>,
    ) -> Vec<Change> {
        match &mut self.phase {
            Phase::Freeze(ops) => {
                let most = self.terms.most.min(self.terms.limits.portion.most()).min(MOST_OPS);
                let (changes, next) = replica.next_push(most, is_ripe);
                *ops = next;
                changes
            }
            Phase::Rename => replica.rename(self.terms.fresh),
            Phase::PassOver(op_id, why) => replica.pass_over(*op_id, why),
            Phase::Results(answer) => {
                let changes = replica.on_results(&answer.results, answer.epoch, &answer.at);
                self.says_new = replica.says_new(&changes);
                changes
            }
            Phase::Page(page, asked) => {
                let mut changes = replica.on_page(page.clone());
                changes.extend(replica.let_go(&changes, cells_of_others));
                // A page that says nothing new but where we stand is not worth a flush.
                let says_nothing =
                    |c: &Change| matches!(c, Change::Cursor(cursor, _) if Some(cursor) == asked.as_ref());
                if changes.iter().all(says_nothing) { Vec::new() } else { changes }
            }
            Phase::Forget(now) => replica.forget_sent(now),
            Phase::Ended | Phase::Push { .. } | Phase::Probe(..) | Phase::Pull(_) => Vec::new(),
        }
    }

    /// It is stored.
    pub fn written(&mut self, replica: &Replica) -> Step {
        match std::mem::take(&mut self.phase) {
            Phase::Freeze(ops) if !ops.is_empty() => {
                let cursor = replica.cursor().map(str::to_owned);
                let takes_packed = self.terms.packs && !self.terms.limits.is_plain;
                let packed = || packed_push::pack(&ops, cursor.as_deref(), &self.terms.time_of);
                match takes_packed.then(packed).flatten() {
                    Some(body) => {
                        self.phase = Phase::Push { ops, cursor, is_packed: true };
                        Step::Push(body)
                    }
                    None => self.push_plain(ops, cursor),
                }
            }
            Phase::Rename | Phase::PassOver(..) => self.freeze(),
            Phase::Results(answer) => {
                self.answered += answer.results.len();
                // What is held and what an older lifetime of the server says is asked again at another run.
                if self.says_new { self.freeze() } else { self.pull(replica) }
            }
            Phase::Page(page, _) if !page.has_more => {
                self.phase = Phase::Forget(page.at);
                Step::Write
            }
            Phase::Freeze(_) | Phase::Page(..) => self.pull(replica),
            Phase::Forget(_) | Phase::Ended | Phase::Push { .. } | Phase::Probe(..) | Phase::Pull(_) => {
                Step::Done
            }
        }
    }

    /// A push was answered.
    pub fn pushed(&mut self, answer: PushResponse) -> Step {
        self.phase = match std::mem::take(&mut self.phase) {
            Phase::Push { ops, .. } => {
                self.terms.limits.portion.taken(ops.len());
                Phase::Results(answer)
            }
            Phase::Probe(op_id, why) => Phase::PassOver(op_id, why),
            _ => return Step::Done,
        };
        Step::Write
    }

    /// A page is here.
    pub fn pulled(&mut self, page: PullResponse) -> Step {
        let Phase::Pull(asked) = std::mem::take(&mut self.phase) else { return Step::Done };
        self.heard += page.events.len();
        self.phase = Phase::Page(page, asked);
        Step::Write
    }

    /// The request brought nothing: none where the run ends with that. `status` is none where nobody answered or the answer
    /// does not read, `code` the problem's, `said` what a person is shown of it.
    pub fn refused(
        &mut self,
        replica: &mut Replica,
        status: Option<u16>,
        code: &str,
        said: &dyn Fn() -> String,
    ) -> Option<Step> {
        match std::mem::take(&mut self.phase) {
            // Somebody copied this profile: from now on it has a name of its own.
            Phase::Push { .. } if code == "device_cloned" && !self.is_renamed => {
                self.is_renamed = true;
                self.phase = Phase::Rename;
                Some(Step::Write)
            }
            // It may be a server that was put back: from now on, what every server reads.
            Phase::Push { ops, cursor, is_packed: true } if matches!(status, Some(400 | 415)) => {
                self.terms.limits.is_plain = true;
                Some(self.push_plain(ops, cursor))
            }
            Phase::Push { ops, cursor, .. } if is_about_ops(status, code) => {
                match self.terms.limits.portion.refused(ops.len()) {
                    Refused::Split => Some(self.freeze()),
                    // Where not even a push without ops is taken, it is not for this op.
                    Refused::Alone => {
                        self.phase = Phase::Probe(ops.first()?.op_id, said());
                        Some(Step::Push(plain(&PushRequest { ops: Vec::new(), cursor })))
                    }
                }
            }
            // It is of an earlier lifetime: all is read anew.
            Phase::Pull(Some(_)) if code == "cursor_gone" => {
                replica.start_over();
                Some(self.pull(replica))
            }
            _ => None,
        }
    }

    fn freeze(&mut self) -> Step {
        self.phase = Phase::Freeze(Vec::new());
        Step::Write
    }

    fn push_plain(&mut self, ops: Vec<Op>, cursor: Option<String>) -> Step {
        let request = PushRequest { ops, cursor };
        let body = plain(&request);
        let PushRequest { ops, cursor } = request;
        self.phase = Phase::Push { ops, cursor, is_packed: false };
        Step::Push(body)
    }

    fn pull(&mut self, replica: &Replica) -> Step {
        let cursor = replica.cursor().map(str::to_owned);
        self.phase = Phase::Pull(cursor.clone());
        let (device_id, held) = (Some(replica.device_id()), replica.held());
        Step::Pull(PullRequest { cursor, device_id, held, ..self.terms.pull.clone() })
    }
}

/// The body of a push in the form that every server reads.
fn plain(request: &PushRequest) -> String {
    serde_json::to_string(request).expect("texts, numbers and lists of them are JSON")
}
