//! The public door against nginx: the same bytes, one core each, the client on another core. Requests are counted by the
//! processor time of whoever answers, so that a client that is slower than either does not level them.

use crate::sync::used;
use chitieu_domain::PeriodId;
use chitieu_tests::accounts;
use chitieu_tests::device::Device;
use chitieu_tests::server::{Scratch, Server, TODAY};
use std::error::Error;
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Connections that are kept.
const CONNECTIONS: usize = 8;
/// Requests a second in the mixes.
const RATE: u32 = 500;

/// The period whose forms are open on the day of the tests.
const OPEN: PeriodId = PeriodId::Month(2026, 11);

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn now() -> Instant {
    Instant::now()
}

/// Keeps a process to a core.
fn pin(process: u32, core: u32) -> Result {
    let mut taskset = Command::new("taskset");
    taskset.args(["-a", "-p", "-c", &core.to_string(), &process.to_string()]).stdout(Stdio::null());
    if taskset.status()?.success() { Ok(()) } else { Err("taskset fails".into()) }
}

/// Asks once on a kept connection; gives status and body.
fn ask(stream: &mut TcpStream, path: &str, buffer: &mut Vec<u8>) -> Result<(u16, Vec<u8>)> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip, br\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    buffer.clear();
    let mut chunk = [0; 16 << 10];
    loop {
        let read = stream.read(&mut chunk)?;
        if read == 0 {
            return Err("the connection ended".into());
        }
        buffer.extend_from_slice(&chunk[..read]);
        let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&buffer[..end])?.to_ascii_lowercase();
        let length = head.lines().find_map(|l| l.strip_prefix("content-length:"));
        let length: usize = length.map_or(Ok(0), |l| l.trim().parse())?;
        if buffer.len() >= end + 4 + length {
            let status = head.get(9..12).ok_or("a status")?.parse()?;
            return Ok((status, buffer[end + 4..].to_vec()));
        }
    }
}

/// As many requests as come back in some seconds; gives them by the second and by the second of processor time.
fn flood(port: u16, process: u32, path: &str, seconds: u64) -> (f64, f64) {
    let before = used(process).0;
    let begun = now();
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let path = path.to_owned();
            std::thread::spawn(move || {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
                stream.set_nodelay(true).expect("a socket");
                let (mut count, mut buffer) = (0_u32, Vec::new());
                while begun.elapsed() < Duration::from_secs(seconds) {
                    ask(&mut stream, &path, &mut buffer).expect("an answer");
                    count += 1;
                }
                count
            })
        })
        .collect();
    let count: u32 = threads.into_iter().map(|t| t.join().unwrap_or(0)).sum();
    let took = begun.elapsed().as_secs_f64();
    let cpu = (used(process).0 - before) as f64 / 1_000.0;
    (f64::from(count) / took, f64::from(count) / cpu.max(0.01))
}

/// Times from when each request was due, at a steady rate; the 50th and 99th of a hundred, in ms.
fn steady(port: u16, paths: &[String], seconds: u32) -> (f64, f64) {
    let begun = now();
    let each = Duration::from_secs(1) / RATE;
    let threads: Vec<_> = (0..CONNECTIONS as u32)
        .map(|own| {
            let paths = paths.to_vec();
            std::thread::spawn(move || {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
                stream.set_nodelay(true).expect("a socket");
                let (mut times, mut buffer) = (Vec::new(), Vec::new());
                for nth in (own..RATE * seconds).step_by(CONNECTIONS) {
                    let due = begun + each * nth;
                    std::thread::sleep(due.saturating_duration_since(now()));
                    // Far enough apart that neighbours differ.
                    let path = &paths[(nth as usize).wrapping_mul(7_919) % paths.len()];
                    ask(&mut stream, path, &mut buffer).expect("an answer");
                    times.push(due.elapsed().as_secs_f64() * 1_000.0);
                }
                times
            })
        })
        .collect();
    let mut times: Vec<f64> = threads.into_iter().flat_map(|t| t.join().unwrap_or_default()).collect();
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

/// nginx from Debian, one process, on files.
struct Nginx(Child, u16);

impl Nginx {
    fn start(folder: &Path) -> Result<Self> {
        let port = chitieu_tests::server::free_port();
        let place = folder.display();
        let config = format!(
            "daemon off; master_process off; worker_processes 1; pid {place}/pid; error_log {place}/error.log;\n\
             events {{ worker_connections 256; }}\n\
             http {{ access_log off; sendfile on; keepalive_requests 100000000; open_file_cache max=100;\n\
             types {{ text/html html; image/svg+xml svg; }}\n\
             server {{ listen 127.0.0.1:{port}; root {place}/files; }} }}\n"
        );
        std::fs::write(folder.join("nginx.conf"), config)?;
        let conf = folder.join("nginx.conf");
        let child =
            Command::new("nginx").arg("-p").arg(folder).arg("-c").arg(conf).stderr(Stdio::null()).spawn()?;
        let begun = now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if begun.elapsed() > Duration::from_secs(5) {
                return Err("nginx does not listen; apt-get install nginx-light".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self(child, port))
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Every address of a target, period, language and look; `periods` are published or not.
fn addresses(periods: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for target in &accounts::plan().model.plan().targets {
        for period in periods {
            for look in ["", ".svg"] {
                for lang in ["vi", "en"] {
                    let mut path = String::new();
                    write!(path, "/embed/v1/target/{}{look}?period={period}&lang={lang}", target.id).ok();
                    all.push(path);
                }
            }
        }
    }
    all
}

/// Pushes some batches, one after the other; the slowest of a hundred, in ms.
async fn pushes(server: &Server, number: u128) -> Result<f64> {
    let model = accounts::plan().model;
    let reporter: chitieu_domain::ReporterId = "police_commune:11977@2025-07-01".parse()?;
    let mut device = Device::new(&server.url(""), "police_commune-11977", number, true).await;
    // Of this month's form, which is open: what is rejected writes less than a figure does.
    let all = accounts::cells(&model, &reporter, usize::MAX);
    let cells: Vec<_> = all.into_iter().filter(|key| key.period == OPEN).collect();
    while device.pull(5_000).await.map_err(|why| format!("{why:?}"))? {}
    let mut times = Vec::new();
    for (nth, cell) in cells.iter().cycle().take(200).enumerate() {
        device.edit(cell, nth as i64 + number as i64);
        let begun = now();
        device.push(500).await.map_err(|why| format!("{why:?}"))?;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    if device.replica.tally().rejected > 0 {
        return Err("figures were rejected".into());
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() * 99 / 100])
}

/// Everything, some seconds each.
#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
pub async fn public(seconds: u32) -> Result {
    let folder = Scratch::new("bench-public");
    let database = format!("sqlite:{}", folder.0.join("chitieu.db").display());
    let program = std::env::var("CHITIEU_SERVER")?;
    let filled = Command::new(program).args(["demo", "--database", &database, "--today", TODAY]).status()?;
    if !filled.success() {
        return Err("the database is not filled".into());
    }
    let server = Server::bare(&database, &["--public", "--today", TODAY]);
    let process = server.process_id();
    pin(process, 0)?;
    pin(std::process::id(), 1)?;
    let port = server.port();
    std::fs::create_dir_all(folder.0.join("files"))?;
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let mut buffer = Vec::new();
    for (path, file) in [("/embed/v1/target/T04", "page.html"), ("/embed/v1/target/T04.svg", "picture.svg")] {
        let (_, body) = ask(&mut stream, path, &mut buffer)?;
        std::fs::write(folder.0.join("files").join(file), &body)?;
        let nginx = Nginx::start(&folder.0)?;
        pin(nginx.0.id(), 0)?;
        let (theirs, theirs_cpu) = flood(nginx.1, nginx.0.id(), &format!("/{file}"), seconds.into());
        let (ours, ours_cpu) = flood(port, process, path, seconds.into());
        println!(
            "{path}, {} B packed: {ours:.0} requests/s ({ours_cpu:.0} a second of processor), nginx {theirs:.0} \
             ({theirs_cpu:.0}); ratio {:.2} by processor",
            body.len(),
            ours_cpu / theirs_cpu
        );
    }
    let months = |y: i32| (1..=12).map(move |m| format!("{y}-{m:02}"));
    let published: Vec<String> = (2021..=2025)
        .flat_map(|y| months(y).chain([y.to_string(), format!("{y}-Q1"), format!("{y}-H1")]))
        .collect();
    let all = addresses(&published);
    let begun = now();
    for path in &all {
        ask(&mut stream, path, &mut buffer)?;
    }
    println!(
        "{} addresses made in {:.1} s, peak {} MB",
        all.len(),
        begun.elapsed().as_secs_f64(),
        used(process).1
    );
    let mut half: Vec<String> =
        (1900..=2100).map(|y| format!("/embed/v1/target/T04?period={y}-09")).collect();
    half.extend((0..200).map(|n| format!("/embed/v1/target/X{n}?x={n}&period=abc&period={n}")));
    half.extend(all.iter().take(half.len()).cloned());
    // Some of these years have something published: what is measured is an answer that was made before.
    for path in &half {
        ask(&mut stream, path, &mut buffer)?;
    }
    for (what, paths) in [
        ("one address", &vec!["/embed/v1/target/T04".to_owned()]),
        ("all published", &all),
        ("half nonsense", &half),
    ] {
        let before = used(process).0;
        let (middle, slow) = steady(port, paths, seconds);
        let cpu = (used(process).0 - before) as f64 / f64::from(seconds) / 10.0;
        println!(
            "{RATE}/s, {what} ({}): p50 {middle:.2} ms, p99 {slow:.2} ms, {cpu:.1} % of a core, peak {} MB",
            paths.len(),
            used(process).1
        );
    }
    let quiet = pushes(&server, 1).await?;
    let load = std::thread::spawn(move || steady(port, &all, 3 * seconds));
    let beside = pushes(&server, 1_000).await?;
    let (_, slow) = load.join().map_err(|_| "the load stopped")?;
    println!(
        "push of one figure: p99 {quiet:.1} ms quiet, {beside:.1} ms beside {RATE}/s, whose p99 is {slow:.2} ms"
    );
    Ok(())
}
