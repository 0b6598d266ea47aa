//! Processor time, to the microsecond: on a machine that others use too it says more than a clock does.

use std::fs::{read_dir, read_to_string};
use std::time::Duration;

/// Time on a processor of one thread or process, by the scheduler (`/proc/PID/schedstat`).
fn scheduled(place: &str) -> Duration {
    let text = read_to_string(format!("{place}/schedstat")).unwrap_or_default();
    Duration::from_nanos(text.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0))
}

/// What all threads of a process have used that run still.
pub fn of_process(process: u32) -> Duration {
    let threads = read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    threads.map(|thread| scheduled(&thread.path().to_string_lossy())).sum()
}

/// What this thread has used.
pub fn of_this_thread() -> Duration {
    scheduled("/proc/thread-self")
}

/// What the children of a process have used that run still, and it itself.
pub fn of_family(parent: u32) -> Duration {
    let all = read_dir("/proc").into_iter().flatten().flatten();
    let processes = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let family = processes.filter(|process| *process == parent || parent_of(*process) == Some(parent));
    family.map(of_process).sum()
}

/// Who started a process.
pub fn parent_of(process: u32) -> Option<u32> {
    let stat = read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
