//! A PostgreSQL server of a test's own, which it may stop and start again.

use crate::server::{Scratch, free_port};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A server with one empty database; it ends with the test.
pub struct Postgres {
    programs: PathBuf,
    folder: Scratch,
    port: u16,
}

impl Postgres {
    /// Starts one; none where PostgreSQL is not installed.
    #[expect(clippy::print_stderr, reason = "whoever runs the tests is told what was not tried")]
    pub fn start() -> Option<Self> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok();
        let folders = versions.into_iter().flatten().filter_map(|v| Some(v.ok()?.path().join("bin")));
        let Some(programs) = folders.filter(|bin| bin.join("initdb").exists()).max() else {
            eprintln!("PostgreSQL is not installed: not tried on it");
            return None;
        };
        let server = Self { programs, folder: Scratch::new("attacked-postgres"), port: free_port() };
        if is_root() {
            // PostgreSQL refuses to run as the administrator.
            let owned = Command::new("chown").arg("postgres").arg(&server.folder.0).status();
            assert!(owned.expect("chown runs").success());
        }
        server.run("initdb", &["-A", "trust", "-U", "chitieu", "-E", "UTF8", "--locale=C", "-D", "data"]);
        server.begin();
        Some(server)
    }

    /// Starts after [`Postgres::stop`].
    pub fn begin(&self) {
        let options = format!("-p {} -k . -h 127.0.0.1", self.port);
        self.run("pg_ctl", &["-D", "data", "-o", &options, "-l", "log", "-w", "start"]);
    }

    /// Stops, without waiting for those who are connected.
    pub fn stop(&self) {
        self.run("pg_ctl", &["-D", "data", "-m", "fast", "-w", "stop"]);
    }

    /// Runs a statement.
    pub fn sql(&self, statement: &str) {
        self.run("psql", &["-q", "-d", &self.url(), "-c", statement]);
    }

    /// The database's address.
    pub fn url(&self) -> String {
        format!("postgres://chitieu@127.0.0.1:{}/postgres", self.port)
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        assert!(self.went_well(program, arguments), "{program} {arguments:?}");
    }

    fn went_well(&self, program: &str, arguments: &[&str]) -> bool {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.args(arguments).current_dir(&self.folder.0);
        // It must not hold the tests' own output open while it runs on in the background.
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Whatever goes wrong here goes wrong after the test.
        self.went_well("pg_ctl", &["-D", "data", "-m", "immediate", "stop"]);
    }
}

/// True where the test runs as the administrator.
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}
