//! A proxy between devices and a server, as slow and as unreliable as asked for.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What is wrong with the line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// Bytes a second in each direction, for each connection.
    pub speed: Option<u32>,
    /// Every so many connections the answer is cut off after the server has given it.
    pub loses_answer: Option<usize>,
    /// Every so many connections the request is cut off on its way.
    pub loses_request: Option<usize>,
}

/// A proxy; it ends with the test.
pub struct FaultyProxy {
    /// Where it begins.
    pub base: String,
    lost: Arc<AtomicUsize>,
    passed: Arc<Passed>,
}

/// What has passed it, and whether anything does.
#[derive(Default)]
struct Passed {
    is_silent: AtomicBool,
    asked: Mutex<BTreeMap<String, usize>>,
    answered: AtomicUsize,
}

impl Passed {
    /// Waits for as long as the line is silent; true where it was.
    async fn silence(&self) -> bool {
        let was = self.is_silent.load(Ordering::Relaxed);
        while self.is_silent.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        was
    }

    /// Notes the heads of requests for files; a browser sends each in one piece.
    fn request(&self, part: &[u8]) {
        for line in String::from_utf8_lossy(part).split("\r\n") {
            if let Some(path) = line.strip_prefix("GET ").and_then(|rest| rest.strip_suffix(" HTTP/1.1")) {
                let mut asked = self.asked.lock().expect("nobody panics with it");
                *asked.entry(path.to_owned()).or_default() += 1;
            }
        }
    }
}

impl FaultyProxy {
    /// A line to a server on this port.
    pub async fn to(port: u16, trouble: Faults) -> Self {
        Self::at(IpAddr::from([127, 0, 0, 1]), port, trouble).await
    }

    /// A line that begins at an address of this machine.
    pub async fn at(address: IpAddr, port: u16, trouble: Faults) -> Self {
        let listener = TcpListener::bind((address, 0)).await.expect("a port is free");
        let base = format!("http://{}", listener.local_addr().expect("it listens"));
        let lost = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&lost);
        let passed = Arc::<Passed>::default();
        let noted = Arc::clone(&passed);
        tokio::spawn(async move {
            let mut nth = 0;
            while let Ok((near, _)) = listener.accept().await {
                nth += 1;
                let (counted, noted) = (Arc::clone(&counted), Arc::clone(&noted));
                tokio::spawn(async move {
                    if carry(near, port, trouble, nth, &noted).await.is_none() {
                        counted.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        Self { base, lost, passed }
    }

    /// From now on it accepts whatever comes and never answers.
    pub fn fall_silent(&self) {
        self.passed.is_silent.store(true, Ordering::Relaxed);
    }

    /// Answers again; what came meanwhile is lost.
    pub fn speak(&self) {
        self.passed.is_silent.store(false, Ordering::Relaxed);
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// How often each path was asked for with GET.
    pub fn asked(&self) -> BTreeMap<String, usize> {
        self.passed.asked.lock().expect("nobody panics with it").clone()
    }

    /// Bytes that came back, heads included.
    pub fn answered(&self) -> usize {
        self.passed.answered.load(Ordering::Relaxed)
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
async fn carry(near: TcpStream, port: u16, trouble: Faults, nth: usize, passed: &Passed) -> Option<()> {
    if passed.silence().await {
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
        flow(&mut near_in, &mut far_out, trouble.speed, passed, |part| passed.request(part)).await;
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
        let count = |part: &[u8]| {
            passed.answered.fetch_add(part.len(), Ordering::Relaxed);
        };
        flow(&mut far_in, &mut near_out, trouble.speed, passed, count).await;
        Some(())
    };
    tokio::select! {
        cut = up => cut,
        answered = down => answered,
    }
}

async fn flow(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    speed: Option<u32>,
    passed: &Passed,
    note: impl Fn(&[u8]),
) {
    // A tenth of a second's worth at a time.
    let size = speed.map_or(64 * 1024, |speed| (speed / 10).max(1) as usize);
    let mut part = vec![0; size];
    while let Ok(read @ 1..) = from.read(&mut part).await {
        if let Some(speed) = speed {
            tokio::time::sleep(Duration::from_secs_f64(read as f64 / f64::from(speed))).await;
        }
        // What is open stays open and says nothing more.
        if passed.silence().await {
            return;
        }
        note(&part[..read]);
        if to.write_all(&part[..read]).await.is_err() {
            return;
        }
    }
}
