//! A line between devices and a server, as slow and as unreliable as asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trouble {
    /// Bytes a second in each direction, for each connection.
    pub speed: Option<u32>,
    /// Every so many connections the answer is cut off after the server has given it.
    pub loses_answer: Option<usize>,
    /// Every so many connections the request is cut off on its way.
    pub loses_request: Option<usize>,
}

/// A line; it ends with the test.
pub struct Line {
    /// Where it begins.
    pub base: String,
    lost: Arc<AtomicUsize>,
    is_silent: Arc<AtomicBool>,
}

impl Line {
    /// A line to a server on this port.
    pub async fn to(port: u16, trouble: Trouble) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let base = format!("http://{}", listener.local_addr().expect("it listens"));
        let lost = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&lost);
        let is_silent = Arc::new(AtomicBool::new(false));
        let silent = Arc::clone(&is_silent);
        tokio::spawn(async move {
            let mut nth = 0;
            while let Ok((near, _)) = listener.accept().await {
                nth += 1;
                let (counted, silent) = (Arc::clone(&counted), Arc::clone(&silent));
                tokio::spawn(async move {
                    if carry(near, port, trouble, nth, &silent).await.is_none() {
                        counted.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        Self { base, lost, is_silent }
    }

    /// From now on it accepts whatever comes and never answers.
    pub fn fall_silent(&self) {
        self.is_silent.store(true, Ordering::Relaxed);
    }

    /// Answers again; what came meanwhile is lost.
    pub fn speak(&self) {
        self.is_silent.store(false, Ordering::Relaxed);
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// How many connections were cut.
    pub fn lost(&self) -> usize {
        self.lost.load(Ordering::Relaxed)
    }
}

fn falls(every: Option<usize>, nth: usize) -> bool {
    every.is_some_and(|every| nth.is_multiple_of(every))
}

/// Carries a connection; none where it was cut on purpose.
async fn carry(near: TcpStream, port: u16, trouble: Trouble, nth: usize, silent: &AtomicBool) -> Option<()> {
    if silent.load(Ordering::Relaxed) {
        // Whoever called waits.
        spoken(silent).await;
        return Some(());
    }
    let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await else { return Some(()) };
    let (mut near_in, mut near_out) = near.into_split();
    let (mut far_in, mut far_out) = far.into_split();
    let loses_request = falls(trouble.loses_request, nth);
    let up = async {
        if loses_request {
            // Its head and some of its body arrive, then nothing more.
            let mut some = [0; 600];
            let read = near_in.read(&mut some).await.unwrap_or(0);
            far_out.write_all(&some[..read]).await.ok();
            return None;
        }
        flow(&mut near_in, &mut far_out, trouble.speed, silent).await;
        // The answer's end is the end.
        std::future::pending().await
    };
    let down = async {
        if falls(trouble.loses_answer, nth) {
            // The server has said everything; nobody hears it.
            let mut first = [0; 1];
            far_in.read_exact(&mut first).await.ok();
            return None;
        }
        flow(&mut far_in, &mut near_out, trouble.speed, silent).await;
        Some(())
    };
    tokio::select! {
        cut = up => cut,
        answered = down => answered,
    }
}

/// Waits for as long as a line is silent.
async fn spoken(silent: &AtomicBool) {
    while silent.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn flow(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    speed: Option<u32>,
    silent: &AtomicBool,
) {
    // A tenth of a second's worth at a time.
    let size = speed.map_or(64 * 1024, |speed| (speed / 10).max(1) as usize);
    let mut part = vec![0; size];
    while let Ok(read @ 1..) = from.read(&mut part).await {
        if let Some(speed) = speed {
            tokio::time::sleep(Duration::from_secs_f64(read as f64 / f64::from(speed))).await;
        }
        if silent.load(Ordering::Relaxed) {
            // What is open stays open and says nothing more.
            return spoken(silent).await;
        }
        if to.write_all(&part[..read]).await.is_err() {
            return;
        }
    }
}
