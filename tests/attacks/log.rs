//! The log says who came in, who was refused and what was replayed altered, with the ids that answers carry; nothing that
//! a request brings forges a line or reaches a terminal, and no secret is in it, at whatever level it is kept.

use crate::answer::Answer;
use crate::visitor::Visitor;
use chitieu_tests::accounts::{self, PASSWORD};
use chitieu_tests::server::{Scratch, Server};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const OFFICER: &str = "police_commune-11977";
const REPORTER: &str = "police_commune:11977@2025-07-01";
/// What an attacker would like to see as a line of its own.
const FORGED: &str =
    "2026-11-22T08:00:00.000000Z  INFO request{id=\"0\"}: chitieu_server: signed in who=\"admin\"";
/// A figure, a password, and what is typed as a name by mistake.
const FIGURE: i64 = 731_953_117;
const WRONG: &str = "mật-khẩu-sai-7319";
const MISTAKEN: &str = "mật-khẩu-gõ-nhầm-vào-ô-tên";

fn id(answer: &Answer) -> &str {
    answer.headers["x-request-id"].to_str().expect("ascii")
}

fn op(seq: u64, id: &str, value: i64) -> Value {
    json!({
        "kind": "figure", "op_id": id, "device_id": "0199c0de-0000-7000-8000-000000000001", "device_seq": seq,
        "author": OFFICER, "reporter": REPORTER, "period": "2026-11", "element": "crimes_drug", "value": value,
        "base": { "rev": 0 }, "plan": accounts::plan().version, "entered_at": "2026-11-22T08:00:00Z",
    })
}

/// Bytes that no client library would send.
fn raw(server: &Server, bytes: &[u8]) {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
    stream.write_all(bytes).expect("it takes them");
    let mut answer = [0; 64];
    let count = stream.read(&mut answer).expect("it answers");
    assert!(answer[..count].starts_with(b"HTTP/1.1 "), "{:?}", &answer[..count]);
}

#[tokio::test]
async fn it_says_what_happened_in_lines_that_nobody_forges_and_tells_no_secret() {
    let folder = Scratch::new("log");
    let database = Server::fill(&folder.0);
    // Even an account's name may be hostile.
    let evil = format!("lan\r\n{FORGED}\u{1b}[2J\u{9b}31m\u{202e}");
    accounts::add_officers(&database, &[(evil.clone(), vec![REPORTER.parse().expect("an id")])]).await;
    let mut server = Server::bare(&database, &[]);
    let file = folder.0.join("log");
    server.log_into(&file);

    // What is to be said.
    let visitor = Visitor::sign_in(&server.url(""), OFFICER).await;
    let stranger = Visitor::stranger(&server.url(""));
    let credentials = |name: &str, password: &str| json!({ "username": name, "password": password });
    let wrong = stranger.post("/api/v1/session", &credentials(OFFICER, WRONG)).await;
    let unknown = stranger.post("/api/v1/session", &credentials(MISTAKEN, WRONG)).await;
    let no_session = stranger.get("/api/v1/me").await;
    let forbidden = visitor.get("/api/v1/evaluation?period=2026&scope=11953@2025-07-01").await;
    let foreign = visitor.request(Method::POST, "/api/v1/sync/push").header("origin", "https://evil.example");
    let foreign = Answer::to(foreign.body("{}")).await;
    let first = "0199c0de-0000-7000-8000-00000000f001";
    let push = async |ops: Value| visitor.post("/api/v1/sync/push", &json!({ "ops": ops })).await;
    assert_eq!(push(json!([op(1, first, FIGURE)])).await.json()["results"][0]["status"], "applied");
    let altered = push(json!([op(1, first, FIGURE + 1)])).await;
    assert_eq!(altered.json()["results"][0]["code"], "payload_differs");
    let mut foreign_op = op(2, "0199c0de-0000-7000-8000-00000000f002", FIGURE);
    foreign_op["reporter"] = json!("police_commune:11953@2025-07-01");
    let rejected = push(json!([foreign_op])).await;
    let cloned = push(json!([op(1, "0199c0de-0000-7000-8000-00000000f003", FIGURE)])).await;
    let mut other = op(3, "0199c0de-0000-7000-8000-00000000f004", FIGURE);
    other["author"] = json!("somebody");
    let other = push(json!([other])).await;

    // What nobody may bring about.
    for name in
        [format!("x\n{FORGED}"), format!("\u{1b}]0;x\u{7}\u{9b}2J{FORGED}"), "\u{2028}\u{202e}x".to_owned()]
    {
        stranger.post("/api/v1/session", &credentials(&name, WRONG)).await;
        let query =
            format!("/api/v1/evaluation?period={}", name.replace('\n', "%0A").replace('\u{1b}', "%1B"));
        visitor.get(&query).await;
        let mut ops = op(9, &name, FIGURE);
        ops["element"] = json!(name);
        push(json!([ops])).await;
        visitor.post("/api/v1/sync/pull", &json!({ "cursor": name, "author": name })).await;
        visitor.get(&format!("/api/v1/figures?reporter={REPORTER}&period=2026-11&form={}", name.len())).await;
    }
    let evil = Visitor::sign_in(&server.url(""), &evil).await;
    assert_eq!(evil.get("/api/v1/evaluation?period=2026&scope=11953@2025-07-01").await.status, 403);
    let hostile: [&[u8]; 5] = [
        b"GET /api/v1/\x1b[31mx HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET /api/v1/nothing HTTP/1.1\r\nhost: x\r\nx-forwarded-for: \xc2\x9b2J\xe2\x80\xae\t1.2.3.4\r\nconnection: close\r\n\r\n",
        b"GET /api/v1/a%0a%1b[31m%0d HTTP/1.1\r\nhost: x\r\nx-request-id: a\x9bb\r\nuser-agent: \x9b31m\r\nconnection: close\r\n\r\n",
        b"\x1b[31m\n\n\n",
        b"WHATEVER-\x41\x41 /api/v1/me HTTP/1.1\r\nhost: x\r\norigin: \x9b\r\nconnection: close\r\n\r\n",
    ];
    for bytes in hostile {
        raw(&server, bytes);
    }
    server.kill();

    let log = std::fs::read_to_string(&file).expect("a log of UTF-8");
    let unseen = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{2028}');
    assert_eq!(log.chars().find(|c| unseen(*c)), None, "a control character is in the log");
    for line in log.lines() {
        let time = line.get(..10).unwrap_or_default();
        assert!(time.parse::<chrono::NaiveDate>().is_ok(), "a line that is no event: {line}");
        assert!(!line.starts_with(FORGED) && line.chars().count() <= 4_001, "{line}");
    }
    let lines_of = |answer: &Answer| {
        let of = format!("id=\"{}\"", id(answer));
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(&of)).collect();
        lines.join("\n")
    };
    let said =
        log.lines().any(|line| line.contains("signed in") && line.contains(&format!("who=\"{OFFICER}\"")));
    assert!(said, "who came in is not said");
    for (answer, words) in [
        (&wrong, &["refused", "wrong_password", OFFICER, "from=127.0.0.1"][..]),
        (&unknown, &["refused", "wrong_password"]),
        (&no_session, &["refused", "not_signed_in", "/api/v1/me"]),
        (&forbidden, &["refused", "forbidden", OFFICER, "/api/v1/evaluation"]),
        (&foreign, &["refused", "cross_site"]),
        (&altered, &["altered replay", first, OFFICER]),
        (&rejected, &["ops rejected", "NoRight", OFFICER]),
        (&cloned, &["refused", "device_cloned", OFFICER]),
        (&other, &["refused", "other_author", OFFICER]),
    ] {
        let lines = lines_of(answer);
        for word in words {
            assert!(lines.contains(word), "`{word}` is not in: {lines}");
        }
    }
    let token = |visitor: &Visitor| visitor.cookie.split('=').next_back().unwrap_or_default().to_owned();
    let (mine, evils) = (token(&visitor), token(&evil));
    assert_eq!(mine.len(), 64);
    let figure = FIGURE.to_string();
    for secret in [PASSWORD, WRONG, MISTAKEN, &mine, &evils, &figure, "argon2", "731953118"] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "a secret is in the log");
    }
}
