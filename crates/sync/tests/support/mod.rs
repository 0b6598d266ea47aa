//! The real plan, and a server of a few maps that judges with the real functions.

use chitieu_domain::unit::{Tables, Units};
use chitieu_domain::{Figures, Model, PeriodId, ReporterId, plan::Plan};
use chitieu_sync::admit::{Circumstances, admit};
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::judge::{CellState, Entry, Judgement, Recorded, judge};
use chitieu_sync::message::{Event, EventBody, OpResult};
use chitieu_sync::replica::{CellKey, Change, Replica};
use chitieu_sync::submission::State;
use chitieu_sync::{Act, Base, Op, Outcome};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use uuid::Uuid;

pub const PLAN: &str = "plan-1";
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
    };
    let text = std::fs::read_to_string(home.join("plans/hung-yen-188.toml")).expect("the plan is there");
    let plan: Plan = toml::from_str(&text).expect("the plan reads");
    Model::new(plan, Units::derive(&tables).expect("the tables fit")).expect("the plan is sound")
}

pub fn reporter() -> ReporterId {
    REPORTER.parse().expect("an id")
}

pub fn officer() -> Grants {
    Grants { role: Role::Officer, reporters: vec![reporter()] }
}

pub fn key(element: &str) -> CellKey {
    CellKey { reporter: reporter(), period: PeriodId::Month(2026, 10), element: element.into() }
}

/// A server in memory.
#[derive(Default)]
pub struct Server {
    pub cells: BTreeMap<CellKey, CellState>,
    pub log: Vec<(Op, Outcome)>,
    pub events: Vec<Event>,
    seq: u64,
}

impl Server {
    fn recorded(&self) -> HashMap<Uuid, Recorded> {
        self.log.iter().map(|(op, o)| (op.op_id, Recorded { outcome: o.clone(), base: op.base })).collect()
    }

    pub fn push(&mut self, model: &Model, ops: &[Op]) -> Vec<OpResult> {
        let results =
            ops.iter().map(|op| OpResult { op_id: op.op_id, outcome: self.take(model, op) }).collect();
        loop {
            let known = self.recorded();
            let free = self.log.iter().position(|(op, o)| {
                *o == Outcome::Held
                    && op.based_on().and_then(|b| known.get(&b)).is_some_and(|r| r.outcome != Outcome::Held)
            });
            let Some(at) = free else { break results };
            let op = self.log.remove(at).0;
            self.take(model, &op);
        }
    }

    fn take(&mut self, model: &Model, op: &Op) -> Outcome {
        if let Some((_, stored)) = self.log.iter().find(|(o, _)| o.op_id == op.op_id) {
            return stored.clone();
        }
        let figures = Figures::default();
        let circumstances = Circumstances {
            model,
            plans: &[PLAN.to_owned()],
            grants: &officer(),
            state: State::Draft,
            figures: &figures,
            today: "2026-11-22".parse().expect("a day"),
        };
        let outcome = match admit(op, &circumstances) {
            Err(code) => Outcome::Rejected { code },
            Ok(_) => self.judge(op),
        };
        self.log.push((op.clone(), outcome.clone()));
        outcome
    }

    fn judge(&mut self, op: &Op) -> Outcome {
        let Act::Figure { element, value, resolves, .. } = &op.act else { panic!("figures only here") };
        let known = self.recorded();
        let key = CellKey { reporter: op.reporter.clone(), period: op.period, element: element.clone() };
        let cell = self.cells.entry(key.clone()).or_default();
        let entry = Entry {
            op_id: op.op_id,
            value: *value,
            base: op.base,
            resolves,
            author: &op.author,
            at: &op.entered_at,
            reason: op.reason.as_deref(),
        };
        let judgement: Judgement = judge(&entry, cell, 1 << 40, &|id| known.get(&id).cloned());
        judgement.carry_out(cell);
        if judgement.is_visible() {
            self.seq += 1;
            self.events.push(Event {
                reporter: key.reporter,
                period: key.period,
                body: EventBody::Cell {
                    element: key.element,
                    head: cell.head.clone(),
                    branches: cell.branches.clone(),
                },
            });
        }
        judgement.outcome(cell, self.seq)
    }
}

/// A device: its replica, and ids counted up.
pub struct Device {
    pub replica: Replica,
    name: &'static str,
    id: u128,
    made: u128,
    read: usize,
}

impl Device {
    pub fn new(name: &'static str, id: u128) -> Self {
        Self { replica: Replica::default(), name, id, made: 0, read: 0 }
    }

    pub fn store(&mut self, changes: Vec<Change>) {
        for change in changes {
            self.replica.apply(&change);
        }
    }

    pub fn edit(&mut self, key: &CellKey, value: i64) -> Uuid {
        self.resolve(key, value, vec![])
    }

    pub fn resolve(&mut self, key: &CellKey, value: i64, resolves: Vec<Uuid>) -> Uuid {
        self.made += 1;
        let (base, replaces) = self.replica.base_for(key);
        let op_id = Uuid::from_u128(self.id << 64 | self.made);
        let op = Op {
            op_id,
            device_id: Uuid::from_u128(self.id),
            device_seq: replaces.unwrap_or_else(|| self.replica.next_seq()),
            author: self.name.into(),
            reporter: key.reporter.clone(),
            period: key.period,
            base,
            plan: PLAN.into(),
            entered_at: "2026-11-22T08:00:00Z".into(),
            reason: None,
            note: None,
            act: Act::Figure { element: key.element.clone(), value: Some(value), estimated: false, resolves },
        };
        let change = self.replica.keep(op);
        self.store(vec![change]);
        op_id
    }

    /// Freezes and gives what is to be sent.
    pub fn send(&mut self) -> Vec<Op> {
        let (changes, ops) = self.replica.next_push(500);
        self.store(changes);
        ops
    }

    pub fn sync(&mut self, server: &mut Server, model: &Model) {
        let ops = self.send();
        let results = server.push(model, &ops);
        let changes = self.replica.on_results(&results);
        self.store(changes);
        self.pull(server);
    }

    pub fn pull(&mut self, server: &Server) {
        let events = server.events[self.read..].to_vec();
        self.read = server.events.len();
        let changes = self.replica.on_page(&events, self.read.to_string());
        self.store(changes);
    }
}

pub fn value_of(server: &Server, key: &CellKey) -> Option<i64> {
    server.cells.get(key)?.head.as_ref()?.value
}

pub fn rev_of(base: &Base) -> Option<u64> {
    match base {
        Base::Rev(rev) => Some(*rev),
        Base::Op(_) => None,
    }
}
