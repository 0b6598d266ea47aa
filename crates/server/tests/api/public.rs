//! The public door: what is shown without an account, whatever it is asked.

use crate::server::{OFFICER, Server};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use chitieu_domain::PeriodId;
use chitieu_domain::privacy::is_sensitive;
use chitieu_server::http::public_paths;
use chitieu_server::router;
use chitieu_server::services::context::Settings;
use serde_json::json;
use std::collections::HashSet;
use std::io::Read as _;
use std::sync::Arc;
use tower::ServiceExt;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text").replace("<!>", "")
    }

    fn kind(&self) -> &str {
        self.headers[header::CONTENT_TYPE].to_str().expect("ascii")
    }
}

async fn ask(router: &Router, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    let response = router.clone().oneshot(request).await.expect("the router answers");
    let (head, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body").to_vec();
    Answer { status: head.status, headers: head.headers, body }
}

/// Every name of a period from one year to another, spans of years included.
fn periods(first: i16, last: i16) -> Vec<String> {
    let of = |y: i16| {
        let months = (1..=12).map(move |m| format!("{y}-{m:02}"));
        let parts =
            ["", "-H1", "-H2", "-9M", "-Q1", "-Q2", "-Q3", "-Q4"].map(move |part| format!("{y}{part}"));
        let spans = (y + 1..=last).map(move |end| format!("{y}-{end}"));
        months.chain(parts).chain(spans)
    };
    (first..=last).flat_map(of).collect()
}

/// A server whose database can be changed beside it.
struct Tampered {
    server: Server,
    database: sqlx::SqlitePool,
}

impl Tampered {
    async fn new() -> Self {
        let server = Server::new().await;
        let database = sqlx::SqlitePool::connect(&server.url()).await.expect("it is there");
        Self { server, database }
    }

    async fn run(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.database).await.expect("it runs");
    }
}

/// True where a text has a whole number of thirteen digits or more, however it is grouped.
fn has_canary(text: &str) -> bool {
    let digits = |c: char| c.is_ascii_digit();
    let mut run = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let groups =
            matches!(c, '.' | ',' | '\u{a0}' | '\u{202f}') && chars.peek().copied().is_some_and(digits);
        run = if digits(c) {
            run + 1
        } else if run > 0 && groups {
            run
        } else {
            0
        };
        if run >= 13 {
            return true;
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_unpublished_or_sensitive_is_in_any_public_byte() {
    let tampered = Tampered::new().await;
    let server = &tampered.server;
    let model = &server.app.plan.model;
    // Fifteen digits, and no sum or difference of two has fewer than thirteen but where they are the same.
    tampered.run("UPDATE cells SET value = 700000000000000 + 10000000000000 * (abs(random()) % 13)").await;
    let forms = model.forms().flat_map(|form| &model.form(form).elements);
    let sensitive: Vec<&str> = forms.filter(|e| e.sensitive).map(|e| e.id.as_str()).collect();
    assert!(sensitive.len() > 20);
    let list = serde_json::to_string(&sensitive).expect("JSON");
    let sql = "UPDATE published SET value = 700000000000000 + 10000000000000 * (abs(random()) % 13) \
               WHERE element IN (SELECT value FROM json_each($1))";
    let planted = sqlx::query(sql).bind(list).execute(&tampered.database).await.expect("it runs");
    assert!(planted.rows_affected() > 1_000);
    let router = router(server.app.clone());
    let mut seen = 0;
    let mut verdicts = HashSet::new();
    for path in public_paths() {
        for (place, target) in model.plan().targets.iter().enumerate() {
            for name in [target.id.clone(), format!("{}.svg", target.id)] {
                for query in periods(2021, 2026).iter().map(|p| format!("period={p}&")).chain([String::new()])
                {
                    // Months in one language each, alternately; longer periods in both.
                    let month =
                        query.rsplit_once('-').and_then(|(_, m)| m.trim_end_matches('&').parse::<u8>().ok());
                    let langs =
                        month.map_or(&["vi", "en"][..], |m| if m % 2 == 0 { &["vi"] } else { &["en"] });
                    for lang in langs {
                        let path = format!("{}?{query}lang={lang}", path.replace("{id}", &name));
                        let answer = ask(&router, &path, &[]).await;
                        assert_eq!(answer.status, StatusCode::OK, "{path}");
                        let text = answer.text();
                        assert!(!has_canary(&text), "{path}: {text}");
                        let is_card = text.contains(&format!("{} · ", target.id));
                        if is_card && is_sensitive(model, place) {
                            let is_bare = text.contains("<b>–</b>") || text.contains(">–</text>");
                            assert!(is_bare && !text.contains("bar-fill"), "{path}: {text}");
                            verdicts.insert(text.contains("chip met") || text.contains("chip not"));
                        }
                        seen += 1;
                    }
                }
            }
        }
    }
    assert!(seen > 4_000 && verdicts.contains(&true), "{seen}");
}

#[test]
fn the_search_for_canaries_finds_them() {
    assert!(
        has_canary("x 700.000.000.000.123/1 vụ")
            && has_canary("1,400,000,000,000,000")
            && has_canary("70000000000000.0%")
    );
    assert!(!has_canary("15/12/2023–14/12/2024, 1.033/1.302 <path d=\"M2 6.5l2.6 2.6L10 3.4\">"));
}

#[tokio::test(flavor = "multi_thread")]
async fn any_period_and_any_nonsense_has_an_answer_of_its_kind() {
    let server = Server::new().await;
    let router = router(server.app.clone());
    let mut bodies = HashSet::new();
    for period in periods(1900, 2100) {
        let id: Result<PeriodId, _> = period.parse();
        let years: Vec<i16> = period.split('-').filter_map(|y| y.parse().ok()).filter(|y| *y > 31).collect();
        if years.iter().all(|y| (2010..=2030).contains(y)) {
            continue;
        }
        let answer = ask(&router, &format!("/embed/v1/target/T04?period={period}"), &[]).await;
        let wanted = if id.is_ok() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        assert_eq!(answer.status, wanted, "{period}");
        bodies.insert(answer.body);
    }
    assert_eq!(bodies.len(), 2, "one answer a kind");
    for (path, status, text) in [
        ("/embed/v1/target/T04?period=abc", 400, "Địa chỉ của khung này sai"),
        ("/embed/v1/target/T04?period=abc&lang=en", 400, "address of this frame is wrong"),
        ("/embed/v1/target/T04.svg?period=abc", 400, "Địa chỉ của khung này sai"),
        ("/embed/v1/target/T04?period=", 400, "Địa chỉ của khung này sai"),
        ("/embed/v1/target/T04?lang=vi&lang=en", 400, "Địa chỉ của khung này sai"),
        ("/embed/v1/target/T04?theme=pink", 400, "Địa chỉ của khung này sai"),
        ("/embed/v1/target/T04?period=%ff", 400, "Địa chỉ của khung này sai"),
        ("/embed/v1/target/T04?period=2024%27--", 400, "Địa chỉ của khung này sai"),
        ("/embed/v1/target/T99?lang=en", 404, "no such target"),
        ("/embed/v1/target/%2e%2e%2fT04", 404, "Không có chỉ tiêu này"),
        ("/embed/v1/target/T99.svg", 404, "<svg"),
        ("/embed/v1/target/T04?period=2099", 200, "Chưa công bố số liệu của kỳ này"),
        ("/embed/v1/target/T04?utm_source=a&utm_source=b&=&&x", 200, "data-target"),
        ("/embed/v1/nothing", 404, "Không có nội dung này"),
        ("/embed", 404, "Không có nội dung này"),
        ("/embed/v2/target/T04.svg", 404, "<svg"),
    ] {
        let answer = ask(&router, path, &[]).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert!(answer.text().contains(text), "{path}: {}", answer.text());
        let framed = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("ascii");
        assert!(framed.contains("frame-ancestors https://portal.example.vn"), "{path}");
    }
}

#[tokio::test]
async fn addresses_that_nothing_has_are_never_the_app() {
    let server = Server::new().await;
    let router = router(server.app.clone());
    for path in ["/api", "/api/", "/api/v2/me", "/api/v1/nothing", "/public", "/public/v1/x", "/oembed?url=x"]
    {
        let answer = ask(&router, path, &[]).await;
        assert_eq!(
            (answer.status, answer.kind()),
            (StatusCode::NOT_FOUND, "application/problem+json"),
            "{path}"
        );
    }
    for path in ["/quan-tri", "/quan-tri/", "/quan-tri/tai-khoan/1"] {
        let answer = ask(&router, path, &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().contains("Chưa có trang này trên máy chủ"), "{path}");
    }
    let cookie = server.sign_in(OFFICER).await;
    for path in
        ["evaluation?period=abc", "evaluation", "evaluation/others?period=x", "figures?period=2024-13"]
    {
        let path = format!("/api/v1/{path}");
        let answer = ask(&router, &path, &[("cookie", &cookie)]).await;
        assert_eq!(
            (answer.status, answer.kind()),
            (StatusCode::BAD_REQUEST, "application/problem+json"),
            "{path}"
        );
    }
    for period in ["1990", "2200-12", "1990-2200", "2020-Q1"] {
        let path = format!("/api/v1/evaluation?period={period}");
        assert_eq!(ask(&router, &path, &[("cookie", &cookie)]).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn the_public_door_is_shut_unless_it_is_opened() {
    let mut server = Server::new().await;
    let settings = Settings { public: false, ..server.app.settings.clone() };
    let shared = Arc::get_mut(&mut server.app.0).expect("nobody else has it");
    Arc::get_mut(&mut shared.context).expect("nobody else has it").settings = settings;
    assert!(!Settings::default().public);
    let router = router(server.app.clone());
    for path in public_paths() {
        let answer = ask(&router, &path.replace("{id}", "T04"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().contains("Không có nội dung này"), "{path}");
    }
}

#[tokio::test]
async fn what_was_made_once_is_sent_packed_tagged_and_not_sent_again() {
    let server = Server::new().await;
    let router = router(server.app.clone());
    for path in ["/embed/v1/target/T04", "/embed/v1/target/T04.svg", "/embed/v1/style.css"] {
        let plain = ask(&router, path, &[]).await;
        let gzip = ask(&router, path, &[("accept-encoding", "gzip")]).await;
        let brotli = ask(&router, path, &[("accept-encoding", "gzip, deflate, br")]).await;
        let refused = ask(&router, path, &[("accept-encoding", "br;q=0, gzip;q=0.0")]).await;
        assert_eq!(refused.body, plain.body);
        let mut open = Vec::new();
        flate2::read::GzDecoder::new(&*gzip.body).read_to_end(&mut open).expect("it unpacks");
        assert_eq!(open, plain.body);
        let mut open = Vec::new();
        brotli::BrotliDecompress(&mut &*brotli.body, &mut open).expect("it unpacks");
        assert_eq!(open, plain.body);
        assert!(brotli.body.len() < plain.body.len() * 6 / 10, "{path}: {}", brotli.body.len());
        let mut tags = HashSet::new();
        for (answer, coding) in [(&plain, None), (&gzip, Some("gzip")), (&brotli, Some("br"))] {
            assert_eq!(
                answer.headers.get(header::CONTENT_ENCODING).map(|c| c.to_str().expect("ascii")),
                coding
            );
            assert_eq!(answer.headers[header::VARY], "accept-encoding");
            let cache = answer.headers[header::CACHE_CONTROL].to_str().expect("ascii");
            assert!(
                cache.contains("stale-while-revalidate=") && cache.contains("stale-if-error="),
                "{cache}"
            );
            let tag = answer.headers[header::ETAG].to_str().expect("ascii").to_owned();
            for asked in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
                let again = ask(&router, path, &[("if-none-match", &asked)]).await;
                assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{path} {asked}");
            }
            tags.insert(tag);
        }
        assert_eq!(tags.len(), 3, "another coding is another tag");
        let other = ask(&router, path, &[("if-none-match", "\"x\"")]).await;
        assert_eq!(other.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_new_publication_replaces_the_former_when_it_is_made() {
    let tampered = Tampered::new().await;
    let server = &tampered.server;
    let router = router(server.app.clone());
    let path = "/embed/v1/target/T04?period=2024";
    let before = ask(&router, path, &[]).await;
    assert!(before.text().contains("1.033/1.302 vụ"), "{}", before.text());
    tampered.run("UPDATE published SET value = value + 1").await;
    server.app.public.refresh(&server.app.context).await.expect("it is read");
    assert_eq!(ask(&router, path, &[]).await.body, before.body, "nothing is evaluated twice");
    tampered.run("INSERT INTO meta (key, value) VALUES ('publication', '1')").await;
    assert_eq!(ask(&router, path, &[]).await.body, before.body, "the former one, until the new one is made");
    server.app.public.refresh(&server.app.context).await.expect("it is read");
    let after = ask(&router, path, &[]).await;
    assert!(!after.text().contains("1.033/1.302 vụ"), "{}", after.text());
    assert_ne!(after.headers[header::ETAG], before.headers[header::ETAG]);
}

#[tokio::test]
async fn an_evaluation_follows_what_is_written() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let evaluation = async || server.get("/api/v1/evaluation?period=2026", &cookie).await.1;
    let (first, again) = (evaluation().await, evaluation().await);
    assert_eq!(first, again);
    let model = &server.app.plan.model;
    let first_element = model.target_elements(0).next().expect("a target names elements");
    let element = &model.element(first_element).id;
    let op = server.figure(1, OFFICER, element, 9_000, &json!({ "rev": 0 }));
    let (status, said) = server.post("/api/v1/sync/push", Some(&cookie), &json!({ "ops": [op] })).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    assert!(evaluation().await != first, "{said}");
}
