//! Devices, wire and server, and what can happen to them.

#[expect(dead_code, reason = "shared with the facts, which need more of it")]
#[path = "../../../sync/tests/support/mod.rs"]
mod support;

use super::actions::{Action, Given, Program};
use super::device::{Device, Tab};
use super::invariants::Invariants;
use super::request::Request;
use chitieu_client::push_pull::Limits;
use chitieu_domain::PeriodId;
use chitieu_sync::entity::Kind;
use chitieu_sync::grants::{Grant, Grants, Role, Scope};
use chitieu_sync::ledger::Push;
use chitieu_sync::memory::{Memory, Pending};
use chitieu_sync::message::PushResponse;
use chitieu_sync::op::Cover;
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::{CellKey, Replica, SubmissionKey};
use chitieu_sync::submission::Action as Step;
use chitieu_sync::{Base, Op, OpBody, StreamId};
use std::sync::LazyLock;
use support::Office;
use uuid::Uuid;

pub(super) static OFFICE: LazyLock<Office> = LazyLock::new(|| {
    let mut office = Office::new();
    office.grants = Grants::plain(Role::Officer, vec![reporter()]);
    office
});

pub(super) fn reporter() -> chitieu_domain::ReporterId {
    "police_province:33@2021-01-01".parse().expect("an id")
}

/// Few cells, so that devices meet: two of one form, and of another two in each of two periods.
static CELLS: LazyLock<Vec<CellKey>> = LazyLock::new(|| {
    let (month, two, three) =
        (PeriodId::Month(2026, 10), PeriodId::Quarter(2026, 2), PeriodId::Quarter(2026, 3));
    let (all, sexual) = ("child_abuse_crimes", "child_abuse_sexual_crimes");
    [
        (month, "crimes_drug"),
        (month, "crimes_economic"),
        (two, all),
        (two, sexual),
        (three, all),
        (three, sexual),
    ]
    .into_iter()
    .map(|(period, element)| CellKey { reporter: reporter(), period, element: element.into() })
    .collect()
});

/// The forms that are submitted, by their first cell.
const FORMS: [usize; 2] = [2, 4];

fn form(nth: usize) -> (SubmissionKey, [CellKey; 2]) {
    let first = FORMS[nth % FORMS.len()];
    let cells = [CELLS[first].clone(), CELLS[first + 1].clone()];
    let key = SubmissionKey { reporter: reporter(), period: cells[0].period, form: "child_abuse".into() };
    (key, cells)
}

pub struct World {
    pub server: Memory,
    pub devices: Vec<Device>,
    pub invariants: Invariants,
    backups: Vec<Memory>,
    pub(super) wire: Vec<Request>,
    pub(super) open: Vec<(Request, Pending)>,
    pub(super) answers: Vec<(Request, PushResponse)>,
    pub(super) has_role: bool,
    pub(super) program: Program,
    pub(super) plan: usize,
    pub(super) epoch: u64,
    made: u128,
    /// Pushes sent until now.
    pub(super) sent: u64,
}

/// Who reviews and assigns tasks; everybody else enters figures.
const REVIEWER: &str = "duyet";

pub(super) fn grants_of(author: &str) -> Grants {
    if author != REVIEWER {
        return OFFICE.grants.clone();
    }
    Grants::new([Role::Reviewer, Role::Steering].map(|role| Grant::new(role, Scope::Plan)).to_vec())
}

pub(super) fn plan_name(nth: usize) -> String {
    format!("plan-{nth}")
}

impl World {
    pub fn new() -> Self {
        Self {
            server: Memory::new(1),
            devices: vec![
                Device::new(0, "lan"),
                Device::new(1, "lan"),
                Device::new(2, "hoa"),
                Device::new(3, REVIEWER),
                Device::new(4, REVIEWER),
            ],
            invariants: Invariants::default(),
            backups: Vec::new(),
            wire: Vec::new(),
            open: Vec::new(),
            answers: Vec::new(),
            has_role: true,
            program: Program::Takes,
            plan: 3,
            epoch: 1,
            made: 0,
            sent: 0,
        }
    }

    fn device(&self, nth: usize) -> usize {
        nth % self.devices.len()
    }

    /// One that enters figures.
    fn entering(&self, nth: usize) -> usize {
        let all: Vec<usize> =
            (0..self.devices.len()).filter(|at| self.devices[*at].author != REVIEWER).collect();
        all[nth % all.len()]
    }

    /// An id, of version 7 as a device makes it.
    pub(super) fn fresh(&mut self) -> Uuid {
        self.made += 1;
        Uuid::from_u128(self.made << 80 | 7 << 76 | 2 << 62 | self.made)
    }

    /// What the tabs kept in memory alone is gone.
    pub(super) fn start_again(&mut self, device: usize) {
        let it = &mut self.devices[device];
        it.tabs = vec![Tab::open(&mut it.disk, Uuid::nil())];
        it.limits = Limits::default();
        it.forget_runs();
        it.store(0, |replica| Some(replica.offer_passed_over()));
    }

    fn op(&mut self, device: usize, stream: impl Into<StreamId>, body: OpBody) -> Op {
        let op_id = self.fresh();
        let Device { author, minutes, plan, .. } = &self.devices[device];
        Op {
            op_id,
            device_id: Uuid::nil(),
            device_seq: 0,
            author: (*author).into(),
            stream: stream.into(),
            base: Base::Rev(0),
            plan: plan_name(*plan),
            entered_at: format!("2026-11-{:02}T08:{:02}:00Z", 10 + minutes / 60, minutes.rem_euclid(60)),
            reason: None,
            note: None,
            body,
        }
    }

    fn edit(&mut self, at: (usize, usize), key: &CellKey, given: Given, resolves: Vec<Uuid>, quota: bool) {
        let (device, tab) = (at.0, self.devices[at.0].tab(at.1));
        let seen = self.devices[device].tabs[tab].replica.cell(key).seen();
        let op = self.op(device, key.reporter.clone(), given.act(key, resolves));
        let op = Op { note: given.note(), ..op };
        self.keep((device, tab), op, quota, |replica, op| {
            // Another tab changed it and the person has not seen that: what was typed stays typed.
            replica.cell(key).unseen_since(&seen).is_none().then(|| {
                let (base, replaces) = replica.base_for(key);
                (Op { base, ..op }, replaces)
            })
        });
    }

    fn change(&mut self, at: (usize, usize), kind: Kind, value: usize, settles: bool) {
        let (device, tab) = (at.0, self.devices[at.0].tab(at.1));
        let key = kind.sample_key(&reporter());
        let replica = &self.devices[device].tabs[tab].replica;
        let open = replica.entity(&key).expect("it reads").server.branches;
        let resolves = if settles { open.iter().map(|b| b.conflict_id).collect() } else { Vec::new() };
        let change = Raw::of(&kind.sample_change(value));
        let body = OpBody::Entity { kind: key.kind, id: key.id, change, resolves };
        let op = self.op(device, key.stream, body);
        let grants = grants_of(self.devices[device].author);
        let replica = &self.devices[device].tabs[tab].replica;
        // Each kind is for some to change.
        if replica.change_entity(op.clone(), &OFFICE.model, &grants, OFFICE.today).is_err() {
            return;
        }
        self.keep((device, tab), op, false, |replica, op| {
            let op = replica.entity_op(op);
            let replaces = (op.device_seq != replica.next_seq()).then_some(op.device_seq);
            Some((op, replaces))
        });
    }

    fn keep(
        &mut self,
        (device, tab): (usize, usize),
        op: Op,
        quota: bool,
        complete: impl Fn(&Replica, Op) -> Option<(Op, Option<u64>)>,
    ) {
        if quota {
            // The transaction aborted: nothing was stored, nothing is called saved.
            return;
        }
        let mut made = None;
        let is_stored = self.devices[device].store(tab, |replica| {
            let (mut op, replaces) = complete(replica, op.clone())?;
            op.device_id = replica.device_id();
            op.device_seq = replaces.unwrap_or_else(|| replica.next_seq());
            let before = replaces
                .and_then(|seq| replica.outbox().find(|w| w.op.device_seq == seq).map(|w| w.op.op_id));
            made = Some((op.clone(), before));
            Some(vec![replica.keep(op)])
        });
        if let Some((op, before)) = made.filter(|_| is_stored) {
            self.invariants.saved(device, op, before);
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm an action")]
    pub fn act(&mut self, action: Action) {
        match action {
            Action::Edit { device, tab, cell, given, quota } => {
                let device = self.entering(device);
                self.edit((device, tab), &CELLS[cell % CELLS.len()], given, Vec::new(), quota);
            }
            Action::Change { device, tab, kind, value, settles } => {
                let device = self.device(device);
                self.change((device, tab), Kind::ALL[kind % Kind::ALL.len()], value, settles);
            }
            Action::TakeBack { device, tab, cell } => {
                let device = self.device(device);
                if let Some(op_id) = self.devices[device].take_back(tab, &CELLS[cell % CELLS.len()]) {
                    self.invariants.taken_back(device, op_id);
                }
            }
            Action::Resolve { device, cell, given } => {
                let device = self.entering(device);
                let key = &CELLS[cell % CELLS.len()];
                let view = self.devices[device].leader().cell(key);
                let resolves: Vec<Uuid> = view.branches.iter().map(|b| b.conflict_id).collect();
                if !resolves.is_empty() {
                    self.edit((device, 0), key, given, resolves, false);
                }
            }
            Action::Submit { device, form: nth } => {
                let device = self.entering(device);
                let (key, cells) = form(nth);
                let body = step(&key, Step::Submit, Vec::new());
                let op = self.op(device, key.reporter.clone(), body);
                self.keep((device, 0), op, false, |replica, op| {
                    let cover = |c: &CellKey| Cover::of(c.element.clone(), replica.cover_of(c));
                    let base = Base::Rev(replica.submission(&key).rev);
                    let covers = cells.iter().map(cover).collect();
                    let body = step(&key, Step::Submit, covers);
                    Some((Op { base, body, ..op }, None))
                });
            }
            Action::Return { form: nth } => {
                let (key, _) = form(nth);
                let rev = self.server.submissions().get(&key).map_or(0, |s| s.rev);
                let body = step(&key, Step::Return, Vec::new());
                let mut op = self.op(0, key.reporter, body);
                op.base = Base::Rev(rev);
                (op.device_id, op.device_seq) = (op.op_id, 1);
                (op.author, op.reason) = ("reviewer".into(), Some("x".into()));
                let plans = self.accepted();
                let grants = grants_of(REVIEWER);
                let push = Push { plans: &plans, grants: &grants, ..OFFICE.push(self.epoch) };
                if let Ok(Some(pending)) = self.server.begin(&push, std::slice::from_ref(&op)) {
                    let results = self.server.commit(pending);
                    self.invariants.committed(&[op], &results, &self.server);
                }
            }
            Action::Send { device, most, holds } => {
                let device = self.device(device);
                self.send(device, most, holds);
            }
            Action::Deliver { nth } if !self.wire.is_empty() => {
                let request = self.wire.remove(nth % self.wire.len());
                self.deliver(request);
            }
            Action::Repeat { nth } if !self.wire.is_empty() => {
                let again = self.wire[nth % self.wire.len()].clone();
                self.wire.push(again);
            }
            Action::Lose { nth } if !self.wire.is_empty() => {
                self.wire.remove(nth % self.wire.len());
            }
            Action::Commit { nth, replies } if !self.open.is_empty() => {
                let nth = nth % self.open.len();
                self.commit(nth, replies);
            }
            Action::Answer { nth } if !self.answers.is_empty() => {
                let (request, answer) = self.answers.remove(nth % self.answers.len());
                self.answer(&request, answer);
            }
            Action::AskPage { device, limit } => {
                let device = self.device(device);
                self.ask_page(device, limit);
            }
            Action::TakePage { device, crash } => {
                let device = self.device(device);
                self.take_page(device, crash);
            }
            Action::CrashDevice { device } => {
                let device = self.device(device);
                self.start_again(device);
            }
            Action::OpenTab { device } => {
                let device = self.device(device);
                let Device { disk, tabs, .. } = &mut self.devices[device];
                if tabs.len() < 3 {
                    tabs.push(Tab::open(disk, Uuid::nil()));
                }
            }
            Action::CloseTab { device, tab } => {
                let device = self.device(device);
                let tab = self.devices[device].tab(tab);
                if self.devices[device].tabs.len() > 1 {
                    self.devices[device].tabs.remove(tab);
                    if tab == 0 {
                        // Another one syncs from now on; what the closed one waited for is lost.
                        self.devices[device].forget_runs();
                    }
                }
            }
            Action::Hear { device, tab, lost } => {
                let device = self.device(device);
                let tab = self.devices[device].tab(tab);
                let Device { disk, tabs, .. } = &mut self.devices[device];
                if lost {
                    tabs[tab].mail.pop_front();
                } else {
                    tabs[tab].hear(disk);
                }
            }
            Action::CrashServer => self.crash_server(),
            Action::BackUp => {
                let mut copy = self.server.clone();
                self.open.iter().for_each(|(_, pending)| copy.roll_back(pending));
                self.backups.push(copy);
            }
            Action::Restore { nth } if !self.backups.is_empty() => {
                self.crash_server();
                self.epoch += 1;
                self.server = self.backups[nth % self.backups.len()].clone().restored(self.epoch);
                self.invariants.restored();
            }
            Action::Copy { device } if self.devices.len() < 7 => {
                let device = self.device(device);
                let it = &self.devices[device];
                let copy = Device::on(it.disk.clone(), Uuid::nil(), it.family, it.author);
                self.devices.push(Device { minutes: it.minutes, plan: it.plan, ..copy });
                self.invariants.copied(device, self.devices.len() - 1);
            }
            Action::Program { is } => self.program = is,
            Action::TurnRole => self.has_role = !self.has_role,
            Action::NewPlan => self.plan += 1,
            Action::ClockJumps { device, minutes } => {
                let device = self.device(device);
                self.devices[device].minutes = minutes;
            }
            // There is nothing to choose from.
            _ => {}
        }
    }
}

fn step(of: &SubmissionKey, action: Step, covers: Vec<Cover>) -> OpBody {
    OpBody::Submission { period: of.period, form: of.form.clone(), action, covers }
}
