//! One set of security headers on every answer, whichever route, file or failure it comes from.

use super::server::{OFFICER, Server};
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use chitieu_server::http::assets::Assets;
use chitieu_server::http::routes;
use std::collections::HashSet;
use std::sync::Arc;

/// Every path that the router has, so that a new one is asked too.
fn paths() -> Vec<String> {
    routes().into_iter().map(|(_, path)| path.replace("{id}", "T04")).collect()
}

fn app() -> Assets {
    let folder = std::env::temp_dir().join(format!("chitieu-headers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
    for name in ["index.html", "sw.js", "app-0123456789abcdef.js"] {
        std::fs::write(folder.join(name), name).expect("it is written");
    }
    let assets = Assets::read(&folder).expect("it reads");
    std::fs::remove_dir_all(folder).ok();
    assets
}

fn assert_sealed(headers: &HeaderMap, is_https: bool, about: &str) {
    let text = |name: &str| headers.get(name).map(|v| v.to_str().expect("ascii").to_owned());
    for (name, value) in
        [("x-content-type-options", "nosniff"), ("cross-origin-opener-policy", "same-origin")]
    {
        assert_eq!(text(name).as_deref(), Some(value), "{about}");
    }
    // The address of the set-up page is a secret.
    let referrer = text("referrer-policy");
    let is_secret = about.contains("/quan-tri/thiet-lap") && referrer.as_deref() == Some("no-referrer");
    assert!(is_secret || referrer.as_deref() == Some("same-origin"), "{about}: {referrer:?}");
    let policy = text("content-security-policy").unwrap_or_else(|| panic!("{about} has no policy"));
    assert!(policy.contains("default-src 'none'") && policy.contains("base-uri 'none'"), "{about}: {policy}");
    let is_framed = policy.contains("frame-ancestors https://portal.example.vn");
    assert!(is_framed || policy.contains("frame-ancestors 'none'"), "{about}: {policy}");
    assert_eq!(is_framed, about.contains("/embed"), "{about}: {policy}");
    assert_eq!(text("x-frame-options").as_deref(), (!is_framed).then_some("DENY"), "{about}");
    let shared = text("cross-origin-resource-policy");
    assert!(matches!(shared.as_deref(), Some("same-origin" | "cross-origin")), "{about}");
    assert!(text("permissions-policy").is_some_and(|p| p.contains("geolocation=()")), "{about}");
    assert!(text("cache-control").is_some(), "{about}");
    assert_eq!(text("strict-transport-security").is_some(), is_https, "{about}");
    let id = text("x-request-id").unwrap_or_default();
    assert!(id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{about}: {id}");
    for name in headers.keys() {
        let expected = if name == "set-cookie" { 2 } else { 1 };
        assert!(headers.get_all(name).iter().count() <= expected || name == "vary", "{about}: {name} twice");
    }
}

#[tokio::test]
async fn every_answer_has_them() {
    let mut server = Server::new().await;
    Arc::get_mut(&mut server.app.0).expect("nobody else has it").assets = app();
    let cookie = server.sign_in(OFFICER).await;
    let mut asked: Vec<String> = paths();
    assert!(asked.len() > 12 && asked.contains(&"/api/v1/sync/push".to_owned()), "{asked:?}");
    assert!(asked.contains(&"/embed/v1/target/T04".to_owned()), "{asked:?}");
    for more in [
        "/",
        "/nhap/x",
        "/sw.js",
        "/app-0123456789abcdef.js",
        "/nothing.js",
        "/quan-tri",
        "/api/v1/nothing",
        "/api/v1/evaluation?period=2024",
        "/api/v1/evaluation?period=abc",
        "/embed/v1/target/T04?period=2024",
        "/embed/v1/target/T04.svg",
        "/embed/v1/target/T99",
        "/embed/v1/target/%FF",
        "/embed/v1/target/T04?period=abc",
        "/embed/nothing",
        "/public/v1/x",
        "/oembed",
    ] {
        asked.push(more.to_owned());
    }
    let mut seen = HashSet::new();
    for path in &asked {
        // The style sheet frames nothing.
        let about = |what: &str| format!("{what} {}", path.replace("/embed/v1/style.css", "style.css"));
        for method in ["GET", "HEAD", "POST", "DELETE", "PUT", "OPTIONS", "WHATEVER"] {
            for headers in [
                vec![("cookie", cookie.as_str())],
                vec![],
                vec![("origin", "https://evil.example")],
                vec![("accept-encoding", "gzip"), ("cookie", cookie.as_str())],
            ] {
                if (method, path.as_str()) == ("DELETE", "/api/v1/session") && !headers.is_empty() {
                    continue;
                }
                let mut request = Request::builder().method(method).uri(path);
                for (name, value) in headers {
                    request = request.header(name, value);
                }
                let answer = server.ask(request.body(Body::empty()).expect("a request")).await;
                let is_embed = matches!(method, "GET" | "HEAD") || !answer.status().is_client_error();
                let about = about(method);
                let about = if is_embed { about } else { about.replace("/embed", "") };
                seen.insert(answer.status());
                assert_sealed(answer.headers(), false, &about);
                if let Some(tag) = answer.headers().get("etag").cloned() {
                    let again = Request::builder().method(method).uri(path).header("if-none-match", tag);
                    let again = again.header("cookie", &cookie).body(Body::empty()).expect("a request");
                    let again = server.ask(again).await;
                    if answer.status() == StatusCode::OK {
                        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{about}");
                    }
                    seen.insert(again.status());
                    assert_sealed(again.headers(), false, &about);
                }
            }
        }
    }
    for status in [200, 304, 400, 401, 403, 404, 405] {
        assert!(seen.iter().any(|s| s.as_u16() == status), "{status} is not among {seen:?}");
    }
    let https = server.behind_https();
    for path in ["/healthz", "/api/v1/me", "/nothing.js"] {
        let answer = https.ask(Request::get(path).body(Body::empty()).expect("a request")).await;
        assert_sealed(answer.headers(), true, path);
    }
}
