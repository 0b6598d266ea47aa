//! What goes between devices and server: the client's runs, their requests, answers and pages, until nothing is left to say.

use crate::actions::{Action, Program};
use crate::body;
use crate::device::Device;
use crate::invariants::Invariants;
use crate::request::{Request, is_strange};
use crate::world::{OFFICE, World, grants_of, plan_name, reporter};
use chitieu_client::push_pull::{PushPull, Step, Terms};
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::kinds::Kinds;
use chitieu_sync::ledger::{MergeError, Push};
use chitieu_sync::message::{PullRequest, PushResponse};
use chitieu_sync::plans::Accepted;
use chitieu_sync::{Outcome, StreamId};

/// A run of a device.
pub struct Run {
    talk: PushPull,
    /// About half of what never left is too young to leave.
    holds: bool,
}

impl World {
    fn plans(&self) -> Vec<String> {
        (0..3).map(|back| plan_name(self.plan - back)).collect()
    }

    /// These, the older ones replaced today.
    pub(super) fn accepted(&self) -> Accepted {
        let older = self.plans().split_off(1).into_iter().map(|plan| (plan, OFFICE.today)).collect();
        Accepted::after(plan_name(self.plan), older)
    }

    /// A device begins a run, beside those that wait; where it `holds`, about half of what never left is too young to leave.
    pub(super) fn send(&mut self, device: usize, most: usize, holds: bool) {
        let run = self.run(device, most, holds);
        self.follow(device, run, Step::Write);
    }

    fn run(&mut self, device: usize, most: usize, holds: bool) -> Run {
        let (fresh, limits) = (self.fresh(), self.devices[device].limits);
        let pull = PullRequest { kinds: Some(Kinds::known()), ..PullRequest::default() };
        // No op of these worlds says its time by that of its id.
        let time_of = |_| String::new();
        let talk = PushPull::new(Terms { limits, most, packs: true, pull, fresh, time_of });
        Run { talk, holds }
    }

    /// Follows a run until it waits for the server.
    fn follow(&mut self, device: usize, mut run: Run, mut step: Step) {
        let it = &mut self.devices[device];
        it.limits = run.talk.limits();
        loop {
            match step {
                Step::Write => {
                    let Run { talk, holds } = &mut run;
                    let is_ripe = |op_id: uuid::Uuid| !*holds || op_id.as_u128().is_multiple_of(2);
                    it.store(0, |replica| Some(talk.changes(replica, &is_ripe, &|_| Vec::new())));
                    step = talk.written(it.leader());
                }
                Step::Push(text) => {
                    self.sent += 1;
                    let (ops, is_packed) = body::read(it.author, &text);
                    let (number, deferred) = (self.sent, Vec::new());
                    it.runs.insert(number, run);
                    return self.wire.push(Request { number, device, ops, is_packed, deferred });
                }
                Step::Pull(request) => return it.asks = Some((run, request)),
                Step::Done => return,
            }
        }
    }

    /// The server refuses the request.
    fn refuse(&mut self, request: &Request, status: u16, code: &str) {
        let it = &mut self.devices[request.device];
        let Some(mut run) = it.runs.remove(&request.number) else { return };
        let replica = &mut it.tabs[0].replica;
        if let Some(step) = run.talk.refused(replica, Some(status), code, &|| "no".into()) {
            self.follow(request.device, run, step);
        }
    }

    pub(super) fn deliver(&mut self, mut request: Request) {
        if self.program == Program::Refuses && request.ops.iter().any(is_strange) {
            return self.refuse(&request, 422, "refused");
        }
        if self.program == Program::ReadsPlain && request.is_packed {
            return self.refuse(&request, 400, "bad_request");
        }
        if self.program == Program::Defers {
            request.defer();
        }
        let (plans, accepted) = (self.plans(), self.accepted());
        let nothing = Grants::plain(Role::Officer, Vec::new());
        let own = grants_of(self.devices[request.device].author);
        let grants = if self.has_role { &own } else { &nothing };
        let push = Push { plans: &accepted, grants, ..OFFICE.push(self.epoch) };
        match self.server.begin(&push, &request.ops) {
            Ok(Some(pending)) => {
                let may_refuse = !self.has_role;
                Invariants::judged(&request.ops, &pending, &self.server, may_refuse, &plans);
                self.open.push((request, pending));
            }
            // Somebody holds a lock: it waits.
            Ok(None) => self.wire.push(request),
            Err(MergeError::DeviceCloned) => self.rename(&request),
        }
    }

    fn rename(&mut self, request: &Request) {
        let family = self.devices[request.device].family;
        let alike = self.devices.iter().filter(|d| d.family == family).count();
        assert!(alike > 1, "a device that was never copied is called a copy");
        if self.devices[request.device].runs.contains_key(&request.number) {
            // What is on the way still has the old name.
            self.wire.retain(|other| other.device != request.device);
        }
        self.refuse(request, 409, "device_cloned");
    }

    pub(super) fn commit(&mut self, nth: usize, replies: bool) {
        let (request, pending) = self.open.remove(nth);
        let mut results = self.server.commit(pending);
        self.invariants.committed(&request.ops, &results, &self.server);
        results.extend_from_slice(&request.deferred);
        if replies {
            let epoch = self.server.epoch();
            self.answers.push((request, PushResponse { epoch, results, at: String::new() }));
        }
    }

    /// A device hears an answer, unless whoever asked is gone or was answered already.
    pub(super) fn answer(&mut self, request: &Request, answer: PushResponse) {
        if let Some(mut run) = self.devices[request.device].runs.remove(&request.number) {
            let step = run.talk.pushed(answer);
            self.follow(request.device, run, step);
        }
    }

    pub(super) fn crash_server(&mut self) {
        for (_, pending) in self.open.drain(..) {
            self.server.roll_back(&pending);
        }
    }

    pub(super) fn ask_page(&mut self, device: usize, limit: usize) {
        if self.devices[device].asks.is_none() {
            let run = self.run(device, 0, true);
            self.follow(device, run, Step::Write);
        }
        let it = &mut self.devices[device];
        let (mut run, request) = it.asks.take().expect("nothing is sent");
        let request = PullRequest { limit: Some(limit), ..request };
        let Ok(page) = self.server.pull(&[reporter().into(), StreamId::Plan], &request) else {
            let replica = &mut it.tabs[0].replica;
            let step = run.talk.refused(replica, Some(410), "cursor_gone", &String::new);
            return self.follow(device, run, step.expect("it begins anew"));
        };
        it.page = Some((run, page));
    }

    pub(super) fn take_page(&mut self, device: usize, crash: bool) {
        let Some((mut run, page)) = self.devices[device].page.take() else { return };
        let step = run.talk.pulled(page);
        self.follow(device, run, step);
        if crash {
            return self.start_again(device);
        }
        // Whoever is in touch gets the present plan.
        self.devices[device].plan = self.plan;
    }

    /// Ends all faults and lets everybody talk until nothing changes.
    pub fn come_to_rest(&mut self) {
        self.has_role = true;
        self.program = Program::Takes;
        for _ in 0..40 {
            let mut is_quiet = true;
            while !self.wire.is_empty() || !self.open.is_empty() || !self.answers.is_empty() {
                is_quiet = false;
                while !self.open.is_empty() {
                    self.commit(0, true);
                }
                while let Some((request, answer)) = self.answers.pop() {
                    self.answer(&request, answer);
                }
                if let Some(request) = self.wire.pop() {
                    self.deliver(request);
                }
            }
            for device in 0..self.devices.len() {
                is_quiet &= self.devices[device].leader().offer_passed_over().is_empty();
                self.devices[device].store(0, |replica| Some(replica.offer_passed_over()));
                let before = self.devices[device].leader().cursor().map(str::to_owned);
                (self.devices[device].asks, self.devices[device].page) = (None, None);
                for _ in 0..200 {
                    self.ask_page(device, 3);
                    let more = self.devices[device].page.as_ref().is_none_or(|(_, page)| page.has_more);
                    self.take_page(device, false);
                    if !more {
                        break;
                    }
                }
                is_quiet &= before.as_deref() == self.devices[device].leader().cursor();
                self.act(Action::Send { device, most: 500, holds: false });
            }
            if is_quiet && self.wire.is_empty() {
                for Device { disk, tabs, .. } in &mut self.devices {
                    for tab in tabs {
                        while !tab.mail.is_empty() {
                            tab.hear(disk);
                        }
                        // What was lost is found when somebody looks at the tab again.
                        tab.catch_up(disk);
                    }
                }
                return;
            }
        }
        let left: Vec<_> = self.devices.iter().flat_map(|d| d.leader().outbox().cloned()).collect();
        assert!(left.iter().all(|w| w.outcome != Some(Outcome::Held)), "held for ever: {left:?}");
        panic!("it never comes to rest: {left:?}");
    }
}
