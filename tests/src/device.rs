//! A device over HTTP: the app's client, a store in memory, no browser.

use crate::accounts::PASSWORD;
use chitieu_client::push_pull::{Limits, PushPull, Step, Terms};
use chitieu_client::transaction;
use chitieu_sync::message::{Problem, PullRequest, PullResponse};
use chitieu_sync::replica::rows::MemoryStore;
use chitieu_sync::replica::{CellKey, Change, Replica};
use chitieu_sync::{Op, OpBody};
use futures_util::FutureExt;
use serde::de::DeserializeOwned;
use sha2::Digest;
use std::io::Write as _;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Why a request brought nothing.
#[derive(Debug)]
pub enum Failed {
    /// No answer, or half of one.
    NoAnswer,
    /// The server said no.
    Refused(Problem),
}

/// Rounds of pushes and pulls in which all is said.
const MOST_ROUNDS: usize = 50;

/// What went over the line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Traffic {
    /// Requests made.
    pub requests: usize,
    /// Bytes of their bodies, packed.
    pub up: usize,
    /// Bytes of the answers, packed.
    pub down: usize,
    /// From the sending of each request until its answer was here.
    pub waited: Duration,
}

/// A device.
pub struct Device {
    http: reqwest::Client,
    base: String,
    cookie: String,
    author: String,
    plan: String,
    number: u128,
    made: u128,
    disk: MemoryStore,
    /// Its copy.
    pub replica: Replica,
    /// What went over the line.
    pub traffic: Traffic,
    /// Sends pushes by columns, until a server does not take one.
    pub packs: bool,
    limits: Limits,
}

/// A client that opens a connection a request, as far as the line allows keeping one.
fn client(keeps: bool) -> reqwest::Client {
    let idle = if keeps { 2 } else { 0 };
    reqwest::Client::builder().pool_max_idle_per_host(idle).build().expect("a client")
}

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn now() -> Instant {
    Instant::now()
}

fn packed(body: &str) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(body.as_bytes()).expect("memory");
    out.finish().expect("memory")
}

/// The id and time of what a device makes, as a browser makes them: a random UUIDv7 and a time of its own, a figure every few
/// seconds. The same in every run.
fn id(device: u128, made: u128) -> (Uuid, String) {
    const START: i64 = 1_795_334_400_000;
    let random = sha2::Sha256::digest([device.to_be_bytes(), made.to_be_bytes()].concat());
    let pause = i64::from(u16::from_be_bytes([random[10], random[11]]) % 3_000);
    let at = START + made as i64 * 3_000 + pause;
    let mut bits = [0; 10];
    bits.copy_from_slice(&random[..10]);
    let id = uuid::Builder::from_unix_timestamp_millis(at as u64, &bits).into_uuid();
    (id, time_of(at as u64))
}

/// A time in milliseconds since 1970 as a device writes it.
fn time_of(milliseconds: u64) -> String {
    let time = chrono::DateTime::from_timestamp_millis(milliseconds as i64).expect("a time of this century");
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// What a store in memory gives: nobody waits for it.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("memory answers at once")
}

impl Device {
    /// Signs in at a server (`http://127.0.0.1:8188`).
    pub async fn new(base: &str, author: &str, number: u128, keeps: bool) -> Self {
        let http = client(keeps);
        let body = serde_json::json!({ "username": author, "password": PASSWORD }).to_string();
        let request = http.post(format!("{base}/api/v1/session")).header("content-type", "application/json");
        let answer = request.body(body).send().await.expect("the server answers");
        let cookie = answer.headers()["set-cookie"].to_str().expect("text").to_owned();
        let cookie = cookie.split(';').next().expect("a pair").to_owned();
        let me = answer.text().await.expect("an answer");
        let me: serde_json::Value = serde_json::from_str(&me).expect("me");
        let plan = me["plan_version"].as_str().expect("a version").to_owned();
        let packs = me["push_format"].as_u64().is_some_and(|format| format > 0);
        let mut disk = MemoryStore::default();
        let Ok((replica, _)) = at_once(transaction::open(&mut disk, || id(number, 0).0));
        let (author, base) = (author.to_owned(), base.to_owned());
        let traffic = Traffic::default();
        let limits = Limits::default();
        Self { http, base, cookie, author, plan, number, made: 0, disk, replica, traffic, packs, limits }
    }

    /// Talks through another address from now on.
    pub fn moves_to(&mut self, base: &str, keeps: bool) {
        base.clone_into(&mut self.base);
        self.http = client(keeps);
    }

    fn change(&mut self, make: &mut dyn FnMut(&mut Replica) -> Vec<Change>) {
        let mut make = |replica: &mut Replica| Some(make(replica));
        let Ok(_) = at_once(transaction::change(&mut self.disk, &mut self.replica, &mut make));
    }

    /// Types a figure.
    pub fn edit(&mut self, key: &CellKey, value: i64) {
        self.made += 1;
        let (op_id, entered_at) = id(self.number, self.made);
        let (author, plan) = (self.author.clone(), self.plan.clone());
        self.change(&mut |replica| {
            let (base, replaces) = replica.base_for(key);
            let (period, element) = (key.period, key.element.clone());
            vec![replica.keep(Op {
                op_id,
                device_id: replica.device_id(),
                device_seq: replaces.unwrap_or_else(|| replica.next_seq()),
                author: author.clone(),
                stream: key.reporter.clone().into(),
                base,
                plan: plan.clone(),
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
            })]
        });
    }

    async fn post<T: DeserializeOwned>(&mut self, path: &str, body: &str) -> Result<T, Failed> {
        let body = packed(body);
        self.traffic.requests += 1;
        self.traffic.up += body.len();
        let request = self.http.post(format!("{}/api/v1/{path}", self.base));
        let request = request
            .header("content-type", "application/json")
            .header("content-encoding", "gzip")
            .header("accept-encoding", "gzip")
            .header("cookie", &self.cookie);
        let begun = now();
        let answer = request.body(body).send().await.map_err(|_| Failed::NoAnswer)?;
        let is_fine = answer.status().is_success();
        let is_packed = answer.headers().contains_key("content-encoding");
        let bytes = answer.bytes().await.map_err(|_| Failed::NoAnswer)?;
        self.traffic.waited += begun.elapsed();
        self.traffic.down += bytes.len();
        let mut text = Vec::new();
        if is_packed {
            std::io::copy(&mut flate2::read::GzDecoder::new(&*bytes), &mut text)
                .map_err(|_| Failed::NoAnswer)?;
        } else {
            text.extend_from_slice(&bytes);
        }
        if !is_fine {
            return Err(Failed::Refused(serde_json::from_slice(&text).expect("a problem")));
        }
        serde_json::from_slice(&text).map_err(|_| Failed::NoAnswer)
    }

    /// A run that sends so many ops a push and asks for so many events a page.
    fn begin(&self, most: usize, limit: usize) -> PushPull {
        let author = Some(self.author.clone());
        let pull = PullRequest { limit: Some(limit), author, ..PullRequest::default() };
        let fresh = id(self.number, u128::MAX).0;
        PushPull::new(Terms { limits: self.limits, most, packs: self.packs, pull, fresh, time_of })
    }

    /// Does what comes next in a run.
    async fn follow(&mut self, run: &mut PushPull, step: Step) -> Result<Step, Failed> {
        let answer = match step {
            Step::Write => {
                self.change(&mut |replica| run.changes(replica, &|_| true, &|_| Vec::new()));
                return Ok(run.written(&self.replica));
            }
            Step::Push(body) => self.post("sync/push", &body).await.map(|answer| run.pushed(answer)),
            Step::Pull(request) => {
                let body = serde_json::to_string(&request).expect("JSON");
                self.post("sync/pull", &body).await.map(|page| run.pulled(page))
            }
            Step::Done => return Ok(Step::Done),
        };
        let next = match &answer {
            Err(Failed::Refused(problem)) => {
                let (status, code) = (Some(problem.status), problem.code.as_str());
                run.refused(&mut self.replica, status, code, &|| problem.title_en.clone())
            }
            _ => None,
        };
        self.limits = run.limits();
        next.map_or(answer, Ok)
    }

    /// Sends a batch; gives how many ops were answered.
    pub async fn push(&mut self, most: usize) -> Result<usize, Failed> {
        let (mut run, mut step) = (self.begin(most, 0), Step::Write);
        while run.answered() == 0 && !matches!(step, Step::Pull(_)) {
            step = self.follow(&mut run, step).await?;
        }
        Ok(run.answered())
    }

    /// Takes in a page; true where there are more.
    pub async fn pull(&mut self, limit: usize) -> Result<bool, Failed> {
        let (mut run, mut step) = (self.begin(0, limit), Step::Write);
        let mut asked = 0;
        while step != Step::Done {
            asked += usize::from(matches!(step, Step::Pull(_)));
            if asked > 1 {
                return Ok(true);
            }
            step = self.follow(&mut run, step).await?;
        }
        Ok(false)
    }

    /// What the server says, without taking it in.
    pub async fn page(&mut self, limit: usize) -> Result<PullResponse, Failed> {
        let mut run = self.begin(0, limit);
        match self.follow(&mut run, Step::Write).await? {
            Step::Pull(request) => {
                self.post("sync/pull", &serde_json::to_string(&request).expect("JSON")).await
            }
            step => panic!("it asks for a page, not {step:?}"),
        }
    }

    /// Pushes and pulls until nothing waits and nothing is new.
    pub async fn sync(&mut self) -> Result<(), Failed> {
        for _ in 0..MOST_ROUNDS {
            // What is held waits for what a page brings.
            let (mut run, mut step) = (self.begin(500, 2_000), Step::Write);
            while step != Step::Done {
                step = self.follow(&mut run, step).await?;
            }
            if self.replica.tally().waiting == 0 {
                return Ok(());
            }
        }
        panic!("{:?} wait for ever", self.replica.tally());
    }

    /// The same over a line that fails: tries until it went through; gives how often it failed.
    pub async fn sync_somehow(&mut self) -> usize {
        let mut failed = 0;
        while let Err(why) = self.sync().await {
            if let Failed::Refused(problem) = why {
                panic!("{}: {}", problem.code, problem.title_en);
            }
            failed += 1;
            // A server that is being started again refuses at once; that is no reason to spin.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        failed
    }
}
