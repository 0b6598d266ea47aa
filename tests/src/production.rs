//! A production server as its administrator makes one: with commands, on either kind of database.

use crate::server::Scratch;
use sqlx::Connection;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// What a command said.
#[derive(Debug)]
pub struct Said {
    /// It ended well.
    pub is_fine: bool,
    /// On standard output.
    pub out: String,
    /// On standard error.
    pub err: String,
}

/// Runs `chitieu` with these words, `input` on its standard input.
pub fn chitieu(words: &[&str], input: &str) -> Said {
    let program = std::env::var("CHITIEU_SERVER").expect("`cargo xtask test` says where the program is");
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().expect("it runs");
    // A command that reads nothing may have ended.
    process.stdin.take().expect("it is piped").write_all(input.as_bytes()).ok();
    let output = process.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Said { is_fine: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs `chitieu`, which must end well; gives what it printed.
pub fn fine(words: &[&str], input: &str) -> String {
    let said = chitieu(words, input);
    assert!(said.is_fine, "{words:?}: {said:?}");
    said.out
}

/// A place for databases.
pub struct Place {
    /// Its files.
    pub folder: Scratch,
    server: Option<String>,
}

/// A place for files, and one on the server that `CHITIEU_POSTGRES` names.
#[expect(clippy::print_stderr, reason = "whoever runs the tests alone is told what was not asked")]
pub fn places(name: &str) -> Vec<Place> {
    let mut places = vec![Place { folder: Scratch::new(name), server: None }];
    match std::env::var("CHITIEU_POSTGRES") {
        Ok(server) => places.push(Place { folder: Scratch::new(name), server: Some(server) }),
        Err(_) => eprintln!("CHITIEU_POSTGRES is not set: PostgreSQL is not asked"),
    }
    places
}

impl Place {
    /// A place for files.
    pub fn of_files(name: &str) -> Self {
        Self { folder: Scratch::new(name), server: None }
    }

    /// True for a place on PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.server.is_some()
    }

    /// A file in its folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.0.join(name)
    }

    /// The address of a database of which nothing is there yet, but on PostgreSQL its name.
    pub async fn fresh(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("chitieu_e2e_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        match &self.server {
            None => format!("sqlite:{}", self.file(&format!("{name}.db")).display()),
            Some(server) => {
                self.run(&format!("CREATE DATABASE {name}")).await;
                format!("{server}/{name}")
            }
        }
    }

    /// A copy of a database that nobody has open, made without this program.
    pub async fn copy(&self, database: &str) -> String {
        if let Some(file) = database.strip_prefix("sqlite:") {
            let copy = format!("{file}.copy");
            for ending in ["", "-wal"] {
                // What was written ahead belongs to it, where the server did not end well.
                let (from, to) = (format!("{file}{ending}"), format!("{copy}{ending}"));
                std::fs::remove_file(&to).ok();
                if std::fs::exists(&from).expect("a folder") {
                    std::fs::copy(&from, &to).expect("it is copied");
                }
            }
            return format!("sqlite:{copy}");
        }
        let name = database.rsplit('/').next().expect("a name");
        let copy = format!("{name}_copy");
        self.clone_database(name, &copy).await;
        database.replace(name, &copy)
    }

    /// Puts a copy in the place of a database, as somebody does who knows no command for it.
    pub async fn put_back(&self, copy: &str, database: &str) {
        if let (Some(copy), Some(file)) = (copy.strip_prefix("sqlite:"), database.strip_prefix("sqlite:")) {
            for ending in ["", "-wal", "-shm"] {
                std::fs::remove_file(format!("{file}{ending}")).ok();
                if std::fs::exists(format!("{copy}{ending}")).expect("a folder") {
                    std::fs::copy(format!("{copy}{ending}"), format!("{file}{ending}"))
                        .expect("it is copied");
                }
            }
            return;
        }
        let name = |url: &str| url.rsplit('/').next().expect("a name").to_owned();
        self.clone_database(&name(copy), &name(database)).await;
    }

    async fn clone_database(&self, from: &str, to: &str) {
        self.run(&format!("DROP DATABASE IF EXISTS {to} WITH (FORCE)")).await;
        // The server's connections end a moment after its process.
        let mut tries = 0;
        while !self.try_run(&format!("CREATE DATABASE {to} TEMPLATE {from}")).await {
            tries += 1;
            assert!(tries < 200, "{from} is in use for ever");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    async fn run(&self, sql: &str) {
        assert!(self.try_run(sql).await, "{sql}");
    }

    async fn try_run(&self, sql: &str) -> bool {
        let server = self.server.as_ref().expect("it is on PostgreSQL");
        let connection = sqlx::PgConnection::connect(&format!("{server}/postgres")).await;
        let mut connection = connection.expect("the server answers");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.is_ok()
    }
}
