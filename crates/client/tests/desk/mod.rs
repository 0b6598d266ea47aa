//! A desk: a device with tabs on one database, and a server in memory that may refuse.

#![allow(dead_code, reason = "each test needs some of it")]

mod body;
#[path = "../../../sync/tests/support/mod.rs"]
pub mod support;

use chitieu_client::push_pull::{Limits, PushPull, Step, Terms};
use chitieu_client::transaction;
use chitieu_sync::memory::Memory;
use chitieu_sync::message::{PullRequest, PullResponse, PushResponse};
use chitieu_sync::replica::rows::MemoryStore;
use chitieu_sync::replica::{CellKey, Change, Replica};
use chitieu_sync::{Op, OpBody};
use chrono::DateTime;
use futures_util::FutureExt;
use std::sync::LazyLock;
use support::{NOW, Office, PLAN, reporter};
use uuid::{Builder, Uuid};

pub static OFFICE: LazyLock<Office> = LazyLock::new(Office::new);

/// What a store in memory gives: nobody waits for it.
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("memory answers at once")
}

pub fn time_of(milliseconds: u64) -> String {
    let seconds = DateTime::from_timestamp((milliseconds / 1_000) as i64, 0).expect("a time of this century");
    format!("{:?}.{:03}Z", seconds.naive_utc(), milliseconds % 1_000)
}

/// An id as a device makes it at a time.
pub fn id_at(milliseconds: u64) -> Uuid {
    let bits = milliseconds.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    let bits = [bits.as_slice(), &bits[..2]].concat().try_into().expect("ten bytes");
    Builder::from_unix_timestamp_millis(milliseconds, &bits).into_uuid()
}

/// Why a request brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub Option<u16>, pub &'static str);

/// A push as it came: by columns or not, and how many ops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    Packed(usize),
    Plain(usize),
}

/// A server, and what it refuses.
pub struct Server {
    pub memory: Memory,
    /// What a push by columns is refused with.
    pub on_packed: Option<u16>,
    /// Values of figures with which no push is taken.
    pub culprits: Vec<i64>,
    /// What each push is refused with.
    pub on_any: Option<Refusal>,
    /// What each pull is refused with.
    pub on_pull: Option<Refusal>,
    /// The pushes that came.
    pub came: Vec<Came>,
    pub pulls: usize,
}

impl Server {
    pub fn new() -> Self {
        let memory = Memory::new(1);
        let (culprits, came) = (Vec::new(), Vec::new());
        Self { memory, on_packed: None, culprits, on_any: None, on_pull: None, came, pulls: 0 }
    }

    pub fn push(&mut self, body: &str) -> Result<PushResponse, Refusal> {
        let (ops, is_packed) = body::read("lan", body);
        self.came.push(if is_packed { Came::Packed(ops.len()) } else { Came::Plain(ops.len()) });
        if let Some(refusal) = &self.on_any {
            return Err(refusal.clone());
        }
        if let Some(status) = self.on_packed.filter(|_| is_packed) {
            return Err(Refusal(Some(status), "bad_request"));
        }
        if ops.iter().any(|op| op.said().value.is_some_and(|value| self.culprits.contains(&value))) {
            return Err(Refusal(Some(422), "unreadable_op"));
        }
        let push = OFFICE.push(self.memory.epoch());
        let results = self.memory.push(&push, &ops).map_err(|_| Refusal(Some(409), "device_cloned"))?;
        Ok(PushResponse { epoch: self.memory.epoch(), results, at: NOW.into() })
    }

    pub fn pull(&mut self, request: &PullRequest) -> Result<PullResponse, Refusal> {
        self.pulls += 1;
        if let Some(refusal) = &self.on_pull {
            return Err(refusal.clone());
        }
        let page = self.memory.pull(&[reporter().into()], request);
        page.map_err(|_| Refusal(Some(410), "cursor_gone"))
    }

    pub fn value(&self, key: &CellKey) -> Option<i64> {
        support::value_of(&self.memory, key)
    }
}

/// A device with tabs.
#[derive(Clone)]
pub struct Desk {
    pub disk: MemoryStore,
    pub tabs: Vec<Replica>,
    pub limits: Limits,
    pub packs: bool,
    /// Most events of a page.
    pub page: usize,
    number: u64,
    made: u64,
}

impl Desk {
    pub fn new(number: u64) -> Self {
        let (disk, limits) = (MemoryStore::default(), Limits::default());
        let mut new = Self { disk, tabs: Vec::new(), limits, packs: true, page: 3, number, made: 0 };
        new.open();
        new
    }

    /// Opens another tab.
    pub fn open(&mut self) {
        let name = Uuid::from_u128(self.number.into());
        let Ok((replica, _)) = at_once(transaction::open(&mut self.disk, || name));
        self.tabs.push(replica);
    }

    pub fn change(&mut self, tab: usize, make: &mut dyn FnMut(&mut Replica) -> Option<Vec<Change>>) -> bool {
        let Ok(is_made) = at_once(transaction::change(&mut self.disk, &mut self.tabs[tab], make));
        is_made
    }

    pub fn catch_up(&mut self, tab: usize) {
        let Ok(()) = at_once(transaction::catch_up(&mut self.disk, &mut self.tabs[tab]));
    }

    /// What the database holds, read anew.
    pub fn reread(mut self) -> Replica {
        let Ok((replica, _)) = at_once(transaction::open(&mut self.disk, Uuid::nil));
        replica
    }

    /// A person types a figure in a tab.
    pub fn enter(&mut self, tab: usize, key: &CellKey, value: i64) -> Uuid {
        self.made += 1;
        let at = 1_795_334_400_000 + self.number * 1_000_000 + self.made * 1_000;
        self.enter_as(tab, key, value, (id_at(at), time_of(at + 7)))
    }

    pub fn enter_as(
        &mut self,
        tab: usize,
        key: &CellKey,
        value: i64,
        (op_id, entered_at): (Uuid, String),
    ) -> Uuid {
        self.change(tab, &mut |replica| {
            let (base, replaces) = replica.base_for(key);
            let (period, element) = (key.period, key.element.clone());
            let op = Op {
                op_id,
                device_id: replica.device_id(),
                device_seq: replaces.unwrap_or_else(|| replica.next_seq()),
                author: "lan".into(),
                stream: key.reporter.clone().into(),
                base,
                plan: PLAN.into(),
                entered_at: entered_at.clone(),
                reason: None,
                note: None,
                body: OpBody::Figure {
                    period,
                    element,
                    value: Some(value),
                    estimated: false,
                    cleared: false,
                    resolves: Vec::new(),
                },
            };
            Some(vec![replica.keep(op)])
        });
        op_id
    }

    /// A run that begins now.
    pub fn begin(&self) -> PushPull {
        PushPull::new(Terms {
            limits: self.limits,
            most: 500,
            packs: self.packs,
            pull: PullRequest { limit: Some(self.page), ..PullRequest::default() },
            fresh: Uuid::from_u128(u128::from(self.number) << 64 | u128::from(self.made)),
            time_of,
        })
    }

    /// Does what comes next.
    pub fn follow(
        &mut self,
        tab: usize,
        run: &mut PushPull,
        step: Step,
        server: &mut Server,
    ) -> Result<Step, Refusal> {
        let answer = match step {
            Step::Write => {
                self.change(tab, &mut |r| Some(run.changes(r, &|_| true, &|_| Vec::new())));
                return Ok(run.written(&self.tabs[tab]));
            }
            Step::Push(body) => server.push(&body).map(|answer| run.pushed(answer)),
            Step::Pull(request) => server.pull(&request).map(|page| run.pulled(page)),
            Step::Done => return Ok(Step::Done),
        };
        let next = match &answer {
            Err(Refusal(status, code)) => {
                run.refused(&mut self.tabs[tab], *status, code, &|| format!("it said {code}"))
            }
            Ok(_) => None,
        };
        self.limits = run.limits();
        next.map_or(answer, Ok)
    }

    /// A whole run in a tab; gives it, and the steps it took.
    pub fn run(&mut self, tab: usize, server: &mut Server) -> Result<(PushPull, usize), Refusal> {
        let (mut run, mut step, mut steps) = (self.begin(), Step::Write, 0);
        while step != Step::Done {
            steps += 1;
            assert!(steps < 10_000, "it never ends");
            step = self.follow(tab, &mut run, step, server)?;
        }
        Ok((run, steps))
    }
}
