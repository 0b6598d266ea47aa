//! Where a content is examined: in a process of its own, with bounds on memory and time that the system keeps, so that no file,
//! whatever a decoder makes of it, takes the server's memory or ends it. The process is the same program (`chitieu examine`), reads
//! the bytes on its standard input and writes the verdict, a line of JSON and behind it a picture that was made anew.

use super::{Verdict, examine};
use chitieu_domain::attachment::{ContentHash, MOST_BYTES, MediaType, Refusal};
use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// Most bytes of address space of an examination: a picture of 50 million pixels that is turned takes half of it, a page of 16 MB of
/// drawing most.
pub const MOST_MEMORY: u64 = 1024 * 1024 * 1024;
/// Most seconds of processor time of an examination. The system says so with a signal of its own (SIGXCPU), and kills what goes on all
/// the same [`GRACE`] later.
const MOST_SECONDS: u64 = 30;
/// Seconds between the two.
const GRACE: u64 = 1;
/// How long the server waits for one, whatever else the machine does.
const LONGEST: Duration = Duration::from_mins(2);
/// Most bytes of the line that tells the verdict.
const LONGEST_LINE: usize = 1_024;
/// The command that examines; the command line knows it by this name.
pub const COMMAND: &str = "examine";

/// Where contents are examined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Examiner {
    /// In the server's own process, without bounds of the system: for tests, which are no `chitieu`.
    #[default]
    InProcess,
    /// In a process of this program.
    Process(OsString),
}

/// How an examination ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// With a verdict: the child's own, or that it came up against its bounds.
    Found(Verdict),
    /// The server waited no longer. That may lie with the file, and with whatever else the machine did.
    TooLong,
    /// With nothing that says anything of the file: none could begin, somebody ended it, it is not the program that it should be.
    Nothing,
}

/// A verdict as it is told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    /// [`MediaType`]'s name, and the bytes that follow of a picture made anew.
    Taken { media: String, remade: Option<usize> },
    /// [`Refusal`]'s name.
    Refused(String),
}

impl Examiner {
    /// A process of the program that runs: also once its file was replaced by another release's.
    pub fn of_this_program() -> io::Result<Self> {
        let own = Path::new("/proc/self/exe");
        let program = if own.exists() { own.to_owned() } else { std::env::current_exe()? };
        Ok(Self::Process(program.into()))
    }

    /// Examines a content. Since a refusal is for good and makes devices delete the file, only what the child says and what its own
    /// bounds do to it ([`is_own_bound`]) is one.
    pub(super) async fn examine(&self, bytes: Arc<Vec<u8>>, sha256: ContentHash) -> Ended {
        let Self::Process(program) = self else {
            // It fails where the server stops.
            let found = tokio::task::spawn_blocking(move || examine(&bytes)).await;
            return found.map_or(Ended::Nothing, Ended::Found);
        };
        let begun = Command::new(program)
            .arg0("chitieu")
            .arg(COMMAND)
            // Neither the addresses of databases nor anything else that the server was told; each arena of the allocator takes address
            // space.
            .env_clear()
            .env("MALLOC_ARENA_MAX", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut child = match begun {
            Ok(child) => child,
            Err(error) => {
                tracing::error!(%error, "no process could be begun to examine an attachment");
                return Ended::Nothing;
            }
        };
        let (ended, why) = match tokio::time::timeout(LONGEST, answer(&mut child, &bytes)).await {
            Ok(Ok((status, said))) if status.success() => match understood(said) {
                Some(verdict) => return Ended::Found(verdict),
                None => (Ended::Nothing, "its verdict does not read".to_owned()),
            },
            Ok(Ok((status, _))) => (without_verdict(status), status.to_string()),
            Ok(Err(error)) => (Ended::Nothing, error.to_string()),
            Err(_) => (Ended::TooLong, "it took too long".to_owned()),
        };
        child.kill().await.ok();
        tracing::warn!(%sha256, why, ?ended, "an attachment could not be examined");
        ended
    }
}

/// How a child ended that ended like this.
fn without_verdict(status: ExitStatus) -> Ended {
    if is_own_bound(status) { Ended::Found(Verdict::Refused(Refusal::NotExamined)) } else { Ended::Nothing }
}

/// True where the child itself brought its end about: it was out of processor time, of memory (an allocation that fails aborts) or of
/// stack. SIGKILL is none of these: the system sends it where the machine has no memory left, whoever took it, and people send it.
fn is_own_bound(status: ExitStatus) -> bool {
    const OWN: [Signal; 4] = [Signal::XCPU, Signal::ABORT, Signal::SEGV, Signal::BUS];
    status.signal().is_some_and(|signal| OWN.iter().any(|own| own.as_raw() == signal))
}

/// How a child ended that was given these bytes, and what it said.
async fn answer(child: &mut Child, bytes: &[u8]) -> io::Result<(ExitStatus, Vec<u8>)> {
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("it has no pipes"));
    };
    let give = async move {
        // One that ends before it has read all has no use for the rest.
        input.write_all(bytes).await.ok();
        input.shutdown().await.ok();
    };
    let mut said = Vec::new();
    let mut output = output.take((LONGEST_LINE + super::image::MOST_MADE) as u64);
    let ((), read) = tokio::join!(give, output.read_to_end(&mut said));
    read?;
    Ok((child.wait().await?, said))
}

/// The verdict of an answer.
fn understood(mut said: Vec<u8>) -> Option<Verdict> {
    let end = said.iter().take(LONGEST_LINE).position(|byte| *byte == b'\n')?;
    let told: Told = serde_json::from_slice(&said[..end]).ok()?;
    let rest = said.split_off(end + 1);
    Some(match told {
        Told::Refused(why) => Verdict::Refused(Refusal::parse(&why)?),
        Told::Taken { media, remade } => {
            let is_whole = remade.unwrap_or(0) == rest.len();
            Verdict::Taken(MediaType::parse(&media).filter(|_| is_whole)?, remade.map(|_| rest))
        }
    })
}

/// What the process does that examines: bounds itself, reads a file, tells the verdict.
///
/// # Errors
/// The bounds cannot be set, or what comes or goes through the pipes fails. Nothing is told then.
pub fn run(input: impl Read, mut output: impl Write) -> io::Result<()> {
    bound()?;
    let mut bytes = Vec::new();
    // One byte more than there may be tells that there is more.
    input.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    let (told, remade) = match examine(&bytes) {
        Verdict::Refused(refusal) => (Told::Refused(refusal.id().to_owned()), None),
        Verdict::Taken(media, remade) => {
            let length = remade.as_ref().map(Vec::len);
            (Told::Taken { media: media.id().to_owned(), remade: length }, remade)
        }
    };
    let line = serde_json::to_string(&told).map_err(io::Error::other)?;
    writeln!(output, "{line}")?;
    output.write_all(&remade.unwrap_or_default())?;
    output.flush()
}

/// Bounds this process for good.
fn bound() -> io::Result<()> {
    for (resource, most, grace) in
        [(Resource::As, MOST_MEMORY, 0), (Resource::Cpu, MOST_SECONDS, GRACE), (Resource::Core, 0, 0)]
    {
        let allowed = rustix::process::getrlimit(resource).maximum;
        let hard = allowed.map_or(most + grace, |allowed| allowed.min(most + grace));
        let soft = hard.saturating_sub(grace);
        let set = setrlimit(resource, Rlimit { current: Some(soft), maximum: Some(hard) });
        // Elsewhere not every bound is there; servers run on Linux.
        if cfg!(target_os = "linux") {
            set?;
        }
    }
    // Where the machine runs out of memory this is ended first, never the server. Where it is not allowed the bound above holds.
    std::fs::write("/proc/self/oom_score_adj", "1000").ok();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_childs_own_bounds_do_to_it_is_a_verdict() {
        let ended = |raw| without_verdict(ExitStatus::from_raw(raw));
        let by = |signal: Signal| ended(signal.as_raw());
        for own in [Signal::XCPU, Signal::ABORT, Signal::SEGV, Signal::BUS] {
            assert_eq!(by(own), Ended::Found(Verdict::Refused(Refusal::NotExamined)), "{own:?}");
        }
        for other in [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP, Signal::PIPE, Signal::QUIT] {
            assert_eq!(by(other), Ended::Nothing, "{other:?}");
        }
        for code in [1, 2, 101, 127, 128 + 6, 255] {
            assert_eq!(ended(code << 8), Ended::Nothing, "exit code {code}");
        }
    }

    #[test]
    fn an_answer_that_is_not_whole_is_no_verdict() {
        let read = |said: &[u8]| understood(said.to_vec());
        let refused = read(b"{\"refused\":\"secret_mark\"}\n");
        assert_eq!(refused, Some(Verdict::Refused(Refusal::SecretMark)));
        let taken = read(b"{\"taken\":{\"media\":\"pdf\",\"remade\":null}}\n");
        assert_eq!(taken, Some(Verdict::Taken(MediaType::Pdf, None)));
        let made = read(b"{\"taken\":{\"media\":\"png\",\"remade\":2}}\nab");
        assert_eq!(made, Some(Verdict::Taken(MediaType::Png, Some(b"ab".to_vec()))));
        for wrong in [
            &b""[..],
            b"{\"refused\":\"secret_mark\"}",
            b"{\"refused\":\"of another release\"}\n",
            b"{\"taken\":{\"media\":\"png\",\"remade\":2}}\na",
            b"{\"taken\":{\"media\":\"pdf\",\"remade\":null}}\na",
            b"{\"taken\":{\"media\":\"exe\",\"remade\":null}}\n",
        ] {
            assert_eq!(read(wrong), None, "{}", String::from_utf8_lossy(wrong));
        }
    }
}
