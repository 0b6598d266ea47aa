//! Two devices of a client in Python that follows `docs/sync.md`, at a real server: what that page says is what the
//! server does. The facts are in `tests/python/scenario.py`; here its server is put back and started again.

use chitieu_server::auth::passwords::hash_password;
use chitieu_server::store::Store;
use chitieu_sync::grants::{Grant, Grants, Role, Scope};
use chitieu_tests::accounts::{self, PASSWORD};
use chitieu_tests::production::fine;
use chitieu_tests::server::{Scratch, Server, TODAY};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// The files that an SQLite database consists of.
const FILES: [&str; 3] = ["office.db", "office.db-wal", "office.db-shm"];

/// Copies the database from one folder to another; what is not there is gone there too.
fn copy(from: &Path, to: &Path) {
    for name in FILES {
        std::fs::remove_file(to.join(name)).ok();
        if from.join(name).exists() {
            std::fs::copy(from.join(name), to.join(name)).expect("the folder is writable");
        }
    }
}

#[tokio::test]
async fn a_client_that_follows_the_page_sends_reads_and_loses_nothing() {
    let scratch = Scratch::new("python");
    let (here, kept) = (scratch.0.clone(), scratch.0.join("kept"));
    std::fs::create_dir(&kept).expect("the folder is writable");
    let database = format!("sqlite:{}", here.join(FILES[0]).display());
    fine(&["init", "--database", &database], "");
    let reporter = accounts::commune_police(&accounts::plan().model).remove(0);
    let officers = ["lan", "hoa"].map(|name| (name.to_owned(), vec![reporter.clone()]));
    accounts::add_officers(&database, &officers).await;
    let store = Store::open(&database).await.expect("the database opens");
    for name in ["duyet", "xet"] {
        let both = [Role::Reviewer, Role::Steering].map(|role| Grant::new(role, Scope::Plan));
        let grants = Grants::new(both.to_vec());
        store.put_user(name, name, &hash_password(PASSWORD), &grants).await.expect("an account");
    }
    store.close().await;
    let mut server = Server::bare(&database, &["--today", TODAY]);

    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/python/scenario.py");
    let started = Command::new("python3")
        .args([scenario, &server.url(""), &here.to_string_lossy()])
        // Nothing is left beside the sources; and no proxy of the machine's stands between.
        .envs([("PYTHONDONTWRITEBYTECODE", "1"), ("NO_PROXY", "127.0.0.1"), ("CHITIEU_PASSWORD", PASSWORD)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut python = started.expect("python3 (3.11 or later) must be installed: `apt-get install python3`");
    let mut input = python.stdin.take().expect("its input is piped");
    for line in BufReader::new(python.stdout.take().expect("its output is piped")).lines() {
        match &*line.expect("it writes text") {
            "restart" => server.kill(),
            "keep" => {
                server.kill();
                copy(&here, &kept);
            }
            "put back" => {
                server.kill();
                copy(&kept, &here);
            }
            _ => continue,
        }
        server.start();
        writeln!(input, "done").expect("it waits for this");
    }
    assert!(python.wait().expect("it ends").success(), "what is not so stands above");
}
