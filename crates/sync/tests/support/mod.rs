//! The real plan, and devices that are not more than their replica.

use chitieu_domain::unit::{Tables, Units};
use chitieu_domain::{Model, PeriodId, ReporterId, plan::Plan};
use chitieu_sync::cooperation::Cooperation;
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::kinds::Kinds;
use chitieu_sync::ledger::{MOST_REFUSALS, Push};
use chitieu_sync::memory::Memory;
use chitieu_sync::message::{OpResult, PullRequest};
use chitieu_sync::outcome::Head;
use chitieu_sync::plans::Accepted;
use chitieu_sync::replica::rows::MemoryStore;
use chitieu_sync::replica::{CellKey, Change, Replica};
use chitieu_sync::{Base, Op, OpBody, StreamId};
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use std::path::Path;
use uuid::Uuid;

pub const PLAN: &str = "plan-1";
/// The server's time, unless told otherwise.
pub const NOW: &str = "2026-11-22T15:00:00+07:00";
pub const REPORTER: &str = "police_commune:11977@2025-07-01";

fn rows<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    let mut reader = csv::Reader::from_path(path).expect("the table is there");
    reader.deserialize().collect::<Result<_, _>>().expect("the table reads")
}

pub fn model() -> Model {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain");
    let table = |file: &str| home.join("units").join(file);
    let tables = Tables {
        list_2021: rows(&table("units-2021.csv")),
        list_2024_12: rows(&table("units-2024-12.csv")),
        list_2025: rows(&table("units-2025.csv")),
        mapping: rows(&table("units-mapping.csv")),
        mapping_joined: rows(&table("units-mapping-thaibinh.csv")),
        regions: rows(&table("regions-2025.csv")),
        provinces_joined: rows(&table("provinces-joined.csv")),
        aliases: rows(&table("aliases.csv")),
    };
    let text = std::fs::read_to_string(home.join("plans/hung-yen-188.toml")).expect("the plan is there");
    let plan: Plan = toml::from_str(&text).expect("the plan reads");
    Model::new(plan, Units::derive(&tables).expect("the tables fit")).expect("the plan is sound")
}

pub fn reporter() -> ReporterId {
    REPORTER.parse().expect("an id")
}

pub fn officer() -> Grants {
    Grants::plain(Role::Officer, vec![reporter()])
}

pub fn key(element: &str) -> CellKey {
    CellKey { reporter: reporter(), period: PeriodId::Month(2026, 10), element: element.into() }
}

/// What a push needs besides its ops.
pub struct Office {
    pub model: Model,
    pub plans: Accepted,
    pub grants: Grants,
    pub today: NaiveDate,
}

impl Office {
    pub fn new() -> Self {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        Self { model: model(), plans: Accepted::only(PLAN), grants: officer(), today }
    }

    pub fn push(&self, epoch: u64) -> Push<'_> {
        let Self { model, plans, grants, today } = self;
        let cooperation = Cooperation::none();
        Push {
            model,
            plans,
            grants,
            cooperation,
            today: *today,
            at: NOW,
            epoch,
            malformed: &[],
            refusals: MOST_REFUSALS,
        }
    }

    pub fn take(&self, server: &mut Memory, ops: &[Op]) -> Vec<OpResult> {
        server.push(&self.push(server.epoch()), ops).expect("nobody copied a device")
    }
}

/// A device: its replica, what is stored of it, and ids counted up.
pub struct Device {
    pub replica: Replica,
    pub disk: MemoryStore,
    name: &'static str,
    id: u128,
    made: u128,
    /// What its clock shows.
    pub entered_at: String,
}

impl Device {
    pub fn new(name: &'static str, id: u128) -> Self {
        let mut disk = MemoryStore::default();
        let mut replica = Replica::read(0, [], Uuid::from_u128(id));
        let store_version = disk.write(0, vec![replica.name_row()]).expect("nobody else is there");
        replica.written(store_version, &[]);
        Self { replica, disk, name, id, made: 0, entered_at: "2026-11-22T08:00:00Z".into() }
    }

    pub fn store(&mut self, changes: Vec<Change>) {
        let rows = self.replica.rows(&changes);
        let store_version =
            self.disk.write(self.replica.store_version(), rows).expect("nobody else is there");
        self.replica.written(store_version, &changes);
    }

    pub fn edit(&mut self, key: &CellKey, value: i64) -> Uuid {
        self.resolve(key, value, vec![])
    }

    pub fn resolve(&mut self, key: &CellKey, value: i64, resolves: Vec<Uuid>) -> Uuid {
        self.say(key, &Head { value: Some(value), ..Head::default() }, resolves)
    }

    /// The cell is answered no more.
    pub fn clear(&mut self, key: &CellKey) -> Uuid {
        self.say(key, &Head { cleared: true, ..Head::default() }, Vec::new())
    }

    /// An op that says what this head says.
    pub fn say(&mut self, key: &CellKey, head: &Head, resolves: Vec<Uuid>) -> Uuid {
        let Head { value, estimated, cleared, .. } = *head;
        self.made += 1;
        let (base, replaces) = self.replica.base_for(key);
        let op_id = Uuid::from_u128(self.id << 64 | self.made);
        let op = Op {
            op_id,
            device_id: self.replica.device_id(),
            device_seq: replaces.unwrap_or_else(|| self.replica.next_seq()),
            author: self.name.into(),
            stream: key.reporter.clone().into(),
            base,
            plan: PLAN.into(),
            entered_at: self.entered_at.clone(),
            reason: None,
            note: head.note.clone(),
            body: OpBody::Figure {
                period: key.period,
                element: key.element.clone(),
                value,
                estimated,
                cleared,
                resolves,
            },
        };
        let change = self.replica.keep(op);
        self.store(vec![change]);
        op_id
    }

    /// Freezes and gives what is to be sent.
    pub fn send(&mut self) -> Vec<Op> {
        let (changes, ops) = self.replica.next_push(500, &|_| true);
        self.store(changes);
        ops
    }

    pub fn sync(&mut self, server: &mut Memory, office: &Office) {
        self.exchange(server, office);
        self.pull(server);
    }

    /// The same for a person who is told of these streams, with all that is of a kind of its own.
    #[allow(dead_code, reason = "for the tests of the client, which share this")]
    pub fn sync_with(&mut self, server: &mut Memory, office: &Office, streams: &[StreamId]) {
        self.exchange(server, office);
        self.pull_of(server, streams, Some(Kinds::known()));
    }

    fn exchange(&mut self, server: &mut Memory, office: &Office) {
        let ops = self.send();
        let results = office.take(server, &ops);
        let changes = self.replica.on_results(&results, server.epoch(), NOW);
        self.store(changes);
    }

    pub fn pull(&mut self, server: &Memory) {
        self.pull_of(server, &[reporter().into()], None);
    }

    fn pull_of(&mut self, server: &Memory, streams: &[StreamId], kinds: Option<Kinds>) {
        loop {
            let request = PullRequest {
                cursor: self.replica.cursor().map(str::to_owned),
                limit: Some(3),
                device_id: Some(self.replica.device_id()),
                held: self.replica.held(),
                kinds: kinds.clone(),
                ..PullRequest::default()
            };
            let Ok(page) = server.pull(streams, &request) else {
                self.replica.start_over();
                continue;
            };
            let has_more = page.has_more;
            let changes = self.replica.on_page(page);
            self.store(changes);
            if !has_more {
                return;
            }
        }
    }
}

pub fn value_of(server: &Memory, key: &CellKey) -> Option<i64> {
    server.cells().get(key)?.head.as_ref()?.value
}

pub fn rev_of(base: &Base) -> Option<u64> {
    match base {
        Base::Rev(rev) => Some(*rev),
        Base::Op(_) => None,
    }
}
