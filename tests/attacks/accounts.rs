//! A server can be entered by whom its administrator lets in, and by nobody else.

use crate::answer::Answer;
use crate::support::{get, office, post, post_form, send, serve, sign_in};
use chitieu_tests::production::{Place, chitieu, fine, places};
use chitieu_tests::server::Server;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

const GIVEN: &str = "mật khẩu được cấp";
const OWN: &str = "một câu của riêng tôi";
const REPORTER: &str = "police_commune:11977@2025-07-01";

fn add(database: &str, name: &str) -> String {
    let words = ["user", "add", name, "--name", "Trần Thị Lan", "--role", "officer", "--reporter", REPORTER];
    fine(&[&words[..], &["--database", database]].concat(), &format!("{GIVEN}\n"))
}

fn link_of(said: &str) -> String {
    let line = said.lines().find(|line| line.contains("/quan-tri/thiet-lap?ma=")).expect("a link");
    line.split_once("8188").expect("the address that is listened on").1.to_owned()
}

fn fields(token: &str) -> [(&str, &str); 5] {
    [("ma", token), ("username", "quantri"), ("name", "Quan tri"), ("password", OWN), ("again", OWN)]
}

async fn change(server: &Server, name: &str, old: &str, new: &str) -> Answer {
    let body = serde_json::json!({ "username": name, "password": old, "new_password": new });
    post(&server.url("/api/v1/password"), body).await
}

#[test]
fn a_mistyped_path_is_named_and_creates_nothing() {
    let place = Place::of_files("mistyped");
    let path = place.file("chitieu.bd");
    let database = format!("sqlite:{}", path.display());
    for command in
        [&["serve"][..], &["user", "list"], &["backup", "--to", "x.bak"], &["export"], &["restored"]]
    {
        let said = chitieu(&[command, &["--database", &database]].concat(), "");
        assert!(!said.is_fine && said.err.contains(&*path.to_string_lossy()), "{command:?}: {said:?}");
        assert!(said.err.contains("chitieu init"), "it says what to do: {said:?}");
    }
    assert_eq!(std::fs::read_dir(&place.folder.0).expect("a folder").count(), 0, "nothing was created");
}

#[tokio::test]
async fn a_database_without_our_tables_is_named_and_left_as_it_is() {
    for place in places("empty") {
        let database = place.fresh().await;
        if !place.is_postgres() {
            std::fs::write(database.trim_start_matches("sqlite:"), "").expect("a file");
        }
        for _ in 0..2 {
            let said = chitieu(&["serve", "--database", &database], "");
            assert!(!said.is_fine && said.err.contains("chitieu init"), "{said:?}");
        }
        fine(&["init", "--database", &database], "");
    }
}

#[tokio::test]
async fn a_database_of_another_plan_stops_with_the_remedy() {
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/domain/plans/illustrative-schools.toml");
    for place in places("plan") {
        let database = place.fresh().await;
        fine(&["init", "--database", &database, "--plan", plan], "");
        let said = chitieu(&["serve", "--database", &database], "");
        assert!(!said.is_fine && said.err.contains("--plan"), "{said:?}");
        assert!(said.err.contains("illustrative-schools") && said.err.contains("hung-yen-188"), "{said:?}");
        // Another version of the plan is no other plan.
        let newer = place.file("newer.toml");
        let text =
            std::fs::read_to_string(plan).expect("a plan").replacen("title_en = \"", "title_en = \"New ", 1);
        std::fs::write(&newer, text).expect("a file");
        drop(Server::bare(&database, &["--plan", &newer.to_string_lossy()]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_set_up_link_makes_one_administrator_and_is_good_once() {
    for place in places("set-up") {
        let database = place.fresh().await;
        let former = link_of(&fine(&["init", "--database", &database], ""));
        let link = link_of(&fine(&["init", "--database", &database], ""));
        let server = serve(&database);
        let page = get(&server.url(&link), "").await;
        let policy = page.headers["content-security-policy"].to_str().expect("text");
        assert_eq!(page.status, 200);
        assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
        assert!(!page.text.contains("<script"), "it needs no script");
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
        let token = link.split("ma=").nth(1).expect("a token");
        let target = server.url("/quan-tri/thiet-lap");
        let old = former.split("ma=").nth(1).expect("a token");
        for wrong in ["", "0", &"0".repeat(64), old] {
            assert_eq!(post_form(&target, "same-origin", &fields(wrong)).await.status, 404, "{wrong}");
        }
        assert_eq!(post_form(&target, "cross-site", &fields(token)).await.status, 403);
        let mut short = fields(token);
        (short[3].1, short[4].1) = ("ngan", "ngan");
        let short = post_form(&target, "same-origin", &short).await;
        assert!(short.status == 422 && short.text.contains("aria-invalid"), "{}", short.text);
        let mut marked = fields(token);
        marked[2].1 = "<b>x</b>";
        marked[4].1 = "another one";
        let marked = post_form(&target, "same-origin", &marked).await;
        assert!(marked.status == 422 && !marked.text.contains("<b>x"), "{}", marked.text);
        let mut racers = Vec::new();
        for nth in 0..6 {
            let (target, token) = (target.clone(), token.to_owned());
            racers.push(tokio::spawn(async move {
                let name = format!("quantri{nth}");
                let mut fields = fields(&token);
                fields[1].1 = &name;
                post_form(&target, "same-origin", &fields).await.status
            }));
        }
        let mut made = 0;
        for racer in racers {
            made += usize::from(racer.await.expect("it ends") == 200);
        }
        assert_eq!(made, 1, "one administrator");
        assert_eq!(get(&server.url(&link), "").await.status, 404, "the link is used up");
        assert_eq!(fine(&["user", "list", "--database", &database], "").lines().count(), 1);
        assert!(!chitieu(&["init", "--database", &database], "").is_fine, "there is somebody now");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_given_password_is_good_for_choosing_another_one_alone() {
    for place in places("forced") {
        let database = place.fresh().await;
        fine(&["init", "--database", &database], "");
        let server = serve(&database);
        // Beside the running server.
        add(&database, "lan");
        let refused = sign_in(&server, "lan", GIVEN).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "must_change_password"));
        assert_eq!(refused.cookie(), "", "no session begins");
        for (new, code) in [("ngắn", "password_short"), (GIVEN, "password_same"), ("LAN", "password_short")]
        {
            let refused = change(&server, "lan", GIVEN, new).await;
            assert_eq!((refused.status, refused.code().as_str()), (422, code));
        }
        assert_eq!(change(&server, "lan", "không phải mật khẩu", OWN).await.status, 401);
        let done = change(&server, "lan", GIVEN, OWN).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(get(&server.url("/api/v1/me"), &done.cookie()).await.status, 200);
        assert_eq!(sign_in(&server, "lan", GIVEN).await.status, 401);
        let other = sign_in(&server, "lan", OWN).await.cookie();
        // Their own change ends every other session.
        let changed = change(&server, "lan", OWN, "một câu khác nữa").await;
        assert_eq!(get(&server.url("/api/v1/me"), &changed.cookie()).await.status, 200);
        for ended in [done.cookie(), other] {
            assert_eq!(get(&server.url("/api/v1/me"), &ended).await.status, 401);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reset_and_disable_end_sessions_and_hold_at_the_next_sign_in() {
    for place in places("reset") {
        let database = place.fresh().await;
        fine(&["init", "--database", &database], "");
        let server = serve(&database);
        add(&database, "lan");
        let cookie = change(&server, "lan", GIVEN, OWN).await.cookie();
        let me = server.url("/api/v1/me");
        fine(&["user", "reset", "lan", "--database", &database], "lại một mật khẩu\n");
        assert_eq!(get(&me, &cookie).await.status, 401);
        assert_eq!(sign_in(&server, "lan", OWN).await.status, 401);
        assert_eq!(sign_in(&server, "lan", "lại một mật khẩu").await.code(), "must_change_password");
        let cookie = change(&server, "lan", "lại một mật khẩu", OWN).await.cookie();
        fine(&["user", "disable", "lan", "--database", &database], "");
        assert_eq!(get(&me, &cookie).await.status, 401);
        assert_eq!(sign_in(&server, "lan", OWN).await.code(), "account_disabled");
        assert_eq!(change(&server, "lan", OWN, "vẫn thử đổi xem").await.code(), "account_disabled");
        let list = fine(&["user", "list", "--database", &database], "");
        assert!(list.contains("lan\tofficer\tTrần Thị Lan") && list.contains("đã khóa"), "{list}");
        for words in [["user", "reset", "nobody"], ["user", "disable", "nobody"]] {
            let said = chitieu(&[&words[..], &["--database", &database]].concat(), "một mật khẩu dài\n");
            assert!(!said.is_fine && said.err.contains("nobody"), "{said:?}");
        }
    }
}

#[test]
fn an_account_is_not_made_from_nonsense_and_no_password_is_an_argument() {
    let place = Place::of_files("nonsense");
    let database = format!("sqlite:{}", place.file("a.db").display());
    fine(&["init", "--database", &database], "");
    let officer = ["--name", "Lan", "--role", "officer"];
    for (words, input) in [
        (&["Lan", "--reporter", REPORTER][..], GIVEN),
        (&["lan"], GIVEN),
        (&["lan", "--reporter", "police_commune:0@2025-07-01"], GIVEN),
        (&["lan", "--reporter", REPORTER], "ngắn"),
        (&["lan", "--reporter", REPORTER, "--password", GIVEN], ""),
        (&["lan", "--reporter", REPORTER], ""),
    ] {
        let words = [&["user", "add"], words, &officer[..], &["--database", &database]].concat();
        assert!(!chitieu(&words, input).is_fine, "{words:?}");
    }
    assert_eq!(fine(&["user", "list", "--database", &database], "").trim(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_are_given_and_changed_beside_the_running_server_and_end_no_session() {
    for place in places("grants") {
        let database = place.fresh().await;
        fine(&["init", "--database", &database], "");
        let server = serve(&database);
        let on = ["--database", &database];
        let grants = ["--grant", "leader@plan", "--grant", "reviewer@unit:323@2021-01-01:forms=crime"];
        let add = ["user", "add", "mai", "--name", "Mai", "--role", "officer", "--reporter", REPORTER];
        fine(&[&add[..], &grants, &on].concat(), &format!("{GIVEN}\n"));
        let list = fine(&[&["user", "list"][..], &on].concat(), "");
        let all = format!("officer@{REPORTER} leader@plan reviewer@unit:323@2021-01-01:forms=crime");
        assert_eq!(
            list.lines().next(),
            Some(&*format!("mai\tofficer,leader,reviewer\tMai\t{all}\tchưa đổi mật khẩu"))
        );
        let cookie = change(&server, "mai", GIVEN, OWN).await.cookie();
        let evaluation = server.url("/api/v1/evaluation?period=2026&scope=325@2021-01-01");
        assert_eq!(get(&evaluation, &cookie).await.status, 200, "who leads");
        let pull = async |cursor: serde_json::Value| {
            let headers = [("cookie", &*cookie), ("content-type", "application/json")];
            let body = serde_json::json!({ "cursor": cursor, "limit": 5000 }).to_string();
            send("POST", &server.url("/api/v1/sync/pull"), &headers, body).await
        };
        let first = pull(serde_json::Value::Null).await;
        let cursor = first.json()["next_cursor"].clone();
        assert_eq!(pull(cursor.clone()).await.status, 200);
        let said = fine(
            &[&["user", "grants", "mai", "officer@police_commune:11977@2025-07-01"][..], &on].concat(),
            "",
        );
        assert!(said.contains("mai") && said.contains(REPORTER), "{said}");
        assert_eq!(get(&evaluation, &cookie).await.status, 403, "she leads no more, and is signed in still");
        assert_eq!(pull(cursor).await.code(), "cursor_gone");
        fine(&[&["user", "grants", "mai"][..], &on].concat(), "");
        assert_eq!(get(&server.url("/api/v1/me"), &cookie).await.status, 200);
        for (words, named) in [
            (&["user", "grants", "nobody", "leader@plan"][..], "nobody"),
            (&["user", "grants", "mai", "leader@323"], "323"),
            (&["user", "grants", "mai", "officer@plan"], "officer@plan"),
            (&["user", "add", "lan", "--name", "Lan"], "--grant"),
            (&["user", "add", "lan", "--name", "Lan", "--role", "boss"], "boss"),
        ] {
            let said = chitieu(&[words, &on].concat(), &format!("{GIVEN}\n"));
            assert!(!said.is_fine && said.err.contains(named), "{said:?}");
        }
    }
}

#[tokio::test]
async fn files_of_the_database_are_its_owners_alone() {
    let place = Place::of_files("modes");
    let database = place.fresh().await;
    office(&database, &["lan"]).await;
    let file = database.trim_start_matches("sqlite:");
    // As v0.1.0 left it.
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).expect("a mode");
    let _server = serve(&database);
    let backup = place.file("a.bak");
    fine(&["backup", "--database", &database, "--to", &backup.to_string_lossy()], "");
    let files: Vec<_> = std::fs::read_dir(&place.folder.0).expect("a folder").flatten().collect();
    assert!(files.len() >= 4, "the database, what is written ahead, the lock, the backup: {files:?}");
    for file in files {
        assert_eq!(file.metadata().expect("it is there").mode() & 0o777, 0o600, "{:?}", file.path());
    }
}

#[tokio::test]
async fn the_pages_for_accounts_answer_no_other_site() {
    let place = Place::of_files("sites");
    let database = place.fresh().await;
    fine(&["init", "--database", &database], "");
    let server = serve(&database);
    let headers = [("content-type", "application/json"), ("sec-fetch-site", "cross-site")];
    let body = r#"{"username":"lan","password":"x","new_password":"y"}"#.to_owned();
    assert_eq!(send("POST", &server.url("/api/v1/password"), &headers, body).await.code(), "cross_site");
}
