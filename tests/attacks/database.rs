//! A database that is busy, full, not to be written, or away.

use crate::clients::{
    Events, OFFICERS, Times, add_officers, enter, get, on, refused, sign_in, typed, within,
};
use chitieu_server::store::database::{Database, Purpose};
use chitieu_tests::accounts::PASSWORD;
use chitieu_tests::postgres::{Postgres, is_root};
use chitieu_tests::server::{Scratch, Server};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

fn sqlite(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("attacked.db").display())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_is_quick_while_pushes_wait_for_the_one_writer() {
    let folder = Scratch::new("busy");
    let database = sqlite(&folder.0);
    let reporters = add_officers(&database).await;
    let server = on(&database, &[]);
    let http = reqwest::Client::new();
    let (cookie, _) = enter(&http, &server, "lan").await;
    let mut devices = Vec::new();
    for nth in 0..12 {
        devices.push(typed(&server, nth % OFFICERS.len(), &reporters[nth % OFFICERS.len()], 3).await.0);
    }
    // Another program writes, and goes on.
    let other = Database::open(&database).await.expect("it opens");
    let lock = other.begin(Purpose::Write).await.expect("it writes");
    let mut waiting = JoinSet::new();
    for mut device in devices {
        waiting.spawn(async move { (device.push(10).await, device) });
    }
    let over = AtomicBool::new(false);
    let url = server.url("/api/v1/me");
    let pushed = async {
        let outcomes = waiting.join_all().await;
        over.store(true, Ordering::Relaxed);
        outcomes
    };
    let times = Times::of(&http, &url, &cookie, || !over.load(Ordering::Relaxed));
    let (outcomes, times) = tokio::join!(pushed, times);
    times.say("`me` while twelve pushes wait");
    assert!(times.median() < Duration::from_millis(300) && times.longest() < Duration::from_secs(3));
    let ready = get(&http, &server, "/readyz", "").await;
    assert_eq!((ready.status, ready.code().as_str()), (503, "database_busy"));
    assert!(ready.retry_after().is_some());
    drop(lock);
    other.close().await;
    for (failed, mut device) in outcomes {
        assert_eq!(refused(failed.expect_err("nobody else may write")), (503, "database_busy".into()));
        assert_eq!(device.replica.tally().waiting, 3, "what was not taken is kept");
        device.sync().await.expect("it is taken now");
        assert_eq!(device.replica.tally().waiting, 0);
    }
}

/// A file system of a few megabytes; none where the test may not make one.
struct Small(Scratch);

impl Small {
    #[expect(clippy::print_stderr, reason = "whoever runs the tests is told what was not tried")]
    fn new() -> Option<Self> {
        let folder = Scratch::new("small");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(&folder.0);
        if !is_root() || !mount.status().is_ok_and(|status| status.success()) {
            eprintln!("no file system may be mounted here: not tried on a full one");
            return None;
        }
        Some(Self(folder))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0.0).status().ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_database_says_so_and_takes_everything_when_there_is_room_again() {
    let Some(small) = Small::new() else { return };
    let folder = &small.0.0;
    let database = sqlite(folder);
    let reporters = add_officers(&database).await;
    let server = on(&database, &[]);
    let http = reqwest::Client::new();
    let (cookie, _) = enter(&http, &server, "lan").await;
    let (mut device, cells) = typed(&server, 0, &reporters[0], 300).await;
    let filler = folder.join("filler");
    let mut file = std::fs::File::create(&filler).expect("a file");
    while file.write_all(&[0; 4_096]).is_ok() {}
    let failed = device.push(500).await.expect_err("there is no room");
    assert_eq!(refused(failed), (507, "database_full".into()));
    assert_eq!(device.replica.tally().waiting, cells.len());
    let ready = get(&http, &server, "/readyz", "").await;
    assert_eq!((ready.status, ready.code().as_str()), (507, "database_full"));
    assert!(ready.retry_after().is_some());
    assert_eq!(get(&http, &server, "/api/v1/me", &cookie).await.status, 200, "what is there can be read");
    drop(file);
    std::fs::remove_file(&filler).expect("room again");
    device.sync().await.expect("it is taken now");
    assert_eq!(device.replica.tally().waiting, 0);
    assert!(
        within(Duration::from_secs(10), async || get(&http, &server, "/readyz", "").await.status == 200)
            .await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_a_file_that_it_may_not_write_says_so_and_ends() {
    let folder = Scratch::new("read-only");
    let database = sqlite(&folder.0);
    add_officers(&database).await;
    let program = std::env::var("CHITIEU_SERVER").expect("where the server is");
    let read_only = format!("{database}?mode=ro");
    let mut command = Command::new(program);
    command.args(["serve", "--listen", "127.0.0.1:0", "--database", &read_only]);
    let ended = tokio::task::spawn_blocking(move || command.output()).await.expect("it runs");
    let ended = ended.expect("it ends by itself");
    assert!(!ended.status.success());
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(
        said.contains("không được ghi") && said.contains("chown") && said.contains("attacked.db"),
        "{said}"
    );
    assert!(ended.stdout.is_empty());
}

/// Two servers on one PostgreSQL.
async fn two(postgres: &Postgres) -> (Server, Server, Vec<chitieu_domain::ReporterId>) {
    let reporters = add_officers(&postgres.url()).await;
    (on(&postgres.url(), &[]), on(&postgres.url(), &[]), reporters)
}

#[tokio::test(flavor = "multi_thread")]
async fn notifications_begin_again_after_postgresql_was_away() {
    let Some(postgres) = Postgres::start() else { return };
    let (here, there, reporters) = two(&postgres).await;
    let http = reqwest::Client::new();
    let (cookie, _) = enter(&http, &here, "lan").await;
    let (mut device, cells) = typed(&there, 0, &reporters[0], 3).await;
    let mut events = Events::of(&http, &here, &cookie).await;
    device.sync().await.expect("it is taken");
    assert!(events.change_within(Duration::from_secs(10)).await, "before");
    postgres.stop();
    for path in ["/api/v1/me", "/readyz"] {
        let away = get(&http, &here, path, &cookie).await;
        assert_eq!((away.status, away.code().as_str()), (503, "database_gone"), "{path}");
        assert!(away.retry_after().is_some());
    }
    device.edit(&cells[0], 77);
    let failed = device.push(10).await.expect_err("it is away");
    assert_eq!(refused(failed), (503, "database_gone".into()));
    postgres.begin();
    let back = async || get(&http, &here, "/readyz", "").await.status == 200;
    assert!(within(Duration::from_secs(30), back).await, "it is ready again");
    assert!(events.change_within(Duration::from_secs(30)).await, "something may have been missed");
    device.sync().await.expect("it is taken now");
    assert!(events.change_within(Duration::from_secs(10)).await, "after");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_may_be_read_alone_is_read_and_what_is_typed_is_kept() {
    let Some(postgres) = Postgres::start() else { return };
    let (server, _, reporters) = two(&postgres).await;
    let http = reqwest::Client::new();
    let (cookie, _) = enter(&http, &server, "lan").await;
    let (mut device, _) = typed(&server, 0, &reporters[0], 3).await;
    postgres.sql("ALTER SYSTEM SET default_transaction_read_only = on");
    postgres.sql("SELECT pg_reload_conf()");
    let read_only = async || get(&http, &server, "/readyz", "").await.code() == "database_read_only";
    assert!(within(Duration::from_secs(10), read_only).await);
    let failed = device.push(10).await.expect_err("nothing is written");
    assert_eq!(refused(failed), (503, "database_read_only".into()));
    assert_eq!(get(&http, &server, "/api/v1/me", &cookie).await.status, 200);
    postgres.sql("ALTER SYSTEM RESET default_transaction_read_only");
    postgres.sql("SELECT pg_reload_conf()");
    let taken = async || device.sync().await.is_ok();
    assert!(within(Duration::from_secs(10), taken).await);
    assert_eq!(device.replica.tally().waiting, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_share_a_database_share_the_count_of_wrong_tries() {
    let Some(postgres) = Postgres::start() else { return };
    let (here, there, _) = two(&postgres).await;
    let http = reqwest::Client::new();
    let mut compared = 0;
    for n in 0..10 {
        let server = if n % 2 == 0 { &here } else { &there };
        let tried = sign_in(&http, server, "lan", "wrong", ("", "")).await;
        compared += usize::from(tried.status == 401);
    }
    assert_eq!(compared, 5);
    for server in [&here, &there] {
        assert_eq!(sign_in(&http, server, "lan", PASSWORD, ("", "")).await.status, 429);
    }
}
