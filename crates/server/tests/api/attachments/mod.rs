//! Files that stand behind reports: how they come, what is not taken, who is given them, and how they are taken away.

mod administration;
mod files;

use super::server::{DEVICE, OFFICER, REPORTER, Server, read};
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use chitieu_domain::attachment::{CHUNK, MOST_BYTES};
use chitieu_server::services::attachments::hash;
use files::{Pdf, docx, odt, packed, pdf, xlsx};
use lopdf::{Dictionary, dictionary};
use serde_json::{Value, json};

const SIBLING: &str = "police_commune-11980";
const SIBLINGS: &str = "police_commune:11980@2025-07-01";

fn path(of: &str, bytes: &[u8]) -> String {
    format!("/api/v1/attachments/{of}/{}", hash(bytes))
}

async fn send(
    server: &Server,
    cookie: &str,
    path: &str,
    at: (usize, usize),
    body: &[u8],
) -> (StatusCode, Value) {
    let uri = format!("{path}?offset={}&total={}", at.0, at.1);
    let request = Request::put(uri).header(header::COOKIE, cookie).body(Body::from(body.to_vec()));
    read(server.ask(request.expect("a request")).await).await
}

/// Sends a file as a device does, and gives how it stands then.
async fn upload(server: &Server, cookie: &str, of: &str, bytes: &[u8]) -> Value {
    let (path, mut at, mut last) = (path(of, bytes), 0, Value::Null);
    for part in bytes.chunks(CHUNK) {
        let (status, said) = send(server, cookie, &path, (at, bytes.len()), part).await;
        assert_eq!(status, StatusCode::OK, "{said}");
        at += part.len();
        last = said;
    }
    last
}

async fn given(server: &Server, cookie: &str, path: &str) -> Response<Body> {
    let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty());
    server.ask(request.expect("a request")).await
}

async fn bytes_of(response: Response<Body>) -> Vec<u8> {
    axum::body::to_bytes(response.into_body(), 64 << 20).await.expect("a body").to_vec()
}

#[tokio::test]
async fn a_file_comes_in_parts_and_an_upload_goes_on_from_where_it_is() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let file = pdf(&Pdf { title: "Biên bản", text: "Đã họp", filling: 600_000, ..Pdf::default() });
    let (path, total) = (path(REPORTER, &file), file.len());
    let state = async || server.get(&format!("{path}/status"), &cookie).await.1;
    assert_eq!(state().await, json!({ "state": "absent" }));
    let partial = |offset: usize| json!({ "state": "partial", "offset": offset });
    let (status, said) = send(&server, &cookie, &path, (CHUNK, total), &file[CHUNK..2 * CHUNK]).await;
    assert_eq!((status, said), (StatusCode::CONFLICT, json!({ "state": "absent" })));
    for _ in 0..2 {
        let (status, said) = send(&server, &cookie, &path, (0, total), &file[..CHUNK]).await;
        assert_eq!((status, said), (StatusCode::OK, partial(CHUNK)));
    }
    let (status, said) = send(&server, &cookie, &path, (100, total), &file[100..CHUNK + 100]).await;
    assert_eq!((status, said), (StatusCode::CONFLICT, partial(CHUNK)));
    assert_eq!(state().await, partial(CHUNK));
    assert_eq!(given(&server, &cookie, &path).await.status(), StatusCode::NOT_FOUND, "it is not whole");
    send(&server, &cookie, &path, (CHUNK, total), &file[CHUNK..2 * CHUNK]).await;
    let (_, said) = send(&server, &cookie, &path, (2 * CHUNK, total), &file[2 * CHUNK..]).await;
    let stored = json!({ "state": "stored", "bytes": total, "media": "pdf", "stored_sha256": hash(&file) });
    assert_eq!((&said, &state().await), (&stored, &stored));
    let answer = given(&server, &cookie, &path).await;
    let headers = answer.headers().clone();
    assert_eq!(bytes_of(answer).await, file);
    assert_eq!(headers[header::CONTENT_TYPE], "application/pdf");
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(headers[header::CACHE_CONTROL], "private, no-store");
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("ascii");
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
    assert!(headers[header::CONTENT_DISPOSITION].to_str().expect("ascii").starts_with("attachment; "));
    let shown = given(&server, &cookie, &format!("{path}?inline=1")).await;
    assert!(shown.headers()[header::CONTENT_DISPOSITION].to_str().expect("ascii").starts_with("inline; "));
}

#[tokio::test]
async fn what_stops_after_the_last_part_is_finished_by_whoever_asks() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let file = docx(&["Đã họp"], &[]);
    let reporter = REPORTER.parse().expect("an id");
    let chunk = chitieu_server::store::attachments::Chunk {
        reporter: &reporter,
        sha256: hash(&file),
        offset: 0,
        total: file.len() as u64,
        body: &file,
        now: 0,
        most_stored: u64::MAX,
    };
    // As far as the server came before it was killed.
    server.app.store.put_chunk(&chunk).await.expect("it is kept");
    let (_, said) = server.get(&format!("{}/status", path(REPORTER, &file)), &cookie).await;
    assert_eq!((&said["state"], &said["media"]), (&json!("stored"), &json!("docx")));
}

#[tokio::test]
async fn what_is_taken_is_given_back_as_it_came_and_pictures_are_made_anew() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let chart = xlsx("12");
    for (file, media) in [
        (docx(&["BẢO MẬT thông tin", "mật khẩu"], &[("word/embeddings/a.xlsx", &chart)]), "docx"),
        (xlsx("Bí mật nhà nước"), "xlsx"),
        (odt("Đã họp"), "odt"),
        (pdf(&Pdf { text: "BẢO MẬT", is_packed: true, ..Pdf::default() }), "pdf"),
    ] {
        let said = upload(&server, &cookie, REPORTER, &file).await;
        assert_eq!((&said["state"], &said["media"]), (&json!("stored"), &json!(media)), "{said}");
        let answer = given(&server, &cookie, &format!("{}?inline=1", path(REPORTER, &file))).await;
        let kind = answer.headers()[header::CONTENT_DISPOSITION].to_str().expect("ascii").to_owned();
        assert_eq!(kind.starts_with("inline"), media == "pdf", "{media}: {kind}");
        assert_eq!(bytes_of(answer).await, file);
    }
    let mut webp = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(3, 2).write_to(&mut webp, image::ImageFormat::WebP).expect("it is encoded");
    let webp = webp.into_inner();
    let said = upload(&server, &cookie, REPORTER, &webp).await;
    assert_eq!((&said["state"], &said["media"]), (&json!("stored"), &json!("png")), "{said}");
    let answer = given(&server, &cookie, &path(REPORTER, &webp)).await;
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "image/png");
    let made = bytes_of(answer).await;
    assert_eq!(
        (json!(hash(&made)), json!(made.len())),
        (said["stored_sha256"].clone(), said["bytes"].clone())
    );
}

#[tokio::test]
async fn what_may_not_be_attached_is_refused_and_says_why() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let action = |kind: &str| Some(dictionary! { "OpenAction" => dictionary! { "S" => kind } });
    let packed_pdf = |catalog: Option<Dictionary>| pdf(&Pdf { catalog, is_packed: true, ..Pdf::default() });
    let zeros = vec![0; 210 << 20];
    let rels =
        b"<Relationships><Relationship Type='x/attachedTemplate' Target='https://evil.example/a.dotm' \
                 TargetMode='External'/></Relationships>";
    let core = "<cp:coreProperties><dc:subject>TUYỆT MẬT</dc:subject></cp:coreProperties>";
    for (file, reason) in [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "unknown_type"),
        (b"MZ\x90\0 a program called report.pdf".to_vec(), "unknown_type"),
        (packed(&[("a.txt", b"x")]), "unknown_type"),
        (docx(&["x"], &[("word/vbaProject.bin", b"x")]), "active_content"),
        (docx(&["x"], &[("word/media/image1.png", b"MZ\x90\0")]), "active_content"),
        (docx(&["x"], &[("word/_rels/settings.xml.rels", rels)]), "active_content"),
        (docx(&["x"], &[("word/media/image1.emf", &zeros)]), "too_large"),
        (docx(&["UBND", "MẬT", "Báo cáo"], &[]), "secret_mark"),
        (docx(&["x"], &[("docProps/core.xml", core.as_bytes())]), "secret_mark"),
        (docx(&["x"], &[("word/embeddings/a.xlsx", &xlsx("TỐI MẬT"))]), "secret_mark"),
        (xlsx("TỐI MẬT"), "secret_mark"),
        (odt("M Ậ T"), "secret_mark"),
        (packed_pdf(action("JavaScript")), "active_content"),
        (packed_pdf(action("Launch")), "active_content"),
        (packed_pdf(Some(dictionary! { "AcroForm" => dictionary! { "XFA" => 1 } })), "active_content"),
        (pdf(&Pdf { title: "TỐI MẬT", ..Pdf::default() }), "secret_mark"),
        (pdf(&Pdf { text: "MẬT", is_packed: true, ..Pdf::default() }), "secret_mark"),
        (pdf(&Pdf { is_locked: true, ..Pdf::default() }), "unreadable"),
        (b"%PDF-1.7\nand nothing of it".to_vec(), "unreadable"),
        (b"\x89PNG\r\n\x1a\nand nothing of it".to_vec(), "unreadable"),
    ] {
        let said = upload(&server, &cookie, REPORTER, &file).await;
        let start = String::from_utf8_lossy(&file[..file.len().min(40)]).into_owned();
        assert_eq!(said, json!({ "state": "refused", "reason": reason }), "{start}");
        assert_eq!(given(&server, &cookie, &path(REPORTER, &file)).await.status(), StatusCode::NOT_FOUND);
    }
    // Nothing of a whole that is too large is sent at all.
    for (total, reason) in [(0, "empty"), (MOST_BYTES + 1, "too_large")] {
        let (status, said) = send(&server, &cookie, &path(REPORTER, b"x"), (0, total), b"").await;
        assert_eq!((status, &said["reason"]), (StatusCode::OK, &json!(reason)));
    }
    // What is not what its name says is forgotten, and the name stays free for what it names.
    let file = docx(&["Đã họp"], &[]);
    let mut other = file.clone();
    *other.last_mut().expect("a byte") ^= 1;
    let (_, said) = send(&server, &cookie, &path(REPORTER, &file), (0, other.len()), &other).await;
    assert_eq!(said, json!({ "state": "refused", "reason": "hash_mismatch" }));
    assert_eq!(upload(&server, &cookie, REPORTER, &file).await["state"], "stored");
}

#[tokio::test]
async fn a_file_is_given_to_who_may_read_the_report_and_its_name_to_nobody_else() {
    let server = Server::new().await;
    let (officer, sibling) = (server.sign_in(OFFICER).await, server.sign_in(SIBLING).await);
    let file = docx(&["Đã họp"], &[]);
    upload(&server, &officer, REPORTER, &file).await;
    let own = path(REPORTER, &file);
    for (who, status) in [
        (OFFICER, 200),
        (SIBLING, 403),
        ("reviewer", 200),
        ("publisher", 200),
        ("auditor", 200),
        ("leader", 200),
        ("admin", 403),
    ] {
        let cookie = server.sign_in(who).await;
        assert_eq!(given(&server, &cookie, &own).await.status(), status, "{who}");
        assert_eq!(server.get(&format!("{own}/status"), &cookie).await.0, status, "{who}");
    }
    assert_eq!(given(&server, "", &own).await.status(), StatusCode::UNAUTHORIZED);
    // To know the hash gives the sibling nothing; who sends the whole file had it before.
    let theirs = path(SIBLINGS, &file);
    assert_eq!(given(&server, &sibling, &theirs).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(server.get(&format!("{theirs}/status"), &sibling).await.1, json!({ "state": "absent" }));
    let (status, _) = send(&server, &sibling, &own, (0, file.len()), &file).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let reviewer = server.sign_in("reviewer").await;
    let (status, _) = send(&server, &reviewer, &own, (0, file.len()), &file).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "who reviews attaches nothing");
    assert_eq!(upload(&server, &sibling, SIBLINGS, &file).await["state"], "stored");
    assert_eq!(bytes_of(given(&server, &sibling, &theirs).await).await, file);
}

#[tokio::test]
async fn a_file_is_downloaded_under_the_name_that_its_person_gave_it() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    let file = docx(&["Đã họp với đơn vị"], &[]);
    upload(&server, &cookie, REPORTER, &file).await;
    let named = async || {
        let answer = given(&server, &cookie, &path(REPORTER, &file)).await;
        let named = answer.headers()[header::CONTENT_DISPOSITION].to_str().expect("ascii").to_owned();
        assert_eq!(answer.headers()[header::CONTENT_LENGTH], file.len().to_string());
        assert_eq!(bytes_of(answer).await, file);
        named
    };
    let plain = format!("attachment; filename=\"{}.docx\"", &hash(&file).to_string()[..12]);
    assert_eq!(named().await, plain, "nothing names it yet");
    let id = format!("I.2/2026-Q4/{}", hash(&file));
    let change = json!({ "name": "biên bản; họp.docx", "media": "docx", "bytes": file.len() });
    let op = json!({
        "kind": "task_evidence", "stream": REPORTER, "id": id, "change": change, "author": OFFICER,
        "op_id": "0199c0de-0000-7000-8000-00000000f001", "device_id": DEVICE, "device_seq": 1,
        "base": { "rev": 0 }, "plan": server.app.plan.version, "entered_at": "2026-11-22T08:00:00Z",
    });
    let push = json!({ "ops": [op] });
    let (status, said) = server.post("/api/v1/sync/push", Some(&cookie), &push).await;
    assert_eq!((status, &said["results"][0]["status"]), (StatusCode::OK, &json!("applied")), "{said}");
    assert_eq!(
        named().await,
        format!("{plain}; filename*=UTF-8''bi%C3%AAn%20b%E1%BA%A3n%3B%20h%E1%BB%8Dp.docx")
    );
}

#[tokio::test]
async fn an_administrator_takes_a_file_away_without_reading_it() {
    let server = Server::new().await;
    let (officer, admin) = (server.sign_in(OFFICER).await, server.sign_in("admin").await);
    let file = docx(&["Đã họp với ông A"], &[]);
    upload(&server, &officer, REPORTER, &file).await;
    let act = async |cookie: &str, what: &str, reason: &str| {
        let path = format!("/api/v1/attachments/{}/{what}", hash(&file));
        server.post(&path, Some(cookie), &json!({ "reason": reason })).await.0
    };
    assert_eq!(act(&officer, "purge", "x").await, StatusCode::FORBIDDEN);
    assert_eq!(act(&admin, "quarantine", "  ").await, StatusCode::BAD_REQUEST);
    assert_eq!(act(&admin, "quarantine", "có dấu độ mật").await, StatusCode::NO_CONTENT);
    let own = path(REPORTER, &file);
    let state = async || server.get(&format!("{own}/status"), &officer).await.1;
    assert_eq!(state().await, json!({ "state": "quarantined" }));
    assert_eq!(given(&server, &officer, &own).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(act(&admin, "release", "nhầm").await, StatusCode::NO_CONTENT);
    assert_eq!(given(&server, &officer, &own).await.status(), StatusCode::OK);
    assert_eq!(act(&admin, "purge", "có dấu độ mật").await, StatusCode::NO_CONTENT);
    assert_eq!(act(&admin, "release", "x").await, StatusCode::CONFLICT);
    assert_eq!(state().await, json!({ "state": "purged" }));
    assert_eq!(given(&server, &officer, &own).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(upload(&server, &officer, REPORTER, &file).await, json!({ "state": "purged" }));
    assert_eq!(server.get("/api/v1/attachments", &officer).await.0, StatusCode::FORBIDDEN);
    let (status, page) = server.get("/api/v1/attachments", &admin).await;
    assert_eq!(status, StatusCode::OK);
    let one = &page["attachments"][0];
    assert_eq!((&one["sha256"], &one["state"]), (&json!(hash(&file)), &json!("purged")));
    assert_eq!((&one["reporters"], &one["media"]), (&json!([REPORTER]), &json!("docx")));
    assert_eq!(one["acts"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        (&one["acts"][2]["by"], &one["acts"][2]["reason"]),
        (&json!("admin"), &json!("có dấu độ mật"))
    );
}

#[tokio::test]
async fn what_is_under_way_is_bounded_and_nothing_comes_from_another_site() {
    let server = Server::new().await;
    let cookie = server.sign_in(OFFICER).await;
    for nth in 0..10_u8 {
        let (status, _) = send(&server, &cookie, &path(REPORTER, &[nth]), (0, 9), b"a").await;
        assert_eq!(status, StatusCode::OK);
    }
    let (status, said) = send(&server, &cookie, &path(REPORTER, b"one more"), (0, 9), b"a").await;
    assert_eq!((status, &said["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("too_many_uploads")));
    let (status, _) = send(&server, &cookie, &path(REPORTER, &[0]), (1, 9), b"b").await;
    assert_eq!(status, StatusCode::OK, "what is under way goes on");
    let long = vec![0; CHUNK + 1];
    let (status, _) = send(&server, &cookie, &path(REPORTER, &long), (0, long.len()), &long).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    for query in ["?offset=8&total=9", "?offset=0&total=8", "?total=9", "?offset=-1&total=9"] {
        let uri = format!("{}{query}", path(REPORTER, &[0]));
        let request = Request::put(uri).header(header::COOKIE, &cookie).body(Body::from("abc"));
        let (status, _) = read(server.ask(request.expect("a request")).await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
    }
    let request = Request::put(format!("{}?offset=2&total=9", path(REPORTER, &[0])));
    let request = request.header(header::COOKIE, &cookie).header("sec-fetch-site", "cross-site");
    let (status, _) = read(server.ask(request.body(Body::from("c")).expect("a request")).await).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    for nobody in ["/api/v1/attachments/nobody/x", "/api/v1/attachments/police_commune:1@2020-01-01/x"] {
        assert_eq!(given(&server, &cookie, nobody).await.status(), StatusCode::NOT_FOUND);
    }
    let upper = format!("/api/v1/attachments/{REPORTER}/{}", hash(b"x").to_string().to_uppercase());
    assert_eq!(given(&server, &cookie, &upper).await.status(), StatusCode::NOT_FOUND);
}
