//! Takes connections in, not too many of them, and ends those that nobody uses or that are too slow.
//!
//! A connection without a request in progress is idle: one that waits for the next request, and one whose request has not
//! come in whole. Where no more connections may be open, the one that has been idle for longest makes room, so that a new one
//! is answered however many others were left open. Only where all of them are at work is a new one turned away.

use crate::auth::throttle::network;
use crate::http::client_address::Peer;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tower::ServiceExt;

/// How many connections there may be, and how long each may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// At once.
    pub overall: usize,
    /// At once from one address, unless it is the proxy's: offices of hundreds may share one.
    pub per_address: usize,
    /// How long the head of a request may take, and how long a connection may wait for one.
    pub head: Duration,
    /// How long it is waited for a client that takes nothing of its answer.
    pub write: Duration,
    /// How long requests in progress may take when the server stops.
    pub stop: Duration,
}

/// Files that are open beside the connections': the database, its connections, the program's own.
const OTHER_FILES: u64 = 100;

impl Limits {
    /// As many as the system allows: where the limit on open files may be raised, it is.
    pub fn of_this_machine() -> Self {
        use rustix::process::{Resource, getrlimit, setrlimit};
        const WANTED: u64 = 8_192;
        let mut files = getrlimit(Resource::Nofile);
        let most = files.maximum.unwrap_or(u64::MAX).min(WANTED);
        let mut open = files.current.unwrap_or(WANTED);
        if open < most {
            files.current = Some(most);
            if setrlimit(Resource::Nofile, files).is_ok() {
                open = most;
            }
        }
        let overall = open.min(WANTED).saturating_sub(OTHER_FILES).max(32) as usize;
        Self {
            overall,
            per_address: (overall / 4).clamp(32, 1_024),
            head: Duration::from_secs(20),
            write: Duration::from_secs(30),
            stop: Duration::from_secs(8),
        }
    }
}

/// Whether a connection is at work; if not, since when, in milliseconds since the table was made.
struct State {
    idle_since: AtomicU64,
    leave: Notify,
}

/// Instead of a time: a request is in progress.
const AT_WORK: u64 = u64::MAX;

struct Open {
    network: Option<IpAddr>,
    state: Arc<State>,
}

/// The open connections.
#[derive(Default)]
struct Table {
    next: u64,
    open: HashMap<u64, Open>,
    of: HashMap<IpAddr, usize>,
}

impl Table {
    fn remove(&mut self, id: u64) -> Option<Open> {
        let open = self.open.remove(&id)?;
        if let Some(network) = open.network
            && let Some(count) = self.of.get_mut(&network)
        {
            *count -= 1;
            if *count == 0 {
                self.of.remove(&network);
            }
        }
        Some(open)
    }

    /// Ends the connection that has been idle for longest, of all or of a network; false where all are at work.
    fn make_room(&mut self, network: Option<IpAddr>) -> bool {
        let since = |open: &Open| open.state.idle_since.load(Ordering::Relaxed);
        let candidates = self.open.iter().filter(|(_, open)| network.is_none() || open.network == network);
        let idle = candidates.map(|(id, open)| (since(open), *id)).filter(|(since, _)| *since != AT_WORK);
        let longest = idle.min().and_then(|(_, id)| self.remove(id));
        if let Some(open) = &longest {
            open.state.leave.notify_one();
        }
        longest.is_some()
    }

    /// Takes a connection in; none where there is no room.
    fn admit(&mut self, limits: &Limits, network: Option<IpAddr>, now: u64) -> Option<(u64, Arc<State>)> {
        let here = network.and_then(|network| self.of.get(&network).copied()).unwrap_or(0);
        if here >= limits.per_address && !self.make_room(network) {
            return None;
        }
        if self.open.len() >= limits.overall && !self.make_room(None) {
            return None;
        }
        let state = Arc::new(State { idle_since: AtomicU64::new(now), leave: Notify::new() });
        let id = self.next;
        self.next += 1;
        if let Some(network) = network {
            *self.of.entry(network).or_default() += 1;
        }
        self.open.insert(id, Open { network, state: Arc::clone(&state) });
        Some((id, state))
    }
}

/// What all connections share.
struct Shared {
    router: Router,
    limits: Limits,
    began: Instant,
    table: Mutex<Table>,
}

impl Shared {
    fn now(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    fn table(&self) -> std::sync::MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves until `stop`; then takes no more connections, ends the idle ones, and waits for those at work, not for long.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    behind_proxy: bool,
    stop: impl Future<Output = ()>,
) {
    let shared = Arc::new(Shared { router, limits, began: Instant::now(), table: Mutex::default() });
    let (stops, stopping) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = tasks.join_next() => continue,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Those that gave up before they were taken in are nothing; whatever else is (no file is left) passes when
                // somebody leaves.
                if !is_of_the_other_end(&error) {
                    tracing::warn!(%error, "no connection could be taken in");
                    shared.table().make_room(None);
                    sleep(Duration::from_millis(50)).await;
                }
                continue;
            }
        };
        let peer = Peer(peer.ip().to_canonical());
        let network = (!peer.is_proxy(behind_proxy)).then(|| network(peer.0));
        let admitted = shared.table().admit(&limits, network, shared.now());
        match admitted {
            Some((id, state)) => {
                let (shared, stopping) = (Arc::clone(&shared), stopping.clone());
                tasks.spawn(async move {
                    carry(stream, peer, &shared, state, stopping).await;
                    shared.table().remove(id);
                });
            }
            None => turn_away(&stream),
        }
    }
    drop(listener);
    stops.send(true).ok();
    let all = async { while tasks.join_next().await.is_some() {} };
    if timeout(limits.stop, all).await.is_err() {
        tracing::warn!(connections = tasks.len(), "ended in the middle of their requests");
    }
    tasks.shutdown().await;
}

fn is_of_the_other_end(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Says in one go that there is no room; nobody is waited for.
fn turn_away(stream: &TcpStream) {
    const NO_ROOM: &[u8] =
        b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 10\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    stream.try_write(NO_ROOM).ok();
}

/// How long an idle connection may take to end by itself when the server stops.
const LAST_BYTES: Duration = Duration::from_secs(1);

/// Carries a connection to its end.
async fn carry(
    stream: TcpStream,
    peer: Peer,
    shared: &Arc<Shared>,
    state: Arc<State>,
    mut stopping: watch::Receiver<bool>,
) {
    stream.set_nodelay(true).ok();
    let io = TokioIo::new(Impatient { stream, patience: shared.limits.write, waiting: None });
    let service = hyper::service::service_fn(|request: Request<Incoming>| {
        state.idle_since.store(AT_WORK, Ordering::Relaxed);
        let work = Work { shared: Arc::clone(shared), state: Arc::clone(&state) };
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        let router = shared.router.clone();
        async move {
            let Ok(answer) = router.oneshot(request).await;
            Ok::<_, Infallible>(answer.map(|body| Worked { body, _work: work }))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.limits.head)
        .serve_connection(io, service);
    let mut connection = pin!(connection);
    loop {
        tokio::select! {
            // However it ended, it has.
            _ = connection.as_mut() => return,
            () = state.leave.notified() => {}
            // The sender lives as long as the server.
            _ = stopping.changed() => {
                connection.as_mut().graceful_shutdown();
                // What was answered just now may still be on its way.
                if timeout(LAST_BYTES, connection.as_mut()).await.is_ok() {
                    return;
                }
            }
        }
        if state.idle_since.load(Ordering::Relaxed) != AT_WORK {
            return;
        }
    }
}

/// A request in progress, until its answer was given or nobody wants it any more.
struct Work {
    shared: Arc<Shared>,
    state: Arc<State>,
}

impl Drop for Work {
    fn drop(&mut self) {
        self.state.idle_since.store(self.shared.now(), Ordering::Relaxed);
    }
}

/// An answer's body; the request is in progress until it is gone.
struct Worked {
    body: Body,
    _work: Work,
}

impl HttpBody for Worked {
    type Data = Bytes;
    type Error = axum::Error;
    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }
    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection whose writes fail where the other end takes nothing for too long.
struct Impatient {
    stream: TcpStream,
    patience: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Impatient {
    /// A write as it went, or an error where it has waited for too long.
    fn waited<T>(&mut self, context: &mut Context<'_>, went: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if went.is_ready() {
            self.waiting = None;
            return went;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Impatient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Impatient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let went = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.waited(context, went)
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let went = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.waited(context, went)
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(overall: usize, per_address: usize) -> Limits {
        Limits { overall, per_address, ..Limits::of_this_machine() }
    }

    fn network(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    /// A body without an end, which says when it is let go.
    struct Endless(Option<tokio::sync::oneshot::Sender<()>>);

    impl HttpBody for Endless {
        type Data = Bytes;
        type Error = axum::Error;
        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[0; 1 << 14])))))
        }
    }

    impl Drop for Endless {
        fn drop(&mut self) {
            // Nobody listens where the test has failed.
            self.0.take().map(|gone| gone.send(()).ok());
        }
    }

    #[tokio::test]
    async fn an_answer_that_nobody_takes_is_given_up() {
        use tokio::io::AsyncWriteExt as _;
        let (gone, is_gone) = tokio::sync::oneshot::channel();
        let answer = Arc::new(Mutex::new(Some(Body::new(Endless(Some(gone))))));
        let taken = move || std::future::ready(answer.lock().expect("one asks").take().unwrap_or_default());
        let router = Router::new().route("/", axum::routing::get(taken));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it has one");
        let limits = Limits { write: Duration::from_millis(300), ..Limits::of_this_machine() };
        let served = tokio::spawn(serve(listener, router, limits, false, std::future::pending()));
        let mut client = TcpStream::connect(address).await.expect("it is taken in");
        client.write_all(b"GET / HTTP/1.1\r\nhost: chitieu\r\n\r\n").await.expect("it is said");
        timeout(Duration::from_secs(5), is_gone).await.expect("it is let go").expect("and says so");
        served.abort();
    }

    #[test]
    fn the_longest_idle_makes_room_and_one_at_work_does_not() {
        let (mut table, limits) = (Table::default(), limits(3, 3));
        let (_, at_work) = table.admit(&limits, Some(network(1)), 1).expect("room");
        at_work.idle_since.store(AT_WORK, Ordering::Relaxed);
        let (second, _) = table.admit(&limits, Some(network(2)), 2).expect("room");
        let (third, _) = table.admit(&limits, Some(network(3)), 3).expect("room");
        let (fourth, _) = table.admit(&limits, Some(network(4)), 4).expect("room is made");
        assert!(!table.open.contains_key(&second) && table.open.contains_key(&third));
        for id in [third, fourth] {
            table.open[&id].state.idle_since.store(AT_WORK, Ordering::Relaxed);
        }
        assert!(table.admit(&limits, Some(network(5)), 5).is_none());
    }

    #[test]
    fn an_address_that_has_its_share_takes_room_from_itself_alone() {
        let (mut table, limits) = (Table::default(), limits(10, 2));
        let (other, _) = table.admit(&limits, Some(network(2)), 0).expect("room");
        for now in 1..20 {
            table.admit(&limits, Some(network(1)), now).expect("room is made");
        }
        assert!(table.open.contains_key(&other));
        assert_eq!((table.open.len(), table.of.len()), (3, 2));
        // The proxy has no share: it stands for many.
        for now in 20..25 {
            table.admit(&limits, None, now).expect("room");
        }
        assert_eq!(table.open.len(), 8);
        for id in table.open.keys().copied().collect::<Vec<_>>() {
            table.remove(id);
        }
        assert!(table.of.is_empty());
    }
}
