//! The stores that the list is asked of, and what an op is made of.

use chitieu_domain::{Model, PeriodId, ReporterId};
use chitieu_server::auth::session::Person;
use chitieu_server::services::plan_file;
use chitieu_server::store::Store;
use chitieu_server::store::pull::PullError;
use chitieu_server::store::push::{PushError, Sender};
use chitieu_sync::cooperation::Cooperation;
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::history::{Record, Thing};
use chitieu_sync::incoming::Malformed;
use chitieu_sync::ledger::{MOST_REFUSALS, MergeError, Push};
use chitieu_sync::memory::Memory;
use chitieu_sync::message::{OpResult, PullRequest, PullResponse};
use chitieu_sync::op::Cover;
use chitieu_sync::plans::Accepted;
use chitieu_sync::rights::{Reach, Right};
use chitieu_sync::submission::Action;
use chitieu_sync::{Base, Op, OpBody, StreamId};
use chrono::NaiveDate;
use sqlx::Connection;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};
use tokio::sync::Mutex;
use uuid::Uuid;

pub static MODEL: LazyLock<Arc<Model>> =
    LazyLock::new(|| plan_file::load(plan_file::HUNG_YEN_188).expect("the plan loads").model);

pub const PLAN: &str = "plan-1";

#[expect(non_camel_case_types, reason = "named as the modules of the list")]
#[derive(Clone, Copy)]
pub enum Kind {
    memory,
    sqlite,
    postgres_server,
}

/// A store under test.
pub enum Backend {
    Memory(Box<Mutex<Memory>>),
    Sql(Store),
}

impl Kind {
    /// An empty store of this kind; none where there is no server to ask.
    pub async fn open(self) -> Option<Backend> {
        Some(match self {
            Self::memory => Backend::Memory(Box::new(Mutex::new(Memory::new(1)))),
            Self::sqlite => Backend::Sql(Store::open("sqlite::memory:").await.expect("a database in memory")),
            Self::postgres_server => {
                Backend::Sql(Store::open(&fresh_postgres().await?).await.expect("it opens"))
            }
        })
    }
}

/// The address of a new, empty database.
#[expect(clippy::print_stderr, reason = "whoever runs the tests alone is told what was not asked")]
pub async fn fresh_postgres() -> Option<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Ok(server) = std::env::var("CHITIEU_POSTGRES") else {
        eprintln!("CHITIEU_POSTGRES is not set: PostgreSQL is not asked");
        return None;
    };
    let name = format!("chitieu_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let mut connection =
        sqlx::PgConnection::connect(&format!("{server}/postgres")).await.expect("the server answers");
    let sql = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(sql).execute(&mut connection).await.expect("a database");
    Some(format!("{server}/{name}"))
}

pub fn reporter() -> ReporterId {
    "police_province:33@2021-01-01".parse().expect("an id")
}

pub fn officer() -> Person {
    let grants = Grants::plain(Role::Officer, vec![reporter()]);
    Person { username: "lan".into(), display_name: "Lan".into(), grants }
}

pub fn reviewer() -> Person {
    let grants = Grants::plain(Role::Reviewer, Vec::new());
    Person { username: "duyet".into(), display_name: "Duyệt".into(), grants }
}

pub fn steering() -> Person {
    let grants = Grants::plain(Role::Steering, Vec::new());
    Person { username: "chi-dao".into(), display_name: "Chỉ đạo".into(), grants }
}

pub fn publisher() -> Person {
    let grants = Grants::plain(Role::Publisher, Vec::new());
    Person { username: "cong-bo".into(), display_name: "Công bố".into(), grants }
}

pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day")
}

/// The server's time.
pub const NOW: &str = "2026-11-22T08:00:00+07:00";

pub fn request(cursor: Option<String>, limit: usize) -> PullRequest {
    PullRequest { cursor, limit: Some(limit), ..PullRequest::default() }
}

impl Backend {
    pub async fn push(&self, person: &Person, ops: &[Op]) -> Result<Vec<OpResult>, MergeError> {
        self.push_with(person, ops, &[]).await
    }

    /// A push in which some ops do not read.
    pub async fn push_with(
        &self,
        person: &Person,
        ops: &[Op],
        malformed: &[Malformed],
    ) -> Result<Vec<OpResult>, MergeError> {
        let plans = Accepted::only(PLAN);
        let (model, grants, today) = (&**MODEL, &person.grants, today());
        let push = |epoch| Push {
            model,
            plans: &plans,
            cooperation: Cooperation::none(),
            grants,
            today,
            at: NOW,
            epoch,
            malformed,
            refusals: MOST_REFUSALS,
        };
        match self {
            Self::Memory(memory) => {
                let mut memory = memory.lock().await;
                let epoch = memory.epoch();
                memory.push(&push(epoch), ops)
            }
            Self::Sql(store) => {
                let epoch = store.epoch().await.expect("an epoch");
                let sender = Sender { author: &person.username, defers: true };
                match store.push(&push(epoch), sender, ops).await {
                    Ok((response, _)) => Ok(response.results),
                    Err(PushError::DeviceCloned) => Err(MergeError::DeviceCloned),
                    Err(other) => panic!("{other:?}"),
                }
            }
        }
    }

    /// None where the cursor is gone.
    pub async fn pull(&self, person: &Person, request: &PullRequest) -> Option<PullResponse> {
        match self {
            Self::Memory(memory) => {
                // Of the others it tells what is the plan's.
                let follows = match person.grants.reach(Right::KeepCells, &MODEL, today()) {
                    Reach::Of(follows) => follows,
                    Reach::All => Vec::new(),
                };
                let mut follows: Vec<StreamId> =
                    follows.into_iter().map(|r| MODEL.reporter(r).id.clone().into()).collect();
                follows.push(StreamId::Plan);
                memory.lock().await.pull(&follows, request).ok()
            }
            Self::Sql(store) => match store.pull(&MODEL, person.reader(), today(), request).await {
                Ok(page) => Some(page),
                Err(PullError::CursorGone) => None,
                Err(other) => panic!("{other:?}"),
            },
        }
    }

    /// What happened to a thing, oldest first.
    pub async fn history(&self, thing: &Thing) -> Vec<Record> {
        match self {
            Self::Memory(memory) => memory.lock().await.history(thing),
            Self::Sql(store) => {
                let mut page = store.history(thing, None).await.expect("a page");
                assert_eq!(page.next, None, "all of it is on one page");
                page.records.reverse();
                page.records
            }
        }
    }

    /// What follows a restore from a backup.
    pub async fn begin_epoch(&self) -> u64 {
        match self {
            Self::Memory(memory) => {
                let mut memory = memory.lock().await;
                let next = memory.epoch() + 1;
                *memory = std::mem::take(&mut *memory).restored(next);
                next
            }
            Self::Sql(store) => {
                let now = chrono::DateTime::parse_from_rfc3339("2026-11-22T08:00:00+07:00").expect("a time");
                store.begin_epoch(now, 0).await.expect("an epoch")
            }
        }
    }
}

pub const PERIOD: PeriodId = PeriodId::Quarter(2026, 3);

/// An op of device 1 unless told otherwise; its number names it.
pub fn op(seq: u64, base: Base, body: OpBody) -> Op {
    Op {
        op_id: Uuid::from_u128(1 << 64 | u128::from(seq)),
        device_id: Uuid::from_u128(1),
        device_seq: seq,
        author: "lan".into(),
        stream: reporter().into(),
        base,
        plan: PLAN.into(),
        entered_at: "2026-11-22T08:00:00Z".into(),
        reason: None,
        note: None,
        body,
    }
}

/// Moves an op to another period.
pub fn in_quarter(mut op: Op, quarter: u8) -> Op {
    if let OpBody::Figure { period, .. } | OpBody::Submission { period, .. } = &mut op.body {
        *period = PeriodId::Quarter(2026, quarter);
    }
    op
}

fn act(element: &str, value: Option<i64>, estimated: bool, resolves: Vec<Uuid>) -> OpBody {
    let (period, element, cleared) = (PERIOD, element.to_owned(), value.is_none());
    OpBody::Figure { period, element, value, estimated, cleared, resolves }
}

/// A figure of the period that the list is about.
pub fn settling(element: &str, value: i64, resolves: Vec<Uuid>) -> OpBody {
    act(element, Some(value), false, resolves)
}

pub fn figure(seq: u64, element: &str, value: i64, base: Base) -> Op {
    op(seq, base, settling(element, value, Vec::new()))
}

pub fn estimated(seq: u64, element: &str, value: i64, base: Base) -> Op {
    op(seq, base, act(element, Some(value), true, Vec::new()))
}

/// The cell is answered no more.
pub fn clear(seq: u64, element: &str, base: Base) -> Op {
    op(seq, base, act(element, None, false, Vec::new()))
}

pub fn step(seq: u64, base: Base, action: Action, covers: Vec<Cover>) -> Op {
    op(seq, base, OpBody::Submission { period: PERIOD, form: "child_abuse".into(), action, covers })
}

pub const ALL: &str = "child_abuse_crimes";
pub const SEXUAL: &str = "child_abuse_sexual_crimes";
