//! A PostgreSQL server of the tests' own, in a scratch folder on a free port; it ends with them.

use crate::{Result, machine, say};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A running server.
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    /// Where it listens, without a database's name.
    pub url: String,
}

/// The newest installed version's programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.filter_map(|v| Some(v.ok()?.path().join("bin")));
    folders.filter(|bin| bin.join("initdb").exists()).max()
}

impl Postgres {
    /// Installs it where it is missing, and starts one.
    pub fn start() -> Result<Self> {
        if programs().is_none() {
            machine::install("PostgreSQL", "postgresql")?;
        }
        let programs = programs().ok_or("PostgreSQL is installed, but not where it is looked for")?;
        say("starting PostgreSQL");
        let folder = std::env::temp_dir().join(format!("chitieu-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        if machine::is_root() {
            // The server refuses to run as the administrator.
            plain(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
        let port = listener.local_addr().map_err(|e| e.to_string())?.port();
        drop(listener);
        let server = Self { programs, folder, url: format!("postgres://chitieu@127.0.0.1:{port}") };
        server.run("initdb", &["-A", "trust", "-U", "chitieu", "-E", "UTF8", "--locale=C", "-D", "data"])?;
        let options = format!("-p {port} -k . -h 127.0.0.1");
        server.run("pg_ctl", &["-D", "data", "-o", &options, "-l", "log", "-w", "start"])?;
        Ok(server)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result {
        let program = self.programs.join(program);
        let mut command = if machine::is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        plain(command.args(arguments).current_dir(&self.folder))
    }
}

/// Runs a program that has nothing to say when all is well.
fn plain(command: &mut Command) -> Result {
    let shown = format!("{command:?}");
    // It must not hold the tests' own output open while it runs on in the background.
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{shown}: {status}")),
        Err(error) => Err(format!("{shown}: {error}")),
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Whatever goes wrong here goes wrong after the tests.
        self.run("pg_ctl", &["-D", "data", "-m", "immediate", "stop"]).ok();
        std::fs::remove_dir_all(&self.folder).ok();
    }
}
