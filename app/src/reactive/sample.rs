//! People of a made-up plan whose devices stand in every state, for the page that shows all parts. The states come about as they do
//! elsewhere: by ops, a server in memory and its answers. What is stored is in the memory of this page; nothing is sent.

use crate::platform::{clock, ids};
use crate::reactive::context::Context;
use crate::reactive::drafts::Drafts;
use crate::reactive::live::{Live, SyncState};
use crate::reactive::profile::{InForce, Me, Profile};
use crate::storage::indexed_db::{self, Owed};
use chitieu_client::day::Told;
use chitieu_client::tasks::report_key;
use chitieu_domain::calendar::Periodicity;
use chitieu_domain::plan::Plan;
use chitieu_domain::task::Occurrence;
use chitieu_domain::unit::Units;
use chitieu_domain::{Model, PeriodId, ReporterId};
use chitieu_sync::cooperation::Cooperation;
use chitieu_sync::entity::task_report::{APPROVE, PROGRESS, PROGRESSES, RETURN, STEP, SUBMIT};
use chitieu_sync::grants::{Grants, Role};
use chitieu_sync::ledger::{MOST_REFUSALS, Push};
use chitieu_sync::memory::Memory;
use chitieu_sync::message::{CLIENT, OpResult, PullRequest};
use chitieu_sync::outcome::Head;
use chitieu_sync::plan_bundle::FORMAT;
use chitieu_sync::plans::Accepted;
use chitieu_sync::raw::Raw;
use chitieu_sync::replica::{CellKey, Change, Replica};
use chitieu_sync::{Op, OpBody, Outcome, Rejection};
use chrono::NaiveDate;
use leptos::prelude::*;
use uuid::Uuid;

/// The plan's version, which ops name.
const VERSION: &str = "sample";
/// The server's time.
const NOW: &str = "2026-10-12T15:00:00+07:00";
/// When what is new was entered.
const ENTERED: &str = "2026-10-12T14:30:00+07:00";
/// An hour in milliseconds.
const HOUR: f64 = 3_600_000.0;
/// The wards, each an officer's.
const WARDS: [&str; 4] = [
    "ward_committee:P1@2021-01-01",
    "ward_committee:P2@2021-01-01",
    "ward_committee:P3@2021-01-01",
    "ward_committee:P4@2021-01-01",
];
/// The form that they fill in.
pub const FORM: &str = "safety";
/// Of when.
pub const PERIOD: PeriodId = PeriodId::Quarter(2026, 3);

/// The devices.
#[derive(Clone, Copy)]
pub struct Sample {
    /// An officer's whose cells are in every state.
    pub every: Live,
    /// An officer's whose cells say more than a figure.
    pub said: Live,
    /// An officer's with a cell that holds two values, and nothing that waits.
    pub contested: Live,
    /// An officer's with a figure that waits, who has not heard of the server.
    pub waiting: Live,
    /// An officer's on which nothing waits, of one ward.
    pub few: Live,
    /// An officer's of all wards, on which nothing waits.
    pub many: Live,
    /// Officers' whose reports on the plan's task are a draft, submitted, returned and approved.
    pub reports: [Live; 4],
    /// Of somebody who enters for nobody.
    pub nothing: Live,
}

/// A ward's reporter.
pub fn ward(nth: usize) -> Option<ReporterId> {
    WARDS.get(nth)?.parse().ok()
}

/// A ward's cell in [`PERIOD`].
pub fn cell(ward: &ReporterId, element: &str) -> CellKey {
    CellKey { reporter: ward.clone(), period: PERIOD, element: element.to_owned() }
}

fn figure(value: i64) -> Head {
    Head { value: Some(value), ..Head::default() }
}

/// The server, and all that its answers rest on.
struct Office {
    server: Memory,
    plan: InForce,
    plans: Accepted,
    grants: Grants,
    today: NaiveDate,
}

impl Office {
    fn open() -> Option<Self> {
        let text = include_str!("../../../crates/domain/plans/illustrative-schools.toml");
        let mut plan: Plan = toml::from_str(text).ok()?;
        let units = Units::brought(std::mem::take(&mut plan.units));
        let model = Box::leak(Box::new(Model::new(plan, units).ok()?));
        Some(Self {
            server: Memory::new(1),
            plan: InForce { model, version: VERSION.to_owned(), key: String::new() },
            plans: Accepted::only(VERSION),
            grants: Grants::plain(Role::Officer, (0..WARDS.len()).filter_map(ward).collect()),
            today: NaiveDate::from_ymd_opt(2026, 10, 12)?,
        })
    }

    /// What becomes of ops.
    fn take(&mut self, ops: &[Op]) -> Vec<OpResult> {
        let push = Push {
            model: self.plan.model,
            plans: &self.plans,
            cooperation: Cooperation::none(),
            grants: &self.grants,
            today: self.today,
            at: NOW,
            epoch: self.server.epoch(),
            malformed: &[],
            refusals: MOST_REFUSALS,
        };
        self.server.push(&push, ops).unwrap_or_default()
    }

    /// A device that was never used, of an officer of these wards.
    async fn device(&self, name: &str, wards: &[ReporterId]) -> Option<Live> {
        // A page that is drawn anew in another language begins with empty ones.
        let database = format!("sample-{name}-{}", ids::new());
        let opened = indexed_db::open(&database).await.ok()?;
        let me = Me {
            username: format!("sample-{name}"),
            display_name: "Nguyễn Thị Lan".to_owned(),
            grants: Grants::plain(Role::Officer, wards.to_vec()),
            today: self.today,
            plan_version: VERSION.to_owned(),
            plan_bundle: String::new(),
            plan_format: FORMAT,
            push_format: 0,
            min_client: CLIENT,
            illustrative: true,
            is_beyond: false,
        };
        let told = Told { day: self.today, clock: clock::milliseconds() };
        let profile = Profile { me, told, plan: self.plan.clone() };
        let drafts = Drafts::open(name, opened.store.clone(), &opened.drafts).await;
        let live = Live::new(opened, profile, drafts, false);
        live.runs.close();
        Some(live)
    }

    /// Sends what waits on a device and takes what is new.
    async fn sync(&mut self, live: Live) {
        let ops = freeze(live).await;
        let results = self.take(&ops);
        let epoch = self.server.epoch();
        change(live, &mut |replica| replica.on_results(&results, epoch, NOW)).await;
        self.pull(live).await;
    }

    async fn pull(&self, live: Live) {
        let wards: Vec<_> = live.own().into_iter().map(Into::into).collect();
        let request = live.replica.with_untracked(|replica| PullRequest {
            cursor: replica.cursor().map(str::to_owned),
            device_id: Some(replica.device_id()),
            held: replica.held(),
            ..PullRequest::default()
        });
        let Ok(page) = self.server.pull(&wards, &request) else { return };
        change(live, &mut |replica| replica.on_page(page.clone())).await;
    }
}

async fn change(live: Live, make: &mut dyn FnMut(&mut Replica) -> Vec<Change>) {
    // Where this page's memory refuses, a state is missing on it, which is seen.
    live.change(&mut |replica| Some(make(replica))).await.ok();
}

/// Enters what a cell is to say.
async fn say(live: Live, key: &CellKey, says: Head, reason: Option<&str>) {
    let author = live.me.with_untracked(|me| me.username.clone());
    let op_id = ids::new();
    change(live, &mut |replica| {
        let (base, replaces) = replica.base_for(key);
        let op = Op {
            op_id,
            device_id: replica.device_id(),
            device_seq: replaces.unwrap_or_else(|| replica.next_seq()),
            author: author.clone(),
            stream: key.reporter.clone().into(),
            base,
            plan: VERSION.to_owned(),
            entered_at: ENTERED.to_owned(),
            reason: reason.map(str::to_owned),
            note: says.note.clone(),
            body: OpBody::Figure {
                period: key.period,
                element: key.element.clone(),
                value: says.value,
                estimated: says.estimated,
                cleared: says.cleared,
                resolves: Vec::new(),
            },
        };
        vec![replica.keep(op)]
    })
    .await;
}

/// Freezes all that waits, and gives it.
async fn freeze(live: Live) -> Vec<Op> {
    let mut ops = Vec::new();
    change(live, &mut |replica| {
        let (changes, all) = replica.next_push(usize::MAX, &|_| true);
        ops = all;
        changes
    })
    .await;
    ops
}

/// Answers the op that waits on a cell.
async fn answer(live: Live, key: &CellKey, outcome: Outcome) {
    let of = |op: &Op| op.cell().as_ref() == Some(key);
    let waits = |replica: &Replica| replica.outbox().find(|w| of(&w.op)).map(|w| w.op.op_id);
    let found: Option<Uuid> = live.replica.with_untracked(waits);
    let results: Vec<OpResult> =
        found.into_iter().map(|op_id| OpResult { op_id, outcome: outcome.clone() }).collect();
    change(live, &mut |replica| replica.on_results(&results, 1, NOW)).await;
}

impl Sample {
    /// Makes them; none where this page has no memory for it.
    pub async fn open() -> Option<Self> {
        indexed_db::work_without();
        let mut office = Office::open()?;
        let all: Vec<ReporterId> = (0..WARDS.len()).filter_map(ward).collect();
        let other = office.device("other", &all).await?;
        let every = office.device("every", &all[..1]).await?;
        statuses(&mut office, every, other, &all[0]).await;
        let said = office.device("said", &all[1..3]).await?;
        remarks(&mut office, said, other, &all[1]).await;
        let waiting = office.device("waiting", &all).await?;
        say(waiting, &cell(&all[3], "schools_start"), figure(18), None).await;
        let few = office.device("few", &all[3..]).await?;
        let many = office.device("many", &all).await?;
        for live in [few, many] {
            office.pull(live).await;
        }
        let nothing = office.device("nothing", &[]).await?;
        let mut reports = [nothing; 4];
        let roads = [&[][..], &[SUBMIT], &[SUBMIT, RETURN], &[SUBMIT, APPROVE]];
        for ((live, steps), name) in
            reports.iter_mut().zip(roads).zip(["draft", "submitted", "returned", "approved"])
        {
            *live = office.device(name, &all[..1]).await?;
            report(*live, &all[0], steps).await;
        }
        Some(Self { every, said, contested: other, waiting, few, many, reports, nothing })
    }
}

/// A ward whose cells are, row by row: sent, contested, rejected, passed over, on their way, saved, empty.
async fn statuses(office: &mut Office, every: Live, other: Live, ward: &ReporterId) {
    let of = |element: &str| cell(ward, element);
    let earlier = |period, element: &str| CellKey { period, ..of(element) };
    let before = [
        (PeriodId::Quarter(2025, 3), "schools_start", 22),
        (PeriodId::Quarter(2025, 3), "schools_opened", 3),
        (PeriodId::Quarter(2025, 3), "schools_closed", 2),
        (PeriodId::Quarter(2026, 2), "schools_end", 23),
    ];
    for (period, element, value) in before {
        say(other, &earlier(period, element), figure(value), None).await;
    }
    say(other, &of("schools_opened"), figure(3), None).await;
    office.sync(other).await;
    say(every, &of("schools_start"), figure(24), None).await;
    say(every, &of("schools_opened"), figure(2), None).await;
    office.sync(every).await;
    say(every, &of("schools_closed"), figure(1), None).await;
    say(every, &of("schools_end"), figure(27), None).await;
    freeze(every).await;
    answer(every, &of("schools_closed"), Outcome::Rejected { code: Rejection::Locked }).await;
    answer(every, &of("schools_end"), Outcome::Deferred).await;
    say(every, &of("schools_safe"), figure(29), None).await;
    freeze(every).await;
    say(every, &of("schools_counselling"), figure(12), None).await;
}

/// A ward whose cells say more than a figure: no data yet and why, a note, an estimate, cleared, another value since.
async fn remarks(office: &mut Office, said: Live, other: Live, ward: &ReporterId) {
    let of = |element: &str| cell(ward, element);
    for (element, value) in [("schools_closed", 4), ("schools_end", 31)] {
        say(said, &of(element), figure(value), None).await;
    }
    office.sync(said).await;
    office.pull(other).await;
    say(said, &of("schools_start"), Head::default(), Some("Chờ số liệu của phòng Giáo dục")).await;
    let marked = Head { note: Some("Gồm cả trường tư".to_owned()), estimated: true, ..figure(15) };
    say(said, &of("schools_opened"), marked, None).await;
    say(said, &of("schools_closed"), Head { cleared: true, ..Head::default() }, None).await;
    say(said, &of("schools_end"), figure(33), None).await;
    say(other, &of("schools_end"), figure(32), None).await;
    office.sync(other).await;
    office.pull(said).await;
}

/// Writes a report on the plan's first task and takes its steps, each as whoever may.
async fn report(live: Live, ward: &ReporterId, steps: &[&str]) {
    let Some(task) = live.model().plan().tasks.first() else { return };
    let period =
        live.model().own_calendar().period_on(live.today(), Periodicity::Quarter).expect("a quarter");
    let key = report_key(task, ward, Occurrence::Period(period));
    let officer = live.me.with_untracked(|me| me.grants.clone());
    let written = std::iter::once((PROGRESS, PROGRESSES[1])).chain(steps.iter().map(|step| (STEP, *step)));
    for (field, value) in written {
        if [RETURN, APPROVE].contains(&value) {
            live.me.update(|me| me.grants = Grants::plain(Role::Reviewer, Vec::new()));
        }
        let change = [(field.to_owned(), Raw::of(&value))].into();
        let reason = (value == RETURN).then(|| "Ghi rõ số bếp đã kiểm tra".to_owned());
        // What is not taken is missing on the page, which is seen.
        live.change_entity(&key, &change, Vec::new(), reason).await.ok();
    }
    live.me.update(|me| me.grants = officer);
}

/// The same device as a reviewer's.
pub fn reviewing(mut live: Live) -> Live {
    let me = live.me.get_untracked();
    live.me = RwSignal::new(Me { grants: Grants::plain(Role::Reviewer, Vec::new()), ..me });
    live
}

/// The same device with another standing of its runs.
pub fn standing(mut live: Live, state: SyncState) -> Live {
    live.state = RwSignal::new(state);
    live
}

/// The same device where nothing is stored, with a clock that is wrong.
pub fn without_store(live: Live) -> Live {
    let mut live = standing(live, SyncState::Offline);
    live.is_memory = true;
    live.clock_is_off = RwSignal::new(Some(HOUR));
    live
}

/// The same device of an older program than the server's.
pub fn behind(live: Live) -> Live {
    let mut live = standing(live, SyncState::Offline);
    let me = live.me.get_untracked();
    live.me = RwSignal::new(Me { plan_format: FORMAT + 1, ..me });
    live
}

/// The same page while the browser owes an answer.
pub fn owing(context: Context) -> Context {
    Context { owed: RwSignal::new(Some(Owed::Read)), ..context }
}
