//! Requests as a browser and as an attacker make them.

use crate::answer::Answer;
use chitieu_domain::ReporterId;
use chitieu_sync::replica::CellKey;
use chitieu_tests::accounts::{self, PASSWORD};
use chitieu_tests::device::{Device, Failed};
use chitieu_tests::server::{Server, TODAY};
use std::time::Duration;
use tokio::time::Instant;

/// The accounts there are.
pub const OFFICERS: [&str; 4] = ["lan", "minh", "hoa", "tuan"];

/// Fills a database with accounts; gives the reporter of each.
pub async fn add_officers(database: &str) -> Vec<ReporterId> {
    let reporters = accounts::commune_police(&accounts::plan().model);
    let officers = OFFICERS.iter().zip(&reporters);
    let officers: Vec<_> =
        officers.map(|(name, reporter)| ((*name).to_owned(), vec![reporter.clone()])).collect();
    accounts::add_officers(database, &officers).await;
    reporters[..OFFICERS.len()].to_vec()
}

/// A server on a database with these accounts.
pub async fn server(database: &str, more: &[&str]) -> Server {
    add_officers(database).await;
    on(database, more)
}

/// A server on a database that has them already.
pub fn on(database: &str, more: &[&str]) -> Server {
    Server::bare(database, &[&["--today", TODAY], more].concat())
}

/// Signs in, or tries to, with these cookies and as from this address.
pub async fn sign_in(
    http: &reqwest::Client,
    server: &Server,
    name: &str,
    password: &str,
    (cookies, from): (&str, &str),
) -> Answer {
    let body = serde_json::json!({ "username": name, "password": password }).to_string();
    let request = http.post(server.url("/api/v1/session")).header("content-type", "application/json");
    Answer::to(request.header("cookie", cookies).header("x-forwarded-for", from).body(body)).await
}

/// Signs in as somebody should; gives the cookies of the session and of the browser.
pub async fn enter(http: &reqwest::Client, server: &Server, name: &str) -> (String, String) {
    let signed_in = sign_in(http, server, name, PASSWORD, ("", "198.51.100.1")).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.text);
    let cookie =
        |name: &str| signed_in.cookies().into_iter().find(|c| c.starts_with(name)).unwrap_or_default();
    (cookie("chitieu_session="), cookie("chitieu_device="))
}

pub async fn get(http: &reqwest::Client, server: &Server, path: &str, cookie: &str) -> Answer {
    Answer::to(http.get(server.url(path)).header("cookie", cookie)).await
}

/// How long each of some requests took, in order of time.
pub struct Times(Vec<Duration>);

impl Times {
    /// Asks again and again, with a pause, as long as `goes_on`, and at least ten times.
    pub async fn of(http: &reqwest::Client, url: &str, cookie: &str, goes_on: impl Fn() -> bool) -> Self {
        let mut times = Vec::new();
        while goes_on() || times.len() < 10 {
            let begun = Instant::now();
            let answered = Answer::to(http.get(url).header("cookie", cookie)).await;
            assert_eq!(answered.status, 200, "{}", answered.text);
            times.push(begun.elapsed());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        times.sort_unstable();
        Self(times)
    }

    pub fn median(&self) -> Duration {
        self.0[self.0.len() / 2]
    }

    pub fn longest(&self) -> Duration {
        self.0[self.0.len() - 1]
    }

    #[expect(clippy::print_stdout, reason = "what was measured is said")]
    pub fn say(&self, what: &str) {
        println!(
            "{what}: {} times, median {:.0?}, longest {:.0?}",
            self.0.len(),
            self.median(),
            self.longest()
        );
    }
}

/// An open stream of events.
pub struct Events(reqwest::Response);

impl Events {
    pub async fn of(http: &reqwest::Client, server: &Server, cookie: &str) -> Self {
        let request = http.get(server.url("/api/v1/sync/events")).header("cookie", cookie);
        let answer = request.send().await.expect("the server answers");
        assert_eq!(answer.status(), 200);
        Self(answer)
    }

    /// True where it says "changed" within this time.
    pub async fn change_within(&mut self, most: Duration) -> bool {
        let said = async {
            while let Ok(Some(part)) = self.0.chunk().await {
                if part.windows(7).any(|word| word == b"changed") {
                    return true;
                }
            }
            false
        };
        tokio::time::timeout(most, said).await.unwrap_or(false)
    }

    /// True where it ends within this time.
    pub async fn ends_within(&mut self, most: Duration) -> bool {
        let end = async { while let Ok(Some(_)) = self.0.chunk().await {} };
        tokio::time::timeout(most, end).await.is_ok()
    }
}

/// A device of an officer that has typed `count` figures.
pub async fn typed(
    server: &Server,
    nth: usize,
    reporter: &ReporterId,
    count: usize,
) -> (Device, Vec<CellKey>) {
    let cells = accounts::cells(&accounts::plan().model, reporter, count);
    let mut device = Device::new(&server.url(""), OFFICERS[nth], nth as u128 + 1, false).await;
    for (at, key) in cells.iter().enumerate() {
        device.edit(key, at as i64);
    }
    (device, cells)
}

/// Status and code of a push that was refused.
pub fn refused(failed: Failed) -> (u16, String) {
    match failed {
        Failed::Refused(problem) => (problem.status, problem.code),
        Failed::NoAnswer => panic!("no answer"),
    }
}

/// Waits for something to become true, for this long at most.
pub async fn within(most: Duration, mut what: impl AsyncFnMut() -> bool) -> bool {
    let begun = Instant::now();
    while !what().await {
        if begun.elapsed() > most {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    true
}
