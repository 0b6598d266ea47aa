//! How a form of the illustrative data came to be what it is: who entered it when, what was corrected, contested, returned and
//! approved. Everything is judged by the ledger, at times that lie in the past.

use super::dice::Dice;
use chitieu_domain::deadline::working_day_after;
use chitieu_domain::model::Operand;
use chitieu_domain::{FormIx, Model, PeriodId, ReporterId, ReporterIx};
use chitieu_sync::cooperation::Cooperation;
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::judge::CellState;
use chitieu_sync::ledger::{Loaded, Push, WriteSet, merge_batch};
use chitieu_sync::op::{Base, Cover, Op, OpBody};
use chitieu_sync::plans::Accepted;
use chitieu_sync::replica::{CellKey, SubmissionKey};
use chitieu_sync::rights::went_on_from;
use chitieu_sync::submission::{Action, State};
use chitieu_sync::{Outcome, Rejection, StreamId};
use chrono::NaiveDate;
use std::collections::{HashMap, VecDeque};
use uuid::Uuid;

/// Why forms are returned.
const RETURNED: [&str; 3] = [
    "Đề nghị rà soát lại với hồ sơ gốc và ghi chú cách tính.",
    "Số liệu chênh so với báo cáo nhanh; đề nghị đối chiếu và ghi chú.",
    "Chưa ghi chú nguồn của số liệu này.",
];
/// What is noted afterwards.
const NOTED: [&str; 3] = [
    "Đã rà soát với hồ sơ gốc, số liệu không đổi.",
    "Đã đối chiếu với sổ theo dõi của đơn vị.",
    "Theo sổ thụ lý, đã đối chiếu.",
];

/// One form of one reporter and period, to be told.
#[expect(clippy::struct_field_names, reason = "the form of a form is its form")]
pub struct Form<'a> {
    /// The form.
    pub form: FormIx,
    /// Whose.
    pub reporter: ReporterIx,
    /// Of which period.
    pub period: PeriodId,
    /// The officer's account.
    pub officer: &'a str,
    /// What stands in its cells in the end, by element.
    pub values: &'a [(String, i64)],
    /// How far it went.
    pub state: State,
}

/// What is judged, with the time at which it came.
pub type Judged = Vec<(String, WriteSet)>;

/// Cells as they stand.
pub type Cells = Vec<(CellKey, CellState)>;

/// Tells one form after another, each reporter's periods in their order.
pub struct Teller<'a> {
    model: &'a Model,
    version: &'a str,
    plans: Accepted,
    today: NaiveDate,
    /// How many ops each device made.
    devices: HashMap<Uuid, u64>,
    /// The cells of the last periods, which carry-over rules look at.
    before: HashMap<(ReporterIx, FormIx), VecDeque<Cells>>,
}

/// A form while it is told.
struct Telling<'t, 'a> {
    teller: &'t mut Teller<'a>,
    form: &'t Form<'t>,
    dice: Dice,
    known: Loaded,
    judged: Judged,
    day: NaiveDate,
    minute: i64,
}

impl<'a> Teller<'a> {
    /// Under a version of the plan, up to a day.
    pub fn new(model: &'a Model, version: &'a str, today: NaiveDate) -> Self {
        let plans = Accepted::only(version);
        Self { model, version, plans, today, devices: HashMap::new(), before: HashMap::new() }
    }

    /// Tells a form; gives what the ledger made of it and what stands in its cells.
    ///
    /// # Errors
    /// Where the ledger refuses a step: the values break a rule of the form.
    pub fn tell(&mut self, form: &Form<'_>) -> Result<(Judged, Cells), Rejection> {
        let model = self.model;
        let mut known = Loaded::default();
        let others = went_on_from(model, form.reporter, form.form, model.span(form.form, form.period).to);
        for reporter in std::iter::once(form.reporter).chain(others) {
            let before = self.before.get(&(reporter, form.form)).into_iter().flatten();
            known.cells.extend(before.flatten().cloned());
        }
        let id = &model.reporter(form.reporter).id;
        let dice = Dice::of(&["story", &model.form(form.form).id, &id.to_string(), &form.period.to_string()]);
        let day = model.span(form.form, form.period).to;
        let mut telling = Telling { teller: self, form, dice, known, judged: Vec::new(), day, minute: 0 };
        telling.all()?;
        let Telling { known, judged, .. } = telling;
        let cells: Cells = form
            .values
            .iter()
            .filter_map(|(element, _)| {
                let (reporter, element) = (id.clone(), element.clone());
                let key = CellKey { reporter, period: form.period, element };
                known.cells.get(&key).cloned().map(|cell| (key, cell))
            })
            .collect();
        let before = self.before.entry((form.reporter, form.form)).or_default();
        before.push_back(cells.clone());
        before.drain(..before.len().saturating_sub(looks_back(model, form.form)));
        Ok((judged, cells))
    }
}

/// How many earlier periods the rules of a form look at.
fn looks_back(model: &Model, form: FormIx) -> usize {
    let operands = model.rule_terms(form).iter().flat_map(|terms| terms.left.iter().chain(&terms.right));
    let periods = operands.map(|(_, operand)| match operand {
        Operand::LastYear(_) => 12,
        Operand::Previous(_) => 1,
        Operand::This(_) | Operand::Number(_) => 0,
    });
    periods.max().unwrap_or(0)
}

impl Telling<'_, '_> {
    fn reporter(&self) -> ReporterId {
        self.teller.model.reporter(self.form.reporter).id.clone()
    }

    /// So many working days later, at some minute of the day; later than what was, and not after today.
    fn later(&mut self, days: i64) {
        let holidays = &self.teller.model.plan().holidays;
        let next = working_day_after(self.day, u8::try_from(days).unwrap_or(u8::MAX), holidays);
        let next = next.min(self.teller.today);
        let from = if next == self.day { self.minute + 1 } else { 7 * 60 + 30 };
        (self.day, self.minute) = (next, from + self.dice.below(60.min(23 * 60 + 50 - from).max(1)));
    }

    fn at(&mut self, second: i64) -> String {
        let Self { day, minute, .. } = self;
        format!("{day}T{:02}:{:02}:{second:02}.000+07:00", *minute / 60, *minute % 60)
    }

    /// An op of a device of this person's, its `nth`.
    fn op(&mut self, author: &str, nth: u8, base: Base, body: OpBody) -> Op {
        let device = Dice::of(&["device", author, &nth.to_string()]).id();
        let seq = self.teller.devices.entry(device).or_default();
        *seq += 1;
        let device_seq = *seq;
        Op {
            op_id: self.dice.id(),
            device_id: device,
            device_seq,
            author: author.to_owned(),
            stream: StreamId::Reporter(self.reporter()),
            base,
            plan: self.teller.version.to_owned(),
            entered_at: self.at(10),
            reason: None,
            note: None,
            body,
        }
    }

    fn figure(&mut self, nth: u8, base: Base, element: &str, value: i64) -> Op {
        let body = OpBody::Figure {
            period: self.form.period,
            element: element.to_owned(),
            value: Some(value),
            estimated: false,
            cleared: false,
            resolves: Vec::new(),
        };
        let officer = self.form.officer;
        self.op(officer, nth, base, body)
    }

    fn step(&mut self, author: &str, action: Action, covers: Vec<Cover>) -> Op {
        let (period, form) = (self.form.period, self.teller.model.form(self.form.form).id.clone());
        let key = SubmissionKey { reporter: self.reporter(), period, form: form.clone() };
        let base = Base::Rev(self.known.submissions.get(&key).map_or(0, |standing| standing.rev));
        self.op(author, 0, base, OpBody::Submission { period, form, action, covers })
    }

    /// Lets the ledger judge what one person sends.
    fn send(&mut self, role: Role, ops: &[Op]) -> Result<(), Rejection> {
        let at = self.at(40);
        let push = Push {
            model: self.teller.model,
            plans: &self.teller.plans,
            cooperation: Cooperation::none(),
            grants: &Grants::plain(role, vec![self.reporter()]),
            today: self.day,
            at: &at,
            epoch: 1,
            malformed: &[],
            refusals: usize::MAX,
        };
        let written = merge_batch(&push, ops, &mut self.known).map_err(|_| Rejection::PayloadDiffers)?;
        let refused = written.ops.iter().find_map(|(stored, _)| match stored.outcome {
            Outcome::Rejected { code } => Some(code),
            _ => None,
        });
        self.judged.push((at, written));
        refused.map_or(Ok(()), Err)
    }

    fn rev(&self, element: &str) -> u64 {
        let key =
            CellKey { reporter: self.reporter(), period: self.form.period, element: element.to_owned() };
        self.known.cells.get(&key).map_or(0, CellState::rev)
    }

    fn submit(&mut self) -> Result<(), Rejection> {
        let values = self.form.values;
        let cover = |(element, _): &(String, i64)| Cover::of(element.clone(), Base::Rev(self.rev(element)));
        let covers: Vec<Cover> = values.iter().map(cover).collect();
        let officer = self.form.officer;
        let op = self.step(officer, Action::Submit, covers);
        self.send(Role::Officer, &[op])
    }

    fn all(&mut self) -> Result<(), Rejection> {
        let values = self.form.values;
        let Some(last) = values.len().checked_sub(1) else { return Ok(()) };
        let any = self.dice.below(values.len() as i64) as usize;
        let (element, value) = (&values[any].0, values[any].1);
        let (is_corrected, is_contested) = (self.dice.one_in(9), self.dice.one_in(40));
        let days = 1 + self.dice.below(2);
        self.later(days);
        // What is entered first may be another number, which is seen before the form is submitted.
        let first = |nth: usize, value: i64| {
            value + i64::from(nth == any && (is_corrected || is_contested)) * (1 + value / 10)
        };
        let ops: Vec<Op> = (0..=last)
            .map(|nth| self.figure(0, Base::Rev(0), &values[nth].0, first(nth, values[nth].1)))
            .collect();
        self.send(Role::Officer, &ops)?;
        if is_contested {
            // The same cell, entered on another device that had not heard of it.
            self.later(0);
            let op = self.figure(1, Base::Rev(0), element, value);
            self.send(Role::Officer, std::slice::from_ref(&op))?;
            self.later(1);
            let mut choice = self.figure(0, Base::Rev(self.rev(element)), element, value);
            if let OpBody::Figure { resolves, .. } = &mut choice.body {
                resolves.push(op.op_id);
            }
            choice.reason = Some("Chọn số theo sổ thụ lý.".to_owned());
            self.send(Role::Officer, &[choice])?;
        } else if is_corrected {
            self.later(1);
            let op = self.figure(0, Base::Rev(self.rev(element)), element, value);
            self.send(Role::Officer, &[op])?;
        }
        self.later(0);
        self.submit()?;
        if self.dice.one_in(25) {
            let nth = self.dice.below(3) as usize;
            self.later(1);
            let mut back = self.step("reviewer", Action::Return, Vec::new());
            back.reason = Some(RETURNED[nth].to_owned());
            self.send(Role::Reviewer, &[back])?;
            self.later(1);
            let mut noted = self.figure(0, Base::Rev(self.rev(element)), element, value);
            noted.note = Some(NOTED[nth].to_owned());
            self.send(Role::Officer, &[noted])?;
            self.later(0);
            self.submit()?;
        }
        if !self.form.state.is_approved() {
            return Ok(());
        }
        let days = 3 + self.dice.below(12);
        self.later(days);
        let op = self.step("reviewer", Action::Approve, Vec::new());
        self.send(Role::Reviewer, &[op])?;
        if self.form.state == State::Published {
            let days = 5 + self.dice.below(25);
            self.later(days);
            let op = self.step("publisher", Action::Publish, Vec::new());
            self.send(Role::Publisher, &[op])?;
        }
        Ok(())
    }
}
