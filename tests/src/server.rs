//! The real server as a process of its own, on a database of its own.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, UNIX_EPOCH};

/// The day the demonstration data end.
pub const TODAY: &str = "2026-11-22";

/// A folder that is gone when the test is.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// Makes one below the temporary folder.
    pub fn new(name: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("chitieu-{name}-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        Self(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port is free").port()
}

pub(crate) fn from_xtask(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask test`"))
}

/// A database with illustrative data, beside the program that made it. To fill one takes longer than a copy.
fn template() -> PathBuf {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    let make = || {
        let program = PathBuf::from(from_xtask("CHITIEU_SERVER"));
        let built =
            std::fs::metadata(&program).and_then(|about| about.modified()).expect("the program is there");
        let built = built.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let folder = program.parent().expect("a folder").join("filled");
        let path = folder.join(format!("{built}-{TODAY}.db"));
        if path.exists() {
            return path;
        }
        // That of an earlier program.
        std::fs::remove_dir_all(&folder).ok();
        std::fs::create_dir_all(&folder).expect("the folder is writable");
        let part = folder.join(format!("part-{}.db", std::process::id()));
        let database = format!("sqlite:{}", part.display());
        let filled = Command::new(program)
            .args(["demo", "--database", &database, "--today", TODAY])
            .stdout(Stdio::null())
            .status();
        assert!(filled.expect("the server's program runs").success());
        std::fs::rename(&part, &path).expect("it is kept");
        path
    };
    MADE.get_or_init(make).clone()
}

/// A server; killed without warning by [`Server::kill`] and when dropped.
pub struct Server {
    port: u16,
    database: String,
    arguments: Vec<String>,
    log: Option<PathBuf>,
    /// How many files it may open; none: as many as this process.
    files: Option<u32>,
    process: Option<Child>,
}

impl Server {
    /// Fills a database in `folder` with illustrative data and starts.
    pub fn filled(folder: &Path, ancestors: &[String]) -> Self {
        let database = Self::fill(folder);
        Self::on(&database, ancestors, &["--public", "--app", &from_xtask("CHITIEU_APP")])
    }

    /// Makes a database in `folder` with illustrative data, and names it.
    pub fn fill(folder: &Path) -> String {
        let path = folder.join("chitieu.db");
        std::fs::copy(template(), &path).expect("the illustrative data are copied");
        format!("sqlite:{}", path.display())
    }

    /// Starts on a database that is there, without the app's files; `more` are further arguments.
    pub fn bare(database: &str, more: &[&str]) -> Self {
        Self::on(database, &[], more)
    }

    /// The same with few files that it may open.
    pub fn cramped(database: &str, more: &[&str], files: u32) -> Self {
        let mut server = Self::made(database, &[], more);
        server.files = Some(files);
        server.start();
        server
    }

    fn on(database: &str, ancestors: &[String], more: &[&str]) -> Self {
        let mut server = Self::made(database, ancestors, more);
        server.start();
        server
    }

    fn made(database: &str, ancestors: &[String], more: &[&str]) -> Self {
        let mut arguments: Vec<String> = more.iter().map(|word| (*word).to_owned()).collect();
        for origin in ancestors {
            arguments.extend(["--frame-ancestor".to_owned(), origin.clone()]);
        }
        let (port, database) = (free_port(), database.to_owned());
        Self { port, database, arguments, log: None, files: None, process: None }
    }

    /// Starts, and returns when it listens.
    pub fn start(&mut self) {
        let program = from_xtask("CHITIEU_SERVER");
        let mut command = match self.files {
            None => Command::new(program),
            Some(files) => {
                let mut command = Command::new("prlimit");
                command.arg(format!("--nofile={files}:{files}")).arg(program);
                command
            }
        };
        command.args([
            "serve",
            "--database",
            &self.database,
            "--listen",
            &format!("127.0.0.1:{}", self.port),
        ]);
        command.args(&self.arguments).stdout(Stdio::piped());
        if let Some(log) = &self.log {
            let log = std::fs::File::create(log).expect("its folder is writable");
            command.stderr(log).env("RUST_LOG", "trace");
        }
        let mut process = command.spawn().expect("the server's program runs");
        let output = process.stdout.take().expect("its output is piped");
        let first = BufReader::new(output).lines().next().expect("it says where it listens");
        assert!(first.expect("a line").starts_with("listening on"));
        self.process = Some(process);
    }

    /// Starts again, and writes all it has to tell into a file.
    pub fn log_into(&mut self, file: &Path) {
        self.kill();
        self.log = Some(file.to_owned());
        self.start();
    }

    /// Starts again on another day, with these further arguments.
    pub fn start_again(&mut self, today: &str, more: &[&str]) {
        self.kill();
        self.arguments.retain(|word| word != "--today" && word.parse::<chrono::NaiveDate>().is_err());
        self.arguments.extend(["--today", today].into_iter().chain(more.iter().copied()).map(str::to_owned));
        self.start();
    }

    /// As a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("it runs");
            process.wait().expect("it ends");
        }
    }

    /// Asks it to stop, as a system does that shuts down; true where it has stopped well within this time.
    pub fn stops_within(&mut self, most: Duration) -> bool {
        let process = self.process.as_mut().expect("it runs");
        let asked = Command::new("kill").args(["-TERM", &process.id().to_string()]).status();
        assert!(asked.expect("kill runs").success());
        let pause = Duration::from_millis(50);
        for _ in 0..most.as_millis() / pause.as_millis() {
            if let Some(status) = process.try_wait().expect("it can be waited for") {
                self.process = None;
                return status.success();
            }
            std::thread::sleep(pause);
        }
        false
    }

    /// Begins a new epoch: its database was put back while it was down.
    pub fn restored(&self) {
        let mut command = Command::new(from_xtask("CHITIEU_SERVER"));
        let said = command.args(["restored", "--database", &self.database]).stdout(Stdio::null()).status();
        assert!(said.expect("the server's program runs").success());
    }

    /// Gives other files of the app from its next start on.
    pub fn gives(&mut self, app: &Path) {
        let place = self.arguments.iter().position(|word| word == "--app").expect("it gives an app");
        self.arguments[place + 1] = app.to_string_lossy().into_owned();
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process.
    pub fn process_id(&self) -> u32 {
        self.process.as_ref().map_or(0, Child::id)
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
