//! A server behind a proxy: its cookie and its headers follow the public address, other sites' pages change nothing,
//! every answer is sealed, and a refusal repeats little.

use crate::answer::Answer;
use crate::visitor::Visitor;
use chitieu_tests::accounts::PASSWORD;
use chitieu_tests::server::{Scratch, Server, free_port};
use reqwest::Method;
use serde_json::json;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

const OFFICER: &str = "police_commune-11977";
const PUBLIC: &str = "https://chitieu.example.gov.vn";
const PORTAL: &str = "https://portal.example.gov.vn";

fn behind_a_proxy(folder: &Scratch) -> Server {
    let app = folder.0.join("app");
    std::fs::create_dir_all(&app).expect("the folder is writable");
    for name in ["index.html", "app-0123456789abcdef.js"] {
        std::fs::write(app.join(name), name).expect("it is written");
    }
    let app = app.to_string_lossy().into_owned();
    let options = ["--public-url", PUBLIC, "--public", "--frame-ancestor", PORTAL, "--app", &app];
    Server::bare(&Server::fill(&folder.0), &options)
}

async fn signed_in(server: &Server) -> Visitor {
    let mut visitor = Visitor::stranger(&server.url(""));
    let body = json!({ "username": OFFICER, "password": PASSWORD });
    let said = visitor.post("/api/v1/session", &body).await;
    let cookie = said.headers["set-cookie"].to_str().expect("ascii").to_owned();
    for part in ["__Host-chitieu_session=", "; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    cookie.split(';').next().unwrap_or_default().clone_into(&mut visitor.cookie);
    visitor
}

fn value<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().expect("ascii"))
}

#[tokio::test]
async fn another_sites_page_changes_nothing() {
    let folder = Scratch::new("origin");
    let server = behind_a_proxy(&folder);
    let visitor = signed_in(&server).await;
    let push = async |headers: &[(&str, &str)]| {
        let request =
            visitor.request(Method::POST, "/api/v1/sync/push").header("content-type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        Answer::to(request.body(r#"{"ops":[]}"#)).await.status
    };
    let same = ("sec-fetch-site", "same-origin");
    // The app of every release, and what is no browser.
    assert_eq!(push(&[("origin", PUBLIC), same]).await, 200);
    assert_eq!(push(&[("origin", PUBLIC)]).await, 200);
    assert_eq!(push(&[]).await, 200);
    for origin in [
        "https://evil.example",
        "http://chitieu.example.gov.vn",
        "https://chitieu.example.gov.vn:8443",
        "https://chitieu.example.gov.vn.evil.example",
        PORTAL,
        "null",
        "",
    ] {
        assert_eq!(push(&[("origin", origin)]).await, 403, "{origin}");
        assert_eq!(push(&[("origin", origin), same]).await, 403, "{origin}");
    }
    for site in ["cross-site", "same-site", "nonsense"] {
        assert_eq!(push(&[("origin", PUBLIC), ("sec-fetch-site", site)]).await, 403, "{site}");
    }
    // No session is begun or ended for another page either.
    for method in [Method::POST, Method::DELETE] {
        let request = visitor.request(method, "/api/v1/session").header("origin", "https://evil.example");
        let body = json!({ "username": OFFICER, "password": PASSWORD }).to_string();
        let refused = Answer::to(request.header("content-type", "application/json").body(body)).await;
        assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("cross_site")));
        assert!(!refused.headers.contains_key("set-cookie"));
    }
    assert_eq!(visitor.get("/api/v1/me").await.status, 200, "still signed in");
}

#[tokio::test]
async fn every_answer_of_a_running_server_is_sealed() {
    let folder = Scratch::new("sealed");
    let server = behind_a_proxy(&folder);
    let visitor = signed_in(&server).await;
    let stranger = Visitor::stranger(&server.url(""));
    let mut answers = Vec::new();
    for path in [
        "/",
        "/app-0123456789abcdef.js",
        "/nothing.js",
        "/quan-tri",
        "/healthz",
        "/readyz",
        "/api/v1/me",
        "/api/v1/plan/bundle",
        "/api/v1/evaluation?period=2026",
        "/api/v1/evaluation?period=abc",
        "/api/v1/sync/push",
        "/api/v1/nothing",
        "/public",
        "/oembed",
        "/embed/v1/style.css",
        "/embed/v1/target/T04?period=2024",
        "/embed/v1/target/T04.svg",
        "/embed/v1/target/T99",
        "/embed/v1/target/%FF",
        "/embed/v1/target/T04?period=abc",
        "/embed/nothing",
    ] {
        for visitor in [&visitor, &stranger] {
            let said = visitor.get(path).await;
            let tag = value(&said, "etag").to_owned();
            answers.push((path, said));
            if !tag.is_empty() {
                let again = visitor.request(Method::GET, path).header("if-none-match", tag);
                answers.push((path, Answer::to(again).await));
            }
        }
        answers.push((path, Answer::to(visitor.request(Method::PUT, path)).await));
    }
    let packed = visitor.request(Method::POST, "/api/v1/sync/push").header("content-encoding", "nonsense");
    answers.push(("an unknown coding", Answer::to(packed.body("x")).await));
    let news = visitor.request(Method::GET, "/api/v1/sync/events").send().await.expect("a stream");
    let (status, headers) = (news.status().as_u16(), news.headers().clone());
    answers.push(("events", Answer { status, headers, text: String::new() }));
    // Small on the way, and never unpacked whole. Its connection is of no use any more.
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&vec![b' '; 64 << 20]).expect("memory");
    let large = visitor.request(Method::POST, "/api/v1/sync/push").header("content-encoding", "gzip");
    let large = large.header("content-type", "application/json");
    answers.push(("too large", Answer::to(large.body(bomb.finish().expect("memory"))).await));
    let mut statuses: Vec<u16> = answers.iter().map(|(_, answer)| answer.status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    for status in [200, 304, 400, 401, 404, 405, 413, 415] {
        assert!(statuses.contains(&status), "{status} is not among {statuses:?}");
    }
    for (path, answer) in &answers {
        let about = format!("{path} {}", answer.status);
        for (name, expected) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(value(answer, name), expected, "{about}");
        }
        assert!(!value(answer, "cache-control").is_empty(), "{about}");
        assert!(!value(answer, "permissions-policy").is_empty(), "{about}");
        assert!(!value(answer, "cross-origin-resource-policy").is_empty(), "{about}");
        assert_eq!(value(answer, "x-request-id").len(), 16, "{about}");
        let policy = value(answer, "content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe-inline"),
            "{about}: {policy}"
        );
        let is_framed = policy.contains(&format!("frame-ancestors {PORTAL}"));
        let is_widget = path.starts_with("/embed") && !path.ends_with("css") && answer.status != 405;
        assert_eq!(is_framed, is_widget, "{about}: {policy}");
        assert_eq!(value(answer, "x-frame-options"), if is_framed { "" } else { "DENY" }, "{about}");
    }
}

#[tokio::test]
async fn a_query_that_does_not_read_is_a_problem_and_is_repeated_in_200_characters() {
    let folder = Scratch::new("query");
    let server = Server::bare(&Server::fill(&folder.0), &[]);
    let visitor = Visitor::sign_in(&server.url(""), OFFICER).await;
    let long = "ấ".repeat(2_000);
    for query in [
        format!("evaluation?period={long}"),
        format!("evaluation?period=2026&scope={long}"),
        format!("evaluation/others?{long}={long}"),
        format!("figures?reporter={long}&period=2026-10&form=crime"),
        "evaluation?period=2026&period=2025".to_owned(),
        "evaluation?period=%FF%FE".to_owned(),
        "evaluation".to_owned(),
    ] {
        let said = visitor.get(&format!("/api/v1/{query}")).await;
        let about: String = query.chars().take(40).collect();
        assert_eq!((said.status, value(&said, "content-type")), (400, "application/problem+json"), "{about}");
        for title in ["title", "title_en"] {
            let title = said.json()[title].as_str().expect("text").to_owned();
            assert!(title.chars().count() < 200 + 40, "{about}: {title}");
        }
    }
    // Less than what a sign-in may have.
    let long = "ấ".repeat(700);
    let body = json!({ "ops": long, "username": [long], "limit": long });
    for path in ["session", "sync/pull", "sync/push"] {
        let said = visitor.post(&format!("/api/v1/{path}"), &body).await;
        assert_eq!(said.status, 400, "{path}");
        assert!(said.text.chars().count() < 800, "{path}: {}", said.text);
    }
}

#[test]
fn only_origins_may_frame_widgets() {
    let folder = Scratch::new("ancestors");
    let database = format!("sqlite:{}", folder.0.join("none.db").display());
    let program = std::env::var("CHITIEU_SERVER").expect("`cargo xtask test` names it");
    for wrong in [
        "*",
        "'self'",
        "https:",
        "https://*.gov.vn",
        "https://portal.example.gov.vn/widgets",
        "https://portal.example.gov.vn; script-src *",
        "https://portal.example.gov.vn https://evil.example",
        "portal.example.gov.vn",
    ] {
        let listen = format!("127.0.0.1:{}", free_port());
        let mut server = Command::new(&program)
            .args(["serve", "--database", &database, "--listen", &listen, "--frame-ancestor", wrong])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        // It ends at once; one that serves would not.
        let mut ended = None;
        for _ in 0..400 {
            ended = server.try_wait().expect("it can be asked");
            if ended.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        if ended.is_none() {
            server.kill().ok();
            server.wait().ok();
        }
        assert_eq!(ended.and_then(|status| status.code()), Some(2), "{wrong} is taken");
    }
}
