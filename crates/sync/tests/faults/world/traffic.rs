//! What goes between devices and server: requests, answers and pages, until nothing is left to say.

use super::{OFFICE, World, grants_of, plan_name, reporter};
use crate::actions::{Action, Program};
use crate::device::Device;
use crate::promises::Promises;
use crate::request::{Request, is_strange};
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::kinds::Kinds;
use chitieu_sync::ledger::{Push, TakeError};
use chitieu_sync::message::{PullRequest, PushResponse};
use chitieu_sync::plans::Accepted;
use chitieu_sync::portion::Refused;
use chitieu_sync::{Op, Outcome, StreamId};

impl World {
    fn plans(&self) -> Vec<String> {
        (0..3).map(|back| plan_name(self.plan - back)).collect()
    }

    /// These, the older ones replaced today.
    pub(super) fn accepted(&self) -> Accepted {
        let older = self.plans().split_off(1).into_iter().map(|plan| (plan, OFFICE.today)).collect();
        Accepted::after(plan_name(self.plan), older)
    }

    /// What a device sends next; where it `holds`, about half of what never left is too young to leave.
    pub(super) fn send(&mut self, device: usize, most: usize, holds: bool) -> Vec<Op> {
        let mut ops = Vec::new();
        let most = most.min(self.devices[device].portion.most());
        self.devices[device].store(0, |replica| {
            let (changes, next) =
                replica.next_push(most, &|op_id| !holds || op_id.as_u128().is_multiple_of(2));
            ops = next;
            Some(changes)
        });
        ops
    }

    /// The server refuses the request: its device sends fewer, and passes over an op that was refused alone.
    fn refuse(&mut self, Request { device, ops, .. }: &Request) {
        let device = &mut self.devices[*device];
        if device.portion.refused(ops.len()) == Refused::Alone {
            device.store(0, |replica| Some(replica.pass_over(ops[0].op_id, "no")));
        }
    }

    pub(super) fn deliver(&mut self, mut request: Request) {
        if self.program == Program::Refuses && request.ops.iter().any(is_strange) {
            return self.refuse(&request);
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
                Promises::judged(&request.ops, &pending, &self.server, may_refuse, &plans);
                self.open.push((request, pending));
            }
            // Somebody holds a lock: it waits.
            Ok(None) => self.wire.push(request),
            Err(TakeError::DeviceCloned) => self.rename(request.device),
        }
    }

    fn rename(&mut self, device: usize) {
        let family = self.devices[device].family;
        let alike = self.devices.iter().filter(|d| d.family == family).count();
        assert!(alike > 1, "a device that was never copied is called a copy");
        let name = self.fresh();
        self.devices[device].store(0, |replica| Some(replica.rename(name)));
        // What is on the way still has the old name.
        self.wire.retain(|request| request.device != device);
    }

    pub(super) fn commit(&mut self, nth: usize, replies: bool) {
        let (request, pending) = self.open.remove(nth);
        let mut results = self.server.commit(pending);
        self.promises.committed(&request.ops, &results, &self.server);
        results.extend_from_slice(&request.deferred);
        if replies {
            self.devices[request.device].portion.taken(results.len());
            self.answers
                .push((request, PushResponse { epoch: self.server.epoch(), results, at: String::new() }));
        }
    }

    pub(super) fn answer(&mut self, device: usize, answer: &PushResponse) {
        self.devices[device]
            .store(0, |replica| Some(replica.on_results(&answer.results, answer.epoch, &answer.at)));
    }

    pub(super) fn crash_server(&mut self) {
        for (_, pending) in self.open.drain(..) {
            self.server.roll_back(&pending);
        }
    }

    pub(super) fn ask_page(&mut self, device: usize, limit: usize) {
        let disk = &mut self.devices[device].tabs[0].replica;
        let request = PullRequest {
            cursor: disk.cursor().map(str::to_owned),
            limit: Some(limit),
            device_id: Some(disk.device_id()),
            held: disk.held(),
            kinds: Some(Kinds::known()),
            ..PullRequest::default()
        };
        match self.server.pull(&[reporter().into(), StreamId::Plan], &request) {
            Ok(page) => self.devices[device].page = Some(page),
            Err(_) => disk.start_over(),
        }
    }

    pub(super) fn take_page(&mut self, device: usize, crash: bool) {
        let Some(page) = self.devices[device].page.take() else { return };
        self.devices[device].store(0, |replica| Some(replica.on_page(page.clone())));
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
                    self.answer(request.device, &answer);
                }
                if let Some(request) = self.wire.pop() {
                    self.deliver(request);
                }
            }
            for device in 0..self.devices.len() {
                is_quiet &= self.devices[device].leader().offer_passed_over().is_empty();
                self.devices[device].store(0, |replica| Some(replica.offer_passed_over()));
                let before = self.devices[device].leader().cursor().map(str::to_owned);
                self.devices[device].page = None;
                for _ in 0..200 {
                    self.ask_page(device, 3);
                    let more = self.devices[device].page.as_ref().is_none_or(|page| page.has_more);
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
