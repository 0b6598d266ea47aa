//! Connections that are opened and left, that say half a request, or that say it very slowly.

use crate::clients::{self, Events, Times, enter};
use chitieu_server::http::listening::Limits;
use chitieu_tests::server::{Scratch, Server, TODAY};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

const HALF: &str = "GET /healthz HTTP/1.1\r\nhost: chitieu\r\nx-half";
const WHOLE: &str = "GET /healthz HTTP/1.1\r\nhost: chitieu\r\n\r\n";

async fn server(folder: &Scratch) -> Server {
    clients::server(&format!("sqlite:{}", folder.0.join("attacked.db").display()), &[]).await
}

/// Opens a connection and says this on it.
async fn open(server: &Server, said: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).await.expect("it is taken in");
    stream.write_all(said.as_bytes()).await.expect("it is said");
    stream
}

/// The head of a sign-in, or of a push, whose body never comes whole.
fn slow(path: &str, cookie: &str) -> String {
    format!(
        "POST /api/v1/{path} HTTP/1.1\r\nhost: chitieu\r\ncontent-type: application/json\r\n\
         cookie: {cookie}\r\ncontent-length: 2000\r\n\r\n{{"
    )
}

/// Says a byte every second, as long as the other end lets it; gives what was answered, and after how long.
async fn drip(mut stream: TcpStream) -> (String, Duration) {
    let begun = Instant::now();
    let mut answer = Vec::new();
    loop {
        if let Ok(ended) = timeout(Duration::from_secs(1), stream.read_to_end(&mut answer)).await {
            ended.ok();
            break;
        }
        if stream.write_all(b" ").await.is_err() {
            break;
        }
    }
    (String::from_utf8_lossy(&answer).into_owned(), begun.elapsed())
}

/// Reads to the end; true where it comes within this time.
async fn ends_within(stream: &mut TcpStream, most: Duration) -> bool {
    let mut rest = Vec::new();
    // A connection that is reset has ended too.
    timeout(most, stream.read_to_end(&mut rest)).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_told_within_a_second_whoever_holds_connections_open() {
    // This process needs more files than the server gets, which are as many as a service has where nobody sets it.
    Limits::of_this_machine();
    let folder = Scratch::new("idle");
    let database = format!("sqlite:{}", folder.0.join("attacked.db").display());
    clients::add_officers(&database).await;
    let server = Server::cramped(&database, &["--today", TODAY], 1_024);
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).timeout(Duration::from_secs(5));
    let http = client.build().expect("a client");
    let mut held = Vec::new();
    for _ in 0..1_100 {
        held.push(open(&server, "").await);
    }
    let url = server.url("/healthz");
    let idle = Times::of(&http, &url, "", || false).await;
    idle.say("healthz with 1,100 idle connections");
    for _ in 0..500 {
        held.push(open(&server, HALF).await);
    }
    let both = Times::of(&http, &url, "", || false).await;
    both.say("healthz with 500 half-open ones as well");
    assert!(idle.longest() < Duration::from_secs(1) && both.longest() < Duration::from_secs(1));
    // Somebody who works is not thrown out by those who only wait.
    let (cookie, _) = enter(&http, &server, "lan").await;
    let mut events = Events::of(&http, &server, &cookie).await;
    for _ in 0..1_100 {
        held.push(open(&server, "").await);
    }
    assert!(!events.ends_within(Duration::from_millis(100)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_idle_half_open_or_too_slow_is_ended() {
    let folder = Scratch::new("slow");
    let server = server(&folder).await;
    let (mut idle, mut half) = (open(&server, "").await, open(&server, HALF).await);
    let mut kept = open(&server, WHOLE).await;
    let mut some = [0; 15];
    kept.read_exact(&mut some).await.expect("an answer");
    assert_eq!(&some, b"HTTP/1.1 200 OK");
    let dripped = tokio::spawn(drip(open(&server, &slow("session", "")).await));
    let dripped_head = tokio::spawn(drip(open(&server, HALF).await));
    let most = Duration::from_secs(30);
    let (idle, half, kept) = tokio::join!(
        ends_within(&mut idle, most),
        ends_within(&mut half, most),
        ends_within(&mut kept, most)
    );
    assert_eq!((idle, half, kept), (true, true, true), "never said anything, said half, is done");
    let (answer, took) = dripped.await.expect("it ends");
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("too_slow"), "{answer}");
    assert!(took < most, "a body by drops took {took:?}");
    let (_, took) = dripped_head.await.expect("it ends");
    assert!(took < most, "a head by drops took {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_asked_to_stop_has_stopped_within_ten_seconds() {
    let folder = Scratch::new("stop");
    let mut server = server(&folder).await;
    let http = reqwest::Client::new();
    let (cookie, _) = enter(&http, &server, "lan").await;
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(Events::of(&http, &server, &cookie).await);
    }
    let mut held = Vec::new();
    for _ in 0..50 {
        held.push(open(&server, "").await);
        held.push(open(&server, HALF).await);
    }
    for _ in 0..10 {
        tokio::spawn(drip(open(&server, &slow("session", "")).await));
        tokio::spawn(drip(open(&server, &slow("sync/push", &cookie)).await));
    }
    // All of it has been taken in.
    sleep(Duration::from_millis(500)).await;
    let stopped = tokio::task::spawn_blocking(move || server.stops_within(Duration::from_secs(10))).await;
    assert!(stopped.expect("it is waited for"), "it goes on, or did not end well");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_only_idle_connections_hold_stops_at_once() {
    let folder = Scratch::new("stop-idle");
    let mut server = server(&folder).await;
    let http = reqwest::Client::new();
    let (cookie, _) = enter(&http, &server, "lan").await;
    let stream = Events::of(&http, &server, &cookie).await;
    let held = [open(&server, "").await, open(&server, HALF).await];
    let stopped = tokio::task::spawn_blocking(move || server.stops_within(Duration::from_secs(5))).await;
    assert!(stopped.expect("it is waited for"), "it goes on");
    drop((stream, held));
}
