//! Guessing passwords, and asking for more hashes than there is memory for.

use crate::answer::Answer;
use crate::clients::{self, Events, Times, enter, get, sign_in, within};
use chitieu_server::auth::session::token_hash;
use chitieu_server::store::Store;
use chitieu_tests::accounts::PASSWORD;
use chitieu_tests::server::{Scratch, Server};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

const STRANGER: &str = "203.0.113.9";

fn database(folder: &Scratch) -> String {
    format!("sqlite:{}", folder.0.join("attacked.db").display())
}

/// Behind a proxy, which is the test.
async fn proxied(folder: &Scratch) -> Server {
    clients::server(&database(folder), &["--public-url", "http://127.0.0.1"]).await
}

/// Megabytes of memory that a process has, or had at most (`VmRSS`, `VmHWM`).
fn memory(process: u32, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix(what)).expect("a line");
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1_000
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "what was measured is said")]
async fn a_flood_of_sign_ins_takes_little_memory_and_leaves_others_alone() {
    let folder = Scratch::new("flood");
    let server = Arc::new(proxied(&folder).await);
    let http = reqwest::Client::new();
    let (other, _) = enter(&http, &server, "hoa").await;
    let before = memory(server.process_id(), "VmRSS");
    let mut flood = JoinSet::new();
    for n in 0..150 {
        let (http, server) = (http.clone(), Arc::clone(&server));
        // Half of them with the right password: those are no guesses, and are not refused as such.
        flood.spawn(async move {
            let from = format!("203.0.113.{}", n % 50);
            let (name, password) =
                if n % 2 == 0 { ("lan".to_owned(), PASSWORD) } else { (format!("made-up-{n}"), "wrong") };
            sign_in(&http, &server, &name, password, ("", &from)).await
        });
    }
    let url = server.url("/api/v1/me");
    let over = AtomicBool::new(false);
    let flood = async {
        let answers = flood.join_all().await;
        over.store(true, Ordering::Relaxed);
        answers
    };
    let times = Times::of(&http, &url, &other, || !over.load(Ordering::Relaxed));
    let (answers, times) = tokio::join!(flood, times);
    let more = memory(server.process_id(), "VmHWM").saturating_sub(before);
    let with = |status| answers.iter().filter(|answer| answer.status == status).count();
    println!(
        "150 sign-ins at once: {} in, {} wrong, {} to come back later; {more} MB more",
        with(200),
        with(401),
        with(503)
    );
    times.say("others' `me` meanwhile");
    assert_eq!(with(200) + with(401) + with(503), 150);
    assert!(answers.iter().all(|answer| (answer.status == 503) == answer.retry_after().is_some()));
    assert!(with(200) > 0);
    assert!(more < 200, "{more} MB");
    assert!(times.median() < Duration::from_millis(300));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_guesses_at_once_five_are_compared_wherever_they_come_from() {
    let folder = Scratch::new("guesses");
    let server = Arc::new(proxied(&folder).await);
    let http = reqwest::Client::new();
    let mut guesses = JoinSet::new();
    for n in 0..60 {
        let (http, server) = (http.clone(), Arc::clone(&server));
        guesses.spawn(async move {
            sign_in(&http, &server, "lan", &format!("guess {n}"), ("", &format!("203.0.113.{n}"))).await
        });
    }
    let answers = guesses.join_all().await;
    let compared = answers.iter().filter(|answer| answer.code() == "wrong_password").count();
    assert!((1..=5).contains(&compared), "{compared} were compared");
    let later = |answer: &Answer| matches!(answer.status, 429 | 503) && answer.retry_after().is_some();
    assert_eq!(answers.iter().filter(|answer| later(answer)).count(), 60 - compared);
    // Nor does the right one get in now, from somewhere new; another account is not concerned.
    let right = sign_in(&http, &server, "lan", PASSWORD, ("", "198.51.100.7")).await;
    assert_eq!((right.status, right.code().as_str()), (429, "too_many_tries"));
    enter(&http, &server, "minh").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_gets_in_on_a_known_device_while_a_stranger_guesses() {
    let folder = Scratch::new("owner");
    let mut server = proxied(&folder).await;
    let http = reqwest::Client::new();
    let (_, device) = enter(&http, &server, "lan").await;
    let (_, other_device) = enter(&http, &server, "minh").await;
    let guess = async |server: &Server, cookies: &str| {
        sign_in(&http, server, "lan", "a guess", (cookies, STRANGER)).await.status
    };
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(guess(&server, "").await);
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
    // What is known does not die with the server.
    server.kill();
    server.start();
    assert_eq!(guess(&server, "").await, 429);
    assert_eq!(guess(&server, &other_device).await, 429, "a browser that is known to another account");
    assert_eq!(guess(&server, "chitieu_device=made-up").await, 429);
    let right = sign_in(&http, &server, "lan", PASSWORD, (&device, "198.51.100.1")).await;
    assert_eq!(right.status, 200, "{}", right.text);
    let again =
        right.cookies().into_iter().find(|cookie| cookie.starts_with("chitieu_device=")).expect("a token");
    assert_eq!(*again, device, "the browser keeps what it is known by");
    assert_eq!(guess(&server, "").await, 429, "the stranger is not let off");
    // A known device is no way around: it has five tries of its own.
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(guess(&server, &device).await);
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_tries_all_names_is_slowed_down_and_others_are_not() {
    let folder = Scratch::new("names");
    let server = Arc::new(proxied(&folder).await);
    let http = reqwest::Client::new();
    let mut compared = 0;
    // A few at a time: none is to be refused for the moment's sake.
    for round in 0..15 {
        let mut tries = JoinSet::new();
        for n in 0..8 {
            let (http, server) = (http.clone(), Arc::clone(&server));
            let name = format!("name-{round}-{n}");
            tries.spawn(async move { sign_in(&http, &server, &name, "12345678", ("", STRANGER)).await });
        }
        compared += tries.join_all().await.iter().filter(|answer| answer.status == 401).count();
    }
    assert_eq!(compared, 100);
    let refused = sign_in(&http, &server, "lan", PASSWORD, ("", STRANGER)).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "too_many_tries"));
    // What is forged before the proxy's own entry is not looked at.
    let forged = format!("198.51.100.9, {STRANGER}");
    assert_eq!(sign_in(&http, &server, "lan", PASSWORD, ("", &forged)).await.status, 429);
    enter(&http, &server, "lan").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_anybody_may_write_is_not_believed_where_no_proxy_is() {
    let folder = Scratch::new("forged");
    let server = clients::server(&database(&folder), &[]).await;
    let http = reqwest::Client::new();
    for n in 0..100 {
        let from = format!("203.0.113.{n}");
        let wrong = sign_in(&http, &server, &format!("name-{n}"), "x", ("", &from)).await;
        assert_eq!(wrong.status, 401);
    }
    assert_eq!(sign_in(&http, &server, "another", "x", ("", "198.51.100.8")).await.status, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_their_sessions_and_ends_them_and_nobody_elses() {
    let folder = Scratch::new("sessions");
    let server = clients::server(&database(&folder), &[]).await;
    let http = reqwest::Client::new();
    let (here, device) = enter(&http, &server, "lan").await;
    let (there, _) = enter(&http, &server, "lan").await;
    let (other, _) = enter(&http, &server, "minh").await;
    let list = async |cookie: &str| -> Vec<serde_json::Value> {
        let listed = get(&http, &server, "/api/v1/sessions", cookie).await;
        assert_eq!(listed.status, 200);
        serde_json::from_str(&listed.text).expect("a list")
    };
    let sessions = list(&here).await;
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions.iter().filter(|session| session["is_this"] == true).count(), 1);
    let id = |session: &serde_json::Value| session["id"].as_str().expect("an id").to_owned();
    let far = id(sessions.iter().find(|session| session["is_this"] == false).expect("the other"));
    let token = there.split('=').nth(1).expect("a token");
    assert!(!token.contains(&far) && !far.contains(token), "what names a session does not give it away");
    let end = async |cookie: &str, id: &str| {
        let request = http.delete(server.url(&format!("/api/v1/sessions/{id}"))).header("cookie", cookie);
        answer_status(request).await
    };
    assert_eq!(end(&other, &far).await, 404, "another person's");
    let mut events = Events::of(&http, &server, &there).await;
    assert_eq!(end(&here, &far).await, 204);
    assert!(events.ends_within(Duration::from_secs(5)).await);
    assert_eq!(get(&http, &server, "/api/v1/me", &there).await.status, 401);
    assert_eq!(list(&here).await.len(), 1);
    // Signing in again gives another token, and the one before it is worth nothing.
    let both = format!("{here}; {device}");
    let again = sign_in(&http, &server, "lan", PASSWORD, (&both, "")).await;
    assert_eq!(again.status, 200);
    assert_ne!(again.cookies()[0], here);
    assert_eq!(get(&http, &server, "/api/v1/me", &here).await.status, 401);
    assert_eq!(list(&again.cookies()[0]).await.len(), 1);
}

async fn answer_status(request: reqwest::RequestBuilder) -> u16 {
    Answer::to(request).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_events_ends_with_its_session_whoever_ends_it() {
    let folder = Scratch::new("streams");
    let database = database(&folder);
    let server = clients::server(&database, &[]).await;
    let http = reqwest::Client::new();
    let (out, _) = enter(&http, &server, "lan").await;
    let (stays, _) = enter(&http, &server, "minh").await;
    let (far, _) = enter(&http, &server, "hoa").await;
    let mut events = Events::of(&http, &server, &out).await;
    let mut stays = Events::of(&http, &server, &stays).await;
    let request = http.delete(server.url("/api/v1/session")).header("cookie", &out);
    assert_eq!(answer_status(request).await, 204);
    assert!(events.ends_within(Duration::from_secs(5)).await, "signing out");
    // Another program ends one: the server is not told.
    let mut events = Events::of(&http, &server, &far).await;
    let store = Store::open(&database).await.expect("it opens");
    store.end_session(&token_hash(far.split('=').nth(1).expect("a token"))).await.expect("it ends");
    store.close().await;
    assert!(events.ends_within(Duration::from_secs(20)).await, "ended elsewhere");
    assert!(!stays.ends_within(Duration::from_millis(200)).await, "another person's goes on");
    assert!(
        within(Duration::from_secs(5), async || get(&http, &server, "/healthz", "").await.status == 200)
            .await
    );
}
