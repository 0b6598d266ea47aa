//! Pushes that wait while others are written go together, in one transaction: 200 devices that come back at once then wait
//! for a few flushes of the disk instead of 200.

use super::{PushError, Sender, SentBatch, Taken};
use crate::store::Store;
use crate::store::database::WRITE_WAIT;
use crate::store::error::{StoreError, Trouble};
use chitieu_domain::Model;
use chitieu_sync::Op;
use chitieu_sync::cooperation::Cooperation;
use chitieu_sync::grants::Grants;
use chitieu_sync::incoming::Malformed;
use chitieu_sync::ledger::{MOST_REFUSALS, Push};
use chitieu_sync::message::MOST_OPS;
use chitieu_sync::plans::Accepted;
use chrono::NaiveDate;
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Most ops of a group; one push may have as many alone.
const MOST_OF_GROUP: usize = MOST_OPS;

/// A push that outlives its request.
pub struct Request {
    /// Plan and units.
    pub model: Arc<Model>,
    /// The versions of the plan that ops may name.
    pub plans: Arc<Accepted>,
    /// User name.
    pub author: String,
    /// The author's rights.
    pub grants: Grants,
    /// The reports of others that the author fills in with them.
    pub cooperation: Cooperation,
    /// Reads that an op is deferred; v0.1.0 does not.
    pub defers: bool,
    /// Today.
    pub today: NaiveDate,
    /// Now, by the server's clock (RFC 3339).
    pub at: String,
    /// The ops that read.
    pub ops: Vec<Op>,
    /// Those that do not.
    pub malformed: Vec<Malformed>,
}

impl Request {
    fn batch(&self) -> SentBatch<'_> {
        let push = Push {
            model: &self.model,
            plans: &self.plans,
            grants: &self.grants,
            cooperation: &self.cooperation,
            today: self.today,
            at: &self.at,
            // It is looked up where it is judged.
            epoch: 0,
            malformed: &self.malformed,
            refusals: MOST_REFUSALS,
        };
        SentBatch { push, sender: Sender { author: &self.author, defers: self.defers }, ops: &self.ops }
    }
}

/// A request, and who waits for its answer.
struct Waiting {
    request: Request,
    answer: oneshot::Sender<Result<Taken, PushError>>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Waiting>,
    is_running: bool,
}

impl State {
    /// Takes out the next group: as many in their order as fit, no two of one author or with a stream in common. Whoever has
    /// to wait for one of them is not overtaken by later pushes on the same streams.
    fn next_group(&mut self) -> Vec<Waiting> {
        let (mut authors, mut streams, mut count) = (BTreeSet::new(), BTreeSet::new(), 0);
        let (mut group, mut left) = (Vec::new(), VecDeque::new());
        // Nobody waits any more for the answer to one whose request was broken off.
        for waiting in self.waiting.drain(..).filter(|waiting| !waiting.answer.is_closed()) {
            let Request { author, ops, .. } = &waiting.request;
            let own: BTreeSet<_> = ops.iter().map(|op| op.stream.clone()).collect();
            let is_apart = !authors.contains(author) && own.is_disjoint(&streams);
            let has_room = group.is_empty() || count + ops.len() <= MOST_OF_GROUP;
            authors.insert(author.clone());
            streams.extend(own);
            if is_apart && has_room {
                count += ops.len();
                group.push(waiting);
            } else {
                left.push_back(waiting);
            }
        }
        self.waiting = left;
        group
    }
}

/// The pushes of a server that wait, shared by its requests.
#[derive(Clone, Default)]
pub struct Queue(Arc<Mutex<State>>);

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Judges a push and keeps everything about it, or nothing, together with others that wait.
    pub async fn push(&self, store: &Store, request: Request) -> Result<Taken, PushError> {
        let (answer, answered) = oneshot::channel();
        let begins = {
            let mut state = self.state();
            state.waiting.push_back(Waiting { request, answer });
            !std::mem::replace(&mut state.is_running, true)
        };
        if begins {
            let running = Running(self.clone());
            let store = store.clone();
            tokio::spawn(async move { running.run(&store).await });
        }
        match tokio::time::timeout(WRITE_WAIT, answered).await {
            Ok(Ok(answer)) => answer,
            // The task ended in a panic.
            Ok(Err(_)) => Err(StoreError::Trouble(Trouble::Gone).into()),
            Err(_) => Err(StoreError::Trouble(Trouble::Busy).into()),
        }
    }
}

/// What writes until nothing waits.
struct Running(Queue);

impl Drop for Running {
    fn drop(&mut self) {
        // The next push begins another.
        if std::thread::panicking() {
            self.0.state().is_running = false;
        }
    }
}

impl Running {
    async fn run(self, store: &Store) {
        loop {
            let group = {
                let mut state = self.0.state();
                let group = state.next_group();
                // A push that comes after this begins another run.
                if group.is_empty() {
                    state.is_running = false;
                    return;
                }
                group
            };
            write(store, group).await;
        }
    }
}

/// Writes a group, or where that fails each for itself, so that none is refused for what another one has in it.
async fn write(store: &Store, group: Vec<Waiting>) {
    if group.len() > 1 {
        let sent: Vec<SentBatch<'_>> = group.iter().map(|waiting| waiting.request.batch()).collect();
        if let Ok(taken) = store.push_all(&sent).await {
            for (waiting, taken) in group.into_iter().zip(taken) {
                waiting.answer.send(Ok(taken)).ok();
            }
            return;
        }
    }
    for Waiting { request, answer } in group {
        let SentBatch { push, sender, ops } = request.batch();
        let taken = store.push(&push, sender, ops).await;
        answer.send(taken).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::plan_file;
    use chitieu_sync::{Base, OpBody};
    use uuid::Uuid;

    /// A push of so many ops on a reporter, and what is kept open by whoever waits for it.
    fn waiting(
        author: &str,
        reporter: &str,
        ops: usize,
    ) -> (Waiting, oneshot::Receiver<Result<Taken, PushError>>) {
        static PLAN: std::sync::LazyLock<Arc<Model>> = std::sync::LazyLock::new(|| {
            plan_file::load(plan_file::HUNG_YEN_188).expect("the plan loads").model
        });
        let period = "2026-10".parse().expect("a period");
        let body = OpBody::Figure {
            period,
            element: "e".into(),
            value: Some(1),
            estimated: false,
            cleared: false,
            resolves: Vec::new(),
        };
        let op = Op {
            op_id: Uuid::from_u128(1),
            device_id: Uuid::from_u128(1),
            device_seq: 1,
            author: author.into(),
            stream: reporter.parse().expect("a stream"),
            base: Base::Rev(0),
            plan: String::new(),
            entered_at: String::new(),
            reason: None,
            note: None,
            body,
        };
        let request = Request {
            model: Arc::clone(&PLAN),
            plans: Arc::new(Accepted::only("plan-1")),
            author: author.into(),
            grants: Grants::default(),
            cooperation: Cooperation::default(),
            defers: true,
            today: NaiveDate::default(),
            at: String::new(),
            ops: vec![op; ops],
            malformed: Vec::new(),
        };
        let (answer, answered) = oneshot::channel();
        (Waiting { request, answer }, answered)
    }

    const A: &str = "police_commune:11977@2025-07-01";
    const B: &str = "police_commune:11980@2025-07-01";
    const C: &str = "police_commune:11983@2025-07-01";

    /// The groups in which these are written, by author.
    fn groups(pushes: Vec<(&str, &str, usize)>) -> Vec<Vec<String>> {
        let (waiting, open): (VecDeque<_>, Vec<_>) =
            pushes.into_iter().map(|(author, reporter, ops)| waiting(author, reporter, ops)).unzip();
        let mut state = State { waiting, is_running: true };
        let mut groups = Vec::new();
        loop {
            let group = state.next_group();
            if group.is_empty() {
                break;
            }
            groups.push(group.into_iter().map(|waiting| waiting.request.author).collect());
        }
        drop(open);
        groups
    }

    #[test]
    fn what_has_no_stream_in_common_goes_together() {
        assert_eq!(groups(vec![("a", A, 1), ("b", B, 2), ("c", C, 3)]), [["a", "b", "c"]]);
    }

    #[test]
    fn nobody_is_overtaken_on_a_stream_or_by_an_own_later_push() {
        let all = vec![("a", A, 1), ("b", A, 1), ("c", A, 1), ("a", B, 1), ("d", C, 1)];
        assert_eq!(groups(all), [vec!["a", "d"], vec!["b", "a"], vec!["c"]]);
    }

    #[test]
    fn a_group_has_no_more_ops_than_a_full_push() {
        let all = vec![("a", A, MOST_OPS), ("b", B, 1), ("c", C, MOST_OPS - 1)];
        assert_eq!(groups(all), [vec!["a"], vec!["b", "c"]]);
    }

    #[test]
    fn a_request_that_was_broken_off_while_it_waited_is_not_written() {
        let ((gone, left), (kept, _open)) = (waiting("a", A, 1), waiting("b", B, 1));
        drop(left);
        let mut state = State { waiting: [gone, kept].into(), is_running: true };
        let group = state.next_group();
        assert_eq!(group.len(), 1);
        assert_eq!(group[0].request.author, "b");
    }
}
